/* What happens to a finished tile of a convolution while it is still in the cache:
 * residual, activation, pooling; and the reverse of it. Plain loops that the compiler
 * vectorises for the level. A NaN is neither rectified nor pooled away: what is x <= 0 is changed, not
 * what is not x > 0. */
#include "core/nn/kernels/inner-norm.h"
#include "core/nn/kernels/inner-winograd.h"
#include "core/nn/kernels/level.h"

#include <math.h>

void DUB_LEVEL (dub_rows)      (const DubRowsJob *job);
void DUB_LEVEL (dub_tall)      (const DubTallJob *job);
void DUB_LEVEL (dub_points)    (const DubPointsJob *job);
void DUB_LEVEL (dub_correlate) (const DubCorrelateJob *job);

/* Chunks are 16 numbers at every level; the compiler splits them where the registers are narrower. */
typedef float   vec16 __attribute__ ((vector_size (64)));
typedef float   vec16_u __attribute__ ((vector_size (64), aligned (4)));
typedef int32_t int16x __attribute__ ((vector_size (64)));
typedef uint16_t short16 __attribute__ ((vector_size (32)));
typedef uint8_t byte16_u __attribute__ ((vector_size (16), aligned (1)));

DUB_INLINE vec16
load16 (const float *x)
{
  return *(const vec16_u *) x;
}

DUB_INLINE void
store16 (float *x,
         vec16  v)
{
  *(vec16_u *) x = v;
}

/* By way of 16 bits: GCC 12 takes the direct conversion apart into single elements. */
DUB_INLINE int16x
load_codes (const uint8_t *code)
{
  return __builtin_convertvector (__builtin_convertvector (*(const byte16_u *) code, short16), int16x);
}

DUB_INLINE void
store_codes (uint8_t *code,
             int16x   v)
{
  *(byte16_u *) code = __builtin_convertvector (v, byte16_u);
}

/* a where @mask is all ones, else b. */
DUB_INLINE vec16
choose (int16x mask,
        vec16  a,
        vec16  b)
{
  return (vec16) (((int16x) a & mask) | ((int16x) b & ~mask));
}

DUB_INLINE int16x
choose_int (int16x mask,
            int16x a,
            int16x b)
{
  return (a & mask) | (b & ~mask);
}

DUB_INLINE vec16
all16 (float x)
{
  return x - (vec16) { 0 };
}

#define EVEN(a, b) \
  __builtin_shufflevector (a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define ODD(a, b) \
  __builtin_shufflevector (a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
#define LOW(a, b) \
  __builtin_shufflevector (a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH(a, b) \
  __builtin_shufflevector (a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

/* Rows are short (a few dozen numbers) and their length is no multiple of the lanes. Every
 * element is computed from inputs that the loop does not write, so the last chunk may begin before the
 * end of the one before it; only rows shorter than a chunk go one by one. */
#define FOR_CHUNKS(n, vector, scalar) \
  do { \
    int64_t i = 0; \
    if ((n) >= 16) { \
      for (; i + 16 <= (n); i += 16) \
        vector (i); \
      if (i < (n)) \
        vector ((n) - 16); \
    } else { \
      for (; i < (n); i++) \
        scalar (i); \
    } \
  } while (0)

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
  const vec16 zero = all16 (0.0f);
  const int16x flag = (int16x) { 0 } + DUB_CODE_NEGATIVE;

#define VECTOR(i) \
  do { \
    vec16 s = load16 (x + (i)); \
    if (has_z) \
      s += load16 (z + (i)); \
    int16x negative = s <= zero; \
    if (has_code) \
      store_codes (code + (i), flag & negative); \
    if (activation == DUB_ACTIVATION_RELU) \
      s = choose (negative, zero, s); \
    else if (activation == DUB_ACTIVATION_LEAKY_RELU) \
      s = choose (negative, alpha * s, s); \
    store16 (y + (i), s); \
  } while (0)
#define SCALAR(i) \
  do { \
    float s = has_z ? x[i] + z[i] : x[i]; \
    if (has_code) \
      code[i] = s <= 0.0f ? DUB_CODE_NEGATIVE : 0; \
    y[i] = activation == DUB_ACTIVATION_NONE || !(s <= 0.0f) ? s : activation == DUB_ACTIVATION_RELU ? 0.0f : alpha * s; \
  } while (0)
  FOR_CHUNKS (n, VECTOR, SCALAR);
#undef VECTOR
#undef SCALAR
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

/* Strictly greater wins, so the first of equal numbers is kept, as PyTorch does; and NaN wins over any number. */
DUB_INLINE void
take (vec16     v,
      vec16    *best,
      int16x   *index,
      const int number)
{
  int16x more = (v > *best) | (v != v);

  *best = choose (more, v, *best);
  *index = choose_int (more, (int16x) { 0 } + number, *index);
}

/* slope v, and 0 also for v = -inf where the slope is 0. */
DUB_INLINE vec16
below16 (float slope,
         vec16 v)
{
  return (vec16) ((int16x) (slope * v) & (slope == 0.0f ? 0 : -1));
}

DUB_INLINE void
pool_rows (const float *const *rows,
           const int      n_rows,
           float         *y,
           uint8_t       *code,
           const gboolean has_code,
           int64_t        n,
           float          slope)
{
#define VECTOR(i) \
  do { \
    int16x index = { 0 }; \
    vec16 best = EVEN (load16 (rows[0] + 2 * (i)), load16 (rows[0] + 2 * (i) + 16)); \
    _Pragma ("GCC unroll 4") \
    for (int r = 0; r < n_rows; r++) { \
      vec16 a = load16 (rows[r] + 2 * (i)); \
      vec16 b = load16 (rows[r] + 2 * (i) + 16); \
      if (r > 0) \
        take (EVEN (a, b), &best, &index, 2 * r); \
      take (ODD (a, b), &best, &index, 2 * r + 1); \
    } \
    int16x negative = best <= all16 (0.0f); \
    if (has_code) \
      store_codes (code + (i), index | (negative & DUB_CODE_NEGATIVE)); \
    store16 (y + (i), choose (negative, below16 (slope, best), best)); \
  } while (0)
#define SCALAR(i) \
  do { \
    float best = rows[0][2 * (i)]; \
    int index = 0; \
    for (int k = 1; k < 2 * n_rows; k++) \
      if (rows[k / 2][2 * (i) + k % 2] > best || isnan (rows[k / 2][2 * (i) + k % 2])) { \
        best = rows[k / 2][2 * (i) + k % 2]; \
        index = k; \
      } \
    if (has_code) \
      code[i] = (uint8_t) (best <= 0.0f ? index | DUB_CODE_NEGATIVE : index); \
    y[i] = !(best <= 0.0f) ? best : slope == 0.0f ? 0.0f : slope * best; \
  } while (0)
  FOR_CHUNKS (n, VECTOR, SCALAR);
#undef VECTOR
#undef SCALAR
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
    pool_rows (rows, 4, y, code, TRUE, n, slope);
  else if (n_rows == 4)
    pool_rows (rows, 4, y, code, FALSE, n, slope);
  else if (n_rows == 2 && code != NULL)
    pool_rows (rows, 2, y, code, TRUE, n, slope);
  else if (n_rows == 2)
    pool_rows (rows, 2, y, code, FALSE, n, slope);
  else if (code != NULL)
    pool_rows (rows, 1, y, code, TRUE, n, slope);
  else
    pool_rows (rows, 1, y, code, FALSE, n, slope);
}

static void
unpool (const float   *restrict dy,
        const uint8_t *restrict code,
        int64_t        n,
        float          slope,
        int            row,
        float         *restrict to)
{
#define VECTOR(i) \
  do { \
    int16x c = load_codes (code + (i)); \
    vec16 g = load16 (dy + (i)); \
    g = choose ((c & DUB_CODE_NEGATIVE) == 0, g, slope * g); \
    c &= 7; \
    vec16 even = (vec16) ((int16x) g & (c == 2 * row)); \
    vec16 odd = (vec16) ((int16x) g & (c == 2 * row + 1)); \
    store16 (to + 2 * (i), LOW (even, odd)); \
    store16 (to + 2 * (i) + 16, HIGH (even, odd)); \
  } while (0)
#define SCALAR(i) \
  do { \
    float g = (code[i] & DUB_CODE_NEGATIVE) != 0 ? slope * dy[i] : dy[i]; \
    to[2 * (i)] = (code[i] & 7) == 2 * row ? g : 0.0f; \
    to[2 * (i) + 1] = (code[i] & 7) == 2 * row + 1 ? g : 0.0f; \
  } while (0)
  FOR_CHUNKS (n, VECTOR, SCALAR);
#undef VECTOR
#undef SCALAR
}

static void
unfinish (const float   *restrict dy,
          const uint8_t *restrict code,
          float         *restrict dx,
          int64_t        n,
          float          slope)
{
#define VECTOR(i) \
  do { \
    vec16 g = load16 (dy + (i)); \
    store16 (dx + (i), choose (load_codes (code + (i)) == 0, g, slope * g)); \
  } while (0)
#define SCALAR(i) dx[i] = code[i] != 0 ? slope * dy[i] : dy[i]
  FOR_CHUNKS (n, VECTOR, SCALAR);
#undef VECTOR
#undef SCALAR
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
  .tall = DUB_LEVEL (dub_tall),
  .points = DUB_LEVEL (dub_points),
  .correlate = DUB_LEVEL (dub_correlate),
  .finish = finish,
  .pool = pool,
  .unpool = unpool,
  .unfinish = unfinish,
  .transpose = transpose,
  .gather_lanes = DUB_LEVEL (dub_gather_lanes),
  .scatter_lanes = DUB_LEVEL (dub_scatter_lanes),
  .winograd_input = DUB_LEVEL (dub_winograd_input),
  .winograd_output = DUB_LEVEL (dub_winograd_output),
  .winograd_gradient = DUB_LEVEL (dub_winograd_gradient),
  .winograd_weights = DUB_LEVEL (dub_winograd_weights),
  .winograd_unweights = DUB_LEVEL (dub_winograd_unweights),
  .sum = DUB_LEVEL (dub_sum),
  .moments = DUB_LEVEL (dub_moments),
  .norm_sums = DUB_LEVEL (dub_norm_sums),
  .norm_apply = DUB_LEVEL (dub_norm_apply),
  .norm_back = DUB_LEVEL (dub_norm_back),
  .affine = DUB_LEVEL (dub_affine),
  .affine2 = DUB_LEVEL (dub_affine2),
};
