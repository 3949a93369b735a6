/* Gradient, and input × gradient: one pass forward and one backward. */
#include "core/explain/heatmap-private.h"

gboolean
_dub_heatmap_gradient (DubHeatmapWork  *work,
                       DubRun          *run,
                       GError         **error)
{
  DubHeatmapLook *look = &work->look;
  DubHeatmapBinding binding = { .batch = 1, .input_gradients = TRUE };
  g_autofree float *slope = g_new (float, look->n_input);
  g_autofree double *values = g_new (double, look->n_input);

  if (!_dub_heatmap_look_bind (look, &binding, run, error) || !_dub_heatmap_look_forward (look, look->x, 1, run, error) ||
      !_dub_heatmap_look_gradient (look, &work->target, 1, slope, run, error))
    return FALSE;

  for (size_t i = 0; i < look->n_input; i++)
    values[i] = (double) slope[i] * (work->r != NULL ? (double) look->x[i] - (double) work->r[i] : 1.0);
  _dub_heatmap_put_channels (work, values);
  work->result->n_passes = 1;

  return TRUE;
}
