#include "core/study/classifier.h"

#include "core/base/memory.h"
#include "core/io/onnx.h"
#include "core/study/final-layer.h"

#include <math.h>
#include <string.h>

/* More numbers a case are maps, not features. */
static const size_t MOST_FEATURES = 65536;

const char *
dub_answer_name (DubAnswer answer)
{
  static const char *const names[] = { "logits", "softmax", "one logit", "sigmoid" };

  return names[answer];
}

/* --- what the last node says --- */

/* The node that made @value, behind those that only give it another shape. */
static const DubNode *
find_last_node (const DubGraph *graph,
                int             value)
{
  static const char *const passing[] = { "Identity", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Dropout", NULL };

  while (value >= 0) {
    int producer = dub_graph_value (graph, value)->producer;
    const DubNode *node = producer >= 0 ? dub_graph_node (graph, producer) : NULL;

    if (node == NULL || !g_strv_contains (passing, node->op_name) || node->n_inputs < 1)
      return node;
    value = node->inputs[0];
  }

  return NULL;
}

static gboolean
refuse (GError     **error,
        int          code,
        const char  *name,
        const char  *format,
        ...) G_GNUC_PRINTF (4, 5);

static gboolean
refuse (GError     **error,
        int          code,
        const char  *name,
        const char  *format,
        ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, DUB_ERROR, code, "The network %s %s.", name, what);

  return FALSE;
}

/* Numbers a case of an output; 0 where it has none of its own for every case. */
static size_t
numbers_per_case (const DubClassifier *self,
                  int                  output)
{
  const DubType *type = dub_plan_output_type (self->plan, output);
  size_t n = dub_shape_n_elements (&type->shape);

  if (type->dtype != DUB_DTYPE_F32 || n == 0 || n % self->batch != 0)
    return 0;
  /* A network of one case may leave out the batch's extent. */
  if (self->batch > 1 && (type->shape.rank < 1 || type->shape.dim[0] != (int64_t) self->batch))
    return 0;

  return n / self->batch;
}

static gboolean
check_outputs (DubClassifier  *self,
               const char     *name,
               const char     *last,
               GError        **error)
{
  size_t n = numbers_per_case (self, 0);
  gboolean sigmoid = g_strcmp0 (last, "Sigmoid") == 0, softmax = g_strcmp0 (last, "Softmax") == 0;

  if (n == 0)
    return refuse (error, DUB_ERROR_SHAPE, name, "does not give float32 numbers for every case as its first output");
  if (self->n_classes == 0)
    self->n_classes = n == 1 ? 2 : n;
  if (n == 1 && self->n_classes == 2 && !softmax) {
    self->answer = sigmoid ? DUB_ANSWER_SIGMOID : DUB_ANSWER_ONE_LOGIT;
  } else if (n != self->n_classes) {
    return refuse (error, DUB_ERROR_SHAPE, name, "gives %zu number%s a case; expected one for each of %zu classes%s", n,
                   n == 1 ? "" : "s", self->n_classes, self->n_classes == 2 ? ", or a single one" : "");
  } else if (sigmoid) {
    return refuse (error, DUB_ERROR_UNSUPPORTED, name,
                   "ends in %zu independent sigmoids, which are no probabilities of classes; export it with Softmax or its logits",
                   n);
  } else {
    self->answer = softmax ? DUB_ANSWER_SOFTMAX : DUB_ANSWER_LOGITS;
  }
  self->n_features = self->features >= 0 ? numbers_per_case (self, self->features) : 0;
  if (self->n_features > MOST_FEATURES)
    self->n_features = 0;

  return TRUE;
}

/* What a plan has beside the graph's outputs. */
typedef struct {
  int      values[3];
  size_t   n;
  const DubClassifierOptions *wanted;
} Extra;

static DubPlan *
plan_for (const DubClassifier  *self,
          size_t                batch,
          const Extra          *extra,
          DubRun               *run,
          GError              **error)
{
  DubPlanOptions options = {
    .memory_limit = dub_memory_limit (), .extra_outputs = extra->values, .n_extra_outputs = extra->n,
    .monte_carlo = extra->wanted->dropout, .input_gradients = extra->wanted->input_gradients,
    .output_gradients = extra->wanted->has_maps,
  };
  DubType type = { .dtype = DUB_DTYPE_F32, .shape = { .rank = self->input.rank + 1, .dim = { (int64_t) batch } } };

  memcpy (type.shape.dim + 1, self->input.dim, sizeof (int64_t) * (size_t) self->input.rank);

  return dub_plan_new (self->graph, &type, &options, run, error);
}

/* A network that was written down for one case at a time is found by its declared input, or by failing with more. */
static gboolean
make_plan (DubClassifier  *self,
           const char     *name,
           size_t          batch,
           const Extra    *extra,
           DubRun         *run,
           GError        **error)
{
  const DubGraphInput *input = dub_graph_input (self->graph, 0);
  gboolean fixed = input->has_shape && input->shape.rank > 0 && input->shape.dim[0] > 0;
  g_autoptr (GError) inner = NULL;

  self->batch = fixed ? (size_t) input->shape.dim[0] : batch;
  self->plan = plan_for (self, self->batch, extra, run, &inner);
  if (self->plan == NULL && !fixed && self->batch > 1 && g_error_matches (inner, DUB_ERROR, DUB_ERROR_SHAPE)) {
    g_clear_error (&inner);
    self->batch = 1;
    self->plan = plan_for (self, 1, extra, run, &inner);
  }
  if (self->plan != NULL)
    return TRUE;
  if (g_error_matches (inner, DUB_ERROR, DUB_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&inner));
  else
    g_set_error (error, DUB_ERROR, inner->code, "The network %s cannot read the cases as they are prepared: %s", name,
                 inner->message);

  return FALSE;
}

/* Room for the derivatives that the caller gives: of the output that the logits are. */
static gboolean
make_derivatives (DubClassifier  *self,
                  size_t          n_outputs,
                  GError        **error)
{
  self->d_outputs = g_new0 (DubTensor *, n_outputs);
  self->d_outputs[self->logits] =
    dub_tensor_new_zeros (DUB_DTYPE_F32, dub_plan_output_type (self->plan, self->logits)->shape, error);

  return self->d_outputs[self->logits] != NULL;
}

DubClassifier *
dub_classifier_new_for_graph (const char                  *name,
                              DubGraph                    *graph,
                              const DubShape              *input,
                              const DubClassifierOptions  *options,
                              DubRun                      *run,
                              GError                     **error)
{
  g_autoptr (DubClassifier) self = g_new0 (DubClassifier, 1);
  g_auto (DubFinalLayerFound) layer = { 0 };
  Extra extra = { .wanted = options };

  self->graph = dub_graph_ref (graph);
  self->input = *input;
  self->n_classes = options->n_classes;
  if (dub_graph_n_inputs (self->graph) != 1 || dub_graph_n_outputs (self->graph) < 1) {
    refuse (error, DUB_ERROR_UNSUPPORTED, name, "has %d inputs and %d outputs; expected one input and at least one output",
            dub_graph_n_inputs (self->graph), dub_graph_n_outputs (self->graph));
    return NULL;
  }

  const DubNode *last = find_last_node (self->graph, dub_graph_output (self->graph, 0));
  const char *op = last != NULL ? last->op_name : NULL;
  gboolean squashed = (g_strcmp0 (op, "Softmax") == 0 || g_strcmp0 (op, "Sigmoid") == 0) && last->n_inputs == 1;

  int n_outputs = dub_graph_n_outputs (self->graph);

  self->logits = 0;
  self->features = n_outputs > 1 ? 1 : -1;
  if (squashed) {
    self->logits = n_outputs + (int) extra.n;
    extra.values[extra.n++] = last->inputs[0];
  }
  if (n_outputs == 1 && dub_final_layer_find (self->graph, &layer)) {
    self->features = n_outputs + (int) extra.n;
    extra.values[extra.n++] = layer.features;
  }
  self->maps = options->has_maps ? n_outputs + (int) extra.n : -1;
  if (options->has_maps)
    extra.values[extra.n++] = options->maps;
  if (!make_plan (self, name, MAX (options->batch, 1), &extra, run, error) || !check_outputs (self, name, op, error))
    return NULL;
  if ((options->input_gradients || options->has_maps) && !make_derivatives (self, (size_t) n_outputs + extra.n, error))
    return NULL;

  return g_steal_pointer (&self);
}

static DubClassifier *
classifier_load (const char                  *name,
                 const char                  *path,
                 const DubShape              *input,
                 const DubClassifierOptions  *options,
                 DubRun                      *run,
                 GError                     **error)
{
  g_autoptr (DubGraph) graph = dub_onnx_load (path, error);

  return graph != NULL ? dub_classifier_new_for_graph (name, graph, input, options, run, error) : NULL;
}

DubClassifier *
dub_classifier_new (const char      *name,
                    const char      *path,
                    const DubShape  *input,
                    size_t           n_classes,
                    size_t           batch,
                    DubRun          *run,
                    GError         **error)
{
  DubClassifierOptions options = { .n_classes = n_classes, .batch = batch };

  return classifier_load (name, path, input, &options, run, error);
}

DubClassifier *
dub_classifier_new_dropout (const char      *name,
                            const char      *path,
                            const DubShape  *input,
                            size_t           n_classes,
                            size_t           n_passes,
                            DubRun          *run,
                            GError         **error)
{
  DubClassifierOptions options = { .n_classes = n_classes, .batch = n_passes, .dropout = TRUE };

  return classifier_load (name, path, input, &options, run, error);
}

void
dub_classifier_free (DubClassifier *self)
{
  if (self == NULL)
    return;
  if (self->d_outputs != NULL)
    dub_tensor_unref (self->d_outputs[self->logits]);
  g_free (self->d_outputs);
  g_clear_pointer (&self->plan, dub_plan_free);
  g_clear_pointer (&self->graph, dub_graph_unref);
  g_free (self);
}

/* --- running it --- */

static gboolean
take_logits (const DubClassifier  *self,
             const float          *from,
             size_t                n,
             float                *logits,
             size_t               *bad)
{
  gboolean one = self->answer == DUB_ANSWER_ONE_LOGIT || self->answer == DUB_ANSWER_SIGMOID;

  for (size_t i = 0; i < n; i++)
    for (size_t c = 0; c < self->n_classes; c++) {
      float value = one ? (c == 0 ? -0.5f : 0.5f) * from[i] : from[i * self->n_classes + c];

      if (!isfinite (value)) {
        *bad = i;
        return FALSE;
      }
      logits[i * self->n_classes + c] = value;
    }

  return TRUE;
}

/* One batch; the rest of a short one is zeros, so that all go through the same plan. */
static gboolean
run_batch (DubClassifier  *self,
           DubTensor      *batch,
           size_t          n,
           float          *logits,
           float          *features,
           size_t         *bad,
           uint64_t        seed,
           DubRun         *run,
           GError        **error)
{
  if (!dub_plan_forward (self->plan, &batch, seed, run, error))
    return FALSE;
  if (!take_logits (self, dub_tensor_f32 (dub_plan_output (self->plan, self->logits)), n, logits, bad)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "an output is not finite");
    return FALSE;
  }
  if (features == NULL || self->n_features == 0)
    return TRUE;

  const float *from = dub_tensor_f32 (dub_plan_output (self->plan, self->features));

  for (size_t i = 0; i < n * self->n_features; i++) {
    if (!isfinite (from[i])) {
      *bad = i / self->n_features;
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "a feature is not finite");
      return FALSE;
    }
    features[i] = from[i];
  }

  return TRUE;
}

gboolean
dub_classifier_run (DubClassifier  *self,
                    const float    *cases,
                    size_t          n,
                    float          *logits,
                    float          *features,
                    size_t         *bad,
                    DubRun         *run,
                    GError        **error)
{
  size_t n_input = dub_shape_n_elements (&self->input);
  DubShape shape = { .rank = self->input.rank + 1, .dim = { (int64_t) self->batch } };

  memcpy (shape.dim + 1, self->input.dim, sizeof (int64_t) * (size_t) self->input.rank);

  g_autoptr (DubTensor) batch = dub_tensor_new_zeros (DUB_DTYPE_F32, shape, error);

  if (batch == NULL)
    return FALSE;
  for (size_t first = 0; first < n; first += self->batch) {
    size_t n_here = MIN (self->batch, n - first);

    memcpy (dub_tensor_f32 (batch), cases + first * n_input, n_here * n_input * sizeof (float));
    memset (dub_tensor_f32 (batch) + n_here * n_input, 0, (self->batch - n_here) * n_input * sizeof (float));
    if (!run_batch (self, batch, n_here, logits + first * self->n_classes,
                    features != NULL ? features + first * self->n_features : NULL, bad, self->seed + first, run, error)) {
      *bad += first;
      return FALSE;
    }
  }

  return TRUE;
}

gboolean
dub_classifier_backward (DubClassifier  *self,
                         const float    *d_logits,
                         DubRun         *run,
                         GError        **error)
{
  g_return_val_if_fail (self->d_outputs != NULL, FALSE);

  gboolean one = self->answer == DUB_ANSWER_ONE_LOGIT || self->answer == DUB_ANSWER_SIGMOID;
  float *d = dub_tensor_f32 (self->d_outputs[self->logits]);

  /* One logit z stands for (-z/2, z/2). */
  for (size_t i = 0; i < self->batch && one; i++)
    d[i] = 0.5f * (d_logits[2 * i + 1] - d_logits[2 * i]);
  if (!one)
    memcpy (d, d_logits, self->batch * self->n_classes * sizeof (float));

  return dub_plan_backward (self->plan, self->d_outputs, run, error);
}
