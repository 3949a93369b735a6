/* Occlusion: what the target loses when a window is replaced (Zeiler and Fergus 2014), averaged over the windows of a place.
 *
 * Windows begin at 0, stride, 2 stride …, and the last ends with the image, so that every place lies in one. A window that
 * replaces nothing (the image is already what it would become there) costs no pass. Case 0 is always the image itself.
 * Of large images only what a window changes goes through the first layers anew (heatmap-front.c). */
#include "core/explain/heatmap-private.h"

#include "core/base/memory.h"
#include "core/train/loss.h"

#include <math.h>
#include <string.h>

/* Voxels that go through the networks at once, in whole images: enough work for all threads, few enough to stay in the cache. */
static const size_t BATCH_VOXELS = 32 * 28 * 28;
static const size_t LARGEST_BATCH = 64;

typedef struct {
  DubHeatmapBox box;
  size_t        answer; /* index of its case; 0 = it changes nothing */
} Window;

static void
put_window (const DubHeatmapWork *work,
            const Window         *window,
            float                *image)
{
  const DubHeatmapLook *look = &work->look;

  for (size_t c = 0; c < look->n_channels; c++)
    for (size_t z = 0; z < window->box.size[0]; z++)
      for (size_t y = 0; y < window->box.size[1]; y++) {
        size_t row = c * look->n_voxels + ((window->box.at[0] + z) * look->shape[1] + window->box.at[1] + y) * look->shape[2] + window->box.at[2];

        memcpy (image + row, work->r + row, window->box.size[2] * sizeof (float));
      }
}

static gboolean
changes_image (const DubHeatmapWork *work,
               const Window         *window)
{
  const DubHeatmapLook *look = &work->look;

  for (size_t c = 0; c < look->n_channels; c++)
    for (size_t z = 0; z < window->box.size[0]; z++)
      for (size_t y = 0; y < window->box.size[1]; y++) {
        size_t row = c * look->n_voxels + ((window->box.at[0] + z) * look->shape[1] + window->box.at[1] + y) * look->shape[2] + window->box.at[2];

        if (memcmp (look->x + row, work->r + row, window->box.size[2] * sizeof (float)) != 0)
          return TRUE;
      }

  return FALSE;
}

/* First voxels of the windows along one axis. (element-type size_t) */
static GArray *
places_along (size_t extent,
              size_t size,
              size_t stride)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (size_t));
  size_t last = extent - size;

  for (size_t at = 0; at < last; at += stride)
    g_array_append_val (places, at);
  g_array_append_val (places, last);

  return places;
}

/* The windows in the order z, y, x of their places. */
typedef struct {
  GArray *places[3]; /* of size_t */
  size_t  size[3];
  GArray *windows;   /* of Window */
  size_t  n_cases;   /* the image and the windows that change it */
} Windows;

static void
windows_clear (Windows *self)
{
  for (int a = 0; a < 3; a++)
    g_clear_pointer (&self->places[a], g_array_unref);
  g_clear_pointer (&self->windows, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Windows, windows_clear)

static gboolean
windows_init (Windows              *self,
              const DubHeatmapWork *work,
              DubRun               *run,
              GError              **error)
{
  Window window = { 0 };

  self->windows = g_array_new (FALSE, TRUE, sizeof (Window));
  self->n_cases = 1;
  for (int a = 0; a < 3; a++) {
    self->size[a] = window.box.size[a] = MIN (work->result->window, work->look.shape[a]);
    self->places[a] = places_along (work->look.shape[a], self->size[a], work->result->stride);
  }
  for (guint z = 0; z < self->places[0]->len; z++)
    for (guint y = 0; y < self->places[1]->len; y++) {
      if (dub_run_check_cancelled (run, error))
        return FALSE;
      for (guint x = 0; x < self->places[2]->len; x++) {
        window.box.at[0] = g_array_index (self->places[0], size_t, z);
        window.box.at[1] = g_array_index (self->places[1], size_t, y);
        window.box.at[2] = g_array_index (self->places[2], size_t, x);
        window.answer = changes_image (work, &window) ? self->n_cases++ : 0;
        g_array_append_val (self->windows, window);
      }
    }

  return TRUE;
}

/* --- answers to all cases --- */

typedef struct {
  size_t n_cases;        /* N */
  float *logits;         /* (M, N, K) */
  float *features;       /* (nullable) (M, N, F) */
  size_t n_features;     /* F */
} Answers;

static void
answers_clear (Answers *self)
{
  g_clear_pointer (&self->logits, g_free);
  g_clear_pointer (&self->features, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answers, answers_clear)

static void
take_answers (Answers              *self,
              const DubHeatmapLook *look,
              size_t                first,
              size_t                n)
{
  size_t n_classes = look->n_classes, n_features = self->n_features;

  for (size_t m = 0; m < look->n_networks; m++) {
    memcpy (self->logits + (m * self->n_cases + first) * n_classes, look->logits + m * look->batch * n_classes,
            n * n_classes * sizeof (float));
    if (self->features != NULL)
      memcpy (self->features + (m * self->n_cases + first) * n_features, look->features + m * look->batch * n_features,
              n * n_features * sizeof (float));
  }
}

static gboolean
ask_whole (DubHeatmapWork  *work,
         const GArray    *windows,
         Answers         *answers,
         DubRun          *run,
         GError         **error)
{
  DubHeatmapLook *look = &work->look;
  g_autofree float *images = g_new (float, look->batch * look->n_input);
  size_t n_here = 0, first = 0;

  memcpy (images, look->x, look->n_input * sizeof (float));
  n_here = 1;
  for (guint w = 0; w <= windows->len; w++) {
    gboolean is_end = w == windows->len;

    if (n_here > 0 && (is_end || n_here == look->batch)) {
      if (!_dub_heatmap_look_forward (look, images, n_here, run, error))
        return FALSE;
      take_answers (answers, look, first, n_here);
      first += n_here;
      n_here = 0;
      dub_run_set_progress (run, (double) first / (double) answers->n_cases);
    }
    if (is_end || g_array_index (windows, Window, w).answer == 0)
      continue;
    memcpy (images + n_here * look->n_input, look->x, look->n_input * sizeof (float));
    put_window (work, &g_array_index (windows, Window, w), images + n_here * look->n_input);
    n_here++;
  }

  return TRUE;
}

/* Case 0, then those that change something, a batch at a time. */
static gboolean
ask_fronts (DubHeatmapWork   *work,
            DubHeatmapFronts *fronts,
            const GArray     *windows,
            Answers          *answers,
            DubRun           *run,
            GError          **error)
{
  size_t N = answers->n_cases, K = work->look.n_classes, F = answers->n_features, batch = _dub_heatmap_fronts_batch (fronts);
  g_autofree DubHeatmapBox *boxes = g_new (DubHeatmapBox, N);
  size_t n_boxes = 0;

  for (guint w = 0; w < windows->len; w++)
    if (g_array_index (windows, Window, w).answer > 0)
      boxes[n_boxes++] = g_array_index (windows, Window, w).box;
  if (!_dub_heatmap_fronts_ask (fronts, work->r, NULL, 1, answers->logits, N * K, answers->features, N * F, run, error))
    return FALSE;
  for (size_t first = 0; first < n_boxes; first += batch) {
    size_t n = MIN (batch, n_boxes - first);
    float *features = answers->features != NULL ? answers->features + (first + 1) * F : NULL;

    if (!_dub_heatmap_fronts_ask (fronts, work->r, boxes + first, n, answers->logits + (first + 1) * K, N * K, features, N * F, run,
                                  error))
      return FALSE;
    dub_run_set_progress (run, (double) (first + n) / (double) n_boxes);
  }

  return TRUE;
}

/* --- from answers to the target of every case --- */

/* The answers as estimators of uncertainty are given them. */
static gboolean
score_all (const DubHeatmapWork  *work,
           const Answers         *answers,
           double                *values,
           DubRun                *run,
           GError               **error)
{
  size_t M = work->look.n_networks, N = answers->n_cases, K = work->look.n_classes;
  g_autofree float *probabilities = g_new (float, M * N * K);
  g_autofree float *mean = g_new (float, N * K);
  g_autofree int *predicted = g_new0 (int, N);
  g_autofree double *p = g_new (double, K);
  g_autofree double *sum = g_new (double, K);

  for (size_t n = 0; n < N; n++) {
    for (size_t k = 0; k < K; k++)
      sum[k] = 0.0;
    for (size_t m = 0; m < M; m++) {
      dub_softmax_row (answers->logits + (m * N + n) * K, K, p);
      for (size_t k = 0; k < K; k++) {
        probabilities[(m * N + n) * K + k] = (float) p[k];
        sum[k] += p[k] / (double) M;
      }
    }
    for (size_t k = 0; k < K; k++) {
      mean[n * K + k] = (float) sum[k];
      if (mean[n * K + k] > mean[n * K + (size_t) predicted[n]])
        predicted[n] = (int) k;
    }
  }

  DubAnswers given = {
    .n_models = M, .n_cases = N, .n_classes = K, .n_features = answers->n_features,
    .logits = answers->logits, .probabilities = probabilities, .features = answers->features, .mean = mean,
    .predicted = predicted,
  };

  if (!work->options->score (&given, values, work->options->score_data, run, error))
    return FALSE;
  for (size_t n = 0; n < N; n++)
    if (!isfinite (values[n])) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "The score of %s is not a finite number.",
                   n == 0 ? "the image" : "the image with a window replaced");
      return FALSE;
    }

  return TRUE;
}

static gboolean
value_all (const DubHeatmapWork  *work,
           const Answers         *answers,
           double                *values,
           DubRun                *run,
           GError               **error)
{
  size_t N = answers->n_cases, K = work->look.n_classes;

  if (work->target.of == DUB_HEATMAP_OF_SCORE)
    return score_all (work, answers, values, run, error);
  for (size_t n = 0; n < N; n++)
    values[n] = _dub_heatmap_target_value (&work->target, answers->logits + n * K, N * K);

  return TRUE;
}

/* --- from the targets to the map --- */

/* Along one axis: [outer][places][inner] becomes [outer][extent][inner], each the mean over the windows that cover it. */
static double *
spread (const double *from,
        size_t        outer,
        size_t        inner,
        const GArray *places,
        size_t        size,
        size_t        extent)
{
  double *to = g_new0 (double, outer * extent * inner);
  g_autofree size_t *count = g_new0 (size_t, extent);

  for (guint p = 0; p < places->len; p++)
    for (size_t v = 0; v < size; v++)
      count[g_array_index (places, size_t, p) + v]++;
  for (size_t o = 0; o < outer; o++)
    for (guint p = 0; p < places->len; p++)
      for (size_t v = g_array_index (places, size_t, p), end = v + size; v < end; v++)
        for (size_t i = 0; i < inner; i++)
          to[(o * extent + v) * inner + i] += from[(o * places->len + p) * inner + i] / (double) count[v];

  return to;
}

/* The windows lie on a grid, so the mean over those of a place is a mean along each axis in turn. */
static gboolean
average (const DubHeatmapWork  *work,
         const Windows         *windows,
         const double          *values,
         DubRun                *run,
         GError               **error)
{
  const size_t *shape = work->look.shape;
  float *map = dub_tensor_f32 (work->result->map);
  size_t n_z = windows->places[0]->len, n_y = windows->places[1]->len;
  g_autofree double *losses = g_new (double, windows->windows->len);
  g_autofree double *rows = NULL;
  g_autofree double *planes = NULL;
  g_autofree double *all = NULL;

  for (guint w = 0; w < windows->windows->len; w++)
    losses[w] = values[0] - values[g_array_index (windows->windows, Window, w).answer];
  rows = spread (losses, n_z * n_y, 1, windows->places[2], windows->size[2], shape[2]);
  if (dub_run_check_cancelled (run, error))
    return FALSE;
  planes = spread (rows, n_z, shape[2], windows->places[1], windows->size[1], shape[1]);
  if (dub_run_check_cancelled (run, error))
    return FALSE;
  all = spread (planes, 1, shape[1] * shape[2], windows->places[0], windows->size[0], shape[0]);
  for (size_t u = 0; u < work->look.n_voxels; u++)
    map[u] = (float) all[u];

  return TRUE;
}

/* Batches of one size as far as that goes: the last one is filled up with empty images. */
static size_t
choose_batch (const DubHeatmapLook *look,
              size_t                n_cases)
{
  size_t most = CLAMP (BATCH_VOXELS / look->n_voxels, 1, LARGEST_BATCH);
  size_t n_batches = (n_cases + most - 1) / most;

  return (n_cases + n_batches - 1) / n_batches;
}

static void
answers_init (Answers              *self,
              const DubHeatmapLook *look,
              size_t                n_features)
{
  self->n_features = n_features;
  self->logits = g_new (float, look->n_networks * self->n_cases * look->n_classes);
  if (n_features > 0)
    self->features = g_new (float, look->n_networks * self->n_cases * n_features);
}

static gboolean
ask_all (DubHeatmapWork  *work,
         const GArray    *windows,
         Answers         *answers,
         DubRun          *run,
         GError         **error)
{
  DubHeatmapLook *look = &work->look;
  gboolean features = work->target.of == DUB_HEATMAP_OF_SCORE;
  DubHeatmapBinding binding = { .batch = choose_batch (look, answers->n_cases), .features = features };
  const DubHeatmapBox *largest = &g_array_index (windows, Window, 0).box;
  g_autoptr (GError) inner = NULL;
  g_autoptr (DubHeatmapFronts) fronts = NULL;

  _dub_heatmap_look_clear (look);
  fronts = _dub_heatmap_fronts_new (look, largest->size, features, run, &inner);
  if (inner != NULL) {
    g_propagate_error (error, g_steal_pointer (&inner));
    return FALSE;
  }
  if (fronts != NULL) {
    answers_init (answers, look, _dub_heatmap_fronts_n_features (fronts));
    return ask_fronts (work, fronts, windows, answers, run, error);
  }
  if (!_dub_heatmap_look_bind (look, &binding, run, error))
    return FALSE;
  answers_init (answers, look, look->n_features);

  return ask_whole (work, windows, answers, run, error);
}

gboolean
_dub_heatmap_occlusion (DubHeatmapWork  *work,
                        DubRun          *run,
                        GError         **error)
{
  g_auto (Windows) windows = { 0 };
  g_auto (Answers) answers = { 0 };
  g_autofree double *values = NULL;

  if (!windows_init (&windows, work, run, error))
    return FALSE;
  answers.n_cases = windows.n_cases;
  values = g_new0 (double, answers.n_cases);
  if (!ask_all (work, windows.windows, &answers, run, error) || !value_all (work, &answers, values, run, error) ||
      !average (work, &windows, values, run, error))
    return FALSE;
  work->result->value = values[0];
  work->result->n_passes = answers.n_cases;

  return TRUE;
}
