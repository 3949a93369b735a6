/* Second pass: a step takes its neighbours in, so that what lies between them is never written to memory.
 *
 *   Conv [→ BatchNormalization] [→ Add of a tensor of the same shape] [→ Relu | LeakyRelu] [→ MaxPool 2, stride 2]
 *
 * becomes one dub.ConvBlock. A BatchNormalization with fixed statistics disappears into the weights:
 * W'_k = s_k W_k and b'_k = s_k (b_k - μ_k) + β_k with s_k = γ_k / sqrt (σ²_k + ε).
 *
 * In training, where the statistics come from the batch, it is the normalisation that takes them in:
 *
 *   BatchNormalization [→ Add of a tensor of the same shape] [→ Relu | LeakyRelu] [→ MaxPool 2, stride 2]
 *
 * becomes one dub.NormBlock. */
#include "core/nn/plan-private.h"

#include <math.h>
#include <string.h>

/* The only step that reads the value of @step's first output, or NULL. */
static PlanStep *
only_reader (DubPlan  *self,
             PlanStep *step)
{
  int root = plan_value (self, step->outputs[0])->root;
  PlanStep *reader = NULL;

  if (plan_value (self, root)->kept)
    return NULL;

  for (guint i = 0; i < self->steps->len; i++) {
    PlanStep *other = plan_step (self, (int) i);

    if (other->removed)
      continue;
    for (int k = 0; k < other->n_inputs; k++) {
      if (other->inputs[k] < 0 || plan_value (self, other->inputs[k])->root != root)
        continue;
      /* Through a view the shape differs, and with it the meaning of the axes. */
      if (other->inputs[k] != step->outputs[0] || reader != NULL)
        return NULL;
      reader = other;
    }
  }

  return reader;
}

static gboolean
is_op (const PlanStep *step,
       const char     *name)
{
  return step != NULL && g_str_equal (step->op->name, name);
}

static DubTensor *
fixed_input (DubPlan        *self,
             const PlanStep *step,
             int             input)
{
  if (input >= step->n_inputs || step->inputs[input] < 0)
    return NULL;

  const PlanValue *value = plan_value (self, step->inputs[input]);

  return value->variable || value->type.dtype != DUB_DTYPE_F32 ? NULL : value->constant;
}

static gboolean
is_foldable_norm (DubPlan        *self,
                  const PlanStep *step)
{
  if (!is_op (step, "BatchNormalization") || self->options.training ||
      dub_attributes_get_int (step->attributes, "training_mode", 0) != 0)
    return FALSE;
  for (int i = 1; i < 5; i++)
    if (fixed_input (self, step, i) == NULL)
      return FALSE;

  return TRUE;
}

/* The second operand of an Add with equal shapes that @step's output goes into, or -1. */
static int
residual_of (DubPlan        *self,
             const PlanStep *step,
             const PlanStep *add)
{
  if (!is_op (add, "Add"))
    return -1;

  int other = add->inputs[0] == step->outputs[0] ? add->inputs[1] : add->inputs[0];
  const PlanValue *value = plan_value (self, other);

  if (add->inputs[0] == add->inputs[1] || value->type.dtype != DUB_DTYPE_F32 ||
      !dub_shape_equal (&value->type.shape, &plan_value (self, step->outputs[0])->type.shape))
    return -1;

  return other;
}

/* MaxPool of 2 with stride 2, no padding, in every spatial axis, without indices. */
static gboolean
is_plain_pool (const PlanStep *step,
               int             n_spatial)
{
  static const struct { const char *name; int64_t value; } NEEDED[] = {
    { "kernel_shape", 2 }, { "strides", 2 }, { "pads", 0 }, { "dilations", 1 },
  };

  if (!is_op (step, "MaxPool") || (step->n_outputs > 1 && step->outputs[1] >= 0) ||
      dub_attributes_get_int (step->attributes, "ceil_mode", 0) != 0)
    return FALSE;

  const char *auto_pad = dub_attributes_get_string (step->attributes, "auto_pad", "NOTSET");

  if (!g_str_equal (auto_pad, "NOTSET") && !g_str_equal (auto_pad, "VALID"))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (NEEDED); i++) {
    size_t n;
    const int64_t *found = dub_attributes_get_ints (step->attributes, NEEDED[i].name, &n);

    if (found == NULL && i < 2)
      return FALSE;
    for (size_t k = 0; k < n; k++)
      if (found[k] != NEEDED[i].value)
        return FALSE;
    if (i == 0 && n != (size_t) n_spatial)
      return FALSE;
  }

  return TRUE;
}

/* Replaces weights and bias by those that include the normalisation. @bias may be NULL. */
static gboolean
fold_norm (DubPlan    *self,
           PlanStep   *norm,
           DubTensor **weights,
           DubTensor **bias,
           GError    **error)
{
  int64_t n_out = (*weights)->shape.dim[0];
  size_t per_out = dub_tensor_n_elements (*weights) / (size_t) MAX (n_out, 1);
  double epsilon = dub_attributes_get_float (norm->attributes, "epsilon", 1e-5f);
  const float *gamma = dub_tensor_f32 (fixed_input (self, norm, 1));
  const float *beta = dub_tensor_f32 (fixed_input (self, norm, 2));
  const float *mean = dub_tensor_f32 (fixed_input (self, norm, 3));
  const float *variance = dub_tensor_f32 (fixed_input (self, norm, 4));
  g_autoptr (DubTensor) new_weights = dub_tensor_copy (*weights, error);
  g_autoptr (DubTensor) new_bias = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (n_out), error);

  if (new_weights == NULL || new_bias == NULL)
    return FALSE;

  for (int64_t k = 0; k < n_out; k++) {
    double scale = gamma[k] / sqrt ((double) variance[k] + epsilon);
    double old_bias = *bias != NULL ? dub_tensor_f32 (*bias)[k] : 0.0;
    float *row = dub_tensor_f32 (new_weights) + (size_t) k * per_out;

    for (size_t i = 0; i < per_out; i++)
      row[i] = (float) (row[i] * scale);
    dub_tensor_f32 (new_bias)[k] = (float) ((old_bias - mean[k]) * scale + beta[k]);
  }

  dub_tensor_unref (*weights);
  g_clear_pointer (bias, dub_tensor_unref);
  *weights = g_steal_pointer (&new_weights);
  *bias = g_steal_pointer (&new_bias);

  return TRUE;
}

/* The convolution's attributes with auto_pad written out as pads. */
static DubAttributes *
block_attributes (const DubAttributes *conv,
                  const DubShape      *x,
                  const DubShape      *w)
{
  DubAttributes *result = dub_attributes_new ();
  const char *auto_pad = dub_attributes_get_string (conv, "auto_pad", "NOTSET");
  int n_spatial = x->rank - 2;
  size_t n_strides, n_dilations, n_pads;
  const int64_t *strides = dub_attributes_get_ints (conv, "strides", &n_strides);
  const int64_t *dilations = dub_attributes_get_ints (conv, "dilations", &n_dilations);
  const int64_t *pads = dub_attributes_get_ints (conv, "pads", &n_pads);
  int64_t resolved[2 * DUB_MAX_RANK] = { 0 };

  if (pads != NULL && n_pads == (size_t) (2 * n_spatial))
    memcpy (resolved, pads, n_pads * sizeof (int64_t));
  if (g_str_has_prefix (auto_pad, "SAME"))
    for (int i = 0; i < n_spatial; i++) {
      int64_t stride = strides != NULL ? strides[i] : 1;
      int64_t extent = (w->dim[i + 2] - 1) * (dilations != NULL ? dilations[i] : 1) + 1;
      int64_t out = (x->dim[i + 2] + stride - 1) / stride;
      int64_t total = MAX ((out - 1) * stride + extent - x->dim[i + 2], 0);
      int64_t less = total / 2;

      resolved[i] = g_str_equal (auto_pad, "SAME_LOWER") ? total - less : less;
      resolved[i + n_spatial] = total - resolved[i];
    }

  dub_attributes_set_ints (result, "kernel_shape", w->dim + 2, (size_t) n_spatial);
  dub_attributes_set_ints (result, "pads", resolved, (size_t) (2 * n_spatial));
  if (strides != NULL)
    dub_attributes_set_ints (result, "strides", strides, n_strides);
  if (dilations != NULL)
    dub_attributes_set_ints (result, "dilations", dilations, n_dilations);
  dub_attributes_set_int (result, "group", dub_attributes_get_int (conv, "group", 1));

  return result;
}

/* Residual, activation and pooling that follow @last: their attributes, the residual's value, and the steps that
 * are left behind. With @needs_rising a leaky relu that falls is left alone. Returns the last step taken in. */
static PlanStep *
swallow_followers (DubPlan       *self,
                   PlanStep      *last,
                   int            n_spatial,
                   gboolean       needs_rising,
                   DubAttributes *attributes,
                   int           *residual,
                   GPtrArray     *swallowed)
{
  PlanStep *next = only_reader (self, last);

  if (next != NULL && residual_of (self, last, next) >= 0) {
    *residual = residual_of (self, last, next);
    g_ptr_array_add (swallowed, last);
    last = next;
    next = only_reader (self, last);
  }

  gboolean leaky = is_op (next, "LeakyRelu");
  float alpha = leaky ? dub_attributes_get_float (next->attributes, "alpha", 0.01f) : 0.0f;

  if (is_op (next, "Relu") || (leaky && (alpha >= 0.0f || !needs_rising))) {
    dub_attributes_set_int (attributes, "activation", leaky ? 2 : 1);
    dub_attributes_set_float (attributes, "alpha", alpha);
    g_ptr_array_add (swallowed, last);
    last = next;
    next = only_reader (self, last);
  }
  /* The block pools before it activates, which only a rising activation allows. */
  if (next != NULL && is_plain_pool (next, n_spatial) && dub_attributes_get_float (attributes, "alpha", 0.0f) >= 0.0f) {
    dub_attributes_set_int (attributes, "pool", 1);
    g_ptr_array_add (swallowed, last);
    last = next;
  }

  return last;
}

/* @block takes the place of @last, the last step that it swallows, where the residual has been computed too.
 * Takes @attributes and @swallowed. */
static gboolean
put_block (DubPlan       *self,
           PlanStep      *block,
           DubAttributes *attributes,
           PlanStep      *last,
           GPtrArray     *swallowed,
           GError       **error)
{
  guint place = 0;

  block->own_attributes = attributes;
  block->attributes = attributes;
  for (guint i = 0; i < swallowed->len; i++)
    ((PlanStep *) g_ptr_array_index (swallowed, i))->removed = TRUE;
  g_ptr_array_unref (swallowed);
  g_ptr_array_find (self->steps, last, &place);
  _dub_plan_step_free (last);
  self->steps->pdata[place] = block;

  return _dub_plan_infer_step (self, block, error);
}

/* Builds the block that starts at the convolution @index. The new step takes the place of the last one it swallows,
 * where the residual has been computed too. */
static gboolean
fuse_at (DubPlan      *self,
         guint         index,
         const DubOp  *block_op,
         GError      **error)
{
  PlanStep *conv = plan_step (self, (int) index);
  DubTensor *fixed_weights = fixed_input (self, conv, 1);

  if (!is_op (conv, "Conv") || fixed_weights == NULL || fixed_weights->shape.rank < 3 ||
      plan_value (self, conv->inputs[0])->type.dtype != DUB_DTYPE_F32 ||
      (conv->n_inputs > 2 && conv->inputs[2] >= 0 && fixed_input (self, conv, 2) == NULL))
    return TRUE;

  const DubShape *x = &plan_value (self, conv->inputs[0])->type.shape;
  g_autoptr (DubTensor) weights = dub_tensor_ref (fixed_weights);
  g_autoptr (DubTensor) bias = fixed_input (self, conv, 2) != NULL ? dub_tensor_ref (fixed_input (self, conv, 2)) : NULL;
  DubAttributes *attributes = block_attributes (conv->attributes, x, &weights->shape);
  int inputs[4] = { conv->inputs[0], -1, -1, -1 };
  GPtrArray *swallowed = g_ptr_array_new ();
  PlanStep *last = conv;
  PlanStep *next = only_reader (self, last);

  if (is_foldable_norm (self, next)) {
    if (!fold_norm (self, next, &weights, &bias, error)) {
      dub_attributes_free (attributes);
      g_ptr_array_unref (swallowed);
      return FALSE;
    }
    g_ptr_array_add (swallowed, last);
    last = next;
  }
  last = swallow_followers (self, last, x->rank - 2, FALSE, attributes, &inputs[3], swallowed);

  inputs[1] = _dub_plan_add_constant (self, "fused weights", weights);
  if (bias != NULL)
    inputs[2] = _dub_plan_add_constant (self, "fused bias", bias);

  PlanStep *block = _dub_plan_step_new (block_op, conv->name, inputs, inputs[3] >= 0 ? 4 : 3, last->outputs, 1);

  block->node_index = conv->node_index;

  return put_block (self, block, attributes, last, swallowed, error);
}

/* Whether a step reads the updated statistics of @norm, which the block computes later than the node did. */
static gboolean
has_statistics_reader (const DubPlan  *self,
                       const PlanStep *norm)
{
  for (guint i = 0; i < self->steps->len; i++) {
    const PlanStep *other = plan_step (self, (int) i);

    for (int k = 0; k < other->n_inputs && !other->removed; k++)
      for (int o = 1; o < norm->n_outputs; o++)
        if (other->inputs[k] >= 0 && norm->outputs[o] >= 0 &&
            plan_value (self, other->inputs[k])->root == plan_value (self, norm->outputs[o])->root)
          return TRUE;
  }

  return FALSE;
}

/* Builds the block that starts at the normalisation @index. */
static gboolean
fuse_norm_at (DubPlan      *self,
              guint         index,
              const DubOp  *block_op,
              GError      **error)
{
  PlanStep *norm = plan_step (self, (int) index);

  if (!is_op (norm, "BatchNormalization") || norm->n_inputs != 5 || has_statistics_reader (self, norm))
    return TRUE;

  DubAttributes *attributes = dub_attributes_new ();
  GPtrArray *swallowed = g_ptr_array_new ();
  int inputs[6] = { norm->inputs[0], norm->inputs[1], norm->inputs[2], norm->inputs[3], norm->inputs[4], -1 };
  int n_spatial = plan_value (self, norm->inputs[0])->type.shape.rank - 2;
  PlanStep *last = swallow_followers (self, norm, n_spatial, TRUE, attributes, &inputs[5], swallowed);

  if (last == norm) {
    dub_attributes_free (attributes);
    g_ptr_array_unref (swallowed);
    return TRUE;
  }

  int outputs[3] = { last->outputs[0], -1, -1 };

  for (int k = 1; k < MIN (norm->n_outputs, 3); k++)
    outputs[k] = norm->outputs[k];
  dub_attributes_set_float (attributes, "epsilon", dub_attributes_get_float (norm->attributes, "epsilon", 1e-5f));
  dub_attributes_set_float (attributes, "momentum", dub_attributes_get_float (norm->attributes, "momentum", 0.9f));
  dub_attributes_set_int (attributes, "training_mode", dub_attributes_get_int (norm->attributes, "training_mode", 0));

  PlanStep *block = _dub_plan_step_new (block_op, norm->name, inputs, inputs[5] >= 0 ? 6 : 5, outputs, 3);

  block->node_index = norm->node_index;

  return put_block (self, block, attributes, last, swallowed, error);
}

gboolean
_dub_plan_fuse (DubPlan  *self,
                GError  **error)
{
  const DubOp *conv_block = dub_op_lookup ("dub.ConvBlock");
  const DubOp *norm_block = dub_op_lookup ("dub.NormBlock");

  if (self->options.no_fusion)
    return TRUE;

  for (guint i = 0; i < self->steps->len; i++) {
    if (plan_step (self, (int) i)->removed)
      continue;
    if (self->options.training) {
      if (!fuse_norm_at (self, i, norm_block, error))
        return FALSE;
    } else if (!self->options.parameter_gradients && !fuse_at (self, i, conv_block, error)) {
      return FALSE;
    }
  }

  return TRUE;
}

void
_dub_plan_remove_dead (DubPlan *self)
{
  g_autofree gboolean *read = g_new0 (gboolean, self->values->len);

  for (int i = 0; i < self->n_outputs; i++)
    read[plan_value (self, self->outputs[i])->root] = TRUE;

  for (guint i = self->steps->len; i-- > 0;) {
    PlanStep *step = plan_step (self, (int) i);
    gboolean alive = FALSE;

    for (int k = 0; k < step->n_outputs && !step->removed; k++)
      alive |= step->outputs[k] >= 0 && read[plan_value (self, step->outputs[k])->root];
    if (!alive) {
      g_ptr_array_remove_index (self->steps, i);
      continue;
    }
    for (int k = 0; k < step->n_inputs; k++)
      if (step->inputs[k] >= 0)
        read[plan_value (self, step->inputs[k])->root] = TRUE;
    /* An output that nobody reads is not computed; the first one always is. */
    for (int k = 1; k < step->n_outputs; k++)
      if (step->outputs[k] >= 0 && !read[plan_value (self, step->outputs[k])->root])
        step->outputs[k] = -1;
  }
}
