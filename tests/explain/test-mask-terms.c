/* The mask's terms against hand-counted values and finite differences; the grid against its adjoint. */
#include "core/explain/mask-grid.h"
#include "core/explain/mask-history.h"
#include "core/explain/mask-terms.h"

#include "core/base/rng.h"

#include <math.h>
#include <string.h>

enum { D = 11, H = 7, W = 19, V = D * H * W };
static const size_t SHAPE[3] = { D, H, W };

static void
fill_uniform (float   *values,
              size_t   n,
              uint64_t seed)
{
  DubRng rng;

  dub_rng_init (&rng, seed, "test", 0);
  for (size_t i = 0; i < n; i++)
    values[i] = dub_rng_float (&rng);
}

static DubMaskTerms
make_terms (double beta1,
            double beta2,
            double weight1,
            double weight2)
{
  return (DubMaskTerms) {
    .shape = { D, H, W },
    .area = dub_power (beta1),
    .smoothness = dub_power (beta2),
    .area_weight = weight1,
    .smoothness_weight = weight2,
  };
}

static void
keep_row (size_t   z,
          size_t   y,
          float   *gradient,
          float   *scratch,
          gpointer user_data)
{
  memcpy ((float *) user_data + (z * H + y) * W, gradient, W * sizeof (float));
}

/* A single voxel of value 0 in a field of ones. Its own three differences are 1, each neighbour
 * before it along an axis has one of -1. */
static void
test_hole_by_hand (void)
{
  g_autofree float *m = g_new (float, V);
  DubMaskTerms terms;
  double area, smoothness;

  for (size_t i = 0; i < V; i++)
    m[i] = 1.0f;
  m[(5 * H + 3) * W + 9] = 0.0f;

  terms = make_terms (1.0, 2.0, 1.0, 1.0);
  dub_mask_terms_gradient (&terms, m, NULL, NULL, NULL, NULL, 0, NULL, NULL, &area, &smoothness);
  g_assert_cmpfloat_with_epsilon (area, 1.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (smoothness, 3.0 + 3.0, 1e-6);

  terms = make_terms (3.0, 3.0, 2.0, 10.0);
  dub_mask_terms_gradient (&terms, m, NULL, NULL, NULL, NULL, 0, NULL, NULL, &area, &smoothness);
  g_assert_cmpfloat_with_epsilon (area, 2.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (smoothness, 10.0 * (3.0 * sqrt (3.0) + 3.0), 1e-5);

  terms = make_terms (1.0, 1.0, 1.0, 1.0);
  dub_mask_terms_gradient (&terms, m, NULL, NULL, NULL, NULL, 0, NULL, NULL, &area, &smoothness);
  g_assert_cmpfloat_with_epsilon (smoothness, sqrt (3.0) + 3.0, 1e-6);

  /* At the far corner the hole has no forward neighbour; at the near corner nobody is before it. */
  m[(5 * H + 3) * W + 9] = 1.0f;
  m[V - 1] = 0.0f;
  terms = make_terms (1.0, 3.0, 1.0, 1.0);
  dub_mask_terms_gradient (&terms, m, NULL, NULL, NULL, NULL, 0, NULL, NULL, &area, &smoothness);
  g_assert_cmpfloat_with_epsilon (smoothness, 3.0, 1e-6);
  m[V - 1] = 1.0f;
  m[0] = 0.0f;
  dub_mask_terms_gradient (&terms, m, NULL, NULL, NULL, NULL, 0, NULL, NULL, &area, &smoothness);
  g_assert_cmpfloat_with_epsilon (smoothness, 3.0 * sqrt (3.0), 1e-6);
}

/* An independent double-precision energy, straight from the definition. */
static double
reference_energy (const double *m,
                  double        beta1,
                  double        beta2,
                  double        weight1,
                  double        weight2)
{
  double area = 0.0, smoothness = 0.0;

  for (size_t z = 0; z < D; z++)
    for (size_t y = 0; y < H; y++)
      for (size_t x = 0; x < W; x++) {
        size_t i = (z * H + y) * W + x;
        double dx = x + 1 < W ? m[i + 1] - m[i] : 0.0;
        double dy = y + 1 < H ? m[i + W] - m[i] : 0.0;
        double dz = z + 1 < D ? m[i + H * W] - m[i] : 0.0;

        area += pow (fabs (1.0 - m[i]), beta1);
        smoothness += pow (dx * dx + dy * dy + dz * dz, 0.5 * beta2);
      }

  return weight1 * area + weight2 * smoothness;
}

static void
test_gradient (void)
{
  static const double betas[][2] = { { 1, 3 }, { 1, 2 }, { 2, 1 }, { 2, 3 }, { 1.5, 2.5 }, { 3, 1.7 } };
  g_autofree float *m = g_new (float, V);
  g_autofree float *gradient = g_new (float, V);
  g_autofree double *exact = g_new (double, V);
  const double h = 1e-5;

  fill_uniform (m, V, 1);
  for (size_t i = 0; i < V; i++)
    exact[i] = (double) m[i];

  for (size_t b = 0; b < G_N_ELEMENTS (betas); b++) {
    DubMaskTerms terms = make_terms (betas[b][0], betas[b][1], 0.7, 0.3);
    double area, smoothness;

    dub_mask_terms_gradient (&terms, m, NULL, NULL, NULL, keep_row, 0, gradient, NULL, &area, &smoothness);
    g_assert_cmpfloat_with_epsilon ((area + smoothness) / reference_energy (exact, betas[b][0], betas[b][1], 0.7, 0.3),
                                    1.0, 1e-6);

    for (size_t i = 0; i < V; i += 13) {
      double keep = exact[i];

      exact[i] = keep + h;
      double up = reference_energy (exact, betas[b][0], betas[b][1], 0.7, 0.3);
      exact[i] = keep - h;
      double down = reference_energy (exact, betas[b][0], betas[b][1], 0.7, 0.3);
      exact[i] = keep;
      g_assert_cmpfloat_with_epsilon ((double) gradient[i], (up - down) / (2.0 * h), 2e-4);
    }
  }
}

/* At m = 1 the area has no slope, below it always the full one. */
static void
test_sign_of_zero (void)
{
  g_autofree float *m = g_new (float, V);
  g_autofree float *gradient = g_new (float, V);
  DubMaskTerms terms = make_terms (1.0, 2.0, 5.0, 0.0);
  double area, smoothness;

  for (size_t i = 0; i < V; i++)
    m[i] = i % 2 == 0 ? 1.0f : 0.25f;
  dub_mask_terms_gradient (&terms, m, NULL, NULL, NULL, keep_row, 0, gradient, NULL, &area, &smoothness);
  for (size_t i = 0; i < V; i++)
    g_assert_cmpfloat (gradient[i], ==, i % 2 == 0 ? 0.0f : -5.0f);
}

static void
test_threads (void)
{
  g_autoptr (DubRun) one = dub_run_new (1);
  g_autoptr (DubRun) four = dub_run_new (4);
  g_autofree float *m = g_new (float, V);
  g_autofree float *a = g_new (float, V);
  g_autofree float *b = g_new (float, V);
  DubMaskTerms terms = make_terms (1.0, 3.0, 0.1, 0.2);
  double area[2], smoothness[2];

  fill_uniform (m, V, 2);
  dub_mask_terms_gradient (&terms, m, NULL, NULL, NULL, keep_row, 0, a, one, &area[0], &smoothness[0]);
  dub_mask_terms_gradient (&terms, m, NULL, NULL, NULL, keep_row, 0, b, four, &area[1], &smoothness[1]);
  g_assert_cmpmem (a, V * sizeof (float), b, V * sizeof (float));
  g_assert_cmpfloat (area[0], ==, area[1]);
  g_assert_cmpfloat (smoothness[0], ==, smoothness[1]);

  /* A pass under a cancelled run is completed all the same. */
  memset (b, 0, V * sizeof (float));
  dub_run_cancel (four);
  dub_mask_terms_gradient (&terms, m, NULL, NULL, NULL, keep_row, 0, b, four, &area[1], &smoothness[1]);
  g_assert_cmpmem (a, V * sizeof (float), b, V * sizeof (float));
  g_assert_cmpfloat (area[0], ==, area[1]);
}

/* compose and score are the two halves of one derivative: d/dm Σ g X'(m) = g (x - r), shifted alike. */
static void
test_compose_and_score (void)
{
  static const int shifts[][3] = { { 0, 0, 0 }, { 1, -2, 3 }, { -1, 2, -3 }, { 20, 0, 0 }, { 0, 0, -25 } };
  g_autofree float *m = g_new (float, V);
  g_autofree float *x = g_new (float, V);
  g_autofree float *r = g_new (float, V);
  g_autofree float *g = g_new (float, V);
  g_autofree float *out = g_new (float, V);
  g_autofree float *moved = g_new (float, V);
  g_autofree float *slope = g_new (float, V);
  g_autofree float *step = g_new (float, V);
  g_autoptr (GError) error = NULL;

  fill_uniform (m, V, 3);
  fill_uniform (x, V, 4);
  fill_uniform (r, V, 5);
  fill_uniform (g, V, 6);
  fill_uniform (step, V, 7);

  for (size_t s = 0; s < G_N_ELEMENTS (shifts); s++)
    for (int with_r = 0; with_r < 2; with_r++) {
      DubMaskView view = { .x = x, .r = with_r ? r : NULL, .r0 = 0.5f };
      double along = 0.0, expected = 0.0;

      memcpy (view.shift, shifts[s], sizeof view.shift);
      g_assert_true (dub_mask_compose (SHAPE, m, &view, out, NULL, &error));
      if (s == 0)
        for (size_t i = 0; i < V; i++)
          g_assert_cmpfloat_with_epsilon (out[i], m[i] * x[i] + (1.0f - m[i]) * (with_r ? r[i] : 0.5f), 1e-6);

      /* X' is linear in m, so a whole step has the derivative's value. */
      for (size_t i = 0; i < V; i++)
        moved[i] = m[i] + step[i];
      memset (slope, 0, V * sizeof (float));
      g_assert_true (dub_mask_add_score (SHAPE, g, &view, 1.0f, slope, NULL, &error));
      for (size_t i = 0; i < V; i++)
        expected -= (double) g[i] * (double) out[i];
      g_assert_true (dub_mask_compose (SHAPE, moved, &view, out, NULL, &error));
      for (size_t i = 0; i < V; i++) {
        expected += (double) g[i] * (double) out[i];
        along += (double) slope[i] * (double) step[i];
      }
      g_assert_cmpfloat_with_epsilon (along, expected, 1e-3);
      if (s >= 3)
        g_assert_cmpmem (out, V * sizeof (float), x, V * sizeof (float));
    }
}

static void
test_grid_adjoint (void)
{
  for (size_t g = 1; g <= 6; g++) {
    DubMaskGrid grid = { 0 };
    g_autoptr (GError) error = NULL;
    double forward = 0.0, backward = 0.0;

    dub_mask_grid_init (&grid, SHAPE, g);

    size_t n = dub_mask_grid_n_nodes (&grid), n_plane = grid.nodes[1] * grid.nodes[2];
    g_autofree float *c = g_new (float, n);
    g_autofree float *dc = g_new (float, n);
    g_autofree float *m = g_new (float, V);
    g_autofree float *d = g_new (float, V);
    g_autofree float *planes = g_new (float, D * n_plane);
    g_autofree float *columns = g_new (float, grid.nodes[1] * W);

    fill_uniform (c, n, 8);
    fill_uniform (d, V, 9);
    g_assert_true (dub_mask_grid_up (&grid, c, m, NULL, &error));

    for (size_t z = 0; z < D; z++) {
      memset (columns, 0, grid.nodes[1] * W * sizeof (float));
      for (size_t y = 0; y < H; y++)
        dub_mask_grid_fold_row (&grid, y, d + (z * H + y) * W, columns);
      dub_mask_grid_fold_plane (&grid, columns, planes + z * n_plane);
    }
    g_assert_true (dub_mask_grid_fold_planes (&grid, planes, dc, NULL, &error));

    for (size_t i = 0; i < V; i++)
      forward += (double) m[i] * (double) d[i];
    for (size_t i = 0; i < n; i++)
      backward += (double) c[i] * (double) dc[i];
    g_assert_cmpfloat_with_epsilon (backward / forward, 1.0, 1e-6);

    /* Nodes are hit exactly, and a constant stays itself to the last bit. */
    for (size_t z = 0; z < D; z += g)
      g_assert_cmpfloat_with_epsilon (m[z * H * W], c[z / g * n_plane], 1e-6);
    for (size_t i = 0; i < n; i++)
      c[i] = 1.0f;
    g_assert_true (dub_mask_grid_up (&grid, c, m, NULL, &error));
    for (size_t i = 0; i < V; i++)
      g_assert_cmpfloat (m[i], ==, 1.0f);
    dub_mask_grid_clear (&grid);
  }
}

static void
test_history (void)
{
  enum { N = 100 };
  DubMaskHistory history = { 0 };
  float values[N], back[N];

  dub_mask_history_init (&history, N, 10 * N, 5);
  for (guint k = 0; k <= 200; k++) {
    for (size_t i = 0; i < N; i++)
      values[i] = (float) ((k + i) % 101) / 100.0f;
    dub_mask_history_add (&history, k, values);
    g_assert_cmpuint (dub_mask_history_n_bytes (&history), <=, 10 * N);
  }

  /* Thinned, but from the first to near the last. */
  g_assert_cmpuint (dub_mask_history_find (&history, 0)->iteration, ==, 0);
  guint last = dub_mask_history_find (&history, 1000)->iteration;
  g_assert_cmpuint (last, >=, 160);
  for (guint k = 0; k <= 200; k += 7) {
    guint found = dub_mask_history_find (&history, k)->iteration;

    g_assert_cmpuint (found, <=, k);
    g_assert_cmpuint (k - found, <=, 40);
  }

  dub_mask_history_read (&history, dub_mask_history_find (&history, last), back);
  for (size_t i = 0; i < N; i++)
    g_assert_cmpfloat_with_epsilon (back[i], (float) ((last + i) % 101) / 100.0f, 0.5 / 255.0 + 1e-6);

  dub_mask_history_truncate (&history, 50);
  g_assert_cmpuint (dub_mask_history_find (&history, 1000)->iteration, <=, 50);
  dub_mask_history_clear (&history);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mask-terms/hole-by-hand", test_hole_by_hand);
  g_test_add_func ("/mask-terms/gradient", test_gradient);
  g_test_add_func ("/mask-terms/sign-of-zero", test_sign_of_zero);
  g_test_add_func ("/mask-terms/threads", test_threads);
  g_test_add_func ("/mask-terms/compose-and-score", test_compose_and_score);
  g_test_add_func ("/mask-grid/adjoint", test_grid_adjoint);
  g_test_add_func ("/mask-history/thinning", test_history);

  return g_test_run ();
}
