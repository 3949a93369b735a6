/* One axis of a resize as a sparse matrix: every element of the output is a weighted sum
 * of a few elements of the input, and a resize of several axes is one such product after
 * another. The transposed matrix gives the gradient. */
#pragma once

#include "core/nn/op.h"

G_BEGIN_DECLS

typedef enum { DUB_RESIZE_NEAREST, DUB_RESIZE_LINEAR, DUB_RESIZE_CUBIC } DubResizeMode;

typedef enum {
  DUB_COORDINATE_HALF_PIXEL,
  DUB_COORDINATE_PYTORCH_HALF_PIXEL,
  DUB_COORDINATE_ALIGN_CORNERS,
  DUB_COORDINATE_ASYMMETRIC,
  DUB_COORDINATE_TF_HALF_PIXEL_FOR_NN,
  DUB_COORDINATE_TF_CROP_AND_RESIZE,
} DubCoordinate;

typedef enum { DUB_ROUND_PREFER_FLOOR, DUB_ROUND_PREFER_CEIL, DUB_ROUND_FLOOR, DUB_ROUND_CEIL } DubRounding;

typedef struct {
  DubResizeMode mode;
  DubCoordinate coordinate;
  DubRounding   rounding;        /* of nearest */
  double        cubic_a;
  gboolean      exclude_outside; /* taps beyond the border weigh nothing, the others are scaled to sum 1 */
} DubResizeRule;

typedef struct {
  int64_t  n_in;
  int64_t  n_out;
  gboolean identity;
  int64_t *start;     /* [n_out + 1] into index and weight */
  int32_t *index;     /* of the input */
  float   *weight;
  int64_t *t_start;   /* [n_in + 1] the transposed matrix */
  int32_t *t_index;   /* of the output */
  float   *t_weight;
  gboolean *outside;  /* [n_out] lies beyond the crop, or NULL where none does; such rows are empty */
} DubResizeMap;

/* @scale: output per input; @roi: begin and end of tf_crop_and_resize.
 * Returns FALSE where the memory cannot be had. */
gboolean dub_resize_map_init  (DubResizeMap        *self,
                               const DubResizeRule *rule,
                               int64_t              n_in,
                               int64_t              n_out,
                               double               scale,
                               const double         roi[2]);
void     dub_resize_map_clear (DubResizeMap        *self);

/* y[o, j, i] = Σ_k matrix[j, k] x[o, k, i]; with @transposed the other way, y being of the input's size. */
gboolean dub_resize_map_apply (const DubResizeMap  *self,
                               gboolean             transposed,
                               const float         *x,
                               float               *y,
                               size_t               outer,
                               size_t               inner,
                               DubRun              *run,
                               GError             **error);

G_END_DECLS
