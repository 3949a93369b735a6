/* The density of training cases, of clouds of many forms: what is rounded in its sums never leads outside a table. */
#include "core/base/rng.h"
#include "core/data/split.h"
#include "ui/figures/latent-figure.h"

#include <math.h>
#include <string.h>

enum { N = 344, N_CLOUDS = 60 };

static void
test_clouds (void)
{
  g_autofree float *xy = g_new (float, 2 * N);
  g_autofree guint8 *part = g_new (guint8, N);
  DubRng rng;

  dub_rng_init (&rng, 11, "test", 0);
  memset (part, DUB_PART_TRAIN, N);
  for (int cloud = 0; cloud < N_CLOUDS; cloud++) {
    double lumps = 1.0 + cloud % 7, size = 0.01 + 4.0 * dub_rng_double (&rng);

    for (int i = 0; i < N; i++)
      for (int k = 0; k < 2; k++)
        xy[2 * i + k] = (float) (40.0 * sin (1.7 * (i % (int) lumps) + k) + size * (dub_rng_double (&rng) + dub_rng_double (&rng)));

    const DubLatentPoints points = { .n = N, .xy = xy, .part = part };
    g_autoptr (DubLatentDensity) density = dub_latent_density_new (&points);

    g_assert_nonnull (density);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/latent-density/clouds", test_clouds);

  return g_test_run ();
}
