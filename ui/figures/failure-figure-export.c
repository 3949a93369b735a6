/* The three plots on one sheet, and their numbers. */
#include "ui/figures/failure-figure.h"

#include <math.h>

#include "core/io/csv.h"
#include "ui/figures/failure-figure-private.h"
#include "ui/figures/ticks.h"

/* Distances on the sheet, in units of the caption's size. */
#define MARGIN 0.8
#define GAP    1.6
#define TITLE  3.0
#define HEAD   2.2
#define FOOT   1.8

/* Below each other in one column of a journal, side by side in two. In pt. */
#define WIDE 330.0

static double
plot_height (double   width,
             gboolean wide,
             double   size)
{
  double column = wide ? (width - (2.0 * MARGIN + 2.0 * GAP) * size) / 3.0 : width - 2.0 * MARGIN * size;

  return column * (wide ? 1.12 : 0.72);
}

static double
sheet_height (gconstpointer figure,
              double        width)
{
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_PAPER);

  double size = theme.font_caption, plot = plot_height (width, width >= WIDE, size);
  int rows = width >= WIDE ? 1 : DUB_N_FAILURE_PLOTS;

  return ceil (rows * plot + (2.0 * MARGIN + TITLE + rows * HEAD + (rows - 1) * GAP + FOOT) * size);
}

/* "At threshold 0.116, chosen on calibration: 34/45 failures rejected, 87/189 correct accepted" */
static char *
point_words (const DubFailureFigure *self)
{
  size_t accepted = self->accepted[self->mark.at], failures = self->failures[self->mark.at];
  g_autofree char *threshold = dub_number_format_short (self->mark.threshold, 3);

  g_autofree char *chosen = self->fitted_on != NULL ? g_strdup_printf (", chosen on %s", self->fitted_on) : g_strdup ("");

  return g_strdup_printf ("At threshold %s%s: %" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT " failures rejected, %" G_GSIZE_FORMAT
                          "/%" G_GSIZE_FORMAT " correct accepted; box: 95 %% intervals.",
                          isfinite (self->mark.threshold) ? threshold : "−∞", chosen, self->n_failures - failures, self->n_failures,
                          accepted - failures, self->n_cases - self->n_failures);
}

static void
draw_sheet (gconstpointer figure,
            DubCanvas    *canvas,
            double        width,
            double        height)
{
  const DubFailureFigure *self = figure;
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double size = theme->font_caption, plot = plot_height (width, width >= WIDE, size);
  gboolean wide = width >= WIDE;
  double column = wide ? (width - (2.0 * MARGIN + 2.0 * GAP) * size) / 3.0 : width - 2.0 * MARGIN * size;
  g_autofree char *title = g_strdup_printf ("%s%s", self->score, self->tables->len > 1 ? "; others grey" : "");
  g_autofree char *cases = g_strdup_printf ("test · %" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT " failed", self->n_cases, self->n_failures);

  dub_canvas_text (canvas, title, theme->font_title, DUB_TEXT_BOLD, theme->text, MARGIN * size, (MARGIN + 1.2) * size);
  dub_canvas_text (canvas, cases, size, DUB_TEXT_RIGHT, theme->dim, width - MARGIN * size, (MARGIN + 1.2) * size);
  for (int i = 0; i < DUB_N_FAILURE_PLOTS; i++) {
    double x = MARGIN * size + (wide ? i * (column + GAP * size) : 0.0);
    double y = (MARGIN + TITLE) * size + (wide ? 0.0 : i * (plot + (HEAD + GAP) * size));
    DubFigureLayout layout;

    dub_canvas_text (canvas, self->title[i], theme->font_body, DUB_TEXT_BOLD, theme->text, x, y + 1.1 * size);
    cairo_save (cr);
    cairo_translate (cr, x, y + HEAD * size);
    dub_failure_figure_draw (self, (DubFailurePlot) i, canvas, column, plot, &layout);
    dub_failure_figure_draw_point (self, (DubFailurePlot) i, canvas, &layout);
    cairo_restore (cr);
  }
  if (self->has_mark) {
    g_autofree char *words = point_words (self);
    g_autofree char *fitting = dub_canvas_ellipsize (canvas, words, size, DUB_TEXT_LEFT, width - 2.0 * MARGIN * size);

    dub_canvas_text (canvas, fitting, size, DUB_TEXT_LEFT, theme->dim, MARGIN * size, height - MARGIN * size);
  }
}

static void
append_rate (GString *out,
             size_t   n,
             size_t   d)
{
  dub_number_append_cell (out, d > 0 ? (double) n / (double) d : (double) NAN);
}

static char *
numbers (gconstpointer figure)
{
  const DubFailureFigure *self = figure;
  GString *out = g_string_new ("score,threshold,accepted,failures_accepted,coverage,risk,sensitivity,specificity\n");

  for (guint i = 0; i < self->tables->len; i++) {
    const DubFailureTableCurve *curve = g_ptr_array_index (self->tables, i);

    for (size_t k = 0; k < curve->n_points; k++) {
      size_t accepted = curve->accepted[k], failures = curve->failures[k];

      dub_csv_append (out, curve->id);
      dub_number_append_cell (out, curve->threshold[k]);
      g_string_append_printf (out, ",%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT, accepted, failures);
      append_rate (out, accepted, curve->n_cases);
      append_rate (out, failures, accepted);
      append_rate (out, accepted - failures, curve->n_cases - curve->n_failures);
      append_rate (out, curve->n_failures - failures, curve->n_failures);
      g_string_append_c (out, '\n');
    }
  }

  return g_string_free (out, FALSE);
}

static void
export_init (const DubFailureFigure *self,
             DubExport              *export)
{
  *export = (DubExport) {
    self, "Failure detection", self->provenance != NULL ? (const char *const *) self->provenance->pdata : NULL, sheet_height,
    draw_sheet, numbers,
  };
}

char *
dub_failure_figure_to_csv (const DubFailureFigure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  DubExport export;

  export_init (self, &export);

  return dub_export_to_csv (&export);
}

gboolean
dub_failure_figure_export (const DubFailureFigure *self,
                           const char             *path,
                           const DubExportOptions *options,
                           GError                **error)
{
  g_return_val_if_fail (self != NULL && path != NULL, FALSE);

  DubExport export;

  export_init (self, &export);

  return dub_export_save (&export, path, options, error);
}
