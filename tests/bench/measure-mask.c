/* How well do masks hit the truth, and how long do they take?
 *
 *   measure-mask FOLDER [--model NAME] [--limit N] [--lambda1 X] …
 *
 * FOLDER is a study made by `dubito-cli demo brain`, or the shared atrophy data (participants.tsv, one truth for
 * all). For every patient the mask is optimised with the application's defaults, or with what the options say;
 * one line each: probability of the class before and after, share of the mask's mass inside the truth dilated by
 * 2 voxels, mass, milliseconds an iteration. The table of core/explain/README.md comes from here. */
#include "core/explain/mask.h"
#include "core/explain/regions.h"
#include "core/io/onnx.h"
#include "tests/bench/measure-patients.h"

#include <math.h>

typedef struct {
  DubMaskParams params;
  char   *model;
  double  lambda1, lambda2, beta1, beta2, step, start, noise, jitter;
  int     iterations, grid, limit, seed, threads;
} Options;

typedef struct {
  guint  n;
  guint  n_inside; /* patients with at least 75 % inside */
  guint  n_below;  /* patients with a probability below 0.2 */
  double inside;
  double milliseconds;
} Summary;

static gboolean
measure_case (const DubStudyModel *model,
              const DubStudyCase  *item,
              DubGraph            *graph,
              const Options       *options,
              Summary             *summary,
              DubRun              *run,
              GError             **error)
{
  g_autoptr (DubTensor) input = NULL;
  g_autoptr (DubTensor) truth = NULL;
  const double *before, *after;
  DubMaskEnergy energy;

  if (!measure_patients_read (model, item, &input, &truth, run, error))
    return FALSE;

  g_autoptr (DubMask) mask = dub_mask_new (graph, &input, 1, NULL, &options->params, run, error);

  if (mask == NULL)
    return FALSE;

  gint64 start = g_get_monotonic_time ();

  while (!dub_mask_is_done (mask))
    if (!dub_mask_step (mask, run, error))
      return FALSE;

  double milliseconds = (double) (g_get_monotonic_time () - start) / 1000.0 / dub_mask_get_iteration (mask);

  if (!dub_mask_evaluate (mask, &energy, run, error))
    return FALSE;

  g_autoptr (DubTensor) m = dub_mask_get_mask (mask, error);

  if (m == NULL)
    return FALSE;
  dub_mask_get_probabilities (mask, 0, &before, &after);

  double inside = dub_mass_inside (m, truth, 2.0);
  double p = after[options->params.target_class];
  double mass = 0.0;

  for (size_t i = 0; i < dub_tensor_n_elements (m); i++)
    mass += 1.0 - (double) dub_tensor_f32 (m)[i];
  g_print ("%-10s severity %.2f  p %.4f -> %.4f  inside %5.1f %%  mass %7.0f  energy %.4f  %u iterations of %.1f ms\n",
           item->id, item->severity, before[options->params.target_class], p, 100.0 * inside, mass, energy.total,
           dub_mask_get_iteration (mask), milliseconds);
  summary->n++;
  summary->n_inside += inside >= 0.75;
  summary->n_below += p < 0.2;
  summary->inside += isfinite (inside) ? inside : 0.0;
  summary->milliseconds += milliseconds;

  return TRUE;
}

static gboolean
measure (const char    *folder,
         const Options *options,
         GError       **error)
{
  g_autoptr (DubStudy) study = measure_patients_load (folder, options->model, error);
  g_autoptr (DubRun) run = dub_run_new ((guint) options->threads);
  Summary summary = { 0 };

  if (study == NULL)
    return FALSE;

  const DubStudyModel *model = g_ptr_array_index (study->models, 0);
  g_autoptr (DubGraph) graph = dub_onnx_load (model->path, error);

  if (graph == NULL)
    return FALSE;
  for (guint i = 0; i < study->cases->len && (options->limit == 0 || summary.n < (guint) options->limit); i++) {
    const DubStudyCase *item = g_ptr_array_index (study->cases, i);

    if (item->label != options->params.target_class || item->truth_path == NULL)
      continue;
    if (!measure_case (model, item, graph, options, &summary, run, error))
      return FALSE;
  }
  g_print ("%u patients: inside %.1f %% on average, >= 75 %% for %u; p < 0.2 for %u; %.1f ms an iteration\n",
           summary.n, 100.0 * summary.inside / summary.n, summary.n_inside, summary.n_below,
           summary.milliseconds / summary.n);

  return TRUE;
}

int
main (int    argc,
      char **argv)
{
  Options options = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("FOLDER");
  DubMaskParams *p = &options.params;

  dub_mask_params_init (p);
  options.lambda1 = p->lambda1;
  options.lambda2 = p->lambda2;
  options.beta1 = p->beta1;
  options.beta2 = p->beta2;
  options.step = p->step;
  options.start = p->start;
  options.noise = p->start_noise;
  options.jitter = p->jitter;
  options.iterations = (int) p->n_iterations;
  options.grid = (int) p->grid;
  options.seed = (int) p->seed;

  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_STRING, &options.model, "network of the shared data (cnn3d_fold0)", "NAME" },
    { "lambda1", 0, 0, G_OPTION_ARG_DOUBLE, &options.lambda1, "weight of the area", "X" },
    { "lambda2", 0, 0, G_OPTION_ARG_DOUBLE, &options.lambda2, "weight of the smoothness", "X" },
    { "beta1", 0, 0, G_OPTION_ARG_DOUBLE, &options.beta1, "exponent of the area", "X" },
    { "beta2", 0, 0, G_OPTION_ARG_DOUBLE, &options.beta2, "exponent of the smoothness", "X" },
    { "step", 0, 0, G_OPTION_ARG_DOUBLE, &options.step, "step size", "X" },
    { "start", 0, 0, G_OPTION_ARG_DOUBLE, &options.start, "value of the first mask", "X" },
    { "noise", 0, 0, G_OPTION_ARG_DOUBLE, &options.noise, "amplitude of noise on it", "X" },
    { "jitter", 0, 0, G_OPTION_ARG_DOUBLE, &options.jitter, "voxels of random shift", "X" },
    { "iterations", 0, 0, G_OPTION_ARG_INT, &options.iterations, "iterations", "N" },
    { "grid", 0, 0, G_OPTION_ARG_INT, &options.grid, "voxels between two nodes", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &options.seed, "seed", "N" },
    { "limit", 0, 0, G_OPTION_ARG_INT, &options.limit, "patients, 0 = all", "N" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &options.threads, "threads, 0 = one per processor", "N" },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2) {
    g_printerr ("%s\n", error != NULL ? error->message : "usage: measure-mask FOLDER");
    return 2;
  }
  p->lambda1 = options.lambda1;
  p->lambda2 = options.lambda2;
  p->beta1 = options.beta1;
  p->beta2 = options.beta2;
  p->step = options.step;
  p->start = options.start;
  p->start_noise = options.noise;
  p->jitter = options.jitter;
  p->n_iterations = (guint) options.iterations;
  p->grid = (guint) options.grid;
  p->seed = (uint64_t) options.seed;
  if (!measure (argv[1], &options, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }

  return 0;
}
