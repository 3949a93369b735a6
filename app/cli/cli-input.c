#include "app/cli/cli-input.h"

#include "app/cli/cli-command.h"
#include "app/cli/cli-numbers.h"
#include "core/io/npy.h"
#include "core/io/png.h"

#include <string.h>

static const char *const AXES_CHOICES[] = { "ijk", "kji", NULL };
static const char *const SCALE_CHOICES[] = { "none", "minmax", "zscore", NULL };
static const char *const FIT_CHOICES[] = { "refuse", "crop-pad", "resample", NULL };

GOptionEntry *
cli_preprocess_entries (CliPreprocessOptions *options)
{
  const GOptionEntry entries[] = {
    { "axes", 0, 0, G_OPTION_ARG_STRING, &options->axes,
      N_("Order of a volume's axes: element [0,0,i,j,k] is voxel (i,j,k) with ijk (default), (k,j,i) with kji"), "ijk|kji" },
    { "scale", 0, 0, G_OPTION_ARG_STRING, &options->scale,
      N_("Intensities of a volume: none (default), minmax = (v − min)/(max − min), zscore = (v − mean)/SD"), "none|minmax|zscore" },
    { "fit", 0, 0, G_OPTION_ARG_STRING, &options->fit,
      N_("A volume of another shape: refuse (default), crop-pad, resample"), "refuse|crop-pad|resample" },
    { NULL },
  };

  return g_memdup2 (entries, sizeof entries);
}

void
cli_preprocess_options_clear (CliPreprocessOptions *options)
{
  g_clear_pointer (&options->axes, g_free);
  g_clear_pointer (&options->scale, g_free);
  g_clear_pointer (&options->fit, g_free);
}

gboolean
cli_preprocess_parse (const CliPreprocessOptions *options,
                      DubPreprocess              *preprocess,
                      GError                    **error)
{
  int axes = (int) preprocess->axes, scale = (int) preprocess->scale, fit = (int) preprocess->fit;

  if ((options->axes != NULL && !cli_choose ("--axes", options->axes, AXES_CHOICES, &axes, error))
      || (options->scale != NULL && !cli_choose ("--scale", options->scale, SCALE_CHOICES, &scale, error))
      || (options->fit != NULL && !cli_choose ("--fit", options->fit, FIT_CHOICES, &fit, error)))
    return FALSE;

  *preprocess = (DubPreprocess) { .axes = (DubAxes) axes, .scale = (DubScale) scale, .fit = (DubFit) fit };

  return TRUE;
}

gboolean
cli_network_extents (const DubGraph *graph,
                     int64_t         extents[3],
                     GError        **error)
{
  const DubGraphInput *input = dub_graph_n_inputs (graph) == 1 ? dub_graph_input (graph, 0) : NULL;

  if (input == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, _("“%s” has %d inputs; a volume fits a network with one."),
                 graph->name, dub_graph_n_inputs (graph));
    return FALSE;
  }
  if (!input->has_shape) {
    extents[0] = extents[1] = extents[2] = -1;
    return TRUE;
  }
  if (input->shape.rank != 5 || (input->shape.dim[1] != 1 && input->shape.dim[1] != -1)) {
    g_autofree char *found = dub_shape_to_string (&input->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 _("“%s”: its input “%s” has the shape %s; a volume needs N×1×D×H×W."),
                 graph->name, dub_graph_value (graph, input->value)->name, found);
    return FALSE;
  }
  for (int i = 0; i < 3; i++)
    extents[i] = input->shape.dim[2 + i];

  return TRUE;
}

static gboolean
has_suffix (const char *path,
            const char *suffix)
{
  size_t n = strlen (path), m = strlen (suffix);

  return n >= m && g_ascii_strcasecmp (path + n - m, suffix) == 0;
}

/* (1, C, H, W) float32 in 0..1 of the picture's (H, W, C) integers. */
static DubTensor *
load_picture (const char *path,
              GError    **error)
{
  static const int CHANNELS_FIRST[3] = { 2, 0, 1 };
  g_autoptr (DubTensor) picture = dub_png_load (path, error);

  if (picture == NULL)
    return NULL;

  g_autoptr (DubTensor) permuted = dub_tensor_permute (picture, CHANNELS_FIRST, error);
  g_autoptr (DubTensor) numbers = permuted != NULL ? dub_tensor_convert (permuted, DUB_DTYPE_F32, error) : NULL;

  if (numbers == NULL)
    return NULL;

  float scale = picture->dtype == DUB_DTYPE_U16 ? 65535.0f : 255.0f;
  float *x = dub_tensor_f32 (numbers);

  for (size_t i = 0, n = dub_tensor_n_elements (numbers); i < n; i++)
    x[i] /= scale;

  return dub_tensor_reshape (numbers, DUB_SHAPE (1, numbers->shape.dim[0], numbers->shape.dim[1],
                                                 numbers->shape.dim[2]), error);
}

static DubTensor *
load_volume (DubGraph            *graph,
             const char          *path,
             const DubPreprocess *preprocess,
             DubRun              *run,
             GError             **error)
{
  int64_t extents[3];

  if (!cli_network_extents (graph, extents, error))
    return NULL;

  g_autoptr (DubVolume) volume = dub_preprocess_load (preprocess, path, extents, error);
  g_autoptr (DubTensor) input = NULL;
  g_autoptr (DubVolume) displayed = NULL;

  if (volume == NULL || !dub_preprocess (preprocess, volume, extents, &input, &displayed, run, error))
    return NULL;

  return dub_tensor_reshape (input, DUB_SHAPE (1, 1, input->shape.dim[0], input->shape.dim[1], input->shape.dim[2]),
                             error);
}

/* Takes @tensor; the network's element type, contiguous. @what is told where a number is none, NULL = any pass. */
static gboolean
add_input (GPtrArray           *inputs,
           const char          *what, /* (nullable) */
           const DubGraphInput *input,
           DubTensor           *tensor,
           GError             **error)
{
  g_autoptr (DubTensor) owned = tensor;

  if (owned == NULL || (what != NULL && !cli_check_numbers (what, owned, TRUE, error)))
    return FALSE;

  DubTensor *converted = owned->dtype == input->dtype ? dub_tensor_contiguous (owned, error)
                                                      : dub_tensor_convert (owned, input->dtype, error);

  if (converted == NULL)
    return FALSE;
  g_ptr_array_add (inputs, converted);

  return TRUE;
}

static gboolean
load_npz (DubGraph   *graph,
          const char *path,
          gboolean    allow_nan,
          GPtrArray  *inputs,
          GError    **error)
{
  g_autoptr (DubNpz) npz = dub_npz_open (path, error);

  if (npz == NULL)
    return FALSE;

  for (int i = 0; i < dub_graph_n_inputs (graph); i++) {
    const DubGraphInput *input = dub_graph_input (graph, i);
    const char *name = dub_graph_value (graph, input->value)->name;
    gboolean found = FALSE;

    for (size_t j = 0; j < dub_npz_n_arrays (npz); j++)
      found = found || strcmp (dub_npz_name (npz, j), name) == 0;
    if (!found) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, _("“%s” has no array “%s”, which is an input of “%s”."),
                   path, name, graph->name);
      return FALSE;
    }
    g_autofree char *what = g_strdup_printf (_("“%s”, array “%s”"), path, name);

    if (!add_input (inputs, allow_nan ? NULL : what, input, dub_npz_read (npz, name, error), error))
      return FALSE;
  }

  return TRUE;
}

static gboolean
load_only_input (DubGraph                   *graph,
                 const char                 *path,
                 const CliPreprocessOptions *given,
                 gboolean                    allow_nan,
                 DubRun                     *run,
                 GPtrArray                  *inputs,
                 GError                    **error)
{
  DubPreprocess preprocess = { 0 };
  DubTensor *tensor;

  if (!cli_preprocess_parse (given, &preprocess, error))
    return FALSE;
  if (dub_graph_n_inputs (graph) != 1) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 _("“%s” has %d inputs; give them as arrays of one .npz file, by their names."), graph->name,
                 dub_graph_n_inputs (graph));
    return FALSE;
  }

  if (has_suffix (path, ".npy"))
    tensor = dub_npy_load (path, error);
  else if (has_suffix (path, ".png"))
    tensor = load_picture (path, error);
  else
    tensor = load_volume (graph, path, &preprocess, run, error);

  g_autofree char *what = g_strdup_printf ("“%s”", path);

  return add_input (inputs, allow_nan ? NULL : what, dub_graph_input (graph, 0), tensor, error);
}

GPtrArray *
cli_load_inputs (DubGraph                   *graph,
                 const char                 *path,
                 const CliPreprocessOptions *given,
                 gboolean                    allow_nan,
                 DubRun                     *run,
                 GError                    **error)
{
  static const char *const VOLUMES[] = { ".nii", ".nii.gz", ".hdr", ".img", ".hdr.gz", ".img.gz" };
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_tensor_unref);
  gboolean is_volume = FALSE;

  for (size_t i = 0; i < G_N_ELEMENTS (VOLUMES); i++)
    is_volume = is_volume || has_suffix (path, VOLUMES[i]);

  if (!is_volume && !has_suffix (path, ".npy") && !has_suffix (path, ".npz") && !has_suffix (path, ".png")) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 _("“%s” is of no kind that can be read; expected .npy, .npz, .nii, .nii.gz, .hdr or .png."), path);
    return NULL;
  }
  if (!is_volume && (given->axes != NULL || given->scale != NULL || given->fit != NULL)) {
    cli_usage_error (error, _("--axes, --scale and --fit are about volumes (.nii); “%s” is none."), path);
    return NULL;
  }

  gboolean loaded = has_suffix (path, ".npz") ? load_npz (graph, path, allow_nan, inputs, error)
                                              : load_only_input (graph, path, given, allow_nan, run, inputs, error);

  return loaded ? g_steal_pointer (&inputs) : NULL;
}
