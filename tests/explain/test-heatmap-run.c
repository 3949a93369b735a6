/* What every heatmap promises: the same bits for any threads, cancel, words for bad input; and masks of pictures. */
#include "tests/explain/heatmap-fixture.h"

#include <math.h>
#include <string.h>

enum { H = 12, W = 14, V = H * W };

static void
test_threads (void)
{
  DubGraph *graphs[] = { curved_network (2, H, W, 3, 61), curved_network (2, H, W, 3, 62) };
  g_autoptr (DubTensor) image = random_tensor (DUB_SHAPE (1, 2, H, W), 1.0, 63);

  for (int kind = 0; kind < DUB_N_HEATMAP_KINDS; kind++) {
    DubHeatmapOptions options = heatmap_options ((DubHeatmapKind) kind, DUB_HEATMAP_OF_PROBABILITY, -1);
    DubMaskParams params;
    g_autoptr (DubHeatmap) first = NULL;

    dub_heatmap_mask_params_init (&params, 2);
    params.n_iterations = 10;
    options.mask = &params;
    options.smooth = 0.8;
    for (guint threads = 1; threads <= 3; threads++) {
      g_autoptr (DubRun) run = dub_run_new (threads);
      g_autoptr (GError) error = NULL;
      g_autoptr (DubHeatmap) map = dub_heatmap_run (&options, graphs, 2, image, run, &error);

      g_assert_no_error (error);
      g_assert_cmpfloat (dub_run_get_progress (run), ==, 1.0);
      g_assert_nonnull (strstr (map->what, dub_heatmap_kind_name ((DubHeatmapKind) kind)));
      for (size_t v = 0; v < V && !map->is_signed; v++)
        g_assert_true (map_at (map, v) >= 0.0);
      if (first == NULL)
        first = g_steal_pointer (&map);
      else
        g_assert_cmpmem (map->map->data, V * sizeof (float), first->map->data, V * sizeof (float));
    }
  }
  dub_graph_unref (graphs[0]);
  dub_graph_unref (graphs[1]);
}

/* The peak is where the largest absolute number stands, with its sign. */
static void
test_peak (void)
{
  g_autoptr (DubTensor) weight = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (V, 2), NULL);
  g_autoptr (DubTensor) image = random_tensor (DUB_SHAPE (1, 1, H, W), 1.0, 64);
  DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_GRADIENT, DUB_HEATMAP_OF_LOGIT, 1);

  dub_tensor_f32 (weight)[2 * (3 * W + 5) + 1] = -2.0f;
  dub_tensor_f32 (weight)[2 * (7 * W + 1) + 1] = 1.0f;

  g_autoptr (DubGraph) graph = linear_network (DUB_SHAPE (1, H, W), weight, NULL);
  g_autoptr (DubHeatmap) map = heatmap_of (&options, &graph, 1, image);

  g_assert_cmpuint (map->peak[0], ==, 0);
  g_assert_cmpuint (map->peak[1], ==, 3);
  g_assert_cmpuint (map->peak[2], ==, 5);
  g_assert_cmpfloat (map->peak_value, ==, -2.0);
}

typedef struct {
  DubRun *run;
  gint    done;
} Canceller;

static gpointer
cancel_soon (gpointer user_data)
{
  Canceller *job = user_data;

  while (dub_run_get_progress (job->run) <= 0.0 && !g_atomic_int_get (&job->done))
    g_usleep (200);
  dub_run_cancel (job->run);

  return GINT_TO_POINTER (1);
}

static void
test_cancel (void)
{
  g_autoptr (DubGraph) graph = curved_network (1, H, W, 3, 65);
  g_autoptr (DubTensor) image = random_tensor (DUB_SHAPE (1, 1, H, W), 1.0, 66);
  const DubHeatmapKind kinds[] = { DUB_HEATMAP_OCCLUSION, DUB_HEATMAP_SMOOTHGRAD, DUB_HEATMAP_INTEGRATED_GRADIENTS, DUB_HEATMAP_MASK };

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (DubRun) run = dub_run_new (2);
    g_autoptr (GError) error = NULL;
    DubHeatmapOptions options = heatmap_options (kinds[i], DUB_HEATMAP_OF_PROBABILITY, 0);
    DubMaskParams params;
    Canceller job = { .run = run };

    dub_heatmap_mask_params_init (&params, 2);
    params.n_iterations = 1000000;
    options.mask = &params;
    options.n_samples = options.n_steps = 1000000;
    options.window = options.stride = 1;

    /* Occlusion of so small an image is over in no time: that one is cancelled before it begins. */
    if (kinds[i] == DUB_HEATMAP_OCCLUSION)
      dub_run_cancel (run);

    GThread *thread = g_thread_new ("cancel", cancel_soon, &job);
    g_autoptr (DubHeatmap) map = dub_heatmap_run (&options, &graph, 1, image, run, &error);

    g_atomic_int_set (&job.done, 1);
    g_thread_join (thread);
    g_assert_null (map);
    g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
  }
}

static void
assert_refused (const DubHeatmapOptions *options,
                DubGraph                *graph,
                DubTensor               *image,
                int                      code,
                const char              *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubHeatmap) map = dub_heatmap_run (options, &graph, 1, image, NULL, &error);

  g_assert_null (map);
  g_assert_error (error, DUB_ERROR, code);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
}

static void
test_refusals (void)
{
  g_autoptr (DubGraph) graph = curved_network (1, H, W, 3, 67);
  g_autoptr (DubTensor) image = random_tensor (DUB_SHAPE (1, 1, H, W), 1.0, 68);
  g_autoptr (DubTensor) wide = random_tensor (DUB_SHAPE (1, 1, H, W + 1), 1.0, 69);
  g_autoptr (DubTensor) flat = random_tensor (DUB_SHAPE (H, W), 1.0, 70);
  g_autoptr (DubTensor) hollow = dub_tensor_copy (image, NULL);
  DubHeatmapOptions good = heatmap_options (DUB_HEATMAP_OCCLUSION, DUB_HEATMAP_OF_PROBABILITY, -1), options;

  dub_tensor_f32 (hollow)[4 * W + 9] = NAN;
  assert_refused (&good, graph, hollow, DUB_ERROR_NUMERIC, "NaN at (4, 9)");
  assert_refused (&good, graph, flat, DUB_ERROR_SHAPE, "12×14");
  assert_refused (&good, graph, wide, DUB_ERROR_SHAPE, "15");
  options = good;
  options.class_index = 3;
  assert_refused (&options, graph, image, DUB_ERROR_ARGUMENT, "classes 0 to 2");
  options = good;
  options.window = 2;
  options.stride = 3;
  assert_refused (&options, graph, image, DUB_ERROR_ARGUMENT, "stride 3");
  options = good;
  options.window = W + 1;
  options.stride = 1;
  assert_refused (&options, graph, image, DUB_ERROR_ARGUMENT, "window is 15");
  options = good;
  options.noise = NAN;
  assert_refused (&options, graph, image, DUB_ERROR_ARGUMENT, "noise");
  options = good;
  options.replacement = DUB_REPLACE_FILE;
  assert_refused (&options, graph, image, DUB_ERROR_ARGUMENT, "no image was given");
  options.reference = wide;
  assert_refused (&options, graph, image, DUB_ERROR_SHAPE, "1×12×14");
  options.reference = hollow;
  assert_refused (&options, graph, image, DUB_ERROR_NUMERIC, "NaN");
  options = heatmap_options (DUB_HEATMAP_MASK, DUB_HEATMAP_OF_ENTROPY, -1);
  assert_refused (&options, graph, image, DUB_ERROR_ARGUMENT, "mask");
}

/* An answer that is no number is said, not drawn. */
static void
test_infinite_answer (void)
{
  g_autoptr (DubTensor) weight = random_tensor (DUB_SHAPE (V, 2), 1e30, 71);
  g_autoptr (DubTensor) image = random_tensor (DUB_SHAPE (1, 1, H, W), 1e30, 72);
  g_autoptr (DubGraph) graph = linear_network (DUB_SHAPE (1, H, W), weight, NULL);
  DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_OCCLUSION, DUB_HEATMAP_OF_PROBABILITY, -1);

  assert_refused (&options, graph, image, DUB_ERROR_NUMERIC, "not finite");
}

/* --- masks of pictures --- */

/* Only a patch decides: the mask has its mass there, and the probability falls. */
static DubGraph *
patch_network (int64_t channels)
{
  g_autoptr (DubTensor) weight = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (channels * V, 2), NULL);

  for (size_t c = 0; c < (size_t) channels; c++)
    for (size_t y = 3; y < 7; y++)
      for (size_t x = 4; x < 9; x++)
        dub_tensor_f32 (weight)[2 * ((c * H + y) * W + x) + 1] = 0.4f / (float) channels;

  return linear_network (DUB_SHAPE (channels, H, W), weight, NULL);
}

static DubHeatmap *
mask_of (DubGraph *const *graphs,
         size_t           n_graphs,
         int64_t          channels)
{
  g_autoptr (DubTensor) image = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (1, channels, H, W), NULL);
  DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_MASK, DUB_HEATMAP_OF_PROBABILITY, 1);

  for (size_t i = 0; i < dub_tensor_n_elements (image); i++)
    dub_tensor_f32 (image)[i] = 1.0f;

  return heatmap_of (&options, graphs, n_graphs, image);
}

static void
test_mask_finds_patch (void)
{
  for (int64_t channels = 1; channels <= 3; channels += 2) {
    g_autoptr (DubGraph) graph = patch_network (channels);
    g_autoptr (DubHeatmap) map = mask_of (&graph, 1, channels);
    double inside = 0.0, all = 0.0;

    for (size_t y = 0; y < H; y++)
      for (size_t x = 0; x < W; x++) {
        all += map_at (map, y * W + x);
        inside += y >= 2 && y < 8 && x >= 3 && x < 10 ? map_at (map, y * W + x) : 0.0;
      }
    g_assert_false (map->is_signed);
    g_assert_cmpfloat (map->value, >, 0.99);
    g_assert_cmpfloat (map->changed, <, 0.75);
    g_assert_cmpfloat (inside, >, 0.9 * all);
    g_assert_cmpfloat (all, >, 1.0);
  }
}

/* Several networks stand in one graph; the same one twice is the one alone, and a single logit is a pair. */
static void
test_mask_of_several (void)
{
  g_autoptr (DubTensor) one = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (V, 1), NULL);
  g_autoptr (DubGraph) graph = patch_network (1);

  for (size_t y = 3; y < 7; y++)
    for (size_t x = 4; x < 9; x++)
      dub_tensor_f32 (one)[y * W + x] = 0.4f;

  DubGraph *graphs[] = {
    graph, graph, linear_network (DUB_SHAPE (1, H, W), one, NULL), linear_network (DUB_SHAPE (1, H, W), one, "Sigmoid"),
  };
  g_autoptr (DubHeatmap) alone = mask_of (graphs, 1, 1);

  for (size_t first = 0; first < 4; first++) {
    g_autoptr (DubHeatmap) other = mask_of (graphs + first, first == 0 ? 4 : 1, 1);

    g_assert_cmpfloat_with_epsilon (other->value, alone->value, 1e-6);
    g_assert_cmpfloat_with_epsilon (other->changed, alone->changed, 1e-3);
    for (size_t v = 0; v < V; v++)
      g_assert_cmpfloat_with_epsilon (map_at (other, v), map_at (alone, v), 5e-3);
  }
  dub_graph_unref (graphs[2]);
  dub_graph_unref (graphs[3]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/heatmap/run/threads", test_threads);
  g_test_add_func ("/heatmap/run/peak", test_peak);
  g_test_add_func ("/heatmap/run/cancel", test_cancel);
  g_test_add_func ("/heatmap/run/refusals", test_refusals);
  g_test_add_func ("/heatmap/run/infinite-answer", test_infinite_answer);
  g_test_add_func ("/heatmap/mask/patch", test_mask_finds_patch);
  g_test_add_func ("/heatmap/mask/several", test_mask_of_several);

  return g_test_run ();
}
