/* The classifier that source 002 (section S2) trains on top of a frozen backbone. */
#include "core/nn/arch-builder.h"

#include <string.h>

enum { WIDTH = 128 };

/* "kernel_shape=1,1" of @n axes. */
static char *
repeated (const char *what,
          int         number,
          int         n)
{
  GString *text = g_string_new (what);

  for (int i = 0; i < n; i++)
    g_string_append_printf (text, "%s%d", i == 0 ? "=" : ",", number);

  return g_string_free (text, FALSE);
}

DubGraph *
dub_arch_head (const DubArchOptions  *options,
               GError               **error)
{
  DubShape maps = options->input;
  int n_axes = maps.rank - 1;
  int width = options->width > 0 ? options->width : WIDTH;
  int x;

  if (n_axes < 0 || n_axes > 3) {
    g_autofree char *found = dub_shape_to_string (&maps);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "The value at which the network is cut has shape %s for one case; expected C, or C with 1 to 3 extents.",
                 found);
    return NULL;
  }
  if (!dub_arch_check_positive ("number of classes", options->n_classes, error) ||
      !dub_arch_check_dropout (options->dropout, error))
    return NULL;

  DubArchBuilder b = dub_arch_begin ("head", &maps, options->seed, &x);

  if (n_axes > 0) {
    g_autofree char *kernel1 = repeated ("kernel_shape", 1, n_axes);
    g_autofree char *kernel2 = repeated ("kernel_shape", 2, n_axes);
    g_autofree char *strides = repeated ("strides", 1, n_axes);
    g_autofree char *pooling = g_strdup_printf ("%s %s", kernel2, strides);
    DubShape weight = { .rank = n_axes + 2, .dim = { width, maps.dim[0], 1, 1, 1 } };
    gboolean pools = TRUE;

    x = dub_arch_conv (&b, "conv", x, weight, kernel1);
    x = dub_arch_norm (&b, "norm", x, width);
    x = dub_arch_apply (&b, "LeakyRelu", "activation", "alpha=0.01f", x);
    maps.dim[0] = width;
    for (int i = 1; i <= n_axes; i++)
      pools = pools && maps.dim[i] >= 2;
    if (pools)
      x = dub_arch_apply (&b, "MaxPool", "pool", pooling, x);
    for (int i = 1; pools && i <= n_axes; i++)
      maps.dim[i]--;
    x = dub_arch_apply (&b, "Flatten", "flatten", "axis=1", x);
  }

  x = dub_arch_dropout (&b, "dropout1", x, options->dropout);
  x = dub_arch_dense (&b, "dense1", x, (int64_t) dub_shape_n_elements (&maps), width);
  x = dub_arch_apply (&b, "LeakyRelu", "dense1.activation", "alpha=0.01f", x);

  int kept = dub_arch_dropout (&b, "dropout2", x, options->dropout);

  return dub_arch_finish (&b, dub_arch_dense (&b, "logits", kept, width, options->n_classes), x, error);
}
