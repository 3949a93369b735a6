#include "core/uq/segment.h"

#include "core/base/checked.h"
#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/nn/plan.h"

#include <math.h>
#include <string.h>

/* Voxels of a piece. */
static const size_t PIECE = (size_t) 1 << 15;

enum { MOST_CLASSES = 256 };

const char *
dub_segment_score_name (DubSegmentScore score)
{
  static const char *const names[] = { "msr", "entropy", "margin", "sd", "mi" };

  return names[score];
}

const char *
dub_segment_score_sentence (DubSegmentScore score)
{
  static const char *const sentences[] = {
    "One minus the largest probability.",
    "Entropy of the mean probabilities, in nats: 0 where the network is certain.",
    "One minus the difference of the two largest probabilities.",
    "Standard deviation over networks and views, averaged over the classes.",
    "Mutual information: what networks and views disagree about, in nats.",
  };

  return sentences[score];
}

/* --- what a network gives --- */

typedef enum { LOGITS, PROBABILITIES, ONE_LOGIT, ONE_PROBABILITY } Answer;

typedef struct {
  DubPlan *plan;
  Answer   answer;
  size_t   n_outputs; /* C, or 1 */
  DubShape shape;     /* of the input, with batch and channel */
} Network;

/* A network of colour images sees a grey one in every channel. */
static DubShape
input_shape (const DubGraph *graph,
             const DubShape *image)
{
  const DubGraphInput *input = dub_graph_n_inputs (graph) > 0 ? dub_graph_input (graph, 0) : NULL;
  gboolean colour = image->rank == 2 && input != NULL && input->has_shape && input->shape.rank == 4 && input->shape.dim[1] == 3;
  DubShape shape = { .rank = image->rank + 2, .dim = { 1, colour ? 3 : 1 } };

  memcpy (shape.dim + 2, image->dim, sizeof (int64_t) * (size_t) image->rank);

  return shape;
}

/* Whether @shape is (1, C, the extents of @input). */
static gboolean
keeps_extents (const DubShape *shape,
               const DubShape *input)
{
  if (shape->rank != input->rank || shape->dim[0] != 1)
    return FALSE;
  for (int a = 2; a < shape->rank; a++)
    if (shape->dim[a] != input->dim[a])
      return FALSE;

  return TRUE;
}

/* The operator that made the first output. */
static const char *
last_operator (const DubGraph *graph)
{
  int producer = dub_graph_value (graph, dub_graph_output (graph, 0))->producer;

  return producer >= 0 ? dub_graph_node (graph, producer)->op_name : "";
}

static DubPlan *
plan_for (DubGraph        *graph,
          const DubShape  *shape,
          gboolean         types_only,
          DubRun          *run,
          GError         **error)
{
  DubPlanOptions options = { .memory_limit = dub_memory_limit (), .types_only = types_only };
  DubType type = { DUB_DTYPE_F32, *shape };

  if (dub_graph_n_inputs (graph) != 1 || dub_graph_n_outputs (graph) < 1) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED, "The network %s has %d inputs and %d outputs; expected one input.",
                 graph->name, dub_graph_n_inputs (graph), dub_graph_n_outputs (graph));
    return NULL;
  }

  return dub_plan_new (graph, &type, &options, run, error);
}

static gboolean
load_network (Network         *self,
              DubGraph        *graph,
              const DubShape  *image,
              DubRun          *run,
              GError         **error)
{
  self->shape = input_shape (graph, image);
  self->plan = plan_for (graph, &self->shape, FALSE, run, error);
  if (self->plan == NULL)
    return FALSE;

  const DubType *type = dub_plan_output_type (self->plan, 0);
  const char *last = last_operator (graph);

  if (type->dtype != DUB_DTYPE_F32 || !keeps_extents (&type->shape, &self->shape) || type->shape.dim[1] > MOST_CLASSES) {
    g_autofree char *found = dub_shape_to_string (&type->shape), *from = dub_shape_to_string (&self->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "The network %s makes %s of %s, which is no class for every voxel; expected (1, C, …) with the same extents and at most %d classes.",
                 graph->name, found, from, MOST_CLASSES);
    return FALSE;
  }
  self->n_outputs = (size_t) type->shape.dim[1];
  if (self->n_outputs == 1)
    self->answer = g_str_equal (last, "Sigmoid") ? ONE_PROBABILITY : ONE_LOGIT;
  else
    self->answer = g_str_equal (last, "Softmax") ? PROBABILITIES : LOGITS;
  if (self->n_outputs > 1 && g_str_equal (last, "Sigmoid")) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "The network %s ends in %zu independent sigmoids, which are no probabilities of classes; export it with Softmax or its logits.",
                 graph->name, self->n_outputs);
    return FALSE;
  }

  return TRUE;
}

size_t
dub_segment_count_classes (DubGraph       *graph,
                           const DubShape *input,
                           DubRun         *run)
{
  DubShape shape = input_shape (graph, input);
  DubPlan *plan = plan_for (graph, &shape, TRUE, run, NULL);
  const DubType *type = plan != NULL ? dub_plan_output_type (plan, 0) : NULL;
  gboolean can = type != NULL && type->dtype == DUB_DTYPE_F32 && keeps_extents (&type->shape, &shape);
  size_t n_classes = can ? (size_t) MAX (type->shape.dim[1], 2) : 0;
  static const char *const ACTIVATIONS[] = { "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Tanh", "Clip", NULL };

  /* One number a voxel that an activation has bent is an image, not the logit of a class. */
  if (can && type->shape.dim[1] == 1 && g_strv_contains (ACTIVATIONS, last_operator (graph)))
    n_classes = 0;

  dub_plan_free (plan);

  return n_classes;
}

gboolean
dub_segment_can (DubGraph       *graph,
                 const DubShape *input,
                 DubRun         *run)
{
  return dub_segment_count_classes (graph, input, run) > 0;
}

/* Probabilities of voxel @place: @p [C]; FALSE where one is not finite. */
static inline gboolean
probabilities_at (Answer       answer,
                  const float *outputs,
                  size_t       n_voxels,
                  size_t       place,
                  size_t       n_classes,
                  float       *p)
{
  if (answer == ONE_LOGIT || answer == ONE_PROBABILITY) {
    float z = outputs[place];

    p[1] = answer == ONE_PROBABILITY ? z : 1.0f / (1.0f + expf (-z));
    p[0] = 1.0f - p[1];
    return isfinite (z);
  }

  float largest = outputs[place], sum = 0.0f;

  for (size_t c = 0; c < n_classes; c++) {
    p[c] = outputs[c * n_voxels + place];
    if (!isfinite (p[c]))
      return FALSE;
    largest = MAX (largest, p[c]);
  }
  if (answer == PROBABILITIES)
    return TRUE;
  for (size_t c = 0; c < n_classes; c++) {
    p[c] = expf (p[c] - largest);
    sum += p[c];
  }
  for (size_t c = 0; c < n_classes; c++)
    p[c] /= sum;

  return TRUE;
}

static inline float
entropy_of (const float *p,
            size_t       n)
{
  float h = 0.0f;

  for (size_t c = 0; c < n; c++)
    if (p[c] > 0.0f)
      h -= p[c] * logf (p[c]);

  return h;
}

/* --- sums over networks and views --- */

typedef struct {
  DubSegmentation *result;
  size_t  n_voxels;
  float  *sum;       /* [C][V] of probabilities */
  float  *square;    /* (nullable) [C][V] of their squares, for the SD */
  float  *entropy;   /* (nullable) [V] of entropies, for the mutual information */
  guint8 *seen;      /* [V] how often */
  size_t  n_bytes;   /* of all of them */
  guint   scores;
} Sums;

static void
sums_clear (Sums *self)
{
  g_free (self->sum);
  g_free (self->square);
  g_free (self->entropy);
  g_free (self->seen);
}

static gboolean
sums_init (Sums     *self,
           GError  **error)
{
  size_t n_classes = self->result->n_classes, n_table, n_bytes;
  gboolean fits = dub_checked_mul (n_classes, self->n_voxels, &n_table) && dub_checked_mul (n_table, sizeof (float), &n_bytes);

  if (fits) {
    self->sum = g_try_new0 (float, n_table);
    self->seen = g_try_new0 (guint8, self->n_voxels);
    if (self->scores & 1 << DUB_SEGMENT_SD)
      self->square = g_try_new0 (float, n_table);
    if (self->scores & 1 << DUB_SEGMENT_MI)
      self->entropy = g_try_new0 (float, self->n_voxels);
    self->n_bytes = n_bytes * (self->square != NULL ? 2 : 1) + self->n_voxels * (self->entropy != NULL ? 5 : 1);
  }
  if (self->sum != NULL && self->seen != NULL && (self->square != NULL || !(self->scores & 1 << DUB_SEGMENT_SD)) &&
      (self->entropy != NULL || !(self->scores & 1 << DUB_SEGMENT_MI)))
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "No memory for %zu classes of %zu voxels.", n_classes, self->n_voxels);

  return FALSE;
}

typedef struct {
  Sums                 *sums;
  const DubSegmentView *view;
  const float          *outputs;
  Answer                answer;
  size_t               *counts;    /* [pieces][C] of the classes in this view */
  size_t               *first_bad; /* [pieces] voxel that is not finite, or G_MAXSIZE */
} Add;

static void
add_piece (size_t   piece,
           guint    thread,
           gpointer user_data)
{
  const Add *add = user_data;
  Sums *sums = add->sums;
  const int64_t *extent = sums->result->extent;
  size_t n_classes = sums->result->n_classes, n_voxels = sums->n_voxels;
  size_t *count = add->counts + piece * n_classes;
  float p[MOST_CLASSES];

  add->first_bad[piece] = G_MAXSIZE;
  for (size_t i = piece * PIECE; i < MIN ((piece + 1) * PIECE, n_voxels); i++) {
    int64_t plane = extent[1] * extent[2], at = (int64_t) i;
    const int64_t u[3] = { at / plane, at % plane / extent[2], at % extent[2] };
    int64_t place = dub_segment_view_place (add->view, extent, u);
    size_t best = 0;

    if (place < 0)
      continue;
    if (!probabilities_at (add->answer, add->outputs, n_voxels, (size_t) place, n_classes, p)) {
      add->first_bad[piece] = i;
      return;
    }
    for (size_t c = 0; c < n_classes; c++) {
      sums->sum[c * n_voxels + i] += p[c];
      if (sums->square != NULL)
        sums->square[c * n_voxels + i] += p[c] * p[c];
      if (p[c] > p[best])
        best = c;
    }
    if (sums->entropy != NULL)
      sums->entropy[i] += entropy_of (p, n_classes);
    sums->seen[i]++;
    count[best]++;
  }
}

static gboolean
add_answer (Sums                  *sums,
            const Network         *network,
            const DubSegmentView  *view,
            const char            *name,
            size_t                *view_count,
            DubRun                *run,
            GError               **error)
{
  size_t n_pieces = (sums->n_voxels + PIECE - 1) / PIECE, n_classes = sums->result->n_classes;
  const int64_t *extent = sums->result->extent;
  g_autofree size_t *counts = g_new0 (size_t, n_pieces * n_classes), *bad = g_new (size_t, n_pieces);
  Add add = { sums, view, dub_tensor_f32 (dub_plan_output (network->plan, 0)), network->answer, counts, bad };

  if (!dub_parallel_for (run, n_pieces, add_piece, &add, error))
    return FALSE;
  for (size_t piece = 0; piece < n_pieces; piece++) {
    if (bad[piece] != G_MAXSIZE) {
      int64_t plane = extent[1] * extent[2], at = (int64_t) bad[piece];

      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                   "The network %s gives no number for voxel (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ").",
                   name, at / plane, at % plane / extent[2], at % extent[2]);
      return FALSE;
    }
    for (size_t c = 0; c < n_classes; c++)
      view_count[c] += counts[piece * n_classes + c];
  }

  return TRUE;
}

/* --- what the sums say --- */

static void
finish_piece (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  const Sums *sums = user_data;
  DubSegmentation *result = sums->result;
  size_t n_classes = result->n_classes, n_voxels = sums->n_voxels;
  guint8 *labels = result->labels->data;
  float *map[DUB_N_SEGMENT_SCORES], p[MOST_CLASSES];

  for (guint s = 0; s < DUB_N_SEGMENT_SCORES; s++)
    map[s] = result->map[s] != NULL ? dub_tensor_f32 (result->map[s]) : NULL;
  for (size_t i = piece * PIECE; i < MIN ((piece + 1) * PIECE, n_voxels); i++) {
    float n = (float) sums->seen[i], first = -1.0f, second = -1.0f, sd = 0.0f;
    size_t best = 0;

    for (size_t c = 0; c < n_classes; c++) {
      p[c] = sums->sum[c * n_voxels + i] / n;
      if (p[c] > first) {
        second = first;
        first = p[c];
        best = c;
      } else {
        second = MAX (second, p[c]);
      }
      if (sums->square != NULL)
        sd += sqrtf (MAX (sums->square[c * n_voxels + i] / n - p[c] * p[c], 0.0f));
    }

    float h = map[DUB_SEGMENT_ENTROPY] != NULL || map[DUB_SEGMENT_MI] != NULL ? entropy_of (p, n_classes) : 0.0f;

    labels[i] = (guint8) best;
    if (map[DUB_SEGMENT_MSR] != NULL)
      map[DUB_SEGMENT_MSR][i] = 1.0f - first;
    if (map[DUB_SEGMENT_ENTROPY] != NULL)
      map[DUB_SEGMENT_ENTROPY][i] = h;
    if (map[DUB_SEGMENT_MARGIN] != NULL)
      map[DUB_SEGMENT_MARGIN][i] = 1.0f - (first - second);
    if (map[DUB_SEGMENT_SD] != NULL)
      map[DUB_SEGMENT_SD][i] = sd / (float) n_classes;
    if (map[DUB_SEGMENT_MI] != NULL)
      map[DUB_SEGMENT_MI][i] = MAX (h - sums->entropy[i] / n, 0.0f);
  }
}

static gboolean
finish (Sums    *sums,
        DubRun  *run,
        GError **error)
{
  DubSegmentation *result = sums->result;
  DubShape shape = DUB_SHAPE (result->extent[0], result->extent[1], result->extent[2]);

  result->labels = dub_tensor_new (DUB_DTYPE_U8, shape, error);
  if (result->labels == NULL)
    return FALSE;
  for (guint s = 0; s < DUB_N_SEGMENT_SCORES; s++)
    if (sums->scores & 1u << s) {
      result->map[s] = dub_tensor_new (DUB_DTYPE_F32, shape, error);
      if (result->map[s] == NULL)
        return FALSE;
    }
  if (!dub_parallel_for (run, (sums->n_voxels + PIECE - 1) / PIECE, finish_piece, sums, error))
    return FALSE;
  for (size_t i = 0; i < sums->n_voxels; i++)
    result->count[((const guint8 *) result->labels->data)[i]]++;

  return TRUE;
}

/* --- running --- */

static float
smallest (const DubTensor *image)
{
  const float *values = dub_tensor_f32 (image);
  float low = values[0];

  for (size_t i = 1, n = dub_tensor_n_elements (image); i < n; i++)
    low = MIN (low, values[i]);

  return low;
}

static gboolean
run_network (Sums       *sums,
             Network    *network,
             DubGraph   *graph,
             DubTensor  *image,
             GArray     *views,
             size_t      model,
             DubRun     *run,
             GError    **error)
{
  DubSegmentation *result = sums->result;
  g_autoptr (DubTensor) input = dub_tensor_new (DUB_DTYPE_F32, network->shape, error);
  float low = smallest (image);

  if (input == NULL)
    return FALSE;
  for (guint v = 0; v < views->len; v++) {
    const DubSegmentView *view = &g_array_index (views, DubSegmentView, v);
    size_t at = model * views->len + v;

    if (v == 0)
      memcpy (dub_tensor_f32 (input), dub_tensor_f32 (image), dub_tensor_n_bytes (image));
    else
      dub_segment_view_apply (view, result->extent, dub_tensor_f32 (image), low, dub_tensor_f32 (input));
    for (int64_t c = 1; c < network->shape.dim[1]; c++)
      memcpy (dub_tensor_f32 (input) + (size_t) c * sums->n_voxels, dub_tensor_f32 (input), sums->n_voxels * sizeof (float));
    if (!dub_plan_forward (network->plan, &input, 0, run, error) ||
        !add_answer (sums, network, view, graph->name, result->view_count + at * result->n_classes, run, error))
      return FALSE;
    if (run != NULL)
      dub_run_set_progress (run, (double) (at + 1) / (double) (result->n_models * views->len));
  }

  return TRUE;
}

static gboolean
check_scores (guint    scores,
              size_t   n_answers,
              GError **error)
{
  guint several = 1u << DUB_SEGMENT_SD | 1u << DUB_SEGMENT_MI;

  if (n_answers > 255) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%zu answers a voxel are wanted; expected at most 255.", n_answers);
    return FALSE;
  }
  if (n_answers > 1 || !(scores & several))
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
               "The score %s needs two networks or augmented views; there is one network and one view.",
               dub_segment_score_name (scores & 1u << DUB_SEGMENT_SD ? DUB_SEGMENT_SD : DUB_SEGMENT_MI));

  return FALSE;
}

static gboolean
check_images (DubTensor *const  *images,
              size_t             n,
              GError           **error)
{
  for (size_t m = 0; m < n; m++) {
    const DubShape *shape = &images[m]->shape;

    if (images[m]->dtype != DUB_DTYPE_F32 || (shape->rank != 2 && shape->rank != 3) || dub_shape_n_elements (shape) == 0 ||
        !dub_shape_equal (shape, &images[0]->shape)) {
      g_autofree char *found = dub_shape_to_string (shape), *first = dub_shape_to_string (&images[0]->shape);

      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                   "The image of network %zu is %s, of the first %s; expected the same float32 (D, H, W) or (H, W).", m + 1, found,
                   first);
      return FALSE;
    }
  }

  return TRUE;
}

DubSegmentation *
dub_segment (DubGraph *const   *models,
             DubTensor *const  *inputs,
             size_t             n_models,
             GArray            *views,
             guint              scores,
             DubRun            *run,
             GError           **error)
{
  if (!check_images (inputs, n_models, error) || !check_scores (scores, n_models * views->len, error))
    return NULL;

  g_autoptr (DubSegmentation) self = g_new0 (DubSegmentation, 1);
  const DubShape *image = &inputs[0]->shape;
  Sums sums = { .result = self, .n_voxels = dub_tensor_n_elements (inputs[0]), .scores = scores };
  gboolean done = TRUE;

  self->n_models = n_models;
  self->n_views = views->len;
  for (int a = 0; a < 3; a++)
    self->extent[a] = image->rank == 3 ? image->dim[a] : a == 0 ? 1 : image->dim[a - 1];

  /* One network at a time holds its arena. */
  for (size_t m = 0; m < n_models && done; m++) {
    Network network = { NULL };

    done = load_network (&network, models[m], image, run, error);
    if (done && m == 0) {
      self->n_classes = MAX (network.n_outputs, 2);
      self->count = g_new0 (size_t, self->n_classes);
      self->view_count = g_new0 (size_t, n_models * views->len * self->n_classes);
      done = sums_init (&sums, error);
    } else if (done && MAX (network.n_outputs, 2) != self->n_classes) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "The network %s gives %zu classes; the first one gives %zu.", models[m]->name,
                   network.n_outputs, self->n_classes);
      done = FALSE;
    }
    if (done) {
      self->peak_bytes = MAX (self->peak_bytes, dub_plan_peak_bytes (network.plan) + sums.n_bytes);
      done = run_network (&sums, &network, models[m], inputs[m], views, m, run, error);
    }
    dub_plan_free (network.plan);
  }
  done = done && finish (&sums, run, error);
  sums_clear (&sums);

  return done ? g_steal_pointer (&self) : NULL;
}

void
dub_segmentation_free (DubSegmentation *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->labels, dub_tensor_unref);
  for (guint s = 0; s < DUB_N_SEGMENT_SCORES; s++)
    g_clear_pointer (&self->map[s], dub_tensor_unref);
  g_free (self->count);
  g_free (self->view_count);
  g_free (self);
}
