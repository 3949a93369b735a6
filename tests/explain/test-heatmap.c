/* Heatmaps whose numbers can be said beforehand: linear networks, hand-made convolutions, finite differences. */
#include "tests/explain/heatmap-fixture.h"

#include <math.h>
#include <string.h>

enum { H = 5, W = 6, V = H * W, K = 3 };

static void
assert_near (double found,
             double expected,
             double tolerance)
{
  if (!(fabs (found - expected) <= tolerance))
    g_error ("%.9g is not %.9g within %g", found, expected, tolerance);
}

/* --- linear networks --- */

typedef struct {
  DubTensor *weight; /* (C·V, K) */
  DubTensor *image;  /* (1, C, H, W) */
  DubGraph  *graph;
  size_t     n_channels;
} Linear;

static void
linear_clear (Linear *self)
{
  dub_tensor_unref (self->weight);
  dub_tensor_unref (self->image);
  dub_graph_unref (self->graph);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Linear, linear_clear)

static Linear
make_linear (size_t n_channels)
{
  Linear self = {
    .weight = random_tensor (DUB_SHAPE ((int64_t) n_channels * V, K), 0.1, 3),
    .image = random_tensor (DUB_SHAPE (1, (int64_t) n_channels, H, W), 1.0, 4),
    .n_channels = n_channels,
  };

  self.graph = linear_network (DUB_SHAPE ((int64_t) n_channels, H, W), self.weight, NULL);

  return self;
}

static double
weight_at (const Linear *self,
           size_t        channel,
           size_t        voxel,
           size_t        class_index)
{
  return (double) dub_tensor_f32 (self->weight)[(channel * V + voxel) * K + class_index];
}

static double
value_at (const Linear *self,
          size_t        channel,
          size_t        voxel)
{
  return (double) dub_tensor_f32 (self->image)[channel * V + voxel];
}

static void
test_gradient_is_weight (void)
{
  for (size_t n_channels = 1; n_channels <= 2; n_channels++) {
    g_auto (Linear) linear = make_linear (n_channels);
    const DubHeatmapKind kinds[] = { DUB_HEATMAP_GRADIENT, DUB_HEATMAP_SMOOTHGRAD };

    for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
      DubHeatmapOptions options = heatmap_options (kinds[i], DUB_HEATMAP_OF_LOGIT, 2);
      g_autoptr (DubHeatmap) map = heatmap_of (&options, &linear.graph, 1, linear.image);

      g_assert_true (map->is_signed);
      g_assert_cmpint (map->class_index, ==, 2);
      g_assert_cmpint (map->map->shape.rank, ==, 2);
      g_assert_cmpint (map->map->shape.dim[0], ==, H);
      g_assert_cmpint (map->map->shape.dim[1], ==, W);
      for (size_t v = 0; v < V; v++) {
        double expected = 0.0;

        for (size_t c = 0; c < n_channels; c++)
          expected += weight_at (&linear, c, v, 2);
        assert_near (map_at (map, v), expected, 1e-6);
      }
    }
  }
}

/* dp_k/dx = p_k (w_k - Σ_j p_j w_j). */
static void
test_gradient_of_probability (void)
{
  g_auto (Linear) linear = make_linear (1);
  DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_GRADIENT, DUB_HEATMAP_OF_PROBABILITY, 1);
  g_autoptr (DubHeatmap) map = heatmap_of (&options, &linear.graph, 1, linear.image);
  double z[K] = { 0.0 }, p[K], sum = 0.0;

  for (size_t k = 0; k < K; k++) {
    for (size_t v = 0; v < V; v++)
      z[k] += value_at (&linear, 0, v) * weight_at (&linear, 0, v, k);
    sum += p[k] = exp (z[k]);
  }
  for (size_t k = 0; k < K; k++)
    p[k] /= sum;
  assert_near (map->value, p[1], 1e-6);
  for (size_t v = 0; v < V; v++) {
    double inner = 0.0;

    for (size_t k = 0; k < K; k++)
      inner += p[k] * weight_at (&linear, 0, v, k);
    assert_near (map_at (map, v), p[1] * (weight_at (&linear, 0, v, 1) - inner), 1e-6);
  }
}

static void
test_path_is_complete (void)
{
  g_auto (Linear) linear = make_linear (2);
  DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_INTEGRATED_GRADIENTS, DUB_HEATMAP_OF_LOGIT, 0);

  options.n_steps = 1;
  options.replacement = DUB_REPLACE_ONE;

  g_autoptr (DubHeatmap) map = heatmap_of (&options, &linear.graph, 1, linear.image);
  double sum = 0.0;

  for (size_t v = 0; v < V; v++) {
    double expected = 0.0;

    for (size_t c = 0; c < 2; c++)
      expected += (value_at (&linear, c, v) - 1.0) * weight_at (&linear, c, v, 0);
    assert_near (map_at (map, v), expected, 1e-6);
    sum += map_at (map, v);
  }
  assert_near (map->gap, 0.0, 1e-5);
  assert_near (sum, map->value - map->changed, 1e-5);

  options.kind = DUB_HEATMAP_INPUT_GRADIENT;

  g_autoptr (DubHeatmap) product = heatmap_of (&options, &linear.graph, 1, linear.image);

  for (size_t v = 0; v < V; v++)
    assert_near (map_at (product, v), map_at (map, v), 1e-6);
}

/* Of a curved network one step leaves a gap, many close it, and it is reported with its sign. */
static void
test_gap_closes (void)
{
  g_autoptr (DubGraph) graph = curved_network (1, H, W, K, 7);
  g_autoptr (DubTensor) image = random_tensor (DUB_SHAPE (1, 1, H, W), 1.0, 8);
  DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_INTEGRATED_GRADIENTS, DUB_HEATMAP_OF_PROBABILITY, 1);
  double gaps[2];

  for (int i = 0; i < 2; i++) {
    options.n_steps = i == 0 ? 2 : 200;

    g_autoptr (DubHeatmap) map = heatmap_of (&options, &graph, 1, image);
    double sum = 0.0;

    for (size_t v = 0; v < V; v++)
      sum += map_at (map, v);
    assert_near (map->gap, sum - (map->value - map->changed), 1e-6);
    gaps[i] = fabs (map->gap);
  }
  g_assert_cmpfloat (gaps[0], >, 1e-3);
  g_assert_cmpfloat (gaps[1], <, 1e-4);
}

/* --- derivatives of every target, against differences --- */

/* Two networks, so that the mean of probabilities is not the probability of a mean. */
static void
test_targets_by_differences (void)
{
  const DubHeatmapOf targets[] = { DUB_HEATMAP_OF_PROBABILITY, DUB_HEATMAP_OF_LOGIT, DUB_HEATMAP_OF_ENTROPY };
  DubGraph *graphs[] = { curved_network (1, H, W, K, 11), curved_network (1, H, W, K, 12) };
  g_autoptr (DubTensor) image = random_tensor (DUB_SHAPE (1, 1, H, W), 1.0, 13);

  for (size_t t = 0; t < G_N_ELEMENTS (targets); t++) {
    DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_GRADIENT, targets[t], 0);
    g_autoptr (DubHeatmap) map = heatmap_of (&options, graphs, 2, image);

    for (size_t v = 0; v < V; v += 7) {
      double at[2];

      for (int side = 0; side < 2; side++) {
        g_autoptr (DubTensor) moved = dub_tensor_copy (image, NULL);

        dub_tensor_f32 (moved)[v] += side == 0 ? -0.02f : 0.02f;

        g_autoptr (DubHeatmap) other = heatmap_of (&options, graphs, 2, moved);

        at[side] = other->value;
      }
      assert_near (map_at (map, v), (at[1] - at[0]) / 0.04, 2e-4);
    }
  }
  dub_graph_unref (graphs[0]);
  dub_graph_unref (graphs[1]);
}

/* One network given twice says what it says once; the same answers in other words give the same map. */
static void
test_heads_agree (void)
{
  static const char *const lasts[] = { NULL, "Softmax" };
  g_autoptr (DubTensor) image = random_tensor (DUB_SHAPE (1, 1, H, W), 1.0, 21);
  g_autoptr (DubTensor) one = random_tensor (DUB_SHAPE (V, 1), 0.3, 22);
  g_autoptr (DubTensor) two = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (V, 2), NULL);
  const DubHeatmapKind kinds[] = { DUB_HEATMAP_GRADIENT, DUB_HEATMAP_OCCLUSION, DUB_HEATMAP_INTEGRATED_GRADIENTS };

  for (size_t v = 0; v < V; v++) {
    dub_tensor_f32 (two)[2 * v] = -0.5f * dub_tensor_f32 (one)[v];
    dub_tensor_f32 (two)[2 * v + 1] = 0.5f * dub_tensor_f32 (one)[v];
  }
  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
    DubHeatmapOptions options = heatmap_options (kinds[i], DUB_HEATMAP_OF_ENTROPY, -1);
    DubGraph *graphs[] = {
      linear_network (DUB_SHAPE (1, H, W), two, lasts[0]), linear_network (DUB_SHAPE (1, H, W), two, lasts[1]),
      linear_network (DUB_SHAPE (1, H, W), one, NULL), linear_network (DUB_SHAPE (1, H, W), one, "Sigmoid"),
    };
    g_autoptr (DubHeatmap) first = heatmap_of (&options, graphs, 1, image);
    g_autoptr (DubHeatmap) all = heatmap_of (&options, graphs, 4, image);

    for (int g = 1; g < 4; g++) {
      g_autoptr (DubHeatmap) other = heatmap_of (&options, graphs + g, 1, image);

      assert_near (other->value, first->value, 1e-6);
      for (size_t v = 0; v < V; v++)
        assert_near (map_at (other, v), map_at (first, v), 1e-6);
    }
    for (size_t v = 0; v < V; v++)
      assert_near (map_at (all, v), map_at (first, v), 1e-6);
    for (int g = 0; g < 4; g++)
      dub_graph_unref (graphs[g]);
  }
}

/* --- occlusion --- */

/* A window of one voxel on a linear network: what the voxel adds. */
static void
test_occlusion_of_voxels (void)
{
  g_auto (Linear) linear = make_linear (2);
  DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_OCCLUSION, DUB_HEATMAP_OF_LOGIT, 1);

  options.window = 1;
  options.stride = 1;

  g_autoptr (DubHeatmap) map = heatmap_of (&options, &linear.graph, 1, linear.image);

  g_assert_cmpuint (map->n_passes, ==, V + 1);
  for (size_t v = 0; v < V; v++) {
    double expected = 0.0;

    for (size_t c = 0; c < 2; c++)
      expected += value_at (&linear, c, v) * weight_at (&linear, c, v, 1);
    assert_near (map_at (map, v), expected, 2e-6);
  }
}

/* Windows of 3 with a stride of 2 on 5×6: rows begin at 0 and 2, columns at 0, 2 and 3, the last ending with the image. */
static void
test_occlusion_overlaps (void)
{
  static const size_t rows[] = { 0, 2 }, columns[] = { 0, 2, 3 };
  g_auto (Linear) linear = make_linear (1);
  DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_OCCLUSION, DUB_HEATMAP_OF_LOGIT, 0);
  double sum[V] = { 0.0 }, count[V] = { 0.0 };

  options.window = 3;
  options.stride = 2;

  g_autoptr (DubHeatmap) map = heatmap_of (&options, &linear.graph, 1, linear.image);

  for (size_t r = 0; r < 2; r++)
    for (size_t c = 0; c < 3; c++) {
      double loss = 0.0;

      for (size_t y = rows[r]; y < rows[r] + 3; y++)
        for (size_t x = columns[c]; x < columns[c] + 3; x++)
          loss += value_at (&linear, 0, y * W + x) * weight_at (&linear, 0, y * W + x, 0);
      for (size_t y = rows[r]; y < rows[r] + 3; y++)
        for (size_t x = columns[c]; x < columns[c] + 3; x++) {
          sum[y * W + x] += loss;
          count[y * W + x] += 1.0;
        }
    }
  g_assert_cmpuint (map->n_passes, ==, 7);
  for (size_t v = 0; v < V; v++)
    assert_near (map_at (map, v), sum[v] / count[v], 2e-6);
}

/* Where the image already is what would replace it, nothing is asked and the map is 0. */
static void
test_occlusion_skips (void)
{
  g_auto (Linear) linear = make_linear (1);
  DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_OCCLUSION, DUB_HEATMAP_OF_LOGIT, 0);

  memset (dub_tensor_f32 (linear.image), 0, sizeof (float) * 3 * W);
  options.window = 1;
  options.stride = 1;

  g_autoptr (DubHeatmap) map = heatmap_of (&options, &linear.graph, 1, linear.image);

  g_assert_cmpuint (map->n_passes, ==, 2 * W + 1);
  for (size_t v = 0; v < 3 * W; v++)
    g_assert_true (map_at (map, v) == 0.0);
  assert_near (map_at (map, 4 * W), value_at (&linear, 0, 4 * W) * weight_at (&linear, 0, 4 * W, 0), 2e-6);
}

/* A score of one's own: the entropy again, by another way, from what estimators are given. */
static gboolean
score_entropy (const DubAnswers *answers,
               double           *scores,
               gpointer          user_data,
               DubRun           *run,
               GError          **error)
{
  size_t *n_models = user_data;

  *n_models = answers->n_models;
  for (size_t n = 0; n < answers->n_cases; n++) {
    scores[n] = 0.0;
    for (size_t k = 0; k < answers->n_classes; k++) {
      double p = (double) answers->mean[n * answers->n_classes + k];
      double mean = 0.0;

      for (size_t m = 0; m < answers->n_models; m++)
        mean += (double) answers->probabilities[(m * answers->n_cases + n) * answers->n_classes + k] / (double) answers->n_models;
      assert_near (mean, p, 1e-6);
      scores[n] -= p * log (p);
    }
  }

  return TRUE;
}

static void
test_score (void)
{
  DubGraph *graphs[] = { curved_network (1, H, W, K, 31), curved_network (1, H, W, K, 32) };
  g_autoptr (DubTensor) image = random_tensor (DUB_SHAPE (1, 1, H, W), 1.0, 33);
  DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_OCCLUSION, DUB_HEATMAP_OF_ENTROPY, -1);
  g_autoptr (DubHeatmap) expected = heatmap_of (&options, graphs, 2, image);
  g_autoptr (GError) error = NULL;
  size_t n_models = 0;

  options.of = DUB_HEATMAP_OF_SCORE;
  options.score = score_entropy;
  options.score_data = &n_models;

  g_autoptr (DubHeatmap) map = heatmap_of (&options, graphs, 2, image);

  g_assert_cmpuint (n_models, ==, 2);
  g_assert_cmpint (map->class_index, ==, -1);
  assert_near (map->value, expected->value, 1e-6);
  for (size_t v = 0; v < V; v++)
    assert_near (map_at (map, v), map_at (expected, v), 2e-6);

  /* No other kind can have it. */
  options.kind = DUB_HEATMAP_GRADIENT;
  g_assert_null (dub_heatmap_run (&options, graphs, 2, image, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  dub_graph_unref (graphs[0]);
  dub_graph_unref (graphs[1]);
}

/* --- Grad-CAM --- */

/* With global average pooling over Z places α_k = w_k / Z everywhere, so the map is max (0, Σ w_k A_k) / Z. */
static void
check_pooled (int axes)
{
  const size_t n_maps = 4, n = axes == 3 ? 2 * 3 * 4 : 3 * 4;
  g_autoptr (DubTensor) kernel = random_tensor (DUB_SHAPE (4), 1.0, 41);
  g_autoptr (DubTensor) dense = random_tensor (DUB_SHAPE (4, 2), 1.0, 42);
  g_autoptr (DubTensor) image = random_tensor (axes == 3 ? DUB_SHAPE (1, 1, 2, 3, 4) : DUB_SHAPE (1, 1, 3, 4), 1.0, 43);
  g_autoptr (DubGraph) graph = pooled_network (axes, kernel, dense, FALSE);
  DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_GRADCAM, DUB_HEATMAP_OF_LOGIT, 1);
  g_autoptr (DubHeatmap) map = heatmap_of (&options, &graph, 1, image);
  gboolean above = FALSE, cut = FALSE;

  g_assert_cmpstr (map->layer, ==, "maps");
  g_assert_false (map->is_signed);
  for (size_t u = 0; u < n; u++) {
    double cam = 0.0;

    for (size_t k = 0; k < n_maps; k++)
      cam += (double) dub_tensor_f32 (dense)[2 * k + 1] * MAX (0.0, (double) dub_tensor_f32 (kernel)[k] * (double) dub_tensor_f32 (image)[u]);
    above = above || cam > 0.0;
    cut = cut || cam < 0.0;
    assert_near (map_at (map, u), MAX (cam, 0.0) / (double) n, 1e-6);
  }
  g_assert_true (above && cut);
}

static void
test_gradcam_by_hand (void)
{
  check_pooled (2);
  check_pooled (3);
}

/* Maps before a pooling are read at their full resolution; a coarser layer can be named and is interpolated. */
static void
test_gradcam_layers (void)
{
  g_autoptr (DubTensor) kernel = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (1), NULL);
  g_autoptr (DubTensor) dense = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (1, 2), NULL);
  g_autoptr (DubTensor) image = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (1, 1, 4, 4), NULL);
  g_autoptr (GError) error = NULL;
  DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_GRADCAM, DUB_HEATMAP_OF_LOGIT, 1);

  dub_tensor_f32 (kernel)[0] = 1.0f;
  dub_tensor_f32 (dense)[1] = 4.0f;
  dub_tensor_f32 (image)[5] = 2.0f;

  g_autoptr (DubGraph) graph = pooled_network (2, kernel, dense, TRUE);
  g_autoptr (DubHeatmap) fine = heatmap_of (&options, &graph, 1, image);

  /* The logit is the mean over 4 places of the pooled maxima, times 4. Of the 16 places one of each four carries a slope
   * of 1, so α = 4/16, and the map has 2 · ¼ at the one voxel. */
  g_assert_cmpstr (fine->layer, ==, "maps");
  for (size_t u = 0; u < 16; u++)
    assert_near (map_at (fine, u), u == 5 ? 0.5 : 0.0, 1e-7);
  g_assert_cmpuint (fine->peak[1], ==, 1);
  g_assert_cmpuint (fine->peak[2], ==, 1);

  /* Of the 2×2 maps α = 1 and the value 2 lies in the first place: linear between places at ½ and 2½. */
  static const double along[] = { 1.0, 0.75, 0.25, 0.0 };

  options.layer = "half";

  g_autoptr (DubHeatmap) coarse = heatmap_of (&options, &graph, 1, image);

  for (size_t u = 0; u < 16; u++)
    assert_near (map_at (coarse, u), 2.0 * along[u / 4] * along[u % 4], 1e-6);

  options.layer = "nowhere";
  g_assert_null (dub_heatmap_run (&options, &graph, 1, image, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "nowhere"));
  g_clear_error (&error);

  /* A network without convolutions has none. */
  g_auto (Linear) linear = make_linear (1);

  options.layer = NULL;
  g_assert_null (dub_heatmap_run (&options, &linear.graph, 1, linear.image, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED);
}

static void
test_gradcam_spread (void)
{
  const DubHeatmapOf target = DUB_HEATMAP_OF_LOGIT;
  DubGraph *graphs[] = { curved_network (1, H, W, K, 51), curved_network (1, H, W, K, 52), curved_network (1, H, W, K, 53) };
  g_autoptr (DubTensor) image = random_tensor (DUB_SHAPE (1, 1, H, W), 1.0, 54);
  DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_GRADCAM, target, 1);
  DubHeatmap *alone[3];
  g_autoptr (DubHeatmap) mean = heatmap_of (&options, graphs, 3, image);
  g_autoptr (GError) error = NULL;

  for (int m = 0; m < 3; m++)
    alone[m] = heatmap_of (&options, graphs + m, 1, image);
  options.kind = DUB_HEATMAP_GRADCAM_SD;

  g_autoptr (DubHeatmap) spread = heatmap_of (&options, graphs, 3, image);

  for (size_t v = 0; v < V; v++) {
    double sum = 0.0, scaled = 0.0, squares = 0.0;

    for (int m = 0; m < 3; m++) {
      double value = map_at (alone[m], v) / alone[m]->peak_value;

      sum += map_at (alone[m], v) / 3.0;
      scaled += value / 3.0;
      squares += value * value / 3.0;
    }
    assert_near (map_at (mean, v), sum, 1e-6);
    assert_near (map_at (spread, v), sqrt (MAX (squares - scaled * scaled, 0.0)), 1e-5);
  }

  /* The same network twice agrees with itself; one alone cannot disagree. */
  DubGraph *same[] = { graphs[0], graphs[0] };
  g_autoptr (DubHeatmap) none = heatmap_of (&options, same, 2, image);

  for (size_t v = 0; v < V; v++)
    g_assert_true (map_at (none, v) == 0.0);
  g_assert_null (dub_heatmap_run (&options, graphs, 1, image, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  for (int m = 0; m < 3; m++) {
    dub_heatmap_free (alone[m]);
    dub_graph_unref (graphs[m]);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/heatmap/linear/gradient", test_gradient_is_weight);
  g_test_add_func ("/heatmap/linear/probability", test_gradient_of_probability);
  g_test_add_func ("/heatmap/linear/path", test_path_is_complete);
  g_test_add_func ("/heatmap/path/gap", test_gap_closes);
  g_test_add_func ("/heatmap/targets", test_targets_by_differences);
  g_test_add_func ("/heatmap/heads", test_heads_agree);
  g_test_add_func ("/heatmap/occlusion/voxels", test_occlusion_of_voxels);
  g_test_add_func ("/heatmap/occlusion/overlaps", test_occlusion_overlaps);
  g_test_add_func ("/heatmap/occlusion/skips", test_occlusion_skips);
  g_test_add_func ("/heatmap/occlusion/score", test_score);
  g_test_add_func ("/heatmap/gradcam/by-hand", test_gradcam_by_hand);
  g_test_add_func ("/heatmap/gradcam/layers", test_gradcam_layers);
  g_test_add_func ("/heatmap/gradcam/spread", test_gradcam_spread);

  return g_test_run ();
}
