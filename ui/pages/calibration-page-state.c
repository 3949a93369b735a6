/* What stands on the page while there is nothing to measure, and the banner of what a reader has to know. */
#include "ui/pages/calibration-page-private.h"

#include <glib/gi18n.h>

/* Below this no number of the page means anything. */
enum { FEW_CASES = 10 };

/* --- instead of the page --- */

gboolean
_dub_calibration_page_waits (DubCalibrationPage *self)
{
  gboolean outputs = dub_results_get_outputs (self->results) != NULL;

  return self->figure != NULL && dub_calibration_bench_get_subject (self->bench) == NULL &&
         dub_calibration_bench_get_failure (self->bench) == NULL &&
         (dub_results_get_state (self->results) == DUB_RESULTS_READING || (outputs && dub_calibration_bench_is_reading (self->bench)));
}

static DubRemark
nothing_yet (DubCalibrationPage *self)
{
  const DubCalibrationSubject *subject = dub_calibration_bench_get_subject (self->bench);
  const char *failure = dub_calibration_bench_get_failure (self->bench);
  const DubRemarkWords words = {
    "dub-calibration-symbolic", _("Reading the answers…"), _("Calibration compares how sure networks are with how often they are right."),
    _("Their answers say how sure they are and which of them were right: a reliability diagram needs both."),
    _("The answers cannot be read"), "calibration.run", "calibration.stop", "calibration.refresh",
  };

  if (subject != NULL && subject->test != NULL)
    return (DubRemark) { NULL };
  if (subject != NULL && !dub_calibration_bench_is_reading (self->bench))
    return (DubRemark) { "dub-calibration-symbolic", g_strdup (_("No test case has a known label")),
                      g_strdup (_("Whether an answer is right is known by its label: calibration is measured on labelled cases of the test part.")),
                      _("Overview"), "win.page", "overview" };
  if (failure != NULL && dub_results_get_outputs (self->results) != NULL)
    return (DubRemark) { "dialog-error-symbolic", g_strdup (_("The answers cannot be read")), g_strdup (failure), _("Try Again"),
                      "calibration.refresh" };

  return dub_remark_instead (self->results, &words);
}

/* --- above the page --- */

/* Whether all test cases are of one class; of which then. */
static int
only_class (const DubPredictions *predictions)
{
  if (predictions->labels == NULL)
    return -1;
  for (size_t i = 1; i < predictions->n_cases; i++)
    if (predictions->labels[i] != predictions->labels[0])
      return -1;

  return predictions->labels[0];
}

static DubRemark
about_cases (DubCalibrationPage   *self,
             const DubPredictions *predictions)
{
  DubStudy *study = dub_session_get_study (self->session);
  int only = only_class (predictions);
  g_autofree char *n = g_strdup_printf ("%" G_GSIZE_FORMAT, predictions->n_cases);

  if (predictions->n_cases < FEW_CASES)
    return (DubRemark) { "dialog-warning-symbolic",
                      g_strdup_printf (g_dngettext (NULL, "Only %s test case: no number of this page means anything yet.",
                                                    "Only %s test cases: no number of this page means anything yet.", predictions->n_cases), n) };
  if (only >= 0 && only < (int) study->classes->len)
    return (DubRemark) { "dialog-warning-symbolic",
                      g_strdup_printf (_("All test cases are of the class %s: what is measured says nothing about the others."),
                                       (char *) study->classes->pdata[only]) };

  return (DubRemark) { NULL };
}

static DubRemark
to_know (DubCalibrationPage *self)
{
  DubRemark remark = dub_remark_above (self->results, "calibration.run", "calibration.stop", "calibration.run");

  return remark.title != NULL ? remark : about_cases (self, dub_calibration_bench_get_subject (self->bench)->test->predictions);
}

void
_dub_calibration_page_update_state (DubCalibrationPage *self)
{
  if (_dub_calibration_page_waits (self)) {
    gtk_widget_add_css_class (self->content, "stale");
    return;
  }

  g_auto (DubRemark) instead = nothing_yet (self);
  double fraction = CLAMP (dub_results_get_fraction (self->results), 0.0, 1.0);

  gtk_stack_set_visible_child_name (self->stack, instead.title != NULL ? "status" : "bench");
  if (instead.title != NULL) {
    dub_remark_show_instead (&instead, self->status, self->status_progress, self->status_button, fraction);
    return;
  }

  const DubRemarkBanner banner = { self->banner, self->banner_icon, self->banner_label, self->banner_progress, self->banner_button };
  g_auto (DubRemark) above = to_know (self);

  dub_remark_show_above (&above, &banner, fraction);
  if (dub_results_is_stale (self->results))
    gtk_widget_add_css_class (self->content, "stale");
  else
    gtk_widget_remove_css_class (self->content, "stale");
}
