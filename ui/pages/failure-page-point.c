/* The operating point: badges of what it was chosen on, the sentence of what it does, and the three plots it is dragged in. */
#include "ui/pages/failure-page-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/figures/ticks.h"

typedef enum { FAILURES_ACCEPTED, FAILURES_REJECTED, CORRECT_ACCEPTED, CORRECT_REJECTED, N_SETS } Set;

static const char *const SETS[N_SETS] = { "failures-accepted", "failures-rejected", "correct-accepted", "correct-rejected" };

/* --- badges --- */

static void
set_fitted (DubFailurePage *self,
            const char     *text,
            const char     *tooltip,
            gboolean        warning)
{
  const char *classes[] = { "dub-pill", warning ? "warning" : "calibration", NULL };

  gtk_label_set_text (self->fitted_label, text);
  gtk_widget_set_tooltip_text (self->fitted_badge, tooltip);
  gtk_widget_set_css_classes (self->fitted_badge, classes);
  gtk_widget_set_visible (GTK_WIDGET (self->fitted_icon), warning);
}

/* Whole numbers as words: a translation may then put them where it likes. */
static char *
count_words (size_t n)
{
  return g_strdup_printf ("%" G_GSIZE_FORMAT, n);
}

static void
update_badges (DubFailurePage   *self,
               const DubFailure *failure)
{
  gtk_widget_set_visible (self->fitted_badge, failure != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->measured_badge), failure != NULL);
  if (failure == NULL)
    return;

  g_autofree char *cases = count_words (failure->n_cases), *failures = count_words (failure->n_failures);
  g_autofree char *fitting = count_words (failure->n_fitting), *failed = count_words (failure->n_fitting_failures);
  g_autofree char *measured = g_strdup_printf (_("measured on test · %s, %s failed"), cases, failures);
  g_autofree char *fitted = g_strdup_printf (_("threshold fitted on calibration · %s, %s failed"), fitting, failed);
  g_autofree char *own = g_strdup_printf (_("threshold chosen on test · %s, %s failed: too good"), cases, failures);

  gtk_label_set_text (self->measured_badge, measured);
  if (dub_failure_bench_get_kind (self->bench) == DUB_POINT_CHOSEN)
    set_fitted (self, _("threshold chosen by hand on test"),
                _("A threshold that was chosen while looking at the test cases looks better on them than it is; keep other cases to report it on"),
                TRUE);
  else if (dub_failure_bench_get_own (self->bench))
    set_fitted (self, own, _("Chosen on the very cases that it is measured on, as is often published"), TRUE);
  else if (!failure->has_fitting)
    set_fitted (self, _("no calibration cases: threshold chosen on test"),
                _("This study has no calibration cases to choose a threshold on, so that the rates are too good"), TRUE);
  else
    set_fitted (self, fitted, _("Chosen on calibration cases, which no number of this page is measured on"), FALSE);
}

/* --- the sentence --- */

/* @text: (transfer full) */
static void
set_count (GtkWidget *button,
           char      *text)
{
  gtk_label_set_markup (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), text);
  g_free (text);
}

static void
update_sentence (DubFailurePage          *self,
                 DubFailureRow           *row,
                 const DubOperatingPoint *point)
{
  gtk_widget_set_visible (self->sentence, point != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->show_button), point != NULL && point->failures_accepted.n > 0);
  if (point == NULL)
    return;

  size_t accepted = point->failures_accepted.n;
  g_autofree char *number = count_words (accepted), *rejected = count_words (point->failures_rejected.n);
  g_autofree char *correct = count_words (point->correct_accepted.n);
  g_autofree char *doubted = count_words (point->correct_accepted.d - point->correct_accepted.n);
  g_autofree char *threshold = isfinite (point->threshold) ? dub_number_format_short (point->threshold, 3) : g_strdup ("−∞");
  g_autofree char *title = g_markup_escape_text (dub_failure_row_get_title (row), -1);
  g_autofree char *coverage = g_strdup_printf ("%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT, point->accepted.n, point->accepted.d);
  g_autofree char *at = g_strdup_printf ("<b>%s</b> ≤ <b>%s</b>", title, threshold);
  g_autofree char *accepts = g_strdup_printf (_("accepts <b>%s</b>"), coverage);
  g_autofree char *show = g_strdup_printf (_("Show the %s in Cases"), number);

  gtk_label_set_markup (self->threshold_label, at);
  gtk_label_set_markup (GTK_LABEL (self->accepts_label), accepts);
  /* Where there is little room the marks say of what. */
  set_count (self->counts[0], self->narrow ? g_strdup_printf (_("<b>%s</b> accepted"), number)
                                           : g_strdup_printf (_("<b>%s</b> failures accepted"), number));
  set_count (self->counts[1], g_strdup_printf (_("<b>%s</b> rejected"), rejected));
  set_count (self->counts[2], self->narrow ? g_strdup_printf (_("<b>%s</b> accepted"), correct)
                                           : g_strdup_printf (_("<b>%s</b> correct accepted"), correct));
  set_count (self->counts[3], g_strdup_printf (_("<b>%s</b> rejected"), doubted));
  gtk_button_set_label (self->show_button, accepted > 0 ? show : _("No failure accepted"));
}

static char *
set_title (Set         set,
           const char *number,
           const char *score,
           const char *threshold)
{
  switch (set) {
  case FAILURES_ACCEPTED:
    return g_strdup_printf (_("%s failures accepted by %s at %s"), number, score, threshold);
  case FAILURES_REJECTED:
    return g_strdup_printf (_("%s failures rejected by %s at %s"), number, score, threshold);
  case CORRECT_ACCEPTED:
    return g_strdup_printf (_("%s correct accepted by %s at %s"), number, score, threshold);
  case CORRECT_REJECTED:
  case N_SETS:
  default:
    return g_strdup_printf (_("%s correct rejected by %s at %s"), number, score, threshold);
  }
}

void
_dub_failure_page_show_set (DubFailurePage *self,
                            const char     *which)
{
  DubFailureRow *row = dub_failure_bench_get_chosen (self->bench);
  DubOperatingPoint point;

  if (!dub_failure_bench_get_point (self->bench, row, &point))
    return;
  for (int set = 0; set < N_SETS; set++) {
    gboolean accepted = set == FAILURES_ACCEPTED || set == CORRECT_ACCEPTED, failed = set < CORRECT_ACCEPTED;
    size_t n;

    if (strcmp (SETS[set], which) != 0)
      continue;

    g_autofree guint *cases = dub_failure_row_take (row, point.threshold, accepted, failed, &n);
    g_autofree char *threshold = isfinite (point.threshold) ? dub_number_format_short (point.threshold, 3) : g_strdup ("−∞");
    g_autofree char *number = count_words (n);
    g_autofree char *title = set_title ((Set) set, number, dub_failure_row_get_title (row), threshold);

    dub_selection_set_set (dub_session_get_selection (self->session), cases, n, title);
    gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "cases");
    gtk_widget_activate_action (GTK_WIDGET (self), "win.page-action", "s", "cases.show-set");
  }
}

/* --- the plots --- */

static void
window_words (DubFailureWords *words)
{
  *words = (DubFailureWords) {
    .title = { _("ROC"), _("Risk–coverage"), _("Scores by outcome") },
    .x = { _("1 − specificity (failures accepted)"), _("coverage (fraction accepted)"), NULL },
    .y = { _("sensitivity (correct accepted)"), _("risk (failures among accepted)"), _("share: failed | correct") },
    .accept_all = _("accept all"),
    .correct = C_("after a number of cases", "correct"),
    .failed = C_("after a number of cases", "failed"),
    .no_failures = _("no failures: no ROC"),
    .no_correct = _("no correct answers: no ROC"),
  };
}

DubFailureFigure *
_dub_failure_page_make_figure (DubFailurePage        *self,
                               const DubFailureWords *words)
{
  DubFailureRow *chosen = dub_failure_bench_get_chosen (self->bench);
  guint n_rows = dub_failure_bench_get_n_rows (self->bench), n = 1;
  g_autofree DubFailureCurve *curves = g_new0 (DubFailureCurve, n_rows + 1);

  if (chosen == NULL || dub_failure_row_get_failure (chosen) == NULL)
    return NULL;
  for (guint i = 0; i < n_rows; i++) {
    DubFailureRow *row = dub_failure_bench_get_row (self->bench, i);
    const DubFailure *failure = dub_failure_row_get_failure (row);

    if (failure == NULL)
      continue;

    const char *formula = dub_failure_row_get_formula (row);

    curves[row == chosen ? 0 : n] = (DubFailureCurve) {
      .id = dub_failure_row_get_id (row), .title = dub_failure_row_get_title (row),
      .axis = formula != NULL && g_utf8_strlen (formula, -1) <= 28 ? formula : dub_failure_row_get_title (row),
      .acceptance = failure->acceptance, .auroc = failure->auroc.value,
    };
    n += row != chosen;
  }

  return dub_failure_figure_new (curves, n, words);
}

static void
update_heads (DubFailurePage          *self,
              const DubOperatingPoint *point)
{
  guint n_done, n_all;
  g_autofree char *risk = _dub_failure_number (dub_rate_value (point->failures_accepted), 3);
  g_autofree char *coverage = _dub_failure_number (dub_rate_value (point->accepted), 3);
  g_autofree char *at = g_strdup_printf (_("risk %s at %s"), risk, coverage);
  g_autofree char *value = isfinite (point->threshold) ? dub_number_format_short (point->threshold, 3) : g_strdup ("−∞");
  g_autofree char *threshold = g_strdup_printf ("≤ %s", value);
  g_autofree char *grey = NULL;

  dub_failure_bench_count (self->bench, &n_done, &n_all);
  grey = g_strdup_printf (n_done > 1 ? _("%s; others grey") : "%s", self->figure->score);
  gtk_label_set_text (self->heads[DUB_FAILURE_PLOT_ROC], grey);
  gtk_label_set_text (self->heads[DUB_FAILURE_PLOT_RISK], at);
  gtk_label_set_text (self->heads[DUB_FAILURE_PLOT_OUTCOME], threshold);
}

/* What the eye sees, for those who hear it. */
static void
describe (DubFailurePage          *self,
          const DubOperatingPoint *point)
{
  const char *titles[] = { _("ROC"), _("Risk–coverage"), _("Scores by outcome") };
  g_autofree char *sensitivity = _dub_failure_number (dub_rate_value (point->correct_accepted), 3);
  g_autofree char *specificity = _dub_failure_number (dub_rate_value (point->failures_rejected), 3);
  g_autofree char *auc = _dub_failure_number (self->figure->auroc, 3);
  g_autofree char *threshold = dub_number_format_short (point->threshold, 3);
  const char *risk = gtk_label_get_text (self->heads[DUB_FAILURE_PLOT_RISK]);
  g_autofree char *roc = g_strdup_printf (_("%s: area %s; operating point: sensitivity %s, specificity %s. Arrow keys move the threshold."),
                                          self->figure->score, auc, sensitivity, specificity);
  g_autofree char *curve = g_strdup_printf (_("%s: %s of the cases. Arrow keys move the threshold."), self->figure->score, risk);
  g_autofree char *bars = g_strdup_printf (_("%s, threshold %s. Arrow keys move it."), self->figure->score, threshold);
  const char *texts[] = { roc, curve, bars };

  for (int i = 0; i < DUB_N_FAILURE_PLOTS; i++)
    dub_failure_view_describe (self->views[i], titles[i], texts[i]);
}

void
_dub_failure_page_update_case (DubFailurePage *self)
{
  DubFailureRow *chosen = dub_failure_bench_get_chosen (self->bench);

  if (self->figure == NULL || chosen == NULL)
    return;
  self->figure->case_score = dub_failure_row_get_score (chosen, dub_selection_get_case (dub_session_get_selection (self->session)),
                                                        &self->figure->case_failed);
  for (int i = 0; i < DUB_N_FAILURE_PLOTS; i++)
    dub_failure_view_moved (self->views[i]);
}

void
_dub_failure_page_update_point (DubFailurePage *self)
{
  DubFailureRow *chosen = dub_failure_bench_get_chosen (self->bench);
  const DubFailure *failure = chosen != NULL ? dub_failure_row_get_failure (chosen) : NULL;
  DubOperatingPoint point;
  gboolean known = dub_failure_bench_get_point (self->bench, chosen, &point);

  update_badges (self, failure);
  update_sentence (self, chosen, known ? &point : NULL);
  if (!known || self->figure == NULL)
    return;
  dub_failure_figure_set_point (self->figure, &point);
  update_heads (self, &point);
  describe (self, &point);
  _dub_failure_page_show_threshold (self);
  _dub_failure_page_update_case (self);
}

void
_dub_failure_page_update_plots (DubFailurePage *self)
{
  DubFailureWords words;

  for (int i = 0; i < DUB_N_FAILURE_PLOTS; i++)
    dub_failure_view_set_figure (self->views[i], NULL);
  g_clear_pointer (&self->figure, dub_failure_figure_free);
  window_words (&words);
  self->figure = _dub_failure_page_make_figure (self, &words);
  for (int i = 0; i < DUB_N_FAILURE_PLOTS; i++) {
    dub_failure_view_set_figure (self->views[i], self->figure);
    if (self->figure == NULL)
      gtk_label_set_text (self->heads[i], _("measuring…"));
  }
  _dub_failure_page_update_point (self);
  _dub_failure_page_update_points (self);
}

/* The case that stands where the threshold is becomes the current one: to be looked at, not a step of its own. */
static void
picked_cb (DubFailurePage *self,
           double          threshold)
{
  DubFailureRow *chosen = dub_failure_bench_get_chosen (self->bench);
  int index = chosen != NULL ? dub_failure_row_find_score (chosen, threshold) : -1;

  dub_failure_bench_drag (self->bench, threshold);
  if (index >= 0)
    dub_selection_pass_case (dub_session_get_selection (self->session), index);
}

static void
activated_cb (DubFailurePage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "failure.open-threshold", NULL);
}

void
_dub_failure_page_build_plots (DubFailurePage *self)
{
  const char *titles[] = { _("ROC"), _("Risk–coverage"), _("Scores by outcome") };
  const char *tooltips[] = { _("Failures accepted against correct accepted; drag the point, or press ← and →; Enter opens its case"),
                             _("Failures among the accepted as more are accepted; the ring is where the first failure is"),
                             _("How the score is spread over correct answers and over failures; drag the threshold") };

  for (int i = 0; i < DUB_N_FAILURE_PLOTS; i++) {
    GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4), *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
    GtkWidget *title = _dub_failure_label (titles[i], "heading", 0.0f), *note = _dub_failure_label ("", "dim-label", 1.0f);
    GtkWidget *view = dub_failure_view_new ((DubFailurePlot) i);

    gtk_widget_add_css_class (card, "card");
    gtk_widget_add_css_class (card, "plot");
    gtk_widget_add_css_class (note, "caption-line");
    gtk_widget_add_css_class (note, "numeric");
    gtk_widget_set_hexpand (note, TRUE);
    gtk_label_set_ellipsize (GTK_LABEL (note), PANGO_ELLIPSIZE_END);
    gtk_widget_set_vexpand (view, TRUE);
    gtk_widget_set_hexpand (view, TRUE);
    gtk_widget_set_tooltip_text (title, tooltips[i]);
    gtk_box_append (GTK_BOX (head), title);
    gtk_box_append (GTK_BOX (head), note);
    gtk_box_append (GTK_BOX (card), head);
    gtk_box_append (GTK_BOX (card), view);
    gtk_grid_attach (self->plots, card, i, 0, 1, 1);
    self->heads[i] = GTK_LABEL (note);
    self->views[i] = DUB_FAILURE_VIEW (view);
    g_signal_connect_swapped (view, "picked", G_CALLBACK (picked_cb), self);
    g_signal_connect_swapped (view, "activated", G_CALLBACK (activated_cb), self);
  }
}
