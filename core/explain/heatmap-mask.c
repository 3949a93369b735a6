/* The meaningful-perturbation mask of mask.h as a heatmap: one image, one or several networks, any number of channels.
 *
 * The optimiser masks an image of one channel before one network. Several networks, channels or a single logit become such
 * a network: a graph around them,
 *
 *   m ─▶ m · (X - r) + r (with several channels) ─▶ every network ─▶ its probabilities ─▶ mean ─▶ logarithm
 *
 * whose softmax is the mean probability again. With several channels the image that is masked is all ones and its
 * replacement 0, so that the optimiser hands over m itself. */
#include "core/explain/heatmap-private.h"

#include "core/nn/graph-copy.h"

#include <math.h>

/* Keeps the logarithm of a probability that underflows finite. */
static const float TINY = 1e-30f;

/* --- the graph around the networks --- */

static int
add_numbers (DubGraph     *graph,
             const char   *name,
             DubShape      shape,
             const float  *numbers,
             GError      **error)
{
  g_autoptr (DubTensor) tensor = dub_tensor_new (DUB_DTYPE_F32, shape, error);

  if (tensor == NULL)
    return -1;
  for (size_t i = 0; i < dub_tensor_n_elements (tensor); i++)
    dub_tensor_f32 (tensor)[i] = numbers[i];

  return dub_graph_add_constant (graph, name, tensor, FALSE);
}

/* @op of @value and numbers. -1 with @error set for want of memory. */
static int
apply_numbers (DubGraph     *graph,
               const char   *op,
               const char   *name,
               int           value,
               DubShape      shape,
               const float  *numbers,
               GError      **error)
{
  g_autofree char *constant = g_strconcat (name, ".numbers", NULL);
  int terms[] = { value, add_numbers (graph, constant, shape, numbers, error) };

  return terms[1] < 0 ? -1 : dub_graph_apply (graph, op, name, "", terms, 2);
}

/* m · (X - r) + r for images of several channels. */
static int
compose (const DubHeatmapWork  *work,
         DubGraph              *graph,
         int                    m,
         GError               **error)
{
  const DubHeatmapLook *look = &work->look;
  DubShape shape = { .rank = look->input.rank + 1, .dim = { 1 } };
  g_autofree float *difference = g_new (float, look->n_input);

  if (look->n_channels == 1)
    return m;
  for (int a = 0; a < look->input.rank; a++)
    shape.dim[a + 1] = look->input.dim[a];
  for (size_t i = 0; i < look->n_input; i++)
    difference[i] = look->x[i] - work->r[i];
  m = apply_numbers (graph, "Mul", "masked", m, shape, difference, error);

  return m < 0 ? -1 : apply_numbers (graph, "Add", "filled", m, shape, work->r, error);
}

/* The probabilities of network @m, which reads @composed. */
static int
append_network (const DubHeatmapLook  *look,
                DubGraph              *graph,
                int                    composed,
                size_t                 m,
                GError               **error)
{
  const DubAnswer answer = look->networks[m]->answer;
  g_autofree char *prefix = g_strdup_printf ("network%zu.", m);
  g_autofree char *flat = g_strconcat (prefix, "flat", NULL);
  g_autofree char *pair = g_strconcat (prefix, "pair", NULL);
  g_autofree char *offset = g_strconcat (prefix, "offset", NULL);
  g_autofree char *softmax = g_strconcat (prefix, "softmax", NULL);
  const float half[] = { -0.5f, 0.5f }, both[] = { -1.0f, 1.0f }, first[] = { 1.0f, 0.0f };

  g_array_set_size (graph->outputs, 0);
  dub_graph_add_output (graph, composed);
  if (!dub_graph_append (graph, look->graphs[m], prefix, error))
    return -1;

  int output = dub_graph_output (graph, 0);
  int value = dub_graph_apply (graph, "Flatten", flat, "axis=1", &output, 1);

  if (answer == DUB_ANSWER_SOFTMAX)
    return value;
  if (answer == DUB_ANSWER_SIGMOID) {
    value = apply_numbers (graph, "Mul", pair, value, DUB_SHAPE (1, 2), both, error);
    return value < 0 ? -1 : apply_numbers (graph, "Add", offset, value, DUB_SHAPE (1, 2), first, error);
  }
  if (answer == DUB_ANSWER_ONE_LOGIT && (value = apply_numbers (graph, "Mul", pair, value, DUB_SHAPE (1, 2), half, error)) < 0)
    return -1;

  return dub_graph_apply (graph, "Softmax", softmax, "axis=1", &value, 1);
}

static DubGraph *
surround (const DubHeatmapWork  *work,
          GError               **error)
{
  const DubHeatmapLook *look = &work->look;
  g_autoptr (DubGraph) graph = dub_graph_new (look->graphs[0]->name, look->graphs[0]->opset);
  DubShape shape = { .rank = look->input.rank + 1, .dim = { 1, 1 } };
  const float share = 1.0f / (float) look->n_networks;
  int mean = -1;

  for (int a = 1; a < look->input.rank; a++)
    shape.dim[a + 1] = look->input.dim[a];

  int composed = compose (work, graph, dub_graph_add_input (graph, "mask", DUB_DTYPE_F32, &shape), error);

  for (size_t m = 0; composed >= 0 && m < look->n_networks; m++) {
    g_autofree char *name = g_strdup_printf ("sum%zu", m);
    int terms[] = { mean, append_network (look, graph, composed, m, error) };

    if (terms[1] < 0)
      return NULL;
    mean = m == 0 ? terms[1] : dub_graph_apply (graph, "Add", name, "", terms, 2);
  }
  if (composed < 0 || (mean = apply_numbers (graph, "Mul", "mean", mean, DUB_SHAPE (1), &share, error)) < 0 ||
      (mean = apply_numbers (graph, "Add", "above_zero", mean, DUB_SHAPE (1), &TINY, error)) < 0)
    return NULL;
  g_array_set_size (graph->outputs, 0);
  dub_graph_add_output (graph, dub_graph_apply (graph, "Log", "logits", "", &mean, 1));

  return g_steal_pointer (&graph);
}

/* Networks of which the optimiser can take the only one as it is. */
static gboolean
is_plain (const DubHeatmapLook *look)
{
  const DubGraphInput *input = dub_graph_input (look->graphs[0], 0);
  gboolean several = look->networks[0]->answer == DUB_ANSWER_LOGITS || look->networks[0]->answer == DUB_ANSWER_SOFTMAX;

  return look->n_networks == 1 && look->n_channels == 1 && several && input->has_shape &&
         input->shape.rank == look->input.rank + 1;
}

/* --- the optimisation --- */

static DubTensor *
masked_image (const DubHeatmapLook  *look,
              const float           *values, /* NULL = all ones */
              GError               **error)
{
  DubShape shape = DUB_SHAPE ((int64_t) look->shape[0], (int64_t) look->shape[1], (int64_t) look->shape[2]);
  g_autoptr (DubTensor) image = dub_tensor_new (DUB_DTYPE_F32, shape, error);

  for (size_t i = 0; image != NULL && i < look->n_voxels; i++)
    dub_tensor_f32 (image)[i] = values != NULL ? values[i] : 1.0f;

  return g_steal_pointer (&image);
}

static gboolean
finish (DubHeatmapWork  *work,
        DubMask         *mask,
        DubRun          *run,
        GError         **error)
{
  float *map = dub_tensor_f32 (work->result->map);
  const double *before, *after;
  DubMaskEnergy energy;

  if (!dub_mask_evaluate (mask, &energy, run, error))
    return FALSE;
  dub_mask_get_probabilities (mask, 0, &before, &after);
  work->result->changed = energy.score;
  work->result->n_passes = (size_t) dub_mask_get_iteration (mask) + 2;

  g_autoptr (DubTensor) m = dub_mask_get_mask (mask, error);

  for (size_t i = 0; m != NULL && i < work->look.n_voxels; i++)
    map[i] = 1.0f - dub_tensor_f32 (m)[i];

  return m != NULL;
}

gboolean
_dub_heatmap_mask (DubHeatmapWork  *work,
                   DubRun          *run,
                   GError         **error)
{
  DubHeatmapLook *look = &work->look;
  DubHeatmapBinding binding = { .batch = 1 };
  gboolean single = look->n_channels == 1;
  g_autoptr (DubGraph) graph = NULL;
  g_autoptr (DubTensor) image = masked_image (look, single ? look->x : NULL, error);
  g_autoptr (DubTensor) reference = single && work->r != NULL ? masked_image (look, work->r, error) : NULL;
  g_autoptr (DubMask) mask = NULL;
  DubMaskParams params;

  if (image == NULL || (single && work->r != NULL && reference == NULL) || !_dub_heatmap_look_bind (look, &binding, run, error))
    return FALSE;
  if (is_plain (look))
    graph = dub_graph_ref (look->graphs[0]);
  else if ((graph = surround (work, error)) == NULL)
    return FALSE;
  _dub_heatmap_look_clear (look);

  if (work->options->mask != NULL)
    params = *work->options->mask;
  else
    dub_heatmap_mask_params_init (&params, look->input.rank - 1);
  params.target_class = (int) work->target.class_index;
  params.seed = work->options->seed;
  params.replacement = single ? work->options->replacement : DUB_REPLACE_ZERO;
  params.blur_sigma = work->options->blur_sigma;

  mask = dub_mask_new (graph, &image, 1, reference, &params, run, error);
  while (mask != NULL && !dub_mask_is_done (mask)) {
    if (!dub_mask_step (mask, run, error))
      return FALSE;
    dub_run_set_progress (run, (double) dub_mask_get_iteration (mask) / (double) params.n_iterations);
  }

  return mask != NULL && finish (work, mask, run, error);
}
