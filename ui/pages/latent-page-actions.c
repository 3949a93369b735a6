/* What the page can be told to do. */
#include "ui/pages/latent-page-private.h"

static void
fit_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  DubLatentPage *self = DUB_LATENT_PAGE (widget);

  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    dub_scatter_view_show_all (self->planes[p].view);
}

/* "x,y x,y …": corners in units of the plane. NULL where it says something else. (element-type double) */
static GArray *
parse_corners (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " ;", -1);
  g_autoptr (GArray) corners = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; words[i] != NULL; i++) {
    char *end = NULL, *last = NULL;
    double place[2];

    if (*words[i] == '\0')
      continue;
    place[0] = g_ascii_strtod (words[i], &end);
    if (end == words[i] || *end != ',')
      return NULL;
    place[1] = g_ascii_strtod (end + 1, &last);
    if (last == end + 1 || *last != '\0')
      return NULL;
    g_array_append_vals (corners, place, 2);
  }

  return corners->len >= 6 ? g_steal_pointer (&corners) : NULL;
}

static void
lasso_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  DubLatentPage *self = DUB_LATENT_PAGE (widget);
  g_autoptr (GArray) corners = parse_corners (g_variant_get_string (parameter, NULL));

  if (corners != NULL && dub_latent_bench_get_points (self->bench, DUB_LATENT_MAIN) != NULL)
    dub_scatter_view_lasso (self->planes[DUB_LATENT_MAIN].view, (const double *) (gpointer) corners->data, corners->len / 2);
}

static void
failures_action (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  gtk_widget_activate_action (widget, "latent.select", "s", "failed");
}

static void
show_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  gtk_widget_activate_action (widget, "win.page", "s", "cases");
  gtk_widget_activate_action (widget, "win.page-action", "s", "cases.show-set");
}

static void
open_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  DubLatentPage *self = DUB_LATENT_PAGE (widget);

  _dub_latent_page_open_case (self, dub_selection_get_case (dub_session_get_selection (self->session)));
}

static void
run_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  DubLatentPage *self = DUB_LATENT_PAGE (widget);

  if (g_str_equal (name, "latent.pause"))
    dub_latent_bench_pause (self->bench);
  else if (g_str_equal (name, "latent.stop"))
    dub_latent_bench_stop (self->bench);
  else if (g_str_equal (name, "latent.restart"))
    dub_latent_bench_restart (self->bench);
  else
    dub_latent_bench_run (self->bench);
}

static void
networks_action (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  DubLatentPage *self = DUB_LATENT_PAGE (widget);

  if (g_str_equal (name, "latent.stop-networks"))
    dub_results_stop (self->results);
  else if (g_str_equal (name, "latent.refresh"))
    dub_results_refresh (self->results);
  else
    dub_results_run (self->results, DUB_RESULTS_RUN_NETWORKS);
}

void
_dub_latent_page_install_actions (GtkWidgetClass *widget_class)
{
  static const char *const PROPERTIES[] = { "method", "perplexity", "neighbours", "min-dist", "seed", "colour", "model", "beside",
                                            "density", "marks", "tool", "panel" };

  for (guint i = 0; i < G_N_ELEMENTS (PROPERTIES); i++) {
    g_autofree char *name = g_strconcat ("latent.", PROPERTIES[i], NULL);

    gtk_widget_class_install_property_action (widget_class, name, PROPERTIES[i]);
  }
  gtk_widget_class_install_action (widget_class, "latent.fit", NULL, fit_action);
  gtk_widget_class_install_action (widget_class, "latent.lasso", "s", lasso_action);
  gtk_widget_class_install_action (widget_class, "latent.select-failures", NULL, failures_action);
  gtk_widget_class_install_action (widget_class, "latent.select", "s", _dub_latent_page_select_kind);
  gtk_widget_class_install_action (widget_class, "latent.show", NULL, show_action);
  gtk_widget_class_install_action (widget_class, "latent.open-case", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "latent.run", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "latent.pause", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "latent.stop", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "latent.restart", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "latent.run-networks", NULL, networks_action);
  gtk_widget_class_install_action (widget_class, "latent.stop-networks", NULL, networks_action);
  gtk_widget_class_install_action (widget_class, "latent.refresh", NULL, networks_action);
  gtk_widget_class_install_action (widget_class, "latent.export-figure", NULL, _dub_latent_page_export);
  gtk_widget_class_install_action (widget_class, "latent.export-csv", NULL, _dub_latent_page_export);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, 0, "latent.select-failures", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_l, 0, "latent.tool", "s", "lasso");
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_m, 0, "latent.tool", "s", "pan");
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, 0, "latent.tool", "s", "zoom");
}
