/* Networks bound to the extents of one image: images in, logits and slopes out. */
#include "core/explain/heatmap-private.h"

#include <string.h>

void
_dub_heatmap_look_clear (DubHeatmapLook *self)
{
  for (size_t m = 0; self->networks != NULL && m < self->n_networks; m++)
    g_clear_pointer (&self->networks[m], dub_classifier_free);
  g_clear_pointer (&self->networks, g_free);
  g_clear_pointer (&self->logits, g_free);
  g_clear_pointer (&self->d_logits, g_free);
  g_clear_pointer (&self->features, g_free);
}

/* Scores in the latent space of an ensemble need features of one length. */
static void
take_features (DubHeatmapLook *self)
{
  size_t n_features = self->networks[0]->n_features;

  for (size_t m = 1; m < self->n_networks; m++)
    if (self->networks[m]->n_features != n_features)
      n_features = 0;
  self->n_features = n_features;
  if (n_features > 0)
    self->features = g_new0 (float, self->n_networks * self->batch * n_features);
}

gboolean
_dub_heatmap_look_bind (DubHeatmapLook          *self,
                        const DubHeatmapBinding *binding,
                        DubRun                  *run,
                        GError                 **error)
{
  _dub_heatmap_look_clear (self);
  self->networks = g_new0 (DubClassifier *, self->n_networks);
  self->batch = binding->batch;
  self->n_classes = 0;

  for (size_t m = 0; m < self->n_networks; m++) {
    DubGraph *graph = self->graphs[m];
    DubClassifierOptions options = {
      .n_classes = self->n_classes,
      .batch = binding->batch,
      .input_gradients = binding->input_gradients,
      .has_maps = binding->maps != NULL,
      .maps = binding->maps != NULL ? binding->maps[m] : -1,
    };

    self->networks[m] = dub_classifier_new_for_graph (graph->name, graph, &self->input, &options, run, error);
    if (self->networks[m] == NULL)
      return FALSE;
    self->n_classes = self->networks[m]->n_classes;
    /* A network written down for fewer images at a time sets the pace of all. */
    if (self->networks[m]->batch != self->batch) {
      DubHeatmapBinding smaller = *binding;

      if (self->networks[m]->batch > self->batch) {
        g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                     "The network %s reads %zu images at a time and no other number; a heatmap needs a free batch, or one image.",
                     graph->name, self->networks[m]->batch);
        return FALSE;
      }
      smaller.batch = self->networks[m]->batch;
      return _dub_heatmap_look_bind (self, &smaller, run, error);
    }
  }
  self->logits = g_new0 (float, self->n_networks * self->batch * self->n_classes);
  self->d_logits = g_new0 (float, self->n_networks * self->batch * self->n_classes);
  self->n_features = 0;
  if (binding->features)
    take_features (self);

  return TRUE;
}

gboolean
_dub_heatmap_look_forward (DubHeatmapLook  *self,
                           const float     *images,
                           size_t           n,
                           DubRun          *run,
                           GError         **error)
{
  for (size_t m = 0; m < self->n_networks; m++) {
    size_t bad = 0;
    g_autoptr (GError) inner = NULL;

    float *features = self->features != NULL ? self->features + m * self->batch * self->n_features : NULL;

    if (dub_classifier_run (self->networks[m], images, n, self->logits + m * self->batch * self->n_classes, features, &bad, run,
                            &inner))
      continue;
    if (g_error_matches (inner, DUB_ERROR, DUB_ERROR_NUMERIC))
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                   "The network %s answers with a number that is not finite; the image may lie far outside what it was trained on.",
                   self->graphs[m]->name);
    else
      g_propagate_error (error, g_steal_pointer (&inner));
    return FALSE;
  }

  return TRUE;
}

void
_dub_heatmap_look_derive (DubHeatmapLook         *self,
                          const DubHeatmapTarget *target,
                          size_t                  n)
{
  size_t stride = self->batch * self->n_classes;

  memset (self->d_logits, 0, self->n_networks * stride * sizeof (float));
  for (size_t i = 0; i < n; i++)
    _dub_heatmap_target_slope (target, self->logits + i * self->n_classes, stride, self->d_logits + i * self->n_classes);
}

gboolean
_dub_heatmap_look_gradient (DubHeatmapLook          *self,
                            const DubHeatmapTarget  *target,
                            size_t                   n,
                            float                   *gradient,
                            DubRun                  *run,
                            GError                 **error)
{
  _dub_heatmap_look_derive (self, target, n);
  memset (gradient, 0, n * self->n_input * sizeof (float));

  for (size_t m = 0; m < self->n_networks; m++) {
    if (!dub_classifier_backward (self->networks[m], self->d_logits + m * self->batch * self->n_classes, run, error))
      return FALSE;

    DubTensor *slope = dub_plan_input_gradient (self->networks[m]->plan, 0);

    if (slope == NULL) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                   "No gradient reaches the input of the network %s; an operator on the way has no derivative. Occlusion needs none.",
                   self->graphs[m]->name);
      return FALSE;
    }

    const float *from = dub_tensor_f32 (slope);

    for (size_t i = 0; i < n * self->n_input; i++)
      gradient[i] += from[i];
  }

  return TRUE;
}
