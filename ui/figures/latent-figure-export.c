/* One or two maps on one sheet, what their marks mean below them, and their points as a table. */
#include "ui/figures/latent-figure.h"

#include <math.h>

#include "core/data/split.h"
#include "core/io/csv.h"
#include "ui/figures/latent-stamp.h"
#include "ui/figures/ticks.h"

/* Distances on the sheet, in units of the caption's size. */
#define MARGIN 0.8
#define GAP    1.6
#define HEAD   2.0
#define LINE   1.5  /* of numbers and of the legend */
#define ENTRY  1.6  /* between two entries */
#define SWATCH 1.5  /* from a mark's left to its word */

/* Side by side from here on, below each other in one column of a journal. In pt. */
#define WIDE 330.0
/* Height of a map to its width. */
#define ASPECT 0.84

enum { MAX_PANELS = 2 };

typedef struct {
  DubLatentPanel       *panels;
  size_t                n_panels;
  const char *const    *ids;
  DubLatentDensity     *density[MAX_PANELS];
} Sheet;

/* --- the legend --- */

typedef struct {
  int     shape;  /* of DubLatentShape; -1 = the grey of the density, -2 = words alone */
  DubRgba color;
  char   *text;
} Entry;

static void
entry_clear (gpointer data)
{
  g_free (((Entry *) data)->text);
}

static void
append_entry (GArray     *entries,
              int         shape,
              DubRgba     color,
              const char *text)
{
  Entry entry = { shape, color, g_strdup (text) };

  g_array_append_val (entries, entry);
}

/* What there is to explain. */
typedef struct {
  gboolean shape[DUB_LATENT_SIGN];
  gboolean part[DUB_PART_NONE + 1];
  gboolean sign, unknown_class;
} Seen;

static Seen
look (const Sheet *sheet)
{
  Seen seen = { .sign = FALSE };

  for (size_t k = 0; k < sheet->n_panels; k++) {
    const DubLatentPoints *points = sheet->panels[k].points;

    for (size_t i = 0; i < points->n; i++) {
      int shape;

      if (!dub_latent_is_visible (points, i))
        continue;
      shape = dub_latent_shape (points, i);
      seen.part[MIN (points->part[i], DUB_PART_NONE)] = TRUE;
      if (shape >= DUB_LATENT_SIGN)
        seen.sign = TRUE;
      else
        seen.shape[shape] = TRUE;
      if ((points->color == DUB_LATENT_BY_PREDICTED ? points->predicted : points->label)[i] < 0)
        seen.unknown_class = TRUE;
    }
  }

  return seen;
}

static void
append_colors (GArray                *entries,
               const DubLatentPoints *points,
               const Seen            *seen,
               const DubTheme        *theme)
{
  if (points->color == DUB_LATENT_BY_CLASS || points->color == DUB_LATENT_BY_PREDICTED) {
    for (int k = 0; points->classes != NULL && points->classes[k] != NULL; k++)
      append_entry (entries, DUB_LATENT_DISC, dub_latent_class_color (theme, k), points->classes[k]);
    if (seen->unknown_class)
      append_entry (entries, DUB_LATENT_DISC, dub_latent_class_color (theme, -1), "class not known");
  } else if (points->color == DUB_LATENT_BY_PART) {
    for (guint8 k = DUB_PART_CALIBRATION; k <= DUB_PART_NONE; k++)
      if (seen->part[k])
        append_entry (entries, DUB_LATENT_DISC, dub_latent_part_color (theme, k), k == DUB_PART_NONE ? "no part" : dub_part_name (k));
  }
}

static GArray *
entries_new (const Sheet    *sheet,
             const DubTheme *theme)
{
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  const DubLatentPoints *points = sheet->panels[0].points;
  gboolean outcome = points->color == DUB_LATENT_BY_OUTCOME, by_class;
  Seen seen = look (sheet);
  guint n_classes = 0;

  g_array_set_clear_func (entries, entry_clear);
  append_colors (entries, points, &seen, theme);
  if (seen.shape[DUB_LATENT_DISC] && (outcome || points->color == DUB_LATENT_BY_VALUE))
    append_entry (entries, DUB_LATENT_DISC, outcome ? theme->correct : theme->dim, "correct");
  if (seen.shape[DUB_LATENT_TRIANGLE])
    append_entry (entries, DUB_LATENT_TRIANGLE, outcome ? theme->failed : theme->dim, "failed");
  if (seen.shape[DUB_LATENT_RING])
    append_entry (entries, DUB_LATENT_RING, theme->dim, "outcome not known");
  by_class = points->color == DUB_LATENT_BY_CLASS || points->color == DUB_LATENT_BY_PREDICTED;
  while (points->classes != NULL && points->classes[n_classes] != NULL)
    n_classes++;
  if (seen.sign && n_classes == 2)
    for (int k = 0; k < 2; k++) {
      g_autofree char *text = g_strdup_printf ("%s, training", points->classes[k]);

      append_entry (entries, DUB_LATENT_SIGN + (k != (points->positive == 1)), theme->dim, text);
    }
  else if (seen.sign && (by_class || n_classes == 0 || n_classes > DUB_LATENT_N_SIGNS))
    append_entry (entries, DUB_LATENT_SIGN, theme->dim, "training, a sign for each class");
  else if (seen.sign) {
    append_entry (entries, -2, theme->dim, "training:");
    for (int k = 0; points->classes[k] != NULL; k++)
      append_entry (entries, DUB_LATENT_SIGN + k, theme->dim, points->classes[k]);
  }
  for (size_t k = 0, n = 0; points->density && k < points->n && n == 0; k++)
    if (points->part[k] == DUB_PART_TRAIN) {
      append_entry (entries, -1, theme->dim, "density of the training cases");
      n++;
    }

  return entries;
}

/* Lays the entries out in lines; draws them where @draw. Returns the number of lines. */
static int
lay_legend (const GArray *entries,
            DubCanvas    *canvas,
            double        left,
            double        right,
            double        y,
            gboolean      draw)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption, x = left;
  int lines = entries->len > 0;

  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = &g_array_index (entries, Entry, i);
    g_autofree char *text = dub_canvas_ellipsize (canvas, entry->text, size, DUB_TEXT_LEFT, right - left - SWATCH * size);
    double mark = entry->shape == -2 ? 0.0 : SWATCH * size, width = mark + dub_canvas_text_width (canvas, text, size, DUB_TEXT_LEFT);

    if (x > left && x + width > right) {
      x = left;
      lines++;
    }

    double baseline = y + (lines - 1 + 0.8) * LINE * size, middle = baseline - 0.34 * size;

    if (draw && entry->shape >= 0)
      dub_latent_draw_mark (canvas, entry->shape, entry->color, 0.36 * size, x + 0.6 * size, middle);
    else if (draw && entry->shape == -1)
      dub_canvas_box (canvas, dub_rgba_with_alpha (theme->text, 0.13), x, middle - 0.45 * size, 1.1 * size, 0.9 * size, 0.2 * size);
    if (draw)
      dub_canvas_text (canvas, text, size, DUB_TEXT_LEFT, theme->dim, x + mark, baseline);
    x += width + ENTRY * size;
  }

  return lines;
}

/* --- the sheet --- */

/* Width of one map. */
static double
column_width (const Sheet *sheet,
              double       width,
              double       size)
{
  size_t side = width >= WIDE ? sheet->n_panels : 1;

  return (width - (2.0 * MARGIN + (double) (side - 1) * GAP) * size) / (double) side;
}

/* The numbers of a panel in lines that fit into @width: broken where one number ends. (transfer full) (element-type char *) */
static GPtrArray *
wrap_numbers (const DubLatentPanel *panel,
              DubCanvas            *canvas,
              double                width)
{
  static const char *const DOT = " · ";
  double size = dub_canvas_get_theme (canvas)->font_caption;
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) given = g_strsplit (panel->numbers != NULL ? panel->numbers : "", "\n", -1);

  for (guint i = 0; given[i] != NULL; i++) {
    g_auto (GStrv) numbers = g_strsplit (given[i], DOT, -1);
    g_autoptr (GString) line = g_string_new (numbers[0]);

    for (guint k = 1; numbers[0] != NULL && numbers[k] != NULL; k++) {
      g_autofree char *longer = g_strconcat (line->str, DOT, numbers[k], NULL);

      if (dub_canvas_text_width (canvas, longer, size, DUB_TEXT_LEFT) > width) {
        g_ptr_array_add (lines, g_strdup (line->str));
        g_string_assign (line, numbers[k]);
      } else {
        g_string_assign (line, longer);
      }
    }
    if (line->len > 0)
      g_ptr_array_add (lines, g_strdup (line->str));
  }

  return lines;
}

static double
panel_height (const Sheet *sheet,
              DubCanvas   *canvas,
              double       width)
{
  double size = dub_canvas_get_theme (canvas)->font_caption, column = column_width (sheet, width, size);
  guint most = 0;

  for (size_t k = 0; k < sheet->n_panels; k++) {
    g_autoptr (GPtrArray) lines = wrap_numbers (&sheet->panels[k], canvas, column);

    most = MAX (most, lines->len);
  }

  return (HEAD + LINE * most + 0.6) * size + ASPECT * column;
}

static double
legend_top (const Sheet *sheet,
            DubCanvas   *canvas,
            double       width)
{
  double size = dub_canvas_get_theme (canvas)->font_caption;
  size_t rows = width >= WIDE ? 1 : sheet->n_panels;

  return MARGIN * size + (double) rows * panel_height (sheet, canvas, width) + (double) (rows - 1) * GAP * size;
}

static double
sheet_height (gconstpointer figure,
              double        width)
{
  const Sheet *sheet = figure;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
  cairo_t *cr = cairo_create (surface);
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_PAPER);

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);
  g_autoptr (GArray) entries = entries_new (sheet, &theme);
  double size = theme.font_caption, top = legend_top (sheet, canvas, width);
  int lines = lay_legend (entries, canvas, MARGIN * size, width - MARGIN * size, 0.0, FALSE);

  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  return ceil (top + (lines * LINE + MARGIN) * size);
}

static void
draw_panel (const Sheet *sheet,
            size_t       k,
            DubCanvas   *canvas,
            double       x,
            double       y,
            double       width)
{
  const DubLatentPanel *panel = &sheet->panels[k];
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double size = theme->font_caption, height = ASPECT * width, top = y + HEAD * size;
  g_autofree char *title = dub_canvas_ellipsize (canvas, panel->title != NULL ? panel->title : "", theme->font_body, DUB_TEXT_BOLD,
                                                 width);
  g_autoptr (GPtrArray) lines = wrap_numbers (panel, canvas, width);
  DubLatentPlane plane;

  dub_canvas_text (canvas, title, theme->font_body, DUB_TEXT_BOLD, theme->text, x, y + 1.2 * size);
  dub_latent_plane_fit (&plane, panel->points, width, height);
  cairo_save (cr);
  cairo_translate (cr, x, top);
  dub_latent_draw (panel->points, sheet->density[k], &plane, canvas, width, height);
  cairo_restore (cr);
  dub_canvas_rule (canvas, theme->line, x, top, x + width, top);
  dub_canvas_rule (canvas, theme->line, x, top + height, x + width, top + height);
  dub_canvas_rule (canvas, theme->line, x, top, x, top + height);
  dub_canvas_rule (canvas, theme->line, x + width, top, x + width, top + height);
  for (guint i = 0; i < lines->len; i++) {
    g_autofree char *fitting = dub_canvas_ellipsize (canvas, lines->pdata[i], size, DUB_TEXT_LEFT, width);

    dub_canvas_text (canvas, fitting, size, DUB_TEXT_LEFT, theme->text, x, top + height + (i + 0.9) * LINE * size);
  }
}

static void
draw_sheet (gconstpointer figure,
            DubCanvas    *canvas,
            double        width,
            double        height)
{
  const Sheet *sheet = figure;
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption, column = column_width (sheet, width, size);
  g_autoptr (GArray) entries = entries_new (sheet, theme);

  for (size_t k = 0; k < sheet->n_panels; k++)
    draw_panel (sheet, k, canvas, MARGIN * size + (width >= WIDE ? (double) k * (column + GAP * size) : 0.0),
                MARGIN * size + (width >= WIDE ? 0.0 : (double) k * (panel_height (sheet, canvas, width) + GAP * size)), column);
  lay_legend (entries, canvas, MARGIN * size, width - MARGIN * size, legend_top (sheet, canvas, width), TRUE);
}

/* --- the table --- */

static void
append_class (GString               *out,
              const DubLatentPoints *points,
              int                    label)
{
  int n = 0;

  while (points->classes != NULL && n <= label && points->classes[n] != NULL)
    n++;
  g_string_append_c (out, ',');
  if (label >= 0 && n > label)
    dub_csv_append (out, points->classes[label]);
  else if (label >= 0)
    g_string_append_printf (out, "%d", label);
}

/* Nine digits are read back as the same float. */
static void
append_place (GString *out,
              float    value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (out, ',');
  if (isfinite (value))
    g_string_append (out, g_ascii_formatd (digits, sizeof digits, "%.9g", (double) value));
}

static char *
table (gconstpointer figure)
{
  const Sheet *sheet = figure;
  GString *out = g_string_new ("panel,id,x,y,part,label,predicted,failed,value\n");

  for (size_t k = 0; k < sheet->n_panels; k++) {
    const DubLatentPoints *points = sheet->panels[k].points;

    for (size_t i = 0; i < points->n; i++) {
      if (points->hidden != NULL && points->hidden[i] == 1)
        continue;
      dub_csv_append (out, sheet->panels[k].title != NULL ? sheet->panels[k].title : "");
      g_string_append_c (out, ',');
      dub_csv_append (out, sheet->ids[i]);
      append_place (out, points->xy[2 * i]);
      append_place (out, points->xy[2 * i + 1]);
      g_string_append_printf (out, ",%s", dub_part_name ((DubPart) MIN (points->part[i], DUB_PART_NONE)));
      append_class (out, points, points->label[i]);
      append_class (out, points, points->predicted[i]);
      g_string_append (out, points->failed[i] == 1 ? ",1" : points->failed[i] == 0 ? ",0" : ",");
      dub_number_append_cell (out, points->value != NULL ? points->value[i] : (double) NAN);
      g_string_append_c (out, '\n');
    }
  }

  return g_string_free (out, FALSE);
}

gboolean
dub_latent_export (const DubLatentPanel   *panels,
                   size_t                  n_panels,
                   const char *const      *ids,
                   const char *const      *provenance,
                   const char             *path,
                   const DubExportOptions *options,
                   GError                **error)
{
  g_return_val_if_fail (panels != NULL && ids != NULL && path != NULL, FALSE);
  g_return_val_if_fail (n_panels >= 1 && n_panels <= MAX_PANELS, FALSE);

  DubLatentPanel drawn[MAX_PANELS];
  DubLatentPoints points[MAX_PANELS];
  double range[2] = { (double) INFINITY, (double) -INFINITY };
  Sheet sheet = { .panels = drawn, .n_panels = n_panels, .ids = ids };
  DubExport export = { &sheet, "Latent space", provenance, sheet_height, draw_sheet, table };
  gboolean done;

  for (size_t k = 0; k < n_panels; k++) {
    double own[2];

    drawn[k] = panels[k];
    points[k] = *panels[k].points;
    drawn[k].points = &points[k];
    if (dub_latent_value_range (panels[k].points, own)) {
      range[0] = MIN (range[0], own[0]);
      range[1] = MAX (range[1], own[1]);
    }
  }
  for (size_t k = 0; k < n_panels; k++)
    points[k].value_range = range[0] <= range[1] ? range : NULL;
  for (size_t k = 0; k < n_panels; k++)
    if (panels[k].points->density)
      sheet.density[k] = dub_latent_density_new (panels[k].points);
  done = dub_export_save (&export, path, options, error);
  for (size_t k = 0; k < n_panels; k++)
    dub_latent_density_free (sheet.density[k]);

  return done;
}
