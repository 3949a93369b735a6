/* The two passes over the voxels of a mask that surround the network.
 *
 *   compose:   X' = m X + (1 - m) r, the mask shifted by whole voxels if asked
 *   gradient:  area and smoothness with dE/dm, row by row, handed to whoever uses it
 *
 * Work is cut into slabs of planes whose borders depend on the shape alone.
 * Letters: (D, H, W) voxels, V = D·H·W.
 */
#pragma once

#include "core/explain/mask-rows.h"

#include "core/base/run.h"

G_BEGIN_DECLS

/* One image under the mask. The mask's voxel v falls on the image's voxel v + shift;
 * image voxels that no mask voxel falls on are left as they are. */
typedef struct {
  const float *x;      /* [V] */
  const float *r;      /* [V], or NULL: r0 everywhere */
  float        r0;
  int          shift[3];
} DubMaskView;

typedef struct {
  size_t   shape[3];
  DubPower area;        /* β1 */
  DubPower smoothness;  /* β2 */
  double   area_weight; /* λ1 of one voxel: λ1 / V in the mean form */
  double   smoothness_weight;
} DubMaskTerms;

/* Receives row (z, y) of dE/dm, which it may overwrite. Rows of one plane come from one thread
 * in increasing y. @scratch is the slab's own, @scratch_floats long and zero at its start. */
typedef void (*DubMaskRowFunc) (size_t   z,
                                size_t   y,
                                float   *gradient,
                                float   *scratch,
                                gpointer user_data);

gboolean dub_mask_compose        (const size_t        shape[3],
                                  const float        *m,
                                  const DubMaskView  *view,
                                  float              *out,
                                  DubRun             *run,
                                  GError            **error);

/* sum [V] += scale · g (x - r) at the mask's voxels: the score's gradient over a set. */
gboolean dub_mask_add_score      (const size_t        shape[3],
                                  const float        *g,
                                  const DubMaskView  *view,
                                  float               scale,
                                  float              *sum,
                                  DubRun             *run,
                                  GError            **error);

/* dub_mask_terms_gradient:
 * @g, @view: (nullable): derivative of f by the composed image and that image; gives the score's part
 * @score: (nullable): [V] the score's part already by mask voxel
 * @func: (nullable): without it only the terms are computed
 * @area, @smoothness: (out): with their weights
 *
 * Takes a few milliseconds and is never left half done: a cancelled run lowers it to one thread.
 */
void     dub_mask_terms_gradient (const DubMaskTerms *self,
                                  const float        *m,
                                  const float        *g,
                                  const DubMaskView  *view,
                                  const float        *score,
                                  DubMaskRowFunc      func,
                                  size_t              scratch_floats,
                                  gpointer            user_data,
                                  DubRun             *run,
                                  double             *area,
                                  double             *smoothness);

G_END_DECLS
