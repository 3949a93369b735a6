/* What is looked at and how: network, class, method with its fit, step of the study, bins, and the curve over M. */
#include "ui/pages/calibration-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/model/calibration-words.h"

/* Marks of the slider: ends, and what most of the literature uses. */
static const int MARKS[] = { DUB_CALIBRATION_FEWEST_BINS, DUB_RELIABILITY_BINS, DUB_CALIBRATION_MOST_BINS };

/* --- choices --- */

typedef struct {
  char *family, *model;
} Choice;

static void
choice_free (gpointer data)
{
  Choice *choice = data;

  g_free (choice->family);
  g_free (choice->model);
  g_free (choice);
}

static char *
choice_words (const DubCalibrationSubject *subject)
{
  g_autofree char *number = NULL;

  if (subject->model != NULL)
    return g_strdup (subject->model);
  if (subject->n_networks <= 1)
    return g_strdup (subject->family);
  number = g_strdup_printf ("%u", subject->n_networks);

  return g_strdup_printf (_("%s · mean of %s"), subject->family, number);
}

static gboolean
same_strings (GListModel    *model,
              GtkStringList *list)
{
  guint n = model != NULL ? g_list_model_get_n_items (model) : 0;

  if (n != g_list_model_get_n_items (G_LIST_MODEL (list)))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (gtk_string_list_get_string (GTK_STRING_LIST (model), i), gtk_string_list_get_string (list, i)) != 0)
      return FALSE;

  return TRUE;
}

/* An open popover is not torn down by what says the same. */
static void
set_choices (GtkDropDown   *drop_down,
             GtkStringList *list,
             guint          chosen)
{
  if (!same_strings (gtk_drop_down_get_model (drop_down), list))
    gtk_drop_down_set_model (drop_down, G_LIST_MODEL (list));
  if (gtk_drop_down_get_selected (drop_down) != chosen)
    gtk_drop_down_set_selected (drop_down, chosen);
}

static void
update_models (DubCalibrationPage *self)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  GPtrArray *subjects = dub_calibration_bench_get_subjects (self->bench);
  const DubCalibrationSubject *looked_at = dub_calibration_bench_get_subject (self->bench);
  guint chosen = GTK_INVALID_LIST_POSITION;

  g_ptr_array_set_size (self->choices, 0);
  for (guint i = 0; subjects != NULL && i < subjects->len; i++) {
    const DubCalibrationSubject *subject = subjects->pdata[i];
    g_autofree char *words = choice_words (subject);
    Choice *choice = g_new0 (Choice, 1);

    choice->family = g_strdup (subject->family);
    choice->model = g_strdup (subject->model);
    g_ptr_array_add (self->choices, choice);
    gtk_string_list_append (list, words);
    if (subject == looked_at)
      chosen = i;
  }
  set_choices (self->model_choice, list, chosen);
}

static void
update_classes (DubCalibrationPage *self)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  DubStudy *study = dub_session_get_study (self->session);

  gtk_string_list_append (list, _("Top label"));
  for (guint i = 0; study != NULL && i < study->classes->len; i++)
    gtk_string_list_append (list, study->classes->pdata[i]);
  set_choices (self->class_choice, list, (guint) (dub_calibration_bench_get_setting (self->bench)->class_index + 1));
}

static void
model_chosen_cb (DubCalibrationPage *self)
{
  guint chosen = gtk_drop_down_get_selected (self->model_choice);
  g_autofree char *model = NULL, *family = NULL;

  if (self->updating || chosen >= self->choices->len)
    return;
  family = g_strdup (((Choice *) self->choices->pdata[chosen])->family);
  model = g_strdup (((Choice *) self->choices->pdata[chosen])->model);
  dub_results_set_family (self->results, family);
  g_object_set (self->bench, "model", model != NULL ? model : "", NULL);
}

static void
class_chosen_cb (DubCalibrationPage *self)
{
  guint chosen = gtk_drop_down_get_selected (self->class_choice);

  if (!self->updating && chosen != GTK_INVALID_LIST_POSITION)
    g_object_set (self->bench, "class", (int) chosen - 1, NULL);
}

static void
method_chosen_cb (DubCalibrationPage *self)
{
  guint chosen = gtk_drop_down_get_selected (self->method_choice);

  if (!self->updating && chosen <= DUB_N_RECALIBRATE)
    g_object_set (self->bench, "method", chosen == 0 ? "none" : dub_recalibrate_id ((DubRecalibrate) (chosen - 1)), NULL);
}

/* --- the fit and the step of the study --- */

static void
update_fit (DubCalibrationPage *self)
{
  int method = dub_calibration_bench_get_setting (self->bench)->method;
  const DubCalibrationSubject *subject = dub_calibration_bench_get_subject (self->bench);
  const char *why = NULL;
  DubRecalibration *map = dub_calibration_bench_get_fit (self->bench, &why);
  gboolean none = subject != NULL && subject->calibration == NULL;
  g_autofree char *words = NULL;

  if (why != NULL)
    words = g_strdup (why);
  else if (method < 0)
    words = g_strdup (dub_calibration_words_sentence (-1));
  else
    words = map != NULL ? dub_recalibration_describe (map) : g_strdup (_("is being fitted…"));
  gtk_label_set_text (self->fit_label, words);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->fit_label), dub_calibration_words_sentence (method));
  gtk_widget_set_sensitive (GTK_WIDGET (self->method_choice), !none);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->method_choice), none ? why : _("How the probabilities are recalibrated, fitted on the calibration cases"));
}

static GtkWidget *
warning_row (const char *text)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *label = _dub_calibration_label (text, "small", 0.0f);

  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_add_css_class (row, "warning-row");
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), label);

  return row;
}

static void
update_warnings (DubCalibrationPage *self)
{
  g_autoptr (GPtrArray) warnings = dub_calibration_bench_warnings (self->bench);
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->warnings));

  for (guint i = 0; i < warnings->len; i++) {
    if (row == NULL) {
      gtk_box_append (self->warnings, warning_row (warnings->pdata[i]));
      continue;
    }
    gtk_label_set_text (GTK_LABEL (gtk_widget_get_last_child (row)), warnings->pdata[i]);
    row = gtk_widget_get_next_sibling (row);
  }
  while (row != NULL) {
    GtkWidget *next = gtk_widget_get_next_sibling (row);

    gtk_box_remove (self->warnings, row);
    row = next;
  }
  gtk_widget_set_visible (GTK_WIDGET (self->warnings), warnings->len > 0);
}

static void
update_step (DubCalibrationPage *self)
{
  g_autoptr (DubRecalibration) applied = dub_calibration_bench_get_applied (self->bench);
  const DubCalibrationSubject *subject = dub_calibration_bench_get_subject (self->bench);
  const char *refusal = dub_calibration_bench_refusal (self->bench);
  gboolean shown = dub_calibration_bench_shows_applied (self->bench);
  gboolean single = dub_calibration_bench_get_setting (self->bench)->model != NULL;
  g_autofree char *said = NULL, *what = applied != NULL ? dub_recalibration_describe (applied) : NULL;

  if (applied == NULL)
    said = g_strdup (single ? _("Ensemble only") : _("Not applied"));
  else if (shown)
    said = g_strdup (_("Applied to the study"));
  else
    said = g_strdup_printf (_("Applied: %s"), dub_calibration_words_method ((int) dub_recalibration_get_method (applied)));
  gtk_label_set_text (self->apply_label, said);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->apply_label), what != NULL ? what : single && refusal != NULL ? refusal : _("Other pages show the answers of the networks as they are"));
  gtk_widget_set_visible (self->back_button, applied != NULL);
  gtk_widget_set_visible (self->apply_button, !shown);
  gtk_button_set_label (GTK_BUTTON (self->apply_button), applied != NULL ? _("Replace") : _("Apply to the study"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "calibration.apply", refusal == NULL && !shown);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "calibration.take-back", applied != NULL);
  gtk_widget_set_tooltip_text (self->apply_button,
                               refusal != NULL ? refusal : _("Record this recalibration: scores, tables and new images are read through it from then on"));
  gtk_widget_set_visible (self->apply_row, subject != NULL && (subject->calibration != NULL || applied != NULL));
}

/* --- bins --- */

static void
bins_moved_cb (DubCalibrationPage *self)
{
  if (!self->updating)
    g_object_set (self->bench, "bins", (int) lround (gtk_range_get_value (GTK_RANGE (self->bins_scale))), NULL);
}

/* --- the curve --- */

static void
add_series (DubCalibrationPage       *self,
            DubFigure                *figure,
            const DubCalibrationItem *item,
            const char               *name,
            DubStroke                 stroke,
            guint                     color)
{
  double m[DUB_CALIBRATION_N_CURVE];
  const double *error = self->of_mce ? item->mce : item->ece;
  const guint last = DUB_CALIBRATION_N_CURVE - 1;
  DubSeries *series;

  for (guint i = 0; i <= last; i++)
    m[i] = DUB_CALIBRATION_FEWEST_BINS + (double) i;
  series = dub_figure_add_series (figure, name, stroke, color, m, error, DUB_CALIBRATION_N_CURVE);
  series->cursor_marker = TRUE;
}

/* The axis begins at 0: an error that hardly depends on M is seen not to. */
static double
largest (DubCalibrationPage       *self,
         const DubCalibrationItem *item)
{
  double found = 1e-6;

  for (guint i = 0; item != NULL && item->ece != NULL && i < DUB_CALIBRATION_N_CURVE; i++)
    found = MAX (found, self->of_mce ? item->mce[i] : item->ece[i]);

  return found;
}

void
_dub_calibration_page_update_curve (DubCalibrationPage *self)
{
  DubCalibrationItem *before = dub_calibration_bench_get_side (self->bench, 0), *after = dub_calibration_bench_get_side (self->bench, 1);
  gboolean mass = dub_calibration_bench_get_setting (self->bench)->binning == DUB_BINS_EQUAL_MASS;
  int n = dub_calibration_bench_get_setting (self->bench)->n_bins;
  g_autoptr (DubFigure) figure = NULL;

  self->curve_binning = dub_calibration_bench_get_setting (self->bench)->binning;
  if (before == NULL || before->ece == NULL) {
    dub_figure_view_set_figure (self->curve, NULL);
    return;
  }
  figure = dub_figure_new ();
  dub_figure_set_x (figure, DUB_AXIS_LINEAR, 0.0, DUB_CALIBRATION_MOST_BINS, _("number of bins M"));
  dub_figure_set_y (figure, DUB_AXIS_LINEAR, 0.0, 1.08 * MAX (largest (self, before), largest (self, after)), self->of_mce ? "MCE" : mass ? _("adaptive ECE") : "ECE");
  figure->legend = TRUE;
  figure->cursor = n;
  figure->cursor_marker = TRUE;
  /* The looks of the overlay: what was there before is the first there. */
  if (after != NULL && after->ece != NULL)
    add_series (self, figure, after, _("after"), DUB_STROKE_DASHED, 2);
  add_series (self, figure, before, _("before"), DUB_STROKE_SOLID, 1);

  const double *x = self->of_mce ? before->mce : before->ece;
  g_autofree char *now = _dub_calibration_number (x[n - DUB_CALIBRATION_FEWEST_BINS], 4);
  g_autofree char *label = g_strdup_printf (self->of_mce ? _("MCE against the number of bins") : _("ECE against the number of bins"));
  g_autofree char *text = g_strdup_printf (_("Before, with %d bins: %s"), n, now);

  dub_figure_view_describe (self->curve, label, text);
  dub_figure_view_set_figure (self->curve, g_steal_pointer (&figure));
  gtk_label_set_text (self->curve_title, self->of_mce ? _("MCE depends on M") : _("ECE depends on M"));
}

void
_dub_calibration_page_update_bins (DubCalibrationPage *self)
{
  const DubCalibrationSetting *setting = dub_calibration_bench_get_setting (self->bench);
  g_autofree char *text = g_strdup_printf ("M = %d", setting->n_bins);

  gtk_label_set_text (self->bins_label, text);
  self->updating = TRUE;
  gtk_range_set_value (GTK_RANGE (self->bins_scale), setting->n_bins);
  self->updating = FALSE;
  if (self->curve_binning != setting->binning)
    _dub_calibration_page_update_curve (self);
  else
    dub_figure_view_set_cursor (self->curve, setting->n_bins);
  update_warnings (self);
}

static void
curve_picked_cb (DubCalibrationPage *self,
                 double              m)
{
  g_object_set (self->bench, "bins", (int) lround (m), NULL);
}

/* --- all of it --- */

void
_dub_calibration_page_update_side (DubCalibrationPage *self)
{
  self->updating = TRUE;
  update_models (self);
  update_classes (self);
  gtk_drop_down_set_selected (self->method_choice, (guint) (dub_calibration_bench_get_setting (self->bench)->method + 1));
  update_fit (self);
  update_step (self);
  self->updating = FALSE;
}

/* A name that is longer than its row ends in an ellipsis there, and is read in full in the list. */
static void
setup_choice_cb (GtkSignalListItemFactory *factory,
                 GtkListItem              *item,
                 gpointer                  in_list)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *label = _dub_calibration_label (NULL, NULL, 0.0f);

  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  if (GPOINTER_TO_INT (in_list)) {
    GtkWidget *mark = gtk_image_new_from_icon_name ("object-select-symbolic");

    g_object_bind_property (item, "selected", mark, "visible", G_BINDING_SYNC_CREATE);
    gtk_box_append (GTK_BOX (box), mark);
  } else {
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  }
  gtk_list_item_set_child (item, box);
}

static void
bind_choice_cb (GtkSignalListItemFactory *factory,
                GtkListItem              *item)
{
  GtkWidget *label = gtk_widget_get_first_child (gtk_list_item_get_child (item));

  gtk_label_set_text (GTK_LABEL (label), gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static void
keep_in_row (GtkDropDown *choice)
{
  for (int in_list = 0; in_list < 2; in_list++) {
    g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

    g_signal_connect (factory, "setup", G_CALLBACK (setup_choice_cb), GINT_TO_POINTER (in_list));
    g_signal_connect (factory, "bind", G_CALLBACK (bind_choice_cb), NULL);
    if (in_list)
      gtk_drop_down_set_list_factory (choice, factory);
    else
      gtk_drop_down_set_factory (choice, factory);
  }
}

static void
add_methods (DubCalibrationPage *self)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (int method = -1; method < DUB_N_RECALIBRATE; method++)
    gtk_string_list_append (list, dub_calibration_words_method (method));
  gtk_drop_down_set_model (self->method_choice, G_LIST_MODEL (list));
}

void
_dub_calibration_page_build_side (DubCalibrationPage *self)
{
  self->choices = g_ptr_array_new_with_free_func (choice_free);
  self->updating = TRUE;
  keep_in_row (self->model_choice);
  keep_in_row (self->class_choice);
  add_methods (self);
  gtk_range_set_range (GTK_RANGE (self->bins_scale), DUB_CALIBRATION_FEWEST_BINS, DUB_CALIBRATION_MOST_BINS);
  gtk_range_set_increments (GTK_RANGE (self->bins_scale), 1.0, 5.0);
  for (guint i = 0; i < G_N_ELEMENTS (MARKS); i++) {
    g_autofree char *text = g_strdup_printf ("%d", MARKS[i]);

    gtk_scale_add_mark (self->bins_scale, MARKS[i], GTK_POS_BOTTOM, text);
  }
  self->updating = FALSE;
  g_signal_connect_swapped (self->model_choice, "notify::selected", G_CALLBACK (model_chosen_cb), self);
  g_signal_connect_swapped (self->class_choice, "notify::selected", G_CALLBACK (class_chosen_cb), self);
  g_signal_connect_swapped (self->method_choice, "notify::selected", G_CALLBACK (method_chosen_cb), self);
  g_signal_connect_swapped (self->bins_scale, "value-changed", G_CALLBACK (bins_moved_cb), self);
  g_signal_connect_swapped (self->curve, "picked", G_CALLBACK (curve_picked_cb), self);
}
