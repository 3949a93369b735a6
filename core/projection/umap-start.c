/* Where the points of a UMAP begin. */
#include "core/projection/umap-private.h"

#include "core/base/rng.h"
#include "core/projection/pca.h"
#include "core/projection/spectral.h"

#include <math.h>

/* Width of the start along each dimension, and of its jitter before it is spread so. */
static const double WIDTH = 10.0, JITTER = 1e-4;

static gboolean
place_components (const float           *features,
                  size_t                 n,
                  size_t                 n_features,
                  const DubUmapOptions  *options,
                  double                *out,
                  DubRun                *run,
                  GError               **error)
{
  DubPcaOptions pca_options = { .n_components = options->n_dims, .seed = options->seed };
  g_autoptr (DubPca) pca = dub_pca_fit (features, n, n_features, &pca_options, run, error);
  g_autofree float *scores = NULL;

  if (pca == NULL)
    return FALSE;
  scores = g_new (float, n * pca->n_components);
  if (!dub_pca_transform (pca, features, n, scores, run, error))
    return FALSE;
  for (size_t i = 0; i < n; i++)
    for (size_t d = 0; d < options->n_dims; d++)
      out[i * options->n_dims + d] = d < pca->n_components ? (double) scores[i * pca->n_components + d] : 0.0;

  return TRUE;
}

gboolean
_dub_umap_start (const float           *features,
                 size_t                 n_features,
                 const DubCaseGraph    *graph,
                 const DubUmapOptions  *options,
                 float                 *places,
                 DubRun                *run,
                 GError               **error)
{
  size_t n = graph->n, n_dims = options->n_dims, n_parts;
  g_autofree double *layout = g_new0 (double, n * n_dims);
  g_autofree uint32_t *part = g_new (uint32_t, n);
  double largest = 0.0;
  DubRng rng;

  n_parts = dub_graph_parts (graph, part);
  if (n_parts > 1) {
    dub_run_log (run, "The neighbours form %zu parts that nothing connects: the map begins with principal components.",
                 n_parts);
    if (!place_components (features, n, n_features, options, layout, run, error))
      return FALSE;
  } else if (!dub_spectral_layout (graph, n_dims, options->seed, layout, run, error)) {
    return FALSE;
  }
  for (size_t i = 0; i < n * n_dims; i++)
    largest = fmax (largest, fabs (layout[i]));

  dub_rng_init (&rng, options->seed, "umap-start", 0);
  for (size_t i = 0; i < n * n_dims; i++)
    layout[i] = layout[i] * WIDTH / (largest > 0.0 ? largest : 1.0) + JITTER * dub_rng_normal (&rng);
  for (size_t d = 0; d < n_dims; d++) {
    double low = INFINITY, high = -INFINITY;

    for (size_t i = 0; i < n; i++) {
      low = fmin (low, layout[i * n_dims + d]);
      high = fmax (high, layout[i * n_dims + d]);
    }
    for (size_t i = 0; i < n; i++)
      places[i * n_dims + d] = (float) (WIDTH * (layout[i * n_dims + d] - low) / (high > low ? high - low : 1.0));
  }

  return TRUE;
}
