/* One volume sampled row by row along a pane: what the composer is made of.
 *
 * A layer on the grid of the viewed volume is resampled from its extracted slice
 * through column tables made once a frame; a layer on another grid is sampled point
 * by point through its affine.
 */
#pragma once

#include "ui/figures/slice.h"

G_BEGIN_DECLS

typedef struct {
  /* Kept between frames. */
  DubVolume       *volume;   /* (nullable) (owned) */
  int              axis[3];
  int              sign[3];
  int64_t          index;
  int64_t          n_u;
  int64_t          n_v;
  gboolean         binary;   /* labels: 1 above 0.5, else 0, before any interpolation */
  int              label;    /* of a binary layer: 1 where the voxel has this label, else 0; 0 = any above 0.5 */
  float           *plane;    /* [n_v * n_u], u to the right, v downwards */
  size_t           n_plane;  /* allocated */
  float           *row;      /* [n_u] of two rows blended */
  size_t           n_row;
  int32_t         *left;     /* [width] column of the left neighbour */
  float           *share;    /* [width] share of the right neighbour */
  int              n_columns; /* allocated */
  /* Of this frame. */
  gboolean         aligned;  /* on the grid of the viewed volume */
  DubInterpolation interpolation;
  int              x0, x1;   /* pane columns inside the volume: [x0, x1) */
  double           start[3]; /* other grid: voxel of the centre of the first pixel, and steps of one pixel */
  double           step_x[3];
  double           step_y[3];
  DubSliceGeometry geometry;
} DubLayer;

/* Prepares @self to sample @volume along @geometry of @view. NULL drops what it holds. self->binary and self->label are set before, and
 * stay while the volume does. */
void     dub_layer_prepare (DubLayer               *self,
                            DubVolume              *volume,
                            const DubSliceView     *view,
                            const DubSliceGeometry *geometry,
                            DubInterpolation        interpolation);
/* Values under the pixels of row @y in [0, height): out[x] for x in [*x0, *x1); nothing where it returns FALSE. */
gboolean dub_layer_row     (DubLayer               *self,
                            int                     y,
                            float                  *out,
                            int                    *x0,
                            int                    *x1);
void     dub_layer_clear   (DubLayer               *self);

G_END_DECLS
