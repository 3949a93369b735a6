/* New study: which network, which volumes, and how the one reads the other.
 *
 * Everything is guessed from the files and can be changed. Signal "created" (DubStudy): an in-memory study.
 */
#pragma once

#include <adwaita.h>

#include "ui/model/boxed.h"

G_BEGIN_DECLS

#define DUB_TYPE_STUDY_DIALOG (dub_study_dialog_get_type ())
G_DECLARE_FINAL_TYPE (DubStudyDialog, dub_study_dialog, DUB, STUDY_DIALOG, AdwWindow)

/* @networks, @volumes: (nullable): files known already */
DubStudyDialog *dub_study_dialog_new (GtkWindow *parent,
                                      GStrv      networks,
                                      GStrv      volumes);

/* More files for the same question: they are added to those that it has. */
void            dub_study_dialog_add_files (DubStudyDialog *self,
                                            GStrv           networks,
                                            GStrv           volumes);

G_END_DECLS
