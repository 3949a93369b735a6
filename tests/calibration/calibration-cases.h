/* Simulated answers for the tests of calibration. */
#pragma once

#include "core/base/rng.h"
#include "core/calibration/calibration.h"

#include <math.h>
#include <string.h>

static inline void
measure (const DubPredictions        *predictions,
         const DubCalibrationOptions *options,
         DubRun                      *run,
         DubCalibration              *calibration)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (dub_calibration_measure (predictions, options, run, calibration, &error));
  g_assert_no_error (error);
}

/* Softmax outputs of @n_classes; confidences of the answers alone for 0. Rounded, so that there are ties. */
static inline DubPredictions *
draw_predictions (size_t     n,
                  size_t     n_classes,
                  const int *groups,
                  guint64    seed)
{
  g_autoptr (GError) error = NULL;
  DubRng rng;

  dub_rng_init (&rng, seed, "test", 0);
  if (n_classes == 0) {
    g_autofree double *confidence = g_new (double, n);
    g_autofree gboolean *correct = g_new (gboolean, n);

    for (size_t i = 0; i < n; i++) {
      confidence[i] = round (200.0 * sqrt (dub_rng_double (&rng))) / 200.0;
      correct[i] = dub_rng_double (&rng) < 0.15 + 0.7 * confidence[i];
    }

    return dub_predictions_new_top (confidence, correct, n, groups, &error);
  }

  g_autofree double *p = g_new (double, n * n_classes);
  g_autofree int *labels = g_new (int, n);

  for (size_t i = 0; i < n; i++) {
    double sum = 0.0;

    labels[i] = (int) dub_rng_below (&rng, (uint32_t) n_classes);
    for (size_t c = 0; c < n_classes; c++)
      sum += p[i * n_classes + c] = exp (1.5 * dub_rng_normal (&rng) + (c == (size_t) labels[i] ? 1.2 : 0.0));
    for (size_t c = 0; c < n_classes; c++)
      p[i * n_classes + c] /= sum;
  }

  DubPredictions *predictions = dub_predictions_new (p, NULL, labels, n, n_classes, groups, &error);

  g_assert_no_error (error);

  return predictions;
}

/* Resamples are of the cases in the order of their confidence, so the oracle is given them in that order. */
static inline DubPredictions *
in_order (const DubPredictions *predictions)
{
  size_t n = predictions->n_cases, n_classes = predictions->n_classes;
  g_autofree double *p = g_new (double, n * n_classes);
  g_autofree int *labels = g_new (int, n);
  g_autofree int *groups = g_new (int, n);
  g_autofree gboolean *taken = g_new0 (gboolean, n);

  for (size_t i = 0; i < n; i++) {
    size_t next = n;

    for (size_t k = 0; k < n; k++)
      if (!taken[k] && (next == n || predictions->confidence[k] < predictions->confidence[next]))
        next = k;
    taken[next] = TRUE;
    memcpy (p + i * n_classes, predictions->probabilities + next * n_classes, n_classes * sizeof *p);
    labels[i] = predictions->labels[next];
    groups[i] = predictions->groups != NULL ? predictions->groups[next] : 0;
  }

  return dub_predictions_new (p, NULL, labels, n, n_classes, predictions->groups != NULL ? groups : NULL, NULL);
}
