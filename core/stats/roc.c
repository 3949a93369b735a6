#include "core/stats/roc.h"

#include <math.h>
#include <stdlib.h>

/* A score while it is sorted. */
typedef struct {
  double score;
  size_t index; /* of the case */
} Entry;

/* A bootstrap walks this ten thousand times, so a place is four bytes: index of the case · 4 + positive · 2 + whether no
 * later place has this score. */
struct _DubRanking {
  size_t    n_cases;
  uint32_t *place; /* [N] by falling score */
};

#define MAX_CASES (G_MAXUINT32 / 4)
#define POSITIVE  2u
#define LAST      1u

/* The index makes the order of ties one, whatever the sorting algorithm. */
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
  if (n_cases == 0 || n_cases > MAX_CASES) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "There are %zu scores; expected 1 to %u.", n_cases, MAX_CASES);
    return NULL;
  }
  for (size_t i = 0; i < n_cases; i++)
    if (isnan (scores[i])) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "The score of case %zu is NaN; expected a number.", i);
      return NULL;
    }

  g_autofree Entry *entry = g_new (Entry, n_cases);
  DubRanking *self = g_new0 (DubRanking, 1);

  for (size_t i = 0; i < n_cases; i++)
    entry[i] = (Entry) { scores[i], i };
  qsort (entry, n_cases, sizeof *entry, compare_entry);

  self->n_cases = n_cases;
  self->place = g_new (uint32_t, n_cases);
  for (size_t i = 0; i < n_cases; i++) {
    gboolean last = i + 1 == n_cases || entry[i + 1].score < entry[i].score;

    self->place[i] = (uint32_t) entry[i].index * 4 + (positive[entry[i].index] ? POSITIVE : 0) + (last ? LAST : 0);
  }

  return self;
}

void
dub_ranking_free (DubRanking *self)
{
  if (self == NULL)
    return;
  g_free (self->place);
  g_free (self);
}

double
dub_ranking_area (const DubRanking *self,
                  const uint32_t   *count)
{
  guint64 positive = 0, negative = 0;         /* cases of this score … */
  guint64 all_positive = 0, all_negative = 0; /* … and of higher ones */
  guint64 twice_won = 0;                      /* pairs in the right order count 2, tied ones 1 */

  for (size_t i = 0; i < self->n_cases; i++) {
    uint32_t place = self->place[i];
    guint64 n = count != NULL ? count[place / 4] : 1;
    guint64 n_positive = n & -(guint64) ((place & POSITIVE) / POSITIVE); /* classes alternate at random: no branch */

    positive += n_positive;
    negative += n - n_positive;
    if (place & LAST) {
      twice_won += negative * (2 * all_positive + positive);
      all_positive += positive;
      all_negative += negative;
      positive = negative = 0;
    }
  }
  if (all_positive == 0 || all_negative == 0)
    return (double) NAN;

  return (double) twice_won / (2.0 * (double) all_positive * (double) all_negative);
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
    self->n_points += ranking->place[i] & LAST;
  self->threshold = g_new (double, self->n_points);
  self->true_positive = g_new0 (size_t, self->n_points);
  self->false_positive = g_new0 (size_t, self->n_points);
  self->threshold[0] = (double) INFINITY;
  for (size_t i = 0, point = 1; i < n_cases; i++) {
    uint32_t place = ranking->place[i];

    if (place & POSITIVE)
      self->n_positive++;
    else
      self->n_negative++;
    if (place & LAST) {
      self->threshold[point] = scores[place / 4];
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
