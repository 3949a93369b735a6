#include "ui/pages/mask-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/energy-figure.h"
#include "ui/widgets/bar.h"

/* Seconds as people say them. */
static char *
time_left (double seconds)
{
  if (seconds < 1.0)
    return g_strdup (_("under 1 s left"));
  if (seconds < 60.0)
    return g_strdup_printf (_("%.0f s left"), ceil (seconds));

  return g_strdup_printf (_("%d min %d s left"), (int) (seconds / 60.0), (int) fmod (seconds, 60.0));
}

static void
job_cancel_cb (DubMaskPage *self)
{
  dub_mask_session_pause (self->mask);
}

/* The optimisation in the list of jobs: there while it runs. */
static void
update_job (DubMaskPage *self)
{
  DubMaskState state = dub_mask_session_get_state (self->mask);
  DubMaskFrame *frame = dub_mask_session_get_frame (self->mask);
  DubMaskInputs *inputs = dub_mask_session_get_inputs (self->mask);

  if (self->session == NULL)
    return;
  if (state != DUB_MASK_STATE_RUNNING || inputs == NULL) {
    if (self->job != NULL) {
      g_signal_handlers_disconnect_by_data (self->job, self);
      dub_job_finish (self->job, NULL);
      g_clear_object (&self->job);
    }
    return;
  }

  if (self->job == NULL) {
    g_autofree char *title = g_strdup_printf (_("Mask · %s"), inputs->case_id);

    self->job = dub_job_new (title);
    g_signal_connect_swapped (self->job, "cancel", G_CALLBACK (job_cancel_cb), self);
    dub_jobs_add (dub_session_get_jobs (self->session), self->job);
  }
  if (frame != NULL) {
    g_autofree char *stage = g_strdup_printf ("%u / %u", frame->latest, frame->n_iterations);

    dub_job_set_stage (self->job, stage);
    if (frame->rate > 0.0)
      dub_job_set_seconds_left (self->job, (frame->n_iterations - frame->latest) / frame->rate);
    dub_job_set_fraction (self->job, frame->n_iterations > 0 ? (double) frame->latest / frame->n_iterations : 0.0);
  }
}

static void
update_transport (DubMaskPage *self)
{
  DubMaskState state = dub_mask_session_get_state (self->mask);
  DubMaskFrame *frame = dub_mask_session_get_frame (self->mask);
  gboolean running = state == DUB_MASK_STATE_RUNNING;
  gboolean back = frame != NULL && frame->iteration < frame->latest;
  gboolean ready = dub_mask_session_get_inputs (self->mask) != NULL && state != DUB_MASK_STATE_LOADING &&
                   state != DUB_MASK_STATE_FAILED;
  GtkWidget *widget = GTK_WIDGET (self);
  g_autofree char *play = NULL;
  g_autofree char *text = NULL;
  g_autofree char *rate = NULL;
  g_autofree char *left = NULL;

  if (running)
    play = g_strdup (_("Pause (Space)"));
  else if (back)
    play = g_strdup_printf (_("Continue from iteration %u; later ones are dropped (Space)"), frame->iteration);
  else if (state == DUB_MASK_STATE_DONE)
    play = g_strdup (_("As many iterations again (Space)"));
  else
    play = g_strdup (_("Play (Space)"));
  gtk_button_set_icon_name (GTK_BUTTON (self->play_button), running ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (self->play_button, play);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->play_button), GTK_ACCESSIBLE_PROPERTY_LABEL, running ? _("Pause") : _("Play"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->foot_play_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  running ? _("Pause") : _("Play"), -1);

  gtk_widget_action_set_enabled (widget, "mask.play", state != DUB_MASK_STATE_FAILED);
  gtk_widget_action_set_enabled (widget, "mask.step", ready && !running);
  gtk_widget_action_set_enabled (widget, "mask.step-back", ready && frame != NULL && frame->iteration > 0);
  gtk_widget_action_set_enabled (widget, "mask.rewind", ready && frame != NULL && frame->iteration > 0);
  gtk_widget_action_set_enabled (widget, "mask.forward", ready && back);
  gtk_widget_action_set_enabled (widget, "mask.reset", ready && frame != NULL && frame->latest > 0);
  gtk_widget_action_set_enabled (widget, "mask.export-figure", frame != NULL);
  gtk_widget_action_set_enabled (widget, "mask.export-csv", frame != NULL);
  gtk_widget_action_set_enabled (widget, "mask.export-nifti", frame != NULL);

  if (frame == NULL) {
    gtk_progress_bar_set_fraction (self->progress, 0.0);
    text = g_strdup (state == DUB_MASK_STATE_LOADING ? _("loading…") : running || ready ? _("preparing the network…") : "");
  } else {
    gtk_progress_bar_set_fraction (self->progress, frame->n_iterations > 0 ? MIN ((double) frame->iteration / frame->n_iterations, 1.0) : 0.0);
    text = back ? g_strdup_printf (_("iteration <b>%u</b> of %u, looking back"), frame->iteration, frame->latest)
                : g_strdup_printf (_("iteration <b>%u</b> of %u"), frame->iteration, frame->n_iterations);
    if (frame->rate > 0.0 && !back)
      rate = g_strdup_printf (frame->rate < 10.0 ? _("%.1f it/s") : _("%.0f it/s"), frame->rate);
    if (running && frame->rate > 0.0)
      left = time_left ((frame->n_iterations - MIN (frame->latest, frame->n_iterations)) / frame->rate);
    else if (!back)
      left = g_strdup (state == DUB_MASK_STATE_DONE || frame->done ? _("done") : _("paused"));
  }
  gtk_label_set_markup (self->iteration_label, text);
  gtk_label_set_text (self->rate_label, rate != NULL ? rate : "");
  gtk_label_set_text (self->left_label, left != NULL ? left : "");
}

static void
update_error (DubMaskPage *self)
{
  const GError *error = dub_mask_session_get_error (self->mask);
  const DubMaskRequest *request = dub_mask_session_get_request (self->mask);
  gboolean fits = g_error_matches (error, DUB_ERROR, DUB_ERROR_SHAPE) && request != NULL &&
                  request->preprocess.fit == DUB_FIT_REFUSE && dub_mask_session_get_inputs (self->mask) == NULL;
  gboolean unfit = g_error_matches (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED);
  gboolean memory = g_error_matches (error, DUB_ERROR, DUB_ERROR_MEMORY);
  const char *advice = memory ? _("Choose a smaller network, or a volume with fewer voxels.")
                       : fits ? _("Say how it is to be made to fit; the study remembers.")
                       : unfit ? _("Choose another network, or export this one with its class outputs (N, C) first.")
                       : g_error_matches (error, DUB_ERROR, DUB_ERROR_IO)
                         ? _("Is the drive still there? Bring the file back, or choose another subject or network.")
                       : g_error_matches (error, DUB_ERROR, DUB_ERROR_ARGUMENT)
                         ? _("Undo the last setting (Ctrl+Z), or choose another value.")
                         : _("Choose another subject or network, or mend the file and try again.");
  g_autofree char *text = g_strdup_printf ("%s\n%s", error != NULL ? error->message : "", advice);
  g_autofree char *description = g_markup_escape_text (text, -1);

  adw_status_page_set_title (self->error_page, fits ? _("The volume does not fit the network")
                                               : unfit ? _("A mask needs another kind of network")
                                               : memory ? _("The network needs more memory than there is")
                                                        : _("This mask cannot be computed"));
  adw_status_page_set_description (self->error_page, description);
  gtk_widget_set_visible (self->error_resample, fits);
  gtk_widget_set_visible (self->error_crop, fits);
  gtk_widget_set_visible (self->error_retry, !fits);
}

void
_dub_mask_page_update_state (DubMaskPage *self)
{
  DubMaskState state = dub_mask_session_get_state (self->mask);
  gboolean loading = state == DUB_MASK_STATE_LOADING;
  gboolean first = dub_mask_session_get_frame (self->mask) == NULL && state == DUB_MASK_STATE_RUNNING;

  if (state == DUB_MASK_STATE_EMPTY) {
    gtk_stack_set_visible_child_name (self->content_stack, "empty");
  } else if (state == DUB_MASK_STATE_FAILED) {
    update_error (self);
    gtk_stack_set_visible_child_name (self->content_stack, "error");
  } else {
    gtk_stack_set_visible_child_name (self->content_stack, "mask");
  }

  gtk_widget_set_visible (self->loading_box, loading || first);
  gtk_spinner_set_spinning (self->loading_spinner, loading || first);
  if (loading) {
    const DubMaskRequest *request = dub_mask_session_get_request (self->mask);
    g_autofree char *words = g_strdup_printf (_("Reading %s and %s…"), request->case_id, request->model_id);

    gtk_label_set_text (self->loading_label, words);
  } else if (first) {
    gtk_label_set_text (self->loading_label, _("Preparing the network…"));
  }
  dub_viewer_set_stale (self->viewer, loading || (dub_mask_session_get_stale (self->mask) && state != DUB_MASK_STATE_RUNNING));
  update_transport (self);
  update_job (self);
}

/* The voxel of a region in which the mask is strongest; without a mask, the one nearest to its centroid. */
static gboolean
find_in_region (DubMaskPage *self,
                int          value,
                double       world[3])
{
  DubMaskInputs *inputs = dub_mask_session_get_inputs (self->mask);
  DubMaskFrame *frame = dub_mask_session_get_frame (self->mask);
  const DubRegion *region = NULL;

  if (inputs == NULL || inputs->atlas == NULL)
    return FALSE;
  for (guint i = 0; i < inputs->atlas->regions->len && region == NULL; i++)
    if (g_array_index (inputs->atlas->regions, DubRegion, i).value == value)
      region = &g_array_index (inputs->atlas->regions, DubRegion, i);
  if (region == NULL)
    return FALSE;

  const DubVolume *labels = inputs->atlas->labels;
  const int64_t *n = labels->voxels->shape.dim;
  const float *label = dub_tensor_f32 (labels->voxels);
  const float *mask = frame != NULL ? dub_tensor_f32 (frame->mask->voxels) : NULL;
  double centroid[3];
  double best = -INFINITY;
  int64_t found[3] = { 0 };
  size_t at = 0;

  dub_volume_world_to_voxel (labels, region->centroid, centroid);
  for (int64_t i = 0; i < n[0]; i++)
    for (int64_t j = 0; j < n[1]; j++)
      for (int64_t k = 0; k < n[2]; k++, at++) {
        if (label[at] != (float) value)
          continue;

        double distance = hypot (hypot ((double) i - centroid[0], (double) j - centroid[1]), (double) k - centroid[2]);
        double goodness = (mask != NULL ? 1.0 - (double) mask[at] : 0.0) - 1e-3 * distance;

        if (goodness > best) {
          best = goodness;
          found[0] = i;
          found[1] = j;
          found[2] = k;
        }
      }

  double voxel[3] = { (double) found[0], (double) found[1], (double) found[2] };

  dub_volume_voxel_to_world (labels, voxel, world);

  return best > -INFINITY;
}

static void
jump_cb (DubRegionTable *table,
         int             value,
         DubMaskPage    *self)
{
  double world[3];

  if (find_in_region (self, value, world))
    dub_viewer_set_cursor (self->viewer, world);
}

/* The place worth looking at first: the strongest voxel of the truth or of the atlas's hippocampus; else the middle. */
static void
place_cursor (DubMaskPage   *self,
              DubMaskInputs *inputs)
{
  double world[3];

  for (guint i = 0; inputs->atlas != NULL && i < inputs->atlas->regions->len; i++) {
    const DubRegion *region = &g_array_index (inputs->atlas->regions, DubRegion, i);

    if (g_str_has_prefix (region->name, "Hippocampus") && g_str_has_suffix (region->name, "R") &&
        find_in_region (self, region->value, world)) {
      dub_viewer_set_cursor (self->viewer, world);
      return;
    }
  }
}

void
_dub_mask_page_update_inputs (DubMaskPage *self)
{
  DubMaskInputs *inputs = dub_mask_session_get_inputs (self->mask);

  if (inputs == NULL) {
    dub_viewer_set_base (self->viewer, NULL);
    dub_viewer_set_overlay (self->viewer, NULL, TRUE);
    dub_viewer_set_truth (self->viewer, NULL);
    dub_viewer_set_atlas (self->viewer, NULL);
    return;
  }

  gboolean new_space = self->shown == NULL || !dub_volume_same_space (self->shown, inputs->displayed);
  gboolean new_atlas = inputs->atlas != NULL && dub_viewer_get_base (self->viewer) == inputs->displayed &&
                       dub_viewer_get_atlas (self->viewer) == NULL;

  g_clear_pointer (&self->shown, dub_volume_unref);
  self->shown = dub_volume_ref (inputs->displayed);
  dub_viewer_set_base (self->viewer, inputs->displayed);
  dub_viewer_set_truth (self->viewer, inputs->truth);
  dub_viewer_set_atlas (self->viewer, inputs->atlas);
  dub_cursor_strip_set_value_name (self->strip, dub_mask_inputs_is_grey_matter (inputs) ? _("GM") : _("value"));
  dub_region_table_set_title (self->region_table, inputs->atlas != NULL ? inputs->atlas->name : NULL);
  gtk_stack_set_visible_child_name (self->regions_stack, inputs->atlas != NULL ? "table" : "none");
  gtk_label_set_text (self->regions_note, dub_session_get_atlas (self->session) != NULL
                                            ? _("The atlas is being brought onto this image…")
                                            : _("This study has no atlas. With one, this table lists the regions that the mask replaces."));
  gtk_widget_set_visible (self->truth_card, inputs->truth != NULL);
  if (new_space || new_atlas)
    place_cursor (self, inputs);
}

static void
update_energy (DubMaskPage  *self,
               DubMaskFrame *frame)
{
  DubMaskInputs *inputs = dub_mask_session_get_inputs (self->mask);
  DubEnergyWords words;
  g_autofree char *score = NULL;
  g_autofree char *description = NULL;

  dub_energy_words_init (&words);
  words.sum = _("sum");
  words.area = _("area");
  words.smoothness = _("smoothness");
  words.iteration = _("iteration");
  words.energy = _("energy (log scale)");
  words.empty = _("Play, and the energy is drawn here");
  if (frame != NULL && inputs != NULL && (guint) frame->params.target_class < inputs->n_classes) {
    score = g_strdup_printf ("p(%s)", inputs->classes[frame->params.target_class]);
    words.score = score;
  }

  if (frame == NULL) {
    dub_figure_view_set_figure (self->energy_view, dub_energy_figure_new (NULL, 0, 0, -1, &words));
    dub_figure_view_describe (self->energy_view, _("Energy by iteration"), words.empty);
    return;
  }

  /* While running, the newest mask has no row yet: the cursor stands at the last one. */
  int cursor = (int) MIN ((size_t) frame->iteration, MAX (frame->n_trace, 1) - 1);

  dub_figure_view_set_figure (self->energy_view, dub_energy_figure_new (frame->trace, frame->n_trace, MAX (frame->latest, 10),
                                                                        frame->n_trace > 0 ? cursor : -1, &words));

  const DubMaskEnergy *row = dub_mask_frame_energy (frame, MIN (frame->iteration, (guint) MAX (frame->n_trace, 1) - 1));

  if (row != NULL)
    description = g_strdup_printf (_("Iteration %u: sum %.4g, %s %.4g, area %.4g, smoothness %.4g"), row->iteration, row->total,
                                   words.score, row->score, row->area, row->smoothness);
  dub_figure_view_describe (self->energy_view, _("Energy by iteration"), description != NULL ? description : words.empty);
}

/* The twin of the plot as a table, made when it is looked at. */
static void
energy_table_cb (DubMaskPage *self)
{
  DubMaskFrame *frame = dub_mask_session_get_frame (self->mask);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "%9s %11s %11s %11s %11s\n", _("iteration"), _("sum"), _("p(class)"), _("area"), _("smoothness"));
  for (size_t i = 0; frame != NULL && i < frame->n_trace; i++) {
    const DubMaskEnergy *row = &frame->trace[i];

    g_string_append_printf (text, "%9u %11.5g %11.5g %11.5g %11.5g\n", row->iteration, row->total, row->score, row->area,
                            row->smoothness);
  }
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->energy_table), text->str, -1);
}

static void
update_effect (DubMaskPage  *self,
               DubMaskFrame *frame)
{
  DubMaskInputs *inputs = dub_mask_session_get_inputs (self->mask);
  guint target = (guint) (frame != NULL ? frame->params.target_class : dub_mask_session_get_params (self->mask)->target_class);
  double p[2] = { NAN, NAN };
  g_autofree char *title = NULL;
  g_autofree char *delta = NULL;
  g_autofree char *replaced = NULL;
  g_autofree char *inside = NULL;

  if (frame != NULL && target < frame->n_classes) {
    p[0] = frame->original[target];
    /* The start is no result: what it says of a half-replaced image would be read as one. */
    if (frame->iteration > 0)
      p[1] = frame->masked[target];
  }
  title = g_strdup_printf ("p(%s)", inputs != NULL && target < inputs->n_classes ? inputs->classes[target] : "…");
  gtk_label_set_text (self->effect_title, title);
  for (guint i = 0; i < 2; i++) {
    g_autofree char *number = NULL;

    if (!isfinite (p[i]))
      number = g_strdup ("—");
    else if (p[i] < 0.00005)
      number = g_strdup ("< 10⁻⁴");
    else
      number = g_strdup_printf ("%.4f", p[i]);

    dub_bar_set_value (DUB_BAR (self->effect_bar[i]), isfinite (p[i]) ? p[i] : 0.0, 0.0);
    gtk_label_set_text (self->effect_value[i], number);
  }
  if (isfinite (p[0]) && isfinite (p[1]))
    delta = g_strdup_printf ("Δ %s%.4f", p[1] < p[0] ? "−" : "+", fabs (p[1] - p[0]));
  gtk_label_set_text (self->effect_delta, delta != NULL ? delta : "");

  if (frame != NULL && frame->iteration > 0)
    replaced = g_strdup_printf (_("%.2f %% of the volume replaced"), 100.0 * frame->replaced);
  gtk_label_set_text (self->replaced_label, replaced != NULL ? replaced : "");

  if (frame != NULL && frame->iteration > 0 && isfinite (frame->inside_truth))
    inside = g_strdup_printf (_("%.0f %% of it within 2 voxels of the truth"), 100.0 * frame->inside_truth);
  gtk_label_set_text (self->inside_label, inside != NULL ? inside : _("truth contour"));
}

/* Before the first iteration the mask is only its start, the same everywhere, and in the first few it has not left it yet:
 * a wall of colour that says nothing of the image. A large mask of later iterations is a result and shown. */
static gboolean
is_start (const DubMaskFrame *frame)
{
  return frame->iteration == 0 || (frame->iteration < 10 && frame->replaced > 0.2);
}

/* What becomes of the other classes, in the order of the network. */
static void
update_other_classes (DubMaskPage  *self,
                      DubMaskFrame *frame,
                      guint         target)
{
  DubMaskInputs *inputs = dub_mask_session_get_inputs (self->mask);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint c = 0; frame != NULL && inputs != NULL && c < MIN (frame->n_classes, inputs->n_classes); c++) {
    if (c == target)
      continue;
    g_string_append_printf (text, "%sp(%s) %.4f", text->len > 0 ? "\n" : "", inputs->classes[c], frame->original[c]);
    if (frame->iteration > 0)
      g_string_append_printf (text, " → %.4f", frame->masked[c]);
  }
  gtk_label_set_text (self->effect_others, text->str);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->effect_others), text->len > 0 ? text->str : NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->effect_others), text->len > 0);
}

void
_dub_mask_page_update_frame (DubMaskPage *self)
{
  DubMaskFrame *frame = dub_mask_session_get_frame (self->mask);

  dub_viewer_set_overlay (self->viewer, frame != NULL && !is_start (frame) ? frame->mask : NULL, TRUE);
  dub_region_table_set_regions (self->region_table, frame != NULL && frame->iteration > 0 ? frame->regions : NULL);
  update_energy (self, frame);
  update_effect (self, frame);
  update_other_classes (self, frame, (guint) (frame != NULL ? frame->params.target_class : -1));
  _dub_mask_page_update_state (self);
}

static void
picked_cb (DubFigureView *view,
           double         x,
           DubMaskPage   *self)
{
  self->was_playing = FALSE;
  dub_figure_view_set_cursor (view, x);
  dub_mask_session_show (self->mask, (guint) MAX (x, 0.0));
}

static void
viewer_changed_cb (DubViewer   *viewer,
                   guint        what,
                   DubMaskPage *self)
{
  if (what & (DUB_VIEWER_CURSOR | DUB_VIEWER_MARKS)) {
    const DubRegion *region = dub_viewer_get_region (viewer);

    dub_region_table_select (self->region_table, region != NULL ? region->value : -1);
  }
  if (what & DUB_VIEWER_PICTURE && gtk_switch_get_active (self->truth_switch) != dub_viewer_get_truth_visible (viewer))
    gtk_switch_set_active (self->truth_switch, dub_viewer_get_truth_visible (viewer));
}

static void
truth_switched_cb (DubMaskPage *self)
{
  dub_viewer_set_truth_visible (self->viewer, gtk_switch_get_active (self->truth_switch));
}

/* Undo of window and clipping value. */
typedef struct {
  GWeakRef viewer;
  double   before[3];
  double   after[3];
} ViewChange;

static void
view_change_free (gpointer data)
{
  ViewChange *change = data;

  g_weak_ref_clear (&change->viewer);
  g_free (change);
}

static void
apply_view (ViewChange   *change,
            const double  values[3])
{
  g_autoptr (DubViewer) viewer = g_weak_ref_get (&change->viewer);

  if (viewer == NULL)
    return;
  dub_viewer_set_window (viewer, values[0], values[1]);
  dub_viewer_set_clip (viewer, values[2]);
}

static void
undo_view_cb (gpointer data)
{
  apply_view (data, ((ViewChange *) data)->before);
}

static void
redo_view_cb (gpointer data)
{
  apply_view (data, ((ViewChange *) data)->after);
}

static void
committed_cb (DubViewer   *viewer,
              const char  *label,
              const char  *kind,
              DubMaskPage *self)
{
  const DubPaneStyle *style = dub_viewer_get_style (viewer);
  double now[3] = { style->low, style->high, style->overlay.clip };

  if (self->session == NULL || memcmp (now, self->view_before, sizeof now) == 0)
    return;

  ViewChange *change = g_new0 (ViewChange, 1);

  g_weak_ref_init (&change->viewer, viewer);
  memcpy (change->before, self->view_before, sizeof now);
  memcpy (change->after, now, sizeof now);
  memcpy (self->view_before, now, sizeof now);
  dub_history_commit (dub_session_get_history (self->session), label, kind, undo_view_cb, redo_view_cb, change,
                      view_change_free);
}

static void
viewer_pressed_cb (DubMaskPage *self)
{
  const DubPaneStyle *style = dub_viewer_get_style (self->viewer);

  self->view_before[0] = style->low;
  self->view_before[1] = style->high;
  self->view_before[2] = style->overlay.clip;
}

void
_dub_mask_page_build_results (DubMaskPage *self)
{
  const char *names[] = { _("original"), _("masked") };
  GtkGesture *press = gtk_gesture_click_new ();

  for (guint i = 0; i < 2; i++) {
    GtkWidget *label = gtk_label_new (names[i]);
    GtkWidget *value = gtk_label_new (NULL);

    gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
    gtk_widget_add_css_class (label, "dim-label");
    self->effect_bar[i] = dub_bar_new (i == 0 ? DUB_BAR_TEXT : DUB_BAR_SERIES);
    gtk_widget_set_hexpand (self->effect_bar[i], TRUE);
    gtk_label_set_xalign (GTK_LABEL (value), 1.0f);
    gtk_label_set_width_chars (GTK_LABEL (value), 6);
    gtk_widget_add_css_class (value, "numeric");
    gtk_widget_add_css_class (value, "heading");
    self->effect_value[i] = GTK_LABEL (value);
    gtk_grid_attach (self->effect_grid, label, 0, (int) i, 1, 1);
    gtk_grid_attach (self->effect_grid, self->effect_bar[i], 1, (int) i, 1, 1);
    gtk_grid_attach (self->effect_grid, value, 2, (int) i, 1, 1);
  }

  /* The classes of a large network do not push the rest of the panel away: the tooltip has them all. */
  self->effect_others = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->effect_others, 0.0f);
  gtk_label_set_lines (self->effect_others, 5);
  gtk_label_set_wrap (self->effect_others, TRUE);
  gtk_label_set_ellipsize (self->effect_others, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->effect_others), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->effect_others), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->effect_others), "caption");
  gtk_grid_attach (self->effect_grid, GTK_WIDGET (self->effect_others), 0, 2, 3, 1);

  g_signal_connect (self->energy_view, "picked", G_CALLBACK (picked_cb), self);
  g_signal_connect_swapped (self->energy_popover, "map", G_CALLBACK (energy_table_cb), self);
  g_signal_connect (self->region_table, "jump", G_CALLBACK (jump_cb), self);
  g_signal_connect (self->viewer, "changed", G_CALLBACK (viewer_changed_cb), self);
  g_signal_connect (self->viewer, "committed", G_CALLBACK (committed_cb), self);
  g_signal_connect_swapped (self->truth_switch, "notify::active", G_CALLBACK (truth_switched_cb), self);

  /* What window and clipping value were before a gesture began. */
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (press), 0);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (press), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (press, "pressed", G_CALLBACK (viewer_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->tri_view), GTK_EVENT_CONTROLLER (press));
  viewer_pressed_cb (self);
}
