#include "core/train/fit-metrics.h"

#include "core/calibration/reliability.h"
#include "core/stats/roc.h"
#include "core/train/loss.h"

#include <math.h>

enum { N_BINS = DUB_RELIABILITY_BINS };

static double
mean_area (const float *logits,
           const int   *labels,
           size_t       n_cases,
           size_t       n_classes)
{
  g_autofree double *score = g_new (double, n_cases);
  g_autofree gboolean *positive = g_new (gboolean, n_cases);
  g_autofree double *p = g_new (double, n_classes);
  double sum = 0.0;
  size_t n_known = 0;

  for (size_t c = n_classes == 2 ? 1 : 0; c < n_classes; c++) {
    for (size_t i = 0; i < n_cases; i++) {
      const float *z = logits + i * n_classes;

      /* Two logits say more by their difference than by a probability that rounds to 1. */
      if (n_classes == 2) {
        score[i] = (double) z[1] - (double) z[0];
      } else {
        dub_softmax_row (z, n_classes, p);
        score[i] = p[c];
      }
      positive[i] = labels[i] == (int) c;
    }

    double found = dub_auroc (score, positive, n_cases);

    if (isfinite (found)) {
      sum += found;
      n_known++;
    }
  }

  return n_known > 0 ? sum / (double) n_known : (double) NAN;
}

static gboolean
all_finite (const float *values,
            size_t       n)
{
  for (size_t i = 0; i < n; i++)
    if (!isfinite (values[i]))
      return FALSE;

  return TRUE;
}

void
dub_fit_measure (const float   *logits,
                 const int     *labels,
                 size_t         n_cases,
                 size_t         n_classes,
                 DubFitMetrics *result)
{
  double confidence[N_BINS] = { 0.0 }, correct[N_BINS] = { 0.0 };
  size_t first_answer = 0;
  double loss = 0.0, gap = 0.0;

  *result = (DubFitMetrics) { .loss = (double) NAN, .accuracy = (double) NAN, .ece = (double) NAN,
                              .auroc = (double) NAN };
  result->finite = all_finite (logits, n_cases * n_classes);
  if (!result->finite)
    return;

  result->one_class = TRUE;
  for (size_t i = 0; i < n_cases; i++) {
    const float *z = logits + i * n_classes;
    size_t answer = 0;
    double exponentials = 0.0;

    for (size_t c = 1; c < n_classes; c++)
      if (z[c] > z[answer])
        answer = c;
    for (size_t c = 0; c < n_classes; c++)
      exponentials += exp ((double) z[c] - (double) z[answer]);
    loss += log (exponentials) + (double) z[answer] - (double) z[labels[i]];

    gboolean right = (int) answer == labels[i];
    double r = 1.0 / exponentials;
    size_t bin = (size_t) CLAMP (ceil (r * N_BINS) - 1.0, 0.0, N_BINS - 1.0);

    confidence[bin] += r;
    correct[bin] += right ? 1.0 : 0.0;
    result->n_correct += right ? 1 : 0;
    if (i == 0)
      first_answer = answer;
    result->one_class = result->one_class && answer == first_answer;
  }
  for (int b = 0; b < N_BINS; b++)
    gap += fabs (confidence[b] - correct[b]);

  result->loss = loss / (double) n_cases;
  result->accuracy = (double) result->n_correct / (double) n_cases;
  result->ece = gap / (double) n_cases;
  result->auroc = mean_area (logits, labels, n_cases, n_classes);
}
