#include "ui/figures/pane-draw.h"

#include <math.h>

#include "ui/figures/ticks.h"

void
dub_pane_draw (DubCanvas          *canvas,
               DubComposer        *composer,
               const DubSliceView *view,
               const DubPaneStyle *style,
               double              x,
               double              y,
               double              width,
               double              height)
{
  double density = dub_canvas_get_density (canvas);
  int columns = (int) lrint (width * density), rows = (int) lrint (height * density);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, columns, rows);
  DubSliceView scaled = *view;
  DubPaneStyle thick = *style;

  /* A surface that could not be made is in error and paints nothing; the canvas reports it to the exporter. */
  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS && columns > 0 && rows > 0) {
    scaled.fit *= density;
    thick.contour_width *= density;
    thick.outline_width *= density;
    dub_composer_compose (composer, &scaled, &thick, columns, rows, (size_t) cairo_image_surface_get_stride (surface),
                          cairo_image_surface_get_data (surface));
    cairo_surface_mark_dirty (surface);
  }
  cairo_save (cr);
  if (cairo_surface_get_type (cairo_get_target (cr)) == CAIRO_SURFACE_TYPE_IMAGE) {
    /* Pixel for pixel. */
    cairo_user_to_device (cr, &x, &y);
    cairo_identity_matrix (cr);
    cairo_set_source_surface (cr, surface, floor (x + 0.5), floor (y + 0.5));
  } else {
    cairo_translate (cr, dub_canvas_snap (canvas, x), dub_canvas_snap (canvas, y));
    cairo_scale (cr, 1.0 / density, 1.0 / density);
    cairo_set_source_surface (cr, surface, 0.0, 0.0);
  }
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

/* The longest text that leaves the middle of the upper edge to its letter. (transfer full) */
static char *
slice_label (DubCanvas          *canvas,
             const DubSliceView *view,
             const char         *plane,
             double              size,
             double              room)
{
  g_autofree char *number = dub_number_format_signed (dub_slice_view_position (view), 1);
  g_autofree char *position = g_strdup_printf ("%c %s", dub_plane_coordinate (view->plane), number);
  g_autofree char *with_unit = g_strdup_printf ("%s mm", position);
  g_autofree char *full = plane != NULL ? g_strdup_printf ("%s · %s", plane, with_unit) : NULL;

  if (full != NULL && dub_canvas_text_width (canvas, full, size, DUB_TEXT_LEFT) <= room)
    return g_steal_pointer (&full);
  if (dub_canvas_text_width (canvas, with_unit, size, DUB_TEXT_LEFT) <= room)
    return g_steal_pointer (&with_unit);

  return g_steal_pointer (&position);
}

void
dub_pane_draw_letters (DubCanvas          *canvas,
                       const DubSliceView *view,
                       const char         *plane,
                       const char         *convention,
                       double              x,
                       double              y,
                       double              width,
                       double              height)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption, inset = 0.6 * size;
  const DubTextFlags bold = DUB_TEXT_BOLD | DUB_TEXT_HALO;
  double middle = y + height / 2.0 + 0.36 * size;
  char letters[5];

  dub_slice_view_letters (view, letters);

  const char at[4][2] = { { letters[0] }, { letters[1] }, { letters[2] }, { letters[3] } };

  dub_canvas_text (canvas, at[0], size, bold, theme->pane_text, x + inset, middle);
  dub_canvas_text (canvas, at[1], size, bold | DUB_TEXT_RIGHT, theme->pane_text, x + width - inset, middle);
  dub_canvas_text (canvas, at[2], size, bold | DUB_TEXT_CENTRE, theme->pane_text, x + width / 2.0,
                   y + inset + 0.8 * size);
  dub_canvas_text (canvas, at[3], size, bold | DUB_TEXT_CENTRE, theme->pane_text, x + width / 2.0,
                   y + height - inset);
  if (view->base != NULL) {
    g_autofree char *label = slice_label (canvas, view, plane, size, width / 2.0 - inset - size);

    dub_canvas_text (canvas, label, size, DUB_TEXT_HALO, theme->pane_dim, x + inset, y + inset + 0.8 * size);
  }
  if (convention != NULL && dub_canvas_text_width (canvas, convention, size, DUB_TEXT_LEFT) < width / 2.0 - 1.5 * size)
    dub_canvas_text (canvas, convention, size, DUB_TEXT_HALO | DUB_TEXT_RIGHT, theme->pane_dim, x + width - inset,
                     y + height - inset);
}

void
dub_pane_draw_crosshair (DubCanvas          *canvas,
                         const DubSliceView *view,
                         double              gap,
                         double              x,
                         double              y,
                         double              width,
                         double              height)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double density = dub_canvas_get_density (canvas);
  DubSliceView scaled = *view;
  DubSliceGeometry geometry;
  double pane[2];

  scaled.fit *= density;
  if (!dub_slice_view_geometry (&scaled, (int) lrint (width * density), (int) lrint (height * density), &geometry))
    return;
  dub_slice_world_to_pane (&scaled, &geometry, view->cursor, pane);

  double at_x = x + pane[0] / density, at_y = y + pane[1] / density;

  if (at_x >= x && at_x < x + width) {
    if (at_y - gap > y)
      dub_canvas_rule (canvas, theme->crosshair, at_x, y, at_x, MIN (at_y - gap, y + height));
    if (at_y + gap < y + height)
      dub_canvas_rule (canvas, theme->crosshair, at_x, MAX (at_y + gap, y), at_x, y + height);
  }
  if (at_y >= y && at_y < y + height) {
    if (at_x - gap > x)
      dub_canvas_rule (canvas, theme->crosshair, x, at_y, MIN (at_x - gap, x + width), at_y);
    if (at_x + gap < x + width)
      dub_canvas_rule (canvas, theme->crosshair, MAX (at_x + gap, x), at_y, x + width, at_y);
  }
}
