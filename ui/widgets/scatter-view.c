/* The plane that is seen, what is kept as a picture, and what is drawn above it. */
#include "ui/widgets/scatter-view-private.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

#include "ui/widgets/theme.h"

G_DEFINE_FINAL_TYPE (DubScatterView, dub_scatter_view, GTK_TYPE_WIDGET)

static guint signals[DUB_SCATTER_N_SIGNALS];

enum { LEAST = 40 };

/* Drawn beyond the view while it is panned: so many pixels are free of charge. */
#define PAN_MARGIN 144
/* Seconds in which the plane comes e times nearer to where it glides. */
#define GLIDE 0.12

static double
scale_of (const DubScatterView *self)
{
  return self->width / (self->plane.right - self->plane.left);
}

static void
drop_picture (DubScatterView *self)
{
  g_clear_object (&self->texture);
  g_clear_pointer (&self->picture, cairo_surface_destroy);
}

static void
repaint (DubScatterView *self)
{
  drop_picture (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
_dub_scatter_view_to_data (DubScatterView *self,
                           double          x,
                           double          y,
                           double          data[2])
{
  data[0] = self->plane.left + x / scale_of (self);
  data[1] = self->plane.top - y / scale_of (self);
}

void
_dub_scatter_view_to_widget (DubScatterView *self,
                             const double    data[2],
                             double         *x,
                             double         *y)
{
  *x = (data[0] - self->plane.left) * scale_of (self);
  *y = (self->plane.top - data[1]) * scale_of (self);
}

const DubLatentIndex *
_dub_scatter_view_get_index (DubScatterView *self)
{
  if (self->index == NULL && self->points != NULL)
    self->index = dub_latent_index_new (self->points);

  return self->index;
}

/* --- signals --- */

void
_dub_scatter_view_emit_picked (DubScatterView *self,
                               int             index)
{
  g_signal_emit (self, signals[DUB_SCATTER_PICKED], 0, index);
}

void
_dub_scatter_view_emit_activated (DubScatterView *self,
                                  int             index)
{
  g_signal_emit (self, signals[DUB_SCATTER_ACTIVATED], 0, index);
}

void
_dub_scatter_view_emit_hovered (DubScatterView *self,
                                int             index)
{
  double x = 0.0, y = 0.0;

  if (index == self->hovered)
    return;
  self->hovered = index;
  if (index >= 0) {
    const float *at = self->points->xy + 2 * (size_t) index;

    _dub_scatter_view_to_widget (self, (const double[2]) { (double) at[0], (double) at[1] }, &x, &y);
  }
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[DUB_SCATTER_HOVERED], 0, index, x, y);
}

void
_dub_scatter_view_emit_lassoed (DubScatterView *self,
                                guint          *indices,
                                size_t          n,
                                gboolean        add)
{
  g_signal_emit (self, signals[DUB_SCATTER_LASSOED], 0, indices, (guint) n, add);
}

/* --- the plane --- */

static void
stop_gliding (DubScatterView *self)
{
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
}

static void
set_plane (DubScatterView       *self,
           const DubLatentPlane *plane)
{
  self->plane = *plane;
  self->has_plane = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
_dub_scatter_view_show_plane (DubScatterView       *self,
                              const DubLatentPlane *plane)
{
  stop_gliding (self);
  self->moved = TRUE;
  set_plane (self, plane);
}

static gboolean
glide_cb (GtkWidget     *widget,
          GdkFrameClock *clock,
          gpointer       user_data)
{
  DubScatterView *self = DUB_SCATTER_VIEW (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  double share = 1.0 - exp (-(double) MAX (now - self->glided, 0) * 1e-6 / GLIDE), pixel = 1.0 / scale_of (self);
  double *from = &self->plane.left;
  const double *to = &self->goal.left;
  gboolean there = TRUE;

  self->glided = now;
  /* A plane is four numbers. */
  for (int k = 0; k < 4; k++) {
    from[k] += share * (to[k] - from[k]);
    there = there && fabs (to[k] - from[k]) < 0.25 * pixel;
  }
  if (there)
    self->plane = self->goal;
  repaint (self);
  if (!there)
    return G_SOURCE_CONTINUE;
  self->tick = 0;

  return G_SOURCE_REMOVE;
}

/* From where the plane is to one that is not much unlike it; else at once: another map is another world. */
static void
go_to (DubScatterView       *self,
       const DubLatentPlane *goal)
{
  gboolean animated = FALSE;
  double zoom = (goal->right - goal->left) / (self->plane.right - self->plane.left);
  double shift = hypot (goal->left - self->plane.left, goal->top - self->plane.top) / (goal->right - goal->left);

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &animated, NULL);
  if (!self->has_plane || !animated || !gtk_widget_get_mapped (GTK_WIDGET (self)) || !(zoom > 0.4 && zoom < 2.5) || !(shift < 1.0)) {
    stop_gliding (self);
    set_plane (self, goal);
    return;
  }
  self->goal = *goal;
  if (self->tick == 0) {
    GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

    self->glided = clock != NULL ? gdk_frame_clock_get_frame_time (clock) : g_get_monotonic_time ();
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), glide_cb, NULL, NULL);
  }
}

static void
fit (DubScatterView *self)
{
  DubLatentPlane goal;

  if (self->points == NULL || self->width < 1 || self->height < 1)
    return;
  dub_latent_plane_fit (&goal, self->points, self->width, self->height);
  go_to (self, &goal);
}

/* --- the picture --- */

/* Where the picture's corner lies in the view, in logical pixels. FALSE where it does not cover the view, or shows it in another
 * size. */
static gboolean
place_picture (DubScatterView *self,
               double         *x,
               double         *y)
{
  double scale = scale_of (self), device = gtk_widget_get_scale_factor (GTK_WIDGET (self));
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
  double scale = scale_of (self) * device, width = self->painted.right - self->painted.left;
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
  double scale = scale_of (self), device = gtk_widget_get_scale_factor (GTK_WIDGET (self));
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
snapshot_picture (DubScatterView        *self,
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

/* The outline of a lasso in the widget's pixels, as the path of @cr. Returns its highest corner. */
static void
lasso_path (DubScatterView *self,
            GArray         *corners,
            cairo_t        *cr,
            double          top[2])
{
  const double *data = (const double *) (gconstpointer) corners->data;

  top[1] = (double) INFINITY;
  cairo_new_path (cr);
  for (guint i = 0; i + 1 < corners->len; i += 2) {
    double x, y;

    _dub_scatter_view_to_widget (self, data + i, &x, &y);
    cairo_line_to (cr, CLAMP (x, -1e5, 1e5), CLAMP (y, -1e5, 1e5));
    if (y < top[1]) {
      top[0] = x;
      top[1] = y;
    }
  }
  cairo_close_path (cr);
}

static void
draw_pill (DubScatterView *self,
           DubCanvas      *canvas,
           const double    top[2])
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_body, width = dub_canvas_text_width (canvas, self->pill, size, DUB_TEXT_BOLD) + 1.9 * size;
  double height = 2.1 * size, x = CLAMP (top[0] - 0.5 * width, 8.0, MAX (8.0, self->width - width - 8.0));
  double y = CLAMP (top[1] - height - 9.0, 8.0, MAX (8.0, self->height - height - 8.0));

  dub_canvas_box (canvas, theme->accent, x, y, width, height, 0.5 * height);
  dub_canvas_text (canvas, self->pill, size, DUB_TEXT_BOLD | DUB_TEXT_CENTRE, (DubRgba) { 1.0, 1.0, 1.0, 1.0 }, x + 0.5 * width,
                   y + 0.5 * height + 0.36 * size);
}

static void
draw_lassos (DubScatterView *self,
             DubCanvas      *canvas)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double dashes[2] = { 5.0, 4.0 }, top[2] = { 0.0, 0.0 };

  for (guint k = 0; k < self->lassos->len; k++) {
    lasso_path (self, self->lassos->pdata[k], cr, top);
    cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
    dub_canvas_set_color (canvas, dub_rgba_with_alpha (theme->accent, 0.09));
    cairo_fill_preserve (cr);
    dub_canvas_set_color (canvas, theme->accent);
    cairo_set_line_width (cr, 1.8);
    cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_dash (cr, dashes, 2, 0.0);
    cairo_stroke (cr);
  }
  if (self->pill != NULL && self->lassos->len > 0 && self->hand != DUB_SCATTER_LASSOING)
    draw_pill (self, canvas, top);
}

static void
draw_box (DubScatterView *self,
          DubCanvas      *canvas)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);

  cairo_rectangle (cr, floor (MIN (self->start[0], self->at[0])) + 0.5, floor (MIN (self->start[1], self->at[1])) + 0.5,
                   round (fabs (self->at[0] - self->start[0])), round (fabs (self->at[1] - self->start[1])));
  dub_canvas_set_color (canvas, dub_rgba_with_alpha (theme->accent, 0.09));
  cairo_fill_preserve (cr);
  dub_canvas_set_color (canvas, theme->accent);
  cairo_set_line_width (cr, 1.0);
  cairo_stroke (cr);
}

static DubCanvas *
begin_layer (DubScatterView        *self,
             GtkSnapshot           *snapshot,
             const DubTheme        *theme,
             const graphene_rect_t *bounds)
{
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, bounds);
  DubCanvas *canvas = dub_canvas_new (cr, theme, gtk_widget_get_scale_factor (GTK_WIDGET (self)));

  cairo_destroy (cr);

  return canvas;
}

/* Rings are small: the rest of the view need not be drawn for them. */
static void
snapshot_ring (DubScatterView *self,
               GtkSnapshot    *snapshot,
               const DubTheme *theme,
               int             index,
               gboolean        strong)
{
  if (index < 0 || (size_t) index >= self->points->n || !dub_latent_is_visible (self->points, (size_t) index))
    return;

  const float *at = self->points->xy + 2 * (size_t) index;
  double x, y;

  _dub_scatter_view_to_widget (self, (const double[2]) { (double) at[0], (double) at[1] }, &x, &y);
  if (!(x > -20.0 && x < self->width + 20.0 && y > -20.0 && y < self->height + 20.0))
    return;

  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float) floor (x) - 20.0f, (float) floor (y) - 20.0f, 41.0f, 41.0f);
  g_autoptr (DubCanvas) canvas = begin_layer (self, snapshot, theme, &bounds);

  dub_latent_draw_ring (self->points, &self->plane, (size_t) index, strong, canvas, self->width, self->height);
}

static void
snapshot_above (DubScatterView *self,
                GtkSnapshot    *snapshot,
                const DubTheme *theme)
{
  float width = (float) self->width, height = (float) self->height;

  if (self->lassos->len > 0 || (self->hand == DUB_SCATTER_BOXING && self->dragged)) {
    graphene_rect_t all = GRAPHENE_RECT_INIT (0.0f, 0.0f, width, height);
    g_autoptr (DubCanvas) canvas = begin_layer (self, snapshot, theme, &all);

    draw_lassos (self, canvas);
    if (self->hand == DUB_SCATTER_BOXING)
      draw_box (self, canvas);
  }

  graphene_rect_t foot = GRAPHENE_RECT_INIT (0.0f, MAX (0.0f, height - 180.0f), width, MIN (height, 180.0f));
  g_autoptr (DubCanvas) corners = begin_layer (self, snapshot, theme, &foot);

  dub_latent_draw_corners (self->points, corners, self->width, self->height);
  if (self->hovered != self->points->current)
    snapshot_ring (self, snapshot, theme, self->hovered, FALSE);
  snapshot_ring (self, snapshot, theme, self->points->current, TRUE);
}

static void
dub_scatter_view_snapshot (GtkWidget   *widget,
                           GtkSnapshot *snapshot)
{
  DubScatterView *self = DUB_SCATTER_VIEW (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) self->width, (float) self->height);
  double x = 0.0, y = 0.0;
  DubTheme theme;
  GdkRGBA background;

  if (self->width < LEAST || self->height < LEAST)
    return;
  dub_widget_theme (widget, &theme);
  background = dub_rgba_to_gdk (theme.view);
  if (self->points == NULL || !self->has_plane) {
    gtk_snapshot_append_color (snapshot, &background, &bounds);
    return;
  }
  if (!place_picture (self, &x, &y)) {
    make_picture (self, &theme);
    x = y = -self->margin;
  }
  gtk_snapshot_push_clip (snapshot, &bounds);
  snapshot_picture (self, snapshot, &bounds, x, y);
  snapshot_above (self, snapshot, &theme);
  gtk_snapshot_pop (snapshot);
}

static void
dub_scatter_view_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 200;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 640 : 480;
}

/* What was in the middle stays there, in its size, unless all is to be seen. */
static void
dub_scatter_view_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  DubScatterView *self = DUB_SCATTER_VIEW (widget);

  if (width == self->width && height == self->height)
    return;
  if (self->has_plane && self->width > 0 && self->moved) {
    double pixel = 1.0 / scale_of (self), x = 0.5 * (self->plane.left + self->plane.right);
    double y = 0.5 * (self->plane.bottom + self->plane.top);

    self->plane = (DubLatentPlane) { x - 0.5 * width * pixel, x + 0.5 * width * pixel, y - 0.5 * height * pixel,
                                     y + 0.5 * height * pixel };
  }
  self->width = width;
  self->height = height;
  drop_picture (self);
  stop_gliding (self);
  if (!self->moved && self->points != NULL) {
    dub_latent_plane_fit (&self->plane, self->points, width, height);
    self->has_plane = TRUE;
  }
}

static void
dub_scatter_view_css_changed (GtkWidget         *widget,
                              GtkCssStyleChange *change)
{
  DubScatterView *self = DUB_SCATTER_VIEW (widget);
  DubTheme theme;

  GTK_WIDGET_CLASS (dub_scatter_view_parent_class)->css_changed (widget, change);
  /* Focus and pointer change the style, too, but no colour of the picture. */
  dub_widget_theme (widget, &theme);
  if (memcmp (&theme, &self->theme, sizeof theme) != 0)
    repaint (self);
}

static void
dub_scatter_view_unmap (GtkWidget *widget)
{
  DubScatterView *self = DUB_SCATTER_VIEW (widget);

  if (self->tick != 0)
    self->plane = self->goal;
  stop_gliding (self);
  /* A view that nobody sees keeps no picture. */
  drop_picture (self);

  GTK_WIDGET_CLASS (dub_scatter_view_parent_class)->unmap (widget);
}

/* --- the widget --- */

static void
dub_scatter_view_dispose (GObject *object)
{
  DubScatterView *self = DUB_SCATTER_VIEW (object);

  stop_gliding (self);
  self->points = NULL;
  drop_picture (self);
  g_clear_pointer (&self->density, dub_latent_density_free);
  g_clear_pointer (&self->index, dub_latent_index_free);

  G_OBJECT_CLASS (dub_scatter_view_parent_class)->dispose (object);
}

static void
dub_scatter_view_finalize (GObject *object)
{
  DubScatterView *self = DUB_SCATTER_VIEW (object);

  g_ptr_array_unref (self->lassos);
  g_free (self->pill);

  G_OBJECT_CLASS (dub_scatter_view_parent_class)->finalize (object);
}

static void
dub_scatter_view_class_init (DubScatterViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_scatter_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = dub_scatter_view_finalize;
  widget_class->snapshot = dub_scatter_view_snapshot;
  widget_class->measure = dub_scatter_view_measure;
  widget_class->size_allocate = dub_scatter_view_size_allocate;
  widget_class->css_changed = dub_scatter_view_css_changed;
  widget_class->unmap = dub_scatter_view_unmap;
  signals[DUB_SCATTER_HOVERED] = g_signal_new ("hovered", DUB_TYPE_SCATTER_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 3, G_TYPE_INT, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[DUB_SCATTER_PICKED] = g_signal_new ("picked", DUB_TYPE_SCATTER_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                              G_TYPE_NONE, 1, G_TYPE_INT);
  signals[DUB_SCATTER_ACTIVATED] = g_signal_new ("activated", DUB_TYPE_SCATTER_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                 G_TYPE_NONE, 1, G_TYPE_INT);
  signals[DUB_SCATTER_LASSOED] = g_signal_new ("lassoed", DUB_TYPE_SCATTER_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 3, G_TYPE_POINTER, G_TYPE_UINT, G_TYPE_BOOLEAN);
  _dub_scatter_view_add_keys (widget_class);
  gtk_widget_class_set_css_name (widget_class, "figure");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dub_scatter_view_init (DubScatterView *self)
{
  self->hovered = -1;
  self->lassos = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  gtk_widget_add_css_class (GTK_WIDGET (self), "filling");
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  _dub_scatter_view_add_hands (self);
  dub_scatter_view_set_tool (self, DUB_SCATTER_PAN);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (repaint), NULL);
}

GtkWidget *
dub_scatter_view_new (void)
{
  return g_object_new (DUB_TYPE_SCATTER_VIEW, NULL);
}

void
dub_scatter_view_set_points (DubScatterView        *self,
                             const DubLatentPoints *points,
                             gboolean               moved)
{
  g_return_if_fail (DUB_IS_SCATTER_VIEW (self));

  gboolean other = moved || points == NULL || self->points == NULL;

  /* A hand that pans or draws a lasso goes on while points move under it. */
  if (points == NULL)
    _dub_scatter_view_cancel (self);
  if (other)
    _dub_scatter_view_emit_hovered (self, -1);
  self->points = points;
  if (other) {
    g_clear_pointer (&self->density, dub_latent_density_free);
    g_clear_pointer (&self->index, dub_latent_index_free);
    /* Points that move do not stay in their lasso. */
    dub_scatter_view_set_pill (self, NULL);
  }
  if (points == NULL)
    self->moved = self->has_plane = FALSE;
  else if (other && !self->moved)
    fit (self);
  repaint (self);
}

void
dub_scatter_view_set_tool (DubScatterView *self,
                           DubScatterTool  tool)
{
  static const char *const CURSORS[] = { "grab", "zoom-in", "crosshair" };

  g_return_if_fail (DUB_IS_SCATTER_VIEW (self));
  g_return_if_fail (tool <= DUB_SCATTER_LASSO);

  _dub_scatter_view_cancel (self);
  self->tool = tool;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), CURSORS[tool]);
}

void
dub_scatter_view_show_all (DubScatterView *self)
{
  g_return_if_fail (DUB_IS_SCATTER_VIEW (self));

  self->moved = FALSE;
  fit (self);
}

void
dub_scatter_view_set_pill (DubScatterView *self,
                           const char     *text)
{
  g_return_if_fail (DUB_IS_SCATTER_VIEW (self));

  char *copy = g_strdup (text);

  g_free (self->pill);
  self->pill = copy;
  if (text == NULL && self->hand != DUB_SCATTER_LASSOING)
    g_ptr_array_set_size (self->lassos, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
dub_scatter_view_describe (DubScatterView *self,
                           const char     *label,
                           const char     *description)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}
