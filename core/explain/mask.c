/* One iteration is: voxels from the grid, compose and network for each image of
 * the set, then one pass that sums the terms and updates the mask row by row.
 * Until that last pass nothing of the state has changed, so a cancelled step
 * leaves everything as it was. */
#include "core/explain/mask-private.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/data/blur.h"
#include "core/train/adam.h"

#include <math.h>
#include <string.h>

static const size_t HISTORY_BYTES = (size_t) 64 << 20;
/* The stop rule: relative change of the energy over so many iterations. */
static const guint STOP_SPAN = 20;
static const double STOP_CHANGE = 1e-4;
/* Width, in nodes, of the blur that makes the random start smooth. */
static const double NOISE_SIGMA = 2.0;
/* Nodes a piece of the coarse update. */
static const size_t NODES = 16384;

struct _DubMask {
  DubGraph       *graph;
  DubMaskParams   params;
  size_t          shape[3];
  size_t          n_voxels;     /* V */
  size_t          n_images;     /* S */
  DubMaskImage   *images;       /* [S] */
  DubTensor      *reference;
  DubMaskNetwork  network;

  DubMaskGrid     grid;
  size_t          n_nodes;      /* = V for grid 1 */
  DubTensor      *nodes;        /* [n_nodes] the mask */
  DubTensor      *next;         /* [n_nodes] what the update writes */
  DubTensor      *first;        /* [n_nodes] Adam's moments */
  DubTensor      *second;
  DubTensor      *voxels;       /* [V] the mask by voxel; @nodes itself for grid 1 */
  gboolean        voxels_stale;
  DubTensor      *planes;       /* [D·h·w] half-folded gradient, coarse grids only */
  DubTensor      *slope;        /* [n_nodes] gradient of the nodes, coarse grids only */
  DubTensor      *score;        /* [V] the score's gradient over a set, S > 1 only */

  guint           iteration;
  guint           adam_time;    /* updates since the moments were 0 */
  GArray         *trace;        /* of DubMaskEnergy */
  guint           segment;      /* row of the trace from which the stop rule looks */
  DubMaskHistory  history;
  double         *original;     /* [S·C] */
  double         *masked;       /* [S·C] */
  double         *fresh;        /* [S·C] of the step under way */
};

/* --- the state of the mask --- */

static void
clear_state (DubMask *self)
{
  dub_mask_grid_clear (&self->grid);
  g_clear_pointer (&self->nodes, dub_tensor_unref);
  g_clear_pointer (&self->next, dub_tensor_unref);
  g_clear_pointer (&self->first, dub_tensor_unref);
  g_clear_pointer (&self->second, dub_tensor_unref);
  g_clear_pointer (&self->voxels, dub_tensor_unref);
  g_clear_pointer (&self->planes, dub_tensor_unref);
  g_clear_pointer (&self->slope, dub_tensor_unref);
  dub_mask_history_clear (&self->history);
}

static DubTensor *
new_floats (size_t   n,
            GError **error)
{
  return dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE ((int64_t) n), error);
}

/* m_0: a constant, with a smooth random field on top if asked. */
static gboolean
fill_start (DubMask  *self,
            float    *nodes,
            DubRun   *run,
            GError  **error)
{
  const double sigma[3] = { NOISE_SIGMA, NOISE_SIGMA, NOISE_SIGMA };
  float largest = 0.0f;
  DubRng rng;

  if (self->params.start_noise <= 0.0) {
    for (size_t i = 0; i < self->n_nodes; i++)
      nodes[i] = (float) self->params.start;
    return TRUE;
  }

  dub_rng_init (&rng, self->params.seed, "mask-start", 0);
  for (size_t i = 0; i < self->n_nodes; i++)
    nodes[i] = (float) dub_rng_normal (&rng);
  if (!dub_blur_gaussian (nodes, self->grid.nodes, sigma, run, error))
    return FALSE;
  for (size_t i = 0; i < self->n_nodes; i++)
    largest = MAX (largest, fabsf (nodes[i]));
  for (size_t i = 0; i < self->n_nodes; i++) {
    float value = (float) self->params.start + (float) self->params.start_noise * nodes[i] / MAX (largest, 1e-30f);

    nodes[i] = CLAMP (value, 0.0f, 1.0f);
  }

  return TRUE;
}

static void
forget_moments (DubMask *self)
{
  memset (self->first->data, 0, dub_tensor_n_bytes (self->first));
  memset (self->second->data, 0, dub_tensor_n_bytes (self->second));
  self->adam_time = 0;
}

/* A new mask at m_0 for the params, with an empty trace. */
static gboolean
begin (DubMask  *self,
       DubRun   *run,
       GError  **error)
{
  clear_state (self);
  dub_mask_grid_init (&self->grid, self->shape, self->params.grid);
  self->n_nodes = dub_mask_grid_n_nodes (&self->grid);

  if ((self->nodes = new_floats (self->n_nodes, error)) == NULL ||
      (self->next = new_floats (self->n_nodes, error)) == NULL ||
      (self->first = new_floats (self->n_nodes, error)) == NULL ||
      (self->second = new_floats (self->n_nodes, error)) == NULL)
    return FALSE;
  if (self->params.grid > 1 &&
      ((self->voxels = new_floats (self->n_voxels, error)) == NULL ||
       (self->slope = new_floats (self->n_nodes, error)) == NULL ||
       (self->planes = new_floats (self->shape[0] * self->grid.nodes[1] * self->grid.nodes[2], error)) == NULL))
    return FALSE;
  if (!fill_start (self, dub_tensor_f32 (self->nodes), run, error))
    return FALSE;

  self->voxels_stale = TRUE;
  self->iteration = 0;
  self->adam_time = 0;
  self->segment = 0;
  g_array_set_size (self->trace, 0);
  dub_mask_history_init (&self->history, self->n_nodes, HISTORY_BYTES, self->params.n_iterations);
  dub_mask_history_add (&self->history, 0, dub_tensor_f32 (self->nodes));

  return TRUE;
}

/* The mask by voxel. */
static const float *
current_voxels (DubMask  *self,
                DubRun   *run,
                GError  **error)
{
  if (self->voxels == NULL)
    return dub_tensor_f32 (self->nodes);
  if (self->voxels_stale) {
    if (!dub_mask_grid_up (&self->grid, dub_tensor_f32 (self->nodes), dub_tensor_f32 (self->voxels), run, error))
      return NULL;
    self->voxels_stale = FALSE;
  }

  return dub_tensor_f32 (self->voxels);
}

/* --- creation --- */

static gboolean
check_class (DubMask              *self,
             const DubMaskParams  *params,
             GError              **error)
{
  if ((size_t) params->target_class < self->network.n_classes)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
               "The target class is %d; the network %s has classes 0 to %zu.",
               params->target_class, self->graph->name, self->network.n_classes - 1);

  return FALSE;
}

/* A (D, H, W) float32 tensor of the shape of the first image; (H, W) counts as (1, H, W). */
static DubTensor *
take_image (DubTensor     *image,
            const size_t  *shape, /* NULL for the first */
            const char    *what,
            GError       **error)
{
  DubShape s = image->shape;

  if (s.rank == 2)
    s = DUB_SHAPE (1, s.dim[0], s.dim[1]);

  gboolean fits = s.rank == 3 && image->dtype == DUB_DTYPE_F32 && s.dim[0] > 0 && s.dim[1] > 0 && s.dim[2] > 0;

  if (fits && shape != NULL)
    for (int a = 0; a < 3; a++)
      fits = fits && (size_t) s.dim[a] == shape[a];

  if (!fits) {
    g_autofree char *found = dub_shape_to_string (&image->shape);
    g_autofree char *expected =
      shape != NULL ? g_strdup_printf ("%zu×%zu×%zu", shape[0], shape[1], shape[2]) : g_strdup ("D×H×W");

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "%s is %s of shape %s; expected float32 of shape %s.",
                 what, dub_dtype_name (image->dtype), found, expected);
    return NULL;
  }

  g_autoptr (DubTensor) contiguous = dub_tensor_contiguous (image, error);

  return contiguous != NULL ? dub_tensor_reshape (contiguous, s, error) : NULL;
}

static gboolean
take_images (DubMask           *self,
             DubTensor *const  *images,
             DubTensor         *reference,
             GError           **error)
{
  for (size_t i = 0; i < self->n_images; i++) {
    g_autofree char *what = g_strdup_printf ("Image %zu", i + 1);

    self->images[i].x = take_image (images[i], i > 0 ? self->shape : NULL, what, error);
    if (self->images[i].x == NULL || !_dub_mask_image_check (self->images[i].x, i, error))
      return FALSE;
    for (int a = 0; i == 0 && a < 3; a++)
      self->shape[a] = (size_t) self->images[0].x->shape.dim[a];
  }
  self->n_voxels = self->shape[0] * self->shape[1] * self->shape[2];

  if (reference != NULL) {
    self->reference = take_image (reference, self->shape, "The replacement volume", error);
    if (self->reference == NULL || !_dub_mask_image_check (self->reference, self->n_images, error))
      return FALSE;
  }

  return TRUE;
}

DubMask *
dub_mask_new (DubGraph             *graph,
              DubTensor *const     *images,
              size_t                n_images,
              DubTensor            *reference,
              const DubMaskParams  *params,
              DubRun               *run,
              GError              **error)
{
  g_return_val_if_fail (graph != NULL && params != NULL, NULL);

  if (!dub_mask_params_check (params, error))
    return NULL;
  if (n_images == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "A mask was asked for 0 images; expected at least one.");
    return NULL;
  }

  g_autoptr (DubMask) self = g_new0 (DubMask, 1);

  self->graph = dub_graph_ref (graph);
  self->params = *params;
  self->n_images = n_images;
  self->images = g_new0 (DubMaskImage, n_images);
  self->trace = g_array_new (FALSE, FALSE, sizeof (DubMaskEnergy));

  if (!take_images (self, images, reference, error) ||
      !_dub_mask_network_init (&self->network, graph, self->shape, run, error) ||
      !check_class (self, params, error))
    return NULL;

  size_t n_classes = self->network.n_classes;

  self->original = g_new0 (double, n_images * n_classes);
  self->masked = g_new0 (double, n_images * n_classes);
  self->fresh = g_new0 (double, n_images * n_classes);
  for (size_t i = 0; i < n_images; i++) {
    if (!_dub_mask_image_fill (&self->images[i], self->reference, params, run, error))
      return NULL;
    memcpy (self->network.input->data, self->images[i].x->data, self->n_voxels * sizeof (float));
    if (!_dub_mask_network_forward (&self->network, self->original + i * n_classes, run, error))
      return NULL;
  }
  memcpy (self->masked, self->original, n_images * n_classes * sizeof (double));

  if (n_images > 1 && (self->score = new_floats (self->n_voxels, error)) == NULL)
    return NULL;
  if (!begin (self, run, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
dub_mask_free (DubMask *self)
{
  if (self == NULL)
    return;
  clear_state (self);
  for (size_t i = 0; i < self->n_images; i++)
    _dub_mask_image_clear (&self->images[i]);
  g_free (self->images);
  _dub_mask_network_clear (&self->network);
  g_clear_pointer (&self->reference, dub_tensor_unref);
  g_clear_pointer (&self->score, dub_tensor_unref);
  g_clear_pointer (&self->trace, g_array_unref);
  g_clear_pointer (&self->graph, dub_graph_unref);
  g_free (self->original);
  g_free (self->masked);
  g_free (self->fresh);
  g_free (self);
}

/* New replacements for all images, or none changed. */
static gboolean
replace_fills (DubMask              *self,
               const DubMaskParams  *params,
               DubRun               *run,
               GError              **error)
{
  g_autofree DubMaskImage *fresh = g_new0 (DubMaskImage, self->n_images);
  gboolean ok = TRUE;

  for (size_t i = 0; i < self->n_images && ok; i++) {
    fresh[i].x = dub_tensor_ref (self->images[i].x);
    ok = _dub_mask_image_fill (&fresh[i], self->reference, params, run, error);
  }
  for (size_t i = 0; i < self->n_images; i++) {
    if (ok) {
      DubMaskImage old = self->images[i];

      self->images[i] = fresh[i];
      fresh[i] = old;
    }
    _dub_mask_image_clear (&fresh[i]);
  }

  return ok;
}

gboolean
dub_mask_set_params (DubMask              *self,
                     const DubMaskParams  *params,
                     DubRun               *run,
                     GError              **error)
{
  const DubMaskParams *old = &self->params;

  if (!dub_mask_params_check (params, error) || !check_class (self, params, error))
    return FALSE;

  gboolean anew = params->grid != old->grid || params->start != old->start ||
                  params->start_noise != old->start_noise ||
                  (params->seed != old->seed && params->start_noise > 0.0);
  gboolean other_fill = params->replacement != old->replacement ||
                        (params->replacement == DUB_REPLACE_BLUR && params->blur_sigma != old->blur_sigma);
  gboolean other_class = params->target_class != old->target_class;

  if (other_fill && !replace_fills (self, params, run, error))
    return FALSE;
  self->params = *params;
  if (anew)
    return begin (self, run, error);
  if (other_fill || other_class)
    forget_moments (self);
  self->segment = self->trace->len;

  return TRUE;
}

const DubMaskParams *
dub_mask_get_params (const DubMask *self)
{
  return &self->params;
}

/* --- one iteration --- */

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

static DubMaskView
make_view (const DubMask *self,
           size_t         image,
           const int      shift[3])
{
  const DubMaskImage *i = &self->images[image];

  return (DubMaskView) {
    .x = dub_tensor_f32 (i->x),
    .r = i->r != NULL ? dub_tensor_f32 (i->r) : NULL,
    .r0 = i->r0,
    .shift = { shift[0], shift[1], shift[2] },
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

gboolean
dub_mask_step (DubMask  *self,
               DubRun   *run,
               GError  **error)
{
  DubMaskEnergy energy = { .iteration = self->iteration };
  DubMaskView view = { 0 };
  const float *m = current_voxels (self, run, error);
  const float *g = NULL;
  int shift[3];

  if (m == NULL || dub_run_check_cancelled (run, error))
    return FALSE;

  draw_shift (self, shift);
  if (self->score != NULL)
    memset (self->score->data, 0, dub_tensor_n_bytes (self->score));
  for (size_t i = 0; i < self->n_images; i++) {
    view = make_view (self, i, shift);
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
  const float *m = current_voxels (self, run, error);

  if (m == NULL)
    return FALSE;

  *energy = (DubMaskEnergy) { .iteration = self->iteration };
  for (size_t i = 0; i < self->n_images; i++) {
    DubMaskView view = make_view (self, i, unmoved);

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

/* --- reading --- */

guint
dub_mask_get_iteration (const DubMask *self)
{
  return self->iteration;
}

const DubMaskEnergy *
dub_mask_get_trace (const DubMask *self,
                    size_t        *n_rows)
{
  *n_rows = self->trace->len;

  return (const DubMaskEnergy *) (const void *) self->trace->data;
}

static DubTensor *
new_volume (const DubMask  *self,
            GError        **error)
{
  return dub_tensor_new (DUB_DTYPE_F32,
                         DUB_SHAPE ((int64_t) self->shape[0], (int64_t) self->shape[1], (int64_t) self->shape[2]),
                         error);
}

DubTensor *
dub_mask_get_mask (DubMask  *self,
                   GError  **error)
{
  const float *m = current_voxels (self, NULL, error);
  g_autoptr (DubTensor) mask = m != NULL ? new_volume (self, error) : NULL;

  if (mask == NULL)
    return NULL;
  memcpy (mask->data, m, self->n_voxels * sizeof (float));

  return g_steal_pointer (&mask);
}

DubTensor *
dub_mask_get_masked_image (DubMask  *self,
                           size_t    index,
                           GError  **error)
{
  static const int unmoved[3] = { 0, 0, 0 };

  g_return_val_if_fail (index < self->n_images, NULL);

  const float *m = current_voxels (self, NULL, error);
  g_autoptr (DubTensor) image = m != NULL ? new_volume (self, error) : NULL;
  DubMaskView view = make_view (self, index, unmoved);

  if (image == NULL || !dub_mask_compose (self->shape, m, &view, dub_tensor_f32 (image), NULL, error))
    return NULL;

  return g_steal_pointer (&image);
}

size_t
dub_mask_get_probabilities (DubMask       *self,
                            size_t         index,
                            const double **original,
                            const double **masked)
{
  g_return_val_if_fail (index < self->n_images, 0);

  if (original != NULL)
    *original = self->original + index * self->network.n_classes;
  if (masked != NULL)
    *masked = self->masked + index * self->network.n_classes;

  return self->network.n_classes;
}

DubTensor *
dub_mask_get_snapshot (DubMask  *self,
                       guint     iteration,
                       guint    *found,
                       GError  **error)
{
  const DubMaskSnapshot *snapshot = dub_mask_history_find (&self->history, iteration);
  g_autoptr (DubTensor) nodes = new_floats (self->n_nodes, error);
  g_autoptr (DubTensor) mask = nodes != NULL ? new_volume (self, error) : NULL;

  if (mask == NULL)
    return NULL;
  if (found != NULL)
    *found = snapshot->iteration;
  dub_mask_history_read (&self->history, snapshot, dub_tensor_f32 (nodes));
  if (!dub_mask_grid_up (&self->grid, dub_tensor_f32 (nodes), dub_tensor_f32 (mask), NULL, error))
    return NULL;

  return g_steal_pointer (&mask);
}

gboolean
dub_mask_rewind (DubMask  *self,
                 guint     iteration,
                 GError  **error)
{
  const DubMaskSnapshot *snapshot = dub_mask_history_find (&self->history, iteration);
  guint found = snapshot->iteration;

  /* Eight bits would move a start of 0.5; the start itself is at hand. */
  if (found > 0)
    dub_mask_history_read (&self->history, snapshot, dub_tensor_f32 (self->nodes));
  else if (!fill_start (self, dub_tensor_f32 (self->nodes), NULL, error))
    return FALSE;

  dub_mask_history_truncate (&self->history, found);
  g_array_set_size (self->trace, MIN (self->trace->len, found));
  self->iteration = found;
  self->segment = self->trace->len;
  self->voxels_stale = TRUE;
  forget_moments (self);

  return TRUE;
}

static size_t
n_bytes (const DubTensor *tensor)
{
  return tensor != NULL ? dub_tensor_n_bytes (tensor) : 0;
}

size_t
dub_mask_peak_bytes (const DubMask *self)
{
  size_t sum = dub_plan_peak_bytes (self->network.plan) + n_bytes (self->network.input) + n_bytes (self->reference) +
               n_bytes (self->score) + n_bytes (self->nodes) + n_bytes (self->next) + n_bytes (self->first) +
               n_bytes (self->second) + n_bytes (self->voxels) + n_bytes (self->planes) + n_bytes (self->slope) +
               dub_mask_history_n_bytes (&self->history);

  for (size_t i = 0; i < self->n_images; i++)
    sum += n_bytes (self->images[i].x) + (self->images[i].r != self->reference ? n_bytes (self->images[i].r) : 0);

  return sum;
}
