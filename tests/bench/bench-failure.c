/* How long the intervals of failure detection take: 9 999 resamples of the AUROC alone, and everything of one score.
 *
 * usage: bench-failure [CASES [THREADS]]      (default: 18000 cases, 2 threads)
 */
#include "core/base/rng.h"
#include "core/stats/bootstrap.h"
#include "core/uq/failure.h"

#include <stdio.h>
#include <stdlib.h>

static void
area_cb (const DubResample *resample,
         double            *values,
         gpointer           user_data)
{
  values[0] = dub_ranking_area (user_data, resample->count);
}

int
main (int    argc,
      char **argv)
{
  size_t n = argc > 1 ? (size_t) atol (argv[1]) : 18000;
  g_autoptr (DubRun) run = dub_run_new (argc > 2 ? (guint) atoi (argv[2]) : 2);
  g_autofree double *score = g_new (double, n);
  g_autofree gboolean *correct = g_new (gboolean, n);
  g_autofree int *strata = g_new (int, n);
  DubRng rng;

  dub_rng_init (&rng, 1, "bench", 0);
  for (size_t i = 0; i < n; i++) {
    correct[i] = dub_rng_double (&rng) < 0.9;
    score[i] = dub_rng_normal (&rng) - (correct[i] ? 1.0 : 0.0);
    strata[i] = correct[i];
  }

  g_autoptr (DubRanking) ranking = dub_ranking_new (score, correct, n, NULL);

  for (int repeat = 0; repeat < 3; repeat++) {
    gint64 start = g_get_monotonic_time ();
    DubBootstrapDesign design = { .n_cases = n, .strata = strata };
    DubBootstrap *bootstrap = dub_bootstrap_new (&design, area_cb, 1, ranking, run, NULL);
    double area = (double) (g_get_monotonic_time () - start) / 1e6;

    dub_bootstrap_free (bootstrap);
    start = g_get_monotonic_time ();

    g_autoptr (DubFailure) failure = dub_failure_measure (score, correct, n, &(DubFailureOptions) { 0 }, run, NULL);
    double all = (double) (g_get_monotonic_time () - start) / 1e6;

    printf ("%zu cases, 9999 resamples: AUROC %.2f s; every measure %.2f s (AUROC %.3f, bootstrap %.3f to %.3f)\n",
            n, area, all, failure->auroc.value, failure->auroc_bootstrap.low, failure->auroc_bootstrap.high);
  }

  return 0;
}
