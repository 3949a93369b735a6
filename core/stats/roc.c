#include "core/stats/roc.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
  double score;
  size_t index;    /* of the case */
  guint  positive : 1;
  guint  last     : 1; /* no later case has this score */
} Entry;

/* By falling score; the index makes the order of ties one, whatever the sorting algorithm. */
struct _DubRanking {
  size_t n_cases;
  Entry *entry; /* [N] */
};

static int
compare_entry (const void *a,
               const void *b)
{
  const Entry *x = a, *y = b;

  if (x->score < y->score)
    return 1;
  if (x->score > y->score)
    return -1;

  return (x->index > y->index) - (x->index < y->index);
}

DubRanking *
dub_ranking_new (const double    *scores,
                 const gboolean  *positive,
                 size_t           n_cases,
                 GError         **error)
{
  if (n_cases == 0) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_SHAPE, "There is no score; at least one is needed.");
    return NULL;
  }
  for (size_t i = 0; i < n_cases; i++)
    if (isnan (scores[i])) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "The score of case %zu is NaN; expected a number.", i);
      return NULL;
    }

  DubRanking *self = g_new0 (DubRanking, 1);

  self->n_cases = n_cases;
  self->entry = g_new0 (Entry, n_cases);
  for (size_t i = 0; i < n_cases; i++)
    self->entry[i] = (Entry) { .score = scores[i], .index = i, .positive = positive[i] != FALSE };
  qsort (self->entry, n_cases, sizeof *self->entry, compare_entry);
  for (size_t i = 0; i < n_cases; i++)
    self->entry[i].last = i + 1 == n_cases || self->entry[i + 1].score < self->entry[i].score;

  return self;
}

void
dub_ranking_free (DubRanking *self)
{
  if (self == NULL)
    return;
  g_free (self->entry);
  g_free (self);
}

double
dub_ranking_area (const DubRanking *self,
                  const uint32_t   *count)
{
  guint64 tied[2] = { 0, 0 };  /* negative and positive cases of this score … */
  guint64 above[2] = { 0, 0 }; /* … and of higher ones */
  guint64 twice_won = 0;       /* pairs in the right order count 2, tied ones 1 */

  for (size_t i = 0; i < self->n_cases; i++) {
    const Entry *entry = &self->entry[i];

    tied[entry->positive] += count != NULL ? count[entry->index] : 1;
    if (entry->last) {
      twice_won += tied[0] * (2 * above[1] + tied[1]);
      above[0] += tied[0];
      above[1] += tied[1];
      tied[0] = tied[1] = 0;
    }
  }
  if (above[0] == 0 || above[1] == 0)
    return (double) NAN;

  return (double) twice_won / (2.0 * (double) above[0] * (double) above[1]);
}

DubRoc *
dub_roc_new (const double    *scores,
             const gboolean  *positive,
             size_t           n_cases,
             GError         **error)
{
  g_autoptr (DubRanking) ranking = dub_ranking_new (scores, positive, n_cases, error);

  if (ranking == NULL)
    return NULL;

  DubRoc *self = g_new0 (DubRoc, 1);

  self->n_points = 1;
  for (size_t i = 0; i < n_cases; i++)
    self->n_points += ranking->entry[i].last;
  self->threshold = g_new (double, self->n_points);
  self->true_positive = g_new0 (size_t, self->n_points);
  self->false_positive = g_new0 (size_t, self->n_points);
  self->threshold[0] = (double) INFINITY;
  for (size_t i = 0, point = 1; i < n_cases; i++) {
    const Entry *entry = &ranking->entry[i];

    self->n_positive += entry->positive;
    self->n_negative += !entry->positive;
    if (entry->last) {
      self->threshold[point] = entry->score;
      self->true_positive[point] = self->n_positive;
      self->false_positive[point] = self->n_negative;
      point++;
    }
  }

  return self;
}

void
dub_roc_free (DubRoc *self)
{
  if (self == NULL)
    return;
  g_free (self->threshold);
  g_free (self->true_positive);
  g_free (self->false_positive);
  g_free (self);
}

double
dub_roc_true_positive_rate (const DubRoc *self,
                            size_t        point)
{
  g_return_val_if_fail (point < self->n_points, (double) NAN);

  return self->n_positive > 0 ? (double) self->true_positive[point] / (double) self->n_positive : (double) NAN;
}

double
dub_roc_false_positive_rate (const DubRoc *self,
                             size_t        point)
{
  g_return_val_if_fail (point < self->n_points, (double) NAN);

  return self->n_negative > 0 ? (double) self->false_positive[point] / (double) self->n_negative : (double) NAN;
}

double
dub_roc_area (const DubRoc *self)
{
  guint64 twice_won = 0;

  if (self->n_positive == 0 || self->n_negative == 0)
    return (double) NAN;

  /* Trapezia in whole pairs. */
  for (size_t k = 1; k < self->n_points; k++)
    twice_won += (guint64) (self->false_positive[k] - self->false_positive[k - 1])
                 * (self->true_positive[k] + self->true_positive[k - 1]);

  return (double) twice_won / (2.0 * (double) self->n_positive * (double) self->n_negative);
}

double
dub_auroc (const double   *scores,
           const gboolean *positive,
           size_t          n_cases)
{
  g_autoptr (DubRanking) ranking = dub_ranking_new (scores, positive, n_cases, NULL);

  return ranking != NULL ? dub_ranking_area (ranking, NULL) : (double) NAN;
}

double
dub_auroc_macro (const double *probabilities,
                 const int    *labels,
                 size_t        n_cases,
                 size_t        n_classes)
{
  g_autofree double *scores = g_new (double, MAX (n_cases, 1));
  g_autofree gboolean *positive = g_new (gboolean, MAX (n_cases, 1));
  double sum = 0.0;

  for (size_t c = 0; c < n_classes; c++) {
    for (size_t i = 0; i < n_cases; i++) {
      scores[i] = probabilities[i * n_classes + c];
      positive[i] = labels[i] >= 0 && (size_t) labels[i] == c;
    }
    sum += dub_auroc (scores, positive, n_cases);
  }

  return n_classes > 0 ? sum / (double) n_classes : (double) NAN;
}

double
dub_hanley_mcneil_se (double area,
                      size_t n_positive,
                      size_t n_negative)
{
  if (!(area >= 0.0 && area <= 1.0) || n_positive == 0 || n_negative == 0)
    return (double) NAN;

  double p = (double) n_positive, q = (double) n_negative;
  double two_positive = area / (2.0 - area);              /* P (two positive cases score above one negative) */
  double two_negative = 2.0 * area * area / (1.0 + area); /* P (one positive case scores above two negative) */
  double variance = area * (1.0 - area)
                    + (p - 1.0) * (two_positive - area * area)
                    + (q - 1.0) * (two_negative - area * area);

  return sqrt (MAX (variance, 0.0) / (p * q));
}
