#include "ui/model/case-picture.h"

#include <math.h>

#include "ui/figures/sampled-plane.h"

GBytes *
dub_tensor_picture (const DubTensor *raw,
                    DubDatasetKind   kind,
                    int              side)
{
  g_return_val_if_fail (side > 0 && side <= 1024, NULL);

  DubSampledPlane slice;
  guint8 *pixels = g_malloc ((gsize) side * (gsize) side * 3), *pixel = pixels;

  dub_sampled_plane_init (&slice, raw, kind);

  double square = (double) MIN (slice.rows, slice.columns), step = square / side;
  double top = 0.5 * ((double) slice.rows - square), left = 0.5 * ((double) slice.columns - square);
  double scale = slice.high > slice.low ? 255.0 / (slice.high - slice.low) : 0.0;

  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++)
      for (int c = 0; c < 3; c++) {
        /* Grey, with or without alpha, stands in all three. */
        double value = slice.channels < 3 && c > 0 ? (double) NAN
                                                   : dub_sampled_plane_at (&slice, c, top + (y + 0.5) * step, left + (x + 0.5) * step, step);

        *pixel = slice.channels < 3 && c > 0 ? pixel[-1] : (guint8) CLAMP ((value - slice.low) * scale, 0.0, 255.0);
        pixel++;
      }

  return g_bytes_new_take (pixels, (gsize) side * (gsize) side * 3);
}

GBytes *
dub_case_picture (DubDataset  *dataset,
                  size_t       index,
                  int          side,
                  GError     **error)
{
  g_autoptr (DubTensor) raw = dub_dataset_read (dataset, index, NULL, error);

  return raw != NULL ? dub_tensor_picture (raw, dataset->kind, side) : NULL;
}
