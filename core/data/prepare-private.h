/* What the files of dub_prepare_* share; nobody else includes it. */
#pragma once

#include "core/data/prepare.h"

G_BEGIN_DECLS

/* A case on its way: float32, C order [channels][n[0]][n[1]][n[2]]; an image (H, W) is (1, H, W) here. */
typedef struct {
  int     channels;
  int64_t n[3];
  float  *values; /* owned */
} DubGrid;

void     _dub_grid_clear      (DubGrid          *self);
/* Undefined numbers; DUB_ERROR_MEMORY where they cannot be had. */
gboolean _dub_grid_init       (DubGrid          *self,
                               int               channels,
                               const int64_t     n[3],
                               GError          **error);

/* Another number of samples along every axis. @step: width of a new sample in old ones, per axis; the middles of
 * both grids coincide. With @step NULL both cover the same box. Area-averaged where samples get wider, linear
 * between the middles of samples where they get narrower; beyond the border the outermost sample holds. */
gboolean _dub_grid_resample   (DubGrid          *self,
                               const int64_t     n[3],
                               const double     *step,
                               GError          **error);
/* Centred; what is new takes the smallest value. An odd rest stands at the end when padding and goes there when cropping. */
gboolean _dub_grid_crop_pad   (DubGrid          *self,
                               const int64_t     n[3],
                               GError          **error);

/* Scales @values [channels][n_each] in place, as the preparation says. @unit: factor from stored numbers to UNIT. */
void     _dub_prepare_scale   (const DubPrepare *self,
                               float            *values,
                               size_t            n_each,
                               double            unit);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DubGrid, _dub_grid_clear)

G_END_DECLS
