#include "core/explain/mask-private.h"

#include "core/base/rng.h"
#include "core/data/blur.h"

#include <math.h>
#include <string.h>

static const size_t HISTORY_BYTES = (size_t) 64 << 20;
/* Width, in nodes, of the blur that makes the random start smooth. */
static const double NOISE_SIGMA = 2.0;

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
gboolean
_dub_mask_fill_start (DubMask  *self,
                      float    *nodes,
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
  if (!dub_blur_gaussian (nodes, self->grid.nodes, sigma, NULL, error))
    return FALSE;
  for (size_t i = 0; i < self->n_nodes; i++)
    largest = MAX (largest, fabsf (nodes[i]));
  for (size_t i = 0; i < self->n_nodes; i++) {
    float value = (float) self->params.start + (float) self->params.start_noise * nodes[i] / MAX (largest, 1e-30f);

    nodes[i] = CLAMP (value, 0.0f, 1.0f);
  }

  return TRUE;
}

void
_dub_mask_forget_moments (DubMask *self)
{
  memset (self->first->data, 0, dub_tensor_n_bytes (self->first));
  memset (self->second->data, 0, dub_tensor_n_bytes (self->second));
  self->adam_time = 0;
}

/* A new mask at m_0 for the params, with an empty trace. Fails only for want of memory, after
 * which the mask is empty and every step says so. */
static gboolean
begin (DubMask  *self,
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
  if (!_dub_mask_fill_start (self, dub_tensor_f32 (self->nodes), error))
    return FALSE;

  self->voxels_stale = TRUE;
  self->iteration = 0;
  self->adam_time = 0;
  self->segment = 0;
  g_array_set_size (self->trace, 0);
  g_array_set_size (self->row_classes, 0);
  dub_mask_history_init (&self->history, self->n_nodes, HISTORY_BYTES, self->params.n_iterations);
  dub_mask_history_add (&self->history, 0, dub_tensor_f32 (self->nodes));

  return TRUE;
}

/* The mask by voxel. */
const float *
_dub_mask_voxels (DubMask  *self,
                  DubRun   *run,
                  GError  **error)
{
  if (self->history.snapshots == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "The mask could not be begun anew for want of memory.");
    return NULL;
  }
  if (self->voxels == NULL)
    return dub_tensor_f32 (self->nodes);
  if (self->voxels_stale) {
    if (!dub_mask_grid_up (&self->grid, dub_tensor_f32 (self->nodes), dub_tensor_f32 (self->voxels), run, error))
      return NULL;
    self->voxels_stale = FALSE;
  }

  return dub_tensor_f32 (self->voxels);
}

DubMaskView
_dub_mask_view (const DubMask *self,
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
  self->row_classes = g_array_new (FALSE, FALSE, sizeof (double));

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
  if (!begin (self, error))
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
  g_clear_pointer (&self->row_classes, g_array_unref);
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
    return begin (self, error);
  if (other_fill || other_class)
    _dub_mask_forget_moments (self);
  self->segment = self->trace->len;

  return TRUE;
}

const DubMaskParams *
dub_mask_get_params (const DubMask *self)
{
  return &self->params;
}
