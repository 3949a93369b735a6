/* What stands on the page while there is nothing to measure, and the banner of what a reader has to know. */
#include "ui/pages/failure-page-private.h"

#include <glib/gi18n.h>

/* Below this an interval is nearly the whole axis. */
enum { FEW_FAILURES = 10 };

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

static DubRemark
nothing_yet (DubFailurePage *self)
{
  const DubRemarkWords words = {
    "dub-failure-symbolic", _("Reading the scores…"),
    _("Scores of uncertainty are computed from what networks answer, and judged by the answers that were wrong."),
    _("Their answers say how unsure they are, and which of them were wrong: without both there is nothing to detect."),
    _("The scores cannot be read"), "failure.run", "failure.stop", "failure.refresh",
  };

  if (dub_results_get_scores (self->results) != NULL && has_test_cases (self))
    return (DubRemark) { NULL };
  /* Without rows yet the scores are there, and their rows are about to be. */
  if (dub_results_get_state (self->results) == DUB_RESULTS_READY && dub_failure_bench_get_n_rows (self->bench) > 0)
    return (DubRemark) { "dub-failure-symbolic", g_strdup (_("No test case has a known label")),
                         g_strdup (_("A failure is an answer that is not the label: scores are judged on labelled cases of the test part.")),
                         _("Overview"), "win.page", "overview" };

  return dub_remark_instead (self->results, &words);
}

/* --- above the page --- */

static DubRemark
about_outcomes (const DubFailure *failure)
{
  g_autofree char *cases = g_strdup_printf ("%" G_GSIZE_FORMAT, failure->n_cases);
  g_autofree char *failures = g_strdup_printf ("%" G_GSIZE_FORMAT, failure->n_failures);

  if (failure->n_failures == 0)
    return (DubRemark) { "dialog-warning-symbolic",
                      g_strdup_printf (_("None of the %s test cases failed: AUC and specificity are undefined, not 1."), cases) };
  if (failure->n_failures == failure->n_cases)
    return (DubRemark) { "dialog-warning-symbolic", g_strdup_printf (_("All %s test cases failed: AUC and sensitivity are undefined."), cases) };
  if (failure->n_failures < FEW_FAILURES)
    return (DubRemark) { "dialog-warning-symbolic",
                      g_strdup_printf (g_dngettext (NULL, "Only %s failure among %s test cases: believe the intervals, not the numbers.",
                                                    "Only %s failures among %s test cases: believe the intervals, not the numbers.",
                                                    failure->n_failures),
                                       failures, cases) };

  return (DubRemark) { NULL };
}

static DubRemark
to_know (DubFailurePage *self)
{
  const DubScores *scores = dub_results_get_scores (self->results);
  DubFailureRow *chosen = dub_failure_bench_get_chosen (self->bench);
  const DubFailure *failure = chosen != NULL ? dub_failure_row_get_failure (chosen) : NULL;
  DubRemark remark = dub_remark_above (self->results, "failure.run", "failure.stop", "failure.run-views");

  if (remark.title != NULL)
    return remark;
  if (failure != NULL)
    remark = about_outcomes (failure);
  if (remark.title != NULL)
    return remark;
  if (dub_failure_bench_get_own (self->bench) && dub_failure_bench_get_kind (self->bench) != DUB_POINT_CHOSEN && failure != NULL)
    return (DubRemark) { "dialog-warning-symbolic",
                      g_strdup (_("Thresholds were chosen on the very test cases that they are measured on: these rates are too good.")), NULL,
                      _("Choose on Calibration"), "failure.own" };
  if (scores != NULL && scores->warnings != NULL && scores->warnings->len > 0)
    return (DubRemark) { "dialog-warning-symbolic", g_strdup (g_ptr_array_index (scores->warnings, 0)) };

  return (DubRemark) { NULL };
}

void
_dub_failure_page_update_state (DubFailurePage *self)
{
  g_auto (DubRemark) instead = nothing_yet (self);
  double fraction = CLAMP (dub_results_get_fraction (self->results), 0.0, 1.0);

  gtk_stack_set_visible_child_name (self->stack, instead.title != NULL ? "status" : "bench");
  if (instead.title != NULL) {
    dub_remark_show_instead (&instead, self->status, self->status_progress, self->status_button, fraction);
    return;
  }

  const DubRemarkBanner banner = { self->banner, self->banner_icon, self->banner_label, self->banner_progress, self->banner_button };
  g_auto (DubRemark) above = to_know (self);

  if (gtk_widget_get_visible (self->banner) != (above.title != NULL))
    _dub_failure_page_reveal_line (self);
  dub_remark_show_above (&above, &banner, fraction);
  if (dub_results_is_stale (self->results))
    gtk_widget_add_css_class (self->table_card, "stale");
  else
    gtk_widget_remove_css_class (self->table_card, "stale");
}
