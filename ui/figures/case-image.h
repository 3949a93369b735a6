/* One image of a data set as pixels, with or without a heatmap over it. */
#pragma once

#include "ui/figures/compose.h"
#include "ui/figures/sampled-plane.h"

G_BEGIN_DECLS

typedef struct {
  DubSampledPlane  plane;
  DubDatasetKind   kind;
  const DubTensor *heat;     /* (nullable): (H', W'), or (1, i, j, k) as the image; covers all of it */
  DubOverlay       overlay;  /* how the heat is shown; its volume is not read */
} DubCaseImage;

/* @image: (C, H, W) as stored, or (C, i, j, k) whose middle slice is shown; kept by the caller */
void     dub_case_image_init     (DubCaseImage    *self,
                                  const DubTensor *image,
                                  DubDatasetKind   kind);
/* How a map is shown: one whose sign matters by a diverging map around 0, others by heat from 0 to its largest value; the least
 * 12 % are clipped. */
void     dub_heat_overlay_init   (DubOverlay      *self,
                                  const DubTensor *map,
                                  gboolean         diverging);
/* Width over height. */
double   dub_case_image_aspect   (const DubCaseImage *self);
/* @pixels: [@height * @stride] as Cairo's ARGB32, opaque; the whole image is stretched over them */
void     dub_case_image_compose  (const DubCaseImage *self,
                                  int              width,
                                  int              height,
                                  size_t           stride,
                                  guint8          *pixels);

G_END_DECLS
