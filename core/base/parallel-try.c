/* Pieces that can fail. All of them run, so that it is the same one that is told of for any number of threads. */
#include "core/base/parallel.h"

typedef struct {
  DubTryFunc  func;
  gpointer    user_data;
  GMutex      mutex;
  size_t      failed; /* the first piece that did, whatever the order of threads */
  GError     *error;
} Try;

static void
try_piece (size_t   piece,
           guint    thread,
           gpointer user_data)
{
  Try *self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->func (piece, thread, self->user_data, &error))
    return;

  g_mutex_lock (&self->mutex);
  if (piece < self->failed) {
    self->failed = piece;
    g_clear_error (&self->error);
    self->error = g_steal_pointer (&error);
  }
  g_mutex_unlock (&self->mutex);
}

gboolean
dub_parallel_try (DubRun      *run,
                  size_t       n_pieces,
                  DubTryFunc   func,
                  gpointer     user_data,
                  size_t      *failed,
                  GError     **error)
{
  Try self = { .func = func, .user_data = user_data, .failed = G_MAXSIZE };
  gboolean done;

  g_mutex_init (&self.mutex);
  done = dub_parallel_for (run, n_pieces, try_piece, &self, error);
  g_mutex_clear (&self.mutex);
  if (failed != NULL)
    *failed = done ? self.failed : G_MAXSIZE;
  if (done && self.failed == G_MAXSIZE)
    return TRUE;
  if (done)
    g_propagate_error (error, g_steal_pointer (&self.error));
  g_clear_error (&self.error);

  return FALSE;
}
