/* What the page can be told to do. */
#include "ui/pages/failure-page-private.h"

#include <math.h>

static void
sort_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  _dub_failure_page_sort_by (DUB_FAILURE_PAGE (widget), g_variant_get_string (parameter, NULL));
}

static void
score_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  dub_results_set_score_id (DUB_FAILURE_PAGE (widget)->results, g_variant_get_string (parameter, NULL));
}

static void
threshold_action (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  double threshold = g_variant_get_double (parameter);

  if (!isnan (threshold))
    dub_failure_bench_drag (DUB_FAILURE_PAGE (widget)->bench, threshold);
}

static void
show_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  _dub_failure_page_show_set (DUB_FAILURE_PAGE (widget), g_variant_get_string (parameter, NULL));
}

static void
open_case (DubFailurePage *self,
           int             index)
{
  if (index < 0)
    return;
  dub_selection_set_case (dub_session_get_selection (self->session), index);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "cases");
}

static void
open_case_action (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  open_case (DUB_FAILURE_PAGE (widget), _dub_failure_page_zero_case (DUB_FAILURE_PAGE (widget)));
}

static void
open_threshold_action (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  DubFailurePage *self = DUB_FAILURE_PAGE (widget);
  DubFailureRow *chosen = dub_failure_bench_get_chosen (self->bench);
  DubOperatingPoint point;

  if (dub_failure_bench_get_point (self->bench, chosen, &point))
    open_case (self, self->figure != NULL ? dub_failure_row_find_score (chosen, self->figure->threshold[self->figure->mark.at]) : -1);
}

static void
next_failure_action (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  DubFailurePage *self = DUB_FAILURE_PAGE (widget);
  int index;

  self->rank++;
  _dub_failure_page_update_zero (self);
  index = _dub_failure_page_zero_case (self);
  if (index >= 0)
    dub_selection_pass_case (dub_session_get_selection (self->session), index);
}

static void
run_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  DubFailurePage *self = DUB_FAILURE_PAGE (widget);

  if (g_str_equal (name, "failure.stop"))
    dub_results_stop (self->results);
  else if (g_str_equal (name, "failure.refresh"))
    dub_results_refresh (self->results);
  else
    dub_results_run (self->results, g_str_equal (name, "failure.run-views") ? DUB_RESULTS_RUN_VIEWS : DUB_RESULTS_RUN_NETWORKS);
}

void
_dub_failure_page_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_property_action (widget_class, "failure.point", "point");
  gtk_widget_class_install_property_action (widget_class, "failure.own", "own");
  gtk_widget_class_install_property_action (widget_class, "failure.as-table", "as-table");
  gtk_widget_class_install_property_action (widget_class, "failure.weights", "weights");
  gtk_widget_class_install_property_action (widget_class, "failure.eaurc", "eaurc");
  gtk_widget_class_install_property_action (widget_class, "failure.augrc", "augrc");
  gtk_widget_class_install_property_action (widget_class, "failure.fpr95", "fpr95");
  gtk_widget_class_install_action (widget_class, "failure.sort", "s", sort_action);
  gtk_widget_class_install_action (widget_class, "failure.score", "s", score_action);
  gtk_widget_class_install_action (widget_class, "failure.threshold", "d", threshold_action);
  gtk_widget_class_install_action (widget_class, "failure.show", "s", show_action);
  gtk_widget_class_install_action (widget_class, "failure.open-case", NULL, open_case_action);
  gtk_widget_class_install_action (widget_class, "failure.open-threshold", NULL, open_threshold_action);
  gtk_widget_class_install_action (widget_class, "failure.next-failure", NULL, next_failure_action);
  gtk_widget_class_install_action (widget_class, "failure.run", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "failure.run-views", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "failure.stop", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "failure.refresh", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "failure.export-figure", NULL, _dub_failure_page_export);
  gtk_widget_class_install_action (widget_class, "failure.export-csv", NULL, _dub_failure_page_export);
  gtk_widget_class_install_action (widget_class, "failure.export-table", NULL, _dub_failure_page_export);
}
