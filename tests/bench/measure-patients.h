/* Patients whose truth is known: a study made by `dubito-cli demo brain`, or the shared atrophy data (participants.tsv, one
 * truth for all). */
#pragma once

#include "core/study/study.h"

G_BEGIN_DECLS

/* @model: (nullable): network of the shared data; NULL = cnn3d_fold0. (transfer full) */
DubStudy *measure_patients_load (const char          *folder,
                                 const char          *model,
                                 GError             **error);

/* The network's (D, H, W) of a case and of its truth. */
gboolean  measure_patients_read (const DubStudyModel *model,
                                 const DubStudyCase  *item,
                                 DubTensor          **input,
                                 DubTensor          **truth,
                                 DubRun              *run,
                                 GError             **error);

G_END_DECLS
