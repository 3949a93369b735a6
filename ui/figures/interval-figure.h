/* Estimates with their intervals, one row each, on one shared axis: the ensemble above, its members below. */
#pragma once

#include "ui/figures/canvas.h"

G_BEGIN_DECLS

typedef struct {
  char    *label;          /* "E", "1" … */
  double   value, low, high; /* NaN interval: the dot alone; NaN value: an empty row */
  gboolean strong;         /* drawn bold and coloured */
} DubIntervalRow;

typedef struct {
  double     low, high;    /* of the axis */
  GArray    *rows;         /* of DubIntervalRow */
  double     reference;    /* dotted vertical line: chance, "always the larger class"; NaN = none */
  char      *reference_text; /* (nullable): below the rows */
  gboolean   reserved;     /* room for such a text is kept in any case */
} DubIntervalFigure;

G_GNUC_WARN_UNUSED_RESULT
DubIntervalFigure *dub_interval_figure_new     (double                   low,
                                                double                   high);
void               dub_interval_figure_free    (DubIntervalFigure       *self);
void               dub_interval_figure_add     (DubIntervalFigure       *self,
                                                const char              *label,
                                                double                   value,
                                                double                   low,
                                                double                   high,
                                                gboolean                 strong);
void               dub_interval_figure_set_reference (DubIntervalFigure *self,
                                                double                   value,
                                                const char              *text);
/* For a figure that stands beside others with a reference: its rows are at their height. */
void               dub_interval_figure_reserve (DubIntervalFigure       *self);
/* Height that suits the rows, in the units of the theme's fonts. */
double             dub_interval_figure_height  (const DubIntervalFigure *self,
                                                const DubTheme          *theme);
void               dub_interval_figure_draw    (const DubIntervalFigure *self,
                                                DubCanvas               *canvas,
                                                double                   width,
                                                double                   height);
/* The row drawn at @y of a plot of @height, -1 below them. */
int                dub_interval_figure_row_at  (const DubIntervalFigure *self,
                                                const DubTheme          *theme,
                                                double                   height,
                                                double                   y);
/* label,value,low,high. (transfer full) */
char              *dub_interval_figure_to_csv  (const DubIntervalFigure *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubIntervalFigure, dub_interval_figure_free)

G_END_DECLS
