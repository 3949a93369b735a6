/* Where the grid of a prepared volume lies in space. */
#include "core/data/prepare.h"

#include <math.h>

/* The first of @n_new samples of @step old voxels, in old voxels: the middles of both grids fall together. */
static double
first_sample (int64_t n_old,
              int64_t n_new,
              double  step)
{
  return (0.5 - 0.5 * (double) n_new) * step + 0.5 * (double) n_old - 0.5;
}

/* New voxel i of @axis is old voxel offset + step · i. */
static void
move_axis (double affine[4][4],
           int    axis,
           double offset,
           double step)
{
  for (int row = 0; row < 3; row++) {
    affine[row][3] += affine[row][axis] * offset;
    affine[row][axis] *= step;
  }
}

void
dub_prepare_affine (const DubPrepare *self,
                    const int64_t     extents[3],
                    double            affine[4][4])
{
  for (int axis = 0; axis < 3; axis++) {
    double found = sqrt (affine[0][axis] * affine[0][axis] + affine[1][axis] * affine[1][axis] + affine[2][axis] * affine[2][axis]);
    int64_t n = extents[axis];

    if (self->spacing > 0.0 && found > 0.0) {
      double step = self->spacing / found;

      n = (int64_t) MAX (round ((double) n * found / self->spacing), 1.0);
      move_axis (affine, axis, first_sample (extents[axis], n, step), step);
    }
    if (n == self->size[axis])
      continue;
    if (self->resize == DUB_RESIZE_CROP_PAD) {
      move_axis (affine, axis, (double) (MAX (n - self->size[axis], 0) / 2 - MAX (self->size[axis] - n, 0) / 2), 1.0);
    } else {
      double step = (double) n / (double) self->size[axis];

      move_axis (affine, axis, first_sample (n, self->size[axis], step), step);
    }
  }
}
