/* Policy search: its inner loops against plain ones, its likelihood against every candidate tried, what it refuses. */
#include "core/base/rng.h"
#include "core/calibration/temperature.h"
#include "core/stats/roc.h"
#include "core/uq/gps-area.h"
#include "core/uq/gps-rows.h"
#include "core/uq/gps.h"

#include <math.h>
#include <string.h>

/* Exactly as by sorting, whatever the ties and scales. */
static void
test_area (void)
{
  enum { N = 3000 };
  g_autofree float *scores = g_new (float, N);
  g_autofree double *exact = g_new (double, N);
  g_autofree gboolean *failed = g_new (gboolean, N);
  DubRng rng;

  dub_rng_init (&rng, 1, "gps-area", 0);
  for (int round = 0; round < 60; round++) {
    size_t n_failed = N / 20 * (size_t) (1 + round % 19);
    g_autofree uint32_t *scratch = g_new (uint32_t, dub_gps_area_scratch (n_failed, N - n_failed));

    for (size_t i = 0; i < N; i++) {
      double u = dub_rng_double (&rng);

      failed[i] = i < n_failed;
      /* Wide, round, of few values, all but one the same. */
      scores[i] = (float) (round % 4 == 0 ? exp (20.0 * (u - 1.0)) : round % 4 == 1 ? floor (u * 1000.0) / 1000.0
                                         : round % 4 == 2 ? floor (u * 3.0) : i == 5 ? 1.0 : 0.0);
      exact[i] = (double) scores[i];
    }
    g_assert_cmpfloat (dub_gps_area (scores, n_failed, scores + n_failed, N - n_failed, scratch), ==,
                       dub_auroc (exact, failed, N));
  }
}

static void
test_rows (void)
{
  enum { N = 1100, C = 3 };
  g_autofree float *policy = g_new (float, N * C), *first = g_new (float, N * C), *sum = g_new (float, N * C);
  g_autofree float *squares = g_new (float, N * C), *spread = g_new (float, N), *likelihood = g_new (float, N);
  g_autofree int *labels = g_new (int, N);
  DubRng rng;

  /* Groups of two: the spread is half of what the two differ by. */
  dub_rng_init (&rng, 1, "gps-rows", 0);
  for (size_t i = 0; i < N; i++) {
    float mass[2] = { 0 };

    labels[i] = (int) dub_rng_below (&rng, C);
    for (size_t c = 0; c < C; c++) {
      first[c * N + i] = dub_rng_float (&rng) + 1e-6f;
      policy[c * N + i] = dub_rng_float (&rng) * (i % 3 == 0 ? 1e-7f : 1.0f);
      mass[0] += first[c * N + i];
      mass[1] += policy[c * N + i];
    }
    for (size_t c = 0; c < C; c++) {
      first[c * N + i] /= mass[0];
      policy[c * N + i] /= mass[1];
    }
  }
  for (size_t k = 0; k < N * C; k++) {
    sum[k] = first[k];
    squares[k] = first[k] * first[k];
  }
  dub_gps_rows_spread (policy, sum, squares, N, C, 2, spread);
  dub_gps_rows_likelihood (policy, sum, labels, N, C, 2, 1.7f, likelihood);
  for (size_t i = 0; i < N; i++) {
    double expected = 0.0, mass = 0.0;

    for (size_t c = 0; c < C; c++) {
      expected += 0.5 * fabs ((double) first[c * N + i] - (double) policy[c * N + i]);
      mass += pow (0.5 * ((double) first[c * N + i] + (double) policy[c * N + i]), (double) 1.7f);
    }

    size_t at = (size_t) labels[i] * N + i;

    g_assert_cmpfloat_with_epsilon (spread[i], expected, 2e-3);
    g_assert_cmpfloat_with_epsilon (likelihood[i],
                                    1.7 * log (0.5 * ((double) first[at] + (double) policy[at])) - log (mass), 5e-6);
  }
}

enum { V = 12, N_CASES = 90, N_CLASSES = 3 };

static void
draw_pool (float *pool,
           int   *labels,
           int   *predicted)
{
  DubRng rng;

  dub_rng_init (&rng, 2, "gps-pool", 0);
  for (size_t i = 0; i < N_CASES; i++) {
    double base[N_CLASSES];

    labels[i] = (int) dub_rng_below (&rng, N_CLASSES);
    predicted[i] = 0;
    for (size_t c = 0; c < N_CLASSES; c++) {
      base[c] = 1.5 * dub_rng_normal (&rng) + (c == (size_t) labels[i] ? 1.5 : 0.0);
      if (base[c] > base[predicted[i]])
        predicted[i] = (int) c;
    }
    for (size_t v = 0; v < V; v++) {
      double z[N_CLASSES], mass = 0.0;

      for (size_t c = 0; c < N_CLASSES; c++) {
        z[c] = exp (base[c] + 0.2 * (double) (v + 1) * dub_rng_normal (&rng));
        mass += z[c];
      }
      for (size_t c = 0; c < N_CLASSES; c++)
        pool[(v * N_CASES + i) * N_CLASSES + c] = (float) (z[c] / mass);
    }
  }
}

/* Log-likelihood of the mean over the first @n of @group at its best temperature. */
static double
likelihood (const float *pool,
            const int   *labels,
            const guint *group,
            size_t       n)
{
  g_autofree double *z = g_new0 (double, N_CASES * N_CLASSES);

  for (size_t k = 0; k < N_CASES * N_CLASSES; k++) {
    for (size_t g = 0; g < n; g++)
      z[k] += (double) pool[group[g] * N_CASES * N_CLASSES + k] / (double) n;
    z[k] = log (z[k]);
  }

  g_autoptr (DubTemperature) fit = dub_temperature_fit (z, labels, N_CASES, N_CLASSES, "calibration", NULL, NULL);

  return -fit->nll_after;
}

/* Each step takes the best candidate of all, or one that is as good but for 1e-4: candidates are screened at the temperature of
 * the group so far. */
static void
test_likelihood (void)
{
  g_autofree float *pool = g_new (float, V * N_CASES * N_CLASSES);
  int labels[N_CASES], predicted[N_CASES];
  const DubGpsOptions options = { .objective = DUB_GPS_LIKELIHOOD, .n_starts = 5, .n_groups = 2, .seed = 1 };
  g_autoptr (GError) error = NULL;

  draw_pool (pool, labels, predicted);

  g_autoptr (DubGps) gps = dub_gps_search (pool, V, N_CASES, N_CLASSES, labels, predicted, &options, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (gps->n_groups, ==, 2);
  g_assert_cmpfloat (gps->groups[0].objective, >=, gps->groups[1].objective);
  for (size_t g = 0; g < 2; g++) {
    const DubGpsGroup *group = &gps->groups[g];
    g_autofree guint *tried = g_memdup2 (group->policies, group->n * sizeof (guint));

    g_assert_cmpfloat_with_epsilon (likelihood (pool, labels, group->policies, group->n), group->objective, 1e-6);
    for (size_t n = 2; n <= group->n; n++) {
      double there = likelihood (pool, labels, group->policies, n);

      for (guint v = 0; v < V; v++) {
        tried[n - 1] = v;
        g_assert_cmpfloat (likelihood (pool, labels, tried, n), <=, there + 1e-4);
      }
      tried[n - 1] = group->policies[n - 1];
    }
  }
}

static void
test_refused (void)
{
  g_autofree float *pool = g_new (float, V * N_CASES * N_CLASSES);
  int labels[N_CASES], predicted[N_CASES];
  DubGpsOptions options = { .n_starts = 3, .n_groups = 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRun) run = dub_run_new (1);

  draw_pool (pool, labels, predicted);
  g_assert_null (dub_gps_search (pool, V, N_CASES, N_CLASSES, labels, labels, &options, NULL, &error));
  g_assert_cmpstr (error->message, ==, "Policies are searched by how well they tell failures from successes, and of the 90 "
                   "calibration cases none failed.");
  g_clear_error (&error);
  g_assert_null (dub_gps_search (pool, 1, N_CASES, N_CLASSES, labels, predicted, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  dub_run_cancel (run);
  g_assert_null (dub_gps_search (pool, V, N_CASES, N_CLASSES, labels, predicted, &options, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
  g_clear_error (&error);
  pool[(3 * N_CASES + 7) * N_CLASSES + 1] = (float) NAN;
  g_assert_null (dub_gps_search (pool, V, N_CASES, N_CLASSES, labels, predicted, &options, NULL, &error));
  g_assert_cmpstr (error->message, ==, "Under policy 3 of the pool a probability of case 7 is nan; expected a number from 0 to 1.");
  g_clear_error (&error);
  options.n_starts = 0;
  g_assert_null (dub_gps_search (pool, V, N_CASES, N_CLASSES, labels, predicted, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gps/area", test_area);
  g_test_add_func ("/gps/rows", test_rows);
  g_test_add_func ("/gps/likelihood", test_likelihood);
  g_test_add_func ("/gps/refused", test_refused);

  return g_test_run ();
}
