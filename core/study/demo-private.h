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

G_END_DECLS
