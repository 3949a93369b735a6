#include "core/data/atlas-table.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) table = dub_atlas_table_parse (bytes, n_bytes, "fuzz.txt", &error);

  g_assert_true ((table == NULL) == (error != NULL));
  for (guint i = 0; table != NULL && i < table->len; i++) {
    const DubAtlasName *entry = &g_array_index (table, DubAtlasName, i);
    g_autofree char *stem = dub_atlas_name_stem (entry->name);

    g_assert_true (g_utf8_validate (entry->name, -1, NULL));
    g_assert_true (g_utf8_validate (stem, -1, NULL));
  }

  return 0;
}
