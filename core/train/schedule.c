#include "core/train/schedule.h"

#include <math.h>

static const char *const NAMES[] = { "constant", "step", "cosine" };

gboolean
dub_schedule_check (const DubSchedule  *self,
                    GError            **error)
{
  if (self->kind != DUB_SCHEDULE_STEP)
    return TRUE;
  if (!isfinite (self->gamma) || self->gamma <= 0.0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The schedule's gamma is %g; expected a finite number above 0.", self->gamma);
    return FALSE;
  }
  if (self->period == 0) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                         "The schedule's period is 0 steps; expected at least 1.");
    return FALSE;
  }

  return TRUE;
}

double
dub_schedule_factor (const DubSchedule *self,
                     size_t             step,
                     size_t             n_steps)
{
  if (step < self->warmup)
    return (double) (step + 1) / (double) self->warmup;

  size_t n = n_steps > self->warmup ? n_steps - self->warmup : 1;
  size_t s = MIN (step - self->warmup, n);

  switch (self->kind) {
  case DUB_SCHEDULE_STEP:
    return pow (self->gamma, (double) (s / MAX (self->period, 1)));
  case DUB_SCHEDULE_COSINE:
    return 0.5 * (1.0 + cos (G_PI * ((double) s / (double) n)));
  case DUB_SCHEDULE_CONSTANT:
  default:
    return 1.0;
  }
}

const char *
dub_schedule_kind_name (DubScheduleKind kind)
{
  return NAMES[kind];
}

gboolean
dub_schedule_kind_parse (const char      *name,
                         DubScheduleKind *kind)
{
  for (size_t i = 0; i < G_N_ELEMENTS (NAMES); i++)
    if (g_strcmp0 (NAMES[i], name) == 0) {
      *kind = (DubScheduleKind) i;
      return TRUE;
    }

  return FALSE;
}
