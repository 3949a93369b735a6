/* An image file as a network reads it, and as a volume for display. */
#pragma once

#include "app/cli/cli-input.h"
#include "ui/figures/heatmap-figure.h"

G_BEGIN_DECLS

typedef struct {
  DubTensor    *input;      /* (1, C, H, W) or (1, C, D, H, W) */
  gboolean      kji;
  DubPreprocess preprocess; /* of a volume that --axes, --scale and --fit prepared */
  DubVolume    *displayed;  /* (nullable) of a volume: on the network's grid */
  DubVolume    *original;   /* (nullable) as its file has it, where the grid is a crop, a frame or a resampling of it */
} CliHeatmapImage;

/* cli_heatmap_image_load:
 * @path: .png, .npy, or NIfTI
 * @prepare: (nullable): a file with the JSON of a DubPrepare; NULL = as `model run` reads it: pictures in 0…1, .npy as it is,
 *           volumes by --axes, --scale, --fit
 */
G_GNUC_WARN_UNUSED_RESULT
CliHeatmapImage *cli_heatmap_image_load (DubGraph                   *graph,
                                         const char                 *path,
                                         const char                 *prepare,
                                         const CliPreprocessOptions *given,
                                         DubRun                     *run,
                                         GError                    **error);
void             cli_heatmap_image_free (CliHeatmapImage            *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliHeatmapImage, cli_heatmap_image_free)

G_END_DECLS
