/* Sums and affine maps of rows, for normalisation. Sums run in float lanes over blocks
 * short enough to lose nothing, and the blocks are added in double. */
#include "core/nn/kernels/inner-norm.h"

enum { BLOCK = 1024, PARTS = 4 * DUB_LANES };

DUB_INLINE double
add_up (const float *part)
{
  double total = 0.0;

  for (int i = 0; i < PARTS; i++)
    total += part[i];

  return total;
}

double
DUB_LEVEL (dub_sum) (const float *x,
                     int64_t      n)
{
  double total = 0.0;
  int64_t i = 0;

  while (i + PARTS <= n) {
    float part[PARTS] = { 0 };

    for (int64_t end = MIN (i + BLOCK, n) - PARTS; i <= end; i += PARTS)
      for (int k = 0; k < PARTS; k++)
        part[k] += x[i + k];
    total += add_up (part);
  }
  for (; i < n; i++)
    total += x[i];

  return total;
}

typedef int32_t dub_ints __attribute__ ((vector_size (4 * DUB_LANES)));

/* @slope times v where x <= 0, else v: also where x is NaN, so that the NaN of an activation stays one. */
DUB_INLINE dub_vec
pass_back (dub_vec        v,
           dub_vec        x,
           float          slope,
           const gboolean rectify)
{
  dub_ints negative = x <= 0.0f;

  return rectify ? (dub_vec) ((dub_ints) v & ~negative)
                 : (dub_vec) (((dub_ints) v & ~negative) | ((dub_ints) (slope * v) & negative));
}

/* Two sums of a channel. In float while that loses nothing, then added lane by lane in double. */
typedef struct {
  double lane[2][DUB_LANES];
  double rest[2];
} Sums;

DUB_INLINE void
flush (Sums   *sums,
       dub_vec first,
       dub_vec second)
{
#pragma GCC unroll 16
  for (int l = 0; l < DUB_LANES; l++)
    sums->lane[0][l] += first[l];
#pragma GCC unroll 16
  for (int l = 0; l < DUB_LANES; l++)
    sums->lane[1][l] += second[l];
}

static void
add_lanes (const Sums *sums,
           int         n_channels,
           double    (*result)[2])
{
  for (int c = 0; c < n_channels; c++)
    for (int k = 0; k < 2; k++) {
      result[c][k] = sums[c].rest[k];
      for (int l = 0; l < DUB_LANES; l++)
        result[c][k] += sums[c].lane[k][l];
    }
}

/* @step (i, first, second) adds the vector at i of a row, @one (i) a single number. */
#define SUM_ROW(n, sums, step, one) \
  do { \
    int64_t i = 0; \
    while (i + PARTS <= (n)) { \
      dub_vec a[4] = { { 0 } }, b[4] = { { 0 } }; \
      for (int64_t end = MIN (i + BLOCK, (n)) - PARTS; i <= end; i += PARTS) { \
        step (i, a[0], b[0]); \
        step (i + DUB_LANES, a[1], b[1]); \
        step (i + 2 * DUB_LANES, a[2], b[2]); \
        step (i + 3 * DUB_LANES, a[3], b[3]); \
      } \
      flush (sums, (a[0] + a[1]) + (a[2] + a[3]), (b[0] + b[1]) + (b[2] + b[3])); \
    } \
    if (i + DUB_LANES <= (n)) { \
      dub_vec a = { 0 }, b = { 0 }; \
      for (; i + DUB_LANES <= (n); i += DUB_LANES) \
        step (i, a, b); \
      flush (sums, a, b); \
    } \
    for (; i < (n); i++) \
      one (i); \
  } while (0)

void
DUB_LEVEL (dub_moments) (const DubNormSumsJob *job,
                         double              (*result)[2])
{
  Sums sums[DUB_NORM_CHANNELS] = { 0 };

#define STEP(i, a, b) \
  do { \
    dub_vec d = dub_load (x + (i)) - pivot; \
    a += d; \
    b += d * d; \
  } while (0)
#define ONE(i) \
  do { \
    double d = x[i] - pivot; \
    sums[c].rest[0] += d; \
    sums[c].rest[1] += d * d; \
  } while (0)
  for (int64_t row = 0; row < job->n_rows; row++)
    for (int c = 0; c < job->n_channels; c++) {
      const float *x = job->x + row * job->stride + c * job->n;
      const float pivot = job->mean[c];

      SUM_ROW (job->n, &sums[c], STEP, ONE);
    }
#undef STEP
#undef ONE
  add_lanes (sums, job->n_channels, result);
}

DUB_INLINE void
norm_sums (const DubNormSumsJob *job,
           const gboolean        active,
           const gboolean        rectify,
           double              (*result)[2])
{
  const float slope = job->slope;
  Sums sums[DUB_NORM_CHANNELS] = { 0 };

#define STEP(i, a, b) \
  do { \
    dub_vec g = dub_load (dy + (i)); \
    if (active) \
      g = pass_back (g, dub_load (y + (i)), slope, rectify); \
    a += g; \
    b += g * (dub_load (x + (i)) - mean); \
  } while (0)
#define ONE(i) \
  do { \
    double g = !active || !(y[i] <= 0.0f) ? dy[i] : rectify ? 0.0f : slope * dy[i]; \
    sums[c].rest[0] += g; \
    sums[c].rest[1] += g * (x[i] - mean); \
  } while (0)
  for (int64_t row = 0; row < job->n_rows; row++)
    for (int c = 0; c < job->n_channels; c++) {
      const int64_t at = row * job->stride + c * job->n;
      const float *x = job->x + at;
      const float *y = active ? job->y + at : NULL;
      const float *dy = job->dy + at;
      const float mean = job->mean[c];

      SUM_ROW (job->n, &sums[c], STEP, ONE);
    }
#undef STEP
#undef ONE
  add_lanes (sums, job->n_channels, result);
}

void
DUB_LEVEL (dub_norm_sums) (const DubNormSumsJob *job,
                           double              (*result)[2])
{
  if (job->y == NULL)
    norm_sums (job, FALSE, FALSE, result);
  else if (job->slope == 0.0f)
    norm_sums (job, TRUE, TRUE, result);
  else
    norm_sums (job, TRUE, FALSE, result);
}

DUB_INLINE void
norm_apply (const float   *x,
            const float   *z,
            float         *y,
            int64_t        n,
            float          scale,
            float          shift,
            float          slope,
            const gboolean has_z,
            const gboolean active,
            const gboolean rectify)
{
  int64_t i = 0;

  for (; i + DUB_LANES <= n; i += DUB_LANES) {
    dub_vec v = dub_load (x + i) * scale + shift;

    if (has_z)
      v += dub_load (z + i);
    if (active)
      v = pass_back (v, v, slope, rectify);
    dub_store (y + i, v);
  }
  for (; i < n; i++) {
    float v = x[i] * scale + shift + (has_z ? z[i] : 0.0f);

    y[i] = !active || !(v <= 0.0f) ? v : rectify ? 0.0f : slope * v;
  }
}

void
DUB_LEVEL (dub_norm_apply) (const float *x,
                            const float *z,
                            float       *y,
                            int64_t      n,
                            float        scale,
                            float        shift,
                            float        slope)
{
  if (slope == 1.0f && z == NULL)
    norm_apply (x, z, y, n, scale, shift, slope, FALSE, FALSE, FALSE);
  else if (slope == 1.0f)
    norm_apply (x, z, y, n, scale, shift, slope, TRUE, FALSE, FALSE);
  else if (slope == 0.0f && z == NULL)
    norm_apply (x, z, y, n, scale, shift, slope, FALSE, TRUE, TRUE);
  else if (slope == 0.0f)
    norm_apply (x, z, y, n, scale, shift, slope, TRUE, TRUE, TRUE);
  else if (z == NULL)
    norm_apply (x, z, y, n, scale, shift, slope, FALSE, TRUE, FALSE);
  else
    norm_apply (x, z, y, n, scale, shift, slope, TRUE, TRUE, FALSE);
}

DUB_INLINE void
norm_back (const DubNormBackJob *job,
           const gboolean        active,
           const gboolean        rectify,
           const gboolean        has_dz)
{
  const float g_scale = job->g_scale;
  const float x_scale = job->x_scale;
  const float shift = job->shift;
  int64_t i = 0;

  for (; i + DUB_LANES <= job->n; i += DUB_LANES) {
    dub_vec g = dub_load (job->dy + i);

    if (active)
      g = pass_back (g, dub_load (job->y + i), job->slope, rectify);
    if (has_dz)
      dub_store (job->dz + i, g);
    dub_store (job->dx + i, g * g_scale + (dub_load (job->x + i) * x_scale + shift));
  }
  for (; i < job->n; i++) {
    float g = !active || !(job->y[i] <= 0.0f) ? job->dy[i] : rectify ? 0.0f : job->slope * job->dy[i];

    if (has_dz)
      job->dz[i] = g;
    job->dx[i] = g * g_scale + (job->x[i] * x_scale + shift);
  }
}

void
DUB_LEVEL (dub_norm_back) (const DubNormBackJob *job)
{
  gboolean rectify = job->slope == 0.0f;

  if (job->y == NULL && job->dz == NULL)
    norm_back (job, FALSE, FALSE, FALSE);
  else if (job->y == NULL)
    norm_back (job, FALSE, FALSE, TRUE);
  else if (rectify && job->dz == NULL)
    norm_back (job, TRUE, TRUE, FALSE);
  else if (rectify)
    norm_back (job, TRUE, TRUE, TRUE);
  else if (job->dz == NULL)
    norm_back (job, TRUE, FALSE, FALSE);
  else
    norm_back (job, TRUE, FALSE, TRUE);
}

void
DUB_LEVEL (dub_affine) (const float *x,
                        float       *y,
                        int64_t      n,
                        float        scale,
                        float        shift)
{
  for (int64_t i = 0; i < n; i++)
    y[i] = x[i] * scale + shift;
}

void
DUB_LEVEL (dub_affine2) (const float *restrict u,
                         const float *restrict v,
                         float       *y,
                         int64_t      n,
                         float        u_scale,
                         float        v_scale,
                         float        shift)
{
  for (int64_t i = 0; i < n; i++)
    y[i] = u[i] * u_scale + (v[i] * v_scale + shift);
}
