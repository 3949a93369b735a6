/* What stands where the image is taken away: the replacements of masks, channel by channel. */
#include "core/explain/heatmap-private.h"
#include "core/explain/mask-private.h"

#include <string.h>

/* The reference as [C·V] numbers: of one channel for all, or of as many as the image has. */
static DubTensor *
take_reference (const DubHeatmapLook  *look,
                DubTensor             *reference,
                GError               **error)
{
  g_autoptr (DubTensor) numbers = NULL;

  if (reference == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The replacement is a file but no image was given; expected one of the image's shape.");
    return NULL;
  }

  size_t n = dub_tensor_n_elements (reference);
  int rank = reference->shape.rank;
  gboolean fits = reference->dtype == DUB_DTYPE_F32 && (n == look->n_input || n == look->n_voxels) && rank >= look->input.rank - 1;

  for (int a = 1; fits && a < look->input.rank; a++)
    fits = reference->shape.dim[rank - a] == look->input.dim[look->input.rank - a];
  if (!fits) {
    g_autofree char *found = dub_shape_to_string (&reference->shape);
    g_autofree char *expected = dub_shape_to_string (&look->input);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "The replacement is %s of shape %s; expected float32 of shape %s.",
                 dub_dtype_name (reference->dtype), found, expected);
    return NULL;
  }
  numbers = dub_tensor_contiguous (reference, error);

  return g_steal_pointer (&numbers);
}

/* One channel as (D, H, W), without a copy. */
static DubTensor *
channel_view (const DubHeatmapLook *look,
              const float          *numbers,
              size_t                channel)
{
  DubShape shape = DUB_SHAPE ((int64_t) look->shape[0], (int64_t) look->shape[1], (int64_t) look->shape[2]);

  return dub_tensor_new_wrapped (DUB_DTYPE_F32, shape, (float *) numbers + channel * look->n_voxels, NULL, NULL);
}

float *
_dub_heatmap_replacement (const DubHeatmapLook     *look,
                          const DubHeatmapOptions  *options,
                          DubRun                   *run,
                          GError                  **error)
{
  DubMaskParams params = { .replacement = options->replacement, .blur_sigma = options->blur_sigma };
  g_autoptr (DubTensor) reference = NULL;
  g_autofree float *r = g_new (float, look->n_input);
  size_t n_voxels = look->n_voxels;

  if (options->replacement == DUB_REPLACE_FILE && (reference = take_reference (look, options->reference, error)) == NULL)
    return NULL;

  for (size_t c = 0; c < look->n_channels; c++) {
    g_auto (DubMaskImage) image = { .x = channel_view (look, look->x, c) };
    g_autoptr (DubTensor) given = NULL;

    if (reference != NULL) {
      size_t n_given = dub_tensor_n_elements (reference) / n_voxels;

      given = channel_view (look, dub_tensor_f32 (reference), n_given > 1 ? c : 0);
      if (!_dub_mask_image_check (given, c, error))
        return NULL;
    }
    if (!_dub_mask_image_fill (&image, given, &params, run, error))
      return NULL;
    for (size_t i = 0; i < n_voxels; i++)
      r[c * n_voxels + i] = image.r != NULL ? dub_tensor_f32 (image.r)[i] : image.r0;
  }

  return g_steal_pointer (&r);
}
