/* Seconds of every score that needs no augmented views, fitted and scored from answers in memory, and of the policy search.
 *
 * Usage: bench-scores [threads] [scores|gps|likelihood]. Sizes are those of OrganAMNIST under the protocol of source 000: 32000
 * training, 8000 calibration and 18000 test cases, 5 networks, 11 classes, 512 features. The answers are made up: blobs in a
 * few dozen directions of feature space, so that 80 % of the variance are about as many components as a trained network has.
 */
#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/uq/estimator.h"
#include "core/uq/fusion.h"
#include "core/uq/gps.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { M = 5, C = 11, F = 512, RANK = 64, N_TRAINING = 32000, N_CALIBRATION = 8000, N_TEST = 18000, N_POLICIES = 500 };

typedef struct {
  const float *directions; /* (RANK, F) */
  const float *weight;     /* (C, F) */
  size_t       n;
  uint64_t     stream;
  int         *labels;
  float       *logits, *probabilities, *features; /* (M, n, ·) */
} Part;

static void
softmax (const float *z,
         float       *p)
{
  float largest = z[0], mass = 0.0f;

  for (size_t c = 1; c < C; c++)
    largest = MAX (largest, z[c]);
  for (size_t c = 0; c < C; c++)
    mass += expf (z[c] - largest);
  for (size_t c = 0; c < C; c++)
    p[c] = expf (z[c] - largest) / mass;
}

static void
make_case_cb (size_t   i,
              guint    thread,
              gpointer user_data)
{
  Part *self = user_data;
  DubRng rng;

  dub_rng_init (&rng, 3, "bench-scores", self->stream * 1000000 + i);
  self->labels[i] = (int) dub_rng_below (&rng, C);
  for (size_t m = 0; m < M; m++) {
    float *x = self->features + (m * self->n + i) * F, *z = self->logits + (m * self->n + i) * C;

    memset (x, 0, F * sizeof (float));
    for (size_t r = 0; r < RANK; r++) {
      float place = (float) dub_rng_normal (&rng) * (1.0f - 0.7f * (float) r / RANK) + (r % C == (size_t) self->labels[i] ? 0.6f : 0.0f);

      for (size_t f = 0; f < F; f++)
        x[f] += place * self->directions[r * F + f];
    }
    for (size_t f = 0; f < F; f++)
      x[f] = MAX (x[f] + 1.2f * dub_rng_float (&rng), 0.0f);
    for (size_t c = 0; c < C; c++) {
      z[c] = 0.0f;
      for (size_t f = 0; f < F; f++)
        z[c] += self->weight[c * F + f] * x[f];
    }
    softmax (z, self->probabilities + (m * self->n + i) * C);
  }
}

static DubAnswers *
make_part (Part         *self,
           const float  *directions,
           const float  *weight,
           size_t        n,
           uint64_t      stream,
           DubRun       *run)
{
  *self = (Part) {
    .directions = directions,
    .weight = weight,
    .n = n,
    .stream = stream,
    .labels = g_new (int, n),
    .logits = g_new (float, M * n * C),
    .probabilities = g_new (float, M * n * C),
    .features = g_new (float, M * n * F),
  };
  dub_parallel_for (run, n, make_case_cb, self, NULL);

  DubAnswers *answers = dub_answers_new (self->logits, self->probabilities, self->features, n, C, F, NULL, M, NULL, n, NULL);

  g_clear_pointer (&self->features, g_free);

  return answers;
}

/* Seconds of the processor, all threads together: what a busy machine does not lengthen. */
static double
processor (void)
{
  return (double) clock () / CLOCKS_PER_SEC;
}

static double
since (gint64 began)
{
  return (double) (g_get_monotonic_time () - began) * 1e-6;
}

static void
bench_scores (DubRun *run)
{
  g_autofree float *directions = g_new (float, RANK * F), *weight = g_new (float, C * F);
  Part training, calibration, test;
  DubRng rng;
  double total = 0.0, total_processor = 0.0;
  size_t n, n_done = 0;
  const DubEstimator *estimators = dub_estimators (&n);
  DubEstimatorOptions options = DUB_ESTIMATOR_DEFAULT;
  g_autofree double **columns = g_new0 (double *, n), **fitted_columns = g_new0 (double *, n);

  dub_rng_init (&rng, 3, "bench-directions", 0);
  for (size_t k = 0; k < RANK * F; k++)
    directions[k] = (float) dub_rng_normal (&rng) * 0.4f;
  for (size_t c = 0; c < C; c++)
    for (size_t f = 0; f < F; f++) {
      weight[c * F + f] = 0.0f;
      for (size_t r = c; r < RANK; r += C)
        weight[c * F + f] += directions[r * F + f] * 0.03f;
    }

  DubAnswers *train = make_part (&training, directions, weight, N_TRAINING, 0, run);
  DubAnswers *fit = make_part (&calibration, directions, weight, N_CALIBRATION, 1, run);
  DubAnswers *cases = make_part (&test, directions, weight, N_TEST, 2, run);
  const DubFinalLayer layers[M] = { { weight, NULL }, { weight, NULL }, { weight, NULL }, { weight, NULL }, { weight, NULL } };
  const DubFitting fitting = {
    .training = train,
    .training_labels = training.labels,
    .calibration = fit,
    .calibration_labels = calibration.labels,
    .final_layer = layers,
  };
  size_t n_failed = 0;

  for (size_t i = 0; i < N_TEST; i++)
    n_failed += cases->predicted[i] != test.labels[i];
  printf ("%d test cases (%zu failures), %d networks, %d features, %d training and %d calibration cases\n", N_TEST, n_failed, M, F,
          N_TRAINING, N_CALIBRATION);
  for (size_t k = 0; k < n; k++) {
    const DubEstimator *estimator = &estimators[k];
    gpointer fitted = NULL;

    if (estimator->binary || estimator->views >= 0)
      continue;
    columns[n_done] = g_new (double, N_TEST);
    fitted_columns[n_done] = g_new (double, N_CALIBRATION);

    gint64 began = g_get_monotonic_time ();
    double processor_began = processor ();

    if (estimator->fit != NULL)
      fitted = estimator->fit (&fitting, &options, run, NULL);

    double fit_time = since (began);

    began = g_get_monotonic_time ();
    if (!estimator->score (fitted, &options, cases, columns[n_done], run, NULL))
      printf ("%s failed\n", estimator->id);

    double score_time = since (began), took = processor () - processor_began;
    g_autofree char *words = estimator->describe != NULL ? estimator->describe (fitted) : NULL;

    if (!estimator->score (fitted, &options, fit, fitted_columns[n_done], run, NULL))
      printf ("%s failed\n", estimator->id);
    total += fit_time + score_time;
    total_processor += took;
    n_done++;
    printf ("%-20s fit %6.3f s  score %6.3f s  processor %6.3f s  %.60s\n", estimator->id, fit_time, score_time, took,
            words != NULL ? words : "");
    if (estimator->free != NULL)
      estimator->free (fitted);
  }

  g_autofree gboolean *failed = g_new (gboolean, N_CALIBRATION);
  g_autofree double *fused = g_new (double, N_TEST);
  gint64 began = g_get_monotonic_time ();

  for (size_t i = 0; i < N_CALIBRATION; i++)
    failed[i] = fit->predicted[i] != calibration.labels[i];
  for (int kind = 0; kind < DUB_N_FUSIONS; kind++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (DubFusion) fusion =
      dub_fusion_fit ((DubFusionKind) kind, (const double *const *) fitted_columns, n_done, failed, N_CALIBRATION, &error);

    if (fusion == NULL) {
      printf ("%s\n", error->message);
      continue;
    }
    dub_fusion_score (fusion, (const double *const *) columns, N_TEST, fused);
  }
  total += since (began);
  printf ("%-20s %.3f s\n%-20s %.3f s, processor %.3f s\n", "four fusions of all", since (began), "together", total,
          total_processor);
  for (size_t k = 0; k < n_done; k++) {
    g_free (columns[k]);
    g_free (fitted_columns[k]);
  }
  dub_answers_free (train);
  dub_answers_free (fit);
  dub_answers_free (cases);
}

typedef struct {
  const float *base; /* (N, C) logits of the cases as they are */
  const int   *labels;
  float       *pool; /* (V, N, C) */
} Pool;

/* A policy moves the logits of cases near a border more than others. */
static void
make_policy_cb (size_t   v,
                guint    thread,
                gpointer user_data)
{
  const Pool *self = user_data;
  DubRng rng;
  double strength;

  dub_rng_init (&rng, 4, "bench-pool", v);
  strength = 0.2 + 1.5 * dub_rng_double (&rng);
  for (size_t i = 0; i < N_CALIBRATION; i++) {
    float z[C];

    for (size_t c = 0; c < C; c++)
      z[c] = self->base[i * C + c] + (float) (strength * dub_rng_normal (&rng));
    softmax (z, self->pool + (v * N_CALIBRATION + i) * C);
  }
}

static void
bench_gps (DubRun          *run,
           DubGpsObjective  objective)
{
  g_autofree float *base = g_new (float, N_CALIBRATION * C);
  g_autofree int *labels = g_new (int, N_CALIBRATION), *predicted = g_new (int, N_CALIBRATION);
  g_autofree float *pool = g_new (float, (size_t) N_POLICIES * N_CALIBRATION * C);
  Pool made = { base, labels, pool };
  const DubGpsOptions options = { .objective = objective, .n_starts = 30, .n_groups = 3 };
  size_t n_failed = 0;
  DubRng rng;

  dub_rng_init (&rng, 4, "bench-base", 0);
  for (size_t i = 0; i < N_CALIBRATION; i++) {
    labels[i] = (int) dub_rng_below (&rng, C);
    predicted[i] = 0;
    for (size_t c = 0; c < C; c++) {
      base[i * C + c] = (float) (2.0 * dub_rng_normal (&rng) + (c == (size_t) labels[i] ? 7.0 : 0.0));
      if (base[i * C + c] > base[i * C + (size_t) predicted[i]])
        predicted[i] = (int) c;
    }
    n_failed += predicted[i] != labels[i];
  }
  dub_parallel_for (run, N_POLICIES, make_policy_cb, &made, NULL);

  gint64 began = g_get_monotonic_time ();
  double processor_began = processor ();
  g_autoptr (DubGps) gps = dub_gps_search (pool, N_POLICIES, N_CALIBRATION, C, labels, predicted, &options, run, NULL);

  printf ("%s: %d policies, %d cases (%zu failures), %d classes, 30 starts: %.1f s, processor %.1f s\n",
          objective == DUB_GPS_AUROC ? "area" : "likelihood", N_POLICIES, N_CALIBRATION, n_failed, C, since (began),
          processor () - processor_began);
  for (size_t g = 0; g < gps->n_groups; g++) {
    printf ("  %.4f:", gps->groups[g].objective);
    for (size_t k = 0; k < gps->groups[g].n; k++)
      printf (" %u", gps->groups[g].policies[k]);
    printf ("\n");
  }
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (DubRun) run = dub_run_new (argc > 1 ? (guint) atoi (argv[1]) : 0);
  const char *what = argc > 2 ? argv[2] : "scores";

  if (strcmp (what, "gps") == 0)
    bench_gps (run, DUB_GPS_AUROC);
  else if (strcmp (what, "likelihood") == 0)
    bench_gps (run, DUB_GPS_LIKELIHOOD);
  else
    bench_scores (run);

  return 0;
}
