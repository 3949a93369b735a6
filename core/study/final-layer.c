#include "core/study/final-layer.h"

static const char *const PASSING[] = {
  "Identity", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Dropout", "Softmax", "LogSoftmax", "Sigmoid", NULL,
};

static const DubNode *
producer_of (const DubGraph *graph,
             int             value)
{
  int producer = value >= 0 ? dub_graph_value (graph, value)->producer : -1;

  return producer >= 0 ? dub_graph_node (graph, producer) : NULL;
}

/* The constant float32 matrix or vector behind @value, or NULL. */
static DubTensor *
constant_of (const DubGraph *graph,
             int             value)
{
  DubTensor *constant = value >= 0 ? dub_graph_value (graph, value)->constant : NULL;

  return constant != NULL && constant->dtype == DUB_DTYPE_F32 ? constant : NULL;
}

/* (C, F) of stored numbers that are (C, F), or (F, C) where not @transposed. */
static DubTensor *
take_weight (DubTensor *stored,
             gboolean   transposed,
             float      scale)
{
  if (stored == NULL || stored->shape.rank != 2)
    return NULL;

  g_autoptr (DubTensor) from = dub_tensor_contiguous (stored, NULL);
  int64_t rows = stored->shape.dim[0], columns = stored->shape.dim[1];
  DubTensor *weight = from != NULL
                        ? dub_tensor_new (DUB_DTYPE_F32, transposed ? DUB_SHAPE (rows, columns) : DUB_SHAPE (columns, rows), NULL)
                        : NULL;

  if (weight == NULL)
    return NULL;
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < columns; c++)
      dub_tensor_f32 (weight)[transposed ? r * columns + c : c * rows + r] = scale * dub_tensor_f32 (from)[r * columns + c];

  return weight;
}

/* One number for each class, or one for all of them. */
static DubTensor *
take_bias (DubTensor *stored,
           int64_t    n_classes,
           float      scale)
{
  DubTensor *bias = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (n_classes), NULL);
  g_autoptr (DubTensor) from = stored != NULL ? dub_tensor_contiguous (stored, NULL) : NULL;
  size_t n = from != NULL ? dub_tensor_n_elements (from) : 0;

  for (int64_t c = 0; bias != NULL && c < n_classes && (n == 1 || n == (size_t) n_classes); c++)
    dub_tensor_f32 (bias)[c] = scale * dub_tensor_f32 (from)[n == 1 ? 0 : c];

  return bias;
}

gboolean
dub_final_layer_find (const DubGraph     *graph,
                      DubFinalLayerFound *found)
{
  const DubNode *node = producer_of (graph, dub_graph_output (graph, 0));
  DubTensor *bias = NULL;

  *found = (DubFinalLayerFound) { .features = -1 };
  while (node != NULL && node->n_inputs > 0 && g_strv_contains (PASSING, node->op_name))
    node = producer_of (graph, node->inputs[0]);

  if (node != NULL && node->n_inputs == 2 && g_str_equal (node->op_name, "Add")) {
    int side = constant_of (graph, node->inputs[0]) != NULL ? 0 : 1;

    bias = constant_of (graph, node->inputs[side]);
    node = bias != NULL ? producer_of (graph, node->inputs[1 - side]) : NULL;
    if (node != NULL && !g_str_equal (node->op_name, "MatMul"))
      node = NULL;
  }
  if (node == NULL || node->n_inputs < 2 || node->inputs[0] < 0)
    return FALSE;

  if (g_str_equal (node->op_name, "MatMul")) {
    found->weight = take_weight (constant_of (graph, node->inputs[1]), FALSE, 1.0f);
    found->bias = found->weight != NULL ? take_bias (bias, found->weight->shape.dim[0], 1.0f) : NULL;
  } else if (g_str_equal (node->op_name, "Gemm") && dub_attributes_get_int (node->attributes, "transA", 0) == 0) {
    DubTensor *added = node->n_inputs > 2 ? constant_of (graph, node->inputs[2]) : NULL;

    found->weight = take_weight (constant_of (graph, node->inputs[1]), dub_attributes_get_int (node->attributes, "transB", 0) != 0,
                                 dub_attributes_get_float (node->attributes, "alpha", 1.0f));
    found->bias = found->weight != NULL
                    ? take_bias (added, found->weight->shape.dim[0], dub_attributes_get_float (node->attributes, "beta", 1.0f))
                    : NULL;
  } else {
    return FALSE;
  }
  found->features = node->inputs[0];

  return TRUE;
}

void
dub_final_layer_clear (DubFinalLayerFound *found)
{
  g_clear_pointer (&found->weight, dub_tensor_unref);
  g_clear_pointer (&found->bias, dub_tensor_unref);
}
