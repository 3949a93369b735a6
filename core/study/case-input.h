/* One case of a study as a network reads it, and as a volume for display; and the mean case of a class.
 *
 * A study of volumes prepares by DubPreprocess, a study of a data set by DubPrepare: here both give the same.
 */
#pragma once

#include "core/study/study.h"

G_BEGIN_DECLS

typedef struct {
  DubTensor *input;     /* (1, C, H, W) or (1, C, D, H, W) */
  gboolean   kji;       /* the tensor of a volume is (k, j, i) */
  DubVolume *displayed; /* (nullable) the volume on the network's grid; NULL of a picture */
  DubVolume *original;  /* (nullable) as its file has it; NULL where the grid is another than by crop, frame or resampling */
  int        label;     /* -1 = unknown */
} DubCaseInput;

void       dub_case_input_clear    (DubCaseInput         *self);

/* dub_study_case_input:
 * @model: whose preparation is taken
 * @id: of the case; DUB_ERROR_ARGUMENT where the study has none of that name
 */
gboolean   dub_study_case_input    (DubStudy             *study,
                                    const DubStudyModel  *model,
                                    const char           *id,
                                    DubCaseInput         *result,
                                    DubRun               *run,
                                    GError              **error);

/* dub_study_mean_input:
 * @except: (nullable): a case that is left out, as it is to be held against the mean
 * @n_cases: (out) (optional): how many the mean is of
 *
 * The mean over the cases of a class that @model's training could see (train, validation and calibration parts), or over all of
 * the class where the study holds none of these: what a registered case of that class looks like on the network's grid.
 *
 * Returns: (transfer full): of the shape of DubCaseInput.input, or NULL with DUB_ERROR_ARGUMENT where there are none.
 */
G_GNUC_WARN_UNUSED_RESULT
DubTensor *dub_study_mean_input    (DubStudy             *study,
                                    const DubStudyModel  *model,
                                    int                   class_index,
                                    const char           *except,
                                    size_t               *n_cases,
                                    DubRun               *run,
                                    GError              **error);

/* dub_study_reference_class:
 *
 * Whose mean a map of the answer @class_index is best held against where nobody says: in a study of two classes whose volumes
 * are registered grey-matter maps the other class, as then a difference at a voxel means something. -1 = none.
 */
int        dub_study_reference_class (const DubStudy      *study,
                                    int                   class_index);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DubCaseInput, dub_case_input_clear)

G_END_DECLS
