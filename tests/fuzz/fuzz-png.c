#include "core/io/png.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) tensor = dub_png_parse (bytes, n_bytes, "fuzz.png", &error);

  g_assert_true ((tensor == NULL) == (error != NULL));
  if (tensor == NULL)
    return 0;

  /* Every pixel is there to be read. */
  int64_t sum = 0;

  for (size_t i = 0; i < dub_tensor_n_bytes (tensor); i++)
    sum += ((const uint8_t *) tensor->data)[i];

  return sum < 0;
}
