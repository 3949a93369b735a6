#include "ui/model/calibration-row.h"

#include <glib/gi18n.h>

#include "ui/figures/ticks.h"
#include "ui/model/calibration-words.h"

struct _DubCalibrationRow {
  GObject               parent_instance;
  DubCalibrationMeasure measure;
  gboolean              has[2];
  DubCalibrationAge     age[2];
  DubCalibration        measured[2];
};

G_DEFINE_FINAL_TYPE (DubCalibrationRow, dub_calibration_row, G_TYPE_OBJECT)

static guint changed_signal;

DubCalibrationMeasure
dub_calibration_row_get_measure (DubCalibrationRow *self)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_ROW (self), DUB_CALIBRATION_ECE);

  return self->measure;
}

void
dub_calibration_row_set (DubCalibrationRow      *self,
                         const DubCalibration   *const measured[2],
                         const DubCalibrationAge age[2])
{
  g_return_if_fail (DUB_IS_CALIBRATION_ROW (self));

  for (int side = 0; side < 2; side++) {
    self->has[side] = measured[side] != NULL;
    self->age[side] = age[side];
    if (measured[side] != NULL)
      self->measured[side] = *measured[side];
  }
  g_signal_emit (self, changed_signal, 0);
}

static int
side_of (DubCalibrationCell cell)
{
  return cell == DUB_CALIBRATION_CELL_AFTER || cell == DUB_CALIBRATION_CELL_AFTER_INTERVAL;
}

static int
decimals_of (DubCalibrationRow *self)
{
  return self->measure == DUB_CALIBRATION_MCE || self->measure == DUB_CALIBRATION_AVERAGE || self->measure == DUB_CALIBRATION_ACCURACY ? 3 : 4;
}

static char *
value_text (DubCalibrationRow *self,
            double             value)
{
  if (!isfinite (value))
    return g_strdup ("—");

  return self->measure == DUB_CALIBRATION_OVERCONFIDENCE ? dub_number_format_signed (value, 3)
                                                         : dub_number_format (value, decimals_of (self));
}

static char *
interval_text (DubCalibrationRow *self,
               const DubEstimate *estimate)
{
  g_autofree char *low = value_text (self, estimate->low), *high = value_text (self, estimate->high);

  return g_strdup_printf ("[%s, %s]", low, high);
}

/* Cases in the bin that it is of: "worst: 31 → 4". */
static char *
worst_text (DubCalibrationRow *self)
{
  g_autofree char *before = g_strdup_printf ("%" G_GSIZE_FORMAT, self->measured[0].worst_count);
  g_autofree char *after = g_strdup_printf ("%" G_GSIZE_FORMAT, self->measured[1].worst_count);

  return self->has[1] ? g_strdup_printf (_("worst: %s → %s"), before, after) : g_strdup_printf (_("worst: n = %s"), before);
}

char *
dub_calibration_row_get_text (DubCalibrationRow  *self,
                              DubCalibrationCell  cell)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_ROW (self), NULL);

  int side = side_of (cell);
  const DubEstimate *estimate = &self->measured[side].estimate[self->measure];
  gboolean pending = self->age[side] != DUB_CALIBRATION_FRESH;

  switch (cell) {
  case DUB_CALIBRATION_CELL_TITLE:
    return g_strdup (dub_calibration_words_measure (self->measure));
  case DUB_CALIBRATION_CELL_NOTE:
    if (!self->has[0])
      return g_strdup ("");
    return self->measure == DUB_CALIBRATION_MCE ? worst_text (self) : dub_calibration_words_note (self->measure, &self->measured[0]);
  case DUB_CALIBRATION_CELL_BEFORE:
  case DUB_CALIBRATION_CELL_AFTER:
    return self->has[side] ? value_text (self, estimate->value) : g_strdup (pending ? "…" : "");
  case DUB_CALIBRATION_CELL_BEFORE_INTERVAL:
  case DUB_CALIBRATION_CELL_AFTER_INTERVAL:
    if (self->has[side] && isfinite (estimate->low) && isfinite (estimate->high))
      return interval_text (self, estimate);
    return g_strdup (pending && (!self->has[side] || isfinite (estimate->value)) ? "…" : "");
  case DUB_N_CALIBRATION_CELLS:
  default:
    return g_strdup ("");
  }
}

/* How Brier's parts add up, with the one that has no row: "" of other measures. */
static char *
parts_text (DubCalibrationRow *self)
{
  if (self->measure < DUB_CALIBRATION_BRIER || self->measure > DUB_CALIBRATION_BRIER_UNCERTAINTY || !self->has[0])
    return g_strdup ("");

  g_autofree char *before = dub_number_format_signed (dub_calibration_brier_within (&self->measured[0]), 4);
  g_autofree char *after = dub_number_format_signed (dub_calibration_brier_within (&self->measured[1]), 4);
  g_autofree char *within = self->has[1] ? g_strdup_printf ("%s → %s", before, after) : g_strdup (before);

  g_autofree char *text = g_strdup_printf (_("Brier score = reliability − resolution + uncertainty + within groups; within groups: %s."), within);

  return g_strconcat ("\n", text, NULL);
}

char *
dub_calibration_row_get_hint (DubCalibrationRow  *self,
                              DubCalibrationCell  cell)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_ROW (self), NULL);

  int side = side_of (cell);

  if (cell == DUB_CALIBRATION_CELL_TITLE || cell == DUB_CALIBRATION_CELL_NOTE) {
    g_autofree char *parts = parts_text (self);

    return g_strdup_printf ("%s\n%s%s", dub_calibration_words_measure (self->measure), dub_calibration_words_definition (self->measure),
                            parts);
  }

  return self->has[side] && self->age[side] == DUB_CALIBRATION_FRESH ? g_strdup (self->measured[side].estimate[self->measure].method) : NULL;
}

gboolean
dub_calibration_row_is_old (DubCalibrationRow  *self,
                            DubCalibrationCell  cell)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_ROW (self), FALSE);

  if (cell == DUB_CALIBRATION_CELL_TITLE || cell == DUB_CALIBRATION_CELL_NOTE)
    return FALSE;

  return self->age[side_of (cell)] >= (cell == DUB_CALIBRATION_CELL_BEFORE || cell == DUB_CALIBRATION_CELL_AFTER
                                         ? DUB_CALIBRATION_OLD_VALUES : DUB_CALIBRATION_OLD_INTERVALS);
}

static void
dub_calibration_row_class_init (DubCalibrationRowClass *klass)
{
  changed_signal = g_signal_new ("changed", DUB_TYPE_CALIBRATION_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dub_calibration_row_init (DubCalibrationRow *self)
{
}

DubCalibrationRow *
dub_calibration_row_new (DubCalibrationMeasure measure)
{
  DubCalibrationRow *self = g_object_new (DUB_TYPE_CALIBRATION_ROW, NULL);

  self->measure = measure;

  return self;
}
