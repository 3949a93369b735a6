/* Images named on the command line, as a data set would give them: PNG, NIfTI, npy, and rows of npz archives.
 *
 *   IMAGE.png, VOLUME.nii[.gz], IMAGE.npy         one image; npy: height×width, height×width×3, or depth×height×width
 *   SET.npz                                       every row of its arrays of images, as MedMNIST has them
 *   SET.npz:test-3,7                              these rows: of test_images by the case's id, of the only array by its number
 */
#pragma once

#include "app/cli/cli-command.h"
#include "core/base/run.h"
#include "core/tensor/tensor.h"

G_BEGIN_DECLS

typedef struct {
  GPtrArray *raw;     /* of DubTensor *: (C, H, W) or (C, D, H, W) */
  GPtrArray *names;   /* of char * */
  GArray    *spacing; /* of double[3] mm; NaN where unknown */
} CliImages;

/* @n_axes: 2 or 3: of the study's images. DUB_ERROR_SHAPE, DUB_ERROR_FORMAT, DUB_ERROR_ARGUMENT name file and array. */
G_GNUC_WARN_UNUSED_RESULT
CliImages *cli_images_load (char *const  *arguments,
                            int           n_axes,
                            DubRun       *run,
                            GError      **error);
void       cli_images_free (CliImages    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliImages, cli_images_free)

G_END_DECLS
