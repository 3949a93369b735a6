#include "core/nn/ops/spatial.h"

/* Attributes come from files: beyond this, sums of products would not fit 64 bits. */
static const int64_t LARGEST = (int64_t) 1 << 30;

static gboolean
read_ints (const DubInferContext *ctx,
           const char            *name,
           size_t                 n,
           int64_t                least,
           int64_t               *values,
           GError               **error)
{
  size_t n_found = 0;
  const int64_t *found = dub_attributes_get_ints (ctx->attributes, name, &n_found);

  if (found == NULL || n_found == 0)
    return TRUE;
  if (n_found != n)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "attribute %s has %zu numbers; expected %zu.", name, n_found, n);
  for (size_t i = 0; i < n; i++) {
    if (found[i] < least || found[i] > LARGEST)
      return dub_infer_fail (ctx, error, DUB_ERROR_ARGUMENT,
                             "attribute %s contains %" G_GINT64_FORMAT "; expected %" G_GINT64_FORMAT
                             " to %" G_GINT64_FORMAT ".",
                             name, found[i], least, (int64_t) LARGEST);
    values[i] = found[i];
  }

  return TRUE;
}

gboolean
dub_spatial_parse (const DubInferContext *ctx,
                   int                    input,
                   const int64_t         *kernel_shape,
                   DubSpatial            *self,
                   GError               **error)
{
  const DubShape *x = &ctx->in[input].shape;
  int64_t kernel[3] = { -1, -1, -1 };
  int64_t strides[3] = { 1, 1, 1 };
  int64_t dilations[3] = { 1, 1, 1 };
  int64_t pads[6] = { 0 };

  if (x->rank < 3 || x->rank > 5)
    return dub_infer_fail (ctx, error, x->rank < 3 ? DUB_ERROR_SHAPE : DUB_ERROR_UNSUPPORTED,
                           "its input has rank %d; expected 3 to 5 (batch, channels, one to three spatial axes).",
                           x->rank);

  int n = self->n_axes = x->rank - 2;

  if (!read_ints (ctx, "kernel_shape", (size_t) n, 1, kernel, error) ||
      !read_ints (ctx, "strides", (size_t) n, 1, strides, error) ||
      !read_ints (ctx, "dilations", (size_t) n, 1, dilations, error) ||
      !read_ints (ctx, "pads", (size_t) (2 * n), 0, pads, error))
    return FALSE;

  for (int a = 0; a < 3; a++) {
    int i = a - (3 - n);

    self->in[a] = i >= 0 ? x->dim[i + 2] : 1;
    self->out[a] = 1;
    self->stride[a] = i >= 0 ? strides[i] : 1;
    self->dilation[a] = i >= 0 ? dilations[i] : 1;
    self->pad[a] = i >= 0 ? pads[i] : 0;
    self->pad_end[a] = i >= 0 ? pads[i + n] : 0;
    self->kernel[a] = i < 0 ? 1 : kernel_shape != NULL ? kernel_shape[i] : kernel[i];
    if (self->kernel[a] < 1)
      return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "attribute kernel_shape is missing or contains 0.");
    if (i >= 0 && kernel_shape != NULL && kernel[i] >= 0 && kernel[i] != kernel_shape[i])
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                             "attribute kernel_shape says %" G_GINT64_FORMAT " where the weights have %" G_GINT64_FORMAT
                             ".", kernel[i], kernel_shape[i]);
    if (self->kernel[a] > LARGEST || self->in[a] > LARGEST)
      return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED, "an axis has more than 2^30 elements.");
  }

  return TRUE;
}

gboolean
dub_spatial_resolve (const DubInferContext *ctx,
                     gboolean               ceil_mode,
                     DubSpatial            *self,
                     GError               **error)
{
  const char *auto_pad = dub_attributes_get_string (ctx->attributes, "auto_pad", "NOTSET");
  gboolean upper = g_str_equal (auto_pad, "SAME_UPPER");
  gboolean lower = g_str_equal (auto_pad, "SAME_LOWER");
  gboolean valid = g_str_equal (auto_pad, "VALID");

  if (!upper && !lower && !valid && !g_str_equal (auto_pad, "NOTSET") && auto_pad[0] != '\0')
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT,
                           "attribute auto_pad is “%s”; expected NOTSET, VALID, SAME_UPPER or SAME_LOWER.", auto_pad);

  for (int a = 3 - self->n_axes; a < 3; a++) {
    int64_t extent = (self->kernel[a] - 1) * self->dilation[a] + 1;

    if (valid)
      self->pad[a] = self->pad_end[a] = 0;
    if (upper || lower) {
      int64_t out = (self->in[a] + self->stride[a] - 1) / self->stride[a];
      int64_t total = MAX ((out - 1) * self->stride[a] + extent - self->in[a], 0);

      self->pad[a] = upper ? total / 2 : total - total / 2;
      self->pad_end[a] = total - self->pad[a];
    }

    int64_t room = self->in[a] + self->pad[a] + self->pad_end[a] - extent;

    if (room < 0)
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                             "its window of %" G_GINT64_FORMAT " is larger than the padded input of %" G_GINT64_FORMAT
                             " along axis %d.", extent, room + extent, a + self->n_axes - 1);

    self->out[a] = room / self->stride[a] + 1;
    if (ceil_mode && room % self->stride[a] != 0 && self->out[a] * self->stride[a] < self->in[a] + self->pad[a])
      self->out[a]++;
  }

  return TRUE;
}

DubShape
dub_spatial_shape (const DubSpatial *self,
                   int64_t           n_images,
                   int64_t           n_channels,
                   const int64_t     extent[3])
{
  DubShape shape = { .rank = self->n_axes + 2, .dim = { n_images, n_channels } };

  for (int i = 0; i < self->n_axes; i++)
    shape.dim[i + 2] = extent[i + 3 - self->n_axes];

  return shape;
}
