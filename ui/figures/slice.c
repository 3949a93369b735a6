#include "ui/figures/slice.h"

#include <glib/gi18n.h>
#include <math.h>

/* World axes: 0 right, 1 front, 2 up. */
typedef struct {
  const char *name;
  int         world[3]; /* world axis along u, v, w */
  int         sign[3];  /* direction of u, v, w along it; neurological */
} Plane;

static const Plane PLANES[DUB_N_PLANES] = {
  [DUB_PLANE_AXIAL] = { N_("Axial"), { 0, 1, 2 }, { 1, -1, 1 } },
  [DUB_PLANE_CORONAL] = { N_("Coronal"), { 0, 2, 1 }, { 1, -1, 1 } },
  [DUB_PLANE_SAGITTAL] = { N_("Sagittal"), { 1, 2, 0 }, { 1, -1, 1 } },
};

static const char LETTERS[3][2] = { { 'L', 'R' }, { 'P', 'A' }, { 'I', 'S' } };

/* Direction of u, v or w along its world axis, with the side convention applied. */
static int
direction (const DubSliceView *self,
           int                 which)
{
  const Plane *plane = &PLANES[self->plane];

  return which == 0 && plane->world[0] == 0 && self->radiological ? -plane->sign[0] : plane->sign[which];
}

static void
place_axes (const DubSliceView *self,
            DubSliceGeometry   *geometry)
{
  const Plane *plane = &PLANES[self->plane];
  char letters[4];

  dub_volume_orientation (self->base, letters);
  for (int which = 0; which < 3; which++) {
    const char *pair = LETTERS[plane->world[which]];

    geometry->axis[which] = which;
    geometry->sign[which] = 1;
    for (int axis = 0; axis < 3; axis++) {
      if (letters[axis] != pair[0] && letters[axis] != pair[1])
        continue;
      geometry->axis[which] = axis;
      geometry->sign[which] = (letters[axis] == pair[1] ? 1 : -1) * direction (self, which);
    }
    geometry->n[which] = self->base->voxels->shape.dim[geometry->axis[which]];
    geometry->mm[which] = self->base->spacing[geometry->axis[which]];
  }
}

static int64_t
nearest (double  place,
         int64_t n)
{
  /* Written so that NaN gives 0. */
  if (!(place > 0.0))
    return 0;

  return place >= (double) (n - 1) ? n - 1 : (int64_t) floor (place + 0.5);
}

void
dub_slice_view_init (DubSliceView *self,
                     DubPlane      plane,
                     DubVolume    *base)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail ((guint) plane < DUB_N_PLANES);

  *self = (DubSliceView) { .plane = plane, .radiological = TRUE, .base = base, .zoom = 1.0 };
  if (base != NULL) {
    double middle[3];

    for (int axis = 0; axis < 3; axis++)
      middle[axis] = floor ((double) base->voxels->shape.dim[axis] / 2.0);
    dub_volume_voxel_to_world (base, middle, self->cursor);
  }
}

double
dub_slice_view_fit (const DubSliceView *self,
                    int                 width,
                    int                 height)
{
  DubSliceGeometry geometry;

  if (self->base == NULL || width <= 0 || height <= 0)
    return 0.0;
  place_axes (self, &geometry);

  double across = (double) geometry.n[0] * geometry.mm[0];
  double down = (double) geometry.n[1] * geometry.mm[1];

  return across > 0.0 && down > 0.0 ? MIN (width / across, height / down) : 0.0;
}

gboolean
dub_slice_view_geometry (const DubSliceView *self,
                         int                 width,
                         int                 height,
                         DubSliceGeometry   *geometry)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (geometry != NULL, FALSE);

  double fit = self->fit > 0.0 ? self->fit : dub_slice_view_fit (self, width, height);
  double voxel[3], slice[3];

  if (self->base == NULL || width <= 0 || height <= 0 || !(fit > 0.0) || !(self->zoom > 0.0))
    return FALSE;

  place_axes (self, geometry);
  geometry->width = width;
  geometry->height = height;
  geometry->scale = fit * self->zoom;
  dub_volume_world_to_voxel (self->base, self->cursor, voxel);
  dub_slice_voxel_to_slice (geometry, voxel, slice);
  geometry->index = nearest (slice[2], geometry->n[2]);
  for (int which = 0; which < 2; which++) {
    double middle = (which == 0 ? width : height) / 2.0 + self->pan[which] * geometry->scale;

    geometry->px[which] = geometry->mm[which] * geometry->scale;
    geometry->origin[which] = middle - (double) (geometry->n[which] - 1) / 2.0 * geometry->px[which];
  }

  return TRUE;
}

void
dub_slice_pane_to_slice (const DubSliceGeometry *geometry,
                         const double            pane[2],
                         double                  slice[3])
{
  for (int which = 0; which < 2; which++)
    slice[which] = (pane[which] - geometry->origin[which]) / geometry->px[which];
  slice[2] = (double) geometry->index;
}

void
dub_slice_slice_to_pane (const DubSliceGeometry *geometry,
                         const double            slice[3],
                         double                  pane[2])
{
  for (int which = 0; which < 2; which++)
    pane[which] = geometry->origin[which] + slice[which] * geometry->px[which];
}

void
dub_slice_slice_to_voxel (const DubSliceGeometry *geometry,
                          const double            slice[3],
                          double                  voxel[3])
{
  for (int which = 0; which < 3; which++)
    voxel[geometry->axis[which]] =
      geometry->sign[which] > 0 ? slice[which] : (double) (geometry->n[which] - 1) - slice[which];
}

void
dub_slice_voxel_to_slice (const DubSliceGeometry *geometry,
                          const double            voxel[3],
                          double                  slice[3])
{
  for (int which = 0; which < 3; which++) {
    double place = voxel[geometry->axis[which]];

    slice[which] = geometry->sign[which] > 0 ? place : (double) (geometry->n[which] - 1) - place;
  }
}

void
dub_slice_pane_to_world (const DubSliceView     *self,
                         const DubSliceGeometry *geometry,
                         const double            pane[2],
                         double                  world[3])
{
  double slice[3], voxel[3];

  dub_slice_pane_to_slice (geometry, pane, slice);
  dub_slice_slice_to_voxel (geometry, slice, voxel);
  dub_volume_voxel_to_world (self->base, voxel, world);
}

void
dub_slice_world_to_pane (const DubSliceView     *self,
                         const DubSliceGeometry *geometry,
                         const double            world[3],
                         double                  pane[2])
{
  double slice[3], voxel[3];

  dub_volume_world_to_voxel (self->base, world, voxel);
  dub_slice_voxel_to_slice (geometry, voxel, slice);
  dub_slice_slice_to_pane (geometry, slice, pane);
}

void
dub_slice_view_snap (const DubSliceView *self,
                     const double        world[3],
                     double              snapped[3])
{
  double voxel[3];

  g_return_if_fail (self->base != NULL);

  dub_volume_world_to_voxel (self->base, world, voxel);
  for (int axis = 0; axis < 3; axis++)
    voxel[axis] = (double) nearest (voxel[axis], self->base->voxels->shape.dim[axis]);
  dub_volume_voxel_to_world (self->base, voxel, snapped);
}

void
dub_slice_view_move (DubSliceView *self,
                     int           du,
                     int           dv,
                     int           dw)
{
  const int steps[3] = { du, dv, dw };
  DubSliceGeometry geometry;
  double voxel[3], slice[3];

  if (self->base == NULL)
    return;
  place_axes (self, &geometry);
  dub_volume_world_to_voxel (self->base, self->cursor, voxel);
  dub_slice_voxel_to_slice (&geometry, voxel, slice);
  for (int which = 0; which < 3; which++) {
    double from = (double) nearest (slice[which], geometry.n[which]);

    slice[which] = (double) nearest (from + steps[which], geometry.n[which]);
  }
  dub_slice_slice_to_voxel (&geometry, slice, voxel);
  dub_volume_voxel_to_world (self->base, voxel, self->cursor);
}

void
dub_slice_view_zoom_at (DubSliceView *self,
                        int           width,
                        int           height,
                        const double  pane[2],
                        double        factor)
{
  DubSliceGeometry geometry;
  double zoom = CLAMP (self->zoom * factor, 0.25, 64.0);

  if (!dub_slice_view_geometry (self, width, height, &geometry))
    return;
  /* A point d mm from the middle of the picture is at middle + (pan + d) * scale. */
  for (int which = 0; which < 2; which++) {
    double from_middle = pane[which] - (which == 0 ? width : height) / 2.0;

    self->pan[which] += from_middle / geometry.scale * (self->zoom / zoom - 1.0);
  }
  self->zoom = zoom;
}

void
dub_slice_view_pan_by (DubSliceView *self,
                       int           width,
                       int           height,
                       double        dx,
                       double        dy)
{
  DubSliceGeometry geometry;

  if (!dub_slice_view_geometry (self, width, height, &geometry))
    return;
  self->pan[0] += dx / geometry.scale;
  self->pan[1] += dy / geometry.scale;
}

void
dub_slice_view_centre (DubSliceView *self,
                       int           width,
                       int           height)
{
  DubSliceGeometry geometry;
  double pane[2];

  if (!dub_slice_view_geometry (self, width, height, &geometry))
    return;
  dub_slice_world_to_pane (self, &geometry, self->cursor, pane);
  dub_slice_view_pan_by (self, width, height, width / 2.0 - pane[0], height / 2.0 - pane[1]);
}

void
dub_slice_view_letters (const DubSliceView *self,
                        char                letters[5])
{
  const Plane *plane = &PLANES[self->plane];

  for (int which = 0; which < 2; which++) {
    int rises = direction (self, which) > 0;

    letters[2 * which] = LETTERS[plane->world[which]][!rises];
    letters[2 * which + 1] = LETTERS[plane->world[which]][rises];
  }
  letters[4] = '\0';
}

double
dub_slice_view_position (const DubSliceView *self)
{
  double snapped[3];

  if (self->base == NULL)
    return self->cursor[PLANES[self->plane].world[2]];
  dub_slice_view_snap (self, self->cursor, snapped);

  return snapped[PLANES[self->plane].world[2]];
}

char
dub_plane_coordinate (DubPlane plane)
{
  g_return_val_if_fail ((guint) plane < DUB_N_PLANES, '?');

  return "xyz"[PLANES[plane].world[2]];
}

const char *
dub_plane_name (DubPlane plane)
{
  g_return_val_if_fail ((guint) plane < DUB_N_PLANES, NULL);

  return PLANES[plane].name;
}
