/* dubito-cli segment of a picture: the classes that networks give its pixels, and where they are unsure of them. */
#pragma once

#include "core/uq/segment.h"
#include "core/uq/segment-summary.h"

G_BEGIN_DECLS

/* "….png" or "….npy". */
gboolean         cli_segment_is_image   (const char       *path);

/* cli_segment_image_run:
 * @path: a grey picture (.png, also as three equal channels), in 0…1, or a .npy of (H, W) as it is; networks of colour images see it in
 *        every channel
 */
G_GNUC_WARN_UNUSED_RESULT
DubSegmentation *cli_segment_image_run  (DubGraph *const  *models,
                                         size_t            n_models,
                                         const char       *path,
                                         const char       *views,
                                         DubSegmentScore   score,
                                         DubRun           *run,
                                         GError          **error);
/* (H, W): the labels as uint8, the map as float32 in .npy; in .png the map as 255 · value / @most. */
gboolean         cli_segment_image_save (const DubTensor  *plane,
                                         double            most,
                                         const char       *path,
                                         GError          **error);

G_END_DECLS
