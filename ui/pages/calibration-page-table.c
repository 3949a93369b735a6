/* The measures in full names: before and after, each with its interval; a tooltip defines them. */
#include "ui/pages/calibration-page-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/widgets/column-titles.h"

enum { NARROW_TITLE = 226 };

static const struct {
  const char *title;
  const char *style;  /* (nullable) */
  float       xalign;
  int         width;  /* 0 = what is left */
} COLUMNS[DUB_N_CALIBRATION_CELLS] = {
  [DUB_CALIBRATION_CELL_TITLE] = { NULL, "strong", 0.0f, 0 },
  [DUB_CALIBRATION_CELL_NOTE] = { NULL, "dim-label", 0.0f, 122 },
  [DUB_CALIBRATION_CELL_BEFORE] = { N_("before"), "strong", 1.0f, 68 },
  [DUB_CALIBRATION_CELL_BEFORE_INTERVAL] = { N_("95 % CI"), "dim-label", 1.0f, 134 },
  [DUB_CALIBRATION_CELL_AFTER] = { N_("after"), "strong", 1.0f, 68 },
  [DUB_CALIBRATION_CELL_AFTER_INTERVAL] = { N_("95 % CI"), "dim-label", 1.0f, 140 },
};

static DubCalibrationCell
cell_of (GtkListItem *item)
{
  return (DubCalibrationCell) GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (item), "cell"));
}

static void
show_row_cb (DubCalibrationRow *row,
             GtkListItem       *item)
{
  GtkLabel *label = GTK_LABEL (gtk_list_item_get_child (item));
  DubCalibrationCell cell = cell_of (item);
  g_autofree char *text = dub_calibration_row_get_text (row, cell), *hint = dub_calibration_row_get_hint (row, cell);

  gtk_label_set_text (label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (label), hint);
  if (dub_calibration_row_is_old (row, cell))
    gtk_widget_add_css_class (GTK_WIDGET (label), "stale");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (label), "stale");
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          gpointer                  cell)
{
  guint column = GPOINTER_TO_UINT (cell);
  GtkWidget *label = _dub_calibration_label (NULL, "numeric", COLUMNS[column].xalign);

  if (COLUMNS[column].style != NULL)
    gtk_widget_add_css_class (label, COLUMNS[column].style);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  g_object_set_data (G_OBJECT (item), "cell", cell);
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  DubCalibrationRow *row = gtk_list_item_get_item (item);

  g_signal_connect_object (row, "changed", G_CALLBACK (show_row_cb), item, 0);
  show_row_cb (row, item);
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), show_row_cb, item);
}

void
_dub_calibration_page_build_table (DubCalibrationPage *self)
{
  GtkNoSelection *selection;

  self->measures = g_list_store_new (DUB_TYPE_CALIBRATION_ROW);
  for (guint measure = 0; measure < DUB_N_CALIBRATION_MEASURES; measure++) {
    g_autoptr (DubCalibrationRow) row = dub_calibration_row_new ((DubCalibrationMeasure) measure);

    g_list_store_append (self->measures, row);
  }
  for (guint cell = 0; cell < DUB_N_CALIBRATION_CELLS; cell++) {
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    g_autoptr (GtkColumnViewColumn) column =
      gtk_column_view_column_new (COLUMNS[cell].title != NULL ? _(COLUMNS[cell].title) : "", factory);

    g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), GUINT_TO_POINTER (cell));
    g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
    g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
    gtk_column_view_column_set_expand (column, COLUMNS[cell].width == 0);
    if (COLUMNS[cell].width > 0)
      gtk_column_view_column_set_fixed_width (column, COLUMNS[cell].width);
    gtk_column_view_append_column (self->table, column);
  }
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->measures)));
  gtk_column_view_set_model (self->table, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
  dub_column_view_align_titles (self->table);
  for (guint cell = 0; cell < DUB_N_CALIBRATION_CELLS; cell++)
    if (cell == DUB_CALIBRATION_CELL_BEFORE_INTERVAL || cell == DUB_CALIBRATION_CELL_AFTER_INTERVAL)
      dub_column_view_explain_title (self->table, cell,
                                     _("Calibration errors: basic bootstrap, widened to hold the value, so that an end may equal it; from 0 "
                                       "unless chance alone seldom makes an error as large. Where an error is small, about nine of ten such "
                                       "intervals hold the true one."));
}

/* In little room titles are read in full, what the numbers are of is in their tooltips, and the intervals are scrolled to. */
void
_dub_calibration_page_show_columns (DubCalibrationPage *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->table);
  g_autoptr (GtkColumnViewColumn) title = g_list_model_get_item (columns, DUB_CALIBRATION_CELL_TITLE);
  g_autoptr (GtkColumnViewColumn) note = g_list_model_get_item (columns, DUB_CALIBRATION_CELL_NOTE);

  gtk_column_view_column_set_visible (note, !self->narrow);
  gtk_column_view_column_set_fixed_width (title, self->narrow ? NARROW_TITLE : -1);
}

/* TRUE where the table shows something else than that side's numbers. */
static gboolean
take_side (DubCalibrationPage *self,
           int                 side)
{
  const DubCalibrationItem *item = dub_calibration_bench_get_side (self->bench, side);
  gboolean has = item != NULL && item->has_values;
  DubCalibrationAge age = item != NULL ? dub_calibration_item_get_age (item) : DUB_CALIBRATION_FRESH;
  gboolean same = has == self->tabled_has[side] && age == self->tabled_age[side] &&
                  (!has || memcmp (&item->measured, &self->tabled[side], sizeof item->measured) == 0);

  self->tabled_has[side] = has;
  self->tabled_age[side] = age;
  if (has)
    self->tabled[side] = item->measured;

  return !same;
}

void
_dub_calibration_page_update_table (DubCalibrationPage *self)
{
  gboolean other[2] = { take_side (self, 0), take_side (self, 1) };
  const DubCalibration *measured[2] = { self->tabled_has[0] ? &self->tabled[0] : NULL, self->tabled_has[1] ? &self->tabled[1] : NULL };

  if (!other[0] && !other[1])
    return;
  for (guint i = 0; i < DUB_N_CALIBRATION_MEASURES; i++) {
    g_autoptr (DubCalibrationRow) row = g_list_model_get_item (G_LIST_MODEL (self->measures), i);

    dub_calibration_row_set (row, measured, self->tabled_age);
  }
}
