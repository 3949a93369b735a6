/* scikit-learn (tests/reference/make_projection_reference.py). */
#include "core/projection/knn.h"
#include "core/projection/pca.h"
#include "core/projection/quality.h"
#include "tests/reference/reference.h"

#include <math.h>

static DubNpz *npz;

static void
assert_array (const char   *name,
              const double *found,
              size_t        n,
              double        scale)
{
  g_autoptr (DubTensor) tensor = reference_read (npz, name);

  g_assert_cmpuint (dub_tensor_n_elements (tensor), ==, n);
  for (size_t i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (found[i], dub_tensor_get_double (tensor, i), 1e-6 * scale);
}

static void
check_pca (const char *data,
           gboolean    standardize)
{
  const char *kind = standardize ? "standard" : "plain";
  g_autoptr (DubTensor) x = reference_read (npz, data);
  size_t n = (size_t) x->shape.dim[0], n_features = (size_t) x->shape.dim[1];
  DubPcaOptions options = { .standardize = standardize, .n_components = 5 };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubPca) pca = dub_pca_fit (dub_tensor_f32 (x), n, n_features, &options, NULL, &error);
  g_autofree char *components = g_strdup_printf ("%s_%s_components", data, kind);
  g_autofree char *variance = g_strdup_printf ("%s_%s_variance", data, kind);
  g_autofree char *share = g_strdup_printf ("%s_%s_ratio", data, kind);
  g_autofree char *scores = g_strdup_printf ("%s_%s_scores", data, kind);
  g_autofree float *found = g_new (float, n * 5);
  g_autofree double *wide = g_new (double, n * 5);
  double ratio[5];

  g_assert_no_error (error);
  g_assert_cmpuint (pca->n_components, ==, 5);
  assert_array (components, pca->components, 5 * n_features, 1.0);
  assert_array (variance, pca->variance, 5, pca->variance[0]);
  for (size_t k = 0; k < 5; k++)
    ratio[k] = pca->variance[k] / pca->total_variance;
  assert_array (share, ratio, 5, 1.0);
  g_assert_true (dub_pca_transform (pca, dub_tensor_f32 (x), n, found, NULL, NULL));
  for (size_t i = 0; i < n * 5; i++)
    wide[i] = (double) found[i];
  assert_array (scores, wide, n * 5, sqrt (pca->variance[0]));
}

static void
test_pca (void)
{
  check_pca ("x", FALSE);
  check_pca ("x", TRUE);
  check_pca ("wide", FALSE);
  check_pca ("wide", TRUE);
}

static void
test_knn (void)
{
  g_autoptr (DubTensor) x = reference_read (npz, "x");
  g_autoptr (DubTensor) expected = reference_read (npz, "knn_indices");
  size_t n_features = (size_t) x->shape.dim[1];
  uint32_t indices[40 * 5];
  double distances[40 * 5];

  g_assert_true (dub_knn (dub_tensor_f32 (x), 200, dub_tensor_f32 (x) + 200 * n_features, 40, n_features, 5, FALSE,
                          indices, distances, NULL, NULL));
  for (size_t i = 0; i < 200; i++)
    g_assert_cmpint (indices[i], ==, dub_tensor_get_int (expected, i));
  assert_array ("knn_distances", distances, 200, 1e-3);
}

static void
test_quality (void)
{
  static const size_t KS[] = { 1, 5, 12 };
  g_autoptr (DubTensor) x = reference_read (npz, "x");
  g_autoptr (DubTensor) classes = reference_read (npz, "labels");
  size_t n = (size_t) x->shape.dim[0], n_features = (size_t) x->shape.dim[1];
  g_autofree float *flat = g_new (float, 2 * n);
  g_autofree int *labels = g_new (int, n);
  double trust[3], continuity[3], silhouette[2], hit;

  for (size_t i = 0; i < n; i++) {
    labels[i] = (int) dub_tensor_get_int (classes, i);
    flat[2 * i] = dub_tensor_f32 (x)[i * n_features];
    flat[2 * i + 1] = dub_tensor_f32 (x)[i * n_features + 1];
  }
  for (size_t i = 0; i < 3; i++) {
    DubQualityOptions options = { .k = KS[i] };

    g_assert_true (dub_trustworthiness (dub_tensor_f32 (x), n_features, flat, 2, n, &options, &trust[i], NULL, NULL));
    g_assert_true (dub_trustworthiness (flat, 2, dub_tensor_f32 (x), n_features, n, &options, &continuity[i], NULL, NULL));
  }
  assert_array ("trustworthiness", trust, 3, 1.0);
  assert_array ("continuity", continuity, 3, 1.0);

  DubQualityOptions options = DUB_QUALITY_DEFAULT;

  g_assert_true (dub_silhouette (flat, 2, labels, n, &options, &silhouette[0], NULL, NULL));
  g_assert_true (dub_silhouette (dub_tensor_f32 (x), n_features, labels, n, &options, &silhouette[1], NULL, NULL));
  assert_array ("silhouette", silhouette, 2, 1.0);
  g_assert_true (dub_neighbourhood_hit (flat, 2, labels, n, &options, &hit, NULL, NULL));
  assert_array ("neighbourhood_hit", &hit, 1, 1.0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  npz = reference_open ("projection.npz");
  g_test_add_func ("/projection-reference/pca", test_pca);
  g_test_add_func ("/projection-reference/knn", test_knn);
  g_test_add_func ("/projection-reference/quality", test_quality);

  int status = g_test_run ();

  dub_npz_free (npz);

  return status;
}
