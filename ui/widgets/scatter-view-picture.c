/* Bands and marks as a picture that is kept, shifted while a hand pans, and drawn anew where it does not reach. */
#include "ui/widgets/scatter-view-private.h"

#include <math.h>

/* Drawn beyond the view while it is panned: so many pixels are free of charge. */
#define PAN_MARGIN 144

void
_dub_scatter_view_drop_picture (DubScatterView *self)
{
  g_clear_object (&self->texture);
  g_clear_pointer (&self->picture, cairo_surface_destroy);
}

/* Where the picture's corner lies in the view, in logical pixels. FALSE where it does not cover the view, or shows it in another
 * size. */
static gboolean
place_picture (DubScatterView *self,
               double         *x,
               double         *y)
{
  double scale = _dub_scatter_view_scale (self), device = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  double width = self->width + 2 * self->margin, height = self->height + 2 * self->margin;

  if (self->picture == NULL || fabs (width / (self->painted.right - self->painted.left) / scale - 1.0) > 1e-9)
    return FALSE;
  *x = (self->painted.left - self->plane.left) * scale;
  *y = (self->plane.top - self->painted.top) * scale;
  /* Pixel on pixel, where all that parts them is rounding. */
  if (fabs (*x * device - round (*x * device)) < 1e-3)
    *x = round (*x * device) / device;
  if (fabs (*y * device - round (*y * device)) < 1e-3)
    *y = round (*y * device) / device;

  return *x <= 0.0 && *y <= 0.0 && *x + width >= self->width && *y + height >= self->height;
}

/* Those parts of the picture, in device pixels: x, y, width, height; empty ones are passed over. */
static void
paint_parts (DubScatterView *self,
             cairo_t        *cr,
             double          device,
             const int       parts[][4],
             int             n_parts)
{
  int n = 0;

  cairo_save (cr);
  for (int k = 0; k < n_parts; k++)
    if (parts[k][2] > 0 && parts[k][3] > 0) {
      cairo_rectangle (cr, parts[k][0], parts[k][1], parts[k][2], parts[k][3]);
      n++;
    }
  if (n > 0) {
    cairo_clip (cr);
    cairo_scale (cr, device, device);

    g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &self->theme, device);

    dub_canvas_set_color (canvas, self->theme.view);
    cairo_paint (cr);
    dub_latent_draw_ground (self->points, self->density, &self->painted, canvas, self->width + 2 * self->margin,
                            self->height + 2 * self->margin);
  }
  cairo_restore (cr);
}

/* What the old picture has of the new one is copied: @before showed @shown, in the same scale. By whole device pixels, so that all marks
 * stand as they stood; FALSE where the two have nothing in common. */
static gboolean
reuse_picture (DubScatterView       *self,
               cairo_t              *cr,
               cairo_surface_t      *before,
               const DubLatentPlane *shown,
               double                device)
{
  double scale = _dub_scatter_view_scale (self) * device, width = self->painted.right - self->painted.left;
  double height = self->painted.top - self->painted.bottom;
  int columns = cairo_image_surface_get_width (self->picture), rows = cairo_image_surface_get_height (self->picture);
  double right = round ((shown->left - self->painted.left) * scale), down = round ((self->painted.top - shown->top) * scale);

  if (!(fabs (right) < 32768.0) || !(fabs (down) < 32768.0))
    return FALSE;

  /* Where the old one lies in the new one. */
  int x0 = MAX ((int) right, 0), x1 = MIN ((int) right + cairo_image_surface_get_width (before), columns);
  int y0 = MAX ((int) down, 0), y1 = MIN ((int) down + cairo_image_surface_get_height (before), rows);

  if (x0 >= x1 || y0 >= y1)
    return FALSE;
  self->painted.left = shown->left - right / scale;
  self->painted.right = self->painted.left + width;
  self->painted.top = shown->top + down / scale;
  self->painted.bottom = self->painted.top - height;
  cairo_surface_set_device_scale (before, 1.0, 1.0);
  cairo_set_source_surface (cr, before, right, down);
  cairo_set_operator (cr, CAIRO_OPERATOR_SOURCE);
  cairo_rectangle (cr, x0, y0, x1 - x0, y1 - y0);
  cairo_fill (cr);
  cairo_set_operator (cr, CAIRO_OPERATOR_OVER);

  const int rest[4][4] = { { 0, 0, columns, y0 }, { 0, y1, columns, rows - y1 }, { 0, y0, x0, y1 - y0 }, { x1, y0, columns - x1, y1 - y0 } };

  paint_parts (self, cr, device, rest, 4);

  return TRUE;
}

static void
make_picture (DubScatterView *self,
              const DubTheme *theme)
{
  double scale = _dub_scatter_view_scale (self), device = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  cairo_surface_t *before = g_steal_pointer (&self->picture);
  DubLatentPlane shown = self->painted;
  int margin = self->hand == DUB_SCATTER_PANNING ? PAN_MARGIN : 0, width = self->width + 2 * margin, height = self->height + 2 * margin;
  gboolean same_scale = before != NULL && fabs ((shown.right - shown.left) * scale / (self->width + 2 * self->margin) - 1.0) < 1e-9;

  self->margin = margin;
  self->theme = *theme;
  self->painted = (DubLatentPlane) { self->plane.left - margin / scale, self->plane.right + margin / scale,
                                     self->plane.bottom - margin / scale, self->plane.top + margin / scale };
  if (self->density == NULL && self->points->density)
    self->density = dub_latent_density_new (self->points);
  self->picture = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) (width * device), (int) (height * device));
  g_clear_object (&self->texture);

  cairo_t *cr = cairo_create (self->picture);

  if (!same_scale || !reuse_picture (self, cr, before, &shown, device))
    paint_parts (self, cr, device, (const int[1][4]) { { 0, 0, (int) (width * device), (int) (height * device) } }, 1);
  cairo_destroy (cr);
  cairo_surface_flush (self->picture);
  cairo_surface_set_device_scale (self->picture, device, device);
  g_clear_pointer (&before, cairo_surface_destroy);
  self->n_painted++;
}

static void
picture_unref (gpointer data)
{
  cairo_surface_destroy (data);
}

/* A renderer on the graphics card keeps the picture as a texture and moves it; Cairo's would turn a texture into numbers and back on
 * every frame (GTK 4.8), and takes the picture as it is. */
static void
append_picture (DubScatterView        *self,
                GtkSnapshot           *snapshot,
                const graphene_rect_t *bounds,
                double                 x,
                double                 y)
{
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self));

  if (native == NULL || !GSK_IS_CAIRO_RENDERER (gtk_native_get_renderer (native))) {
    int stride = cairo_image_surface_get_stride (self->picture), rows = cairo_image_surface_get_height (self->picture);

    if (self->texture == NULL) {
      g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (self->picture),
                                                             (gsize) stride * (gsize) rows, picture_unref,
                                                             cairo_surface_reference (self->picture));

      self->texture = gdk_memory_texture_new (cairo_image_surface_get_width (self->picture), rows,
                                              GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bytes, (gsize) stride);
    }
    gtk_snapshot_append_texture (snapshot, self->texture,
                                 &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) (self->width + 2 * self->margin),
                                                      (float) (self->height + 2 * self->margin)));
    return;
  }

  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, bounds);

  cairo_set_source_surface (cr, self->picture, x, y);
  cairo_set_operator (cr, CAIRO_OPERATOR_SOURCE);
  cairo_paint (cr);
  cairo_destroy (cr);
}

void
_dub_scatter_view_snapshot_picture (DubScatterView        *self,
                                    GtkSnapshot           *snapshot,
                                    const DubTheme        *theme,
                                    const graphene_rect_t *bounds)
{
  double x = 0.0, y = 0.0;

  if (!place_picture (self, &x, &y)) {
    make_picture (self, theme);
    place_picture (self, &x, &y);
  }
  append_picture (self, snapshot, bounds, x, y);
}
