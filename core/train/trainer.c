/* One step of training. */
#include "core/train/loop.h"

#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/train/loss.h"

#include <math.h>
#include <string.h>

/* Numbers of a parameter that one piece of the update takes. */
static const size_t PIECE = 16384;

typedef struct {
  int    value;   /* of the graph */
  float *first;   /* Adam's moments */
  float *second;
} Parameter;

/* A running statistic of a batch normalisation: after a step @constant takes what output @extra holds. */
typedef struct {
  int constant;
  int extra;
} Statistic;

struct _DubTrainer {
  DubGraph  *graph;
  DubPlan   *plan;
  DubAdam    adam;
  double     smoothing;   /* of the labels */
  guint      time;        /* steps done */
  GArray    *parameters;  /* of Parameter */
  GArray    *statistics;  /* of Statistic */
  DubTensor *d_logits;    /* (B, C) */
  DubTensor **d_outputs;  /* [n_outputs + extra] */
};

static void
parameter_clear (gpointer data)
{
  Parameter *self = data;

  g_free (self->first);
  g_free (self->second);
}

static void
collect_parameters (DubTrainer *self)
{
  for (int i = 0; i < dub_graph_n_values (self->graph); i++) {
    const DubValue *value = dub_graph_value (self->graph, i);

    if (value->constant == NULL || !value->is_parameter)
      continue;

    size_t n = dub_tensor_n_elements (value->constant);
    Parameter parameter = { .value = i, .first = g_new0 (float, n), .second = g_new0 (float, n) };

    g_array_append_val (self->parameters, parameter);
  }
}

/* Outputs 1 and 2 of every batch normalisation that names them, and the constants they renew. */
static void
collect_statistics (DubTrainer *self,
                    GArray     *extra)
{
  int n_outputs = dub_graph_n_outputs (self->graph);

  for (int i = 0; i < dub_graph_n_nodes (self->graph); i++) {
    const DubNode *node = dub_graph_node (self->graph, i);

    if (g_strcmp0 (node->op_name, "BatchNormalization") != 0 || node->n_inputs < 5)
      continue;
    for (int k = 1; k <= 2 && k < node->n_outputs; k++) {
      Statistic statistic = { .constant = node->inputs[2 + k], .extra = n_outputs + (int) extra->len };

      if (node->outputs[k] < 0 || dub_graph_value (self->graph, statistic.constant)->constant == NULL)
        continue;
      g_array_append_val (extra, node->outputs[k]);
      g_array_append_val (self->statistics, statistic);
    }
  }
}

DubTrainer *
dub_trainer_new (DubGraph        *graph,
                 const DubType   *input,
                 const DubAdam   *adam,
                 DubRun          *run,
                 GError         **error)
{
  g_autoptr (DubTrainer) self = g_new0 (DubTrainer, 1);
  g_autoptr (GArray) extra = g_array_new (FALSE, FALSE, sizeof (int));

  self->graph = dub_graph_ref (graph);
  self->adam = *adam;
  self->parameters = g_array_new (FALSE, FALSE, sizeof (Parameter));
  g_array_set_clear_func (self->parameters, parameter_clear);
  self->statistics = g_array_new (FALSE, FALSE, sizeof (Statistic));
  collect_parameters (self);
  collect_statistics (self, extra);

  DubPlanOptions options = {
    .training = TRUE,
    .parameter_gradients = TRUE,
    .extra_outputs = (const int *) (const void *) extra->data,
    .n_extra_outputs = extra->len,
    .memory_limit = dub_memory_limit (),
  };

  self->plan = dub_plan_new (graph, input, &options, run, error);
  if (self->plan == NULL)
    return NULL;

  const DubType *logits = dub_plan_output_type (self->plan, 0);

  if (logits->dtype != DUB_DTYPE_F32 || logits->shape.rank != 2 || logits->shape.dim[0] != input->shape.dim[0]) {
    g_autofree char *found = dub_shape_to_string (&logits->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "The first output of the network %s has shape %s; training a classifier needs logits of shape "
                 "%" G_GINT64_FORMAT "×C.", graph->name, found, input->shape.dim[0]);
    return NULL;
  }
  self->d_logits = dub_tensor_new_zeros (DUB_DTYPE_F32, logits->shape, error);
  if (self->d_logits == NULL)
    return NULL;
  self->d_outputs = g_new0 (DubTensor *, (size_t) dub_graph_n_outputs (graph) + extra->len);
  self->d_outputs[0] = self->d_logits;

  return g_steal_pointer (&self);
}

void
dub_trainer_free (DubTrainer *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->plan, dub_plan_free);
  g_clear_pointer (&self->parameters, g_array_unref);
  g_clear_pointer (&self->statistics, g_array_unref);
  g_clear_pointer (&self->d_logits, dub_tensor_unref);
  g_free (self->d_outputs);
  g_clear_pointer (&self->graph, dub_graph_unref);
  g_free (self);
}

void
dub_trainer_set_rate (DubTrainer *self,
                      double      step)
{
  self->adam.step = step;
}

void
dub_trainer_set_smoothing (DubTrainer *self,
                           double      smoothing)
{
  g_return_if_fail (smoothing >= 0.0 && smoothing < 1.0);

  self->smoothing = smoothing;
}

size_t
dub_trainer_peak_bytes (const DubTrainer *self)
{
  return dub_plan_peak_bytes (self->plan);
}

typedef struct {
  DubAdamUpdate update;
  float        *x;
  const float  *gradient;
  float        *first;
  float        *second;
  size_t        n;
} Update;

static void
update_piece (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  const Update *job = user_data;
  size_t at = piece * PIECE;

  dub_adam_apply (&job->update, job->gradient + at, job->first + at, job->second + at, job->x + at, job->x + at,
                  MIN (PIECE, job->n - at));
}

/* Never half done: it takes no cancel flag, and a few milliseconds. */
static void
update_parameters (DubTrainer *self)
{
  DubAdamUpdate update = dub_adam_update (&self->adam, ++self->time);

  for (guint i = 0; i < self->parameters->len; i++) {
    const Parameter *parameter = &g_array_index (self->parameters, Parameter, i);
    DubTensor *gradient = dub_plan_parameter_gradient (self->plan, parameter->value);
    DubTensor *x = dub_graph_value (self->graph, parameter->value)->constant;

    if (gradient == NULL)
      continue;

    Update job = {
      .update = update,
      .x = dub_tensor_f32 (x),
      .gradient = dub_tensor_f32 (gradient),
      .first = parameter->first,
      .second = parameter->second,
      .n = dub_tensor_n_elements (x),
    };

    dub_parallel_for (NULL, (job.n + PIECE - 1) / PIECE, update_piece, &job, NULL);
  }
}

gboolean
dub_trainer_step (DubTrainer  *self,
                  DubTensor   *batch,
                  const int   *labels,
                  uint64_t     seed,
                  double      *loss,
                  size_t      *n_correct,
                  DubRun      *run,
                  GError     **error)
{
  if (!dub_plan_forward (self->plan, &batch, seed, run, error))
    return FALSE;

  *loss = dub_cross_entropy (dub_plan_output (self->plan, 0), labels, self->smoothing, self->d_logits, n_correct);
  if (!isfinite (*loss)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                 "The loss is no finite number after %u steps; a smaller step size may help.", self->time);
    return FALSE;
  }
  if (!dub_plan_backward (self->plan, self->d_outputs, run, error))
    return FALSE;

  update_parameters (self);
  for (guint i = 0; i < self->statistics->len; i++) {
    const Statistic *statistic = &g_array_index (self->statistics, Statistic, i);

    dub_tensor_assign (dub_graph_value (self->graph, statistic->constant)->constant,
                       dub_plan_output (self->plan, statistic->extra));
  }

  return TRUE;
}

void
dub_train_freeze (DubGraph *graph)
{
  for (int i = 0; i < dub_graph_n_nodes (graph); i++) {
    DubNode *node = dub_graph_node (graph, i);

    if (g_strcmp0 (node->op_name, "BatchNormalization") == 0)
      node->n_outputs = MIN (node->n_outputs, 1);
  }
}
