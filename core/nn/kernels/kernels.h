/* The inner loops of the networks, one table of functions per processor level.
 *
 * They see raw pointers, never tensors; whoever calls them has checked every size.
 * Letters: K steps, one for each (input channel, tap); P points of the output; O output channels.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* Convolution along rows: out[o][p] = bias[o] + Σ_k w[k][o] · in[offset[k] + p].
 * Lanes run over p, so in and out must be readable and writable up to the next
 * multiple of the lanes after n_points. */
typedef struct {
  const float   *in;
  const int32_t *offset;     /* [K] */
  int            n_steps;    /* K */
  const float   *weights;    /* [K][n_out] */
  const float   *bias;       /* [n_out] */
  float         *out;
  int64_t        out_stride; /* floats between output channels */
  int64_t        n_points;   /* P */
  int            n_out;      /* 1 .. rows_block */
} DubRowsJob;

/* Convolution of one output channel with 3 taps along H, four output rows at once:
 * out[j][p] = bias + Σ_g Σ_kh Σ_kw w[g][kh][kw] · in[offset[3 · n_columns · g + kw] + (j + kh) · row_stride + p], j < 4.
 * Readable and writable like the rows above, to the next multiple of the lanes. */
typedef struct {
  const float   *in;
  const int32_t *offset;     /* as of rows, K = n_groups · 3 · n_columns */
  int            n_groups;   /* input channels x taps along D */
  int            n_columns;  /* taps along W */
  int64_t        row_stride;
  const float   *weights;    /* [K] */
  float          bias;
  float         *out;
  int64_t        out_row;
  int64_t        n_points;
} DubTallJob;

/* Convolution at points: out[p][o] (+)= Σ_k w[k][o] · in[point[p] + offset[k]].
 * Lanes run over o. The first call of a sum starts from the bias, the others from out. */
typedef struct {
  const float   *in;
  const int32_t *offset;     /* [K] */
  int            n_steps;
  const float   *weights;    /* [K][n_vectors · lanes] */
  const float   *bias;       /* [n_vectors · lanes], or NULL: add to what stands in out */
  const int32_t *point;      /* [P] */
  int            n_points;
  float         *out;        /* [P][n_vectors · lanes] */
  int            n_vectors;  /* 1 .. 4 */
} DubPointsJob;

/* Correlation of two sets of rows, for gradients of weights:
 * sum[o][t] += Σ_p dy[o · dy_stride + p] · x[tap[t] + p], o < n_out <= 8, t < n_taps <= 3.
 * A sum is kept as one partial sum a lane; the caller adds these up at the very end. */
typedef struct {
  const float   *x;
  const int32_t *tap;        /* [n_taps] */
  int            n_taps;
  const float   *dy;
  int64_t        dy_stride;
  int            n_out;
  int64_t        n_points;   /* rounded up to the lanes; dy is 0 beyond the last point */
  float         *sum;        /* [n_out][n_taps][lanes] */
} DubCorrelateJob;

/* A transform of Winograd's F(4×4, 3×3) for n_tiles tiles of one image, lanes along channels. One side is the
 * image, [row][column][lanes], in which tile t begins at corner[t]; the other the 36 planes, in which plane π
 * of tile t stands at π · plane + t · tile. */
typedef struct {
  const float   *in;
  float         *out;
  const int32_t *corner;     /* [n_tiles] */
  int            n_tiles;
  int64_t        row;        /* floats between rows of the image */
  int64_t        plane;
  int64_t        tile;
  const float   *bias;       /* [lanes], of the output transform; NULL = 0 */
} DubWinogradJob;

#define DUB_NORM_CHANNELS 32

/* Sums over neighbouring channels of a batch: channel c has n_rows rows of n numbers, which begin at c · n and are
 * @stride apart. */
typedef struct {
  const float *x;
  const float *y;            /* output of the activation, NULL = none */
  const float *dy;
  int64_t      n_rows;
  int64_t      stride;
  int64_t      n;
  int          n_channels;   /* 1 .. DUB_NORM_CHANNELS */
  const float *mean;         /* [n_channels] */
  float        slope;
} DubNormSumsJob;

/* dz = g and dx = g_scale g + x_scale x + shift with g = dy, times the slope where y <= 0. */
typedef struct {
  const float *x;
  const float *y;            /* NULL = no activation */
  const float *dy;
  float       *dx;           /* may be dy */
  float       *dz;           /* NULL = not wanted */
  int64_t      n;
  float        slope, g_scale, x_scale, shift;
} DubNormBackJob;

typedef enum {
  DUB_ACTIVATION_NONE,
  DUB_ACTIVATION_RELU,
  DUB_ACTIVATION_LEAKY_RELU,
} DubActivation;

/* Low bits of a code: which of the up to 8 pooled numbers was the largest (the first
 * among equals, a NaN before any); this bit: the number before the activation was <= 0. */
#define DUB_CODE_NEGATIVE 8

typedef struct {
  const char *name;       /* "x86-64-v4", … */
  int         lanes;
  int         rows_block; /* output channels that one rows call may take */

  void (*rows)      (const DubRowsJob      *job);
  void (*tall)      (const DubTallJob      *job);
  void (*points)    (const DubPointsJob    *job);
  void (*correlate) (const DubCorrelateJob *job);

  /* y = activation (x + z); @z and @code may be NULL; y is other memory than x and z. */
  void (*finish)    (const float   *x,
                     const float   *z,
                     float         *y,
                     uint8_t       *code,
                     int64_t        n,
                     DubActivation  activation,
                     float          alpha);
  /* y[i] = activation (max over the @n_rows rows of elements 2i and 2i + 1), alpha >= 0. */
  void (*pool)      (const float *const *rows,
                     int            n_rows,
                     float         *y,
                     uint8_t       *code,
                     int64_t        n,
                     DubActivation  activation,
                     float          alpha);
  /* Reverse of pool, for row @row of the pooled ones: to[0 .. 2n). */
  void (*unpool)    (const float   *dy,
                     const uint8_t *code,
                     int64_t        n,
                     float          slope,
                     int            row,
                     float         *to);
  /* Reverse of finish: dx = dy, times @slope where the code is negative. */
  void (*unfinish)  (const float   *dy,
                     const uint8_t *code,
                     float         *dx,
                     int64_t        n,
                     float          slope);
  /* y[c][p] = x[p][c] for c < n_channels; rows of x have @x_stride floats (a multiple of 4). */
  void (*transpose) (const float   *x,
                     int64_t        x_stride,
                     float         *y,
                     int64_t        y_stride,
                     int64_t        n_points,
                     int64_t        n_channels);

  /* Channels into lanes: to[place[p] + l] = x[l][p] for l < n_channels, 0 for the other lanes. */
  void (*gather_lanes)  (const float   *x,
                         int64_t        x_stride,
                         int            n_channels,
                         int64_t        n_points,
                         const int32_t *place,
                         float         *to);
  /* And back: y[l][p] = from[place[p] + l] for l < n_channels. */
  void (*scatter_lanes) (const float   *from,
                         const int32_t *place,
                         int64_t        n_points,
                         float         *y,
                         int64_t        y_stride,
                         int            n_channels);
  /* Bᵀ x B of tiles of 6×6; Aᵀ m A into tiles of 4×4; A dy Aᵀ of tiles of 4×4. */
  void (*winograd_input)     (const DubWinogradJob *job);
  void (*winograd_output)    (const DubWinogradJob *job);
  void (*winograd_gradient)  (const DubWinogradJob *job);
  /* G w Gᵀ for one input channel and n_channels <= lanes output channels, w_out floats apart; the 36 vectors
   * stand @plane floats apart. The other way, Gᵀ m G, writes taps in their order. */
  void (*winograd_weights)   (const float *w,
                              int64_t      w_out,
                              int64_t      w_row,
                              int64_t      w_column,
                              int          n_channels,
                              float       *out,
                              int64_t      plane);
  void (*winograd_unweights) (const float *in,
                              int64_t      plane,
                              int          n_channels,
                              float       *dw,
                              int64_t      dw_out);

  double (*sum)          (const float *x,
                          int64_t      n);

  /* Batch normalisation, see ops/norm-shared.h. An activation is its slope below 0 (0 = relu, 1 = none).
   * result[c] = Σ (x - mean[c]), Σ (x - mean[c])². */
  void   (*moments)      (const DubNormSumsJob *job,
                          double              (*result)[2]);
  /* result[c] = Σ g, Σ g (x - mean[c]) with g = dy, times the slope where y <= 0. */
  void   (*norm_sums)    (const DubNormSumsJob *job,
                          double              (*result)[2]);
  /* y = activation (scale x + shift + z); z may be NULL, y may be x. */
  void   (*norm_apply)   (const float *x,
                          const float *z,
                          float       *y,
                          int64_t      n,
                          float        scale,
                          float        shift,
                          float        slope);
  void   (*norm_back)    (const DubNormBackJob *job);

  /* y = scale x + shift; y = u_scale u + v_scale v + shift. */
  void   (*affine)       (const float *x,
                          float       *y,
                          int64_t      n,
                          float        scale,
                          float        shift);
  void   (*affine2)      (const float *u,
                          const float *v,
                          float       *y,
                          int64_t      n,
                          float        u_scale,
                          float        v_scale,
                          float        shift);
} DubKernels;

/* The fastest table that this processor can run. */
const DubKernels *dub_kernels (void);

extern const DubKernels dub_kernels_base;
extern const DubKernels dub_kernels_v3;
extern const DubKernels dub_kernels_v4;

/* dub_kernel_scratch: memory of the calling thread, 64-byte aligned, at least @n_bytes,
 * undefined contents, kept until the thread ends. One user at a time: a function that
 * takes it calls no other that does. NULL where memory is exhausted. */
G_GNUC_WARN_UNUSED_RESULT
void *dub_kernel_scratch (size_t n_bytes);

G_END_DECLS
