/* Mean, spread and order statistics of plain numbers. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Running mean and sum of squared deviations (Welford 1962): no digits are lost where the mean is large.
 * Begins as zeros: DubMoments moments = { 0 }. */
typedef struct {
  gsize  n;
  double mean;
  double m2;   /* Σ (x - mean)² */
} DubMoments;

void   dub_moments_add      (DubMoments       *self,
                             double            x);
/* As if the numbers of @other had been added (Chan, Golub & LeVeque 1979). */
void   dub_moments_merge    (DubMoments       *self,
                             const DubMoments *other);
/* sqrt (m2 / (n - ddof)): ddof 1 for a sample's SD, 0 for a population's; NaN where n <= ddof. */
double dub_moments_sd       (const DubMoments *self,
                             gsize             ddof);

/* NaN for no values. */
double dub_mean             (const double     *values,
                             gsize             n);
/* NaN for n <= ddof. */
double dub_sd               (const double     *values,
                             gsize             n,
                             gsize             ddof);

/* Ascending, in place; there may be no NaN among them. */
void   dub_sort             (double           *values,
                             gsize             n);
/* dub_quantile_sorted:
 * @sorted: ascending, without NaN
 * @q: in [0, 1]
 *
 * Linear interpolation between the order statistics around (n - 1) q (type 7 of Hyndman & Fan 1996, NumPy's
 * default). NaN for no values or a @q outside its range.
 */
double dub_quantile_sorted  (const double     *sorted,
                             gsize             n,
                             double            q);
/* The same of values in any order, which are not changed; NaN where one of them is. */
double dub_quantile         (const double     *values,
                             gsize             n,
                             double            q);
double dub_median           (const double     *values,
                             gsize             n);

G_END_DECLS
