/* All panels on one sheet, and their numbers. */
#include "ui/figures/reliability-figure.h"

#include <math.h>

#include "core/io/csv.h"
#include "ui/figures/reliability-figure-private.h"
#include "ui/figures/ticks.h"

/* Distances on the sheet, in units of the caption's size. */
#define MARGIN  0.8
#define GAP     1.6
#define HEADING 2.4
#define FOOT    1.7

/* A panel is no narrower than this, in pt; then the next one stands below. */
#define LEAST_PANEL 130.0

enum { MOST_COLUMNS = 3 };

typedef struct {
  guint  n_columns, n_rows;
  double column, panel; /* width and height of a panel */
  double heading, key, foot; /* heights */
} Sheet;

static guint
n_lines (const char *text)
{
  guint n = text != NULL ? 1 : 0;

  for (const char *at = text; at != NULL && *at != '\0'; at++)
    n += *at == '\n';

  return n;
}

static void
sheet_init (Sheet                      *self,
            const DubReliabilityFigure *figure,
            DubCanvas                  *canvas,
            double                      width)
{
  double size = dub_canvas_get_theme (canvas)->font_caption, room = width - 2.0 * MARGIN * size;
  guint n = MAX (figure->panels->len, 1), fits = (guint) ((room + GAP * size) / (LEAST_PANEL + GAP * size));

  self->n_columns = MIN (n, CLAMP (fits, 1, MOST_COLUMNS));
  /* Four stand as two and two. */
  if (n == 4 && self->n_columns == 3)
    self->n_columns = 2;
  self->n_rows = (n + self->n_columns - 1) / self->n_columns;
  self->column = (room - (self->n_columns - 1) * GAP * size) / self->n_columns;
  self->panel = self->column * (self->column > 330.0 ? 0.8 : self->column > 200.0 ? 1.16 : 1.3);
  self->heading = figure->left != NULL || figure->right != NULL ? HEADING * size : 0.0;
  self->key = dub_reliability_figure_draw_key (figure, canvas, 0.0, 0.0, room, FALSE);
  self->foot = n_lines (figure->foot) * FOOT * size;
}

static double
sheet_height (gconstpointer figure,
              double        width)
{
  DubTheme theme;
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);
  cairo_t *cr = cairo_create (surface);
  Sheet sheet;

  dub_theme_init (&theme, DUB_THEME_PAPER);

  DubCanvas *canvas = dub_canvas_new (cr, &theme, 1.0);
  double size = theme.font_caption;

  sheet_init (&sheet, figure, canvas, width);
  dub_canvas_free (canvas);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  return ceil (2.0 * MARGIN * size + sheet.heading + sheet.n_rows * sheet.panel + (sheet.n_rows - 1) * GAP * size
               + (sheet.key + sheet.foot > 0.0 ? sheet.key + sheet.foot + size : 0.0));
}

static void
draw_heading (const DubReliabilityFigure *self,
              DubCanvas                  *canvas,
              double                      width)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption, baseline = (MARGIN + 1.1) * size, room = width - 2.0 * MARGIN * size;

  if (self->right != NULL) {
    g_autofree char *right = dub_canvas_ellipsize (canvas, self->right, size, DUB_TEXT_LEFT, room);

    room -= dub_canvas_text (canvas, right, size, DUB_TEXT_RIGHT, theme->dim, width - MARGIN * size, baseline) + size;
  }
  if (self->left != NULL && room > 3.0 * size) {
    g_autofree char *left = dub_canvas_ellipsize (canvas, self->left, theme->font_title, DUB_TEXT_BOLD, room);

    dub_canvas_text (canvas, left, theme->font_title, DUB_TEXT_BOLD, theme->text, MARGIN * size, baseline);
  }
}

static void
draw_foot (const DubReliabilityFigure *self,
           DubCanvas                  *canvas,
           double                      width,
           double                      top)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption;
  g_auto (GStrv) lines = g_strsplit (self->foot != NULL ? self->foot : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *line = dub_canvas_ellipsize (canvas, lines[i], size, DUB_TEXT_LEFT, width - 2.0 * MARGIN * size);

    dub_canvas_text (canvas, line, size, DUB_TEXT_LEFT, theme->dim, MARGIN * size, top + ((i + 1) * FOOT - 0.3) * size);
  }
}

static void
draw_sheet (gconstpointer figure,
            DubCanvas    *canvas,
            double        width,
            double        height)
{
  const DubReliabilityFigure *self = figure;
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double size = dub_canvas_get_theme (canvas)->font_caption;
  Sheet sheet;

  sheet_init (&sheet, self, canvas, width);
  draw_heading (self, canvas, width);
  for (guint i = 0; i < self->panels->len; i++) {
    double x = MARGIN * size + (i % sheet.n_columns) * (sheet.column + GAP * size);
    double y = MARGIN * size + sheet.heading + (i / sheet.n_columns) * (sheet.panel + GAP * size);

    cairo_save (cr);
    cairo_translate (cr, x, y);
    dub_reliability_figure_draw (self, i, canvas, sheet.column, sheet.panel, NULL);
    cairo_restore (cr);
  }
  dub_reliability_figure_draw_key (self, canvas, MARGIN * size, height - MARGIN * size - sheet.key - sheet.foot,
                                   width - 2.0 * MARGIN * size, TRUE);
  draw_foot (self, canvas, width, height - MARGIN * size - sheet.foot);
}

/* --- numbers --- */

static void
append_optional (GString      *out,
                 const double *values,
                 size_t        at)
{
  dub_number_append_cell (out, values != NULL ? values[at] : (double) NAN);
}

static void
append_trace (GString                   *out,
              const char                *panel,
              const DubReliabilityTrace *trace)
{
  for (size_t m = 0; m < trace->n_bins; m++) {
    dub_csv_append (out, panel);
    g_string_append_c (out, ',');
    dub_csv_append (out, trace->name);
    g_string_append_printf (out, ",%zu", m + 1);
    dub_number_append_cell (out, trace->edge[m]);
    dub_number_append_cell (out, trace->edge[m + 1]);
    g_string_append_printf (out, ",%zu", trace->count[m]);
    dub_number_append_cell (out, trace->confidence[m]);
    dub_number_append_cell (out, trace->accuracy[m]);
    append_optional (out, trace->low, m);
    append_optional (out, trace->high, m);
    append_optional (out, trace->consistent_low, m);
    append_optional (out, trace->consistent_high, m);
    g_string_append_c (out, '\n');
  }
}

static char *
numbers (gconstpointer figure)
{
  const DubReliabilityFigure *self = figure;
  GString *out = g_string_new ("panel,curve,bin,low,high,count,confidence,accuracy,band_low,band_high,"
                               "consistent_low,consistent_high\n");

  for (guint p = 0; p < self->panels->len; p++) {
    const DubReliabilityPanel *panel = _dub_reliability_panel (self, p);

    for (guint i = 0; i < panel->traces->len; i++)
      append_trace (out, panel->title != NULL ? panel->title : "", _dub_reliability_trace (panel, i));
  }

  return g_string_free (out, FALSE);
}

static void
export_init (const DubReliabilityFigure *self,
             DubExport                  *export)
{
  *export = (DubExport) {
    self, "Reliability diagram", self->provenance != NULL ? (const char *const *) self->provenance->pdata : NULL, sheet_height,
    draw_sheet, numbers,
  };
}

char *
dub_reliability_figure_to_csv (const DubReliabilityFigure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  DubExport export;

  export_init (self, &export);

  return dub_export_to_csv (&export);
}

gboolean
dub_reliability_figure_export (const DubReliabilityFigure *self,
                               const char                 *path,
                               const DubExportOptions     *options,
                               GError                    **error)
{
  g_return_val_if_fail (self != NULL && path != NULL, FALSE);

  DubExport export;

  export_init (self, &export);

  return dub_export_save (&export, path, options, error);
}
