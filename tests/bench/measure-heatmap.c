/* How much of a heatmap of a patient lies where the patient is ill?
 *
 *   measure-heatmap FOLDER [--kind KIND] [--replace 1|0|mean|blur|template] [--smooth X] …
 *
 * FOLDER as for measure-mask. For every patient one map of the patient class: the share of its positive mass (of all of its
 * absolute mass after the bar) inside the truth dilated by 2 voxels, and whether its peak lies there; beside it the share of the brain
 * that this region is, which a map without any knowledge would reach. A template is the mean of the study's cases without the illness.
 * The table of core/explain/README.md comes from here. */
#include "core/explain/heatmap.h"
#include "core/explain/regions.h"
#include "core/io/onnx.h"
#include "core/study/case-input.h"
#include "tests/bench/measure-patients.h"

#include <math.h>
#include <string.h>

typedef struct {
  DubHeatmapOptions heatmap;
  char   *kind, *replace, *of, *model;
  double  smooth, noise;
  int     window, stride, steps, samples, limit, threads;
} Options;

typedef struct {
  guint  n;
  guint  n_peak;
  guint  n_half; /* patients with more than half of the positive mass inside */
  double inside, absolute, brain, seconds;
} Summary;

/* dub_mass_inside sums 1 - m: here max (0, map), or |map|, in units of the peak, as tiny numbers would not survive beside 1. */
static double
share_inside (const DubTensor *map,
              const DubTensor *truth,
              gboolean         absolute)
{
  g_autoptr (DubTensor) mask = dub_tensor_copy (map, NULL);
  float *m = dub_tensor_f32 (mask);

  float largest = 0.0f;

  for (size_t i = 0; i < dub_tensor_n_elements (mask); i++)
    largest = MAX (largest, fabsf (m[i]));
  for (size_t i = 0; i < dub_tensor_n_elements (mask); i++)
    m[i] = 1.0f - (absolute ? fabsf (m[i]) : MAX (m[i], 0.0f)) / largest;

  return dub_mass_inside (mask, truth, 2.0);
}

/* The region's share of the voxels that hold any of the image. */
static double
share_of_brain (const DubTensor *image,
                const DubTensor *truth)
{
  g_autoptr (DubTensor) mask = dub_tensor_copy (image, NULL);
  float *m = dub_tensor_f32 (mask);

  for (size_t i = 0; i < dub_tensor_n_elements (mask); i++)
    m[i] = m[i] > 0.05f ? 0.0f : 1.0f;

  return dub_mass_inside (mask, truth, 2.0);
}

static gboolean
is_in_place (const DubHeatmap *map,
             const DubTensor  *truth)
{
  g_autoptr (DubTensor) mask = dub_tensor_copy (truth, NULL);
  const int64_t *dim = truth->shape.dim;

  for (size_t i = 0; i < dub_tensor_n_elements (mask); i++)
    dub_tensor_f32 (mask)[i] = 1.0f;
  dub_tensor_f32 (mask)[(map->peak[0] * (size_t) dim[1] + map->peak[1]) * (size_t) dim[2] + map->peak[2]] = 0.0f;

  return map->peak_value > 0.0 && dub_mass_inside (mask, truth, 2.0) > 0.5;
}

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

  if (!measure_patients_read (model, item, &input, &truth, run, error))
    return FALSE;

  const int64_t *dim = input->shape.dim;
  g_autoptr (DubTensor) image = dub_tensor_reshape (input, DUB_SHAPE (1, 1, dim[0], dim[1], dim[2]), error);
  gint64 start = g_get_monotonic_time ();
  g_autoptr (DubHeatmap) map = image != NULL ? dub_heatmap_run (&options->heatmap, &graph, 1, image, run, error) : NULL;
  double seconds = (double) (g_get_monotonic_time () - start) / 1e6;

  if (map == NULL)
    return FALSE;

  double inside = share_inside (map->map, truth, FALSE), absolute = share_inside (map->map, truth, TRUE);
  double brain = share_of_brain (input, truth);
  gboolean in_place = is_in_place (map, truth);

  g_print ("%-10s severity %.2f  t %.4f  inside %5.1f %% (of all %5.1f %%)  region %4.1f %% of the brain  peak %s  gap %.4f  "
           "%zu passes, %.2f s\n", item->id, item->severity, map->value, 100.0 * inside, 100.0 * absolute, 100.0 * brain,
           in_place ? "inside" : "outside", map->gap, map->n_passes, seconds);
  if (summary->n == 0)
    g_print ("  %s\n", map->what);
  summary->n++;
  summary->n_peak += in_place;
  summary->n_half += inside > 0.5;
  summary->inside += isfinite (inside) ? inside : 0.0;
  summary->absolute += isfinite (absolute) ? absolute : 0.0;
  summary->brain += brain;
  summary->seconds += seconds;

  return TRUE;
}

static gboolean
measure (const char *folder,
         Options    *options,
         GError    **error)
{
  g_autoptr (DubStudy) study = measure_patients_load (folder, options->model, error);
  g_autoptr (DubRun) run = dub_run_new ((guint) options->threads);
  g_autoptr (DubTensor) reference = NULL;
  Summary sum = { 0 };

  if (study == NULL)
    return FALSE;
  if (options->heatmap.replacement == DUB_REPLACE_FILE) {
    reference = dub_study_mean_input (study, g_ptr_array_index (study->models, 0), 0, NULL, NULL, run, error);
    if (reference == NULL)
      return FALSE;

    const int64_t *dim = reference->shape.dim;
    DubTensor *volume = dub_tensor_reshape (reference, DUB_SHAPE (dim[2], dim[3], dim[4]), error);

    dub_tensor_unref (reference);
    reference = volume;
    options->heatmap.reference = reference;
  }

  const DubStudyModel *model = g_ptr_array_index (study->models, 0);
  g_autoptr (DubGraph) graph = dub_onnx_load (model->path, error);

  if (graph == NULL)
    return FALSE;
  for (guint i = 0; i < study->cases->len && (options->limit == 0 || sum.n < (guint) options->limit); i++) {
    const DubStudyCase *item = g_ptr_array_index (study->cases, i);

    if (item->label == 1 && item->truth_path != NULL && !measure_case (model, item, graph, options, &sum, run, error))
      return FALSE;
  }
  g_print ("%u patients: inside %.1f %% on average (of all %.1f %%), above 50 %% for %u; peak inside for %u; region %.1f %% of the brain; "
           "%.2f s a map\n", sum.n, 100.0 * sum.inside / sum.n, 100.0 * sum.absolute / sum.n, sum.n_half, sum.n_peak,
           100.0 * sum.brain / sum.n, sum.seconds / sum.n);

  return TRUE;
}

/* Words become options; what was not said stays at the kind's default. */
static gboolean
settle (Options *self)
{
  static const char *const replacements[] = { "1", "0", "mean", "blur", "template" };
  DubHeatmapKind kind;

  if (!dub_heatmap_kind_find (self->kind != NULL ? self->kind : "occlusion", &kind))
    return FALSE;
  dub_heatmap_options_init (&self->heatmap, kind, 3);
  self->heatmap.class_index = 1;
  for (guint i = 0; self->replace != NULL && i < G_N_ELEMENTS (replacements); i++)
    if (strcmp (self->replace, replacements[i]) == 0)
      self->heatmap.replacement = (DubReplacement) i;
  if (g_strcmp0 (self->of, "logit") == 0)
    self->heatmap.of = DUB_HEATMAP_OF_LOGIT;
  if (g_strcmp0 (self->of, "probability") == 0)
    self->heatmap.of = DUB_HEATMAP_OF_PROBABILITY;
  if (g_strcmp0 (self->of, "entropy") == 0)
    self->heatmap.of = DUB_HEATMAP_OF_ENTROPY;
  self->heatmap.window = (guint) self->window;
  self->heatmap.stride = (guint) self->stride;
  if (self->smooth >= 0.0)
    self->heatmap.smooth = self->smooth;
  if (self->noise >= 0.0)
    self->heatmap.noise = self->noise;
  if (self->steps > 0)
    self->heatmap.n_steps = (guint) self->steps;
  if (self->samples > 0)
    self->heatmap.n_samples = (guint) self->samples;

  return TRUE;
}

int
main (int    argc,
      char **argv)
{
  Options options = { .smooth = -1.0, .noise = -1.0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("FOLDER");
  const GOptionEntry entries[] = {
    { "kind", 0, 0, G_OPTION_ARG_STRING, &options.kind, "kind of map (occlusion)", "KIND" },
    { "of", 0, 0, G_OPTION_ARG_STRING, &options.of, "target (the kind's default)", "probability|logit|entropy" },
    { "replace", 0, 0, G_OPTION_ARG_STRING, &options.replace, "replacement (the kind's default)", "1|0|mean|blur|template" },
    { "smooth", 0, 0, G_OPTION_ARG_DOUBLE, &options.smooth, "SD of the Gaussian over the map", "X" },
    { "noise", 0, 0, G_OPTION_ARG_DOUBLE, &options.noise, "SmoothGrad's share of the range", "X" },
    { "window", 0, 0, G_OPTION_ARG_INT, &options.window, "occlusion's window", "N" },
    { "stride", 0, 0, G_OPTION_ARG_INT, &options.stride, "occlusion's stride", "N" },
    { "steps", 0, 0, G_OPTION_ARG_INT, &options.steps, "of integrated gradients", "N" },
    { "samples", 0, 0, G_OPTION_ARG_INT, &options.samples, "of SmoothGrad", "N" },
    { "model", 0, 0, G_OPTION_ARG_STRING, &options.model, "network of the shared data (cnn3d_fold0)", "NAME" },
    { "limit", 0, 0, G_OPTION_ARG_INT, &options.limit, "patients, 0 = all", "N" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &options.threads, "threads, 0 = one per processor", "N" },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2 || !settle (&options)) {
    g_printerr ("%s\n", error != NULL ? error->message : "usage: measure-heatmap FOLDER [--kind KIND] …");
    return 2;
  }
  if (!measure (argv[1], &options, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }

  return 0;
}
