#include "core/data/volume.h"
#include "core/io/nifti.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubVolume) volume = dub_nifti_parse (bytes, n_bytes, "fuzz.nii", &error);

  g_assert_true ((volume == NULL) == (error != NULL));
  if (volume == NULL)
    return 0;

  /* What every volume must bear. */
  g_autoptr (GError) not_finite = NULL;
  g_autoptr (DubVolume) ras = dub_volume_to_ras (volume, &error);
  float low, high;
  char letters[4];

  g_assert_no_error (error);
  dub_volume_range (volume, &low, &high, &not_finite);
  dub_volume_orientation (ras, letters);
  g_assert_cmpstr (letters, ==, "RAS");

  return 0;
}
