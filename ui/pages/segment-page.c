#include "ui/pages/segment-page-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Below this width of the page the panel folds away. */
#define FOLD_WIDTH 800

G_DEFINE_FINAL_TYPE (DubSegmentPage, dub_segment_page, ADW_TYPE_BIN)

enum { PROP_0, PROP_SESSION, PROP_SUBTITLE, N_PROPS };
static GParamSpec *props[N_PROPS];

const char *
_dub_segment_page_score_name (DubSegmentScore score)
{
  static const char *const NAMES[] = { N_("1 − max p"), N_("entropy"), N_("margin"), N_("SD"), N_("mutual information") };

  return _(NAMES[score]);
}

char *
_dub_segment_page_class_name (DubSegmentPage *self,
                              size_t          c)
{
  DubStudy *study = dub_session_get_study (self->session);

  if (study != NULL && c < study->classes->len)
    return g_strdup (g_ptr_array_index (study->classes, c));

  return g_strdup_printf ("%s %zu", _("class"), c);
}

size_t
_dub_segment_page_n_classes (DubSegmentPage *self)
{
  GListModel *rows = dub_segment_session_get_rows (self->segment);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++) {
    const DubSegmentNumbers *numbers = dub_segment_row_get_numbers (dub_segment_session_get_row (self->segment, i));

    if (numbers != NULL)
      return numbers->n_classes;
  }

  return 0;
}

/* --- what is set, and its undo --- */

static void
settings_clear (DubSegmentSettings *self)
{
  g_clear_pointer (&self->views, g_free);
}

static void
settings_copy (const DubSegmentSettings *self,
               DubSegmentSettings       *copy)
{
  *copy = *self;
  copy->views = g_strdup (self->views);
}

static gboolean
settings_equal (const DubSegmentSettings *a,
                const DubSegmentSettings *b)
{
  for (int k = 0; k < DUB_N_SEGMENT_SCORES; k++)
    if (a->clip[k] != b->clip[k] && !(isnan (a->clip[k]) && isnan (b->clip[k])))
      return FALSE;

  return a->score == b->score && g_strcmp0 (a->views, b->views) == 0 && a->contours == b->contours &&
         a->opacity == b->opacity && a->window[0] == b->window[0] && a->window[1] == b->window[1];
}

static void
settings_read (DubSegmentPage     *self,
               DubSegmentSettings *now)
{
  const DubPaneStyle *style = dub_viewer_get_style (self->viewer);

  settings_copy (&self->settings, now);
  g_free (now->views);
  now->score = dub_segment_session_get_score (self->segment);
  now->views = g_strdup (dub_segment_session_get_views (self->segment));
  now->contours = dub_viewer_get_outlines_visible (self->viewer);
  now->opacity = dub_viewer_get_opacity (self->viewer);
  if (dub_viewer_get_overlay (self->viewer) != NULL)
    now->clip[now->score] = style->overlay.clip;
  now->window[0] = style->low;
  now->window[1] = style->high;
}

typedef struct {
  GWeakRef           page;
  DubSegmentSettings before, after;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_weak_ref_clear (&change->page);
  settings_clear (&change->before);
  settings_clear (&change->after);
  g_free (change);
}

static void
apply (Change                   *change,
       const DubSegmentSettings *to)
{
  g_autoptr (DubSegmentPage) self = g_weak_ref_get (&change->page);

  if (self == NULL || self->segment == NULL)
    return;
  self->applying = TRUE;
  settings_clear (&self->settings);
  settings_copy (to, &self->settings);
  dub_segment_session_set_views (self->segment, to->views);
  dub_segment_session_set_score (self->segment, to->score);
  dub_viewer_set_outlines_visible (self->viewer, to->contours);
  dub_viewer_set_opacity (self->viewer, to->opacity);
  if (isfinite (to->clip[to->score]))
    dub_viewer_set_clip (self->viewer, to->clip[to->score]);
  dub_viewer_set_window (self->viewer, to->window[0], to->window[1]);
  self->applying = FALSE;
  _dub_segment_page_update_panel (self);
}

static void
undo_cb (gpointer data)
{
  apply (data, &((Change *) data)->before);
}

static void
redo_cb (gpointer data)
{
  apply (data, &((Change *) data)->after);
}

void
_dub_segment_page_settle (DubSegmentPage *self)
{
  DubSegmentSettings now;

  if (self->applying)
    return;
  settings_read (self, &now);
  /* What a volume and a score bring along; what a person chose is committed by who chose it. */
  memcpy (self->settings.window, now.window, sizeof now.window);
  memcpy (self->settings.clip, now.clip, sizeof now.clip);
  settings_clear (&now);
}

void
_dub_segment_page_commit (DubSegmentPage *self,
                          const char     *label,
                          const char     *key)
{
  DubSegmentSettings now;

  if (self->applying)
    return;
  settings_read (self, &now);
  if (settings_equal (&now, &self->settings)) {
    settings_clear (&now);
    return;
  }

  Change *change = g_new0 (Change, 1);

  g_weak_ref_init (&change->page, self);
  settings_copy (&self->settings, &change->before);
  settings_copy (&now, &change->after);
  settings_clear (&self->settings);
  self->settings = now;
  dub_history_commit (dub_session_get_history (self->session), label, key, undo_cb, redo_cb, change, change_free);
}

/* --- actions --- */

static void
score_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  DubSegmentPage *self = DUB_SEGMENT_PAGE (widget);
  const char *word = g_variant_get_string (parameter, NULL);

  for (int k = 0; k < DUB_N_SEGMENT_SCORES; k++)
    if (g_str_equal (word, dub_segment_score_name ((DubSegmentScore) k))) {
      dub_segment_session_set_score (self->segment, (DubSegmentScore) k);
      _dub_segment_page_commit (self, _("Choose another score"), "segment-score");
    }
}

static void
set_views (DubSegmentPage *self,
           const char     *views)
{
  dub_segment_session_set_views (self->segment, views);
  _dub_segment_page_commit (self, _("Choose other views"), NULL);
}

static void
views_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  set_views (DUB_SEGMENT_PAGE (widget), g_variant_get_string (parameter, NULL));
}

static void
toggle_view_action (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  static const char *const WORDS[] = { "flip", "turn", "shift", "intensity" };
  DubSegmentPage *self = DUB_SEGMENT_PAGE (widget);
  const char *word = g_variant_get_string (parameter, NULL);
  g_auto (GStrv) old = g_strsplit (dub_segment_session_get_views (self->segment), ",", -1);
  g_autoptr (GString) list = g_string_new (NULL);

  /* Always in one order, so that the same views have one name. */
  for (gsize i = 0; i < G_N_ELEMENTS (WORDS); i++)
    if (g_strv_contains ((const char *const *) old, WORDS[i]) != g_str_equal (word, WORDS[i]))
      g_string_append_printf (list, "%s%s", list->len > 0 ? "," : "", WORDS[i]);
  set_views (self, list->str);
}

static void
contours_action (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  DubSegmentPage *self = DUB_SEGMENT_PAGE (widget);

  dub_viewer_set_outlines_visible (self->viewer, !dub_viewer_get_outlines_visible (self->viewer));
  _dub_segment_page_commit (self, _("Change contours"), NULL);
}

static void
opacity_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  DubSegmentPage *self = DUB_SEGMENT_PAGE (widget);

  dub_viewer_set_opacity (self->viewer, g_variant_get_double (parameter));
  _dub_segment_page_commit (self, _("Change overlay"), "overlay");
}

void
_dub_segment_page_go_to (DubSegmentPage *self,
                         int             case_index,
                         int             place)
{
  DubStudy *study = dub_session_get_study (self->session);

  if (study == NULL || case_index < 0 || (guint) case_index >= study->cases->len || place < 0)
    return;
  self->wanted_case = case_index;
  self->wanted_place = place;
  if (dub_session_get_case_index (self->session) != case_index)
    dub_session_select (self->session, case_index, -1);
  _dub_segment_page_visit (self);
}

static void
go_to_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  int case_index, place;

  g_variant_get (parameter, "(ii)", &case_index, &place);
  _dub_segment_page_go_to (DUB_SEGMENT_PAGE (widget), case_index, place);
}

static void
next_worst_action (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  DubSegmentPage *self = DUB_SEGMENT_PAGE (widget);
  int current = dub_session_get_case_index (self->session), next;
  DubSegmentRow *row = current >= 0 ? dub_segment_session_get_row (self->segment, (guint) current) : NULL;
  const DubSegmentNumbers *numbers = row != NULL ? dub_segment_row_get_numbers (row) : NULL;
  DubSegmentScore score = dub_segment_session_get_score (self->segment);

  if (numbers != NULL && self->chosen_place + 1 < (int) numbers->score[score].n_places) {
    _dub_segment_page_go_to (self, current, self->chosen_place + 1);
    return;
  }
  next = _dub_segment_page_next_case (self);
  if (next >= 0)
    _dub_segment_page_go_to (self, next, 0);
  else
    dub_session_toast (self->session, _("This is the last place of the last case of the table"));
}

static void
work_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  DubSegmentPage *self = DUB_SEGMENT_PAGE (widget);

  if (g_str_equal (name, "segment.stop"))
    dub_segment_session_stop (self->segment);
  else if (g_str_equal (name, "segment.retry"))
    dub_segment_session_renew (self->segment);
  else
    dub_segment_session_compute_all (self->segment);
}

static void
panel_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  DubSegmentPage *self = DUB_SEGMENT_PAGE (widget);

  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

/* --- layout --- */

static gboolean
fold_cb (gpointer data)
{
  DubSegmentPage *self = data;
  gboolean narrow = gtk_widget_get_width (GTK_WIDGET (self)) < FOLD_WIDTH;

  self->fold = 0;
  adw_flap_set_fold_policy (self->flap, narrow ? ADW_FLAP_FOLD_POLICY_ALWAYS : ADW_FLAP_FOLD_POLICY_NEVER);
  adw_flap_set_reveal_flap (self->flap, !narrow);
  gtk_widget_set_visible (self->panel_button, narrow);

  return G_SOURCE_REMOVE;
}

static void
dub_segment_page_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  gtk_widget_measure (adw_bin_get_child (ADW_BIN (widget)), orientation, for_size, minimum, natural, minimum_baseline,
                      natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, 340);
}

static void
dub_segment_page_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  DubSegmentPage *self = DUB_SEGMENT_PAGE (widget);
  gboolean folded = adw_flap_get_fold_policy (self->flap) == ADW_FLAP_FOLD_POLICY_ALWAYS;

  gtk_widget_allocate (adw_bin_get_child (ADW_BIN (self)), width, height, baseline, NULL);
  /* Not from inside an allocation: folding asks for another one. */
  if (width > 0 && (width < FOLD_WIDTH) != folded && self->fold == 0)
    self->fold = g_idle_add (fold_cb, self);
}

/* --- following --- */

static void
update_subtitle (DubSegmentPage *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SUBTITLE]);
}

static char *
make_subtitle (DubSegmentPage *self)
{
  size_t n = self->segment != NULL ? _dub_segment_page_n_classes (self) : 0;

  if (n == 0)
    return g_strdup (_("segmentation"));

  return g_strdup_printf (g_dngettext (NULL, "segmentation · %zu label", "segmentation · %zu labels", (gulong) n), n);
}

static void
state_cb (DubSegmentPage *self)
{
  _dub_segment_page_update_state (self);
  _dub_segment_page_update_panel (self);
  update_subtitle (self);
}

static void
shown_cb (DubSegmentPage *self)
{
  _dub_segment_page_update_shown (self);
  _dub_segment_page_update_panel (self);
  _dub_segment_page_update_state (self);
  _dub_segment_page_visit (self);
}

static void
score_cb (DubSegmentPage *self)
{
  _dub_segment_page_update_table (self);
  shown_cb (self);
}

static void
edited_cb (DubSegmentPage *self)
{
  _dub_segment_page_update_panel (self);
  _dub_segment_page_update_state (self);
}

static void
case_cb (DubSegmentPage *self)
{
  self->chosen_place = -1;
  _dub_segment_page_select_row (self);
  _dub_segment_page_update_panel (self);
}

static void
radiological_cb (DubSegmentPage *self)
{
  dub_viewer_set_radiological (self->viewer, dub_settings_state_get_radiological (dub_session_get_settings (self->session)));
}

static void
overlay_map_cb (DubSegmentPage *self)
{
  const char *map = dub_settings_state_get_overlay_map (dub_session_get_settings (self->session));

  for (int i = 0; i < DUB_N_COLORMAPS; i++)
    if (map != NULL && g_ascii_strcasecmp (map, dub_colormap_name ((DubColormap) i)) == 0)
      dub_viewer_set_colormap (self->viewer, (DubColormap) i);
}

static void
committed_cb (DubViewer      *viewer,
              const char     *label,
              const char     *kind,
              DubSegmentPage *self)
{
  if (g_str_equal (kind, "cursor"))
    return;
  _dub_segment_page_commit (self, label, kind);
}

static void
dub_segment_page_constructed (GObject *object)
{
  DubSegmentPage *self = DUB_SEGMENT_PAGE (object);
  DubSettingsState *settings = dub_session_get_settings (self->session);

  G_OBJECT_CLASS (dub_segment_page_parent_class)->constructed (object);

  self->viewer = dub_tri_view_get_viewer (self->tri_view);
  self->segment = dub_segment_session_new (self->session);
  _dub_segment_page_build_results (self);
  _dub_segment_page_build_panel (self);
  _dub_segment_page_build_table (self);
  dub_viewer_set_opacity (self->viewer, 0.88);

  g_signal_connect_object (self->segment, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->segment, "notify::stale", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->segment, "notify::computing-all", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->segment, "progressed", G_CALLBACK (_dub_segment_page_update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->segment, "notify::shown-serial", G_CALLBACK (shown_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->segment, "notify::score", G_CALLBACK (score_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->segment, "notify::views", G_CALLBACK (_dub_segment_page_update_panel), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::case-index", G_CALLBACK (case_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "study-edited", G_CALLBACK (edited_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "notify::radiological", G_CALLBACK (radiological_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "notify::overlay-map", G_CALLBACK (overlay_map_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->viewer, "committed", G_CALLBACK (committed_cb), self, 0);
  radiological_cb (self);
  overlay_map_cb (self);
  settings_clear (&self->settings);
  settings_read (self, &self->settings);
  _dub_segment_page_update_table (self);
  shown_cb (self);
  _dub_segment_page_select_row (self);
}

static void
dub_segment_page_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  if (prop_id == PROP_SESSION)
    DUB_SEGMENT_PAGE (object)->session = g_value_dup_object (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
dub_segment_page_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  DubSegmentPage *self = DUB_SEGMENT_PAGE (object);

  switch (prop_id) {
  case PROP_SESSION:
    g_value_set_object (value, self->session);
    break;
  case PROP_SUBTITLE:
    g_value_take_string (value, make_subtitle (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_segment_page_dispose (GObject *object)
{
  DubSegmentPage *self = DUB_SEGMENT_PAGE (object);

  g_clear_handle_id (&self->fold, g_source_remove);
  if (self->segment != NULL) {
    g_signal_handlers_disconnect_by_data (self->segment, self);
    dub_segment_session_close (self->segment);
  }
  if (self->viewer != NULL)
    g_signal_handlers_disconnect_by_data (self->viewer, self);
  self->viewer = NULL;
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_SEGMENT_PAGE);
  g_clear_pointer (&self->sorters, g_ptr_array_unref);
  g_clear_object (&self->segment);
  g_clear_pointer (&self->shown, dub_volume_unref);
  g_clear_object (&self->session);
  settings_clear (&self->settings);
  g_clear_pointer (&self->cards_key, g_free);

  G_OBJECT_CLASS (dub_segment_page_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "segment.score", "s", score_action);
  gtk_widget_class_install_action (klass, "segment.views", "s", views_action);
  gtk_widget_class_install_action (klass, "segment.toggle-view", "s", toggle_view_action);
  gtk_widget_class_install_action (klass, "segment.contours", NULL, contours_action);
  gtk_widget_class_install_action (klass, "segment.opacity", "d", opacity_action);
  gtk_widget_class_install_action (klass, "segment.go-to", "(ii)", go_to_action);
  gtk_widget_class_install_action (klass, "segment.next-worst", NULL, next_worst_action);
  gtk_widget_class_install_action (klass, "segment.axes", "s", _dub_segment_page_read);
  gtk_widget_class_install_action (klass, "segment.scale", "s", _dub_segment_page_read);
  gtk_widget_class_install_action (klass, "segment.fit", "s", _dub_segment_page_read);
  gtk_widget_class_install_action (klass, "segment.compute-all", NULL, work_action);
  gtk_widget_class_install_action (klass, "segment.stop", NULL, work_action);
  gtk_widget_class_install_action (klass, "segment.retry", NULL, work_action);
  gtk_widget_class_install_action (klass, "segment.panel", NULL, panel_action);
  gtk_widget_class_install_action (klass, "segment.export-figure", NULL, _dub_segment_page_export);
  gtk_widget_class_install_action (klass, "segment.export-csv", NULL, _dub_segment_page_export);
  gtk_widget_class_install_action (klass, "segment.export-nifti", NULL, _dub_segment_page_export);
  gtk_widget_class_install_action (klass, "segment.export-map", NULL, _dub_segment_page_export);
  gtk_widget_class_install_action (klass, "segment.export-to", "s", _dub_segment_page_export_to);
  gtk_widget_class_install_action (klass, "segment.export-map-to", "s", _dub_segment_page_export_to);

  gtk_widget_class_add_binding_action (klass, GDK_KEY_n, 0, "segment.next-worst", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F8, 0, "segment.panel", NULL);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, DubSegmentPage, name)

static void
dub_segment_page_class_init (DubSegmentPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dub_segment_page_constructed;
  object_class->set_property = dub_segment_page_set_property;
  object_class->get_property = dub_segment_page_get_property;
  object_class->dispose = dub_segment_page_dispose;
  widget_class->measure = dub_segment_page_measure;
  widget_class->size_allocate = dub_segment_page_size_allocate;

  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, DUB_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  install_actions (widget_class);

  g_type_ensure (DUB_TYPE_TRI_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/segment-page.ui");
  BIND (flap);
  BIND (content_stack);
  BIND (error_page);
  BIND (error_resample);
  BIND (error_crop);
  BIND (error_retry);
  BIND (tri_view);
  BIND (loading_box);
  BIND (loading_label);
  BIND (loading_progress);
  BIND (loading_button);
  BIND (strip);
  BIND (panel_button);
  BIND (table_scroller);
  BIND (table);
  BIND (panel);
  BIND (all_button);
  BIND (views_popover);
  BIND (views_box);
}

static void
dub_segment_page_init (DubSegmentPage *self)
{
  for (int k = 0; k < DUB_N_SEGMENT_SCORES; k++)
    self->settings.clip[k] = (double) NAN;
  self->chosen_place = -1;
  self->wanted_case = -1;
  /* The page allocates its child itself, to see how wide it is. */
  gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
dub_segment_page_new (DubSession *session)
{
  return g_object_new (DUB_TYPE_SEGMENT_PAGE, "session", session, NULL);
}
