/* Scores, combinations, conformal thresholds and policy search against what NumPy, SciPy and scikit-learn say
 * (tests/reference/make_uq_reference.py). */
#include "core/io/npy.h"
#include "core/uq/conformal.h"
#include "core/uq/estimator.h"
#include "core/uq/fusion.h"
#include "core/uq/gps.h"
#include "core/uq/linear-attribution.h"

#include <math.h>
#include <string.h>

/* Features of the space of a class in the reference. */
enum { N_TOP = 10 };

static DubNpz *npz;

static DubTensor *
read_array (const char *name,
            DubDtype    dtype)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) array = dub_npz_read (npz, name, &error);

  g_assert_no_error (error);

  DubTensor *converted = dub_tensor_convert (array, dtype, &error);

  g_assert_no_error (error);

  return converted;
}

typedef struct {
  DubTensor  *labels, *logits, *probabilities, *features;
  DubAnswers *answers;
} Part;

static Part
read_part (const char *name)
{
  const char *const names[] = { "labels", "logits", "probabilities", "features" };
  Part self;
  DubTensor **arrays[] = { &self.labels, &self.logits, &self.probabilities, &self.features };

  for (size_t k = 0; k < 4; k++) {
    g_autofree char *array = g_strdup_printf ("%s_%s", name, names[k]);

    *arrays[k] = read_array (array, k == 0 ? DUB_DTYPE_I32 : DUB_DTYPE_F32);
  }

  const int64_t *dim = self.features->shape.dim;

  self.answers =
    dub_answers_new (dub_tensor_f32 (self.logits), dub_tensor_f32 (self.probabilities), dub_tensor_f32 (self.features),
                     (size_t) dim[1], (size_t) self.logits->shape.dim[2], (size_t) dim[2], NULL, (size_t) dim[0], NULL,
                     (size_t) dim[1], NULL);
  g_assert_nonnull (self.answers);

  return self;
}

static void
part_clear (Part *self)
{
  dub_tensor_unref (self->labels);
  dub_tensor_unref (self->logits);
  dub_tensor_unref (self->probabilities);
  dub_tensor_unref (self->features);
  dub_answers_free (self->answers);
}

static void
expect_score (const char *id,
              const char *reference,
              size_t      feature_model)
{
  const DubEstimator *estimator = dub_estimator_find (id);
  DubEstimatorOptions options = DUB_ESTIMATOR_DEFAULT;
  Part training = read_part ("training"), calibration = read_part ("calibration"), test = read_part ("test");
  g_autoptr (DubTensor) weight = read_array ("weight", DUB_DTYPE_F32);
  g_autofree char *array = g_strdup_printf ("score_%s", reference);
  g_autoptr (DubTensor) expected = read_array (array, DUB_DTYPE_F64);
  g_autofree double *scores = g_new (double, test.answers->n_cases);
  DubFinalLayer layers[3];
  DubFitting fitting = {
    .training = training.answers,
    .training_labels = training.labels->data,
    .calibration = calibration.answers,
    .calibration_labels = calibration.labels->data,
    .final_layer = layers,
    .feature_model = feature_model,
  };
  g_autoptr (GError) error = NULL;
  gpointer fitted = NULL;

  options.n_top_features = N_TOP;
  for (size_t m = 0; m < 3; m++)
    layers[m].weight = dub_tensor_f32 (weight) + m * test.answers->n_classes * test.answers->n_features;
  if (estimator->fit != NULL) {
    fitted = estimator->fit (&fitting, &options, NULL, &error);
    g_assert_no_error (error);
  }
  g_assert_true (estimator->score (fitted, &options, test.answers, scores, NULL, &error));
  g_assert_no_error (error);
  for (size_t i = 0; i < test.answers->n_cases; i++)
    g_assert_cmpfloat_with_epsilon (scores[i], dub_tensor_get_double (expected, i), 1e-6);
  if (estimator->free != NULL)
    estimator->free (fitted);
  part_clear (&training);
  part_clear (&calibration);
  part_clear (&test);
}

static void
test_score (gconstpointer id)
{
  expect_score (id, id, 0);
}

static void
test_mean_of_models (void)
{
  expect_score ("knn-all", "knn-all_mean", G_MAXSIZE);
}

/* Linear head: Σ_j φ_j = z_c(x) - E z_c. */
static void
test_attribution (void)
{
  Part calibration = read_part ("calibration"), test = read_part ("test");
  g_autoptr (DubTensor) weight = read_array ("weight", DUB_DTYPE_F32);
  size_t F = test.answers->n_features, C = test.answers->n_classes, n = calibration.answers->n_cases;
  g_autofree double *mean = g_new (double, F), *phi = g_new (double, F);

  dub_linear_mean (calibration.answers->features, n, F, mean);
  for (size_t c = 0; c < C; c++) {
    double expected = 0.0;

    for (size_t i = 0; i < n; i++)
      expected += (double) calibration.answers->logits[i * C + c] / (double) n;
    for (size_t i = 0; i < test.answers->n_cases; i++) {
      double sum = 0.0;

      dub_linear_attribution (dub_tensor_f32 (weight) + c * F, test.answers->features + i * F, mean, F, phi);
      for (size_t f = 0; f < F; f++)
        sum += phi[f];
      /* The logits were rounded to single precision. */
      g_assert_cmpfloat_with_epsilon (sum, (double) test.answers->logits[i * C + c] - expected, 2e-6);
    }
  }
  part_clear (&calibration);
  part_clear (&test);
}

static void
test_fusion (void)
{
  g_autoptr (DubTensor) scores = read_array ("fused_scores", DUB_DTYPE_F64);
  g_autoptr (DubTensor) positive = read_array ("binary_y", DUB_DTYPE_I32);
  g_autoptr (DubTensor) weights = read_array ("fused_weights", DUB_DTYPE_F64);
  size_t n = (size_t) scores->shape.dim[1];
  const double *values = scores->data;
  const double *const columns[] = { values, values + n, values + 2 * n };
  const char *const names[] = { "fused_mean", "fused_max", "fused_min" };
  g_autofree double *fused = g_new (double, n);

  for (int kind = 0; kind < DUB_N_FUSIONS; kind++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (DubFusion) fusion = dub_fusion_fit ((DubFusionKind) kind, columns, 3, positive->data, n, &error);

    g_assert_no_error (error);
    if (kind == DUB_FUSION_PERCEPTRON) {
      for (size_t k = 0; k < 3; k++)
        g_assert_cmpfloat_with_epsilon (fusion->weight[k], dub_tensor_get_double (weights, k), 1e-6);
      g_assert_cmpfloat_with_epsilon (fusion->bias, dub_tensor_get_double (weights, 3), 1e-6);
      continue;
    }

    g_autoptr (DubTensor) expected = read_array (names[kind], DUB_DTYPE_F64);

    dub_fusion_score (fusion, columns, n, fused);
    for (size_t i = 0; i < n; i++)
      g_assert_cmpfloat_with_epsilon (fused[i], dub_tensor_get_double (expected, i), 1e-12);
  }
}

static void
test_conformal (void)
{
  g_autoptr (DubTensor) p = read_array ("conformal_p", DUB_DTYPE_F64);
  g_autoptr (DubTensor) labels = read_array ("conformal_y", DUB_DTYPE_I32);
  size_t n = (size_t) p->shape.dim[0] / 2, C = (size_t) p->shape.dim[1];
  const double *probabilities = p->data;
  g_autofree guint8 *sets = g_new (guint8, n * C);

  for (int method = 0; method < DUB_N_CONFORMAL; method++) {
    const char *id = dub_conformal_id ((DubConformalMethod) method);
    g_autofree char *threshold_name = g_strdup_printf ("conformal_%s", id);
    g_autofree char *sets_name = g_strdup_printf ("conformal_%s_sets", id);
    g_autofree char *classes_name = g_strdup_printf ("conformal_%s_by_class", id);
    g_autoptr (DubTensor) threshold = read_array (threshold_name, DUB_DTYPE_F64);
    g_autoptr (DubTensor) expected = read_array (sets_name, DUB_DTYPE_U8);
    g_autoptr (DubTensor) by_class = read_array (classes_name, DUB_DTYPE_F64);
    DubConformalOptions options = { .method = (DubConformalMethod) method, .alpha = .15, .penalty = .1, .n_free = 2 };
    g_autoptr (GError) error = NULL;
    g_autoptr (DubConformal) fitted = dub_conformal_fit (probabilities, labels->data, n, C, &options, &error);

    g_assert_no_error (error);
    g_assert_cmpfloat_with_epsilon (fitted->threshold[0], dub_tensor_get_double (threshold, 0), 1e-12);
    g_assert_true (dub_conformal_sets (fitted, probabilities + n * C, n, sets, &error));
    g_assert_cmpmem (sets, n * C, expected->data, n * C);

    options.class_conditional = TRUE;

    g_autoptr (DubConformal) conditional = dub_conformal_fit (probabilities, labels->data, n, C, &options, &error);

    g_assert_no_error (error);
    for (size_t c = 0; c < C; c++)
      g_assert_cmpfloat_with_epsilon (conditional->threshold[c], dub_tensor_get_double (by_class, c), 1e-12);
  }
}

static gboolean
holds (const DubGpsGroup *group,
       int64_t            policy)
{
  for (size_t k = 0; k < group->n; k++)
    if (group->policies[k] == policy)
      return TRUE;

  return FALSE;
}

/* The same groups, whatever the threads. Starts meet in one group by different ways, so that its order is nobody's. */
static void
test_gps (void)
{
  g_autoptr (DubTensor) pool = read_array ("gps_pool", DUB_DTYPE_F32);
  g_autoptr (DubTensor) labels = read_array ("gps_y", DUB_DTYPE_I32);
  g_autoptr (DubTensor) predicted = read_array ("gps_predicted", DUB_DTYPE_I32);
  g_autoptr (DubTensor) area = read_array ("gps_area", DUB_DTYPE_F64);
  g_autoptr (DubTensor) groups = read_array ("gps_groups", DUB_DTYPE_I32);
  g_autoptr (DubTensor) score = read_array ("gps_score", DUB_DTYPE_F64);
  size_t V = (size_t) pool->shape.dim[0], N = (size_t) pool->shape.dim[1], C = (size_t) pool->shape.dim[2];
  const DubGpsOptions options = { .n_starts = (guint) V, .n_groups = 3, .seed = 9 };

  for (guint threads = 1; threads <= 3; threads++) {
    g_autoptr (DubRun) run = dub_run_new (threads);
    g_autoptr (GError) error = NULL;
    g_autoptr (DubGps) gps =
      dub_gps_search (dub_tensor_f32 (pool), V, N, C, labels->data, predicted->data, &options, run, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (gps->n_groups, ==, 3);
    for (size_t g = 0; g < 3; g++) {
      g_assert_cmpfloat_with_epsilon (gps->groups[g].objective, dub_tensor_get_double (area, g), 1e-12);
      for (size_t k = 0; k < gps->groups[g].n; k++)
        g_assert_true (holds (&gps->groups[g], dub_tensor_get_int (groups, g * V + k)));
      g_assert_cmpint (dub_tensor_get_int (groups, g * V + gps->groups[g].n), ==, -1);
    }
    for (size_t i = 0; i < N; i++)
      g_assert_cmpfloat_with_epsilon (dub_gps_spread (gps, dub_tensor_f32 (pool) + i * C, NULL, N * C, C),
                                      dub_tensor_get_double (score, i), 1e-9);
  }
}

int
main (int    argc,
      char **argv)
{
  static const char *const ids[] = {
    "msr", "margin", "entropy", "max-logit", "energy", "isotonic", "ensemble-sd", "predictive-entropy", "expected-entropy",
    "mutual-information", "variation-ratio", "knn-all", "knn-shap", "mahalanobis",
  };
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);

  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "reference", "uq.npz", NULL);

  npz = dub_npz_open (path, &error);
  g_assert_no_error (error);
  for (size_t k = 0; k < G_N_ELEMENTS (ids); k++) {
    g_autofree char *name = g_strconcat ("/uq-reference/score/", ids[k], NULL);

    g_test_add_data_func (name, ids[k], test_score);
  }
  g_test_add_func ("/uq-reference/mean-of-models", test_mean_of_models);
  g_test_add_func ("/uq-reference/attribution", test_attribution);
  g_test_add_func ("/uq-reference/fusion", test_fusion);
  g_test_add_func ("/uq-reference/conformal", test_conformal);
  g_test_add_func ("/uq-reference/gps", test_gps);

  int status = g_test_run ();

  dub_npz_free (npz);

  return status;
}
