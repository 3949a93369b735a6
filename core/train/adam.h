/* Adam (Kingma and Ba 2015), in the form in which PyTorch computes it:
 *
 *   a ← β1 a + (1 - β1) g      b ← β2 b + (1 - β2) g²
 *   x ← x - step / (1 - β1^t) · a / (sqrt (b) / sqrt (1 - β2^t) + ε)
 */
#pragma once

#include "core/base/run.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef struct {
  double step;    /* > 0; usual 1e-3 for networks, 0.1 for masks */
  double beta1;   /* 0.9 */
  double beta2;   /* 0.999 */
  double epsilon; /* 1e-8 */
} DubAdam;

#define DUB_ADAM_DEFAULT ((DubAdam) { .step = 1e-3, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8 })

/* The constants of update @t, counted from 1. */
typedef struct {
  float beta1;
  float beta2;
  float rate;        /* step / (1 - β1^t) */
  float inverse_root; /* 1 / sqrt (1 - β2^t) */
  float epsilon;
} DubAdamUpdate;

DubAdamUpdate dub_adam_update      (const DubAdam       *self,
                                    guint                t);

/* x [n], its gradient [n] and the two moments [n]; in place.
 * @next may be @x. With _clipped the result is held in [0, 1]. */
void          dub_adam_apply       (const DubAdamUpdate *update,
                                    const float         *gradient,
                                    float               *first,
                                    float               *second,
                                    const float         *x,
                                    float               *next,
                                    size_t               n);
void          dub_adam_apply_clipped (const DubAdamUpdate *update,
                                    const float         *gradient,
                                    float               *first,
                                    float               *second,
                                    const float         *x,
                                    float               *next,
                                    size_t               n);

G_END_DECLS
