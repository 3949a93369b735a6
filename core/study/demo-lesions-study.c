/* The lesions with networks that learned from them: a study on which everything that asks for an ensemble can be tried. */
#include "core/study/demo-lesions.h"

#include "core/data/augment.h"
#include "core/study/outputs.h"

/* Shares of the progress that are behind when the data are drawn, when they are split, and when the networks have learned. */
static const double AFTER_DATA = 0.03, AFTER_SPLIT = 0.04, AFTER_TRAINING = 0.97;

static gboolean
is_there (const char *folder,
          const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static DubStudy *
open_study (const char  *folder,
            DubRun      *run,
            GError     **error)
{
  g_autofree char *images = g_build_filename (folder, "lesions.npz", NULL);
  const DubStudyDataOptions data = { .path = images, .positive = "malignant", .title = "Lesions demo",
                                     .split = DUB_SPLIT_DEFAULT };

  if (!is_there (folder, "study.json"))
    return dub_study_from_data (folder, &data, run, error);

  g_autoptr (DubStudy) study = dub_study_load (folder, error);

  return study != NULL && dub_study_data_agrees (study, images, &data.split, run, error) ? g_steal_pointer (&study) : NULL;
}

gboolean
dub_demo_lesions_study (const char                  *folder,
                        const DubLesionsOptions     *options,
                        const DubStudyTrainOptions  *train,
                        DubLesionsResult            *result,
                        DubRun                      *run,
                        GError                     **error)
{
  DubPrepare prepare;

  dub_run_set_span (run, 0.0, AFTER_DATA);
  if (!(is_there (folder, "truth.csv") ? dub_demo_lesions_check (folder, options, result, run, error)
                                       : dub_demo_lesions (folder, options, result, run, error)))
    return FALSE;

  dub_run_set_span (run, AFTER_DATA, AFTER_SPLIT);

  g_autoptr (DubStudy) study = open_study (folder, run, error);

  /* Measuring tells a progress of its own, which is over in a moment. */
  dub_run_set_span (run, AFTER_SPLIT, AFTER_SPLIT);
  if (study == NULL || !dub_study_prepare (study, &prepare, run, error))
    return FALSE;

  g_autoptr (DubRecipe) recipe = dub_recipe_for ("cnn2d", study->data->dataset);

  /* The texture tells the classes apart, and turning or scaling an image would smooth it. */
  recipe->augment = DUB_AUGMENT_FLIP;
  dub_run_set_span (run, AFTER_SPLIT, AFTER_TRAINING);
  if (!dub_study_train (study, recipe, &prepare, NULL, TRUE, train, run, error))
    return FALSE;

  dub_run_set_span (run, AFTER_TRAINING, 1.0);

  g_autoptr (DubOutputs) outputs = dub_outputs_load (study, NULL, run, error);

  return outputs != NULL;
}
