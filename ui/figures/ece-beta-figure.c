#include "ui/figures/ece-beta-figure.h"

#include <math.h>

#include "core/io/csv.h"
#include "dub-config.h"
#include "ui/figures/ticks.h"

/* Distances on the sheet, in units of the caption's size. */
#define MARGIN 0.8
#define GAP    1.6
#define HEAD   3.4
#define LINE   1.3
#define FOOT   0.6
/* Height of a panel over its width, and half the width of a whisker's end. */
#define ASPECT 0.78
#define WHISKER_END 0.28

/* One column of a journal takes one panel beside another from here on. In pt. */
#define WIDE 330.0
#define MAX_COLUMNS 3

/* β = 0 and every weight of DCA that was trained, rising. */
typedef struct {
  double      beta;
  DubEstimate ece;
  size_t      n_values;
  double     *values;  /* [n_repeats] of the panel */
} Point;

typedef struct {
  char   *title;
  char   *data, *network; /* the same, in two lines */
  size_t  n_repeats;
  GArray *points;      /* of Point */
  Point   temperature; /* value NaN = none */
} Panel;

struct _DubEceBetaFigure {
  GPtrArray *panels;   /* of Panel * */
  size_t     n_bins;
  double     highest;  /* of all that is drawn */
  double     largest;  /* β */
};

static void
point_clear (gpointer data)
{
  g_free (((Point *) data)->values);
}

static void
panel_free (gpointer data)
{
  Panel *self = data;

  g_free (self->title);
  g_free (self->data);
  g_free (self->network);
  g_array_unref (self->points);
  point_clear (&self->temperature);
  g_free (self);
}

void
dub_ece_beta_figure_free (DubEceBetaFigure *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->panels);
  g_free (self);
}

guint
dub_ece_beta_figure_get_n_panels (const DubEceBetaFigure *self)
{
  return self->panels->len;
}

/* --- from the table --- */

static Point
point_of (const DubTableRow    *row,
          const DubTableCell   *cell,
          const DubTableMethod *method)
{
  return (Point) {
    .beta = method->dca, .ece = cell->estimate[DUB_TABLE_ECE], .n_values = cell->n_values,
    .values = g_memdup2 (cell->values[DUB_TABLE_ECE], row->n_repeats * sizeof (double)),
  };
}

static void
include (DubEceBetaFigure *self,
         const Point      *point,
         size_t            n_repeats)
{
  const double all[] = { point->ece.value, point->ece.high };

  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    if (isfinite (all[i]))
      self->highest = fmax (self->highest, all[i]);
  for (size_t i = 0; i < n_repeats; i++)
    if (isfinite (point->values[i]))
      self->highest = fmax (self->highest, point->values[i]);
  self->largest = fmax (self->largest, point->beta);
}

static void
add_row (DubEceBetaFigure          *self,
         const DubCalibrationTable *table,
         const DubTableRow         *row)
{
  Panel *panel = g_new0 (Panel, 1);
  gboolean any = FALSE;

  panel->title = dub_table_row_title (row);
  panel->data = g_strdup (row->data);
  panel->network = row->n_networks > 1 ? g_strdup_printf ("%s, mean of %" G_GSIZE_FORMAT, row->network, row->n_networks)
                                       : g_strdup (row->network);
  panel->n_repeats = row->n_repeats;
  panel->points = g_array_new (FALSE, FALSE, sizeof (Point));
  panel->temperature.ece = dub_estimate_undefined ("not fitted");
  g_array_set_clear_func (panel->points, point_clear);
  /* The table has its methods by their weight. */
  for (guint m = 0; m < table->methods->len; m++) {
    const DubTableMethod *method = g_ptr_array_index (table->methods, m);
    const DubTableCell *cell = &row->cells[m];

    if (!isfinite (method->dca) || cell->n_values == 0)
      continue;

    Point point = point_of (row, cell, method);

    any |= method->dca > 0.0;
    if (m == DUB_TABLE_TEMPERATURE)
      panel->temperature = point;
    else
      g_array_append_val (panel->points, point);
  }
  if (!any) {
    panel_free (panel);
    return;
  }
  for (guint i = 0; i < panel->points->len; i++)
    include (self, &g_array_index (panel->points, Point, i), row->n_repeats);
  if (isfinite (panel->temperature.ece.value))
    self->highest = fmax (self->highest, panel->temperature.ece.value);
  g_ptr_array_add (self->panels, panel);
}

DubEceBetaFigure *
dub_ece_beta_figure_new (const DubCalibrationTable  *table,
                         GError                    **error)
{
  g_autoptr (DubEceBetaFigure) self = g_new0 (DubEceBetaFigure, 1);

  self->panels = g_ptr_array_new_with_free_func (panel_free);
  self->n_bins = table->n_bins;
  for (guint r = 0; r < table->rows->len; r++)
    add_row (self, table, g_ptr_array_index (table->rows, r));
  if (self->panels->len == 0) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "No network here was trained with cross-entropy and DCA alone; train some "
                         "of one recipe with --dca 1, 5, 10, 15, 20 and 25, and one without.");
    return NULL;
  }

  return g_steal_pointer (&self);
}

/* --- drawing --- */

/* The mean as a line on top, the repeats as faint discs under it. */
static DubFigure *
plot_of (const DubEceBetaFigure *self,
         const Panel            *panel)
{
  DubFigure *plot = dub_figure_new ();
  g_autofree double *x = g_new (double, panel->points->len), *y = g_new (double, panel->points->len);
  g_autoptr (GArray) all_x = g_array_new (FALSE, FALSE, sizeof (double)), all_y = g_array_new (FALSE, FALSE, sizeof (double));
  double margin = 0.04 * self->largest;

  plot->legend = FALSE;
  dub_figure_set_x (plot, DUB_AXIS_LINEAR, -margin, self->largest + margin, "β of DCA");
  dub_figure_set_y (plot, DUB_AXIS_LINEAR, 0.0, fmin (1.0, 1.06 * fmax (self->highest, 1e-3)), "ECE");
  for (guint i = 0; i < panel->points->len; i++) {
    const Point *point = &g_array_index (panel->points, Point, i);

    x[i] = point->beta;
    y[i] = point->ece.value;
    for (size_t r = 0; panel->n_repeats > 1 && r < panel->n_repeats; r++) {
      g_array_append_val (all_x, point->beta);
      g_array_append_val (all_y, point->values[r]);
    }
  }

  /* The weights that were trained, and no others: between them nothing was measured. */
  dub_figure_set_x_ticks (plot, x, panel->points->len);

  DubSeries *mean = dub_figure_add_series (plot, NULL, DUB_STROKE_SOLID, 1, x, y, panel->points->len);

  mean->mark = DUB_MARK_DISC;
  if (all_x->len > 0) {
    DubSeries *dots = dub_figure_add_series (plot, NULL, DUB_STROKE_SOLID, 1, (const double *) (void *) all_x->data,
                                             (const double *) (void *) all_y->data, all_x->len);

    dots->weight = 0.0;
    dots->mark = DUB_MARK_DISC;
    dots->alpha = 0.35;
  }
  if (isfinite (panel->temperature.ece.value))
    dub_figure_add_rule (plot, FALSE, panel->temperature.ece.value, NULL);

  return plot;
}

static void
draw_whiskers (const Panel           *panel,
               DubCanvas             *canvas,
               const DubFigureLayout *layout)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double end = WHISKER_END * theme->font_caption;

  cairo_save (cr);
  dub_canvas_set_color (canvas, theme->series[1]);
  cairo_set_line_width (cr, 0.6 * theme->line_width);
  for (guint i = 0; i < panel->points->len; i++) {
    const Point *point = &g_array_index (panel->points, Point, i);

    if (!isfinite (point->ece.low) || !isfinite (point->ece.high))
      continue;

    double x = dub_figure_layout_to_px_x (layout, point->beta);
    double low = dub_figure_layout_to_px_y (layout, point->ece.low), high = dub_figure_layout_to_px_y (layout, point->ece.high);

    cairo_move_to (cr, x, low);
    cairo_line_to (cr, x, high);
    cairo_move_to (cr, x - end, low);
    cairo_line_to (cr, x + end, low);
    cairo_move_to (cr, x - end, high);
    cairo_line_to (cr, x + end, high);
  }
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
dub_ece_beta_figure_draw (const DubEceBetaFigure *self,
                          guint                   panel,
                          DubCanvas              *canvas,
                          double                  width,
                          double                  height,
                          DubFigureLayout        *layout)
{
  g_return_if_fail (panel < self->panels->len);

  g_autoptr (DubFigure) plot = plot_of (self, g_ptr_array_index (self->panels, panel));
  DubFigureLayout own;

  dub_figure_draw (plot, canvas, width, height, &own);
  draw_whiskers (g_ptr_array_index (self->panels, panel), canvas, &own);
  if (layout != NULL)
    *layout = own;
}

/* --- files --- */

static guint
columns_of (const DubEceBetaFigure *self,
            double                  width)
{
  return MIN (self->panels->len, width < WIDE ? 1 : MAX_COLUMNS);
}

static double
column_width (const DubEceBetaFigure *self,
              double                  width,
              double                  size)
{
  guint columns = columns_of (self, width);

  return (width - (2.0 * MARGIN + GAP * (columns - 1)) * size) / columns;
}

/* A panel alone on a sheet is not as high as it is wide. */
static double
plot_height (const DubEceBetaFigure *self,
             double                  width,
             double                  size)
{
  return ASPECT * fmin (column_width (self, width, size), 0.6 * width);
}

static double
sheet_height (gconstpointer figure,
              double        width)
{
  const DubEceBetaFigure *self = figure;
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_PAPER);

  double size = theme.font_caption;
  guint columns = columns_of (self, width), rows = (self->panels->len + columns - 1) / columns;

  int n_lines = width < WIDE ? 4 : 2;

  return ceil (rows * plot_height (self, width, size)
               + (2.0 * MARGIN + rows * HEAD + (rows - 1) * GAP + FOOT + n_lines * LINE) * size);
}

static void
draw_foot (const DubEceBetaFigure *self,
           DubCanvas              *canvas,
           double                  width,
           double                  height)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption, room = width - 2.0 * MARGIN * size;
  gboolean several = FALSE;

  for (guint i = 0; i < self->panels->len; i++)
    several |= ((const Panel *) g_ptr_array_index (self->panels, i))->n_repeats > 1;

  /* Two sentences a line where the sheet is wide. */
  const char *sentences[] = {
    "ECE of the test part; β = 0: plain cross-entropy.",
    several ? "Dotted: its temperature. Faint discs: repeats." : "Dotted: its temperature.",
    several ? "Line and whiskers: mean, 95 % t-interval;" : "Whiskers: 95 % bootstrap intervals of the cases",
    several ? "of one study alone, bootstrap of its cases." : "(about nine of ten hold the truth).",
  };
  int together = width < WIDE ? 1 : 2, n_lines = (int) G_N_ELEMENTS (sentences) / together;

  for (int i = 0; i < n_lines; i++) {
    g_autofree char *line = together == 1 ? g_strdup (sentences[i]) : g_strjoin (" ", sentences[2 * i], sentences[2 * i + 1], NULL);
    g_autofree char *text = dub_canvas_ellipsize (canvas, line, size, DUB_TEXT_LEFT, room);

    dub_canvas_text (canvas, text, size, DUB_TEXT_LEFT, theme->dim, MARGIN * size,
                     height - (MARGIN + LINE * (n_lines - 1 - i)) * size);
  }
}

static void
sheet_draw (gconstpointer figure,
            DubCanvas    *canvas,
            double        width,
            double        height)
{
  const DubEceBetaFigure *self = figure;
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double size = theme->font_caption, column = column_width (self, width, size), plot = plot_height (self, width, size);
  guint columns = columns_of (self, width);

  for (guint i = 0; i < self->panels->len; i++) {
    const Panel *panel = g_ptr_array_index (self->panels, i);
    double x = MARGIN * size + (i % columns) * (column + GAP * size);
    double y = MARGIN * size + (i / columns) * (plot + (HEAD + GAP) * size);
    g_autofree char *data = dub_canvas_ellipsize (canvas, panel->data, theme->font_body, DUB_TEXT_BOLD, column);
    g_autofree char *network = dub_canvas_ellipsize (canvas, panel->network, size, DUB_TEXT_LEFT, column);

    dub_canvas_text (canvas, data, theme->font_body, DUB_TEXT_BOLD, theme->text, x, y + 1.1 * size);
    dub_canvas_text (canvas, network, size, DUB_TEXT_LEFT, theme->dim, x, y + 2.5 * size);
    cairo_save (cr);
    cairo_translate (cr, x, y + HEAD * size);
    dub_ece_beta_figure_draw (self, i, canvas, column, plot, NULL);
    cairo_restore (cr);
  }
  draw_foot (self, canvas, width, height);
}

static void
append_point (GString     *out,
              const Panel *panel,
              const Point *point,
              double       beta) /* NaN: the temperature */
{
  dub_csv_append (out, panel->title);
  dub_number_append_cell (out, beta);
  dub_number_append_cell (out, point->ece.value);
  dub_number_append_cell (out, point->ece.low);
  dub_number_append_cell (out, point->ece.high);
  g_string_append_c (out, ',');
  dub_csv_append (out, point->ece.method != NULL ? point->ece.method : "");
  g_string_append_printf (out, ",%" G_GSIZE_FORMAT ",", point->n_values);
  for (size_t r = 0; r < panel->n_repeats; r++) {
    g_autofree char *value = dub_number_format_exact (point->values[r]);

    g_string_append_printf (out, "%s%s", r > 0 ? " " : "", *value != '\0' ? value : "-");
  }
  g_string_append_c (out, '\n');
}

static char *
numbers (gconstpointer figure)
{
  const DubEceBetaFigure *self = figure;
  GString *out = g_string_new ("panel,beta,ece,low,high,interval,repeats,values\n");

  for (guint i = 0; i < self->panels->len; i++) {
    const Panel *panel = g_ptr_array_index (self->panels, i);

    for (guint p = 0; p < panel->points->len; p++) {
      const Point *point = &g_array_index (panel->points, Point, p);

      append_point (out, panel, point, point->beta);
    }
    if (isfinite (panel->temperature.ece.value))
      append_point (out, panel, &panel->temperature, NAN);
  }

  return g_string_free (out, FALSE);
}

char *
dub_ece_beta_figure_to_csv (const DubEceBetaFigure *self)
{
  return numbers (self);
}

gboolean
dub_ece_beta_figure_export (const DubEceBetaFigure *self,
                            const char             *path,
                            const DubExportOptions *options,
                            GError                **error)
{
  g_autofree char *bins = g_strdup_printf ("%" G_GSIZE_FORMAT, self->n_bins);
  const char *const provenance[] = { "software", "Dubito " DUB_VERSION, "part", "test", "bins", bins, NULL };
  DubExport export = { self, "ECE against the weight of DCA", provenance, sheet_height, sheet_draw, numbers };

  return dub_export_save (&export, path, options, error);
}
