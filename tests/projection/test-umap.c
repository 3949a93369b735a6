#include "core/base/rng.h"
#include "core/projection/quality.h"
#include "core/projection/spectral.h"
#include "core/projection/umap-curve.h"
#include "core/projection/umap.h"

#include <math.h>
#include <string.h>

enum { N = 900, F = 12 };

/* Clouds on a ring of @n_classes, near enough that the neighbours form one graph where @spread is large. */
static float *
draw (double  spread,
      size_t  n_classes,
      int    *labels)
{
  float *x = g_new (float, N * F);
  DubRng rng;

  dub_rng_init (&rng, n_classes, "test-umap", 0);
  for (size_t i = 0; i < N; i++) {
    labels[i] = (int) (i % n_classes);
    for (size_t f = 0; f < F; f++) {
      double angle = 2.0 * G_PI * (double) labels[i] / (double) n_classes;
      double centre = f == 0 ? cos (angle) : f == 1 ? sin (angle) : 0.0;

      x[i * F + f] = (float) (10.0 * centre + spread * dub_rng_normal (&rng));
    }
  }

  return x;
}

/* umap-learn 0.5.3, find_ab_params. */
static void
test_curve (void)
{
  const double expected[][4] = {
    { 0.1, 1.0, 1.5769434605754993, 0.8950608779914887 },
    { 0.5, 1.0, 0.583030020372762, 1.334166990197834 },
    { 0.0, 1.0, 1.9328083975445, 0.7904949732966 },
  };
  double a, b;

  for (size_t i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_assert_true (dub_umap_curve (expected[i][0], expected[i][1], &a, &b, NULL));
    g_test_message ("%g: %.10f %.10f", expected[i][0], a, b);
    g_assert_cmpfloat_with_epsilon (a, expected[i][2], 1e-5);
    g_assert_cmpfloat_with_epsilon (b, expected[i][3], 1e-5);
  }
  g_assert_false (dub_umap_curve (NAN, 1.0, &a, &b, NULL));
  g_assert_false (dub_umap_curve (-0.1, 1.0, &a, &b, NULL));
}

static void
test_memberships (void)
{
  double distances[14], sum = 0.0;
  float w[14];

  for (size_t j = 0; j < 14; j++)
    distances[j] = 2.0 + 0.3 * (double) j;
  dub_umap_memberships (distances, 14, 15, TRUE, 1.0, w);
  g_assert_cmpfloat (w[0], ==, 1.0f);
  for (size_t j = 0; j < 14; j++)
    sum += (double) w[j];
  g_assert_cmpfloat_with_epsilon (sum, log2 (15.0), 1e-4);
  /* Duplicates: rho is the first distance above 0, and nothing is divided by 0. */
  memset (distances, 0, sizeof distances);
  distances[13] = 1.0;
  dub_umap_memberships (distances, 14, 15, TRUE, 1.0, w);
  for (size_t j = 0; j < 14; j++)
    g_assert_cmpfloat (w[j], ==, 1.0f);
  distances[13] = 0.0;
  dub_umap_memberships (distances, 14, 15, TRUE, 1.0, w);
  g_assert_cmpfloat (w[13], ==, 1.0f);
}

/* The slowest waves of a ring of n cases are cosine and sine, of value cos (2π / n). */
static void
test_spectral (void)
{
  enum { RING = 60 };
  uint32_t indices[RING * 2], part[RING];
  float weights[RING * 2];
  g_autofree double *layout = g_new (double, RING * 2);

  for (uint32_t i = 0; i < RING; i++) {
    indices[2 * i] = (i + 1) % RING;
    indices[2 * i + 1] = (i + RING - 1) % RING;
    weights[2 * i] = weights[2 * i + 1] = 1.0f;
  }

  g_autoptr (DubCaseGraph) graph = dub_case_graph_new (indices, weights, RING, 2, DUB_CASE_GRAPH_MEAN, NULL, NULL);

  g_assert_cmpuint (graph->start[RING], ==, 2 * RING);
  g_assert_cmpuint (dub_graph_parts (graph, part), ==, 1);
  g_assert_true (dub_spectral_layout (graph, 2, 3, layout, NULL, NULL));
  for (size_t i = 0; i < RING; i++) {
    double x = layout[2 * i], y = layout[2 * i + 1];

    /* On a circle of radius sqrt (2 / n), next to its neighbour. */
    g_assert_cmpfloat_with_epsilon (hypot (x, y), sqrt (2.0 / RING), 1e-4);
    g_assert_cmpfloat_with_epsilon (hypot (x - layout[2 * ((i + 1) % RING)], y - layout[2 * ((i + 1) % RING) + 1]),
                                    2.0 * sin (G_PI / RING) * sqrt (2.0 / RING), 1e-4);
  }
  /* Without two of its edges the ring is two parts. */
  weights[2 * 9] = weights[2 * 10 + 1] = weights[2 * 29] = weights[2 * 30 + 1] = 0.0f;

  g_autoptr (DubCaseGraph) cut = dub_case_graph_new (indices, weights, RING, 2, DUB_CASE_GRAPH_UNION, NULL, NULL);

  g_assert_cmpuint (dub_graph_parts (cut, part), ==, 2);
  g_assert_cmpuint (part[9], ==, 0);
  g_assert_cmpuint (part[10], ==, 1);
  g_assert_cmpuint (part[30], ==, 0);
}

static void
run_map (const float *x,
         guint        n_threads,
         guint        n_step,
         float       *map,
         double      *entropy)
{
  DubUmapOptions options = DUB_UMAP_DEFAULT;
  g_autoptr (DubRun) run = dub_run_new (n_threads);
  g_autoptr (GError) error = NULL;

  options.n_epochs = 150;

  g_autoptr (DubUmap) umap = dub_umap_new (x, N, F, &options, run, &error);

  g_assert_no_error (error);
  while (dub_umap_get_epoch (umap) < dub_umap_get_n_epochs (umap))
    g_assert_true (dub_umap_step (umap, n_step, run, NULL));
  dub_umap_get_positions (umap, map);
  g_assert_true (dub_umap_get_cross_entropy (umap, entropy, run, NULL));
}

/* One graph and several parts: clouds stay apart, and steps of any size and any number of threads give the same bits. */
static void
test_map (void)
{
  const double spreads[] = { 3.0, 0.3 };

  for (size_t s = 0; s < 2; s++) {
    g_autofree int *labels = g_new (int, N);
    g_autofree float *x = draw (spreads[s], 6, labels);
    g_autofree float *map = g_new (float, 2 * N), *again = g_new (float, 2 * N);
    DubQualityOptions quality = DUB_QUALITY_DEFAULT;
    double entropy, same, value, raw;

    run_map (x, 2, 150, map, &entropy);
    run_map (x, 1, 7, again, &same);
    g_assert_cmpmem (map, 2 * N * sizeof (float), again, 2 * N * sizeof (float));
    g_assert_true (entropy == same);
    g_assert_true (isfinite (entropy));
    g_assert_true (dub_neighbourhood_hit (x, F, labels, N, &quality, &raw, NULL, NULL));
    g_assert_true (dub_neighbourhood_hit (map, 2, labels, N, &quality, &value, NULL, NULL));
    g_test_message ("spread %g: %.3f of the neighbours are of the same cloud, among the features %.3f", spreads[s], value, raw);
    g_assert_cmpfloat (value, >, raw - 0.05);
  }
}

/* New cases come to lie where their like lie, alone as in a batch. */
static void
test_transform (void)
{
  g_autofree int *labels = g_new (int, N);
  g_autofree float *x = draw (1.0, 4, labels);
  DubUmapOptions options = DUB_UMAP_DEFAULT;
  g_autoptr (DubRun) run = dub_run_new (2);
  size_t n_map = N - 100, near = 0;
  g_autofree float *map = g_new (float, 2 * n_map);
  float places[200], alone[2];

  options.n_epochs = 100;

  g_autoptr (DubUmap) umap = dub_umap_new (x, n_map, F, &options, run, NULL);

  g_assert_true (dub_umap_step (umap, 100, run, NULL));
  dub_umap_get_positions (umap, map);
  g_assert_true (dub_umap_transform (umap, x, x + n_map * F, 100, places, run, NULL));
  for (size_t q = 0; q < 100; q++) {
    size_t nearest = 0;
    double least = INFINITY;

    for (size_t i = 0; i < n_map; i++) {
      double distance = hypot ((double) (map[2 * i] - places[2 * q]), (double) (map[2 * i + 1] - places[2 * q + 1]));

      if (distance < least) {
        least = distance;
        nearest = i;
      }
    }
    near += labels[nearest] == labels[n_map + q];
  }
  g_assert_cmpuint (near, >, 95);
  for (size_t q = 0; q < 100; q += 9) {
    g_assert_true (dub_umap_transform (umap, x, x + (n_map + q) * F, 1, alone, NULL, NULL));
    g_assert_cmpmem (alone, sizeof alone, places + 2 * q, sizeof alone);
  }
}

static void
test_bad_input (void)
{
  g_autofree int *labels = g_new (int, N);
  g_autofree float *x = draw (1.0, 4, labels);
  g_autofree float *map = g_new (float, 2 * N);
  DubUmapOptions options = DUB_UMAP_DEFAULT;
  g_autoptr (GError) error = NULL;
  double entropy;

  g_assert_null (dub_umap_new (x, 14, F, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  options.n_neighbors = 1;
  g_assert_null (dub_umap_new (x, N, F, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  options = DUB_UMAP_DEFAULT;
  options.n_dims = 9;
  g_assert_null (dub_umap_new (x, N, F, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  options = DUB_UMAP_DEFAULT;
  options.min_dist = -1.0;
  g_assert_null (dub_umap_new (x, N, F, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);

  /* Half of all cases duplicates of one. */
  for (size_t i = 0; i < N / 2; i++)
    memcpy (x + i * F, x, F * sizeof (float));
  run_map (x, 2, 50, map, &entropy);
  for (size_t i = 0; i < 2 * N; i++)
    g_assert_true (isfinite (map[i]));

  options = DUB_UMAP_DEFAULT;
  for (size_t i = 0; i < N * F; i++)
    x[i] = 1.0f;
  g_assert_null (dub_umap_new (x, N, F, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_clear_error (&error);
  x[30 * F + 4] = NAN;
  g_assert_null (dub_umap_new (x, N, F, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, "NaN in case 30, feature 4"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/umap/curve", test_curve);
  g_test_add_func ("/umap/memberships", test_memberships);
  g_test_add_func ("/umap/spectral", test_spectral);
  g_test_add_func ("/umap/map", test_map);
  g_test_add_func ("/umap/transform", test_transform);
  g_test_add_func ("/umap/bad-input", test_bad_input);

  return g_test_run ();
}
