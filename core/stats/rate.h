/* A rate: n of d independent cases. */
#pragma once

#include "core/stats/estimate.h"

G_BEGIN_DECLS

typedef struct {
  gsize n; /* cases that count, <= d */
  gsize d; /* cases asked; 0 = the rate is undefined */
} DubRate;

/* n / d, or NaN for a rate of nothing. */
double      dub_rate_value           (DubRate rate);

/* dub_rate_wilson:
 * @confidence: in (0, 1), usually DUB_CONFIDENCE
 *
 * The score interval (Wilson 1927), without continuity correction: its mean coverage is close to @confidence, that
 * of a single true rate may lie a little below.
 * For a rate of nothing everything is NaN.
 */
DubEstimate dub_rate_wilson          (DubRate rate,
                                      double  confidence);

/* The exact interval (Clopper & Pearson 1934): its coverage is never below @confidence, and often above. */
DubEstimate dub_rate_clopper_pearson (DubRate rate,
                                      double  confidence);

G_END_DECLS
