/* A head of 20 × 24 × 18 voxels of 2 mm with a bright ball at its right, front, upper side: the same picture in
 * world space whatever the orientation of the voxels. */
#pragma once

#include <math.h>

#include "core/data/volume.h"

enum { PHANTOM_R = 20, PHANTOM_A = 24, PHANTOM_S = 18 };

/* Where the ball is: voxel of the RAS grid, and world mm. */
static const int PHANTOM_BALL[3] = { 15, 18, 13 };

static inline float
phantom_value (int r,
               int a,
               int s)
{
  double head = pow ((r - 9.5) / 9.0, 2.0) + pow ((a - 11.5) / 11.0, 2.0) + pow ((s - 8.5) / 8.0, 2.0);
  double ball = hypot (hypot (r - PHANTOM_BALL[0], a - PHANTOM_BALL[1]), s - PHANTOM_BALL[2]);

  return ball <= 2.0 ? 1.0f : head <= 1.0 ? 0.4f : 0.0f;
}

static inline void
phantom_ball_world (double world[3])
{
  for (int i = 0; i < 3; i++)
    world[i] = 2.0 * PHANTOM_BALL[i] - 20.0;
}

/* @letters: "RAS", "LIA", … */
static inline DubVolume *
phantom_new (const char *letters,
             float       (*value) (int r, int a, int s))
{
  static const int extent[3] = { PHANTOM_R, PHANTOM_A, PHANTOM_S };
  double affine[4][4] = { { 0.0 } };
  int world_axis[3], sign[3];
  int64_t n[3];

  affine[3][3] = 1.0;
  for (int i = 0; i < 3; i++)
    affine[i][3] = -20.0;
  for (int axis = 0; axis < 3; axis++) {
    const char *all = "RLAPSI";
    int place = (int) (strchr (all, letters[axis]) - all);

    world_axis[axis] = place / 2;
    sign[axis] = place % 2 == 0 ? 1 : -1;
    n[axis] = extent[place / 2];
    affine[place / 2][axis] = 2.0 * sign[axis];
    if (sign[axis] < 0)
      affine[place / 2][3] = 2.0 * (extent[place / 2] - 1) - 20.0;
  }

  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (n[0], n[1], n[2]), NULL);
  float *out = dub_tensor_f32 (voxels);

  for (int64_t i = 0; i < n[0]; i++)
    for (int64_t j = 0; j < n[1]; j++)
      for (int64_t k = 0; k < n[2]; k++) {
        const int64_t at[3] = { i, j, k };
        int ras[3];

        for (int axis = 0; axis < 3; axis++)
          ras[world_axis[axis]] = (int) (sign[axis] > 0 ? at[axis] : n[axis] - 1 - at[axis]);
        *out++ = value (ras[0], ras[1], ras[2]);
      }

  g_autoptr (GError) error = NULL;
  DubVolume *volume = dub_volume_new (voxels, affine, &error);

  g_assert_no_error (error);

  return volume;
}
