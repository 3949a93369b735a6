#include "core/projection/knn-select.h"

#include "core/base/clones.h"
#include "core/projection/feature-rows.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

void
dub_selection_init (DubSelection        *self,
                    const DubReferences *references,
                    const float         *query,
                    float                own)
{
  *self = (DubSelection) { .references = references, .query = query, .own = own, .bar = FLT_MAX };
  self->n_room = 3 * references->k + 32;
  self->candidate = g_new (DubCandidate, self->n_room);
  self->upper = g_new (float, self->n_room);
}

void
dub_selection_clear (DubSelection *self)
{
  g_clear_pointer (&self->candidate, g_free);
  g_clear_pointer (&self->upper, g_free);
}

/* The value of rank @k (from 0); the order of @x changes. */
static float
select_rank (float     *x,
             ptrdiff_t  n,
             ptrdiff_t  k)
{
  ptrdiff_t low = 0, high = n - 1;

  while (low < high) {
    float pivot = x[low + (high - low) / 2];
    ptrdiff_t i = low, j = high;

    while (i <= j) {
      while (x[i] < pivot)
        i++;
      while (x[j] > pivot)
        j--;
      if (i <= j) {
        float swapped = x[i];

        x[i++] = x[j];
        x[j--] = swapped;
      }
    }
    if (k <= j)
      high = j;
    else if (k >= i)
      low = i;
    else
      break;
  }

  return x[k];
}

static int
compare_candidates (const void *a,
                    const void *b)
{
  const DubCandidate *x = a, *y = b;

  if (x->exact != y->exact)
    return x->exact < y->exact ? -1 : 1;

  return x->index < y->index ? -1 : x->index > y->index;
}

/* Exact distances decide: the K nearest stay, sorted. */
static void
resolve (DubSelection *self)
{
  const DubReferences *references = self->references;

  for (size_t c = 0; c < self->n; c++) {
    DubCandidate *candidate = &self->candidate[c];

    if (isnan (candidate->exact))
      candidate->exact = dub_features_squared_distance (self->query, references->features
                                                                     + (size_t) candidate->index * references->n_features,
                                                        references->n_features);
  }
  qsort (self->candidate, self->n, sizeof (DubCandidate), compare_candidates);
  self->n = MIN (self->n, references->k);
  /* Nothing is nearer than a duplicate, and later ones lose the tie: thousands of duplicates cost no more than K. */
  if (self->n == references->k && self->candidate[self->n - 1].exact <= 0.0)
    self->bar = -FLT_MAX;
}

static void
make_room (DubSelection *self)
{
  const DubReferences *references = self->references;
  size_t kept = 0;

  for (size_t c = 0; c < self->n; c++) {
    const DubCandidate *candidate = &self->candidate[c];

    self->upper[c] = candidate->lower + 2.0f * references->slack * (self->own + references->length[candidate->index])
                     + 2e-34f;
  }
  self->bar = select_rank (self->upper, (ptrdiff_t) self->n, (ptrdiff_t) references->k - 1);
  for (size_t c = 0; c < self->n; c++)
    if (self->candidate[c].lower <= self->bar)
      self->candidate[kept++] = self->candidate[c];
  self->n = kept;
  if (2 * self->n > self->n_room)
    resolve (self);
}

/* Whether any of @n references passes the bar. */
DUB_CLONES static gboolean
any_below (const float *product,
           const float *lowered,
           size_t       n,
           float        bar)
{
  int any = 0;

  for (size_t i = 0; i < n; i++)
    any |= product[i] + lowered[i] <= bar;

  return any;
}

static void
push (DubSelection *self,
      float         lower,
      uint32_t      index)
{
  self->candidate[self->n++] = (DubCandidate) { lower, index, NAN };
  if (self->n == self->n_room)
    make_room (self);
}

void
dub_selection_offer (DubSelection *self,
                     const float  *product,
                     uint32_t      first,
                     size_t        n)
{
  const float *lowered = self->references->lowered + first;

  if (!any_below (product, lowered, n, self->bar))
    return;
  for (size_t i = 0; i < n; i++) {
    float lower = product[i] + lowered[i];

    if (lower <= self->bar)
      push (self, lower, first + (uint32_t) i);
  }
}

void
dub_selection_add (DubSelection *self,
                   uint32_t      index)
{
  if (self->n == self->n_room)
    resolve (self);
  self->candidate[self->n++] = (DubCandidate) { -FLT_MAX, index, NAN };
}

void
dub_selection_finish (DubSelection *self,
                      uint32_t     *indices,
                      double       *distances)
{
  /* What the last bar leaves out need not be measured. */
  if (self->n > self->references->k && self->candidate[0].lower > -FLT_MAX)
    make_room (self);
  resolve (self);
  for (size_t c = 0; c < self->n; c++) {
    indices[c] = self->candidate[c].index;
    if (distances != NULL)
      distances[c] = sqrt (self->candidate[c].exact);
  }
}
