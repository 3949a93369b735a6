#include "tests/bench/measure-patients.h"

#include "core/io/nifti.h"

#include <string.h>

/* The shared data as a study: patients of participants.tsv, one truth. */
static DubStudy *
read_participants (const char  *folder,
                   const char  *model,
                   GError     **error)
{
  g_autofree char *table = g_build_filename (folder, "participants.tsv", NULL);
  g_autofree char *name = g_strconcat (model, ".onnx", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (table, &text, NULL, error))
    return NULL;

  DubStudy *study = dub_study_new ("atrophy");
  g_auto (GStrv) lines = g_strsplit (g_strstrip (text), "\n", -1);

  dub_study_add_model (study, model, path, (DubPreprocess) { DUB_AXES_IJK, DUB_SCALE_NONE, DUB_FIT_REFUSE });
  for (size_t i = 1; lines[i] != NULL; i++) {
    g_auto (GStrv) fields = g_strsplit (lines[i], "\t", -1);
    g_autofree char *volume = g_build_filename (folder, g_strstrip (fields[3]), NULL);

    dub_study_add_case (study, fields[0], volume, strcmp (fields[1], "AD") == 0);

    DubStudyCase *item = g_ptr_array_index (study->cases, study->cases->len - 1);

    item->truth_path = g_build_filename (folder, "atrophy_truth.nii.gz", NULL);
    item->severity = g_ascii_strtod (fields[2], NULL);
  }

  return study;
}

DubStudy *
measure_patients_load (const char  *folder,
                       const char  *model,
                       GError     **error)
{
  g_autofree char *json = g_build_filename (folder, "study.json", NULL);

  return g_file_test (json, G_FILE_TEST_EXISTS) ? dub_study_load (folder, error)
                                                : read_participants (folder, model != NULL ? model : "cnn3d_fold0", error);
}

gboolean
measure_patients_read (const DubStudyModel  *model,
                       const DubStudyCase   *item,
                       DubTensor           **input,
                       DubTensor           **truth,
                       DubRun               *run,
                       GError              **error)
{
  static const int64_t any[3] = { -1, -1, -1 };
  g_autoptr (DubVolume) volume = dub_nifti_load (item->path, error);
  g_autoptr (DubVolume) truth_volume = volume != NULL ? dub_nifti_load (item->truth_path, error) : NULL;
  DubPreprocess plain = model->preprocess;

  plain.scale = DUB_SCALE_NONE;

  return truth_volume != NULL && dub_preprocess (&model->preprocess, volume, any, input, NULL, run, error) &&
         dub_preprocess (&plain, truth_volume, any, truth, NULL, run, error);
}
