/* The images of a set and what a mask replaces them by. */
#include "core/explain/mask-private.h"

#include "core/data/blur.h"

#include <math.h>

void
_dub_mask_image_clear (DubMaskImage *self)
{
  g_clear_pointer (&self->x, dub_tensor_unref);
  g_clear_pointer (&self->r, dub_tensor_unref);
}

gboolean
_dub_mask_image_check (const DubTensor  *x,
                       size_t            index,
                       GError          **error)
{
  const float *values = dub_tensor_f32 (x);
  size_t n = dub_tensor_n_elements (x);
  size_t h = (size_t) x->shape.dim[1], w = (size_t) x->shape.dim[2];

  for (size_t i = 0; i < n; i++)
    if (!isfinite (values[i])) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                   "Image %zu holds %s at voxel (%zu, %zu, %zu); expected finite numbers.",
                   index + 1, isnan (values[i]) ? "NaN" : "an infinity", i / (h * w), i / w % h, i % w);
      return FALSE;
    }

  return TRUE;
}

static float
mean_value (const DubTensor *x)
{
  const float *values = dub_tensor_f32 (x);
  size_t n = dub_tensor_n_elements (x);
  double sum = 0.0;

  for (size_t i = 0; i < n; i++)
    sum += (double) values[i];

  return (float) (sum / (double) MAX (n, 1));
}

gboolean
_dub_mask_image_fill (DubMaskImage         *self,
                      DubTensor            *reference,
                      const DubMaskParams  *params,
                      DubRun               *run,
                      GError              **error)
{
  const int64_t *dim = self->x->shape.dim;
  size_t shape[3] = { (size_t) dim[0], (size_t) dim[1], (size_t) dim[2] };
  double sigma[3] = { params->blur_sigma, params->blur_sigma, params->blur_sigma };

  self->r0 = 0.0f;
  g_clear_pointer (&self->r, dub_tensor_unref);

  switch (params->replacement) {
  case DUB_REPLACE_ONE:
    self->r0 = 1.0f;
    return TRUE;
  case DUB_REPLACE_ZERO:
    return TRUE;
  case DUB_REPLACE_MEAN:
    self->r0 = mean_value (self->x);
    return TRUE;
  case DUB_REPLACE_BLUR:
    self->r = dub_tensor_copy (self->x, error);
    return self->r != NULL && dub_blur_gaussian (dub_tensor_f32 (self->r), shape, sigma, run, error);
  case DUB_REPLACE_FILE:
    if (reference == NULL) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                   "The replacement is a file but no volume was given; expected one of the image's shape.");
      return FALSE;
    }
    self->r = dub_tensor_ref (reference);
    return TRUE;
  default:
    return FALSE;
  }
}
