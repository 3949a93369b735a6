/* The oracle of the engine: the definition, one output at a time, summed in double precision. */
#include "core/nn/kernels/conv-ref.h"

/* Moves @x to the next coordinate below @extent, last axis fastest; FALSE at the end. */
static gboolean
advance (int64_t       x[3],
         const int64_t extent[3])
{
  for (int a = 2; a >= 0; a--) {
    if (++x[a] < extent[a])
      return TRUE;
    x[a] = 0;
  }

  return FALSE;
}

static int64_t
flat (const int64_t x[3],
      const int64_t extent[3])
{
  return (x[0] * extent[1] + x[1]) * extent[2] + x[2];
}

/* Calls @visit for every product x · w that goes into y. */
static void
walk (const DubConvShape *s,
      void              (*visit) (int64_t x, int64_t w, int64_t y, gpointer data),
      gpointer            data)
{
  int64_t n_in = s->in[0] * s->in[1] * s->in[2];
  int64_t n_out = s->out[0] * s->out[1] * s->out[2];
  int64_t n_taps = s->kernel[0] * s->kernel[1] * s->kernel[2];

  for (int64_t n = 0; n < s->n_images; n++)
    for (int64_t oc = 0; oc < s->n_groups * s->out_channels; oc++)
      for (int64_t ic = 0; ic < s->in_channels; ic++) {
        int64_t o[3] = { 0 };

        do {
          int64_t k[3] = { 0 };

          do {
            int64_t i[3];
            gboolean inside = TRUE;

            for (int a = 0; a < 3; a++) {
              i[a] = o[a] * s->stride[a] + k[a] * s->dilation[a] - s->pad[a];
              inside &= i[a] >= 0 && i[a] < s->in[a];
            }
            if (inside)
              visit ((n * s->n_groups * s->in_channels + oc / s->out_channels * s->in_channels + ic) * n_in +
                       flat (i, s->in),
                     (oc * s->in_channels + ic) * n_taps + flat (k, s->kernel),
                     (n * s->n_groups * s->out_channels + oc) * n_out + flat (o, s->out), data);
          } while (advance (k, s->kernel));
        } while (advance (o, s->out));
      }
}

typedef struct {
  const float *a;
  const float *b;
  double      *sum;
} Sums;

static void
visit_y (int64_t x, int64_t w, int64_t y, gpointer data)
{
  Sums *sums = data;

  sums->sum[y] += (double) sums->a[x] * sums->b[w];
}

static void
visit_x (int64_t x, int64_t w, int64_t y, gpointer data)
{
  Sums *sums = data;

  sums->sum[x] += (double) sums->a[y] * sums->b[w];
}

static void
visit_w (int64_t x, int64_t w, int64_t y, gpointer data)
{
  Sums *sums = data;

  sums->sum[w] += (double) sums->a[y] * sums->b[x];
}

void
dub_conv_ref_forward (const DubConvShape *shape,
                      const float        *x,
                      const float        *w,
                      const float        *bias,
                      double             *y)
{
  Sums sums = { x, w, y };
  int64_t n_out = shape->out[0] * shape->out[1] * shape->out[2];
  int64_t n_channels = shape->n_groups * shape->out_channels;

  for (int64_t i = 0; i < shape->n_images * n_channels * n_out; i++)
    y[i] = bias != NULL ? bias[i / n_out % n_channels] : 0.0;
  walk (shape, visit_y, &sums);
}

void
dub_conv_ref_input (const DubConvShape *shape,
                    const float        *dy,
                    const float        *w,
                    double             *dx)
{
  Sums sums = { dy, w, dx };
  int64_t n = shape->n_images * shape->n_groups * shape->in_channels * shape->in[0] * shape->in[1] * shape->in[2];

  for (int64_t i = 0; i < n; i++)
    dx[i] = 0.0;
  walk (shape, visit_x, &sums);
}

void
dub_conv_ref_weights (const DubConvShape *shape,
                      const float        *x,
                      const float        *dy,
                      double             *dw)
{
  Sums sums = { dy, x, dw };
  int64_t n = shape->n_groups * shape->out_channels * shape->in_channels * shape->kernel[0] * shape->kernel[1] *
              shape->kernel[2];

  for (int64_t i = 0; i < n; i++)
    dw[i] = 0.0;
  walk (shape, visit_w, &sums);
}
