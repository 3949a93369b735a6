/* Last pass, many times: the steps forward, and backward. */
#include "core/nn/plan-private.h"

#include "core/base/parallel.h"

#include <string.h>

static const size_t ADD_PIECE = 65536;

static void *
block_data (const DubPlan *self,
            int            block)
{
  return block >= 0 ? (char *) self->arena->data + g_array_index (self->blocks, PlanBlock, block).offset : NULL;
}

/* The caller's tensors take the place of the graph's inputs, and of every view of one. */
static gboolean
bind_inputs (DubPlan          *self,
             DubTensor *const *inputs,
             GError          **error)
{
  for (int i = 0; i < self->n_inputs; i++) {
    const PlanValue *value = plan_value (self, self->inputs[i]);

    if (inputs[i]->dtype != value->type.dtype || !dub_shape_equal (&inputs[i]->shape, &value->type.shape) ||
        !dub_tensor_is_contiguous (inputs[i])) {
      g_autofree char *found = dub_shape_to_string (&inputs[i]->shape);
      g_autofree char *expected = dub_shape_to_string (&value->type.shape);

      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "Input “%s” is %s of shape %s; the plan was made for %s of shape %s.",
                   value->name, dub_dtype_name (inputs[i]->dtype), found, dub_dtype_name (value->type.dtype), expected);
      return FALSE;
    }
  }

  for (int i = 0; i < self->n_inputs; i++) {
    DubTensor *old = self->bound_inputs[i];

    self->bound_inputs[i] = dub_tensor_ref (inputs[i]);
    dub_tensor_unref (old);
  }

  for (guint i = 0; i < self->values->len; i++) {
    PlanValue *value = plan_value (self, (int) i);
    int input = plan_value (self, value->root)->graph_input;

    if (input >= 0 && value->tensor != NULL)
      value->tensor->data = self->bound_inputs[input]->data;
  }

  return TRUE;
}

static DubOpContext
step_context (const DubPlan *self,
              PlanStep      *step,
              uint64_t       seed)
{
  return (DubOpContext) {
    .params = step->params,
    .node_name = step->name,
    .n_inputs = step->n_inputs,
    .n_outputs = step->n_outputs,
    .in = step->in,
    .out = step->out,
    .in_constant = step->in_constant,
    .state = &step->state,
    .saved = block_data (self, step->saved_block),
    .training = self->options.training,
    .monte_carlo = self->options.monte_carlo,
    .seed = seed,
    .node_index = step->node_index,
  };
}

gboolean
dub_plan_forward (DubPlan          *self,
                  DubTensor *const *inputs,
                  uint64_t          seed,
                  DubRun           *run,
                  GError          **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  self->forward_done = FALSE;
  self->seed = seed;
  if (!bind_inputs (self, inputs, error))
    return FALSE;

  for (int s = 0; s < (int) self->steps->len; s++) {
    PlanStep *step = plan_step (self, s);
    DubOpContext ctx = step_context (self, step, seed);

    ctx.scratch = block_data (self, step->scratch_block);
    if (dub_run_check_cancelled (run, error) || !step->op->forward (&ctx, run, error))
      return FALSE;
  }
  self->forward_done = TRUE;

  return TRUE;
}

typedef struct {
  float       *sum;
  const float *term;
  size_t       n;
} Addition;

static void
add_piece (size_t   piece,
           guint    thread,
           gpointer user_data)
{
  const Addition *job = user_data;
  size_t start = piece * ADD_PIECE;
  size_t end = MIN (start + ADD_PIECE, job->n);

  for (size_t i = start; i < end; i++)
    job->sum[i] += job->term[i];
}

static gboolean
accumulate (DubTensor  *sum,
            DubTensor  *term,
            DubRun     *run,
            GError    **error)
{
  Addition job = { .sum = dub_tensor_f32 (sum), .term = dub_tensor_f32 (term), .n = dub_tensor_n_elements (sum) };

  return dub_parallel_for (run, (job.n + ADD_PIECE - 1) / ADD_PIECE, add_piece, &job, error);
}

/* The caller's derivatives become the first gradients. Two outputs may share memory (a view of the other): they add. */
static gboolean
seed_gradients (DubPlan          *self,
                DubTensor *const *d_outputs,
                DubRun           *run,
                GError          **error)
{
  for (int i = 0; i < self->n_outputs; i++) {
    PlanValue *value = plan_value (self, self->outputs[i]);

    if (value->grad != NULL)
      memset (value->grad->data, 0, dub_tensor_n_bytes (value->grad));
  }

  for (int i = 0; i < self->n_outputs; i++) {
    PlanValue *value = plan_value (self, self->outputs[i]);

    if (value->grad == NULL || d_outputs[i] == NULL)
      continue;
    if (d_outputs[i]->dtype != DUB_DTYPE_F32 || !dub_shape_equal (&d_outputs[i]->shape, &value->type.shape) ||
        !dub_tensor_is_contiguous (d_outputs[i])) {
      g_autofree char *found = dub_shape_to_string (&d_outputs[i]->shape);
      g_autofree char *expected = dub_shape_to_string (&value->type.shape);

      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                   "The derivative of output “%s” has shape %s; expected float32 of shape %s.",
                   value->name, found, expected);
      return FALSE;
    }
    if (!accumulate (value->grad, d_outputs[i], run, error))
      return FALSE;
  }

  return TRUE;
}

gboolean
dub_plan_backward (DubPlan          *self,
                   DubTensor *const *d_outputs,
                   DubRun           *run,
                   GError          **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (self->forward_done, FALSE);

  self->forward_done = FALSE;
  if (!seed_gradients (self, d_outputs, run, error))
    return FALSE;

  for (int s = (int) self->steps->len - 1; s >= 0; s--) {
    PlanStep *step = plan_step (self, s);

    if (!step->has_backward)
      continue;

    DubOpContext ctx = step_context (self, step, self->seed);

    ctx.in = step->in_backward;
    ctx.out = step->out_backward;
    ctx.scratch = block_data (self, step->backward_scratch_block);
    ctx.d_in = step->d_in;
    ctx.d_out = step->d_out;
    if (dub_run_check_cancelled (run, error) || !step->op->backward (&ctx, run, error))
      return FALSE;

    for (int i = 0; i < step->n_inputs; i++)
      if (step->temp_blocks[i] >= 0 &&
          !accumulate (plan_value (self, step->inputs[i])->grad, step->d_in[i], run, error))
        return FALSE;
  }

  return TRUE;
}
