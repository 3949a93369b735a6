/* The shapes of marks: disc, triangle, ring, and the signs of classes. */
#include "ui/figures/latent-stamp.h"

#include <math.h>

double
_dub_latent_mark_rim (double radius)
{
  return 0.24 * radius;
}

double
_dub_latent_mark_reach (double radius)
{
  /* The corner of a triangle and its rim, mitred. */
  return 1.3 * radius + 2.0 * _dub_latent_mark_rim (radius);
}

/* Strokes of a sign, in units of its size: x0, y0, x1, y1. */
typedef struct {
  int    n;
  double line[3][4];
} Sign;

static const Sign SIGNS[DUB_LATENT_N_SIGNS] = {
  { 2, { { -1, 0, 1, 0 }, { 0, -1, 0, 1 } } },                                        /* + */
  { 1, { { -1, 0, 1, 0 } } },                                                         /* − */
  { 2, { { -0.75, -0.75, 0.75, 0.75 }, { -0.75, 0.75, 0.75, -0.75 } } },              /* × */
  { 1, { { 0, -1, 0, 1 } } },                                                         /* | */
  { 2, { { -0.9, 0.65, 0, -0.75 }, { 0, -0.75, 0.9, 0.65 } } },                       /* ∧ */
  { 2, { { -0.9, -0.65, 0, 0.75 }, { 0, 0.75, 0.9, -0.65 } } },                       /* ∨ */
  { 3, { { -0.87, -0.5, 0.87, 0.5 }, { -0.87, 0.5, 0.87, -0.5 }, { 0, -1, 0, 1 } } }, /* ∗ */
  { 1, { { -0.75, 0.75, 0.75, -0.75 } } },                                            /* / */
};

static void
triangle (cairo_t *cr,
          double   radius,
          double   x,
          double   y)
{
  cairo_move_to (cr, x, y - 1.3 * radius);
  cairo_line_to (cr, x + 1.25 * radius, y + 0.9 * radius);
  cairo_line_to (cr, x - 1.25 * radius, y + 0.9 * radius);
  cairo_close_path (cr);
}

gboolean
_dub_latent_mark_path (cairo_t *cr,
                       int      shape,
                       gboolean rim,
                       double   radius,
                       double   x,
                       double   y)
{
  double more = rim ? _dub_latent_mark_rim (radius) : 0.0;

  if (shape == DUB_LATENT_DISC) {
    cairo_new_sub_path (cr);
    cairo_arc (cr, x, y, radius + more, 0.0, 2.0 * G_PI);
    return TRUE;
  }
  if (shape == DUB_LATENT_TRIANGLE) {
    /* A triangle grows evenly on all sides by growing about its middle, which lies lower than the mark's. */
    triangle (cr, radius + 1.5 * more, x, y + 0.1 * more);
    return TRUE;
  }
  if (shape == DUB_LATENT_RING) {
    cairo_new_sub_path (cr);
    cairo_arc (cr, x, y, 0.82 * radius, 0.0, 2.0 * G_PI);
    cairo_set_line_width (cr, 0.38 * radius + 2.0 * more);
    return FALSE;
  }

  const Sign *sign = &SIGNS[CLAMP (shape - DUB_LATENT_SIGN, 0, DUB_LATENT_N_SIGNS - 1)];
  double size = 0.85 * radius;

  cairo_set_line_width (cr, 0.28 * radius);
  for (int k = 0; k < sign->n; k++) {
    cairo_move_to (cr, x + size * sign->line[k][0], y + size * sign->line[k][1]);
    cairo_line_to (cr, x + size * sign->line[k][2], y + size * sign->line[k][3]);
  }

  return FALSE;
}

void
_dub_latent_draw_mark (DubCanvas *canvas,
                       int        shape,
                       DubRgba    color,
                       DubRgba    rim,
                       double     radius,
                       double     x,
                       double     y)
{
  cairo_t *cr = dub_canvas_get_cairo (canvas);

  cairo_save (cr);
  cairo_new_path (cr);
  if (shape == DUB_LATENT_DISC || shape == DUB_LATENT_TRIANGLE) {
    /* The rim of a faint mark is a ring, or it would shine through. */
    dub_canvas_set_color (canvas, dub_rgba_with_alpha (rim, rim.alpha * color.alpha));
    _dub_latent_mark_path (cr, shape, TRUE, radius, x, y);
    if (color.alpha < 1.0) {
      cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
      _dub_latent_mark_path (cr, shape, FALSE, radius, x, y);
    }
    cairo_fill (cr);
  } else if (shape == DUB_LATENT_RING) {
    dub_canvas_set_color (canvas, dub_rgba_with_alpha (rim, rim.alpha * color.alpha));
    _dub_latent_mark_path (cr, shape, TRUE, radius, x, y);
    cairo_stroke (cr);
  }
  dub_canvas_set_color (canvas, color);
  if (_dub_latent_mark_path (cr, shape, FALSE, radius, x, y))
    cairo_fill (cr);
  else
    cairo_stroke (cr);
  cairo_restore (cr);
}

void
dub_latent_draw_mark (DubCanvas *canvas,
                      int        shape,
                      DubRgba    color,
                      double     radius,
                      double     x,
                      double     y)
{
  g_return_if_fail (canvas != NULL);

  const DubTheme *theme = dub_canvas_get_theme (canvas);

  _dub_latent_draw_mark (canvas, shape, color, theme->view, radius > 0.0 ? radius : 2.3 * theme->line_width, x, y);
}
