#include "core/base/rng.h"
#include "core/projection/affinity.h"
#include "core/projection/quality.h"
#include "core/projection/tsne.h"

#include <math.h>
#include <string.h>

/* @n cases in @n_classes clouds of @n_features features; their classes into @labels. */
static float *
draw (size_t n,
      size_t n_features,
      size_t n_classes,
      int   *labels)
{
  float *x = g_new (float, n * n_features);
  g_autofree double *centre = g_new (double, n_classes * n_features);
  DubRng rng;

  dub_rng_init (&rng, n, "test-tsne", 0);
  for (size_t i = 0; i < n_classes * n_features; i++)
    centre[i] = 3.0 * dub_rng_normal (&rng);
  for (size_t i = 0; i < n; i++) {
    labels[i] = (int) (i % n_classes);
    for (size_t f = 0; f < n_features; f++)
      x[i * n_features + f] = (float) (centre[(size_t) labels[i] * n_features + f] + dub_rng_normal (&rng));
  }

  return x;
}

static void
test_affinity (void)
{
  double distances[40];
  float p[40];

  for (size_t j = 0; j < 40; j++)
    distances[j] = 1e-3 * (double) (j + 1);
  for (double perplexity = 2.0; perplexity < 40.0; perplexity += 7.0) {
    double sum = 0.0, entropy = 0.0;

    dub_affinity (distances, 40, perplexity, p);
    for (size_t j = 0; j < 40; j++) {
      sum += (double) p[j];
      entropy -= p[j] > 0.0f ? (double) p[j] * log ((double) p[j]) : 0.0;
    }
    g_assert_cmpfloat_with_epsilon (sum, 1.0, 1e-5);
    g_assert_cmpfloat_with_epsilon (exp (entropy), perplexity, 1e-3 * perplexity);
  }
  /* More duplicates than the perplexity: they share. */
  for (size_t j = 0; j < 40; j++)
    distances[j] = j < 35 ? 0.0 : 1.0;
  dub_affinity (distances, 40, 30.0, p);
  g_assert_cmpfloat_with_epsilon ((double) p[0], 1.0 / 35.0, 1e-6);
  g_assert_cmpfloat_with_epsilon ((double) p[39], 0.0, 1e-6);
  memset (distances, 0, sizeof distances);
  dub_affinity (distances, 40, 30.0, p);
  g_assert_cmpfloat_with_epsilon ((double) p[17], 1.0 / 40.0, 1e-6);
}

static void
run_map (const float *x,
         size_t       n,
         size_t       n_features,
         guint        n_threads,
         guint        n_step,
         guint        n_iterations,
         float       *map,
         double      *kl)
{
  DubTsneOptions options = DUB_TSNE_DEFAULT;
  g_autoptr (DubRun) run = dub_run_new (n_threads);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTsne) tsne = dub_tsne_new (x, n, n_features, &options, run, &error);

  g_assert_no_error (error);
  while (dub_tsne_get_iteration (tsne) < n_iterations)
    g_assert_true (dub_tsne_step (tsne, MIN (n_step, n_iterations - dub_tsne_get_iteration (tsne)), run, NULL));
  g_assert_true (dub_tsne_get_kl (tsne, kl, run, NULL));
  dub_tsne_get_positions (tsne, map);
}

/* Clouds stay apart; the divergence falls; steps of any size and any number of threads give the same bits. */
static void
test_map (void)
{
  enum { SMALL = 600, LARGE = 2200, F = 20 };

  for (int i = 0; i < 2; i++) {
    size_t n = i == 0 ? SMALL : LARGE; /* every pair, and the grid */
    g_autofree int *labels = g_new (int, n);
    g_autofree float *x = draw (n, F, 5, labels);
    g_autofree float *map = g_new (float, 2 * n), *again = g_new (float, 2 * n);
    DubQualityOptions quality = DUB_QUALITY_DEFAULT;
    double kl, early, same, value;

    run_map (x, n, F, 2, 400, 20, map, &early);
    run_map (x, n, F, 2, 400, 400, map, &kl);
    run_map (x, n, F, 1, 37, 400, again, &same);
    g_assert_cmpmem (map, 2 * n * sizeof (float), again, 2 * n * sizeof (float));
    g_assert_true (kl == same);
    g_assert_cmpfloat (kl, <, 0.7 * early);
    g_assert_cmpfloat (kl, >, 0.0);
    g_assert_true (dub_neighbourhood_hit (map, 2, labels, n, &quality, &value, NULL, NULL));
    g_assert_cmpfloat (value, >, 0.999);
  }
}

/* Duplicates, constant features and features on a line are maps like any other. */
static void
test_odd_features (void)
{
  enum { N = 2100, F = 3 };
  g_autofree float *x = g_new0 (float, N * F);
  g_autofree float *map = g_new (float, 2 * N);
  double kl;

  for (size_t i = 0; i < N; i++)
    x[i * F] = i < 1500 ? 1.0f : (float) (i % 50);
  run_map (x, N, F, 2, 50, 300, map, &kl);
  g_assert_true (isfinite (kl));
  for (size_t i = 0; i < 2 * N; i++)
    g_assert_true (isfinite (map[i]));
}

static void
test_errors (void)
{
  float x[100 * 2];
  DubTsneOptions options = DUB_TSNE_DEFAULT;
  g_autoptr (GError) error = NULL;

  for (size_t i = 0; i < 200; i++)
    x[i] = sinf ((float) (i * i));
  g_assert_null (dub_tsne_new (x, 90, 2, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "perplexity of at most 29"));
  g_clear_error (&error);
  g_assert_null (dub_tsne_new (x, 4, 2, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "pca"));
  g_clear_error (&error);
  options.perplexity = NAN;
  g_assert_null (dub_tsne_new (x, 100, 2, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  options = DUB_TSNE_DEFAULT;
  x[83] = INFINITY;
  g_assert_null (dub_tsne_new (x, 100, 2, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, "infinity in case 41, feature 1"));
  g_clear_error (&error);
  for (size_t i = 0; i < 200; i++)
    x[i] = 7.0f;
  g_assert_null (dub_tsne_new (x, 100, 2, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_clear_error (&error);

  /* A rate beyond all measure is told, not followed. */
  for (size_t i = 0; i < 200; i++)
    x[i] = sinf ((float) (i * i));
  options.learning_rate = 1e9;

  g_autoptr (DubTsne) tsne = dub_tsne_new (x, 100, 2, &options, NULL, NULL);

  g_assert_nonnull (tsne);
  g_assert_false (dub_tsne_step (tsne, 1000, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_clear_error (&error);

  /* A cancelled step can be followed by another. */
  g_autoptr (DubRun) run = dub_run_new (2);

  options = DUB_TSNE_DEFAULT;
  g_clear_pointer (&tsne, dub_tsne_free);
  tsne = dub_tsne_new (x, 100, 2, &options, run, NULL);
  dub_run_cancel (run);
  g_assert_false (dub_tsne_step (tsne, 5, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
  g_assert_cmpuint (dub_tsne_get_iteration (tsne), ==, 0);
  dub_run_reset (run);
  g_assert_true (dub_tsne_step (tsne, 5, run, NULL));
  g_assert_cmpuint (dub_tsne_get_iteration (tsne), ==, 5);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tsne/affinity", test_affinity);
  g_test_add_func ("/tsne/map", test_map);
  g_test_add_func ("/tsne/odd-features", test_odd_features);
  g_test_add_func ("/tsne/errors", test_errors);

  return g_test_run ();
}
