/* Heatmaps of ensembles that PyTorch exported, with what PyTorch computed for them (tests/reference/make_heatmap_reference.py). */
#include "core/explain/heatmap.h"
#include "core/io/npy.h"
#include "core/io/onnx.h"

#include <math.h>

/* Recorded in double, replayed in float32: relative to the largest number of each map. */
static const double TOLERANCE = 2e-5;

enum { MOST_NETWORKS = 3 };

typedef struct {
  DubNpz     *file;
  const char *name;
  DubGraph   *graphs[MOST_NETWORKS];
  size_t      n_graphs;
  DubTensor  *image;
} Replay;

static DubTensor *
recorded (const Replay *self,
          const char   *what)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strconcat (self->name, ".", what, NULL);
  DubTensor *tensor = dub_npz_read (self->file, name, &error);

  g_assert_no_error (error);

  return tensor;
}

static void
replay_clear (Replay *self)
{
  for (size_t m = 0; m < self->n_graphs; m++)
    dub_graph_unref (self->graphs[m]);
  dub_tensor_unref (self->image);
  dub_npz_free (self->file);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Replay, replay_clear)

static Replay
open_replay (const char *name,
             size_t      n_graphs)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "reference", "heatmap.npz", NULL);
  Replay self = { .name = name, .n_graphs = n_graphs };

  self.file = dub_npz_open (path, &error);
  g_assert_no_error (error);
  for (size_t m = 0; m < n_graphs; m++) {
    g_autofree char *what = g_strdup_printf ("%zu.onnx", m);
    g_autoptr (DubTensor) bytes = recorded (&self, what);

    self.graphs[m] = dub_onnx_parse (bytes->data, dub_tensor_n_bytes (bytes), name, NULL, &error);
    g_assert_no_error (error);
  }
  self.image = recorded (&self, "x");

  return self;
}

static void
compare (const Replay   *replay,
         const char     *what,
         DubHeatmapKind  kind,
         DubHeatmapOf    of,
         double         *gap)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) expected = recorded (replay, what);
  g_autoptr (DubRun) run = dub_run_new (2);
  DubHeatmapOptions options;
  double largest = 0.0, worst = 0.0;

  dub_heatmap_options_init (&options, kind, replay->image->shape.rank - 2);
  options.of = of;
  options.class_index = 1;
  options.replacement = DUB_REPLACE_ZERO;
  options.smooth = 0.0;
  options.n_steps = 16;
  options.window = 4;
  options.stride = 3;

  g_autoptr (DubHeatmap) map = dub_heatmap_run (&options, replay->graphs, replay->n_graphs, replay->image, run, &error);

  g_assert_no_error (error);
  g_assert_true (dub_shape_equal (&map->map->shape, &expected->shape));
  for (size_t i = 0; i < dub_tensor_n_elements (expected); i++) {
    largest = MAX (largest, fabs (dub_tensor_get_double (expected, i)));
    worst = MAX (worst, fabs (dub_tensor_get_double (map->map, i) - dub_tensor_get_double (expected, i)));
  }
  g_test_message ("%s %s: %.1e of %.3g", replay->name, what, worst, largest);
  g_assert_cmpfloat (largest, >, 0.0);
  g_assert_cmpfloat (worst, <=, TOLERANCE * largest);
  if (gap != NULL)
    *gap = map->gap;
}

static void
test_replay (gconstpointer data)
{
  const char *name = data;
  g_auto (Replay) replay = open_replay (name, g_str_equal (name, "picture") ? 3 : 2);
  g_autoptr (DubTensor) gap = recorded (&replay, "gap");
  double found;

  compare (&replay, "gradient.probability", DUB_HEATMAP_GRADIENT, DUB_HEATMAP_OF_PROBABILITY, NULL);
  compare (&replay, "gradient.entropy", DUB_HEATMAP_GRADIENT, DUB_HEATMAP_OF_ENTROPY, NULL);
  compare (&replay, "ig", DUB_HEATMAP_INTEGRATED_GRADIENTS, DUB_HEATMAP_OF_PROBABILITY, &found);
  g_assert_cmpfloat_with_epsilon (found, dub_tensor_get_double (gap, 0), 2e-6);
  compare (&replay, "gradcam", DUB_HEATMAP_GRADCAM, DUB_HEATMAP_OF_LOGIT, NULL);
  compare (&replay, "gradcam_sd", DUB_HEATMAP_GRADCAM_SD, DUB_HEATMAP_OF_LOGIT, NULL);
  compare (&replay, "occlusion", DUB_HEATMAP_OCCLUSION, DUB_HEATMAP_OF_PROBABILITY, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/heatmap/reference/picture", "picture", test_replay);
  g_test_add_data_func ("/heatmap/reference/volume", "volume", test_replay);

  return g_test_run ();
}
