/* Views of cases: the same alone and among others, for any number of threads, after a stop, and what is stored is not run again;
 * and the features that a classifier does not name itself. */
#include "core/io/onnx.h"
#include "core/nn/arch.h"
#include "core/nn/graph-copy.h"
#include "core/study/classifier.h"
#include "core/study/final-layer.h"
#include "core/study/study-train.h"
#include "core/study/study-views.h"
#include "tests/ui/data-fixture.h"

#include <math.h>

enum { N_MODELS = 2 };

static const char *const MODELS[] = { "m0", "m1", NULL };

typedef struct {
  char     *folder;
  DubStudy *study;
} Fixture;

static void
add_network (Fixture    *fixture,
             int         index,
             DubPrepare *prepare)
{
  DubArchOptions options = { .input = DUB_SHAPE (1, DATA_SIDE, DATA_SIDE), .n_classes = 2, .width = 4, .dropout = .5,
                             .seed = 7 + (uint64_t) index };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubGraph) graph = dub_arch_new ("cnn2d", &options, &error);
  g_autofree char *path = g_strdup_printf ("%s/%s.onnx", fixture->folder, MODELS[index]);

  g_assert_no_error (error);
  dub_onnx_save (graph, path, &error);
  g_assert_no_error (error);
  dub_study_add_model (fixture->study, MODELS[index], path, (DubPreprocess) { 0 });

  DubStudyModel *model = fixture->study->models->pdata[index];

  model->prepare = g_memdup2 (prepare, sizeof *prepare);
  model->split_hash = g_strdup (fixture->study->data->split_hash);
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("dubito-views-XXXXXX", NULL);

  g_autofree char *path = data_fixture_new (fixture->folder, "squares.npz");
  g_autofree char *study = g_build_filename (fixture->folder, "squares.dubito", NULL);
  DubStudyDataOptions options = { .path = path, .split = DUB_SPLIT_DEFAULT };
  g_autoptr (GError) error = NULL;
  DubPrepare prepare;

  options.split.twins = DUB_TWINS_KEEP;
  fixture->study = dub_study_from_data (study, &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (dub_study_prepare (fixture->study, &prepare, NULL, &error));
  for (int i = 0; i < N_MODELS; i++)
    add_network (fixture, i, &prepare);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  dub_study_unref (fixture->study);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static DubStudyViews *
views_of (Fixture      *fixture,
          DubViewKind   kind,
          const size_t *cases,
          size_t        n,
          gboolean      cached_only,
          guint         threads)
{
  static const guint policies[] = { 3, 17, 499 };
  DubViewsOptions options = { .kind = kind, .n_views = 4, .policies = policies, .n_policies = 3, .n_pool = 500, .seed = 5 };
  g_autoptr (DubRun) run = dub_run_new (threads);
  g_autoptr (GError) error = NULL;
  DubStudyViews *views = dub_study_views (fixture->study, MODELS, cases, n, &options, cached_only, run, &error);

  g_assert_no_error (error);

  return views;
}

static void
test_alone_and_among_others (Fixture      *fixture,
                             gconstpointer data)
{
  const size_t all[] = { 60, 5, 61, 62, 20, 63, 79 };

  for (DubViewKind kind = 0; kind < DUB_N_VIEW_KINDS; kind++) {
    g_autoptr (DubStudyViews) together = views_of (fixture, kind, all, G_N_ELEMENTS (all), FALSE, 2);
    gboolean differ = FALSE;

    g_assert_cmpuint (together->n_views, ==, kind == DUB_VIEWS_POOL ? 3 : 4);
    for (size_t i = 0; i < G_N_ELEMENTS (all); i++) {
      g_autoptr (DubStudyViews) alone = views_of (fixture, kind, all + i, 1, FALSE, 1);

      for (size_t v = 0; v < together->n_views; v++)
        for (size_t c = 0; c < 2; c++) {
          float expected = alone->probabilities[v * 2 + c];

          g_assert_cmpfloat (together->probabilities[(v * together->n_cases + i) * 2 + c], ==, expected);
          differ |= expected != alone->probabilities[c];
        }
    }
    g_assert_true (differ);
  }
}

static void
test_stored (Fixture      *fixture,
             gconstpointer data)
{
  const size_t cases[] = { 60, 61, 62 };

  for (DubViewKind kind = 0; kind < DUB_N_VIEW_KINDS; kind++) {
    g_assert_null (views_of (fixture, kind, cases, 3, TRUE, 1));

    g_autoptr (DubStudyViews) made = views_of (fixture, kind, cases, 3, FALSE, 1);
    g_autoptr (DubStudyViews) stored = views_of (fixture, kind, cases, 3, TRUE, 1);

    g_assert_nonnull (stored);
    g_assert_cmpmem (made->per_model, made->n_views * 3 * 2 * N_MODELS * sizeof (float), stored->per_model,
                     stored->n_views * 3 * 2 * N_MODELS * sizeof (float));
    /* The mean over the two networks. */
    for (size_t i = 0; i < made->n_views * 6; i++)
      g_assert_cmpfloat_with_epsilon (made->probabilities[i],
                                      (made->per_model[i] + made->per_model[made->n_views * 6 + i]) / 2.0f, 1e-7);
  }
}

/* One more policy keeps what is stored of the others. */
static void
test_pool_grows (Fixture      *fixture,
                 gconstpointer data)
{
  const size_t cases[] = { 60, 61 };
  static const guint first[] = { 8 }, more[] = { 9, 8 };
  DubViewsOptions options = { .kind = DUB_VIEWS_POOL, .policies = first, .n_policies = 1, .n_pool = 10 };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubStudyViews) one = dub_study_views (fixture->study, MODELS, cases, 2, &options, FALSE, NULL, &error);

  g_assert_no_error (error);
  options.policies = more;
  options.n_policies = 2;
  g_assert_null (dub_study_views (fixture->study, MODELS, cases, 2, &options, TRUE, NULL, &error));

  g_autoptr (DubStudyViews) two = dub_study_views (fixture->study, MODELS, cases, 2, &options, FALSE, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (two->policy[1], ==, 8);
  g_assert_cmpmem (one->probabilities, 4 * sizeof (float), two->probabilities + 4, 4 * sizeof (float));
  options.policies = first;
  options.n_policies = 1;

  g_autoptr (DubStudyViews) again = dub_study_views (fixture->study, MODELS, cases, 2, &options, TRUE, NULL, &error);

  g_assert_nonnull (again);
  options.n_pool = 8;
  g_assert_null (dub_study_views (fixture->study, MODELS, cases, 2, &options, FALSE, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
}

/* An image that is not in the study, but looks like a case of it, gets that case's views. */
static void
test_new_images (Fixture      *fixture,
                 gconstpointer data)
{
  const size_t cases[] = { 60 };
  DubViewsOptions options = { .kind = DUB_VIEWS_TTA, .n_views = 4, .seed = 5 };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubStudyViews) inside = dub_study_views (fixture->study, MODELS, cases, 1, &options, FALSE, NULL, &error);
  double spacing[1][3];
  g_autoptr (DubTensor) raw = dub_dataset_read (fixture->study->data->dataset, 60, spacing[0], &error);
  g_autoptr (DubStudyViews) outside =
    dub_study_views_of (fixture->study, MODELS, &raw, (const double (*)[3]) spacing, 1, &options, NULL, &error);
  g_autofree char *words = NULL;
  g_autoptr (DubTensor) image = dub_study_view_image (fixture->study, "m0", 60, &options, 1, &words, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (inside->probabilities, 8 * sizeof (float), outside->probabilities, 8 * sizeof (float));
  g_assert_cmpuint (dub_tensor_n_elements (image), ==, DATA_SIDE * DATA_SIDE);
  g_assert_nonnull (strstr (words, " 9, "));
  g_assert_true (dub_study_has_dropout (fixture->study, "m0"));

  /* What the strip shows is what the network saw. */
  DubStudyModel *model = fixture->study->models->pdata[0];
  DubShape shape = dub_prepare_shape (model->prepare);
  g_autoptr (DubClassifier) network = dub_classifier_new ("m0", model->path, &shape, 2, 1, NULL, &error);
  float logits[2];
  size_t bad;

  g_assert_true (dub_classifier_run (network, dub_tensor_f32 (image), 1, logits, NULL, &bad, NULL, &error));
  g_assert_cmpfloat_with_epsilon (1.0f / (1.0f + expf (logits[0] - logits[1])), inside->per_model[1 * 2 + 1], 1e-6);
}

static void
test_unknown (Fixture      *fixture,
              gconstpointer data)
{
  static const char *const nobody[] = { "m7", NULL };
  const size_t cases[] = { 60 };
  DubViewsOptions options = { .kind = DUB_VIEWS_TTA, .n_views = 2 };
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_study_views (fixture->study, nobody, cases, 1, &options, FALSE, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
}

/* A network that gives its logits alone: what its last layer reads, times its weights, is what it says. */
static void
test_final_layer (Fixture      *fixture,
                  gconstpointer data)
{
  DubArchOptions options = { .input = DUB_SHAPE (1, DATA_SIDE, DATA_SIDE), .n_classes = 3, .width = 4, .seed = 7 };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubGraph) whole = dub_arch_new ("cnn2d", &options, &error);
  g_autoptr (DubGraph) graph = dub_graph_cut (whole, dub_graph_output (whole, 0), &error);
  g_autofree char *path = g_build_filename (fixture->folder, "alone.onnx", NULL);
  g_auto (DubFinalLayerFound) layer = { 0 };
  float input[DATA_SIDE * DATA_SIDE], logits[3];
  size_t bad;

  g_assert_no_error (error);
  g_assert_cmpint (dub_graph_n_outputs (graph), ==, 1);
  g_assert_true (dub_onnx_save (graph, path, &error));

  g_autoptr (DubClassifier) network = dub_classifier_new ("alone", path, &options.input, 3, 1, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (dub_final_layer_find (network->graph, &layer));
  g_assert_cmpuint (network->n_features, ==, (size_t) layer.weight->shape.dim[1]);

  g_autofree float *features = g_new (float, network->n_features);

  for (int i = 0; i < DATA_SIDE * DATA_SIDE; i++)
    input[i] = sinf ((float) (i * i));
  g_assert_true (dub_classifier_run (network, input, 1, logits, features, &bad, NULL, &error));
  for (size_t c = 0; c < 3; c++) {
    double sum = (double) dub_tensor_f32 (layer.bias)[c];

    for (size_t f = 0; f < network->n_features; f++)
      sum += (double) dub_tensor_f32 (layer.weight)[c * network->n_features + f] * (double) features[f];
    g_assert_cmpfloat_with_epsilon (sum, (double) logits[c], 1e-5);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/study/views/alone-and-among-others", Fixture, NULL, set_up, test_alone_and_among_others, tear_down);
  g_test_add ("/study/views/stored", Fixture, NULL, set_up, test_stored, tear_down);
  g_test_add ("/study/views/pool-grows", Fixture, NULL, set_up, test_pool_grows, tear_down);
  g_test_add ("/study/views/new-images", Fixture, NULL, set_up, test_new_images, tear_down);
  g_test_add ("/study/views/unknown", Fixture, NULL, set_up, test_unknown, tear_down);
  g_test_add ("/study/views/final-layer", Fixture, NULL, set_up, test_final_layer, tear_down);

  return g_test_run ();
}
