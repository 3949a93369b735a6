/* What stands there instead of the page while there is nothing to lay out, and the banner of what a reader has to know. */
#include "ui/pages/latent-page-private.h"

#include <glib/gi18n.h>

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

static Remark
nothing_yet (DubLatentPage *self)
{
  const char *failure = dub_results_get_failure (self->results);

  if (dub_results_get_scores (self->results) != NULL)
    return (Remark) { NULL };
  switch (dub_results_get_state (self->results)) {
  case DUB_RESULTS_READING:
    return (Remark) { "content-loading-symbolic", g_strdup (_("Reading the features…")), g_strdup ("") };
  case DUB_RESULTS_NO_NETWORK:
    return (Remark) { "dub-network-symbolic", g_strdup (_("This study has no network yet")),
                      g_strdup (_("The latent space is what a network makes of a case before its last layer says a class.")),
                      _("Train Networks"), "win.page", "training" };
  case DUB_RESULTS_NO_OUTPUTS:
    return (Remark) { failure != NULL ? "dialog-error-symbolic" : "dub-latent-symbolic",
                      g_strdup (failure != NULL ? _("The networks could not be run") : _("The networks were not run over these cases yet")),
                      g_strdup (failure != NULL ? failure
                                                : _("Running them gives every case its place among the features, and says which answers are wrong.")),
                      failure != NULL ? _("Try Again") : _("Run the Networks"), "latent.run-networks" };
  case DUB_RESULTS_RUNNING:
    return (Remark) { "content-loading-symbolic", g_strdup (_("The networks are being run…")), g_strdup (""), _("Stop"),
                      "latent.stop-networks", NULL, TRUE };
  case DUB_RESULTS_ERROR:
    return (Remark) { "dialog-error-symbolic", g_strdup (_("The outputs cannot be read")), g_strdup (failure), _("Try Again"),
                      "latent.refresh" };
  case DUB_RESULTS_READY:
  case DUB_RESULTS_EMPTY:
  default:
    return (Remark) { "dub-latent-symbolic", g_strdup (_("No study of cases is open")), g_strdup ("") };
  }
}

static gboolean
has_one_class (DubLatentPage *self)
{
  const DubLatentCounts *counts = dub_latent_bench_count (self->bench);
  guint n = 0;

  for (guint k = 0; k < counts->n_classes; k++)
    n += counts->of_class_all[k] > 0;

  return n == 1;
}

static Remark
to_know (DubLatentPage *self)
{
  const char *failed = dub_results_get_failure (self->results);

  if (dub_results_get_state (self->results) == DUB_RESULTS_RUNNING)
    return (Remark) { "content-loading-symbolic", g_strdup (_("The networks are being run…")), NULL, _("Stop"), "latent.stop-networks", NULL, TRUE };
  if (dub_results_is_stale (self->results))
    return (Remark) { "dialog-warning-symbolic", g_strdup (_("Networks, data or split have changed since these answers were given.")), NULL,
                      _("Run Again"), "latent.run-networks" };
  if (failed != NULL)
    return (Remark) { "dialog-error-symbolic", g_strdup (failed), NULL, _("Try Again"), "latent.run-networks" };
  if (has_one_class (self))
    return (Remark) { "dialog-warning-symbolic", g_strdup (_("All test cases with a label are of one class: there is no separation to measure.")) };

  return (Remark) { NULL };
}

void
_dub_latent_page_update_state (DubLatentPage *self)
{
  g_auto (Remark) instead = nothing_yet (self);
  double fraction = CLAMP (dub_results_get_fraction (self->results), 0.0, 1.0);

  gtk_stack_set_visible_child_name (self->stack, instead.title != NULL ? "status" : "space");
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
  gtk_widget_set_css_classes (self->banner, (const char *[]) { "banner", plain ? "plain" : "warning", NULL });
  gtk_image_set_from_icon_name (self->banner_icon, above.icon);
  gtk_label_set_text (self->banner_label, above.title != NULL ? above.title : "");
  gtk_widget_set_visible (GTK_WIDGET (self->banner_progress), above.progress);
  gtk_progress_bar_set_fraction (self->banner_progress, fraction);
  set_action (self->banner_button, &above);
  if (dub_results_is_stale (self->results))
    gtk_widget_add_css_class (GTK_WIDGET (self->panels), "stale");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->panels), "stale");
}
