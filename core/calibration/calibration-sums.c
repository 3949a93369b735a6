/* Eight partial sums each, added up in their order: the compiler may compute them side by side without changing a bit. */
#include "core/calibration/calibration-sums.h"

#include "core/base/clones.h"

enum { LANES = 8 };

static inline DubBinSums
add_lanes (const uint64_t *n,
           const uint64_t *happened,
           const double   *confidence)
{
  DubBinSums sums = { 0 };

  for (size_t l = 0; l < LANES; l++) {
    sums.n += n[l];
    sums.happened += happened[l];
    sums.confidence += confidence[l];
  }

  return sums;
}

DUB_CLONES DubBinSums
_dub_bin_sums_of_run (const uint32_t *count,
                      const double   *confidence,
                      const uint32_t *happened,
                      size_t          n)
{
  uint64_t drawn[LANES] = { 0 }, events[LANES] = { 0 };
  double sum[LANES] = { 0.0 };
  size_t i = 0;

  for (; i + LANES <= n; i += LANES)
    for (size_t l = 0; l < LANES; l++) {
      drawn[l] += count[i + l];
      events[l] += count[i + l] & happened[i + l];
      sum[l] += (double) count[i + l] * confidence[i + l];
    }
  for (size_t l = 0; i < n; i++, l++) {
    drawn[l] += count[i];
    events[l] += count[i] & happened[i];
    sum[l] += (double) count[i] * confidence[i];
  }

  return add_lanes (drawn, events, sum);
}

DUB_CLONES DubBinSums
_dub_bin_sums_of_listed (const uint32_t *count,
                         const uint32_t *cases,
                         const double   *confidence,
                         const uint32_t *happened,
                         size_t          n)
{
  uint64_t drawn[LANES] = { 0 }, events[LANES] = { 0 };
  double sum[LANES] = { 0.0 };
  size_t i = 0;

  for (; i + LANES <= n; i += LANES)
    for (size_t l = 0; l < LANES; l++) {
      uint32_t times = count[cases[i + l]];

      drawn[l] += times;
      events[l] += times & happened[i + l];
      sum[l] += (double) times * confidence[i + l];
    }
  for (size_t l = 0; i < n; i++, l++) {
    uint32_t times = count[cases[i]];

    drawn[l] += times;
    events[l] += times & happened[i];
    sum[l] += (double) times * confidence[i];
  }

  return add_lanes (drawn, events, sum);
}

DUB_CLONES double
_dub_weighted_sum (const uint32_t *count,
                   const double   *x,
                   size_t          n)
{
  double lane[LANES] = { 0.0 }, sum = 0.0;
  size_t i = 0;

  for (; i + LANES <= n; i += LANES)
    for (size_t l = 0; l < LANES; l++)
      lane[l] += (double) count[i + l] * x[i + l];
  for (size_t l = 0; i < n; i++, l++)
    lane[l] += (double) count[i] * x[i];
  for (size_t l = 0; l < LANES; l++)
    sum += lane[l];

  return sum;
}
