#include "core/base/rng.h"
#include "core/projection/feature-rows.h"
#include "core/projection/knn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  double   distance;
  uint32_t index;
} Pair;

static int
compare_pairs (const void *a,
               const void *b)
{
  const Pair *x = a, *y = b;

  if (x->distance != y->distance)
    return x->distance < y->distance ? -1 : 1;

  return x->index < y->index ? -1 : x->index > y->index;
}

/* Every pair in double precision. */
static void
brute_force (const float *reference,
             size_t       n_reference,
             const float *query,
             size_t       n_query,
             size_t       n_features,
             size_t       k,
             gboolean     exclude_self,
             uint32_t    *indices,
             double      *distances)
{
  g_autofree Pair *pairs = g_new (Pair, n_reference);

  for (size_t q = 0; q < n_query; q++) {
    size_t n = 0;

    for (size_t r = 0; r < n_reference; r++)
      if (!exclude_self || r != q)
        pairs[n++] = (Pair) {
          sqrt (dub_features_squared_distance (query + q * n_features, reference + r * n_features, n_features)),
          (uint32_t) r
        };
    qsort (pairs, n, sizeof (Pair), compare_pairs);
    for (size_t i = 0; i < k; i++) {
      indices[q * k + i] = pairs[i].index;
      distances[q * k + i] = pairs[i].distance;
    }
  }
}

static void
check_case (const float *reference,
            size_t       n_reference,
            const float *query,
            size_t       n_query,
            size_t       n_features,
            size_t       k,
            gboolean     exclude_self)
{
  g_autofree uint32_t *indices = g_new (uint32_t, n_query * k), *expected = g_new (uint32_t, n_query * k);
  g_autofree double *distances = g_new (double, n_query * k), *truth = g_new (double, n_query * k);
  g_autoptr (DubRun) run = dub_run_new (2);
  g_autoptr (GError) error = NULL;

  brute_force (reference, n_reference, query, n_query, n_features, k, exclude_self, expected, truth);
  dub_knn (reference, n_reference, query, n_query, n_features, k, exclude_self, indices, distances, run, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (indices, n_query * k * sizeof (uint32_t), expected, n_query * k * sizeof (uint32_t));
  g_assert_cmpmem (distances, n_query * k * sizeof (double), truth, n_query * k * sizeof (double));

  /* One thread, and no distances. */
  memset (indices, 0xff, n_query * k * sizeof (uint32_t));
  g_assert_true (dub_knn (reference, n_reference, query, n_query, n_features, k, exclude_self, indices, NULL, NULL, NULL));
  g_assert_cmpmem (indices, n_query * k * sizeof (uint32_t), expected, n_query * k * sizeof (uint32_t));
}

static float *
draw (uint64_t seed,
      size_t   n,
      double   shift,
      double   spread)
{
  float *x = g_new (float, n);
  DubRng rng;

  dub_rng_init (&rng, seed, "test-knn", 0);
  for (size_t i = 0; i < n; i++)
    x[i] = (float) (shift + spread * dub_rng_normal (&rng));

  return x;
}

static void
test_random (void)
{
  const struct { size_t n_reference, n_query, n_features, k; } sizes[] = {
    { 1, 3, 2, 1 }, { 70, 5, 1, 70 }, { 1500, 300, 3, 5 }, { 2100, 600, 30, 15 }, { 1100, 257, 129, 40 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree float *reference = draw (i, sizes[i].n_reference * sizes[i].n_features, 0.0, 1.0);
    g_autofree float *query = draw (100 + i, sizes[i].n_query * sizes[i].n_features, 0.3, 1.5);

    check_case (reference, sizes[i].n_reference, query, sizes[i].n_query, sizes[i].n_features, sizes[i].k, FALSE);
    if (sizes[i].n_reference > sizes[i].k)
      check_case (reference, sizes[i].n_reference, reference, sizes[i].n_reference, sizes[i].n_features, sizes[i].k, TRUE);
  }
}

/* Far from the origin, single-precision products alone would order neighbours wrongly. */
static void
test_cancellation (void)
{
  g_autofree float *x = draw (7, 1500 * 20, 1000.0, 0.01);
  g_autofree float *clusters = draw (8, 1500 * 20, 0.0, 1e-4);

  check_case (x, 1500, x, 1500, 20, 10, TRUE);
  for (size_t i = 0; i < 1500; i++)
    clusters[i * 20 + i % 20] += 100.0f;
  check_case (clusters, 1500, clusters, 1500, 20, 10, TRUE);
}

/* Ties are broken by index; thousands of duplicates are no burden. */
static void
test_ties (void)
{
  g_autofree float *x = g_new0 (float, 3000 * 4);
  uint32_t indices[3];
  double distances[3];

  for (size_t i = 0; i < 3000; i++)
    x[i * 4] = i < 2500 ? 1.0f : (float) (i % 7);
  check_case (x, 3000, x, 3000, 4, 12, TRUE);
  check_case (x, 3000, x, 50, 4, 12, FALSE);

  const float far[] = { 0.0f, 1.0f, 0.0f, 0.0f };

  g_assert_true (dub_knn (x, 3000, far, 1, 4, 3, FALSE, indices, distances, NULL, NULL));
  g_assert_cmpuint (indices[0], <, 3000);
  g_assert_cmpfloat (distances[0], ==, 1.0);
}

/* Very large and very small numbers, and a query that is nowhere near. */
static void
test_ranges (void)
{
  const double spreads[] = { 1e-30, 1e30 };

  for (size_t i = 0; i < 2; i++) {
    g_autofree float *x = draw (i, 300 * 5, 0.0, spreads[i]);

    check_case (x, 300, x, 300, 5, 4, TRUE);
  }

  g_autofree float *reference = draw (3, 300 * 5, 0.0, 1e-5);
  const float far[] = { 3e38f, -1.0f, 2.0f, 0.0f, 0.0f };

  check_case (reference, 300, far, 1, 5, 4, FALSE);
}

/* A query alone has the neighbours it has in a batch. */
static void
test_alone (void)
{
  g_autofree float *reference = draw (1, 1300 * 33, 0.0, 1.0), *query = draw (2, 300 * 33, 5.0, 3.0);
  g_autofree uint32_t *indices = g_new (uint32_t, 300 * 5);
  g_autofree double *distances = g_new (double, 300 * 5);

  g_assert_true (dub_knn (reference, 1300, query, 300, 33, 5, FALSE, indices, distances, NULL, NULL));
  for (size_t q = 0; q < 300; q += 13) {
    uint32_t one[5];
    double distance[5];

    g_assert_true (dub_knn (reference, 1300, query + q * 33, 1, 33, 5, FALSE, one, distance, NULL, NULL));
    g_assert_cmpmem (one, sizeof one, indices + q * 5, sizeof one);
    g_assert_cmpmem (distance, sizeof distance, distances + q * 5, sizeof distance);
  }
}

static void
test_errors (void)
{
  float x[] = { 0, 1, 2, 3, 4, 5 };
  uint32_t indices[6];
  g_autoptr (GError) error = NULL;

  g_assert_false (dub_knn (x, 3, x, 3, 2, 3, TRUE, indices, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (dub_knn (x, 3, x, 3, 2, 0, TRUE, indices, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (dub_knn (x, 3, x, 2, 2, 1, TRUE, indices, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_false (dub_knn (x, 0, x, 2, 2, 1, FALSE, indices, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  x[3] = NAN;
  x[4] = INFINITY;
  g_assert_false (dub_knn (x, 3, x, 3, 2, 1, TRUE, indices, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, "NaN in case 1, feature 1 "));
  g_assert_nonnull (strstr (error->message, "2 of 3 cases"));
  g_clear_error (&error);

  g_autoptr (DubRun) run = dub_run_new (2);

  dub_run_cancel (run);
  x[3] = x[4] = 0;
  g_assert_false (dub_knn (x, 3, x, 3, 2, 1, TRUE, indices, NULL, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/knn/random", test_random);
  g_test_add_func ("/knn/cancellation", test_cancellation);
  g_test_add_func ("/knn/ties", test_ties);
  g_test_add_func ("/knn/ranges", test_ranges);
  g_test_add_func ("/knn/alone", test_alone);
  g_test_add_func ("/knn/errors", test_errors);

  return g_test_run ();
}
