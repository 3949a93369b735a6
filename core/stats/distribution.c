#include "core/stats/distribution.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

double
dub_normal_cdf (double x)
{
  return isnan (x) ? (double) NAN : gsl_cdf_ugaussian_P (x);
}

double
dub_normal_quantile (double p)
{
  if (!(p >= 0.0 && p <= 1.0))
    return (double) NAN;
  if (p <= 0.0)
    return -(double) INFINITY;
  if (p >= 1.0)
    return (double) INFINITY;

  return gsl_cdf_ugaussian_Pinv (p);
}

/* P(T > x) for x >= 0. The incomplete beta function is exact where GSL's own tail of Student's distribution takes a
 * series in 1/df. */
static double
student_tail (double x,
              double df)
{
  double square = x * x;

  /* Of the two complementary forms the one whose argument is small keeps its digits. */
  if (square < df)
    return 0.5 * gsl_cdf_beta_Q (square / (df + square), 0.5, df / 2.0);

  return 0.5 * gsl_cdf_beta_P (df / (df + square), df / 2.0, 0.5);
}

double
dub_student_cdf (double x,
                 double df)
{
  if (isnan (x) || !(df > 0.0))
    return (double) NAN;
  if (isinf (x))
    return x > 0.0 ? 1.0 : 0.0;
  if (isinf (df))
    return dub_normal_cdf (x);

  return x > 0.0 ? 1.0 - student_tail (x, df) : student_tail (-x, df);
}

double
dub_student_quantile (double p,
                      double df)
{
  if (!(p >= 0.0 && p <= 1.0) || !(df > 0.0))
    return (double) NAN;
  if (p <= 0.0 || p >= 1.0)
    return p > 0.5 ? (double) INFINITY : -(double) INFINITY;
  if (isinf (df))
    return dub_normal_quantile (p);

  double tail = MIN (p, 1.0 - p);
  double low = 0.0, high = 1.0;

  while (student_tail (high, df) > tail && high < 1e300) {
    low = high;
    high *= 2.0;
  }
  for (;;) {
    double middle = low + (high - low) / 2.0;

    if (middle <= low || middle >= high)
      break;
    if (student_tail (middle, df) > tail)
      low = middle;
    else
      high = middle;
  }

  return p < 0.5 ? -low : low;
}

/* ln (x^a (1 - x)^b / B (a, b)) of large arguments. Stirling's series puts a ln (x / mean) where large terms would
 * cancel. */
static double
log_power (double x,
           double a,
           double b)
{
  double sum = a + b;
  double away = x - a / sum;

  return a * log1p (away * sum / a) + b * log1p (-away * sum / b)
         - 0.5 * log (2.0 * G_PI * sum / (a * b)) - (1.0 / a + 1.0 / b - 1.0 / sum) / 12.0;
}

/* Lentz's evaluation of the continued fraction of the incomplete beta function, for x below the mean. It takes about
 * sqrt (a + b) terms, of which GSL's own grants 512: too few for the rates of millions of voxels. */
static double
beta_fraction (double x,
               double a,
               double b)
{
  double c = 1.0, d = 1.0 / (1.0 - (a + b) * x / (a + 1.0));
  double fraction = d;

  for (double m = 1.0; m < 1e7; m++) {
    double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
    double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));

    d = 1.0 / (1.0 + even * d);
    c = 1.0 + even / c;
    fraction *= c * d;
    d = 1.0 / (1.0 + odd * d);
    c = 1.0 + odd / c;
    fraction *= c * d;
    if (fabs (c * d - 1.0) < 1e-15)
      break;
  }

  return exp (log_power (x, a, b)) * fraction / a;
}

double
dub_beta_cdf (double x,
              double a,
              double b)
{
  if (isnan (x) || !(a > 0.0 && b > 0.0) || isinf (a) || isinf (b))
    return (double) NAN;
  if (x <= 0.0)
    return 0.0;
  if (x >= 1.0)
    return 1.0;

  if (a < 1e5 || b < 1e5)
    return gsl_cdf_beta_P (x, a, b);

  return x < (a + 1.0) / (a + b + 2.0) ? beta_fraction (x, a, b) : 1.0 - beta_fraction (1.0 - x, b, a);
}

double
dub_beta_quantile (double p,
                   double a,
                   double b)
{
  double low = 0.0, high = 1.0;

  if (!(p >= 0.0 && p <= 1.0) || isnan (dub_beta_cdf (0.5, a, b)))
    return (double) NAN;
  if (p <= 0.0 || p >= 1.0)
    return p > 0.5 ? 1.0 : 0.0;

  for (;;) {
    double middle = low + (high - low) / 2.0;

    if (middle <= low || middle >= high)
      return middle;
    if (dub_beta_cdf (middle, a, b) < p)
      low = middle;
    else
      high = middle;
  }
}

double
dub_binomial_cdf (gsize  k,
                  gsize  n,
                  double p)
{
  if (!(p >= 0.0 && p <= 1.0))
    return (double) NAN;
  if (k >= n)
    return 1.0;

  return 1.0 - dub_beta_cdf (p, (double) k + 1.0, (double) (n - k));
}
