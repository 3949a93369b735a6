#include "op-case.h"

#include <math.h>
#include <string.h>

static const struct {
  const char *name;
  DubDtype    dtype;
} TYPES[] = {
  { "f32", DUB_DTYPE_F32 }, { "f64", DUB_DTYPE_F64 }, { "i8", DUB_DTYPE_I8 },   { "u8", DUB_DTYPE_U8 },
  { "i16", DUB_DTYPE_I16 }, { "u16", DUB_DTYPE_U16 }, { "i32", DUB_DTYPE_I32 }, { "u32", DUB_DTYPE_U32 },
  { "i64", DUB_DTYPE_I64 }, { "u64", DUB_DTYPE_U64 }, { "bool", DUB_DTYPE_BOOL },
};

/* Shuffled, evenly spaced values of magnitude 0.1 to 1, so that no two are closer than the
 * spacing and none is near 0: a maximum does not change hands within a difference step. */
static void
draw (DubTensor *tensor,
      gboolean   has_low,
      double     low,
      DubRng    *rng)
{
  size_t n = dub_tensor_n_elements (tensor);
  g_autofree size_t *order = g_new (size_t, n + 1);

  for (size_t i = 0; i < n; i++)
    order[i] = i;
  dub_rng_shuffle (rng, order, n);
  for (size_t i = 0; i < n; i++) {
    double u = ((double) order[i] + 0.5) / (double) n;
    double value = has_low ? low + 0.05 + 0.95 * u : u < 0.5 ? -1.0 + 1.8 * u : 0.1 + 1.8 * (u - 0.5);

    if (tensor->dtype == DUB_DTYPE_F32)
      dub_tensor_f32 (tensor)[i] = (float) value;
    else
      memset ((char *) tensor->data + i * dub_dtype_size (tensor->dtype), (int) (order[i] % 2),
              tensor->dtype == DUB_DTYPE_BOOL ? 1 : 0);
  }
}

static void
parse_input (OpCase     *self,
             const char *text,
             DubRng     *rng)
{
  g_autofree char *copy = g_strstrip (g_strdup (text));
  int input = self->n_inputs++;

  g_assert_cmpint (input, <, OP_CASE_MAX_INPUTS);
  if (g_str_equal (copy, "-"))
    return;

  char *equals = strchr (copy, '=');
  char *above = strchr (copy, '>');
  char *numbers = equals != NULL ? equals + 1 : above != NULL ? above + 1 : NULL;

  if (equals != NULL)
    *equals = '\0';
  if (above != NULL)
    *above = '\0';

  g_auto (GStrv) words = g_strsplit (g_strstrip (copy), " ", 2);
  DubShape shape = { .rank = 0 };
  DubDtype dtype = DUB_DTYPE_F32;
  gboolean known = FALSE;

  for (size_t i = 0; i < G_N_ELEMENTS (TYPES); i++)
    if (g_strcmp0 (words[0], TYPES[i].name) == 0) {
      dtype = TYPES[i].dtype;
      known = TRUE;
    }
  g_assert_true (known);

  if (words[1] != NULL && *g_strstrip (words[1]) != '\0') {
    g_auto (GStrv) extents = g_strsplit (words[1], ",", -1);

    for (char **extent = extents; *extent != NULL; extent++)
      shape.dim[shape.rank++] = g_ascii_strtoll (*extent, NULL, 10);
  }

  DubTensor *tensor = dub_tensor_new_zeros (dtype, shape, NULL);

  g_assert_nonnull (tensor);
  if (equals != NULL) {
    g_auto (GStrv) parts = g_strsplit (numbers, ",", -1);
    g_autoptr (DubTensor) wide = dub_tensor_new (DUB_DTYPE_F64, shape, NULL);

    g_assert_cmpuint (g_strv_length (parts), ==, dub_tensor_n_elements (tensor));
    for (size_t i = 0; i < dub_tensor_n_elements (tensor); i++)
      ((double *) wide->data)[i] = g_ascii_strtod (parts[i], NULL);
    dub_tensor_unref (tensor);
    tensor = dub_tensor_convert (wide, dtype, NULL);
    self->given[input] = TRUE;
    self->in_value[input] = tensor;
  } else {
    draw (tensor, above != NULL, above != NULL ? g_ascii_strtod (numbers, NULL) : 0.0, rng);
  }
  self->in[input] = tensor;
  self->present[input] = TRUE;
  self->in_type[input] = (DubType) { .dtype = dtype, .shape = tensor->shape };
}

static void
choose_wanted (OpCase *self)
{
  if (self->op->backward == NULL)
    return;

  for (int i = 0; i < self->n_inputs; i++)
    self->wanted[i] = self->spec->check == NULL && self->present[i] && self->in[i]->dtype == DUB_DTYPE_F32;

  if (self->spec->check != NULL) {
    g_auto (GStrv) parts = g_strsplit (self->spec->check, ",", -1);

    for (char **part = parts; *part != NULL; part++)
      self->wanted[g_ascii_strtoll (*part, NULL, 10)] = TRUE;
  }
  for (int i = 0; i < self->n_inputs; i++)
    if (self->wanted[i])
      self->d_in[i] = dub_tensor_new (DUB_DTYPE_F32, self->in[i]->shape, NULL);
}

static DubTensor *
bytes (size_t n)
{
  return dub_tensor_new_zeros (DUB_DTYPE_U8, DUB_SHAPE ((int64_t) n), NULL);
}

OpCase *
op_case_new (const DubOp     *op,
             const DubOpCase *spec)
{
  OpCase *self = g_new0 (OpCase, 1);
  g_auto (GStrv) inputs = g_strsplit (spec->inputs, ";", -1);
  g_autoptr (GError) error = NULL;
  DubRng rng;

  dub_rng_init (&rng, 1, spec->name, 0);
  self->op = op;
  self->spec = spec;
  self->n_outputs = MAX (1, spec->n_outputs);
  self->attributes = dub_attributes_parse (spec->attributes, &error);
  g_assert_no_error (error);
  for (char **input = inputs; *input != NULL; input++)
    if (inputs[1] != NULL || **input != '\0')
      parse_input (self, *input, &rng);

  DubInferContext ctx = {
    .attributes = self->attributes,
    .opset = OP_CASE_OPSET,
    .node_name = spec->name,
    .n_inputs = self->n_inputs,
    .n_outputs = self->n_outputs,
    .in = self->in_type,
    .in_present = self->present,
    .in_value = self->in_value,
    .training = spec->training,
    .out = self->out_type,
  };

  op->infer (&ctx, &error);
  g_assert_no_error (error);
  self->params = ctx.params;
  self->saved = bytes (ctx.saved_bytes + 1);
  self->scratch = bytes (ctx.scratch_bytes + 1);

  for (int i = 0; i < self->n_outputs; i++) {
    self->out[i] = dub_tensor_new_zeros (self->out_type[i].dtype, self->out_type[i].shape, NULL);
    g_assert_nonnull (self->out[i]);
    if (self->out[i]->dtype != DUB_DTYPE_F32)
      continue;
    self->weight[i] = dub_tensor_new (DUB_DTYPE_F32, self->out[i]->shape, NULL);
    draw (self->weight[i], FALSE, 0.0, &rng);
  }
  choose_wanted (self);

  return self;
}

void
op_case_free (OpCase *self)
{
  for (int i = 0; i < OP_CASE_MAX_INPUTS; i++) {
    dub_tensor_unref (self->in[i]);
    dub_tensor_unref (self->d_in[i]);
  }
  for (int i = 0; i < OP_CASE_MAX_OUTPUTS; i++) {
    dub_tensor_unref (self->out[i]);
    dub_tensor_unref (self->weight[i]);
  }
  if (self->params != NULL && self->op->free_params != NULL)
    self->op->free_params (self->params);
  if (self->state != NULL && self->op->free_state != NULL)
    self->op->free_state (self->state);
  dub_tensor_unref (self->saved);
  dub_tensor_unref (self->scratch);
  dub_attributes_free (self->attributes);
  g_free (self);
}

static DubOpContext
context (OpCase *self)
{
  return (DubOpContext) {
    .params = self->params,
    .node_name = self->spec->name,
    .n_inputs = self->n_inputs,
    .n_outputs = self->n_outputs,
    .in = self->in,
    .out = self->out,
    .in_constant = self->in_constant,
    .state = &self->state,
    .saved = self->saved->data,
    .scratch = self->scratch->data,
    .training = self->spec->training,
    .seed = 17,
    .node_index = 3,
  };
}

void
op_case_forward (OpCase *self,
                 DubRun *run)
{
  g_autoptr (GError) error = NULL;
  DubOpContext ctx = context (self);

  self->op->forward (&ctx, run, &error);
  g_assert_no_error (error);
}

void
op_case_backward (OpCase *self,
                  DubRun *run)
{
  g_autoptr (GError) error = NULL;
  DubOpContext ctx = context (self);
  DubTensor *in[OP_CASE_MAX_INPUTS] = { NULL };
  DubTensor *out[OP_CASE_MAX_OUTPUTS] = { NULL };

  /* An operator sees in backward what its flags ask for, and nothing else. */
  for (int i = 0; i < self->n_inputs; i++) {
    if ((self->op->flags & DUB_OP_BACKWARD_IN) || self->given[i])
      in[i] = self->in[i];
    for (size_t k = 0; self->d_in[i] != NULL && k < dub_tensor_n_elements (self->d_in[i]); k++)
      dub_tensor_f32 (self->d_in[i])[k] = NAN;
  }
  for (int i = 0; i < self->n_outputs; i++)
    if (self->op->flags & DUB_OP_BACKWARD_OUT)
      out[i] = self->out[i];
  memset (self->scratch->data, 0xff, dub_tensor_n_bytes (self->scratch));
  ctx.in = in;
  ctx.out = out;
  ctx.d_in = self->d_in;
  ctx.d_out = self->weight;

  self->op->backward (&ctx, run, &error);
  g_assert_no_error (error);
}

double
op_case_scalar (const OpCase *self)
{
  double sum = 0.0;

  for (int i = 0; i < self->n_outputs; i++)
    for (size_t k = 0; self->weight[i] != NULL && k < dub_tensor_n_elements (self->out[i]); k++)
      sum += (double) dub_tensor_f32 (self->weight[i])[k] * dub_tensor_f32 (self->out[i])[k];

  return sum;
}
