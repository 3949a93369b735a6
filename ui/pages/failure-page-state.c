/* What stands on the page while there is nothing to measure, and the banner of what a reader has to know. */
#include "ui/pages/failure-page-private.h"

#include <glib/gi18n.h>

/* Below this an interval is nearly the whole axis. */
enum { FEW_FAILURES = 10 };

typedef struct {
  const char *icon;
  char       *title; /* NULL: nothing to say */
  char       *text;
  const char *button; /* (nullable) */
  const char *action;
  const char *target; /* (nullable) */
  gboolean    progress;
} Remark;

static void
remark_clear (Remark *self)
{
  g_free (self->title);
  g_free (self->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Remark, remark_clear)

static void
set_action (GtkButton    *button,
            const Remark *remark)
{
  gtk_widget_set_visible (GTK_WIDGET (button), remark->button != NULL);
  if (remark->button == NULL)
    return;
  /* Action and target never stand beside each other that do not go together. */
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), NULL);
  gtk_button_set_label (button, remark->button);
  if (remark->target != NULL)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", remark->target);
  else
    gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), NULL);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), remark->action);
}

/* --- instead of the page --- */

static gboolean
has_test_cases (DubFailurePage *self)
{
  for (guint i = 0; i < dub_failure_bench_get_n_rows (self->bench); i++) {
    DubFailureInputs *inputs = dub_failure_row_get_inputs (dub_failure_bench_get_row (self->bench, i));

    if (inputs != NULL && inputs->n > 0)
      return TRUE;
  }

  return FALSE;
}

static Remark
nothing_yet (DubFailurePage *self)
{
  const char *failure = dub_results_get_failure (self->results);
  DubResultsState state = dub_results_get_state (self->results);

  /* The scores are there, their rows are about to be. */
  if (state == DUB_RESULTS_READY && dub_failure_bench_get_n_rows (self->bench) == 0)
    state = DUB_RESULTS_READING;
  if (dub_results_get_scores (self->results) != NULL && has_test_cases (self))
    return (Remark) { NULL };
  switch (state) {
  case DUB_RESULTS_READING:
    return (Remark) { "content-loading-symbolic", g_strdup (_("Reading the scores…")), g_strdup ("") };
  case DUB_RESULTS_NO_NETWORK:
    return (Remark) { "dub-network-symbolic", g_strdup (_("This study has no network yet")),
                      g_strdup (_("Scores of uncertainty are computed from what networks answer, and judged by the answers that were wrong.")),
                      _("Train Networks"), "win.page", "training" };
  case DUB_RESULTS_NO_OUTPUTS:
    return (Remark) { failure != NULL ? "dialog-error-symbolic" : "dub-failure-symbolic",
                      g_strdup (failure != NULL ? _("The networks could not be run") : _("The networks were not run over these cases yet")),
                      g_strdup (failure != NULL ? failure
                                                : _("Their answers say how unsure they are, and which of them were wrong: without both there is nothing to detect.")),
                      failure != NULL ? _("Try Again") : _("Run the Networks"), "failure.run" };
  case DUB_RESULTS_RUNNING:
    return (Remark) { "content-loading-symbolic", g_strdup (_("The networks are being run…")), g_strdup (""), _("Stop"), "failure.stop",
                      NULL, TRUE };
  case DUB_RESULTS_ERROR:
    return (Remark) { "dialog-error-symbolic", g_strdup (_("The scores cannot be read")), g_strdup (failure), _("Try Again"),
                      "failure.refresh" };
  case DUB_RESULTS_READY:
    return (Remark) { "dub-failure-symbolic", g_strdup (_("No test case has a known label")),
                      g_strdup (_("A failure is an answer that is not the label: scores are judged on labelled cases of the test part.")),
                      _("Overview"), "win.page", "overview" };
  case DUB_RESULTS_EMPTY:
  default:
    return (Remark) { "dub-failure-symbolic", g_strdup (_("No study of cases is open")), g_strdup ("") };
  }
}

/* --- above the page --- */

static Remark
about_outcomes (const DubFailure *failure)
{
  g_autofree char *cases = g_strdup_printf ("%" G_GSIZE_FORMAT, failure->n_cases);
  g_autofree char *failures = g_strdup_printf ("%" G_GSIZE_FORMAT, failure->n_failures);

  if (failure->n_failures == 0)
    return (Remark) { "dialog-warning-symbolic",
                      g_strdup_printf (_("None of the %s test cases failed: AUC and specificity are undefined, not 1."), cases) };
  if (failure->n_failures == failure->n_cases)
    return (Remark) { "dialog-warning-symbolic", g_strdup_printf (_("All %s test cases failed: AUC and sensitivity are undefined."), cases) };
  if (failure->n_failures < FEW_FAILURES)
    return (Remark) { "dialog-warning-symbolic",
                      g_strdup_printf (g_dngettext (NULL, "Only %s failure among %s test cases: believe the intervals, not the numbers.",
                                                    "Only %s failures among %s test cases: believe the intervals, not the numbers.",
                                                    failure->n_failures),
                                       failures, cases) };

  return (Remark) { NULL };
}

static Remark
to_know (DubFailurePage *self)
{
  const char *failed = dub_results_get_failure (self->results);
  const DubScores *scores = dub_results_get_scores (self->results);
  DubFailureRow *chosen = dub_failure_bench_get_chosen (self->bench);
  const DubFailure *failure = chosen != NULL ? dub_failure_row_get_failure (chosen) : NULL;

  if (dub_results_get_state (self->results) == DUB_RESULTS_RUNNING)
    return (Remark) { "content-loading-symbolic", g_strdup (_("The networks are being run…")), NULL, _("Stop"), "failure.stop", NULL, TRUE };
  if (dub_results_is_stale (self->results))
    return (Remark) { "dialog-warning-symbolic", g_strdup (_("Networks, data or split have changed since these answers were given.")), NULL,
                      _("Run Again"), "failure.run" };
  if (failed != NULL)
    return (Remark) { "dialog-error-symbolic", g_strdup (failed), NULL, _("Try Again"), "failure.run-views" };
  if (failure != NULL) {
    Remark remark = about_outcomes (failure);

    if (remark.title != NULL)
      return remark;
  }
  if (dub_failure_bench_get_own (self->bench) && dub_failure_bench_get_kind (self->bench) != DUB_POINT_CHOSEN && failure != NULL)
    return (Remark) { "dialog-warning-symbolic",
                      g_strdup (_("Thresholds were chosen on the very test cases that they are measured on: these rates are too good.")), NULL,
                      _("Choose on Calibration"), "failure.own" };
  if (scores != NULL && scores->warnings != NULL && scores->warnings->len > 0)
    return (Remark) { "dialog-warning-symbolic", g_strdup (g_ptr_array_index (scores->warnings, 0)) };

  return (Remark) { NULL };
}

void
_dub_failure_page_update_state (DubFailurePage *self)
{
  g_auto (Remark) instead = nothing_yet (self);
  double fraction = CLAMP (dub_results_get_fraction (self->results), 0.0, 1.0);

  gtk_stack_set_visible_child_name (self->stack, instead.title != NULL ? "status" : "bench");
  if (instead.title != NULL) {
    adw_status_page_set_icon_name (self->status, instead.icon);
    adw_status_page_set_title (self->status, instead.title);
    adw_status_page_set_description (self->status, instead.text);
    gtk_widget_set_visible (GTK_WIDGET (self->status_progress), instead.progress);
    gtk_progress_bar_set_fraction (self->status_progress, fraction);
    set_action (self->status_button, &instead);
    return;
  }

  g_auto (Remark) above = to_know (self);
  gboolean plain = above.icon != NULL && !g_str_has_prefix (above.icon, "dialog-");

  if (gtk_widget_get_visible (self->banner) != (above.title != NULL))
    _dub_failure_page_reveal_line (self);
  gtk_widget_set_visible (self->banner, above.title != NULL);
  gtk_widget_set_css_classes (self->banner, (const char *[]) { "card", "banner", plain ? "plain" : "warning", NULL });
  gtk_image_set_from_icon_name (self->banner_icon, above.icon);
  gtk_label_set_text (self->banner_label, above.title != NULL ? above.title : "");
  gtk_widget_set_visible (GTK_WIDGET (self->banner_progress), above.progress);
  gtk_progress_bar_set_fraction (self->banner_progress, fraction);
  set_action (self->banner_button, &above);
  if (dub_results_is_stale (self->results))
    gtk_widget_add_css_class (self->table_card, "stale");
  else
    gtk_widget_remove_css_class (self->table_card, "stale");
}
