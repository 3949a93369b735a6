/* The distributions that intervals and tests are read from.
 *
 * Every function returns NaN for an argument outside its range. Quantiles invert
 * the distribution function by bisection, which cannot fail to converge; they have ten digits and more.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Standard normal. */
double dub_normal_cdf       (double x);
/* @p in [0, 1]; -INFINITY and INFINITY at its ends. */
double dub_normal_quantile  (double p);

/* Student's t with @df > 0 degrees of freedom (not necessarily whole). */
double dub_student_cdf      (double x,
                             double df);
double dub_student_quantile (double p,
                             double df);

/* Beta (a, b), a > 0, b > 0. */
double dub_beta_cdf         (double x,
                             double a,
                             double b);
double dub_beta_quantile    (double p,
                             double a,
                             double b);

/* P(X <= k) of a binomial of @n trials with chance @p: what exact tests (McNemar, sign) are made of. */
double dub_binomial_cdf     (gsize  k,
                             gsize  n,
                             double p);

G_END_DECLS
