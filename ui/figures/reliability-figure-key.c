/* What the signs of the diagrams mean. */
#include "ui/figures/reliability-figure-private.h"

#include <math.h>

/* Of the caption's size. */
#define ROW    1.6
#define SWATCH 1.4
#define GAP    0.5
#define APART  1.3

typedef enum { BAR, HATCH, BAND, FEW, AREA, ISOTONIC } Sign;
#define N_SIGNS (ISOTONIC + 1)

/* Of several curves each has its own colour. */
static gboolean
has_single (const DubReliabilityFigure *self)
{
  for (guint p = 0; p < self->panels->len; p++)
    if (_dub_reliability_panel (self, p)->traces->len == 1)
      return TRUE;

  return FALSE;
}

/* Bit by bit what some panel shows, or will show in a moment. */
static guint
signs_of (const DubReliabilityFigure *self)
{
  guint signs = 0;

  for (guint p = 0; p < self->panels->len; p++) {
    const DubReliabilityPanel *panel = _dub_reliability_panel (self, p);

    if (panel->traces->len == 1)
      signs |= 1u << BAR | 1u << HATCH;
    for (guint i = 0; i < panel->traces->len; i++) {
      const DubReliabilityTrace *trace = _dub_reliability_trace (panel, i);

      signs |= trace->consistent_low != NULL || trace->consistency_comes ? 1u << AREA : 0;
      signs |= trace->n_corp > 0 ? 1u << ISOTONIC : 0;
      if (trace->low == NULL && !trace->band_comes)
        continue;
      signs |= 1u << BAND;
      for (size_t m = 0; m < trace->n_bins; m++)
        signs |= trace->count[m] > 0 && trace->count[m] < DUB_RELIABILITY_FEW ? 1u << FEW : 0;
    }
  }

  return signs;
}

static const char *
word_of (const DubReliabilityFigure *self,
         Sign                        sign)
{
  static const DubReliabilityWord WORDS[N_SIGNS] = {
    [HATCH] = DUB_RELIABILITY_SAYS_GAP,          [BAND] = DUB_RELIABILITY_SAYS_BAND,
    [FEW] = DUB_RELIABILITY_SAYS_FEW,            [AREA] = DUB_RELIABILITY_SAYS_CONSISTENCY,
    [ISOTONIC] = DUB_RELIABILITY_SAYS_ISOTONIC,
  };

  if (sign == BAR)
    return self->words[_dub_reliability_panel (self, 0)->one_class ? DUB_RELIABILITY_SAYS_SHARE : DUB_RELIABILITY_SAYS_ACCURACY];

  return self->words[WORDS[sign]];
}

static void
draw_sign (Sign       sign,
           gboolean   single,
           DubCanvas *canvas,
           double     x,
           double     y)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double size = theme->font_caption, line = theme->line_width, width = SWATCH * size, height = 0.95 * size;

  switch (sign) {
  case BAR:
    dub_canvas_box (canvas, _dub_reliability_bar_fill (theme), x, y, width, height, 0.0);
    dub_canvas_box (canvas, theme->series[1], x, y, width, 1.25 * line, 0.0);
    break;
  case HATCH:
    _dub_reliability_draw_hatch (canvas, x, y, width, height);
    break;
  case BAND:
  case FEW:
    _dub_reliability_draw_whisker (canvas, dub_rgba_with_alpha (theme->series[0], sign == FEW ? 0.38 : 1.0), x + width / 2.0, y,
                                   y + height, 2.2 * line, 0.65 * line);
    break;
  case AREA:
    dub_canvas_box (canvas, _dub_reliability_area_fill (theme), x, y, width, height, 0.0);
    break;
  case ISOTONIC:
  default:
    cairo_save (cr);
    cairo_new_path (cr);
    dub_canvas_set_color (canvas, single ? theme->series[3] : dub_rgba_with_alpha (theme->series[0], 0.6));
    cairo_set_line_width (cr, 1.1 * line);
    cairo_move_to (cr, x, y + height / 2.0);
    cairo_line_to (cr, x + width, y + height / 2.0);
    cairo_stroke (cr);
    cairo_restore (cr);
  }
}

double
dub_reliability_figure_draw_key (const DubReliabilityFigure *self,
                                 DubCanvas                  *canvas,
                                 double                      x,
                                 double                      y,
                                 double                      width,
                                 gboolean                    draw)
{
  g_return_val_if_fail (self != NULL && canvas != NULL, 0.0);

  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption, place = x, row = y;
  guint signs = signs_of (self);

  if (signs == 0)
    return 0.0;
  for (int sign = 0; sign < N_SIGNS; sign++) {
    if ((signs & 1u << sign) == 0)
      continue;

    const char *word = word_of (self, (Sign) sign);
    double entry = (SWATCH + GAP) * size + dub_canvas_text_width (canvas, word, size, DUB_TEXT_LEFT);

    if (place > x && place + entry > x + width) {
      place = x;
      row += ROW * size;
    }
    if (draw) {
      draw_sign ((Sign) sign, has_single (self), canvas, place, row + 0.1 * size);
      dub_canvas_text (canvas, word, size, DUB_TEXT_LEFT, theme->dim, place + (SWATCH + GAP) * size, row + 0.93 * size);
    }
    place += entry + APART * size;
  }

  return row - y + ROW * size;
}
