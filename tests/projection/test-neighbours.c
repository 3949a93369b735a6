#include "core/base/rng.h"
#include "core/projection/knn.h"
#include "core/projection/neighbours.h"

#include <math.h>
#include <string.h>

enum { N = 9000, F = 24, K = 14 };

/* Clouds on a few curved dimensions, as the features of a network lie. */
static float *
draw (uint64_t seed)
{
  float *x = g_new (float, N * F);
  double mixing[6][F], centre[8][6];
  DubRng rng;

  dub_rng_init (&rng, seed, "test-neighbours", 0);
  for (size_t i = 0; i < 6 * F; i++)
    mixing[i / F][i % F] = dub_rng_normal (&rng);
  for (size_t i = 0; i < 8 * 6; i++)
    centre[i / 6][i % 6] = 2.0 * dub_rng_normal (&rng);
  for (size_t i = 0; i < N; i++) {
    double z[6];

    for (size_t d = 0; d < 6; d++)
      z[d] = centre[i % 8][d] + dub_rng_normal (&rng);
    for (size_t f = 0; f < F; f++) {
      double sum = 0.0;

      for (size_t d = 0; d < 6; d++)
        sum += mixing[d][f] * z[d];
      x[i * F + f] = (float) (tanh (0.3 * sum) + 0.02 * dub_rng_normal (&rng));
    }
  }

  return x;
}

static void
test_recall (void)
{
  g_autofree float *x = draw (1);
  g_autofree uint32_t *truth = g_new (uint32_t, N * K), *found = g_new (uint32_t, N * K), *again = g_new (uint32_t, N * K);
  g_autofree double *distances = g_new (double, N * K), *true_distances = g_new (double, N * K);
  g_autoptr (DubRun) run = dub_run_new (2);
  size_t hits = 0;

  g_assert_true (dub_knn (x, N, x, N, F, K, TRUE, truth, true_distances, run, NULL));
  g_assert_true (dub_neighbours (x, N, F, K, 5, 0, found, distances, run, NULL));
  for (size_t i = 0; i < N; i++)
    for (size_t a = 0; a < K; a++) {
      g_assert_cmpuint (found[i * K + a], <, N);
      g_assert_cmpuint (found[i * K + a], !=, i);
      /* Nearest first, none twice, and never nearer than the truth. */
      for (size_t b = 0; b < a; b++)
        g_assert_cmpuint (found[i * K + a], !=, found[i * K + b]);
      if (a > 0)
        g_assert_cmpfloat (distances[i * K + a], >=, distances[i * K + a - 1]);
      g_assert_cmpfloat (distances[i * K + a], >=, true_distances[i * K + a]);
      for (size_t b = 0; b < K; b++)
        hits += found[i * K + b] == truth[i * K + a];
    }
  g_test_message ("%.4f of the neighbours found", (double) hits / (N * K));
  g_assert_cmpfloat ((double) hits / (N * K), >, 0.97);

  g_assert_true (dub_neighbours (x, N, F, K, 5, 0, again, distances, NULL, NULL));
  g_assert_cmpmem (again, N * K * sizeof (uint32_t), found, N * K * sizeof (uint32_t));
}

/* Up to the limit, the exact search answers. */
static void
test_exact (void)
{
  g_autofree float *x = draw (2);
  g_autofree uint32_t *truth = g_new (uint32_t, N * K), *found = g_new (uint32_t, N * K);
  g_autofree double *distances = g_new (double, N * K);
  g_autoptr (DubRun) run = dub_run_new (2);

  g_assert_true (dub_knn (x, N, x, N, F, K, TRUE, truth, NULL, run, NULL));
  g_assert_true (dub_neighbours (x, N, F, K, 5, DUB_NEIGHBOURS_EXACT, found, distances, run, NULL));
  g_assert_cmpmem (truth, N * K * sizeof (uint32_t), found, N * K * sizeof (uint32_t));
}

/* Thousands of duplicates are each other's neighbours. */
static void
test_duplicates (void)
{
  g_autofree float *x = draw (3);
  g_autofree uint32_t *found = g_new (uint32_t, N * K);
  g_autofree double *distances = g_new (double, N * K);
  g_autoptr (DubRun) run = dub_run_new (2);

  for (size_t i = 0; i < 5000; i++)
    memcpy (x + i * F, x, F * sizeof (float));
  g_assert_true (dub_neighbours (x, N, F, K, 5, 0, found, distances, run, NULL));
  for (size_t i = 0; i < 5000; i++)
    g_assert_cmpfloat (distances[i * K + K - 1], ==, 0.0);
}

typedef struct {
  DubRun *run;
  int     over; /* atomic */
  guint   n;    /* different values between 0 and 1 */
  guint   n_back;
} Watch;

static gpointer
watch_thread (gpointer data)
{
  Watch *watch = data;
  double last = 0.0;

  while (!__atomic_load_n (&watch->over, __ATOMIC_ACQUIRE)) {
    double now = dub_run_get_progress (watch->run);

    watch->n_back += now < last;
    watch->n += now > last && now < 1.0;
    last = now;
    g_usleep (100);
  }

  return NULL;
}

/* How far it is grows, from 0 to 1, within the span of whoever asked. */
static void
test_progress (void)
{
  g_autofree float *x = draw (4);
  g_autofree uint32_t *found = g_new (uint32_t, N * K);
  g_autofree double *distances = g_new (double, N * K);
  const size_t n_exact[] = { 0, DUB_NEIGHBOURS_EXACT };

  for (int k = 0; k < 2; k++) {
    g_autoptr (DubRun) run = dub_run_new (2);
    Watch watch = { .run = run };
    GThread *thread = g_thread_new ("watch", watch_thread, &watch);
    DubRunSpan all = dub_run_enter_span (run, 0.25, 0.75);

    g_assert_true (dub_neighbours (x, N, F, K, 5, n_exact[k], found, distances, run, NULL));
    g_assert_cmpfloat_with_epsilon (dub_run_get_progress (run), 0.75, 1e-6);
    dub_run_leave_span (run, all);
    dub_run_set_progress (run, 1.0);
    __atomic_store_n (&watch.over, 1, __ATOMIC_RELEASE);
    g_thread_join (thread);
    g_assert_cmpfloat (dub_run_get_progress (run), ==, 1.0);
    g_assert_cmpuint (watch.n_back, ==, 0);
    g_assert_cmpuint (watch.n, >, 3);
  }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/neighbours/recall", test_recall);
  g_test_add_func ("/neighbours/exact", test_exact);
  g_test_add_func ("/neighbours/duplicates", test_duplicates);
  g_test_add_func ("/neighbours/progress", test_progress);

  return g_test_run ();
}
