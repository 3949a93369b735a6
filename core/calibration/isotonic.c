#include "core/calibration/isotonic.h"

#include "core/stats/check.h"

#include <stdlib.h>

/* Neighbouring probabilities that share one value. */
typedef struct {
  double first, last; /* smallest and largest of them */
  double n;           /* cases */
  double events;
} Block;

typedef struct {
  double   score;
  gboolean positive;
} Case;

static int
compare_cases_cb (const void *a,
                  const void *b)
{
  double x = ((const Case *) a)->score, y = ((const Case *) b)->score;

  return (x > y) - (x < y);
}

/* Whether the block before has more events than the one behind it. Counts of cases are exact in double precision. */
static gboolean
violates (const Block *before,
          const Block *behind)
{
  return before->events * behind->n >= behind->events * before->n;
}

/* Pools @blocks in place; returns how many are left. */
static size_t
pool (const Case *cases,
      size_t      n_cases,
      Block      *blocks)
{
  size_t n_blocks = 0;

  for (size_t i = 0; i < n_cases;) {
    Block block = { .first = cases[i].score, .last = cases[i].score };

    for (; i < n_cases && cases[i].score == block.first; i++) {
      block.n += 1.0;
      block.events += cases[i].positive ? 1.0 : 0.0;
    }
    while (n_blocks > 0 && violates (&blocks[n_blocks - 1], &block)) {
      n_blocks--;
      block.first = blocks[n_blocks].first;
      block.n += blocks[n_blocks].n;
      block.events += blocks[n_blocks].events;
    }
    blocks[n_blocks++] = block;
  }

  return n_blocks;
}

static DubFitKind
kind_of (const Block *blocks,
         size_t       n_blocks)
{
  if (n_blocks == 1)
    return DUB_FIT_CHANCE;
  for (size_t k = 0; k < n_blocks; k++)
    if (blocks[k].events > 0.0 && blocks[k].events < blocks[k].n)
      return DUB_FIT_FOUND;

  return DUB_FIT_SEPARABLE;
}

DubIsotonic *
dub_isotonic_fit (const double    *scores,
                  const gboolean  *positive,
                  size_t           n_cases,
                  const char      *split,
                  GError         **error)
{
  if (!dub_check_finite ("score", scores, n_cases, 1, error))
    return NULL;

  g_autoptr (DubIsotonic) self = g_new0 (DubIsotonic, 1);
  g_autofree Case *cases = g_new (Case, n_cases);
  g_autofree Block *blocks = g_new (Block, n_cases);

  self->n_cases = n_cases;
  self->split = g_strdup (split);
  for (size_t i = 0; i < n_cases; i++) {
    cases[i] = (Case) { scores[i], positive[i] };
    self->n_positive += positive[i] ? 1 : 0;
  }
  qsort (cases, n_cases, sizeof (Case), compare_cases_cb);

  size_t n_blocks = pool (cases, n_cases, blocks);

  self->kind = kind_of (blocks, n_blocks);
  self->x = g_new (double, 2 * n_blocks);
  self->y = g_new (double, 2 * n_blocks);
  for (size_t k = 0; k < n_blocks; k++) {
    double y = blocks[k].events / blocks[k].n;

    self->x[self->n_points] = blocks[k].first;
    self->y[self->n_points++] = y;
    if (blocks[k].last > blocks[k].first) {
      self->x[self->n_points] = blocks[k].last;
      self->y[self->n_points++] = y;
    }
  }

  return g_steal_pointer (&self);
}

void
dub_isotonic_free (DubIsotonic *self)
{
  if (self == NULL)
    return;
  g_free (self->x);
  g_free (self->y);
  g_free (self->split);
  g_free (self);
}

double
dub_isotonic_apply (const DubIsotonic *self,
                    double             score)
{
  size_t low = 0, high = self->n_points - 1;

  if (!(score > self->x[low]))
    return self->y[low];
  if (score >= self->x[high])
    return self->y[high];

  /* x[low] < score < x[high] */
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;

    if (self->x[middle] <= score)
      low = middle;
    else
      high = middle;
  }

  return self->y[low] + (self->y[high] - self->y[low]) * ((score - self->x[low]) / (self->x[high] - self->x[low]));
}
