/* Studies made without training here: from a person's own networks and their data, or from outputs alone.
 *
 *   dub_study_import_networks  ONNX models are copied into models/<id>/, with import.json: where they come from, how cases are
 *                              prepared and who says so, what the outputs are
 *   dub_study_import_outputs   models/<id>/outputs.npz; there is no data set, and what needs images says so
 *
 * Law: a case that a network is known to have learned from is never measured as if it were unseen.
 */
#pragma once

#include "core/study/study-train.h"

G_BEGIN_DECLS

typedef struct {
  const char *path;      /* of the ONNX file. Beside it may stand, as our own runs have it: reference.npz, which is re-run, and a
                          * mismatch refused; run.json, whose preparation is taken; and a study two folders up, whose training
                          * cases are those of the model */
  const char *train_ids; /* (nullable): file of the ids that the model was trained on: one a line, or a table with a column id */
  const DubPrepare *prepare; /* (nullable): of this model alone, where several are prepared for in several ways */
  const DubScaling *scaling; /* (nullable): of this model alone; all else is prepared as without it, mean and SD measured anew */
} DubImportModel;

typedef struct {
  DubStudyDataOptions   data;
  const DubPrepare     *prepare;  /* (nullable): of all models that have none of their own; else from run.json, else suggested from network and data set, and said so */
  const DubImportModel *models;   /* [n_models] */
  size_t                n_models;
  const char           *family;   /* (nullable): the name of the ensemble; default "imported" */
  guint                 n_classes; /* that the task has; 0 = as many as there are */
} DubImportNetworks;

/* dub_study_import_networks:
 * @folder: of the new study; DUB_ERROR_ARGUMENT where it holds one already
 * @run: its log hears what was assumed
 *
 * Cases that a model is known to have learned from and that the split puts into calibration or test are moved to train.
 *
 * Returns: (transfer full): the study, saved; or NULL with @error set: as dub_study_from_data and dub_classifier_new,
 *   DUB_ERROR_FORMAT for a reference that is not computed again, DUB_ERROR_ARGUMENT for training ids none of which is in the
 *   data.
 */
G_GNUC_WARN_UNUSED_RESULT
DubStudy *dub_study_import_networks (const char              *folder,
                                     const DubImportNetworks *options,
                                     DubRun                  *run,
                                     GError                 **error);

typedef struct {
  const char        *path;      /* outputs-file.h says what it may be */
  const char        *title;     /* (nullable): of the study; default: the file's name */
  const char        *family;    /* (nullable): default the file's, else "imported" */
  const char        *positive;  /* (nullable): name or index; default the file's, else dub_study_likely_positive */
  const char *const *classes;   /* (nullable): names; default the file's, else "0", "1" … */
  guint              n_classes; /* that the task has; 0 = as many as there are */
  gboolean           has_split; /* else the file's own, and without one every case is a test case */
  DubSplitOptions    split;     /* fractions, seed, by_patient; a training share of 0 is fine */
} DubImportOutputs;

G_GNUC_WARN_UNUSED_RESULT
DubStudy *dub_study_import_outputs  (const char              *folder,
                                     const DubImportOutputs  *options,
                                     DubRun                  *run,
                                     GError                 **error);

/* What a study lacks for parts of the program, one sentence each. (transfer full) (element-type char *) */
GPtrArray *dub_study_missing        (const DubStudy          *study);

/* dub_study_check_reference:
 * @path: of the model's ONNX file
 * @checked: (out): whether a reference.npz stands beside it
 *
 * Computes the outputs in reference.npz again, which must come out the same within 1e-4. FALSE, with @error set
 * (DUB_ERROR_FORMAT names the first number that differs), where they do not. TRUE without such a file.
 */
gboolean  dub_study_check_reference (const char        *path,
                                     gboolean          *checked,
                                     DubRun            *run,
                                     GError           **error);

G_END_DECLS
