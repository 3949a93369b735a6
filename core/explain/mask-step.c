/* One iteration is: voxels from the grid, compose and network for each image of
 * the set, then one pass that sums the terms and updates the mask row by row.
 * Until that last pass nothing of the state has changed, so a cancelled step
 * leaves everything as it was. */
#include "core/explain/mask-private.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/train/adam.h"

#include <math.h>
#include <string.h>

/* The stop rule: relative change of the energy over so many iterations. */
static const guint STOP_SPAN = 20;
static const double STOP_CHANGE = 1e-4;
/* Nodes a piece of the coarse update. */
static const size_t NODES = 16384;

static DubMaskTerms
make_terms (const DubMask *self)
{
  double scale = self->params.norm == DUB_NORM_MEAN ? 1.0 / (double) self->n_voxels : 1.0;

  return (DubMaskTerms) {
    .shape = { self->shape[0], self->shape[1], self->shape[2] },
    .area = dub_power (self->params.beta1),
    .smoothness = dub_power (self->params.beta2),
    .area_weight = self->params.lambda1 * scale,
    .smoothness_weight = self->params.lambda2 * scale,
  };
}

/* The shift of iteration k, uniform in [-jitter, jitter] along each axis that has room for it. */
static void
draw_shift (const DubMask *self,
            int            shift[3])
{
  int reach = (int) floor (self->params.jitter);
  DubRng rng;

  dub_rng_init (&rng, self->params.seed, "mask-jitter", self->iteration);
  for (int a = 0; a < 3; a++) {
    int room = MIN (reach, (int) self->shape[a] - 1);

    shift[a] = room > 0 ? (int) dub_rng_below (&rng, (uint32_t) (2 * room + 1)) - room : 0;
  }
}

/* Composes image @index, runs the network, adds the class's probability to @score. */
static gboolean
look (DubMask            *self,
      size_t              index,
      const DubMaskView  *view,
      const float        *m,
      double             *score,
      DubRun             *run,
      GError            **error)
{
  double *probabilities = self->fresh + index * self->network.n_classes;

  if (!dub_mask_compose (self->shape, m, view, dub_tensor_f32 (self->network.input), run, error) ||
      !_dub_mask_network_forward (&self->network, probabilities, run, error))
    return FALSE;
  *score += probabilities[self->params.target_class] / (double) self->n_images;

  return TRUE;
}

typedef struct {
  DubMask      *mask;
  DubAdamUpdate update;
  const float  *gradient; /* of the nodes, for the coarse update */
} Update;

static void
update_row (size_t   z,
            size_t   y,
            float   *gradient,
            float   *scratch,
            gpointer user_data)
{
  const Update *job = user_data;
  DubMask *self = job->mask;
  size_t at = (z * self->shape[1] + y) * self->shape[2];

  dub_adam_apply_clipped (&job->update, gradient, dub_tensor_f32 (self->first) + at,
                          dub_tensor_f32 (self->second) + at, dub_tensor_f32 (self->nodes) + at,
                          dub_tensor_f32 (self->next) + at, self->shape[2]);
}

static void
fold_row (size_t   z,
          size_t   y,
          float   *gradient,
          float   *scratch,
          gpointer user_data)
{
  const Update *job = user_data;
  DubMask *self = job->mask;
  size_t n = self->grid.nodes[1] * self->grid.nodes[2];

  if (y == 0)
    memset (scratch, 0, self->grid.nodes[1] * self->shape[2] * sizeof (float));
  dub_mask_grid_fold_row (&self->grid, y, gradient, scratch);
  if (y + 1 == self->shape[1])
    dub_mask_grid_fold_plane (&self->grid, scratch, dub_tensor_f32 (self->planes) + z * n);
}

static void
update_nodes (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  const Update *job = user_data;
  DubMask *self = job->mask;
  size_t at = piece * NODES;

  dub_adam_apply_clipped (&job->update, job->gradient + at, dub_tensor_f32 (self->first) + at,
                          dub_tensor_f32 (self->second) + at, dub_tensor_f32 (self->nodes) + at,
                          dub_tensor_f32 (self->next) + at, MIN (NODES, self->n_nodes - at));
}

/* The pass that changes the mask. From here on nothing can fail: on a run that is cancelled
 * meanwhile the rest is computed by the caller alone. */
static void
advance (DubMask            *self,
         const float        *m,
         const float        *g,
         const DubMaskView  *view,
         DubMaskEnergy      *energy,
         DubRun             *run)
{
  DubAdam adam = DUB_ADAM_DEFAULT;
  DubMaskTerms terms = make_terms (self);
  const float *score = self->score != NULL ? dub_tensor_f32 (self->score) : NULL;

  adam.step = self->params.step;

  Update job = { .mask = self, .update = dub_adam_update (&adam, self->adam_time + 1) };

  if (self->voxels == NULL) {
    dub_mask_terms_gradient (&terms, m, g, view, score, update_row, 0, &job, run, &energy->area, &energy->smoothness);
  } else {
    float *gradient = dub_tensor_f32 (self->slope);

    dub_mask_terms_gradient (&terms, m, g, view, score, fold_row, self->grid.nodes[1] * self->shape[2], &job, run,
                             &energy->area, &energy->smoothness);
    if (!dub_mask_grid_fold_planes (&self->grid, dub_tensor_f32 (self->planes), gradient, run, NULL))
      dub_mask_grid_fold_planes (&self->grid, dub_tensor_f32 (self->planes), gradient, NULL, NULL);
    job.gradient = gradient;
    dub_parallel_for (NULL, (self->n_nodes + NODES - 1) / NODES, update_nodes, &job, NULL);
  }
  energy->total = energy->score + energy->area + energy->smoothness;

  DubTensor *old = self->nodes;

  self->nodes = self->next;
  self->next = old;
  self->voxels_stale = TRUE;
  self->adam_time++;
}

static void
publish_probabilities (DubMask *self)
{
  double *old = self->masked;

  self->masked = self->fresh;
  self->fresh = old;
}

/* The mean over the set, summed as the score is, so that the target class's is the score to the last bit. */
static void
keep_classes (DubMask *self)
{
  size_t n_classes = self->network.n_classes;

  for (size_t c = 0; c < n_classes; c++) {
    double mean = 0.0;

    for (size_t i = 0; i < self->n_images; i++)
      mean += self->masked[i * n_classes + c] / (double) self->n_images;
    g_array_append_val (self->row_classes, mean);
  }
}

gboolean
dub_mask_step (DubMask  *self,
               DubRun   *run,
               GError  **error)
{
  DubMaskEnergy energy = { .iteration = self->iteration };
  DubMaskView view = { 0 };
  const float *m = _dub_mask_voxels (self, run, error);
  const float *g = NULL;
  int shift[3];

  if (m == NULL || dub_run_check_cancelled (run, error))
    return FALSE;

  draw_shift (self, shift);
  if (self->score != NULL)
    memset (self->score->data, 0, dub_tensor_n_bytes (self->score));
  for (size_t i = 0; i < self->n_images; i++) {
    view = _dub_mask_view (self, i, shift);
    if (!look (self, i, &view, m, &energy.score, run, error))
      return FALSE;
    g = _dub_mask_network_backward (&self->network, self->fresh + i * self->network.n_classes,
                                    (size_t) self->params.target_class, run, error);
    if (g == NULL)
      return FALSE;
    if (self->score != NULL &&
        !dub_mask_add_score (self->shape, g, &view, (float) (1.0 / (double) self->n_images),
                             dub_tensor_f32 (self->score), run, error))
      return FALSE;
  }

  advance (self, m, self->score == NULL ? g : NULL, &view, &energy, run);
  publish_probabilities (self);
  g_array_append_val (self->trace, energy);
  keep_classes (self);
  self->iteration++;
  dub_mask_history_add (&self->history, self->iteration, dub_tensor_f32 (self->nodes));

  return TRUE;
}

gboolean
dub_mask_evaluate (DubMask        *self,
                   DubMaskEnergy  *energy,
                   DubRun         *run,
                   GError        **error)
{
  static const int unmoved[3] = { 0, 0, 0 };
  DubMaskTerms terms = make_terms (self);
  const float *m = _dub_mask_voxels (self, run, error);

  if (m == NULL)
    return FALSE;

  *energy = (DubMaskEnergy) { .iteration = self->iteration };
  for (size_t i = 0; i < self->n_images; i++) {
    DubMaskView view = _dub_mask_view (self, i, unmoved);

    if (!look (self, i, &view, m, &energy->score, run, error))
      return FALSE;
  }
  dub_mask_terms_gradient (&terms, m, NULL, NULL, NULL, NULL, 0, NULL, run, &energy->area, &energy->smoothness);
  energy->total = energy->score + energy->area + energy->smoothness;
  publish_probabilities (self);

  return TRUE;
}

gboolean
dub_mask_is_done (const DubMask *self)
{
  if (self->iteration >= self->params.n_iterations)
    return TRUE;
  if (!self->params.stop_early || self->trace->len < self->segment + STOP_SPAN + 1)
    return FALSE;

  double now = g_array_index (self->trace, DubMaskEnergy, self->trace->len - 1).total;
  double before = g_array_index (self->trace, DubMaskEnergy, self->trace->len - 1 - STOP_SPAN).total;

  return fabs (now - before) < STOP_CHANGE * fabs (before);
}
