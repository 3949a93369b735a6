/* Seconds of exact nearest neighbours, with the rate of the products. Usage: bench-knn [threads] [references queries features k]. */
#include "core/base/rng.h"
#include "core/projection/knn.h"

#include <stdio.h>
#include <stdlib.h>

int
main (int   argc,
      char *argv[])
{
  g_autoptr (DubRun) run = dub_run_new (argc > 1 ? (guint) atoi (argv[1]) : 0);
  const size_t sizes[][4] = { { 32000, 18000, 30, 5 }, { 32000, 18000, 80, 5 }, { 32000, 18000, 512, 5 } };
  size_t asked[4] = { 0 };

  for (int i = 0; i < 4 && argc > 5; i++)
    asked[i] = (size_t) atol (argv[2 + i]);
  for (size_t i = 0; i < (argc > 5 ? 1 : G_N_ELEMENTS (sizes)); i++) {
    const size_t *size = argc > 5 ? asked : sizes[i];
    g_autofree float *reference = g_new (float, size[0] * size[2]), *query = g_new (float, size[1] * size[2]);
    g_autofree uint32_t *indices = g_new (uint32_t, size[1] * size[3]);
    g_autofree double *distances = g_new (double, size[1] * size[3]);
    DubRng rng;

    dub_rng_init (&rng, 1, "bench", 0);
    for (size_t e = 0; e < size[0] * size[2]; e++)
      reference[e] = dub_rng_float (&rng);
    for (size_t e = 0; e < size[1] * size[2]; e++)
      query[e] = dub_rng_float (&rng);

    gint64 began = g_get_monotonic_time ();

    if (!dub_knn (reference, size[0], query, size[1], size[2], size[3], FALSE, indices, distances, run, NULL))
      return 1;

    double took = (double) (g_get_monotonic_time () - began) * 1e-6;

    printf ("%zu references, %zu queries, %zu features, %zu neighbours: %.3f s, %.1f GFLOP/s\n", size[0], size[1],
            size[2], size[3], took, 2e-9 * (double) size[0] * (double) size[1] * (double) size[2] / took);
  }

  return 0;
}
