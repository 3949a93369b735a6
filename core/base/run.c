#include "core/base/run-private.h"

static const double PROGRESS_UNITS = 4294967296.0;

DubRun *
dub_run_new (guint n_threads)
{
  DubRun *self = g_new0 (DubRun, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->n_threads = n_threads > 0 ? n_threads : g_get_num_processors ();
  self->span_to = 1.0;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
  g_cond_init (&self->done);

  self->workers = g_new0 (GThread *, self->n_threads);
  for (guint i = 0; i + 1 < self->n_threads; i++) {
    DubWorker *worker = g_new0 (DubWorker, 1);

    worker->run = self;
    worker->thread = i + 1;
    self->workers[i] = g_thread_new ("dub-compute", _dub_parallel_worker, worker);
  }

  return self;
}

DubRun *
dub_run_ref (DubRun *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_run_unref (DubRun *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_mutex_lock (&self->mutex);
  self->quit = TRUE;
  g_cond_broadcast (&self->wake);
  g_mutex_unlock (&self->mutex);

  for (guint i = 0; i + 1 < self->n_threads; i++)
    g_thread_join (self->workers[i]);

  g_free (self->workers);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  g_cond_clear (&self->done);
  g_free (self);
}

guint
dub_run_get_n_threads (DubRun *self)
{
  return self != NULL ? self->n_threads : 1;
}

void
dub_run_cancel (DubRun *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_int_set (&self->cancelled, 1);
}

gboolean
dub_run_is_cancelled (DubRun *self)
{
  return self != NULL && g_atomic_int_get (&self->cancelled) != 0;
}

gboolean
dub_run_check_cancelled (DubRun  *self,
                         GError **error)
{
  if (!dub_run_is_cancelled (self))
    return FALSE;

  g_set_error_literal (error, DUB_ERROR, DUB_ERROR_CANCELLED, "The computation was cancelled.");

  return TRUE;
}

void
dub_run_reset (DubRun *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_int_set (&self->cancelled, 0);
  self->span_from = 0.0;
  self->span_to = 1.0;
  __atomic_store_n (&self->done_before, 0, __ATOMIC_RELAXED);
  dub_run_set_progress (self, 0.0);
}

void
dub_run_set_progress (DubRun *self,
                      double  fraction)
{
  if (self == NULL)
    return;

  double whole = self->span_from + CLAMP (fraction, 0.0, 1.0) * (self->span_to - self->span_from);

  __atomic_store_n (&self->progress, (guint64) (whole * PROGRESS_UNITS), __ATOMIC_RELAXED);
}

double
dub_run_get_progress (DubRun *self)
{
  return self != NULL ? (double) __atomic_load_n (&self->progress, __ATOMIC_RELAXED) / PROGRESS_UNITS : 0.0;
}

void
dub_run_add_done_before (DubRun *self,
                         double  fraction)
{
  if (self == NULL)
    return;

  double share = CLAMP (fraction, 0.0, 1.0) * (self->span_to - self->span_from);

  __atomic_add_fetch (&self->done_before, (guint64) (share * PROGRESS_UNITS), __ATOMIC_RELAXED);
}

double
dub_run_get_done_before (DubRun *self)
{
  return self != NULL ? MIN ((double) __atomic_load_n (&self->done_before, __ATOMIC_RELAXED) / PROGRESS_UNITS, 1.0) : 0.0;
}

void
dub_run_set_span (DubRun *self,
                  double  from,
                  double  to)
{
  g_return_if_fail (from >= 0.0 && from <= to && to <= 1.0);

  if (self == NULL)
    return;
  self->span_from = from;
  self->span_to = to;
  dub_run_set_progress (self, 0.0);
}

DubRunSpan
dub_run_enter_span (DubRun *self,
                    double  from,
                    double  to)
{
  DubRunSpan before = { 0.0, 1.0 };

  g_return_val_if_fail (from >= 0.0 && from <= to && to <= 1.0, before);

  if (self == NULL)
    return before;
  before = (DubRunSpan) { self->span_from, self->span_to };
  /* A sum that rounds upwards must not go beyond the whole. */
  dub_run_set_span (self, MIN (before.from + from * (before.to - before.from), 1.0),
                    MIN (before.from + to * (before.to - before.from), 1.0));

  return before;
}

void
dub_run_leave_span (DubRun     *self,
                    DubRunSpan  before)
{
  if (self == NULL)
    return;
  self->span_from = before.from;
  self->span_to = before.to;
}

void
dub_run_set_log (DubRun     *self,
                 DubLogFunc  func,
                 gpointer    user_data)
{
  g_return_if_fail (self != NULL);

  self->log_func = func;
  self->log_data = user_data;
}

void
dub_run_log (DubRun     *self,
             const char *format,
             ...)
{
  if (self == NULL || self->log_func == NULL)
    return;

  va_list args;

  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);

  self->log_func (message, self->log_data);
}
