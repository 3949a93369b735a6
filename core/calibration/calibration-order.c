/* Confidences are numbers from 0 to 1, whose bits order as they do: they are sorted by digits, in the time that a slider has. */
#include "core/calibration/calibration-order.h"

#include <string.h>

/* Of a confidence at most 1 the two upper bits are 0; one of them makes room for the outcome. */
enum { DIGIT_BITS = 11, N_DIGITS = 6, RADIX = 1 << DIGIT_BITS };

typedef struct {
  guint64 key;
  size_t  index;
} Place;

static guint64
key_of (double   confidence,
        gboolean correct)
{
  /* There is a negative zero, too. */
  double positive = confidence + 0.0;
  guint64 bits;

  memcpy (&bits, &positive, sizeof bits);

  return bits << 1 | (correct ? 1 : 0);
}

/* Digit by digit from the lowest; a digit that all share is passed over. Returns where the sorted places are. */
static Place *
sort_places (Place  *places,
             Place  *other,
             size_t  n)
{
  g_autofree size_t *count = g_new0 (size_t, N_DIGITS * RADIX);

  for (size_t i = 0; i < n; i++)
    for (guint d = 0; d < N_DIGITS; d++)
      count[d * RADIX + (places[i].key >> (d * DIGIT_BITS) & (RADIX - 1))]++;

  for (guint d = 0; d < N_DIGITS; d++) {
    size_t *at = count + d * RADIX;
    guint shift = d * DIGIT_BITS;
    size_t sum = 0;

    if (at[places[0].key >> shift & (RADIX - 1)] == n)
      continue;
    for (size_t k = 0; k < RADIX; k++) {
      size_t here = at[k];

      at[k] = sum;
      sum += here;
    }
    for (size_t i = 0; i < n; i++)
      other[at[places[i].key >> shift & (RADIX - 1)]++] = places[i];

    Place *swapped = places;

    places = other;
    other = swapped;
  }

  return places;
}

DubCalibrationOrder *
_dub_calibration_order_new (const DubPredictions *predictions)
{
  size_t n = predictions->n_cases;
  g_autofree Place *places = g_new (Place, n);
  g_autofree Place *other = g_new (Place, n);
  DubCalibrationOrder *self = g_new0 (DubCalibrationOrder, 1);

  for (size_t i = 0; i < n; i++)
    places[i] = (Place) { key_of (predictions->confidence[i], predictions->correct[i]), i };

  const Place *sorted = sort_places (places, other, n);

  self->n_cases = n;
  self->cases = g_new (size_t, n);
  self->confidence = g_new (double, n);
  self->correct = g_new (gboolean, n);
  self->middle = g_new (double, n);
  for (size_t i = 0; i < n; i++) {
    size_t index = sorted[i].index;

    self->cases[i] = index;
    self->confidence[i] = predictions->confidence[index];
    self->correct[i] = predictions->correct[index] != FALSE;
  }

  for (size_t begin = 0, end; begin < n; begin = end) {
    for (end = begin + 1; end < n && self->confidence[end] <= self->confidence[begin]; end++)
      ;
    for (size_t i = begin; i < end; i++)
      self->middle[i] = 0.5 * ((double) begin + (double) end);
  }

  return self;
}

void
_dub_calibration_order_free (DubCalibrationOrder *self)
{
  if (self == NULL)
    return;
  g_free (self->cases);
  g_free (self->confidence);
  g_free (self->correct);
  g_free (self->middle);
  g_free (self);
}

/* The first place in [low, N) whose confidence is above @edge. */
static size_t
find_above (const DubCalibrationOrder *self,
            size_t                     low,
            double                     edge)
{
  size_t high = self->n_cases;

  while (low < high) {
    size_t middle = low + (high - low) / 2;

    if (self->confidence[middle] <= edge)
      low = middle + 1;
    else
      high = middle;
  }

  return low;
}

/* The bin of equal mass of place @i. It never falls with @i. */
static size_t
find_mass_bin (const DubCalibrationOrder *self,
               size_t                     i,
               size_t                     n_bins)
{
  return MIN ((size_t) (self->middle[i] / (double) self->n_cases * (double) n_bins), n_bins - 1);
}

void
_dub_calibration_order_bins (const DubCalibrationOrder *self,
                             DubBinning                 binning,
                             size_t                     n_bins,
                             size_t                    *first)
{
  first[0] = 0;
  first[n_bins] = self->n_cases;
  for (size_t m = 1; m < n_bins; m++) {
    if (binning == DUB_BINS_EQUAL_WIDTH) {
      first[m] = find_above (self, first[m - 1], (double) m / (double) n_bins);
      continue;
    }

    /* The first place whose bin is not below m. */
    size_t low = first[m - 1], high = self->n_cases;

    while (low < high) {
      size_t middle = low + (high - low) / 2;

      if (find_mass_bin (self, middle, n_bins) < m)
        low = middle + 1;
      else
        high = middle;
    }
    first[m] = low;
  }
}
