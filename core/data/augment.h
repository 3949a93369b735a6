/* Random changes of a training case that leave its label as it is.
 *
 * Each is drawn from the stream (seed, "augment", case, epoch): the same whatever the order, the batch or
 * the number of threads. Applied to prepared cases (float32, after scaling). What moves a case is composed into one
 * affine map, so that it is resampled once, linearly; beyond the border the outermost sample holds, because black
 * corners would tell the network where the border was. One coin decides about shift, rotation and scale together: half of
 * the cases stay as sharp as they came, so that a network also learns from what it will be asked about. Order: move,
 * RandAugment, bias field, intensity, noise.
 * Choosing one more augmentation does not change what is drawn for the others.
 */
#pragma once

#include "core/base/rng.h"
#include "core/tensor/tensor.h"

G_BEGIN_DECLS

typedef enum {
  DUB_AUGMENT_FLIP      = 1 << 0, /* left-right: along W of (C, H, W), along i of a volume; a visible choice, for laterality */
  DUB_AUGMENT_SHIFT     = 1 << 1, /* up to 10 % of each extent */
  DUB_AUGMENT_ROTATE    = 1 << 2, /* 2-D: up to 15°; 3-D: up to 10° about each axis */
  DUB_AUGMENT_SCALE     = 1 << 3, /* 0.9 to 1.1 */
  DUB_AUGMENT_INTENSITY = 1 << 4, /* gain 0.9 to 1.1 about the case's mean, offset ± 0.1 of its SD */
  DUB_AUGMENT_RAND      = 1 << 5, /* RandAugment (Cubuk et al. 2020): 2 ops, magnitude 9 of 30, published ranges; 2-D only */
  DUB_AUGMENT_NOISE     = 1 << 6, /* Gaussian, SD up to 0.1 of the case's */
  DUB_AUGMENT_BIAS      = 1 << 7, /* 3-D: smooth multiplicative field up to ± 20 % on what stands above the case's minimum */
  DUB_AUGMENT_KJI       = 1 << 16, /* no change but a fact: the volume's axes are (k, j, i), so left-right is the last;
                                      set it where DubPrepare.kji is set. It has no name in lists. */
} DubAugment;

/* "flip,shift,rotate" or "none"; "affine" means shift, rotate and scale. */
gboolean dub_augment_parse    (const char     *list,
                               guint          *flags,
                               GError        **error);
char    *dub_augment_to_string (guint          flags); /* (transfer full) */
/* "flip, shift, rotate, RandAugment" or "none": for a person. (transfer full) */
char    *dub_augment_describe  (guint          flags);
/* One sentence on one augmentation, for a person; NULL for anything else. */
const char *dub_augment_sentence (DubAugment   augmentation);

/* @shape: (C, H, W) or (C, D, H, W) of @values, changed in place. Images ignore BIAS, volumes ignore RAND. */
void     dub_augment_apply    (guint           flags,
                               const DubShape *shape,
                               float          *values,
                               uint64_t        seed,
                               size_t          case_index,
                               guint           epoch);

/* One named operation of RandAugment at a magnitude in [0, 45] (also used for test-time augmentation). 30 is the end of
 * the published ranges; 45 goes on to one and a half times them. At 0 nothing changes, except that autocontrast and
 * equalize know no magnitude. See augment-rand.c for the ranges. */
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
