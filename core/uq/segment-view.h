/* Changed views of an image or volume whose segmentation comes back exactly: mirroring, quarter turns, shifts by whole voxels,
 * and changes of intensity. No interpolation takes part, so that a spread over views is the network's, not a resampler's.
 */
#pragma once

#include "core/base/error.h"

#include <stdint.h>

G_BEGIN_DECLS

/* Voxel u of the image stands at w of the view: w[a] = sign[a] · u[axis[a]] + offset[a]. */
typedef struct {
  int     axis[3];
  int     sign[3];
  int64_t offset[3];
  double  gain;      /* of the intensity above the image's minimum; 1 = none */
  char    name[24];  /* "flip 0", "turn 90", "shift 0 +4", "gain 1.1" */
} DubSegmentView;

/* dub_segment_views_parse:
 * @list: of "flip" (each axis), "flip-0", "flip-1", "flip-2" (axes of the tensor D, H, W; of an image 1 and 2), "turn" (90, 180 and
 *        270 degrees in the last two axes), "shift" (4 voxels to either side along each axis), "intensity" (0.9 and 1.1 of the
 *        contrast), separated by commas; "none" or "" is no view besides the image itself
 * @extent: D, H, W; D = 1 of an image
 *
 * The first view is always the image itself.
 *
 * Returns: (transfer full) (element-type DubSegmentView), or NULL with DUB_ERROR_ARGUMENT: an unknown word, a turn of extents that are
 *   not equal.
 */
G_GNUC_WARN_UNUSED_RESULT
GArray  *dub_segment_views_parse (const char           *list,
                                  const int64_t         extent[3],
                                  GError              **error);

/* @from, @to: (D, H, W). What a shift brings in is the outermost voxel. @low: the image's minimum. */
void     dub_segment_view_apply  (const DubSegmentView *self,
                                  const int64_t         extent[3],
                                  const float          *from,
                                  float                 low,
                                  float                *to);
/* Where voxel (d, h, w) of the image stands in the view, as an index of (D, H, W); -1 = it was shifted out. */
static inline int64_t
dub_segment_view_place (const DubSegmentView *self,
                        const int64_t         extent[3],
                        const int64_t         u[3])
{
  int64_t place = 0;

  for (int a = 0; a < 3; a++) {
    int64_t w = self->sign[a] * u[self->axis[a]] + self->offset[a];

    if (w < 0 || w >= extent[a])
      return -1;
    place = place * extent[a] + w;
  }

  return place;
}

G_END_DECLS
