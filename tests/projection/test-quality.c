#include "core/base/rng.h"
#include "core/projection/feature-rows.h"
#include "core/projection/quality.h"

#include <math.h>
#include <string.h>

static float *
draw (uint64_t seed,
      size_t   n)
{
  float *x = g_new (float, n);
  DubRng rng;

  dub_rng_init (&rng, seed, "test-quality", 0);
  for (size_t i = 0; i < n; i++)
    x[i] = (float) dub_rng_normal (&rng);

  return x;
}

/* Rank of @j by distance from @i, ties by index. */
static size_t
rank_of (const float *x,
         size_t       n,
         size_t       n_dims,
         size_t       i,
         size_t       j)
{
  double own = dub_features_squared_distance (x + i * n_dims, x + j * n_dims, n_dims);
  size_t rank = 1;

  for (size_t l = 0; l < n; l++) {
    double other = dub_features_squared_distance (x + i * n_dims, x + l * n_dims, n_dims);

    if (l != i && l != j && (other < own || (other == own && l < j)))
      rank++;
  }

  return rank;
}

/* As the definition reads, with ties and far-away cases among them. */
static void
test_definition (void)
{
  enum { N = 130, F = 9, K = 7 };
  g_autofree float *x = draw (1, N * F), *map = draw (2, N * 2);
  DubQualityOptions options = { .k = K };
  double found, sum = 0.0;

  for (size_t i = 0; i < 20; i++)
    memcpy (x + i * F, x + (i + 40) * F, F * sizeof (float));
  for (size_t i = 0; i < 2 * N; i++)
    map[i] = roundf (map[i] * 2.0f);
  x[5 * F] = 1e6f;
  for (size_t i = 0; i < N; i++)
    for (size_t j = 0; j < N; j++)
      if (j != i && rank_of (map, N, 2, i, j) <= K) {
        size_t rank = rank_of (x, N, F, i, j);

        sum += rank > K ? (double) (rank - K) : 0.0;
      }
  g_assert_true (dub_trustworthiness (x, F, map, 2, N, &options, &found, NULL, NULL));
  g_assert_cmpfloat_with_epsilon (found, 1.0 - 2.0 * sum / (N * K * (2.0 * N - 3.0 * K - 1.0)), 1e-12);
}

static void
test_bounds (void)
{
  enum { N = 300 };
  g_autofree float *x = draw (3, N * 2);
  g_autofree int *labels = g_new (int, N);
  DubQualityOptions options = { .k = 10 };
  double value;
  g_autoptr (GError) error = NULL;

  /* A map that is the features loses nothing. */
  g_assert_true (dub_trustworthiness (x, 2, x, 2, N, &options, &value, NULL, NULL));
  g_assert_cmpfloat (value, ==, 1.0);
  /* A sample of all is all; a sample of some is near. */
  g_autofree float *map = draw (4, N * 2);
  double all, same, some;

  g_assert_true (dub_trustworthiness (x, 2, map, 2, N, &options, &all, NULL, NULL));
  options.n_most = N;
  g_assert_true (dub_trustworthiness (x, 2, map, 2, N, &options, &same, NULL, NULL));
  options.n_most = 150;
  g_assert_true (dub_trustworthiness (x, 2, map, 2, N, &options, &some, NULL, NULL));
  g_assert_cmpfloat (all, ==, same);
  g_assert_cmpfloat (some, !=, all);
  g_assert_cmpfloat_with_epsilon (some, all, 0.03);
  options.n_most = 0;

  options.k = N / 2;
  g_assert_false (dub_trustworthiness (x, 2, map, 2, N, &options, &value, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  options.k = 10;

  /* Two clouds far apart; one case without a label. */
  for (size_t i = 0; i < N; i++) {
    labels[i] = i % 2;
    x[2 * i] += 100.0f * (float) labels[i];
  }
  labels[7] = -1;
  g_assert_true (dub_neighbourhood_hit (x, 2, labels, N, &options, &value, NULL, NULL));
  g_assert_cmpfloat (value, ==, 1.0);
  g_assert_true (dub_silhouette (x, 2, labels, N, &options, &value, NULL, NULL));
  g_assert_cmpfloat (value, >, 0.95);
  for (size_t i = 0; i < N; i++)
    labels[i] = 3;
  g_assert_true (dub_silhouette (x, 2, labels, N, &options, &value, NULL, NULL));
  g_assert_true (isnan (value));
  labels[0] = 1 << 30;
  g_assert_false (dub_silhouette (x, 2, labels, N, &options, &value, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quality/definition", test_definition);
  g_test_add_func ("/quality/bounds", test_bounds);

  return g_test_run ();
}
