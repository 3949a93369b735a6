/* What is drawn above the picture on every frame: lassos with their pill, the box of the zoom, words in the corners, rings. */
#include "ui/widgets/scatter-view-private.h"

#include <math.h>

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

void
_dub_scatter_view_snapshot_above (DubScatterView *self,
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
