/* One step of training. */
#include "core/base/memory.h"
#include "core/train/mixup.h"
#include "core/train/trainer-private.h"

#include <math.h>

static void
bound_clear (DubBound *self)
{
  g_clear_pointer (&self->plan, dub_plan_free);
  g_clear_pointer (&self->d_logits, dub_tensor_unref);
  g_clear_pointer (&self->d_outputs, g_free);
  g_clear_pointer (&self->mixed, dub_tensor_unref);
}

static void
collect_parameters (DubTrainer *self)
{
  for (int i = 0; i < dub_graph_n_values (self->graph); i++) {
    const DubValue *value = dub_graph_value (self->graph, i);

    if (value->constant == NULL || !value->is_parameter)
      continue;
    g_array_append_val (self->parameters, i);
    dub_optimizer_add (self->optimizer, value->name, value->constant);
  }
  self->gradients = g_new0 (DubTensor *, self->parameters->len);
}

/* Outputs 1 and 2 of every batch normalisation that names them, and the constants they renew. */
static void
collect_statistics (DubTrainer *self)
{
  int n_outputs = dub_graph_n_outputs (self->graph);

  for (int i = 0; i < dub_graph_n_nodes (self->graph); i++) {
    const DubNode *node = dub_graph_node (self->graph, i);

    if (g_strcmp0 (node->op_name, "BatchNormalization") != 0 || node->n_inputs < 5)
      continue;
    for (int k = 1; k <= 2 && k < node->n_outputs; k++) {
      DubStatistic statistic = { .constant = node->inputs[2 + k], .extra = n_outputs + (int) self->extra->len };

      if (node->outputs[k] < 0 || dub_graph_value (self->graph, statistic.constant)->constant == NULL)
        continue;
      g_array_append_val (self->extra, node->outputs[k]);
      g_array_append_val (self->statistics, statistic);
    }
  }
}

static gboolean
bind (DubTrainer     *self,
      DubBound       *bound,
      const DubType  *input,
      DubRun         *run,
      GError        **error)
{
  DubPlanOptions options = {
    .training = TRUE,
    .parameter_gradients = TRUE,
    .extra_outputs = (const int *) (const void *) self->extra->data,
    .n_extra_outputs = self->extra->len,
    .memory_limit = dub_memory_limit (),
  };

  bound_clear (bound);
  bound->input = *input;
  bound->plan = dub_plan_new (self->graph, input, &options, run, error);
  if (bound->plan == NULL)
    return FALSE;

  const DubType *logits = dub_plan_output_type (bound->plan, 0);

  if (logits->dtype != DUB_DTYPE_F32 || logits->shape.rank != 2 || logits->shape.dim[0] != input->shape.dim[0] ||
      logits->shape.dim[1] < 1) {
    g_autofree char *found = dub_shape_to_string (&logits->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "The first output of the network %s has shape %s; training a classifier needs logits of shape "
                 "%" G_GINT64_FORMAT "×C.", self->graph->name, found, input->shape.dim[0]);
    bound_clear (bound);
    return FALSE;
  }
  bound->d_logits = dub_tensor_new_zeros (DUB_DTYPE_F32, logits->shape, error);
  if (bound->d_logits == NULL) {
    bound_clear (bound);
    return FALSE;
  }
  bound->d_outputs = g_new0 (DubTensor *, (size_t) dub_graph_n_outputs (self->graph) + self->extra->len);
  bound->d_outputs[0] = bound->d_logits;
  self->n_classes = (size_t) logits->shape.dim[1];

  return TRUE;
}

DubTrainer *
dub_trainer_new (DubGraph                   *graph,
                 const DubType              *input,
                 const DubOptimizerOptions  *optimizer,
                 DubRun                     *run,
                 GError                    **error)
{
  g_autoptr (DubTrainer) self = g_new0 (DubTrainer, 1);

  self->graph = dub_graph_ref (graph);
  self->optimizer = dub_optimizer_new (optimizer, error);
  self->parameters = g_array_new (FALSE, FALSE, sizeof (int));
  self->statistics = g_array_new (FALSE, FALSE, sizeof (DubStatistic));
  self->extra = g_array_new (FALSE, FALSE, sizeof (int));
  if (self->optimizer == NULL)
    return NULL;
  collect_parameters (self);
  collect_statistics (self);
  if (!bind (self, &self->full, input, run, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
dub_trainer_free (DubTrainer *self)
{
  if (self == NULL)
    return;
  bound_clear (&self->full);
  bound_clear (&self->other);
  g_clear_pointer (&self->optimizer, dub_optimizer_free);
  g_clear_pointer (&self->parameters, g_array_unref);
  g_clear_pointer (&self->statistics, g_array_unref);
  g_clear_pointer (&self->extra, g_array_unref);
  g_free (self->gradients);
  g_clear_pointer (&self->graph, dub_graph_unref);
  g_free (self);
}

void
dub_trainer_set_rate (DubTrainer *self,
                      double      rate)
{
  dub_optimizer_set_rate (self->optimizer, rate);
}

uint64_t
dub_trainer_n_steps (const DubTrainer *self)
{
  return dub_optimizer_n_steps (self->optimizer);
}

DubTensor *
dub_trainer_logits (const DubTrainer *self)
{
  return self->logits;
}

double
dub_trainer_gradient_norm (const DubTrainer *self)
{
  return self->norm;
}

size_t
dub_trainer_n_classes (const DubTrainer *self)
{
  return self->n_classes;
}

size_t
dub_trainer_peak_bytes (const DubTrainer *self)
{
  return dub_plan_peak_bytes (self->full.plan) +
         (self->other.plan != NULL ? dub_plan_peak_bytes (self->other.plan) : 0);
}

/* The plan for the size of @batch. */
static DubBound *
bound_for (DubTrainer       *self,
           const DubTensor  *batch,
           DubRun           *run,
           GError          **error)
{
  DubType input = { .dtype = batch->dtype, .shape = batch->shape };

  if (dub_shape_equal (&batch->shape, &self->full.input.shape))
    return &self->full;
  if (self->other.plan != NULL && dub_shape_equal (&batch->shape, &self->other.input.shape))
    return &self->other;

  self->logits = NULL;

  return bind (self, &self->other, &input, run, error) ? &self->other : NULL;
}

/* Forward and loss; with mixup of a blended copy of the batch. */
static gboolean
forward (DubBound       *bound,
         DubTensor      *batch,
         const int      *labels,
         const DubLoss  *loss,
         uint64_t        seed,
         DubLossParts   *parts,
         DubRun         *run,
         GError        **error)
{
  size_t n = (size_t) batch->shape.dim[0];
  g_autofree size_t *order = NULL;
  g_autofree int *second = NULL;
  double lambda = 1.0;

  if (loss != NULL && loss->mixup > 0.0) {
    if (bound->mixed == NULL)
      bound->mixed = dub_tensor_new (DUB_DTYPE_F32, batch->shape, error);
    if (bound->mixed == NULL)
      return FALSE;
    order = g_new (size_t, n);
    second = g_new (int, n);
    lambda = dub_mixup_draw (loss->mixup, seed, n, order);
    dub_mixup_blend (batch, lambda, order, bound->mixed);
    for (size_t i = 0; i < n; i++)
      second[i] = labels[order[i]];
    batch = bound->mixed;
  }

  return dub_plan_forward (bound->plan, &batch, seed, run, error) &&
         dub_loss_compute (loss, dub_plan_output (bound->plan, 0), labels, second, lambda, bound->d_logits, parts,
                           error);
}

gboolean
dub_trainer_step (DubTrainer     *self,
                  DubTensor      *batch,
                  const int      *labels,
                  const DubLoss  *loss,
                  uint64_t        seed,
                  DubLossParts   *parts,
                  DubRun         *run,
                  GError        **error)
{
  DubBound *bound = bound_for (self, batch, run, error);
  DubLossParts found;

  if (bound == NULL || !forward (bound, batch, labels, loss, seed, &found, run, error))
    return FALSE;
  if (!isfinite (found.total)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                 "The loss is no finite number in step %" G_GUINT64_FORMAT "; a smaller step size may help.",
                 (guint64) dub_trainer_n_steps (self) + 1);
    return FALSE;
  }
  if (!dub_plan_backward (bound->plan, bound->d_outputs, run, error))
    return FALSE;

  for (guint i = 0; i < self->parameters->len; i++)
    self->gradients[i] = dub_plan_parameter_gradient (bound->plan, g_array_index (self->parameters, int, i));
  if (!dub_optimizer_step (self->optimizer, self->gradients, &self->norm, run, error))
    return FALSE;

  for (guint i = 0; i < self->statistics->len; i++) {
    const DubStatistic *statistic = &g_array_index (self->statistics, DubStatistic, i);

    dub_tensor_assign (dub_graph_value (self->graph, statistic->constant)->constant,
                       dub_plan_output (bound->plan, statistic->extra));
  }
  self->logits = dub_plan_output (bound->plan, 0);
  if (parts != NULL)
    *parts = found;

  return TRUE;
}
