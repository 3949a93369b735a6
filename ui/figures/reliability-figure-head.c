/* Above a panel: its title and its error; of several curves a legend with the error of each. */
#include <math.h>

#include "ui/figures/reliability-figure-private.h"
#include "ui/figures/ticks.h"

/* Of the caption's size. */
#define TITLE_ROW  1.75
#define LEGEND_ROW 1.55
#define SWATCH     2.4
#define GAP        0.5
#define BELOW      0.5

/* Strength of what is of other bins than those shown. */
#define OLD 0.5

/* More curves than these stand in columns. */
enum { FEW_ROWS = 3 };

/* "ECE", "0.0465", "[0.0413, 0.0542]": the number stands out. */
typedef struct {
  const char *label;             /* the figure's */
  char       *value, *interval; /* NULL where there is none */
  double      label_width, value_width, interval_width;
  gboolean    is_old;            /* of the interval */
} Error;

static void
error_clear (Error *self)
{
  g_free (self->value);
  g_free (self->interval);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Error, error_clear)

static void
error_init (Error                      *self,
            const DubReliabilityFigure *figure,
            const DubReliabilityTrace  *trace,
            DubCanvas                  *canvas,
            gboolean                    with_interval)
{
  const DubEstimate *ece = &trace->ece;
  double size = dub_canvas_get_theme (canvas)->font_caption;

  *self = (Error) {
    .label = figure->words[trace->binning == DUB_BINS_EQUAL_MASS ? DUB_RELIABILITY_SAYS_ADAPTIVE_ECE : DUB_RELIABILITY_SAYS_ECE],
    .is_old = trace->ece_is_old,
  };
  if (!isfinite (ece->value))
    return;
  self->value = dub_number_format (ece->value, 4);

  g_autofree char *spaced = g_strconcat (self->label, " ", NULL);

  self->label_width = dub_canvas_text_width (canvas, spaced, size, DUB_TEXT_LEFT);
  self->value_width = dub_canvas_text_width (canvas, self->value, size, DUB_TEXT_BOLD);
  if (!with_interval || !isfinite (ece->low) || !isfinite (ece->high))
    return;

  g_autofree char *low = dub_number_format (ece->low, 4), *high = dub_number_format (ece->high, 4);

  self->interval = g_strdup_printf ("[%s, %s]", low, high);
  self->interval_width = dub_canvas_text_width (canvas, self->interval, size, DUB_TEXT_LEFT) + 0.35 * size;
}

static double
error_width (const Error *self)
{
  return self->label_width + self->value_width + self->interval_width;
}

static void
error_draw (const Error *self,
            DubCanvas   *canvas,
            double       right,
            double       baseline)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption, left = right - error_width (self);

  if (self->value == NULL)
    return;
  dub_canvas_text (canvas, self->label, size, DUB_TEXT_LEFT, theme->dim, left, baseline);
  dub_canvas_text (canvas, self->value, size, DUB_TEXT_BOLD, theme->text, left + self->label_width, baseline);
  if (self->interval != NULL)
    dub_canvas_text (canvas, self->interval, size, DUB_TEXT_RIGHT,
                     self->is_old ? dub_rgba_with_alpha (theme->dim, OLD * theme->dim.alpha) : theme->dim, right, baseline);
}

/* --- how much fits --- */

typedef struct {
  gboolean title;     /* some panel has one */
  gboolean two_rows;  /* the error under the title */
  gboolean interval;  /* with its interval */
  gboolean errors;    /* some single curve has one */
  guint    n_legend;  /* rows of the longest legend */
  guint    n_columns; /* of legends */
  double   names, figures; /* widest of each in legends */
} Arrangement;

static double
title_width (const DubReliabilityPanel *panel,
             DubCanvas                 *canvas)
{
  return panel->title != NULL ? dub_canvas_text_width (canvas, panel->title, dub_canvas_get_theme (canvas)->font_body, DUB_TEXT_BOLD)
                              : 0.0;
}

/* The widest name and the widest error of several curves in a panel. */
static void
measure_legends (const DubReliabilityFigure *self,
                 DubCanvas                  *canvas,
                 Arrangement                *out)
{
  double size = dub_canvas_get_theme (canvas)->font_caption;

  for (guint p = 0; p < self->panels->len; p++) {
    const DubReliabilityPanel *panel = _dub_reliability_panel (self, p);

    for (guint i = 0; panel->traces->len > 1 && i < panel->traces->len; i++) {
      const DubReliabilityTrace *trace = _dub_reliability_trace (panel, i);
      g_auto (Error) error = { NULL };

      error_init (&error, self, trace, canvas, out->interval);
      out->names = MAX (out->names, dub_canvas_text_width (canvas, trace->name, size, DUB_TEXT_LEFT));
      out->figures = MAX (out->figures, error_width (&error));
    }
  }
}

/* Few curves stand below each other, where their errors are compared best; many would leave no room to the plot. */
static void
arrange_legend (Arrangement *self,
                guint        n,
                double       right,
                double       size)
{
  double column = (SWATCH + 5.0 * GAP) * size + self->names + self->figures, between = 2.0 * size;
  guint fits = (guint) MAX ((right + between) / (column + between), 1.0);

  self->n_columns = MIN (fits, (n + FEW_ROWS - 1) / FEW_ROWS);
  self->n_legend = n > 0 ? (n + self->n_columns - 1) / self->n_columns : 0;
}

/* One arrangement for all panels, so that their boxes stand at one height. */
static void
arrange (const DubReliabilityFigure *self,
         DubCanvas                  *canvas,
         double                      right,
         Arrangement                *out)
{
  double size = dub_canvas_get_theme (canvas)->font_caption;
  guint n_longest = 0;

  *out = (Arrangement) { .interval = TRUE };
  for (guint p = 0; p < self->panels->len; p++) {
    const DubReliabilityPanel *panel = _dub_reliability_panel (self, p);
    gboolean single = panel->traces->len == 1;
    double title = title_width (panel, canvas);

    out->title = out->title || panel->title != NULL;
    if (!single)
      n_longest = MAX (n_longest, panel->traces->len);
    for (guint i = 0; i < panel->traces->len; i++) {
      const DubReliabilityTrace *trace = _dub_reliability_trace (panel, i);
      g_auto (Error) full = { NULL };

      error_init (&full, self, trace, canvas, TRUE);
      if (full.value == NULL)
        continue;
      out->errors = out->errors || single;
      if (single && title > 0.0 && title + size + error_width (&full) > right)
        out->two_rows = TRUE;
      /* A name tells more than an interval. */
      double name = single ? 0.0 : (SWATCH + 2.0 * GAP) * size + dub_canvas_text_width (canvas, trace->name, size, DUB_TEXT_LEFT);

      if (error_width (&full) + name > right)
        out->interval = FALSE;
    }
  }
  measure_legends (self, canvas, out);
  arrange_legend (out, n_longest, right, size);
}

static void
draw_legend (const DubReliabilityFigure *self,
             const DubReliabilityPanel  *panel,
             const Arrangement          *fits,
             DubCanvas                  *canvas,
             double                      right,
             double                      y)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double size = theme->font_caption;
  /* Errors stand in a column beside the longest name, not at the far end of a wide panel. */
  double column = MIN (right, (SWATCH + 5.0 * GAP) * size + fits->names + fits->figures);

  for (guint i = 0; i < panel->traces->len; i++) {
    const DubReliabilityTrace *trace = _dub_reliability_trace (panel, i);
    double x = i / fits->n_legend * (column + 2.0 * size), edge = x + column;
    double middle = y + (0.5 + i % fits->n_legend) * LEGEND_ROW * size, baseline = middle + 0.36 * size;
    g_auto (Error) error = { NULL };

    error_init (&error, self, trace, canvas, fits->interval);

    double room = column - (SWATCH + GAP) * size - (error.value != NULL ? error_width (&error) + GAP * size : 0.0);
    g_autofree char *name = dub_canvas_ellipsize (canvas, trace->name, size, DUB_TEXT_LEFT, room);

    cairo_save (cr);
    cairo_new_path (cr);
    dub_canvas_set_color (canvas, _dub_reliability_color (theme, i));
    _dub_reliability_set_stroke (cr, i, theme->line_width);
    cairo_move_to (cr, x, middle);
    cairo_line_to (cr, x + SWATCH * size, middle);
    cairo_stroke (cr);
    cairo_restore (cr);
    _dub_reliability_draw_mark (canvas, i, x + 0.5 * SWATCH * size, middle);
    dub_canvas_text (canvas, name, size, DUB_TEXT_LEFT, theme->text, x + (SWATCH + GAP) * size, baseline);
    error_draw (&error, canvas, edge, baseline);
  }
}

double
_dub_reliability_draw_head (const DubReliabilityFigure *self,
                            guint                       panel,
                            DubCanvas                  *canvas,
                            double                      right,
                            gboolean                    draw)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  const DubReliabilityPanel *one = _dub_reliability_panel (self, panel);
  double size = theme->font_caption, height = 0.0, room = right;
  gboolean single = one->traces->len == 1;
  g_auto (Error) error = { NULL };
  Arrangement fits;

  arrange (self, canvas, right, &fits);
  if (fits.title || fits.errors)
    height += TITLE_ROW * size;
  if (fits.errors && fits.two_rows)
    height += LEGEND_ROW * size;

  double legend = height;

  height += fits.n_legend * LEGEND_ROW * size;
  if (height > 0.0)
    height += BELOW * size;
  if (!draw)
    return height;

  double first = 1.15 * size;

  if (single)
    error_init (&error, self, _dub_reliability_trace (one, 0), canvas, fits.interval);
  if (!fits.two_rows)
    room -= error.value != NULL ? error_width (&error) + size : 0.0;
  if (one->title != NULL) {
    g_autofree char *title = dub_canvas_ellipsize (canvas, one->title, theme->font_body, DUB_TEXT_BOLD, room);

    dub_canvas_text (canvas, title, theme->font_body, DUB_TEXT_BOLD, theme->text, 0.0, first);
  }
  /* Below the title it begins where that does. */
  error_draw (&error, canvas, fits.two_rows ? MIN (error_width (&error), right) : right, fits.two_rows ? first + LEGEND_ROW * size : first);
  if (one->traces->len > 1)
    draw_legend (self, one, &fits, canvas, right, legend);

  return height;
}
