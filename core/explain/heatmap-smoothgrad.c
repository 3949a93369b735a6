/* SmoothGrad: the mean of the gradients at noisy copies of the image (Smilkov et al. 2017, eq. 1).
 *
 * Copy s draws its noise from the stream (seed, "smoothgrad", s), so that it does not matter which copies share a batch. */
#include "core/explain/heatmap-private.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"

static const size_t PICTURES = 16;

typedef struct {
  const DubHeatmapLook *look;
  float                *copies; /* [n][C·V] */
  double                sd;
  uint64_t              seed;
  size_t                first;  /* number of the first copy */
} Noise;

static void
noise_piece (size_t   piece,
             guint    thread,
             gpointer user_data)
{
  const Noise *job = user_data;
  float *copy = job->copies + piece * job->look->n_input;
  DubRng rng;

  dub_rng_init (&rng, job->seed, "smoothgrad", job->first + piece);
  for (size_t i = 0; i < job->look->n_input; i++)
    copy[i] = job->look->x[i] + (float) (job->sd * dub_rng_normal (&rng));
}

static double
spread_of (const DubHeatmapLook *look)
{
  float min = look->x[0], max = look->x[0];

  for (size_t i = 1; i < look->n_input; i++) {
    min = MIN (min, look->x[i]);
    max = MAX (max, look->x[i]);
  }

  return (double) max - (double) min;
}

gboolean
_dub_heatmap_smoothgrad (DubHeatmapWork  *work,
                         DubRun          *run,
                         GError         **error)
{
  DubHeatmapLook *look = &work->look;
  size_t n_samples = work->options->n_samples;
  DubHeatmapBinding binding = { .batch = look->shape[0] > 1 ? 1 : MIN (PICTURES, n_samples), .input_gradients = TRUE };

  if (!_dub_heatmap_look_bind (look, &binding, run, error))
    return FALSE;

  g_autofree float *copies = g_new (float, look->batch * look->n_input);
  g_autofree float *slopes = g_new (float, look->batch * look->n_input);
  g_autofree double *sum = g_new0 (double, look->n_input);
  Noise job = {
    .look = look, .copies = copies, .sd = work->options->noise * spread_of (look), .seed = work->options->seed,
  };

  for (size_t first = 0; first < n_samples; first += look->batch) {
    size_t n = MIN (look->batch, n_samples - first);

    job.first = first;
    if (!dub_parallel_for (run, n, noise_piece, &job, error) || !_dub_heatmap_look_forward (look, copies, n, run, error) ||
        !_dub_heatmap_look_gradient (look, &work->target, n, slopes, run, error))
      return FALSE;
    for (size_t s = 0; s < n; s++)
      for (size_t i = 0; i < look->n_input; i++)
        sum[i] += (double) slopes[s * look->n_input + i] / (double) n_samples;
    dub_run_set_progress (run, (double) (first + n) / (double) n_samples);
  }
  _dub_heatmap_put_channels (work, sum);
  work->result->n_passes = n_samples;

  return TRUE;
}
