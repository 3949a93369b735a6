/* The CORP curve: by hand, as scikit-learn has it (tests/reference/make_calibration_reference.py), and its band. */
#include "core/base/rng.h"
#include "core/calibration/calibration.h"
#include "core/calibration/corp.h"
#include "core/calibration/isotonic.h"
#include "core/calibration/smooth.h"
#include "tests/reference/reference.h"

#include <math.h>

/* .1 no | .2 yes, .3 no, .3 no: 1 of 3 | .6 no, .6 yes: 1 of 2 | .9 yes */
static void
test_by_hand (void)
{
  const double p[] = { 0.9, 0.3, 0.2, 0.6, 0.1, 0.6, 0.3 };
  const gboolean y[] = { TRUE, FALSE, TRUE, TRUE, FALSE, FALSE, FALSE };
  const double confidence[] = { 0.1, 0.2, 0.3, 0.6, 0.9 }, share[] = { 0.0, 1.0 / 3, 1.0 / 3, 0.5, 1.0 };
  g_autoptr (DubPredictions) predictions = dub_predictions_new_top (p, y, 7, NULL, NULL);
  g_autoptr (DubCorp) corp = dub_corp_new (predictions, 0, 0, .95, NULL, NULL);
  double brier = (0.01 + 0.64 + 0.09 + 0.09 + 0.36 + 0.16 + 0.01) / 7.0;
  double fitted = (2.0 / 3.0 + 0.5) / 7.0, base = 3.0 / 7.0 * 4.0 / 7.0;

  g_assert_cmpuint (corp->n_points, ==, 5);
  for (size_t k = 0; k < 5; k++) {
    g_assert_cmpfloat (corp->confidence[k], ==, confidence[k]);
    g_assert_cmpfloat_with_epsilon (corp->share[k], share[k], 1e-15);
  }
  g_assert_null (corp->low);
  g_assert_cmpfloat_with_epsilon (corp->brier, brier, 1e-15);
  g_assert_cmpfloat_with_epsilon (corp->miscalibration, brier - fitted, 1e-15);
  g_assert_cmpfloat_with_epsilon (corp->discrimination, base - fitted, 1e-15);
  g_assert_cmpfloat_with_epsilon (corp->uncertainty, base, 1e-15);
}

static DubPredictions *
read_predictions (DubNpz     *npz,
                  const char *name)
{
  g_autofree char *p_name = g_strconcat (name, "_p", NULL);
  g_autofree char *y_name = g_strconcat (name, "_y", NULL);
  size_t n;
  g_autofree double *p = reference_read_doubles (npz, p_name, &n);
  g_autofree double *y = reference_read_doubles (npz, y_name, NULL);
  g_autofree gboolean *correct = g_new (gboolean, n);

  for (size_t i = 0; i < n; i++)
    correct[i] = y[i] > 0.5;

  return dub_predictions_new_top (p, correct, n, NULL, NULL);
}

/* The curve at a confidence that some case has. */
static double
share_at (const DubCorp *corp,
          double         confidence)
{
  size_t k = 0;

  while (corp->confidence[k] < confidence)
    k++;

  return corp->share[k];
}

static void
test_reference (gconstpointer data)
{
  const char *name = data;
  g_autoptr (DubNpz) npz = reference_open ("calibration.npz");
  g_autoptr (DubPredictions) predictions = read_predictions (npz, name);
  g_autofree char *corp_name = g_strconcat (name, "_corp", NULL);
  g_autofree char *parts_name = g_strconcat (name, "_parts", NULL);
  g_autofree char *smooth_name = g_strconcat (name, "_smooth", NULL);
  g_autofree char *brier_name = g_strconcat (name, "_brier", NULL);
  g_autofree double *share = reference_read_doubles (npz, corp_name, NULL);
  g_autofree double *parts = reference_read_doubles (npz, parts_name, NULL);
  g_autofree double *smooth = reference_read_doubles (npz, smooth_name, NULL);
  g_autofree double *brier = reference_read_doubles (npz, brier_name, NULL);
  g_autoptr (DubCorp) corp = dub_corp_new (predictions, 0, 0, .95, NULL, NULL);
  DubCalibration found;
  const DubEstimate *estimate = found.estimate;

  for (size_t i = 0; i < predictions->n_cases; i++)
    g_assert_cmpfloat_with_epsilon (share_at (corp, predictions->confidence[i]), share[i], 1e-12);
  g_assert_cmpfloat_with_epsilon (corp->brier, parts[0], 1e-13);
  g_assert_cmpfloat_with_epsilon (corp->miscalibration, parts[1], 1e-13);
  g_assert_cmpfloat_with_epsilon (corp->discrimination, parts[2], 1e-13);
  g_assert_cmpfloat_with_epsilon (corp->uncertainty, parts[3], 1e-13);

  g_assert_true (dub_calibration_measure (predictions, &(DubCalibrationOptions) { .n_bins = 7, .n_resamples = 20 }, NULL, &found, NULL));
  g_assert_cmpfloat_with_epsilon (estimate[DUB_CALIBRATION_SMOOTH].value, smooth[0], 1e-7);
  g_assert_cmpfloat_with_epsilon (estimate[DUB_CALIBRATION_BRIER_RELIABILITY].value, brier[0], 1e-13);
  g_assert_cmpfloat_with_epsilon (estimate[DUB_CALIBRATION_BRIER_RESOLUTION].value, brier[1], 1e-13);
  g_assert_cmpfloat_with_epsilon (estimate[DUB_CALIBRATION_BRIER_UNCERTAINTY].value, brier[2], 1e-13);
  g_assert_cmpfloat_with_epsilon (estimate[DUB_CALIBRATION_BRIER].value, brier[0] - brier[1] + brier[2] + brier[3], 1e-13);
}

static DubPredictions *
draw (size_t  n,
      double  power,
      guint64 seed)
{
  g_autofree double *p = g_new (double, n);
  g_autofree gboolean *y = g_new (gboolean, n);
  DubRng rng;

  dub_rng_init (&rng, seed, "test", 0);
  for (size_t i = 0; i < n; i++) {
    p[i] = dub_rng_double (&rng);
    y[i] = dub_rng_double (&rng) < pow (p[i], power);
  }

  return dub_predictions_new_top (p, y, n, NULL, NULL);
}

/* The same steps as the map that recalibrates. */
static void
test_isotonic (void)
{
  g_autoptr (DubPredictions) predictions = draw (3000, 2.0, 2);
  g_autoptr (DubCorp) corp = dub_corp_new (predictions, 0, 0, .95, NULL, NULL);
  g_autoptr (DubIsotonic) map = dub_isotonic_fit (predictions->confidence, predictions->correct, 3000, "test", NULL);

  g_assert_cmpuint (corp->n_points, ==, map->n_points);
  g_assert_cmpmem (corp->confidence, corp->n_points * sizeof (double), map->x, map->n_points * sizeof (double));
  g_assert_cmpmem (corp->share, corp->n_points * sizeof (double), map->y, map->n_points * sizeof (double));
  g_assert_cmpfloat (corp->miscalibration, >=, 0.0);
  g_assert_cmpfloat (corp->discrimination, >=, 0.0);
  g_assert_cmpfloat_with_epsilon (corp->brier, corp->miscalibration - corp->discrimination + corp->uncertainty, 1e-15);
}

/* Nearly all of a true network's curve is in the band, little of a bent one's; threads change no bit. */
static void
test_band (void)
{
  g_autoptr (DubRun) run = dub_run_new (3);
  double inside[2] = { 0.0 };

  for (size_t k = 0; k < 2; k++) {
    double n_points = 0.0;

    for (guint64 seed = 0; seed < 20; seed++) {
      g_autoptr (DubPredictions) predictions = draw (500, k == 0 ? 1.0 : 3.0, 100 + seed);
      g_autoptr (DubCorp) corp = dub_corp_new (predictions, 199, 7, .9, NULL, NULL);
      g_autoptr (DubCorp) other = dub_corp_new (predictions, 199, 7, .9, run, NULL);

      g_assert_cmpmem (corp->low, corp->n_points * sizeof (double), other->low, corp->n_points * sizeof (double));
      g_assert_cmpmem (corp->high, corp->n_points * sizeof (double), other->high, corp->n_points * sizeof (double));
      for (size_t i = 0; i < corp->n_points; i++) {
        g_assert_cmpfloat (corp->low[i], <=, corp->high[i]);
        if (i > 0) {
          g_assert_cmpfloat (corp->low[i - 1], <=, corp->low[i]);
          g_assert_cmpfloat (corp->high[i - 1], <=, corp->high[i]);
        }
        inside[k] += corp->low[i] <= corp->share[i] && corp->share[i] <= corp->high[i];
        n_points += 1.0;
      }
    }
    inside[k] /= n_points;
    g_test_message ("%.3f of the points are in the band", inside[k]);
  }
  /* Of .9; points of one curve depend on each other. */
  g_assert_cmpfloat (inside[0], >, 0.8);
  g_assert_cmpfloat (inside[0], <, 0.97);
  g_assert_cmpfloat (inside[1], <, 0.45);
}

/* With one confidence the fit is a share of N draws, whose quantiles are a binomial's. */
static void
test_band_of_one (void)
{
  enum { N = 100 };
  double p[N];
  gboolean y[N];

  for (size_t i = 0; i < N; i++) {
    p[i] = 0.8;
    y[i] = i < 60;
  }

  g_autoptr (DubPredictions) predictions = dub_predictions_new_top (p, y, N, NULL, NULL);
  g_autoptr (DubCorp) corp = dub_corp_new (predictions, 9999, 1, .8, NULL, NULL);

  g_assert_cmpuint (corp->n_points, ==, 1);
  g_assert_cmpfloat_with_epsilon (corp->share[0], 0.6, 1e-15);
  /* scipy.stats.binom.ppf ([.1, .9], 100, .8) = 75, 85 */
  g_assert_cmpfloat_with_epsilon (corp->low[0], 0.75, 1e-6);
  g_assert_cmpfloat_with_epsilon (corp->high[0], 0.85, 1e-6);
}

static void
test_ends (void)
{
  const double p[] = { 0.0, 1.0, 1.0, 0.5 };
  const gboolean right[] = { TRUE, TRUE, TRUE, TRUE };
  g_autoptr (DubPredictions) all = dub_predictions_new_top (p, right, 4, NULL, NULL);
  g_autoptr (DubPredictions) one = dub_predictions_new_top (p, right, 1, NULL, NULL);
  g_autoptr (DubRun) run = dub_run_new (2);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubCorp) of_all = dub_corp_new (all, 99, 0, .95, NULL, NULL);
  g_autoptr (DubCorp) of_one = dub_corp_new (one, 99, 0, .95, NULL, NULL);

  g_assert_cmpuint (of_all->n_points, ==, 2);
  g_assert_cmpfloat (of_all->share[0], ==, 1.0);
  g_assert_cmpfloat (of_all->share[1], ==, 1.0);
  g_assert_cmpfloat (of_all->discrimination, ==, 0.0);
  g_assert_cmpfloat (of_all->uncertainty, ==, 0.0);
  g_assert_cmpfloat_with_epsilon (of_all->miscalibration, 1.25 / 4.0, 1e-15);
  g_assert_cmpfloat (of_all->low[0], ==, 0.0);
  g_assert_cmpfloat (of_all->high[1], ==, 1.0);
  g_assert_cmpuint (of_one->n_points, ==, 1);
  g_assert_cmpfloat (of_one->high[0], ==, 0.0);

  g_assert_null (dub_corp_new (all, 99, 0, 1.0, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  dub_run_cancel (run);
  g_assert_null (dub_corp_new (all, 99, 0, .95, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/corp/by-hand", test_by_hand);
  g_test_add_data_func ("/corp/reference/tied", "tied", test_reference);
  g_test_add_data_func ("/corp/reference/fine", "fine", test_reference);
  g_test_add_data_func ("/corp/reference/few", "few", test_reference);
  g_test_add_func ("/corp/isotonic", test_isotonic);
  g_test_add_func ("/corp/band", test_band);
  g_test_add_func ("/corp/band-of-one", test_band_of_one);
  g_test_add_func ("/corp/ends", test_ends);

  return g_test_run ();
}
