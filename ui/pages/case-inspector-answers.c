/* What the networks say of the case, and how unsure they are. */
#include "ui/pages/case-inspector-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/figures/ticks.h"
#include "ui/widgets/meter.h"

/* Scores that are listed first, before the person asks for all: those of source 000, and the chosen one. */
static const char *const FIRST[] = { "msr", "ensemble-sd", "tta", "gps", "knn-all", "knn-shap", NULL };

/* Classes that are listed: of more, those the networks speak of. */
enum { MOST_CLASSES = 6 };

static GtkWidget *
label_new (const char *text,
           float       xalign,
           const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);

  return label;
}

static GtkWidget *
pill_new (const char *text,
          const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "dub-pill");
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (label, GTK_ALIGN_END);

  return label;
}

/* --- class probability --- */

static void
add_class (DubCaseInspector *self,
           int               row,
           int               class_index,
           int               truth,
           int               predicted)
{
  const DubScores *scores = dub_results_get_scores (self->results);
  const DubOutputs *outputs = dub_results_get_outputs (self->results);
  size_t i = (size_t) self->index, n_classes = outputs->n_classes;
  double p = (double) scores->mean[i * n_classes + (size_t) class_index];
  guint failed = dub_results_get_failed (self->results, i);
  gboolean is_answer = class_index == predicted, is_truth = class_index == truth;
  g_autofree double *rings = g_new (double, outputs->n_models);
  g_autofree char *value = dub_number_format (p, 3);
  g_autoptr (GString) text = g_string_new (NULL);
  GtkWidget *name = label_new (_dub_case_inspector_class (self, class_index), 0.0f, NULL), *number = label_new (value, 1.0f, "numeric");
  GtkWidget *badges = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *meter = dub_meter_new (!is_answer ? DUB_METER_ANSWER : failed == 1 ? DUB_METER_FAILED : failed == 0 ? DUB_METER_CORRECT
                                                                                                             : DUB_METER_ANSWER);

  for (size_t m = 0; m < outputs->n_models; m++) {
    g_autofree char *one = NULL;

    rings[m] = (double) outputs->probabilities[(m * outputs->n_cases + i) * n_classes + (size_t) class_index];
    one = dub_number_format (rings[m], 3);
    g_string_append_printf (text, "%s%s %s", m > 0 ? "\n" : "", outputs->models[m], one);
  }
  dub_meter_set_value (DUB_METER (meter), p);
  if (outputs->n_models > 1)
    dub_meter_set_rings (DUB_METER (meter), rings, outputs->n_models);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  /* A short name is never cut; of a long one its begin is told. */
  gtk_label_set_width_chars (GTK_LABEL (name), CLAMP ((int) g_utf8_strlen (_dub_case_inspector_class (self, class_index), -1) + 1, 4, 12));
  gtk_label_set_max_width_chars (GTK_LABEL (name), 16);
  gtk_widget_set_tooltip_text (name, _dub_case_inspector_class (self, class_index));
  gtk_widget_add_css_class (number, "strong");
  gtk_widget_set_halign (badges, GTK_ALIGN_END);
  if (is_truth)
    gtk_box_append (GTK_BOX (badges), pill_new (_("true label"), NULL));
  if (is_answer)
    gtk_box_append (GTK_BOX (badges), pill_new (_("predicted"), failed == 1 ? "failed-pill" : failed == 0 ? "correct-pill" : NULL));
  gtk_widget_set_hexpand (meter, TRUE);
  gtk_widget_set_tooltip_text (meter, text->str);
  g_string_prepend (text, "\n");
  g_string_prepend (text, value);
  gtk_accessible_update_property (GTK_ACCESSIBLE (meter), GTK_ACCESSIBLE_PROPERTY_LABEL, _dub_case_inspector_class (self, class_index),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
  gtk_grid_attach (self->probabilities, name, 0, row, 1, 1);
  gtk_grid_attach (self->probabilities, badges, 1, row, 1, 1);
  gtk_grid_attach (self->probabilities, meter, 2, row, 1, 1);
  gtk_grid_attach (self->probabilities, number, 3, row, 1, 1);
}

/* Two classes stand in their order; of many, the likeliest first, and the true one whatever its probability. */
static void
update_probabilities (DubCaseInspector   *self,
                      const DubStudyData *data)
{
  const DubScores *scores = dub_results_get_scores (self->results);
  const DubOutputs *outputs = dub_results_get_outputs (self->results);

  _dub_case_inspector_empty (GTK_WIDGET (self->probabilities));
  gtk_label_set_label (self->probability_note, "");
  if (scores == NULL || outputs == NULL || (size_t) self->index >= outputs->n_cases) {
    int truth = data->labels[self->index];

    gtk_grid_attach (self->probabilities, label_new (_dub_case_inspector_class (self, truth), 0.0f, NULL), 0, 0, 1, 1);
    gtk_grid_attach (self->probabilities, pill_new (_("true label"), NULL), 1, 0, 1, 1);
    gtk_grid_attach (self->probabilities, label_new (_("the networks were not run yet"), 0.0f, "dim-label"), 2, 0, 1, 1);
    return;
  }

  size_t n_classes = outputs->n_classes;
  const float *p = scores->mean + (size_t) self->index * n_classes;
  int predicted = dub_results_get_predicted (self->results, (size_t) self->index), truth = outputs->labels[self->index], row = 0;
  g_autofree gboolean *told = g_new0 (gboolean, n_classes);

  if (outputs->n_models > 1) {
    guint n = (guint) outputs->n_models;
    g_autofree char *note = scores->recalibration != NULL ? g_strdup_printf (_("bar: recalibrated · ring: each of %u"), n)
                                                          : g_strdup_printf (_("bar: mean · ring: each of %u models"), n);

    gtk_label_set_label (self->probability_note, note);
  } else if (scores->recalibration != NULL) {
    gtk_label_set_label (self->probability_note, _("bar: recalibrated"));
  }
  if (n_classes <= MOST_CLASSES) {
    for (size_t c = 0; c < n_classes; c++)
      add_class (self, row++, (int) c, truth, predicted);
    return;
  }
  while (row < MOST_CLASSES - 1) {
    size_t best = n_classes;

    for (size_t c = 0; c < n_classes; c++)
      if (!told[c] && (best == n_classes || p[c] > p[best]))
        best = c;
    told[best] = TRUE;
    add_class (self, row++, (int) best, truth, predicted);
  }
  if (truth >= 0 && (size_t) truth < n_classes && !told[truth])
    add_class (self, row++, truth, truth, predicted);

  g_autofree char *rest = g_strdup_printf (_("and %u classes more"), (guint) n_classes - (guint) row);

  gtk_grid_attach (self->probabilities, label_new (rest, 0.0f, "dim-label"), 0, row, 4, 1);
}

/* --- scores --- */

static void
add_score (DubCaseInspector *self,
           int               row,
           const DubScore   *score)
{
  double value = score->values[self->index], share = dub_results_get_percentile (self->results, score, (size_t) self->index);
  g_autofree char *number = isnan (value) ? g_strdup ("—") : dub_number_format (value, fabs (value) >= 100.0 ? 1 : 3);
  g_autofree char *percentile = isnan (share) ? g_strdup ("—") : g_strdup_printf ("P%.0f", floor (100.0 * share));
  g_autoptr (GString) tooltip = g_string_new (score->sentence);
  GtkWidget *name = label_new (score->title, 0.0f, NULL), *meter = dub_meter_new (DUB_METER_PLAIN);
  GtkWidget *shown = label_new (number, 1.0f, "numeric"), *place = label_new (percentile, 1.0f, "numeric");

  if (score->formula != NULL)
    g_string_append_printf (tooltip, "\n%s", score->formula);
  if (score->fitted_on != NULL)
    g_string_append_printf (tooltip, "\n%s %s", _("Fitted on"), score->fitted_on);
  if (score->fitted != NULL)
    g_string_append_printf (tooltip, ": %s", score->fitted);
  if (isnan (value))
    g_string_append_printf (tooltip, "\n%s", _("Only calibration and test cases are looked at in several views."));
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (name), 13);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 19);
  if (g_strcmp0 (score->id, dub_results_get_score_id (self->results)) == 0)
    gtk_widget_add_css_class (name, "strong");
  gtk_widget_set_tooltip_text (name, tooltip->str);
  dub_meter_set_value (DUB_METER (meter), share);
  dub_meter_set_tick (DUB_METER (meter), 0.5);
  gtk_widget_set_hexpand (meter, TRUE);
  gtk_widget_set_tooltip_text (meter, tooltip->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (meter), GTK_ACCESSIBLE_PROPERTY_LABEL, score->title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, percentile, -1);
  gtk_label_set_width_chars (GTK_LABEL (place), 4);
  gtk_widget_add_css_class (place, "strong");
  gtk_grid_attach (self->scores, name, 0, row, 1, 1);
  gtk_grid_attach (self->scores, shown, 1, row, 1, 1);
  gtk_grid_attach (self->scores, meter, 2, row, 1, 1);
  gtk_grid_attach (self->scores, place, 3, row, 1, 1);
}

static guint
n_calibration (const DubOutputs *outputs)
{
  guint n = 0;

  for (size_t i = 0; outputs != NULL && i < outputs->n_cases; i++)
    n += outputs->part[i] == DUB_PART_CALIBRATION;

  return n;
}

gboolean
_dub_case_inspector_is_first (DubCaseInspector *self,
                              const DubScore   *score)
{
  return g_strv_contains (FIRST, score->id) || g_strcmp0 (score->id, dub_results_get_score_id (self->results)) == 0;
}

static void
update_scores (DubCaseInspector *self)
{
  const DubScores *scores = dub_results_get_scores (self->results);
  gboolean all = gtk_toggle_button_get_active (self->all_scores);
  guint n = 0;
  int row = 0;

  _dub_case_inspector_empty (GTK_WIDGET (self->scores));
  if (scores == NULL || (size_t) self->index >= scores->n_cases) {
    gtk_label_set_label (self->scores_note, "");
    gtk_widget_set_visible (GTK_WIDGET (self->all_scores), FALSE);
    gtk_grid_attach (self->scores, label_new (_("the networks were not run yet"), 0.0f, "dim-label"), 0, 0, 1, 1);
    return;
  }
  for (guint i = 0; i < scores->scores->len; i++) {
    const DubScore *score = g_ptr_array_index (scores->scores, i);
    if (score->values == NULL)
      continue;
    n++;
    if (all || _dub_case_inspector_is_first (self, score))
      add_score (self, row++, score);
  }

  g_autofree char *note = g_strdup_printf (_("percentile among %u calibration cases"), n_calibration (dub_results_get_outputs (self->results)));
  g_autofree char *more = all ? g_strdup (_("Fewer scores")) : g_strdup_printf (_("All %u scores"), n);

  gtk_label_set_label (self->scores_note, note);
  gtk_button_set_label (GTK_BUTTON (self->all_scores), more);
  gtk_widget_set_visible (GTK_WIDGET (self->all_scores), all || (guint) row < n);
}

void
_dub_case_inspector_update_answers (DubCaseInspector *self)
{
  const DubStudyData *data = _dub_case_inspector_data (self);

  if (data == NULL)
    return;
  update_probabilities (self, data);
  update_scores (self);
}
