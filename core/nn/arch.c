#include "core/nn/arch.h"

#include <math.h>

/* A graph under construction: the first failure sticks, later calls do nothing. */
typedef struct {
  DubGraph *graph;
  uint64_t  seed;
  uint64_t  n_drawn; /* parameters drawn so far: the index of the next stream */
  GError   *error;
} Builder;

static DubTensor *
filled (Builder  *b,
        DubShape  shape,
        float     number)
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
constant (Builder    *b,
          const char *node,
          const char *what,
          DubTensor  *tensor,
          gboolean    is_parameter)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", node, what);

  return tensor != NULL ? dub_graph_add_constant (b->graph, name, tensor, is_parameter) : -1;
}

static int
vector (Builder    *b,
        const char *node,
        const char *what,
        int         n,
        float       number,
        gboolean    is_parameter)
{
  g_autoptr (DubTensor) tensor = filled (b, DUB_SHAPE (n), number);

  return constant (b, node, what, tensor, is_parameter);
}

/* He-normal weights; the first extent counts outputs, the product of the others is the fan-in. */
static int
weight (Builder    *b,
        const char *node,
        DubShape    shape)
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

static int
apply (Builder    *b,
       const char *op,
       const char *name,
       const char *attributes,
       int         input)
{
  return b->error == NULL ? dub_graph_apply (b->graph, op, name, attributes, &input, 1) : -1;
}

static int
conv (Builder    *b,
      const char *name,
      int         x,
      DubShape    weight_shape,
      const char *attributes)
{
  int inputs[] = { x, weight (b, name, weight_shape) };

  return b->error == NULL ? dub_graph_apply (b->graph, "Conv", name, attributes, inputs, 2) : -1;
}

static int
batch_norm (Builder    *b,
            const char *name,
            int         x,
            int         channels)
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

static int
dense (Builder    *b,
       const char *name,
       int         x,
       int64_t     n_in,
       int         n_out)
{
  int inputs[] = {
    x,
    weight (b, name, DUB_SHAPE (n_out, n_in)),
    vector (b, name, "bias", n_out, 0.0f, TRUE),
  };

  return b->error == NULL ? dub_graph_apply (b->graph, "Gemm", name, "transB=1", inputs, 3) : -1;
}

/* Hands over the graph with @logits as its output, or the first error. */
static DubGraph *
finish (Builder  *b,
        int       logits,
        GError  **error)
{
  if (b->error != NULL) {
    g_propagate_error (error, b->error);
    dub_graph_unref (b->graph);
    return NULL;
  }
  dub_graph_add_output (b->graph, logits);

  return b->graph;
}

static gboolean
check_positive (const char *what,
                int64_t     n,
                GError    **error)
{
  if (n > 0)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
               "The architecture's %s is %" G_GINT64_FORMAT "; expected at least 1.", what, n);

  return FALSE;
}

DubGraph *
dub_arch_cnn3d (const int64_t   shape[3],
                const int      *channels,
                int             n_blocks,
                int             n_classes,
                double          dropout,
                uint64_t        seed,
                GError        **error)
{
  int64_t extent[3] = { shape[0], shape[1], shape[2] };

  if (!check_positive ("number of blocks", n_blocks, error) || !check_positive ("number of classes", n_classes, error))
    return NULL;
  if (!(dropout >= 0.0 && dropout < 1.0)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The dropout is %g; expected at least 0 and below 1.", dropout);
    return NULL;
  }
  for (int i = 0; i < n_blocks; i++) {
    if (!check_positive ("number of channels", channels[i], error))
      return NULL;
    for (int axis = 0; axis < 3; axis++)
      extent[axis] /= 2;
  }
  if (extent[0] < 1 || extent[1] < 1 || extent[2] < 1) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "A volume of %" G_GINT64_FORMAT "×%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT
                 " cannot be halved %d times; use fewer blocks or a larger volume.",
                 shape[0], shape[1], shape[2], n_blocks);
    return NULL;
  }

  Builder b = { .graph = dub_graph_new ("cnn3d", 15), .seed = seed };
  DubShape input_shape = DUB_SHAPE (-1, 1, shape[0], shape[1], shape[2]);
  int x = dub_graph_add_input (b.graph, "input", DUB_DTYPE_F32, &input_shape);
  int n_in = 1;

  for (int i = 0; i < n_blocks; i++) {
    g_autofree char *conv_name = g_strdup_printf ("block%d.conv", i + 1);
    g_autofree char *norm_name = g_strdup_printf ("block%d.norm", i + 1);
    g_autofree char *act_name = g_strdup_printf ("block%d.activation", i + 1);
    g_autofree char *pool_name = g_strdup_printf ("block%d.pool", i + 1);

    x = conv (&b, conv_name, x, DUB_SHAPE (channels[i], n_in, 3, 3, 3), "kernel_shape=3,3,3 pads=1,1,1,1,1,1");
    x = batch_norm (&b, norm_name, x, channels[i]);
    x = apply (&b, "LeakyRelu", act_name, "alpha=0.01f", x);
    x = apply (&b, "MaxPool", pool_name, "kernel_shape=2,2,2 strides=2,2,2", x);
    n_in = channels[i];
  }

  x = apply (&b, "Flatten", "flatten", "axis=1", x);
  if (dropout > 0.0 && b.error == NULL) {
    g_autoptr (DubTensor) ratio = filled (&b, (DubShape) { .rank = 0 }, (float) dropout);
    int inputs[] = { x, constant (&b, "dropout", "ratio", ratio, FALSE) };

    if (b.error == NULL)
      x = dub_graph_apply (b.graph, "Dropout", "dropout", "", inputs, 2);
  }
  x = dense (&b, "dense1", x, n_in * extent[0] * extent[1] * extent[2], 64);
  x = apply (&b, "LeakyRelu", "dense1.activation", "alpha=0.01f", x);
  x = dense (&b, "logits", x, 64, n_classes);

  return finish (&b, x, error);
}

/* Two 3x3 convolutions around a shortcut, which is a 1x1 convolution where the shape changes. */
static int
basic_block (Builder    *b,
             const char *prefix,
             int         x,
             int         n_in,
             int         n_out,
             int         stride)
{
  g_autofree char *conv1 = g_strdup_printf ("%s.conv1", prefix);
  g_autofree char *norm1 = g_strdup_printf ("%s.norm1", prefix);
  g_autofree char *relu1 = g_strdup_printf ("%s.relu1", prefix);
  g_autofree char *conv2 = g_strdup_printf ("%s.conv2", prefix);
  g_autofree char *norm2 = g_strdup_printf ("%s.norm2", prefix);
  g_autofree char *sum = g_strdup_printf ("%s.add", prefix);
  g_autofree char *relu2 = g_strdup_printf ("%s.relu2", prefix);
  g_autofree char *strided = g_strdup_printf ("kernel_shape=3,3 pads=1,1,1,1 strides=%d,%d", stride, stride);
  int shortcut = x;
  int y = conv (b, conv1, x, DUB_SHAPE (n_out, n_in, 3, 3), strided);

  y = batch_norm (b, norm1, y, n_out);
  y = apply (b, "Relu", relu1, "", y);
  y = conv (b, conv2, y, DUB_SHAPE (n_out, n_out, 3, 3), "kernel_shape=3,3 pads=1,1,1,1");
  y = batch_norm (b, norm2, y, n_out);

  if (stride != 1 || n_in != n_out) {
    g_autofree char *conv0 = g_strdup_printf ("%s.shortcut", prefix);
    g_autofree char *norm0 = g_strdup_printf ("%s.shortcut_norm", prefix);
    g_autofree char *attributes = g_strdup_printf ("kernel_shape=1,1 strides=%d,%d", stride, stride);

    shortcut = conv (b, conv0, x, DUB_SHAPE (n_out, n_in, 1, 1), attributes);
    shortcut = batch_norm (b, norm0, shortcut, n_out);
  }
  if (b->error != NULL)
    return -1;

  int terms[] = { y, shortcut };

  y = dub_graph_apply (b->graph, "Add", sum, "", terms, 2);

  return apply (b, "Relu", relu2, "", y);
}

DubGraph *
dub_arch_resnet18 (int64_t         height,
                   int64_t         width,
                   int             in_channels,
                   int             n_classes,
                   int             width64,
                   uint64_t        seed,
                   GError        **error)
{
  if (!check_positive ("height", height, error) || !check_positive ("width", width, error) ||
      !check_positive ("number of input channels", in_channels, error) ||
      !check_positive ("number of classes", n_classes, error) || !check_positive ("width", width64, error))
    return NULL;

  Builder b = { .graph = dub_graph_new ("resnet18", 15), .seed = seed };
  DubShape input_shape = DUB_SHAPE (-1, in_channels, height, width);
  int x = dub_graph_add_input (b.graph, "input", DUB_DTYPE_F32, &input_shape);
  int n_in = width64;

  x = conv (&b, "stem", x, DUB_SHAPE (width64, in_channels, 3, 3), "kernel_shape=3,3 pads=1,1,1,1");
  x = batch_norm (&b, "stem_norm", x, width64);
  x = apply (&b, "Relu", "stem_relu", "", x);

  for (int stage = 0; stage < 4; stage++)
    for (int block = 0; block < 2; block++) {
      g_autofree char *prefix = g_strdup_printf ("stage%d.%d", stage + 1, block);
      int n_out = width64 << stage;

      x = basic_block (&b, prefix, x, n_in, n_out, stage > 0 && block == 0 ? 2 : 1);
      n_in = n_out;
    }

  x = apply (&b, "GlobalAveragePool", "pool", "", x);
  x = apply (&b, "Flatten", "flatten", "axis=1", x);
  x = dense (&b, "logits", x, n_in, n_classes);

  return finish (&b, x, error);
}
