/* A plane of numbers in a tensor, sampled at any size: an image as it is, a volume by its middle slice. */
#pragma once

#include "core/data/dataset.h"

G_BEGIN_DECLS

/* Element (c, row, column) is start + c·of_channel + row·of_row + column·of_column of the tensor in C order. */
typedef struct {
  const DubTensor *raw;
  int64_t          channels, rows, columns;
  int64_t          start, of_channel, of_row, of_column;
  double           low, high; /* of what is shown black and white */
} DubSampledPlane;

/* @raw: (C, H, W), or (C, i, j, k) of a data set of @kind; kept by the caller. Whole numbers are shown by the range of their type,
 * others by the range of the plane. */
void   dub_sampled_plane_init (DubSampledPlane *self,
                               const DubTensor *raw,
                               DubDatasetKind   kind);
/* The mean over @width samples along both axes around (@row, @column), which count from the plane's corner; a linear blend where
 * @width is at most 1. */
double dub_sampled_plane_at   (const DubSampledPlane *self,
                               int64_t          channel,
                               double           row,
                               double           column,
                               double           width);

G_END_DECLS
