/* Networks over views that nobody has the answers of yet. Cases are prepared a stretch at a time, and each view is made once
 * for all networks of one preparation. */
#include "core/study/views-private.h"

#include "core/base/checked.h"
#include "core/base/parallel.h"
#include "core/study/classifier.h"
#include "core/study/outputs-private.h"

#include <string.h>

/* Of prepared cases held at once. */
static const size_t STRETCH_BYTES = (size_t) 256 << 20;
/* Views made at once, and a batch of them, hold about this many numbers. */
static const size_t CHUNK_NUMBERS = (size_t) 1 << 22;
static const size_t BATCH_NUMBERS = (size_t) 1 << 20;
static const size_t LARGEST_BATCH = 64;
/* What a stop may cost. */
static const gint64 SAVE_EVERY = 20 * G_USEC_PER_SEC;

typedef struct {
  const DubStudy        *study;
  const DubViewSource   *source;
  const DubViewsOptions *options;
  const guint           *views;
  guint                  n_views;
  GPtrArray             *stores;     /* of the networks of one preparation */
  GPtrArray             *networks;   /* of DubClassifier *, one a store */
  const DubPrepare      *prepare;
  DubShape               shape;      /* of a prepared case */
  size_t                 n_numbers;
  size_t                 first, n;   /* the stretch */
  float                 *cases;      /* [n][n_numbers] */
  uint64_t              *keys;       /* [n] */
  float                 *changed;    /* [chunk][n_numbers] */
  size_t                 chunk;
  gint64                 saved;      /* when */
  double                 done, wanted; /* cases times networks times views */
  DubRun                *run;
} Work;

DubViewPolicy
_dub_view_policy (const DubViewsOptions *options,
                  const DubPrepare      *prepare,
                  uint64_t               key,
                  guint                  view)
{
  return (DubViewPolicy) {
    .pool = options->kind == DUB_VIEWS_POOL, .view = view, .seed = options->seed, .key = key, .kji = prepare->kji,
  };
}

/* --- preparing --- */

static gboolean
load_case (size_t     at,
           guint      thread,
           gpointer   user_data,
           GError   **error)
{
  const Work *work = user_data;
  const DubViewSource *source = work->source;
  size_t i = work->first + at;
  double spacing[3];
  g_autoptr (DubTensor) raw = NULL;

  if (source->dataset != NULL)
    raw = dub_dataset_read (source->dataset, source->cases[i], spacing, error);
  else
    raw = dub_tensor_ref (source->raw[i]);
  if (raw == NULL)
    return FALSE;
  work->keys[at] = dub_view_key (raw);

  return dub_prepare_apply (work->prepare, raw, source->dataset != NULL ? spacing : source->spacing[i],
                            work->cases + at * work->n_numbers, error);
}

static char *
name_case (const Work *work,
           size_t      at)
{
  const DubViewSource *source = work->source;
  size_t i = work->first + at;

  return source->ids != NULL ? g_strdup (source->ids[source->cases[i]]) : g_strdup_printf ("image %zu", i + 1);
}

static gboolean
load_stretch (Work    *work,
              GError **error)
{
  g_autoptr (GError) inner = NULL;
  size_t failed;

  if (dub_parallel_try (work->run, work->n, load_case, work, &failed, &inner))
    return TRUE;
  if (failed == G_MAXSIZE) {
    g_propagate_error (error, g_steal_pointer (&inner));
    return FALSE;
  }

  g_autofree char *name = name_case (work, failed);

  g_set_error (error, DUB_ERROR, inner->code, "The case %s cannot be prepared: %s", name, inner->message);

  return FALSE;
}

/* --- answers --- */

static gboolean
save_stores (Work      *work,
             gboolean   now,
             GError   **error)
{
  if (!now && g_get_monotonic_time () - work->saved < SAVE_EVERY)
    return TRUE;
  for (guint m = 0; m < work->stores->len; m++)
    if (!_dub_view_store_save (g_ptr_array_index (work->stores, m), error))
      return FALSE;
  work->saved = g_get_monotonic_time ();

  return TRUE;
}

/* @from: [n_from] prepared inputs; the softmax of what network @m says goes to @to (n_from, C). */
static gboolean
answer (Work         *work,
        guint         m,
        const float  *from,
        size_t        n_from,
        size_t        at,   /* the case of the first input; the same for all where @passes */
        gboolean      passes,
        guint         view,
        float        *to,
        GError      **error)
{
  DubClassifier *network = g_ptr_array_index (work->networks, m);
  DubViewStore *store = g_ptr_array_index (work->stores, m);
  g_autofree float *logits = g_new (float, n_from * store->n_classes);
  g_autoptr (GError) inner = NULL;
  size_t bad = 0;

  if (!dub_classifier_run (network, from, n_from, logits, NULL, &bad, work->run, &inner)) {
    if (g_error_matches (inner, DUB_ERROR, DUB_ERROR_NUMERIC)) {
      g_autofree char *name = name_case (work, passes ? at : at + bad);

      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "The network %s gives no number for view %zu of the case %s: %s.",
                   store->model->id, passes ? bad + 1 : (size_t) view + 1, name, inner->message);
    } else {
      g_propagate_error (error, g_steal_pointer (&inner));
    }
    return FALSE;
  }
  _dub_outputs_softmax (logits, n_from, store->n_classes, to);
  store->grown = TRUE;

  return TRUE;
}

static void
count_done (Work   *work,
            size_t  n)
{
  work->done += (double) n;
  if (work->run != NULL && work->wanted > 0.0)
    dub_run_set_progress (work->run, MIN (work->done / work->wanted, 1.0));
}

typedef struct {
  Work   *work;
  size_t  at; /* of the chunk in the stretch */
  guint   view;
} Change;

static void
change_piece (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  const Change *change = user_data;
  const Work *work = change->work;
  size_t at = change->at + piece;
  DubViewPolicy policy = _dub_view_policy (work->options, work->prepare, work->keys[at], change->view);
  float *values = work->changed + piece * work->n_numbers;

  memcpy (values, work->cases + at * work->n_numbers, work->n_numbers * sizeof (float));
  dub_view_apply (&policy, &work->shape, values);
}

/* One augmented view of the stretch. */
static gboolean
run_view (Work    *work,
          guint    view,
          GError **error)
{
  for (size_t at = 0; at < work->n; at += work->chunk) {
    size_t n = MIN (work->chunk, work->n - at);
    gboolean made = FALSE;

    for (guint m = 0; m < work->stores->len; m++) {
      DubViewStore *store = g_ptr_array_index (work->stores, m);

      if (!_dub_view_store_lacks (store, view, work->first + at, n))
        continue;
      if (!made && !dub_parallel_for (work->run, n, change_piece, &(Change) { work, at, view }, error))
        return FALSE;
      made = TRUE;
      if (!answer (work, m, work->changed, n, at, FALSE, view,
                   _dub_view_store_row (store, view) + (work->first + at) * store->n_classes, error))
        return FALSE;
      count_done (work, n);
    }
  }

  return save_stores (work, FALSE, error);
}

/* All passes of one case at once. */
static gboolean
run_passes (Work    *work,
            size_t   at,
            GError **error)
{
  for (guint v = 0; v < work->n_views; v++)
    memcpy (work->changed + v * work->n_numbers, work->cases + at * work->n_numbers, work->n_numbers * sizeof (float));
  for (guint m = 0; m < work->stores->len; m++) {
    DubViewStore *store = g_ptr_array_index (work->stores, m);
    DubClassifier *network = g_ptr_array_index (work->networks, m);
    size_t n_classes = store->n_classes;
    gboolean lacks = FALSE;

    for (guint v = 0; v < work->n_views && !lacks; v++)
      lacks = _dub_view_store_lacks (store, v, work->first + at, 1);
    if (!lacks)
      continue;

    g_autofree float *to = g_new (float, work->n_views * n_classes);

    network->seed = work->options->seed + work->keys[at];
    if (!answer (work, m, work->changed, work->n_views, at, TRUE, 0, to, error))
      return FALSE;
    for (guint v = 0; v < work->n_views; v++)
      memcpy (_dub_view_store_row (store, v) + (work->first + at) * n_classes, to + v * n_classes, n_classes * sizeof (float));
    count_done (work, work->n_views);
  }

  return save_stores (work, FALSE, error);
}

/* --- one preparation --- */

static gboolean
load_networks (Work    *work,
               GError **error)
{
  gboolean passes = work->options->kind == DUB_VIEWS_DROPOUT;
  size_t batch = MIN (CLAMP (BATCH_NUMBERS / work->n_numbers, 1, LARGEST_BATCH), work->source->n);

  for (guint m = 0; m < work->stores->len; m++) {
    const DubViewStore *store = g_ptr_array_index (work->stores, m);
    DubClassifier *network =
      passes ? dub_classifier_new_dropout (store->model->id, store->model->path, &work->shape, store->n_classes, work->n_views,
                                           work->run, error)
             : dub_classifier_new (store->model->id, store->model->path, &work->shape, store->n_classes, batch, work->run, error);

    if (network == NULL)
      return FALSE;
    g_ptr_array_add (work->networks, network);
  }

  return TRUE;
}

static gboolean
run_stretches (Work    *work,
               GError **error)
{
  size_t n_bytes = work->n_numbers * sizeof (float);
  size_t stretch = MIN (MAX (STRETCH_BYTES / n_bytes, 1), work->source->n);
  gboolean passes = work->options->kind == DUB_VIEWS_DROPOUT;

  work->chunk = passes ? work->n_views : MIN (MAX (CHUNK_NUMBERS / work->n_numbers, 1), stretch);

  g_autofree float *cases = g_try_malloc_n (stretch, n_bytes), *changed = g_try_malloc_n (work->chunk, n_bytes);
  g_autofree uint64_t *keys = g_new (uint64_t, stretch);

  if (cases == NULL || changed == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "No memory for views of %zu prepared cases of %zu bytes.", stretch, n_bytes);
    return FALSE;
  }
  work->cases = cases;
  work->changed = changed;
  work->keys = keys;
  for (work->first = 0; work->first < work->source->n; work->first += stretch) {
    work->n = MIN (stretch, work->source->n - work->first);
    if (!load_stretch (work, error))
      return FALSE;
    for (size_t at = 0; passes && at < work->n; at++)
      if (!run_passes (work, at, error))
        return FALSE;
    for (guint v = 0; !passes && v < work->n_views; v++)
      if (!run_view (work, work->views[v], error))
        return FALSE;
  }

  return TRUE;
}

static gboolean
run_group (Work    *work,
           GError **error)
{
  work->shape = dub_prepare_shape (work->prepare);
  if (!dub_checked_product (work->shape.dim, (size_t) work->shape.rank, &work->n_numbers) ||
      !dub_checked_mul (work->n_numbers, sizeof (float), &(size_t) { 0 }) || work->n_numbers == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "A prepared case is too large to be held in memory.");
    return FALSE;
  }
  if (!load_networks (work, error))
    return FALSE;

  g_autoptr (GError) inner = NULL;

  if (run_stretches (work, &inner))
    return save_stores (work, TRUE, error);

  /* What was computed until it was stopped is kept; that it cannot be is the smaller trouble. */
  save_stores (work, TRUE, NULL);
  g_propagate_error (error, g_steal_pointer (&inner));

  return FALSE;
}

/* Cases times views that one network has to answer. */
static double
count_lacking (const Work   *work,
               DubViewStore *store)
{
  double n = 0.0;

  for (guint v = 0; v < work->n_views; v++)
    if (_dub_view_store_lacks (store, work->views[v], 0, work->source->n))
      n += (double) work->source->n;

  return n;
}

gboolean
_dub_views_run (const DubStudy         *study,
                GPtrArray              *stores,
                const DubViewSource    *source,
                const DubViewsOptions  *options,
                const guint            *views,
                guint                   n_views,
                DubRun                 *run,
                GError                **error)
{
  g_autoptr (GPtrArray) left = g_ptr_array_new ();
  Work work = {
    .study = study, .source = source, .options = options, .views = views, .n_views = n_views, .run = run,
    .saved = g_get_monotonic_time (),
  };

  for (guint m = 0; m < stores->len; m++) {
    work.wanted += count_lacking (&work, g_ptr_array_index (stores, m));
    g_ptr_array_add (left, g_ptr_array_index (stores, m));
  }
  while (left->len > 0 && work.wanted > 0.0) {
    const DubViewStore *leader = g_ptr_array_index (left, 0);
    g_autoptr (JsonNode) node = dub_prepare_to_json (leader->model->prepare);
    g_autoptr (GPtrArray) group = g_ptr_array_new ();
    g_autoptr (GPtrArray) networks = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_classifier_free);

    for (guint m = 0; m < left->len;) {
      DubViewStore *store = g_ptr_array_index (left, m);
      g_autoptr (JsonNode) other = dub_prepare_to_json (store->model->prepare);

      if (json_node_equal (node, other)) {
        g_ptr_array_remove_index (left, m);
        if (count_lacking (&work, store) > 0.0)
          g_ptr_array_add (group, store);
      } else {
        m++;
      }
    }
    work.prepare = leader->model->prepare;
    work.stores = group;
    work.networks = networks;
    if (group->len > 0 && !run_group (&work, error))
      return FALSE;
  }

  return TRUE;
}
