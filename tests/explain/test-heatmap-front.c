/* Occlusion that computes anew only what a window changes gives what the whole network gives, whatever the geometry. The same
 * network behind x¹, which no reach goes through, is the one that is computed whole. */
#include "core/explain/heatmap-private.h"
#include "tests/explain/heatmap-fixture.h"

#include <math.h>

static int
apply (DubGraph   *graph,
       const char *op,
       const char *name,
       const char *attributes,
       int         first,
       DubTensor  *second) /* (nullable) (transfer full): a constant */
{
  g_autofree char *constant = g_strconcat (name, ".c", NULL);
  int terms[] = { first, second != NULL ? add_tensor (graph, constant, second) : -1 };

  dub_tensor_unref (second);

  return dub_graph_apply (graph, op, name, attributes, terms, terms[1] >= 0 ? 2 : 1);
}

static int
begin (DubGraph *graph,
       DubShape  shape,
       gboolean  whole)
{
  int x = dub_graph_add_input (graph, "input", DUB_DTYPE_F32, &shape);

  if (whole) {
    DubTensor *one = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (1), NULL);

    dub_tensor_f32 (one)[0] = 1.0f;
    x = apply (graph, "Pow", "same", "", x, one);
  }

  return x;
}

static void
finish (DubGraph *graph,
        int       y,
        int64_t   n_maps,
        uint64_t  seed)
{
  y = apply (graph, "GlobalAveragePool", "pool", "", y, NULL);
  y = apply (graph, "Flatten", "flat", "axis=1", y, NULL);
  dub_graph_add_output (graph, apply (graph, "MatMul", "logits", "", y, random_tensor (DUB_SHAPE (n_maps, 3), 2.0, seed)));
}

/* Odd extents, a stride of 3 in one axis alone, a pooling without room for the last voxel. */
static DubGraph *
make_volume_network (gboolean whole)
{
  DubGraph *graph = dub_graph_new ("volume", 13);
  int y = begin (graph, DUB_SHAPE (-1, 1, 37, 44, 31), whole);

  y = apply (graph, "Conv", "c1", "kernel_shape=3,3,3 pads=1,1,1,1,1,1", y, random_tensor (DUB_SHAPE (4, 1, 3, 3, 3), 0.4, 1));
  y = apply (graph, "LeakyRelu", "a1", "alpha=0.1f", y, NULL);
  y = apply (graph, "MaxPool", "p1", "kernel_shape=2,2,2 strides=2,2,2", y, NULL);
  y = apply (graph, "Conv", "c2", "kernel_shape=3,3,3 pads=1,0,1,1,2,1 strides=1,1,3", y, random_tensor (DUB_SHAPE (6, 4, 3, 3, 3), 0.2, 2));
  y = apply (graph, "Tanh", "a2", "", y, NULL);
  y = apply (graph, "Conv", "c3", "kernel_shape=3,3,1 dilations=2,1,1 pads=2,1,0,2,1,0", y, random_tensor (DUB_SHAPE (16, 6, 3, 3, 1), 0.2, 3));
  y = apply (graph, "Relu", "a3", "", y, NULL);
  finish (graph, y, 16, 4);

  return graph;
}

/* Two ways that meet again, added and side by side. */
static DubGraph *
make_picture_network (gboolean whole)
{
  DubGraph *graph = dub_graph_new ("picture", 13);
  int y = begin (graph, DUB_SHAPE (-1, 2, 150, 131), whole);

  y = apply (graph, "Conv", "stem", "kernel_shape=7,7 pads=3,3,3,3", y, random_tensor (DUB_SHAPE (8, 2, 7, 7), 0.15, 11));
  y = apply (graph, "Relu", "a0", "", y, NULL);

  int left = apply (graph, "Conv", "left", "kernel_shape=3,3 pads=1,1,1,1 strides=2,2", y, random_tensor (DUB_SHAPE (8, 8, 3, 3), 0.2, 12));
  int right = apply (graph, "Conv", "right", "kernel_shape=1,1 strides=2,2", y, random_tensor (DUB_SHAPE (8, 8, 1, 1), 0.4, 13));
  int both[] = { left, right };
  int sum = dub_graph_apply (graph, "Add", "sum", "", both, 2);
  int beside[] = { sum, right };

  y = dub_graph_apply (graph, "Concat", "beside", "axis=1", beside, 2);
  y = apply (graph, "MaxPool", "p1", "kernel_shape=3,3 pads=1,1,1,1 strides=2,2", y, NULL);
  y = apply (graph, "Conv", "c2", "kernel_shape=3,3 pads=1,1,1,1", y, random_tensor (DUB_SHAPE (6, 16, 3, 3), 0.2, 14));
  y = apply (graph, "Tanh", "a2", "", y, NULL);
  finish (graph, y, 6, 15);

  return graph;
}

static void
check_used (DubGraph  *graph,
            DubTensor *image,
            size_t     window,
            gboolean   expected)
{
  const int64_t *dim = image->shape.dim + image->shape.rank - 3;
  gboolean is_volume = image->shape.rank == 5;
  DubHeatmapLook look = {
    .graphs = &graph, .n_networks = 1, .n_classes = 3, .x = dub_tensor_f32 (image), .n_input = dub_tensor_n_elements (image),
    .n_channels = (size_t) image->shape.dim[1], .input = { .rank = image->shape.rank - 1 },
    .shape = { is_volume ? (size_t) dim[0] : 1, (size_t) dim[1], (size_t) dim[2] },
  };
  const size_t windows[3] = { is_volume ? window : 1, window, window };
  g_autoptr (GError) error = NULL;

  for (int a = 0; a < look.input.rank; a++)
    look.input.dim[a] = image->shape.dim[a + 1];
  look.n_voxels = look.n_input / look.n_channels;

  g_autoptr (DubHeatmapFronts) fronts = _dub_heatmap_fronts_new (&look, windows, FALSE, NULL, &error);

  g_assert_no_error (error);
  g_assert_true ((fronts != NULL) == expected);
}

static void
compare (DubGraph  *cut,
         DubGraph  *whole,
         DubTensor *image,
         guint      window,
         guint      stride)
{
  DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_OCCLUSION, DUB_HEATMAP_OF_LOGIT, 1);
  double largest = 0.0, worst = 0.0;

  options.replacement = DUB_REPLACE_ONE;
  options.window = window;
  options.stride = stride;
  check_used (cut, image, window, TRUE);
  check_used (whole, image, window, FALSE);

  g_autoptr (DubHeatmap) found = heatmap_of (&options, &cut, 1, image);
  g_autoptr (DubHeatmap) expected = heatmap_of (&options, &whole, 1, image);

  for (size_t i = 0; i < dub_tensor_n_elements (expected->map); i++) {
    largest = MAX (largest, fabs (map_at (expected, i)));
    worst = MAX (worst, fabs (map_at (found, i) - map_at (expected, i)));
  }
  g_test_message ("window %u, stride %u: %.1e of %.3g", window, stride, worst, largest);
  g_assert_cmpuint (found->n_passes, ==, expected->n_passes);
  g_assert_cmpfloat_with_epsilon (found->value, expected->value, 1e-5);
  g_assert_cmpfloat (largest, >, 0.0);
  /* Differences of logits near 1 in float32. */
  g_assert_cmpfloat (worst, <, 2e-4 * largest);
}

static void
test_volume (void)
{
  g_autoptr (DubGraph) cut = make_volume_network (FALSE);
  g_autoptr (DubGraph) whole = make_volume_network (TRUE);
  g_autoptr (DubTensor) image = random_tensor (DUB_SHAPE (1, 1, 37, 44, 31), 1.0, 21);

  compare (cut, whole, image, 5, 5);
  compare (cut, whole, image, 8, 7);
  compare (cut, whole, image, 11, 11);
}

static void
test_picture (void)
{
  g_autoptr (DubGraph) cut = make_picture_network (FALSE);
  g_autoptr (DubGraph) whole = make_picture_network (TRUE);
  g_autoptr (DubTensor) image = random_tensor (DUB_SHAPE (1, 2, 150, 131), 1.0, 22);

  compare (cut, whole, image, 24, 23);
  compare (cut, whole, image, 31, 31);
}

/* The same bits for any threads, and a cancelled run says so. */
static void
test_promises (void)
{
  g_autoptr (DubGraph) graph = make_volume_network (FALSE);
  g_autoptr (DubTensor) image = random_tensor (DUB_SHAPE (1, 1, 37, 44, 31), 1.0, 23);
  DubHeatmapOptions options = heatmap_options (DUB_HEATMAP_OCCLUSION, DUB_HEATMAP_OF_ENTROPY, -1);
  g_autoptr (DubHeatmap) first = NULL;
  g_autoptr (DubRun) cancelled = dub_run_new (2);
  g_autoptr (GError) refused = NULL;

  options.window = options.stride = 8;
  for (guint threads = 1; threads <= 3; threads++) {
    g_autoptr (DubRun) run = dub_run_new (threads);
    g_autoptr (GError) error = NULL;
    g_autoptr (DubHeatmap) map = dub_heatmap_run (&options, &graph, 1, image, run, &error);

    g_assert_no_error (error);
    if (first == NULL)
      first = g_steal_pointer (&map);
    else
      g_assert_cmpmem (map->map->data, dub_tensor_n_bytes (map->map), first->map->data, dub_tensor_n_bytes (first->map));
  }
  dub_run_cancel (cancelled);
  g_assert_null (dub_heatmap_run (&options, &graph, 1, image, cancelled, &refused));
  g_assert_error (refused, DUB_ERROR, DUB_ERROR_CANCELLED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/heatmap/front/volume", test_volume);
  g_test_add_func ("/heatmap/front/picture", test_picture);
  g_test_add_func ("/heatmap/front/promises", test_promises);

  return g_test_run ();
}
