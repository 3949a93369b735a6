/* Every network over every case. The cases are prepared a stretch at a time, once for all networks that read them so. */
#include "core/study/outputs-private.h"

#include "core/base/checked.h"
#include "core/study/classifier.h"
#include "core/study/study-import.h"

#include <string.h>

/* Of one stretch of prepared cases. */
static const size_t STRETCH_BYTES = (size_t) 256 << 20;
/* A batch is about a million numbers, and at most this many cases. */
static const size_t BATCH_NUMBERS = (size_t) 1 << 20;
static const size_t LARGEST_BATCH = 64;

typedef struct {
  DubStudy                *study;
  DubModelOutputs *const  *items;
  size_t                   n;
  size_t                   n_cases;
  guint                   *group;    /* [n] networks of one preparation share a number */
  guint                    n_groups;
  size_t                   n_done;   /* cases times networks */
  DubRun                  *run;
} Work;

/* --- networks --- */

static void
number_groups (Work *work)
{
  g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func (g_free);

  for (size_t i = 0; i < work->n; i++) {
    g_autoptr (JsonNode) node = dub_prepare_to_json (work->items[i]->model->prepare);
    g_autofree char *text = json_to_string (node, FALSE);
    guint at;

    if (!g_ptr_array_find_with_equal_func (seen, text, g_str_equal, &at)) {
      at = seen->len;
      g_ptr_array_add (seen, g_steal_pointer (&text));
    }
    work->group[i] = at;
  }
  work->n_groups = seen->len;
}

static gboolean
make_room (const Work           *work,
           DubModelOutputs      *item,
           const DubClassifier  *network,
           GError              **error)
{
  int64_t n = (int64_t) work->n_cases;

  if (item->logits == NULL)
    item->logits = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (n, (int64_t) network->n_classes), error);
  if (item->logits != NULL && item->features == NULL && network->n_features > 0) {
    item->features = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (n, (int64_t) network->n_features), error);
    return item->features != NULL;
  }

  return item->logits != NULL;
}

static gboolean
run_network (Work             *work,
             DubModelOutputs  *item,
             const float      *cases,
             size_t            first,
             size_t            n,
             GError          **error)
{
  DubShape shape = dub_prepare_shape (item->model->prepare);
  size_t n_classes = work->study->classes->len;
  size_t batch = CLAMP (BATCH_NUMBERS / dub_shape_n_elements (&shape), 1, LARGEST_BATCH);
  g_autoptr (DubClassifier) network =
    dub_classifier_new (item->model->id, item->model->path, &shape, n_classes, MIN (batch, work->n_cases), work->run, error);
  g_autoptr (GError) inner = NULL;
  size_t bad = 0;

  if (network == NULL || !make_room (work, item, network, error))
    return FALSE;

  float *logits = dub_tensor_f32 (item->logits) + first * n_classes;
  float *features = item->features != NULL ? dub_tensor_f32 (item->features) + first * network->n_features : NULL;

  /* A batch at a time, for the progress. */
  for (size_t at = 0; at < n; at += network->batch) {
    size_t n_here = MIN (network->batch, n - at);

    if (!dub_classifier_run (network, cases + at * dub_shape_n_elements (&shape), n_here, logits + at * n_classes,
                             features != NULL ? features + at * network->n_features : NULL, &bad, work->run, &inner)) {
      if (g_error_matches (inner, DUB_ERROR, DUB_ERROR_NUMERIC))
        g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "The network %s gives no number for the case %s: %s.",
                     item->model->id, work->study->data->ids[first + at + bad], inner->message);
      else
        g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
    work->n_done += n_here;
    if (work->run != NULL)
      dub_run_set_progress (work->run, (double) work->n_done / (double) (work->n_cases * work->n));
  }

  return TRUE;
}

/* All networks of one preparation. */
static gboolean
run_group (Work     *work,
           guint     group,
           GError  **error)
{
  const DubPrepare *prepare = NULL;

  for (size_t i = 0; i < work->n && prepare == NULL; i++)
    if (work->group[i] == group)
      prepare = work->items[i]->model->prepare;

  DubShape shape = dub_prepare_shape (prepare);
  size_t n_numbers, n_bytes;

  if (!dub_checked_product (shape.dim, (size_t) shape.rank, &n_numbers) ||
      !dub_checked_mul (n_numbers, sizeof (float), &n_bytes) || n_bytes == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "A prepared case is too large to be held in memory.");
    return FALSE;
  }

  size_t stretch = CLAMP (STRETCH_BYTES / n_bytes, 1, work->n_cases);
  g_autofree float *cases = g_try_malloc (stretch * n_bytes);
  g_autofree size_t *all = g_new (size_t, MAX (work->n_cases, 1));

  if (cases == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "No memory for %zu prepared cases of %zu bytes.", stretch, n_bytes);
    return FALSE;
  }
  for (size_t i = 0; i < work->n_cases; i++)
    all[i] = i;
  for (size_t first = 0; first < work->n_cases; first += stretch) {
    size_t n = MIN (stretch, work->n_cases - first);

    if (!dub_prepare_cases (prepare, work->study->data->dataset, all + first, n, cases, work->run, error))
      return FALSE;
    for (size_t i = 0; i < work->n; i++)
      if (work->group[i] == group && !run_network (work, work->items[i], cases, first, n, error))
        return FALSE;
  }

  return TRUE;
}

gboolean
_dub_outputs_run (DubStudy                *study,
                  DubModelOutputs *const  *items,
                  size_t                   n,
                  DubRun                  *run,
                  GError                 **error)
{
  g_autofree guint *group = g_new0 (guint, n);
  Work work = { .study = study, .items = items, .n = n, .n_cases = study->data->n_cases, .group = group, .run = run };

  for (size_t i = 0; i < n; i++)
    if (items[i]->model->prepare == NULL) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                   "The network %s has no preparation of the data set's cases in study.json; import it with one.",
                   items[i]->model->id);
      return FALSE;
    }
  /* What answered when it was trained must answer now: a network that was exchanged is not evaluated under its name. */
  for (size_t i = 0; i < n; i++) {
    gboolean checked;

    if (!dub_study_check_reference (items[i]->model->path, &checked, run, error)) {
      g_prefix_error (error, "The network %s is not the one that the study was made with: ", items[i]->model->id);
      return FALSE;
    }
  }
  number_groups (&work);
  for (guint at = 0; at < work.n_groups; at++)
    if (!run_group (&work, at, error))
      return FALSE;

  return TRUE;
}
