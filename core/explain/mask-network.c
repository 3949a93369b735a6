/* The network between the two passes of a mask: image in, probability and slope out. */
#include "core/explain/mask-private.h"

#include "core/base/memory.h"
#include "core/train/loss.h"

#include <math.h>

void
_dub_mask_network_clear (DubMaskNetwork *self)
{
  g_clear_pointer (&self->plan, dub_plan_free);
  g_clear_pointer (&self->input, dub_tensor_unref);
  g_clear_pointer (&self->d_output, dub_tensor_unref);
}

/* The declared rank decides between volumes and slices; an undeclared one means volumes. */
static DubShape
input_shape (const DubGraphInput *input,
             const size_t         shape[3])
{
  if (input->has_shape && input->shape.rank == 4 && shape[0] == 1)
    return DUB_SHAPE (1, 1, (int64_t) shape[1], (int64_t) shape[2]);

  return DUB_SHAPE (1, 1, (int64_t) shape[0], (int64_t) shape[1], (int64_t) shape[2]);
}

static gboolean
check_graph (DubGraph  *graph,
             GError   **error)
{
  if (dub_graph_n_inputs (graph) != 1 || dub_graph_n_outputs (graph) < 1) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "The network %s has %d inputs and %d outputs; a mask needs one input and at least one output.",
                 graph->name, dub_graph_n_inputs (graph), dub_graph_n_outputs (graph));
    return FALSE;
  }

  const DubGraphInput *input = dub_graph_input (graph, 0);

  if (input->dtype != DUB_DTYPE_F32) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "Input %s of the network %s is %s; a mask needs float32.",
                 dub_graph_value (graph, input->value)->name, graph->name, dub_dtype_name (input->dtype));
    return FALSE;
  }

  return TRUE;
}

/* The first output is 1×C. Its type is known long before all memory is placed, which takes seconds for a graph of tens of
 * thousands of nodes. */
static gboolean
check_answer (DubMaskNetwork *self,
              DubGraph       *graph,
              const DubType  *type,
              DubRun         *run,
              GError        **error)
{
  DubPlanOptions options = { .types_only = TRUE, .memory_limit = dub_memory_limit () };
  g_autoptr (DubPlan) plan = dub_plan_new (graph, type, &options, run, error);

  if (plan == NULL)
    return FALSE;

  const DubType *output = dub_plan_output_type (plan, 0);

  self->n_classes = dub_shape_n_elements (&output->shape);
  if (output->dtype != DUB_DTYPE_F32 || self->n_classes < 2 || output->shape.rank < 2 ||
      output->shape.dim[1] != (int64_t) self->n_classes) {
    g_autofree char *found = dub_shape_to_string (&output->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "The first output of the network %s is %s of shape %s; a mask needs the logits of at least "
                 "two classes, of shape 1×C.", graph->name, dub_dtype_name (output->dtype), found);
    return FALSE;
  }

  return TRUE;
}

gboolean
_dub_mask_network_init (DubMaskNetwork  *self,
                        DubGraph        *graph,
                        const size_t     shape[3],
                        DubRun          *run,
                        GError         **error)
{
  if (!check_graph (graph, error))
    return FALSE;

  DubPlanOptions options = { .input_gradients = TRUE, .memory_limit = dub_memory_limit () };
  DubType type = { .dtype = DUB_DTYPE_F32, .shape = input_shape (dub_graph_input (graph, 0), shape) };

  if (!check_answer (self, graph, &type, run, error))
    return FALSE;
  self->plan = dub_plan_new (graph, &type, &options, run, error);
  if (self->plan == NULL)
    return FALSE;

  const DubType *output = dub_plan_output_type (self->plan, 0);
  int producer = dub_graph_value (graph, dub_graph_output (graph, 0))->producer;

  self->n_outputs = (size_t) dub_graph_n_outputs (graph);
  self->is_softmax = producer >= 0 && g_strcmp0 (dub_graph_node (graph, producer)->op_name, "Softmax") == 0;
  self->d_output = dub_tensor_new_zeros (DUB_DTYPE_F32, output->shape, error);
  if (self->d_output == NULL)
    return FALSE;
  self->input = dub_tensor_new (DUB_DTYPE_F32, type.shape, error);

  return self->input != NULL;
}

gboolean
_dub_mask_network_forward (DubMaskNetwork  *self,
                           double          *probabilities,
                           DubRun          *run,
                           GError         **error)
{
  if (!dub_plan_forward (self->plan, &self->input, 0, run, error))
    return FALSE;

  const float *output = dub_tensor_f32 (dub_plan_output (self->plan, 0));

  if (self->is_softmax)
    for (size_t c = 0; c < self->n_classes; c++)
      probabilities[c] = (double) output[c];
  else
    dub_softmax_row (output, self->n_classes, probabilities);

  for (size_t c = 0; c < self->n_classes; c++)
    if (!isfinite (probabilities[c])) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                   "The network's output for class %zu is not a finite number; the input may lie far outside "
                   "what it was trained on.", c);
      return FALSE;
    }

  return TRUE;
}

const float *
_dub_mask_network_backward (DubMaskNetwork  *self,
                            const double    *probabilities,
                            size_t           target,
                            DubRun          *run,
                            GError         **error)
{
  float *slope = dub_tensor_f32 (self->d_output);

  if (self->is_softmax)
    for (size_t c = 0; c < self->n_classes; c++)
      slope[c] = c == target ? 1.0f : 0.0f;
  else
    dub_softmax_row_gradient (probabilities, self->n_classes, target, slope);

  g_autofree DubTensor **d_outputs = g_new0 (DubTensor *, self->n_outputs);

  d_outputs[0] = self->d_output;
  if (!dub_plan_backward (self->plan, d_outputs, run, error))
    return NULL;

  DubTensor *gradient = dub_plan_input_gradient (self->plan, 0);

  if (gradient == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "No gradient reaches the network's input, so no mask can be optimised; an operator on the way "
                 "has no derivative.");
    return NULL;
  }

  return dub_tensor_f32 (gradient);
}
