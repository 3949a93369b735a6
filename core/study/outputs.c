#include "core/study/outputs-private.h"

#include "core/base/checked.h"

#include <math.h>
#include <string.h>

/* --- which models --- */

static void
add_item (GPtrArray           *items,
          const DubStudyModel *model)
{
  DubModelOutputs *item = g_new0 (DubModelOutputs, 1);

  item->model = model;
  g_ptr_array_add (items, item);
}

/* (transfer full) (element-type DubModelOutputs) */
static GPtrArray *
choose_models (const DubStudy     *study,
               const char *const  *ids,
               GError            **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) _dub_model_outputs_free);

  if (study->data == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "The study %s was not made from a data set: there are no cases to run its networks over.", study->title);
    return NULL;
  }
  for (guint i = 0; ids == NULL && i < study->models->len; i++)
    add_item (items, g_ptr_array_index (study->models, i));
  for (size_t i = 0; ids != NULL && ids[i] != NULL; i++) {
    const DubStudyModel *model = dub_study_find_model (study, ids[i]);

    if (model == NULL) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s has no network called \"%s\".", study->title, ids[i]);
      return NULL;
    }
    add_item (items, model);
  }
  if (items->len == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s has no networks yet; train some, or import them.",
                 study->title);
    return NULL;
  }

  return g_steal_pointer (&items);
}

static gboolean
check_split (const DubStudy       *study,
             const DubStudyModel  *model,
             GError              **error)
{
  if (g_strcmp0 (model->split_hash, study->data->split_hash) == 0)
    return TRUE;
  if (model->split_hash == NULL)
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The network %s does not say on which split it was trained; expected the study's, %.12s….", model->id,
                 study->data->split_hash);
  else
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The network %s was trained on another split than the study has: %.12s…, expected %.12s….", model->id,
                 model->split_hash, study->data->split_hash);

  return FALSE;
}

/* --- the one table --- */

void
_dub_outputs_softmax (const float *logits,
                      size_t       n_cases,
                      size_t       n_classes,
                      float       *probabilities)
{
  for (size_t i = 0; i < n_cases; i++) {
    const float *z = logits + i * n_classes;
    double largest = (double) z[0], sum = 0.0;

    for (size_t c = 1; c < n_classes; c++)
      largest = MAX (largest, (double) z[c]);
    for (size_t c = 0; c < n_classes; c++)
      sum += exp ((double) z[c] - largest);
    for (size_t c = 0; c < n_classes; c++)
      probabilities[i * n_classes + c] = (float) (exp ((double) z[c] - largest) / sum);
  }
}

static float *
new_table (size_t   n_models,
           size_t   n_cases,
           size_t   n_columns,
           GError **error)
{
  size_t n;
  float *table = NULL;

  if (dub_checked_mul (n_models, n_cases, &n) && dub_checked_mul (n, n_columns, &n) &&
      dub_checked_mul (n, sizeof (float), &n))
    table = g_try_malloc (MAX (n, 1));
  if (table == NULL)
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "No memory for the outputs of %zu networks for %zu cases of %zu numbers.",
                 n_models, n_cases, n_columns);

  return table;
}

/* Networks of different families may have features of different length, which do not stand in one table. */
static size_t
common_features (const GPtrArray *items)
{
  int64_t n = -1;

  for (guint m = 0; m < items->len; m++) {
    const DubModelOutputs *item = g_ptr_array_index (items, m);

    if (item->features == NULL || (n >= 0 && item->features->shape.dim[1] != n))
      return 0;
    n = item->features->shape.dim[1];
  }

  return n > 0 ? (size_t) n : 0;
}

static gboolean
have_logits (const GPtrArray *items)
{
  for (guint m = 0; m < items->len; m++)
    if (((const DubModelOutputs *) g_ptr_array_index (items, m))->logits == NULL)
      return FALSE;

  return TRUE;
}

static DubOutputs *
assemble (const DubStudy   *study,
          const GPtrArray  *items,
          GError          **error)
{
  const DubStudyData *data = study->data;
  g_autoptr (DubOutputs) self = g_new0 (DubOutputs, 1);
  size_t n_row = data->n_cases * study->classes->len;

  self->n_models = items->len;
  self->n_cases = data->n_cases;
  self->n_classes = study->classes->len;
  self->n_features = common_features (items);
  self->models = g_new0 (char *, self->n_models + 1);
  self->ids = g_new0 (char *, self->n_cases + 1);
  self->labels = g_memdup2 (data->labels, self->n_cases * sizeof *self->labels);
  self->part = g_memdup2 (data->split->part, self->n_cases);
  for (size_t i = 0; i < self->n_cases; i++)
    self->ids[i] = g_strdup (data->ids[i]);
  self->probabilities = new_table (self->n_models, self->n_cases, self->n_classes, error);
  if (self->probabilities == NULL ||
      (have_logits (items) &&
       (self->logits = new_table (self->n_models, self->n_cases, self->n_classes, error)) == NULL) ||
      (self->n_features > 0 &&
       (self->features = new_table (self->n_models, self->n_cases, self->n_features, error)) == NULL))
    return NULL;

  for (guint m = 0; m < items->len; m++) {
    const DubModelOutputs *item = g_ptr_array_index (items, m);

    self->models[m] = g_strdup (item->model->id);
    self->stale |= item->stale;
    if (self->logits != NULL)
      memcpy (self->logits + m * n_row, item->logits->data, n_row * sizeof (float));
    if (item->logits != NULL)
      _dub_outputs_softmax (dub_tensor_f32 (item->logits), self->n_cases, self->n_classes, self->probabilities + m * n_row);
    else
      memcpy (self->probabilities + m * n_row, item->probabilities->data, n_row * sizeof (float));
    if (self->features != NULL)
      memcpy (self->features + m * self->n_cases * self->n_features, item->features->data,
              self->n_cases * self->n_features * sizeof (float));
  }

  return g_steal_pointer (&self);
}

/* --- loading --- */

static gboolean
run_missing (DubStudy   *study,
             GPtrArray  *missing,
             DubRun     *run,
             GError    **error)
{
  if (!dub_study_data_open (study->data, run, error) ||
      !_dub_outputs_run (study, (DubModelOutputs *const *) missing->pdata, missing->len, run, error))
    return FALSE;

  for (guint i = 0; study->folder != NULL && i < missing->len; i++) {
    g_autoptr (GError) inner = NULL;

    /* Results can be made again: a folder that cannot be written to costs time only. */
    if (!_dub_outputs_write (study, g_ptr_array_index (missing, i), &inner) && run != NULL)
      dub_run_log (run, "The outputs are not kept: %s", inner->message);
  }

  return TRUE;
}

/* What is stored stands for data that may lie on another machine; where they are at hand, they must be the same. */
static gboolean
check_data (DubStudy  *study,
            DubRun    *run,
            GError   **error)
{
  if (study->data->path == NULL)
    return TRUE;
  if (g_file_test (study->data->path, G_FILE_TEST_EXISTS))
    return dub_study_data_open (study->data, run, error);
  if (run != NULL)
    dub_run_log (run, "%s is not there: the outputs that were stored are read, without a look at the data.",
                 study->data->path);

  return TRUE;
}

DubOutputs *
dub_outputs_load (DubStudy           *study,
                  const char *const  *models,
                  DubRun             *run,
                  GError            **error)
{
  g_autoptr (GPtrArray) items = choose_models (study, models, error);
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();

  if (items == NULL)
    return NULL;
  for (guint i = 0; i < items->len; i++) {
    DubModelOutputs *item = g_ptr_array_index (items, i);
    g_autoptr (GError) inner = NULL;

    if (!check_split (study, item->model, error))
      return NULL;
    item->key = _dub_outputs_key (study, item->model, error);
    if (item->key == NULL)
      return NULL;
    if (_dub_outputs_read (study, item, &inner) && !item->stale)
      continue;
    if (inner != NULL) {
      g_propagate_error (error, g_steal_pointer (&inner));
      return NULL;
    }
    g_clear_pointer (&item->logits, dub_tensor_unref);
    g_clear_pointer (&item->probabilities, dub_tensor_unref);
    g_clear_pointer (&item->features, dub_tensor_unref);
    item->stale = FALSE;
    g_ptr_array_add (missing, item);
  }

  if (missing->len > 0 ? !run_missing (study, missing, run, error) : !check_data (study, run, error))
    return NULL;

  return assemble (study, items, error);
}

DubOutputs *
dub_outputs_peek (DubStudy  *study,
                  GError   **error)
{
  return dub_outputs_peek_models (study, NULL, error);
}

DubOutputs *
dub_outputs_peek_models (DubStudy           *study,
                         const char *const  *models,
                         GError            **error)
{
  g_autoptr (GPtrArray) items = study->data != NULL && study->models->len > 0 ? choose_models (study, models, error) : NULL;

  for (guint i = items != NULL ? items->len : 0; i-- > 0;) {
    DubModelOutputs *item = g_ptr_array_index (items, i);
    g_autoptr (GError) inner = NULL;

    /* A network whose file is gone may have left its outputs. */
    item->key = _dub_outputs_key (study, item->model, NULL);
    if (item->key == NULL)
      item->key = g_strdup ("");
    if (!_dub_outputs_read (study, item, &inner)) {
      if (inner != NULL) {
        g_propagate_error (error, g_steal_pointer (&inner));
        return NULL;
      }
      g_ptr_array_remove_index (items, i);
      continue;
    }
    item->stale |= g_strcmp0 (item->model->split_hash, study->data->split_hash) != 0;
  }

  return items != NULL && items->len > 0 ? assemble (study, items, error) : NULL;
}

void
dub_outputs_free (DubOutputs *self)
{
  if (self == NULL)
    return;
  g_strfreev (self->models);
  g_strfreev (self->ids);
  g_free (self->labels);
  g_free (self->part);
  g_free (self->logits);
  g_free (self->probabilities);
  g_free (self->features);
  g_free (self);
}

void
dub_outputs_mean (const DubOutputs *self,
                  const size_t     *models,
                  size_t            n_models,
                  float            *mean)
{
  size_t n = self->n_cases * self->n_classes;

  for (size_t i = 0; i < n; i++) {
    double sum = 0.0;

    for (size_t m = 0; m < n_models; m++)
      sum += (double) self->probabilities[models[m] * n + i];
    mean[i] = (float) (sum / (double) n_models);
  }
}

float *
dub_outputs_ensemble (const DubOutputs *self)
{
  g_autofree size_t *all = g_new (size_t, self->n_models);
  float *mean = g_new (float, MAX (self->n_cases * self->n_classes, 1));

  for (size_t m = 0; m < self->n_models; m++)
    all[m] = m;
  dub_outputs_mean (self, all, self->n_models, mean);

  return mean;
}
