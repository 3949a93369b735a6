/* A way to look at a case again: two operations of RandAugment, or a small change of a volume, drawn once and for all.
 *
 *   TTA    magnitude 9 of 30, drawn for each case from its key (a hash of its content): a case has the same views alone, in a
 *          batch and as a new image (source 000: RandAugment, n = 5)
 *   POOL   policy v of a pool is the same for every case, its magnitudes anywhere up to 45 (greedy policy search)
 *
 * Volumes are shifted, turned, scaled, brightened and made noisy instead; nothing is mirrored, for laterality.
 */
#pragma once

#include "core/tensor/tensor.h"

G_BEGIN_DECLS

typedef struct {
  gboolean pool;
  guint    view;     /* of the case, or index in the pool */
  uint64_t seed;
  uint64_t key;      /* of the case's content; not read where @pool */
  gboolean kji;      /* axes of a volume are (k, j, i) */
} DubViewPolicy;

/* First eight bytes of a SHA-256 over type, shape and content of a case as stored. */
uint64_t dub_view_key      (const DubTensor     *raw);

/* @shape: (C, H, W) or (C, D, H, W) of @values, prepared, changed in place. */
void     dub_view_apply    (const DubViewPolicy *self,
                            const DubShape      *shape,
                            float               *values);
/* "rotate 9, contrast 9": for a person. (transfer full) */
char    *dub_view_describe (const DubViewPolicy *self,
                            const DubShape      *shape);

G_END_DECLS
