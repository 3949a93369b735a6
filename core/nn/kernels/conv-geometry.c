#include "core/nn/kernels/conv.h"

static int64_t
gcd (int64_t a,
     int64_t b)
{
  return b == 0 ? a : gcd (b, a % b);
}

static int64_t
floor_div (int64_t a,
           int64_t b)
{
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

static void
weight_strides (const DubConvShape *shape,
                int64_t             stride[3])
{
  stride[2] = 1;
  stride[1] = shape->kernel[2];
  stride[0] = shape->kernel[1] * shape->kernel[2];
}

void
dub_conv_geometry_forward (const DubConvShape *shape,
                           DubConvGeometry    *geometry)
{
  int64_t tap_stride[3];
  int64_t n_taps = shape->kernel[0] * shape->kernel[1] * shape->kernel[2];

  weight_strides (shape, tap_stride);
  *geometry = (DubConvGeometry) {
    .n_images = shape->n_images,
    .n_groups = shape->n_groups,
    .in_channels = shape->in_channels,
    .out_channels = shape->out_channels,
    .w_group = shape->out_channels * shape->in_channels * n_taps,
    .w_out = shape->in_channels * n_taps,
    .w_in = n_taps,
  };
  for (int a = 0; a < 3; a++) {
    geometry->in[a] = shape->in[a];
    geometry->out[a] = shape->out[a];
    geometry->stride[a] = shape->stride[a];
    geometry->n_taps[a] = shape->kernel[a];
    geometry->first[a] = -shape->pad[a];
    geometry->step[a] = shape->dilation[a];
    geometry->w_tap[a] = tap_stride[a];
    geometry->place_extent[a] = shape->out[a];
    geometry->place_step[a] = 1;
  }
}

int64_t
dub_conv_n_reverse (const DubConvShape *shape)
{
  return shape->stride[0] * shape->stride[1] * shape->stride[2];
}

void
dub_conv_geometry_reverse (const DubConvShape *shape,
                           int64_t             index,
                           DubConvGeometry    *geometry)
{
  int64_t tap_stride[3];
  int64_t n_taps = shape->kernel[0] * shape->kernel[1] * shape->kernel[2];

  weight_strides (shape, tap_stride);
  *geometry = (DubConvGeometry) {
    .n_images = shape->n_images,
    .n_groups = shape->n_groups,
    .in_channels = shape->out_channels,
    .out_channels = shape->in_channels,
    .w_group = shape->out_channels * shape->in_channels * n_taps,
    .w_out = n_taps,
    .w_in = shape->in_channels * n_taps,
  };

  for (int a = 2; a >= 0; a--) {
    int64_t s = shape->stride[a];
    int64_t r = index % s;      /* this sum gives the input coordinates s · i + r */
    int64_t every = s / gcd (s, shape->dilation[a]);
    int64_t k = 0;

    index /= s;
    geometry->in[a] = shape->out[a];
    geometry->out[a] = shape->in[a] > r ? (shape->in[a] - r + s - 1) / s : 0;
    geometry->stride[a] = 1;
    geometry->place_extent[a] = shape->in[a];
    geometry->place_first[a] = r;
    geometry->place_step[a] = s;

    /* Input coordinate s·i + r was read by output x through tap k where s·x + k·dilation = s·i + r + pad.
     * The taps for which that has a solution lie @every apart; each further one lowers x by @back. */
    while (k < shape->kernel[a] && (r + shape->pad[a] - k * shape->dilation[a]) % s != 0)
      k++;
    int64_t n = k < shape->kernel[a] ? (shape->kernel[a] - 1 - k) / every + 1 : 0;
    int64_t back = every * shape->dilation[a] / s;
    int64_t last = k + MAX (n - 1, 0) * every;

    geometry->n_taps[a] = n;
    geometry->step[a] = MAX (back, 1);
    geometry->first[a] = floor_div (r + shape->pad[a] - last * shape->dilation[a], s);
    geometry->w_base += last * tap_stride[a];
    geometry->w_tap[a] = -every * tap_stride[a];
  }
  for (int a = 0; a < 3; a++)
    if (geometry->n_taps[a] == 0)
      geometry->w_base = 0;
}
