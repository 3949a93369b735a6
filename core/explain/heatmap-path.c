/* Integrated gradients along the straight line from the replacement r to the image x (Sundararajan et al. 2017, eq. 1):
 *
 *   map(u) = (x(u) - r(u)) · 1/S Σ_s dt/dx (r + (s + ½)/S · (x - r))(u)
 *
 * The sum over the map would be t(x) - t(r) were the integral exact; what is missing is the completeness gap. */
#include "core/explain/heatmap-private.h"

#include <math.h>

static const size_t PICTURES = 16;

static void
place_on_path (const DubHeatmapWork *work,
               double                share,
               float                *point)
{
  const float *x = work->look.x, *r = work->r;

  for (size_t i = 0; i < work->look.n_input; i++)
    point[i] = (float) ((double) r[i] + share * ((double) x[i] - (double) r[i]));
}

gboolean
_dub_heatmap_path (DubHeatmapWork  *work,
                   DubRun          *run,
                   GError         **error)
{
  DubHeatmapLook *look = &work->look;
  size_t n_steps = work->options->n_steps, n_input = look->n_input;
  DubHeatmapBinding binding = { .batch = look->shape[0] > 1 ? 1 : MIN (PICTURES, n_steps), .input_gradients = TRUE };

  if (!_dub_heatmap_look_bind (look, &binding, run, error) || !_dub_heatmap_look_forward (look, work->r, 1, run, error))
    return FALSE;
  work->result->changed = _dub_heatmap_target_value (&work->target, look->logits, look->batch * look->n_classes);

  g_autofree float *points = g_new (float, look->batch * n_input);
  g_autofree float *slopes = g_new (float, look->batch * n_input);
  g_autofree double *sum = g_new0 (double, n_input);
  double total = 0.0;

  for (size_t first = 0; first < n_steps; first += look->batch) {
    size_t n = MIN (look->batch, n_steps - first);

    for (size_t s = 0; s < n; s++)
      place_on_path (work, ((double) (first + s) + 0.5) / (double) n_steps, points + s * n_input);
    if (!_dub_heatmap_look_forward (look, points, n, run, error) ||
        !_dub_heatmap_look_gradient (look, &work->target, n, slopes, run, error))
      return FALSE;
    for (size_t s = 0; s < n; s++)
      for (size_t i = 0; i < n_input; i++)
        sum[i] += (double) slopes[s * n_input + i];
    dub_run_set_progress (run, (double) (first + n) / (double) n_steps);
  }
  for (size_t i = 0; i < n_input; i++) {
    sum[i] *= ((double) look->x[i] - (double) work->r[i]) / (double) n_steps;
    total += sum[i];
  }
  _dub_heatmap_put_channels (work, sum);
  work->result->gap = total - (work->result->value - work->result->changed);
  work->result->n_passes = n_steps + 1;

  return TRUE;
}
