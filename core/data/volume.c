#include "core/data/volume.h"

#include "core/data/affine.h"

#include <math.h>
#include <string.h>

/* Two grids are one where no corner is farther apart than this, in mm. */
static const double SAME_SPACE = 1e-3;

static DubVolume *
volume_new_like (DubTensor       *voxels,
                 const double     affine[4][4],
                 const DubVolume *like,
                 GError         **error)
{
  DubVolume *self = dub_volume_new (voxels, affine, error);

  if (self == NULL)
    return NULL;
  self->affine_source = like->affine_source;
  self->forms_disagree = like->forms_disagree;
  g_free (self->name);
  self->name = g_strdup (like->name);

  return self;
}

DubVolume *
dub_volume_new (DubTensor     *voxels,
                const double   affine[4][4],
                GError       **error)
{
  double chosen[4][4], inverse[4][4];

  if (voxels->dtype != DUB_DTYPE_F32 || voxels->shape.rank != 3 || !dub_tensor_is_contiguous (voxels) ||
      dub_tensor_n_elements (voxels) == 0) {
    g_autofree char *shape = dub_shape_to_string (&voxels->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "A volume cannot be made of a %s tensor of shape %s; expected float32 with three extents above 0.",
                 dub_dtype_name (voxels->dtype), shape);
    return NULL;
  }
  if (affine != NULL)
    memcpy (chosen, affine, sizeof chosen);
  else
    dub_affine_identity (chosen);
  if (!dub_affine_invert (chosen, inverse)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                 "The affine of a volume is not finite or not invertible: its columns do not span space.");
    return NULL;
  }

  DubVolume *self = g_new0 (DubVolume, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->voxels = dub_tensor_ref (voxels);
  memcpy (self->affine, chosen, sizeof chosen);
  dub_affine_spacing (chosen, self->spacing);
  self->affine_source = affine != NULL ? DUB_AFFINE_SFORM : DUB_AFFINE_NONE;
  self->name = g_strdup ("");

  return self;
}

DubVolume *
dub_volume_ref (DubVolume *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_volume_unref (DubVolume *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  dub_tensor_unref (self->voxels);
  g_free (self->name);
  g_free (self);
}

void
dub_volume_orientation (const DubVolume *self,
                        char             letters[4])
{
  static const char NAMES[3][2] = { { 'L', 'R' }, { 'P', 'A' }, { 'I', 'S' } };
  int axis[3], sign[3];

  dub_affine_axes (self->affine, axis, sign);
  for (int n = 0; n < 3; n++)
    letters[n] = NAMES[axis[n]][sign[n] > 0];
  letters[3] = '\0';
}

/* Copies a strided block into C order. Where the source runs fastest along another axis than the result,
 * it is walked in tiles, so that both sides use every cache line whole. */
static void
copy_turned (float         *out,
             const int64_t  shape[3],
             const float   *in,
             const int64_t  stride[3])
{
  enum { TILE = 16 };
  int fast = stride[0] == 1 || stride[0] == -1 ? 0 : stride[1] == 1 || stride[1] == -1 ? 1 : 2;
  int slow = fast == 0 ? 1 : 0;
  const int64_t out_stride[3] = { shape[1] * shape[2], shape[2], 1 };

  if (stride[2] == 1 || stride[2] == -1)
    fast = 2;
  if (fast == 2) {
    for (int64_t i = 0; i < shape[0]; i++)
      for (int64_t j = 0; j < shape[1]; j++) {
        float *to = out + i * out_stride[0] + j * out_stride[1];
        const float *from = in + i * stride[0] + j * stride[1];

        for (int64_t k = 0; k < shape[2]; k++)
          to[k] = from[k * stride[2]];
      }
    return;
  }

  for (int64_t s = 0; s < shape[slow]; s++)
    for (int64_t f_0 = 0; f_0 < shape[fast]; f_0 += TILE)
      for (int64_t k_0 = 0; k_0 < shape[2]; k_0 += TILE)
        for (int64_t f = f_0; f < MIN (f_0 + TILE, shape[fast]); f++) {
          float *to = out + s * out_stride[slow] + f * out_stride[fast];
          const float *from = in + s * stride[slow] + f * stride[fast];

          for (int64_t k = k_0; k < MIN (k_0 + TILE, shape[2]); k++)
            to[k] = from[k * stride[2]];
        }
}

DubVolume *
dub_volume_to_ras (DubVolume  *self,
                   GError    **error)
{
  int axis[3], sign[3];
  const DubTensor *voxels = self->voxels;
  int64_t shape[3], stride[3], offset = 0;
  double old_of_new[4][4] = { { 0.0 } };
  double affine[4][4];

  dub_affine_axes (self->affine, axis, sign);
  if (axis[0] == 0 && axis[1] == 1 && axis[2] == 2 && sign[0] > 0 && sign[1] > 0 && sign[2] > 0)
    return dub_volume_ref (self);

  old_of_new[3][3] = 1.0;
  for (int n = 0; n < 3; n++) {
    int to = axis[n];
    int64_t last = voxels->shape.dim[n] - 1;

    shape[to] = voxels->shape.dim[n];
    stride[to] = sign[n] * voxels->stride[n];
    old_of_new[n][to] = sign[n];
    if (sign[n] < 0) {
      offset += last * voxels->stride[n];
      old_of_new[n][3] = (double) last;
    }
  }

  g_autoptr (DubTensor) turned = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (shape[0], shape[1], shape[2]), error);

  if (turned == NULL)
    return NULL;
  copy_turned (dub_tensor_f32 (turned), shape, dub_tensor_f32 (voxels) + offset, stride);
  dub_affine_multiply (self->affine, old_of_new, affine);

  return volume_new_like (turned, affine, self, error);
}

void
dub_volume_voxel_to_world (const DubVolume *self,
                           const double     voxel[3],
                           double           world[3])
{
  dub_affine_apply (self->affine, voxel, world);
}

void
dub_volume_world_to_voxel (const DubVolume *self,
                           const double     world[3],
                           double           voxel[3])
{
  double inverse[4][4];

  /* Invertible since dub_volume_new. */
  if (dub_affine_invert (self->affine, inverse))
    dub_affine_apply (inverse, world, voxel);
}

float
dub_volume_get (const DubVolume *self,
                int64_t          i,
                int64_t          j,
                int64_t          k)
{
  const int64_t *dim = self->voxels->shape.dim;

  if (i < 0 || i >= dim[0] || j < 0 || j >= dim[1] || k < 0 || k >= dim[2])
    return NAN;

  return dub_tensor_f32 (self->voxels)[(i * dim[1] + j) * dim[2] + k];
}

gboolean
dub_volume_same_space (const DubVolume *a,
                       const DubVolume *b)
{
  return dub_shape_equal (&a->voxels->shape, &b->voxels->shape) &&
         dub_affine_distance (a->affine, b->affine, a->voxels->shape.dim) <= SAME_SPACE;
}

gboolean
dub_volume_range (const DubVolume  *self,
                  float            *min,
                  float            *max,
                  GError          **error)
{
  const float *value = dub_tensor_f32 (self->voxels);
  size_t n = dub_tensor_n_elements (self->voxels);
  size_t n_bad = 0, first_bad = 0;
  float low = INFINITY, high = -INFINITY;

  for (size_t v = 0; v < n; v++) {
    if (isfinite (value[v])) {
      low = value[v] < low ? value[v] : low;
      high = value[v] > high ? value[v] : high;
    } else if (n_bad++ == 0) {
      first_bad = v;
    }
  }
  if (n_bad == n)
    low = high = NAN;
  if (min != NULL)
    *min = low;
  if (max != NULL)
    *max = high;
  if (n_bad == 0)
    return TRUE;

  const int64_t *dim = self->voxels->shape.dim;
  size_t nk = (size_t) dim[2], nj = (size_t) dim[1];
  const char *found = isnan (value[first_bad]) ? "NaN" : value[first_bad] > 0 ? "infinity" : "-infinity";

  g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
               "%s: voxel (%" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT ") is %s, the first of %"
               G_GSIZE_FORMAT " that are not finite numbers.",
               self->name[0] != '\0' ? self->name : "The volume",
               first_bad / nk / nj, first_bad / nk % nj, first_bad % nk, found, n_bad);

  return FALSE;
}

DubVolume *
dub_volume_crop_or_pad (DubVolume      *self,
                        const int64_t   shape[3],
                        float           fill,
                        GError        **error)
{
  g_autoptr (DubTensor) result = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (shape[0], shape[1], shape[2]), error);
  const int64_t *dim = self->voxels->shape.dim;
  int64_t shift[3], first[3], n_kept[3];
  double affine[4][4];
  double origin[3];

  if (result == NULL)
    return NULL;

  /* Voxel n/2 of the old grid becomes voxel n'/2 of the new one: padding after cropping leads back exactly. */
  for (int n = 0; n < 3; n++) {
    shift[n] = dim[n] / 2 - shape[n] / 2;
    first[n] = MAX (-shift[n], 0);
    n_kept[n] = MAX (MIN (dim[n] - shift[n], shape[n]) - first[n], 0);
  }

  float *out = dub_tensor_f32 (result);
  const float *in = dub_tensor_f32 (self->voxels);

  for (size_t v = 0; v < dub_tensor_n_elements (result); v++)
    out[v] = fill;
  for (int64_t i = first[0]; i < first[0] + n_kept[0]; i++)
    for (int64_t j = first[1]; j < first[1] + n_kept[1]; j++)
      memcpy (out + (i * shape[1] + j) * shape[2] + first[2],
              in + ((i + shift[0]) * dim[1] + j + shift[1]) * dim[2] + first[2] + shift[2],
              (size_t) n_kept[2] * sizeof (float));

  memcpy (affine, self->affine, sizeof affine);
  dub_affine_apply (self->affine, (const double[3]) { (double) shift[0], (double) shift[1], (double) shift[2] }, origin);
  for (int n = 0; n < 3; n++)
    affine[n][3] = origin[n];

  return volume_new_like (result, affine, self, error);
}
