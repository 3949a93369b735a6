#include "ui/model/segment-work.h"

#include "core/io/onnx.h"

DubSegmentWork *
dub_segment_work_new (const DubStudy *study,
                      guint           case_index,
                      const char     *views,
                      gboolean        volumes)
{
  const DubStudyCase *item = g_ptr_array_index (study->cases, case_index);
  DubSegmentWork *self = g_new0 (DubSegmentWork, 1);

  self->path = g_strdup (item->path);
  self->n_models = study->models->len;
  self->models = g_new0 (char *, self->n_models + 1);
  self->preprocess = g_new0 (DubPreprocess, self->n_models);
  for (guint m = 0; m < self->n_models; m++) {
    const DubStudyModel *model = g_ptr_array_index (study->models, m);

    self->models[m] = g_strdup (model->path);
    self->preprocess[m] = model->preprocess;
  }
  self->views = g_strdup (views);
  self->folder = g_strdup (study->folder);
  self->volumes = volumes;

  return self;
}

void
dub_segment_work_free (DubSegmentWork *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_strfreev (self->models);
  g_free (self->preprocess);
  g_free (self->views);
  g_free (self->folder);
  g_free (self);
}

guint
dub_segment_work_scores (size_t      n_models,
                         const char *views)
{
  guint scores = 1u << DUB_SEGMENT_MSR | 1u << DUB_SEGMENT_ENTROPY | 1u << DUB_SEGMENT_MARGIN;

  if (n_models > 1 || (views != NULL && views[0] != '\0'))
    scores |= 1u << DUB_SEGMENT_SD | 1u << DUB_SEGMENT_MI;

  return scores;
}

static size_t
bytes_of (const DubSegmentCase *result)
{
  size_t each = dub_tensor_n_bytes (result->volume->voxels), n = 2;

  for (guint k = 0; k < DUB_N_SEGMENT_SCORES; k++)
    n += result->map[k] != NULL;

  return n * each;
}

DubSegmentShown *
dub_segment_work_run (const DubSegmentWork  *self,
                      DubRun                *run,
                      GError               **error)
{
  g_autoptr (DubSegmentShown) shown = g_new0 (DubSegmentShown, 1);
  g_autofree char *key = NULL;

  g_atomic_ref_count_init (&shown->ref_count);
  if (self->folder != NULL) {
    key = dub_segment_numbers_key (self->path, (const char *const *) self->models, self->preprocess, self->n_models, self->views,
                                   error);
    if (key == NULL)
      return NULL;
    shown->numbers = dub_segment_numbers_load (self->folder, key);
    if (shown->numbers != NULL && !self->volumes)
      return g_steal_pointer (&shown);
  }

  g_autoptr (GPtrArray) graphs = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_graph_unref);

  for (size_t m = 0; m < self->n_models; m++) {
    DubGraph *graph = dub_onnx_load (self->models[m], error);

    if (graph == NULL)
      return NULL;
    g_ptr_array_add (graphs, graph);
  }
  shown->result = dub_segment_case_run ((DubGraph *const *) graphs->pdata, self->preprocess, self->n_models, self->path,
                                        self->views, dub_segment_work_scores (self->n_models, self->views), run, error);
  if (shown->result == NULL)
    return NULL;
  shown->n_bytes = bytes_of (shown->result);
  if (shown->numbers == NULL) {
    shown->numbers = dub_segment_numbers_new (shown->result, run, error);
    if (shown->numbers == NULL)
      return NULL;
    /* What cannot be kept is computed again the next time; the answer stands. */
    if (key != NULL)
      dub_segment_numbers_save (shown->numbers, self->folder, key, NULL);
  }
  if (!self->volumes)
    g_clear_pointer (&shown->result, dub_segment_case_free);

  return g_steal_pointer (&shown);
}

DubSegmentShown *
dub_segment_shown_ref (DubSegmentShown *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_segment_shown_unref (DubSegmentShown *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  dub_segment_case_free (self->result);
  dub_segment_numbers_free (self->numbers);
  g_free (self);
}
