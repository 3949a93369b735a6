/* Strips of pictures in the inspector: the case as augmented views show it, and the training cases it is nearest to. */
#include "ui/pages/case-inspector-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/ticks.h"
#include "ui/widgets/case-cell.h"

enum { WIDTH = 60, HEIGHT = 60 };

/* --- augmented views --- */

static void
add_view (DubCaseInspector   *self,
          const DubCaseViews *views,
          guint               v)
{
  const DubStudyData *data = _dub_case_inspector_data (self);
  int answer = views->view[v].answer, truth = data->labels[self->index];
  const char *style = truth < 0 ? NULL : answer == truth ? "correct" : "failed";
  const char *class_name = _dub_case_inspector_class (self, answer);
  g_autofree char *value = dub_number_format (views->view[v].probability, 2);
  g_autofree char *name = g_strdup_printf (_("View %u: %s, %s, %s"), v + 1, views->view[v].words, class_name, value);
  GtkWidget *cell = dub_case_cell_new (WIDTH, HEIGHT);

  dub_case_cell_set (DUB_CASE_CELL (cell), class_name, value, FALSE, name);
  dub_case_cell_set_styles (DUB_CASE_CELL (cell), style, NULL);
  dub_case_cell_set_picture (DUB_CASE_CELL (cell), views->view[v].picture, DUB_VIEW_SIDE);
  gtk_widget_set_tooltip_text (cell, name);
  gtk_box_append (self->views, cell);
}

void
_dub_case_inspector_update_views (DubCaseInspector *self)
{
  const DubCaseViews *views = dub_case_detail_get_views (self->detail);
  const char *failure = dub_case_detail_get_failure (self->detail, DUB_DETAIL_VIEWS);
  gboolean busy = dub_case_detail_is_busy (self->detail, DUB_DETAIL_VIEWS);

  /* The strip of the last case stays until the next is there, so that nothing jumps. */
  if (views == NULL && busy)
    return;
  _dub_case_inspector_empty (GTK_WIDGET (self->views));
  gtk_label_set_label (self->views_text, failure != NULL ? failure : "");
  gtk_widget_set_visible (GTK_WIDGET (self->views_text), failure != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->views), views != NULL);
  gtk_label_set_label (self->views_note, "");
  gtk_widget_set_visible (self->views_button, !self->alone && dub_results_lacks_views (self->results)
                                              && dub_results_get_state (self->results) == DUB_RESULTS_READY);
  if (views == NULL || _dub_case_inspector_data (self) == NULL)
    return;

  g_autofree char *sd = dub_number_format (views->sd, 3), *note = g_strdup_printf (_("TTA · SD %s"), sd);

  gtk_label_set_label (self->views_note, note);
  for (guint v = 0; v < views->n_views; v++)
    add_view (self, views, v);
}

/* --- nearest training cases --- */

static void
choose_neighbour_cb (GtkWidget *button)
{
  DubCaseInspector *self = DUB_CASE_INSPECTOR (gtk_widget_get_ancestor (button, DUB_TYPE_CASE_INSPECTOR));
  int index = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "case"));

  dub_selection_set_case (dub_session_get_selection (self->session), index);
}

static void
add_neighbour (DubCaseInspector   *self,
               const DubNeighbour *neighbour)
{
  const DubStudyData *data = _dub_case_inspector_data (self);
  int label = data->labels[neighbour->index];
  const char *class_name = _dub_case_inspector_class (self, label);
  g_autofree char *distance = dub_number_format (neighbour->distance, 2);
  g_autofree char *name = g_strdup_printf (neighbour->duplicate ? _("%s, %s, distance %s, nearly the same image") : _("%s, %s, distance %s"),
                                           data->ids[neighbour->index], class_name, distance);
  g_autoptr (GBytes) picture = dub_case_pictures_get (self->pictures, neighbour->index);
  GtkWidget *cell = dub_case_cell_new (WIDTH, HEIGHT), *button = gtk_button_new ();

  dub_case_cell_set (DUB_CASE_CELL (cell), class_name, distance, FALSE, name);
  dub_case_cell_set_styles (DUB_CASE_CELL (cell), neighbour->duplicate ? "twin" : NULL, "dim-label");
  dub_case_cell_set_picture (DUB_CASE_CELL (cell), picture, DUB_CASE_PICTURE_SIDE);
  gtk_button_set_child (GTK_BUTTON (button), cell);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "cell-button");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "case", GINT_TO_POINTER ((int) neighbour->index));
  g_signal_connect (button, "clicked", G_CALLBACK (choose_neighbour_cb), NULL);
  gtk_box_append (self->neighbours, button);
}

void
_dub_case_inspector_update_neighbours (DubCaseInspector *self)
{
  const DubCaseLook *look = dub_case_detail_get_look (self->detail);
  const DubStudyData *data = _dub_case_inspector_data (self);
  const DubOutputs *outputs = dub_results_get_outputs (self->results);
  guint n_twins = 0;

  if (look == NULL && dub_case_detail_is_busy (self->detail, DUB_DETAIL_LOOK))
    return;
  _dub_case_inspector_empty (GTK_WIDGET (self->neighbours));
  for (guint i = 0; look != NULL && data != NULL && i < look->n_neighbours; i++) {
    if (look->neighbours[i].index >= data->n_cases)
      continue;
    add_neighbour (self, &look->neighbours[i]);
    n_twins += look->neighbours[i].duplicate;
  }

  gboolean any = look != NULL && look->n_neighbours > 0;
  g_autofree char *twins = g_strdup_printf (g_dngettext (NULL, "⚠ %u near-duplicate", "⚠ %u near-duplicates", n_twins), n_twins);
  g_autofree char *note = any && outputs != NULL
                            ? g_strdup_printf (_("distance, model 1 of %u"), (guint) outputs->n_models)
                            : g_strdup ("");
  const char *why = any ? NULL
                    : look != NULL && look->no_neighbours != NULL ? look->no_neighbours
                    : outputs == NULL ? _("Distances are measured in what the networks see: they were not run yet.")
                                      : _("These networks gave no features to measure distances in.");

  gtk_label_set_label (self->twins_badge, twins);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->twins_badge),
                               _("Training images that differ from this one by less than 1 % of their range: what the network says of it may be remembered, not seen"));
  gtk_widget_set_visible (GTK_WIDGET (self->twins_badge), n_twins > 0);
  gtk_label_set_label (self->neighbours_note, note);
  gtk_label_set_label (self->neighbours_text, why != NULL ? why : "");
  gtk_widget_set_visible (GTK_WIDGET (self->neighbours_text), why != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->neighbours), any);
}
