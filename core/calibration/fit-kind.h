/* How the fit of a recalibration ended. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  DUB_FIT_FOUND,
  DUB_FIT_CHANCE,    /* the best map is constant: higher probabilities do not go with more of the event, or one outcome is
                      * missing altogether */
  DUB_FIT_SEPARABLE, /* a threshold tells all events from all others: the best map knows only 0 and 1 */
} DubFitKind;

/* From fewer cases than this a recalibration is loose; whoever shows one says so. */
#define DUB_FIT_FEW_CASES 30

G_END_DECLS
