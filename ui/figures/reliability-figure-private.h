/* What a reliability figure holds, and the pieces it is drawn from. reliability-figure*.c only. */
#pragma once

#include "ui/figures/reliability-figure.h"

G_BEGIN_DECLS

/* One curve, copied. */
typedef struct {
  char       *name;                            /* never NULL */
  DubBinning  binning;
  size_t      n_bins, n_cases;
  double     *edge;                            /* [M + 1] */
  size_t     *count;                           /* [M] */
  double     *confidence, *accuracy;           /* [M] NaN where empty */
  double     *low, *high;                      /* (nullable) [M] */
  double     *consistent_low, *consistent_high; /* (nullable) [M] */
  size_t      n_corp;                          /* 0 = none */
  double     *corp_confidence, *corp_share;    /* [n_corp] */
  double     *corp_low, *corp_high;            /* (nullable) [n_corp] */
  DubEstimate ece;
  gboolean    ece_is_old, band_comes, consistency_comes;
} DubReliabilityTrace;

typedef struct {
  char      *title;    /* (nullable) */
  gboolean   one_class;
  GPtrArray *traces;   /* of DubReliabilityTrace * */
} DubReliabilityPanel;

typedef enum {
  DUB_RELIABILITY_SAYS_CONFIDENCE,
  DUB_RELIABILITY_SAYS_ACCURACY,
  DUB_RELIABILITY_SAYS_SHARE,
  DUB_RELIABILITY_SAYS_CASES,
  DUB_RELIABILITY_SAYS_ONE_CASE,
  DUB_RELIABILITY_SAYS_NO_CASES,
  DUB_RELIABILITY_SAYS_ECE,
  DUB_RELIABILITY_SAYS_ADAPTIVE_ECE,
  DUB_RELIABILITY_SAYS_GAP,
  DUB_RELIABILITY_SAYS_BAND,
  DUB_RELIABILITY_SAYS_FEW,
  DUB_RELIABILITY_SAYS_CONSISTENCY,
  DUB_RELIABILITY_SAYS_ISOTONIC,
} DubReliabilityWord;
#define DUB_N_RELIABILITY_WORDS (DUB_RELIABILITY_SAYS_ISOTONIC + 1)

struct _DubReliabilityFigure {
  char      *words[DUB_N_RELIABILITY_WORDS];
  GPtrArray *panels;      /* of DubReliabilityPanel * */
  size_t     most;        /* cases in the fullest bin of all panels: one count axis for all */
  char      *left, *right; /* (nullable) heading */
  char      *foot;        /* (nullable) */
  GPtrArray *provenance;  /* (nullable) of char *: key, value, …, NULL */
};

static inline const DubReliabilityPanel *
_dub_reliability_panel (const DubReliabilityFigure *self,
                        guint                       panel)
{
  return g_ptr_array_index (self->panels, panel);
}

static inline const DubReliabilityTrace *
_dub_reliability_trace (const DubReliabilityPanel *panel,
                        guint                      index)
{
  return g_ptr_array_index (panel->traces, index);
}

/* --- reliability-figure-bins.c: all that lies in the two boxes but their axes --- */

/* Colour and stroke of the index-th of several curves. */
DubRgba _dub_reliability_color       (const DubTheme             *theme,
                                      guint                       index);
void    _dub_reliability_set_stroke  (cairo_t                    *cr,
                                      guint                       index,
                                      double                      width);
void    _dub_reliability_draw_mark   (DubCanvas                  *canvas,
                                      guint                       index,
                                      double                      x,
                                      double                      y);
/* Parallel lines rising to the right, at one place of the canvas for all rectangles. */
void    _dub_reliability_draw_hatch  (DubCanvas                  *canvas,
                                      double                      x,
                                      double                      y,
                                      double                      width,
                                      double                      height);
void    _dub_reliability_draw_whisker (DubCanvas                 *canvas,
                                      DubRgba                     color,
                                      double                      x,
                                      double                      low,
                                      double                      high,
                                      double                      cap,
                                      double                      width);
/* Fill of the bars, of areas of consistency. */
DubRgba _dub_reliability_bar_fill    (const DubTheme             *theme);
DubRgba _dub_reliability_area_fill   (const DubTheme             *theme);
/* Where the bin's bar stands: its edges, less a gap where it is wide enough for one. FALSE for an empty bin. */
gboolean _dub_reliability_bar        (const DubReliabilityTrace  *trace,
                                      size_t                      bin,
                                      DubCanvas                  *canvas,
                                      const DubFigureLayout      *layout,
                                      double                     *from,
                                      double                     *to);
void    _dub_reliability_draw_bars   (const DubReliabilityTrace  *trace,
                                      DubCanvas                  *canvas,
                                      const DubFigureLayout      *plot);
/* Dots and whiskers: above everything. */
void    _dub_reliability_draw_dots   (const DubReliabilityTrace  *trace,
                                      DubCanvas                  *canvas,
                                      const DubFigureLayout      *plot);
/* The isotonic line, over its band where @band. */
void    _dub_reliability_draw_corp   (const DubReliabilityTrace  *trace,
                                      gboolean                    band,
                                      DubCanvas                  *canvas,
                                      const DubFigureLayout      *plot,
                                      DubRgba                     color);
void    _dub_reliability_draw_lines  (const DubReliabilityPanel  *panel,
                                      DubCanvas                  *canvas,
                                      const DubFigureLayout      *plot);

/* --- reliability-figure-counts.c --- */

void    _dub_reliability_draw_counts (const DubReliabilityPanel  *panel,
                                      DubCanvas                  *canvas,
                                      const DubFigureLayout      *counts);
/* The bar of one count in the colour of what is chosen. */
void    _dub_reliability_draw_count  (const DubReliabilityTrace  *trace,
                                      size_t                      bin,
                                      DubCanvas                  *canvas,
                                      const DubFigureLayout      *counts,
                                      DubRgba                     color);

/* --- reliability-figure-head.c --- */

/* Title and ECE, or the legend of several curves; from (0, 0) to @right. Returns its height, the same for all panels. */
double  _dub_reliability_draw_head   (const DubReliabilityFigure *self,
                                      guint                       panel,
                                      DubCanvas                  *canvas,
                                      double                      right,
                                      gboolean                    draw);

G_END_DECLS
