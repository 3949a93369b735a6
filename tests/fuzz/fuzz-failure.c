#include "core/uq/failure-table.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubFailureTable) table = dub_failure_table_parse ((const char *) bytes, n_bytes, "scores.csv", &error);

  g_assert_true ((table == NULL) == (error != NULL));
  if (table == NULL)
    return 0;

  /* What was read is what measuring relies on. */
  g_assert_cmpuint (table->n_cases, >, 0);
  g_assert_cmpuint (g_strv_length (table->scores), ==, table->n_scores);
  g_assert_true (table->ids == NULL || g_strv_length (table->ids) == table->n_cases);
  for (size_t k = 0; k < table->n_scores; k++)
    for (size_t i = 0; i < table->n_cases; i++)
      g_assert_true (isfinite (table->values[k][i]));
  for (size_t i = 0; i < table->n_cases; i++) {
    g_assert_true (table->correct[i] == TRUE || table->correct[i] == FALSE);
    g_assert_true (table->patients == NULL || (table->patients[i] >= 0 && (size_t) table->patients[i] <= i));
  }

  return 0;
}
