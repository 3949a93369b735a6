/* Gaussian blur of a field of voxels. */
#pragma once

#include "core/base/run.h"

#include <stddef.h>

G_BEGIN_DECLS

/* dub_blur_gaussian:
 * @field: (D, H, W), C order, blurred in place
 * @sigma: standard deviation in voxels along D, H, W; 0 = leave that axis alone
 *
 * Separable, cut off at 4 σ. Beyond the border nothing is known: the weights
 * are normalised by those that fall inside, so that a constant stays itself.
 */
gboolean dub_blur_gaussian (float        *field,
                            const size_t  shape[3],
                            const double  sigma[3],
                            DubRun       *run,
                            GError      **error);

G_END_DECLS
