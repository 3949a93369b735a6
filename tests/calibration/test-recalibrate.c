/* One map for five methods: what PyTorch, SciPy and scikit-learn find (tests/reference/make_recalibration_reference.py), closed
 * forms, both ends of every fit, what applying may change, and the way into JSON and back. */
#include "core/calibration/recalibration.h"

#include "core/base/rng.h"
#include "core/calibration/scores.h"
#include "core/calibration/temperature.h"
#include "core/calibration/vector.h"
#include "core/io/npy.h"

#include <math.h>
#include <string.h>

enum { N = 700, QUERY = 60 };

/* --- the reference --- */

static DubTensor *
read_array (const char *prefix,
            const char *name,
            DubDtype    dtype)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "reference", "recalibration.npz", NULL);
  g_autofree char *full = g_strconcat (prefix, "_", name, NULL);
  g_autoptr (DubNpz) npz = dub_npz_open (path, &error);

  g_assert_no_error (error);

  g_autoptr (DubTensor) array = dub_npz_read (npz, full, &error);

  g_assert_no_error (error);

  return dub_tensor_convert (array, dtype, NULL);
}

static const double *
doubles (const DubTensor *tensor)
{
  return tensor->data;
}

static DubPredictions *
read_cases (const char *prefix,
            size_t      n_classes)
{
  g_autoptr (DubTensor) logits = read_array (prefix, "logits", DUB_DTYPE_F64), labels = read_array (prefix, "labels", DUB_DTYPE_I32);
  g_autoptr (GError) error = NULL;
  DubPredictions *cases = dub_predictions_new (NULL, doubles (logits), labels->data, N, n_classes, NULL, &error);

  g_assert_no_error (error);

  return cases;
}

static DubPredictions *
read_query (const char *prefix,
            size_t      n_classes)
{
  g_autoptr (DubTensor) logits = read_array (prefix, "query", DUB_DTYPE_F64);
  g_autofree int *labels = g_new0 (int, QUERY);

  return dub_predictions_new (NULL, doubles (logits), labels, QUERY, n_classes, NULL, NULL);
}

/* Of whatever was fitted, what comes back from JSON is the same to the bit. */
static void
check_round_trip (const DubRecalibration *map,
                  const DubPredictions   *query,
                  const DubPredictions   *expected)
{
  g_autofree char *json = dub_recalibration_to_json (map);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRecalibration) back = dub_recalibration_from_json (json, &error);

  g_assert_no_error (error);

  g_autofree char *again = dub_recalibration_to_json (back);
  g_autoptr (DubPredictions) mapped = dub_recalibration_apply (back, query, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, json);
  g_assert_cmpmem (mapped->confidence, query->n_cases * sizeof (double), expected->confidence, query->n_cases * sizeof (double));
}

static void
check_temperature (const DubRecalibration *map,
                   const char             *prefix)
{
  g_autoptr (DubTensor) expected = read_array (prefix, "temperature", DUB_DTYPE_F64);
  double value, low, high;

  g_assert_true (dub_recalibration_temperature (map, &value, &low, &high));
  g_assert_cmpfloat_with_epsilon (value, doubles (expected)[0], 1e-6);
  g_assert_cmpfloat_with_epsilon (low, doubles (expected)[1], 1e-6);
  g_assert_cmpfloat_with_epsilon (high, doubles (expected)[2], 1e-6);
}

static void
check_classes (const char     *prefix,
               size_t          n_classes,
               DubRecalibrate  method)
{
  g_autoptr (DubPredictions) cases = read_cases (prefix, n_classes), query = read_query (prefix, n_classes);
  g_autofree char *name = g_strconcat ("by_", dub_recalibrate_id (method), NULL);
  g_autoptr (DubTensor) expected = read_array (prefix, name, DUB_DTYPE_F64);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRecalibration) map = dub_recalibration_fit (method, cases, "calibration", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (dub_recalibration_get_kind (map), ==, DUB_FIT_FOUND);
  g_assert_cmpstr (dub_recalibration_get_split (map), ==, "calibration");
  g_assert_cmpuint (dub_recalibration_get_n_cases (map), ==, N);
  g_assert_cmpuint (dub_recalibration_get_n_classes (map), ==, n_classes);

  g_autoptr (DubPredictions) mapped = dub_recalibration_apply (map, query, &error);

  g_assert_no_error (error);
  for (size_t k = 0; k < QUERY * n_classes; k++)
    g_assert_cmpfloat_with_epsilon (mapped->probabilities[k], doubles (expected)[k], 1e-6);
  if (method == DUB_RECALIBRATE_TEMPERATURE)
    check_temperature (map, prefix);
  check_round_trip (map, query, mapped);
}

static void
test_reference (gconstpointer data)
{
  DubRecalibrate method = (DubRecalibrate) GPOINTER_TO_INT (data);
  g_autoptr (DubTensor) confidence = read_array ("top", "confidence", DUB_DTYPE_F64), correct = read_array ("top", "correct", DUB_DTYPE_I32);
  g_autoptr (DubTensor) at = read_array ("top", "query", DUB_DTYPE_F64);
  g_autoptr (DubPredictions) top = dub_predictions_new_top (doubles (confidence), correct->data, N, NULL, NULL);
  g_autoptr (DubPredictions) query = dub_predictions_new_top (doubles (at), correct->data, QUERY, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRecalibration) map = dub_recalibration_fit (method, top, "calibration", NULL, &error);
  g_autofree char *name = g_strconcat ("by_", dub_recalibrate_id (method), NULL);

  check_classes ("four", 4, method);
  if (method == DUB_RECALIBRATE_VECTOR) {
    g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
    return;
  }
  check_classes ("two", 2, method);

  g_autoptr (DubTensor) expected = read_array ("top", name, DUB_DTYPE_F64);

  g_assert_no_error (error);

  g_autoptr (DubPredictions) mapped = dub_recalibration_apply (map, query, &error);

  g_assert_no_error (error);
  for (size_t i = 0; i < QUERY; i++)
    g_assert_cmpfloat_with_epsilon (mapped->confidence[i], doubles (expected)[i], 1e-6);
  if (method == DUB_RECALIBRATE_TEMPERATURE)
    check_temperature (map, "top");
  check_round_trip (map, query, mapped);
}

/* The certificate, the map of PyTorch, and the same bits for any number of threads. */
static void
test_vector (void)
{
  g_autoptr (DubPredictions) cases = read_cases ("four", 4);
  g_autoptr (DubTensor) expected = read_array ("four", "vector", DUB_DTYPE_F64);
  g_autoptr (DubVector) alone = dub_vector_fit (cases->logits, cases->labels, N, 4, "calibration", NULL, NULL);
  double mean = 0.0;

  g_assert_cmpint (alone->kind, ==, DUB_FIT_FOUND);
  g_assert_cmpfloat (alone->gradient, <=, DUB_VECTOR_GRADIENT);
  g_assert_cmpfloat (alone->nll_after, <, alone->nll_before);
  g_assert_cmpuint (alone->n_iterations, <, 30);
  for (size_t c = 0; c < 4; c++)
    mean += alone->bias[c] / 4.0;
  /* No case says anything about a shift of all classes, so that none was made. */
  g_assert_cmpfloat_with_epsilon (mean, 0.0, 0.1);
  for (size_t c = 0; c < 4; c++) {
    g_assert_cmpfloat_with_epsilon (alone->weight[c], doubles (expected)[c], 1e-6);
    g_assert_cmpfloat_with_epsilon (alone->bias[c] - mean, doubles (expected)[4 + c], 1e-6);
  }

  for (guint threads = 1; threads <= 4; threads++) {
    g_autoptr (DubRun) run = dub_run_new (threads);
    g_autoptr (DubVector) other = dub_vector_fit (cases->logits, cases->labels, N, 4, "calibration", run, NULL);

    g_assert_cmpmem (other->weight, 4 * sizeof (double), alone->weight, 4 * sizeof (double));
    g_assert_cmpmem (other->bias, 4 * sizeof (double), alone->bias, 4 * sizeof (double));
  }
}

/* Two opposite logits, as of one output for two classes: only the sum of their factors can be known. And logits of any size. */
static void
test_vector_open (void)
{
  const double sizes[] = { 1.0, 1e-6, 1e6 };

  for (size_t k = 0; k < G_N_ELEMENTS (sizes); k++) {
    double logits[200];
    int labels[100];

    for (int i = 0; i < 100; i++) {
      double z = sizes[k] * (double) (i - 50) / 10.0;

      logits[2 * i] = -z;
      logits[2 * i + 1] = z;
      labels[i] = i > 40 + i * 7 % 20;
    }

    g_autoptr (GError) error = NULL;
    g_autoptr (DubVector) fit = dub_vector_fit (logits, labels, 100, 2, "calibration", NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpint (fit->kind, ==, DUB_FIT_FOUND);
    g_assert_cmpfloat (fit->gradient, <=, DUB_VECTOR_GRADIENT);
    g_assert_cmpfloat_with_epsilon (fit->weight[0], fit->weight[1], 1e-6 * fabs (fit->weight[1]));
    g_assert_cmpfloat_with_epsilon (fit->bias[0], -fit->bias[1], 1e-6 * (1.0 + fabs (fit->bias[1])));
  }
}

/* --- closed forms and ends --- */

static DubPredictions *
two_classes (double        a,
             int           right,
             const int    *groups)
{
  double logits[200];
  int labels[100];

  for (int i = 0; i < 100; i++) {
    labels[i] = i % 2;
    logits[2 * i + (i < right ? labels[i] : 1 - labels[i])] = a;
    logits[2 * i + (i < right ? 1 - labels[i] : labels[i])] = -a;
  }

  return dub_predictions_new (NULL, logits, labels, 100, 2, groups, NULL);
}

/* Two classes, logits ±a, accuracy q: T = 2a / ln (q / (1 - q)). Its interval is that of a share q of 100 by likelihood: at both
 * ends the deviance is the 95 % quantile of chi-squared. */
static void
test_closed_form (void)
{
  const double a[] = { 1e-3, 0.7, 3.0, 200.0 };

  for (size_t k = 0; k < G_N_ELEMENTS (a); k++)
    for (int right = 61; right < 100; right += 4) {
      g_autoptr (DubPredictions) cases = two_classes (a[k], right, NULL);
      g_autoptr (DubRecalibration) map = dub_recalibration_fit (DUB_RECALIBRATE_TEMPERATURE, cases, "calibration", NULL, NULL);
      double q = right / 100.0, expected = 2.0 * a[k] / log (q / (1.0 - q)), value, ends[2];

      g_assert_true (dub_recalibration_temperature (map, &value, &ends[0], &ends[1]));
      g_assert_cmpfloat_with_epsilon (value, expected, 1e-12 * expected);
      g_assert_true (ends[0] < value && value < ends[1]);
      for (int end = 0; end < 2; end++) {
        double p = 1.0 / (1.0 + exp (-2.0 * a[k] / ends[end]));
        double deviance = 200.0 * (q * log (q / p) + (1.0 - q) * log ((1.0 - q) / (1.0 - p)));

        if (isinf (ends[end]))
          g_assert_cmpfloat (200.0 * (q * log (2.0 * q) + (1.0 - q) * log (2.0 * (1.0 - q))), <, 3.8414588);
        else
          g_assert_cmpfloat_with_epsilon (deviance, 3.841458820694124, 1e-9);
      }
    }
}

/* Labels drawn under a known temperature: the interval holds it in 95 of 100 samples, within what 1000 samples tell. */
static void
test_coverage (void)
{
  enum { SAMPLES = 1000, CASES = 120, C = 3 };
  const double truth = 1.6;
  double logits[CASES * C], p[C];
  int labels[CASES], n_held = 0;
  DubRng rng;

  dub_rng_init (&rng, 7, "coverage", 0);
  for (int s = 0; s < SAMPLES; s++) {
    for (int i = 0; i < CASES; i++) {
      double u = dub_rng_double (&rng);

      for (int c = 0; c < C; c++)
        logits[i * C + c] = 2.5 * dub_rng_normal (&rng);
      dub_temperature_apply (1.0 / truth, logits + i * C, 1, C, p);
      labels[i] = u < p[0] ? 0 : u < p[0] + p[1] ? 1 : 2;
    }

    g_autoptr (DubPredictions) cases = dub_predictions_new (NULL, logits, labels, CASES, C, NULL, NULL);
    g_autoptr (DubRecalibration) map = dub_recalibration_fit (DUB_RECALIBRATE_TEMPERATURE, cases, "calibration", NULL, NULL);
    double low, high;

    g_assert_true (dub_recalibration_temperature (map, NULL, &low, &high));
    n_held += low <= truth && truth <= high;
  }
  g_test_message ("the interval holds the temperature in %d of %d samples", n_held, SAMPLES);
  g_assert_cmpint (n_held, >=, 930);
  g_assert_cmpint (n_held, <=, 970);
}

static gboolean
has_warning (const DubRecalibration *map,
             const char             *part)
{
  g_autoptr (GPtrArray) warnings = dub_recalibration_warnings (map);

  for (guint i = 0; i < warnings->len; i++)
    if (strstr (g_ptr_array_index (warnings, i), part) != NULL)
      return TRUE;

  return FALSE;
}

static void
test_temperature_ends (void)
{
  g_autoptr (DubPredictions) wrong = two_classes (2.0, 45, NULL), right = two_classes (2.0, 100, NULL), even = two_classes (2.0, 52, NULL);
  g_autoptr (DubRecalibration) chance = dub_recalibration_fit (DUB_RECALIBRATE_TEMPERATURE, wrong, "calibration", NULL, NULL);
  g_autoptr (DubRecalibration) separable = dub_recalibration_fit (DUB_RECALIBRATE_TEMPERATURE, right, "calibration", NULL, NULL);
  g_autoptr (DubRecalibration) loose = dub_recalibration_fit (DUB_RECALIBRATE_TEMPERATURE, even, "calibration", NULL, NULL);
  g_autoptr (GError) error = NULL;
  double value, low, high;

  g_assert_cmpint (dub_recalibration_get_kind (chance), ==, DUB_FIT_CHANCE);
  g_assert_true (dub_recalibration_is_usable (chance));
  dub_recalibration_temperature (chance, &value, &low, &high);
  g_assert_true (isinf (value) && isinf (high) && low > 0.0 && isfinite (low));
  g_assert_true (has_warning (chance, "no better than chance"));

  /* Nothing is known any more, and still no answer changes. */
  g_autoptr (DubPredictions) level = dub_recalibration_apply (chance, wrong, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (level->answers, 100 * sizeof (int), wrong->answers, 100 * sizeof (int));
  g_assert_cmpfloat_with_epsilon (level->confidence[0], 0.5, 1e-15);

  g_autofree char *words = dub_recalibration_describe (chance);

  g_assert_true (g_str_has_prefix (words, "T = infinite ("));
  g_assert_true (g_str_has_suffix (words, " to infinite)"));

  g_assert_cmpint (dub_recalibration_get_kind (separable), ==, DUB_FIT_SEPARABLE);
  g_assert_false (dub_recalibration_is_usable (separable));
  dub_recalibration_temperature (separable, &value, &low, &high);
  g_assert_true (value == 0.0 && low == 0.0 && high > 0.0 && isfinite (high));
  g_assert_null (dub_recalibration_apply (separable, right, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);

  /* Found, but nothing speaks against a temperature without end. */
  g_assert_cmpint (dub_recalibration_get_kind (loose), ==, DUB_FIT_FOUND);
  dub_recalibration_temperature (loose, &value, &low, &high);
  g_assert_true (isinf (high) && isfinite (value) && low < value);

  const DubRecalibration *const all[] = { chance, separable, loose };

  for (size_t k = 0; k < G_N_ELEMENTS (all); k++) {
    g_autofree char *json = dub_recalibration_to_json (all[k]);
    g_autoptr (DubRecalibration) back = dub_recalibration_from_json (json, &error);

    g_assert_no_error (error);

    g_autofree char *again = dub_recalibration_to_json (back);

    g_assert_cmpstr (again, ==, json);
    g_assert_cmpint (dub_recalibration_get_kind (back), ==, dub_recalibration_get_kind (all[k]));
  }
}

/* Constant logits say nothing of a temperature at all. */
static void
test_constant (void)
{
  const double logits[] = { 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0 };
  const int labels[] = { 0, 1, 0, 0 };
  g_autoptr (DubPredictions) cases = dub_predictions_new (NULL, logits, labels, 4, 2, NULL, NULL);
  double low, high;

  for (int method = 0; method < DUB_N_RECALIBRATE; method++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (DubRecalibration) map = dub_recalibration_fit ((DubRecalibrate) method, cases, "calibration", NULL, &error);

    g_assert_no_error (error);
    g_assert_true (has_warning (map, "Fitted on 4 cases only"));
    if (dub_recalibration_temperature (map, NULL, &low, &high))
      g_assert_true (low == 0.0 && isinf (high));
    g_assert_true (dub_recalibration_is_usable (map));

    g_autoptr (DubPredictions) mapped = dub_recalibration_apply (map, cases, &error);

    g_assert_no_error (error);
    for (size_t i = 0; i < 4; i++)
      g_assert_true (isfinite (mapped->confidence[i]));
  }
}

/* A class that a threshold finds: vector scaling and the beta curve have no best map, Platt has one, the steps are told. */
static void
test_separable (void)
{
  double logits[90];
  int labels[30];

  for (int i = 0; i < 30; i++) {
    labels[i] = i % 3;
    for (int c = 0; c < 3; c++)
      logits[3 * i + c] = 0.3 * ((i * 7 + c * 5) % 11);
    logits[3 * i + 2] = labels[i] == 2 ? 9.0 : -9.0;
  }

  g_autoptr (DubPredictions) cases = dub_predictions_new (NULL, logits, labels, 30, 3, NULL, NULL);
  g_autoptr (DubRecalibration) vector = dub_recalibration_fit (DUB_RECALIBRATE_VECTOR, cases, "calibration", NULL, NULL);
  g_autoptr (DubRecalibration) platt = dub_recalibration_fit (DUB_RECALIBRATE_PLATT, cases, "calibration", NULL, NULL);
  g_autoptr (DubRecalibration) isotonic = dub_recalibration_fit (DUB_RECALIBRATE_ISOTONIC, cases, "calibration", NULL, NULL);
  g_autoptr (DubRecalibration) beta = dub_recalibration_fit (DUB_RECALIBRATE_BETA, cases, "calibration", NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (dub_recalibration_get_kind (vector), ==, DUB_FIT_SEPARABLE);
  g_assert_cmpint (dub_recalibration_get_kind (beta), ==, DUB_FIT_SEPARABLE);
  g_assert_true (dub_recalibration_is_usable (platt));
  g_assert_true (dub_recalibration_is_usable (isotonic));
  g_assert_true (has_warning (isotonic, "tells class 2 from the others"));
  g_assert_null (dub_recalibration_apply (vector, cases, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (dub_recalibration_apply (beta, cases, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);

  g_autoptr (DubPredictions) mapped = dub_recalibration_apply (isotonic, cases, NULL);

  for (size_t i = 0; i < 30; i++)
    g_assert_true ((mapped->probabilities[3 * i + 2] == 0.0) == (labels[i] != 2));
}

static void
test_refused (void)
{
  g_autoptr (DubPredictions) two = two_classes (1.0, 70, NULL);
  g_autoptr (DubRecalibration) map = dub_recalibration_fit (DUB_RECALIBRATE_TEMPERATURE, two, "calibration", NULL, NULL);
  g_autoptr (DubPredictions) top = dub_predictions_new_top (two->confidence, two->correct, 100, NULL, NULL);
  g_autoptr (DubPredictions) four = read_query ("four", 4);
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_recalibration_apply (map, four, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_assert_cmpstr (error->message, ==, "The recalibration was fitted on 2 classes; these answers have 4.");
  g_clear_error (&error);
  g_assert_null (dub_recalibration_apply (map, top, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);

  /* The labels of the query are all 0: classes without cases. */
  for (int method = 0; method < DUB_N_RECALIBRATE; method++) {
    g_autoptr (DubRecalibration) none = dub_recalibration_fit ((DubRecalibrate) method, four, "calibration", NULL, &error);

    if (method == DUB_RECALIBRATE_TEMPERATURE) {
      g_assert_no_error (error);
      continue;
    }
    g_assert_null (none);
    g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
    g_assert_nonnull (strstr (error->message, "class 1"));
    g_clear_error (&error);
  }

  g_autoptr (DubRun) run = dub_run_new (1);

  dub_run_cancel (run);
  for (int method = 0; method < DUB_N_RECALIBRATE; method++) {
    g_autoptr (DubRecalibration) cancelled = dub_recalibration_fit ((DubRecalibrate) method, two, "calibration", run, &error);

    g_assert_null (cancelled);
    g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
    g_clear_error (&error);
  }
}

/* --- applying --- */

/* Each case alone as within any batch, in place, and in single precision with the answers of double precision. */
static void
test_rows (void)
{
  g_autoptr (DubPredictions) cases = read_cases ("four", 4), query = read_query ("four", 4);

  for (int method = 0; method < DUB_N_RECALIBRATE; method++) {
    g_autoptr (DubRecalibration) map = dub_recalibration_fit ((DubRecalibrate) method, cases, "calibration", NULL, NULL);
    g_autoptr (DubPredictions) mapped = dub_recalibration_apply (map, query, NULL);
    g_autofree double *one = g_memdup2 (query->probabilities, QUERY * 4 * sizeof (double));
    g_autofree float *mean = g_new (float, QUERY * 4);
    g_autofree double *of_mean = g_new (double, QUERY * 4);
    double sum;

    for (size_t i = 0; i < QUERY; i++)
      g_assert_true (dub_recalibration_apply_rows (map, query->logits + 4 * i, one + 4 * i, 1, 4, one + 4 * i, NULL));
    g_assert_cmpmem (one, QUERY * 4 * sizeof (double), mapped->probabilities, QUERY * 4 * sizeof (double));

    for (size_t k = 0; k < QUERY * 4; k++) {
      mean[k] = (float) query->probabilities[k];
      one[k] = (double) mean[k];
    }
    g_assert_true (dub_recalibration_apply_rows (map, NULL, one, QUERY, 4, of_mean, NULL));
    g_assert_true (dub_recalibration_apply_mean (map, mean, QUERY, 4, mean, NULL));
    for (size_t i = 0; i < QUERY; i++) {
      size_t top = 0, expected = 0;

      sum = 0.0;
      for (size_t c = 0; c < 4; c++) {
        g_assert_cmpfloat_with_epsilon ((double) mean[4 * i + c], of_mean[4 * i + c], 1e-7);
        sum += of_mean[4 * i + c];
        top = mean[4 * i + c] > mean[4 * i + top] ? c : top;
        expected = of_mean[4 * i + c] > of_mean[4 * i + expected] ? c : expected;
      }
      g_assert_cmpuint (top, ==, expected);
      g_assert_cmpfloat_with_epsilon (sum, 1.0, 1e-12);
      if (method == DUB_RECALIBRATE_TEMPERATURE)
        g_assert_cmpint ((int) top, ==, query->answers[i]);
    }
  }
}

/* Answers that lie a rounding apart: a temperature of any size leaves them apart, in single precision, too. */
static void
test_nearly_equal (void)
{
  g_autoptr (DubPredictions) cases = two_classes (5.0, 55, NULL);
  g_autoptr (DubRecalibration) map = dub_recalibration_fit (DUB_RECALIBRATE_TEMPERATURE, cases, "calibration", NULL, NULL);
  const float near[] = { nextafterf (0.5f, 0.0f), 0.5f, 0.5f, nextafterf (0.5f, 0.0f) };
  float mapped[4];

  g_assert_true (dub_recalibration_apply_mean (map, near, 2, 2, mapped, NULL));
  g_assert_true (mapped[1] > mapped[0]);
  /* Of equal ones the first is the answer. */
  g_assert_true (mapped[2] >= mapped[3]);
}

/* Two classes on one step of each map come out equal: the answer stays. */
static void
test_equal_steps (void)
{
  const double p[] = { .9, .1, .8, .2, .7, .3, .45, .55, .4, .6, .35, .65, .2, .8, .1, .9 };
  const int labels[] = { 0, 0, 0, 1, 0, 1, 1, 1 };
  const double query[] = { .44, .56, .36, .64 };
  double mapped[4];
  g_autoptr (DubPredictions) cases = dub_predictions_new (p, NULL, labels, 8, 2, NULL, NULL);
  g_autoptr (DubRecalibration) map = dub_recalibration_fit (DUB_RECALIBRATE_ISOTONIC, cases, "calibration", NULL, NULL);

  /* .55 happened, .6 did not: one step of a half. */
  g_assert_true (dub_recalibration_apply_rows (map, NULL, query, 2, 2, mapped, NULL));
  g_assert_cmpfloat_with_epsilon (mapped[1], 0.5, 1e-15);
  g_assert_true (mapped[1] > mapped[0]);
}

/* --- words --- */

static void
test_words (void)
{
  int groups[100];

  for (int i = 0; i < 100; i++)
    groups[i] = i / 2;

  g_autoptr (DubPredictions) cases = two_classes (2.0, 80, NULL), grouped = two_classes (2.0, 80, groups);
  g_autoptr (DubRecalibration) map = dub_recalibration_fit (DUB_RECALIBRATE_TEMPERATURE, cases, "calibration", NULL, NULL);
  g_autoptr (DubRecalibration) other = dub_recalibration_fit (DUB_RECALIBRATE_TEMPERATURE, grouped, "calibration", NULL, NULL);
  g_autofree char *words = dub_recalibration_describe (map);

  g_assert_cmpstr (words, ==, "T = 2.89 (2.1 to 4.36)");
  g_assert_false (has_warning (map, "patients"));
  g_assert_true (has_warning (other, "50 patients"));
  for (int method = 0; method < DUB_N_RECALIBRATE; method++) {
    DubRecalibrate found;

    g_assert_true (dub_recalibrate_from_id (dub_recalibrate_id ((DubRecalibrate) method), &found));
    g_assert_cmpint ((int) found, ==, method);
    g_assert_nonnull (dub_recalibrate_title (found));
    g_assert_nonnull (dub_recalibrate_sentence (found));
  }
  g_assert_false (dub_recalibrate_from_id ("histogram", &(DubRecalibrate) { 0 }));
}

/* --- JSON that is not what it should be --- */

static void
check_bad (const char *json,
           const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_recalibration_from_json (json, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_assert_cmpstr (error->message, ==, message);
}

#define HEAD(method, kind, classes) \
  "{ \"method\": \"" method "\", \"kind\": \"" kind "\", \"split\": \"calibration\", \"n_cases\": 9, \"n_classes\": " classes ", "

static void
test_bad_json (void)
{
  g_autoptr (GError) error = NULL;

  check_bad ("{}", "recalibration: method is absent; expected a string.");
  check_bad (HEAD ("temperature", "found", "1") "\"counts\": [4, 5] }",
             "recalibration: n_classes is 1; expected 0 (the top label alone) or at least 2.");
  check_bad (HEAD ("temperature", "found", "2") "\"counts\": [4] }", "recalibration: counts is a list of 1; expected 2 numbers.");
  check_bad (HEAD ("temperature", "found", "2") "\"counts\": [4, 99] }",
             "recalibration: counts[1] is 99; expected a whole number of the 9 cases.");
  check_bad (HEAD ("temperature", "found", "2") "\"counts\": [4, 5], \"temperature\": { \"beta\": 0, \"low\": 1, \"high\": 2 } }",
             "recalibration: temperature.beta is 0; a kind that is found expects a number above 0.");
  check_bad (HEAD ("temperature", "found", "2") "\"counts\": [4, 5], \"temperature\": { \"beta\": -1, \"low\": 1, \"high\": 2 } }",
             "recalibration: temperature.beta is -1; expected a number from 0 to 1e200.");
  check_bad (HEAD ("temperature", "found", "2") "\"counts\": [4, 5], \"temperature\": { \"beta\": 2, \"low\": 1, \"high\": null } }",
             "recalibration: temperature.beta is 2; expected the inverse of a number from low, 1, to high, inf.");
  check_bad (HEAD ("vector", "found", "0") "\"counts\": [4, 5], \"weights\": [], \"biases\": [] }",
             "recalibration: n_classes is 0; vector scaling expects at least 2.");
  check_bad (HEAD ("vector", "found", "2") "\"counts\": [4, 5], \"weights\": [1, \"a\"], \"biases\": [0, 0] }",
             "recalibration: weights[1] is a string; expected a number from -1e200 to 1e200.");
  check_bad (HEAD ("platt", "found", "3") "\"counts\": [4, 5, 0], \"maps\": [] }", "recalibration: maps is a list of 0; expected 3.");
  check_bad (HEAD ("platt", "found", "2")
             "\"counts\": [4, 5], \"maps\": [{ \"kind\": \"found\", \"n_positive\": 5, \"slope\": -1, \"bias\": 0 }] }",
             "recalibration: maps[0].slope is -1; expected a number from 0 to 1e200.");
  check_bad (HEAD ("platt", "chance", "2")
             "\"counts\": [4, 5], \"maps\": [{ \"kind\": \"found\", \"n_positive\": 5, \"slope\": 1, \"bias\": 0 }] }",
             "recalibration: kind is \"chance\"; the kinds of its maps make it \"found\".");
  check_bad (HEAD ("isotonic", "found", "2")
             "\"counts\": [4, 5], \"maps\": [{ \"kind\": \"found\", \"n_positive\": 5, \"x\": [0.5, 0.5], \"y\": [0, 1] }] }",
             "recalibration: maps[0].x[1] is 0.5; expected a number above the one before, 0.5.");
  check_bad (HEAD ("isotonic", "found", "2")
             "\"counts\": [4, 5], \"maps\": [{ \"kind\": \"found\", \"n_positive\": 5, \"x\": [0.5, 0.6], \"y\": [0.4, 0.3] }] }",
             "recalibration: maps[0].y[1] is 0.3; expected a number from 0.4 to 1.");
  check_bad (HEAD ("beta", "found", "2")
             "\"counts\": [4, 5], \"maps\": [{ \"kind\": \"found\", \"n_positive\": 5, \"a\": 1, \"b\": null, \"c\": 0 }] }",
             "recalibration: maps[0].b is null; expected a number.");

  g_assert_null (dub_recalibration_from_json ("[", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (int method = 0; method < DUB_N_RECALIBRATE; method++) {
    g_autofree char *name = g_strconcat ("/recalibrate/reference/", dub_recalibrate_id ((DubRecalibrate) method), NULL);

    g_test_add_data_func (name, GINT_TO_POINTER (method), test_reference);
  }
  g_test_add_func ("/recalibrate/vector", test_vector);
  g_test_add_func ("/recalibrate/vector/open", test_vector_open);
  g_test_add_func ("/recalibrate/closed-form", test_closed_form);
  g_test_add_func ("/recalibrate/coverage", test_coverage);
  g_test_add_func ("/recalibrate/temperature-ends", test_temperature_ends);
  g_test_add_func ("/recalibrate/constant", test_constant);
  g_test_add_func ("/recalibrate/separable", test_separable);
  g_test_add_func ("/recalibrate/refused", test_refused);
  g_test_add_func ("/recalibrate/rows", test_rows);
  g_test_add_func ("/recalibrate/nearly-equal", test_nearly_equal);
  g_test_add_func ("/recalibrate/equal-steps", test_equal_steps);
  g_test_add_func ("/recalibrate/words", test_words);
  g_test_add_func ("/recalibrate/bad-json", test_bad_json);

  return g_test_run ();
}
