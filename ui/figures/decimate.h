/* No more geometry than pixels.
 *
 * A stroke of 200 000 noisy points takes Cairo seconds, and shows nothing that the first, lowest, highest
 * and last value of each pixel column do not show.
 */
#pragma once

#include "ui/figures/figure-draw.h"

G_BEGIN_DECLS

typedef struct {
  double x, y; /* user units; NaN in both breaks the line */
} DubPoint;

/* The points of @series in the box of @layout, in user units. With more points than columns (of
 * 1 / @density units) at most four remain in each column. (transfer full) (element-type DubPoint) */
G_GNUC_WARN_UNUSED_RESULT
GArray *dub_decimate (const DubSeries       *series,
                      const DubFigureLayout *layout,
                      double                 density);

G_END_DECLS
