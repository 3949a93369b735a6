/* The diagrams as a table: every bin with its cases, confidence and accuracy, before and after. A row chooses its bin. */
#include "ui/pages/calibration-page-private.h"

#include <glib/gi18n.h>

#include "ui/widgets/column-titles.h"

typedef enum { BIN, CASES, CONFIDENCE, ACCURACY } Kind;

static const struct {
  const char *title;
  Kind        kind;
  int         side;
} COLUMNS[] = {
  { N_("Bin"), BIN, 0 },
  { N_("cases before"), CASES, 0 },
  { N_("confidence"), CONFIDENCE, 0 },
  { N_("accuracy"), ACCURACY, 0 },
  { N_("cases after"), CASES, 1 },
  { N_("confidence"), CONFIDENCE, 1 },
  { N_("accuracy"), ACCURACY, 1 },
};

static char *
cell_text (DubCalibrationPage *self,
           guint               column,
           guint               bin)
{
  const DubCalibrationItem *item = dub_calibration_bench_get_side (self->bench, COLUMNS[column].side);
  const DubReliability *bins = item != NULL ? item->bins : NULL;

  if (bins == NULL || bin >= bins->n_bins)
    return g_strdup ("");
  switch (COLUMNS[column].kind) {
  case CASES:
    return g_strdup_printf ("%" G_GSIZE_FORMAT, bins->count[bin]);
  case CONFIDENCE:
    return _dub_calibration_number (bins->confidence[bin], 3);
  case ACCURACY:
    return _dub_calibration_number (bins->accuracy[bin], 3);
  case BIN:
  default:
    return dub_calibration_bench_bin_words (bins, bin);
  }
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          gpointer                  column)
{
  GtkWidget *label = _dub_calibration_label (NULL, "numeric", COLUMNS[GPOINTER_TO_UINT (column)].kind == BIN ? 0.0f : 1.0f);

  g_object_set_data (G_OBJECT (item), "column", column);
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (DubCalibrationPage *self,
         GtkListItem        *item)
{
  guint column = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (item), "column"));
  g_autofree char *text = cell_text (self, column, gtk_list_item_get_position (item));

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

/* As in the diagrams, an empty bin is none. Networks one by one have other bins than the rows, which are the ensemble's. */
static void
selected_cb (DubCalibrationPage *self)
{
  guint bin = gtk_single_selection_get_selected (self->bin_rows);

  if (self->updating || bin == GTK_INVALID_LIST_POSITION)
    return;
  for (int side = 0; side < 2 && !_dub_calibration_page_is_of_models (self); side++) {
    const DubCalibrationItem *item = dub_calibration_bench_get_side (self->bench, side);

    if (item != NULL && item->bins != NULL && bin < item->bins->n_bins && item->bins->count[bin] > 0) {
      dub_calibration_bench_choose_bin (self->bench, side, (int) bin);
      return;
    }
  }
  _dub_calibration_page_choose_row (self);
}

void
_dub_calibration_page_build_bins (DubCalibrationPage *self)
{
  for (guint c = 0; c < G_N_ELEMENTS (COLUMNS); c++) {
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (_(COLUMNS[c].title), factory);

    g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), GUINT_TO_POINTER (c));
    g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
    gtk_column_view_column_set_expand (column, TRUE);
    gtk_column_view_append_column (self->bins_table, column);
  }
  self->bin_rows = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->bin_rows, FALSE);
  gtk_single_selection_set_can_unselect (self->bin_rows, TRUE);
  gtk_column_view_set_model (self->bins_table, GTK_SELECTION_MODEL (self->bin_rows));
  g_signal_connect_object (self->bin_rows, "notify::selected", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  dub_column_view_align_titles (self->bins_table);
}

/* Two columns have no room for all of “share of the class”: their tooltips say it. */
static void
name_share (DubCalibrationPage *self)
{
  for (guint c = 0; c < G_N_ELEMENTS (COLUMNS); c++) {
    g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (gtk_column_view_get_columns (self->bins_table), c);
    gboolean one_class = dub_calibration_bench_get_setting (self->bench)->class_index >= 0;
    const char *title = one_class ? _("class share") : _("accuracy");

    if (COLUMNS[c].kind != ACCURACY || g_strcmp0 (gtk_column_view_column_get_title (column), title) == 0)
      continue;
    gtk_column_view_column_set_title (column, title);
    dub_column_view_explain_title (self->bins_table, c, one_class ? _dub_calibration_page_share_words (self) : NULL);
  }
}

/* Rows are made anew with every other diagram: there are fifty at most, and none while nobody looks. */
void
_dub_calibration_page_update_bins_table (DubCalibrationPage *self)
{
  const DubCalibrationItem *item = dub_calibration_bench_get_side (self->bench, 0);
  guint n = self->as_bins && item != NULL && item->bins != NULL ? (guint) item->bins->n_bins : 0;
  g_autoptr (GtkStringList) rows = gtk_string_list_new (NULL);

  gtk_stack_set_visible_child_name (self->tables, self->as_bins ? "bins" : "measures");
  for (guint bin = 0; bin < n; bin++)
    gtk_string_list_append (rows, "");
  name_share (self);
  self->updating = TRUE;
  gtk_single_selection_set_model (self->bin_rows, G_LIST_MODEL (rows));
  self->updating = FALSE;
  _dub_calibration_page_choose_row (self);
}

void
_dub_calibration_page_choose_row (DubCalibrationPage *self)
{
  int bin = _dub_calibration_page_is_of_models (self) ? -1 : dub_calibration_bench_get_bin (self->bench, NULL);

  self->updating = TRUE;
  gtk_single_selection_set_selected (self->bin_rows, bin >= 0 ? (guint) bin : GTK_INVALID_LIST_POSITION);
  self->updating = FALSE;
}
