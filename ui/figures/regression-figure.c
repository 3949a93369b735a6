#include "ui/figures/regression-figure.h"

#include "ui/figures/figure-draw.h"

#include <math.h>

/* Distances in units of the caption's size. */
#define MARGIN   0.8
#define HEADLINE 2.2
/* Height of the plot over its width: its frame is about square within the labels. */
#define ASPECT   0.92

/* Colours of the theme's series. */
enum { DIAGONAL = 2, FIRST = 0 };

DubFigure *
dub_regression_figure_new (const DubRegressionCurve *curves,
                           size_t                    n_curves)
{
  static const double ends[] = { 0.0, 1.0 };
  DubFigure *figure = dub_figure_new ();

  dub_figure_set_x (figure, DUB_AXIS_LINEAR, 0.0, 1.0, "Predicted level");
  dub_figure_set_y (figure, DUB_AXIS_LINEAR, 0.0, 1.0, "Share of truths below");
  /* The first series is drawn on top: what came last is what is looked at. */
  for (size_t k = n_curves; k-- > 0;) {
    const DubRegressionCurve *curve = &curves[k];
    g_autofree double *x = g_new (double, curve->n + 2), *y = g_new (double, curve->n + 2);
    g_autofree char *name = isnan (curve->area) ? g_strdup (curve->name)
                                                : g_strdup_printf ("%s, area %.3f", curve->name, curve->area);

    /* Below level 0 there is nothing, and below level 1 everything. */
    x[0] = y[0] = 0.0;
    x[curve->n + 1] = y[curve->n + 1] = 1.0;
    for (size_t i = 0; i < curve->n; i++) {
      x[i + 1] = curve->level[i];
      y[i + 1] = curve->share[i];
    }

    dub_figure_add_series (figure, name, DUB_STROKE_SOLID, FIRST + (guint) k, x, y, curve->n + 2);
  }
  dub_figure_add_series (figure, "calibrated", DUB_STROKE_DASHED, DIAGONAL, ends, ends, 2);
  figure->legend = TRUE;

  return figure;
}

/* --- the sheet --- */

typedef struct {
  const DubFigure *plot;
  const char      *title;
} Sheet;

static double
sheet_height (gconstpointer data,
              double        width)
{
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_PAPER);

  return ceil (ASPECT * (width - 2.0 * MARGIN * theme.font_caption) + (2.0 * MARGIN + HEADLINE) * theme.font_caption);
}

static void
draw_sheet (gconstpointer data,
            DubCanvas    *canvas,
            double        width,
            double        height)
{
  const Sheet *self = data;
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption, inside = width - 2.0 * MARGIN * size;
  g_autofree char *title = dub_canvas_ellipsize (canvas, self->title, size, DUB_TEXT_BOLD, inside);
  cairo_t *cr = dub_canvas_get_cairo (canvas);

  dub_canvas_text (canvas, title, size, DUB_TEXT_BOLD, theme->text, MARGIN * size, (MARGIN + 1.0) * size);
  cairo_save (cr);
  cairo_translate (cr, MARGIN * size, (MARGIN + HEADLINE) * size);
  dub_figure_draw (self->plot, canvas, inside, height - (2.0 * MARGIN + HEADLINE) * size, NULL);
  cairo_restore (cr);
}

static char *
table (gconstpointer data)
{
  return dub_figure_to_csv (((const Sheet *) data)->plot);
}

gboolean
dub_regression_figure_export (const DubRegressionCurve  *curves,
                              size_t                     n_curves,
                              const char                *title,
                              const char *const         *provenance,
                              const char                *path,
                              const DubExportOptions    *options,
                              GError                   **error)
{
  g_autoptr (DubFigure) plot = dub_regression_figure_new (curves, n_curves);
  const Sheet sheet = { plot, title };
  const DubExport export = {
    .figure = &sheet,
    .title = title,
    .provenance = provenance,
    .height = sheet_height,
    .draw = draw_sheet,
    .table = table,
  };

  return dub_export_save (&export, path, options, error);
}
