#include "core/base/rng.h"
#include "core/projection/fft.h"
#include "core/projection/repulsion.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Against the sum that defines it, for every radix. */
static void
test_fft (void)
{
  const size_t lengths[] = { 16, 48, 80, 96, 240, 288, 400 };

  for (size_t t = 0; t < G_N_ELEMENTS (lengths); t++) {
    size_t n = lengths[t], size = n * DUB_FFT_LANES;
    g_autoptr (DubFft) fft = dub_fft_new (n);
    float *memory = aligned_alloc (64, 4 * size * sizeof (float));
    float *re = memory, *im = memory + size;
    g_autofree float *old = g_new (float, 2 * size);
    DubRng rng;

    dub_rng_init (&rng, t, "test-fft", 0);
    for (size_t i = 0; i < 2 * size; i++)
      old[i] = memory[i] = (float) dub_rng_normal (&rng);
    dub_fft_run (fft, re, im, memory + 2 * size);
    for (size_t lane = 0; lane < DUB_FFT_LANES; lane += 5)
      for (size_t k = 0; k < n; k++) {
        double sr = 0.0, si = 0.0;

        for (size_t j = 0; j < n; j++) {
          double angle = -2.0 * G_PI * (double) (j * k % n) / (double) n;
          double xr = (double) old[j * DUB_FFT_LANES + lane], xi = (double) old[size + j * DUB_FFT_LANES + lane];

          sr += xr * cos (angle) - xi * sin (angle);
          si += xr * sin (angle) + xi * cos (angle);
        }
        g_assert_cmpfloat_with_epsilon ((double) re[k * DUB_FFT_LANES + lane], sr, 2e-6 * sqrt ((double) n) * 3.0);
        g_assert_cmpfloat_with_epsilon ((double) im[k * DUB_FFT_LANES + lane], si, 2e-6 * sqrt ((double) n) * 3.0);
      }
    /* There and back. */
    dub_fft_run (fft, im, re, memory + 2 * size);
    for (size_t i = 0; i < 2 * size; i++)
      g_assert_cmpfloat_with_epsilon ((double) memory[i] / (double) n, (double) old[i], 5e-6);
    free (memory);
  }
  g_assert_cmpuint (dub_fft_good_length (1), ==, 16);
  g_assert_cmpuint (dub_fft_good_length (97), ==, 128);
  g_assert_cmpuint (dub_fft_good_length (113), ==, 128);
  g_assert_cmpuint (dub_fft_good_length (385), ==, 400);
}

/* Maps of all sizes that an optimisation passes through: the grid's forces are those of all pairs. */
static void
test_grid (void)
{
  enum { N = 3000 };
  const double spreads[] = { 1e-4, 0.05, 1.0, 10.0, 25.0 };
  g_autoptr (DubRun) run = dub_run_new (2);
  g_autoptr (DubRepulsion) grid = dub_repulsion_new (N, 0), pairs = dub_repulsion_new (N, N);
  g_autofree float *y = g_new (float, 2 * N), *found = g_new (float, 2 * N), *truth = g_new (float, 2 * N);
  g_autofree float *again = g_new (float, 2 * N);

  for (size_t s = 0; s < G_N_ELEMENTS (spreads); s++) {
    double found_sum, true_sum, again_sum, error = 0.0, size = 0.0;
    DubRng rng;

    dub_rng_init (&rng, s, "test-repulsion", 0);
    for (size_t i = 0; i < 2 * N; i++)
      y[i] = (float) (spreads[s] * (dub_rng_normal (&rng) + (i % 3 == 0 ? 3.0 : 0.0)));
    g_assert_true (dub_repulsion_run (pairs, y, truth, &true_sum, run, NULL));
    g_assert_true (dub_repulsion_run (grid, y, found, &found_sum, run, NULL));
    for (size_t i = 0; i < 2 * N; i++) {
      error += pow ((double) (found[i] - truth[i]), 2.0);
      size += pow ((double) truth[i], 2.0);
    }
    g_test_message ("spread %g: relative error of forces %.2g, of the sum %.2g", spreads[s], sqrt (error / size),
                    found_sum / true_sum - 1.0);
    g_assert_cmpfloat (sqrt (error / size), <, 0.01);
    g_assert_cmpfloat_with_epsilon (found_sum / true_sum, 1.0, 0.005);

    /* The same bits on one thread. */
    g_assert_true (dub_repulsion_run (grid, y, again, &again_sum, NULL, NULL));
    g_assert_cmpmem (again, 2 * N * sizeof (float), found, 2 * N * sizeof (float));
    g_assert_true (again_sum == found_sum);
  }
}

/* All points in one place push nobody. */
static void
test_one_place (void)
{
  enum { N = 2500 };
  g_autoptr (DubRepulsion) grid = dub_repulsion_new (N, 0);
  g_autofree float *y = g_new (float, 2 * N), *force = g_new (float, 2 * N);
  double sum;

  for (size_t i = 0; i < 2 * N; i++)
    y[i] = 3.25f;
  g_assert_true (dub_repulsion_run (grid, y, force, &sum, NULL, NULL));
  g_assert_cmpfloat_with_epsilon (sum / ((double) N * (N - 1)), 1.0, 1e-4);
  for (size_t i = 0; i < 2 * N; i++)
    g_assert_cmpfloat_with_epsilon ((double) force[i], 0.0, 1e-4);
}

/* Two points by hand: distance 1 along the first coordinate, k = 1/2. */
static void
test_two_points (void)
{
  g_autoptr (DubRepulsion) pairs = dub_repulsion_new (2, DUB_REPULSION_EXACT);
  const float y[] = { 0.0f, 1.0f, 5.0f, 5.0f };
  float force[4];
  double sum;

  g_assert_true (dub_repulsion_run (pairs, y, force, &sum, NULL, NULL));
  g_assert_cmpfloat (force[0], ==, -0.25);
  g_assert_cmpfloat (force[1], ==, 0.25);
  g_assert_cmpfloat (force[2], ==, 0.0);
  g_assert_cmpfloat (sum, ==, 1.0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/repulsion/fft", test_fft);
  g_test_add_func ("/repulsion/grid", test_grid);
  g_test_add_func ("/repulsion/one-place", test_one_place);
  g_test_add_func ("/repulsion/two-points", test_two_points);

  return g_test_run ();
}
