/* Fourth pass: every block of memory gets a life and a place.
 *
 * Blocks whose lives do not touch may share bytes. The largest are placed first, each at the lowest offset that is
 * free during its life. Then the headers that operators see are laid over the blocks. */
#include "core/nn/plan-private.h"

#include <string.h>

static const size_t ALIGNMENT = 64;

static int
add_block (DubPlan *self,
           size_t   size,
           int      start,
           int      end)
{
  PlanBlock block = { .size = (MAX (size, 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT, .start = start, .end = end };

  g_array_append_val (self->blocks, block);

  return (int) self->blocks->len - 1;
}

static PlanBlock *
block_at (const DubPlan *self,
          int            block)
{
  return &g_array_index (self->blocks, PlanBlock, block);
}

static int
backward_time (const DubPlan *self,
               int            step)
{
  return 2 * (int) self->steps->len - 1 - step;
}

static int
the_end (const DubPlan *self)
{
  return 2 * (int) self->steps->len;
}

static gboolean
backward_reads (const PlanStep *step,
                int             input)
{
  return (step->op->flags & DUB_OP_BACKWARD_IN) && (input >= 32 || (step->op->forward_inputs & (1u << input)) == 0);
}

/* The last time at which a root value is read, by its own index. */
static int *
last_reads (const DubPlan *self)
{
  int *last = g_new (int, self->values->len);

  for (guint i = 0; i < self->values->len; i++)
    last[i] = -1;

  for (int s = 0; s < (int) self->steps->len; s++) {
    const PlanStep *step = plan_step (self, s);

    for (int i = 0; i < step->n_inputs; i++) {
      if (step->inputs[i] < 0)
        continue;

      int *time = &last[plan_value (self, step->inputs[i])->root];

      *time = MAX (*time, s);
      if (step->has_backward && backward_reads (step, i))
        *time = MAX (*time, backward_time (self, s));
    }
    for (int i = 0; i < step->n_outputs; i++) {
      if (step->outputs[i] < 0)
        continue;

      int *time = &last[plan_value (self, step->outputs[i])->root];

      *time = MAX (*time, s);
      if (step->has_backward && (step->op->flags & DUB_OP_BACKWARD_OUT))
        *time = MAX (*time, backward_time (self, s));
    }
  }
  for (guint i = 0; i < self->values->len; i++)
    if (plan_value (self, (int) i)->kept)
      last[i] = the_end (self);

  return last;
}

static gboolean
same_layout (const PlanValue *a,
             const PlanValue *b)
{
  return a->type.dtype == b->type.dtype &&
         dub_shape_n_elements (&a->type.shape) == dub_shape_n_elements (&b->type.shape);
}

/* May the step's first output lie where its first input lies? Only if nothing reads the input afterwards. */
static gboolean
works_in_place (const DubPlan  *self,
                const PlanStep *step,
                int             s,
                const int      *last)
{
  if (!(step->op->flags & DUB_OP_IN_PLACE) || step->inputs[0] < 0 || step->outputs[0] < 0)
    return FALSE;

  int root = plan_value (self, step->inputs[0])->root;
  const PlanValue *in = plan_value (self, root);

  for (int i = 1; i < step->n_inputs; i++)
    if (step->inputs[i] >= 0 && plan_value (self, step->inputs[i])->root == root &&
        step->inputs[i] != step->inputs[0])
      return FALSE;

  return in->block >= 0 && !in->kept && last[root] == s && same_layout (in, plan_value (self, step->outputs[0]));
}

static void
place_values (DubPlan *self)
{
  g_autofree int *last = last_reads (self);

  for (int s = 0; s < (int) self->steps->len; s++) {
    PlanStep *step = plan_step (self, s);

    for (int i = 0; i < step->n_outputs; i++) {
      if (step->outputs[i] < 0)
        continue;

      PlanValue *value = plan_value (self, step->outputs[i]);

      if (i == 0 && works_in_place (self, step, s, last)) {
        value->block = plan_root (self, step->inputs[0])->block;
        block_at (self, value->block)->end = MAX (block_at (self, value->block)->end, last[step->outputs[0]]);
      } else {
        value->block = add_block (self, dub_type_n_bytes (&value->type), s, last[step->outputs[i]]);
      }
    }
    if (step->scratch_bytes > 0)
      step->scratch_block = add_block (self, step->scratch_bytes, s, s);
    if (step->has_backward && step->saved_bytes > 0)
      step->saved_block = add_block (self, step->saved_bytes, s, backward_time (self, s));
    if (step->has_backward && step->scratch_bytes > 0)
      step->backward_scratch_block = add_block (self, step->scratch_bytes, backward_time (self, s),
                                                backward_time (self, s));
  }
}

/* Gradients live from their first writer, in backward time, to the backward step of their producer, or to the end
 * where the caller reads them. */
static void
place_gradients (DubPlan *self)
{
  int end = the_end (self);

  for (int i = 0; i < self->n_outputs; i++) {
    PlanValue *root = plan_root (self, self->outputs[i]);

    if (root->has_grad && root->grad_block < 0)
      root->grad_block = add_block (self, dub_type_n_bytes (&root->type), (int) self->steps->len, end);
  }

  for (int s = (int) self->steps->len - 1; s >= 0; s--) {
    PlanStep *step = plan_step (self, s);
    int now = backward_time (self, s);

    for (int i = 0; i < step->n_outputs; i++)
      if (step->outputs[i] >= 0 && plan_root (self, step->outputs[i])->grad_block >= 0) {
        PlanBlock *block = block_at (self, plan_root (self, step->outputs[i])->grad_block);

        block->end = MAX (block->end, now);
      }

    for (int i = 0; i < step->n_inputs && step->has_backward; i++) {
      if (!step->wants[i])
        continue;

      PlanValue *root = plan_root (self, step->inputs[i]);
      gboolean readable = root->constant != NULL || root->graph_input >= 0;
      size_t n_bytes = dub_type_n_bytes (&root->type);
      const PlanValue *out = step->outputs[0] >= 0 ? plan_root (self, step->outputs[0]) : NULL;

      if (step->adds[i])
        step->temp_blocks[i] = add_block (self, n_bytes, now, now);
      else if (i == 0 && (step->op->flags & DUB_OP_GRAD_IN_PLACE) && out != NULL && out->grad_block >= 0 &&
               !out->kept && same_layout (root, out))
        root->grad_block = out->grad_block;
      else
        root->grad_block = add_block (self, n_bytes, now, now);

      PlanBlock *block = block_at (self, root->grad_block);

      block->end = MAX (block->end, readable ? end : now);
    }
  }
}

static int
compare_size (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  const DubPlan *self = user_data;
  const PlanBlock *first = block_at (self, *(const int *) a);
  const PlanBlock *second = block_at (self, *(const int *) b);

  if (first->size != second->size)
    return first->size > second->size ? -1 : 1;

  return *(const int *) a - *(const int *) b;
}

/* Returns the size of the arena. */
static size_t
assign_offsets (DubPlan *self)
{
  guint n = self->blocks->len;
  g_autofree int *order = g_new (int, MAX (n, 1));
  size_t total = 0;

  for (guint i = 0; i < n; i++)
    order[i] = (int) i;
  g_qsort_with_data (order, (int) n, sizeof (int), compare_size, self);

  for (guint i = 0; i < n; i++) {
    PlanBlock *block = block_at (self, order[i]);
    size_t offset = 0;
    gboolean moved;

    /* Move above every placed block that lives at the same time and is in the way, until none is. */
    do {
      moved = FALSE;
      for (guint k = 0; k < i; k++) {
        const PlanBlock *other = block_at (self, order[k]);

        if (other->end >= block->start && other->start <= block->end &&
            offset < other->offset + other->size && other->offset < offset + block->size) {
          offset = other->offset + other->size;
          moved = TRUE;
        }
      }
    } while (moved);
    block->offset = offset;
    total = MAX (total, offset + block->size);
  }

  return total;
}

static void *
block_data (const DubPlan *self,
            int            block)
{
  return block >= 0 ? (char *) self->arena->data + block_at (self, block)->offset : NULL;
}

static DubTensor *
header_over (const DubPlan *self,
             const DubType *type,
             int            block)
{
  return dub_tensor_new_wrapped (type->dtype, type->shape, block_data (self, block), NULL, NULL);
}

static void
make_headers (DubPlan *self)
{
  for (guint i = 0; i < self->values->len; i++) {
    PlanValue *value = plan_value (self, (int) i);
    const PlanValue *root = plan_value (self, value->root);

    if (!value->typed)
      continue;
    if (value->constant != NULL)
      value->tensor = dub_tensor_ref (value->constant);
    else if (root->block >= 0 || root->graph_input >= 0)
      value->tensor = header_over (self, &value->type, root->block);
    if (root->grad_block >= 0)
      value->grad = header_over (self, &value->type, root->grad_block);
  }

  for (int s = 0; s < (int) self->steps->len; s++) {
    PlanStep *step = plan_step (self, s);

    for (int i = 0; i < step->n_inputs; i++) {
      if (step->inputs[i] < 0)
        continue;

      const PlanValue *value = plan_value (self, step->inputs[i]);

      step->in[i] = value->tensor;
      step->in_constant[i] = value->constant != NULL && !value->variable;
      if (value->constant != NULL || backward_reads (step, i))
        step->in_backward[i] = value->tensor;
      if (step->temp_blocks[i] >= 0)
        step->d_in[i] = header_over (self, &value->type, step->temp_blocks[i]);
      else if (step->wants[i])
        step->d_in[i] = value->grad;
    }
    for (int i = 0; i < step->n_outputs; i++) {
      if (step->outputs[i] < 0)
        continue;
      step->out[i] = plan_value (self, step->outputs[i])->tensor;
      if (step->op->flags & DUB_OP_BACKWARD_OUT)
        step->out_backward[i] = step->out[i];
      step->d_out[i] = plan_value (self, step->outputs[i])->grad;
    }
  }
}

static size_t
sum_constants (const DubPlan *self)
{
  size_t total = 0;

  for (guint i = 0; i < self->values->len; i++) {
    const PlanValue *value = plan_value (self, (int) i);

    if (value->constant != NULL && value->root == (int) i)
      total += dub_tensor_n_bytes (value->constant);
  }

  return total;
}

gboolean
_dub_plan_place (DubPlan  *self,
                 GError  **error)
{
  place_values (self);
  place_gradients (self);

  size_t size = assign_offsets (self);
  size_t limit = self->options.memory_limit;

  self->constant_bytes = sum_constants (self);
  if (limit > 0 && size + self->constant_bytes > limit) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "%s needs %.0f MB for this input; the limit is %.0f MB.", self->graph->name,
                 (double) (size + self->constant_bytes) / 1e6, (double) limit / 1e6);
    return FALSE;
  }

  self->arena = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE ((int64_t) size), error);
  if (self->arena == NULL)
    return FALSE;
  make_headers (self);

  return TRUE;
}
