/* What goes out of a trainer and comes back: logits of other cases, and checkpoints. */
#include "core/base/memory.h"
#include "core/train/trainer-private.h"

#include <string.h>

DubTensor *
dub_trainer_evaluate (DubTrainer   *self,
                      size_t        n_cases,
                      DubCaseFunc   get_case,
                      gpointer      case_data,
                      DubRun       *run,
                      GError      **error)
{
  g_return_val_if_fail (n_cases > 0, NULL);

  size_t n_batch = MIN (n_cases, (size_t) self->full.input.shape.dim[0]);
  DubPlanOptions options = { .memory_limit = dub_memory_limit () };
  DubType input = self->full.input;

  input.shape.dim[0] = (int64_t) n_batch;

  g_autoptr (DubPlan) plan = dub_plan_new (self->graph, &input, &options, run, error);
  g_autoptr (DubTensor) batch = plan != NULL ? dub_tensor_new_zeros (DUB_DTYPE_F32, input.shape, error) : NULL;
  g_autoptr (DubTensor) logits =
    batch != NULL
      ? dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE ((int64_t) n_cases, (int64_t) self->n_classes), error) : NULL;

  if (logits == NULL)
    return NULL;

  size_t size = dub_tensor_n_elements (batch) / n_batch;

  /* The last batch may be incomplete: what stands behind its cases is left from the batch before and not read. */
  for (size_t first = 0; first < n_cases; first += n_batch) {
    size_t n = MIN (n_batch, n_cases - first);

    for (size_t i = 0; i < n; i++)
      if (!get_case (first + i, dub_tensor_f32 (batch) + i * size, case_data, error))
        return NULL;
    if (!dub_plan_forward (plan, &batch, 0, run, error))
      return NULL;
    memcpy (dub_tensor_f32 (logits) + first * self->n_classes, dub_tensor_f32 (dub_plan_output (plan, 0)),
            n * self->n_classes * sizeof (float));
  }

  return g_steal_pointer (&logits);
}

/* Item @i of parameters and statistics together: its value of the graph, and its name in a state. */
static const DubValue *
weight_at (const DubTrainer  *self,
           guint              i,
           char             **name)
{
  gboolean learnt = i < self->parameters->len;
  int index = learnt ? g_array_index (self->parameters, int, i)
                     : g_array_index (self->statistics, DubStatistic, i - self->parameters->len).constant;
  const DubValue *value = dub_graph_value (self->graph, index);

  *name = g_strconcat (learnt ? "parameter/" : "statistic/", value->name, NULL);

  return value;
}

DubTrainState *
dub_trainer_export (const DubTrainer  *self,
                    GError           **error)
{
  g_autoptr (DubTrainState) state = dub_train_state_new ();

  for (guint i = 0; i < self->parameters->len + self->statistics->len; i++) {
    g_autofree char *name = NULL;
    const DubValue *value = weight_at (self, i, &name);

    if (!dub_train_state_add_copy (state, name, value->constant, error))
      return NULL;
  }
  if (!dub_optimizer_export (self->optimizer, state, error))
    return NULL;

  return g_steal_pointer (&state);
}

static gboolean
weights_fit (const DubTrainer     *self,
             const DubTrainState  *state,
             GError              **error)
{
  for (guint i = 0; i < self->parameters->len + self->statistics->len; i++) {
    g_autofree char *name = NULL;
    const DubValue *value = weight_at (self, i, &name);

    if (dub_train_state_expect (state, name, value->constant->dtype, &value->constant->shape, error) == NULL)
      return FALSE;
  }

  return TRUE;
}

static void
take_weights (DubTrainer          *self,
              const DubTrainState *state)
{
  for (guint i = 0; i < self->parameters->len + self->statistics->len; i++) {
    g_autofree char *name = NULL;
    const DubValue *value = weight_at (self, i, &name);

    dub_tensor_assign (value->constant, dub_train_state_find (state, name));
  }
}

gboolean
dub_trainer_import (DubTrainer           *self,
                    const DubTrainState  *state,
                    GError              **error)
{
  if (!weights_fit (self, state, error) || !dub_optimizer_import (self->optimizer, state, error))
    return FALSE;
  take_weights (self, state);

  return TRUE;
}

gboolean
dub_trainer_import_weights (DubTrainer           *self,
                            const DubTrainState  *state,
                            GError              **error)
{
  if (!weights_fit (self, state, error))
    return FALSE;
  take_weights (self, state);

  return TRUE;
}
