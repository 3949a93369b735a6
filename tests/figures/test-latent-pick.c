/* The grid over the points against looking at every one of them. */
#include <string.h>

#include "tests/figures/latent-cloud.h"

/* Written anew, from the header: nearest of what is seen, training cases last, of two in one place the failure, then the first. */
static int
nearest_of_all (const Cloud *cloud,
                double       x,
                double       y,
                double       radius)
{
  int best[2] = { -1, -1 };
  double distance[2] = { (double) INFINITY, (double) INFINITY };

  for (size_t i = 0; i < cloud->points.n; i++) {
    int train = cloud->part[i] == DUB_PART_TRAIN;
    double dx = (double) cloud->xy[2 * i] - x, dy = (double) cloud->xy[2 * i + 1] - y, d = dx * dx + dy * dy;

    if (cloud->hidden[i] || !(d <= radius * radius) || (train && !cloud->points.marks))
      continue;
    if (d < distance[train] || (d == distance[train] && cloud->failed[i] == 1 && cloud->failed[best[train]] != 1)) {
      distance[train] = d;
      best[train] = (int) i;
    }
  }

  return best[0] >= 0 ? best[0] : best[1];
}

/* By angles, not by crossings: how often the polygon winds around the point, in half turns that are odd or even. */
static gboolean
is_inside (const double *corners,
           size_t        n,
           double        x,
           double        y)
{
  int crossings = 0;

  for (size_t k = 0; k < n; k++) {
    const double *a = corners + 2 * k, *b = corners + 2 * ((k + 1) % n);
    gboolean a_up = a[1] > y, b_up = b[1] > y;

    if (a_up == b_up)
      continue;
    /* Which side of a line the point is on, from the area of a triangle. */
    double area = (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);

    crossings += b_up ? area > 0.0 : area < 0.0;
  }

  return crossings % 2 == 1;
}

static void
test_pick (void)
{
  static const double RADII[] = { 0.0, 0.01, 0.1, 1.0, 100.0 };

  for (guint64 seed = 0; seed < 6; seed++) {
    g_autoptr (Cloud) cloud = cloud_new_mixed (seed == 0 ? 7 : 1500, seed);
    g_autoptr (DubLatentIndex) index = dub_latent_index_new (&cloud->points);
    DubRng rng;

    cloud->points.marks = seed % 2 == 0;
    dub_rng_init (&rng, seed, "hand", 0);
    for (int k = 0; k < 400; k++) {
      double x = -5.0 + 14.0 * dub_rng_double (&rng), y = -5.0 + 10.0 * dub_rng_double (&rng);
      size_t on = (size_t) dub_rng_below (&rng, (guint32) cloud->points.n);

      if (k % 3 == 0 && isfinite (cloud->xy[2 * on])) {
        x = (double) cloud->xy[2 * on];
        y = (double) cloud->xy[2 * on + 1];
      }
      for (guint r = 0; r < G_N_ELEMENTS (RADII); r++)
        g_assert_cmpint (dub_latent_index_pick (index, &cloud->points, x, y, RADII[r]), ==, nearest_of_all (cloud, x, y, RADII[r]));
    }
    g_assert_cmpint (dub_latent_index_pick (index, &cloud->points, (double) NAN, 0.0, 1.0), ==, -1);
  }
}

static void
check_inside (const Cloud          *cloud,
              const DubLatentIndex *index,
              const double         *corners,
              size_t                n_corners)
{
  size_t n, k = 0;
  g_autofree guint *found = dub_latent_index_inside (index, &cloud->points, corners, n_corners, &n);

  for (size_t i = 0; i < cloud->points.n; i++)
    if (dub_latent_is_visible (&cloud->points, i)
        && is_inside (corners, n_corners, (double) cloud->xy[2 * i], (double) cloud->xy[2 * i + 1])) {
      g_assert_cmpuint (k, <, n);
      g_assert_cmpuint (found[k++], ==, i);
    }
  g_assert_cmpuint (k, ==, n);
}

static void
test_lasso (void)
{
  for (guint64 seed = 0; seed < 8; seed++) {
    g_autoptr (Cloud) cloud = cloud_new_mixed (2000, seed);
    g_autoptr (DubLatentIndex) index = dub_latent_index_new (&cloud->points);
    DubRng rng;

    dub_rng_init (&rng, seed, "lasso", 0);
    for (int k = 0; k < 60; k++) {
      size_t n = 3 + dub_rng_below (&rng, k % 2 == 0 ? 4 : 300);
      g_autofree double *corners = g_new (double, 2 * n);
      double x = -3.0 + 11.0 * dub_rng_double (&rng), y = -3.0 + 6.0 * dub_rng_double (&rng), size = 4.0 * dub_rng_double (&rng);

      for (size_t i = 0; i < n; i++) {
        double angle = 2.0 * G_PI * (double) i / (double) n;
        /* A hand's loop, or corners anywhere: the polygon crosses itself. */
        double reach = size * (1.0 + 0.4 * sin (5.0 * angle));

        corners[2 * i] = k % 4 < 2 ? x + reach * cos (angle) : -4.0 + 13.0 * dub_rng_double (&rng);
        corners[2 * i + 1] = k % 4 < 2 ? y + reach * sin (angle) : -4.0 + 8.0 * dub_rng_double (&rng);
      }
      check_inside (cloud, index, corners, n);
    }
    /* Corners on points, and sides along the axes. */
    const double box[] = { (double) cloud->xy[0], (double) cloud->xy[1], 6.0, (double) cloud->xy[1], 6.0, 2.0, (double) cloud->xy[0], 2.0 };

    if (isfinite (cloud->xy[0]))
      check_inside (cloud, index, box, 4);
    check_inside (cloud, index, (const double[]) { -100, -100, 100, -100, 100, 100, -100, 100 }, 4);
  }
}

static void
test_few (void)
{
  for (size_t n = 0; n < 4; n++) {
    g_autoptr (Cloud) cloud = cloud_new (n);
    g_autoptr (DubLatentIndex) index = dub_latent_index_new (&cloud->points);
    const double around[] = { -1, -1, 1, -1, 0, 1 };
    size_t found;

    /* All in one place: the first of them. */
    g_assert_cmpint (dub_latent_index_pick (index, &cloud->points, 0.5, 0.0, 1.0), ==, n > 0 ? 0 : -1);
    g_free (dub_latent_index_inside (index, &cloud->points, around, 3, &found));
    g_assert_cmpuint (found, ==, n);
    g_free (dub_latent_index_inside (index, &cloud->points, around, 2, &found));
    g_assert_cmpuint (found, ==, 0);
    g_free (dub_latent_index_inside (index, &cloud->points, NULL, 0, &found));
    g_assert_cmpuint (found, ==, 0);
    g_free (dub_latent_index_inside (index, &cloud->points, (const double[]) { -1, -1, (double) NAN, 0, 0, 1 }, 3, &found));
    g_assert_cmpuint (found, ==, 0);
    g_assert_cmpint (dub_latent_index_towards (index, &cloud->points, -1, -5.0, 0.0, 1.0, 0.0), ==, n > 0 ? 0 : -1);
    g_assert_cmpint (dub_latent_index_towards (index, &cloud->points, -1, -5.0, 0.0, -1.0, 0.0), ==, -1);
  }
}

/* A cross of points: each arrow finds its arm, the nearer one, and no training case. */
static void
test_towards (void)
{
  static const float PLACES[][2] = { { 0, 0 }, { 3, 1 }, { 5, 0 }, { -2, 0 }, { 0, 4 }, { 0.5f, -3 }, { 1, 0 }, { -1, 0 } };
  g_autoptr (Cloud) cloud = cloud_new (G_N_ELEMENTS (PLACES));
  g_autoptr (DubLatentIndex) index = NULL;

  memcpy (cloud->xy, PLACES, sizeof PLACES);
  cloud->part[6] = DUB_PART_TRAIN;
  cloud->hidden[7] = 1;
  index = dub_latent_index_new (&cloud->points);
  g_assert_cmpint (dub_latent_index_towards (index, &cloud->points, 0, 0, 0, 1, 0), ==, 1);
  g_assert_cmpint (dub_latent_index_towards (index, &cloud->points, 0, 0, 0, -1, 0), ==, 3);
  g_assert_cmpint (dub_latent_index_towards (index, &cloud->points, 0, 0, 0, 0, 1), ==, 4);
  g_assert_cmpint (dub_latent_index_towards (index, &cloud->points, 0, 0, 0, 0, -1), ==, 5);
  g_assert_cmpint (dub_latent_index_towards (index, &cloud->points, 2, 5, 0, 1, 0), ==, -1);
  /* Where there are training cases alone, they are gone through. */
  for (size_t i = 0; i < cloud->points.n; i++)
    cloud->part[i] = DUB_PART_TRAIN;
  g_clear_pointer (&index, dub_latent_index_free);
  index = dub_latent_index_new (&cloud->points);
  g_assert_cmpint (dub_latent_index_towards (index, &cloud->points, 0, 0, 0, 1, 0), ==, 6);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/latent-pick/nearest", test_pick);
  g_test_add_func ("/latent-pick/lasso", test_lasso);
  g_test_add_func ("/latent-pick/few", test_few);
  g_test_add_func ("/latent-pick/towards", test_towards);

  return g_test_run ();
}
