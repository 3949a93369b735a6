#include "core/base/rng.h"
#include "core/stats/describe.h"
#include "core/stats/distribution.h"

#include <math.h>

static void
test_closed_forms (void)
{
  g_assert_cmpfloat_with_epsilon (dub_normal_quantile (0.975), 1.959963984540054, 1e-14);
  g_assert_cmpfloat (dub_normal_quantile (0.5), ==, 0.0);
  /* One degree of freedom is Cauchy's distribution, two have a closed form too. */
  for (double p = 0.01; p < 1.0; p += 0.07) {
    double t = tan (G_PI * (p - 0.5));

    g_assert_cmpfloat_with_epsilon (dub_student_quantile (p, 1.0), t, 1e-12 * (1.0 + fabs (t)));
    t = (2.0 * p - 1.0) / sqrt (2.0 * p * (1.0 - p));
    g_assert_cmpfloat_with_epsilon (dub_student_quantile (p, 2.0), t, 1e-12 * (1.0 + fabs (t)));
    g_assert_cmpfloat_with_epsilon (dub_student_cdf (dub_student_quantile (p, 7.0), 7.0), p, 1e-14);
    g_assert_cmpfloat_with_epsilon (dub_beta_quantile (p, 3.0, 1.0), cbrt (p), 1e-14);
    g_assert_cmpfloat_with_epsilon (dub_beta_quantile (p, 1.0, 4.0), 1.0 - sqrt (sqrt (1.0 - p)), 1e-14);
  }
  /* P (at most 1 of 3 coins). */
  g_assert_cmpfloat_with_epsilon (dub_binomial_cdf (1, 3, 0.5), 0.5, 1e-15);
  g_assert_cmpfloat (dub_binomial_cdf (3, 3, 0.5), ==, 1.0);
  g_assert_cmpfloat (dub_binomial_cdf (0, 3, 0.0), ==, 1.0);
  g_assert_cmpfloat (dub_binomial_cdf (2, 3, 1.0), ==, 0.0);
}

static void
test_ends (void)
{
  g_assert_true (isinf (dub_normal_quantile (0.0)) && dub_normal_quantile (0.0) < 0.0);
  g_assert_true (isinf (dub_normal_quantile (1.0)) && dub_normal_quantile (1.0) > 0.0);
  g_assert_true (isinf (dub_student_quantile (1.0, 5.0)));
  g_assert_cmpfloat (dub_beta_quantile (0.0, 2.0, 2.0), ==, 0.0);
  g_assert_cmpfloat (dub_beta_quantile (1.0, 2.0, 2.0), ==, 1.0);
  g_assert_cmpfloat (dub_student_quantile (0.3, (double) INFINITY), ==, dub_normal_quantile (0.3));

  const double wrong[] = { -0.1, 1.1, (double) NAN };

  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_assert_true (isnan (dub_normal_quantile (wrong[i])));
    g_assert_true (isnan (dub_student_quantile (wrong[i], 3.0)));
    g_assert_true (isnan (dub_beta_quantile (wrong[i], 3.0, 3.0)));
    g_assert_true (isnan (dub_binomial_cdf (1, 2, wrong[i])));
  }
  g_assert_true (isnan (dub_student_quantile (0.5, 0.0)));
  g_assert_true (isnan (dub_beta_quantile (0.5, -1.0, 2.0)));
  g_assert_true (isnan (dub_beta_cdf (0.5, (double) NAN, 2.0)));
}

/* GSL would end the program on an argument it does not like: none of a wide grid may be one. */
static void
test_no_argument_ends_the_program (void)
{
  const double sizes[] = { 1e-3, 0.5, 1.0, 2.0, 9.9, 40.0, 1e3, 1e5, 2e5, 1e7, 1e9 };
  const double shares[] = { 1e-300, 1e-12, 1e-3, 0.2, 0.5, 0.9, 0.999999, 1.0 - 1e-16 };

  for (size_t a = 0; a < G_N_ELEMENTS (sizes); a++)
    for (size_t b = 0; b < G_N_ELEMENTS (sizes); b++)
      for (size_t s = 0; s < G_N_ELEMENTS (shares); s++) {
        double x = dub_beta_quantile (shares[s], sizes[a], sizes[b]);
        double near = dub_beta_cdf (sizes[a] / (sizes[a] + sizes[b]), sizes[a], sizes[b]);

        g_assert_true (x >= 0.0 && x <= 1.0);
        g_assert_true (near > 0.0 && near < 1.0);
        g_assert_false (isnan (dub_student_quantile (shares[s], sizes[a])));
        g_assert_false (isnan (dub_student_cdf (1.0 / shares[s], sizes[b])));
      }
}

static void
test_moments (void)
{
  /* The textbook's Σx² - (Σx)²/n loses every digit of the SD here. */
  const double values[] = { 1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16 };
  DubMoments all = { 0 }, first = { 0 }, second = { 0 };

  for (size_t i = 0; i < 4; i++) {
    dub_moments_add (&all, values[i]);
    dub_moments_add (i < 1 ? &first : &second, values[i]);
  }
  g_assert_cmpfloat (all.mean, ==, 1e9 + 10);
  g_assert_cmpfloat_with_epsilon (dub_moments_sd (&all, 1), sqrt (30.0), 1e-9);
  g_assert_cmpfloat_with_epsilon (dub_sd (values, 4, 0), sqrt (22.5), 1e-9);
  dub_moments_merge (&first, &second);
  g_assert_cmpuint (first.n, ==, 4);
  g_assert_cmpfloat_with_epsilon (first.mean, all.mean, 1e-6);
  g_assert_cmpfloat_with_epsilon (dub_moments_sd (&first, 1), sqrt (30.0), 1e-6);
  g_assert_true (isnan (dub_sd (values, 1, 1)));
  g_assert_true (isnan (dub_mean (values, 0)));
  g_assert_cmpfloat (dub_mean (values, 4), ==, 1e9 + 10);
}

static void
test_quantiles (void)
{
  const double values[] = { 3.0, 1.0, 2.0, 10.0 };
  const double broken[] = { 3.0, (double) NAN, 2.0 };
  const double endless[] = { (double) INFINITY, 1.0, (double) INFINITY };

  g_assert_cmpfloat (dub_median (values, 4), ==, 2.5);
  g_assert_cmpfloat (dub_quantile (values, 4, 0.0), ==, 1.0);
  g_assert_cmpfloat (dub_quantile (values, 4, 1.0), ==, 10.0);
  g_assert_cmpfloat_with_epsilon (dub_quantile (values, 4, 0.9), 3.0 + 0.7 * 7.0, 1e-14);
  g_assert_cmpfloat (values[0], ==, 3.0);
  g_assert_true (isnan (dub_median (broken, 3)));
  g_assert_true (isnan (dub_median (values, 0)));
  g_assert_true (isinf (dub_quantile (endless, 3, 0.8)));
  g_assert_true (isnan (dub_quantile (values, 4, 1.5)));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/distribution/closed-forms", test_closed_forms);
  g_test_add_func ("/distribution/ends", test_ends);
  g_test_add_func ("/distribution/no-argument-ends-the-program", test_no_argument_ends_the_program);
  g_test_add_func ("/describe/moments", test_moments);
  g_test_add_func ("/describe/quantiles", test_quantiles);

  return g_test_run ();
}
