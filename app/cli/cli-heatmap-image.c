#include "app/cli/cli-heatmap-image.h"

#include "app/cli/cli-command.h"
#include "core/data/prepare.h"
#include "core/io/nifti.h"
#include "core/io/npy.h"
#include "core/io/png.h"

#include <math.h>
#include <string.h>

static gboolean
is_volume_file (const char *path)
{
  static const char *const ENDS[] = { ".nii", ".nii.gz", ".hdr", ".img", ".hdr.gz", ".img.gz" };

  for (size_t i = 0; i < G_N_ELEMENTS (ENDS); i++)
    if (g_str_has_suffix (path, ENDS[i]))
      return TRUE;

  return FALSE;
}

/* A volume that no space is told of: voxels of 1 mm. */
static DubVolume *
volume_of (DubTensor  *input,
           gboolean    kji,
           double      affine[4][4],
           GError    **error)
{
  const DubPreprocess axes = { .axes = kji ? DUB_AXES_KJI : DUB_AXES_IJK };
  const int64_t *dim = input->shape.dim;
  DubShape shape = DUB_SHAPE (kji ? dim[4] : dim[2], dim[3], kji ? dim[2] : dim[4]);
  g_autoptr (DubTensor) channel = dub_tensor_slice (input, 1, 0, 1, 1, error);
  g_autoptr (DubTensor) packed = channel != NULL ? dub_tensor_contiguous (channel, error) : NULL;
  g_autoptr (DubTensor) flat = packed != NULL ? dub_tensor_reshape (packed, DUB_SHAPE (dim[2], dim[3], dim[4]), error) : NULL;
  g_autoptr (DubTensor) grid = flat != NULL ? dub_tensor_new_zeros (DUB_DTYPE_F32, shape, error) : NULL;
  g_autoptr (DubVolume) space = grid != NULL ? dub_volume_new (grid, affine, error) : NULL;

  return space != NULL ? dub_preprocess_back (&axes, flat, space, error) : NULL;
}

/* --- as model run reads it --- */

/* (H, W), (C, H, W) … become a batch of one: as many axes as the network declares. */
static DubTensor *
as_batch (DubTensor       *tensor,
          const DubGraph  *graph,
          const char      *path,
          GError         **error)
{
  const DubGraphInput *input = dub_graph_input (graph, 0);
  int rank = input->has_shape ? input->shape.rank : MAX (tensor->shape.rank, 4);
  int missing = rank - tensor->shape.rank;
  DubShape shape = { .rank = rank };

  if ((rank != 4 && rank != 5) || missing < 0 || missing > 2 || (missing == 0 && tensor->shape.dim[0] != 1)) {
    g_autofree char *found = dub_shape_to_string (&tensor->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, _("“%s” has the shape %s; the network “%s” reads one image of %d axes."), path, found,
                 graph->name, rank);
    return NULL;
  }
  for (int a = 0; a < rank; a++)
    shape.dim[a] = a < missing ? 1 : tensor->shape.dim[a - missing];

  return dub_tensor_reshape (tensor, shape, error);
}

static gboolean
load_volume (CliHeatmapImage            *self,
             DubGraph                   *graph,
             const char                 *path,
             const CliPreprocessOptions *given,
             DubRun                     *run,
             GError                    **error)
{
  g_autoptr (DubTensor) input = NULL;
  int64_t extents[3];

  if (!cli_preprocess_parse (given, &self->preprocess, error) || !cli_network_extents (graph, extents, error))
    return FALSE;
  self->original = dub_preprocess_load (&self->preprocess, path, extents, error);
  if (self->original == NULL ||
      !dub_preprocess (&self->preprocess, self->original, extents, &input, &self->displayed, run, error))
    return FALSE;

  const int64_t *dim = input->shape.dim;

  self->kji = self->preprocess.axes == DUB_AXES_KJI;
  self->input = dub_tensor_reshape (input, DUB_SHAPE (1, 1, dim[0], dim[1], dim[2]), error);

  return self->input != NULL;
}

static gboolean
load_plain (CliHeatmapImage            *self,
            DubGraph                   *graph,
            const char                 *path,
            const CliPreprocessOptions *given,
            DubRun                     *run,
            GError                    **error)
{
  double affine[4][4] = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
  g_autoptr (GPtrArray) inputs = cli_load_inputs (graph, path, given, FALSE, run, error);

  if (inputs == NULL)
    return FALSE;
  self->input = as_batch (g_ptr_array_index (inputs, 0), graph, path, error);
  if (self->input == NULL || self->input->shape.rank == 4)
    return self->input != NULL;
  self->displayed = volume_of (self->input, FALSE, affine, error);

  return self->displayed != NULL;
}

/* --- by a preparation --- */

static gboolean
read_prepare (const char  *path,
              DubPrepare  *prepare,
              GError     **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) inner = NULL;

  if (!json_parser_load_from_file (parser, path, &inner)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, _("“%s” is no JSON: %s"), path, inner->message);
    return FALSE;
  }
  memset (prepare, 0, sizeof *prepare);

  JsonNode *root = json_parser_get_root (parser);

  if (root == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, _("“%s” is empty; expected the preparation of a network."), path);
    return FALSE;
  }

  return dub_prepare_from_json (prepare, root, path, error);
}

/* The file as a data set would store it: (C, H, W), (C, i, j, k) in RAS. */
static DubTensor *
load_raw (const char       *path,
          const DubPrepare *prepare,
          double            affine[4][4],
          double            spacing[3],
          GError          **error)
{
  static const int CHANNELS_FIRST[3] = { 2, 0, 1 };
  g_autoptr (DubTensor) raw = NULL;

  if (is_volume_file (path)) {
    g_autoptr (DubVolume) volume = dub_nifti_load (path, error);
    g_autoptr (DubVolume) turned = volume != NULL ? dub_volume_to_ras (volume, error) : NULL;

    if (turned == NULL)
      return NULL;
    memcpy (affine, turned->affine, sizeof turned->affine);
    memcpy (spacing, turned->spacing, sizeof turned->spacing);
    raw = dub_tensor_ref (turned->voxels);
  } else if (g_str_has_suffix (path, ".png")) {
    g_autoptr (DubTensor) picture = dub_png_load (path, error);
    g_autoptr (DubTensor) turned = picture != NULL ? dub_tensor_permute (picture, CHANNELS_FIRST, error) : NULL;

    raw = turned != NULL ? dub_tensor_contiguous (turned, error) : NULL;
  } else {
    raw = dub_npy_load (path, error);
  }
  if (raw == NULL || raw->shape.rank != prepare->n_axes)
    return g_steal_pointer (&raw);

  DubShape shape = { .rank = prepare->n_axes + 1, .dim = { 1 } };

  memcpy (shape.dim + 1, raw->shape.dim, sizeof *shape.dim * (size_t) prepare->n_axes);

  g_autoptr (DubTensor) packed = dub_tensor_contiguous (raw, error);

  return packed != NULL ? dub_tensor_reshape (packed, shape, error) : NULL;
}

static gboolean
load_prepared (CliHeatmapImage            *self,
               const char                 *path,
               const char                 *prepare_path,
               const CliPreprocessOptions *given,
               GError                    **error)
{
  double affine[4][4] = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
  double spacing[3] = { NAN, NAN, NAN };
  DubPrepare prepare;

  if (given->axes != NULL || given->scale != NULL || given->fit != NULL)
    return cli_usage_error (error, _("--axes, --scale and --fit do not go with --preprocess, which says all of that."));
  if (!read_prepare (prepare_path, &prepare, error))
    return FALSE;

  g_autoptr (DubTensor) raw = load_raw (path, &prepare, affine, spacing, error);
  DubShape one = dub_prepare_shape (&prepare), shape = { .rank = one.rank + 1, .dim = { 1 } };

  memcpy (shape.dim + 1, one.dim, sizeof *one.dim * (size_t) one.rank);
  self->input = raw != NULL ? dub_tensor_new (DUB_DTYPE_F32, shape, error) : NULL;
  if (self->input == NULL || !dub_prepare_apply (&prepare, raw, spacing, dub_tensor_f32 (self->input), error))
    return FALSE;
  self->kji = prepare.kji;
  if (prepare.n_axes == 2)
    return TRUE;
  dub_prepare_affine (&prepare, raw->shape.dim + 1, affine);
  self->displayed = volume_of (self->input, self->kji, affine, error);

  return self->displayed != NULL;
}

CliHeatmapImage *
cli_heatmap_image_load (DubGraph                   *graph,
                        const char                 *path,
                        const char                 *prepare,
                        const CliPreprocessOptions *given,
                        DubRun                     *run,
                        GError                    **error)
{
  g_autoptr (CliHeatmapImage) self = g_new0 (CliHeatmapImage, 1);
  gboolean ok;

  if (prepare != NULL)
    ok = load_prepared (self, path, prepare, given, error);
  else if (is_volume_file (path))
    ok = load_volume (self, graph, path, given, run, error);
  else
    ok = load_plain (self, graph, path, given, run, error);

  return ok ? g_steal_pointer (&self) : NULL;
}

void
cli_heatmap_image_free (CliHeatmapImage *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->input, dub_tensor_unref);
  g_clear_pointer (&self->displayed, dub_volume_unref);
  g_clear_pointer (&self->original, dub_volume_unref);
  g_free (self);
}
