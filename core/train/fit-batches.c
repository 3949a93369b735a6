/* Two buffers: one is read by the step, the other is filled by a thread of its own. */
#include "core/train/fit-cases.h"

typedef struct {
  DubTensor *tensor; /* (B, …) */
  DubTensor *part;   /* view of the cases that are there; NULL = all */
  int       *labels;
  size_t     n;
  GError    *error;
} Buffer;

struct _DubFitBatches {
  DubFitCases  *cases;
  size_t        batch;
  Buffer        buffers[2];
  GThreadPool  *pool;

  guint         epoch;
  const size_t *order;
  size_t        n_cases;
  size_t        n_batches;
  size_t        next;      /* batch that is taken next */

  GMutex        mutex;
  GCond         cond;
  gboolean      busy;      /* a batch is being made */
};

static void
make_cb (gpointer data,
         gpointer user_data)
{
  DubFitBatches *self = user_data;
  size_t index = GPOINTER_TO_SIZE (data) - 1;
  Buffer *buffer = &self->buffers[index % 2];
  size_t first = index * self->batch;

  buffer->n = MIN (self->batch, self->n_cases - first);
  for (size_t i = 0; i < buffer->n && buffer->error == NULL; i++) {
    size_t at = self->order[first + i];

    buffer->labels[i] = self->cases->label[at];
    (void) dub_fit_cases_get (self->cases, at, self->epoch, dub_tensor_f32 (buffer->tensor) + i * self->cases->n_maps,
                              &buffer->error);
  }

  g_mutex_lock (&self->mutex);
  self->busy = FALSE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

static void
wait_idle (DubFitBatches *self)
{
  g_mutex_lock (&self->mutex);
  while (self->busy)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

/* Begins batch @index, while nothing else is being made. */
static void
begin (DubFitBatches *self,
       size_t         index)
{
  Buffer *buffer = &self->buffers[index % 2];

  g_clear_error (&buffer->error);
  g_clear_pointer (&buffer->part, dub_tensor_unref);
  self->busy = TRUE;
  /* A thread pool's item is never NULL. */
  if (!g_thread_pool_push (self->pool, GSIZE_TO_POINTER (index + 1), NULL))
    make_cb (GSIZE_TO_POINTER (index + 1), self);
}

DubFitBatches *
dub_fit_batches_new (DubFitCases  *cases,
                     size_t        batch,
                     GError      **error)
{
  g_autoptr (DubFitBatches) self = g_new0 (DubFitBatches, 1);
  DubShape shape = { .rank = cases->network->maps.rank + 1, .dim = { (int64_t) batch } };

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->cases = cases;
  self->batch = batch;
  for (int i = 0; i < cases->network->maps.rank; i++)
    shape.dim[i + 1] = cases->network->maps.dim[i];
  for (int i = 0; i < 2; i++) {
    self->buffers[i].tensor = dub_tensor_new (DUB_DTYPE_F32, shape, error);
    self->buffers[i].labels = g_new (int, batch);
    if (self->buffers[i].tensor == NULL)
      return NULL;
  }
  self->pool = g_thread_pool_new (make_cb, self, 1, TRUE, error);

  return self->pool != NULL ? g_steal_pointer (&self) : NULL;
}

void
dub_fit_batches_free (DubFitBatches *self)
{
  if (self == NULL)
    return;
  if (self->pool != NULL)
    g_thread_pool_free (self->pool, FALSE, TRUE);
  for (int i = 0; i < 2; i++) {
    g_clear_pointer (&self->buffers[i].part, dub_tensor_unref);
    g_clear_pointer (&self->buffers[i].tensor, dub_tensor_unref);
    g_clear_error (&self->buffers[i].error);
    g_free (self->buffers[i].labels);
  }
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

void
dub_fit_batches_begin (DubFitBatches *self,
                       guint          epoch,
                       const size_t  *order,
                       size_t         n_cases,
                       size_t         n_batches)
{
  wait_idle (self);
  self->epoch = epoch;
  self->order = order;
  self->n_cases = n_cases;
  self->n_batches = n_batches;
  self->next = 0;
  if (n_batches > 0)
    begin (self, 0);
}

gboolean
dub_fit_batches_take (DubFitBatches  *self,
                      DubTensor     **batch,
                      const int     **labels,
                      GError        **error)
{
  Buffer *buffer = &self->buffers[self->next % 2];

  wait_idle (self);
  if (buffer->error != NULL) {
    g_propagate_error (error, g_steal_pointer (&buffer->error));
    return FALSE;
  }
  if (buffer->n < self->batch) {
    buffer->part = dub_tensor_slice (buffer->tensor, 0, 0, (int64_t) buffer->n, 1, error);
    if (buffer->part == NULL)
      return FALSE;
  }
  *batch = buffer->part != NULL ? buffer->part : buffer->tensor;
  *labels = buffer->labels;
  if (++self->next < self->n_batches)
    begin (self, self->next);

  return TRUE;
}
