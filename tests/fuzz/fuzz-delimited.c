#include "core/io/delimited.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  for (int skip = 0; skip < 2; skip++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (DubDelimited) table =
      dub_delimited_parse ((const char *) bytes, n_bytes, "fuzz.csv", skip, &error);
    size_t n_text = 0;

    g_assert_true ((table == NULL) == (error != NULL));
    for (size_t row = 0; table != NULL && row < table->n_rows; row++)
      for (size_t column = 0; column < table->n_columns; column++)
        n_text += strlen (dub_delimited_cell (table, row, column));
    g_assert_cmpuint (n_text, <=, n_bytes);
  }

  return 0;
}
