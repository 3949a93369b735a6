#include "core/io/npy.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (GBytes) archive_bytes = g_bytes_new_static (bytes, n_bytes);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubNpz) archive = dub_npz_open_bytes (archive_bytes, "fuzz.npz", &error);

  g_assert_true ((archive == NULL) == (error != NULL));
  for (size_t i = 0; archive != NULL && i < dub_npz_n_arrays (archive); i++) {
    g_autoptr (GError) local = NULL;
    g_autoptr (DubTensor) tensor = dub_npz_read (archive, dub_npz_name (archive, i), &local);

    g_assert_true ((tensor == NULL) == (local != NULL));
    g_clear_error (&local);

    /* An array is of numbers or of strings, never both. */
    g_auto (GStrv) texts = dub_npz_read_text (archive, dub_npz_name (archive, i), NULL, &local);

    g_assert_true ((texts == NULL) == (local != NULL));
    g_assert_true (texts == NULL || tensor == NULL);
  }

  return 0;
}
