#include "ui/pages/latent-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/ticks.h"

G_DEFINE_FINAL_TYPE (DubLatentPage, dub_latent_page, ADW_TYPE_BIN)

/* Those from METHOD to MARKS are the model's, by the same names. */
enum {
  PROP_0,
  PROP_SESSION,
  PROP_METHOD,
  PROP_PERPLEXITY,
  PROP_NEIGHBOURS,
  PROP_MIN_DIST,
  PROP_SEED,
  PROP_COLOUR,
  PROP_MODEL,
  PROP_BESIDE,
  PROP_DENSITY,
  PROP_MARKS,
  PROP_SUBTITLE,
  PROP_TOOL,
  PROP_PANEL,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static const char *const TOOLS[] = { [DUB_SCATTER_PAN] = "pan", [DUB_SCATTER_ZOOM] = "zoom", [DUB_SCATTER_LASSO] = "lasso" };

/* --- small things of all files --- */

GtkWidget *
_dub_latent_label (const char *text,
                   const char *style,
                   float       xalign)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);

  return label;
}

char *
_dub_latent_number (double value,
                    int    decimals)
{
  return isfinite (value) ? dub_number_format (value, decimals) : g_strdup ("—");
}

const char *
_dub_latent_outcome_words (guint failed)
{
  return failed == 1 ? _("failed") : failed == 0 ? _("correct") : _("not judged");
}

const char *
_dub_latent_class_name (DubLatentPage *self,
                        int            label)
{
  DubStudy *study = dub_session_get_study (self->session);

  return study != NULL && label >= 0 && (guint) label < study->classes->len ? g_ptr_array_index (study->classes, (guint) label) : "?";
}

void
_dub_latent_page_open_case (DubLatentPage *self,
                            int            index)
{
  if (index < 0)
    return;
  dub_selection_set_case (dub_session_get_selection (self->session), index);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "cases");
}

/* --- following --- */

static void
results_changed_cb (DubLatentPage *self)
{
  _dub_latent_page_fill_choices (self);
  _dub_latent_page_update_state (self);
}

static void
fraction_changed_cb (DubLatentPage *self)
{
  double fraction = CLAMP (dub_results_get_fraction (self->results), 0.0, 1.0);

  gtk_progress_bar_set_fraction (self->status_progress, fraction);
  gtk_progress_bar_set_fraction (self->banner_progress, fraction);
}

/* State and numbers of a map, settings: cheap, because a running map says so at every step. */
static void
bench_changed_cb (DubLatentPage *self)
{
  _dub_latent_page_update_settings (self);
  _dub_latent_page_update_run (self);
  _dub_latent_page_update_quality (self);
  _dub_latent_page_update_pill (self);
  _dub_latent_page_update_planes (self);
}

static gboolean
counts_cb (gpointer data)
{
  DubLatentPage *self = data;

  self->counts_idle = 0;
  _dub_latent_page_update_lassos (self);
  _dub_latent_page_update_counts (self);
  _dub_latent_page_update_strip (self);
  _dub_latent_page_fit_strip (self);
  _dub_latent_page_describe_planes (self);
  _dub_latent_page_update_state (self);

  return G_SOURCE_REMOVE;
}

static void
points_changed_cb (DubLatentPage *self,
                   guint          panel)
{
  _dub_latent_page_update_points (self, panel, FALSE);
  if (self->counts_idle == 0)
    self->counts_idle = g_idle_add_full (G_PRIORITY_HIGH_IDLE + 30, counts_cb, self, NULL);
}

static void
moved_cb (DubLatentPage *self,
          guint          panel)
{
  _dub_latent_page_update_points (self, panel, TRUE);
}

static void
bench_notify_cb (DubLatentPage *self,
                 GParamSpec    *pspec)
{
  GParamSpec *own = g_object_class_find_property (G_OBJECT_GET_CLASS (self), pspec->name);

  if (own != NULL)
    g_object_notify_by_pspec (G_OBJECT (self), own);
}

static void
flap_changed_cb (DubLatentPage *self)
{
  gtk_widget_set_visible (self->panel_button, adw_flap_get_folded (self->flap) || !adw_flap_get_reveal_flap (self->flap));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PANEL]);
}

/* --- the widget --- */

static void
connect (DubLatentPage *self)
{
  g_signal_connect_object (self->bench, "changed", G_CALLBACK (bench_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->bench, "points", G_CALLBACK (points_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->bench, "moved", G_CALLBACK (moved_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->bench, "notify", G_CALLBACK (bench_notify_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "changed", G_CALLBACK (results_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "notify::fraction", G_CALLBACK (fraction_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pictures, "made", G_CALLBACK (_dub_latent_page_update_picture), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->flap, "notify::folded", G_CALLBACK (flap_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->flap, "notify::reveal-flap", G_CALLBACK (flap_changed_cb), self, G_CONNECT_SWAPPED);
}

static gboolean
fit_cb (gpointer data)
{
  DubLatentPage *self = data;

  self->fit_idle = 0;
  _dub_latent_page_fit_strip (self);

  return G_SOURCE_REMOVE;
}

static void
dub_latent_page_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  gtk_widget_measure (adw_bin_get_child (ADW_BIN (widget)), orientation, for_size, minimum, natural, minimum_baseline,
                      natural_baseline);
}

static void
dub_latent_page_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  DubLatentPage *self = DUB_LATENT_PAGE (widget);

  gtk_widget_allocate (adw_bin_get_child (ADW_BIN (self)), width, height, baseline, NULL);
  /* Not from inside an allocation: other pictures ask for another one. */
  if (self->fit_idle == 0)
    self->fit_idle = g_idle_add (fit_cb, self);
}

/* Keys go to the plane. */
static gboolean
dub_latent_page_grab_focus (GtkWidget *widget)
{
  DubLatentPage *self = DUB_LATENT_PAGE (widget);

  return self->planes[DUB_LATENT_MAIN].view != NULL && gtk_widget_grab_focus (GTK_WIDGET (self->planes[DUB_LATENT_MAIN].view));
}

static void
dub_latent_page_constructed (GObject *object)
{
  DubLatentPage *self = DUB_LATENT_PAGE (object);

  G_OBJECT_CLASS (dub_latent_page_parent_class)->constructed (object);
  if (self->session == NULL)
    return;
  self->results = g_object_ref (dub_results_of_session (self->session));
  self->pictures = g_object_ref (dub_case_pictures_of_session (self->session));
  self->bench = dub_latent_bench_new (self->session);
  _dub_latent_page_build_lassos (self);
  _dub_latent_page_build_planes (self);
  _dub_latent_page_build_panel (self);
  _dub_latent_page_build_counts (self);
  _dub_latent_page_build_hover (self);
  _dub_latent_page_build_strip (self);
  _dub_latent_page_set_tool (self, DUB_SCATTER_LASSO);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->panel_button), "latent.panel");
  connect (self);
  results_changed_cb (self);
  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    _dub_latent_page_update_points (self, p, TRUE);
  bench_changed_cb (self);
  counts_cb (self);
}

static void
dub_latent_page_get_property (GObject    *object,
                              guint       id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  DubLatentPage *self = DUB_LATENT_PAGE (object);

  if (id == PROP_TOOL)
    g_value_set_string (value, TOOLS[self->tool]);
  else if (id == PROP_PANEL)
    g_value_set_boolean (value, adw_flap_get_reveal_flap (self->flap));
  else if (self->bench != NULL)
    g_object_get_property (G_OBJECT (self->bench), pspec->name, value);
}

static void
dub_latent_page_set_property (GObject      *object,
                              guint         id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  DubLatentPage *self = DUB_LATENT_PAGE (object);

  switch (id) {
  case PROP_SESSION:
    self->session = g_value_dup_object (value);
    break;
  case PROP_TOOL:
    for (guint tool = 0; tool < G_N_ELEMENTS (TOOLS); tool++)
      if (g_strcmp0 (TOOLS[tool], g_value_get_string (value)) == 0)
        _dub_latent_page_set_tool (self, (DubScatterTool) tool);
    g_object_notify_by_pspec (object, pspec);
    break;
  case PROP_PANEL:
    adw_flap_set_reveal_flap (self->flap, g_value_get_boolean (value));
    break;
  default:
    g_object_set_property (G_OBJECT (self->bench), pspec->name, value);
  }
}

static void
dub_latent_page_dispose (GObject *object)
{
  DubLatentPage *self = DUB_LATENT_PAGE (object);

  g_clear_handle_id (&self->counts_idle, g_source_remove);
  g_clear_handle_id (&self->fit_idle, g_source_remove);
  for (guint p = 0; p < DUB_N_LATENT_PANELS; p++)
    if (self->planes[p].view != NULL) {
      g_signal_handlers_disconnect_by_data (self->planes[p].view, self);
      dub_scatter_view_set_points (self->planes[p].view, NULL, TRUE);
      self->planes[p].view = NULL;
    }
  if (self->bench != NULL) {
    g_signal_handlers_disconnect_by_data (self->bench, self);
    g_signal_handlers_disconnect_by_data (self->results, self);
    g_signal_handlers_disconnect_by_data (self->pictures, self);
    /* Undo may hold the model longer; what it lays out then is for nobody. */
    g_object_run_dispose (G_OBJECT (self->bench));
  }
  g_clear_object (&self->bench);
  g_clear_object (&self->pictures);
  g_clear_object (&self->results);
  g_clear_pointer (&self->drawn, g_ptr_array_unref);
  g_clear_pointer (&self->lines_key, g_free);
  g_clear_pointer (&self->color_words, g_ptr_array_unref);
  g_clear_pointer (&self->model_words, g_ptr_array_unref);
  g_clear_pointer (&self->beside_words, g_ptr_array_unref);
  g_clear_pointer (&self->score_words, g_ptr_array_unref);
  /* AdwBin would unparent its child once more when the template has already done so. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_LATENT_PAGE);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dub_latent_page_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, DubLatentPage, name)

static void
bind_template (GtkWidgetClass *widget_class)
{
  BIND (stack);
  BIND (status);
  BIND (status_progress);
  BIND (status_button);
  BIND (flap);
  BIND (banner);
  BIND (banner_icon);
  BIND (banner_label);
  BIND (banner_progress);
  BIND (banner_button);
  BIND (overlay);
  BIND (panels);
  BIND (tools);
  BIND (pill);
  BIND (pill_icon);
  BIND (pill_label);
  BIND (panel_button);
  BIND (hover);
  BIND (hover_picture);
  BIND (hover_id);
  BIND (hover_outcome);
  BIND (hover_true);
  BIND (hover_said);
  BIND (hover_numbers);
  BIND (hover_nearest);
  BIND (strip);
  BIND (strip_count);
  BIND (strip_tiles);
  BIND (strip_more);
  BIND (show_button);
  BIND (clear_button);
  BIND (model_choice);
  BIND (color_choice);
  BIND (beside_choice);
  BIND (score_choice);
  BIND (beside_row);
  BIND (perplexity_row);
  BIND (neighbours_row);
  BIND (min_dist_row);
  BIND (seed_row);
  BIND (perplexity_spin);
  BIND (neighbours_spin);
  BIND (min_dist_spin);
  BIND (seed_spin);
  BIND (run_card);
  BIND (beside_note);
  BIND (run_label);
  BIND (run_note);
  BIND (pause_button);
  BIND (run_button);
  BIND (stop_button);
  BIND (restart_button);
  BIND (run_progress);
  BIND (counts_title);
  BIND (counts_part);
  BIND (counts);
  BIND (rate_label);
  BIND (rate_all_label);
  BIND (histogram_card);
  BIND (histogram_set);
  BIND (histogram_set_label);
  BIND (histogram);
  BIND (quality);
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags write = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, DUB_TYPE_SESSION,
                                             G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_METHOD] = g_param_spec_string ("method", NULL, NULL, "tsne", write);
  props[PROP_PERPLEXITY] = g_param_spec_double ("perplexity", NULL, NULL, 1.5, 1000.0, 30.0, write);
  props[PROP_NEIGHBOURS] = g_param_spec_int ("neighbours", NULL, NULL, 2, 1000, 15, write);
  props[PROP_MIN_DIST] = g_param_spec_double ("min-dist", NULL, NULL, 0.0, 1.0, 0.1, write);
  props[PROP_SEED] = g_param_spec_int ("seed", NULL, NULL, 0, G_MAXINT, 0, write);
  props[PROP_COLOUR] = g_param_spec_string ("colour", NULL, NULL, "outcome", write);
  props[PROP_MODEL] = g_param_spec_string ("model", NULL, NULL, "", write);
  props[PROP_BESIDE] = g_param_spec_string ("beside", NULL, NULL, "", write);
  props[PROP_DENSITY] = g_param_spec_boolean ("density", NULL, NULL, TRUE, write);
  props[PROP_MARKS] = g_param_spec_boolean ("marks", NULL, NULL, TRUE, write);
  props[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_TOOL] = g_param_spec_string ("tool", NULL, NULL, "lasso", write);
  props[PROP_PANEL] = g_param_spec_boolean ("panel", NULL, NULL, TRUE, write);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
dub_latent_page_class_init (DubLatentPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dub_latent_page_constructed;
  object_class->get_property = dub_latent_page_get_property;
  object_class->set_property = dub_latent_page_set_property;
  object_class->dispose = dub_latent_page_dispose;
  widget_class->grab_focus = dub_latent_page_grab_focus;
  widget_class->measure = dub_latent_page_measure;
  widget_class->size_allocate = dub_latent_page_size_allocate;
  install_properties (object_class);
  g_type_ensure (DUB_TYPE_SCATTER_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/latent-page.ui");
  bind_template (widget_class);
  _dub_latent_page_install_actions (widget_class);
}

static void
dub_latent_page_init (DubLatentPage *self)
{
  self->hovered = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
}
