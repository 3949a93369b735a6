#include "core/nn/arch-builder.h"

#include <math.h>

static DubTensor *
filled (DubArchBuilder *b,
        DubShape        shape,
        float           number)
{
  if (b->error != NULL)
    return NULL;

  DubTensor *tensor = dub_tensor_new (DUB_DTYPE_F32, shape, &b->error);

  if (tensor != NULL)
    for (size_t i = 0; i < dub_tensor_n_elements (tensor); i++)
      dub_tensor_f32 (tensor)[i] = number;

  return tensor;
}

/* Adds a constant "node.what"; returns its value, or -1. */
static int
constant (DubArchBuilder *b,
          const char     *node,
          const char     *what,
          DubTensor      *tensor,
          gboolean        is_parameter)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", node, what);

  return tensor != NULL ? dub_graph_add_constant (b->graph, name, tensor, is_parameter) : -1;
}

static int
vector (DubArchBuilder *b,
        const char     *node,
        const char     *what,
        int             n,
        float           number,
        gboolean        is_parameter)
{
  g_autoptr (DubTensor) tensor = filled (b, DUB_SHAPE (n), number);

  return constant (b, node, what, tensor, is_parameter);
}

/* He-normal weights; the first extent counts outputs, the product of the others is the fan-in. */
static int
weight (DubArchBuilder *b,
        const char     *node,
        DubShape        shape)
{
  g_autoptr (DubTensor) tensor = filled (b, shape, 0.0f);
  DubRng rng;

  if (tensor == NULL)
    return -1;

  size_t n = dub_tensor_n_elements (tensor);
  double deviation = sqrt (2.0 * (double) shape.dim[0] / (double) n);

  dub_rng_init (&rng, b->seed, "arch", b->n_drawn++);
  for (size_t i = 0; i < n; i++)
    dub_tensor_f32 (tensor)[i] = (float) (deviation * dub_rng_normal (&rng));

  return constant (b, node, "weight", tensor, TRUE);
}

DubArchBuilder
dub_arch_begin (const char     *name,
                const DubShape *input,
                uint64_t        seed,
                int            *x)
{
  DubArchBuilder b = { .graph = dub_graph_new (name, 15), .seed = seed };
  DubShape shape = { .rank = input->rank + 1, .dim = { -1 } };

  for (int i = 0; i < input->rank; i++)
    shape.dim[i + 1] = input->dim[i];
  *x = dub_graph_add_input (b.graph, "input", DUB_DTYPE_F32, &shape);

  return b;
}

DubGraph *
dub_arch_finish (DubArchBuilder *b,
                 int             logits,
                 int             features,
                 GError        **error)
{
  g_autoptr (DubGraph) graph = g_steal_pointer (&b->graph);

  if (b->error != NULL) {
    g_propagate_error (error, g_steal_pointer (&b->error));
    return NULL;
  }
  /* By a node of its own, so that the output bears the name in an exported file. */
  features = dub_graph_apply (graph, "Identity", "features", "", &features, 1);
  dub_graph_add_output (graph, logits);
  dub_graph_add_output (graph, features);

  return g_steal_pointer (&graph);
}

int
dub_arch_apply (DubArchBuilder *b,
                const char     *op,
                const char     *name,
                const char     *attributes,
                int             x)
{
  return b->error == NULL ? dub_graph_apply (b->graph, op, name, attributes, &x, 1) : -1;
}

int
dub_arch_conv (DubArchBuilder *b,
               const char     *name,
               int             x,
               DubShape        weight_shape,
               const char     *attributes)
{
  int inputs[] = { x, weight (b, name, weight_shape) };

  return b->error == NULL ? dub_graph_apply (b->graph, "Conv", name, attributes, inputs, 2) : -1;
}

int
dub_arch_norm (DubArchBuilder *b,
               const char     *name,
               int             x,
               int             channels)
{
  int inputs[] = {
    x,
    vector (b, name, "weight", channels, 1.0f, TRUE),
    vector (b, name, "bias", channels, 0.0f, TRUE),
    vector (b, name, "running_mean", channels, 0.0f, FALSE),
    vector (b, name, "running_var", channels, 1.0f, FALSE),
  };
  g_autofree char *new_mean = g_strdup_printf ("%s.new_mean", name);
  g_autofree char *new_var = g_strdup_printf ("%s.new_var", name);

  if (b->error != NULL)
    return -1;

  DubAttributes *attributes = dub_attributes_new ();
  int outputs[] = {
    dub_graph_add_value (b->graph, name),
    dub_graph_add_value (b->graph, new_mean),
    dub_graph_add_value (b->graph, new_var),
  };

  dub_attributes_set_float (attributes, "epsilon", 1e-5f);
  dub_attributes_set_float (attributes, "momentum", 0.9f);
  dub_graph_add_node (b->graph, "BatchNormalization", name, attributes, inputs, 5, outputs, 3);

  return outputs[0];
}

int
dub_arch_dropout (DubArchBuilder *b,
                  const char     *name,
                  int             x,
                  double          ratio)
{
  if (ratio <= 0.0 || b->error != NULL)
    return b->error == NULL ? x : -1;

  g_autoptr (DubTensor) tensor = filled (b, (DubShape) { .rank = 0 }, (float) ratio);
  int inputs[] = { x, constant (b, name, "ratio", tensor, FALSE) };

  return b->error == NULL ? dub_graph_apply (b->graph, "Dropout", name, "", inputs, 2) : -1;
}

int
dub_arch_dense (DubArchBuilder *b,
                const char     *name,
                int             x,
                int64_t         n_in,
                int             n_out)
{
  int inputs[] = {
    x,
    weight (b, name, DUB_SHAPE (n_out, n_in)),
    vector (b, name, "bias", n_out, 0.0f, TRUE),
  };

  return b->error == NULL ? dub_graph_apply (b->graph, "Gemm", name, "transB=1", inputs, 3) : -1;
}

gboolean
dub_arch_check_positive (const char *what,
                         int64_t     n,
                         GError    **error)
{
  if (n > 0)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
               "The architecture's %s is %" G_GINT64_FORMAT "; expected at least 1.", what, n);

  return FALSE;
}

gboolean
dub_arch_check_dropout (double   ratio,
                        GError **error)
{
  if (ratio >= 0.0 && ratio < 1.0)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The dropout is %g; expected at least 0 and below 1.", ratio);

  return FALSE;
}
