#include "ui/widgets/canvas-texture.h"

static void
surface_destroy (gpointer surface)
{
  cairo_surface_destroy (surface);
}

GdkTexture *
dub_canvas_texture (GtkWidget      *widget,
                    const DubTheme *theme,
                    int             width,
                    int             height,
                    DubPaintFunc    paint,
                    gpointer        data)
{
  int scale = gtk_widget_get_scale_factor (widget);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * scale, height * scale);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (DubCanvas) canvas = NULL;

  cairo_scale (cr, scale, scale);
  canvas = dub_canvas_new (cr, theme, scale);
  paint (canvas, width, height, data);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  size_t stride = (size_t) cairo_image_surface_get_stride (surface);
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface),
                                                         stride * (size_t) (height * scale), surface_destroy, surface);

  return gdk_memory_texture_new (width * scale, height * scale, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bytes, stride);
}
