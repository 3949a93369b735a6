#include "core/base/rng.h"
#include "core/calibration/scores.h"
#include "core/calibration/temperature.h"
#include "core/stats/roc.h"

#include <math.h>
#include <string.h>

/* Two classes, logits ±a, accuracy q: T = 2a / ln (q / (1 - q)). */
static void
test_closed_form (void)
{
  const double sizes[] = { 1e-200, 1e-3, 0.7, 3.0, 500.0, 1e200 };

  for (size_t k = 0; k < G_N_ELEMENTS (sizes); k++)
    for (int right = 51; right < 100; right += 4) {
      double logits[200];
      int labels[100];
      double q = right / 100.0;

      for (int i = 0; i < 100; i++) {
        labels[i] = i % 2;
        logits[2 * i + (i < right ? labels[i] : 1 - labels[i])] = sizes[k];
        logits[2 * i + (i < right ? 1 - labels[i] : labels[i])] = -sizes[k];
      }

      g_autoptr (DubTemperature) fit = dub_temperature_fit (logits, labels, 100, 2, "calibration", NULL, NULL);
      double expected = 2.0 * sizes[k] / log (q / (1.0 - q));

      g_assert_cmpint (fit->kind, ==, DUB_TEMPERATURE_FOUND);
      g_assert_cmpfloat_with_epsilon (fit->temperature, expected, 1e-12 * expected);
      g_assert_cmpfloat_with_epsilon (fit->nll_after, -q * log (q) - (1.0 - q) * log (1.0 - q), 1e-13);
      g_assert_cmpuint (fit->n_iterations, <, 60);
      g_assert_cmpstr (fit->split, ==, "calibration");
    }
}

static void
test_limits (void)
{
  const double logits[] = { 2.0, 0.0, 0.0, 1.0, 1.0, 0.0, 3.0, -1.0 };
  const double tied[] = { 2.0, 0.0, 0.5, 0.5 };
  const double flat[] = { 1.0, 1.0, -4.0, -4.0 };
  const int right[] = { 0, 1, 0, 0 }, wrong[] = { 1, 0, 1, 0 };
  double p[8];

  g_autoptr (DubTemperature) separable = dub_temperature_fit (logits, right, 4, 2, "a", NULL, NULL);
  g_autoptr (DubTemperature) chance = dub_temperature_fit (logits, wrong, 4, 2, "b", NULL, NULL);
  g_autoptr (DubTemperature) shared = dub_temperature_fit (tied, right, 2, 2, "c", NULL, NULL);
  g_autoptr (DubTemperature) constant = dub_temperature_fit (flat, right, 2, 2, "d", NULL, NULL);

  g_assert_cmpint (separable->kind, ==, DUB_TEMPERATURE_SEPARABLE);
  g_assert_cmpfloat (separable->temperature, ==, 0.0);
  g_assert_true (isinf (separable->beta));
  g_assert_cmpfloat (separable->nll_after, ==, 0.0);
  dub_temperature_apply (separable->beta, logits, 4, 2, p);
  for (size_t i = 0; i < 4; i++)
    g_assert_cmpfloat (p[2 * i + (size_t) right[i]], ==, 1.0);

  g_assert_cmpint (chance->kind, ==, DUB_TEMPERATURE_CHANCE);
  g_assert_true (isinf (chance->temperature));
  g_assert_cmpfloat (chance->beta, ==, 0.0);
  g_assert_cmpfloat_with_epsilon (chance->nll_after, log (2.0), 1e-15);
  dub_temperature_apply (chance->beta, logits, 4, 2, p);
  for (size_t k = 0; k < 8; k++)
    g_assert_cmpfloat (p[k], ==, 0.5);

  /* A label that shares the first place never gets more than half, and that is what certainty costs. */
  g_assert_cmpint (shared->kind, ==, DUB_TEMPERATURE_SEPARABLE);
  g_assert_cmpfloat_with_epsilon (shared->nll_after, log (2.0) / 2.0, 1e-15);
  g_assert_cmpint (constant->kind, ==, DUB_TEMPERATURE_CHANCE);
}

static void
draw (double *logits,
      int    *labels,
      size_t  n,
      size_t  n_classes,
      guint64 seed)
{
  DubRng rng;

  dub_rng_init (&rng, seed, "test", 0);
  for (size_t i = 0; i < n; i++) {
    labels[i] = (int) dub_rng_below (&rng, (uint32_t) n_classes);
    for (size_t c = 0; c < n_classes; c++)
      logits[i * n_classes + c] = 4.0 * dub_rng_normal (&rng) + (c == (size_t) labels[i] ? 3.0 : 0.0);
  }
}

/* It is a minimum: both sides are higher; and applying it gives the loss that it reports. */
static void
test_minimum (void)
{
  enum { N = 500, C = 5 };
  g_autofree double *logits = g_new (double, N * C);
  g_autofree double *p = g_new (double, N * C);
  int labels[N];

  draw (logits, labels, N, C, 3);

  g_autoptr (DubTemperature) fit = dub_temperature_fit (logits, labels, N, C, "calibration", NULL, NULL);
  const double factors[] = { 1.0, 0.999, 1.001, 0.5, 2.0 };

  g_assert_cmpint (fit->kind, ==, DUB_TEMPERATURE_FOUND);
  for (size_t k = 0; k < G_N_ELEMENTS (factors); k++) {
    dub_temperature_apply (fit->beta * factors[k], logits, N, C, p);

    double nll = dub_nll (p, labels, N, C, NULL, NULL);

    if (k == 0)
      g_assert_cmpfloat_with_epsilon (nll, fit->nll_after, 1e-13);
    else
      g_assert_cmpfloat (nll, >, fit->nll_after);
  }
  dub_temperature_apply (1.0, logits, N, C, p);
  g_assert_cmpfloat_with_epsilon (dub_nll (p, labels, N, C, NULL, NULL), fit->nll_before, 1e-13);
  g_assert_cmpfloat (fit->nll_before, >, fit->nll_after);
}

/* A constant added to a case changes nothing, a factor on all logits is a factor of T: powers of two to the bit. */
static void
test_invariances (void)
{
  enum { N = 300, C = 3 };
  double logits[N * C], other[N * C];
  int labels[N];

  draw (logits, labels, N, C, 4);

  g_autoptr (DubTemperature) fit = dub_temperature_fit (logits, labels, N, C, "calibration", NULL, NULL);

  for (size_t k = 0; k < N * C; k++)
    other[k] = logits[k] * 0x1p40;

  g_autoptr (DubTemperature) scaled = dub_temperature_fit (other, labels, N, C, "calibration", NULL, NULL);

  g_assert_cmpfloat (scaled->temperature, ==, fit->temperature * 0x1p40);
  for (size_t k = 0; k < N * C; k++)
    other[k] = logits[k] + 100.0 * (double) (k / C);

  g_autoptr (DubTemperature) shifted = dub_temperature_fit (other, labels, N, C, "calibration", NULL, NULL);

  g_assert_cmpfloat_with_epsilon (shifted->temperature, fit->temperature, 1e-9 * fit->temperature);
}

static void
test_threads (void)
{
  enum { N = 5000, C = 4 };
  g_autofree double *logits = g_new (double, N * C);
  g_autofree int *labels = g_new (int, N);

  draw (logits, labels, N, C, 5);

  g_autoptr (DubTemperature) alone = dub_temperature_fit (logits, labels, N, C, "calibration", NULL, NULL);

  for (guint threads = 1; threads <= 4; threads++) {
    g_autoptr (DubRun) run = dub_run_new (threads);
    g_autoptr (DubTemperature) other = dub_temperature_fit (logits, labels, N, C, "calibration", run, NULL);

    g_assert_cmpfloat (other->temperature, ==, alone->temperature);
    g_assert_cmpfloat (other->nll_after, ==, alone->nll_after);
  }
}

/* The order of two-class probabilities does not depend on the temperature, so the area is the same to the bit. */
static void
test_area (void)
{
  enum { N = 400 };
  double logits[N * 2], p[N * 2], scores[N];
  int labels[N];
  gboolean positive[N];
  double area = 0.0;

  draw (logits, labels, N, 2, 6);
  for (double beta = 1.0; beta > 0.05; beta *= 0.7) {
    dub_temperature_apply (beta, logits, N, 2, p);
    for (size_t i = 0; i < N; i++) {
      scores[i] = p[2 * i + 1];
      positive[i] = labels[i] == 1;
    }
    if (beta < 1.0)
      g_assert_cmpfloat (dub_auroc (scores, positive, N), ==, area);
    area = dub_auroc (scores, positive, N);
  }
}

static void
test_in_place (void)
{
  const double logits[] = { 1.0, 2.0, -1.0, 1000.0, -1000.0, 0.0 };
  double p[6], same[6];

  memcpy (same, logits, sizeof logits);
  dub_temperature_apply (0.5, logits, 2, 3, p);
  dub_temperature_apply (0.5, same, 2, 3, same);
  g_assert_cmpmem (p, sizeof p, same, sizeof same);
  g_assert_cmpfloat_with_epsilon (p[0] + p[1] + p[2], 1.0, 1e-15);
  g_assert_cmpfloat (p[3], ==, 1.0);
}

static void
test_bad_input (void)
{
  const double nan[] = { 0.0, 1.0, (double) NAN, 0.0 }, endless[] = { 0.0, (double) INFINITY, 0.0, 0.0 };
  const double good[] = { 0.0, 1.0, 0.0, 2.0 };
  const int labels[] = { 0, 1 }, wrong[] = { 0, 2 };
  g_autoptr (DubRun) run = dub_run_new (1);
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_temperature_fit (nan, labels, 2, 2, "x", NULL, &error));
  g_assert_cmpstr (error->message, ==, "The logit of case 1 is nan; expected a finite number.");
  g_clear_error (&error);
  g_assert_null (dub_temperature_fit (endless, labels, 2, 2, "x", NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_clear_error (&error);
  g_assert_null (dub_temperature_fit (good, wrong, 2, 2, "x", NULL, &error));
  g_assert_cmpstr (error->message, ==, "The label of case 1 is 2; expected 0 to 1.");
  g_clear_error (&error);
  g_assert_null (dub_temperature_fit (good, wrong, 1, 1, "x", NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (dub_temperature_fit (good, labels, 0, 2, "x", NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  dub_run_cancel (run);
  g_assert_null (dub_temperature_fit (good, labels, 2, 2, "x", run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/temperature/closed-form", test_closed_form);
  g_test_add_func ("/temperature/limits", test_limits);
  g_test_add_func ("/temperature/minimum", test_minimum);
  g_test_add_func ("/temperature/invariances", test_invariances);
  g_test_add_func ("/temperature/threads", test_threads);
  g_test_add_func ("/temperature/area", test_area);
  g_test_add_func ("/temperature/in-place", test_in_place);
  g_test_add_func ("/temperature/bad-input", test_bad_input);

  return g_test_run ();
}
