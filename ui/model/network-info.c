#include "ui/model/network-info.h"

#include "core/io/onnx.h"

enum { MAX_STEPS_BACK = 12 };

static DubTensor *
constant_input (DubGraph *graph,
                DubNode  *node,
                int       input)
{
  if (input >= node->n_inputs || node->inputs[input] < 0)
    return NULL;

  return dub_graph_value (graph, node->inputs[input])->constant;
}

/* The number of classes is the number of rows of the last weights before the
 * output; what stands between changes values, not their number. */
static int
count_classes (DubGraph *graph)
{
  int value = dub_graph_n_outputs (graph) > 0 ? dub_graph_output (graph, 0) : -1;

  for (int step = 0; step < MAX_STEPS_BACK && value >= 0; step++) {
    int producer = dub_graph_value (graph, value)->producer;

    if (producer < 0)
      return 0;

    DubNode *node = dub_graph_node (graph, producer);
    DubTensor *weights = constant_input (graph, node, 1);

    if (weights != NULL && weights->shape.rank == 2 && g_str_equal (node->op_name, "Gemm"))
      return (int) weights->shape.dim[dub_attributes_get_int (node->attributes, "transB", 0) != 0 ? 0 : 1];
    if (weights != NULL && weights->shape.rank == 2 && g_str_equal (node->op_name, "MatMul"))
      return (int) weights->shape.dim[1];
    if (weights != NULL && weights->shape.rank >= 3 && g_str_equal (node->op_name, "Conv"))
      return (int) weights->shape.dim[0];
    if (node->n_inputs == 0)
      return 0;
    value = node->inputs[0];
  }

  return 0;
}

DubNetworkInfo *
dub_network_info_new (const char *path,
                      DubGraph   *graph)
{
  DubNetworkInfo *self = g_new0 (DubNetworkInfo, 1);
  g_autoptr (GString) words = g_string_new (NULL);
  g_autoptr (GPtrArray) unsupported = dub_graph_unsupported (graph);

  self->path = g_strdup (path);
  self->n_parameters = dub_graph_n_parameters (graph);
  self->n_classes = count_classes (graph);
  self->shape[0] = self->shape[1] = self->shape[2] = -1;

  if (dub_graph_n_inputs (graph) == 1) {
    const DubGraphInput *input = dub_graph_input (graph, 0);

    if (input->has_shape) {
      self->is_volume = input->shape.rank == 5 && (input->shape.dim[1] == 1 || input->shape.dim[1] < 0);
      for (int i = 0; i < input->shape.rank; i++) {
        g_string_append (words, i > 0 ? " × " : "");
        if (input->shape.dim[i] < 0)
          g_string_append (words, "?");
        else
          g_string_append_printf (words, "%" G_GINT64_FORMAT, (gint64) input->shape.dim[i]);
      }
      for (int i = 0; self->is_volume && i < 3; i++)
        self->shape[i] = input->shape.dim[2 + i] > 0 ? input->shape.dim[2 + i] : -1;
    } else {
      /* An undeclared rank may still be a volume; the plan will say if it is not. */
      self->is_volume = TRUE;
    }
  }
  self->input_words = g_string_free (g_steal_pointer (&words), FALSE);

  if (unsupported != NULL && unsupported->len > 0) {
    DubUnsupported *first = g_ptr_array_index (unsupported, 0);

    self->unsupported = g_strdup_printf ("%s (%s): %s", first->op, first->node, first->reason);
  }

  return self;
}

DubNetworkInfo *
dub_network_info_load (const char  *path,
                       GError     **error)
{
  g_autoptr (DubGraph) graph = dub_onnx_load (path, error);

  return graph != NULL ? dub_network_info_new (path, graph) : NULL;
}

void
dub_network_info_free (DubNetworkInfo *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self->input_words);
  g_free (self->unsupported);
  g_free (self);
}

static gboolean
fits (const int64_t shape[3],
      int64_t       a,
      int64_t       b,
      int64_t       c)
{
  return (shape[0] < 0 || shape[0] == a) && (shape[1] < 0 || shape[1] == b) && (shape[2] < 0 || shape[2] == c);
}

gboolean
dub_preprocess_fits (const DubPreprocess  *self,
                     const DubNetworkInfo *network,
                     const DubVolumeInfo  *volume)
{
  const int64_t *s = volume->shape;

  return self->axes == DUB_AXES_KJI ? fits (network->shape, s[2], s[1], s[0]) : fits (network->shape, s[0], s[1], s[2]);
}

DubPreprocess
dub_preprocess_guess (const DubNetworkInfo *network,
                      const DubVolumeInfo  *volume)
{
  DubPreprocess guess = { DUB_AXES_IJK, DUB_SCALE_NONE, DUB_FIT_REFUSE };

  if (network == NULL || volume == NULL)
    return guess;

  const int64_t *s = volume->shape;

  if (fits (network->shape, s[0], s[1], s[2]))
    guess.axes = DUB_AXES_IJK;
  else if (fits (network->shape, s[2], s[1], s[0]))
    guess.axes = DUB_AXES_KJI;

  /* Maps of probabilities are fed as they are; raw intensities are not. */
  if (volume->min < -0.01f || volume->max > 1.01f)
    guess.scale = DUB_SCALE_MINMAX;

  return guess;
}
