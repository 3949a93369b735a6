#include "core/study/segment-numbers.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>

/* Kept numbers of a segmented case: what is read is whole and within its limits, or it is absent. */
int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (DubSegmentNumbers) numbers = dub_segment_numbers_parse ((const char *) bytes, n_bytes);

  if (numbers == NULL)
    return 0;

  g_autoptr (DubSegmentNumbers) copy = dub_segment_numbers_copy (numbers);

  g_assert_cmpuint (numbers->scores, !=, 0);
  for (size_t c = 0; c < numbers->n_classes; c++) {
    double low, high;

    dub_segment_numbers_range (copy, c, &low, &high);
    g_assert_true (isfinite (copy->ml[c]) && isfinite (low) && low <= high);
  }
  for (guint k = 0; k < DUB_N_SEGMENT_SCORES; k++)
    g_assert_cmpuint (numbers->score[k].n_places, <=, DUB_SEGMENT_PLACES);

  return 0;
}
