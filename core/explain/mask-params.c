/* Defaults and ranges of the mask's parameters. */
#include "core/explain/mask.h"

#include <math.h>

void
dub_mask_params_init (DubMaskParams *self)
{
  *self = (DubMaskParams) {
    .lambda1 = 20.0,
    .lambda2 = 100.0,
    .beta1 = 1.0,
    .beta2 = 3.0,
    .norm = DUB_NORM_MEAN,
    .step = 0.05,
    .n_iterations = 150,
    .grid = 2,
    .start = 0.5,
    .seed = 1,
    .target_class = 1,
    .replacement = DUB_REPLACE_ONE,
    .blur_sigma = 5.0,
  };
}

gboolean
dub_mask_params_check (const DubMaskParams  *self,
                       GError              **error)
{
  const struct {
    const char *name;
    double      value;
    double      min;
    double      max;
    gboolean    open; /* min itself is excluded */
  } ranges[] = {
    { "lambda1", self->lambda1, 0.0, 1e12, FALSE },
    { "lambda2", self->lambda2, 0.0, 1e12, FALSE },
    { "beta1", self->beta1, 0.0, 10.0, TRUE },
    { "beta2", self->beta2, 0.0, 10.0, TRUE },
    { "step", self->step, 0.0, 10.0, TRUE },
    { "n_iterations", self->n_iterations, 1.0, 1e6, FALSE },
    { "grid", self->grid, 1.0, 64.0, FALSE },
    { "start", self->start, 0.0, 1.0, FALSE },
    { "start_noise", self->start_noise, 0.0, 1.0, FALSE },
    { "jitter", self->jitter, 0.0, 64.0, FALSE },
    { "target_class", self->target_class, 0.0, 1e6, FALSE },
    { "blur_sigma", self->blur_sigma, 0.0, 100.0, TRUE },
    { "norm", self->norm, DUB_NORM_MEAN, DUB_NORM_SUM, FALSE },
    { "replacement", self->replacement, DUB_REPLACE_ONE, DUB_REPLACE_FILE, FALSE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (ranges); i++) {
    double value = ranges[i].value;

    if (isfinite (value) && value >= ranges[i].min && value <= ranges[i].max &&
        !(ranges[i].open && value == ranges[i].min))
      continue;
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The mask's parameter %s is %g; expected a number %s %g and at most %g.",
                 ranges[i].name, value, ranges[i].open ? "above" : "of at least", ranges[i].min, ranges[i].max);
    return FALSE;
  }

  return TRUE;
}
