#include "ui/figures/colorbar.h"

#include <math.h>

#include "ui/figures/ticks.h"

enum { N_STEPS = 256 };

double
dub_colorbar_to_px (const DubColorbarLayout *layout,
                    double                   value)
{
  double t = layout->high > layout->low ? (value - layout->low) / (layout->high - layout->low) : 0.0;

  return layout->y + layout->height * (1.0 - CLAMP (t, 0.0, 1.0));
}

double
dub_colorbar_from_px (const DubColorbarLayout *layout,
                      double                   py)
{
  double t = layout->height > 0.0 ? 1.0 - (py - layout->y) / layout->height : 0.0;

  return layout->low + CLAMP (t, 0.0, 1.0) * (layout->high - layout->low);
}

/* A picture of one column: 256 colours, whatever the resolution, and no seams between rectangles. */
static cairo_surface_t *
create_column (const DubOverlay        *overlay,
               const DubColorbarLayout *layout)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 1, N_STEPS);
  int stride = cairo_image_surface_get_stride (surface);
  guint8 *pixels = cairo_image_surface_get_data (surface);

  for (int i = 0; i < N_STEPS; i++) {
    double value = layout->high - (layout->high - layout->low) * (i + 0.5) / N_STEPS;
    guint32 *pixel = (guint32 *) (void *) (pixels + i * stride);
    guint8 rgba[4];

    dub_overlay_color (overlay, value, rgba);
    *pixel = 0;
    for (int c = 0; c < 3; c++)
      *pixel |= (guint32) (rgba[c] * rgba[3] / 255) << (16 - 8 * c);
  }
  cairo_surface_mark_dirty (surface);

  return surface;
}

static void
draw_bar (DubCanvas               *canvas,
          const DubOverlay        *overlay,
          const DubColorbarLayout *layout)
{
  cairo_surface_t *column = create_column (overlay, layout);
  cairo_t *cr = dub_canvas_get_cairo (canvas);

  cairo_save (cr);
  cairo_rectangle (cr, layout->x, layout->y, layout->width, layout->height);
  cairo_clip (cr);
  cairo_translate (cr, layout->x, layout->y);
  cairo_scale (cr, layout->width, layout->height / N_STEPS);
  cairo_set_source_surface (cr, column, 0.0, 0.0);
  /* Repeated, or the filter would fade the rim of a picture one pixel wide. */
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (column);
}

void
dub_colorbar_draw (DubCanvas         *canvas,
                   const DubOverlay  *overlay,
                   const char        *title,
                   const char        *clip_text,
                   gboolean           on_image,
                   double             x,
                   double             y,
                   double             height,
                   DubColorbarLayout *layout)
{
  g_return_if_fail (canvas != NULL && overlay != NULL);

  const DubTheme *theme = dub_canvas_get_theme (canvas);
  DubRgba text = on_image ? theme->pane_text : theme->text, dim = on_image ? theme->pane_dim : theme->dim;
  DubTextFlags halo = on_image ? DUB_TEXT_HALO : DUB_TEXT_LEFT;
  gboolean diverging = dub_colormap_is_diverging (overlay->colormap);
  double size = theme->font_caption, ticks[DUB_MAX_TICKS];
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  DubColorbarLayout bar = {
    dub_canvas_snap (canvas, x), dub_canvas_snap (canvas, y), dub_canvas_snap (canvas, 1.15 * size),
    dub_canvas_snap (canvas, height), diverging ? -overlay->high : overlay->low, overlay->high,
  };
  double number_x = bar.x + bar.width + 0.95 * size;
  double clip_y = dub_colorbar_to_px (&bar, overlay->clip);
  gboolean clips = overlay->clip > bar.low && overlay->clip <= bar.high;
  int max_ticks = (int) CLAMP (bar.height / (1.25 * size), 2, 6);
  double step = dub_ticks_step (bar.low, bar.high, max_ticks);
  int n = dub_ticks_linear (bar.low, bar.high, max_ticks, ticks);

  draw_bar (canvas, overlay, &bar);
  cairo_save (cr);
  dub_canvas_set_color (canvas, on_image ? theme->pane_dim : theme->faint);
  cairo_set_line_width (cr, 0.5 * theme->line_width);
  cairo_rectangle (cr, bar.x, bar.y, bar.width, bar.height);
  cairo_stroke (cr);
  cairo_restore (cr);

  for (int i = 0; i < n; i++) {
    double tick_y = dub_colorbar_to_px (&bar, ticks[i]);
    g_autofree char *number = dub_tick_format_linear (ticks[i], step);

    /* The clip's number has the place to itself. */
    if (clips && fabs (tick_y - clip_y) < 1.2 * size)
      continue;
    dub_canvas_rule (canvas, dim, bar.x + bar.width, tick_y, bar.x + bar.width + 0.3 * size, tick_y);
    dub_canvas_text (canvas, number, size, halo, text, number_x, tick_y + 0.36 * size);
  }
  if (clips) {
    g_autofree char *number = dub_number_format_short (overlay->clip, 3);
    double half = 0.42 * size;

    cairo_move_to (cr, bar.x + bar.width + 0.1 * size, clip_y);
    cairo_rel_line_to (cr, 1.7 * half, -half);
    cairo_rel_line_to (cr, 0.0, 2.0 * half);
    cairo_close_path (cr);
    dub_canvas_set_color (canvas, text);
    cairo_fill (cr);
    dub_canvas_text (canvas, number, size, halo | DUB_TEXT_BOLD, text, number_x, clip_y + 0.36 * size);
  }
  if (title != NULL)
    dub_canvas_text (canvas, title, size, halo, text, bar.x, bar.y - 0.7 * size);
  if (clip_text != NULL)
    dub_canvas_text (canvas, clip_text, size, halo, dim, bar.x, bar.y + bar.height + 1.55 * size);
  if (layout != NULL)
    *layout = bar;
}
