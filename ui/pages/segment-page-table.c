#include "ui/pages/segment-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/widgets/bar.h"
#include "ui/widgets/column-titles.h"

/* Columns of volumes there are at most; more classes stand in the panel. */
enum { MOST_CLASS_COLUMNS = 4 };

typedef enum { COLUMN_CASE, COLUMN_MEAN, COLUMN_WORST, COLUMN_GO, COLUMN_SHARE, COLUMN_CLASS } Column;

static const DubSegmentScoreNumbers *
numbers_of (DubSegmentPage *self,
            DubSegmentRow  *row)
{
  const DubSegmentNumbers *numbers = dub_segment_row_get_numbers (row);
  DubSegmentScore score = dub_segment_session_get_score (self->segment);

  return numbers != NULL && numbers->scores & 1u << score ? &numbers->score[score] : NULL;
}

/* What the column sorts by; NaN where it is not known. */
static double
key_of (DubSegmentPage *self,
        DubSegmentRow  *row,
        int             column)
{
  const DubSegmentScoreNumbers *score = numbers_of (self, row);
  const DubSegmentNumbers *numbers = dub_segment_row_get_numbers (row);

  switch (column) {
  case COLUMN_MEAN:
    return score != NULL ? score->mean_foreground : (double) NAN;
  case COLUMN_WORST:
  case COLUMN_GO:
    return score != NULL && score->n_places > 0 ? score->places[0].mean : (double) NAN;
  case COLUMN_SHARE:
    return score != NULL ? score->share_above : (double) NAN;
  default: {
    size_t c = (size_t) (column - COLUMN_CLASS) + 1;

    return numbers != NULL && c < numbers->n_classes ? numbers->ml[c] : (double) NAN;
  }
  }
}

typedef struct {
  DubSegmentPage *self;
  int             column;
} SortData;

static int
compare_cb (gconstpointer a,
            gconstpointer b,
            gpointer      user_data)
{
  const SortData *sort = user_data;
  DubSegmentRow *first = (DubSegmentRow *) a, *second = (DubSegmentRow *) b;

  if (sort->column == COLUMN_CASE) {
    int order = g_utf8_collate (dub_segment_row_get_id (first), dub_segment_row_get_id (second));

    return order < 0 ? GTK_ORDERING_SMALLER : order > 0 ? GTK_ORDERING_LARGER : GTK_ORDERING_EQUAL;
  }

  double x = key_of (sort->self, first, sort->column), y = key_of (sort->self, second, sort->column);

  /* What is not known yet counts as least: where the largest come first it is last. */
  if (isnan (x) || isnan (y))
    return isnan (x) && isnan (y) ? GTK_ORDERING_EQUAL : isnan (x) ? GTK_ORDERING_SMALLER : GTK_ORDERING_LARGER;

  return x < y ? GTK_ORDERING_SMALLER : x > y ? GTK_ORDERING_LARGER : GTK_ORDERING_EQUAL;
}

/* --- cells --- */

static void
set_text (GtkWidget  *label,
          int         decimals,
          const char *unit,
          double      value)
{
  g_autofree char *text = isnan (value) ? g_strdup ("—") : g_strdup_printf ("%.*f%s", decimals, value, unit);

  gtk_label_set_text (GTK_LABEL (label), text);
}

static void
fill_case (GtkWidget     *cell,
           DubSegmentRow *row)
{
  GtkWidget *label = gtk_widget_get_first_child (cell), *note = gtk_widget_get_next_sibling (label);
  DubSegmentRowState state = dub_segment_row_get_state (row);

  gtk_label_set_text (GTK_LABEL (label), dub_segment_row_get_id (row));
  /* Where both have no room, the name is what is read. */
  gtk_label_set_width_chars (GTK_LABEL (label), (int) MIN (g_utf8_strlen (dub_segment_row_get_id (row), -1), 12));
  gtk_label_set_text (GTK_LABEL (note), state == DUB_SEGMENT_ROW_COMPUTING ? _("computing…")
                                        : state == DUB_SEGMENT_ROW_FAILED  ? _("failed")
                                                                           : "");
  gtk_widget_set_tooltip_text (cell, state == DUB_SEGMENT_ROW_FAILED ? dub_segment_row_get_message (row)
                                                                     : dub_segment_row_get_id (row));
}

static void
fill_cell (DubSegmentPage *self,
           GtkWidget      *cell,
           DubSegmentRow  *row,
           int             column)
{
  double value = column != COLUMN_CASE ? key_of (self, row, column) : 0.0;
  const DubSegmentScoreNumbers *score = numbers_of (self, row);

  /* Numbers of what was set before fade until the case is computed anew. */
  gtk_widget_set_opacity (cell, column != COLUMN_CASE && dub_segment_row_get_state (row) != DUB_SEGMENT_ROW_DONE ? 0.5 : 1.0);
  if (column == COLUMN_CASE) {
    fill_case (cell, row);
  } else if (column == COLUMN_MEAN) {
    GtkWidget *bar = gtk_widget_get_first_child (cell);
    GListModel *rows = dub_segment_session_get_rows (self->segment);
    double most = 0.0;

    for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
      most = fmax (most, key_of (self, dub_segment_session_get_row (self->segment, i), COLUMN_MEAN));
    dub_bar_set_value (DUB_BAR (bar), isnan (value) || most <= 0.0 ? (double) NAN : value / most,
                       isnan (value) || most <= 0.0 ? 0.0 : 0.3 + 0.5 * value / most);
    set_text (gtk_widget_get_next_sibling (bar), 3, "", value);
  } else if (column == COLUMN_GO) {
    gtk_widget_set_visible (cell, score != NULL && score->n_places > 0);
    if (score != NULL && score->n_places > 0) {
      const int64_t *voxel = score->places[0].voxel;
      g_autofree char *at = g_strdup_printf ("%d, %d, %d", (int) voxel[0], (int) voxel[1], (int) voxel[2]);
      g_autofree char *said = g_strdup_printf (_("Go to the worst patch of %s, voxel %s"), dub_segment_row_get_id (row), at);

      gtk_label_set_text (GTK_LABEL (gtk_widget_get_last_child (gtk_button_get_child (GTK_BUTTON (cell)))), at);
      gtk_actionable_set_action_target (GTK_ACTIONABLE (cell), "(ii)", (int) dub_segment_row_get_index (row), 0);
      gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
    }
  } else if (column == COLUMN_SHARE) {
    set_text (cell, 0, " %", 100.0 * value);
  } else {
    set_text (cell, column == COLUMN_WORST ? 3 : fabs (value) < 10.0 ? 2 : 0, "", value);
  }
}

static void
row_changed_cb (DubSegmentRow *row,
                GParamSpec    *pspec,
                GtkListItem   *item)
{
  DubSegmentPage *self = g_object_get_data (G_OBJECT (item), "page");

  if (self->segment != NULL)
    fill_cell (self, gtk_list_item_get_child (item), row, GPOINTER_TO_INT (g_object_get_data (G_OBJECT (item), "column")));
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         DubSegmentPage           *self)
{
  DubSegmentRow *row = gtk_list_item_get_item (item);

  g_object_set_data (G_OBJECT (item), "page", self);
  g_object_set_data (G_OBJECT (item), "column", g_object_get_data (G_OBJECT (factory), "column"));
  g_signal_connect (row, "notify::serial", G_CALLBACK (row_changed_cb), item);
  row_changed_cb (row, NULL, item);
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           DubSegmentPage           *self)
{
  g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (item), item);
}

static GtkWidget *
number_label (gboolean dim)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 1.0f);
  gtk_widget_add_css_class (label, "numeric");
  if (dim)
    gtk_widget_add_css_class (label, "dim-label");

  return label;
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          DubSegmentPage           *self)
{
  int column = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (factory), "column"));
  GtkWidget *cell;

  if (column == COLUMN_CASE) {
    GtkWidget *name = gtk_label_new (NULL), *note = gtk_label_new (NULL);

    cell = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
    gtk_label_set_xalign (GTK_LABEL (name), 0.0f);
    gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
    gtk_label_set_ellipsize (GTK_LABEL (note), PANGO_ELLIPSIZE_END);
    gtk_widget_add_css_class (note, "dim-label");
    gtk_box_append (GTK_BOX (cell), name);
    gtk_box_append (GTK_BOX (cell), note);
  } else if (column == COLUMN_MEAN) {
    GtkWidget *bar = dub_bar_new (DUB_BAR_HEAT), *number = number_label (FALSE);

    cell = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
    gtk_widget_set_size_request (bar, 48, -1);
    gtk_widget_set_hexpand (bar, TRUE);
    gtk_widget_add_css_class (number, "heading");
    gtk_box_append (GTK_BOX (cell), bar);
    gtk_box_append (GTK_BOX (cell), number);
  } else if (column == COLUMN_GO) {
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

    cell = gtk_button_new ();
    gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("dub-crosshair-symbolic"));
    gtk_box_append (GTK_BOX (box), number_label (FALSE));
    gtk_button_set_child (GTK_BUTTON (cell), box);
    gtk_actionable_set_action_target (GTK_ACTIONABLE (cell), "(ii)", -1, -1);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (cell), "segment.go-to");
    gtk_widget_add_css_class (cell, "flat");
    gtk_widget_set_halign (cell, GTK_ALIGN_END);
    gtk_widget_set_valign (cell, GTK_ALIGN_CENTER);
  } else {
    cell = number_label (column != COLUMN_WORST);
    if (column == COLUMN_WORST)
      gtk_widget_add_css_class (cell, "heading");
  }
  gtk_list_item_set_child (item, cell);
}

/* --- columns --- */

static GtkColumnViewColumn *
add_column (DubSegmentPage *self,
            int             column,
            const char     *title,
            int             width)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *result;
  SortData *sort = g_new (SortData, 1);
  GtkSorter *sorter;

  sort->self = self;
  sort->column = column;
  sorter = GTK_SORTER (gtk_custom_sorter_new (compare_cb, sort, g_free));
  g_object_set_data (G_OBJECT (factory), "column", GINT_TO_POINTER (column));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
  result = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_sorter (result, sorter);
  g_ptr_array_add (self->sorters, sorter);
  if (width > 0)
    gtk_column_view_column_set_fixed_width (result, width);
  else
    gtk_column_view_column_set_expand (result, TRUE);
  gtk_column_view_append_column (self->table, result);
  g_object_unref (result);

  return result;
}

static void
sort_again (DubSegmentPage *self)
{
  for (guint i = 0; i < self->sorters->len; i++)
    gtk_sorter_changed (g_ptr_array_index (self->sorters, i), GTK_SORTER_CHANGE_DIFFERENT);
}

/* A column for each class as soon as the network's classes are known. */
static void
update_class_columns (DubSegmentPage *self)
{
  size_t n = _dub_segment_page_n_classes (self);
  guint wanted = n > 0 ? (guint) MIN (n - 1, MOST_CLASS_COLUMNS) : self->n_class_columns;

  while (self->n_class_columns < wanted) {
    g_autofree char *name = _dub_segment_page_class_name (self, self->n_class_columns + 1);
    g_autofree char *title = g_strdup_printf (_("%s mL"), name);

    add_column (self, COLUMN_CLASS + (int) self->n_class_columns, title, 108);
    self->n_class_columns++;
  }
  dub_column_view_align_titles (self->table);
}

static void
row_done_cb (DubSegmentPage *self)
{
  if (self->segment == NULL)
    return;
  update_class_columns (self);
  sort_again (self);
}

static void
rows_changed_cb (DubSegmentPage *self)
{
  GListModel *rows = dub_segment_session_get_rows (self->segment);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++) {
    DubSegmentRow *row = dub_segment_session_get_row (self->segment, i);

    g_signal_handlers_disconnect_by_func (row, row_done_cb, self);
    g_signal_connect_object (row, "notify::serial", G_CALLBACK (row_done_cb), self, G_CONNECT_SWAPPED);
  }
  _dub_segment_page_select_row (self);
}

void
_dub_segment_page_update_table (DubSegmentPage *self)
{
  g_autofree char *title = g_strdup_printf (_("mean %s"), _dub_segment_page_score_name (dub_segment_session_get_score (self->segment)));
  GListModel *rows = dub_segment_session_get_rows (self->segment);

  gtk_column_view_column_set_title (self->mean_column, title);
  update_class_columns (self);
  /* The cells of what is listed are filled again. */
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    g_object_notify (G_OBJECT (dub_segment_session_get_row (self->segment, i)), "serial");
  sort_again (self);
}

/* --- selection --- */

static void
selected_cb (DubSegmentPage *self)
{
  DubSegmentRow *row = gtk_single_selection_get_selected_item (self->selection);

  if (!self->updating && row != NULL && dub_session_get_case_index (self->session) != (int) dub_segment_row_get_index (row))
    dub_session_select (self->session, (int) dub_segment_row_get_index (row), -1);
}

static guint
position_of (DubSegmentPage *self,
             int             index)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  for (guint i = 0; i < n; i++) {
    g_autoptr (DubSegmentRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

    if ((int) dub_segment_row_get_index (row) == index)
      return i;
  }

  return GTK_INVALID_LIST_POSITION;
}

void
_dub_segment_page_select_row (DubSegmentPage *self)
{
  gboolean updating = self->updating;

  if (self->selection == NULL)
    return;
  self->updating = TRUE;
  gtk_single_selection_set_selected (self->selection, position_of (self, dub_session_get_case_index (self->session)));
  self->updating = updating;
}

int
_dub_segment_page_next_case (DubSegmentPage *self)
{
  guint position = position_of (self, dub_session_get_case_index (self->session));
  g_autoptr (DubSegmentRow) row = position != GTK_INVALID_LIST_POSITION
                                    ? g_list_model_get_item (G_LIST_MODEL (self->selection), position + 1) : NULL;

  return row != NULL ? (int) dub_segment_row_get_index (row) : -1;
}

void
_dub_segment_page_build_table (DubSegmentPage *self)
{
  GListModel *rows = dub_segment_session_get_rows (self->segment);
  GtkSortListModel *sorted;

  self->sorters = g_ptr_array_new_with_free_func (g_object_unref);
  add_column (self, COLUMN_CASE, _("Case"), 0);
  self->mean_column = add_column (self, COLUMN_MEAN, "", 150);
  add_column (self, COLUMN_WORST, _("worst patch"), 86);
  add_column (self, COLUMN_GO, _("go there"), 128);
  add_column (self, COLUMN_SHARE, _("> 0.5"), 58);

  sorted = gtk_sort_list_model_new (g_object_ref (rows), g_object_ref (gtk_column_view_get_sorter (self->table)));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (sorted));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_column_view_set_model (self->table, GTK_SELECTION_MODEL (self->selection));
  g_object_unref (self->selection);
  gtk_column_view_sort_by_column (self->table, self->mean_column, GTK_SORT_DESCENDING);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (rows, "items-changed", G_CALLBACK (rows_changed_cb), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  rows_changed_cb (self);
}
