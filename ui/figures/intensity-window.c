#include "ui/figures/intensity-window.h"

#include <math.h>

/* Fewer pixels than this say nothing about a slice. */
#define LEAST_PIXELS 16

#define N_BINS 1024

void
dub_intensity_window_of_volume (const DubVolume *volume,
                                double          *low,
                                double          *high)
{
  size_t n = dub_tensor_n_elements (volume->voxels);
  const float *voxels = dub_tensor_f32 (volume->voxels);
  size_t step = MAX (n / 65536, 1) | 1;
  g_autofree float *sample = g_new (float, n / step + 1);
  guint histogram[N_BINS] = { 0 };
  size_t n_sample = 0;
  float least = INFINITY;
  float most = -INFINITY;

  for (size_t i = 0; i < n; i += step) {
    if (!isfinite (voxels[i]))
      continue;
    sample[n_sample++] = voxels[i];
    least = MIN (least, voxels[i]);
    most = MAX (most, voxels[i]);
  }
  *low = n_sample > 0 ? least : 0.0;
  *high = *low + 1.0;
  if (n_sample == 0 || least >= most)
    return;

  for (size_t i = 0; i < n_sample; i++)
    histogram[(int) ((N_BINS - 1) * (sample[i] - least) / (most - least))]++;

  size_t above = n_sample / 500;
  int bin = N_BINS - 1;

  for (size_t sum = histogram[bin]; sum < above && bin > 1; sum += histogram[bin])
    bin--;
  *high = least + (double) (most - least) * (double) (bin + 1) / N_BINS;
}

static int
compare_floats (gconstpointer a,
                gconstpointer b)
{
  float x = *(const float *) a;
  float y = *(const float *) b;

  return (x > y) - (x < y);
}

gboolean
dub_intensity_window_of_slice (const DubSliceView *view,
                               double              background,
                               double             *low,
                               double             *high)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (float));
  DubSliceGeometry geometry;

  if (view->base == NULL || !dub_slice_view_geometry (view, 64, 64, &geometry))
    return FALSE;

  int64_t step_u = MAX (geometry.n[0] / 256, 1);
  int64_t step_v = MAX (geometry.n[1] / 256, 1);

  for (int64_t v = 0; v < geometry.n[1]; v += step_v)
    for (int64_t u = 0; u < geometry.n[0]; u += step_u) {
      double slice[3] = { (double) u, (double) v, (double) geometry.index };
      double voxel[3];

      dub_slice_slice_to_voxel (&geometry, slice, voxel);

      float value = dub_volume_get (view->base, llround (voxel[0]), llround (voxel[1]), llround (voxel[2]));

      if (isfinite (value) && value > background)
        g_array_append_val (values, value);
    }
  if (values->len < LEAST_PIXELS)
    return FALSE;

  g_array_sort (values, compare_floats);
  *low = g_array_index (values, float, values->len / 100);
  *high = g_array_index (values, float, (guint) (0.995 * (values->len - 1)));

  return TRUE;
}
