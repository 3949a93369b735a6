#include "ui/model/mask-job.h"

#include <string.h>

DubMaskBox *
dub_mask_box_new (void)
{
  DubMaskBox *self = g_new0 (DubMaskBox, 1);

  g_atomic_ref_count_init (&self->ref_count);

  return self;
}

DubMaskBox *
dub_mask_box_ref (DubMaskBox *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

static gpointer
free_mask_thread (gpointer data)
{
  dub_mask_free (data);

  return NULL;
}

void
dub_mask_box_unref (DubMaskBox *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->mask != NULL)
    g_thread_unref (g_thread_new ("dub-free", free_mask_thread, g_steal_pointer (&self->mask)));
  g_free (self);
}

void
dub_mask_job_free (gpointer data)
{
  DubMaskJob *self = data;

  if (self == NULL)
    return;

  g_clear_pointer (&self->request, dub_mask_request_free);
  g_clear_pointer (&self->inputs, dub_mask_inputs_unref);
  g_clear_pointer (&self->box, dub_mask_box_unref);
  g_clear_pointer (&self->previous, dub_mask_frame_unref);
  g_free (self);
}

void
dub_mask_result_free (gpointer data)
{
  DubMaskResult *self = data;

  if (self == NULL)
    return;

  g_clear_pointer (&self->inputs, dub_mask_inputs_unref);
  g_clear_pointer (&self->frame, dub_mask_frame_unref);
  g_free (self);
}

/* Setting by setting: padding is not compared. */
gboolean
dub_mask_params_equal (const DubMaskParams *a,
                       const DubMaskParams *b)
{
  return a->lambda1 == b->lambda1 && a->lambda2 == b->lambda2 && a->beta1 == b->beta1 && a->beta2 == b->beta2 &&
         a->norm == b->norm && a->step == b->step && a->n_iterations == b->n_iterations && a->grid == b->grid &&
         a->start == b->start && a->start_noise == b->start_noise && a->jitter == b->jitter &&
         a->stop_early == b->stop_early && a->seed == b->seed && a->target_class == b->target_class &&
         a->replacement == b->replacement && a->blur_sigma == b->blur_sigma;
}

/* The optimiser of the job, made on its first turn, with the job's settings. */
static gboolean
prepare (DubMaskJob  *job,
         DubRun      *run,
         GError     **error)
{
  if (job->box->mask == NULL) {
    job->box->mask = dub_mask_new (job->inputs->graph, &job->inputs->input, 1, job->inputs->reference, &job->params, run, error);
    if (job->box->mask == NULL)
      return FALSE;
  }
  if (job->pick_class) {
    const double *original;
    int n_classes = (int) dub_mask_get_probabilities (job->box->mask, 0, &original, NULL);

    job->params.target_class = 0;
    for (int c = 1; c < n_classes; c++)
      if (original[c] > original[job->params.target_class])
        job->params.target_class = c;
  }

  return dub_mask_set_params (job->box->mask, &job->params, run, error);
}

static gboolean
move (DubMaskJob  *job,
      DubRun      *run,
      GError     **error)
{
  DubMask *mask = job->box->mask;
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < job->n_steps; i++) {
    if (dub_mask_is_done (mask) && !(job->force && i == 0))
      break;
    if (!dub_mask_step (mask, run, error))
      return FALSE;

    if ((double) (g_get_monotonic_time () - start) * 1e-6 >= job->budget)
      break;
  }

  return TRUE;
}

/* A trace has one row a step; where the optimiser rests, the energy of the mask on screen follows. */
static gboolean
append_last_row (DubMaskJob       *job,
                 DubMaskFrame  *frame,
                 DubRun           *run,
                 GError          **error)
{
  DubMaskEnergy energy;

  if (!dub_mask_evaluate (job->box->mask, &energy, run, error))
    return FALSE;

  frame->trace = g_renew (DubMaskEnergy, frame->trace, frame->n_trace + 1);
  frame->trace[frame->n_trace++] = energy;

  const double *masked;

  dub_mask_get_probabilities (job->box->mask, 0, NULL, &masked);
  memcpy (frame->masked, masked, frame->n_classes * sizeof (double));

  return TRUE;
}

gpointer
dub_mask_job_run (DubRun    *run,
                  gpointer   data,
                  GError   **error)
{
  DubMaskJob *job = data;
  g_autofree DubMaskResult *result = g_new0 (DubMaskResult, 1);

  if (job->request != NULL) {
    result->only_atlas = job->only_atlas;
    result->inputs = job->only_atlas ? dub_mask_inputs_with_atlas (job->inputs, job->request->atlas, run, error)
                                     : dub_mask_inputs_load (job->request, job->inputs, run, error);
    return result->inputs != NULL ? g_steal_pointer (&result) : NULL;
  }

  if (!prepare (job, run, error) ||
      (job->rewind_to >= 0 && !dub_mask_rewind (job->box->mask, (guint) job->rewind_to, error)) ||
      !move (job, run, error))
    return NULL;

  DubMask *mask = job->box->mask;
  gboolean rests = job->evaluate || dub_mask_is_done (mask);

  guint show = job->show >= 0 && (guint) job->show < dub_mask_get_iteration (mask) ? (guint) job->show : G_MAXUINT;

  if (job->show_after && show != G_MAXUINT)
    show = dub_mask_snapshot_after (mask, show);
  result->frame = dub_mask_frame_new (mask, job->inputs, show, job->previous, job->light && !rests, error);
  if (result->frame == NULL)
    return NULL;
  result->frame->generation = job->generation;
  if (rests && result->frame->iteration == result->frame->latest &&
      !append_last_row (job, result->frame, run, error)) {
    g_clear_pointer (&result->frame, dub_mask_frame_unref);
    return NULL;
  }

  return g_steal_pointer (&result);
}
