#include "ui/pages/mask-page-private.h"

#include <glib/gi18n.h>

#include "ui/pages/choose-path.h"

/* Below this width of the page the settings fold away (a window of 1000 px with its sidebar). */
#define FOLD_WIDTH 800
/* Below this height the play button stands in the foot of the settings. */
#define LOW_HEIGHT 590

/* Of the settings, and of the table of regions where there is room enough. */
#define PANEL_WIDTH 300
#define TABLE_WIDTH 372

G_DEFINE_FINAL_TYPE (DubMaskPage, dub_mask_page, ADW_TYPE_BIN)

enum { PROP_0, PROP_SESSION, N_PROPS };
static GParamSpec *props[N_PROPS];

static char *
load_key (const char *case_id,
          const char *case_path,
          const char *model_id,
          const char *model_path,
          DubFit      fit)
{
  return g_strdup_printf ("%s\n%s\n%s\n%s\n%d", case_id, case_path, model_id, model_path, fit);
}

void
_dub_mask_page_reload (DubMaskPage *self,
                       gboolean     autoplay)
{
  DubStudy *study = dub_session_get_study (self->session);
  int case_index = dub_session_get_case_index (self->session);
  int model_index = dub_session_get_model_index (self->session);

  g_clear_pointer (&self->loaded_key, g_free);
  if (study == NULL || case_index < 0 || model_index < 0) {
    dub_mask_session_load (self->mask, NULL, FALSE);
    return;
  }

  DubMaskRequest *request = dub_mask_request_new (study, (guint) case_index, (guint) model_index,
                                                  dub_session_get_atlas (self->session));
  const DubMaskRequest *old = dub_mask_session_get_request (self->mask);

  if (old != NULL)
    request->reference_path = g_strdup (old->reference_path);
  self->loaded_key = load_key (request->case_id, request->case_path, request->model_id, request->model_path,
                               request->preprocess.fit);
  dub_mask_session_set_slot (self->mask, dub_session_get_slot (self->session));
  dub_mask_session_load (self->mask, request, autoplay);
}

/* At once, not when the main loop is idle: a running mask leaves it no idle moment, and its frames would go on arriving
 * under the name of the new subject. Several notifications of one selection make one load. */
static void
selection_changed_cb (DubMaskPage *self)
{
  DubMaskState state = dub_mask_session_get_state (self->mask);
  DubStudyCase *subject = dub_session_get_case (self->session);
  DubStudyModel *model = dub_session_get_model (self->session);
  g_autofree char *key = NULL;

  if (subject != NULL && model != NULL)
    key = load_key (subject->id, subject->path, model->id, model->path, model->preprocess.fit);
  if (g_strcmp0 (key, self->loaded_key) != 0 || (key == NULL && state != DUB_MASK_STATE_EMPTY))
    _dub_mask_page_reload (self, self->was_playing || state == DUB_MASK_STATE_RUNNING || state == DUB_MASK_STATE_DONE);
  _dub_mask_page_update_choices (self);
}

static void
study_changed_cb (DubMaskPage *self)
{
  g_clear_pointer (&self->loaded_key, g_free);
  self->was_playing = FALSE;
  selection_changed_cb (self);
}

static void
atlas_changed_cb (DubMaskPage *self)
{
  dub_mask_session_set_atlas (self->mask, dub_session_get_atlas (self->session));
}

static void
play_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  DubMaskPage *self = DUB_MASK_PAGE (widget);

  if (dub_mask_session_get_state (self->mask) == DUB_MASK_STATE_RUNNING) {
    self->was_playing = FALSE;
    dub_mask_session_pause (self->mask);
    return;
  }
  self->was_playing = TRUE;
  dub_mask_session_play (self->mask);
}

static void
step_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  DubMaskPage *self = DUB_MASK_PAGE (widget);
  DubMaskFrame *frame = dub_mask_session_get_frame (self->mask);

  self->was_playing = FALSE;
  if (g_str_equal (name, "mask.step"))
    dub_mask_session_step (self->mask);
  else if (g_str_equal (name, "mask.step-back") && frame != NULL && frame->iteration > 0)
    dub_mask_session_show (self->mask, frame->iteration - 1);
  else if (g_str_equal (name, "mask.rewind"))
    dub_mask_session_show (self->mask, 0);
  else if (g_str_equal (name, "mask.forward"))
    dub_mask_session_show (self->mask, G_MAXUINT);
}

static void
reset_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  dub_mask_session_reset (DUB_MASK_PAGE (widget)->mask);
}

static void
retry_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  _dub_mask_page_reload (DUB_MASK_PAGE (widget), TRUE);
}

/* The person has said how volumes of another shape are brought to the network: the study remembers. */
static void
fit_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  DubMaskPage *self = DUB_MASK_PAGE (widget);
  DubStudyModel *model = dub_session_get_model (self->session);

  if (model == NULL)
    return;
  model->preprocess.fit = g_str_equal (name, "mask.fit-resample") ? DUB_FIT_RESAMPLE : DUB_FIT_CROP_PAD;
  _dub_mask_page_reload (self, TRUE);
  dub_session_study_edited (self->session);
}

static void
panel_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  DubMaskPage *self = DUB_MASK_PAGE (widget);

  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

static void
reference_chosen_cb (GtkWidget  *widget,
                     const char *path,
                     gpointer    data)
{
  DubMaskPage *self = DUB_MASK_PAGE (widget);

  if (path == NULL || dub_mask_session_get_request (self->mask) == NULL) {
    _dub_mask_page_update_settings (self);
    return;
  }

  DubMaskRequest *request = dub_mask_request_copy (dub_mask_session_get_request (self->mask));
  DubMaskParams params = *dub_mask_session_get_params (self->mask);

  g_free (request->reference_path);
  request->reference_path = g_strdup (path);
  dub_mask_session_load (self->mask, request, self->was_playing);
  params.replacement = DUB_REPLACE_FILE;
  dub_mask_session_set_params (self->mask, &params);
}

void
_dub_mask_page_choose_reference (DubMaskPage *self)
{
  const char *const filters[] = { _("NIfTI volumes"), "*.nii;*.nii.gz", NULL };
  const DubPathQuestion question = { _("Replace voxels by the ones of…"), _("_Open"), GTK_FILE_CHOOSER_ACTION_OPEN, NULL, filters };

  dub_choose_path (GTK_WIDGET (self), &question, reference_chosen_cb, NULL, NULL);
}

/* The table gets half of what the settings leave, and all that its columns need if there is so much;
 * below that it scrolls sideways. */
static int
table_width (int width)
{
  int content = width < FOLD_WIDTH ? width : width - PANEL_WIDTH;

  return CLAMP (content / 2, 170, TABLE_WIDTH);
}

static int
requested_table_width (DubMaskPage *self)
{
  int width;

  gtk_widget_get_size_request (GTK_WIDGET (self->regions_stack), &width, NULL);

  return width;
}

static gboolean
fold_cb (gpointer data)
{
  DubMaskPage *self = data;
  gboolean narrow = gtk_widget_get_width (GTK_WIDGET (self)) < FOLD_WIDTH;
  gboolean folded = adw_flap_get_fold_policy (self->flap) == ADW_FLAP_FOLD_POLICY_ALWAYS;

  if (narrow != folded) {
    adw_flap_set_fold_policy (self->flap, narrow ? ADW_FLAP_FOLD_POLICY_ALWAYS : ADW_FLAP_FOLD_POLICY_NEVER);
    adw_flap_set_reveal_flap (self->flap, !narrow);
    gtk_widget_set_visible (self->panel_button, narrow);
  }
  gtk_widget_set_size_request (GTK_WIDGET (self->regions_stack),
                               table_width (gtk_widget_get_width (GTK_WIDGET (self))), -1);
  gtk_widget_set_visible (self->foot_play_button, gtk_widget_get_height (GTK_WIDGET (self)) < LOW_HEIGHT);

  return G_SOURCE_REMOVE;
}

static void
dub_mask_page_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  gtk_widget_measure (adw_bin_get_child (ADW_BIN (widget)), orientation, for_size, minimum, natural, minimum_baseline,
                      natural_baseline);

  /* Settings that do not fit beside the views fold away: they ask for no room of their own. */
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, 340);
}

static void
dub_mask_page_size_allocate (GtkWidget *widget,
                             int        width,
                             int        height,
                             int        baseline)
{
  DubMaskPage *self = DUB_MASK_PAGE (widget);
  gboolean folded = adw_flap_get_fold_policy (self->flap) == ADW_FLAP_FOLD_POLICY_ALWAYS;

  gtk_widget_allocate (adw_bin_get_child (ADW_BIN (self)), width, height, baseline, NULL);

  /* Not from inside an allocation: folding asks for another one. */
  if (width > 0 && ((width < FOLD_WIDTH) != folded || requested_table_width (self) != table_width (width) ||
                    (height < LOW_HEIGHT) != gtk_widget_get_visible (self->foot_play_button)))
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, fold_cb, g_object_ref (self), g_object_unref);
}

/* Keys are for the views: with the focus where a window puts it by itself, Space would open a menu of its header. */
static void
views_shown_cb (DubMaskPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !gtk_widget_get_mapped (focus))
    gtk_widget_grab_focus (GTK_WIDGET (self->tri_view));
}

static void
state_changed_cb (DubMaskPage *self)
{
  _dub_mask_page_update_state (self);
}

static void
inputs_changed_cb (DubMaskPage *self)
{
  _dub_mask_page_update_inputs (self);
  _dub_mask_page_update_choices (self);
  _dub_mask_page_update_settings (self);
}

static void
frame_changed_cb (DubMaskPage *self)
{
  _dub_mask_page_update_frame (self);
}

static void
stale_changed_cb (DubMaskPage *self)
{
  _dub_mask_page_update_state (self);
}

static void
radiological_cb (DubMaskPage *self)
{
  dub_viewer_set_radiological (self->viewer,
                               dub_settings_state_get_radiological (dub_session_get_settings (self->session)));
}

static void
overlay_settings_cb (DubMaskPage *self)
{
  DubSettingsState *settings = dub_session_get_settings (self->session);
  const char *map = dub_settings_state_get_overlay_map (settings);

  for (int i = 0; i < DUB_N_COLORMAPS; i++)
    if (map != NULL && g_ascii_strcasecmp (map, dub_colormap_name ((DubColormap) i)) == 0)
      dub_viewer_set_colormap (self->viewer, (DubColormap) i);
  dub_viewer_set_opacity (self->viewer, dub_settings_state_get_overlay_opacity (settings));
}

static void
dub_mask_page_constructed (GObject *object)
{
  DubMaskPage *self = DUB_MASK_PAGE (object);

  G_OBJECT_CLASS (dub_mask_page_parent_class)->constructed (object);

  self->mask = dub_mask_session_new (NULL);
  self->viewer = dub_tri_view_get_viewer (self->tri_view);
  g_signal_connect_object (self->tri_view, "map", G_CALLBACK (views_shown_cb), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  dub_cursor_strip_set_viewer (self->strip, self->viewer);
  _dub_mask_page_build_settings (self);
  _dub_mask_page_build_results (self);

  g_signal_connect_swapped (self->mask, "notify::state", G_CALLBACK (state_changed_cb), self);
  g_signal_connect_swapped (self->mask, "notify::stale", G_CALLBACK (stale_changed_cb), self);
  g_signal_connect_swapped (self->mask, "notify::inputs-serial", G_CALLBACK (inputs_changed_cb), self);
  g_signal_connect_swapped (self->mask, "notify::frame-serial", G_CALLBACK (frame_changed_cb), self);

  if (self->session != NULL) {
    DubSettingsState *settings = dub_session_get_settings (self->session);

    g_signal_connect_object (self->session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->session, "notify::case-index", G_CALLBACK (selection_changed_cb), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->session, "notify::model-index", G_CALLBACK (selection_changed_cb), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->session, "notify::atlas", G_CALLBACK (atlas_changed_cb), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->session, "study-edited", G_CALLBACK (selection_changed_cb), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (settings, "notify::radiological", G_CALLBACK (radiological_cb), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (settings, "notify::overlay-map", G_CALLBACK (overlay_settings_cb), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (settings, "notify::overlay-opacity", G_CALLBACK (overlay_settings_cb), self, G_CONNECT_SWAPPED);
    radiological_cb (self);
    overlay_settings_cb (self);
    /* At once, so that the first frame says what is being read. */
    _dub_mask_page_update_choices (self);
    _dub_mask_page_reload (self, FALSE);
  }
  _dub_mask_page_update_settings (self);
  _dub_mask_page_update_state (self);
  _dub_mask_page_update_frame (self);
}

static void
dub_mask_page_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  DubMaskPage *self = DUB_MASK_PAGE (object);

  switch (prop_id) {
  case PROP_SESSION:
    self->session = g_value_dup_object (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_mask_page_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  DubMaskPage *self = DUB_MASK_PAGE (object);

  switch (prop_id) {
  case PROP_SESSION:
    g_value_set_object (value, self->session);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_mask_page_dispose (GObject *object)
{
  DubMaskPage *self = DUB_MASK_PAGE (object);

  if (self->mask != NULL)
    g_signal_handlers_disconnect_by_data (self->mask, self);
  if (self->viewer != NULL)
    g_signal_handlers_disconnect_by_data (self->viewer, self);
  if (self->job != NULL) {
    g_signal_handlers_disconnect_by_data (self->job, self);
    dub_job_finish (self->job, NULL);
  }
  g_clear_object (&self->job);
  g_clear_object (&self->mask);
  g_clear_pointer (&self->loaded_key, g_free);
  g_clear_pointer (&self->shown, dub_volume_unref);
  self->viewer = NULL;
  /* AdwBin would unparent its child once more when the template has already done so. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_MASK_PAGE);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dub_mask_page_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "mask.play", NULL, play_action);
  gtk_widget_class_install_action (klass, "mask.step", NULL, step_action);
  gtk_widget_class_install_action (klass, "mask.step-back", NULL, step_action);
  gtk_widget_class_install_action (klass, "mask.rewind", NULL, step_action);
  gtk_widget_class_install_action (klass, "mask.forward", NULL, step_action);
  gtk_widget_class_install_action (klass, "mask.reset", NULL, reset_action);
  gtk_widget_class_install_action (klass, "mask.retry", NULL, retry_action);
  gtk_widget_class_install_action (klass, "mask.fit-crop-pad", NULL, fit_action);
  gtk_widget_class_install_action (klass, "mask.fit-resample", NULL, fit_action);
  gtk_widget_class_install_action (klass, "mask.panel", NULL, panel_action);
  gtk_widget_class_install_action (klass, "mask.export-figure", NULL, _dub_mask_page_export);
  gtk_widget_class_install_action (klass, "mask.export-csv", NULL, _dub_mask_page_export);
  gtk_widget_class_install_action (klass, "mask.export-nifti", NULL, _dub_mask_page_export);
  gtk_widget_class_install_action (klass, "mask.export-to", "s", _dub_mask_page_export_to);

  gtk_widget_class_add_binding_action (klass, GDK_KEY_space, 0, "mask.play", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_period, 0, "mask.step", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_comma, 0, "mask.step-back", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Home, GDK_CONTROL_MASK, "mask.rewind", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_End, GDK_CONTROL_MASK, "mask.forward", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_r, GDK_CONTROL_MASK, "mask.reset", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F8, 0, "mask.panel", NULL);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, DubMaskPage, name)

static void
dub_mask_page_class_init (DubMaskPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dub_mask_page_constructed;
  object_class->set_property = dub_mask_page_set_property;
  object_class->get_property = dub_mask_page_get_property;
  object_class->dispose = dub_mask_page_dispose;
  widget_class->measure = dub_mask_page_measure;
  widget_class->size_allocate = dub_mask_page_size_allocate;

  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, DUB_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  install_actions (widget_class);

  g_type_ensure (DUB_TYPE_CURSOR_STRIP);
  g_type_ensure (DUB_TYPE_FIGURE_VIEW);
  g_type_ensure (DUB_TYPE_REGION_TABLE);
  g_type_ensure (DUB_TYPE_TRI_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/mask-page.ui");
  BIND (flap);
  BIND (content_stack);
  BIND (error_page);
  BIND (error_resample);
  BIND (error_crop);
  BIND (error_retry);
  BIND (tri_view);
  BIND (loading_box);
  BIND (loading_spinner);
  BIND (loading_label);
  BIND (strip);
  BIND (panel_button);
  BIND (energy_view);
  BIND (energy_table);
  BIND (energy_popover);
  BIND (regions_stack);
  BIND (region_table);
  BIND (regions_note);
  BIND (choices);
  BIND (lambda_card);
  BIND (optimiser_grid);
  BIND (optimiser_popover);
  BIND (play_button);
  BIND (foot_play_button);
  BIND (progress);
  BIND (iteration_label);
  BIND (rate_label);
  BIND (left_label);
  BIND (effect_title);
  BIND (effect_delta);
  BIND (effect_grid);
  BIND (replaced_label);
  BIND (truth_card);
  BIND (inside_label);
  BIND (truth_switch);
}

static void
dub_mask_page_init (DubMaskPage *self)
{
  /* The page allocates its child itself, to see how wide it is. */
  gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
dub_mask_page_new (DubSession *session)
{
  return g_object_new (DUB_TYPE_MASK_PAGE, "session", session, NULL);
}
