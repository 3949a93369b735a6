#include "core/stats/rate.h"

#include "core/stats/distribution.h"

static const char *const REASON_NOTHING = "none: there are no cases";

double
dub_rate_value (DubRate rate)
{
  return rate.d > 0 ? (double) rate.n / (double) rate.d : (double) NAN;
}

DubEstimate
dub_rate_wilson (DubRate rate,
                 double  confidence)
{
  g_return_val_if_fail (rate.n <= rate.d, dub_estimate_undefined (REASON_NOTHING));
  g_return_val_if_fail (confidence > 0.0 && confidence < 1.0, dub_estimate_undefined (REASON_NOTHING));

  if (rate.d == 0)
    return dub_estimate_undefined (REASON_NOTHING);

  double d = (double) rate.d;
  double p = dub_rate_value (rate);
  double z = dub_normal_quantile (0.5 + confidence / 2.0);
  double centre = (p + z * z / (2.0 * d)) / (1.0 + z * z / d);
  double half = z * sqrt (p * (1.0 - p) / d + z * z / (4.0 * d * d)) / (1.0 + z * z / d);

  /* At the ends the two terms are equal but for rounding. */
  return (DubEstimate) {
    .value = p,
    .low = rate.n == 0 ? 0.0 : MAX (centre - half, 0.0),
    .high = rate.n == rate.d ? 1.0 : MIN (centre + half, 1.0),
    .method = "Wilson",
    .n = rate.n,
    .d = rate.d,
  };
}

DubEstimate
dub_rate_clopper_pearson (DubRate rate,
                          double  confidence)
{
  g_return_val_if_fail (rate.n <= rate.d, dub_estimate_undefined (REASON_NOTHING));
  g_return_val_if_fail (confidence > 0.0 && confidence < 1.0, dub_estimate_undefined (REASON_NOTHING));

  if (rate.d == 0)
    return dub_estimate_undefined (REASON_NOTHING);

  double n = (double) rate.n, rest = (double) (rate.d - rate.n);
  double tail = (1.0 - confidence) / 2.0;

  return (DubEstimate) {
    .value = dub_rate_value (rate),
    .low = rate.n == 0 ? 0.0 : dub_beta_quantile (tail, n, rest + 1.0),
    .high = rate.n == rate.d ? 1.0 : dub_beta_quantile (1.0 - tail, n + 1.0, rest),
    .method = "Clopper-Pearson",
    .n = rate.n,
    .d = rate.d,
  };
}
