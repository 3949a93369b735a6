/* From a volume as it was read to what a network wants, and back. */
#include "core/study/study.h"

#include "core/io/nifti.h"

#include <math.h>
#include <string.h>

/* The grid (i, j, k) that gives the network's extents under these axes; free extents keep the volume's own. */
static void
wanted_grid (const DubPreprocess *self,
             const int64_t        shape[3],
             const int64_t        found[3],
             int64_t              wanted[3])
{
  for (int a = 0; a < 3; a++) {
    int64_t extent = shape[self->axes == DUB_AXES_KJI ? 2 - a : a];

    wanted[a] = extent > 0 ? extent : found[a];
  }
}

/* A grid of another number of voxels over the same box of space. */
static void
stretch_affine (const DubVolume *volume,
                const int64_t    wanted[3],
                double           affine[4][4])
{
  memcpy (affine, volume->affine, sizeof (double) * 16);
  for (int a = 0; a < 3; a++) {
    double ratio = (double) volume->voxels->shape.dim[a] / (double) wanted[a];

    for (int row = 0; row < 3; row++) {
      affine[row][3] += volume->affine[row][a] * (0.5 * ratio - 0.5);
      affine[row][a] *= ratio;
    }
  }
}

static gboolean
is_same_grid (const int64_t a[3],
              const int64_t b[3])
{
  return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

static void
refuse_grid (const DubPreprocess  *self,
             const char           *name,
             const int64_t         found[3],
             const int64_t         wanted[3],
             GError              **error)
{
  g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
               "%s has %" G_GINT64_FORMAT "×%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT " voxels; the network expects %"
               G_GINT64_FORMAT "×%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT
               " with axes %s: choose to crop or pad (fit crop-pad), to resample (fit resample), or the other order of axes.",
               name, found[0], found[1], found[2], wanted[0], wanted[1], wanted[2],
               self->axes == DUB_AXES_KJI ? "kji" : "ijk");
}

static DubVolume *
fit_volume (const DubPreprocess *self,
            DubVolume           *volume,
            const int64_t        wanted[3],
            float                fill,
            DubRun              *run,
            GError             **error)
{
  const int64_t *found = volume->voxels->shape.dim;
  double affine[4][4];

  if (is_same_grid (found, wanted))
    return dub_volume_ref (volume);

  switch (self->fit) {
  case DUB_FIT_CROP_PAD:
    return dub_volume_crop_or_pad (volume, wanted, fill, error);
  case DUB_FIT_RESAMPLE:
    stretch_affine (volume, wanted, affine);
    return dub_volume_resample (volume, wanted, affine, DUB_INTERPOLATION_LINEAR, fill, run, error);
  case DUB_FIT_REFUSE:
  default:
    refuse_grid (self, volume->name != NULL ? volume->name : "The volume", found, wanted, error);
    return NULL;
  }
}

/* value ← (value - offset) · factor over all voxels. */
static gboolean
scaling (const DubPreprocess *self,
         const DubVolume     *volume,
         double              *offset,
         double              *factor,
         GError             **error)
{
  const float *values = dub_tensor_f32 (volume->voxels);
  size_t n = dub_tensor_n_elements (volume->voxels);
  double spread = 1.0;
  float min, max;

  *offset = 0.0;
  if (self->scale == DUB_SCALE_MINMAX) {
    if (!dub_volume_range (volume, &min, &max, error))
      return FALSE;
    *offset = (double) min;
    spread = (double) max - (double) min;
  } else if (self->scale == DUB_SCALE_ZSCORE) {
    double sum = 0.0, squares = 0.0;

    for (size_t i = 0; i < n; i++)
      sum += (double) values[i];
    *offset = sum / (double) n;
    for (size_t i = 0; i < n; i++)
      squares += ((double) values[i] - *offset) * ((double) values[i] - *offset);
    spread = sqrt (squares / (double) n);
  }
  if (!(spread > 0.0)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                 "%s is %g in every voxel; the scale %s needs values that differ.",
                 volume->name != NULL ? volume->name : "The volume", *offset,
                 self->scale == DUB_SCALE_MINMAX ? "minmax" : "zscore");
    return FALSE;
  }
  *factor = 1.0 / spread;

  return TRUE;
}

DubVolume *
dub_preprocess_load (const DubPreprocess *self,
                     const char          *path,
                     const int64_t        shape[3],
                     GError             **error)
{
  int64_t found[3], wanted[3];
  double affine[4][4];

  if (self->fit == DUB_FIT_REFUSE) {
    if (!dub_nifti_peek (path, found, affine, error))
      return NULL;
    wanted_grid (self, shape, found, wanted);
    if (!is_same_grid (found, wanted)) {
      g_autofree char *shown = g_filename_display_basename (path);

      refuse_grid (self, shown, found, wanted, error);
      return NULL;
    }
  }

  return dub_nifti_load (path, error);
}

static const int REVERSED[3] = { 2, 1, 0 };

gboolean
dub_preprocess (const DubPreprocess *self,
                DubVolume           *volume,
                const int64_t        shape[3],
                DubTensor          **input,
                DubVolume          **displayed,
                DubRun              *run,
                GError             **error)
{
  int64_t wanted[3];
  double offset, factor;
  float min, max;

  if (!dub_volume_range (volume, &min, &max, error))
    return FALSE;

  wanted_grid (self, shape, volume->voxels->shape.dim, wanted);

  g_autoptr (DubVolume) fitted = fit_volume (self, volume, wanted, CLAMP (0.0f, min, max), run, error);

  if (fitted == NULL || !scaling (self, fitted, &offset, &factor, error))
    return FALSE;

  g_autoptr (DubTensor) turned =
    self->axes == DUB_AXES_KJI ? dub_tensor_permute (fitted->voxels, REVERSED, error) : dub_tensor_ref (fitted->voxels);

  if (turned == NULL)
    return FALSE;

  /* Unscaled numbers are shared with the volume on display: nobody writes to either. */
  g_autoptr (DubTensor) result = self->scale == DUB_SCALE_NONE ? dub_tensor_contiguous (turned, error)
                                                               : dub_tensor_copy (turned, error);

  if (result == NULL)
    return FALSE;
  if (self->scale != DUB_SCALE_NONE) {
    float *values = dub_tensor_f32 (result);
    size_t n = dub_tensor_n_elements (result);

    for (size_t i = 0; i < n; i++)
      values[i] = (float) (((double) values[i] - offset) * factor);
  }

  if (input != NULL)
    *input = g_steal_pointer (&result);
  if (displayed != NULL)
    *displayed = g_steal_pointer (&fitted);

  return TRUE;
}

DubVolume *
dub_preprocess_back (const DubPreprocess *self,
                     DubTensor           *tensor,
                     const DubVolume     *displayed,
                     GError             **error)
{
  if (tensor->shape.rank != 3) {
    g_autofree char *found = dub_shape_to_string (&tensor->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "A tensor of shape %s is no volume; expected D×H×W.", found);
    return NULL;
  }

  g_autoptr (DubTensor) turned =
    self->axes == DUB_AXES_KJI ? dub_tensor_permute (tensor, REVERSED, error) : dub_tensor_ref (tensor);
  g_autoptr (DubTensor) voxels = turned != NULL ? dub_tensor_contiguous (turned, error) : NULL;

  if (voxels == NULL)
    return NULL;
  if (!dub_shape_equal (&voxels->shape, &displayed->voxels->shape)) {
    g_autofree char *found = dub_shape_to_string (&voxels->shape);
    g_autofree char *expected = dub_shape_to_string (&displayed->voxels->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "A tensor gives a volume of %s voxels; the displayed one has %s.", found, expected);
    return NULL;
  }

  g_autoptr (DubVolume) volume = dub_volume_new (voxels, displayed->affine, error);

  if (volume == NULL)
    return NULL;
  volume->affine_source = displayed->affine_source;
  g_free (volume->name);
  volume->name = g_strdup (displayed->name);

  return g_steal_pointer (&volume);
}

DubVolume *
dub_preprocess_onto (const DubPreprocess *self,
                     DubVolume           *map,
                     const DubVolume     *original,
                     float                outside,
                     DubRun              *run,
                     GError             **error)
{
  const int64_t *dim = original->voxels->shape.dim;

  if (dub_volume_same_space (map, original))
    return dub_volume_ref (map);
  if (self->fit == DUB_FIT_CROP_PAD)
    return dub_volume_crop_or_pad (map, dim, outside, error);

  return dub_volume_resample (map, dim, original->affine, DUB_INTERPOLATION_LINEAR, outside, run, error);
}

DubVolume *
dub_preprocess_mask_onto (const DubPreprocess *self,
                          DubVolume           *mask,
                          const DubVolume     *original,
                          DubRun              *run,
                          GError             **error)
{
  return dub_preprocess_onto (self, mask, original, 1.0f, run, error);
}
