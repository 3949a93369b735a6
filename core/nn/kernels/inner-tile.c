/* What happens to a finished tile of a convolution while it is still in the cache:
 * residual, activation, pooling; and the reverse of it. Plain loops that the compiler
 * vectorises for the level. */
#include "core/nn/kernels/inner-norm.h"
#include "core/nn/kernels/level.h"

void DUB_LEVEL (dub_rows)      (const DubRowsJob *job);
void DUB_LEVEL (dub_points)    (const DubPointsJob *job);
void DUB_LEVEL (dub_correlate) (const DubCorrelateJob *job);

DUB_INLINE void
finish_rows (const float         *restrict x,
             const float         *restrict z,
             float               *restrict y,
             uint8_t             *restrict code,
             int64_t              n,
             const DubActivation  activation,
             const gboolean       has_z,
             const gboolean       has_code,
             float                alpha)
{
  for (int64_t i = 0; i < n; i++) {
    float s = has_z ? x[i] + z[i] : x[i];

    if (has_code)
      code[i] = s > 0.0f ? 0 : DUB_CODE_NEGATIVE;
    if (activation == DUB_ACTIVATION_RELU)
      s = s > 0.0f ? s : 0.0f;
    else if (activation == DUB_ACTIVATION_LEAKY_RELU)
      s = s > 0.0f ? s : alpha * s;
    y[i] = s;
  }
}

DUB_INLINE void
finish_with (const float         *x,
             const float         *z,
             float               *y,
             uint8_t             *code,
             int64_t              n,
             const DubActivation  activation,
             float                alpha)
{
  if (z != NULL && code != NULL)
    finish_rows (x, z, y, code, n, activation, TRUE, TRUE, alpha);
  else if (z != NULL)
    finish_rows (x, z, y, code, n, activation, TRUE, FALSE, alpha);
  else if (code != NULL)
    finish_rows (x, z, y, code, n, activation, FALSE, TRUE, alpha);
  else
    finish_rows (x, z, y, code, n, activation, FALSE, FALSE, alpha);
}

static void
finish (const float   *x,
        const float   *z,
        float         *y,
        uint8_t       *code,
        int64_t        n,
        DubActivation  activation,
        float          alpha)
{
  if (activation == DUB_ACTIVATION_RELU)
    finish_with (x, z, y, code, n, DUB_ACTIVATION_RELU, alpha);
  else if (activation == DUB_ACTIVATION_LEAKY_RELU)
    finish_with (x, z, y, code, n, DUB_ACTIVATION_LEAKY_RELU, alpha);
  else
    finish_with (x, z, y, code, n, DUB_ACTIVATION_NONE, alpha);
}

/* Strictly greater wins, so the first of equal numbers is kept, as PyTorch does. */
#define TAKE(value, number) \
  do { \
    float taken = (value); \
    index = taken > best ? (number) : index; \
    best = taken > best ? taken : best; \
  } while (0)

DUB_INLINE void
pool_rows (const float *restrict r0,
           const float *restrict r1,
           const float *restrict r2,
           const float *restrict r3,
           const int      n_rows,
           float         *restrict y,
           uint8_t       *restrict code,
           const gboolean has_code,
           int64_t        n,
           float          slope)
{
  for (int64_t i = 0; i < n; i++) {
    float best = r0[2 * i];
    int index = 0;

    TAKE (r0[2 * i + 1], 1);
    if (n_rows > 1) {
      TAKE (r1[2 * i], 2);
      TAKE (r1[2 * i + 1], 3);
    }
    if (n_rows > 2) {
      TAKE (r2[2 * i], 4);
      TAKE (r2[2 * i + 1], 5);
      TAKE (r3[2 * i], 6);
      TAKE (r3[2 * i + 1], 7);
    }
    if (has_code)
      code[i] = (uint8_t) (best > 0.0f ? index : index | DUB_CODE_NEGATIVE);
    y[i] = best > 0.0f ? best : slope * best;
  }
}

static void
pool (const float *const *rows,
      int            n_rows,
      float         *y,
      uint8_t       *code,
      int64_t        n,
      DubActivation  activation,
      float          alpha)
{
  float slope = activation == DUB_ACTIVATION_NONE ? 1.0f : activation == DUB_ACTIVATION_RELU ? 0.0f : alpha;

  if (n_rows == 4 && code != NULL)
    pool_rows (rows[0], rows[1], rows[2], rows[3], 4, y, code, TRUE, n, slope);
  else if (n_rows == 4)
    pool_rows (rows[0], rows[1], rows[2], rows[3], 4, y, code, FALSE, n, slope);
  else if (n_rows == 2 && code != NULL)
    pool_rows (rows[0], rows[1], NULL, NULL, 2, y, code, TRUE, n, slope);
  else if (n_rows == 2)
    pool_rows (rows[0], rows[1], NULL, NULL, 2, y, code, FALSE, n, slope);
  else if (code != NULL)
    pool_rows (rows[0], NULL, NULL, NULL, 1, y, code, TRUE, n, slope);
  else
    pool_rows (rows[0], NULL, NULL, NULL, 1, y, code, FALSE, n, slope);
}

static void
unpool (const float   *restrict dy,
        const uint8_t *restrict code,
        int64_t        n,
        float          slope,
        int            row,
        float         *restrict to)
{
  for (int64_t i = 0; i < n; i++) {
    int c = code[i];
    float g = (c & DUB_CODE_NEGATIVE) != 0 ? slope * dy[i] : dy[i];

    to[2 * i] = (c & 7) == 2 * row ? g : 0.0f;
    to[2 * i + 1] = (c & 7) == 2 * row + 1 ? g : 0.0f;
  }
}

static void
unfinish (const float   *restrict dy,
          const uint8_t *restrict code,
          float         *restrict dx,
          int64_t        n,
          float          slope)
{
  for (int64_t i = 0; i < n; i++)
    dx[i] = code[i] != 0 ? slope * dy[i] : dy[i];
}

typedef float quad __attribute__ ((vector_size (16), aligned (4)));

#define SHUFFLE4(a, b, i, j, k, l) __builtin_shufflevector (a, b, i, j, k, l)

static void
transpose (const float *x,
           int64_t      x_stride,
           float       *y,
           int64_t      y_stride,
           int64_t      n_points,
           int64_t      n_channels)
{
  int64_t p = 0;

  for (; p + 4 <= n_points; p += 4) {
    const float *from = x + p * x_stride;
    int64_t c = 0;

    for (; c + 4 <= n_channels; c += 4) {
      quad a0 = *(const quad *) (from + c);
      quad a1 = *(const quad *) (from + x_stride + c);
      quad a2 = *(const quad *) (from + 2 * x_stride + c);
      quad a3 = *(const quad *) (from + 3 * x_stride + c);
      quad b0 = SHUFFLE4 (a0, a1, 0, 4, 1, 5);
      quad b1 = SHUFFLE4 (a0, a1, 2, 6, 3, 7);
      quad b2 = SHUFFLE4 (a2, a3, 0, 4, 1, 5);
      quad b3 = SHUFFLE4 (a2, a3, 2, 6, 3, 7);

      *(quad *) (y + c * y_stride + p) = SHUFFLE4 (b0, b2, 0, 1, 4, 5);
      *(quad *) (y + (c + 1) * y_stride + p) = SHUFFLE4 (b0, b2, 2, 3, 6, 7);
      *(quad *) (y + (c + 2) * y_stride + p) = SHUFFLE4 (b1, b3, 0, 1, 4, 5);
      *(quad *) (y + (c + 3) * y_stride + p) = SHUFFLE4 (b1, b3, 2, 3, 6, 7);
    }
    for (; c < n_channels; c++)
      for (int64_t i = 0; i < 4; i++)
        y[c * y_stride + p + i] = from[i * x_stride + c];
  }
  for (; p < n_points; p++)
    for (int64_t c = 0; c < n_channels; c++)
      y[c * y_stride + p] = x[p * x_stride + c];
}

const DubKernels DUB_LEVEL (dub_kernels) = {
#if DUB_LANES == 16
  .name = "x86-64-v4",
#elif DUB_LANES == 8
  .name = "x86-64-v3",
#else
  .name = "base",
#endif
  .lanes = DUB_LANES,
  .rows_block = DUB_LANES == 16 ? 8 : 4,
  .rows = DUB_LEVEL (dub_rows),
  .points = DUB_LEVEL (dub_points),
  .correlate = DUB_LEVEL (dub_correlate),
  .finish = finish,
  .pool = pool,
  .unpool = unpool,
  .unfinish = unfinish,
  .transpose = transpose,
  .sum = DUB_LEVEL (dub_sum),
  .sum_squares = DUB_LEVEL (dub_sum_squares),
  .sum_products = DUB_LEVEL (dub_sum_products),
  .affine = DUB_LEVEL (dub_affine),
  .affine2 = DUB_LEVEL (dub_affine2),
};
