/* cases.csv of a study. */
#include "core/study/study-data.h"
#include "tests/fuzz/fuzz-folder.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (GError) error = NULL;
  const char *folder = fuzz_folder_with ("cases.csv", bytes, n_bytes);
  g_autoptr (DubStudyData) data = g_new0 (DubStudyData, 1);

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
