#include "app/cli/cli-heatmap.h"

#include "app/cli/cli-command.h"
#include "app/cli/cli-heatmap-image.h"
#include "app/cli/cli-output.h"
#include "core/io/file.h"
#include "core/io/onnx.h"
#include "core/study/answers.h"
#include "core/study/case-input.h"
#include "core/study/evaluate.h"

#include <string.h>

static const char *const REPLACEMENTS[] = { "1", "0", "mean", "blur" };

void
cli_heatmap_options_init (CliHeatmapOptions *self)
{
  *self = (CliHeatmapOptions) {
    .window = -1, .stride = -1, .steps = -1, .samples = -1, .seed = 1, .noise = -1.0, .smooth = -1.0, .blur_sigma = -1.0,
  };
}

void
cli_heatmap_options_clear (CliHeatmapOptions *self)
{
  g_clear_pointer (&self->kind, g_free);
  g_clear_pointer (&self->of, g_free);
  g_clear_pointer (&self->replace, g_free);
  g_clear_pointer (&self->layer, g_free);
  g_clear_pointer (&self->prepare, g_free);
  g_clear_pointer (&self->study, g_free);
  g_clear_pointer (&self->case_id, g_free);
  g_clear_pointer (&self->family, g_free);
}

GOptionEntry *
cli_heatmap_entries (CliHeatmapOptions *self)
{
  const GOptionEntry entries[] = {
    { "kind", 0, 0, G_OPTION_ARG_STRING, &self->kind, N_("How the map is made (occlusion)"),
      "occlusion|gradient|input-gradient|smoothgrad|ig|gradcam|gradcam-sd|mask" },
    { "of", 0, 0, G_OPTION_ARG_STRING, &self->of,
      N_("What the map is of: class:K its probability, logit:K, entropy, or with occlusion any score such as msr, margin, energy, "
         "ensemble-sd, and with --study temperature, knn-all, mean … (the class that is predicted)"), "class:K|logit:K|entropy|SCORE" },
    { "study", 0, 0, G_OPTION_ARG_FILENAME, &self->study, N_("The study whose networks and case are looked at"), "STUDY" },
    { "case", 0, 0, G_OPTION_ARG_STRING, &self->case_id, N_("A case of the study"), "ID" },
    { "family", 0, 0, G_OPTION_ARG_STRING, &self->family, N_("The study's networks of this name, where there are several"), "NAME" },
    { "preprocess", 0, 0, G_OPTION_ARG_FILENAME, &self->prepare,
      N_("How the image is prepared: “prepare” of a network in a study.json"), "FILE.json" },
    { "replace", 0, 0, G_OPTION_ARG_FILENAME, &self->replace,
      N_("What stands where the image is taken away, and where ig begins: 1, 0, mean and blur of the image, an image, or with a study "
         "the mean of its cases of a class (the kind's own; of grey-matter volumes of two classes the mean of the other class)"), "1|0|mean|blur|class:K|FILE" },
    { "window", 0, 0, G_OPTION_ARG_INT, &self->window, N_("Occlusion: voxels of a window along every axis (from the image's size)"), "N" },
    { "stride", 0, 0, G_OPTION_ARG_INT, &self->stride, N_("Occlusion: voxels between two windows (from the window)"), "N" },
    { "steps", 0, 0, G_OPTION_ARG_INT, &self->steps, N_("Integrated gradients: steps of the path (64)"), "N" },
    { "samples", 0, 0, G_OPTION_ARG_INT, &self->samples, N_("SmoothGrad: noisy copies (32)"), "N" },
    { "noise", 0, 0, G_OPTION_ARG_DOUBLE, &self->noise, N_("SmoothGrad: SD of the noise as a share of the image's range (0.1)"), "X" },
    { "layer", 0, 0, G_OPTION_ARG_STRING, &self->layer, N_("Grad-CAM: the layer whose maps are read (the last before pooling)"), "NODE" },
    { "smooth", 0, 0, G_OPTION_ARG_DOUBLE, &self->smooth, N_("SD of a Gaussian over the finished map, in voxels"), "X" },
    { "blur-sigma", 0, 0, G_OPTION_ARG_DOUBLE, &self->blur_sigma, N_("Width of the blur of --replace blur, in voxels (5)"), "X" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &self->seed, N_("Seed of what is random"), "N" },
    { NULL },
  };

  return g_memdup2 (entries, sizeof entries);
}

/* --- what the map is of --- */

/* K of "class:K". */
static gboolean
read_class (const char *text,
            const char *prefix,
            int        *class_index)
{
  guint64 index;

  if (!g_str_has_prefix (text, prefix) || !g_ascii_string_to_unsigned (text + strlen (prefix), 10, 0, G_MAXINT, &index, NULL))
    return FALSE;
  *class_index = (int) index;

  return TRUE;
}

/* Nothing but answers is read, and nothing is fitted. */
static gboolean
is_plain (const DubEstimator *estimator)
{
  return estimator->fit == NULL && estimator->views < 0 &&
         (estimator->needs & ~(guint) (DUB_NEEDS_LOGITS | DUB_NEEDS_MODELS)) == 0;
}

/* A score that reads nothing but answers; with the networks of a study any that it fits and that looks once at an image. */
static gboolean
take_score (CliHeatmapJob  *self,
            const char     *name,
            gboolean        has_study,
            GError        **error)
{
  const DubEstimator *estimator = dub_estimator_find (name);
  gboolean is_fusion = FALSE;

  for (int k = 0; k < DUB_N_FUSIONS; k++)
    is_fusion = is_fusion || strcmp (dub_fusion_id ((DubFusionKind) k), name) == 0;
  if (estimator == NULL && !is_fusion)
    return cli_usage_error (error, _("--of is “%s”, expected class:K, logit:K, entropy, or a score such as msr, margin or ensemble-sd."),
                            name);
  if (estimator != NULL && estimator->views >= 0)
    return cli_usage_error (error, _("--of %s: this score runs the networks on changed images, which would be for every window again; a "
                                     "heatmap takes scores that look once, such as msr, ensemble-sd, or with --study temperature, "
                                     "knn-all or mean."), name);
  if ((is_fusion || !is_plain (estimator)) && !has_study)
    return cli_usage_error (error, _("--of %s: this score is fitted on a study's cases; give --study and none of its networks as a file, "
                                     "or take a score of the answers alone, such as msr, margin, energy or ensemble-sd."), name);
  if (is_fusion || !is_plain (estimator)) {
    self->options.of = DUB_HEATMAP_OF_SCORE;
    self->options.score = dub_scorer_score;
    self->options.score_data = self->scorer;
    self->options.score_name = self->of;
    return TRUE;
  }
  self->estimator_options = DUB_ESTIMATOR_DEFAULT;
  self->estimator = (DubHeatmapEstimator) { .estimator = estimator, .options = &self->estimator_options };
  self->options.of = DUB_HEATMAP_OF_SCORE;
  self->options.score = dub_heatmap_score_estimator;
  self->options.score_data = &self->estimator;
  self->options.score_name = estimator->id;

  return TRUE;
}

static gboolean
take_target (CliHeatmapJob  *self,
             const char     *of,
             gboolean        has_study,
             GError        **error)
{
  self->of = g_strdup (of);
  if (of == NULL)
    return TRUE;
  if (strcmp (of, "entropy") == 0)
    self->options.of = DUB_HEATMAP_OF_ENTROPY;
  else if (strcmp (of, "class") == 0 || read_class (of, "class:", &self->options.class_index))
    self->options.of = DUB_HEATMAP_OF_PROBABILITY;
  else if (strcmp (of, "logit") == 0 || read_class (of, "logit:", &self->options.class_index))
    self->options.of = DUB_HEATMAP_OF_LOGIT;
  else if (!take_score (self, of, has_study, error))
    return FALSE;
  if (!dub_heatmap_kind_has (self->options.kind, self->options.of))
    return cli_usage_error (error, _("--of %s does not go with --kind %s; occlusion can be of anything."), of,
                            dub_heatmap_kind_name (self->options.kind));

  return TRUE;
}

/* --- networks --- */

static gboolean
add_network (CliHeatmapJob  *self,
             const char     *path,
             GError        **error)
{
  DubGraph *graph = dub_onnx_load (path, error);
  char *hash = graph != NULL ? dub_file_sha256 (path, error) : NULL;

  if (graph != NULL)
    g_ptr_array_add (self->graphs, graph);
  if (hash == NULL)
    return FALSE;
  g_ptr_array_add (self->hashes, hash);
  g_ptr_array_add (self->paths, g_strdup (path));

  return TRUE;
}

/* The study's model of an id. */
static const DubStudyModel *
find_model (const DubStudy *study,
            const char     *id)
{
  for (guint i = 0; i < study->models->len; i++) {
    const DubStudyModel *model = g_ptr_array_index (study->models, i);

    if (strcmp (model->id, id) == 0)
      return model;
  }

  return NULL;
}

/* All networks of the family that is asked for, or of the only one; the first one's preparation is the case's. */
static const DubStudyModel *
add_family (CliHeatmapJob  *self,
            const DubStudy *study,
            const char     *wanted,
            gboolean        only_first,
            GError        **error)
{
  g_autoptr (GPtrArray) families = dub_study_families (study);

  if (families->len == 0 || (wanted != NULL && !g_ptr_array_find_with_equal_func (families, wanted, g_str_equal, NULL))) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("The study %s has no networks called %s."), study->title,
                 wanted != NULL ? wanted : "—");
    return NULL;
  }
  if (wanted == NULL && families->len > 1) {
    g_ptr_array_add (families, NULL);
    g_autofree char *list = g_strjoinv (", ", (char **) families->pdata);

    cli_usage_error (error, _("--family is missing, as the study has several: %s."), list);
    return NULL;
  }

  g_auto (GStrv) ids = dub_study_family_models (study, wanted != NULL ? wanted : families->pdata[0]);
  const DubStudyModel *first = ids[0] != NULL ? find_model (study, ids[0]) : NULL;

  for (guint i = 0; !only_first && ids[i] != NULL; i++)
    if (!add_network (self, find_model (study, ids[i])->path, error))
      return NULL;

  return first;
}

/* --- replacement --- */

/* The mean of the study's cases of class @index, or an image file prepared as the image. */
static gboolean
take_reference (CliHeatmapJob              *self,
                const CliHeatmapOptions    *options,
                const CliPreprocessOptions *preprocess,
                DubStudy                   *study,
                const DubStudyModel        *model,
                DubRun                     *run,
                GError                    **error)
{
  int index;

  self->options.replacement = DUB_REPLACE_FILE;
  if (read_class (self->replace, "class:", &index)) {
    if (study == NULL || model == NULL)
      return cli_usage_error (error, _("--replace class:K is the mean of a study's cases; it needs --study."));
    size_t n_cases = 0;

    self->reference = dub_study_mean_input (study, model, index, options->case_id, &n_cases, run, error);
    self->reference_name = g_strdup_printf ("the mean of %zu cases of class %d", n_cases, index);
  } else {
    g_autoptr (CliHeatmapImage) image = cli_heatmap_image_load (g_ptr_array_index (self->graphs, 0), self->replace, options->prepare,
                                                                preprocess, run, error);

    self->reference = image != NULL ? dub_tensor_ref (image->input) : NULL;
  }
  if (self->reference == NULL)
    return FALSE;

  /* One case of a batch as it stands without the batch. */
  DubShape shape = { .rank = self->reference->shape.rank - 1 };

  memcpy (shape.dim, self->reference->shape.dim + 1, sizeof *shape.dim * (size_t) shape.rank);

  DubTensor *one = dub_tensor_reshape (self->reference, shape, error);

  dub_tensor_unref (self->reference);
  self->reference = one;
  self->options.reference = one;
  self->options.reference_name = self->reference_name;

  return one != NULL;
}

/* Nobody said: the kind's own, or in a study of registered volumes the mean of the other class. */
static gboolean
default_replacement (CliHeatmapJob   *self,
                     const DubStudy  *study,
                     DubRun          *run,
                     GError         **error)
{
  int target = self->options.class_index, other = -1;

  if (study != NULL && dub_study_reference_class (study, 0) >= 0 && dub_heatmap_kind_replaces (self->options.kind)) {
    if (target < 0)
      target = dub_heatmap_answer ((DubGraph *const *) self->graphs->pdata, self->graphs->len, self->image, NULL, run, error);
    if (target < 0)
      return FALSE;
    other = dub_study_reference_class (study, target);
  }
  self->replace = other >= 0 ? g_strdup_printf ("class:%d", other) : g_strdup (REPLACEMENTS[self->options.replacement]);

  return TRUE;
}

static gboolean
take_replacement (CliHeatmapJob              *self,
                  const CliHeatmapOptions    *options,
                  const CliPreprocessOptions *preprocess,
                  DubStudy                   *study,
                  const DubStudyModel        *model,
                  DubRun                     *run,
                  GError                    **error)
{
  self->replace = g_strdup (options->replace);
  if (self->replace == NULL && !default_replacement (self, study, run, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (REPLACEMENTS); i++)
    if (strcmp (self->replace, REPLACEMENTS[i]) == 0) {
      self->options.replacement = (DubReplacement) i;
      return TRUE;
    }

  return take_reference (self, options, preprocess, study, model, run, error);
}

/* --- the job --- */

/* Where nobody said which class, the one that the study's family answers, which a recorded recalibration may have changed. */
static gboolean
take_answer (CliHeatmapJob            *self,
             const CliHeatmapOptions  *options,
             const DubStudy           *study,
             DubRun                   *run,
             GError                  **error)
{
  g_autoptr (GPtrArray) families = dub_study_families (study);
  const char *family = options->family != NULL ? options->family : g_ptr_array_index (families, 0);
  g_autofree double *mean = NULL;

  if (self->options.class_index >= 0 || self->options.of == DUB_HEATMAP_OF_SCORE || self->options.of == DUB_HEATMAP_OF_ENTROPY ||
      dub_study_get_recalibration (study, family) == NULL)
    return TRUE;
  if (dub_heatmap_answer ((DubGraph *const *) self->graphs->pdata, self->graphs->len, self->image, &mean, run, error) < 0)
    return FALSE;
  self->options.class_index = (int) dub_study_answer (study, family, mean, study->classes->len);

  return TRUE;
}

static gboolean
settle (CliHeatmapJob            *self,
        const CliHeatmapOptions  *options,
        int                       n_axes,
        gboolean                  has_study,
        GError                  **error)
{
  g_autoptr (GError) refused = NULL;
  DubHeatmapKind kind = DUB_HEATMAP_OCCLUSION;

  if (options->kind != NULL && !dub_heatmap_kind_find (options->kind, &kind))
    return cli_usage_error (error, _("--kind is “%s”, expected occlusion, gradient, input-gradient, smoothgrad, ig, gradcam, gradcam-sd "
                                     "or mask."), options->kind);
  if (options->seed < 0)
    return cli_usage_error (error, _("--seed is %" G_GINT64_FORMAT ", expected 0 or more."), options->seed);
  if ((options->window != -1 && options->window < 1) || (options->stride != -1 && options->stride < 1) ||
      (options->steps != -1 && options->steps < 1) || (options->samples != -1 && options->samples < 1))
    return cli_usage_error (error, _("--window, --stride, --steps and --samples are at least 1."));

  dub_heatmap_options_init (&self->options, kind, n_axes);
  self->options.seed = (uint64_t) options->seed;
  self->options.layer = options->layer;
  if (options->window > 0)
    self->options.window = (guint) options->window;
  if (options->stride > 0)
    self->options.stride = (guint) options->stride;
  if (options->steps > 0)
    self->options.n_steps = (guint) options->steps;
  if (options->samples > 0)
    self->options.n_samples = (guint) options->samples;
  if (options->noise >= 0.0)
    self->options.noise = options->noise;
  if (options->smooth >= 0.0)
    self->options.smooth = options->smooth;
  if (options->blur_sigma >= 0.0)
    self->options.blur_sigma = options->blur_sigma;
  if (!take_target (self, options->of, has_study, error))
    return FALSE;
  if (!dub_heatmap_options_check (&self->options, &refused))
    return cli_usage_error (error, "%s", refused->message);

  return TRUE;
}

/* What only several networks can say. */
static gboolean
check_networks (const CliHeatmapJob  *self,
                GError              **error)
{
  const DubEstimator *estimator = self->estimator.estimator;

  if (estimator == NULL || (estimator->needs & DUB_NEEDS_MODELS) == 0 || self->graphs->len > 1)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("--of %s is about several networks; there is only one, expected at least 2."),
               estimator->id);

  return FALSE;
}

/* The study's score, fitted as its cases are. */
static gboolean
take_scorer (CliHeatmapJob            *self,
             const CliHeatmapOptions  *options,
             DubStudy                 *study,
             DubRun                   *run,
             GError                  **error)
{
  const DubScoresOptions scores = { .family = options->family, .estimator = DUB_ESTIMATOR_DEFAULT };

  self->scorer = dub_scorer_new (study, &scores, options->of, run, error);
  if (self->scorer == NULL)
    return FALSE;
  if (g_strv_length ((char **) dub_scorer_models (self->scorer)) != self->graphs->len) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("--of %s is of networks that were run over the study's cases, and not all were; "
                                                         "run dubito-cli uq first."), options->of);
    return FALSE;
  }
  if (run != NULL)
    dub_run_set_span (run, 0.0, 1.0);

  return TRUE;
}

static gboolean
take_case (CliHeatmapJob            *self,
           const CliHeatmapOptions  *options,
           DubStudy                 *study,
           const DubStudyModel      *model,
           DubRun                   *run,
           GError                  **error)
{
  g_auto (DubCaseInput) input = { 0 };

  if (!dub_study_case_input (study, model, options->case_id, &input, run, error))
    return FALSE;
  self->image_name = g_strdup (options->case_id);
  self->image = g_steal_pointer (&input.input);
  self->displayed = g_steal_pointer (&input.displayed);
  self->original = g_steal_pointer (&input.original);
  self->kji = input.kji;
  self->preprocess = model->preprocess;

  return TRUE;
}

static gboolean
take_file (CliHeatmapJob              *self,
           const CliHeatmapOptions    *options,
           const CliPreprocessOptions *preprocess,
           const char                 *path,
           DubRun                     *run,
           GError                    **error)
{
  g_autoptr (CliHeatmapImage) image =
    cli_heatmap_image_load (g_ptr_array_index (self->graphs, 0), path, options->prepare, preprocess, run, error);

  if (image == NULL || (self->image_hash = dub_file_sha256 (path, error)) == NULL)
    return FALSE;
  self->image_name = g_strdup (path);
  self->image = g_steal_pointer (&image->input);
  self->displayed = g_steal_pointer (&image->displayed);
  self->original = g_steal_pointer (&image->original);
  self->kji = image->kji;
  self->preprocess = image->preprocess;

  return TRUE;
}

static gboolean
check_usage (const CliHeatmapOptions *options,
             int                      n_files,
             GError                 **error)
{
  if ((options->case_id != NULL || options->family != NULL) && options->study == NULL)
    return cli_usage_error (error, _("--case and --family are about a study; give it by --study."));
  if (options->case_id != NULL && options->prepare != NULL)
    return cli_usage_error (error, _("--preprocess is about a file; a case is prepared as its study says."));
  if (options->case_id == NULL && n_files < 1)
    return cli_usage_error (error, _("There is no image; give a file, or --study and --case."));
  if (options->study == NULL && n_files < 2)
    return cli_usage_error (error, _("There is no network; give a file that ends in .onnx before the image, or --study."));

  return TRUE;
}

CliHeatmapJob *
cli_heatmap_job_new (const CliHeatmapOptions    *options,
                     const CliPreprocessOptions *preprocess,
                     char *const                *outs,
                     char *const                *files,
                     int                         n_files,
                     DubRun                     *run,
                     GError                    **error)
{
  g_autoptr (CliHeatmapJob) self = g_new0 (CliHeatmapJob, 1);
  int n_networks = options->case_id != NULL ? n_files : n_files - 1;
  /* The fits are of all networks of the study's family. */
  gboolean has_study = options->study != NULL && n_networks <= 0;
  DubStudy *study = NULL;
  const DubStudyModel *model = NULL;

  self->graphs = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_graph_unref);
  self->hashes = g_ptr_array_new_with_free_func (g_free);
  self->paths = g_ptr_array_new_with_free_func (g_free);
  if (!check_usage (options, n_files, error) || !settle (self, options, 2, has_study, error))
    return NULL;
  for (int i = 0; i < n_networks; i++)
    if (!add_network (self, files[i], error))
      return NULL;
  if (options->study != NULL) {
    study = self->study = dub_study_load (options->study, error);
    if (study != NULL && !cli_check_study_outputs ((const char *const *) outs, g_strv_length ((char **) outs), study, error))
      return NULL;
    model = study != NULL ? add_family (self, study, options->family, n_networks > 0, error) : NULL;
    if (model == NULL)
      return NULL;
    self->classes = g_ptr_array_ref (study->classes);
  }
  if (!(options->case_id != NULL ? take_case (self, options, study, model, run, error)
                                 : take_file (self, options, preprocess, files[n_files - 1], run, error)))
    return NULL;
  g_clear_pointer (&self->of, g_free);
  if (self->options.score == dub_scorer_score && !take_scorer (self, options, study, run, error))
    return NULL;
  if (!settle (self, options, self->image->shape.rank - 2, has_study, error) || !check_networks (self, error) ||
      (has_study && !take_answer (self, options, study, run, error)) ||
      !take_replacement (self, options, preprocess, study, model, run, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
cli_heatmap_job_free (CliHeatmapJob *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->scorer, dub_scorer_free);
  g_clear_pointer (&self->study, dub_study_unref);
  g_clear_pointer (&self->graphs, g_ptr_array_unref);
  g_clear_pointer (&self->hashes, g_ptr_array_unref);
  g_clear_pointer (&self->paths, g_ptr_array_unref);
  g_clear_pointer (&self->classes, g_ptr_array_unref);
  g_clear_pointer (&self->image, dub_tensor_unref);
  g_clear_pointer (&self->reference, dub_tensor_unref);
  g_clear_pointer (&self->displayed, dub_volume_unref);
  g_clear_pointer (&self->original, dub_volume_unref);
  g_free (self->image_name);
  g_free (self->image_hash);
  g_free (self->reference_name);
  g_free (self->replace);
  g_free (self->of);
  g_free (self);
}

DubVolume *
cli_heatmap_job_volume (const CliHeatmapJob  *self,
                        DubTensor            *map,
                        GError              **error)
{
  const DubPreprocess axes = { .axes = self->kji ? DUB_AXES_KJI : DUB_AXES_IJK };

  if (map->shape.rank == 2)
    return dub_heatmap_picture (map, error);

  return dub_preprocess_back (&axes, map, self->displayed, error);
}
