/* Grad-CAM (Selvaraju et al. 2017, eqs. 1 and 2), for pictures and volumes, and its spread over an ensemble.
 *
 *   α_k = 1/Z Σ_u dt/dA_k(u), over ALL spatial axes      map = max (0, Σ_k α_k A_k), interpolated onto the image
 *
 * The networks of an ensemble have feature maps of their own: each one's map is made, and their mean is the ensemble's. */
#include "core/explain/heatmap-private.h"

#include <math.h>
#include <string.h>

/* --- from a coarse grid onto the image's --- */

/* Where voxel i of n falls on a grid of n_from, the corners of both on each other (align_corners = false). */
static void
place (size_t  i,
       size_t  n,
       size_t  n_from,
       size_t *left,
       size_t *right,
       double *fraction)
{
  double at = ((double) i + 0.5) * (double) n_from / (double) n - 0.5;

  at = CLAMP (at, 0.0, (double) (n_from - 1));
  *left = (size_t) at;
  *right = MIN (*left + 1, n_from - 1);
  *fraction = at - (double) *left;
}

/* Linear along each of the three axes; D = 1 on both sides of a picture. */
static void
upsample (const double *from,
          const size_t  grid[3],
          const size_t  shape[3],
          double       *to)
{
  for (size_t z = 0, at = 0; z < shape[0]; z++) {
    size_t z0, z1, y0, y1, x0, x1;
    double fz, fy, fx;

    place (z, shape[0], grid[0], &z0, &z1, &fz);
    for (size_t y = 0; y < shape[1]; y++) {
      place (y, shape[1], grid[1], &y0, &y1, &fy);

      const double *rows[4] = {
        from + (z0 * grid[1] + y0) * grid[2], from + (z0 * grid[1] + y1) * grid[2],
        from + (z1 * grid[1] + y0) * grid[2], from + (z1 * grid[1] + y1) * grid[2],
      };
      const double weights[4] = { (1 - fz) * (1 - fy), (1 - fz) * fy, fz * (1 - fy), fz * fy };

      for (size_t x = 0; x < shape[2]; x++, at++) {
        place (x, shape[2], grid[2], &x0, &x1, &fx);
        to[at] = 0.0;
        for (int r = 0; r < 4; r++)
          to[at] += weights[r] * ((1 - fx) * rows[r][x0] + fx * rows[r][x1]);
      }
    }
  }
}

/* --- one network's map --- */

static gboolean
map_of (const DubHeatmapLook  *look,
        size_t                 network,
        double                *map, /* (out) [V] */
        GError               **error)
{
  DubClassifier *classifier = look->networks[network];
  DubTensor *features = dub_plan_output (classifier->plan, classifier->maps);
  DubTensor *slopes = dub_plan_output_gradient (classifier->plan, classifier->maps);
  size_t n_maps = (size_t) features->shape.dim[1], n_places = dub_tensor_n_elements (features) / n_maps;
  gboolean is_volume = features->shape.rank == 5;
  const size_t grid[3] = {
    is_volume ? (size_t) features->shape.dim[2] : 1, (size_t) features->shape.dim[features->shape.rank - 2],
    (size_t) features->shape.dim[features->shape.rank - 1],
  };
  g_autofree double *cam = g_new0 (double, n_places);

  if (slopes == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "No gradient reaches the feature maps of the network %s; an operator on the way has no derivative.",
                 look->graphs[network]->name);
    return FALSE;
  }
  for (size_t k = 0; k < n_maps; k++) {
    const float *a = dub_tensor_f32 (features) + k * n_places, *d = dub_tensor_f32 (slopes) + k * n_places;
    double alpha = 0.0;

    for (size_t u = 0; u < n_places; u++)
      alpha += (double) d[u];
    alpha /= (double) n_places;
    for (size_t u = 0; u < n_places; u++)
      cam[u] += alpha * (double) a[u];
  }
  for (size_t u = 0; u < n_places; u++)
    cam[u] = MAX (cam[u], 0.0);
  upsample (cam, grid, look->shape, map);

  return TRUE;
}

/* --- the ensemble's --- */

static void
divide_by_maximum (double *map,
                   size_t  n)
{
  double max = 0.0;

  for (size_t i = 0; i < n; i++)
    max = MAX (max, map[i]);
  for (size_t i = 0; i < n && max > 0.0; i++)
    map[i] /= max;
}

/* Σ and the mean of squares by Welford's update, so that equal maps have a spread of exactly 0. */
static gboolean
add_up (DubHeatmapWork  *work,
        gboolean         spread,
        double          *mean,   /* [V] */
        double          *square, /* [V] sum of squared distances */
        GError         **error)
{
  const DubHeatmapLook *look = &work->look;
  g_autofree double *map = g_new (double, look->n_voxels);

  for (size_t m = 0; m < look->n_networks; m++) {
    if (!map_of (look, m, map, error))
      return FALSE;
    if (spread)
      divide_by_maximum (map, look->n_voxels);
    for (size_t u = 0; u < look->n_voxels; u++) {
      double difference = map[u] - mean[u];

      mean[u] += difference / (double) (m + 1);
      square[u] += difference * (map[u] - mean[u]);
    }
  }

  return TRUE;
}

/* Each network's target as if it stood alone. */
static void
derive_alone (DubHeatmapWork *work)
{
  DubHeatmapLook *look = &work->look;
  DubHeatmapTarget alone = work->target;

  alone.n_networks = 1;
  for (size_t m = 0; m < look->n_networks; m++)
    _dub_heatmap_target_slope (&alone, look->logits + m * look->n_classes, 0, look->d_logits + m * look->n_classes);
}

gboolean
_dub_heatmap_gradcam (DubHeatmapWork  *work,
                      DubRun          *run,
                      GError         **error)
{
  DubHeatmapLook *look = &work->look;
  gboolean spread = work->options->kind == DUB_HEATMAP_GRADCAM_SD;
  g_autofree int *maps = g_new (int, look->n_networks);
  g_autofree double *mean = g_new0 (double, look->n_voxels);
  g_autofree double *square = g_new0 (double, look->n_voxels);
  float *map = dub_tensor_f32 (work->result->map);
  DubHeatmapBinding binding = { .batch = 1, .maps = maps };

  if (spread && look->n_networks < 2) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The spread of Grad-CAM over the networks was asked for 1 network; expected at least 2.");
    return FALSE;
  }
  if (!_dub_heatmap_find_maps (look, work->options->layer, maps, run, error) ||
      !_dub_heatmap_look_bind (look, &binding, run, error) || !_dub_heatmap_look_forward (look, look->x, 1, run, error))
    return FALSE;
  derive_alone (work);
  for (size_t m = 0; m < look->n_networks; m++)
    if (!dub_classifier_backward (look->networks[m], look->d_logits + m * look->n_classes, run, error))
      return FALSE;
  if (!add_up (work, spread, mean, square, error))
    return FALSE;

  for (size_t u = 0; u < look->n_voxels; u++)
    map[u] = (float) (spread ? sqrt (square[u] / (double) look->n_networks) : mean[u]);
  work->result->layer = g_strdup (dub_graph_value (look->graphs[0], maps[0])->name);
  work->result->n_passes = 1;

  return TRUE;
}
