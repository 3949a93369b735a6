#include "ui/widgets/case-pane.h"

#include <math.h>

#include "ui/figures/ticks.h"
#include "ui/widgets/canvas-texture.h"
#include "ui/widgets/theme.h"

/* --- image --- */

struct _DubCasePane {
  GtkWidget    parent_instance;
  DubCaseImage image;
  DubTensor   *raw;     /* (nullable) of the image */
  DubTensor   *heat;    /* (nullable) */
  GdkTexture  *texture;
  int          width, height; /* of the texture, logical px */
};

G_DEFINE_FINAL_TYPE (DubCasePane, dub_case_pane, GTK_TYPE_WIDGET)

enum { LEAST = 90, USUAL = 178, MOST_HEIGHT = 260 };

static void
drop_image (DubCasePane *self)
{
  g_clear_pointer (&self->raw, dub_tensor_unref);
  g_clear_pointer (&self->heat, dub_tensor_unref);
  g_clear_object (&self->texture);
}

static void
dub_case_pane_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  DubCasePane *self = DUB_CASE_PANE (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget), scale = gtk_widget_get_scale_factor (widget);
  static const GdkRGBA nothing = { 0.5f, 0.5f, 0.5f, 0.14f };
  GskRoundedRect box;

  if (width < 1 || height < 1)
    return;
  gsk_rounded_rect_init_from_rect (&box, &GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width, (float) height), 4.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &box);
  if (self->raw == NULL) {
    gtk_snapshot_append_color (snapshot, &nothing, &box.bounds);
  } else {
    if (self->texture == NULL || self->width != width || self->height != height) {
      size_t stride = 4 * (size_t) (width * scale);
      guint8 *pixels = g_malloc (stride * (size_t) (height * scale));

      dub_case_image_compose (&self->image, width * scale, height * scale, stride, pixels);

      g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, stride * (size_t) (height * scale));

      g_clear_object (&self->texture);
      self->texture = gdk_memory_texture_new (width * scale, height * scale, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bytes, stride);
      self->width = width;
      self->height = height;
    }
    gtk_snapshot_append_texture (snapshot, self->texture, &box.bounds);
  }
  gtk_snapshot_pop (snapshot);
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
dub_case_pane_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  DubCasePane *self = DUB_CASE_PANE (widget);
  double aspect = self->raw != NULL ? dub_case_image_aspect (&self->image) : 1.0;

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = LEAST;
    *natural = USUAL;
  } else {
    *minimum = *natural = (int) CLAMP (lrint ((for_size > 0 ? for_size : USUAL) / aspect), 40, MOST_HEIGHT);
  }
}

static void
dub_case_pane_dispose (GObject *object)
{
  drop_image (DUB_CASE_PANE (object));

  G_OBJECT_CLASS (dub_case_pane_parent_class)->dispose (object);
}

static void
dub_case_pane_class_init (DubCasePaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_case_pane_dispose;
  widget_class->snapshot = dub_case_pane_snapshot;
  widget_class->measure = dub_case_pane_measure;
  widget_class->get_request_mode = get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "case-pane");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dub_case_pane_init (DubCasePane *self)
{
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_START);
}

GtkWidget *
dub_case_pane_new (void)
{
  return g_object_new (DUB_TYPE_CASE_PANE, NULL);
}

void
dub_case_pane_set_image (DubCasePane        *self,
                         const DubCaseImage *image)
{
  g_return_if_fail (DUB_IS_CASE_PANE (self));

  drop_image (self);
  if (image != NULL) {
    self->image = *image;
    self->raw = dub_tensor_ref ((DubTensor *) image->plane.raw);
    self->heat = image->heat != NULL ? dub_tensor_ref ((DubTensor *) image->heat) : NULL;
  }
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/* --- scale --- */

struct _DubHeatScale {
  GtkWidget   parent_instance;
  DubOverlay  overlay;
  gboolean    shown;
  GdkTexture *texture;
};

G_DEFINE_FINAL_TYPE (DubHeatScale, dub_heat_scale, GTK_TYPE_WIDGET)

/* Room for "−0.0005". */
enum { SCALE_WIDTH = 66, BAR = 10, EDGE = 7 };

static void
paint_scale (DubCanvas *canvas,
             int        width,
             int        height,
             gpointer   data)
{
  DubHeatScale *self = data;
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  const DubOverlay *overlay = &self->overlay;
  double low = dub_colormap_is_diverging (overlay->colormap) ? -overlay->high : overlay->low, bar = height;
  int decimals = overlay->high >= 100.0 ? 0 : overlay->high >= 10.0 ? 1 : overlay->high >= 1.0 ? 2 : overlay->high >= 0.01 ? 3 : 4;

  /* Colours as they lie over the image: what is clipped is dark. */
  for (int y = 0; y < height; y++) {
    guint8 rgba[4];

    dub_overlay_color (overlay, overlay->high - (overlay->high - low) * (y + 0.5) / bar, rgba);
    dub_canvas_box (canvas, (DubRgba) { rgba[0] * rgba[3] / 65025.0, rgba[1] * rgba[3] / 65025.0, rgba[2] * rgba[3] / 65025.0, 1.0 },
                    0.0, y, BAR, 1.0, 0.0);
  }
  for (int i = 0; i < 3; i++) {
    g_autofree char *text = dub_number_format (overlay->high - (overlay->high - low) * i / 2.0, decimals);

    dub_canvas_text (canvas, text, theme->font_caption, DUB_TEXT_LEFT, theme->dim, BAR + 4.0,
                     EDGE + (height - 2.0 * EDGE) * i / 2.0 + 4.0);
  }
}

static void
dub_heat_scale_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  DubHeatScale *self = DUB_HEAT_SCALE (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (!self->shown || height < 30)
    return;
  if (self->texture == NULL) {
    DubTheme theme;

    dub_widget_theme (widget, &theme);
    self->texture = dub_canvas_texture (widget, &theme, width, height, paint_scale, self);
  }
  gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width, (float) height));
}

static void
dub_heat_scale_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? SCALE_WIDTH : 40;
}

static void
dub_heat_scale_size_allocate (GtkWidget *widget,
                              int        width,
                              int        height,
                              int        baseline)
{
  g_clear_object (&DUB_HEAT_SCALE (widget)->texture);
}

static void
dub_heat_scale_css_changed (GtkWidget         *widget,
                            GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (dub_heat_scale_parent_class)->css_changed (widget, change);
  g_clear_object (&DUB_HEAT_SCALE (widget)->texture);
  gtk_widget_queue_draw (widget);
}

static void
dub_heat_scale_dispose (GObject *object)
{
  g_clear_object (&DUB_HEAT_SCALE (object)->texture);

  G_OBJECT_CLASS (dub_heat_scale_parent_class)->dispose (object);
}

static void
dub_heat_scale_class_init (DubHeatScaleClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_heat_scale_dispose;
  widget_class->snapshot = dub_heat_scale_snapshot;
  widget_class->measure = dub_heat_scale_measure;
  widget_class->size_allocate = dub_heat_scale_size_allocate;
  widget_class->css_changed = dub_heat_scale_css_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dub_heat_scale_init (DubHeatScale *self)
{
}

GtkWidget *
dub_heat_scale_new (void)
{
  return g_object_new (DUB_TYPE_HEAT_SCALE, NULL);
}

void
dub_heat_scale_set_overlay (DubHeatScale     *self,
                            const DubOverlay *overlay)
{
  g_return_if_fail (DUB_IS_HEAT_SCALE (self));

  self->shown = overlay != NULL;
  if (overlay != NULL)
    self->overlay = *overlay;
  g_clear_object (&self->texture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
