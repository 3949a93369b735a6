/* How the step size changes while a network is trained: a pure function of the step.
 *
 *   constant   1
 *   step       gamma^⌊s / period⌋
 *   cosine     ½ (1 + cos (π s / n)), 1 at the first step, just above 0 at the last
 *
 * With a warm-up of w steps the first w factors are 1/w, 2/w … 1, and the schedule proper runs over the n - w steps
 * that follow, from its beginning.
 */
#pragma once

#include "core/base/error.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef enum {
  DUB_SCHEDULE_CONSTANT,
  DUB_SCHEDULE_STEP,
  DUB_SCHEDULE_COSINE,
} DubScheduleKind;

/* All zero is constant, without warm-up. */
typedef struct {
  DubScheduleKind kind;
  double          gamma;  /* of STEP: > 0, usual 0.1 */
  size_t          period; /* of STEP: >= 1, in steps; "every k epochs" is k times the batches of an epoch */
  size_t          warmup; /* steps; 0 = none */
} DubSchedule;

/* DUB_ERROR_ARGUMENT names the number that is out of range. */
gboolean    dub_schedule_check  (const DubSchedule *self,
                                 GError           **error);

/* dub_schedule_factor:
 * @step: from 0
 * @n_steps: of the whole training
 *
 * Returns: what the optimiser's rate is multiplied by at this step, in [0, 1] for gamma <= 1. Steps from
 * @n_steps on have the factor that the schedule ends with.
 */
double      dub_schedule_factor (const DubSchedule *self,
                                 size_t             step,
                                 size_t             n_steps);

/* "constant", "step", "cosine"; and back, FALSE for any other name. */
const char *dub_schedule_kind_name  (DubScheduleKind  kind);
gboolean    dub_schedule_kind_parse (const char      *name,
                                     DubScheduleKind *kind);

G_END_DECLS
