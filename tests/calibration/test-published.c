/* ECE and MCE that others have published for shared files (M = 15, equal-width, right-closed bins, top label).
 *
 * They were computed in float32 there; the page beside the files says how near double precision comes to them: 6e-9 and
 * 3e-7. The values of the last file were computed once in double precision with NumPy and SciPy, and printed with
 * eight decimals, its temperature with six: what is allowed is one unit of the last digit. */
#include "core/calibration/recalibration.h"
#include "core/calibration/calibration.h"
#include "core/calibration/reliability.h"
#include "core/calibration/scores.h"
#include "core/calibration/temperature.h"
#include "core/io/npy.h"
#include "tests/shared.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  const char *file;
  double      accuracy;
  double      ece;
  double      mce;
} PUBLISHED[] = {
  { "resnet110", "calibration/hollance_markus93_resnet110_c10_toplabel.csv", 0.9356, 0.047503518641, 0.295798957348 },
  { "densenet40", "calibration/hollance_markus93_densenet40_c100_toplabel.csv", 0.7, 0.211562852757, 0.45400331452 },
};

static void
test_published (gconstpointer data)
{
  size_t k = GPOINTER_TO_SIZE (data);
  g_autofree char *path = shared_data (PUBLISHED[k].file);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  size_t n = 0, n_correct = 0;

  if (path == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));

  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  guint n_lines = g_strv_length (lines);
  g_autofree double *confidence = g_new (double, n_lines);
  g_autofree gboolean *correct = g_new (gboolean, n_lines);

  for (guint i = 1; i < n_lines; i++) {
    g_auto (GStrv) fields = g_strsplit (g_strstrip (lines[i]), ",", -1);

    g_assert_cmpuint (g_strv_length (fields), ==, 3);
    correct[n] = strcmp (fields[0], fields[1]) == 0;
    confidence[n] = g_ascii_strtod (fields[2], NULL);
    n_correct += correct[n] != FALSE;
    n++;
  }
  g_assert_cmpuint (n, ==, 10000);
  g_assert_cmpfloat ((double) n_correct / (double) n, ==, PUBLISHED[k].accuracy);

  g_autoptr (DubReliability) bins = dub_reliability_new (confidence, correct, n, 15, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (dub_reliability_ece (bins), PUBLISHED[k].ece, 1e-8);
  g_assert_cmpfloat_with_epsilon (dub_reliability_mce (bins), PUBLISHED[k].mce, 5e-7);

  g_autoptr (DubPredictions) predictions = dub_predictions_new_top (confidence, correct, n, NULL, &error);
  const DubCalibrationOptions options = {
    .measures = 1u << DUB_CALIBRATION_ECE | 1u << DUB_CALIBRATION_MCE | 1u << DUB_CALIBRATION_ACCURACY,
    .n_resamples = 99,
  };
  DubCalibration measured;
  double ece[2], mce[2];

  g_assert_no_error (error);
  g_assert_true (dub_calibration_measure (predictions, &options, NULL, &measured, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (measured.n_bins, ==, 15);
  g_assert_cmpfloat (measured.estimate[DUB_CALIBRATION_ACCURACY].value, ==, PUBLISHED[k].accuracy);
  g_assert_cmpfloat_with_epsilon (measured.estimate[DUB_CALIBRATION_ECE].value, PUBLISHED[k].ece, 1e-8);
  g_assert_cmpfloat_with_epsilon (measured.estimate[DUB_CALIBRATION_MCE].value, PUBLISHED[k].mce, 5e-7);
  /* These two networks are far too sure: chance does not make such errors of 10000 cases. */
  g_assert_cmpfloat (measured.estimate[DUB_CALIBRATION_ECE].low, >, 0.9 * PUBLISHED[k].ece);
  g_assert_cmpfloat (measured.estimate[DUB_CALIBRATION_ECE].high, <, 1.15 * PUBLISHED[k].ece);
  dub_calibration_curve (predictions, DUB_BINS_EQUAL_WIDTH, 15, 16, ece, mce);
  g_assert_cmpfloat_with_epsilon (ece[0], PUBLISHED[k].ece, 1e-8);
  g_assert_cmpfloat_with_epsilon (mce[0], PUBLISHED[k].mce, 5e-7);
}

static double *
read_doubles (DubNpz     *npz,
              const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) tensor = dub_npz_read (npz, name, &error);

  g_assert_no_error (error);

  size_t n = dub_tensor_n_elements (tensor);
  double *values = g_new (double, n);

  for (size_t i = 0; i < n; i++)
    values[i] = dub_tensor_get_double (tensor, i);

  return values;
}

static double
measure_ece (const double *p,
             const int    *labels,
             size_t        n,
             size_t        n_classes,
             double       *mce,
             double       *accuracy)
{
  g_autofree double *confidence = g_new (double, n);
  g_autofree gboolean *correct = g_new (gboolean, n);
  g_autoptr (GError) error = NULL;

  g_assert_true (dub_top_label (p, labels, n, n_classes, confidence, correct, NULL, &error));
  g_assert_no_error (error);
  *accuracy = 0.0;
  for (size_t i = 0; i < n; i++)
    *accuracy += correct[i] ? 1.0 / (double) n : 0.0;

  g_autoptr (DubReliability) bins = dub_reliability_new (confidence, correct, n, 15, &error);

  g_assert_no_error (error);
  *mce = dub_reliability_mce (bins);

  return dub_reliability_ece (bins);
}

static void
test_wide_resnet (void)
{
  enum { N = 10000, C = 10 };
  g_autofree char *path = shared_data ("calibration/netcal_wideresnet-16-4-cifar-10.npz");
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;

  g_autoptr (DubNpz) npz = dub_npz_open (path, &error);

  g_assert_no_error (error);

  g_autofree double *p = read_doubles (npz, "predictions");
  g_autofree double *truth = read_doubles (npz, "ground_truth");
  g_autofree double *logits = g_new (double, N * C);
  g_autofree int *labels = g_new (int, N);
  double mce, accuracy;

  for (size_t i = 0; i < N; i++)
    labels[i] = (int) truth[i];
  for (size_t k = 0; k < N * C; k++)
    logits[k] = log (p[k]);

  g_assert_cmpfloat_with_epsilon (measure_ece (p, labels, N, C, &mce, &accuracy), 0.05371630, 1e-8);
  g_assert_cmpfloat_with_epsilon (mce, 0.26238925, 1e-8);
  g_assert_cmpfloat_with_epsilon (accuracy, 0.9109, 1e-12);
  g_assert_cmpfloat_with_epsilon (dub_nll (p, labels, N, C, NULL, NULL), 0.37816959, 1e-8);
  g_assert_cmpfloat_with_epsilon (dub_brier_sum (p, labels, N, C, NULL), 0.14387109, 1e-8);

  g_autoptr (DubTemperature) fit = dub_temperature_fit (logits, labels, N, C, "all", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (fit->temperature, 2.052549, 1e-6);
  g_assert_cmpfloat_with_epsilon (fit->nll_after, 0.27448697, 1e-8);

  /* The same by the way of a study: from the answers, with the interval around it. */
  g_autoptr (DubPredictions) before = dub_predictions_new (p, logits, labels, N, C, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (DubRecalibration) map = dub_recalibration_fit (DUB_RECALIBRATE_TEMPERATURE, before, "all", NULL, &error);

  g_assert_no_error (error);

  g_autoptr (DubPredictions) after = dub_recalibration_apply (map, before, &error);
  double value, low, high;

  g_assert_no_error (error);
  g_assert_true (dub_recalibration_temperature (map, &value, &low, &high));
  g_assert_cmpfloat_with_epsilon (value, 2.052549, 1e-6);
  g_assert_true (low < value && value < high && high - low < 0.2);
  g_assert_cmpfloat_with_epsilon (dub_nll (after->probabilities, labels, N, C, NULL, NULL), 0.27448697, 1e-8);
  g_assert_cmpfloat_with_epsilon (measure_ece (after->probabilities, labels, N, C, &mce, &accuracy), 0.00615249, 1e-8);
  g_assert_cmpmem (after->answers, N * sizeof (int), before->answers, N * sizeof (int));

  dub_temperature_apply (fit->beta, logits, N, C, p);
  g_assert_cmpfloat_with_epsilon (measure_ece (p, labels, N, C, &mce, &accuracy), 0.00615249, 1e-8);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t k = 0; k < G_N_ELEMENTS (PUBLISHED); k++) {
    g_autofree char *name = g_strdup_printf ("/published/%s", PUBLISHED[k].name);

    g_test_add_data_func (name, GSIZE_TO_POINTER (k), test_published);
  }
  g_test_add_func ("/published/wide-resnet", test_wide_resnet);

  return g_test_run ();
}
