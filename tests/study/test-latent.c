/* The latent space of a study: whose features, which layout, what is kept. */
#include "core/study/latent.h"
#include "core/study/study-train.h"
#include "tests/ui/data-fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <utime.h>

enum { N_FEATURES = 6 };

typedef struct {
  char       *folder;
  DubStudy   *study;
  DubOutputs *outputs;
} Fixture;

static void
add_model (DubStudy   *study,
           const char *id,
           const char *family)
{
  dub_study_add_model (study, id, "/nowhere.onnx", (DubPreprocess) { 0 });
  ((DubStudyModel *) study->models->pdata[study->models->len - 1])->family = g_strdup (family);
}

/* Two classes that lie apart along the first feature; the second network's features are the first one's, doubled. */
static DubOutputs *
outputs_new (const DubStudy *study)
{
  DubOutputs *self = g_new0 (DubOutputs, 1);
  size_t n = study->data->n_cases;

  self->n_models = 2;
  self->n_cases = n;
  self->n_classes = 2;
  self->n_features = N_FEATURES;
  self->models = g_new0 (char *, 3);
  self->models[0] = g_strdup ("a-f0");
  self->models[1] = g_strdup ("a-f1");
  self->features = g_new0 (float, 2 * n * N_FEATURES);
  for (size_t i = 0; i < n; i++)
    for (size_t f = 0; f < N_FEATURES; f++) {
      float value = (float) sin ((double) (i * 37 + f * 11)) + (f == 0 ? 20.0f * (float) study->data->labels[i] : 0.0f);

      self->features[i * N_FEATURES + f] = value;
      self->features[(n + i) * N_FEATURES + f] = 2.0f * value;
    }

  return self;
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("dubito-latent-XXXXXX", NULL);

  g_autofree char *path = data_fixture_new (fixture->folder, "squares.npz");
  g_autofree char *folder = g_build_filename (fixture->folder, "squares.dubito", NULL);
  DubStudyDataOptions options = { .path = path, .split = DUB_SPLIT_DEFAULT };
  g_autoptr (GError) error = NULL;

  options.split.twins = DUB_TWINS_KEEP;
  fixture->study = dub_study_from_data (folder, &options, NULL, &error);
  g_assert_no_error (error);
  add_model (fixture->study, "a-f0", "a");
  add_model (fixture->study, "a-f1", "a");
  add_model (fixture->study, "b-f0", "b");
  fixture->outputs = outputs_new (fixture->study);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  dub_outputs_free (fixture->outputs);
  dub_study_unref (fixture->study);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static float *
features_of (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  size_t n_features = 0;
  float *features = dub_latent_features (fixture->outputs, fixture->study, "a", NULL, &n_features, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (n_features, ==, N_FEATURES);

  return features;
}

static void
test_features (Fixture      *fixture,
               gconstpointer data)
{
  g_autofree float *first = features_of (fixture);
  g_autoptr (GError) error = NULL;
  size_t n_features = 0;
  g_autofree float *second = dub_latent_features (fixture->outputs, fixture->study, "a", "a-f1", &n_features, &error);

  g_assert_no_error (error);
  for (size_t i = 0; i < fixture->outputs->n_cases * N_FEATURES; i++)
    g_assert_cmpfloat (second[i], ==, 2.0f * first[i]);

  g_assert_null (dub_latent_features (fixture->outputs, fixture->study, "b", NULL, &n_features, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "run the networks"));
  g_clear_error (&error);

  g_clear_pointer (&fixture->outputs->features, g_free);
  fixture->outputs->n_features = 0;
  g_assert_null (dub_latent_features (fixture->outputs, fixture->study, "a", NULL, &n_features, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "import a file"));
}

static DubLatentMap *
map_new (Fixture                *fixture,
         const float            *features,
         const DubLatentOptions *options)
{
  g_autoptr (GError) error = NULL;
  DubLatentMap *map = dub_latent_map_new (features, fixture->outputs->n_cases, N_FEATURES, options, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (map);

  return map;
}

/* Whatever the steps, the places are those of the method itself. */
static void
test_steps (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree float *features = features_of (fixture);
  size_t n = fixture->outputs->n_cases;

  for (DubLatentMethod method = DUB_LATENT_TSNE; method <= DUB_LATENT_UMAP; method++) {
    DubLatentOptions options = DUB_LATENT_DEFAULT;

    options.method = method;
    options.n_iterations = 45;
    options.perplexity = 5.0;

    g_autoptr (DubLatentMap) whole = map_new (fixture, features, &options), steps = map_new (fixture, features, &options);
    g_autofree float *a = g_new (float, 2 * n), *b = g_new (float, 2 * n);
    g_autoptr (GError) error = NULL;

    g_assert_null (dub_latent_map_get_note (whole));
    g_assert_true (dub_latent_map_step (whole, 1000, NULL, &error));
    for (guint i = 0; i < 7; i++) {
      g_assert_false (dub_latent_map_is_done (steps));
      g_assert_true (dub_latent_map_step (steps, 7, NULL, &error));
    }
    g_assert_no_error (error);
    g_assert_true (dub_latent_map_is_done (whole) == dub_latent_map_is_done (steps));
    g_assert_cmpuint (dub_latent_map_get_iteration (whole), ==, 45);
    g_assert_cmpuint (dub_latent_map_get_iteration (steps), ==, 45);
    g_assert_cmpuint (dub_latent_map_get_n_iterations (steps), ==, 45);
    dub_latent_map_get_positions (whole, a);
    dub_latent_map_get_positions (steps, b);
    g_assert_cmpmem (a, 2 * n * sizeof (float), b, 2 * n * sizeof (float));
  }
}

/* Of what lies almost along one line, the plane keeps the distances, and says how much of the variance. */
static void
test_pca (Fixture      *fixture,
          gconstpointer data)
{
  g_autofree float *features = features_of (fixture);
  DubLatentOptions options = DUB_LATENT_DEFAULT;
  size_t n = fixture->outputs->n_cases;
  g_autofree float *xy = g_new (float, 2 * n);
  g_autofree int *labels = dub_latent_labels (fixture->study);
  g_autoptr (GError) error = NULL;
  DubLatentQuality quality;

  options.method = DUB_LATENT_PCA;

  g_autoptr (DubLatentMap) map = map_new (fixture, features, &options);

  g_assert_true (dub_latent_map_is_done (map));
  g_assert_cmpuint (dub_latent_map_get_n_iterations (map), ==, 0);
  dub_latent_map_get_positions (map, xy);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++)
      if (fixture->study->data->labels[i] != fixture->study->data->labels[j])
        g_assert_cmpfloat (fabsf (xy[2 * i] - xy[2 * j]), >, 15.0f);
  g_assert_true (dub_latent_map_measure (map, labels, &quality, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (quality.explained, >, 0.9);
  g_assert_cmpfloat (quality.explained, <, 1.0);
  g_assert_cmpfloat (quality.silhouette, >, 0.8);
  g_assert_cmpfloat (quality.silhouette_features, >, 0.7);
  g_assert_cmpuint (quality.k, ==, 12);
  g_assert_cmpuint (quality.n_judged, ==, n);
  g_assert_true (isnan (quality.loss));

  /* Of either class there are more cases than neighbours to look at. */
  g_assert_true (dub_latent_map_measure (map, fixture->study->data->labels, &quality, NULL, &error));
  g_assert_cmpfloat (quality.hit, ==, 1.0);

  g_autofree char *text = dub_latent_quality_text (&quality);
  g_assert_nonnull (strstr (text, "% of the variance · silhouette 0."));
}

/* Few cases: what does not fit is lowered, and said. */
static void
test_few (Fixture      *fixture,
          gconstpointer data)
{
  g_autofree float *features = features_of (fixture);
  DubLatentOptions options = DUB_LATENT_DEFAULT;

  for (size_t n = 5; n < 40; n++) {
    g_autoptr (GError) error = NULL;

    options.method = DUB_LATENT_TSNE;

    g_autoptr (DubLatentMap) tsne = dub_latent_map_new (features, n, N_FEATURES, &options, NULL, &error);

    g_assert_no_error (error);
    g_assert_nonnull (strstr (dub_latent_map_get_note (tsne), "perplexity"));
    g_assert_cmpfloat (3.0 * dub_latent_map_get_options (tsne)->perplexity, <=, (double) n - 1.0);
    g_assert_true (dub_latent_map_step (tsne, 5, NULL, &error));

    options.method = DUB_LATENT_UMAP;

    g_autoptr (DubLatentMap) umap = dub_latent_map_new (features, n, N_FEATURES, &options, NULL, &error);

    g_assert_no_error (error);
    g_assert_true ((dub_latent_map_get_note (umap) != NULL) == (n < 15));

    /* One class, few neighbours: what is not defined is NaN, not an error. */
    g_autofree int *labels = g_new0 (int, n);
    DubLatentQuality quality;

    g_assert_true (dub_latent_map_measure (umap, labels, &quality, NULL, &error));
    g_assert_no_error (error);
    g_assert_true (isnan (quality.silhouette));
    g_assert_cmpuint (2 * quality.k, <, n);
    g_assert_false (isnan (quality.trustworthiness));
  }

  for (size_t n = 1; n < 4; n++) {
    g_autoptr (GError) error = NULL;

    options.method = DUB_LATENT_TSNE;
    g_assert_null (dub_latent_map_new (features, n, N_FEATURES, &options, NULL, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  }
}

static void
test_constant (Fixture      *fixture,
               gconstpointer data)
{
  g_autofree float *features = g_new0 (float, fixture->outputs->n_cases * N_FEATURES);
  DubLatentOptions options = DUB_LATENT_DEFAULT;

  for (options.method = DUB_LATENT_PCA; options.method <= DUB_LATENT_UMAP; options.method++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (dub_latent_map_new (features, fixture->outputs->n_cases, N_FEATURES, &options, NULL, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  }
}

/* Test cases tell classes apart where there are several among them. */
static void
test_labels (Fixture      *fixture,
             gconstpointer data)
{
  const DubStudyData *of = fixture->study->data;
  g_autofree int *labels = dub_latent_labels (fixture->study);
  guint n_judged = 0;

  for (size_t i = 0; i < of->n_cases; i++) {
    g_assert_cmpint (labels[i], ==, of->split->part[i] == DUB_PART_TEST ? of->labels[i] : -1);
    n_judged += labels[i] >= 0;
  }
  g_assert_cmpuint (n_judged, >, 2);

  for (size_t i = 0; i < of->n_cases; i++)
    if (of->split->part[i] == DUB_PART_TEST)
      of->labels[i] = 1;

  g_autofree int *all = dub_latent_labels (fixture->study);

  g_assert_cmpmem (all, of->n_cases * sizeof *all, of->labels, of->n_cases * sizeof *all);
}

static char *
key_of (Fixture  *fixture,
        uint64_t  seed)
{
  g_autofree float *features = features_of (fixture);
  g_autofree int *labels = dub_latent_labels (fixture->study);
  g_autofree char *digest = dub_latent_digest (features, fixture->outputs->n_cases, N_FEATURES, labels);
  DubLatentOptions options = DUB_LATENT_DEFAULT;

  options.seed = seed;

  return dub_latent_key (digest, &options);
}

static guint
n_kept (Fixture *fixture)
{
  g_autofree char *folder = g_build_filename (fixture->study->folder, "results", "latent", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static void
test_kept (Fixture      *fixture,
           gconstpointer data)
{
  size_t n = fixture->outputs->n_cases;
  g_autofree float *xy = g_new (float, 2 * n), *back = g_new0 (float, 2 * n);
  g_autofree char *key = key_of (fixture, 0), *other = key_of (fixture, 1), *note = NULL, *none = NULL;
  DubLatentQuality quality = { .1, .2, .3, NAN, -.5, NAN, .7, 12, 99 }, read;
  g_autoptr (GError) error = NULL;
  guint iteration = 0;

  for (size_t i = 0; i < 2 * n; i++)
    xy[i] = (float) i / 3.0f;
  g_assert_cmpstr (key, !=, other);
  g_assert_false (dub_latent_kept_read (fixture->study, key, back, &iteration, &note, &read));
  g_assert_true (dub_latent_kept_write (fixture->study, key, xy, 1000, "a note", &quality, &error));
  g_assert_no_error (error);
  g_assert_true (dub_latent_kept_read (fixture->study, key, back, &iteration, &note, &read));
  g_assert_cmpmem (xy, 2 * n * sizeof (float), back, 2 * n * sizeof (float));
  g_assert_cmpuint (iteration, ==, 1000);
  g_assert_cmpstr (note, ==, "a note");
  g_assert_cmpfloat (read.continuity, ==, .2);
  g_assert_cmpfloat (read.loss, ==, .7);
  g_assert_true (isnan (read.silhouette));
  g_assert_cmpuint (read.n_judged, ==, 99);
  g_assert_false (dub_latent_kept_read (fixture->study, other, back, &iteration, &none, &read));

  /* What is cut off is as good as absent. */
  g_autofree char *file = g_strdup_printf ("%s/results/latent/%.24s.npz", fixture->study->folder, key);
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (file, &bytes, &length, &error));
  g_assert_true (g_file_set_contents (file, bytes, (gssize) (length / 2), &error));
  g_assert_false (dub_latent_kept_read (fixture->study, key, back, &iteration, &none, &read));

  /* The oldest go. */
  const struct utimbuf long_ago = { 1, 1 };

  g_assert_cmpint (utime (file, &long_ago), ==, 0);
  for (uint64_t seed = 1; seed <= DUB_LATENT_KEPT; seed++) {
    g_autofree char *next = key_of (fixture, seed);

    g_assert_true (dub_latent_kept_write (fixture->study, next, xy, 1, NULL, &quality, &error));
  }
  g_assert_cmpuint (n_kept (fixture), ==, DUB_LATENT_KEPT);
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  g_assert_true (dub_latent_kept_read (fixture->study, other, back, &iteration, &none, &read));
  g_assert_null (none);
}

static void
test_provenance (Fixture      *fixture,
                 gconstpointer data)
{
  DubLatentOptions options = DUB_LATENT_DEFAULT;
  g_auto (GStrv) pairs = dub_latent_provenance (fixture->study, "a", "a-f0", &options, 1000);
  g_autofree char *text = g_strjoinv ("|", pairs);

  g_assert_cmpuint (g_strv_length (pairs) % 2, ==, 0);
  g_assert_nonnull (strstr (text, "|method|tsne|perplexity|30|iterations|1000|seed|0"));
  g_assert_nonnull (strstr (text, "|network|a-f0|"));
}

#define ADD(name) g_test_add ("/latent/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD (features);
  ADD (steps);
  ADD (pca);
  ADD (few);
  ADD (constant);
  ADD (labels);
  ADD (kept);
  ADD (provenance);

  return g_test_run ();
}
