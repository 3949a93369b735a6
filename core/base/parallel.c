/* A batch is a range of piece numbers that the caller and the workers draw from
 * one atomic counter. Workers spin briefly before they sleep: the batches of one
 * network pass follow each other within microseconds. */
#include "core/base/run-private.h"

/* Set while a thread computes a piece, so that a nested call stays on it. */
static __thread gboolean inside_piece = FALSE;
static __thread guint current_thread = 0;

static const guint SPINS = 2000;

static inline void
relax (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#endif
}

static void
draw_pieces (DubRun *run,
             guint   thread)
{
  inside_piece = TRUE;
  current_thread = thread;
  for (;;) {
    size_t piece = __atomic_fetch_add (&run->next_piece, 1, __ATOMIC_RELAXED);

    if (piece >= run->n_pieces || dub_run_is_cancelled (run))
      break;
    run->func (piece, thread, run->func_data);
  }
  inside_piece = FALSE;
  current_thread = 0;
}

gpointer
_dub_parallel_worker (gpointer data)
{
  g_autofree DubWorker *worker = data;
  DubRun *run = worker->run;
  guint64 seen = 0;

  for (;;) {
    for (guint i = 0; i < SPINS && __atomic_load_n (&run->batch, __ATOMIC_ACQUIRE) == seen; i++)
      relax ();

    g_mutex_lock (&run->mutex);
    while (run->batch == seen && !run->quit)
      g_cond_wait (&run->wake, &run->mutex);
    seen = run->batch;
    gboolean quit = run->quit;
    g_mutex_unlock (&run->mutex);

    if (quit)
      return NULL;

    draw_pieces (run, worker->thread);

    g_mutex_lock (&run->mutex);
    if (--run->n_active == 0)
      g_cond_signal (&run->done);
    g_mutex_unlock (&run->mutex);
  }
}

static gboolean
compute_alone (DubRun        *run,
               size_t         n_pieces,
               DubPieceFunc   func,
               gpointer       user_data,
               GError       **error)
{
  for (size_t piece = 0; piece < n_pieces; piece++) {
    if (dub_run_check_cancelled (run, error))
      return FALSE;
    func (piece, current_thread, user_data);
  }

  return TRUE;
}

gboolean
dub_parallel_for (DubRun        *run,
                  size_t         n_pieces,
                  DubPieceFunc   func,
                  gpointer       user_data,
                  GError       **error)
{
  g_return_val_if_fail (func != NULL, FALSE);

  if (run == NULL || run->n_threads == 1 || n_pieces < 2 || inside_piece)
    return compute_alone (run, n_pieces, func, user_data, error);

  g_mutex_lock (&run->mutex);
  run->n_pieces = n_pieces;
  run->func = func;
  run->func_data = user_data;
  __atomic_store_n (&run->next_piece, 0, __ATOMIC_RELAXED);
  run->n_active = run->n_threads - 1;
  __atomic_store_n (&run->batch, run->batch + 1, __ATOMIC_RELEASE);
  g_cond_broadcast (&run->wake);
  g_mutex_unlock (&run->mutex);

  draw_pieces (run, 0);

  g_mutex_lock (&run->mutex);
  while (run->n_active > 0)
    g_cond_wait (&run->done, &run->mutex);
  g_mutex_unlock (&run->mutex);

  return !dub_run_check_cancelled (run, error);
}
