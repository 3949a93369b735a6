#include "core/train/adam.h"

#include "core/base/clones.h"

#include <math.h>

DubAdamUpdate
dub_adam_update (const DubAdam *self,
                 guint          t)
{
  return (DubAdamUpdate) {
    .beta1 = (float) self->beta1,
    .beta2 = (float) self->beta2,
    .rate = (float) (self->step / (1.0 - pow (self->beta1, t))),
    .inverse_root = (float) (1.0 / sqrt (1.0 - pow (self->beta2, t))),
    .epsilon = (float) self->epsilon,
  };
}

DUB_CLONES
void
dub_adam_apply (const DubAdamUpdate *update,
                const float         *gradient,
                float               *first,
                float               *second,
                const float         *x,
                float               *next,
                size_t               n)
{
  const DubAdamUpdate u = *update;

  for (size_t i = 0; i < n; i++) {
    float g = gradient[i];
    float a = u.beta1 * first[i] + (1.0f - u.beta1) * g;
    float b = u.beta2 * second[i] + (1.0f - u.beta2) * (g * g);

    first[i] = a;
    second[i] = b;
    next[i] = x[i] - u.rate * a / (sqrtf (b) * u.inverse_root + u.epsilon);
  }
}

DUB_CLONES
void
dub_adam_apply_clipped (const DubAdamUpdate *update,
                        const float         *gradient,
                        float               *first,
                        float               *second,
                        const float         *x,
                        float               *next,
                        size_t               n)
{
  const DubAdamUpdate u = *update;

  for (size_t i = 0; i < n; i++) {
    float g = gradient[i];
    float a = u.beta1 * first[i] + (1.0f - u.beta1) * g;
    float b = u.beta2 * second[i] + (1.0f - u.beta2) * (g * g);
    float y = x[i] - u.rate * a / (sqrtf (b) * u.inverse_root + u.epsilon);

    first[i] = a;
    second[i] = b;
    y = y > 0.0f ? y : 0.0f;
    next[i] = y < 1.0f ? y : 1.0f;
  }
}
