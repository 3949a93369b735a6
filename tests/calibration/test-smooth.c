/* The smooth error against its definition: images of every kernel, every case, an integral by many points. */
#include "core/base/rng.h"
#include "core/calibration/smooth.h"

#include <math.h>

enum { N_POINTS = 16000 };

/* Σ of the images of a Gaussian around @f that reflection at 0 and 1 puts into [0, 1]. */
static double
kernel (double t,
        double f,
        double sigma)
{
  double sum = 0.0;

  for (int k = -5; k <= 5; k++) {
    double near = (t - f + 2.0 * k) / sigma, far = (t + f + 2.0 * k) / sigma;

    sum += (fabs (near) < 9.0 ? exp (-0.5 * near * near) : 0.0) + (fabs (far) < 9.0 ? exp (-0.5 * far * far) : 0.0);
  }

  return sum / (sigma * sqrt (2.0 * G_PI));
}

static double
measure_naively (const double   *confidence,
                 const gboolean *correct,
                 size_t          n,
                 double          sigma)
{
  g_autofree double *curve = g_new (double, N_POINTS);
  double integral = 0.0;

  for (size_t j = 0; j < N_POINTS; j++) {
    double t = ((double) j + 0.5) / N_POINTS, sum = 0.0;

    for (size_t i = 0; i < n; i++)
      sum += kernel (t, confidence[i], sigma) * ((correct[i] ? 1.0 : 0.0) - confidence[i]);
    curve[j] = sum / (double) n;
  }

  for (size_t j = 0; j < N_POINTS; j++)
    integral += fabs (curve[j]) / N_POINTS;

  return integral;
}

static void
draw (double   *confidence,
      gboolean *correct,
      size_t    n,
      double    bend,
      guint64   seed)
{
  DubRng rng;

  dub_rng_init (&rng, seed, "test", 0);
  for (size_t i = 0; i < n; i++) {
    /* Some at the very ends, where kernels are reflected. */
    confidence[i] = i % 10 == 0 ? (double) (i % 20) / 10.0 : dub_rng_double (&rng);
    correct[i] = dub_rng_double (&rng) < pow (confidence[i], bend);
  }
}

static void
test_widths (void)
{
  enum { N = 60 };
  double confidence[N];
  gboolean correct[N];
  const double widths[] = { 0.002, 0.01, 0.03, 0.1, 0.4, 1.0 };

  for (guint64 seed = 0; seed < 3; seed++) {
    draw (confidence, correct, N, 1.5, seed);
    for (size_t k = 0; k < G_N_ELEMENTS (widths); k++) {
      double found = dub_smooth_ece_at (confidence, correct, N, widths[k]);
      double expected = measure_naively (confidence, correct, N, widths[k]);

      g_test_message ("%g: %.9f, by definition %.9f", widths[k], found, expected);
      /* At .002 the grid has four steps a width, and 60 lone cases are the roughest curve that there is. */
      g_assert_cmpfloat_with_epsilon (found, expected, widths[k] < 0.005 ? 1e-5 : 3e-7);
    }
  }
}

static void
test_fixed_point (void)
{
  enum { N = 200 };
  double confidence[N];
  gboolean correct[N];
  const double bends[] = { 1.0, 0.5, 2.0, 5.0 };

  for (size_t k = 0; k < G_N_ELEMENTS (bends); k++) {
    draw (confidence, correct, N, bends[k], 7 + k);

    double found = dub_smooth_ece (confidence, correct, N);

    g_assert_cmpfloat_with_epsilon (measure_naively (confidence, correct, N, found), found, 3e-7);
    g_assert_cmpfloat_with_epsilon (dub_smooth_ece_at (confidence, correct, N, found), found, 3e-9);
  }
}

/* The error never rises with the width, and is at least |mean residual|. */
static void
test_falls (void)
{
  enum { N = 500 };
  double confidence[N], before = 1.0, mean = 0.0;
  gboolean correct[N];

  draw (confidence, correct, N, 1.3, 3);
  for (size_t i = 0; i < N; i++)
    mean += ((correct[i] ? 1.0 : 0.0) - confidence[i]) / N;
  for (double sigma = DUB_SMOOTH_NARROWEST; sigma < 10.0; sigma *= 1.5) {
    double found = dub_smooth_ece_at (confidence, correct, N, sigma);

    g_assert_cmpfloat (found, <=, before + 1e-6);
    g_assert_cmpfloat (found, >=, fabs (mean) - 1e-9);
    before = found;
  }
  g_assert_cmpfloat_with_epsilon (before, fabs (mean), 1e-9);
}

/* A confidence below the truth everywhere by d has the error d, at any width. */
static void
test_shift (void)
{
  enum { N = 1000 };
  double confidence[N];
  gboolean correct[N];

  for (size_t i = 0; i < N; i++) {
    confidence[i] = 0.4;
    correct[i] = i < 650;
  }
  g_assert_cmpfloat_with_epsilon (dub_smooth_ece (confidence, correct, N), 0.25, 1e-8);
  for (size_t i = 0; i < N; i++)
    correct[i] = i < 400;
  g_assert_cmpfloat_with_epsilon (dub_smooth_ece (confidence, correct, N), 0.0, 1e-9);
}

/* The draws of one resample, counted, are those cases written out. */
static void
test_counts (void)
{
  enum { N = 400, MANY = 3 * N };
  double confidence[N], written[MANY];
  gboolean correct[N], written_correct[MANY];
  uint32_t count[N];
  size_t n = 0;
  DubRng rng;

  draw (confidence, correct, N, 1.2, 12);
  for (size_t i = 0; i < N; i++)
    confidence[i] = ((double) i + 0.25) / N;
  dub_rng_init (&rng, 1, "test", 0);
  for (size_t i = 0; i < N; i++) {
    count[i] = dub_rng_below (&rng, 4);
    for (uint32_t k = 0; k < count[i]; k++) {
      written[n] = confidence[i];
      written_correct[n++] = correct[i];
    }
  }

  g_autoptr (DubSmooth) smooth = _dub_smooth_new (confidence, correct, N);
  g_autofree double *scratch = g_new (double, _dub_smooth_scratch (smooth));

  g_assert_cmpfloat_with_epsilon (_dub_smooth_measure (smooth, count, n, scratch),
                                  dub_smooth_ece (written, written_correct, n), 2e-9);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smooth/widths", test_widths);
  g_test_add_func ("/smooth/fixed-point", test_fixed_point);
  g_test_add_func ("/smooth/falls", test_falls);
  g_test_add_func ("/smooth/shift", test_shift);
  g_test_add_func ("/smooth/counts", test_counts);

  return g_test_run ();
}
