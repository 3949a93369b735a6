#include "ui/model/latent-live-work.h"

#include <math.h>

#include "core/projection/knn.h"
#include "core/study/evaluate.h"

/* A step is over when it took this long, so that the picture moves and whatever is asked for begins at once. */
#define STEP_SECONDS 0.035
/* Nor is it longer than so many iterations: of few cases, too, one sees how the map comes about. */
enum { STEP_MOST = 20 };

/* The loss of a layout of few cases is looked at every so many iterations: it costs as much as one. */
enum { LOSS_EVERY = 50, LOSS_MOST = 20000 };

DubLatentSource *
_dub_latent_source_ref (DubLatentSource *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
_dub_latent_source_unref (DubLatentSource *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->study, dub_study_unref);
  g_clear_pointer (&self->read, dub_results_read_unref);
  g_free (self->family);
  g_free (self->model);
  g_free (self->features);
  g_free (self->labels);
  g_free (self->digest);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubLatentSource, _dub_latent_source_unref)

DubLatentLayout *
_dub_latent_layout_ref (DubLatentLayout *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
_dub_latent_layout_unref (DubLatentLayout *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->map, dub_latent_map_free);
  g_clear_pointer (&self->source, _dub_latent_source_unref);
  g_free (self->key);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubLatentLayout, _dub_latent_layout_unref)

void
_dub_latent_answer_free (DubLatentAnswer *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->source, _dub_latent_source_unref);
  g_clear_pointer (&self->layout, _dub_latent_layout_unref);
  g_free (self->xy);
  g_free (self->note);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubLatentAnswer, _dub_latent_answer_free)

static DubLatentAnswer *
answer_new (void)
{
  DubLatentAnswer *self = g_new0 (DubLatentAnswer, 1);

  self->loss = NAN;

  return self;
}

void
_dub_latent_order_free (gpointer data)
{
  DubLatentOrder *order = data;

  g_free (order->folder);
  g_free (order->family);
  g_free (order->model);
  g_clear_pointer (&order->read, dub_results_read_unref);
  g_clear_pointer (&order->source, _dub_latent_source_unref);
  g_clear_pointer (&order->layout, _dub_latent_layout_unref);
  g_free (order);
}

/* --- reading --- */

/* The id of the network whose features they are: the one that was asked for, or the family's first with outputs. */
static char *
model_of (const DubOutputs *outputs,
          const DubStudy   *study,
          const char       *family,
          const char       *model)
{
  g_auto (GStrv) models = dub_study_family_models (study, family);

  for (guint i = 0; models != NULL && models[i] != NULL; i++)
    for (size_t m = 0; m < outputs->n_models; m++)
      if (g_str_equal (outputs->models[m], models[i]) && (model == NULL || g_str_equal (model, models[i])))
        return g_strdup (models[i]);

  return g_strdup (model);
}

static gpointer
work_read (const DubLatentOrder  *order,
           DubRun                *run,
           GError               **error)
{
  g_autoptr (DubLatentSource) source = g_new0 (DubLatentSource, 1);
  g_autoptr (DubLatentAnswer) answer = answer_new ();
  const DubOutputs *outputs;

  g_atomic_ref_count_init (&source->ref_count);
  source->family = g_strdup (order->family);
  source->study = dub_study_load (order->folder, error);
  if (source->study == NULL)
    return NULL;
  source->read = order->read != NULL ? dub_results_read_ref (order->read)
                                     : dub_results_read (order->folder, order->family, DUB_RESULTS_READ_STORED, run, error);
  if (source->read == NULL)
    return NULL;
  outputs = source->read->outputs;
  if (outputs == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The networks of the family %s were not run yet.", order->family);
    return NULL;
  }
  source->n_cases = outputs->n_cases;
  source->features = dub_latent_features (outputs, source->study, order->family, order->model, &source->n_features, error);
  if (source->features == NULL || dub_run_check_cancelled (run, error))
    return NULL;
  source->model = model_of (outputs, source->study, order->family, order->model);
  source->labels = dub_latent_labels (source->study);
  source->digest = dub_latent_digest (source->features, source->n_cases, source->n_features, source->labels);
  answer->source = g_steal_pointer (&source);

  return g_steal_pointer (&answer);
}

/* --- laying out --- */

static gboolean
take_positions (DubLatentAnswer        *answer,
                const DubLatentLayout  *layout,
                GError                **error)
{
  answer->iteration = dub_latent_map_get_iteration (layout->map);
  answer->n_iterations = dub_latent_map_get_n_iterations (layout->map);
  answer->xy = g_try_malloc_n (layout->source->n_cases, 2 * sizeof (float));
  if (answer->xy == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory for the places of %zu cases.", layout->source->n_cases);
    return FALSE;
  }
  dub_latent_map_get_positions (layout->map, answer->xy);

  return TRUE;
}

/* FALSE where none is kept. */
static gboolean
take_kept (DubLatentAnswer       *answer,
           const DubLatentLayout *layout)
{
  g_autofree float *xy = g_try_malloc_n (layout->source->n_cases, 2 * sizeof (float));

  if (xy == NULL || layout->source->n_cases != layout->source->study->data->n_cases ||
      !dub_latent_kept_read (layout->source->study, layout->key, xy, &answer->iteration, &answer->note, &answer->quality))
    return FALSE;
  answer->xy = g_steal_pointer (&xy);
  answer->n_iterations = answer->iteration;
  answer->measured = TRUE;

  return TRUE;
}

static DubLatentLayout *
layout_new (const DubLatentOrder *order)
{
  DubLatentLayout *layout = g_new0 (DubLatentLayout, 1);

  g_atomic_ref_count_init (&layout->ref_count);
  layout->source = _dub_latent_source_ref (order->source);
  layout->key = dub_latent_key (order->source->digest, &order->options);

  return layout;
}

/* Neighbours of many cases take a while; the components do not, and are where t-SNE begins. */
static gboolean
take_plane (DubLatentAnswer        *answer,
            const DubLatentSource  *source,
            DubRun                 *run,
            GError                **error)
{
  const DubLatentOptions options = { .method = DUB_LATENT_PCA };
  g_autoptr (DubLatentMap) map = dub_latent_map_new (source->features, source->n_cases, source->n_features, &options, run, error);

  if (map == NULL)
    return FALSE;
  answer->xy = g_try_malloc_n (source->n_cases, 2 * sizeof (float));
  if (answer->xy == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory for the places of %zu cases.", source->n_cases);
    return FALSE;
  }
  dub_latent_map_get_positions (map, answer->xy);

  return TRUE;
}

static gpointer
work_look (const DubLatentOrder  *order,
           DubRun                *run,
           GError               **error)
{
  g_autoptr (DubLatentAnswer) answer = answer_new ();
  g_autoptr (DubLatentLayout) layout = layout_new (order);

  if (!order->anew && take_kept (answer, layout))
    answer->layout = g_steal_pointer (&layout);
  else if (order->plane && order->options.method != DUB_LATENT_PCA && !take_plane (answer, order->source, run, error))
    return NULL;

  return g_steal_pointer (&answer);
}

static gpointer
work_begin (const DubLatentOrder  *order,
            DubRun                *run,
            GError               **error)
{
  g_autoptr (DubLatentAnswer) answer = answer_new ();
  g_autoptr (DubLatentLayout) layout = layout_new (order);

  layout->map = dub_latent_map_new (layout->source->features, layout->source->n_cases, layout->source->n_features, &order->options, run,
                                    error);
  if (layout->map == NULL || !take_positions (answer, layout, error))
    return NULL;
  answer->note = g_strdup (dub_latent_map_get_note (layout->map));
  answer->layout = g_steal_pointer (&layout);

  return g_steal_pointer (&answer);
}

static gpointer
work_step (const DubLatentOrder  *order,
           DubRun                *run,
           GError               **error)
{
  g_autoptr (DubLatentAnswer) answer = answer_new ();
  DubLatentMap *map = order->layout->map;
  guint before = dub_latent_map_get_iteration (map);
  gint64 began = g_get_monotonic_time ();

  do {
    if (!dub_latent_map_step (map, 1, run, error))
      return NULL;
    answer->seconds = (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC;
  } while (!dub_latent_map_is_done (map) && answer->seconds < STEP_SECONDS && dub_latent_map_get_iteration (map) - before < STEP_MOST);
  if (order->layout->source->n_cases <= LOSS_MOST && before / LOSS_EVERY != dub_latent_map_get_iteration (map) / LOSS_EVERY &&
      !dub_latent_map_get_loss (map, &answer->loss, run, error))
    return NULL;
  if (!take_positions (answer, order->layout, error))
    return NULL;

  return g_steal_pointer (&answer);
}

/* Maps that ended are kept with what they were measured to be; those that were stopped are not. */
static gpointer
work_measure (const DubLatentOrder  *order,
              DubRun                *run,
              GError               **error)
{
  const DubLatentLayout *layout = order->layout;
  g_autoptr (DubLatentAnswer) answer = answer_new ();
  g_autoptr (GError) ignored = NULL;

  if (!dub_latent_map_measure (layout->map, layout->source->labels, &answer->quality, run, error) ||
      !take_positions (answer, layout, error))
    return NULL;
  answer->measured = TRUE;
  answer->loss = answer->quality.loss;
  /* A folder that cannot be written to costs time only. */
  if (dub_latent_map_is_done (layout->map))
    dub_latent_kept_write (layout->source->study, layout->key, answer->xy, answer->iteration, dub_latent_map_get_note (layout->map),
                           &answer->quality, &ignored);

  return g_steal_pointer (&answer);
}

gpointer
_dub_latent_work (DubRun    *run,
                  gpointer   data,
                  GError   **error)
{
  const DubLatentOrder *order = data;

  switch (order->kind) {
  case DUB_LATENT_WORK_READ:
    return work_read (order, run, error);
  case DUB_LATENT_WORK_LOOK:
    return work_look (order, run, error);
  case DUB_LATENT_WORK_BEGIN:
    return work_begin (order, run, error);
  case DUB_LATENT_WORK_STEP:
    return work_step (order, run, error);
  case DUB_LATENT_WORK_MEASURE:
  default:
    return work_measure (order, run, error);
  }
}

/* --- neighbours --- */

void
_dub_latent_nearest_order_free (gpointer data)
{
  DubLatentNearestOrder *order = data;

  _dub_latent_source_unref (order->source);
  g_free (order);
}

gpointer
_dub_latent_nearest_work (DubRun    *run,
                          gpointer   data,
                          GError   **error)
{
  const DubLatentNearestOrder *order = data;
  const DubLatentSource *source = order->source;
  uint32_t found[DUB_LATENT_N_NEAREST + 1];
  double distances[DUB_LATENT_N_NEAREST + 1];
  /* The case itself is among them, wherever duplicates leave it. */
  size_t k = MIN (DUB_LATENT_N_NEAREST + 1, source->n_cases);

  if (!dub_knn (source->features, source->n_cases, source->features + order->index * source->n_features, 1, source->n_features, k,
                FALSE, found, distances, run, error))
    return NULL;

  DubLatentNearest *nearest = g_new0 (DubLatentNearest, 1);

  nearest->index = (guint) order->index;
  for (size_t i = 0; i < k && nearest->n < DUB_LATENT_N_NEAREST; i++)
    if (found[i] != order->index) {
      nearest->cases[nearest->n] = found[i];
      nearest->distances[nearest->n++] = distances[i];
    }

  return nearest;
}
