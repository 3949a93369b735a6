#include "ui/model/compute-slot.h"

typedef struct {
  guint64        generation;
  DubComputeFunc func;
  gpointer       data;
  GDestroyNotify free_data;
  GDestroyNotify free_result;
  DubComputeDone done;
  gpointer       user_data;
  gpointer       result;
  GError        *error;
} DubTicket;

/* What the thread shares with the object. The thread never holds the object
 * itself: the last reference to it must go on the main thread. */
typedef struct {
  gatomicrefcount ref_count;
  GMainContext   *context; /* of the main loop */
  DubRun         *run;
  GMutex          mutex;
  GCond           wake;
  DubTicket      *pending;
  gboolean        running;
  gboolean        held;    /* nothing new is begun */
  gboolean        quit;
  DubComputeSlot *slot;    /* main thread only; NULL once disposed */
  guint64         generation; /* main thread only */
} DubSlotShared;

typedef struct {
  DubSlotShared *shared;
  DubTicket     *ticket;
} DubDelivery;

struct _DubComputeSlot {
  GObject        parent_instance;
  DubSlotShared *shared;
  GThread       *thread;
  guint          n_threads;
  gboolean       busy;
};

G_DEFINE_FINAL_TYPE (DubComputeSlot, dub_compute_slot, G_TYPE_OBJECT)

enum { PROP_0, PROP_BUSY, PROP_N_THREADS, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
ticket_free (DubTicket *ticket)
{
  if (ticket->result != NULL && ticket->free_result != NULL)
    ticket->free_result (ticket->result);
  if (ticket->free_data != NULL)
    ticket->free_data (ticket->data);
  g_clear_error (&ticket->error);
  g_free (ticket);
}

static DubSlotShared *
shared_ref (DubSlotShared *shared)
{
  g_atomic_ref_count_inc (&shared->ref_count);

  return shared;
}

static void
shared_unref (DubSlotShared *shared)
{
  if (!g_atomic_ref_count_dec (&shared->ref_count))
    return;
  dub_run_unref (shared->run);
  g_main_context_unref (shared->context);
  g_mutex_clear (&shared->mutex);
  g_cond_clear (&shared->wake);
  g_free (shared);
}

static void
set_busy (DubComputeSlot *self,
          gboolean        busy)
{
  if (self->busy == busy)
    return;
  self->busy = busy;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BUSY]);
}

static void
delivery_free (gpointer data)
{
  DubDelivery *delivery = data;

  ticket_free (delivery->ticket);
  shared_unref (delivery->shared);
  g_free (delivery);
}

static gboolean
deliver_cb (gpointer data)
{
  DubDelivery *delivery = data;
  DubTicket *ticket = delivery->ticket;
  DubComputeSlot *slot = delivery->shared->slot;

  if (slot == NULL || ticket->generation != delivery->shared->generation)
    return G_SOURCE_REMOVE;

  g_object_ref (slot);
  if (ticket->done != NULL)
    ticket->done (&ticket->result, ticket->error, ticket->user_data);
  /* The callback may have submitted the next piece of work. */
  if (delivery->shared->generation == ticket->generation)
    set_busy (slot, FALSE);
  g_object_unref (slot);

  return G_SOURCE_REMOVE;
}

static void
deliver (DubSlotShared *shared,
         DubTicket     *ticket)
{
  DubDelivery *delivery = g_new0 (DubDelivery, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  delivery->shared = shared_ref (shared);
  delivery->ticket = ticket;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver_cb, delivery, delivery_free);
  g_source_attach (source, shared->context);
}

static gpointer
slot_thread (gpointer data)
{
  DubSlotShared *shared = data;

  g_mutex_lock (&shared->mutex);
  while (TRUE) {
    while ((shared->pending == NULL || shared->held) && !shared->quit)
      g_cond_wait (&shared->wake, &shared->mutex);
    if (shared->quit)
      break;

    DubTicket *ticket = g_steal_pointer (&shared->pending);

    shared->running = TRUE;
    dub_run_reset (shared->run);
    g_mutex_unlock (&shared->mutex);
    ticket->result = ticket->func (shared->run, ticket->data, &ticket->error);
    g_mutex_lock (&shared->mutex);
    shared->running = FALSE;
    deliver (shared, ticket);
  }
  g_mutex_unlock (&shared->mutex);
  shared_unref (shared);

  return NULL;
}

/* Replaces what waits with @ticket (or with nothing) and cancels what runs. */
static void
replace_pending (DubComputeSlot *self,
                 DubTicket      *ticket)
{
  DubSlotShared *shared = self->shared;

  g_mutex_lock (&shared->mutex);
  DubTicket *dropped = g_steal_pointer (&shared->pending);

  shared->pending = ticket;
  if (shared->running)
    dub_run_cancel (shared->run);
  g_cond_signal (&shared->wake);
  g_mutex_unlock (&shared->mutex);

  if (dropped != NULL)
    ticket_free (dropped);
}

static void
dub_compute_slot_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  DubComputeSlot *self = DUB_COMPUTE_SLOT (object);

  switch (prop_id) {
  case PROP_BUSY:
    g_value_set_boolean (value, self->busy);
    break;
  case PROP_N_THREADS:
    g_value_set_uint (value, self->n_threads);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_compute_slot_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  DubComputeSlot *self = DUB_COMPUTE_SLOT (object);

  switch (prop_id) {
  case PROP_N_THREADS:
    self->n_threads = g_value_get_uint (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_compute_slot_constructed (GObject *object)
{
  DubComputeSlot *self = DUB_COMPUTE_SLOT (object);
  DubSlotShared *shared = g_new0 (DubSlotShared, 1);

  G_OBJECT_CLASS (dub_compute_slot_parent_class)->constructed (object);

  g_atomic_ref_count_init (&shared->ref_count);
  shared->context = g_main_context_ref_thread_default ();
  shared->run = dub_run_new (self->n_threads);
  shared->slot = self;
  g_mutex_init (&shared->mutex);
  g_cond_init (&shared->wake);
  self->shared = shared;
  self->thread = g_thread_new ("dub-slot", slot_thread, shared_ref (shared));
}

static void
dub_compute_slot_dispose (GObject *object)
{
  DubComputeSlot *self = DUB_COMPUTE_SLOT (object);
  DubSlotShared *shared = self->shared;

  if (shared != NULL) {
    shared->slot = NULL;
    g_mutex_lock (&shared->mutex);
    shared->quit = TRUE;
    g_mutex_unlock (&shared->mutex);
    replace_pending (self, NULL);
    g_thread_join (g_steal_pointer (&self->thread));
    shared_unref (g_steal_pointer (&self->shared));
  }

  G_OBJECT_CLASS (dub_compute_slot_parent_class)->dispose (object);
}

static void
dub_compute_slot_class_init (DubComputeSlotClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = dub_compute_slot_constructed;
  object_class->dispose = dub_compute_slot_dispose;
  object_class->get_property = dub_compute_slot_get_property;
  object_class->set_property = dub_compute_slot_set_property;

  props[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_N_THREADS] = g_param_spec_uint ("n-threads", NULL, NULL, 0, 1024, 0,
                                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
dub_compute_slot_init (DubComputeSlot *self)
{
}

DubComputeSlot *
dub_compute_slot_new (guint n_threads)
{
  return g_object_new (DUB_TYPE_COMPUTE_SLOT, "n-threads", n_threads, NULL);
}

guint64
dub_compute_slot_submit (DubComputeSlot *self,
                         DubComputeFunc  func,
                         gpointer        data,
                         GDestroyNotify  free_data,
                         GDestroyNotify  free_result,
                         DubComputeDone  done,
                         gpointer        user_data)
{
  g_return_val_if_fail (DUB_IS_COMPUTE_SLOT (self), 0);
  g_return_val_if_fail (self->shared != NULL, 0);

  DubTicket *ticket = g_new0 (DubTicket, 1);
  guint64 generation = ++self->shared->generation;

  ticket->generation = generation;
  ticket->func = func;
  ticket->data = data;
  ticket->free_data = free_data;
  ticket->free_result = free_result;
  ticket->done = done;
  ticket->user_data = user_data;
  replace_pending (self, ticket);
  set_busy (self, TRUE);

  return generation;
}

void
dub_compute_slot_set_held (DubComputeSlot *self,
                           gboolean        held)
{
  g_return_if_fail (DUB_IS_COMPUTE_SLOT (self));

  if (self->shared == NULL)
    return;
  g_mutex_lock (&self->shared->mutex);
  self->shared->held = held;
  g_cond_signal (&self->shared->wake);
  g_mutex_unlock (&self->shared->mutex);
}

void
dub_compute_slot_cancel (DubComputeSlot *self)
{
  g_return_if_fail (DUB_IS_COMPUTE_SLOT (self));

  if (self->shared == NULL)
    return;
  self->shared->generation++;
  replace_pending (self, NULL);
  set_busy (self, FALSE);
}

gboolean
dub_compute_slot_get_busy (DubComputeSlot *self)
{
  g_return_val_if_fail (DUB_IS_COMPUTE_SLOT (self), FALSE);

  return self->busy;
}

double
dub_compute_slot_get_progress (DubComputeSlot *self)
{
  g_return_val_if_fail (DUB_IS_COMPUTE_SLOT (self), 0.0);

  return self->shared != NULL ? dub_run_get_progress (self->shared->run) : 0.0;
}

guint
dub_compute_slot_get_n_threads (DubComputeSlot *self)
{
  g_return_val_if_fail (DUB_IS_COMPUTE_SLOT (self), 1);

  return self->shared != NULL ? dub_run_get_n_threads (self->shared->run) : self->n_threads;
}
