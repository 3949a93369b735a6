/* The number that a heatmap explains, as a function of all networks' logits, and its derivative. Everything in double. */
#include "core/explain/heatmap-private.h"

#include "core/train/loss.h"

#include <math.h>

void
_dub_heatmap_mean (const DubHeatmapTarget *self,
                   const float            *logits,
                   size_t                  stride,
                   double                 *mean)
{
  size_t n_classes = self->n_classes;
  g_autofree double *p = g_new (double, n_classes);

  for (size_t k = 0; k < n_classes; k++)
    mean[k] = 0.0;
  for (size_t m = 0; m < self->n_networks; m++) {
    dub_softmax_row (logits + m * stride, n_classes, p);
    for (size_t k = 0; k < n_classes; k++)
      mean[k] += p[k] / (double) self->n_networks;
  }
}

double
_dub_heatmap_target_value (const DubHeatmapTarget *self,
                           const float            *logits,
                           size_t                  stride)
{
  if (self->of == DUB_HEATMAP_OF_LOGIT) {
    double sum = 0.0;

    for (size_t m = 0; m < self->n_networks; m++)
      sum += (double) logits[m * stride + self->class_index];
    return sum / (double) self->n_networks;
  }

  g_autofree double *mean = g_new (double, self->n_classes);
  double entropy = 0.0;

  _dub_heatmap_mean (self, logits, stride, mean);
  if (self->of == DUB_HEATMAP_OF_PROBABILITY)
    return mean[self->class_index];
  for (size_t k = 0; k < self->n_classes; k++)
    if (mean[k] > 0.0)
      entropy -= mean[k] * log (mean[k]);

  return entropy;
}

/* With g_k = dt/dp̄_k: dt/dz_mj = p_mj (g_j - Σ_k g_k p_mk) / M. Of the entropy g_k = -ln p̄_k (the constant cancels). */
static void
slope_of_probabilities (const DubHeatmapTarget *self,
                        const double           *g,
                        const float            *logits,
                        size_t                  stride,
                        float                  *slope)
{
  size_t n_classes = self->n_classes;
  g_autofree double *p = g_new (double, n_classes);

  for (size_t m = 0; m < self->n_networks; m++) {
    double inner = 0.0;

    dub_softmax_row (logits + m * stride, n_classes, p);
    for (size_t k = 0; k < n_classes; k++)
      inner += g[k] * p[k];
    for (size_t k = 0; k < n_classes; k++)
      slope[m * stride + k] = (float) (p[k] * (g[k] - inner) / (double) self->n_networks);
  }
}

void
_dub_heatmap_target_slope (const DubHeatmapTarget *self,
                           const float            *logits,
                           size_t                  stride,
                           float                  *slope)
{
  size_t n_classes = self->n_classes, M = self->n_networks;

  switch (self->of) {
  case DUB_HEATMAP_OF_LOGIT:
    for (size_t m = 0; m < M; m++)
      for (size_t k = 0; k < n_classes; k++)
        slope[m * stride + k] = k == self->class_index ? (float) (1.0 / (double) M) : 0.0f;
    return;
  case DUB_HEATMAP_OF_PROBABILITY:
    /* The form that keeps a direction where p is 1 in float64. */
    for (size_t m = 0; m < M; m++) {
      g_autofree double *p = g_new (double, n_classes);

      dub_softmax_row (logits + m * stride, n_classes, p);
      dub_softmax_row_gradient (p, n_classes, self->class_index, slope + m * stride);
      for (size_t k = 0; k < n_classes; k++)
        slope[m * stride + k] = (float) ((double) slope[m * stride + k] / (double) M);
    }
    return;
  case DUB_HEATMAP_OF_ENTROPY: {
    g_autofree double *g = g_new (double, n_classes);

    _dub_heatmap_mean (self, logits, stride, g);
    for (size_t k = 0; k < n_classes; k++)
      g[k] = -log (MAX (g[k], 1e-300));
    slope_of_probabilities (self, g, logits, stride, slope);
    return;
  }
  case DUB_HEATMAP_OF_SCORE:
  default:
    g_return_if_reached ();
  }
}
