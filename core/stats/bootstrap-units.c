#include "core/stats/bootstrap-units.h"

#include "core/base/checked.h"

#include <stdlib.h>
#include <string.h>

/* Units drawn together: enough to be fast, few enough to stay near. */
#define DRAWN_AT_ONCE 1024

typedef struct {
  int    group;
  int    stratum;
  size_t index; /* of the case */
} Entry;

static int
compare_entry (const void *a,
               const void *b)
{
  const Entry *x = a, *y = b;

  if (x->group != y->group)
    return x->group < y->group ? -1 : 1;
  if (x->stratum != y->stratum)
    return x->stratum < y->stratum ? -1 : 1;

  return (x->index > y->index) - (x->index < y->index);
}

/* A unit, before the units are ordered by stratum. Its entries are sorted by stratum. */
typedef struct {
  const Entry *entry; /* [n] */
  size_t       n;
} Unit;

static const Entry *
next_stratum (const Unit  *unit,
              const Entry *entry)
{
  const Entry *end = unit->entry + unit->n;
  int stratum = entry->stratum;

  while (entry < end && entry->stratum == stratum)
    entry++;

  return entry < end ? entry : NULL;
}

/* Compares the sets of strata that two units cover. */
static int
compare_strata (const Unit *x,
                const Unit *y)
{
  const Entry *a = x->entry, *b = y->entry;

  while (a != NULL && b != NULL) {
    if (a->stratum != b->stratum)
      return a->stratum < b->stratum ? -1 : 1;
    a = next_stratum (x, a);
    b = next_stratum (y, b);
  }

  return (a != NULL) - (b != NULL);
}

static int
compare_unit (const void *a,
              const void *b)
{
  const Unit *x = a, *y = b;
  int order = compare_strata (x, y);

  if (order != 0)
    return order;

  return (x->entry > y->entry) - (x->entry < y->entry);
}

/* The cases of a resample that draws the largest unit of a stratum every time. */
static gboolean
add_longest (DubBootstrapUnits *self,
             size_t             n_units,
             size_t             largest)
{
  size_t product;

  return dub_checked_mul (n_units, largest, &product) && dub_checked_add (self->longest, product, &self->longest);
}

static gboolean
order_units (DubBootstrapUnits *self,
             Unit              *units)
{
  size_t at = 0, largest = 0;

  qsort (units, self->n_units, sizeof *units, compare_unit);
  for (size_t u = 0; u < self->n_units; u++) {
    if (u == 0 || compare_strata (&units[u - 1], &units[u]) != 0) {
      if (u > 0 && !add_longest (self, u - self->stratum_first[self->n_strata - 1], largest))
        return FALSE;
      self->stratum_first[self->n_strata++] = u;
      largest = 0;
    }
    largest = MAX (largest, units[u].n);
    self->unit_first[u] = at;
    for (size_t i = 0; i < units[u].n; i++)
      self->cases[at++] = units[u].entry[i].index;
  }
  self->unit_first[self->n_units] = at;
  self->stratum_first[self->n_strata] = self->n_units;

  return add_longest (self, self->n_units - self->stratum_first[self->n_strata - 1], largest)
         && self->longest <= G_MAXUINT32;
}

DubBootstrapUnits *
_dub_bootstrap_units_new (const DubBootstrapDesign *design,
                          GError                  **error)
{
  size_t n = design->n_cases;
  g_autofree Entry *entries = g_new (Entry, n);
  g_autofree Unit *units = g_new0 (Unit, n);
  g_autoptr (DubBootstrapUnits) self = g_new0 (DubBootstrapUnits, 1);

  for (size_t i = 0; i < n; i++)
    entries[i] = (Entry) {
      .group = design->groups != NULL ? design->groups[i] : 0,
      .stratum = design->strata != NULL ? design->strata[i] : 0,
      .index = i,
    };
  qsort (entries, n, sizeof *entries, compare_entry);

  for (size_t i = 0; i < n; i++) {
    if (i == 0 || design->groups == NULL || entries[i].group != entries[i - 1].group)
      units[self->n_units++].entry = &entries[i];
    units[self->n_units - 1].n++;
  }

  self->n_cases = n;
  self->cases = g_new (size_t, n);
  self->unit_first = g_new (size_t, self->n_units + 1);
  self->stratum_first = g_new (size_t, self->n_units + 1);
  if (!order_units (self, units)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "The %zu cases are grouped so unevenly that a resample could have more than %u cases.",
                 n, G_MAXUINT32);
    return NULL;
  }
  self->in_order = self->n_units == n && self->n_strata == 1;
  for (size_t i = 0; i < n && self->in_order; i++)
    self->in_order = self->cases[i] == i;

  return g_steal_pointer (&self);
}

void
_dub_bootstrap_units_free (DubBootstrapUnits *self)
{
  if (self == NULL)
    return;
  g_free (self->cases);
  g_free (self->unit_first);
  g_free (self->stratum_first);
  g_free (self);
}

static size_t
append_unit (const DubBootstrapUnits *self,
             size_t                   unit,
             size_t                   at,
             size_t                  *cases,
             uint32_t                *count)
{
  for (size_t i = self->unit_first[unit]; i < self->unit_first[unit + 1]; i++) {
    if (cases != NULL)
      cases[at] = self->cases[i];
    count[self->cases[i]]++;
    at++;
  }

  return at;
}

static size_t
count_up (const uint32_t *drawn,
          size_t          n,
          size_t          at,
          uint32_t       *count)
{
  for (size_t k = 0; k < n; k++)
    count[drawn[k]]++;

  return at + n;
}

static size_t
append_cases (const size_t   *of_stratum,
              const uint32_t *drawn,
              size_t          n,
              size_t          at,
              size_t         *cases,
              uint32_t       *count)
{
  for (size_t k = 0; k < n; k++) {
    if (cases != NULL)
      cases[at + k] = of_stratum[drawn[k]];
    count[of_stratum[drawn[k]]]++;
  }

  return at + n;
}

size_t
_dub_bootstrap_units_draw (const DubBootstrapUnits *self,
                           DubRng                  *rng,
                           size_t                  *cases,
                           uint32_t                *count)
{
  size_t at = 0;

  memset (count, 0, self->n_cases * sizeof *count);
  for (size_t s = 0; s < self->n_strata; s++) {
    size_t first = self->stratum_first[s];
    uint32_t n = (uint32_t) (self->stratum_first[s + 1] - first);

    for (uint32_t i = 0, end; i < n; i = end) {
      uint32_t drawn[DRAWN_AT_ONCE];

      end = i + MIN (n - i, DRAWN_AT_ONCE);
      dub_rng_fill_below (rng, n, drawn, end - i);
      /* Without patients a unit is its case. */
      if (self->n_units < self->n_cases)
        for (uint32_t k = 0; k < end - i; k++)
          at = append_unit (self, first + drawn[k], at, cases, count);
      else if (cases == NULL && self->in_order)
        at = count_up (drawn, end - i, at, count);
      else
        at = append_cases (self->cases + first, drawn, end - i, at, cases, count);
    }
  }

  return at;
}

size_t
_dub_bootstrap_units_without (const DubBootstrapUnits *self,
                              size_t                   unit,
                              size_t                  *cases,
                              uint32_t                *count)
{
  size_t at = 0;

  memset (count, 0, self->n_cases * sizeof *count);
  for (size_t u = 0; u < self->n_units; u++)
    if (u != unit)
      at = append_unit (self, u, at, cases, count);

  return at;
}
