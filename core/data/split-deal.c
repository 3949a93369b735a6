/* Dealing cases into bins of given shares, class by class, groups first.
 *
 * Every class and bin has a target: the class's size times the bin's share, rounded by largest remainder, so
 * that it is less than one case away. Groups go first, from the largest to the smallest, each to the bin that
 * lacks its classes most in proportion; single cases then fill exactly what is left. Where all groups are
 * single cases the targets are met exactly.
 */
#include "core/data/split-private.h"

#include <math.h>
#include <string.h>

/* Remainders closer than this are equal: shares such as .55 are not exact in binary. */
static const double TIE = 1e-9;

typedef struct {
  size_t start; /* in the list of items ordered by group */
  size_t size;
} Group;

/* Rounds @total times @shares to whole numbers of sum @total. @debt is what each bin is owed by the classes
 * before this one; beyond @slack it counts as much as a remainder. Ties go to the earlier bin. */
static void
round_shares (size_t        total,
              const double *shares,
              size_t        n_bins,
              double        slack,
              double       *debt,
              size_t       *target)
{
  g_autofree double *claim = g_new (double, n_bins);
  size_t left = total;

  for (size_t b = 0; b < n_bins; b++) {
    double exact = (double) total * shares[b];
    double whole = floor (exact + TIE);

    target[b] = MIN ((size_t) whole, left);
    left -= target[b];
    claim[b] = shares[b] > 0.0 ? exact - whole + copysign (MAX (fabs (debt[b]) - slack, 0.0), debt[b]) : -HUGE_VAL;
    debt[b] += exact - whole;
  }
  for (; left > 0; left--) {
    size_t best = 0;

    for (size_t b = 1; b < n_bins; b++)
      if (claim[b] > claim[best] + TIE)
        best = b;
    target[best]++;
    debt[best] -= 1.0;
    claim[best] -= (double) total + 1e6; /* a second case only when every other bin has had one */
  }
}

/* How much worse the fit becomes when the items @group go to a bin: the growth of the squared distance from the
 * targets, each class in units of its target, so that a rare class weighs as much as a common one. */
static double
cost_of (const DubDeal *self,
         const size_t  *items,
         const Group   *group,
         const size_t  *target,
         const size_t  *dealt,
         size_t        *scratch)
{
  double cost = 0.0;

  for (size_t i = 0; i < group->size; i++)
    scratch[self->label[items[group->start + i]]]++;
  for (size_t i = 0; i < group->size; i++) {
    size_t c = (size_t) self->label[items[group->start + i]];
    double n = (double) scratch[c], gap = (double) dealt[c] - (double) target[c];

    if (scratch[c] == 0)
      continue;
    cost += n * (2.0 * gap + n) / MAX ((double) target[c], 0.5);
    scratch[c] = 0;
  }

  return cost;
}

/* Groups of more than one case. @dealt [n_bins][n_classes] is updated. */
static void
deal_groups (const DubDeal *self,
             const size_t  *items,
             const Group   *groups,
             size_t         n_groups,
             const size_t  *target,
             size_t        *dealt,
             guint         *bin)
{
  g_autofree size_t *scratch = g_new0 (size_t, self->n_classes);

  for (size_t g = 0; g < n_groups && groups[g].size > 1; g++) {
    size_t best = 0;
    double least = HUGE_VAL;

    for (size_t b = 0; b < self->n_bins; b++) {
      double cost = self->shares[b] > 0.0 ? cost_of (self, items, &groups[g], target + b * self->n_classes,
                                                     dealt + b * self->n_classes, scratch)
                                          : HUGE_VAL;

      if (cost < least - TIE) {
        least = cost;
        best = b;
      }
    }
    for (size_t i = 0; i < groups[g].size; i++) {
      size_t item = items[groups[g].start + i];

      bin[item] = (guint) best;
      dealt[best * self->n_classes + (size_t) self->label[item]]++;
    }
  }
}

/* The single cases of one class into what its bins still lack. */
static void
deal_singles (const DubDeal *self,
              const size_t  *singles,
              size_t         n_singles,
              size_t         c,
              const size_t  *target,
              const size_t  *dealt,
              guint         *bin)
{
  g_autofree double *lack = g_new0 (double, self->n_bins);
  g_autofree double *debt = g_new0 (double, self->n_bins);
  g_autofree size_t *quota = g_new0 (size_t, self->n_bins);
  double sum = 0.0;

  for (size_t b = 0; b < self->n_bins; b++) {
    size_t at = b * self->n_classes + c;

    lack[b] = target[at] > dealt[at] ? (double) (target[at] - dealt[at]) : 0.0;
    sum += lack[b];
  }
  /* The lacks sum to at least the singles; more where groups have filled another bin beyond its target. */
  for (size_t b = 0; b < self->n_bins; b++)
    lack[b] = sum > 0.0 ? lack[b] / sum : self->shares[b];
  round_shares (n_singles, lack, self->n_bins, 0.0, debt, quota);
  for (size_t b = 0, i = 0; b < self->n_bins; b++)
    for (size_t q = 0; q < quota[b]; q++)
      bin[singles[i++]] = (guint) b;
}

static int
compare_sizes_cb (gconstpointer a,
                  gconstpointer b,
                  gpointer      user_data)
{
  const Group *first = a, *second = b;

  return first->size > second->size ? -1 : first->size < second->size;
}

/* Items in random order of their groups, group by group; returns the number of groups. */
static size_t
gather_groups (const DubDeal *self,
               DubRng        *rng,
               size_t        *items,
               Group         *groups)
{
  g_autofree size_t *shuffled = g_new (size_t, self->n_items + 1);
  g_autofree size_t *place = g_new (size_t, self->n_items + 1);
  size_t n_groups = 0, start = 0;

  for (size_t i = 0; i < self->n_items; i++) {
    shuffled[i] = i;
    place[i] = G_MAXSIZE;
  }
  dub_rng_shuffle (rng, shuffled, self->n_items);

  for (size_t i = 0; i < self->n_items; i++) {
    size_t *of_group = &place[self->group[shuffled[i]]];

    if (*of_group == G_MAXSIZE) {
      *of_group = n_groups;
      groups[n_groups++] = (Group) { 0 };
    }
    groups[*of_group].size++;
  }
  for (size_t g = 0; g < n_groups; g++) {
    groups[g].start = start;
    start += groups[g].size;
    groups[g].size = 0;
  }
  for (size_t i = 0; i < self->n_items; i++) {
    Group *group = &groups[place[self->group[shuffled[i]]]];

    items[group->start + group->size++] = shuffled[i];
  }
  /* Stable, so that groups of one size stay in random order. */
  g_qsort_with_data (groups, (int) n_groups, sizeof *groups, compare_sizes_cb, NULL);

  return n_groups;
}

void
_dub_split_deal (const DubDeal *self,
                 DubRng        *rng,
                 guint         *bin)
{
  size_t n_cells = self->n_bins * self->n_classes;
  g_autofree size_t *items = g_new (size_t, self->n_items + 1);
  g_autofree Group *groups = g_new (Group, self->n_items + 1);
  g_autofree size_t *count = g_new0 (size_t, self->n_classes);
  g_autofree size_t *target = g_new0 (size_t, n_cells);
  g_autofree size_t *dealt = g_new0 (size_t, n_cells);
  g_autofree double *debt = g_new0 (double, self->n_bins);
  g_autofree size_t *row = g_new0 (size_t, self->n_bins);
  g_autofree size_t *singles = g_new (size_t, self->n_items + 1);
  size_t n_groups = gather_groups (self, rng, items, groups);
  size_t first_single = 0;

  for (size_t i = 0; i < self->n_items; i++)
    count[self->label[i]]++;
  for (size_t c = 0; c < self->n_classes; c++) {
    round_shares (count[c], self->shares, self->n_bins, self->slack, debt, row);
    for (size_t b = 0; b < self->n_bins; b++)
      target[b * self->n_classes + c] = row[b];
  }

  deal_groups (self, items, groups, n_groups, target, dealt, bin);

  while (first_single < n_groups && groups[first_single].size > 1)
    first_single++;
  for (size_t c = 0; c < self->n_classes; c++) {
    size_t n = 0;

    for (size_t g = first_single; g < n_groups; g++)
      if ((size_t) self->label[items[groups[g].start]] == c)
        singles[n++] = items[groups[g].start];
    deal_singles (self, singles, n, c, target, dealt, bin);
  }
}
