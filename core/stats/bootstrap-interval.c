#include "core/stats/bootstrap.h"

#include "core/stats/describe.h"
#include "core/stats/distribution.h"

/* By kind, then stratified, then by patient. */
static const char *const METHODS[][2][2] = {
  [DUB_INTERVAL_PERCENTILE] = {
    { "bootstrap (percentile)", "bootstrap (percentile, by patient)" },
    { "bootstrap (percentile, stratified)", "bootstrap (percentile, stratified, by patient)" },
  },
  [DUB_INTERVAL_BASIC] = {
    { "bootstrap (basic)", "bootstrap (basic, by patient)" },
    { "bootstrap (basic, stratified)", "bootstrap (basic, stratified, by patient)" },
  },
  [DUB_INTERVAL_BCA] = {
    { "bootstrap (BCa)", "bootstrap (BCa, by patient)" },
    { "bootstrap (BCa, stratified)", "bootstrap (BCa, stratified, by patient)" },
  },
};

/* The replicates that are defined, ascending. (transfer full) */
static double *
sorted_replicates (const DubBootstrap *self,
                   size_t              statistic,
                   size_t             *n_defined)
{
  const double *replicate = self->replicate + statistic * self->n_resamples;
  double *sorted = g_new (double, self->n_resamples);
  size_t n = 0;

  for (size_t r = 0; r < self->n_resamples; r++)
    if (!isnan (replicate[r]))
      sorted[n++] = replicate[r];
  dub_sort (sorted, n);
  *n_defined = n;

  return sorted;
}

/* The order statistic (R + 1) p, between the extreme replicates. */
static double
replicate_quantile (const double *sorted,
                    size_t        n,
                    double        p)
{
  double place = ((double) n + 1.0) * p - 1.0;

  return dub_quantile_sorted (sorted, n, n > 1 ? CLAMP (place / (double) (n - 1), 0.0, 1.0) : 0.0);
}

/* Moves @tail, a normal quantile, to the share of replicates that BCa cuts off there. */
static double
bca_share (double bias,
           double acceleration,
           double tail)
{
  double moved = bias + tail;

  return dub_normal_cdf (bias + moved / (1.0 - acceleration * moved));
}

static gboolean
bca_shares (const DubBootstrap *self,
            size_t              statistic,
            const double       *sorted,
            size_t              n,
            double             *low,
            double             *high)
{
  double value = self->value[statistic];
  double below = 0.0;
  double tail = dub_normal_quantile (*low);

  /* Ties count half, so that a statistic with few values is not called biased. */
  for (size_t r = 0; r < n; r++)
    below += sorted[r] < value ? 1.0 : (sorted[r] > value ? 0.0 : 0.5);

  double bias = dub_normal_quantile (below / (double) n);
  double acceleration = self->acceleration[statistic];

  if (isinf (bias) || isnan (acceleration))
    return FALSE;

  /* Beyond its pole the transformation turns around. */
  if (acceleration * (bias + tail) >= 1.0 || acceleration * (bias - tail) >= 1.0)
    return FALSE;
  *low = bca_share (bias, acceleration, tail);
  *high = bca_share (bias, acceleration, -tail);

  return TRUE;
}

DubEstimate
dub_bootstrap_interval (const DubBootstrap *self,
                        size_t              statistic,
                        DubIntervalKind     kind,
                        double              confidence)
{
  g_return_val_if_fail (statistic < self->n_statistics, dub_estimate_undefined ("none: no such statistic"));
  g_return_val_if_fail (confidence > 0.0 && confidence < 1.0, dub_estimate_undefined ("none: no confidence"));
  g_return_val_if_fail (kind != DUB_INTERVAL_BCA || self->acceleration != NULL,
                        dub_estimate_undefined ("none: no jackknife"));

  DubEstimate estimate = dub_estimate_undefined (METHODS[kind][self->stratified != FALSE][self->grouped != FALSE]);
  double value = self->value[statistic];
  double low = (1.0 - confidence) / 2.0, high = 1.0 - low;

  estimate.value = value;
  if (isnan (value)) {
    estimate.method = "none: the value is undefined";
    return estimate;
  }
  if (self->n_units < 2) {
    estimate.method = "none: there are fewer than two independent cases";
    return estimate;
  }
  if (self->n_undefined[statistic] > self->n_resamples / 20) {
    estimate.method = "none: too many resamples are undefined";
    return estimate;
  }

  size_t n;
  g_autofree double *sorted = sorted_replicates (self, statistic, &n);

  if (kind == DUB_INTERVAL_BCA && !bca_shares (self, statistic, sorted, n, &low, &high)) {
    estimate.method = "none: all resamples lie on one side";
    return estimate;
  }
  estimate.low = replicate_quantile (sorted, n, low);
  estimate.high = replicate_quantile (sorted, n, high);
  if (kind == DUB_INTERVAL_BASIC) {
    double reflected = 2.0 * value - estimate.high;

    estimate.high = 2.0 * value - estimate.low;
    estimate.low = reflected;
  }

  return estimate;
}

double
dub_bootstrap_se (const DubBootstrap *self,
                  size_t              statistic)
{
  DubMoments moments = { 0 };

  g_return_val_if_fail (statistic < self->n_statistics, (double) NAN);

  for (size_t r = 0; r < self->n_resamples; r++) {
    double replicate = self->replicate[statistic * self->n_resamples + r];

    if (!isnan (replicate))
      dub_moments_add (&moments, replicate);
  }

  return dub_moments_sd (&moments, 1);
}
