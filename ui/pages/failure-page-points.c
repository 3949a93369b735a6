/* The curve as a table: every threshold with what it does. A row sets the threshold. */
#include "ui/pages/failure-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/ticks.h"
#include "ui/model/failure-points.h"
#include "ui/widgets/column-titles.h"

typedef DubRate (*RateFunc) (DubFailurePoint *point);

static const struct {
  const char *title;
  RateFunc    rate; /* NULL: the threshold */
} COLUMNS[] = {
  { N_("Threshold"), NULL },
  { N_("Coverage"), dub_failure_point_item_get_accepted },
  { N_("Risk"), dub_failure_point_item_get_risk },
  { N_("Sensitivity"), dub_failure_point_item_get_sensitivity },
  { N_("Specificity"), dub_failure_point_item_get_specificity },
};

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  gtk_list_item_set_child (item, _dub_failure_label (NULL, "numeric", 1.0f));
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         gpointer                  column)
{
  DubFailurePoint *point = gtk_list_item_get_item (item);
  RateFunc func = COLUMNS[GPOINTER_TO_UINT (column)].rate;
  double threshold = dub_failure_point_item_get_threshold (point);
  g_autofree char *text = NULL;

  if (func == NULL) {
    text = isfinite (threshold) ? dub_number_format_short (threshold, 4) : g_strdup ("−∞");
  } else {
    DubRate rate = func (point);
    g_autofree char *value = _dub_failure_number (dub_rate_value (rate), 3);

    text = g_strdup_printf ("%s  %" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT, value, rate.n, rate.d);
  }
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

static void
selected_cb (DubFailurePage     *self,
             GParamSpec         *pspec,
             GtkSingleSelection *selection)
{
  DubFailurePoint *point = gtk_single_selection_get_selected_item (selection);

  if (!self->updating && point != NULL)
    dub_failure_bench_drag (self->bench, dub_failure_point_item_get_threshold (point));
}

void
_dub_failure_page_show_threshold (DubFailurePage *self)
{
  GtkSelectionModel *model = gtk_column_view_get_model (self->points);
  GtkWidget *list = gtk_widget_get_last_child (GTK_WIDGET (self->points));

  if (model == NULL || self->figure == NULL || !self->figure->has_mark)
    return;
  self->updating = TRUE;
  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (model), (guint) self->figure->mark.at);
  self->updating = FALSE;
  if (list != NULL)
    gtk_widget_activate_action (list, "list.scroll-to-item", "u", (guint) self->figure->mark.at);
}

void
_dub_failure_page_build_points (DubFailurePage *self)
{
  for (guint c = 0; c < G_N_ELEMENTS (COLUMNS); c++) {
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (_(COLUMNS[c].title), factory);

    g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
    g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), GUINT_TO_POINTER (c));
    gtk_column_view_column_set_expand (column, TRUE);
    gtk_column_view_append_column (self->points, column);
  }
  dub_column_view_align_titles (self->points);
}

void
_dub_failure_page_update_points (DubFailurePage *self)
{
  DubFailureRow *chosen = dub_failure_bench_get_chosen (self->bench);
  const DubFailure *failure = chosen != NULL ? dub_failure_row_get_failure (chosen) : NULL;
  GtkSingleSelection *selection = NULL;

  gtk_stack_set_visible_child_name (self->curves, self->as_table ? "points" : "plots");
  if (!self->as_table || failure == NULL) {
    gtk_column_view_set_model (self->points, NULL);
    return;
  }
  selection = gtk_single_selection_new (G_LIST_MODEL (dub_failure_points_new (failure->acceptance)));
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  g_signal_connect_object (selection, "notify::selected", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  gtk_column_view_set_model (self->points, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
  _dub_failure_page_show_threshold (self);
}
