/* A window changes little of the first feature maps, which are the largest. So each network is cut in two at a value v:
 *
 *   crop around the window ─▶ front (input … v) ─▶ pasted into the unchanged image's v ─▶ back (v … answer)
 *
 * A crop begins at a multiple of v's step and is as long as all crops are; where its end is not the image's, what the front
 * makes of its rim is wrong and is not pasted (heatmap-reach.h says how far that goes). */
#include "core/explain/heatmap-private.h"
#include "core/explain/heatmap-reach.h"

#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/nn/graph-copy.h"

#include <string.h>

/* Smaller images are done at once. */
static const size_t SMALLEST = 16384;
/* A cut must leave less than this share of the work. */
static const double WORTH = 0.7;
/* Copying a number costs about as much as so many multiply-adds. */
static const double COPY = 4.0;
/* Floats of crops, and of v, at a time. */
static const size_t BATCH_FLOATS = (size_t) 1 << 21;
static const size_t LARGEST_BATCH = 16;
/* Places to cut that are looked at: those where the maps become coarser. */
enum { MOST_CUTS = 8 };

typedef struct {
  DubGraph      *front, *back;
  DubPlan       *plan;       /* of @front on a batch of crops */
  DubClassifier *classifier; /* of @back */
  DubReach       reach;      /* of v */
  size_t         crop[3];
  size_t         local[3];   /* v of a crop */
  size_t         grid[3];    /* v of the image */
  size_t         n_maps;
  float         *whole;      /* [n_maps · grid] v of the image */
  float         *maps;       /* [batch] of these */
  DubTensor     *crops;      /* (batch, C, crop) */
} Front;

struct _DubHeatmapFronts {
  const DubHeatmapLook *look;
  size_t  n_networks;
  size_t  batch;
  size_t  n_features;
  Front  *fronts; /* [M] */
};

static void
front_clear (Front *self)
{
  g_clear_pointer (&self->classifier, dub_classifier_free);
  g_clear_pointer (&self->plan, dub_plan_free);
  g_clear_pointer (&self->front, dub_graph_unref);
  g_clear_pointer (&self->back, dub_graph_unref);
  g_clear_pointer (&self->crops, dub_tensor_unref);
  g_clear_pointer (&self->whole, g_free);
  g_clear_pointer (&self->maps, g_free);
}

void
_dub_heatmap_fronts_free (DubHeatmapFronts *self)
{
  if (self == NULL)
    return;
  for (size_t m = 0; m < self->n_networks; m++)
    front_clear (&self->fronts[m]);
  g_free (self->fronts);
  g_free (self);
}

size_t
_dub_heatmap_fronts_batch (const DubHeatmapFronts *self)
{
  return self->batch;
}

size_t
_dub_heatmap_fronts_n_features (const DubHeatmapFronts *self)
{
  return self->n_features;
}

/* --- where to cut --- */

static int64_t
floor_div (int64_t a,
           int64_t b)
{
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

/* Elements of v that see any of @size voxels from @at on. */
static void
changed_range (const DubReach *reach,
               int             axis,
               int64_t         at,
               int64_t         size,
               int64_t         n,
               int64_t        *first,
               int64_t        *last)
{
  *first = CLAMP (-floor_div (reach->high[axis] - at, reach->step[axis]), 0, n - 1);
  *last = CLAMP (floor_div (at + size - 1 - reach->low[axis], reach->step[axis]), *first, n - 1);
}

/* The length of a crop that holds all that is seen by what a window changes, wherever that lies: as many voxels more or
 * fewer than the image as are a multiple of the step. */
static size_t
crop_length (const DubReach *reach,
             int             axis,
             size_t          window,
             size_t          extent)
{
  int64_t step = reach->step[axis], field = reach->high[axis] - reach->low[axis] + 1;
  int64_t n_changed = ((int64_t) window + field - 2) / step + 1;
  int64_t needed = (n_changed - 1) * step + field + step - 1;

  if (needed >= (int64_t) extent)
    return extent;

  return (size_t) ((int64_t) extent - step * (((int64_t) extent - needed) / step));
}

static DubType
image_type (const DubHeatmapLook *look,
            size_t                batch,
            const size_t         *extents)
{
  int n_axes = look->input.rank - 1;
  DubType type = { .dtype = DUB_DTYPE_F32, .shape = { .rank = n_axes + 2, .dim = { (int64_t) batch, (int64_t) look->n_channels } } };

  for (int a = 0; a < n_axes; a++)
    type.shape.dim[2 + a] = (int64_t) extents[3 - n_axes + a];

  return type;
}

/* Spatial extents of the planned output. */
static gboolean
take_extents (const DubPlan *plan,
              int            n_axes,
              size_t         extents[3],
              size_t        *n_maps)
{
  const DubShape *shape = &dub_plan_output_type (plan, 0)->shape;

  if (shape->rank != n_axes + 2 || dub_plan_output_type (plan, 0)->dtype != DUB_DTYPE_F32)
    return FALSE;
  extents[0] = 1;
  for (int a = 0; a < n_axes; a++)
    extents[3 - n_axes + a] = (size_t) shape->dim[2 + a];
  *n_maps = (size_t) shape->dim[1];

  return extents[0] > 0 && extents[1] > 0 && extents[2] > 0;
}

/* Multiply-adds of @graph on an input of @type; negative where that cannot be said. @plan: (out): its types */
static double
work_of (DubGraph       *graph,
         const DubType  *type,
         DubPlan       **plan,
         DubRun         *run)
{
  DubPlanOptions options = { .types_only = TRUE };

  *plan = dub_plan_new (graph, type, &options, run, NULL);

  return *plan != NULL ? dub_plan_multiply_adds (*plan) : -1.0;
}

/* Cuts @graph at @value into @self. Returns the work of one window, or a negative number where that is no place to cut. */
static double
try_cut (Front                *self,
         const DubHeatmapLook *look,
         DubGraph             *graph,
         int                   value,
         const DubReach       *reach,
         const size_t          window[3],
         DubRun               *run)
{
  int n_axes = look->input.rank - 1;
  DubType whole = image_type (look, 1, look->shape), back = { .dtype = DUB_DTYPE_F32 }, crop;
  g_autoptr (DubPlan) front_types = NULL;
  g_autoptr (DubPlan) crop_types = NULL;
  g_autoptr (DubPlan) back_types = NULL;
  size_t n_maps;

  self->reach = *reach;
  for (int a = 0; a < 3; a++)
    self->crop[a] = look->shape[a] > 1 ? crop_length (reach, a, MIN (window[a], look->shape[a]), look->shape[a]) : 1;
  self->front = dub_graph_cut (graph, value, NULL);
  /* What the network declares does not hold for a crop. */
  if (self->front != NULL)
    g_array_index (self->front->inputs, DubGraphInput, 0).has_shape = FALSE;
  if (self->front == NULL || work_of (self->front, &whole, &front_types, run) < 0.0 ||
      !take_extents (front_types, n_axes, self->grid, &self->n_maps))
    return -1.0;
  back.shape = dub_plan_output_type (front_types, 0)->shape;
  self->back = dub_graph_tail (graph, value, &back.shape, NULL);
  if (self->back == NULL)
    return -1.0;
  /* The batch is free again. */
  g_array_index (self->back->inputs, DubGraphInput, 0).shape.dim[0] = -1;
  crop = image_type (look, 1, self->crop);

  double front = work_of (self->front, &crop, &crop_types, run), rest = work_of (self->back, &back, &back_types, run);

  if (front < 0.0 || rest < 0.0 || !take_extents (crop_types, n_axes, self->local, &n_maps))
    return -1.0;

  return front + rest + COPY * (double) (self->n_maps * self->grid[0] * self->grid[1] * self->grid[2]);
}

static gboolean
becomes_coarser (const DubGraph *graph,
                 const DubReach *reaches,
                 const DubNode  *node)
{
  const DubReach *before = node->n_inputs > 0 && node->inputs[0] >= 0 ? &reaches[node->inputs[0]] : NULL;
  const DubReach *after = node->outputs[0] >= 0 ? &reaches[node->outputs[0]] : NULL;

  return before != NULL && after != NULL && before->known && after->known && memcmp (before->step, after->step, sizeof after->step) != 0;
}

/* The best cut, if any is worth it. */
static gboolean
choose_cut (Front                *self,
            const DubHeatmapLook *look,
            DubGraph             *graph,
            const size_t          window[3],
            DubRun               *run)
{
  g_autofree DubReach *reaches = _dub_reach_of_values (graph, look->input.rank - 1);
  DubType whole = image_type (look, 1, look->shape);
  g_autoptr (DubPlan) types = NULL;
  double least = WORTH * work_of (graph, &whole, &types, run);
  gboolean found = FALSE;
  int n_cuts = 0;

  for (int i = 0; i < dub_graph_n_nodes (graph) && n_cuts < MOST_CUTS; i++) {
    const DubNode *node = dub_graph_node (graph, i);
    Front one = { 0 };
    double work;

    if (node->n_outputs < 1 || !becomes_coarser (graph, reaches, node))
      continue;
    n_cuts++;
    work = try_cut (&one, look, graph, node->outputs[0], &reaches[node->outputs[0]], window, run);
    if (work >= 0.0 && work < least) {
      front_clear (self);
      *self = one;
      least = work;
      found = TRUE;
    } else {
      front_clear (&one);
    }
  }

  return found;
}

/* --- making it ready --- */

/* v of the unchanged image, by a plan that is not kept. */
static gboolean
look_at_whole (Front                *self,
               const DubHeatmapLook *look,
               DubRun               *run,
               GError              **error)
{
  DubType type = image_type (look, 1, look->shape);
  DubPlanOptions options = { .memory_limit = dub_memory_limit () };
  g_autoptr (DubPlan) plan = dub_plan_new (self->front, &type, &options, run, error);
  g_autoptr (DubTensor) image = dub_tensor_new_wrapped (DUB_DTYPE_F32, type.shape, (float *) look->x, NULL, NULL);
  size_t n = self->n_maps * self->grid[0] * self->grid[1] * self->grid[2];

  if (plan == NULL || !dub_plan_forward (plan, &image, 0, run, error))
    return FALSE;
  self->whole = g_memdup2 (dub_tensor_f32 (dub_plan_output (plan, 0)), n * sizeof (float));

  return TRUE;
}

static gboolean
front_prepare (Front                *self,
               const DubHeatmapLook *look,
               size_t                batch,
               DubRun               *run,
               GError              **error)
{
  DubType type = image_type (look, batch, self->crop);
  DubPlanOptions options = { .memory_limit = dub_memory_limit () };
  DubClassifierOptions wanted = { .n_classes = look->n_classes, .batch = batch };
  DubShape input = { .rank = look->input.rank, .dim = { (int64_t) self->n_maps } };

  for (int a = 1; a < input.rank; a++)
    input.dim[a] = (int64_t) self->grid[3 - input.rank + a];
  self->plan = dub_plan_new (self->front, &type, &options, run, error);
  self->classifier =
    self->plan != NULL ? dub_classifier_new_for_graph (self->back->name, self->back, &input, &wanted, run, error) : NULL;
  self->crops = self->classifier != NULL ? dub_tensor_new_zeros (DUB_DTYPE_F32, type.shape, error) : NULL;
  if (self->crops == NULL)
    return FALSE;
  self->maps = g_new0 (float, batch * self->n_maps * self->grid[0] * self->grid[1] * self->grid[2]);

  return look_at_whole (self, look, run, error);
}

DubHeatmapFronts *
_dub_heatmap_fronts_new (const DubHeatmapLook  *look,
                         const size_t           window[3],
                         gboolean               features,
                         DubRun                *run,
                         GError               **error)
{
  g_autoptr (DubHeatmapFronts) self = NULL;
  size_t most = LARGEST_BATCH;

  if (look->n_voxels < SMALLEST)
    return NULL;
  self = g_new0 (DubHeatmapFronts, 1);
  self->look = look;
  self->n_networks = look->n_networks;
  self->fronts = g_new0 (Front, look->n_networks);
  for (size_t m = 0; m < look->n_networks; m++) {
    Front *front = &self->fronts[m];

    if (!choose_cut (front, look, look->graphs[m], window, run))
      return NULL;

    size_t n_crop = look->n_channels * front->crop[0] * front->crop[1] * front->crop[2];
    size_t n_maps = front->n_maps * front->grid[0] * front->grid[1] * front->grid[2];

    most = MIN (most, MAX (BATCH_FLOATS / MAX (n_crop, n_maps), 1));
  }
  self->batch = most;
  for (size_t m = 0; m < look->n_networks; m++) {
    if (!front_prepare (&self->fronts[m], look, most, run, error))
      return NULL;
    /* A network written down for one image goes the plain way. */
    if (self->fronts[m].classifier->batch != most)
      return NULL;
  }
  self->n_features = features ? self->fronts[0].classifier->n_features : 0;
  for (size_t m = 1; m < look->n_networks; m++)
    if (self->fronts[m].classifier->n_features != self->n_features)
      self->n_features = 0;

  return g_steal_pointer (&self);
}

/* --- asking --- */

typedef struct {
  const DubHeatmapLook *look;
  const Front          *front;
  const float          *r;
  const DubHeatmapBox  *boxes;
} Job;

/* First voxel of the crop that serves a box: a multiple of the step, and never past the last crop. */
static size_t
crop_start (const Job           *job,
            const DubHeatmapBox *box,
            int                  axis)
{
  const Front *front = job->front;
  int64_t step = front->reach.step[axis], first, last, start;

  if (front->crop[axis] == job->look->shape[axis])
    return 0;
  changed_range (&front->reach, axis, (int64_t) box->at[axis], (int64_t) box->size[axis], (int64_t) front->grid[axis], &first, &last);
  start = first * step + front->reach.low[axis];

  return (size_t) CLAMP (floor_div (start, step) * step, 0, (int64_t) (job->look->shape[axis] - front->crop[axis]));
}

/* The image around the box, with the box replaced. */
static void
crop_piece (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  const Job *job = user_data;
  const DubHeatmapLook *look = job->look;
  const DubHeatmapBox *box = &job->boxes[piece];
  const size_t *crop = job->front->crop, *shape = look->shape;
  size_t start[3], n = look->n_channels * crop[0] * crop[1] * crop[2];
  float *to = dub_tensor_f32 (job->front->crops) + piece * n;

  for (int a = 0; a < 3; a++)
    start[a] = crop_start (job, box, a);
  for (size_t c = 0; c < look->n_channels; c++)
    for (size_t z = start[0]; z < start[0] + crop[0]; z++)
      for (size_t y = start[1]; y < start[1] + crop[1]; y++, to += crop[2]) {
        size_t row = c * look->n_voxels + (z * shape[1] + y) * shape[2];
        gboolean hit = z >= box->at[0] && z < box->at[0] + box->size[0] && y >= box->at[1] && y < box->at[1] + box->size[1];

        memcpy (to, look->x + row + start[2], crop[2] * sizeof (float));
        if (hit)
          memcpy (to + box->at[2] - start[2], job->r + row + box->at[2], box->size[2] * sizeof (float));
      }
}

/* The image's v with what the box changes. */
static void
paste_piece (size_t   piece,
             guint    thread,
             gpointer user_data)
{
  const Job *job = user_data;
  const Front *front = job->front;
  const size_t *grid = front->grid, *local = front->local;
  size_t n_grid = grid[0] * grid[1] * grid[2], n_local = local[0] * local[1] * local[2];
  const float *from = dub_tensor_f32 (dub_plan_output (front->plan, 0)) + piece * front->n_maps * n_local;
  float *to = front->maps + piece * front->n_maps * n_grid;
  int64_t first[3] = { 0, 0, 0 }, last[3] = { 0, 0, 0 };
  size_t shift[3] = { 0, 0, 0 };

  for (int a = 0; a < 3; a++) {
    const DubHeatmapBox *box = &job->boxes[piece];

    changed_range (&front->reach, a, (int64_t) box->at[a], (int64_t) box->size[a], (int64_t) grid[a], &first[a], &last[a]);
    shift[a] = crop_start (job, box, a) / (size_t) front->reach.step[a];
  }
  memcpy (to, front->whole, front->n_maps * n_grid * sizeof (float));
  for (size_t k = 0; k < front->n_maps; k++)
    for (int64_t z = first[0]; z <= last[0]; z++)
      for (int64_t y = first[1]; y <= last[1]; y++)
        memcpy (to + k * n_grid + ((size_t) z * grid[1] + (size_t) y) * grid[2] + first[2],
                from + k * n_local + (((size_t) z - shift[0]) * local[1] + (size_t) y - shift[1]) * local[2] + (size_t) first[2] - shift[2],
                (size_t) (last[2] - first[2] + 1) * sizeof (float));
}

gboolean
_dub_heatmap_fronts_ask (DubHeatmapFronts     *self,
                         const float          *r,
                         const DubHeatmapBox  *boxes,
                         size_t                n,
                         float                *logits,
                         size_t                logits_stride,
                         float                *features,
                         size_t                features_stride,
                         DubRun               *run,
                         GError              **error)
{
  for (size_t m = 0; m < self->n_networks; m++) {
    Front *front = &self->fronts[m];
    Job job = { .look = self->look, .front = front, .r = r, .boxes = boxes };
    const float *maps = boxes != NULL ? front->maps : front->whole;
    size_t bad;

    if (boxes != NULL && (!dub_parallel_for (run, n, crop_piece, &job, error) ||
                          !dub_plan_forward (front->plan, &front->crops, 0, run, error) ||
                          !dub_parallel_for (run, n, paste_piece, &job, error)))
      return FALSE;
    if (!dub_classifier_run (front->classifier, maps, n, logits + m * logits_stride,
                             features != NULL ? features + m * features_stride : NULL, &bad, run, error))
      return FALSE;
  }

  return TRUE;
}
