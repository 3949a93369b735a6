/* Times of the convolution engine, layer by layer, with the share of the processor's
 * multiply-add rate that each reaches. Usage: bench-conv [threads] [name prefix] [method].
 *
 * With one thread its processor time is taken, which a busy machine falsifies least. */
#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/nn/kernels/conv-weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
  const char *name;
  int64_t n, in_channels, out_channels;
  int64_t in[3];
  int64_t kernel, stride, dilation;
  int     pool;
} Layer;

static const Layer LAYERS[] = {
  { "cnn3d-1", 1, 1, 8, { 121, 145, 121 }, 3, 1, 1, 2 },
  { "cnn3d-2", 1, 8, 16, { 60, 72, 60 }, 3, 1, 1, 2 },
  { "cnn3d-3", 1, 16, 32, { 30, 36, 30 }, 3, 1, 1, 2 },
  { "cnn3d-4", 1, 32, 64, { 15, 18, 15 }, 3, 1, 1, 2 },
  { "cnn3d-5", 1, 64, 128, { 7, 9, 7 }, 3, 1, 1, 2 },
  { "meshnet-first", 1, 1, 5, { 256, 256, 256 }, 3, 1, 1, 1 },
  { "meshnet-d1", 1, 5, 5, { 256, 256, 256 }, 3, 1, 1, 1 },
  { "meshnet-d2", 1, 5, 5, { 256, 256, 256 }, 3, 1, 2, 1 },
  { "meshnet-d4", 1, 5, 5, { 256, 256, 256 }, 3, 1, 4, 1 },
  { "meshnet-d8", 1, 5, 5, { 256, 256, 256 }, 3, 1, 8, 1 },
  { "meshnet-d16", 1, 5, 5, { 256, 256, 256 }, 3, 1, 16, 1 },
  { "meshnet-last", 1, 5, 3, { 256, 256, 256 }, 1, 1, 1, 1 },
  { "resnet-stem", 128, 3, 64, { 1, 28, 28 }, 3, 1, 1, 1 },
  { "resnet-64", 128, 64, 64, { 1, 28, 28 }, 3, 1, 1, 1 },
  { "resnet-128s", 128, 64, 128, { 1, 28, 28 }, 3, 2, 1, 1 },
  { "resnet-128", 128, 128, 128, { 1, 14, 14 }, 3, 1, 1, 1 },
  { "resnet-256s", 128, 128, 256, { 1, 14, 14 }, 3, 2, 1, 1 },
  { "resnet-256", 128, 256, 256, { 1, 7, 7 }, 3, 1, 1, 1 },
  { "resnet-512s", 128, 256, 512, { 1, 7, 7 }, 3, 2, 1, 1 },
  { "resnet-512", 128, 512, 512, { 1, 4, 4 }, 3, 1, 1, 1 },
  { "resnet-1x1", 128, 64, 128, { 1, 28, 28 }, 1, 2, 1, 1 },
};

static double
seconds (DubRun *run)
{
  struct timespec now;

  clock_gettime (dub_run_get_n_threads (run) > 1 ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &now);

  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static float *
random_floats (size_t n)
{
  float *x = g_new (float, n);
  DubRng rng;

  dub_rng_init (&rng, 1, "bench", n);
  for (size_t i = 0; i < n; i++)
    x[i] = dub_rng_float (&rng) - 0.5f;

  return x;
}

static DubConvShape
shape_of (const Layer *l)
{
  DubConvShape s = { .n_images = l->n, .n_groups = 1, .in_channels = l->in_channels, .out_channels = l->out_channels };

  for (int a = 0; a < 3; a++) {
    gboolean flat = l->in[a] == 1;

    s.in[a] = l->in[a];
    s.kernel[a] = flat ? 1 : l->kernel;
    s.stride[a] = flat ? 1 : l->stride;
    s.dilation[a] = flat ? 1 : l->dilation;
    s.pad[a] = flat ? 0 : (l->kernel - 1) / 2 * l->dilation;
    s.out[a] = (s.in[a] + 2 * s.pad[a] - (s.kernel[a] - 1) * s.dilation[a] - 1) / s.stride[a] + 1;
  }

  return s;
}

/* Best of several runs of one sum. */
static double
time_sums (const DubConvShape  *s,
           gboolean             reverse,
           const int           *pool,
           DubConvMethod        method,
           const float         *w,
           const DubConvSource *source,
           const DubConvTarget *target,
           DubRun              *run,
           DubConvMethod       *used)
{
  double best = 0.0;
  int64_t n = reverse ? dub_conv_n_reverse (s) : 1;

  for (int64_t i = 0; i < n; i++) {
    DubConvGeometry geometry;

    if (reverse)
      dub_conv_geometry_reverse (s, i, &geometry);
    else
      dub_conv_geometry_forward (s, &geometry);

    g_autoptr (DubConvSetup) setup = dub_conv_setup_new (&geometry, pool, method);
    g_autofree float *packed = g_new (float, dub_conv_setup_n_packed (setup) + 1);
    double fastest = 0.0;
    double begin = seconds (run);

    *used = dub_conv_setup_method (setup);
    dub_conv_setup_pack (setup, w, NULL, packed);
    for (int repeat = 0; repeat < 4 || (repeat < 60 && seconds (run) - begin < 0.25); repeat++) {
      double start = seconds (run);

      if (!dub_conv_run (setup, packed, source, target, run, NULL))
        abort ();
      double t = seconds (run) - start;
      if (repeat == 0 || t < fastest)
        fastest = t;
    }
    best += fastest;
  }

  return best;
}

typedef struct {
  const DubKernels *kernels;
  float            *memory;
} Peak;

/* The multiply-add rate of the inner loop on data that stays in the first-level cache. */
static void
peak_piece (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  const DubKernels *kernels = dub_kernels ();
  g_autofree float *memory = g_new0 (float, 8192);
  int32_t offset[64] = { 0 };
  DubRowsJob job = {
    .in = memory, .offset = offset, .n_steps = 64, .weights = memory + 1024, .bias = memory, .out = memory + 2048,
    .out_stride = 64, .n_points = 3 * kernels->lanes, .n_out = kernels->rows_block,
  };

  for (int i = 0; i < 20000; i++)
    kernels->rows (&job);
}

static double
peak_rate (DubRun *run)
{
  const DubKernels *kernels = dub_kernels ();
  guint n = dub_run_get_n_threads (run);
  double best = 0.0;

  for (int repeat = 0; repeat < 5; repeat++) {
    double start = seconds (run);

    if (!dub_parallel_for (run, n, peak_piece, NULL, NULL))
      abort ();
    double rate = 20000.0 * 64.0 * 3.0 * kernels->lanes * kernels->rows_block * n / (seconds (run) - start);
    best = MAX (best, rate);
  }

  return best;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (DubRun) run = dub_run_new (argc > 1 ? (guint) atoi (argv[1]) : 0);
  double peak = peak_rate (run);

  printf ("%s, %u threads, inner loop %.0f GFLOP/s\n", dub_kernels ()->name, dub_run_get_n_threads (run), peak * 2e-9);
  printf ("%-14s %10s | %9s %5s | %9s %5s | %9s %5s\n", "layer", "M mult-add", "forward", "%", "to input", "%",
          "weights", "%");

  for (gsize i = 0; i < G_N_ELEMENTS (LAYERS); i++) {
    const Layer *l = &LAYERS[i];

    if (argc > 2 && !g_str_has_prefix (l->name, argv[2]))
      continue;

    DubConvShape s = shape_of (l);
    int pool[3], one[3] = { 1, 1, 1 };
    int64_t n_y = s.n_images * s.out_channels;
    int64_t n_x = s.n_images * s.in_channels;
    int64_t n_w = s.in_channels * s.out_channels;
    int64_t n_pooled = s.n_images * s.out_channels;

    for (int a = 0; a < 3; a++) {
      pool[a] = s.in[a] > 1 ? l->pool : 1;
      n_y *= s.out[a];
      n_x *= s.in[a];
      n_w *= s.kernel[a];
      n_pooled *= s.out[a] / pool[a];
    }

    double work = (double) n_y * (double) n_w / (double) s.out_channels;
    g_autofree float *x = random_floats ((size_t) n_x);
    g_autofree float *w = random_floats ((size_t) n_w);
    g_autofree float *y = random_floats ((size_t) n_pooled);
    g_autofree float *dx = random_floats ((size_t) n_x);
    g_autofree float *dw = random_floats ((size_t) n_w);
    g_autofree uint8_t *code = g_new0 (uint8_t, n_pooled);
    DubConvSource source = { .x = x, .pool = { 1, 1, 1 } };
    DubConvTarget target = {
      .y = y, .code = l->pool > 1 ? code : NULL, .activation = DUB_ACTIVATION_LEAKY_RELU, .alpha = 0.01f,
      .pool = { pool[0], pool[1], pool[2] },
    };
    DubConvSource back = { .x = y, .code = code, .slope = 0.01f, .pool = { pool[0], pool[1], pool[2] } };
    DubConvTarget input = { .y = dx, .pool = { one[0], one[1], one[2] } };
    DubConvMethod method = argc > 3 ? (DubConvMethod) atoi (argv[3]) : DUB_CONV_AUTO;
    DubConvMethod used[2] = { DUB_CONV_AUTO, DUB_CONV_AUTO };
    double forward = time_sums (&s, FALSE, pool, method, w, &source, &target, run, &used[0]);
    double reverse = time_sums (&s, TRUE, NULL, method, w, &back, &input, run, &used[1]);
    double weights = 0.0;

    /* Nobody trains on 256³ here. */
    for (int repeat = 0; repeat < 3 && n_x < 50000000 && s.in[0] < 256; repeat++) {
      double start = seconds (run);

      if (!dub_conv_weight_gradient (&s, x, &back, dw, run, NULL))
        abort ();
      double t = seconds (run) - start;
      if (repeat == 0 || t < weights)
        weights = t;
    }

    printf ("%-14s %10.0f | %8.2f%c %5.1f | %8.2f%c %5.1f | %9.2f %5.1f\n", l->name, work * 1e-6, forward * 1e3,
            used[0] == DUB_CONV_ROWS ? 'r' : 'p', 100.0 * work / forward / peak, reverse * 1e3,
            used[1] == DUB_CONV_ROWS ? 'r' : 'p', 100.0 * work / reverse / peak, weights * 1e3,
            weights > 0.0 ? 100.0 * work / weights / peak : 0.0);
    fflush (stdout);
  }

  return 0;
}
