/* The 3-D network of source 001. */
#include "core/nn/arch-builder.h"

/* The last volume has at least this many voxels along each axis where the depth is ours to choose. */
static const int64_t SMALLEST = 3;
enum { MOST_BLOCKS = 5, DENSE = 64 };

static gboolean
check (const DubShape  *input,
       const int       *channels,
       int              n_blocks,
       int              n_classes,
       double           dropout,
       GError         **error)
{
  if (!dub_arch_check_positive ("number of blocks", n_blocks, error) ||
      !dub_arch_check_positive ("number of classes", n_classes, error) || !dub_arch_check_dropout (dropout, error))
    return FALSE;
  for (int i = 0; i < n_blocks; i++)
    if (!dub_arch_check_positive ("number of channels", channels[i], error))
      return FALSE;
  for (int axis = 1; axis < 4; axis++)
    if (n_blocks > 30 || input->dim[axis] >> n_blocks < 1) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                   "A volume of %" G_GINT64_FORMAT "×%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT
                   " cannot be halved %d times; use fewer blocks or a larger volume.",
                   input->dim[1], input->dim[2], input->dim[3], n_blocks);
      return FALSE;
    }

  return TRUE;
}

static DubGraph *
build (const DubShape  *input,
       const int       *channels,
       int              n_blocks,
       int              n_classes,
       double           dropout,
       uint64_t         seed,
       GError         **error)
{
  int x;
  DubArchBuilder b = dub_arch_begin ("cnn3d", input, seed, &x);
  int n_in = (int) input->dim[0];
  int64_t n_features = channels[n_blocks - 1];

  for (int i = 0; i < n_blocks; i++) {
    g_autofree char *conv_name = g_strdup_printf ("block%d.conv", i + 1);
    g_autofree char *norm_name = g_strdup_printf ("block%d.norm", i + 1);
    g_autofree char *act_name = g_strdup_printf ("block%d.activation", i + 1);
    g_autofree char *pool_name = g_strdup_printf ("block%d.pool", i + 1);

    x = dub_arch_conv (&b, conv_name, x, DUB_SHAPE (channels[i], n_in, 3, 3, 3), "kernel_shape=3,3,3 pads=1,1,1,1,1,1");
    x = dub_arch_norm (&b, norm_name, x, channels[i]);
    x = dub_arch_apply (&b, "LeakyRelu", act_name, "alpha=0.01f", x);
    x = dub_arch_apply (&b, "MaxPool", pool_name, "kernel_shape=2,2,2 strides=2,2,2", x);
    n_in = channels[i];
  }
  for (int axis = 1; axis < 4; axis++)
    n_features *= input->dim[axis] >> n_blocks;

  x = dub_arch_apply (&b, "Flatten", "flatten", "axis=1", x);
  x = dub_arch_dropout (&b, "dropout", x, dropout);
  x = dub_arch_dense (&b, "dense1", x, n_features, DENSE);
  x = dub_arch_apply (&b, "LeakyRelu", "dense1.activation", "alpha=0.01f", x);

  return dub_arch_finish (&b, dub_arch_dense (&b, "logits", x, DENSE, n_classes), x, error);
}

int
_dub_arch_cnn3d_depth (const DubShape *input)
{
  int depth = MOST_BLOCKS;

  for (int axis = 1; axis < 4; axis++)
    while (depth > 1 && input->dim[axis] >> depth < SMALLEST)
      depth--;

  return depth;
}

DubGraph *
_dub_arch_cnn3d (const DubArchOptions *options,
                 GError              **error)
{
  int n_blocks = options->depth > 0 ? options->depth : _dub_arch_cnn3d_depth (&options->input);
  int width = options->width > 0 ? options->width : 8;
  g_autofree int *channels = g_new (int, n_blocks);

  /* Beyond 2^20 maps the number of channels would not fit; no volume can be halved so often. */
  for (int i = 0; i < n_blocks; i++)
    channels[i] = width << MIN (i, 18);

  return check (&options->input, channels, n_blocks, options->n_classes, options->dropout, error)
           ? build (&options->input, channels, n_blocks, options->n_classes, options->dropout, options->seed, error)
           : NULL;
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
  DubShape input = DUB_SHAPE (1, shape[0], shape[1], shape[2]);

  return check (&input, channels, n_blocks, n_classes, dropout, error)
           ? build (&input, channels, n_blocks, n_classes, dropout, seed, error) : NULL;
}
