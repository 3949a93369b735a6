/* The optimiser on a small network of our own making: limits that can be proved, and its promises about state. */
#include "core/explain/mask.h"

#include "core/base/rng.h"

#include <math.h>
#include <string.h>

enum { D = 9, H = 10, W = 11, V = D * H * W };

static DubTensor *
random_volume (uint64_t seed)
{
  DubTensor *tensor = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (D, H, W), NULL);
  DubRng rng;

  dub_rng_init (&rng, seed, "test-volume", 0);
  for (size_t i = 0; i < V; i++)
    dub_tensor_f32 (tensor)[i] = dub_rng_float (&rng);

  return tensor;
}

static int
add_floats (DubGraph   *graph,
            const char *name,
            DubShape    shape,
            double      scale,
            uint64_t    seed)
{
  g_autoptr (DubTensor) tensor = dub_tensor_new (DUB_DTYPE_F32, shape, NULL);
  DubRng rng;

  dub_rng_init (&rng, seed, "test-weight", 0);
  for (size_t i = 0; i < dub_tensor_n_elements (tensor); i++)
    dub_tensor_f32 (tensor)[i] = (float) (scale * dub_rng_normal (&rng));

  return dub_graph_add_constant (graph, name, tensor, FALSE);
}

/* logits_c = Σ tanh (a_c x) b_c over the volume: not linear, every voxel counts. */
static DubGraph *
make_graph (gboolean softmax)
{
  DubGraph *graph = dub_graph_new ("test", 13);
  DubShape shape = DUB_SHAPE (-1, 1, D, H, W);
  int x = dub_graph_add_input (graph, "input", DUB_DTYPE_F32, &shape);
  g_autoptr (DubTensor) axes = dub_tensor_new (DUB_DTYPE_I64, DUB_SHAPE (3), NULL);
  int logits[3];

  for (int i = 0; i < 3; i++)
    dub_tensor_i64 (axes)[i] = 2 + i;

  int axes_value = dub_graph_add_constant (graph, "axes", axes, FALSE);

  for (int c = 0; c < 3; c++) {
    static const char *const names[3][6] = {
      { "a0", "b0", "ax0", "t0", "p0", "s0" }, { "a1", "b1", "ax1", "t1", "p1", "s1" },
      { "a2", "b2", "ax2", "t2", "p2", "s2" },
    };
    int a = add_floats (graph, names[c][0], DUB_SHAPE (1, 1, D, H, W), 1.0, 10 + (uint64_t) c);
    int b = add_floats (graph, names[c][1], DUB_SHAPE (1, 1, D, H, W), 0.2, 20 + (uint64_t) c);
    int first[] = { x, a };
    int ax = dub_graph_apply (graph, "Mul", names[c][2], "", first, 2);
    int t = dub_graph_apply (graph, "Tanh", names[c][3], "", &ax, 1);
    int second[] = { t, b };
    int product = dub_graph_apply (graph, "Mul", names[c][4], "", second, 2);
    int third[] = { product, axes_value };

    logits[c] = dub_graph_apply (graph, "ReduceSum", names[c][5], "keepdims=0", third, 2);
  }

  int out = dub_graph_apply (graph, "Concat", "logits", "axis=1", logits, 3);

  if (softmax)
    out = dub_graph_apply (graph, "Softmax", "probabilities", "axis=1", &out, 1);
  dub_graph_add_output (graph, out);

  return graph;
}

/* Parameters under which the small network has something to lose. */
static DubMaskParams
make_params (void)
{
  DubMaskParams params;

  dub_mask_params_init (&params);
  params.lambda1 = 1.0;
  params.lambda2 = 1.0;
  params.beta1 = 1.0;
  params.beta2 = 3.0;
  params.step = 0.05;
  params.n_iterations = 30;
  params.grid = 1;
  params.start = 1.0;
  params.start_noise = 0.0;
  params.jitter = 0.0;
  params.stop_early = FALSE;
  params.target_class = 1;
  params.replacement = DUB_REPLACE_ZERO;

  return params;
}

static DubMask *
make_mask (const DubMaskParams *params,
           size_t               n_images,
           gboolean             softmax)
{
  g_autoptr (DubGraph) graph = make_graph (softmax);
  g_autoptr (DubTensor) first = random_volume (1);
  g_autoptr (DubTensor) second = random_volume (2);
  g_autoptr (DubTensor) reference = random_volume (3);
  DubTensor *images[] = { first, second };
  g_autoptr (GError) error = NULL;
  DubMask *mask = dub_mask_new (graph, images, n_images, reference, params, NULL, &error);

  g_assert_no_error (error);

  return mask;
}

static void
step (DubMask *mask,
      guint    n,
      DubRun  *run)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++) {
    dub_mask_step (mask, run, &error);
    g_assert_no_error (error);
  }
}

static void
assert_same_mask (DubMask *a,
                  DubMask *b)
{
  g_autoptr (DubTensor) x = dub_mask_get_mask (a, NULL);
  g_autoptr (DubTensor) y = dub_mask_get_mask (b, NULL);

  g_assert_cmpmem (x->data, dub_tensor_n_bytes (x), y->data, dub_tensor_n_bytes (y));
}

/* --- limits --- */

static void
test_infinite_area (void)
{
  for (guint grid = 1; grid <= 3; grid++) {
    DubMaskParams params = make_params ();

    params.lambda1 = 1e9;
    params.grid = grid;
    params.start = 0.5;
    params.n_iterations = 60;

    g_autoptr (DubMask) mask = make_mask (&params, 1, FALSE);

    step (mask, 60, NULL);

    g_autoptr (DubTensor) m = dub_mask_get_mask (mask, NULL);

    for (size_t i = 0; i < V; i++)
      g_assert_cmpfloat (dub_tensor_f32 (m)[i], ==, 1.0f);
  }
}

static void
test_no_terms_never_raise (void)
{
  for (guint grid = 1; grid <= 3; grid += 2) {
    DubMaskParams params = make_params ();
    size_t n;

    params.lambda1 = params.lambda2 = 0.0;
    params.step = 1e-3;
    params.grid = grid;
    params.start = 0.5;

    g_autoptr (DubMask) mask = make_mask (&params, 1, FALSE);

    step (mask, 30, NULL);

    const DubMaskEnergy *trace = dub_mask_get_trace (mask, &n);

    g_assert_cmpuint (n, ==, 30);
    for (size_t k = 1; k < n; k++)
      g_assert_cmpfloat (trace[k].total, <=, trace[k - 1].total);
    g_assert_cmpfloat (trace[n - 1].total, <, trace[0].total);
  }
}

/* λ on a sum of V voxels is λ·V on their mean. */
static void
test_sum_and_mean (void)
{
  DubMaskParams params = make_params ();

  params.lambda1 = 0.7;
  params.lambda2 = 0.3;

  g_autoptr (DubMask) mean = make_mask (&params, 1, FALSE);

  params.norm = DUB_NORM_SUM;
  params.lambda1 /= V;
  params.lambda2 /= V;

  g_autoptr (DubMask) sum = make_mask (&params, 1, FALSE);
  size_t n;

  step (mean, 20, NULL);
  step (sum, 20, NULL);

  const DubMaskEnergy *a = dub_mask_get_trace (mean, &n);
  const DubMaskEnergy *b = dub_mask_get_trace (sum, &n);

  for (size_t k = 0; k < n; k++) {
    g_assert_cmpfloat_with_epsilon (a[k].total, b[k].total, 1e-6);
    g_assert_cmpfloat_with_epsilon (a[k].smoothness, b[k].smoothness, 1e-6);
  }
}

/* Adam's first update moves every voxel by the step against its own gradient, so the energy falls, and by more
 * than a wrong sign anywhere would leave. Row 0 of the trace is the energy at m_0. */
static void
test_first_step (void)
{
  DubMaskParams params = make_params ();

  params.start = 0.6;
  params.start_noise = 0.2;
  params.beta1 = 2.0;
  params.lambda1 = 20.0;
  params.lambda2 = 200.0;
  params.step = 1e-3;

  g_autoptr (DubMask) mask = make_mask (&params, 2, FALSE);
  g_autoptr (DubTensor) before = dub_mask_get_mask (mask, NULL);
  g_autoptr (GError) error = NULL;
  DubMaskEnergy start, end;

  g_assert_true (dub_mask_evaluate (mask, &start, NULL, &error));
  step (mask, 1, NULL);
  g_assert_true (dub_mask_evaluate (mask, &end, NULL, &error));

  g_autoptr (DubTensor) after = dub_mask_get_mask (mask, NULL);

  for (size_t i = 0; i < V; i++) {
    float moved = dub_tensor_f32 (after)[i] - dub_tensor_f32 (before)[i];

    g_assert_cmpfloat_with_epsilon (fabsf (moved), 1e-3f, 5e-5f);
  }
  g_assert_cmpfloat (end.total, <, start.total);

  size_t n;
  const DubMaskEnergy *trace = dub_mask_get_trace (mask, &n);

  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpfloat (trace[0].total, ==, start.total);
  g_assert_cmpfloat_with_epsilon (trace[0].total, trace[0].score + trace[0].area + trace[0].smoothness, 1e-15);
}

/* --- state --- */

static void
test_threads (void)
{
  static const struct { guint grid; size_t n_images; double jitter; double noise; } cases[] = {
    { 1, 1, 0, 0 }, { 2, 1, 0, 0.2 }, { 3, 2, 2, 0 }, { 1, 2, 1, 0.1 },
  };
  g_autoptr (DubRun) one = dub_run_new (1);
  g_autoptr (DubRun) three = dub_run_new (3);

  for (size_t c = 0; c < G_N_ELEMENTS (cases); c++) {
    DubMaskParams params = make_params ();

    params.grid = cases[c].grid;
    params.jitter = cases[c].jitter;
    params.start_noise = cases[c].noise;
    params.start = 0.7;

    g_autoptr (DubMask) a = make_mask (&params, cases[c].n_images, FALSE);
    g_autoptr (DubMask) b = make_mask (&params, cases[c].n_images, FALSE);
    size_t n_a, n_b;

    step (a, 12, one);
    step (b, 12, three);
    assert_same_mask (a, b);

    const DubMaskEnergy *trace_a = dub_mask_get_trace (a, &n_a);
    const DubMaskEnergy *trace_b = dub_mask_get_trace (b, &n_b);

    g_assert_cmpuint (n_a, ==, n_b);
    for (size_t k = 0; k < n_a; k++)
      g_assert_cmpfloat (trace_a[k].total, ==, trace_b[k].total);
  }
}

static void
test_cancel (void)
{
  g_autoptr (DubRun) run = dub_run_new (2);
  DubMaskParams params = make_params ();
  g_autoptr (DubMask) mask = make_mask (&params, 1, FALSE);
  g_autoptr (DubMask) straight = make_mask (&params, 1, FALSE);
  g_autoptr (GError) error = NULL;
  size_t n;

  step (mask, 5, run);
  dub_run_cancel (run);
  g_assert_false (dub_mask_step (mask, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
  dub_mask_get_trace (mask, &n);
  g_assert_cmpuint (n, ==, 5);
  g_assert_cmpuint (dub_mask_get_iteration (mask), ==, 5);

  dub_run_reset (run);
  step (mask, 5, run);
  step (straight, 10, run);
  assert_same_mask (mask, straight);
}

static void
test_warm_start (void)
{
  DubMaskParams params = make_params ();
  g_autoptr (DubMask) mask = make_mask (&params, 1, FALSE);
  g_autoptr (GError) error = NULL;
  size_t n;

  step (mask, 10, NULL);

  g_autoptr (DubTensor) before = dub_mask_get_mask (mask, NULL);

  params.lambda1 *= 3.0;
  g_assert_true (dub_mask_set_params (mask, &params, NULL, &error));

  g_autoptr (DubTensor) after = dub_mask_get_mask (mask, NULL);

  g_assert_cmpmem (before->data, dub_tensor_n_bytes (before), after->data, dub_tensor_n_bytes (after));
  step (mask, 1, NULL);
  dub_mask_get_trace (mask, &n);
  g_assert_cmpuint (n, ==, 11);

  /* Another grid is another mask. */
  params.grid = 2;
  g_assert_true (dub_mask_set_params (mask, &params, NULL, &error));
  dub_mask_get_trace (mask, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (dub_mask_get_iteration (mask), ==, 0);
  step (mask, 2, NULL);

  /* What is refused changes nothing. */
  params.target_class = 3;
  g_assert_false (dub_mask_set_params (mask, &params, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_cmpint (dub_mask_get_params (mask)->target_class, ==, 1);
  params.target_class = 2;
  params.lambda1 = -1.0;
  g_assert_false (dub_mask_set_params (mask, &params, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "lambda1"));
}

static void
test_rewind (void)
{
  DubMaskParams params = make_params ();

  params.start = 0.5;

  g_autoptr (DubMask) mask = make_mask (&params, 1, FALSE);
  g_autoptr (DubMask) straight = make_mask (&params, 1, FALSE);
  g_autoptr (GError) error = NULL;
  guint found;
  size_t n;

  step (straight, 8, NULL);
  step (mask, 8, NULL);

  g_autoptr (DubTensor) eighth = dub_mask_get_mask (mask, NULL);

  step (mask, 12, NULL);

  g_autoptr (DubTensor) seen = dub_mask_get_snapshot (mask, 8, &found, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (found, ==, 8);
  for (size_t i = 0; i < V; i++)
    g_assert_cmpfloat_with_epsilon (dub_tensor_f32 (seen)[i], dub_tensor_f32 (eighth)[i], 0.5 / 255.0 + 1e-6);

  g_assert_true (dub_mask_rewind (mask, 8, &error));
  g_assert_cmpuint (dub_mask_get_iteration (mask), ==, 8);
  dub_mask_get_trace (mask, &n);
  g_assert_cmpuint (n, ==, 8);

  g_autoptr (DubTensor) back = dub_mask_get_mask (mask, NULL);

  g_assert_cmpmem (back->data, dub_tensor_n_bytes (back), seen->data, dub_tensor_n_bytes (seen));
  step (mask, 3, NULL);
  g_assert_cmpuint (dub_mask_get_iteration (mask), ==, 11);

  /* All the way back is the start itself, to the last bit. */
  g_assert_true (dub_mask_rewind (mask, 0, &error));
  step (mask, 8, NULL);
  assert_same_mask (mask, straight);
}

/* A set of one image twice is that image. */
static void
test_set (void)
{
  DubMaskParams params = make_params ();
  g_autoptr (DubGraph) graph = make_graph (FALSE);
  g_autoptr (DubTensor) image = random_volume (1);
  DubTensor *images[] = { image, image };
  g_autoptr (DubMask) one = dub_mask_new (graph, images, 1, NULL, &params, NULL, NULL);
  g_autoptr (DubMask) two = dub_mask_new (graph, images, 2, NULL, &params, NULL, NULL);
  g_autoptr (DubMask) different = make_mask (&params, 2, FALSE);
  const double *original, *masked;
  size_t n;

  step (one, 10, NULL);
  step (two, 10, NULL);
  step (different, 10, NULL);
  assert_same_mask (one, two);

  /* The score is the mean over the set. */
  const DubMaskEnergy *trace = dub_mask_get_trace (different, &n);
  double sum = 0.0;

  for (size_t i = 0; i < 2; i++) {
    g_assert_cmpuint (dub_mask_get_probabilities (different, i, &original, &masked), ==, 3);
    g_assert_cmpfloat_with_epsilon (original[0] + original[1] + original[2], 1.0, 1e-9);
    sum += masked[1] / 2.0;
  }
  g_assert_cmpfloat_with_epsilon (trace[n - 1].score, sum, 1e-12);
}

static void
test_softmax_recognised (void)
{
  DubMaskParams params = make_params ();
  g_autoptr (DubMask) logits = make_mask (&params, 1, FALSE);
  g_autoptr (DubMask) probabilities = make_mask (&params, 1, TRUE);
  size_t n;

  step (logits, 5, NULL);
  step (probabilities, 5, NULL);

  const DubMaskEnergy *a = dub_mask_get_trace (logits, &n);
  const DubMaskEnergy *b = dub_mask_get_trace (probabilities, &n);

  for (size_t k = 0; k < n; k++)
    g_assert_cmpfloat_with_epsilon (a[k].total, b[k].total, 1e-5);
}

static void
test_replacements (void)
{
  for (int r = DUB_REPLACE_ONE; r <= DUB_REPLACE_FILE; r++) {
    DubMaskParams params = make_params ();
    g_autoptr (GError) error = NULL;

    params.replacement = (DubReplacement) r;
    params.start = 0.0;
    params.blur_sigma = 1.5;

    g_autoptr (DubMask) mask = make_mask (&params, 1, FALSE);
    g_autoptr (DubTensor) shown = dub_mask_get_masked_image (mask, 0, &error);
    g_autoptr (DubTensor) image = random_volume (1);
    g_autoptr (DubTensor) file = random_volume (3);
    double mean = 0.0, spread = 0.0, shown_mean = 0.0, shown_spread = 0.0;

    g_assert_no_error (error);
    for (size_t i = 0; i < V; i++) {
      mean += (double) dub_tensor_f32 (image)[i] / V;
      shown_mean += (double) dub_tensor_f32 (shown)[i] / V;
    }
    for (size_t i = 0; i < V; i++) {
      float value = dub_tensor_f32 (shown)[i];

      spread += pow ((double) dub_tensor_f32 (image)[i] - mean, 2.0);
      shown_spread += pow ((double) value - shown_mean, 2.0);
      if (r == DUB_REPLACE_ONE || r == DUB_REPLACE_ZERO)
        g_assert_cmpfloat (value, ==, r == DUB_REPLACE_ONE ? 1.0f : 0.0f);
      else if (r == DUB_REPLACE_MEAN)
        g_assert_cmpfloat_with_epsilon (value, mean, 1e-6);
      else if (r == DUB_REPLACE_FILE)
        g_assert_cmpfloat (value, ==, dub_tensor_f32 (file)[i]);
    }
    if (r == DUB_REPLACE_BLUR) {
      g_assert_cmpfloat_with_epsilon (shown_mean, mean, 0.02);
      g_assert_cmpfloat (shown_spread, <, 0.2 * spread);
    }
  }
}

/* --- refusals --- */

static void
test_refusals (void)
{
  g_autoptr (DubGraph) graph = make_graph (FALSE);
  g_autoptr (DubTensor) good = random_volume (1);
  g_autoptr (DubTensor) holed = random_volume (1);
  g_autoptr (DubTensor) small = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (D, H, W - 1), NULL);
  DubMaskParams params = make_params ();
  DubTensor *images[2] = { good, good };
  g_autoptr (GError) error = NULL;

  dub_tensor_f32 (holed)[(3 * H + 4) * W + 5] = NAN;
  images[1] = holed;
  g_assert_null (dub_mask_new (graph, images, 2, NULL, &params, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, "Image 2"));
  g_assert_nonnull (strstr (error->message, "(3, 4, 5)"));
  g_clear_error (&error);

  images[1] = small;
  g_assert_null (dub_mask_new (graph, images, 2, NULL, &params, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (dub_mask_new (graph, &images[1], 1, NULL, &params, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);

  params.replacement = DUB_REPLACE_FILE;
  g_assert_null (dub_mask_new (graph, images, 1, NULL, &params, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);

  params.replacement = DUB_REPLACE_ONE;
  params.target_class = 7;
  g_assert_null (dub_mask_new (graph, images, 1, NULL, &params, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "7"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mask/infinite-area-weight", test_infinite_area);
  g_test_add_func ("/mask/no-terms-never-raise", test_no_terms_never_raise);
  g_test_add_func ("/mask/sum-and-mean", test_sum_and_mean);
  g_test_add_func ("/mask/first-step", test_first_step);
  g_test_add_func ("/mask/threads", test_threads);
  g_test_add_func ("/mask/cancel", test_cancel);
  g_test_add_func ("/mask/warm-start", test_warm_start);
  g_test_add_func ("/mask/rewind", test_rewind);
  g_test_add_func ("/mask/set", test_set);
  g_test_add_func ("/mask/softmax", test_softmax_recognised);
  g_test_add_func ("/mask/replacements", test_replacements);
  g_test_add_func ("/mask/refusals", test_refusals);

  return g_test_run ();
}
