/* The coarse grid of a mask and its trilinear interpolation.
 *
 * Node i of an axis lies on voxel i·g; ⌈(n-1)/g⌉ + 1 nodes cover n voxels. With
 * g = 1 the grid is the voxels themselves and nothing is interpolated.
 *
 *   up:       m = A c   (rows of m are made on demand or all at once)
 *   adjoint:  dc = Aᵀ dm, exactly: <A c, d> = <c, Aᵀ d> up to rounding
 *
 * Letters: (D, H, W) voxels, (d, h, w) nodes, g voxels between two nodes.
 */
#pragma once

#include "core/base/run.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef struct {
  size_t  step;     /* g */
  size_t  fine[3];  /* D, H, W */
  size_t  nodes[3]; /* d, h, w */
  int    *index;    /* [W] left node of a voxel */
  float  *fraction; /* [W] how far right of it, in [0, 1) */
} DubMaskGrid;

void   dub_mask_grid_init    (DubMaskGrid   *self,
                              const size_t   fine[3],
                              size_t         step);
void   dub_mask_grid_clear   (DubMaskGrid   *self);
size_t dub_mask_grid_n_nodes (const DubMaskGrid *self);

/* m [D·H·W] = A c [d·h·w]. */
gboolean dub_mask_grid_up    (const DubMaskGrid *self,
                              const float       *c,
                              float             *m,
                              DubRun            *run,
                              GError           **error);

/* The adjoint in two halves, so that a gradient on the voxels need never be stored.
 * First each row (z, y) of it is handed in, in increasing y within its plane; @columns
 * is scratch of h·W floats per plane at work, zero before the first row.
 * _fold_plane then gives plane z of the (D, h, w) half; _fold_planes adds those up. */
void   dub_mask_grid_fold_row (const DubMaskGrid *self,
                              size_t             y,
                              const float       *d,
                              float             *columns);
void   dub_mask_grid_fold_plane (const DubMaskGrid *self,
                              const float       *columns,
                              float             *plane); /* [h·w] */
gboolean dub_mask_grid_fold_planes (const DubMaskGrid *self,
                              const float       *planes, /* [D·h·w] */
                              float             *dc,     /* [d·h·w] */
                              DubRun            *run,
                              GError           **error);

G_END_DECLS
