/* Which intensities are shown black and white, when nobody has said so. */
#pragma once

#include "ui/figures/slice.h"

G_BEGIN_DECLS

/* Of a whole volume: black is its smallest value, white the 99.8th percentile of a regular sample,
 * so that a few hot voxels do not darken the rest. Always low < high. */
void     dub_intensity_window_of_volume (const DubVolume    *volume,
                                         double             *low,
                                         double             *high);

/* Of the slice that @view shows: from the 1st to the 99.5th percentile of what is above @background.
 * FALSE where too little is. */
gboolean dub_intensity_window_of_slice  (const DubSliceView *view,
                                         double              background,
                                         double             *low,
                                         double             *high);

G_END_DECLS
