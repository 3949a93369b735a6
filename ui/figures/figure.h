/* A plot as data: axes, series of lines and marks, notes, a cursor. figure-draw.h draws it.
 *
 * A figure holds final numbers in the units of its axes. On a log axis values that are not
 * positive, and NaN anywhere, break the line.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  DUB_AXIS_LINEAR,
  DUB_AXIS_LOG,
} DubAxisKind;

typedef struct {
  DubAxisKind kind;
  double      low;   /* low == high: fitted to the data, and rounded outwards to ticks or decades */
  double      high;
  char       *label; /* (nullable) */
} DubAxis;

typedef enum {
  DUB_STROKE_SOLID,
  DUB_STROKE_DASHED, /* 6-3 */
  DUB_STROKE_DOTTED, /* 2-3 */
} DubStroke;

/* What stands at every point of a series. */
typedef enum {
  DUB_MARK_NONE,
  DUB_MARK_DISC,
  DUB_MARK_RING,     /* a value that is not final */
  DUB_MARK_TRIANGLE, /* a failure */
} DubMark;

typedef struct {
  char     *name;    /* NULL: not in the legend, as the folds under a mean */
  DubStroke stroke;
  guint     color;   /* index into DubTheme.series */
  double    weight;  /* times the theme's line width; 0 = marks alone */
  double    alpha;   /* of line and marks, 1 = opaque */
  DubMark   mark;
  gboolean  cursor_marker; /* a disc where the cursor crosses it */
  size_t    n;
  double   *x;       /* [n], not falling */
  double   *y;       /* [n] */
} DubSeries;

/* A word at a place of the plot, with a ring around its point where it has one. */
typedef struct {
  char    *text;
  double   x, y;
  guint    color;  /* of the ring, index into DubTheme.series */
  gboolean ring;
} DubNote;

/* A dotted line across the whole plot: a chance level, a best epoch. */
typedef struct {
  gboolean vertical;
  double   value;
  char    *text;   /* (nullable) */
} DubRule;

typedef struct {
  DubAxis    x;
  DubAxis    y;
  GArray    *x_ticks;      /* (nullable) of double, rising: a linear x axis has its ticks there instead of at round numbers */
  GPtrArray *series;       /* of DubSeries *, in the order of the legend; the first is drawn on top */
  gboolean   legend;
  gboolean   y_unsigned;   /* what hangs below zero is as much as what stands above: ticks have no sign */
  double     cursor;       /* x of the vertical line; NaN = none */
  gboolean   cursor_marker; /* a disc on the first series under the cursor, and on those that ask for one */
  double     pending;      /* x from which the plot is still to come, and grey; NaN = none */
  GArray    *notes;        /* of DubNote */
  GArray    *rules;        /* of DubRule */
  char      *empty;        /* (nullable): said in the middle where there is nothing to draw */
} DubFigure;

G_GNUC_WARN_UNUSED_RESULT
DubFigure *dub_figure_new         (void);
void       dub_figure_free        (DubFigure     *self);

void       dub_figure_set_x       (DubFigure     *self,
                                   DubAxisKind    kind,
                                   double         low,
                                   double         high,
                                   const char    *label);
void       dub_figure_set_y       (DubFigure     *self,
                                   DubAxisKind    kind,
                                   double         low,
                                   double         high,
                                   const char    *label);
/* Copies the numbers. Returns the series (transfer none) for its stroke and weight to be set. */
DubSeries *dub_figure_add_series  (DubFigure     *self,
                                   const char    *name,
                                   DubStroke      stroke,
                                   guint          color,
                                   const double  *x,
                                   const double  *y,
                                   size_t         n);
void       dub_figure_add_note    (DubFigure     *self,
                                   const char    *text,
                                   double         x,
                                   double         y,
                                   gboolean       ring,
                                   guint          color);
void       dub_figure_add_rule    (DubFigure     *self,
                                   gboolean       vertical,
                                   double         value,
                                   const char    *text);
/* A linear x axis has its ticks at @values, rising, in place of round numbers: at most DUB_MAX_TICKS of them. A number that would
 * touch the one before it is left out; its mark stays. */
void       dub_figure_set_x_ticks (DubFigure     *self,
                                   const double  *values,
                                   size_t         n);
/* TRUE where some series has a point that can be drawn. */
gboolean   dub_figure_has_points  (const DubFigure *self);

/* The ranges drawn: given, or fitted to the data. Always low < high, and > 0 on a log axis. */
void       dub_figure_get_range   (const DubFigure *self,
                                   double         x_range[2],
                                   double         y_range[2]);
/* Value of a series at @x: of the nearest point that can be drawn; NaN without one. */
double     dub_series_value_at    (const DubSeries *self,
                                   double         x);
/* One row a distinct x, one column a series; the n-th series without a name is "series n". (transfer full) */
char      *dub_figure_to_csv      (const DubFigure *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubFigure, dub_figure_free)

G_END_DECLS
