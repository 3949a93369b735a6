/* What stands on the page while there is nothing to measure, and the banner of what a reader has to know. */
#include "ui/pages/calibration-page-private.h"

#include <glib/gi18n.h>

/* Below this no number of the page means anything. */
enum { FEW_CASES = 10 };

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

static Remark
about_results (DubCalibrationPage *self,
               DubResultsState     state)
{
  const char *failure = dub_results_get_failure (self->results);

  switch (state) {
  case DUB_RESULTS_READING:
  case DUB_RESULTS_READY:
    return (Remark) { "content-loading-symbolic", g_strdup (_("Reading the answers…")), g_strdup ("") };
  case DUB_RESULTS_NO_NETWORK:
    return (Remark) { "dub-network-symbolic", g_strdup (_("This study has no network yet")),
                      g_strdup (_("Calibration compares how sure networks are with how often they are right.")),
                      _("Train Networks"), "win.page", "training" };
  case DUB_RESULTS_NO_OUTPUTS:
    return (Remark) { failure != NULL ? "dialog-error-symbolic" : "dub-calibration-symbolic",
                      g_strdup (failure != NULL ? _("The networks could not be run") : _("The networks were not run over these cases yet")),
                      g_strdup (failure != NULL ? failure
                                                : _("Their answers say how sure they are and which of them were right: a reliability diagram needs both.")),
                      failure != NULL ? _("Try Again") : _("Run the Networks"), "calibration.run" };
  case DUB_RESULTS_RUNNING:
    return (Remark) { "content-loading-symbolic", g_strdup (_("The networks are being run…")), g_strdup (""), _("Stop"), "calibration.stop",
                      NULL, TRUE };
  case DUB_RESULTS_ERROR:
    return (Remark) { "dialog-error-symbolic", g_strdup (_("The answers cannot be read")), g_strdup (failure), _("Try Again"),
                      "calibration.refresh" };
  case DUB_RESULTS_EMPTY:
  default:
    return (Remark) { "dub-calibration-symbolic", g_strdup (_("No study of cases is open")), g_strdup ("") };
  }
}

gboolean
_dub_calibration_page_waits (DubCalibrationPage *self)
{
  gboolean outputs = dub_results_get_outputs (self->results) != NULL;

  return self->figure != NULL && dub_calibration_bench_get_subject (self->bench) == NULL &&
         dub_calibration_bench_get_failure (self->bench) == NULL &&
         (dub_results_get_state (self->results) == DUB_RESULTS_READING || (outputs && dub_calibration_bench_is_reading (self->bench)));
}

static Remark
nothing_yet (DubCalibrationPage *self)
{
  const DubCalibrationSubject *subject = dub_calibration_bench_get_subject (self->bench);
  const char *failure = dub_calibration_bench_get_failure (self->bench);

  if (subject != NULL && subject->test != NULL)
    return (Remark) { NULL };
  if (subject != NULL && !dub_calibration_bench_is_reading (self->bench))
    return (Remark) { "dub-calibration-symbolic", g_strdup (_("No test case has a known label")),
                      g_strdup (_("Whether an answer is right is known by its label: calibration is measured on labelled cases of the test part.")),
                      _("Overview"), "win.page", "overview" };
  if (failure != NULL && dub_results_get_outputs (self->results) != NULL)
    return (Remark) { "dialog-error-symbolic", g_strdup (_("The answers cannot be read")), g_strdup (failure), _("Try Again"),
                      "calibration.refresh" };

  return about_results (self, dub_results_get_state (self->results));
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

static Remark
about_cases (DubCalibrationPage   *self,
             const DubPredictions *predictions)
{
  DubStudy *study = dub_session_get_study (self->session);
  int only = only_class (predictions);
  g_autofree char *n = g_strdup_printf ("%" G_GSIZE_FORMAT, predictions->n_cases);

  if (predictions->n_cases < FEW_CASES)
    return (Remark) { "dialog-warning-symbolic",
                      g_strdup_printf (g_dngettext (NULL, "Only %s test case: no number of this page means anything yet.",
                                                    "Only %s test cases: no number of this page means anything yet.", predictions->n_cases), n) };
  if (only >= 0 && only < (int) study->classes->len)
    return (Remark) { "dialog-warning-symbolic",
                      g_strdup_printf (_("All test cases are of the class %s: what is measured says nothing about the others."),
                                       (char *) study->classes->pdata[only]) };

  return (Remark) { NULL };
}

static Remark
to_know (DubCalibrationPage *self)
{
  const DubCalibrationSubject *subject = dub_calibration_bench_get_subject (self->bench);
  const char *failed = dub_results_get_failure (self->results);

  if (dub_results_get_state (self->results) == DUB_RESULTS_RUNNING)
    return (Remark) { "content-loading-symbolic", g_strdup (_("The networks are being run…")), NULL, _("Stop"), "calibration.stop", NULL,
                      TRUE };
  if (dub_results_is_stale (self->results))
    return (Remark) { "dialog-warning-symbolic", g_strdup (_("Networks, data or split have changed since these answers were given.")), NULL,
                      _("Run Again"), "calibration.run" };
  if (failed != NULL)
    return (Remark) { "dialog-error-symbolic", g_strdup (failed), NULL, _("Try Again"), "calibration.run" };

  return about_cases (self, subject->test->predictions);
}

void
_dub_calibration_page_update_state (DubCalibrationPage *self)
{
  if (_dub_calibration_page_waits (self)) {
    gtk_widget_add_css_class (self->content, "stale");
    return;
  }

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

  gtk_widget_set_visible (self->banner, above.title != NULL);
  gtk_widget_set_css_classes (self->banner, (const char *[]) { "card", "banner", plain ? "plain" : "warning", NULL });
  gtk_image_set_from_icon_name (self->banner_icon, above.icon);
  gtk_label_set_text (self->banner_label, above.title != NULL ? above.title : "");
  gtk_widget_set_visible (GTK_WIDGET (self->banner_progress), above.progress);
  gtk_progress_bar_set_fraction (self->banner_progress, fraction);
  set_action (self->banner_button, &above);
  if (dub_results_is_stale (self->results))
    gtk_widget_add_css_class (self->content, "stale");
  else
    gtk_widget_remove_css_class (self->content, "stale");
}
