/* The last step of a preparation: numbers of the range that a network was trained on. */
#include "core/data/prepare-private.h"

#include <math.h>
#include <string.h>

/* value ← (value - offset) · factor; the case's own numbers are compared in double, since a volume's mean of
 * thousands of voxels would lose its last digits in float. */
static void
shift_and_scale (float  *values,
                 size_t  n,
                 double  offset,
                 double  factor)
{
  for (size_t i = 0; i < n; i++)
    values[i] = (float) (((double) values[i] - offset) * factor);
}

static void
find_range (const float *values,
            size_t       n,
            double      *low,
            double      *high)
{
  float min = values[0], max = values[0];

  for (size_t i = 1; i < n; i++) {
    min = MIN (min, values[i]);
    max = MAX (max, values[i]);
  }
  *low = (double) min;
  *high = (double) max;
}

/* Puts the value of rank @rank at its place, no larger one before it and no smaller one behind (Hoare's selection). */
static float
select_rank (float   *values,
             int64_t  n,
             int64_t  rank)
{
  int64_t low = 0, high = n - 1;

  while (low < high) {
    float pivot = values[low + (high - low) / 2];
    int64_t i = low, j = high;

    while (i <= j) {
      while (values[i] < pivot)
        i++;
      while (values[j] > pivot)
        j--;
      if (i <= j) {
        float kept = values[i];

        values[i++] = values[j];
        values[j--] = kept;
      }
    }
    if (rank <= j)
      high = j;
    else if (rank >= i)
      low = i;
    else
      break;
  }

  return values[rank];
}

/* Percentile @p in [0, 100] with linear interpolation between ranks, as NumPy's default. Reorders @values. */
static double
percentile (float  *values,
            size_t  n,
            double  p)
{
  double at = p / 100.0 * (double) (n - 1);
  size_t rank = MIN ((size_t) at, n - 1);
  double low = (double) select_rank (values, (int64_t) n, (int64_t) rank);
  float next;

  if (at <= (double) rank || rank + 1 >= n)
    return low;
  next = values[rank + 1];
  for (size_t i = rank + 2; i < n; i++)
    next = MIN (next, values[i]);

  return low + (at - (double) rank) * ((double) next - low);
}

static void
scale_zscore (float  *values,
              size_t  n)
{
  double sum = 0.0, squares = 0.0, mean;

  for (size_t i = 0; i < n; i++)
    sum += (double) values[i];
  mean = sum / (double) n;
  for (size_t i = 0; i < n; i++)
    squares += ((double) values[i] - mean) * ((double) values[i] - mean);
  shift_and_scale (values, n, mean, squares > 0.0 ? 1.0 / sqrt (squares / (double) n) : 0.0);
}

static void
scale_percentile (const DubPrepare *self,
                  float            *values,
                  size_t            n)
{
  g_autofree float *copy = g_memdup2 (values, n * sizeof (float));
  double low = percentile (copy, n, self->percentile[0]);
  double high = percentile (copy, n, self->percentile[1]);

  for (size_t i = 0; i < n; i++) {
    double v = (double) values[i];

    /* A window without width is a step: a volume that is nearly all air keeps what stands out. */
    values[i] = v <= low ? 0.0f : v >= high ? 1.0f : (float) ((v - low) / (high - low));
  }
}

void
_dub_prepare_scale (const DubPrepare *self,
                    float            *values,
                    size_t            n_each,
                    double            unit)
{
  size_t n = n_each * (size_t) self->channels;
  double low, high;

  switch (self->scaling) {
  case DUB_SCALING_UNIT:
    shift_and_scale (values, n, 0.0, unit);
    break;
  case DUB_SCALING_MEAN_SD:
    for (int c = 0; c < self->channels; c++)
      shift_and_scale (values + (size_t) c * n_each, n_each, self->mean[c] / unit, unit / self->sd[c]);
    break;
  case DUB_SCALING_MINMAX:
    find_range (values, n, &low, &high);
    shift_and_scale (values, n, low, high > low ? 1.0 / (high - low) : 0.0);
    break;
  case DUB_SCALING_ZSCORE:
    scale_zscore (values, n);
    break;
  case DUB_SCALING_PERCENTILE:
    scale_percentile (self, values, n);
    break;
  case DUB_SCALING_NONE:
  default:
    break;
  }
}
