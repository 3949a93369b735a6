/* The chosen bin is the selected set of the session: choosing one selects its cases, and another set lets go of it. */
#include "ui/model/calibration-bench-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/figures/ticks.h"
#include "ui/model/calibration-words.h"

static int
edge_decimals (const DubReliability *bins)
{
  return bins->binning == DUB_BINS_EQUAL_WIDTH ? 2 : 3;
}

char *
dub_calibration_bench_bin_words (const DubReliability *bins,
                                 size_t                bin)
{
  g_autofree char *low = dub_number_format (bins->edge[bin], edge_decimals (bins));
  g_autofree char *high = dub_number_format (bins->edge[bin + 1], edge_decimals (bins));

  return g_strdup_printf ("%s%s, %s]", bin == 0 ? "[" : "(", low, high);
}

static char *
title_of (DubCalibrationBench      *self,
          const DubCalibrationItem *item,
          size_t                    bin,
          size_t                    n)
{
  g_autofree char *words = dub_calibration_bench_bin_words (item->bins, bin);
  g_autofree char *number = g_strdup_printf ("%" G_GSIZE_FORMAT, n);

  return g_strdup_printf (g_dngettext (NULL, "%s case of confidence in %s, %s", "%s cases of confidence in %s, %s", n), number, words,
                          item->name);
}

static void
take_bin (DubCalibrationBench *self,
          int                  side,
          int                  bin)
{
  if (self->bin == bin && (bin < 0 || self->bin_side == side))
    return;
  self->bin = bin;
  self->bin_side = side;
  _dub_calibration_bench_bin_changed (self);
}

int
dub_calibration_bench_get_bin (DubCalibrationBench *self,
                               int                 *side)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self), -1);

  if (side != NULL)
    *side = self->bin_side;

  return self->bin;
}

/* Of networks one by one the sides are their curves. */
static guint
count_sides (DubCalibrationBench *self)
{
  return self->view == DUB_CALIBRATION_MODELS ? self->shown->len : 2;
}

DubCalibrationItem *
dub_calibration_bench_get_chosen (DubCalibrationBench *self,
                                  int                  side)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self), NULL);

  if (side < 0 || (guint) side >= count_sides (self))
    return NULL;

  return self->view == DUB_CALIBRATION_MODELS ? self->shown->pdata[side] : self->side[side];
}

void
dub_calibration_bench_choose_bin (DubCalibrationBench *self,
                                  int                  side,
                                  int                  bin)
{
  g_return_if_fail (DUB_IS_CALIBRATION_BENCH (self));

  DubSelection *selection = dub_session_get_selection (self->session);
  DubCalibrationItem *item = dub_calibration_bench_get_chosen (self, side);

  if (item == NULL) {
    side = 0;
    item = dub_calibration_bench_get_chosen (self, side);
  }
  if (item == NULL || item->bins == NULL || bin >= (int) item->bins->n_bins)
    return;
  if (bin < 0) {
    gboolean had = self->bin >= 0;

    take_bin (self, side, -1);
    if (had)
      dub_selection_clear_set (selection);
    return;
  }

  size_t n;
  g_autofree guint *cases = dub_calibration_item_take_bin (item, (size_t) bin, &n);
  g_autofree char *title = title_of (self, item, (size_t) bin, n);

  self->choosing = TRUE;
  dub_selection_set_set (selection, cases, n, title);
  self->choosing = FALSE;
  take_bin (self, side, bin);
}

/* Bin of @item whose cases are exactly the @n of @set; -1 = none. */
static int
bin_of_set (const DubCalibrationItem *item,
            const guint              *set,
            size_t                    n)
{
  gssize first = n > 0 ? dub_calibration_answers_find (item->answers, set[0]) : -1;
  size_t bin, n_bin;

  if (first < 0)
    return -1;
  bin = dub_calibration_item_bin_of (item, (size_t) first);
  if (item->bins->count[bin] != n)
    return -1;

  g_autofree guint *cases = dub_calibration_item_take_bin (item, bin, &n_bin);

  return memcmp (cases, set, n * sizeof *set) == 0 ? (int) bin : -1;
}

void
_dub_calibration_bench_match_bin (DubCalibrationBench *self)
{
  size_t n;
  const guint *set = dub_selection_get_set (dub_session_get_selection (self->session), &n);
  guint n_sides = count_sides (self);
  int bin = -1, side = (guint) self->bin_side < n_sides ? self->bin_side : 0;

  if (self->choosing)
    return;
  for (guint k = 0, first = (guint) side; k < n_sides && bin < 0; k++) {
    guint tried = (first + k) % n_sides;
    const DubCalibrationItem *item = dub_calibration_bench_get_chosen (self, (int) tried);

    if (item == NULL || item->bins == NULL)
      continue;
    bin = bin_of_set (item, set, n);
    side = bin >= 0 ? (int) tried : side;
  }
  take_bin (self, side, bin);
  /* Another set that is no bin's is news as well. */
  if (bin < 0)
    _dub_calibration_bench_bin_changed (self);
}

void
dub_calibration_bench_count_set (DubCalibrationBench      *self,
                                 const DubCalibrationItem *item,
                                 DubCalibrationSet        *set)
{
  g_return_if_fail (DUB_IS_CALIBRATION_BENCH (self) && item != NULL && item->bins != NULL);

  DubSelection *selection = dub_session_get_selection (self->session);
  const guint *cases = dub_selection_get_set (selection, &set->n_set);
  double confidence = 0.0;
  size_t n_correct = 0;

  set->has_set = dub_selection_has_set (selection);
  set->n_here = 0;
  set->count = set->has_set ? g_new0 (guint, item->bins->n_bins) : NULL;
  for (size_t k = 0; k < set->n_set; k++) {
    gssize at = dub_calibration_answers_find (item->answers, cases[k]);

    if (at < 0)
      continue;
    set->n_here++;
    set->count[dub_calibration_item_bin_of (item, (size_t) at)]++;
    confidence += item->answers->predictions->confidence[at];
    n_correct += item->answers->predictions->correct[at] ? 1 : 0;
  }
  set->confidence = set->n_here > 0 ? confidence / (double) set->n_here : (double) NAN;
  set->accuracy = set->n_here > 0 ? (double) n_correct / (double) set->n_here : (double) NAN;
}
