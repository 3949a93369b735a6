/* The one entry: checks, the kind's own file, and what is said of every map. */
#include "core/explain/heatmap-private.h"

#include "core/data/blur.h"

#include <math.h>
#include <string.h>

/* A stride of 1 on a large volume asks for millions of passes; nobody waits for these. */
static const size_t MOST_WINDOWS = 1000000;

/* --- what is looked at --- */

static gboolean
check_finite (const DubTensor  *image,
              GError          **error)
{
  const float *values = dub_tensor_f32 (image);

  for (size_t i = 0; i < dub_tensor_n_elements (image); i++)
    if (!isfinite (values[i])) {
      const int64_t *dim = image->shape.dim + image->shape.rank - 2;
      size_t h = (size_t) dim[0], w = (size_t) dim[1];
      const char *what = isnan (values[i]) ? "NaN" : "an infinity";

      if (image->shape.rank == 4)
        g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "The image holds %s at (%zu, %zu); expected finite numbers.", what,
                     i / w % h, i % w);
      else
        g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "The image holds %s at voxel (%zu, %zu, %zu); expected finite numbers.",
                     what, i / (h * w) % (size_t) image->shape.dim[2], i / w % h, i % w);
      return FALSE;
    }

  return TRUE;
}

static gboolean
take_image (DubHeatmapLook   *look,
            const DubTensor  *image,
            GError          **error)
{
  int rank = image->shape.rank;

  if (image->dtype != DUB_DTYPE_F32 || (rank != 4 && rank != 5) || image->shape.dim[0] != 1 || dub_tensor_n_elements (image) == 0) {
    g_autofree char *found = dub_shape_to_string (&image->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "The image is %s of shape %s; a heatmap needs float32 of shape 1×C×H×W or 1×C×D×H×W.",
                 dub_dtype_name (image->dtype), found);
    return FALSE;
  }
  if (!check_finite (image, error))
    return FALSE;

  look->input.rank = rank - 1;
  look->n_input = dub_tensor_n_elements (image);
  for (int a = 1; a < rank; a++)
    look->input.dim[a - 1] = image->shape.dim[a];
  look->n_channels = (size_t) image->shape.dim[1];
  for (int a = 0; a < 3; a++)
    look->shape[a] = rank - 3 + a >= 2 ? (size_t) image->shape.dim[rank - 3 + a] : 1;
  look->n_voxels = look->n_input / look->n_channels;
  look->x = dub_tensor_f32 (image);

  return TRUE;
}

/* The mean over the networks of what they say of the image, whose largest is the class. @mean: (out) (transfer full): [K] */
static gboolean
ask (DubHeatmapLook  *look,
     double         **mean,
     size_t          *best,
     DubRun          *run,
     GError         **error)
{
  DubHeatmapBinding binding = { .batch = 1 };

  if (!_dub_heatmap_look_bind (look, &binding, run, error) || !_dub_heatmap_look_forward (look, look->x, 1, run, error))
    return FALSE;

  const DubHeatmapTarget all = { .n_networks = look->n_networks, .n_classes = look->n_classes };

  *mean = g_new (double, look->n_classes);
  _dub_heatmap_mean (&all, look->logits, look->n_classes, *mean);
  *best = 0;
  for (size_t k = 1; k < look->n_classes; k++)
    if ((*mean)[k] > (*mean)[*best])
      *best = k;

  return TRUE;
}

static gboolean
take_target (DubHeatmapWork  *work,
             DubRun          *run,
             GError         **error)
{
  DubHeatmapLook *look = &work->look;
  g_autofree double *mean = NULL;
  size_t best;

  if (!ask (look, &mean, &best, run, error))
    return FALSE;
  work->target = (DubHeatmapTarget) {
    .of = work->options->of, .n_networks = look->n_networks, .n_classes = look->n_classes,
    .class_index = work->options->class_index >= 0 ? (size_t) work->options->class_index : best,
  };
  if (work->target.class_index >= look->n_classes) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The class is %d; the network %s has classes 0 to %zu.",
                 work->options->class_index, look->graphs[0]->name, look->n_classes - 1);
    return FALSE;
  }
  if (work->target.of != DUB_HEATMAP_OF_SCORE)
    work->result->value = _dub_heatmap_target_value (&work->target, look->logits, look->n_classes);
  if (work->target.of == DUB_HEATMAP_OF_PROBABILITY || work->target.of == DUB_HEATMAP_OF_LOGIT)
    work->result->class_index = (int) work->target.class_index;

  return TRUE;
}

int
dub_heatmap_answer (DubGraph *const  *networks,
                    size_t            n_networks,
                    DubTensor        *image,
                    double          **probabilities,
                    DubRun           *run,
                    GError          **error)
{
  g_return_val_if_fail (n_networks > 0 && image != NULL, -1);

  g_autoptr (DubTensor) contiguous = dub_tensor_contiguous (image, error);
  DubHeatmapLook look = { .graphs = networks, .n_networks = n_networks };
  g_autofree double *mean = NULL;
  size_t best = 0;
  gboolean ok = contiguous != NULL && take_image (&look, contiguous, error) && ask (&look, &mean, &best, run, error);

  _dub_heatmap_look_clear (&look);
  if (ok && probabilities != NULL)
    *probabilities = g_steal_pointer (&mean);

  return ok ? (int) best : -1;
}

void
dub_heatmap_window (const DubHeatmapOptions *options,
                    const size_t             shape[3],
                    guint                   *window,
                    guint                   *stride)
{
  gboolean is_volume = shape[0] > 1;
  size_t extent = MIN (shape[1], shape[2]);

  if (is_volume)
    extent = MIN (extent, shape[0]);

  /* A quarter of a picture, a tenth of a volume, moved by a third of itself, or by three quarters. */
  *window = options->window > 0 ? options->window : (guint) MAX ((extent + (is_volume ? 5 : 2)) / (is_volume ? 10 : 4), 1);
  *stride = options->stride > 0 ? options->stride : MAX (is_volume ? *window * 3 / 4 : *window / 3, 1);
}

static gboolean
take_window (DubHeatmapWork  *work,
             GError         **error)
{
  DubHeatmap *result = work->result;
  const size_t *shape = work->look.shape;
  double n_windows = 1.0;

  dub_heatmap_window (work->options, shape, &result->window, &result->stride);
  if (result->window > MAX (shape[0], MAX (shape[1], shape[2])) || result->stride > result->window) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The window is %u and the stride %u on an image of %zu×%zu×%zu; expected a window within the image and a stride of at "
                 "most the window.", result->window, result->stride, shape[0], shape[1], shape[2]);
    return FALSE;
  }
  for (int a = 0; a < 3; a++)
    n_windows *= ceil ((double) (shape[a] - MIN (result->window, shape[a])) / (double) result->stride) + 1.0;
  if (n_windows > (double) MOST_WINDOWS) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "A window of %u and a stride of %u ask for %.0f passes; expected at most %zu: take a larger stride.", result->window,
                 result->stride, n_windows, MOST_WINDOWS);
    return FALSE;
  }

  return TRUE;
}

gboolean
dub_heatmap_score_estimator (const DubAnswers  *answers,
                             double            *scores,
                             gpointer           user_data,
                             DubRun            *run,
                             GError           **error)
{
  const DubHeatmapEstimator *self = user_data;

  return self->estimator->score (self->fitted, self->options, answers, scores, run, error);
}

/* --- the kinds --- */

static gboolean
needs_replacement (DubHeatmapKind kind)
{
  return dub_heatmap_kind_replaces (kind) || kind == DUB_HEATMAP_MASK;
}

static gboolean
run_kind (DubHeatmapWork  *work,
          DubRun          *run,
          GError         **error)
{
  switch (work->options->kind) {
  case DUB_HEATMAP_OCCLUSION:
    return take_window (work, error) && _dub_heatmap_occlusion (work, run, error);
  case DUB_HEATMAP_GRADIENT:
  case DUB_HEATMAP_INPUT_GRADIENT:
    return _dub_heatmap_gradient (work, run, error);
  case DUB_HEATMAP_SMOOTHGRAD:
    return _dub_heatmap_smoothgrad (work, run, error);
  case DUB_HEATMAP_INTEGRATED_GRADIENTS:
    return _dub_heatmap_path (work, run, error);
  case DUB_HEATMAP_GRADCAM:
  case DUB_HEATMAP_GRADCAM_SD:
    return _dub_heatmap_gradcam (work, run, error);
  case DUB_HEATMAP_MASK:
    return _dub_heatmap_mask (work, run, error);
  default:
    g_return_val_if_reached (FALSE);
  }
}

void
_dub_heatmap_put_channels (DubHeatmapWork *work,
                           const double   *values)
{
  const DubHeatmapLook *look = &work->look;
  float *map = dub_tensor_f32 (work->result->map);

  for (size_t u = 0; u < look->n_voxels; u++) {
    double sum = 0.0;

    for (size_t c = 0; c < look->n_channels; c++)
      sum += values[c * look->n_voxels + u];
    map[u] = (float) sum;
  }
}

/* --- what is said of a map --- */

static char *
describe_target (const DubHeatmapWork *work)
{
  switch (work->target.of) {
  case DUB_HEATMAP_OF_PROBABILITY:
    return g_strdup_printf ("probability of class %zu", work->target.class_index);
  case DUB_HEATMAP_OF_LOGIT:
    return g_strdup_printf ("logit of class %zu", work->target.class_index);
  case DUB_HEATMAP_OF_ENTROPY:
    return g_strdup ("entropy");
  case DUB_HEATMAP_OF_SCORE:
  default:
    return g_strdup (work->options->score_name != NULL ? work->options->score_name : "score");
  }
}

static char *
describe (const DubHeatmapWork *work)
{
  const DubHeatmapOptions *options = work->options;
  const char *given = options->reference_name != NULL ? options->reference_name : "a given image";
  const char *const replacements[] = { "1", "0", "its mean", "its blur", given };
  GString *what = g_string_new (NULL);
  g_autofree char *target = describe_target (work);

  g_string_append_printf (what, "%s of the %s", dub_heatmap_kind_name (options->kind), target);
  if (options->kind == DUB_HEATMAP_OCCLUSION)
    g_string_append_printf (what, ", window %u, stride %u", work->result->window, work->result->stride);
  if (options->kind == DUB_HEATMAP_SMOOTHGRAD)
    g_string_append_printf (what, ", %u copies, noise %g of the range", options->n_samples, options->noise);
  if (options->kind == DUB_HEATMAP_INTEGRATED_GRADIENTS)
    g_string_append_printf (what, ", %u steps from %s", options->n_steps, replacements[options->replacement]);
  else if (needs_replacement (options->kind))
    g_string_append_printf (what, ", replaced by %s", replacements[options->replacement]);
  if (work->result->layer != NULL)
    g_string_append_printf (what, ", layer %s", work->result->layer);
  if (options->smooth > 0.0 && options->kind != DUB_HEATMAP_MASK)
    g_string_append_printf (what, ", smoothed with %g voxels", options->smooth);

  return g_string_free (what, FALSE);
}

static gboolean
finish (DubHeatmapWork  *work,
        DubRun          *run,
        GError         **error)
{
  DubHeatmap *result = work->result;
  float *map = dub_tensor_f32 (result->map);
  const double sigma[3] = { work->options->smooth, work->options->smooth, work->options->smooth };
  const size_t *shape = work->look.shape;
  size_t peak = 0;

  if (work->options->smooth > 0.0 && work->options->kind != DUB_HEATMAP_MASK && !dub_blur_gaussian (map, shape, sigma, run, error))
    return FALSE;
  for (size_t i = 0; i < work->look.n_voxels; i++) {
    if (!isfinite (map[i])) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "The heatmap is not finite at voxel (%zu, %zu, %zu).",
                   i / (shape[1] * shape[2]), i / shape[2] % shape[1], i % shape[2]);
      return FALSE;
    }
    if (fabsf (map[i]) > fabsf (map[peak]))
      peak = i;
  }
  result->peak[0] = peak / (shape[1] * shape[2]);
  result->peak[1] = peak / shape[2] % shape[1];
  result->peak[2] = peak % shape[2];
  result->peak_value = (double) map[peak];
  result->what = describe (work);
  dub_run_set_progress (run, 1.0);

  return TRUE;
}

static DubTensor *
new_map (const DubHeatmapLook  *look,
         GError               **error)
{
  DubShape shape = DUB_SHAPE ((int64_t) look->shape[0], (int64_t) look->shape[1], (int64_t) look->shape[2]);

  if (look->input.rank == 3)
    shape = DUB_SHAPE ((int64_t) look->shape[1], (int64_t) look->shape[2]);

  return dub_tensor_new_zeros (DUB_DTYPE_F32, shape, error);
}

static gboolean
is_signed_kind (DubHeatmapKind kind)
{
  return kind != DUB_HEATMAP_GRADCAM && kind != DUB_HEATMAP_GRADCAM_SD && kind != DUB_HEATMAP_MASK;
}

DubHeatmap *
dub_heatmap_run (const DubHeatmapOptions  *options,
                 DubGraph *const          *networks,
                 size_t                    n_networks,
                 DubTensor                *image,
                 DubRun                   *run,
                 GError                  **error)
{
  g_return_val_if_fail (options != NULL && image != NULL, NULL);

  if (!dub_heatmap_options_check (options, error))
    return NULL;
  if (n_networks == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "A heatmap was asked for 0 networks; expected at least one.");
    return NULL;
  }

  g_autoptr (DubTensor) contiguous = dub_tensor_contiguous (image, error);
  g_autoptr (DubHeatmap) result = g_new0 (DubHeatmap, 1);
  DubHeatmapWork work = { .options = options, .result = result, .look = { .graphs = networks, .n_networks = n_networks } };

  *result = (DubHeatmap) {
    .kind = options->kind, .of = options->of, .is_signed = is_signed_kind (options->kind), .class_index = -1, .value = NAN,
    .changed = NAN, .gap = NAN,
  };

  gboolean ok = contiguous != NULL && take_image (&work.look, contiguous, error) &&
                (result->map = new_map (&work.look, error)) != NULL && take_target (&work, run, error);

  if (ok && needs_replacement (options->kind))
    ok = (work.r = _dub_heatmap_replacement (&work.look, options, run, error)) != NULL;
  ok = ok && run_kind (&work, run, error) && finish (&work, run, error);
  _dub_heatmap_look_clear (&work.look);
  g_free (work.r);

  return ok ? g_steal_pointer (&result) : NULL;
}

void
dub_heatmap_free (DubHeatmap *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->map, dub_tensor_unref);
  g_free (self->layer);
  g_free (self->what);
  g_free (self);
}
