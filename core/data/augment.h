/* Random changes of a training case that leave its label as it is.
 *
 * Each is drawn from the stream (seed, "augment", case, epoch): the same whatever the order, the batch or
 * the number of threads. Applied to prepared cases (float32, after scaling).
 */
#pragma once

#include "core/base/rng.h"
#include "core/tensor/tensor.h"

G_BEGIN_DECLS

typedef enum {
  DUB_AUGMENT_FLIP      = 1 << 0, /* left-right; a visible choice, for laterality */
  DUB_AUGMENT_SHIFT     = 1 << 1, /* up to 10 % of each extent */
  DUB_AUGMENT_ROTATE    = 1 << 2, /* 2-D: up to 15°; 3-D: up to 10° about each axis */
  DUB_AUGMENT_SCALE     = 1 << 3, /* 0.9 to 1.1 */
  DUB_AUGMENT_INTENSITY = 1 << 4, /* gain 0.9 to 1.1, offset ± 0.1 SD */
  DUB_AUGMENT_RAND      = 1 << 5, /* RandAugment (Cubuk et al. 2020): 2 ops, magnitude 9 of 30, published ranges; 2-D only */
  DUB_AUGMENT_NOISE     = 1 << 6, /* Gaussian, SD up to 0.1 of the case's */
  DUB_AUGMENT_BIAS      = 1 << 7, /* 3-D: smooth multiplicative field up to ± 20 % */
} DubAugment;

/* "flip,shift,rotate" or "none"; "affine" means shift, rotate and scale. */
gboolean dub_augment_parse    (const char     *list,
                               guint          *flags,
                               GError        **error);
char    *dub_augment_to_string (guint          flags); /* (transfer full) */

/* @shape: (C, H, W) or (C, D, H, W) of @values, changed in place. */
void     dub_augment_apply    (guint           flags,
                               const DubShape *shape,
                               float          *values,
                               uint64_t        seed,
                               size_t          case_index,
                               guint           epoch);

/* One named operation of RandAugment at a magnitude in [0, 30] (also used for test-time augmentation). */
typedef struct {
  const char *name;      /* "identity", "shear-x", "shear-y", "translate-x", "translate-y", "rotate", "autocontrast",
                            "equalize", "solarize", "posterize", "contrast", "brightness", "sharpness", "cutout" */
  gboolean    is_signed; /* the magnitude's sign is drawn */
} DubAugmentOp;

const DubAugmentOp *dub_augment_ops (size_t    *n_ops);
void     dub_augment_op_apply (size_t          op,
                               double          magnitude,
                               const DubShape *shape,   /* (C, H, W) */
                               float          *values,
                               DubRng         *rng);

G_END_DECLS
