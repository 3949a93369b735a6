#include "core/study/predictions-file.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>

/* What was read is what calibration relies on. */
static void
expect_sound (const DubPredictionsFile *file)
{
  const DubPredictions *p = file->predictions;
  const DubRegressionCases *r = file->regression;
  size_t n = p != NULL ? p->n_cases : r->n_cases;

  g_assert_true ((p == NULL) != (r == NULL));
  g_assert_cmpuint (n, >, 0);
  g_assert_true (file->ids == NULL || g_strv_length (file->ids) == n);
  for (size_t i = 0; i < n && p != NULL; i++) {
    g_assert_true (p->confidence[i] >= 0.0 && p->confidence[i] <= 1.0);
    g_assert_true (p->correct[i] == TRUE || p->correct[i] == FALSE);
    g_assert_true (p->groups == NULL || (p->groups[i] >= 0 && (size_t) p->groups[i] <= i));
  }
  for (size_t i = 0; i < n && r != NULL; i++)
    g_assert_true (isfinite (r->truth[i]) && isfinite (r->mean[i]) && isfinite (r->sd[i]) && r->sd[i] > 0.0);
  g_assert_cmpuint (dub_predictions_file_count_shared (file, file), <=, n);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (GBytes) whole = g_bytes_new_static (bytes, n_bytes);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubPredictionsFile) file = dub_predictions_file_parse (whole, "predictions", &error);

  g_assert_true ((file == NULL) == (error != NULL));
  if (file != NULL)
    expect_sound (file);

  return 0;
}
