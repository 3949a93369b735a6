/* Platt, isotonic and beta maps: their ends, what they refuse, and what SciPy and scikit-learn say
 * (tests/reference/make_uq_reference.py). */
#include "core/calibration/beta.h"
#include "core/calibration/isotonic.h"
#include "core/calibration/platt.h"
#include "core/io/npy.h"

#include <math.h>
#include <string.h>

static DubTensor *
read_array (const char *name,
            DubDtype    dtype)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "reference", "uq.npz", NULL);
  g_autoptr (DubNpz) npz = dub_npz_open (path, &error);

  g_assert_no_error (error);

  g_autoptr (DubTensor) array = dub_npz_read (npz, name, &error);

  g_assert_no_error (error);

  return dub_tensor_convert (array, dtype, NULL);
}

static double
log_odds (double p)
{
  return log (p / (1.0 - p));
}

static void
test_platt (void)
{
  g_autoptr (DubTensor) p = read_array ("binary_p", DUB_DTYPE_F64), y = read_array ("binary_y", DUB_DTYPE_I32);
  g_autoptr (DubTensor) query = read_array ("query", DUB_DTYPE_F64), expected = read_array ("platt", DUB_DTYPE_F64);
  g_autoptr (DubTensor) mapped = read_array ("platt_query", DUB_DTYPE_F64);
  size_t n = (size_t) p->shape.dim[0];
  g_autofree double *scores = g_new (double, n);

  for (size_t i = 0; i < n; i++)
    scores[i] = log_odds (dub_tensor_get_double (p, i));

  g_autoptr (GError) error = NULL;
  g_autoptr (DubPlatt) fit = dub_platt_fit (scores, y->data, n, "calibration", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fit->kind, ==, DUB_FIT_FOUND);
  g_assert_cmpstr (fit->split, ==, "calibration");
  g_assert_cmpfloat_with_epsilon (fit->slope, dub_tensor_get_double (expected, 0), 1e-6);
  g_assert_cmpfloat_with_epsilon (fit->bias, dub_tensor_get_double (expected, 1), 1e-6);
  for (size_t k = 0; k < dub_tensor_n_elements (query); k++)
    g_assert_cmpfloat_with_epsilon (dub_platt_apply (fit, log_odds (dub_tensor_get_double (query, k))),
                                    dub_tensor_get_double (mapped, k), 1e-6);
}

static void
test_isotonic (void)
{
  g_autoptr (DubTensor) p = read_array ("binary_p", DUB_DTYPE_F64), y = read_array ("binary_y", DUB_DTYPE_I32);
  g_autoptr (DubTensor) query = read_array ("query", DUB_DTYPE_F64), mapped = read_array ("isotonic_query", DUB_DTYPE_F64);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubIsotonic) fit = dub_isotonic_fit (p->data, y->data, (size_t) p->shape.dim[0], "calibration", &error);

  g_assert_no_error (error);
  g_assert_cmpint (fit->kind, ==, DUB_FIT_FOUND);
  for (size_t k = 1; k < fit->n_points; k++) {
    g_assert_cmpfloat (fit->x[k], >, fit->x[k - 1]);
    g_assert_cmpfloat (fit->y[k], >=, fit->y[k - 1]);
  }
  for (size_t k = 0; k < dub_tensor_n_elements (query); k++)
    g_assert_cmpfloat_with_epsilon (dub_isotonic_apply (fit, dub_tensor_get_double (query, k)),
                                    dub_tensor_get_double (mapped, k), 1e-12);
}

static void
check_beta (const char *p_name,
            const char *y_name,
            const char *name,
            const char *mapped_name)
{
  g_autoptr (DubTensor) p = read_array (p_name, DUB_DTYPE_F64), y = read_array (y_name, DUB_DTYPE_I32);
  g_autoptr (DubTensor) query = read_array ("query", DUB_DTYPE_F64), expected = read_array (name, DUB_DTYPE_F64);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubBeta) fit = dub_beta_fit (p->data, y->data, (size_t) p->shape.dim[0], "calibration", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fit->kind, ==, DUB_FIT_FOUND);
  g_assert_cmpfloat_with_epsilon (fit->a, dub_tensor_get_double (expected, 0), 1e-6);
  g_assert_cmpfloat_with_epsilon (fit->b, dub_tensor_get_double (expected, 1), 1e-6);
  g_assert_cmpfloat_with_epsilon (fit->c, dub_tensor_get_double (expected, 2), 1e-6);
  if (mapped_name == NULL)
    return;

  g_autoptr (DubTensor) mapped = read_array (mapped_name, DUB_DTYPE_F64);

  for (size_t k = 0; k < dub_tensor_n_elements (query); k++)
    g_assert_cmpfloat_with_epsilon (dub_beta_apply (fit, dub_tensor_get_double (query, k)),
                                    dub_tensor_get_double (mapped, k), 1e-6);
}

static void
test_beta (void)
{
  g_autoptr (DubTensor) bent = read_array ("bent", DUB_DTYPE_F64);

  check_beta ("binary_p", "binary_y", "beta", "beta_query");
  /* Here the best map without bounds would fall. */
  g_assert_cmpfloat (dub_tensor_get_double (bent, 0), ==, 0.0);
  check_beta ("bent_p", "bent_y", "bent", NULL);
}

/* A threshold tells all cases apart: Platt's targets keep him finite, the beta curve has no best, the steps are 0 and 1. */
static void
test_separable (void)
{
  const double p[] = { .1, .2, .6, .9 }, f[] = { -2.0, -1.0, 1.0, 2.0 };
  const gboolean y[] = { FALSE, FALSE, TRUE, TRUE };
  g_autoptr (DubPlatt) platt = dub_platt_fit (f, y, 4, "a", NULL, NULL);
  g_autoptr (DubIsotonic) isotonic = dub_isotonic_fit (p, y, 4, "a", NULL);
  g_autoptr (DubBeta) beta = dub_beta_fit (p, y, 4, "a", NULL, NULL);

  g_assert_cmpint (platt->kind, ==, DUB_FIT_FOUND);
  g_assert_true (isfinite (platt->slope) && platt->slope > 0.0);
  g_assert_cmpfloat_with_epsilon (platt->bias, 0.0, 1e-12);
  g_assert_cmpint (isotonic->kind, ==, DUB_FIT_SEPARABLE);
  g_assert_cmpfloat (dub_isotonic_apply (isotonic, .05), ==, 0.0);
  g_assert_cmpfloat_with_epsilon (dub_isotonic_apply (isotonic, .4), .5, 1e-12);
  g_assert_cmpfloat (dub_isotonic_apply (isotonic, .95), ==, 1.0);
  g_assert_cmpint (beta->kind, ==, DUB_FIT_SEPARABLE);
  g_assert_true (isinf (beta->a));
}

/* Higher probabilities come true less often, all are the same, or one outcome is missing: constants. */
static void
test_chance (void)
{
  const double p[] = { .1, .2, .6, .9 }, f[] = { -2.0, -1.0, 1.0, 2.0 }, same[] = { .7, .7, .7, .7 };
  const gboolean y[] = { TRUE, TRUE, FALSE, FALSE }, none[] = { FALSE, FALSE, FALSE, FALSE }, some[] = { TRUE, FALSE, FALSE, FALSE };
  g_autoptr (DubPlatt) platt = dub_platt_fit (f, y, 4, "a", NULL, NULL);
  g_autoptr (DubPlatt) platt_none = dub_platt_fit (f, none, 4, "a", NULL, NULL);
  g_autoptr (DubPlatt) platt_same = dub_platt_fit (same, some, 4, "a", NULL, NULL);
  g_autoptr (DubIsotonic) isotonic = dub_isotonic_fit (p, y, 4, "a", NULL);
  g_autoptr (DubBeta) beta = dub_beta_fit (p, y, 4, "a", NULL, NULL);
  g_autoptr (DubBeta) beta_none = dub_beta_fit (p, none, 4, "a", NULL, NULL);

  g_assert_cmpint (platt->kind, ==, DUB_FIT_CHANCE);
  g_assert_cmpfloat (platt->slope, ==, 0.0);
  g_assert_cmpfloat_with_epsilon (dub_platt_apply (platt, 1.0), .5, 1e-9);
  g_assert_cmpint (platt_none->kind, ==, DUB_FIT_CHANCE);
  g_assert_cmpfloat_with_epsilon (dub_platt_apply (platt_none, 1.0), 1.0 / 6.0, 1e-9);
  /* With the slope left open, only the rate of his targets is known. */
  g_assert_true (isfinite (platt_same->slope));
  g_assert_cmpfloat_with_epsilon (dub_platt_apply (platt_same, .7), (2.0 / 3.0 + 3.0 / 5.0) / 4.0, 1e-9);
  g_assert_cmpint (isotonic->kind, ==, DUB_FIT_CHANCE);
  g_assert_cmpfloat (dub_isotonic_apply (isotonic, .3), ==, .5);
  g_assert_cmpint (beta->kind, ==, DUB_FIT_CHANCE);
  g_assert_cmpfloat_with_epsilon (dub_beta_apply (beta, .3), .5, 1e-9);
  g_assert_cmpint (beta_none->kind, ==, DUB_FIT_CHANCE);
  g_assert_cmpfloat_with_epsilon (dub_beta_apply (beta_none, .3), 1.0 / 6.0, 1e-12);
}

static void
test_bad_input (void)
{
  const double bad[] = { .5, (double) NAN }, beyond[] = { .5, 1.5 };
  const gboolean y[] = { TRUE, FALSE };
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_platt_fit (bad, y, 2, "a", NULL, &error));
  g_assert_cmpstr (error->message, ==, "The score of case 1 is nan; expected a finite number.");
  g_clear_error (&error);
  g_assert_null (dub_isotonic_fit (bad, y, 2, "a", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_clear_error (&error);
  g_assert_null (dub_beta_fit (beyond, y, 2, "a", NULL, &error));
  g_assert_cmpstr (error->message, ==, "The probability of case 1 is 1.5; expected a number from 0 to 1.");
  g_clear_error (&error);
  g_assert_null (dub_beta_fit (beyond, y, 0, "a", NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (dub_isotonic_fit (beyond, y, 0, "a", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recalibration/platt", test_platt);
  g_test_add_func ("/recalibration/isotonic", test_isotonic);
  g_test_add_func ("/recalibration/beta", test_beta);
  g_test_add_func ("/recalibration/separable", test_separable);
  g_test_add_func ("/recalibration/chance", test_chance);
  g_test_add_func ("/recalibration/bad-input", test_bad_input);

  return g_test_run ();
}
