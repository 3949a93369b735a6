#include "core/base/rng.h"
#include "core/projection/pca.h"

#include <math.h>
#include <string.h>

static float *
draw (uint64_t seed,
      size_t   n_cases,
      size_t   n_features,
      size_t   rank)
{
  g_autofree double *factors = g_new (double, rank * n_features);
  float *x = g_new (float, n_cases * n_features);
  DubRng rng;

  dub_rng_init (&rng, seed, "test-pca", 0);
  for (size_t i = 0; i < rank * n_features; i++)
    factors[i] = dub_rng_normal (&rng);
  for (size_t i = 0; i < n_cases; i++) {
    double *row = g_new (double, n_features);

    for (size_t f = 0; f < n_features; f++)
      row[f] = 5.0 + 0.1 * dub_rng_normal (&rng);
    for (size_t r = 0; r < rank; r++) {
      double score = dub_rng_normal (&rng) * 10.0 / (double) (r + 1);

      for (size_t f = 0; f < n_features; f++)
        row[f] += score * factors[r * n_features + f];
    }
    for (size_t f = 0; f < n_features; f++)
      x[i * n_features + f] = (float) row[f];
    g_free (row);
  }

  return x;
}

static DubPca *
fit (const float   *x,
     size_t         n_cases,
     size_t         n_features,
     DubPcaOptions  options,
     DubRun        *run)
{
  g_autoptr (GError) error = NULL;
  DubPca *pca = dub_pca_fit (x, n_cases, n_features, &options, run, &error);

  g_assert_no_error (error);

  return pca;
}

/* Components are orthonormal, their signs fixed, and the variance of the scores is what is said. */
static void
check_properties (const DubPca *pca,
                  const float  *x,
                  double        tolerance)
{
  size_t n = pca->n_fit, k = pca->n_components, n_features = pca->n_features;
  g_autofree float *scores = g_new (float, n * k);

  g_assert_true (dub_pca_transform (pca, x, n, scores, NULL, NULL));
  for (size_t a = 0; a < k; a++) {
    const double *component = pca->components + a * n_features;
    double sum = 0.0, squares = 0.0, largest = 0.0;

    for (size_t b = 0; b <= a; b++) {
      double dot = 0.0;

      for (size_t f = 0; f < n_features; f++)
        dot += component[f] * pca->components[b * n_features + f];
      g_assert_cmpfloat_with_epsilon (dot, a == b ? 1.0 : 0.0, 1e-10);
    }
    for (size_t f = 0; f < n_features; f++)
      if (fabs (component[f]) > fabs (largest))
        largest = component[f];
    g_assert_cmpfloat (largest, >, 0.0);
    for (size_t i = 0; i < n; i++) {
      sum += (double) scores[i * k + a];
      squares += (double) scores[i * k + a] * (double) scores[i * k + a];
    }
    g_assert_cmpfloat_with_epsilon (sum / (double) n, 0.0, 1e-5 * sqrt (pca->variance[0]));
    g_assert_cmpfloat_with_epsilon (squares / (double) (n - 1) / pca->variance[a], 1.0, tolerance);
    if (a > 0)
      g_assert_cmpfloat (pca->variance[a], <=, pca->variance[a - 1]);
  }
}

static void
test_covariance_and_gram (void)
{
  /* Few features, few cases. */
  const struct { size_t n_cases, n_features; } sizes[] = { { 700, 40 }, { 40, 700 } };

  for (size_t i = 0; i < 2; i++)
    for (int standardize = 0; standardize < 2; standardize++) {
      g_autofree float *x = draw (i, sizes[i].n_cases, sizes[i].n_features, 4);
      g_autoptr (DubPca) pca = fit (x, sizes[i].n_cases, sizes[i].n_features,
                                    (DubPcaOptions) { .standardize = standardize, .explained = 1.0 }, NULL);
      double sum = 0.0;

      check_properties (pca, x, 1e-5);
      for (size_t k = 0; k < pca->n_components; k++)
        sum += pca->variance[k];
      g_assert_cmpfloat_with_epsilon (sum / pca->total_variance, 1.0, 1e-9);
      g_assert_cmpuint (pca->n_components, ==, MIN (sizes[i].n_cases - 1, sizes[i].n_features));
    }
}

/* The random start finds what the full eigenvectors are, here known by construction through the Gram matrix. */
static void
test_iteration (void)
{
  size_t n = 2100, n_features = 2060;
  g_autofree float *x = draw (3, n, n_features, 6);
  g_autoptr (DubPca) pca = fit (x, n, n_features, (DubPcaOptions) { .n_components = 5, .seed = 1 }, NULL);
  g_autoptr (DubPca) other = fit (x, n, n_features, (DubPcaOptions) { .n_components = 5, .seed = 2 }, NULL);

  check_properties (pca, x, 1e-5);
  g_assert_cmpuint (pca->n_components, ==, 5);
  for (size_t k = 0; k < 5; k++) {
    g_assert_cmpfloat_with_epsilon (pca->variance[k] / other->variance[k], 1.0, 1e-10);
    for (size_t f = 0; f < n_features; f++)
      g_assert_cmpfloat_with_epsilon (pca->components[k * n_features + f], other->components[k * n_features + f], 1e-8);
  }
}

static void
test_explained (void)
{
  g_autofree float *x = draw (4, 300, 30, 3);
  g_autoptr (DubPca) all = fit (x, 300, 30, (DubPcaOptions) { .explained = 1.0 }, NULL);
  double sum = 0.0;

  for (size_t k = 0; k < 10; k++) {
    sum += all->variance[k];
    DubPcaOptions options = { .explained = sum / all->total_variance - 1e-6 };
    g_autoptr (DubPca) some = fit (x, 300, 30, options, NULL);

    g_assert_cmpuint (some->n_components, ==, k + 1);
    g_assert_cmpfloat (some->variance[k], ==, all->variance[k]);
  }
}

static void
test_constant (void)
{
  g_autofree float *x = draw (5, 100, 6, 2);
  g_autoptr (GError) error = NULL;

  for (size_t i = 0; i < 100; i++)
    x[i * 6 + 2] = 0.1f;

  g_autoptr (DubPca) pca = fit (x, 100, 6, DUB_PCA_DEFAULT, NULL);

  g_assert_cmpuint (pca->n_constant, ==, 1);
  g_assert_cmpfloat (pca->scale[2], ==, 1.0);
  g_assert_cmpfloat (pca->mean[2], ==, (double) 0.1f);
  g_assert_cmpfloat_with_epsilon (pca->total_variance, 5.0 * 100.0 / 99.0, 1e-12);
  for (size_t k = 0; k < pca->n_components; k++)
    g_assert_cmpfloat_with_epsilon (pca->components[k * 6 + 2], 0.0, 1e-12);

  for (size_t i = 0; i < 600; i++)
    x[i] = (float) (i % 6);
  DubPcaOptions options = DUB_PCA_DEFAULT;

  g_assert_null (dub_pca_fit (x, 100, 6, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_clear_error (&error);
  g_assert_null (dub_pca_fit (x, 1, 6, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  options.explained = 1.5;
  g_assert_null (dub_pca_fit (x, 100, 6, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  x[77] = NAN;
  g_assert_null (dub_pca_fit (x, 100, 6, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, "case 12, feature 5"));
}

/* The same bits for one and two threads, and for a case alone. */
static void
test_same_bits (void)
{
  g_autofree float *x = draw (6, 1500, 70, 10);
  g_autoptr (DubRun) one = dub_run_new (1), two = dub_run_new (2);
  g_autoptr (DubPca) a = fit (x, 1500, 70, DUB_PCA_DEFAULT, one), b = fit (x, 1500, 70, DUB_PCA_DEFAULT, two);
  size_t k = a->n_components;
  g_autofree float *scores = g_new (float, 1500 * k), *alone = g_new (float, k);

  g_assert_cmpuint (k, ==, b->n_components);
  g_assert_cmpmem (a->components, k * 70 * sizeof (double), b->components, k * 70 * sizeof (double));
  g_assert_cmpmem (a->variance, k * sizeof (double), b->variance, k * sizeof (double));
  g_assert_true (dub_pca_transform (a, x, 1500, scores, two, NULL));
  for (size_t i = 0; i < 1500; i += 97) {
    g_assert_true (dub_pca_transform (a, x + i * 70, 1, alone, NULL, NULL));
    g_assert_cmpmem (alone, k * sizeof (float), scores + i * k, k * sizeof (float));
  }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pca/covariance-and-gram", test_covariance_and_gram);
  g_test_add_func ("/pca/iteration", test_iteration);
  g_test_add_func ("/pca/explained", test_explained);
  g_test_add_func ("/pca/constant", test_constant);
  g_test_add_func ("/pca/same-bits", test_same_bits);

  return g_test_run ();
}
