#include "core/explain/mask-rows.h"

#include "core/base/clones.h"

#include <math.h>

enum { LANES = 16 };

DubPower
dub_power (double beta)
{
  DubPower power = { .kind = DUB_POWER_ANY, .beta = (float) beta };

  if (beta == 1.0)
    power.kind = DUB_POWER_ONE;
  else if (beta == 2.0)
    power.kind = DUB_POWER_TWO;
  else if (beta == 3.0)
    power.kind = DUB_POWER_THREE;

  return power;
}

DUB_CLONES
void
dub_mask_row_compose (float       *restrict out,
                      const float *restrict m,
                      const float *restrict x,
                      const float *restrict r,
                      float        r0,
                      size_t       n)
{
  if (r == NULL)
    for (size_t i = 0; i < n; i++)
      out[i] = m[i] * x[i] + (1.0f - m[i]) * r0;
  else
    for (size_t i = 0; i < n; i++)
      out[i] = m[i] * x[i] + (1.0f - m[i]) * r[i];
}

DUB_CLONES
void
dub_mask_row_score (float       *restrict d,
                    const float *restrict g,
                    const float *restrict x,
                    const float *restrict r,
                    float        r0,
                    float        scale,
                    gboolean     add,
                    size_t       n)
{
  if (r == NULL && !add)
    for (size_t i = 0; i < n; i++)
      d[i] = scale * g[i] * (x[i] - r0);
  else if (r == NULL)
    for (size_t i = 0; i < n; i++)
      d[i] += scale * g[i] * (x[i] - r0);
  else if (!add)
    for (size_t i = 0; i < n; i++)
      d[i] = scale * g[i] * (x[i] - r[i]);
  else
    for (size_t i = 0; i < n; i++)
      d[i] += scale * g[i] * (x[i] - r[i]);
}

static inline double
add_lanes (const float *lanes)
{
  double sum = 0.0;

  for (size_t j = 0; j < LANES; j++)
    sum += (double) lanes[j];

  return sum;
}

/* The loops below run over whole groups of lanes, then over the rest of the row. */
#define FOR_LANES(n, i, j, body)                       \
  do {                                                 \
    size_t whole_ = (n) / LANES * LANES;               \
                                                       \
    for (size_t base_ = 0; base_ < whole_; base_ += LANES) \
      for (size_t j = 0; j < LANES; j++) {             \
        size_t i = base_ + j;                          \
        body                                           \
      }                                                \
    for (size_t i = whole_; i < (n); i++) {            \
      size_t j = i - whole_;                           \
      body                                             \
    }                                                  \
  } while (0)

static inline float
sign (float x)
{
  return (float) ((x > 0.0f) - (x < 0.0f));
}

DUB_CLONES
double
dub_mask_row_area (float          *restrict d,
                   const float    *restrict m,
                   const DubPower *power,
                   float           weight,
                   size_t          n)
{
  float lanes[LANES] = { 0.0f };
  const float beta = power->beta;
  const float scale = weight * beta;

  if (power->kind == DUB_POWER_ONE) {
    FOR_LANES (n, i, j, lanes[j] += fabsf (1.0f - m[i]););
    if (d != NULL)
      for (size_t i = 0; i < n; i++)
        d[i] -= scale * sign (1.0f - m[i]);
  } else if (power->kind == DUB_POWER_TWO) {
    FOR_LANES (n, i, j, lanes[j] += (1.0f - m[i]) * (1.0f - m[i]););
    if (d != NULL)
      for (size_t i = 0; i < n; i++)
        d[i] -= scale * (1.0f - m[i]);
  } else {
    FOR_LANES (n, i, j, lanes[j] += powf (fabsf (1.0f - m[i]), beta););
    if (d != NULL)
      for (size_t i = 0; i < n; i++) {
        float a = fabsf (1.0f - m[i]);

        /* Below β = 1 the slope at 0 is infinite; like sign (0) it counts as 0. */
        d[i] -= a > 0.0f ? scale * sign (1.0f - m[i]) * powf (a, beta - 1.0f) : 0.0f;
      }
  }

  return add_lanes (lanes);
}

/* s^(β/2) and β s^(β/2-1) of one voxel. */
static inline float
flow_power (float s, DubPowerKind kind, float beta, float *slope)
{
  float root;

  switch (kind) {
  case DUB_POWER_ONE:
    root = sqrtf (s);
    *slope = s > 0.0f ? 1.0f / root : 0.0f;
    return root;
  case DUB_POWER_TWO:
    *slope = 2.0f;
    return s;
  case DUB_POWER_THREE:
    root = sqrtf (s);
    *slope = 3.0f * root;
    return s * root;
  case DUB_POWER_ANY:
  default:
    root = s > 0.0f ? powf (s, 0.5f * beta - 1.0f) : 0.0f;
    *slope = beta * root;
    return s * root;
  }
}

/* Instantiated once an exponent, so that each loop is free of branches. */
static inline double
flow (float       *restrict px,
      float       *restrict py,
      float       *restrict pz,
      const float *restrict m,
      const float *restrict m_y,
      const float *restrict m_z,
      DubPowerKind kind,
      float        beta,
      float        weight,
      size_t       n)
{
  float lanes[LANES] = { 0.0f };

  if (n == 0)
    return 0.0;

  FOR_LANES (n - 1, i, j, {
    float dx = m[i + 1] - m[i];
    float dy = m_y[i] - m[i];
    float dz = m_z[i] - m[i];
    float slope;

    lanes[j] += flow_power (dx * dx + dy * dy + dz * dz, kind, beta, &slope);
    slope *= weight;
    px[i] = slope * dx;
    py[i] = slope * dy;
    pz[i] = slope * dz;
  });

  /* The last voxel of the row has no neighbour along W. */
  float dy = m_y[n - 1] - m[n - 1];
  float dz = m_z[n - 1] - m[n - 1];
  float slope;
  double last = (double) flow_power (dy * dy + dz * dz, kind, beta, &slope);

  slope *= weight;
  px[n - 1] = 0.0f;
  py[n - 1] = slope * dy;
  pz[n - 1] = slope * dz;

  return add_lanes (lanes) + last;
}

DUB_CLONES
double
dub_mask_row_flow (float          *px,
                   float          *py,
                   float          *pz,
                   const float    *m,
                   const float    *m_y,
                   const float    *m_z,
                   const DubPower *power,
                   float           weight,
                   size_t          n)
{
  /* Beyond the far face the difference is 0: the row is its own neighbour. */
  const float *y = m_y != NULL ? m_y : m;
  const float *z = m_z != NULL ? m_z : m;

  switch (power->kind) {
  case DUB_POWER_ONE:
    return flow (px, py, pz, m, y, z, DUB_POWER_ONE, 1.0f, weight, n);
  case DUB_POWER_TWO:
    return flow (px, py, pz, m, y, z, DUB_POWER_TWO, 2.0f, weight, n);
  case DUB_POWER_THREE:
    return flow (px, py, pz, m, y, z, DUB_POWER_THREE, 3.0f, weight, n);
  case DUB_POWER_ANY:
  default:
    return flow (px, py, pz, m, y, z, DUB_POWER_ANY, power->beta, weight, n);
  }
}

DUB_CLONES
void
dub_mask_row_divergence (float       *restrict d,
                         const float *restrict px,
                         const float *restrict py,
                         const float *restrict pz,
                         const float *restrict py_before,
                         const float *restrict pz_before,
                         size_t       n)
{
  if (n == 0)
    return;

  d[0] -= px[0];
  for (size_t i = 1; i < n; i++)
    d[i] += px[i - 1] - px[i];
  if (py_before != NULL)
    for (size_t i = 0; i < n; i++)
      d[i] += py_before[i] - py[i];
  else
    for (size_t i = 0; i < n; i++)
      d[i] -= py[i];
  if (pz_before != NULL)
    for (size_t i = 0; i < n; i++)
      d[i] += pz_before[i] - pz[i];
  else
    for (size_t i = 0; i < n; i++)
      d[i] -= pz[i];
}

DUB_CLONES
void
dub_mask_row_lerp (float       *restrict out,
                   const float *restrict a,
                   const float *restrict b,
                   float        t,
                   size_t       n)
{
  for (size_t i = 0; i < n; i++)
    out[i] = a[i] + t * (b[i] - a[i]);
}

DUB_CLONES
void
dub_mask_row_axpy (float       *restrict out,
                   const float *restrict a,
                   float        t,
                   size_t       n)
{
  for (size_t i = 0; i < n; i++)
    out[i] += t * a[i];
}

DUB_CLONES
void
dub_mask_row_expand (float       *restrict out,
                     const float *restrict a,
                     const int   *restrict index,
                     const float *restrict t,
                     size_t       n)
{
  for (size_t i = 0; i < n; i++) {
    float left = a[index[i]];

    out[i] = left + t[i] * (a[index[i] + 1] - left);
  }
}

DUB_CLONES
void
dub_mask_row_quantise (guint8      *restrict out,
                       const float *restrict m,
                       size_t       n)
{
  for (size_t i = 0; i < n; i++)
    out[i] = (guint8) (int) (255.0f * m[i] + 0.5f);
}
