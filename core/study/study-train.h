/* Studies made from a data set, and networks trained into them.
 *
 *   dub_study_from_data   opens the data, finds what stands in it twice, splits it, writes study.json and cases.csv
 *   dub_study_begin       one recipe, one run folder a fold below models/, none of them trained yet
 *   dub_study_train       the same and trains them; each network is added to the study when done
 *   dub_study_resume      goes on with every run that is not done
 *
 * Law: training sees the training part alone; of the calibration and test part not even the mean is read.
 */
#pragma once

#include "core/study/study.h"
#include "core/train/fit.h"

G_BEGIN_DECLS

typedef struct {
  const char      *path;      /* of the data set */
  const char      *patients;  /* (nullable): table of patients */
  gboolean         skip_bad;  /* leave out cases that cannot be used, and say so */
  const char      *positive;  /* (nullable): name or index of the positive class of a binary task; default
                                 dub_study_likely_positive */
  const char      *title;     /* (nullable): of the study; default: the data set's name */
  const char *const *class_names; /* (nullable): what a person calls the classes, in their order; default: the data set's */
  DubSplitOptions  split;
} DubStudyDataOptions;

/* The class of two whose name says that it is the one looked for ("malignant", "AD"), else the second; always
 * shown, and for the person to change. */
int       dub_study_likely_positive (const GPtrArray           *classes);

/* dub_study_from_data:
 * @folder: of the new study; made where it is absent
 * @run: its log hears of problems, duplicates and warnings, one sentence each
 *
 * Returns: (transfer full): the study, saved, with its data set open; or NULL with @error set.
 */
G_GNUC_WARN_UNUSED_RESULT
DubStudy *dub_study_from_data   (const char                *folder,
                                 const DubStudyDataOptions *options,
                                 DubRun                    *run,
                                 GError                   **error);

/* dub_study_data_agrees:
 * @split: (nullable): the split that was asked for; NULL = whatever the study has
 *
 * Whether the study was made from these data in this way; DUB_ERROR_ARGUMENT says what differs. Opens the data set.
 */
gboolean  dub_study_data_agrees (DubStudy                  *study,
                                 const char                *path,
                                 const DubSplitOptions     *split,
                                 DubRun                    *run,
                                 GError                   **error);

/* How the study's cases are prepared for training: as its trained models have it, else what suits the data set. */
gboolean  dub_study_prepare     (DubStudy                  *study,
                                 DubPrepare                *prepare,
                                 DubRun                    *run,
                                 GError                   **error);

typedef struct {
  DubFitFunc progress;  /* (nullable): may be called on other threads, one at a time; @fraction is of the whole */
  gpointer   user_data;
  GPtrArray *runs;      /* (nullable): gets the id of every run that was begun or found, of char * */
} DubStudyTrainOptions;

/* dub_study_check_name:
 *
 * Names of families and networks become names of folders: letters, digits and . _ - +, not beginning with a dot, at most 100.
 * FALSE, with DUB_ERROR_ARGUMENT, for another.
 */
gboolean  dub_study_check_name  (const char                 *name,
                                 GError                    **error);

/* dub_study_begin:
 * @name: (nullable): of the family; default from the recipe's loss, with a number where another recipe has that name
 * @resume: runs of this recipe may be there; without it they are refused
 *
 * The run folders alone: whoever means to train several recipes one after the other writes all of them down first, so that
 * dub_study_resume knows of each when the first is stopped.
 *
 * Returns: (transfer full): the family's name, or NULL with @error set.
 */
G_GNUC_WARN_UNUSED_RESULT
char     *dub_study_begin       (DubStudy                   *study,
                                 const DubRecipe            *recipe,
                                 const DubPrepare           *prepare,
                                 const char                 *name,
                                 gboolean                    resume,
                                 DubRun                     *run,
                                 GError                    **error);

/* dub_study_train:
 * @name: (nullable): of the family, as for dub_study_begin
 * @resume: go on with the runs of this recipe that are there; without it they are refused
 *
 * A network that goes astray (NaN) does not keep the other folds from being trained; the error comes at the end.
 */
gboolean  dub_study_train       (DubStudy                   *study,
                                 const DubRecipe            *recipe,
                                 const DubPrepare           *prepare,
                                 const char                 *name,
                                 gboolean                    resume,
                                 const DubStudyTrainOptions *options,
                                 DubRun                     *run,
                                 GError                    **error);
gboolean  dub_study_resume      (DubStudy                   *study,
                                 const DubStudyTrainOptions *options,
                                 DubRun                     *run,
                                 GError                    **error);

G_END_DECLS
