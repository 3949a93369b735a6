#include "ui/figures/layer.h"

#include <math.h>

/* What a layer of labels shows of a voxel. */
static inline float
is_inside (const DubLayer *self,
           float           value)
{
  return self->label > 0 ? value == (float) self->label : value > 0.5f;
}

/* The slice in the order of the pane. Reads are strided where the slice lies across memory; they are
 * done once a slice, not once a pixel. */
static void
extract (DubLayer               *self,
         const DubSliceGeometry *geometry)
{
  const DubTensor *voxels = self->volume->voxels;
  const float *source = dub_tensor_f32 (voxels);
  int64_t step[3];

  for (int which = 0; which < 3; which++) {
    int64_t stride = voxels->stride[geometry->axis[which]];
    int64_t first = which == 2 ? geometry->index : 0;

    step[which] = stride * geometry->sign[which];
    source += stride * (geometry->sign[which] > 0 ? first : geometry->n[which] - 1 - first);
  }

  size_t n = (size_t) (geometry->n[0] * geometry->n[1]);

  if (n > self->n_plane) {
    g_free (self->plane);
    self->plane = g_new (float, n);
    self->n_plane = n;
  }
  if ((size_t) geometry->n[0] > self->n_row) {
    g_free (self->row);
    self->row = g_new (float, (size_t) geometry->n[0]);
    self->n_row = (size_t) geometry->n[0];
  }
  for (int64_t v = 0; v < geometry->n[1]; v++) {
    const float *from = source + v * step[1];
    float *to = self->plane + v * geometry->n[0];

    for (int64_t u = 0; u < geometry->n[0]; u++)
      to[u] = self->binary ? is_inside (self, from[u * step[0]]) : from[u * step[0]];
  }
  for (int which = 0; which < 3; which++) {
    self->axis[which] = geometry->axis[which];
    self->sign[which] = geometry->sign[which];
  }
  self->n_u = geometry->n[0];
  self->n_v = geometry->n[1];
  self->index = geometry->index;
}

static gboolean
holds_slice (const DubLayer         *self,
             const DubVolume        *volume,
             const DubSliceGeometry *geometry)
{
  if (self->volume != volume || self->plane == NULL || self->index != geometry->index)
    return FALSE;
  for (int which = 0; which < 3; which++)
    if (self->axis[which] != geometry->axis[which] || self->sign[which] != geometry->sign[which])
      return FALSE;

  return TRUE;
}

/* Which voxels a pixel at continuous @place lies between; the outer half voxels repeat the border. */
static void
neighbours (double           place,
            int64_t          n,
            DubInterpolation interpolation,
            int32_t         *left,
            float           *share)
{
  double floor_place;

  if (interpolation == DUB_INTERPOLATION_NEAREST) {
    *left = (int32_t) CLAMP (floor (place + 0.5), 0.0, (double) (n - 1));
    *share = 0.0f;
    return;
  }
  place = CLAMP (place, 0.0, (double) (n - 1));
  floor_place = MIN (floor (place), (double) MAX (n - 2, 0));
  *left = (int32_t) floor_place;
  *share = (float) (place - floor_place);
}

static void
fill_columns (DubLayer               *self,
              const DubSliceGeometry *geometry)
{
  int width = geometry->width;
  double n = (double) geometry->n[0];

  if (width > self->n_columns) {
    g_free (self->left);
    g_free (self->share);
    self->left = g_new (int32_t, (size_t) width);
    self->share = g_new (float, (size_t) width);
    self->n_columns = width;
  }
  self->x0 = width;
  self->x1 = 0;
  for (int x = 0; x < width; x++) {
    double place = (x + 0.5 - geometry->origin[0]) / geometry->px[0];

    if (place < -0.5 || place >= n - 0.5)
      continue;
    self->x0 = MIN (self->x0, x);
    self->x1 = x + 1;
    neighbours (place, geometry->n[0], self->interpolation, &self->left[x], &self->share[x]);
  }
}

/* A pane is an affine picture of any grid: one voxel place and two steps describe it. */
static void
fill_affine (DubLayer               *self,
             const DubSliceView     *view,
             const DubSliceGeometry *geometry)
{
  const double corner[3][2] = { { 0.5, 0.5 }, { 1.5, 0.5 }, { 0.5, 1.5 } };
  double voxel[3][3], world[3];

  for (int i = 0; i < 3; i++) {
    dub_slice_pane_to_world (view, geometry, corner[i], world);
    dub_volume_world_to_voxel (self->volume, world, voxel[i]);
  }
  for (int axis = 0; axis < 3; axis++) {
    self->start[axis] = voxel[0][axis];
    self->step_x[axis] = voxel[1][axis] - voxel[0][axis];
    self->step_y[axis] = voxel[2][axis] - voxel[0][axis];
  }
}

void
dub_layer_prepare (DubLayer               *self,
                   DubVolume              *volume,
                   const DubSliceView     *view,
                   const DubSliceGeometry *geometry,
                   DubInterpolation        interpolation)
{
  if (volume == NULL) {
    g_clear_pointer (&self->volume, dub_volume_unref);
    return;
  }
  self->interpolation = interpolation;
  self->geometry = *geometry;
  self->aligned = volume == view->base || dub_volume_same_space (volume, view->base);
  if (!self->aligned || !holds_slice (self, volume, geometry)) {
    DubVolume *old = self->volume;

    self->volume = dub_volume_ref (volume);
    if (old != NULL)
      dub_volume_unref (old);
    self->index = -1;
    if (self->aligned)
      extract (self, geometry);
  }
  if (self->aligned)
    fill_columns (self, geometry);
  else
    fill_affine (self, view, geometry);
}

static float
sample_point (const DubLayer *self,
              const double    place[3])
{
  const DubTensor *voxels = self->volume->voxels;
  const float *data = dub_tensor_f32 (voxels);
  int64_t step[3];
  float share[3];

  for (int axis = 0; axis < 3; axis++) {
    int64_t n = voxels->shape.dim[axis];
    int32_t left;

    if (!(place[axis] >= -0.5 && place[axis] < (double) n - 0.5))
      return NAN;
    neighbours (place[axis], n, self->interpolation, &left, &share[axis]);
    data += left * voxels->stride[axis];
    step[axis] = share[axis] > 0.0f ? voxels->stride[axis] : 0;
  }
  if (self->interpolation == DUB_INTERPOLATION_NEAREST)
    return *data;

  float value = 0.0f;

  for (int corner = 0; corner < 8; corner++) {
    const float *at = data;
    float weight = 1.0f;

    for (int axis = 0; axis < 3; axis++) {
      gboolean far = (corner >> axis) & 1;

      at += far ? step[axis] : 0;
      weight *= far ? share[axis] : 1.0f - share[axis];
    }
    if (weight > 0.0f)
      value += weight * (self->binary ? is_inside (self, *at) : *at);
  }

  return value;
}

static gboolean
affine_row (const DubLayer *self,
            int             y,
            float          *out,
            int            *x0,
            int            *x1)
{
  *x0 = 0;
  *x1 = self->geometry.width;
  for (int x = 0; x < self->geometry.width; x++) {
    double place[3];

    for (int axis = 0; axis < 3; axis++)
      place[axis] = self->start[axis] + x * self->step_x[axis] + y * self->step_y[axis];
    out[x] = sample_point (self, place);
  }

  return TRUE;
}

gboolean
dub_layer_row (DubLayer *self,
               int       y,
               float    *out,
               int      *x0,
               int      *x1)
{
  if (self->volume == NULL)
    return FALSE;
  if (!self->aligned)
    return affine_row (self, y, out, x0, x1);

  double place = (y + 0.5 - self->geometry.origin[1]) / self->geometry.px[1];
  int32_t above;
  float share;

  if (place < -0.5 || place >= (double) self->n_v - 0.5 || self->x0 >= self->x1)
    return FALSE;
  neighbours (place, self->n_v, self->interpolation, &above, &share);
  *x0 = self->x0;
  *x1 = self->x1;

  const float *upper = self->plane + above * self->n_u;
  const int32_t *left = self->left;

  if (self->interpolation == DUB_INTERPOLATION_NEAREST) {
    for (int x = self->x0; x < self->x1; x++)
      out[x] = upper[left[x]];
    return TRUE;
  }

  const float *lower = share > 0.0f ? upper + self->n_u : upper;
  float *row = self->row;
  int first = left[self->x0], last = MIN (left[self->x1 - 1] + 1, (int) self->n_u - 1);

  for (int u = first; u <= last; u++)
    row[u] = upper[u] + (lower[u] - upper[u]) * share;
  if (self->n_u == 1) {
    for (int x = self->x0; x < self->x1; x++)
      out[x] = row[0];
    return TRUE;
  }
  for (int x = self->x0; x < self->x1; x++) {
    const float *pair = row + left[x];

    out[x] = pair[0] + (pair[1] - pair[0]) * self->share[x];
  }

  return TRUE;
}

void
dub_layer_clear (DubLayer *self)
{
  g_clear_pointer (&self->volume, dub_volume_unref);
  g_free (self->plane);
  g_free (self->row);
  g_free (self->left);
  g_free (self->share);
  *self = (DubLayer) { 0 };
}
