#include "core/stats/distribution.h"
#include "core/stats/rate.h"

static void
test_closed_forms (void)
{
  DubEstimate all = dub_rate_clopper_pearson ((DubRate) { 14, 14 }, 0.95);
  DubEstimate none = dub_rate_clopper_pearson ((DubRate) { 0, 14 }, 0.95);

  /* With d of d the lower limit is the d-th root of α/2; .7684 for 14. */
  g_assert_cmpfloat_with_epsilon (all.low, pow (0.025, 1.0 / 14.0), 1e-14);
  g_assert_cmpfloat_with_epsilon (all.low, 0.7684, 5e-5);
  g_assert_cmpfloat (all.high, ==, 1.0);
  g_assert_cmpfloat (none.low, ==, 0.0);
  g_assert_cmpfloat_with_epsilon (none.high, 1.0 - all.low, 1e-14);

  /* Wilson: with no success the upper limit is z² / (d + z²). */
  double z = dub_normal_quantile (0.975);
  DubEstimate wilson = dub_rate_wilson ((DubRate) { 0, 14 }, 0.95);

  g_assert_cmpfloat (wilson.low, ==, 0.0);
  g_assert_cmpfloat_with_epsilon (wilson.high, z * z / (14.0 + z * z), 1e-15);
  g_assert_cmpuint (all.n, ==, 14);
  g_assert_cmpuint (all.d, ==, 14);
  g_assert_cmpstr (all.method, ==, "Clopper-Pearson");
  g_assert_cmpstr (wilson.method, ==, "Wilson");
}

/* Every n of d: the limits hold the value, mirror each other, and grow narrower with d. */
static void
test_properties (void)
{
  for (gsize d = 1; d < 60; d++)
    for (gsize n = 0; n <= d; n++) {
      DubRate rate = { n, d }, mirrored = { d - n, d }, larger = { 4 * n, 4 * d };
      DubEstimate (*methods[]) (DubRate, double) = { dub_rate_wilson, dub_rate_clopper_pearson };

      for (size_t m = 0; m < 2; m++) {
        DubEstimate a = methods[m] (rate, 0.95), b = methods[m] (mirrored, 0.95);
        DubEstimate more = methods[m] (larger, 0.95), surer = methods[m] (rate, 0.99);

        g_assert_true (0.0 <= a.low && a.low <= a.value && a.value <= a.high && a.high <= 1.0);
        g_assert_cmpfloat_with_epsilon (a.low, 1.0 - b.high, 1e-12);
        g_assert_cmpfloat (more.high - more.low, <, a.high - a.low);
        g_assert_cmpfloat (surer.high - surer.low, >, a.high - a.low);
      }
    }
}

static void
test_nothing (void)
{
  DubEstimate estimate = dub_rate_wilson ((DubRate) { 0, 0 }, 0.95);

  g_assert_true (isnan (dub_rate_value ((DubRate) { 0, 0 })));
  g_assert_true (isnan (estimate.value) && isnan (estimate.low) && isnan (estimate.high));
  estimate = dub_rate_clopper_pearson ((DubRate) { 0, 0 }, 0.95);
  g_assert_true (isnan (estimate.value) && isnan (estimate.low) && isnan (estimate.high));
}

/* Coverage without chance: the binomial probabilities of all outcomes whose interval holds the truth. */
static void
coverage (gsize   d,
          double  p,
          double *wilson,
          double *exact)
{
  *wilson = *exact = 0.0;
  for (gsize n = 0; n <= d; n++) {
    double chance = dub_binomial_cdf (n, d, p) - (n > 0 ? dub_binomial_cdf (n - 1, d, p) : 0.0);
    DubEstimate a = dub_rate_wilson ((DubRate) { n, d }, 0.95);
    DubEstimate b = dub_rate_clopper_pearson ((DubRate) { n, d }, 0.95);

    *wilson += a.low <= p && p <= a.high ? chance : 0.0;
    *exact += b.low <= p && p <= b.high ? chance : 0.0;
  }
}

static void
test_coverage (void)
{
  const gsize sizes[] = { 5, 14, 47, 200 };

  for (size_t k = 0; k < G_N_ELEMENTS (sizes); k++) {
    double sum = 0.0;

    for (int i = 1; i < 100; i++) {
      double wilson, exact;

      coverage (sizes[k], i / 100.0, &wilson, &exact);
      g_assert_cmpfloat (exact, >=, 0.95);
      sum += wilson / 99.0;
    }
    /* Wilson's promise is about the mean. */
    g_test_message ("d = %" G_GSIZE_FORMAT ": mean coverage of Wilson's interval %.4f", sizes[k], sum);
    g_assert_cmpfloat (sum, >, 0.945);
    g_assert_cmpfloat (sum, <, 0.965);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate/closed-forms", test_closed_forms);
  g_test_add_func ("/rate/properties", test_properties);
  g_test_add_func ("/rate/nothing", test_nothing);
  g_test_add_func ("/rate/coverage", test_coverage);

  return g_test_run ();
}
