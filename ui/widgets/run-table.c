#include "ui/widgets/run-table.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/model/run-row.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/column-titles.h"

struct _DubRunTable {
  GtkWidget           parent_instance;
  GtkWidget          *scroller;
  GtkWidget          *view;
  GListStore         *rows;
  GtkSingleSelection *selection;
  gboolean            selecting; /* from outside: no signal */
};

G_DEFINE_FINAL_TYPE (DubRunTable, dub_run_table, GTK_TYPE_WIDGET)

enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

/* Writes a row's numbers into its cell. */
typedef void (*FillFunc) (GtkWidget *cell,
                          DubRunRow *row);

static GtkWidget *
label_new (float xalign)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_widget_add_css_class (label, "numeric");

  return label;
}

/* @digits: after the point */
static void
set_number (GtkWidget *label,
            int        digits,
            double     value)
{
  g_autofree char *text = isfinite (value) ? g_strdup_printf ("%.*f", digits, value) : g_strdup ("—");

  gtk_label_set_text (GTK_LABEL (label), text);
}

/* --- the cells --- */

static GtkWidget *
loss_cell (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *label = gtk_label_new (NULL), *badge = gtk_image_new_from_icon_name ("dialog-warning-symbolic");

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (badge, "warning");
  gtk_box_append (GTK_BOX (box), gtk_image_new ());
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), badge);

  return box;
}

/* "CE + 15 DCA" for "Cross-entropy + 15 DCA": the column has little room, and the pointer reads the whole name. */
static char *
short_loss (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "Cross-entropy", -1);

  return g_strjoinv ("CE", parts);
}

static void
fill_loss (GtkWidget *cell,
           DubRunRow *row)
{
  const DubRunNumbers *numbers = dub_run_row_get_numbers (row);
  GtkWidget *icon = gtk_widget_get_first_child (cell), *label = gtk_widget_get_next_sibling (icon);
  GtkWidget *badge = gtk_widget_get_next_sibling (label);
  static const struct { const char *icon, *words; } STATES[] = {
    [DUB_RUN_STATE_NEW] = { "content-loading-symbolic", N_("waits") },
    [DUB_RUN_STATE_RUNNING] = { "media-playback-start-symbolic", N_("is being trained") },
    [DUB_RUN_STATE_STOPPED] = { "media-playback-pause-symbolic", N_("stopped; can be resumed") },
    [DUB_RUN_STATE_DONE] = { "object-select-symbolic", N_("done") },
    [DUB_RUN_STATE_FAILED] = { "dialog-warning-symbolic", N_("failed") },
  };
  const char *failure = dub_run_row_get_failure (row);

  gtk_image_set_from_icon_name (GTK_IMAGE (icon), STATES[numbers->state].icon);
  gtk_widget_set_tooltip_text (icon, failure != NULL ? failure : _(STATES[numbers->state].words));
  g_autofree char *loss = short_loss (dub_run_row_get_loss (row));

  gtk_label_set_text (GTK_LABEL (label), loss);
  gtk_widget_set_tooltip_text (label, dub_run_row_get_loss (row));
  /* A failure has its icon before the loss, and its word in the last column. */
  gtk_widget_set_tooltip_text (badge, _("The network gives every case of its fold the same answer"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (badge), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("The network gives every case of its fold the same answer"), -1);
  gtk_widget_set_visible (badge, failure == NULL && numbers->one_class);
}

static GtkWidget *
number_cell (void)
{
  return label_new (1.0f);
}

static void
fill_beta (GtkWidget *cell,
           DubRunRow *row)
{
  g_autofree char *text = g_strdup_printf ("%g", dub_run_row_get_numbers (row)->dca);

  gtk_label_set_text (GTK_LABEL (cell), text);
}

static void
fill_fold (GtkWidget *cell,
           DubRunRow *row)
{
  set_number (cell, 0, dub_run_row_get_numbers (row)->fold + 1.0);
}

static GtkWidget *
epoch_cell (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *bar = dub_bar_new (DUB_BAR_TEXT);

  gtk_widget_set_size_request (bar, 30, -1);
  gtk_widget_set_halign (box, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), label_new (1.0f));

  return box;
}

static void
fill_epoch (GtkWidget *cell,
            DubRunRow *row)
{
  const DubRunNumbers *numbers = dub_run_row_get_numbers (row);
  GtkWidget *bar = gtk_widget_get_first_child (cell);
  g_autofree char *text = g_strdup_printf ("%u/%u", numbers->n_done, numbers->n_epochs);

  dub_bar_set_value (DUB_BAR (bar), (double) numbers->n_done / MAX (numbers->n_epochs, 1), 0.0);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (bar)), text);
}

static void
fill_best (GtkWidget *cell,
           DubRunRow *row)
{
  guint best = dub_run_row_get_numbers (row)->best_epoch;

  set_number (cell, 0, best > 0 ? best : (double) NAN);
}

static GtkWidget *
accuracy_cell (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *value = label_new (1.0f), *share = label_new (1.0f);

  gtk_widget_add_css_class (value, "heading");
  gtk_widget_add_css_class (share, "dim-label");
  gtk_widget_set_halign (box, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (box), value);
  gtk_box_append (GTK_BOX (box), share);

  return box;
}

static void
fill_accuracy (GtkWidget *cell,
               DubRunRow *row)
{
  const DubRunNumbers *numbers = dub_run_row_get_numbers (row);
  GtkWidget *value = gtk_widget_get_first_child (cell);
  g_autofree char *share = numbers->n_validation > 0 ? g_strdup_printf ("%u/%u", numbers->n_correct, numbers->n_validation)
                                                     : g_strdup ("");

  set_number (value, 3, numbers->accuracy);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (value)), share);
}

static void
fill_ece (GtkWidget *cell,
          DubRunRow *row)
{
  set_number (cell, 3, dub_run_row_get_numbers (row)->ece);
}

static void
fill_rate (GtkWidget *cell,
           DubRunRow *row)
{
  set_number (cell, 0, dub_run_row_get_numbers (row)->rate);
}

static void
fill_left (GtkWidget *cell,
           DubRunRow *row)
{
  const DubRunNumbers *numbers = dub_run_row_get_numbers (row);
  static const char *const WORDS[] = {
    [DUB_RUN_STATE_NEW] = N_("waits"),
    [DUB_RUN_STATE_RUNNING] = "…",
    [DUB_RUN_STATE_STOPPED] = N_("stopped"),
    [DUB_RUN_STATE_DONE] = N_("done"),
    [DUB_RUN_STATE_FAILED] = N_("failed"),
  };
  g_autofree char *text = NULL;

  if (numbers->state == DUB_RUN_STATE_RUNNING && numbers->seconds_left >= 0.0)
    text = numbers->seconds_left < 100.0 ? g_strdup_printf (_("%.0f s"), numbers->seconds_left)
                                         : g_strdup_printf (_("%.0f min"), ceil (numbers->seconds_left / 60.0));
  gtk_label_set_text (GTK_LABEL (cell), text != NULL ? text : _(WORDS[numbers->state]));
}

/* --- columns --- */

static const struct {
  const char *title;
  GtkWidget *(*make) (void);
  FillFunc    fill;
  int         width; /* 0 = what is left */
  gboolean    quiet; /* dimmed */
} COLUMNS[] = {
  { N_("Loss"), loss_cell, fill_loss, 0, FALSE },
  { N_("β"), number_cell, fill_beta, 38, FALSE },
  { N_("Fold"), number_cell, fill_fold, 46, FALSE },
  { N_("Epoch"), epoch_cell, fill_epoch, 108, FALSE },
  { N_("Best"), number_cell, fill_best, 50, FALSE },
  { N_("Validation acc."), accuracy_cell, fill_accuracy, 120, FALSE },
  { N_("ECE"), number_cell, fill_ece, 56, FALSE },
  { N_("Cases/s"), number_cell, fill_rate, 62, TRUE },
  { N_("Left"), number_cell, fill_left, 66, TRUE },
};

static void
row_changed_cb (DubRunRow   *row,
                GParamSpec  *pspec,
                GtkListItem *item)
{
  guint column = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (item), "column"));

  COLUMNS[column].fill (gtk_list_item_get_child (item), row);
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          gpointer                  column)
{
  GtkWidget *cell = COLUMNS[GPOINTER_TO_UINT (column)].make ();

  if (COLUMNS[GPOINTER_TO_UINT (column)].quiet)
    gtk_widget_add_css_class (cell, "dim-label");
  gtk_list_item_set_child (item, cell);
  g_object_set_data (G_OBJECT (item), "column", column);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  DubRunRow *row = gtk_list_item_get_item (item);

  g_signal_connect (row, "notify::serial", G_CALLBACK (row_changed_cb), item);
  row_changed_cb (row, NULL, item);
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item)
{
  g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (item), item);
}

static void
selected_cb (DubRunTable *self)
{
  DubRunRow *row = gtk_single_selection_get_selected_item (self->selection);

  if (!self->selecting && row != NULL)
    g_signal_emit (self, signals[CHOSEN], 0, dub_run_row_get_id (row));
}

static void
dub_run_table_dispose (GObject *object)
{
  DubRunTable *self = DUB_RUN_TABLE (object);

  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->rows);

  G_OBJECT_CLASS (dub_run_table_parent_class)->dispose (object);
}

static void
dub_run_table_class_init (DubRunTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_run_table_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", DUB_TYPE_RUN_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
dub_run_table_init (DubRunTable *self)
{
  self->rows = g_list_store_new (DUB_TYPE_RUN_ROW);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->rows)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  self->view = gtk_column_view_new (GTK_SELECTION_MODEL (self->selection));
  gtk_widget_add_css_class (self->view, "data-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Training runs"), -1);
  for (guint i = 0; i < G_N_ELEMENTS (COLUMNS); i++) {
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    GtkColumnViewColumn *column;

    g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), GUINT_TO_POINTER (i));
    g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
    g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
    column = gtk_column_view_column_new (_(COLUMNS[i].title), factory);
    if (COLUMNS[i].width > 0)
      gtk_column_view_column_set_fixed_width (column, COLUMNS[i].width);
    else
      gtk_column_view_column_set_expand (column, TRUE);
    gtk_column_view_append_column (GTK_COLUMN_VIEW (self->view), column);
    g_object_unref (column);
  }
  dub_column_view_align_titles (GTK_COLUMN_VIEW (self->view));

  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->view);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

GtkWidget *
dub_run_table_new (void)
{
  return g_object_new (DUB_TYPE_RUN_TABLE, NULL);
}

static DubRunRow *
find_row (DubRunTable *self,
          const char  *id,
          guint       *position)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rows)); i++) {
    g_autoptr (DubRunRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);

    if (g_strcmp0 (dub_run_row_get_id (row), id) == 0) {
      if (position != NULL)
        *position = i;
      return row;
    }
  }

  return NULL;
}

void
dub_run_table_set (DubRunTable *self,
                   DubRuns     *runs)
{
  g_return_if_fail (DUB_IS_RUN_TABLE (self));

  guint n = dub_runs_get_n (runs), n_before = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  DubRunRow *chosen = gtk_single_selection_get_selected_item (self->selection);
  g_autofree char *chosen_id = chosen != NULL ? g_strdup (dub_run_row_get_id (chosen)) : NULL;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean same = n == n_before;

  for (guint i = 0; i < n; i++) {
    const DubRunSummary *run = dub_runs_get (runs, i);
    guint position = 0;
    DubRunRow *row = find_row (self, run->id, &position);

    same &= row != NULL && position == i;
    if (row != NULL)
      dub_run_row_set (row, run);
    g_ptr_array_add (rows, row != NULL ? g_object_ref (row) : dub_run_row_new (run));
  }
  if (same)
    return;
  self->selecting = TRUE;
  g_list_store_splice (self->rows, 0, n_before, rows->pdata, rows->len);
  self->selecting = FALSE;
  dub_run_table_select (self, chosen_id);
}

void
dub_run_table_select (DubRunTable *self,
                      const char  *id)
{
  guint position = GTK_INVALID_LIST_POSITION;

  g_return_if_fail (DUB_IS_RUN_TABLE (self));

  self->selecting = TRUE;
  if (id != NULL)
    find_row (self, id, &position);
  gtk_single_selection_set_selected (self->selection, position);
  self->selecting = FALSE;
}
