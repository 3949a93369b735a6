#include "ui/pages/segment-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/segment-figure.h"

/* Ends of the colour bar: what the score can be at most with @n classes. */
static double
largest (DubSegmentScore score,
         size_t          n)
{
  double c = (double) MAX (n, 2);

  switch (score) {
  case DUB_SEGMENT_MSR:
    return 1.0 - 1.0 / c;
  case DUB_SEGMENT_ENTROPY:
    return log (c);
  case DUB_SEGMENT_SD:
    return 0.5;
  case DUB_SEGMENT_MI:
    return 0.5 * log (c);
  case DUB_SEGMENT_MARGIN:
  default:
    return 1.0;
  }
}

static char *
heat_name (DubSegmentScore score)
{
  gboolean nats = score == DUB_SEGMENT_ENTROPY || score == DUB_SEGMENT_MI;
  const char *name = score == DUB_SEGMENT_MI ? _("MI") : _dub_segment_page_score_name (score);

  return nats ? g_strdup_printf (_("%s (nat)"), name) : g_strdup (name);
}

/* --- strip --- */

static GtkLabel *
add_label (DubSegmentPage *self,
           const char     *css,
           const char     *tooltip)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_add_css_class (label, css);
  gtk_widget_set_tooltip_text (label, tooltip);
  gtk_box_append (self->strip, label);

  return GTK_LABEL (label);
}

static void
set_number (GtkLabel   *label,
            const char *name,
            double      value)
{
  gtk_widget_set_visible (GTK_WIDGET (label), isfinite (value));
  if (!isfinite (value))
    return;

  g_autofree char *markup = g_markup_printf_escaped ("%s <b>%.3f</b>", name, value);

  gtk_label_set_markup (label, markup);
}

static char *
signed_mm (double value)
{
  return g_strdup_printf ("%s%.1f", value < -0.05 ? "−" : "+", fabs (value));
}

/* Mean of the map in a box around @voxel, as far as it lies inside. */
static double
patch_mean (const DubVolume *map,
            const int64_t    voxel[3])
{
  const int64_t *n = map->voxels->shape.dim;
  int64_t half = DUB_SEGMENT_PATCH / 2, count = 0;
  double sum = 0.0;

  for (int64_t i = MAX (voxel[0] - half, 0); i <= MIN (voxel[0] + half, n[0] - 1); i++)
    for (int64_t j = MAX (voxel[1] - half, 0); j <= MIN (voxel[1] + half, n[1] - 1); j++)
      for (int64_t k = MAX (voxel[2] - half, 0); k <= MIN (voxel[2] + half, n[2] - 1); k++, count++)
        sum += (double) dub_volume_get (map, i, j, k);

  return count > 0 ? sum / (double) count : (double) NAN;
}

static void
update_strip (DubSegmentPage *self)
{
  DubVolume *base = dub_viewer_get_base (self->viewer), *labels = dub_viewer_get_classes (self->viewer);
  DubVolume *map = dub_viewer_get_overlay (self->viewer);
  int64_t voxel[3];
  gboolean known = base != NULL && dub_viewer_get_voxel (self->viewer, voxel);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->strip)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_child_visible (child, known);
  if (!known)
    return;

  const double *world = dub_viewer_get_cursor (self->viewer);
  float class = labels != NULL ? dub_volume_get (labels, voxel[0], voxel[1], voxel[2]) : (float) NAN;
  g_autofree char *name = isfinite (class) ? _dub_segment_page_class_name (self, (size_t) class) : g_strdup ("");
  g_autofree char *x = signed_mm (world[0]), *y = signed_mm (world[1]), *z = signed_mm (world[2]);
  g_autofree char *voxel_text = g_strdup_printf (_("voxel %d, %d, %d"), (int) voxel[0], (int) voxel[1], (int) voxel[2]);
  g_autofree char *world_text = g_strdup_printf (_("mm %s, %s, %s"), x, y, z);
  char letters[4];

  dub_volume_orientation (base, letters);

  g_autofree char *space = g_strdup_printf ("%s · %s", letters, base->affine_source == DUB_AFFINE_SFORM   ? "sform"
                                                               : base->affine_source == DUB_AFFINE_QFORM ? "qform"
                                                                                                         : _("no affine"));

  gtk_label_set_text (self->strip_class, name);
  set_number (self->strip_score, _dub_segment_page_score_name (dub_segment_session_get_score (self->segment)),
              dub_viewer_get_heat (self->viewer));
  set_number (self->strip_patch, _("patch 9³"), map != NULL ? patch_mean (map, voxel) : (double) NAN);
  gtk_label_set_text (self->strip_voxel, voxel_text);
  gtk_label_set_text (self->strip_world, world_text);
  gtk_label_set_text (self->strip_space, space);
  gtk_widget_set_visible (GTK_WIDGET (self->strip_space), !base->forms_disagree);
  gtk_widget_set_visible (GTK_WIDGET (self->strip_warning), base->forms_disagree);
}

/* --- legend --- */

static GtkWidget *
legend_new (DubSegmentPage *self,
            size_t          n)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);

  gtk_widget_set_can_target (box, FALSE);
  for (size_t c = 1; c < MIN (n, DUB_MOST_OUTLINES + 1); c++) {
    GtkWidget *label = gtk_label_new (NULL);
    DubRgba color = dub_segment_color (c);
    g_autofree char *name = _dub_segment_page_class_name (self, c);
    g_autofree char *markup =
      g_markup_printf_escaped ("<span color='#%02x%02x%02x' weight='bold'>━</span> %s", (guint) lrint (255.0 * color.red),
                               (guint) lrint (255.0 * color.green), (guint) lrint (255.0 * color.blue), name);

    gtk_label_set_markup (GTK_LABEL (label), markup);
    gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
    gtk_widget_add_css_class (label, "legend-row");
    gtk_box_append (GTK_BOX (box), label);
  }
  gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Classes"), -1);

  return box;
}

/* --- the views --- */

static void
update_outlines (DubSegmentPage *self)
{
  const gboolean visible = dub_viewer_get_outlines_visible (self->viewer);

  if (self->legend != NULL)
    gtk_widget_set_visible (self->legend, visible && dub_viewer_get_classes (self->viewer) != NULL);
}

static const DubSegmentScoreNumbers *
shown_numbers (DubSegmentPage *self)
{
  DubSegmentShown *shown = dub_segment_session_get_shown (self->segment);

  return shown != NULL ? &shown->numbers->score[dub_segment_session_get_score (self->segment)] : NULL;
}

void
_dub_segment_page_update_shown (DubSegmentPage *self)
{
  DubSegmentShown *shown = dub_segment_session_get_shown (self->segment);
  DubSegmentScore score = dub_segment_session_get_score (self->segment);

  if (shown == NULL) {
    dub_viewer_set_base (self->viewer, NULL);
    dub_viewer_set_overlay (self->viewer, NULL, FALSE);
    dub_viewer_set_classes (self->viewer, NULL, NULL, 0);
    dub_viewer_set_box (self->viewer, NULL, 0);
    update_outlines (self);
    update_strip (self);
    return;
  }

  DubSegmentCase *result = shown->result;
  size_t n = shown->numbers->n_classes;
  const DubSegmentScoreNumbers *numbers = &shown->numbers->score[score];
  gboolean new_space = self->shown == NULL || !dub_volume_same_space (self->shown, result->volume);
  g_autofree char *name = heat_name (score);
  DubRgba colors[DUB_MOST_OUTLINES];
  double high = largest (score, n), clip = self->settings.clip[score];
  guint n_colors = 0;

  for (size_t c = 1; c < n && n_colors < DUB_MOST_OUTLINES; c++)
    colors[n_colors++] = dub_segment_color (c);
  g_clear_pointer (&self->shown, dub_volume_unref);
  self->shown = dub_volume_ref (result->volume);
  dub_viewer_set_base (self->viewer, result->volume);
  dub_viewer_set_heat_name (self->viewer, name);
  dub_viewer_set_range (self->viewer, 0.0, high);
  dub_viewer_set_clip (self->viewer, isfinite (clip) ? clip : round (20.0 * (score >= DUB_SEGMENT_SD ? 0.2 : 0.5) * high) / 20.0);
  dub_viewer_set_overlay (self->viewer, result->map[score], FALSE);
  dub_viewer_set_classes (self->viewer, result->labels, colors, n_colors);
  dub_viewer_set_box (self->viewer, numbers->n_places > 0 ? numbers->places[0].voxel : NULL, DUB_SEGMENT_PATCH);
  self->legend = legend_new (self, n);
  dub_tri_view_set_legend (self->tri_view, self->legend);
  update_outlines (self);
  /* A case that is seen for the first time is looked at where it is worst. */
  if (new_space && self->wanted_case < 0 && numbers->n_places > 0) {
    dub_viewer_set_cursor (self->viewer, numbers->places[0].world);
    self->chosen_place = 0;
  }
  update_strip (self);
  _dub_segment_page_settle (self);
}

void
_dub_segment_page_visit (DubSegmentPage *self)
{
  const DubSegmentScoreNumbers *numbers = shown_numbers (self);
  int place = self->wanted_place;

  if (self->wanted_case < 0 || dub_segment_session_get_shown_case (self->segment) != self->wanted_case ||
      dub_segment_session_get_stale (self->segment))
    return;
  self->wanted_case = -1;
  if (numbers == NULL || place >= (int) numbers->n_places)
    return;
  self->chosen_place = place;
  dub_viewer_set_box (self->viewer, numbers->places[place].voxel, DUB_SEGMENT_PATCH);
  dub_viewer_set_cursor (self->viewer, numbers->places[place].world);
  _dub_segment_page_update_panel (self);
}

/* --- states --- */

static void
update_error (DubSegmentPage *self)
{
  const GError *error = dub_segment_session_get_error (self->segment);
  DubStudyModel *model = dub_session_get_model (self->session);
  gboolean fits = g_error_matches (error, DUB_ERROR, DUB_ERROR_SHAPE) && model != NULL && model->preprocess.fit == DUB_FIT_REFUSE &&
                  strstr (error->message, "crop-pad") != NULL;
  gboolean memory = g_error_matches (error, DUB_ERROR, DUB_ERROR_MEMORY);
  const char *advice = memory ? _("Choose a smaller network, or a volume with fewer voxels.")
                       : fits ? _("Say how it is to be made to fit; the study remembers.")
                       : g_error_matches (error, DUB_ERROR, DUB_ERROR_IO)
                         ? _("Is the drive still there? Bring the file back, and try again.")
                       : g_error_matches (error, DUB_ERROR, DUB_ERROR_ARGUMENT)
                         ? _("Undo the last setting (Ctrl+Z), or choose another value.")
                         : _("Choose another case in the table, or mend the file and try again.");
  g_autofree char *text = g_strdup_printf ("%s\n%s", error != NULL ? error->message : "", advice);
  g_autofree char *description = g_markup_escape_text (text, -1);

  adw_status_page_set_title (self->error_page, fits     ? _("The volume does not fit the network")
                                               : memory ? _("The network needs more memory than there is")
                                                        : _("This case cannot be segmented"));
  adw_status_page_set_description (self->error_page, description);
  gtk_widget_set_visible (self->error_resample, fits);
  gtk_widget_set_visible (self->error_crop, fits);
  gtk_widget_set_visible (self->error_retry, !fits);
}

void
_dub_segment_page_update_state (DubSegmentPage *self)
{
  DubSegmentState state = dub_segment_session_get_state (self->segment);
  gboolean computing = state == DUB_SEGMENT_STATE_COMPUTING, stopped = state == DUB_SEGMENT_STATE_STOPPED;
  gboolean ready = dub_segment_session_get_shown (self->segment) != NULL && !dub_segment_session_get_stale (self->segment);
  static const char *const EXPORTS[] = { "segment.export-figure", "segment.export-csv", "segment.export-nifti",
                                         "segment.export-map", "segment.export-to", "segment.export-map-to" };
  DubStudyCase *item = dub_session_get_case (self->session);

  if (state == DUB_SEGMENT_STATE_FAILED)
    update_error (self);
  gtk_stack_set_visible_child_name (self->content_stack, state == DUB_SEGMENT_STATE_EMPTY    ? "empty"
                                                         : state == DUB_SEGMENT_STATE_FAILED ? "error"
                                                                                             : "view");
  gtk_widget_set_visible (self->loading_box, computing || stopped);
  gtk_widget_set_visible (GTK_WIDGET (self->loading_progress), computing);
  if (computing || stopped) {
    g_autofree char *words = item == NULL ? g_strdup ("")
                             : computing  ? g_strdup_printf (_("Segmenting %s…"), item->id)
                                          : g_strdup_printf (_("%s was not segmented: stopped"), item->id);
    const char *action = computing ? "segment.stop" : "segment.compute-all";

    gtk_label_set_text (self->loading_label, words);
    gtk_progress_bar_set_fraction (self->loading_progress, dub_segment_session_get_progress (self->segment));
    if (g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (self->loading_button)), action) != 0) {
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->loading_button), action);
      gtk_button_set_label (self->loading_button, computing ? _("Stop") : _("Segment"));
    }
  }
  dub_viewer_set_stale (self->viewer, dub_segment_session_get_stale (self->segment));
  for (gsize i = 0; i < G_N_ELEMENTS (EXPORTS); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), EXPORTS[i], ready);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "segment.stop",
                                 computing || dub_segment_session_is_computing_all (self->segment));
  gtk_widget_set_visible (self->all_button, !dub_segment_session_is_computing_all (self->segment) &&
                                              g_list_model_get_n_items (dub_segment_session_get_rows (self->segment)) > 1);
}

/* --- building --- */

static void
viewer_changed_cb (DubSegmentPage *self,
                   guint           what)
{
  const DubSegmentScoreNumbers *numbers = shown_numbers (self);

  update_strip (self);
  if (what & DUB_VIEWER_PICTURE) {
    update_outlines (self);
    _dub_segment_page_update_panel (self);
  }
  /* Who moves the crosshair away is at no place of the list any more. */
  if ((what & DUB_VIEWER_CURSOR) && self->chosen_place >= 0 && numbers != NULL) {
    int64_t voxel[3];

    if (self->chosen_place < (int) numbers->n_places && dub_viewer_get_voxel (self->viewer, voxel) &&
        memcmp (voxel, numbers->places[self->chosen_place].voxel, sizeof voxel) != 0) {
      self->chosen_place = -1;
      _dub_segment_page_update_panel (self);
    }
  }
}

/* Keys are for the views: with the focus where a window puts it by itself, they would go to its header. */
static void
views_shown_cb (DubSegmentPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !gtk_widget_get_mapped (focus))
    gtk_widget_grab_focus (GTK_WIDGET (self->tri_view));
}

void
_dub_segment_page_build_results (DubSegmentPage *self)
{
  self->strip_class = add_label (self, "heading", _("Class of the voxel under the crosshair"));
  self->strip_score = add_label (self, "strip-value", _("Score of the voxel under the crosshair"));
  self->strip_patch = add_label (self, "strip-value", _("Mean of the score over 9 × 9 × 9 voxels around the crosshair"));
  gtk_widget_set_hexpand (GTK_WIDGET (self->strip_patch), TRUE);
  self->strip_voxel = add_label (self, "dim-label", _("Voxel of the file, counted from 0"));
  self->strip_world = add_label (self, "dim-label", _("Position in millimetres: right, front, up"));
  self->strip_space = add_label (self, "dim-label", _("Where the voxel axes point, and the form of the header that says so"));
  self->strip_warning =
    add_label (self, "strip-warning", _("The header's sform and qform place this volume differently; the sform is used"));
  gtk_label_set_text (self->strip_warning, _("⚠ sform ≠ qform"));
  g_signal_connect_object (self->viewer, "changed", G_CALLBACK (viewer_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->tri_view, "map", G_CALLBACK (views_shown_cb), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}
