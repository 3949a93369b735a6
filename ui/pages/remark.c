#include "ui/pages/remark.h"

#include <glib/gi18n.h>

void
dub_remark_clear (DubRemark *self)
{
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->text, g_free);
}

static DubRemark
running (const char *stop)
{
  return (DubRemark) { .icon = "content-loading-symbolic", .title = g_strdup (_("The networks are being run…")), .text = g_strdup (""),
                       .button = _("Stop"), .action = stop, .progress = TRUE };
}

DubRemark
dub_remark_instead (DubResults           *results,
                    const DubRemarkWords *words)
{
  const char *failure = dub_results_get_failure (results);

  switch (dub_results_get_state (results)) {
  case DUB_RESULTS_READING:
  case DUB_RESULTS_READY:
    return (DubRemark) { "content-loading-symbolic", g_strdup (words->reading), g_strdup ("") };
  case DUB_RESULTS_NO_NETWORK:
    return (DubRemark) { "dub-network-symbolic", g_strdup (_("This study has no network yet")), g_strdup (words->no_network),
                         _("Train Networks"), "win.page", "training" };
  case DUB_RESULTS_NO_OUTPUTS:
    if (failure != NULL)
      return (DubRemark) { "dialog-error-symbolic", g_strdup (_("The networks could not be run")), g_strdup (failure), _("Try Again"),
                           words->run };
    return (DubRemark) { words->icon, g_strdup (_("The networks were not run over these cases yet")), g_strdup (words->no_outputs),
                         _("Run the Networks"), words->run };
  case DUB_RESULTS_RUNNING:
    return running (words->stop);
  case DUB_RESULTS_ERROR:
    return (DubRemark) { "dialog-error-symbolic", g_strdup (words->unreadable), g_strdup (failure), _("Try Again"), words->refresh };
  case DUB_RESULTS_EMPTY:
  default:
    return (DubRemark) { words->icon, g_strdup (_("No study of cases is open")), g_strdup ("") };
  }
}

DubRemark
dub_remark_above (DubResults *results,
                  const char *run,
                  const char *stop,
                  const char *again)
{
  const char *failure = dub_results_get_failure (results);

  if (dub_results_get_state (results) == DUB_RESULTS_RUNNING)
    return running (stop);
  if (dub_results_is_stale (results))
    return (DubRemark) { "dialog-warning-symbolic", g_strdup (_("Networks, data or split have changed since these answers were given.")),
                         NULL, _("Run Again"), run };
  if (failure != NULL)
    return (DubRemark) { "dialog-error-symbolic", g_strdup (failure), NULL, _("Try Again"), again };

  return (DubRemark) { NULL };
}

static void
set_action (GtkButton       *button,
            const DubRemark *remark)
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

void
dub_remark_show_instead (const DubRemark *self,
                         AdwStatusPage   *page,
                         GtkProgressBar  *progress,
                         GtkButton       *button,
                         double           fraction)
{
  adw_status_page_set_icon_name (page, self->icon);
  adw_status_page_set_title (page, self->title);
  adw_status_page_set_description (page, self->text);
  gtk_widget_set_visible (GTK_WIDGET (progress), self->progress);
  gtk_progress_bar_set_fraction (progress, fraction);
  set_action (button, self);
}

void
dub_remark_show_above (const DubRemark       *self,
                       const DubRemarkBanner *banner,
                       double                 fraction)
{
  gboolean plain = self->icon != NULL && !g_str_has_prefix (self->icon, "dialog-");

  gtk_widget_set_visible (banner->banner, self->title != NULL);
  if (self->title == NULL)
    return;
  gtk_widget_remove_css_class (banner->banner, plain ? "warning" : "plain");
  gtk_widget_add_css_class (banner->banner, plain ? "plain" : "warning");
  gtk_image_set_from_icon_name (banner->icon, self->icon);
  gtk_label_set_text (banner->label, self->title);
  gtk_widget_set_visible (GTK_WIDGET (banner->progress), self->progress);
  gtk_progress_bar_set_fraction (banner->progress, fraction);
  set_action (banner->button, self);
}
