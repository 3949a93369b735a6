/* Image and heatmap of the inspector: two panes of a picture, or the three linked views of a volume. */
#include "ui/pages/case-inspector-private.h"

#include <glib/gi18n.h>
#include <math.h>

gboolean
_dub_case_heat_is_diverging (const DubCaseHeat *heat)
{
  /* Of what is hidden, what is lost counts; a derivative speaks in both directions. */
  return heat->heat->is_signed && heat->heat->kind != DUB_HEATMAP_OCCLUSION;
}

char *
_dub_case_inspector_heat_words (const DubCaseHeat *heat)
{
  if (heat->heat->kind != DUB_HEATMAP_OCCLUSION)
    return g_strdup (_(heat->choice->title));

  const char *what = heat->score != NULL ? heat->score : _("Probability");
  g_autofree char *window = heat->heat->map->shape.rank == 3 ? g_strdup_printf ("%u³", heat->heat->window)
                                                              : g_strdup_printf ("%u × %u", heat->heat->window, heat->heat->window);

  return g_strdup_printf (_("%s lost if %s hidden"), what, window);
}

G_GNUC_PRINTF (2, 3)
static void
append_line (GString    *text,
             const char *format,
             ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_string_append_c (text, '\n');
  g_string_append_vprintf (text, format, arguments);
  va_end (arguments);
}

static char *
heat_tooltip (const DubCaseHeat *heat)
{
  const DubHeatmap *map = heat->heat;
  GString *text = g_string_new (_(heat->choice->sentence));

  g_string_append_c (text, '.');
  if (map->window > 0)
    append_line (text, _("Window %u, every %u; what is hidden becomes the image's mean. Only losses are shown, above 12 %% of the largest."),
                 map->window, map->stride);
  if (!isnan (map->gap))
    append_line (text, _("Sum of the map minus the change of the answer: %.4f (0 is complete)."), map->gap);
  if (map->layer != NULL)
    append_line (text, _("Feature maps: %s"), map->layer);

  return g_string_free (text, FALSE);
}

static char *
size_words (const DubTensor *image)
{
  const int64_t *dim = image->shape.dim;

  if (image->shape.rank == 4)
    return g_strdup_printf (_("Volume · %d × %d × %d voxels"), (int) dim[1], (int) dim[2], (int) dim[3]);

  return g_strdup_printf (_("Image · %d × %d pixels"), (int) dim[2], (int) dim[1]);
}

/* --- pictures --- */

static void
update_panes (DubCaseInspector  *self,
              const DubCaseLook *look,
              const DubCaseHeat *heat)
{
  DubDataset *dataset = dub_case_pictures_get_dataset (self->pictures);
  const DubStudyData *data = _dub_case_inspector_data (self);
  DubCaseImage image;

  if (look == NULL || dataset == NULL) {
    const char *failure = dub_case_detail_get_failure (self->detail, DUB_DETAIL_LOOK);

    if (failure == NULL && dataset == NULL)
      failure = dub_case_pictures_get_failure (self->pictures);
    /* While the next one is looked up the last one stays: a flicker tells nothing. */
    if (failure != NULL || data == NULL || data->path == NULL)
      dub_case_pane_set_image (self->image_pane, NULL);
    gtk_label_set_label (self->image_caption, failure != NULL ? failure : data != NULL && data->path == NULL ? _("only outputs were imported") : "");
    gtk_widget_set_tooltip_text (GTK_WIDGET (self->image_caption), failure);
    return;
  }

  g_autofree char *size = size_words (look->image);

  dub_case_image_init (&image, look->image, dataset->kind);
  dub_case_pane_set_image (self->image_pane, &image);
  gtk_label_set_label (self->image_caption, size);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->image_caption), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->image_pane), GTK_ACCESSIBLE_PROPERTY_LABEL, size, -1);
  if (heat != NULL) {
    image.heat = heat->heat->map;
    dub_heat_overlay_init (&image.overlay, heat->heat->map, _dub_case_heat_is_diverging (heat));
  }
  dub_case_pane_set_image (self->heat_pane, &image);
  dub_heat_scale_set_overlay (self->heat_scale, heat != NULL ? &image.overlay : NULL);
}

static void
update_heat_caption (DubCaseInspector  *self,
                     const DubCaseHeat *heat)
{
  const char *failure = dub_case_detail_get_failure (self->detail, DUB_DETAIL_HEAT);
  g_autofree char *words = heat != NULL ? _dub_case_inspector_heat_words (heat) : NULL;
  g_autofree char *tooltip = heat != NULL ? heat_tooltip (heat) : NULL;
  const char *text = words != NULL ? words : failure != NULL ? failure
                     : dub_case_detail_is_busy (self->detail, DUB_DETAIL_HEAT | DUB_DETAIL_VIEWS) ? _("computing…") : "";

  gtk_label_set_label (self->heat_caption, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->heat_caption), tooltip != NULL ? tooltip : failure);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->heat_pane), tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->heat_pane), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words != NULL ? words : _("Heatmap"), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  tooltip != NULL ? tooltip : text, -1);
}

/* --- volumes --- */

static void
update_volume (DubCaseInspector  *self,
               const DubCaseLook *look,
               const DubCaseHeat *heat)
{
  DubViewer *viewer = dub_tri_view_get_viewer (self->tri_view);
  g_autofree char *size = size_words (look->image);
  g_autofree char *words = heat != NULL ? _dub_case_inspector_heat_words (heat) : NULL;
  const char *failure = dub_case_detail_get_failure (self->detail, DUB_DETAIL_HEAT);
  g_autoptr (GString) text = g_string_new (size);

  if (dub_viewer_get_base (viewer) != look->volume)
    dub_viewer_set_base (viewer, look->volume);
  if (heat != NULL && dub_shape_equal (&heat->heat->map->shape, &look->volume->voxels->shape)) {
    g_autoptr (DubVolume) map = dub_volume_new (heat->heat->map, look->volume->affine, NULL);
    DubOverlay overlay;

    dub_heat_overlay_init (&overlay, heat->heat->map, _dub_case_heat_is_diverging (heat));
    dub_viewer_set_colormap (viewer, overlay.colormap);
    dub_viewer_set_range (viewer, overlay.low, overlay.high);
    dub_viewer_set_clip (viewer, overlay.clip);
    dub_viewer_set_overlay (viewer, map, FALSE);
  } else {
    dub_viewer_set_overlay (viewer, NULL, FALSE);
  }
  if (words != NULL)
    g_string_append_printf (text, " · %s", words);
  else if (failure != NULL)
    g_string_append_printf (text, " · %s", failure);
  else if (dub_case_detail_is_busy (self->detail, DUB_DETAIL_HEAT))
    g_string_append_printf (text, " · %s", _("computing…"));
  if (!look->has_space)
    g_string_append_printf (text, " · %s", _("the data do not say which side is which"));
  gtk_label_set_label (self->volume_caption, text->str);
}

void
_dub_case_inspector_update_image (DubCaseInspector *self)
{
  const DubCaseLook *look = dub_case_detail_get_look (self->detail);
  const DubCaseHeat *heat = dub_case_detail_get_heat (self->detail);
  DubDataset *dataset = dub_case_pictures_get_dataset (self->pictures);
  gboolean volume = look != NULL ? look->volume != NULL : dataset != NULL && dataset->n_axes == 3;

  gtk_widget_set_visible (self->images, !volume);
  gtk_widget_set_visible (self->volume_box, volume);
  gtk_widget_set_visible (GTK_WIDGET (self->heat_pane), self->heat);
  gtk_widget_set_visible (GTK_WIDGET (self->heat_caption), self->heat);
  gtk_widget_set_visible (GTK_WIDGET (self->heat_scale), self->heat);
  if (volume) {
    if (look != NULL)
      update_volume (self, look, heat);
    return;
  }
  update_panes (self, look, heat);
  update_heat_caption (self, heat);
}
