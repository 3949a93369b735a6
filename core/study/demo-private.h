/* The parts of the demo study, shared by demo*.c only. */
#pragma once

#include "core/study/demo.h"

G_BEGIN_DECLS

/* Everything of the study inside @folder, whose sub-folders exist. */
gboolean _dub_demo_fill       (const char            *folder,
                               const char            *templates,
                               const DubDemoOptions  *options,
                               DubDemoFunc            progress,
                               gpointer               user_data,
                               DubDemoResult         *result,
                               DubRun                *run,
                               GError               **error);

/* provenance.json: from which files, by which settings, with what result. */
gboolean _dub_demo_provenance (const char            *folder,
                               const char            *templates,
                               const DubDemoOptions  *options,
                               const DubDemoResult   *result,
                               GError               **error);

/* A folder that appears whole or not at all: it is built beside its place and renamed. */
typedef struct {
  char *target;
  char *built;   /* where to put things meanwhile */
} DubDemoFolder;

/* @what: for messages: "the demo study". Fails where @folder exists and is not empty. */
gboolean _dub_demo_folder_begin (DubDemoFolder        *self,
                                 const char           *folder,
                                 const char           *what,
                                 GError              **error);
/* Renames where @ok, removes what was built where not or where that fails. Returns whether all went well. */
gboolean _dub_demo_folder_end   (DubDemoFolder        *self,
                                 gboolean              ok,
                                 GError              **error);

G_END_DECLS
