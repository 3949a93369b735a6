/* The convolution engine against its definition: every method, shapes with odd ends, and the
 * reverse sums; pooled and activated targets against the plain sum followed by a plain loop. */
#include "core/base/rng.h"
#include "core/nn/kernels/conv-ref.h"
#include "core/nn/kernels/conv-weights.h"
#include "tests/nn/random-floats.h"

#include <math.h>
#include <string.h>

typedef struct {
  const char *name;
  int64_t n, groups, in_channels, out_channels;
  int64_t in[3], kernel[3], stride[3], dilation[3], pad[3], pad_end[3];
} Case;

/* N G IC OC, then per axis: input, kernel, stride, dilation, pad before, pad after. */
static const Case CASES[] = {
  { "one",         1, 1, 1, 1,    { 1, 1, 1 },    { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 }, { 0, 0, 0 }, { 0, 0, 0 } },
  { "3d",          2, 1, 3, 5,    { 7, 9, 11 },   { 3, 3, 3 }, { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 } },
  { "3d-valid",    1, 1, 2, 8,    { 6, 7, 37 },   { 3, 2, 4 }, { 1, 1, 1 }, { 1, 1, 1 }, { 0, 0, 0 }, { 0, 0, 0 } },
  { "3d-uneven",   2, 1, 4, 11,   { 5, 6, 19 },   { 2, 3, 4 }, { 1, 1, 1 }, { 1, 1, 1 }, { 1, 0, 3 }, { 0, 2, 1 } },
  { "3d-deep",     2, 1, 20, 40,  { 3, 4, 5 },    { 3, 3, 3 }, { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 } },
  { "3d-dilated",  1, 1, 5, 5,    { 13, 14, 33 }, { 3, 3, 3 }, { 1, 1, 1 }, { 4, 4, 4 }, { 4, 4, 4 }, { 4, 4, 4 } },
  { "3d-dilated2", 1, 1, 2, 3,    { 9, 10, 21 },  { 3, 2, 3 }, { 1, 1, 1 }, { 2, 3, 5 }, { 1, 3, 5 }, { 3, 0, 2 } },
  { "3d-strided",  2, 1, 3, 20,   { 9, 10, 11 },  { 3, 3, 3 }, { 2, 2, 2 }, { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 } },
  { "3d-stride3",  1, 1, 2, 4,    { 9, 8, 17 },   { 2, 2, 2 }, { 3, 2, 3 }, { 1, 2, 1 }, { 0, 1, 0 }, { 1, 0, 2 } },
  { "2d",          3, 1, 16, 64,  { 1, 14, 14 },  { 1, 3, 3 }, { 1, 1, 1 }, { 1, 1, 1 }, { 0, 1, 1 }, { 0, 1, 1 } },
  { "2d-strided",  5, 1, 8, 65,   { 1, 7, 8 },    { 1, 3, 3 }, { 1, 2, 2 }, { 1, 1, 1 }, { 0, 1, 1 }, { 0, 1, 1 } },
  { "2d-pointwise", 9, 1, 33, 48, { 1, 4, 5 },    { 1, 1, 1 }, { 1, 2, 2 }, { 1, 1, 1 }, { 0, 0, 0 }, { 0, 0, 0 } },
  { "2d-plane",    3, 1, 9, 20,   { 1, 9, 10 },   { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 }, { 0, 0, 0 }, { 0, 0, 0 } },
  { "tall",        2, 1, 3, 1,    { 5, 11, 70 },  { 3, 3, 3 }, { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 } },
  { "tall-dilated", 1, 1, 2, 1,   { 5, 23, 20 },  { 3, 3, 3 }, { 1, 1, 1 }, { 2, 3, 2 }, { 2, 3, 2 }, { 2, 3, 2 } },
  { "2d-groups",   2, 3, 2, 4,    { 1, 12, 13 },  { 1, 3, 3 }, { 1, 1, 1 }, { 1, 1, 1 }, { 0, 1, 1 }, { 0, 1, 1 } },
  { "2d-depth",    1, 7, 1, 1,    { 1, 12, 40 },  { 1, 5, 3 }, { 1, 1, 1 }, { 1, 1, 1 }, { 0, 2, 1 }, { 0, 2, 1 } },
  { "2d-groups-strided", 2, 4, 3, 2, { 1, 9, 9 }, { 1, 3, 3 }, { 1, 2, 2 }, { 1, 2, 2 }, { 0, 2, 2 }, { 0, 2, 2 } },
  { "1d",          2, 1, 3, 6,    { 1, 1, 50 },   { 1, 1, 7 }, { 1, 1, 1 }, { 1, 1, 2 }, { 0, 0, 6 }, { 0, 0, 6 } },
  { "1d-long",     1, 1, 2, 17,   { 1, 1, 2600 }, { 1, 1, 5 }, { 1, 1, 1 }, { 1, 1, 1 }, { 0, 0, 2 }, { 0, 0, 2 } },
  { "1d-long-strided", 1, 1, 2, 3, { 1, 1, 4100 }, { 1, 1, 5 }, { 1, 1, 3 }, { 1, 1, 1 }, { 0, 0, 2 }, { 0, 0, 2 } },
  { "wide-pad",    1, 1, 2, 3,    { 2, 3, 4 },    { 3, 3, 3 }, { 1, 1, 1 }, { 1, 1, 1 }, { 2, 2, 2 }, { 2, 2, 2 } },
  { "kernel-over", 1, 1, 2, 3,    { 2, 2, 3 },    { 3, 3, 7 }, { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 5 }, { 1, 1, 4 } },
};

static DubConvShape
shape_of (const Case *c)
{
  DubConvShape s = {
    .n_images = c->n, .n_groups = c->groups, .in_channels = c->in_channels, .out_channels = c->out_channels,
  };

  for (int a = 0; a < 3; a++) {
    s.in[a] = c->in[a];
    s.kernel[a] = c->kernel[a];
    s.stride[a] = c->stride[a];
    s.dilation[a] = c->dilation[a];
    s.pad[a] = c->pad[a];
    s.out[a] = (c->in[a] + c->pad[a] + c->pad_end[a] - (c->kernel[a] - 1) * c->dilation[a] - 1) / c->stride[a] + 1;
  }

  return s;
}

static size_t
volume (const int64_t e[3])
{
  return (size_t) (e[0] * e[1] * e[2]);
}

/* Random inputs lie in [-1, 1], so a sum of K products may be off by a few K ulps of its size. */
static void
compare (const char   *what,
         const float  *found,
         const double *expected,
         size_t        n)
{
  double largest = 1.0;

  for (size_t i = 0; i < n; i++)
    largest = fmax (largest, fabs (expected[i]));
  for (size_t i = 0; i < n; i++)
    if (!(fabs (found[i] - expected[i]) <= 2e-6 * largest)) {
      g_test_message ("%s: element %zu is %g; expected %g", what, i, found[i], expected[i]);
      g_test_fail ();
      return;
    }
}

static void
run_sum (const DubConvGeometry *geometry,
         DubConvMethod          method,
         const int             *pool,
         const float           *w,
         const float           *bias,
         const DubConvSource   *source,
         const DubConvTarget   *target,
         guint                  n_threads)
{
  g_autoptr (DubConvSetup) setup = dub_conv_setup_new (geometry, pool, method);
  g_autoptr (DubRun) run = dub_run_new (n_threads);
  g_autofree float *packed = g_new (float, dub_conv_setup_n_packed (setup) + 1);

  dub_conv_setup_pack (setup, w, bias, packed);
  g_assert_true (dub_conv_run (setup, packed, source, target, run, NULL));
}

static void
test_forward (gconstpointer data)
{
  const Case *c = data;
  DubConvShape s = shape_of (c);
  DubConvGeometry geometry;
  size_t n_x = (size_t) (c->n * c->groups * c->in_channels) * volume (s.in);
  size_t n_y = (size_t) (c->n * c->groups * c->out_channels) * volume (s.out);
  size_t n_w = (size_t) (c->groups * c->out_channels * c->in_channels) * volume (s.kernel);
  g_autofree float *x = random_floats (n_x, "x");
  g_autofree float *w = random_floats (n_w, "w");
  g_autofree float *bias = random_floats ((size_t) (c->groups * c->out_channels), "bias");
  g_autofree float *y = g_new (float, n_y);
  g_autofree float *again = g_new (float, n_y);
  g_autofree double *expected = g_new (double, n_y);
  DubConvSource source = { .x = x, .pool = { 1, 1, 1 } };
  DubConvTarget target = { .y = y, .pool = { 1, 1, 1 } };
  gboolean unit = s.stride[0] * s.stride[1] * s.stride[2] == 1;

  dub_conv_ref_forward (&s, x, w, bias, expected);
  dub_conv_geometry_forward (&s, &geometry);

  for (int method = DUB_CONV_AUTO; method <= DUB_CONV_POINTS; method++) {
    if (method == DUB_CONV_ROWS && !unit)
      continue;
    target.y = y;
    memset (y, 0x7f, n_y * sizeof (float));
    run_sum (&geometry, method, NULL, w, bias, &source, &target, 1);
    compare (method == DUB_CONV_ROWS ? "rows" : "points", y, expected, n_y);

    target.y = again;
    run_sum (&geometry, method, NULL, w, bias, &source, &target, 3);
    g_assert_cmpmem (y, n_y * sizeof (float), again, n_y * sizeof (float));
  }
}

static void
test_reverse (gconstpointer data)
{
  const Case *c = data;
  DubConvShape s = shape_of (c);
  size_t n_x = (size_t) (c->n * c->groups * c->in_channels) * volume (s.in);
  size_t n_y = (size_t) (c->n * c->groups * c->out_channels) * volume (s.out);
  size_t n_w = (size_t) (c->groups * c->out_channels * c->in_channels) * volume (s.kernel);
  g_autofree float *dy = random_floats (n_y, "dy");
  g_autofree float *w = random_floats (n_w, "w");
  g_autofree float *dx = g_new (float, n_x);
  g_autofree double *expected = g_new (double, n_x);
  DubConvSource source = { .x = dy, .pool = { 1, 1, 1 } };
  DubConvTarget target = { .y = dx, .pool = { 1, 1, 1 } };

  dub_conv_ref_input (&s, dy, w, expected);
  for (int method = DUB_CONV_AUTO; method <= DUB_CONV_POINTS; method++) {
    memset (dx, 0x7f, n_x * sizeof (float));
    for (int64_t i = 0; i < dub_conv_n_reverse (&s); i++) {
      DubConvGeometry geometry;

      dub_conv_geometry_reverse (&s, i, &geometry);
      run_sum (&geometry, method, NULL, w, NULL, &source, &target, 2);
    }
    compare ("reverse", dx, expected, n_x);
  }
}

static void
test_weights (gconstpointer data)
{
  const Case *c = data;
  DubConvShape s = shape_of (c);
  size_t n_x = (size_t) (c->n * c->groups * c->in_channels) * volume (s.in);
  size_t n_y = (size_t) (c->n * c->groups * c->out_channels) * volume (s.out);
  size_t n_w = (size_t) (c->groups * c->out_channels * c->in_channels) * volume (s.kernel);
  g_autofree float *x = random_floats (n_x, "x");
  g_autofree float *dy = random_floats (n_y, "dy");
  g_autofree float *dw = g_new (float, n_w);
  g_autofree float *again = g_new (float, n_w);
  g_autofree double *expected = g_new (double, n_w);
  DubConvSource source = { .x = dy, .pool = { 1, 1, 1 } };

  dub_conv_ref_weights (&s, x, dy, expected);
  for (guint threads = 1; threads <= 2; threads++) {
    g_autoptr (DubRun) run = dub_run_new (threads);

    g_assert_true (dub_conv_weight_gradient (&s, x, &source, threads == 1 ? dw : again, run, NULL));
  }
  compare ("weights", dw, expected, n_w);
  g_assert_cmpmem (dw, n_w * sizeof (float), again, n_w * sizeof (float));
}

/* Every level that this processor can run, not only the fastest. */
static void
test_levels (gconstpointer data)
{
#if defined (__x86_64__)
  const Case *c = data;
  const DubKernels *levels[] = { &dub_kernels_base, dub_kernels () != &dub_kernels_base ? &dub_kernels_v3 : NULL };
  DubConvShape s = shape_of (c);
  DubConvGeometry geometry;
  size_t n_x = (size_t) (c->n * c->groups * c->in_channels) * volume (s.in);
  size_t n_y = (size_t) (c->n * c->groups * c->out_channels) * volume (s.out);
  g_autofree float *x = random_floats (n_x, "x");
  g_autofree float *w = random_floats ((size_t) (c->groups * c->out_channels * c->in_channels) * volume (s.kernel), "w");
  g_autofree float *y = g_new (float, n_y);
  g_autofree double *expected = g_new (double, n_y);
  DubConvSource source = { .x = x, .pool = { 1, 1, 1 } };
  DubConvTarget target = { .y = y, .pool = { 1, 1, 1 } };

  dub_conv_ref_forward (&s, x, w, NULL, expected);
  dub_conv_geometry_forward (&s, &geometry);
  for (gsize level = 0; level < G_N_ELEMENTS (levels); level++)
    for (int method = DUB_CONV_ROWS; method <= DUB_CONV_POINTS; method++) {
      if (levels[level] == NULL || (method == DUB_CONV_ROWS && s.stride[0] * s.stride[1] * s.stride[2] > 1))
        continue;

      g_autoptr (DubConvSetup) setup = dub_conv_setup_new_for_level (levels[level], &geometry, NULL, method);
      g_autofree float *packed = g_new (float, dub_conv_setup_n_packed (setup) + 1);

      memset (y, 0x7f, n_y * sizeof (float));
      dub_conv_setup_pack (setup, w, NULL, packed);
      g_assert_true (dub_conv_run (setup, packed, &source, &target, NULL, NULL));
      compare (levels[level]->name, y, expected, n_y);
    }
#else
  g_test_skip ("This processor has one level.");
#endif
}

/* The plain convolution followed by residual, activation and pooling, one output at a time. */
static void
test_fused (gconstpointer data)
{
  const Case *c = data;
  DubConvShape s = shape_of (c);
  int pool[3];
  int64_t half[3];
  DubConvGeometry geometry;
  int64_t n_channels = c->n * c->groups * c->out_channels;
  size_t n_x = (size_t) (c->n * c->groups * c->in_channels) * volume (s.in);
  size_t n_y = (size_t) n_channels * volume (s.out);
  size_t n_w = (size_t) (c->groups * c->out_channels * c->in_channels) * volume (s.kernel);

  for (int a = 0; a < 3; a++) {
    pool[a] = s.out[a] > 1 ? 2 : 1;
    half[a] = s.out[a] / pool[a];
  }

  size_t n_p = (size_t) n_channels * volume (half);
  g_autofree float *x = random_floats (n_x, "x");
  g_autofree float *w = random_floats (n_w, "w");
  g_autofree float *z = random_floats (n_y, "z");
  g_autofree float *dp = random_floats (n_p, "dp");
  g_autofree float *found = g_new (float, n_p);
  g_autofree uint8_t *code = g_new (uint8_t, n_p);
  g_autofree float *dx = g_new (float, n_x);
  g_autofree double *y = g_new (double, n_y);
  g_autofree double *expected = g_new (double, n_p);
  g_autofree float *dy = g_new0 (float, n_y);
  g_autofree double *dx_expected = g_new (double, n_x);
  DubConvSource source = { .x = x, .pool = { 1, 1, 1 } };
  DubConvTarget target = {
    .y = found, .z = z, .code = code, .activation = DUB_ACTIVATION_LEAKY_RELU, .alpha = 0.25f,
    .pool = { pool[0], pool[1], pool[2] },
  };

  if (pool[2] == 1)
    return;

  dub_conv_ref_forward (&s, x, w, NULL, y);
  for (size_t i = 0; i < n_y; i++)
    y[i] += z[i];

  for (size_t i = 0; i < n_p; i++) {
    int64_t at[3] = { (int64_t) i / (half[1] * half[2]) % half[0], (int64_t) i / half[2] % half[1], (int64_t) i % half[2] };
    size_t channel = i / volume (half);
    size_t best = 0;
    double value = -INFINITY;

    for (int k = 0; k < 8; k++) {
      int64_t p[3] = { at[0] * pool[0] + k / 4, at[1] * pool[1] + k / 2 % 2, at[2] * pool[2] + k % 2 };

      if ((k / 4 > 0 && pool[0] == 1) || (k / 2 % 2 > 0 && pool[1] == 1))
        continue;
      size_t j = channel * volume (s.out) + (size_t) ((p[0] * s.out[1] + p[1]) * s.out[2] + p[2]);

      if (y[j] > value) {
        value = y[j];
        best = j;
      }
    }
    expected[i] = value > 0.0 ? value : 0.25 * value;
    dy[best] = value > 0.0 ? dp[i] : 0.25f * dp[i];
  }

  for (int method = DUB_CONV_ROWS; method <= DUB_CONV_POINTS; method++) {
    if (method == DUB_CONV_ROWS && s.stride[0] * s.stride[1] * s.stride[2] > 1)
      continue;
    dub_conv_geometry_forward (&s, &geometry);
    run_sum (&geometry, method, pool, w, NULL, &source, &target, 2);
    compare ("pooled", found, expected, n_p);

    DubConvSource back = { .x = dp, .code = code, .slope = 0.25f, .pool = { pool[0], pool[1], pool[2] } };
    DubConvTarget input = { .y = dx, .pool = { 1, 1, 1 } };

    for (int64_t i = 0; i < dub_conv_n_reverse (&s); i++) {
      dub_conv_geometry_reverse (&s, i, &geometry);
      run_sum (&geometry, method, NULL, w, NULL, &back, &input, 2);
    }
    dub_conv_ref_input (&s, dy, w, dx_expected);
    compare ("pooled reverse", dx, dx_expected, n_x);

    /* The gradient of the weights takes the same way back. */
    g_autofree float *dw = g_new (float, n_w);
    g_autofree double *dw_expected = g_new (double, n_w);

    g_assert_true (dub_conv_weight_gradient (&s, x, &back, dw, NULL, NULL));
    dub_conv_ref_weights (&s, x, dy, dw_expected);
    compare ("pooled weights", dw, dw_expected, n_w);
  }
}

int
main (int   argc,
      char *argv[])
{
  static const struct { const char *name; GTestDataFunc func; } TESTS[] = {
    { "forward", test_forward }, { "reverse", test_reverse }, { "weights", test_weights }, { "fused", test_fused },
    { "levels", test_levels },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize t = 0; t < G_N_ELEMENTS (TESTS); t++)
    for (gsize i = 0; i < G_N_ELEMENTS (CASES); i++) {
      g_autofree char *path = g_strdup_printf ("/conv/%s/%s", TESTS[t].name, CASES[i].name);

      g_test_add_data_func (path, &CASES[i], TESTS[t].func);
    }

  return g_test_run ();
}
