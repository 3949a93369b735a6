/* On the test split: six plots or their table, or what has to happen first; below them the failures in words. */
#include "ui/pages/overview-page-private.h"

#include <glib/gi18n.h>

#include "ui/figures/ticks.h"

enum { MOST_CONFUSIONS = 3 };

static void
init_words (DubOverviewWords *words)
{
  dub_overview_words_init (words);
  words->title[DUB_METRIC_ACCURACY] = _("Accuracy");
  words->title[DUB_METRIC_BALANCED_ACCURACY] = _("Balanced accuracy");
  words->title[DUB_METRIC_SENSITIVITY] = _("Sensitivity");
  words->title[DUB_METRIC_SPECIFICITY] = _("Specificity");
  words->title[DUB_METRIC_AUROC] = _("AUROC");
  words->title[DUB_METRIC_ECE] = _("ECE");
  words->title[DUB_METRIC_BRIER] = _("Brier score");
  words->always = _("always %s");
}

/* What a figure of merit is, in a sentence, for those who have not met it. */
static const char *
explain (DubMetric metric,
         gboolean  binary)
{
  switch (metric) {
  case DUB_METRIC_ACCURACY:
    return _("Share of the cases whose most probable class is the right one");
  case DUB_METRIC_BALANCED_ACCURACY:
    return _("Mean over the classes of the share of their cases that is answered rightly");
  case DUB_METRIC_SENSITIVITY:
    return _("Share of the cases of the positive class that is found");
  case DUB_METRIC_SPECIFICITY:
    return binary ? _("Share of the cases of the negative class that is called so")
                  : _("Mean over the classes of the share of the other cases that is not called so");
  case DUB_METRIC_AUROC:
    return binary ? _("Probability that a positive case gets a higher score than a negative one; 0.5 is chance")
                  : _("Mean over the classes of the area under the curve of one class against the rest; 0.5 is chance");
  case DUB_METRIC_ECE:
    return _("Expected calibration error: mean distance between confidence and accuracy over 15 bins; 0 is best");
  case DUB_METRIC_BRIER:
    return _("Mean squared distance between the probabilities and the truth; 0 is best");
  case DUB_METRIC_MCE:
  case DUB_METRIC_NLL:
  default:
    return "";
  }
}

/* Methods are named by the core in English. */
static char *
method_of (const DubEstimate *estimate)
{
  static const struct {
    const char *name;
    const char *shown;
  } METHODS[] = {
    { "bootstrap (percentile, stratified)", N_("stratified bootstrap") },
    { "bootstrap (percentile, stratified, by patient)", N_("bootstrap of patients") },
    { "bootstrap (percentile)", N_("bootstrap") },
    { "bootstrap (percentile, by patient)", N_("bootstrap of patients") },
    { "bootstrap (basic, from 0 unless refuted)", N_("bootstrap") },
    { "bootstrap (basic, from 0 unless refuted, by patient)", N_("bootstrap") },
    { "DeLong (logit)", N_("DeLong") },
    { "no cases", N_("no cases") },
  };

  for (size_t i = 0; estimate->method != NULL && i < G_N_ELEMENTS (METHODS); i++)
    if (g_str_equal (estimate->method, METHODS[i].name))
      return g_strdup (_(METHODS[i].shown));

  return g_strdup (estimate->method != NULL ? estimate->method : "");
}

/* --- the cells --- */

static GtkLabel *
line_label (GtkWidget  *box,
            const char *style,
            float       xalign)
{
  GtkWidget *label = _dub_overview_label ("", style, xalign);

  gtk_widget_add_css_class (label, "numeric");
  if (xalign < 0.5f)
    gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_valign (label, GTK_ALIGN_BASELINE);
  gtk_box_append (GTK_BOX (box), label);

  return GTK_LABEL (label);
}

static void
build_cell (DubOverviewCell *cell)
{
  GtkWidget *first = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *second = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *view = dub_interval_view_new ();

  cell->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (cell->box, "cell");
  cell->title = line_label (first, "caption-strong", 0.0f);
  cell->value = line_label (first, "value", 1.0f);
  cell->interval = line_label (second, "dim-label", 0.0f);
  cell->method = line_label (second, "dim-label", 1.0f);
  gtk_widget_add_css_class (GTK_WIDGET (cell->interval), "caption-line");
  gtk_widget_add_css_class (GTK_WIDGET (cell->method), "caption-line");
  gtk_label_set_ellipsize (cell->title, PANGO_ELLIPSIZE_END);
  gtk_label_set_ellipsize (cell->method, PANGO_ELLIPSIZE_END);
  gtk_widget_set_vexpand (view, TRUE);
  gtk_widget_set_margin_top (view, 4);
  cell->view = DUB_INTERVAL_VIEW (view);
  gtk_box_append (GTK_BOX (cell->box), first);
  gtk_box_append (GTK_BOX (cell->box), second);
  gtk_box_append (GTK_BOX (cell->box), view);
}

void
_dub_overview_page_build_results (DubOverviewPage *self)
{
  for (int i = 0; i < DUB_OVERVIEW_PANELS; i++) {
    build_cell (&self->cells[i]);
    g_object_ref_sink (self->cells[i].box);
  }
  _dub_overview_page_place_plots (self, 3);
}

static void
set_class (GtkWidget  *widget,
           const char *name,
           gboolean    on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

void
_dub_overview_page_place_plots (DubOverviewPage *self,
                                int              columns)
{
  if (columns == self->columns)
    return;
  self->columns = columns;
  _dub_overview_empty (GTK_WIDGET (self->plots));
  for (int i = 0; i < DUB_OVERVIEW_PANELS; i++) {
    set_class (self->cells[i].box, "right", i % columns != columns - 1);
    set_class (self->cells[i].box, "below", i < DUB_OVERVIEW_PANELS - columns);
    gtk_grid_attach (self->plots, self->cells[i].box, i % columns, i / columns, 1, 1);
  }
}

/* "Network 3: 0.82, 0.77–0.87 · 192/234" */
static char *
describe_row (const DubOverviewPanel *panel,
              guint                   row)
{
  const DubEstimate *estimate = &g_array_index (panel->rows, DubEstimate, row);
  const char *label = g_array_index (panel->plot->rows, DubIntervalRow, row).label;
  g_autofree char *value = dub_overview_number (panel->metric, estimate->value);
  g_autofree char *interval = dub_overview_interval (panel->metric, estimate);
  g_autofree char *who = g_str_equal (label, "E") ? g_strdup (_("Ensemble")) : g_strdup_printf (_("Network %s"), label);

  return g_strdup_printf ("%s: %s, %s", who, value, interval);
}

static void
show_cell (DubOverviewCell        *cell,
           const DubOverviewPanel *panel,
           gboolean                binary)
{
  g_autofree char *value = dub_overview_number (panel->metric, panel->headline.value);
  g_autofree char *interval = dub_overview_interval (panel->metric, &panel->headline);
  g_autofree char *method = method_of (&panel->headline);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < panel->rows->len; i++)
    g_ptr_array_add (rows, describe_row (panel, i));
  g_ptr_array_add (rows, NULL);

  g_autofree char *description = g_strjoinv ("; ", (char **) rows->pdata);

  gtk_label_set_label (cell->title, panel->title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (cell->title), explain (panel->metric, binary));
  gtk_label_set_label (cell->value, value);
  gtk_label_set_label (cell->interval, interval);
  gtk_label_set_label (cell->method, method);
  gtk_widget_set_tooltip_text (GTK_WIDGET (cell->method), panel->headline.method);
  dub_interval_view_set_figure (cell->view, panel->plot, (const char *const *) rows->pdata);
  dub_interval_view_describe (cell->view, panel->title, description);
}

/* --- the table: the same numbers for those who read rather than look --- */

static void
fill_table (DubOverviewPage *self)
{
  const GArray *labels = self->figure->panel[0].plot->rows;

  _dub_overview_empty (GTK_WIDGET (self->table));
  for (int i = 0; i < DUB_OVERVIEW_PANELS; i++)
    gtk_grid_attach (self->table, _dub_overview_label (self->figure->panel[i].title, "caption-strong", 1.0f), 1 + i, 0, 1, 1);
  for (guint r = 0; r < labels->len; r++) {
    const char *label = g_array_index (labels, DubIntervalRow, r).label;
    g_autofree char *who = g_str_equal (label, "E") ? g_strdup (_("Ensemble")) : g_strdup_printf (_("Network %s"), label);

    GtkWidget *name = _dub_overview_label (who, r == 0 ? "caption-strong" : "caption-small", 0.0f);

    gtk_label_set_yalign (GTK_LABEL (name), 0.0f);
    gtk_grid_attach (self->table, name, 0, 1 + (int) r, 1, 1);
    for (int i = 0; i < DUB_OVERVIEW_PANELS; i++) {
      const DubOverviewPanel *panel = &self->figure->panel[i];
      const DubEstimate *estimate = &g_array_index (panel->rows, DubEstimate, r);
      g_autofree char *value = dub_overview_number (panel->metric, estimate->value);
      g_autofree char *interval = dub_overview_interval (panel->metric, estimate);
      g_auto (GStrv) parts = g_strsplit (interval, " · ", -1);
      g_autofree char *lines = g_strjoinv ("\n", parts);
      g_autofree char *text = g_strdup_printf ("%s\n%s", value, lines);
      GtkWidget *cell = _dub_overview_label (text, r == 0 ? NULL : "dim-label", 1.0f);

      gtk_widget_add_css_class (cell, "numeric");
      gtk_widget_add_css_class (cell, "caption-line");
      gtk_label_set_justify (GTK_LABEL (cell), GTK_JUSTIFY_RIGHT);
      gtk_label_set_yalign (GTK_LABEL (cell), 0.0f);
      gtk_label_set_selectable (GTK_LABEL (cell), TRUE);
      gtk_grid_attach (self->table, cell, 1 + i, 1 + (int) r, 1, 1);
    }
  }
}

/* --- the failures in words --- */

typedef struct {
  size_t n;
  guint  truth, answer;
} Confused;

static int
by_count (gconstpointer a,
          gconstpointer b)
{
  const Confused *first = a, *second = b;

  return first->n != second->n ? (first->n < second->n ? 1 : -1) : (int) first->truth - (int) second->truth;
}

static void
show_failures (DubOverviewPage         *self,
               const DubStudy          *study,
               const DubOverviewFamily *family)
{
  const DubConfusion *confusion = family != NULL ? family->confusion : NULL;
  g_autoptr (GArray) confused = g_array_new (FALSE, FALSE, sizeof (Confused));
  g_autoptr (GString) text = g_string_new (NULL);
  size_t n_failed = 0;

  gtk_widget_set_visible (self->foot, confusion != NULL && self->figure != NULL);
  if (confusion == NULL || confusion->n_classes != study->classes->len)
    return;
  for (guint r = 0; r < confusion->n_classes; r++)
    for (guint c = 0; c < confusion->n_classes; c++) {
      Confused one = { dub_confusion_get (confusion, r, c), r, c };

      if (r == c || one.n == 0)
        continue;
      n_failed += one.n;
      g_array_append_val (confused, one);
    }
  g_array_sort (confused, by_count);
  for (guint i = 0; i < MIN (confused->len, MOST_CONFUSIONS); i++) {
    const Confused *one = &g_array_index (confused, Confused, i);

    g_string_append (text, i > 0 ? ", " : "");
    g_string_append_printf (text, _("%u × %s called %s"), (guint) one->n,
                            (const char *) g_ptr_array_index (study->classes, one->truth),
                            (const char *) g_ptr_array_index (study->classes, one->answer));
  }
  if (confused->len > MOST_CONFUSIONS)
    g_string_append (text, " …");

  g_autofree char *title = n_failed > 0
                             ? g_strdup_printf (g_dngettext (NULL, "%u of %u fails", "%u of %u fail", (gulong) n_failed),
                                                (guint) n_failed, (guint) confusion->n_cases)
                             : g_strdup_printf (_("None of %u fails"), (guint) confusion->n_cases);

  gtk_widget_set_visible (self->foot_mark, n_failed > 0);
  gtk_label_set_label (self->foot_title, title);
  gtk_label_set_label (self->foot_text, text->str);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->foot_text), text->str);
}

/* --- what stands there instead --- */

static void
show_status (DubOverviewPage *self,
             const char      *icon,
             const char      *title,
             const char      *text,
             const char      *button,
             const char      *action,
             const char      *target)
{
  gtk_stack_set_visible_child_name (self->results_stack, "status");
  gtk_image_set_from_icon_name (self->status_icon, icon);
  gtk_widget_set_visible (GTK_WIDGET (self->status_icon), icon != NULL);
  gtk_label_set_label (self->status_title, title);
  gtk_label_set_label (self->status_text, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->status_text), text != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->status_button), button != NULL);
  gtk_widget_hide (self->import_button);
  if (button != NULL) {
    gtk_button_set_label (self->status_button, button);
    /* Without a name in between: the old action would be asked about the new target. */
    gtk_actionable_set_action_name (GTK_ACTIONABLE (self->status_button), NULL);
    gtk_actionable_set_action_target_value (GTK_ACTIONABLE (self->status_button),
                                            target != NULL ? g_variant_new_string (target) : NULL);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (self->status_button), action);
  }
}

static void
show_missing (DubOverviewPage *self,
              const DubStudy  *study)
{
  const char *failure = dub_overview_get_failure (self->overview);
  g_autofree char *about = _dub_overview_page_about (dub_overview_get_seconds (self->overview));
  guint n = study->models->len;
  g_autofree char *cost = g_strdup_printf (g_dngettext (NULL, "%u network over %u cases", "%u networks over %u cases", n), n,
                                           (guint) study->data->n_cases);
  g_autofree char *text = about != NULL ? g_strdup_printf ("%s · %s", cost, about) : g_strdup (cost);

  if (failure != NULL)
    show_status (self, "dialog-error-symbolic", _("The networks could not be run"), failure, _("Try Again"), "overview.run", NULL);
  else
    show_status (self, "media-playback-start-symbolic", _("The networks were not run yet"), text, _("Run the Networks"),
                 "overview.run", NULL);
}

static void
show_banner (DubOverviewPage           *self,
             const DubOverviewFamily   *family,
             const DubOverviewMeasured *measured)
{
  const char *failure = dub_overview_get_failure (self->overview);
  g_autofree char *text = NULL;

  if (failure != NULL)
    text = g_strdup (failure);
  else if (measured != NULL && measured->stale)
    text = g_strdup (_("Networks or split changed since these numbers were measured."));
  else if (family != NULL && family->n_measured < family->n_networks)
    text = g_strdup_printf (g_dngettext (NULL, "%u of %u network was run: the ensemble is of these.",
                                         "%u of %u networks were run: the ensemble is of these.", (gulong) family->n_networks), (guint) family->n_measured,
                            (guint) family->n_networks);
  gtk_label_set_label (self->banner_label, text != NULL ? text : "");
  gtk_button_set_label (self->banner_button, failure != NULL ? _("Try Again") : _("Run"));
  gtk_widget_set_visible (self->banner, text != NULL);
}

/* --- all of it --- */

static void
show_figure (DubOverviewPage   *self,
             const DubStudy    *study,
             gboolean           stale)
{
  DubOverviewFigure *figure = self->figure;
  gboolean table = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->table_button));
  g_autofree char *badge = g_strdup_printf (_("measured on test · %u"), (guint) figure->n_cases);
  g_autofree char *rows = figure->n_networks > 1 ? g_strdup_printf (_("E ensemble, 1–%u folds"), (guint) figure->n_networks)
                                                 : g_strdup (_("one network"));
  g_autofree char *note = g_strdup_printf (_("95 %% intervals · %s"), rows);

  for (int i = 0; i < DUB_OVERVIEW_PANELS; i++)
    show_cell (&self->cells[i], &figure->panel[i], study->classes->len == 2);
  fill_table (self);
  gtk_label_set_label (self->badge, badge);
  gtk_label_set_label (self->results_note, note);
  set_class (GTK_WIDGET (self->plots), "stale", stale);
  set_class (GTK_WIDGET (self->table), "stale", stale);
  gtk_stack_set_visible_child_name (self->results_stack, table ? "table" : "plots");
}

void
_dub_overview_page_update_fraction (DubOverviewPage *self)
{
  double fraction = dub_overview_get_fraction (self->overview);

  gtk_progress_bar_set_fraction (self->status_progress, CLAMP (fraction, 0.0, 1.0));
}

void
_dub_overview_page_update_results (DubOverviewPage *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  const DubOverviewMeasured *measured = dub_overview_get_measured (self->overview);
  const DubOverviewFamily *family = dub_overview_measured_find (measured, self->family);
  DubOverviewState state = dub_overview_get_state (self->overview);
  gboolean stale = measured != NULL && measured->stale;
  DubOverviewWords words;

  /* The plots let go of their figure before it dies. */
  for (int i = 0; i < DUB_OVERVIEW_PANELS; i++)
    dub_interval_view_set_figure (self->cells[i].view, NULL, NULL);
  g_clear_pointer (&self->figure, dub_overview_figure_free);
  init_words (&words);
  if (study != NULL && study->data != NULL && measured != NULL && measured->evaluation != NULL && self->family != NULL)
    self->figure = dub_overview_figure_new (study, measured->evaluation, self->family, &words);

  gboolean shown = self->figure != NULL && (state == DUB_OVERVIEW_READY || state == DUB_OVERVIEW_RUNNING);

  gtk_widget_set_visible (GTK_WIDGET (self->badge), shown);
  gtk_widget_set_visible (self->table_button, shown);
  gtk_label_set_label (self->results_note, "");
  gtk_widget_set_visible (GTK_WIDGET (self->status_progress), state == DUB_OVERVIEW_RUNNING);
  gtk_widget_hide (self->banner);
  if (study == NULL || study->data == NULL)
    return;
  show_failures (self, study, shown ? family : NULL);

  if (shown) {
    if (state != DUB_OVERVIEW_RUNNING)
      show_banner (self, family, measured);
    show_figure (self, study, stale || state == DUB_OVERVIEW_RUNNING);
  } else if (state == DUB_OVERVIEW_RUNNING) {
    show_status (self, NULL, _("Running the networks"), NULL, _("Stop"), "overview.stop", NULL);
    _dub_overview_page_update_fraction (self);
  } else if (state == DUB_OVERVIEW_READING) {
    show_status (self, NULL, _("Reading what was computed"), NULL, NULL, NULL, NULL);
  } else if (state == DUB_OVERVIEW_NO_NETWORK) {
    if (dub_training_is_running (self->training)) {
      show_status (self, "dub-network-symbolic", _("The first network is being trained"),
                   _("Numbers stand here when it is done."), _("Watch"), "win.page", "training");
    } else {
      show_status (self, "dub-network-symbolic", _("This study has no network yet"),
                   _("Train some on these data, or import your own, and read here what they are worth."), _("Train Networks"),
                   "win.page", "training");
      gtk_widget_set_visible (self->import_button, study->data->path != NULL);
    }
  } else {
    show_missing (self, study);
  }
}
