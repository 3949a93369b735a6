/* What the files of dub_augment_* share; nobody else includes it. */
#pragma once

#include "core/data/augment.h"

G_BEGIN_DECLS

/* Where a changed case takes its numbers from: source = centre + matrix · (place - centre) + shift, in samples along
 * (D, H, W); an image uses (H, W), the last two. */
typedef struct {
  double matrix[3][3];
  double shift[3];
} DubWarp;

/* Mean, SD and range over all channels. */
typedef struct {
  double mean, sd;
  float  low, high;
} DubCaseStats;

void     _dub_warp_init      (DubWarp        *self);
/* self ← self · other */
void     _dub_warp_multiply  (DubWarp        *self,
                              const double    other[3][3]);
gboolean _dub_warp_is_none   (const DubWarp  *self);

/* One resampling, linear between samples. @fill: (nullable): what lies outside; NULL = the outermost sample holds. */
void     _dub_augment_warp   (const DubWarp  *self,
                              const DubShape *shape,
                              float          *values,
                              const float    *fill);

/* Places 0 … n_to - 1 of a row, whose source is start + step · place in [n] samples; the outermost sample holds. */
void     _dub_warp_row_image  (const float   *from,
                               const int32_t  n[2],
                               const float    start[2],
                               const float    step[2],
                               int32_t        n_to,
                               float         *to);
void     _dub_warp_row_volume (const float   *from,
                               const int32_t  n[3],
                               const float    start[3],
                               const float    step[3],
                               int32_t        n_to,
                               float         *to);

void     _dub_augment_stats  (const float    *values,
                              size_t          n,
                              DubCaseStats   *stats);

/* values ← low + (values - low) · (1 + field), the field within ± @strength and smooth. Volumes only. */
void     _dub_augment_bias   (const DubShape *shape,
                              float          *values,
                              double          strength,
                              DubRng         *rng);

G_END_DECLS
