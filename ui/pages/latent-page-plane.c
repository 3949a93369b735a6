/* The planes: views of points, their names and numbers, and what stands there while there are none. */
#include "ui/pages/latent-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* Where the tools and the pill end. */
enum { BELOW_TOOLS = 58 };

static guint
panel_of (DubLatentPage  *self,
          DubScatterView *view)
{
  return view == self->planes[DUB_LATENT_BESIDE].view ? DUB_LATENT_BESIDE : DUB_LATENT_MAIN;
}

static void
hovered_cb (DubLatentPage  *self,
            int             index,
            double          x,
            double          y,
            DubScatterView *view)
{
  _dub_latent_page_hover (self, panel_of (self, view), index, x, y);
}

static void
picked_cb (DubLatentPage  *self,
           int             index,
           DubScatterView *view)
{
  dub_selection_set_case (dub_session_get_selection (self->session), index);
}

static void
activated_cb (DubLatentPage  *self,
              int             index,
              DubScatterView *view)
{
  _dub_latent_page_open_case (self, index);
}

static void
lassoed_cb (DubLatentPage  *self,
            gpointer        indices,
            guint           n,
            gboolean        add,
            DubScatterView *view)
{
  _dub_latent_page_take_lasso (self, panel_of (self, view), indices, n, add);
}

static void
build_plane (DubLatentPage *self,
             guint          panel)
{
  DubLatentPlaneParts *parts = &self->planes[panel];

  parts->box = gtk_overlay_new ();
  parts->view = DUB_SCATTER_VIEW (dub_scatter_view_new ());
  parts->name = GTK_LABEL (_dub_latent_label (NULL, "panel-name", 0.5f));
  parts->instead = ADW_STATUS_PAGE (adw_status_page_new ());
  parts->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_widget_set_hexpand (GTK_WIDGET (parts->view), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (parts->view), TRUE);
  gtk_overlay_set_child (GTK_OVERLAY (parts->box), GTK_WIDGET (parts->view));
  gtk_widget_set_halign (GTK_WIDGET (parts->name), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (parts->name), GTK_ALIGN_START);
  gtk_widget_set_margin_top (GTK_WIDGET (parts->name), BELOW_TOOLS);
  gtk_widget_set_can_target (GTK_WIDGET (parts->name), FALSE);
  gtk_label_set_ellipsize (parts->name, PANGO_ELLIPSIZE_END);
  gtk_overlay_add_overlay (GTK_OVERLAY (parts->box), GTK_WIDGET (parts->name));
  gtk_widget_set_can_target (GTK_WIDGET (parts->instead), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (parts->instead), "compact");
  gtk_widget_set_size_request (GTK_WIDGET (parts->progress), 200, -1);
  gtk_widget_set_halign (GTK_WIDGET (parts->progress), GTK_ALIGN_CENTER);
  adw_status_page_set_child (parts->instead, GTK_WIDGET (parts->progress));
  gtk_overlay_add_overlay (GTK_OVERLAY (parts->box), GTK_WIDGET (parts->instead));
  if (panel == DUB_LATENT_BESIDE)
    gtk_widget_add_css_class (parts->box, "beside");
  gtk_box_append (self->panels, parts->box);
  g_signal_connect_swapped (parts->view, "hovered", G_CALLBACK (hovered_cb), self);
  g_signal_connect_swapped (parts->view, "picked", G_CALLBACK (picked_cb), self);
  g_signal_connect_swapped (parts->view, "activated", G_CALLBACK (activated_cb), self);
  g_signal_connect_swapped (parts->view, "lassoed", G_CALLBACK (lassoed_cb), self);
}

void
_dub_latent_page_build_planes (DubLatentPage *self)
{
  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    build_plane (self, p);
}

void
_dub_latent_page_update_points (DubLatentPage *self,
                                guint          panel,
                                gboolean       moved)
{
  if (moved)
    _dub_latent_page_forget_lassos (self, panel);
  dub_scatter_view_set_points (self->planes[panel].view, dub_latent_bench_get_points (self->bench, (DubLatentPanelIndex) panel), moved);
  /* The point under the pointer has gone elsewhere. */
  if (moved && self->hovered >= 0 && self->hovered_panel == panel)
    _dub_latent_page_hover (self, panel, -1, 0.0, 0.0);
}

void
_dub_latent_page_set_tool (DubLatentPage  *self,
                           DubScatterTool  tool)
{
  self->tool = tool;
  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    dub_scatter_view_set_tool (self->planes[p].view, tool);
}

/* --- words on a plane --- */

/* "ce-dca15   silhouette 0.21 · in the features 0.12" */
static char *
name_of (DubLatentPage *self,
         guint          panel)
{
  DubLatentLive *map = dub_latent_bench_get_map (self->bench, (DubLatentPanelIndex) panel);
  const DubLatentQuality *quality = dub_latent_live_get_quality (map);
  g_autofree char *name = dub_latent_bench_get_name (self->bench, (DubLatentPanelIndex) panel);
  g_autofree char *escaped = g_markup_escape_text (name != NULL ? name : "", -1);

  if (quality == NULL)
    return g_strdup_printf ("<b>%s</b>", escaped);

  g_autofree char *plane = _dub_latent_number (quality->silhouette, 2), *features = _dub_latent_number (quality->silhouette_features, 2);

  return g_strdup_printf (_("<b>%s</b>   silhouette <b>%s</b> (features %s)"), escaped, plane, features);
}

static void
describe (DubLatentPage *self,
          guint          panel)
{
  const DubLatentCounts *counts = dub_latent_bench_count (self->bench);
  g_autofree char *name = dub_latent_bench_get_name (self->bench, (DubLatentPanelIndex) panel), *label = NULL, *words = NULL, *ring = NULL, *all = NULL;
  DubStudy *study = dub_session_get_study (self->session);
  int current = dub_selection_get_case (dub_session_get_selection (self->session));

  label = g_strdup_printf (_("Latent space of %s"), name != NULL ? name : "");
  words = g_strdup_printf (_("%u of %u test cases selected, %u of %u failures among them."), counts->has_set ? counts->n : 0, counts->n_all,
                           counts->has_set ? counts->failed : 0, counts->failed_all);
  if (current >= 0 && study != NULL && study->data != NULL && (size_t) current < study->data->n_cases)
    ring = g_strdup_printf (_("A ring is around %s."), study->data->ids[current]);
  all = g_strjoin (" ", words, ring, NULL);
  dub_scatter_view_describe (self->planes[panel].view, label, all);
}

static void
update_instead (DubLatentPage *self,
                guint          panel)
{
  DubLatentPlaneParts *parts = &self->planes[panel];
  DubLatentLive *map = dub_latent_bench_get_map (self->bench, (DubLatentPanelIndex) panel);
  DubLatentState state = dub_latent_live_get_state (map);
  gboolean failed = state == DUB_LATENT_FAILED, works = state == DUB_LATENT_READING || state == DUB_LATENT_STARTING;
  gboolean stopped = state == DUB_LATENT_STOPPED;
  gboolean empty = dub_latent_bench_get_points (self->bench, (DubLatentPanelIndex) panel) == NULL;

  gtk_widget_set_visible (GTK_WIDGET (parts->instead), failed || ((works || stopped) && empty));
  gtk_widget_set_opacity (GTK_WIDGET (parts->view), failed ? 0.0 : 1.0);
  if (!gtk_widget_get_visible (GTK_WIDGET (parts->instead)))
    return;
  adw_status_page_set_icon_name (parts->instead, failed    ? "dialog-error-symbolic"
                                                 : stopped ? "media-playback-stop-symbolic"
                                                           : "content-loading-symbolic");
  adw_status_page_set_title (parts->instead, failed                         ? _("There is no map of these features")
                                             : stopped                     ? _("Stopped")
                                             : state == DUB_LATENT_READING ? _("Reading the features…")
                                                                           : _("Finding neighbours…"));
  adw_status_page_set_description (parts->instead, failed ? dub_latent_live_get_failure (map) : "");
  gtk_widget_set_visible (GTK_WIDGET (parts->progress), works);
  if (!works)
    return;
  if (dub_latent_live_get_fraction (map) > 0.0)
    gtk_progress_bar_set_fraction (parts->progress, MIN (dub_latent_live_get_fraction (map), 1.0));
  else
    gtk_progress_bar_pulse (parts->progress);
}

void
_dub_latent_page_update_planes (DubLatentPage *self)
{
  gboolean two = *dub_latent_bench_get_beside (self->bench) != '\0';

  gtk_widget_set_visible (self->planes[DUB_LATENT_BESIDE].box, two);
  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++) {
    g_autofree char *name = two ? name_of (self, p) : NULL;

    gtk_label_set_markup (self->planes[p].name, name != NULL ? name : "");
    gtk_widget_set_visible (GTK_WIDGET (self->planes[p].name), name != NULL);
    update_instead (self, p);
  }
}

void
_dub_latent_page_describe_planes (DubLatentPage *self)
{
  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    describe (self, p);
}

void
_dub_latent_page_update_pill (DubLatentPage *self)
{
  DubLatentMethod method = dub_latent_bench_get_options (self->bench)->method;
  const DubLatentQuality *quality = dub_latent_live_get_quality (dub_latent_bench_get_map (self->bench, DUB_LATENT_MAIN));
  gboolean metric = method == DUB_LATENT_PCA;
  g_autofree char *text = NULL;

  if (metric && quality != NULL && !isnan (quality->explained))
    text = g_strdup_printf (_("%.0f %% of the variance"), 100.0 * quality->explained);
  else if (!metric)
    text = g_strdup_printf (_("%s: distances are not metric"), method == DUB_LATENT_TSNE ? "t-SNE" : "UMAP");
  gtk_label_set_text (self->pill_label, text != NULL ? text : "");
  gtk_widget_set_visible (self->pill, text != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->pill_icon), !metric);
  gtk_widget_set_css_classes (self->pill, (const char *[]) { "dub-pill", metric ? "plain" : "warning", NULL });
  gtk_widget_set_tooltip_text (self->pill, metric ? _("The plane of the largest variance: what is near here may be far apart across it")
                                                  : _("Neighbours are kept; how far groups lie apart, and how large they are, means nothing"));
}
