/* Segmentation: the scores by hand, views that are undone exactly, the worst place, and what is refused. */
#include "core/uq/segment.h"
#include "core/uq/segment-summary.h"

#include <math.h>
#include <string.h>

enum { D = 5, H = 6, W = 6, V = D * H * W };

/* Logits c · x of a one-channel volume by a convolution of one voxel; with @blur the middle class also sees its neighbour, so that
 * the network is not the same for a mirrored image. */
static DubGraph *
network (gboolean blur)
{
  g_autoptr (DubGraph) graph = dub_graph_new ("net", 17);
  DubShape input = DUB_SHAPE (1, 1, -1, -1, -1);
  g_autoptr (DubTensor) weight = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (3, 1, 1, 1, 3), NULL);
  int x = dub_graph_add_input (graph, "x", DUB_DTYPE_F32, &input);

  for (int c = 0; c < 3; c++)
    dub_tensor_f32 (weight)[c * 3 + 1] = (float) (c - 1);
  if (blur)
    dub_tensor_f32 (weight)[3 + 2] = 0.5f;

  int inputs[] = { x, dub_graph_add_constant (graph, "w", weight, FALSE) };

  dub_graph_add_output (graph, dub_graph_apply (graph, "Conv", "conv", "pads=0,0,1,0,0,1", inputs, 2));

  return g_steal_pointer (&graph);
}

static DubTensor *
image_new (void)
{
  DubTensor *image = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (D, H, W), NULL);

  for (int i = 0; i < V; i++)
    dub_tensor_f32 (image)[i] = 2.0f * sinf ((float) (i * i) * 0.37f);

  return image;
}

static DubSegmentation *
run (DubGraph   *graph,
     DubTensor  *image,
     const char *list,
     guint       scores,
     guint       threads)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) views = dub_segment_views_parse (list, image->shape.dim, &error);
  g_autoptr (DubRun) context = dub_run_new (threads);

  g_assert_no_error (error);

  DubSegmentation *result = dub_segment (&graph, &image, 1, views, scores, context, &error);

  g_assert_no_error (error);

  return result;
}

static void
test_by_hand (void)
{
  g_autoptr (DubGraph) graph = network (FALSE);
  g_autoptr (DubTensor) image = image_new ();
  g_autoptr (DubSegmentation) found = run (graph, image, NULL, 1 << DUB_SEGMENT_MSR | 1 << DUB_SEGMENT_ENTROPY | 1 << DUB_SEGMENT_MARGIN, 2);
  size_t count[3] = { 0 };

  for (int i = 0; i < V; i++) {
    double x = (double) dub_tensor_f32 (image)[i], e[] = { exp (-x), 1.0, exp (x) }, sum = e[0] + e[1] + e[2], h = 0.0;
    int label = x > 0.0 ? 2 : x < 0.0 ? 0 : 0;
    double first = 0.0, second = 0.0;

    for (int c = 0; c < 3; c++) {
      double p = e[c] / sum;

      h -= p * log (p);
      second = p > first ? first : MAX (second, p);
      first = MAX (first, p);
    }
    g_assert_cmpint (((const guint8 *) found->labels->data)[i], ==, label);
    count[label]++;
    g_assert_cmpfloat_with_epsilon ((double) dub_tensor_f32 (found->map[DUB_SEGMENT_MSR])[i], 1.0 - first, 1e-6);
    g_assert_cmpfloat_with_epsilon ((double) dub_tensor_f32 (found->map[DUB_SEGMENT_ENTROPY])[i], h, 1e-6);
    g_assert_cmpfloat_with_epsilon ((double) dub_tensor_f32 (found->map[DUB_SEGMENT_MARGIN])[i], 1.0 - (first - second), 1e-6);
  }
  for (int c = 0; c < 3; c++) {
    g_assert_cmpuint (found->count[c], ==, count[c]);
    g_assert_cmpuint (found->view_count[c], ==, count[c]);
  }
}

/* A network that looks at each voxel alone says the same of every view but of another contrast. */
static void
test_views_come_back (void)
{
  g_autoptr (DubGraph) alone = network (FALSE), neighbours = network (TRUE);
  g_autoptr (DubTensor) image = image_new ();
  static const char *const lists[] = { "flip", "turn", "shift", "flip-0,flip-2,turn,shift" };
  guint scores = 1 << DUB_SEGMENT_SD | 1 << DUB_SEGMENT_MI | 1 << DUB_SEGMENT_ENTROPY;
  g_autoptr (DubSegmentation) plain = run (alone, image, NULL, 1 << DUB_SEGMENT_ENTROPY, 1);

  for (guint l = 0; l < G_N_ELEMENTS (lists); l++) {
    g_autoptr (DubSegmentation) found = run (alone, image, lists[l], scores, 2);
    g_autoptr (DubSegmentation) other = run (neighbours, image, lists[l], scores, 2);
    double largest = 0.0;

    g_assert_cmpuint (found->n_views, >, 2);
    for (int i = 0; i < V; i++) {
      g_assert_cmpfloat_with_epsilon (dub_tensor_f32 (found->map[DUB_SEGMENT_SD])[i], 0.0, 5e-4);
      g_assert_cmpfloat_with_epsilon (dub_tensor_f32 (found->map[DUB_SEGMENT_MI])[i], 0.0, 1e-6);
      g_assert_cmpfloat_with_epsilon (dub_tensor_f32 (found->map[DUB_SEGMENT_ENTROPY])[i],
                                      dub_tensor_f32 (plain->map[DUB_SEGMENT_ENTROPY])[i], 1e-6);
      largest = MAX (largest, (double) dub_tensor_f32 (other->map[DUB_SEGMENT_SD])[i]);
    }
    g_assert_cmpfloat (largest, >, 0.01);
    g_assert_cmpmem (found->labels->data, V, plain->labels->data, V);
  }

  g_autoptr (DubSegmentation) gains = run (alone, image, "intensity", scores, 1);

  g_assert_cmpuint (gains->n_views, ==, 3);
  g_assert_cmpfloat (dub_tensor_f32 (gains->map[DUB_SEGMENT_SD])[1], >, 0.001f);
}

static void
test_threads (void)
{
  g_autoptr (DubGraph) graph = network (TRUE);
  g_autoptr (DubTensor) image = image_new ();
  guint scores = (1 << DUB_N_SEGMENT_SCORES) - 1;
  g_autoptr (DubSegmentation) one = run (graph, image, "flip,turn,shift,intensity", scores, 1);
  g_autoptr (DubSegmentation) two = run (graph, image, "flip,turn,shift,intensity", scores, 2);

  for (int s = 0; s < DUB_N_SEGMENT_SCORES; s++)
    g_assert_cmpmem (one->map[s]->data, V * sizeof (float), two->map[s]->data, V * sizeof (float));
  g_assert_cmpmem (one->view_count, one->n_views * 3 * sizeof (size_t), two->view_count, two->n_views * 3 * sizeof (size_t));
}

static void
test_refusals (void)
{
  g_autoptr (DubGraph) graph = network (FALSE);
  g_autoptr (DubTensor) image = image_new (), flat = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (H, W), NULL);
  g_autoptr (GArray) none = dub_segment_views_parse ("", image->shape.dim, NULL);
  const int64_t uneven[] = { 4, 5, 6 };
  g_autoptr (GError) error = NULL;
  DubTensor *bad[] = { image };

  g_assert_null (dub_segment (&graph, bad, 1, none, 1 << DUB_SEGMENT_SD, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (dub_segment (&graph, &flat, 1, none, 1 << DUB_SEGMENT_MSR, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  dub_tensor_f32 (image)[77] = NAN;
  g_assert_null (dub_segment (&graph, bad, 1, none, 1 << DUB_SEGMENT_MSR, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_clear_error (&error);
  g_assert_null (dub_segment_views_parse ("turn", uneven, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (dub_segment_views_parse ("flip,sideways", uneven, &error));
  g_assert_nonnull (strstr (error->message, "sideways"));
  g_assert_true (dub_segment_can (graph, &DUB_SHAPE (D, H, W), NULL));
  g_assert_false (dub_segment_can (graph, &DUB_SHAPE (H, W), NULL));
}

static void
test_worst_place (void)
{
  g_autoptr (DubTensor) map = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (12, 13, 14), NULL);
  g_autoptr (DubTensor) labels = dub_tensor_new_zeros (DUB_DTYPE_U8, DUB_SHAPE (12, 13, 14), NULL);
  g_autoptr (GError) error = NULL;

  for (int d = 0; d < 12; d++)
    for (int h = 0; h < 13; h++)
      for (int w = 0; w < 14; w++) {
        int i = (d * 13 + h) * 14 + w;

        ((guint8 *) labels->data)[i] = d >= 6;
        if (abs (d - 8) <= 1 && abs (h - 3) <= 1 && abs (w - 10) <= 1)
          dub_tensor_f32 (map)[i] = 0.8f;
        if (d == 2 && h == 9 && w == 2)
          dub_tensor_f32 (map)[i] = 1.0f;
      }

  g_autoptr (DubSegmentSummary) found = dub_segment_summary_new (map, labels, 0.5, 3, 5, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (found->n_patches, >=, 2);
  g_assert_cmpint (found->patches[0].voxel[0], ==, 8);
  g_assert_cmpint (found->patches[0].voxel[1], ==, 3);
  g_assert_cmpint (found->patches[0].voxel[2], ==, 10);
  g_assert_cmpfloat_with_epsilon (found->patches[0].mean, 0.8, 1e-6);
  /* No two patches overlap. */
  for (size_t i = 1; i < found->n_patches; i++) {
    gboolean apart = FALSE;

    for (int a = 0; a < 3; a++)
      apart |= ABS (found->patches[i].voxel[a] - found->patches[0].voxel[a]) >= 3;
    g_assert_true (apart);
  }
  g_assert_cmpfloat_with_epsilon (found->sum, 27 * 0.8 + 1.0, 1e-5);
  g_assert_cmpfloat_with_epsilon (found->mean_foreground, 27 * 0.8 / (6 * 13 * 14), 1e-7);
  g_assert_cmpfloat_with_epsilon (found->share_above, 27.0 / (6 * 13 * 14), 1e-9);
  g_assert_cmpfloat_with_epsilon (found->mean_above, 0.8, 1e-6);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/uq/segment/by-hand", test_by_hand);
  g_test_add_func ("/uq/segment/views-come-back", test_views_come_back);
  g_test_add_func ("/uq/segment/threads", test_threads);
  g_test_add_func ("/uq/segment/refusals", test_refusals);
  g_test_add_func ("/uq/segment/worst-place", test_worst_place);

  return g_test_run ();
}
