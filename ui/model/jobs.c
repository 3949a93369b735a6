#include "ui/model/jobs.h"

struct _DubJobs {
  GObject    parent_instance;
  GPtrArray *jobs; /* of DubJob *, newest first */
};

static GType
dub_jobs_get_item_type (GListModel *model)
{
  return DUB_TYPE_JOB;
}

static guint
dub_jobs_get_n_items (GListModel *model)
{
  return DUB_JOBS (model)->jobs->len;
}

static gpointer
dub_jobs_get_item (GListModel *model,
                   guint       position)
{
  DubJobs *self = DUB_JOBS (model);

  return position < self->jobs->len ? g_object_ref (g_ptr_array_index (self->jobs, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = dub_jobs_get_item_type;
  iface->get_n_items = dub_jobs_get_n_items;
  iface->get_item = dub_jobs_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (DubJobs, dub_jobs, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
job_state_cb (DubJob     *job,
              GParamSpec *pspec,
              DubJobs    *self)
{
  guint position;

  if (!dub_job_is_over (job) || !g_ptr_array_find (self->jobs, job, &position))
    return;
  g_signal_handlers_disconnect_by_func (job, job_state_cb, self);
  g_ptr_array_remove_index (self->jobs, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

static void
dub_jobs_finalize (GObject *object)
{
  DubJobs *self = DUB_JOBS (object);

  for (guint i = 0; i < self->jobs->len; i++)
    g_signal_handlers_disconnect_by_func (g_ptr_array_index (self->jobs, i), job_state_cb, self);
  g_ptr_array_unref (self->jobs);

  G_OBJECT_CLASS (dub_jobs_parent_class)->finalize (object);
}

static void
dub_jobs_class_init (DubJobsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dub_jobs_finalize;
}

static void
dub_jobs_init (DubJobs *self)
{
  self->jobs = g_ptr_array_new_with_free_func (g_object_unref);
}

DubJobs *
dub_jobs_new (void)
{
  return g_object_new (DUB_TYPE_JOBS, NULL);
}

void
dub_jobs_add (DubJobs *self,
              DubJob  *job)
{
  g_return_if_fail (DUB_IS_JOBS (self));
  g_return_if_fail (DUB_IS_JOB (job));

  if (dub_job_is_over (job))
    return;
  g_ptr_array_insert (self->jobs, 0, g_object_ref (job));
  g_signal_connect (job, "notify::state", G_CALLBACK (job_state_cb), self);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, 1);
}

void
dub_jobs_cancel_all (DubJobs *self)
{
  g_return_if_fail (DUB_IS_JOBS (self));

  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->jobs->len; i++)
    g_ptr_array_add (jobs, g_object_ref (g_ptr_array_index (self->jobs, i)));
  for (guint i = 0; i < jobs->len; i++)
    if (!dub_job_get_outlives (g_ptr_array_index (jobs, i)))
      dub_job_cancel (g_ptr_array_index (jobs, i));
}
