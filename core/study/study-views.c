#include "core/study/study-views.h"

#include "core/base/checked.h"
#include "core/io/onnx.h"
#include "core/study/views-private.h"

#include <string.h>

static const DubStudyModel *
find_network (const DubStudy  *study,
              const char      *id,
              GError         **error)
{
  const DubStudyModel *found = NULL;

  for (guint i = 0; i < study->models->len && found == NULL; i++) {
    const DubStudyModel *model = g_ptr_array_index (study->models, i);

    if (g_str_equal (model->id, id))
      found = model;
  }
  if (found == NULL)
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s has no network called \"%s\".", study->title, id);
  else if (g_str_has_suffix (found->path, ".npz"))
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "Of the network %s only outputs were imported; looking at changed images needs the network itself.", id);
  else if (found->prepare == NULL)
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The network %s has no preparation of the data set's cases in study.json; import it with one.", id);
  else
    return found;

  return NULL;
}

/* (transfer full): [*n] the views that are wanted. */
static guint *
list_views (const DubViewsOptions  *options,
            guint                  *n,
            GError                **error)
{
  gboolean chosen = options->kind == DUB_VIEWS_POOL && options->policies != NULL;

  *n = options->kind != DUB_VIEWS_POOL ? options->n_views : options->n_policies;
  if (*n == 0 || *n > 100000) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%u views of a case are wanted; expected 1 to 100000.", *n);
    return NULL;
  }

  guint *views = g_new (guint, *n);

  for (guint v = 0; v < *n; v++) {
    views[v] = chosen ? options->policies[v] : v;
    if (options->kind == DUB_VIEWS_POOL && views[v] >= options->n_pool) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "Policy %u is beyond the pool of %u.", views[v], options->n_pool);
      g_free (views);
      return NULL;
    }
  }

  return views;
}

static gboolean
make_stores (DubStudy               *study,
             const char *const      *models,
             const DubViewSource    *source,
             const DubViewsOptions  *options,
             const guint            *views,
             guint                   n_views,
             GPtrArray              *stores,
             GError                **error)
{
  for (size_t m = 0; models[m] != NULL; m++) {
    const DubStudyModel *model = find_network (study, models[m], error);
    DubViewStore *store =
      model != NULL ? _dub_view_store_new (study, model, source, options, views, n_views, error) : NULL;

    if (store == NULL)
      return FALSE;
    g_ptr_array_add (stores, store);
  }
  if (stores->len == 0)
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "No network was named.");

  return stores->len > 0;
}

/* The mean over networks is summed in double, in their order. */
static DubStudyViews *
assemble (const DubStudy         *study,
          const DubViewSource    *source,
          const DubViewsOptions  *options,
          const guint            *views,
          guint                   n_views,
          GPtrArray              *stores,
          GError                **error)
{
  g_autoptr (DubStudyViews) self = g_new0 (DubStudyViews, 1);
  size_t n_row = source->n * study->classes->len, n_table = 0, n_all = 0;

  self->n_views = n_views;
  self->n_cases = source->n;
  self->n_classes = study->classes->len;
  self->policy = options->kind == DUB_VIEWS_POOL ? g_memdup2 (views, n_views * sizeof *views) : NULL;
  if (dub_checked_mul (n_views, n_row, &n_table) && dub_checked_mul (n_table, stores->len, &n_all) &&
      dub_checked_mul (n_all, sizeof (float), &(size_t) { 0 })) {
    self->probabilities = g_try_new (float, MAX (n_table, 1));
    self->per_model = g_try_new (float, MAX (n_all, 1));
  }
  if (self->probabilities == NULL || self->per_model == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "No memory for %u views of %zu cases.", n_views, source->n);
    return NULL;
  }
  for (guint m = 0; m < stores->len; m++)
    for (guint v = 0; v < n_views; v++)
      memcpy (self->per_model + (m * (size_t) n_views + v) * n_row,
              _dub_view_store_row (g_ptr_array_index (stores, m), views[v]), n_row * sizeof (float));
  for (size_t i = 0; i < n_table; i++) {
    double sum = 0.0;

    for (guint m = 0; m < stores->len; m++)
      sum += (double) self->per_model[m * n_table + i];
    self->probabilities[i] = (float) (sum / stores->len);
  }

  return g_steal_pointer (&self);
}

static DubStudyViews *
compute (DubStudy               *study,
         const char *const      *models,
         const DubViewSource    *source,
         const DubViewsOptions  *options,
         gboolean                cached_only,
         DubRun                 *run,
         GError                **error)
{
  g_autoptr (GPtrArray) stores = g_ptr_array_new_with_free_func ((GDestroyNotify) _dub_view_store_free);
  guint n_views;
  g_autofree guint *views = list_views (options, &n_views, error);

  if (views == NULL || !make_stores (study, models, source, options, views, n_views, stores, error))
    return NULL;
  for (guint m = 0; cached_only && m < stores->len; m++)
    for (guint v = 0; v < n_views; v++)
      if (_dub_view_store_lacks (g_ptr_array_index (stores, m), views[v], 0, source->n))
        return NULL;
  if (!cached_only && !_dub_views_run (study, stores, source, options, views, n_views, run, error))
    return NULL;

  return assemble (study, source, options, views, n_views, stores, error);
}

static gboolean
open_data (DubStudy  *study,
           DubRun    *run,
           GError   **error)
{
  if (study->data == NULL || study->data->path == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED, "The study %s has no images to change and look at again.",
                 study->title);
    return FALSE;
  }

  return dub_study_data_open (study->data, run, error);
}

DubStudyViews *
dub_study_views (DubStudy               *study,
                 const char *const      *models,
                 const size_t           *cases,
                 size_t                  n_cases,
                 const DubViewsOptions  *options,
                 gboolean                cached_only,
                 DubRun                 *run,
                 GError                **error)
{
  if (!open_data (study, run, error))
    return NULL;

  DubViewSource source = { .dataset = study->data->dataset, .ids = study->data->ids, .cases = cases, .n = n_cases };

  return compute (study, models, &source, options, cached_only, run, error);
}

DubStudyViews *
dub_study_views_of (DubStudy               *study,
                    const char *const      *models,
                    DubTensor *const       *raw,
                    const double          (*spacing)[3],
                    size_t                  n_cases,
                    const DubViewsOptions  *options,
                    DubRun                 *run,
                    GError                **error)
{
  DubViewSource source = { .raw = raw, .spacing = spacing, .n = n_cases };

  return compute (study, models, &source, options, FALSE, run, error);
}

void
dub_study_views_free (DubStudyViews *self)
{
  if (self == NULL)
    return;
  g_free (self->policy);
  g_free (self->probabilities);
  g_free (self->per_model);
  g_free (self);
}

DubTensor *
dub_study_view_image (DubStudy               *study,
                      const char             *model,
                      size_t                  case_index,
                      const DubViewsOptions  *options,
                      guint                   view,
                      char                  **words,
                      GError                **error)
{
  const DubStudyModel *network = find_network (study, model, error);
  double spacing[3];

  if (network == NULL || !open_data (study, NULL, error))
    return NULL;
  if (options->kind == DUB_VIEWS_DROPOUT) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "Dropout changes the network and not the image.");
    return NULL;
  }

  g_autoptr (DubTensor) raw = dub_dataset_read (study->data->dataset, case_index, spacing, error);
  DubShape shape = dub_prepare_shape (network->prepare);
  g_autoptr (DubTensor) image = raw != NULL ? dub_tensor_new (DUB_DTYPE_F32, shape, error) : NULL;

  if (image == NULL || !dub_prepare_apply (network->prepare, raw, spacing, dub_tensor_f32 (image), error))
    return NULL;

  DubViewPolicy policy = _dub_view_policy (options, network->prepare, dub_view_key (raw), view);

  dub_view_apply (&policy, &shape, dub_tensor_f32 (image));
  if (words != NULL)
    *words = dub_view_describe (&policy, &shape);

  return g_steal_pointer (&image);
}

gboolean
dub_study_has_dropout (DubStudy   *study,
                       const char *model)
{
  const DubStudyModel *network = find_network (study, model, NULL);
  g_autoptr (DubGraph) graph = network != NULL ? dub_onnx_load (network->path, NULL) : NULL;

  for (int i = 0; graph != NULL && i < dub_graph_n_nodes (graph); i++)
    if (g_str_equal (dub_graph_node (graph, i)->op_name, "Dropout"))
      return TRUE;

  return FALSE;
}
