/* Two small networks: a plain 2-D one, and dense layers alone. */
#include "core/nn/arch-builder.h"

DubGraph *
_dub_arch_cnn2d (const DubArchOptions *options,
                 GError              **error)
{
  int width = options->width > 0 ? options->width : 16;
  int64_t smallest = MIN (options->input.dim[1], options->input.dim[2]);
  int depth = options->depth > 0 ? options->depth : 3;
  int n_in = (int) options->input.dim[0];
  int x;

  while (options->depth == 0 && depth > 1 && smallest >> depth < 1)
    depth--;
  if (smallest >> depth < 1) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "An image of %" G_GINT64_FORMAT "×%" G_GINT64_FORMAT
                 " pixels cannot be halved %d times; use fewer blocks or larger images.",
                 options->input.dim[1], options->input.dim[2], depth);
    return NULL;
  }

  DubArchBuilder b = dub_arch_begin ("cnn2d", &options->input, options->seed, &x);

  for (int i = 0; i < depth; i++) {
    g_autofree char *conv_name = g_strdup_printf ("block%d.conv", i + 1);
    g_autofree char *norm_name = g_strdup_printf ("block%d.norm", i + 1);
    g_autofree char *act_name = g_strdup_printf ("block%d.activation", i + 1);
    g_autofree char *pool_name = g_strdup_printf ("block%d.pool", i + 1);
    int n_out = width << i;

    x = dub_arch_conv (&b, conv_name, x, DUB_SHAPE (n_out, n_in, 3, 3), "kernel_shape=3,3 pads=1,1,1,1");
    x = dub_arch_norm (&b, norm_name, x, n_out);
    x = dub_arch_apply (&b, "Relu", act_name, "", x);
    x = dub_arch_apply (&b, "MaxPool", pool_name, "kernel_shape=2,2 strides=2,2", x);
    n_in = n_out;
  }
  x = dub_arch_apply (&b, "GlobalAveragePool", "pool", "", x);
  x = dub_arch_apply (&b, "Flatten", "flatten", "axis=1", x);

  int kept = dub_arch_dropout (&b, "dropout", x, options->dropout);

  return dub_arch_finish (&b, dub_arch_dense (&b, "logits", kept, n_in, options->n_classes), x, error);
}

DubGraph *
_dub_arch_mlp (const DubArchOptions *options,
               GError              **error)
{
  int width = options->width > 0 ? options->width : 128;
  int depth = options->depth > 0 ? options->depth : 2;
  int64_t n_in = (int64_t) dub_shape_n_elements (&options->input);
  int features;
  int x;
  DubArchBuilder b = dub_arch_begin ("mlp", &options->input, options->seed, &x);

  x = dub_arch_apply (&b, "Flatten", "flatten", "axis=1", x);
  features = x;
  for (int i = 0; i < depth; i++) {
    g_autofree char *dense_name = g_strdup_printf ("dense%d", i + 1);
    g_autofree char *act_name = g_strdup_printf ("dense%d.activation", i + 1);
    g_autofree char *drop_name = g_strdup_printf ("dense%d.dropout", i + 1);

    x = dub_arch_dense (&b, dense_name, x, n_in, width);
    features = x = dub_arch_apply (&b, "Relu", act_name, "", x);
    x = dub_arch_dropout (&b, drop_name, x, options->dropout);
    n_in = width;
  }

  return dub_arch_finish (&b, dub_arch_dense (&b, "logits", x, n_in, options->n_classes), features, error);
}
