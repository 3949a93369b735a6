/* A volume sampled on another grid. */
#include "core/data/volume.h"

#include "core/base/parallel.h"
#include "core/data/affine.h"

#include <math.h>
#include <string.h>

/* A coordinate this close to a voxel's centre or border is taken to be on it: it got there by rounding. */
static const double ON_GRID = 1e-6;

typedef struct {
  const float      *in;
  int64_t           in_shape[3];
  float            *out;
  int64_t           out_shape[3];
  double            in_of_out[4][4]; /* voxel of the result -> voxel of the source */
  DubInterpolation  interpolation;
  float             outside;
} Resampling;

/* The two voxels around coordinate @x on an axis of @n voxels and the weight of the second. A voxel reaches
 * half its width to both sides, and there the outermost value holds; FALSE beyond. */
static inline gboolean
bracket (double   x,
         int64_t  n,
         int64_t *low,
         int64_t *high,
         double  *weight)
{
  if (!(x >= -0.5 - ON_GRID && x <= (double) n - 0.5 + ON_GRID))
    return FALSE;

  /* Truncation rounds here, since x is not below -1/2. */
  double nearest = (double) (int64_t) (x + 0.5);

  if (fabs (x - nearest) < ON_GRID)
    x = nearest;
  x = CLAMP (x, 0.0, (double) (n - 1));
  *low = (int64_t) x;
  *weight = x - (double) *low;
  /* A neighbour without weight must not count, not even as NaN. */
  *high = *weight > 0.0 ? *low + 1 : *low;

  return TRUE;
}

static inline float
sample_linear (const Resampling *self,
               const double      x[3])
{
  int64_t low[3], high[3];
  double weight[3];
  double value[2][2];

  for (int n = 0; n < 3; n++)
    if (!bracket (x[n], self->in_shape[n], &low[n], &high[n], &weight[n]))
      return self->outside;

  for (int a = 0; a < 2; a++)
    for (int b = 0; b < 2; b++) {
      const float *row =
        self->in + ((a ? high[0] : low[0]) * self->in_shape[1] + (b ? high[1] : low[1])) * self->in_shape[2];

      value[a][b] = (1.0 - weight[2]) * row[low[2]] + (weight[2] > 0.0 ? weight[2] * row[high[2]] : 0.0);
    }
  for (int a = 0; a < 2; a++)
    value[a][0] = weight[1] > 0.0 ? (1.0 - weight[1]) * value[a][0] + weight[1] * value[a][1] : value[a][0];

  return (float) (weight[0] > 0.0 ? (1.0 - weight[0]) * value[0][0] + weight[0] * value[1][0] : value[0][0]);
}

static inline float
sample_nearest (const Resampling *self,
                const double      x[3])
{
  int64_t at[3];

  for (int n = 0; n < 3; n++) {
    if (!(x[n] >= -0.5 - ON_GRID && x[n] <= (double) self->in_shape[n] - 0.5 + ON_GRID))
      return self->outside;
    /* Half way goes up, also where rounding has left it a hair below. */
    at[n] = MIN ((int64_t) MAX (x[n] + 0.5 + ON_GRID, 0.0), self->in_shape[n] - 1);
  }

  return self->in[(at[0] * self->in_shape[1] + at[1]) * self->in_shape[2] + at[2]];
}

/* One piece is one plane of constant i. */
static void
resample_plane (size_t   piece,
                guint    thread,
                gpointer user_data)
{
  const Resampling *self = user_data;
  float *out = self->out + (int64_t) piece * self->out_shape[1] * self->out_shape[2];

  for (int64_t j = 0; j < self->out_shape[1]; j++) {
    double start[3];

    dub_affine_apply (self->in_of_out, (const double[3]) { (double) piece, (double) j, 0.0 }, start);
    for (int64_t k = 0; k < self->out_shape[2]; k++) {
      double x[3];

      for (int n = 0; n < 3; n++)
        x[n] = start[n] + (double) k * self->in_of_out[n][2];
      *out++ = self->interpolation == DUB_INTERPOLATION_NEAREST ? sample_nearest (self, x) : sample_linear (self, x);
    }
  }
}

DubVolume *
dub_volume_resample (DubVolume         *self,
                     const int64_t      shape[3],
                     const double       affine[4][4],
                     DubInterpolation   interpolation,
                     float              outside,
                     DubRun            *run,
                     GError           **error)
{
  g_autoptr (DubTensor) result = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (shape[0], shape[1], shape[2]), error);
  double inverse[4][4];

  if (result == NULL)
    return NULL;

  g_autoptr (DubVolume) volume = dub_volume_new (result, affine, error);

  if (volume == NULL || !dub_affine_invert (self->affine, inverse))
    return NULL;

  Resampling resampling = {
    .in = dub_tensor_f32 (self->voxels),
    .out = dub_tensor_f32 (result),
    .interpolation = interpolation,
    .outside = outside,
  };

  memcpy (resampling.in_shape, self->voxels->shape.dim, sizeof resampling.in_shape);
  memcpy (resampling.out_shape, shape, sizeof resampling.out_shape);
  dub_affine_multiply (inverse, volume->affine, resampling.in_of_out);
  g_free (volume->name);
  volume->name = g_strdup (self->name);
  if (!dub_parallel_for (run, (size_t) shape[0], resample_plane, &resampling, error))
    return NULL;

  return g_steal_pointer (&volume);
}
