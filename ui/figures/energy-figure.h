/* The energy of a mask over its iterations: four lines on a log axis.
 *
 * Sum (text colour, solid), the probability of the class (solid), area (dashed) and
 * smoothness (dotted), the last two with their λ. */
#pragma once

#include "core/explain/mask.h"
#include "ui/figures/figure.h"

G_BEGIN_DECLS

/* Words of the legend and axes; a window passes its translations. */
typedef struct {
  const char *sum;        /* "sum" */
  const char *score;      /* "p(AD)" */
  const char *area;       /* "area" */
  const char *smoothness; /* "smoothness" */
  const char *iteration;  /* "iteration" */
  const char *energy;     /* "energy (log scale)" */
  const char *empty;      /* "No iterations yet" */
} DubEnergyWords;

/* English, with "p(class)". */
void       dub_energy_words_init (DubEnergyWords       *self);

/* dub_energy_figure_new:
 * @n_iterations: the right end of the x axis, 0 = the last row
 * @cursor: the iteration shown, or a negative number for none
 *
 * The axis ends a decade under the terms, but not below a millionth of the largest.
 */
G_GNUC_WARN_UNUSED_RESULT
DubFigure *dub_energy_figure_new (const DubMaskEnergy  *rows,
                                  size_t                n_rows,
                                  guint                 n_iterations,
                                  int                   cursor,
                                  const DubEnergyWords *words);

G_END_DECLS
