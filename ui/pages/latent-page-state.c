/* What stands there instead of the page while there is nothing to lay out, and the banner of what a reader has to know. */
#include "ui/pages/latent-page-private.h"

#include <glib/gi18n.h>

static DubRemark
nothing_yet (DubLatentPage *self)
{
  const DubRemarkWords words = {
    "dub-latent-symbolic", _("Reading the features…"), _("The latent space is what a network makes of a case before its last layer says a class."),
    _("Running them gives every case its place among the features, and says which answers are wrong."),
    _("The outputs cannot be read"), "latent.run-networks", "latent.stop-networks", "latent.refresh",
  };

  return dub_results_get_scores (self->results) != NULL ? (DubRemark) { NULL } : dub_remark_instead (self->results, &words);
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

static DubRemark
to_know (DubLatentPage *self)
{
  DubRemark remark = dub_remark_above (self->results, "latent.run-networks", "latent.stop-networks", "latent.run-networks");

  if (remark.title == NULL && has_one_class (self))
    remark = (DubRemark) { "dialog-warning-symbolic",
                           g_strdup (_("All test cases with a label are of one class: there is no separation to measure.")) };

  return remark;
}

void
_dub_latent_page_update_state (DubLatentPage *self)
{
  g_auto (DubRemark) instead = nothing_yet (self);
  double fraction = CLAMP (dub_results_get_fraction (self->results), 0.0, 1.0);

  gtk_stack_set_visible_child_name (self->stack, instead.title != NULL ? "status" : "space");
  if (instead.title != NULL) {
    dub_remark_show_instead (&instead, self->status, self->status_progress, self->status_button, fraction);
    return;
  }

  const DubRemarkBanner banner = { self->banner, self->banner_icon, self->banner_label, self->banner_progress, self->banner_button };
  g_auto (DubRemark) above = to_know (self);

  dub_remark_show_above (&above, &banner, fraction);
  if (dub_results_is_stale (self->results))
    gtk_widget_add_css_class (GTK_WIDGET (self->panels), "stale");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->panels), "stale");
}
