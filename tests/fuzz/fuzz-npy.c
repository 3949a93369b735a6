#include "core/io/npy.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) tensor = dub_npy_parse (bytes, n_bytes, "fuzz.npy", &error);

  g_assert_true ((tensor == NULL) == (error != NULL));

  return 0;
}
