#include "core/calibration/recalibration.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>

/* Whatever is read can be written again, and gives every answer probabilities. */
int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strndup ((const char *) bytes, n_bytes);
  g_autoptr (DubRecalibration) map = dub_recalibration_from_json (text, &error);

  g_assert_true ((map == NULL) == (error != NULL));
  if (map == NULL)
    return 0;

  g_autofree char *again = dub_recalibration_to_json (map);
  g_autofree char *words = dub_recalibration_summary (map);
  g_autoptr (GPtrArray) warnings = dub_recalibration_warnings (map);
  g_autoptr (DubRecalibration) back = dub_recalibration_from_json (again, &error);
  size_t n = dub_recalibration_get_n_classes (map);

  g_assert_no_error (error);
  g_assert_nonnull (words);
  g_assert_nonnull (warnings);
  g_assert_cmpint (dub_recalibration_get_kind (back), ==, dub_recalibration_get_kind (map));
  if (n == 0 || n > 100 || !dub_recalibration_is_usable (map))
    return 0;

  g_autofree double *p = g_new (double, 3 * n);

  for (size_t k = 0; k < 3 * n; k++)
    p[k] = k < n ? 1.0 / (double) n : k < 2 * n ? (double) (k == n) : (double) (k == 3 * n - 1);
  g_assert_true (dub_recalibration_apply_rows (map, NULL, p, 3, n, p, &error));
  for (size_t k = 0; k < 3 * n; k++)
    g_assert_true (p[k] >= 0.0 && p[k] <= 1.0);

  return 0;
}
