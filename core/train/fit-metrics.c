#include "core/train/fit-metrics.h"

#include "core/train/loss.h"

#include <math.h>
#include <stdlib.h>

enum { N_BINS = 15 };

typedef struct {
  double   score;
  gboolean positive;
} Scored;

static int
by_score_cb (const void *a,
             const void *b)
{
  double x = ((const Scored *) a)->score, y = ((const Scored *) b)->score;

  return (x > y) - (x < y);
}

/* Area under the ROC by mean ranks: equal scores count one half. */
static double
area (Scored *cases,
      size_t  n)
{
  size_t n_positive = 0;
  double ranks = 0.0;

  qsort (cases, n, sizeof *cases, by_score_cb);
  for (size_t first = 0; first < n;) {
    size_t end = first;
    size_t here = 0;

    while (end < n && cases[end].score <= cases[first].score)
      here += cases[end++].positive ? 1 : 0;
    ranks += (double) here * 0.5 * (double) (first + 1 + end);
    n_positive += here;
    first = end;
  }
  if (n_positive == 0 || n_positive == n)
    return (double) NAN;

  double p = (double) n_positive;

  return (ranks - 0.5 * p * (p + 1.0)) / (p * (double) (n - n_positive));
}

static double
mean_area (const float *logits,
           const int   *labels,
           size_t       n_cases,
           size_t       n_classes)
{
  g_autofree Scored *cases = g_new (Scored, n_cases);
  g_autofree double *p = g_new (double, n_classes);
  double sum = 0.0;
  size_t n_known = 0;

  for (size_t c = n_classes == 2 ? 1 : 0; c < n_classes; c++) {
    for (size_t i = 0; i < n_cases; i++) {
      const float *z = logits + i * n_classes;

      /* Two logits say more by their difference than by a probability that rounds to 1. */
      if (n_classes == 2) {
        cases[i].score = (double) z[1] - (double) z[0];
      } else {
        dub_softmax_row (z, n_classes, p);
        cases[i].score = p[c];
      }
      cases[i].positive = labels[i] == (int) c;
    }

    double found = area (cases, n_cases);

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
