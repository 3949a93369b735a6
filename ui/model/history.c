#include "ui/model/history.h"

enum { MAX_COMMITS = 500 };
static const gint64 MERGE_WINDOW = G_USEC_PER_SEC;

/* After a merge, undo belongs to the first commit of the drag and redo to the
 * last, so each side holds a reference to the data it was committed with. */
typedef struct {
  gatomicrefcount ref_count;
  gpointer        data;
  GDestroyNotify  destroy;
} DubHistoryData;

typedef struct {
  char           *label;
  char           *merge_key;
  gint64          time;
  DubHistoryFunc  undo;
  DubHistoryFunc  redo;
  DubHistoryData *undo_data;
  DubHistoryData *redo_data;
} DubCommit;

struct _DubHistory {
  GObject    parent_instance;
  GPtrArray *commits; /* of DubCommit *, oldest first */
  guint      n_done;  /* commits [0, n_done) are in effect */
  gboolean   replaying;
};

G_DEFINE_FINAL_TYPE (DubHistory, dub_history, G_TYPE_OBJECT)

enum { PROP_0, PROP_CAN_UNDO, PROP_CAN_REDO, PROP_UNDO_LABEL, PROP_REDO_LABEL, N_PROPS };
static GParamSpec *props[N_PROPS];

static DubHistoryData *
history_data_new (gpointer       data,
                  GDestroyNotify destroy)
{
  DubHistoryData *self = g_new0 (DubHistoryData, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->data = data;
  self->destroy = destroy;

  return self;
}

static DubHistoryData *
history_data_ref (DubHistoryData *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

static void
history_data_unref (DubHistoryData *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_free (self);
}

static void
commit_free (DubCommit *commit)
{
  history_data_unref (commit->undo_data);
  history_data_unref (commit->redo_data);
  g_free (commit->label);
  g_free (commit->merge_key);
  g_free (commit);
}

static void
notify_all (DubHistory *self)
{
  for (int i = 1; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

static void
dub_history_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  DubHistory *self = DUB_HISTORY (object);

  switch (prop_id) {
  case PROP_CAN_UNDO:
    g_value_set_boolean (value, dub_history_get_can_undo (self));
    break;
  case PROP_CAN_REDO:
    g_value_set_boolean (value, dub_history_get_can_redo (self));
    break;
  case PROP_UNDO_LABEL:
    g_value_set_string (value, dub_history_get_undo_label (self));
    break;
  case PROP_REDO_LABEL:
    g_value_set_string (value, dub_history_get_redo_label (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_history_finalize (GObject *object)
{
  g_ptr_array_unref (DUB_HISTORY (object)->commits);
  G_OBJECT_CLASS (dub_history_parent_class)->finalize (object);
}

static void
dub_history_class_init (DubHistoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = dub_history_get_property;
  object_class->finalize = dub_history_finalize;

  props[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);
  props[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, flags);
  props[PROP_UNDO_LABEL] = g_param_spec_string ("undo-label", NULL, NULL, NULL, flags);
  props[PROP_REDO_LABEL] = g_param_spec_string ("redo-label", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
dub_history_init (DubHistory *self)
{
  self->commits = g_ptr_array_new_with_free_func ((GDestroyNotify) commit_free);
}

DubHistory *
dub_history_new (void)
{
  return g_object_new (DUB_TYPE_HISTORY, NULL);
}

void
dub_history_commit (DubHistory     *self,
                    const char     *label,
                    const char     *merge_key,
                    DubHistoryFunc  undo,
                    DubHistoryFunc  redo,
                    gpointer        data,
                    GDestroyNotify  destroy)
{
  g_return_if_fail (DUB_IS_HISTORY (self));

  if (self->replaying) {
    if (destroy != NULL)
      destroy (data);
    return;
  }

  DubHistoryData *shared = history_data_new (data, destroy);
  gint64 now = g_get_monotonic_time ();

  if (self->n_done < self->commits->len)
    g_ptr_array_set_size (self->commits, (int) self->n_done);

  DubCommit *last = self->n_done > 0 ? g_ptr_array_index (self->commits, self->n_done - 1) : NULL;

  if (last != NULL && merge_key != NULL && g_strcmp0 (last->merge_key, merge_key) == 0
      && now - last->time < MERGE_WINDOW) {
    history_data_unref (last->redo_data);
    last->redo = redo;
    last->redo_data = shared;
    last->time = now;
  } else {
    DubCommit *commit = g_new0 (DubCommit, 1);

    commit->label = g_strdup (label);
    commit->merge_key = g_strdup (merge_key);
    commit->time = now;
    commit->undo = undo;
    commit->redo = redo;
    commit->undo_data = history_data_ref (shared);
    commit->redo_data = shared;
    g_ptr_array_add (self->commits, commit);
    if (self->commits->len > MAX_COMMITS)
      g_ptr_array_remove_index (self->commits, 0);
    self->n_done = self->commits->len;
  }

  notify_all (self);
}

gboolean
dub_history_undo (DubHistory *self)
{
  g_return_val_if_fail (DUB_IS_HISTORY (self), FALSE);

  if (self->n_done == 0 || self->replaying)
    return FALSE;

  DubCommit *commit = g_ptr_array_index (self->commits, --self->n_done);

  self->replaying = TRUE;
  commit->time = 0;
  commit->undo (commit->undo_data->data);
  self->replaying = FALSE;
  notify_all (self);

  return TRUE;
}

gboolean
dub_history_redo (DubHistory *self)
{
  g_return_val_if_fail (DUB_IS_HISTORY (self), FALSE);

  if (self->n_done >= self->commits->len || self->replaying)
    return FALSE;

  DubCommit *commit = g_ptr_array_index (self->commits, self->n_done++);

  self->replaying = TRUE;
  commit->redo (commit->redo_data->data);
  self->replaying = FALSE;
  notify_all (self);

  return TRUE;
}

void
dub_history_clear (DubHistory *self)
{
  g_return_if_fail (DUB_IS_HISTORY (self));

  /* A closure that closes its study must not free the commit it runs in. */
  if (self->replaying)
    return;
  self->n_done = 0;
  g_ptr_array_set_size (self->commits, 0);
  notify_all (self);
}

gboolean
dub_history_get_can_undo (DubHistory *self)
{
  return self->n_done > 0;
}

gboolean
dub_history_get_can_redo (DubHistory *self)
{
  return self->n_done < self->commits->len;
}

const char *
dub_history_get_undo_label (DubHistory *self)
{
  if (self->n_done == 0)
    return NULL;

  DubCommit *commit = g_ptr_array_index (self->commits, self->n_done - 1);

  return commit->label;
}

const char *
dub_history_get_redo_label (DubHistory *self)
{
  if (self->n_done >= self->commits->len)
    return NULL;

  DubCommit *commit = g_ptr_array_index (self->commits, self->n_done);

  return commit->label;
}
