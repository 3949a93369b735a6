/* The two ways of training, Winograd's and that of the lanes, against the definition of the convolution and its two
 * gradients: every level of the processor, shapes with odd ends, several threads with the same bits. */
#include "core/base/rng.h"
#include "core/nn/kernels/conv-lanes.h"
#include "core/nn/kernels/conv-ref.h"
#include "core/nn/kernels/winograd.h"
#include "tests/nn/random-floats.h"

#include <math.h>
#include <string.h>

typedef gboolean (*SumFunc) (const DubKernels   *kernels,
                             const DubConvShape *shape,
                             const float        *in,
                             const float        *w,
                             const float        *bias,
                             float              *out,
                             float              *scratch,
                             DubRun             *run,
                             GError            **error);
typedef gboolean (*GradientFunc) (const DubKernels   *kernels,
                                  const DubConvShape *shape,
                                  const float        *x_or_dy,
                                  const float        *w_or_dy,
                                  float              *out,
                                  float              *scratch,
                                  DubRun             *run,
                                  GError            **error);

typedef struct {
  gboolean   (*fits)    (const DubConvShape *shape);
  size_t     (*scratch) (const DubKernels   *kernels,
                         const DubConvShape *shape);
  SumFunc      forward;
  GradientFunc reverse;
  GradientFunc weights;
  double       tolerance; /* of the largest number */
} Way;

/* The transforms multiply by up to 100 and cancel again, which costs a decimal against the direct sum. */
static const Way WINOGRAD = {
  dub_winograd_fits, dub_winograd_scratch, dub_winograd_forward, dub_winograd_reverse, dub_winograd_weights, 1e-5
};
static const Way LANES = {
  dub_conv_lanes_fits, dub_conv_lanes_scratch, dub_conv_lanes_forward, dub_conv_lanes_reverse, dub_conv_lanes_weights, 2e-6
};

typedef struct {
  const char *name;
  const Way  *way;
  int64_t n, in_channels, out_channels;
  int64_t in[2], pad[2], pad_end[2];
  int64_t kernel[2], stride[2], dilation[2]; /* 0 stands for 3, 1, 1 */
} Case;

static const Case CASES[] = {
  { "one-tile",    &WINOGRAD, 1, 1, 1,     { 4, 4 },   { 1, 1 }, { 1, 1 } },
  { "pixel",       &WINOGRAD, 2, 3, 2,     { 1, 1 },   { 1, 1 }, { 1, 1 } },
  { "resnet-28",   &WINOGRAD, 2, 16, 64,   { 28, 28 }, { 1, 1 }, { 1, 1 } },
  { "resnet-14",   &WINOGRAD, 3, 40, 70,   { 14, 14 }, { 1, 1 }, { 1, 1 } },
  { "resnet-7",    &WINOGRAD, 19, 33, 48,  { 7, 7 },   { 1, 1 }, { 1, 1 } },
  { "resnet-4",    &WINOGRAD, 67, 70, 20,  { 4, 4 },   { 1, 1 }, { 1, 1 } },
  { "rows",        &WINOGRAD, 2, 5, 17,    { 35, 70 }, { 1, 1 }, { 1, 1 } },
  { "wide",        &WINOGRAD, 1, 2, 3,     { 9, 300 }, { 1, 1 }, { 1, 1 } },
  { "valid",       &WINOGRAD, 3, 17, 16,   { 9, 11 },  { 0, 0 }, { 0, 0 } },
  { "full",        &WINOGRAD, 3, 16, 17,   { 5, 6 },   { 2, 2 }, { 2, 2 } },
  { "uneven",      &WINOGRAD, 4, 20, 40,   { 10, 13 }, { 0, 2 }, { 1, 0 } },
  { "uneven-rows", &WINOGRAD, 2, 3, 18,    { 66, 65 }, { 2, 0 }, { 0, 1 } },

  { "strided-28",  &LANES, 2, 16, 80,   { 28, 28 }, { 1, 1 }, { 1, 1 }, { 3, 3 }, { 2, 2 }, { 1, 1 } },
  { "strided-7",   &LANES, 11, 37, 70,  { 7, 7 },   { 1, 1 }, { 1, 1 }, { 3, 3 }, { 2, 2 }, { 1, 1 } },
  { "shortcut-14", &LANES, 5, 130, 64,  { 14, 14 }, { 0, 0 }, { 0, 0 }, { 1, 1 }, { 2, 2 }, { 1, 1 } },
  { "shortcut-7",  &LANES, 23, 16, 20,  { 7, 7 },   { 0, 0 }, { 0, 0 }, { 1, 1 }, { 2, 2 }, { 1, 1 } },
  { "plain-1x1",   &LANES, 3, 20, 90,   { 9, 5 },   { 0, 0 }, { 0, 0 }, { 1, 1 }, { 1, 1 }, { 1, 1 } },
  { "seven",       &LANES, 2, 3, 16,    { 30, 21 }, { 3, 3 }, { 3, 3 }, { 7, 7 }, { 2, 2 }, { 1, 1 } },
  { "row-blocks",  &LANES, 1, 40, 18,   { 75, 90 }, { 1, 1 }, { 1, 1 }, { 3, 3 }, { 2, 2 }, { 1, 1 } },
  { "row-blocks-1", &LANES, 1, 33, 5,   { 51, 80 }, { 1, 2 }, { 0, 1 }, { 3, 4 }, { 1, 1 }, { 1, 1 } },
  { "dilated",     &LANES, 2, 17, 33,   { 12, 13 }, { 2, 3 }, { 2, 3 }, { 3, 3 }, { 2, 1 }, { 2, 3 } },
  { "stride-3",    &LANES, 3, 5, 6,     { 11, 10 }, { 0, 2 }, { 1, 0 }, { 2, 4 }, { 3, 4 }, { 1, 1 } },
  { "padded-1x1",  &LANES, 2, 4, 9,     { 5, 4 },   { 2, 1 }, { 1, 2 }, { 1, 1 }, { 2, 2 }, { 1, 1 } },
};

static int64_t
or_default (int64_t found,
            int64_t fallback)
{
  return found > 0 ? found : fallback;
}

static DubConvShape
shape_of (const Case *c)
{
  DubConvShape s = {
    .n_images = c->n, .n_groups = 1, .in_channels = c->in_channels, .out_channels = c->out_channels,
    .in = { 1, c->in[0], c->in[1] }, .kernel = { 1, 0, 0 }, .stride = { 1, 0, 0 }, .dilation = { 1, 0, 0 },
    .pad = { 0, c->pad[0], c->pad[1] }, .out = { 1, 0, 0 },
  };

  for (int a = 0; a < 2; a++) {
    s.kernel[a + 1] = or_default (c->kernel[a], 3);
    s.stride[a + 1] = or_default (c->stride[a], 1);
    s.dilation[a + 1] = or_default (c->dilation[a], 1);
    s.out[a + 1] = (c->in[a] + c->pad[a] + c->pad_end[a] - (s.kernel[a + 1] - 1) * s.dilation[a + 1] - 1) / s.stride[a + 1] + 1;
  }

  return s;
}

static void
compare (const char   *what,
         const float  *found,
         const double *expected,
         size_t        n,
         double        tolerance)
{
  double largest = 1.0;

  for (size_t i = 0; i < n; i++)
    largest = fmax (largest, fabs (expected[i]));
  for (size_t i = 0; i < n; i++)
    if (!(fabs (found[i] - expected[i]) <= tolerance * largest)) {
      g_test_message ("%s: element %zu is %g; expected %g", what, i, found[i], expected[i]);
      g_test_fail ();
      return;
    }
}

typedef struct {
  const Way   *way;
  DubConvShape s;
  size_t       n_x, n_y, n_w;
  float       *x, *y, *w, *bias;
} Numbers;

static Numbers *
numbers_new (const Case *c)
{
  Numbers *self = g_new0 (Numbers, 1);

  self->way = c->way;
  self->s = shape_of (c);
  self->n_x = (size_t) (c->n * c->in_channels * c->in[0] * c->in[1]);
  self->n_y = (size_t) (c->n * c->out_channels * self->s.out[1] * self->s.out[2]);
  self->n_w = (size_t) (c->in_channels * c->out_channels * self->s.kernel[1] * self->s.kernel[2]);
  self->x = random_floats (self->n_x, "x");
  self->y = random_floats (self->n_y, "dy");
  self->w = random_floats (self->n_w, "w");
  self->bias = random_floats ((size_t) c->out_channels, "bias");
  g_assert_true (self->way->fits (&self->s));

  return self;
}

static void
numbers_free (Numbers *self)
{
  g_free (self->x);
  g_free (self->y);
  g_free (self->w);
  g_free (self->bias);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Numbers, numbers_free)

/* All three sums on @n_threads; results begin as numbers that no sum may keep. */
static void
compute (const DubKernels *kernels,
         const Numbers    *k,
         guint             n_threads,
         float            *y,
         float            *dx,
         float            *dw)
{
  g_autoptr (DubRun) run = dub_run_new (n_threads);
  g_autofree float *memory = g_new (float, k->way->scratch (kernels, &k->s) + 16);
  float *scratch = (float *) (((guintptr) memory + 63) / 64 * 64);

  memset (y, 0x7f, k->n_y * sizeof (float));
  memset (dx, 0x7f, k->n_x * sizeof (float));
  memset (dw, 0x7f, k->n_w * sizeof (float));
  g_assert_true (k->way->forward (kernels, &k->s, k->x, k->w, k->bias, y, scratch, run, NULL));
  g_assert_true (k->way->reverse (kernels, &k->s, k->y, k->w, dx, scratch, run, NULL));
  g_assert_true (k->way->weights (kernels, &k->s, k->x, k->y, dw, scratch, run, NULL));
}

static void
test_sums (gconstpointer data)
{
  g_autoptr (Numbers) k = numbers_new (data);
  g_autofree float *y = g_new (float, k->n_y);
  g_autofree float *dx = g_new (float, k->n_x);
  g_autofree float *dw = g_new (float, k->n_w);
  g_autofree double *y_expected = g_new (double, k->n_y);
  g_autofree double *dx_expected = g_new (double, k->n_x);
  g_autofree double *dw_expected = g_new (double, k->n_w);
  const DubKernels *levels[] = {
    &dub_kernels_base,
#if defined (__x86_64__)
    dub_kernels () != &dub_kernels_base ? &dub_kernels_v3 : NULL,
    dub_kernels () == &dub_kernels_v4 ? &dub_kernels_v4 : NULL,
#endif
  };

  dub_conv_ref_forward (&k->s, k->x, k->w, k->bias, y_expected);
  dub_conv_ref_input (&k->s, k->y, k->w, dx_expected);
  dub_conv_ref_weights (&k->s, k->x, k->y, dw_expected);

  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++) {
    if (levels[i] == NULL)
      continue;
    compute (levels[i], k, 1, y, dx, dw);
    compare ("forward", y, y_expected, k->n_y, k->way->tolerance);
    compare ("reverse", dx, dx_expected, k->n_x, k->way->tolerance);
    compare ("weights", dw, dw_expected, k->n_w, k->way->tolerance);
  }
}

static void
test_threads (gconstpointer data)
{
  g_autoptr (Numbers) k = numbers_new (data);
  g_autofree float *y = g_new (float, 2 * k->n_y);
  g_autofree float *dx = g_new (float, 2 * k->n_x);
  g_autofree float *dw = g_new (float, 2 * k->n_w);

  compute (dub_kernels (), k, 1, y, dx, dw);
  compute (dub_kernels (), k, 3, y + k->n_y, dx + k->n_x, dw + k->n_w);
  g_assert_cmpmem (y, k->n_y * sizeof (float), y + k->n_y, k->n_y * sizeof (float));
  g_assert_cmpmem (dx, k->n_x * sizeof (float), dx + k->n_x, k->n_x * sizeof (float));
  g_assert_cmpmem (dw, k->n_w * sizeof (float), dw + k->n_w, k->n_w * sizeof (float));
}

static void
test_fits (void)
{
  DubConvShape right = shape_of (&CASES[2]);
  DubConvShape s;

  g_assert_true (dub_winograd_fits (&right));
  s = right, s.stride[1] = 2;
  g_assert_false (dub_winograd_fits (&s));
  s = right, s.dilation[2] = 2;
  g_assert_false (dub_winograd_fits (&s));
  s = right, s.kernel[1] = 1;
  g_assert_false (dub_winograd_fits (&s));
  s = right, s.n_groups = 2;
  g_assert_false (dub_winograd_fits (&s));
  s = right, s.pad[1] = 3, s.out[1] += 2;
  g_assert_false (dub_winograd_fits (&s));
  s = right, s.in[0] = s.out[0] = 3;
  g_assert_false (dub_winograd_fits (&s));
  g_assert_false (dub_conv_lanes_fits (&s));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (CASES); i++) {
    g_autofree char *sums = g_strdup_printf ("/conv-training/sums/%s", CASES[i].name);
    g_autofree char *threads = g_strdup_printf ("/conv-training/threads/%s", CASES[i].name);

    g_test_add_data_func (sums, &CASES[i], test_sums);
    g_test_add_data_func (threads, &CASES[i], test_threads);
  }
  g_test_add_func ("/conv-training/fits", test_fits);

  return g_test_run ();
}
