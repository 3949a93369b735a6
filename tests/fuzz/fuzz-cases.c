/* cases.csv of a study. */
#include "core/study/study-data.h"
#include "tests/fuzz/fuzz.h"

#include <glib/gstdio.h>
#include <stdlib.h>

/* One folder a process. */
static char *folder = NULL;

static void
remove_folder (void)
{
  g_autofree char *path = g_build_filename (folder, "cases.csv", NULL);

  g_remove (path);
  g_rmdir (folder);
  g_free (folder);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (GError) error = NULL;

  if (folder == NULL) {
    folder = g_dir_make_tmp ("dubito-fuzz-XXXXXX", NULL);
    g_assert_nonnull (folder);
    atexit (remove_folder);
  }

  g_autofree char *path = g_build_filename (folder, "cases.csv", NULL);
  g_autoptr (DubStudyData) data = g_new0 (DubStudyData, 1);

  g_assert_true (
      g_file_set_contents_full (path, (const char *) bytes, (gssize) n_bytes, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  data->split = dub_split_new_empty (0);

  gboolean read = dub_study_data_read_cases (data, folder, &error);

  g_assert_true (read == (error == NULL));
  if (read) {
    g_autoptr (DubStudyData) again = g_new0 (DubStudyData, 1);

    /* What was read is written so that it is read as the same. */
    again->split = dub_split_new_empty (0);
    g_assert_true (dub_study_data_write_cases (data, folder, NULL));
    g_assert_true (dub_study_data_read_cases (again, folder, NULL));
    g_assert_cmpuint (again->n_cases, ==, data->n_cases);
    for (size_t i = 0; i < data->n_cases; i++) {
      g_assert_cmpstr (again->ids[i], ==, data->ids[i]);
      g_assert_cmpstr (again->patient[i], ==, data->patient[i]);
      g_assert_cmpint (again->labels[i], ==, data->labels[i]);
      g_assert_cmpint (again->split->fold[i], ==, data->split->fold[i]);
    }
  }

  return 0;
}
