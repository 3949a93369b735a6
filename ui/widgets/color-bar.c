#include "ui/widgets/color-bar.h"

#include <glib/gi18n.h>
#include <math.h>

/* The widget's own layout, in px. */
#define BAR_X       1.0
#define BAR_WIDTH   12.0
#define BAR_TOP     26.0
#define BAR_HEIGHT  86.0
#define WIDTH       84
#define HEIGHT      138

struct _DubColorBar {
  GtkWidget  parent_instance;
  DubViewer *viewer;
  GdkTexture *texture;
  double     drag_clip;
};

G_DEFINE_FINAL_TYPE (DubColorBar, dub_color_bar, GTK_TYPE_WIDGET)

/* Ends of the numbers beside the bar: a diverging map is symmetric around 0. */
static void
get_range (DubColorBar *self,
           double      *low,
           double      *high)
{
  const DubOverlay *overlay = &dub_viewer_get_style (self->viewer)->overlay;

  *high = overlay->high;
  *low = dub_colormap_is_diverging (overlay->colormap) ? -overlay->high : overlay->low;
}

static double
value_to_y (DubColorBar *self,
            double       value)
{
  double low;
  double high;

  get_range (self, &low, &high);

  return BAR_TOP + BAR_HEIGHT * (high - value) / (high - low);
}

static void
update_description (DubColorBar *self)
{
  const DubOverlay *overlay = &dub_viewer_get_style (self->viewer)->overlay;
  double low;
  double high;

  get_range (self, &low, &high);

  g_autofree char *text = g_strdup_printf (_("%s from %.2f to %.2f in the map %s, transparent below %.2f"), dub_viewer_get_heat_name (self->viewer),
                                           low, high, dub_colormap_name (overlay->colormap), overlay->clip);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
viewer_changed_cb (DubViewer   *viewer,
                   guint        what,
                   DubColorBar *self)
{
  if (!(what & (DUB_VIEWER_PICTURE | DUB_VIEWER_MARKS)))
    return;
  g_clear_object (&self->texture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The colours over black, as a pane shows them. */
static void
paint_bar (DubColorBar *self,
           int          scale)
{
  DubOverlay overlay = dub_viewer_get_style (self->viewer)->overlay;
  int width = (int) BAR_WIDTH * scale;
  int height = (int) BAR_HEIGHT * scale;
  size_t stride = 4 * (size_t) width;
  guint8 *pixels = g_malloc (stride * (size_t) height);
  double low;
  double high;

  get_range (self, &low, &high);
  /* The legend stays readable whatever the opacity of the overlay. */
  overlay.opacity = 1.0;
  for (int y = 0; y < height; y++) {
    double value = high - (high - low) * (y + 0.5) / height;
    guint8 rgba[4];

    dub_overlay_color (&overlay, value, rgba);
    for (int x = 0; x < width; x++) {
      guint8 *p = pixels + (size_t) y * stride + 4 * (size_t) x;

      for (int c = 0; c < 3; c++)
        p[c] = (guint8) ((rgba[2 - c] * rgba[3] + 127) / 255);
      p[3] = 255;
    }
  }

  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, stride * (size_t) height);

  self->texture = gdk_memory_texture_new (width, height, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bytes, stride);
}

static void
append_text (DubColorBar   *self,
             GtkSnapshot   *snapshot,
             const char    *text,
             gboolean       bold,
             double         x,
             double         y,
             double         align_y,
             const GdkRGBA *color)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  g_autofree char *markup = g_strdup_printf ("<span size='8300' font_features='tnum=1'%s>%s</span>",
                                             bold ? " weight='bold'" : "", escaped);
  static const GdkRGBA rim = { 0.0f, 0.0f, 0.0f, 0.6f };
  int width;
  int height;

  pango_layout_set_markup (layout, markup, -1);
  pango_layout_get_pixel_size (layout, &width, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) floor (y - align_y * height)));
  /* A dark rim keeps the number readable where the image is bright, without a card over the image. */
  for (int i = 0; i < 4; i++) {
    gtk_snapshot_save (snapshot);
    gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (i % 2 == 0 ? -1.0f : 1.0f, i < 2 ? -1.0f : 1.0f));
    gtk_snapshot_append_layout (snapshot, layout, &rim);
    gtk_snapshot_restore (snapshot);
  }
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
snapshot_handle (GtkSnapshot   *snapshot,
                 double         y,
                 const GdkRGBA *color)
{
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (BAR_X + BAR_WIDTH, (float) y - 6.0f, 12.0f, 12.0f));

  gdk_cairo_set_source_rgba (cr, color);
  cairo_move_to (cr, BAR_X + BAR_WIDTH + 1.0, y);
  cairo_line_to (cr, BAR_X + BAR_WIDTH + 9.0, y - 5.0);
  cairo_line_to (cr, BAR_X + BAR_WIDTH + 9.0, y + 5.0);
  cairo_close_path (cr);
  cairo_fill (cr);
  cairo_destroy (cr);
}

static void
dub_color_bar_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  DubColorBar *self = DUB_COLOR_BAR (widget);
  const DubOverlay *overlay = &dub_viewer_get_style (self->viewer)->overlay;
  static const GdkRGBA white = { 1.0f, 1.0f, 1.0f, 0.95f };
  static const GdkRGBA dim = { 1.0f, 1.0f, 1.0f, 0.8f };
  static const GdkRGBA frame = { 1.0f, 1.0f, 1.0f, 0.35f };
  double clip_y = value_to_y (self, overlay->clip);
  double low;
  double high;

  get_range (self, &low, &high);
  if (self->texture == NULL)
    paint_bar (self, gtk_widget_get_scale_factor (widget));
  gtk_snapshot_append_color (snapshot, &frame,
                             &GRAPHENE_RECT_INIT (BAR_X - 1, BAR_TOP - 1, BAR_WIDTH + 2, BAR_HEIGHT + 2));
  gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (BAR_X, BAR_TOP, BAR_WIDTH, BAR_HEIGHT));

  append_text (self, snapshot, dub_viewer_get_heat_name (self->viewer), FALSE, 0.0, 2.0, 0.0, &dim);
  for (int i = 0; i <= 4; i++) {
    double value = low + (high - low) * i / 4.0;
    double y = value_to_y (self, value);
    g_autofree char *number = g_strdup_printf ("%.2f", value);

    /* A number under the handle makes room for the clipping value. */
    if (fabs (y - clip_y) < 12.0)
      continue;
    gtk_snapshot_append_color (snapshot, &dim, &GRAPHENE_RECT_INIT (BAR_X + BAR_WIDTH + 1, (float) floor (y), 4.0f, 1.0f));
    append_text (self, snapshot, number, FALSE, BAR_X + BAR_WIDTH + 12.0, y, 0.5, &white);
  }

  g_autofree char *clip = g_strdup_printf ("%.2f", overlay->clip);
  g_autofree char *clipped = g_strdup_printf (_("clipped < %.2f"), overlay->clip);

  snapshot_handle (snapshot, clip_y, &white);
  append_text (self, snapshot, clip, TRUE, BAR_X + BAR_WIDTH + 12.0, clip_y, 0.5, &white);
  append_text (self, snapshot, clipped, FALSE, 0.0, HEIGHT - 5, 1.0, &dim);
}

static void
dub_color_bar_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static void
drag_begin_cb (GtkGestureDrag *gesture,
               double          x,
               double          y,
               DubColorBar    *self)
{
  const DubOverlay *overlay = &dub_viewer_get_style (self->viewer)->overlay;
  double low;
  double high;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  get_range (self, &low, &high);
  /* Pressing beside the handle brings it under the pointer. */
  if (fabs (y - value_to_y (self, overlay->clip)) > 8.0)
    dub_viewer_set_clip (self->viewer, high - (high - low) * (y - BAR_TOP) / BAR_HEIGHT);
  self->drag_clip = overlay->clip;
}

static void
drag_update_cb (GtkGestureDrag *gesture,
                double          dx,
                double          dy,
                DubColorBar    *self)
{
  double low;
  double high;

  get_range (self, &low, &high);
  dub_viewer_set_clip (self->viewer, round (100.0 * (self->drag_clip - dy / BAR_HEIGHT * (high - low))) / 100.0);
}

static void
drag_end_cb (GtkGestureDrag *gesture,
             double          dx,
             double          dy,
             DubColorBar    *self)
{
  update_description (self);
  dub_viewer_commit (self->viewer, _("Change clipping value"), "clip");
}

static gboolean
nudge (GtkWidget *widget,
       GVariant  *args,
       gpointer   user_data)
{
  DubColorBar *self = DUB_COLOR_BAR (widget);
  double clip = dub_viewer_get_style (self->viewer)->overlay.clip;

  dub_viewer_set_clip (self->viewer, round (100.0 * (clip + 0.01 * g_variant_get_int32 (args))) / 100.0);
  update_description (self);
  dub_viewer_commit (self->viewer, _("Change clipping value"), "clip");

  return TRUE;
}

static void
dub_color_bar_dispose (GObject *object)
{
  DubColorBar *self = DUB_COLOR_BAR (object);

  if (self->viewer != NULL)
    g_signal_handlers_disconnect_by_data (self->viewer, self);
  g_clear_object (&self->viewer);
  g_clear_object (&self->texture);

  G_OBJECT_CLASS (dub_color_bar_parent_class)->dispose (object);
}

static void
dub_color_bar_class_init (DubColorBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dub_color_bar_dispose;
  widget_class->snapshot = dub_color_bar_snapshot;
  widget_class->measure = dub_color_bar_measure;

  gtk_widget_class_add_binding (widget_class, GDK_KEY_Up, 0, nudge, "i", 1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Down, 0, nudge, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Up, GDK_SHIFT_MASK, nudge, "i", 5);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Down, GDK_SHIFT_MASK, nudge, "i", -5);
  gtk_widget_class_set_css_name (widget_class, "colorbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dub_color_bar_init (DubColorBar *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "ns-resize");
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), _("Drag the handle to clip small values (Up, Down)"));
}

GtkWidget *
dub_color_bar_new (DubViewer *viewer)
{
  DubColorBar *self = g_object_new (DUB_TYPE_COLOR_BAR, NULL);

  self->viewer = g_object_ref (viewer);
  g_signal_connect (viewer, "changed", G_CALLBACK (viewer_changed_cb), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Colour bar"), -1);
  update_description (self);

  return GTK_WIDGET (self);
}
