#include "ui/model/runs.h"

#include <string.h>

enum { INTERVAL_MS = 700 };

struct _DubRuns {
  GObject    parent_instance;
  char      *folder;  /* (nullable) */
  GPtrArray *runs;    /* of DubRunSummary */
  char      *stamp;   /* of what is shown: a change of it is worth a signal */
  guint      source;
};

G_DEFINE_FINAL_TYPE (DubRuns, dub_runs, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static int
compare_runs (gconstpointer a,
              gconstpointer b)
{
  const DubRunSummary *first = *(const DubRunSummary *const *) a, *second = *(const DubRunSummary *const *) b;
  gboolean first_runs = first->state == DUB_RUN_STATE_RUNNING, second_runs = second->state == DUB_RUN_STATE_RUNNING;
  int order = (int) second_runs - (int) first_runs;

  if (order == 0)
    order = strcmp (first->family, second->family);
  if (order == 0)
    order = first->fold - second->fold;

  return order != 0 ? order : strcmp (first->id, second->id);
}

static char *
stamp_of (GPtrArray *runs)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < runs->len; i++) {
    const DubRunSummary *run = runs->pdata[i];

    g_string_append_printf (text, "%s %d %u %u %d\n", run->id, run->state, run->n_epochs, run->epochs->len, run->best);
  }

  return g_string_free (text, FALSE);
}

gboolean
dub_runs_refresh (DubRuns *self)
{
  g_return_val_if_fail (DUB_IS_RUNS (self), FALSE);

  g_autoptr (GPtrArray) runs = self->folder != NULL
                                 ? dub_run_summary_list (self->folder, NULL)
                                 : g_ptr_array_new_with_free_func ((GDestroyNotify) dub_run_summary_free);

  g_ptr_array_sort (runs, compare_runs);

  g_autofree char *stamp = stamp_of (runs);

  if (g_strcmp0 (stamp, self->stamp) == 0)
    return FALSE;
  g_ptr_array_unref (self->runs);
  self->runs = g_steal_pointer (&runs);
  g_free (self->stamp);
  self->stamp = g_steal_pointer (&stamp);
  g_signal_emit (self, signals[CHANGED], 0);

  return TRUE;
}

void
dub_runs_set_folder (DubRuns    *self,
                     const char *folder)
{
  g_return_if_fail (DUB_IS_RUNS (self));

  g_free (self->folder);
  self->folder = g_strdup (folder);
  dub_runs_refresh (self);
}

static gboolean
look_cb (gpointer data)
{
  dub_runs_refresh (data);

  return G_SOURCE_CONTINUE;
}

void
dub_runs_set_watching (DubRuns  *self,
                       gboolean  watching)
{
  g_return_if_fail (DUB_IS_RUNS (self));

  if (!watching) {
    g_clear_handle_id (&self->source, g_source_remove);
  } else if (self->source == 0) {
    self->source = g_timeout_add (INTERVAL_MS, look_cb, self);
    dub_runs_refresh (self);
  }
}

guint
dub_runs_get_n (DubRuns *self)
{
  return self->runs->len;
}

const DubRunSummary *
dub_runs_get (DubRuns *self,
              guint    index)
{
  g_return_val_if_fail (index < self->runs->len, NULL);

  return self->runs->pdata[index];
}

const DubRunSummary *
dub_runs_find (DubRuns    *self,
               const char *id)
{
  for (guint i = 0; i < self->runs->len; i++)
    if (g_strcmp0 (((const DubRunSummary *) self->runs->pdata[i])->id, id) == 0)
      return self->runs->pdata[i];

  return NULL;
}

static int
compare_folds (gconstpointer a,
               gconstpointer b)
{
  const DubRunSummary *first = *(const DubRunSummary *const *) a, *second = *(const DubRunSummary *const *) b;

  return first->fold != second->fold ? first->fold - second->fold : strcmp (first->id, second->id);
}

GPtrArray *
dub_runs_of_family (DubRuns    *self,
                    const char *family)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < self->runs->len; i++)
    if (family == NULL || strcmp (((const DubRunSummary *) self->runs->pdata[i])->family, family) == 0)
      g_ptr_array_add (list, self->runs->pdata[i]);
  g_ptr_array_sort (list, compare_folds);

  return list;
}

GPtrArray *
dub_runs_families (DubRuns *self)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < self->runs->len; i++) {
    char *family = ((const DubRunSummary *) self->runs->pdata[i])->family;

    if (!g_ptr_array_find_with_equal_func (list, family, g_str_equal, NULL))
      g_ptr_array_add (list, family);
  }

  return list;
}

gboolean
dub_runs_any_running (DubRuns *self)
{
  return self->runs->len > 0 && dub_runs_get (self, 0)->state == DUB_RUN_STATE_RUNNING;
}

static void
dub_runs_finalize (GObject *object)
{
  DubRuns *self = DUB_RUNS (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_ptr_array_unref (self->runs);
  g_free (self->stamp);
  g_free (self->folder);

  G_OBJECT_CLASS (dub_runs_parent_class)->finalize (object);
}

static void
dub_runs_class_init (DubRunsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dub_runs_finalize;
  signals[CHANGED] = g_signal_new ("changed", DUB_TYPE_RUNS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dub_runs_init (DubRuns *self)
{
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_run_summary_free);
}

DubRuns *
dub_runs_new (void)
{
  return g_object_new (DUB_TYPE_RUNS, NULL);
}
