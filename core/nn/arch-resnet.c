#include "core/nn/arch-builder.h"

/* Larger images begin with a stem that divides their extents by four. */
static const int64_t LARGEST_SMALL = 64;

/* Two 3x3 convolutions around a shortcut, which is a 1x1 convolution where the shape changes. */
static int
basic_block (DubArchBuilder *b,
             const char     *prefix,
             int             x,
             int             n_in,
             int             n_out,
             int             stride)
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
  int y = dub_arch_conv (b, conv1, x, DUB_SHAPE (n_out, n_in, 3, 3), strided);

  y = dub_arch_norm (b, norm1, y, n_out);
  y = dub_arch_apply (b, "Relu", relu1, "", y);
  y = dub_arch_conv (b, conv2, y, DUB_SHAPE (n_out, n_out, 3, 3), "kernel_shape=3,3 pads=1,1,1,1");
  y = dub_arch_norm (b, norm2, y, n_out);

  if (stride != 1 || n_in != n_out) {
    g_autofree char *conv0 = g_strdup_printf ("%s.shortcut", prefix);
    g_autofree char *norm0 = g_strdup_printf ("%s.shortcut_norm", prefix);
    g_autofree char *attributes = g_strdup_printf ("kernel_shape=1,1 strides=%d,%d", stride, stride);

    shortcut = dub_arch_conv (b, conv0, x, DUB_SHAPE (n_out, n_in, 1, 1), attributes);
    shortcut = dub_arch_norm (b, norm0, shortcut, n_out);
  }
  if (b->error != NULL)
    return -1;

  int terms[] = { y, shortcut };

  y = dub_graph_apply (b->graph, "Add", sum, "", terms, 2);

  return dub_arch_apply (b, "Relu", relu2, "", y);
}

static int
stem (DubArchBuilder *b,
      int             x,
      const DubShape *input,
      int             width)
{
  gboolean is_small = MAX (input->dim[1], input->dim[2]) <= LARGEST_SMALL;
  int64_t n_in = input->dim[0];

  if (is_small)
    x = dub_arch_conv (b, "stem", x, DUB_SHAPE (width, n_in, 3, 3), "kernel_shape=3,3 pads=1,1,1,1");
  else
    x = dub_arch_conv (b, "stem", x, DUB_SHAPE (width, n_in, 7, 7), "kernel_shape=7,7 pads=3,3,3,3 strides=2,2");
  x = dub_arch_norm (b, "stem_norm", x, width);
  x = dub_arch_apply (b, "Relu", "stem_relu", "", x);

  return is_small ? x : dub_arch_apply (b, "MaxPool", "stem_pool", "kernel_shape=3,3 pads=1,1,1,1 strides=2,2", x);
}

DubGraph *
_dub_arch_resnet18 (const DubArchOptions *options,
                    GError              **error)
{
  int width = options->width > 0 ? options->width : 64;
  int n_in = width;
  int x;
  DubArchBuilder b = dub_arch_begin ("resnet18", &options->input, options->seed, &x);

  x = stem (&b, x, &options->input, width);
  for (int stage = 0; stage < 4; stage++)
    for (int block = 0; block < 2; block++) {
      g_autofree char *prefix = g_strdup_printf ("stage%d.%d", stage + 1, block);
      int n_out = width << stage;

      x = basic_block (&b, prefix, x, n_in, n_out, stage > 0 && block == 0 ? 2 : 1);
      n_in = n_out;
    }

  x = dub_arch_apply (&b, "GlobalAveragePool", "pool", "", x);
  x = dub_arch_apply (&b, "Flatten", "flatten", "axis=1", x);

  int kept = dub_arch_dropout (&b, "dropout", x, options->dropout);

  return dub_arch_finish (&b, dub_arch_dense (&b, "logits", kept, n_in, options->n_classes), x, error);
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
  DubArchOptions options = {
    .input = DUB_SHAPE (in_channels, height, width), .n_classes = n_classes, .width = width64, .seed = seed,
  };

  return dub_arch_check_positive ("width", width64, error) ? dub_arch_new ("resnet18", &options, error) : NULL;
}
