#include "app/cli/cli-segment-image.h"

#include "app/cli/cli-command.h"
#include "core/io/npy.h"
#include "core/io/png.h"

#include <math.h>
#include <string.h>

gboolean
cli_segment_is_image (const char *path)
{
  return g_str_has_suffix (path, ".png") || g_str_has_suffix (path, ".npy");
}

/* One channel of a picture whose others are the same. */
static DubTensor *
grey_of (const DubTensor *picture,
         const char      *path,
         GError         **error)
{
  int64_t height = picture->shape.dim[0], width = picture->shape.dim[1], channels = picture->shape.dim[2];
  DubTensor *grey = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (height, width), error);
  const guint8 *pixel = picture->data;

  if (grey == NULL)
    return NULL;
  for (int64_t i = 0; i < height * width; i++, pixel += channels) {
    if (channels >= 3 && (pixel[0] != pixel[1] || pixel[0] != pixel[2])) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                   _("“%s” is in colour at pixel (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "); expected a grey picture."), path,
                   i / width, i % width);
      dub_tensor_unref (grey);
      return NULL;
    }
    dub_tensor_f32 (grey)[i] = (float) pixel[0] / 255.0f;
  }

  return grey;
}

static DubTensor *
load_image (const char  *path,
            GError     **error)
{
  g_autoptr (DubTensor) file = g_str_has_suffix (path, ".png") ? dub_png_load (path, error) : dub_npy_load (path, error);

  if (file == NULL)
    return NULL;
  if (g_str_has_suffix (path, ".png") && file->dtype == DUB_DTYPE_U8)
    return grey_of (file, path, error);
  if (file->shape.rank != 2) {
    g_autofree char *found = dub_shape_to_string (&file->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, _("“%s” has the shape %s; expected one image (height, width)."), path, found);
    return NULL;
  }

  g_autoptr (DubTensor) packed = dub_tensor_contiguous (file, error);

  return packed != NULL ? dub_tensor_convert (packed, DUB_DTYPE_F32, error) : NULL;
}

DubSegmentation *
cli_segment_image_run (DubGraph *const  *models,
                       size_t            n_models,
                       const char       *path,
                       const char       *views,
                       DubSegmentScore   score,
                       DubRun           *run,
                       GError          **error)
{
  g_autoptr (DubTensor) image = load_image (path, error);

  if (image == NULL)
    return NULL;

  const int64_t extent[3] = { 1, image->shape.dim[0], image->shape.dim[1] };
  g_autoptr (GArray) list = dub_segment_views_parse (views, extent, error);
  g_autofree DubTensor **inputs = g_new (DubTensor *, n_models);

  for (size_t m = 0; m < n_models; m++)
    inputs[m] = image;

  return list != NULL ? dub_segment (models, inputs, n_models, list, 1u << score, run, error) : NULL;
}

gboolean
cli_segment_image_save (const DubTensor  *plane,
                        double            most,
                        const char       *path,
                        GError          **error)
{
  int64_t height = plane->shape.dim[1], width = plane->shape.dim[2];

  if (g_str_has_suffix (path, ".npy")) {
    g_autoptr (DubTensor) packed = dub_tensor_contiguous ((DubTensor *) plane, error);
    g_autoptr (DubTensor) flat = packed != NULL ? dub_tensor_reshape (packed, DUB_SHAPE (height, width), error) : NULL;

    return flat != NULL && dub_npy_save (flat, path, error);
  }

  g_autoptr (DubTensor) picture = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (height, width, 1), error);

  if (picture == NULL)
    return FALSE;
  if (plane->dtype == DUB_DTYPE_U8)
    memcpy (picture->data, plane->data, (size_t) (height * width));
  else
    for (int64_t i = 0; i < height * width; i++)
      ((guint8 *) picture->data)[i] = (guint8) lrint (255.0 * CLAMP ((double) dub_tensor_f32 (plane)[i] / most, 0.0, 1.0));

  return dub_png_save (picture, path, 0.0, NULL, error);
}
