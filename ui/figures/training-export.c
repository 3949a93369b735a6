#include "ui/figures/training-export.h"

#include <math.h>

#include "dub-config.h"
#include "core/io/csv.h"
#include "ui/figures/figure-draw.h"
#include "ui/figures/ticks.h"

/* Height of a plot over its width, and gaps in units of the caption's size. */
#define ASPECT 0.56
#define GAP    1.6
#define TITLE  2.2
#define LEGEND 2.0

typedef struct {
  const DubTrainingColumn *columns;
  size_t                   n_columns;
} Sheet;

static double
column_width (const Sheet *sheet,
              double       width,
              double       size)
{
  return (width - GAP * size * (double) (sheet->n_columns - 1)) / (double) sheet->n_columns;
}

static double
sheet_height (gconstpointer figure,
              double        width)
{
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_PAPER);

  double size = theme.font_caption, plot = ASPECT * fmin (column_width (figure, width, size), 0.6 * width);

  return 2.0 * plot + (TITLE + LEGEND + GAP) * size;
}

static void
draw_legend (DubCanvas *canvas,
             double     width,
             double     baseline)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double size = theme->font_caption, x = 0.0, dashes[2] = { 3.5 * theme->line_width, 1.75 * theme->line_width };
  static const char *const WORDS[] = { "train", "validation", "thin: folds, thick: mean" };

  for (int i = 0; i < 3; i++) {
    if (i < 2) {
      cairo_save (cr);
      dub_canvas_set_color (canvas, theme->series[1 + i]);
      cairo_set_line_width (cr, 1.2 * theme->line_width);
      cairo_set_dash (cr, dashes, i == 1 ? 2 : 0, 0.0);
      cairo_move_to (cr, x, baseline - 0.35 * size);
      cairo_line_to (cr, x + 1.8 * size, baseline - 0.35 * size);
      cairo_stroke (cr);
      cairo_restore (cr);
      x += 2.3 * size;
    }
    x += dub_canvas_text (canvas, WORDS[i], size, DUB_TEXT_LEFT, i < 2 ? theme->text : theme->dim, x, baseline)
         + 1.4 * size;
  }
}

static void
sheet_draw (gconstpointer figure,
            DubCanvas    *canvas,
            double        width,
            double        height)
{
  const Sheet *sheet = figure;
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double size = theme->font_caption, column = column_width (sheet, width, size);
  double plot = (height - (TITLE + LEGEND + GAP) * size) / 2.0;

  for (size_t c = 0; c < sheet->n_columns; c++) {
    double x = (double) c * (column + GAP * size);
    g_autofree char *title = dub_canvas_ellipsize (canvas, sheet->columns[c].title, theme->font_body, DUB_TEXT_BOLD, column);

    dub_canvas_text (canvas, title, theme->font_body, DUB_TEXT_BOLD, theme->text, x, 1.2 * size);
    for (int row = 0; row < 2; row++) {
      g_autoptr (DubFigure) curves = dub_training_figure_new (sheet->columns[c].runs, sheet->columns[c].n_runs,
                                                              row == 0 ? DUB_CURVE_LOSS : DUB_CURVE_ACCURACY, NAN, NULL);

      cairo_save (cr);
      cairo_translate (cr, x, TITLE * size + row * (plot + GAP * size));
      dub_figure_draw (curves, canvas, column, plot, NULL);
      cairo_restore (cr);
    }
  }
  draw_legend (canvas, width, height - 0.4 * size);
}

static char *
sheet_table (gconstpointer figure)
{
  const Sheet *sheet = figure;
  GString *out = g_string_new ("run,family,fold,epoch,rate,train_loss,train_accuracy,train_ece,validation_loss,"
                               "validation_accuracy,validation_ece,validation_auroc,best\n");

  for (size_t c = 0; c < sheet->n_columns; c++)
    for (size_t r = 0; r < sheet->columns[c].n_runs; r++) {
      const DubRunSummary *run = sheet->columns[c].runs[r];

      for (guint e = 0; e < run->epochs->len; e++) {
        const DubEpoch *epoch = &g_array_index (run->epochs, DubEpoch, e);

        dub_csv_append (out, run->id);
        g_string_append_c (out, ',');
        dub_csv_append (out, run->family);
        g_string_append_printf (out, ",%d,%u", run->fold + 1, epoch->epoch);
        dub_number_append_cell (out, epoch->rate);
        dub_number_append_cell (out, epoch->train_loss);
        dub_number_append_cell (out, epoch->train_accuracy);
        dub_number_append_cell (out, epoch->train_ece);
        dub_number_append_cell (out, epoch->validation_loss);
        dub_number_append_cell (out, epoch->validation_accuracy);
        dub_number_append_cell (out, epoch->validation_ece);
        dub_number_append_cell (out, epoch->validation_auroc);
        g_string_append_printf (out, ",%d\n", epoch->best);
      }
    }

  return g_string_free (out, FALSE);
}

gboolean
dub_training_export (const DubTrainingColumn *columns,
                     size_t                   n_columns,
                     const char              *study,
                     const char              *path,
                     const DubExportOptions  *options,
                     GError                 **error)
{
  Sheet sheet = { columns, n_columns };
  g_autoptr (GPtrArray) provenance = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) runs = g_string_new (NULL);

  if (n_columns == 0 || columns[0].n_runs == 0) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "There is no training run to draw.");
    return FALSE;
  }
  for (size_t c = 0; c < n_columns; c++)
    for (size_t r = 0; r < columns[c].n_runs; r++)
      g_string_append_printf (runs, "%s%s", runs->len > 0 ? " " : "", columns[c].runs[r]->id);

  const DubRunSummary *first = columns[0].runs[0];
  const char *const pairs[] = { "software", "Dubito " DUB_VERSION, "study", study, "runs", runs->str, "network", first->arch,
                                "optimizer", first->optimizer, "best-epoch-by", first->select_by };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    g_ptr_array_add (provenance, g_strdup (pairs[i]));
  g_ptr_array_add (provenance, NULL);

  DubExport export = { &sheet, "Training curves", (const char *const *) provenance->pdata, sheet_height, sheet_draw,
                       sheet_table };

  return dub_export_save (&export, path, options, error);
}
