#include "app/cli/cli-mask.h"

#include "app/cli/cli-command.h"
#include "core/io/file.h"
#include "core/io/onnx.h"

#include <float.h>
#include <string.h>

static const char *const NORM_CHOICES[] = { "mean", "sum", NULL };

/* In the order of DubReplacement. */
static const char *const REPLACEMENTS[] = { "1", "0", "mean", "blur", "file" };

/* What nobody can mean by an option, so that it means that the option was not given. */
static const double NO_NUMBER = -DBL_MAX;
enum { NO_GRID = G_MININT };

void
cli_mask_options_init (CliMaskOptions *self)
{
  *self = (CliMaskOptions) { .class_index = -1 };
  dub_mask_params_init (&self->params);
  self->n_iterations = (int) self->params.n_iterations;
  /* Not given: what is right depends on the others (settle_grid). */
  self->grid = NO_GRID;
  self->params.start = NO_NUMBER;
  self->params.step = NO_NUMBER;
  self->seed = (gint64) self->params.seed;
}

void
cli_mask_options_clear (CliMaskOptions *self)
{
  g_clear_pointer (&self->replace, g_free);
  g_clear_pointer (&self->norm, g_free);
}

GOptionEntry *
cli_mask_entries (CliMaskOptions *self)
{
  DubMaskParams *params = &self->params;
  const GOptionEntry entries[] = {
    { "class", 0, 0, G_OPTION_ARG_INT, &self->class_index, N_("Class whose probability the mask should lower (needed)"), "K" },
    { "lambda1", 0, 0, G_OPTION_ARG_DOUBLE, &params->lambda1, N_("Weight of the area term"), "X" },
    { "lambda2", 0, 0, G_OPTION_ARG_DOUBLE, &params->lambda2, N_("Weight of the smoothness term"), "X" },
    { "beta1", 0, 0, G_OPTION_ARG_DOUBLE, &params->beta1, N_("Exponent of the area term"), "X" },
    { "beta2", 0, 0, G_OPTION_ARG_DOUBLE, &params->beta2, N_("Exponent of the smoothness term"), "X" },
    { "iterations", 0, 0, G_OPTION_ARG_INT, &self->n_iterations, N_("Steps of Adam"), "N" },
    { "step", 0, 0, G_OPTION_ARG_DOUBLE, &params->step, N_("Step size of Adam"), "X" },
    { "replace", 0, 0, G_OPTION_ARG_FILENAME, &self->replace,
      N_("What stands where the mask is 0: 1, 0, mean and blur of the image, or a volume"), "1|0|mean|blur|FILE" },
    { "norm", 0, 0, G_OPTION_ARG_STRING, &self->norm, N_("Norms are a mean over the voxels, or a sum"), "mean|sum" },
    { "grid", 0, 0, G_OPTION_ARG_INT, &self->grid, N_("One mask value for N voxels along each axis, interpolated"), "N" },
    { "start", 0, 0, G_OPTION_ARG_DOUBLE, &params->start, N_("Value of the first mask, 0 to 1"), "X" },
    { "start-noise", 0, 0, G_OPTION_ARG_DOUBLE, &params->start_noise, N_("Amplitude of a smooth random field added to it"), "X" },
    { "jitter", 0, 0, G_OPTION_ARG_DOUBLE, &params->jitter, N_("Shift of the mask at each step, at most X voxels"), "X" },
    { "blur-sigma", 0, 0, G_OPTION_ARG_DOUBLE, &params->blur_sigma, N_("Width of the blur of --replace blur, in voxels"), "X" },
    { "stop-early", 0, 0, G_OPTION_ARG_NONE, &params->stop_early,
      N_("Stop when the energy changes by less than 1e-4 over 20 steps"), NULL },
    { "no-stop-early", 0, G_OPTION_FLAG_REVERSE, G_OPTION_ARG_NONE, &params->stop_early, N_("Always make all steps"), NULL },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &self->seed, N_("Seed of what is random"), "N" },
    { NULL },
  };

  return g_memdup2 (entries, sizeof entries);
}

char *
cli_mask_defaults_text (void)
{
  DubMaskParams params;

  dub_mask_params_init (&params);

  return g_strdup_printf (_("Defaults: --lambda1 %g --lambda2 %g --beta1 %g --beta2 %g --norm %s --iterations %u --step %g\n"
                            "--replace %s --grid %u --start %g --start-noise %g --jitter %g --blur-sigma %g --seed %" G_GUINT64_FORMAT "%s\n"
                            "With --grid 1, or with --step and no --grid, the mask has a value for every voxel and the defaults are\n"
                            "--start 1 --step 0.1."),
                          params.lambda1, params.lambda2, params.beta1, params.beta2, NORM_CHOICES[params.norm],
                          params.n_iterations, params.step, REPLACEMENTS[params.replacement], params.grid, params.start,
                          params.start_noise, params.jitter, params.blur_sigma, params.seed,
                          params.stop_early ? " --stop-early" : " --no-stop-early");
}

/* The measured defaults belong together: a coarse grid, a start below 1, a small step. On every voxel the optimiser is
 * the plain one of the definition, m_0 = 1 and a step of 0.1; naming a step without a grid asks for that one, too. */
static void
settle_grid (CliMaskOptions *self)
{
  DubMaskParams defaults;

  dub_mask_params_init (&defaults);
  if (self->grid == NO_GRID)
    self->grid = self->params.step == NO_NUMBER ? (int) defaults.grid : 1;
  if (self->params.start == NO_NUMBER)
    self->params.start = self->grid == 1 ? 1.0 : defaults.start;
  if (self->params.step == NO_NUMBER)
    self->params.step = self->grid == 1 ? 0.1 : defaults.step;
}

gboolean
cli_mask_options_parse (CliMaskOptions *self,
                        GError        **error)
{
  DubMaskParams *params = &self->params;
  g_autoptr (GError) refused = NULL;
  int norm = (int) params->norm;

  if (self->class_index < 0)
    return cli_usage_error (error, _("The option --class K is missing, or K is below 0."));
  settle_grid (self);
  if (self->n_iterations < 1)
    return cli_usage_error (error, _("--iterations is %d, expected at least 1."), self->n_iterations);
  if (self->grid < 1)
    return cli_usage_error (error, _("--grid is %d, expected at least 1."), self->grid);
  if (self->seed < 0)
    return cli_usage_error (error, _("--seed is %" G_GINT64_FORMAT ", expected 0 or more."), self->seed);
  if (self->norm != NULL && !cli_choose ("--norm", self->norm, NORM_CHOICES, &norm, error))
    return FALSE;

  params->target_class = self->class_index;
  params->n_iterations = (guint) self->n_iterations;
  params->grid = (guint) self->grid;
  params->seed = (uint64_t) self->seed;
  params->norm = (DubNorm) norm;
  if (self->replace != NULL) {
    params->replacement = DUB_REPLACE_FILE;
    for (int i = 0; i < DUB_REPLACE_FILE; i++)
      if (strcmp (self->replace, REPLACEMENTS[i]) == 0)
        params->replacement = (DubReplacement) i;
  }
  if (!dub_mask_params_check (params, &refused))
    return cli_usage_error (error, "%s", refused->message);

  return TRUE;
}

const char *
cli_replacement_name (DubReplacement replacement)
{
  return REPLACEMENTS[replacement];
}

/* Loads @path, keeps its hash in @hash, and gives the network's (D, H, W) of it. */
static DubTensor *
load_image (CliMaskJob  *self,
            const char  *path,
            char       **hash,      /* (out) (transfer full) */
            DubVolume  **first,     /* (out) (nullable) (transfer full) */
            DubVolume  **displayed, /* (out) (nullable) (transfer full) */
            DubRun      *run,
            GError     **error)
{
  int64_t extents[3];

  if (!cli_network_extents (self->graph, extents, error))
    return NULL;

  g_autoptr (DubVolume) volume = dub_preprocess_load (&self->preprocess, path, extents, error);
  g_autoptr (DubVolume) on_grid = NULL;
  g_autoptr (DubTensor) image = NULL;

  if (volume == NULL || (*hash = dub_file_sha256 (path, error)) == NULL
      || !dub_preprocess (&self->preprocess, volume, extents, &image, &on_grid, run, error))
    return NULL;
  if (first != NULL)
    *first = g_steal_pointer (&volume);
  if (displayed != NULL)
    *displayed = g_steal_pointer (&on_grid);

  return g_steal_pointer (&image);
}

static gboolean
load_images (CliMaskJob  *self,
             char *const *volumes,
             size_t       n_volumes,
             DubRun      *run,
             GError     **error)
{
  for (size_t i = 0; i < n_volumes; i++) {
    char *hash = NULL;
    DubTensor *image = load_image (self, volumes[i], &hash, i == 0 ? &self->first : NULL,
                                   i == 0 ? &self->displayed : NULL, run, error);

    if (hash != NULL)
      g_ptr_array_add (self->volume_hashes, hash);
    if (image == NULL)
      return FALSE;
    g_ptr_array_add (self->images, image);
    g_ptr_array_add (self->volume_paths, g_strdup (volumes[i]));

    const DubTensor *one = self->images->pdata[0];

    if (!dub_shape_equal (&image->shape, &one->shape)) {
      g_autofree char *found = dub_shape_to_string (&image->shape);
      g_autofree char *expected = dub_shape_to_string (&one->shape);

      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                   _("“%s” has the shape %s; one mask for a set needs the shape %s of “%s”."), volumes[i], found,
                   expected, volumes[0]);
      return FALSE;
    }
  }

  return TRUE;
}

void
cli_mask_job_describe (const CliMaskJob *self,
                       const char       *subject,
                       const char       *network,
                       DubMaskFigure    *figure)
{
  g_autoptr (GString) data = g_string_new (NULL);

  for (guint i = 0; i < self->volume_hashes->len; i++)
    g_string_append_printf (data, "%s%s", i > 0 ? " " : "", (char *) self->volume_hashes->pdata[i]);
  dub_mask_figure_describe (figure, subject, network, dub_mask_get_params (self->mask));
  dub_mask_figure_set_sources (figure, &self->preprocess, self->model_hash, data->str, self->reference_hash);
  figure->iteration = dub_mask_get_iteration (self->mask);
}

CliMaskJob *
cli_mask_job_new (const CliMaskOptions *options,
                  const char           *model,
                  char *const          *volumes,
                  size_t                n_volumes,
                  const DubPreprocess  *preprocess,
                  DubRun               *run,
                  GError              **error)
{
  g_autoptr (CliMaskJob) self = g_new0 (CliMaskJob, 1);

  self->model_path = g_strdup (model);
  self->preprocess = *preprocess;
  self->volume_paths = g_ptr_array_new_with_free_func (g_free);
  self->volume_hashes = g_ptr_array_new_with_free_func (g_free);
  self->images = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_tensor_unref);

  self->graph = dub_onnx_load (model, error);
  if (self->graph == NULL || (self->model_hash = dub_file_sha256 (model, error)) == NULL
      || !load_images (self, volumes, n_volumes, run, error))
    return NULL;

  if (options->params.replacement == DUB_REPLACE_FILE) {
    self->reference = load_image (self, options->replace, &self->reference_hash, NULL, NULL, run, error);
    if (self->reference == NULL)
      return NULL;
  }

  self->mask = dub_mask_new (self->graph, (DubTensor *const *) self->images->pdata, self->images->len, self->reference,
                             &options->params, run, error);

  return self->mask != NULL ? g_steal_pointer (&self) : NULL;
}

void
cli_mask_job_free (CliMaskJob *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->mask, dub_mask_free);
  g_clear_pointer (&self->reference, dub_tensor_unref);
  g_clear_pointer (&self->images, g_ptr_array_unref);
  g_clear_pointer (&self->displayed, dub_volume_unref);
  g_clear_pointer (&self->first, dub_volume_unref);
  g_clear_pointer (&self->graph, dub_graph_unref);
  g_clear_pointer (&self->volume_paths, g_ptr_array_unref);
  g_clear_pointer (&self->volume_hashes, g_ptr_array_unref);
  g_free (self->reference_hash);
  g_free (self->model_hash);
  g_free (self->model_path);
  g_free (self);
}

gboolean
cli_mask_job_run (CliMaskJob *self,
                  DubRun     *run,
                  GError    **error)
{
  guint n_iterations = dub_mask_get_params (self->mask)->n_iterations;
  gint64 start = g_get_monotonic_time ();

  while (!dub_mask_is_done (self->mask)) {
    if (!dub_mask_step (self->mask, run, error))
      return FALSE;
    dub_run_set_progress (run, (double) dub_mask_get_iteration (self->mask) / MAX (n_iterations, 1));
  }
  if (!dub_mask_evaluate (self->mask, &self->final, run, error))
    return FALSE;
  self->seconds = (double) (g_get_monotonic_time () - start) / 1e6;

  return TRUE;
}

DubVolume *
cli_mask_job_volume (CliMaskJob *self,
                     DubRun     *run,
                     GError    **error)
{
  g_autoptr (DubTensor) tensor = dub_mask_get_mask (self->mask, error);
  g_autoptr (DubVolume) volume = NULL;

  if (tensor == NULL)
    return NULL;
  volume = dub_preprocess_back (&self->preprocess, tensor, self->displayed, error);

  return volume != NULL ? dub_preprocess_mask_onto (&self->preprocess, volume, self->first, run, error) : NULL;
}
