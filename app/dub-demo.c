#include "app/dub-demo.h"

#include <glib/gi18n.h>

#include "core/train/run-folder.h"
#include "ui/model/child.h"

struct _DubDemo {
  GObject      parent_instance;
  DubDemoKind  kind;
  DubJobs     *jobs;
  DubJob      *job;
  char        *folder;
};

static const struct {
  const char *command;  /* of dubito-cli demo */
  const char *option;   /* (nullable) */
  const char *folder;
  const char *title;
} DEMOS[DUB_N_DEMOS] = {
  [DUB_DEMO_BRAIN] = { "brain", NULL, "brain-demo.dubito", N_("Brain demo") },
  [DUB_DEMO_LESIONS] = { "lesions", "--train", "lesions-demo.dubito", N_("Lesions demo") },
};

G_DEFINE_FINAL_TYPE (DubDemo, dub_demo, G_TYPE_OBJECT)

enum { CHANGED, MADE, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
dub_demo_dispose (GObject *object)
{
  DubDemo *self = DUB_DEMO (object);

  g_clear_object (&self->job);
  g_clear_object (&self->jobs);

  G_OBJECT_CLASS (dub_demo_parent_class)->dispose (object);
}

static void
dub_demo_finalize (GObject *object)
{
  g_free (DUB_DEMO (object)->folder);
  G_OBJECT_CLASS (dub_demo_parent_class)->finalize (object);
}

static void
dub_demo_class_init (DubDemoClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dub_demo_dispose;
  G_OBJECT_CLASS (klass)->finalize = dub_demo_finalize;

  signals[CHANGED] = g_signal_new ("changed", DUB_TYPE_DEMO, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MADE] = g_signal_new ("made", DUB_TYPE_DEMO, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
dub_demo_init (DubDemo *self)
{
}

DubDemo *
dub_demo_new (DubJobs     *jobs,
              DubDemoKind  kind)
{
  DubDemo *self = g_object_new (DUB_TYPE_DEMO, NULL);

  self->kind = kind;
  self->jobs = g_object_ref (jobs);
  self->folder = g_build_filename (g_get_user_data_dir (), "dubito", DEMOS[kind].folder, NULL);

  return self;
}

DubDemoKind
dub_demo_get_kind (DubDemo *self)
{
  return self->kind;
}

const char *
dub_demo_get_folder (DubDemo *self)
{
  return self->folder;
}

/* TRUE where every run is done. A study that is made in one piece has none. */
static gboolean
is_trained (const char *folder)
{
  g_autofree char *models = g_build_filename (folder, "models", NULL);
  g_autoptr (GPtrArray) runs = dub_run_summary_list (models, NULL);
  gboolean done = runs->len > 0;

  for (guint i = 0; i < runs->len; i++)
    done = done && ((const DubRunSummary *) g_ptr_array_index (runs, i))->state == DUB_RUN_STATE_DONE;

  return done;
}

DubDemoState
dub_demo_get_state (DubDemo *self)
{
  g_autofree char *study = g_build_filename (self->folder, "study.json", NULL);
  g_autofree char *truth = g_build_filename (self->folder, "truth.csv", NULL);

  if (self->kind == DUB_DEMO_BRAIN)
    return self->job == NULL && g_file_test (study, G_FILE_TEST_IS_REGULAR) ? DUB_DEMO_READY : DUB_DEMO_ABSENT;
  if (!g_file_test (truth, G_FILE_TEST_IS_REGULAR))
    return DUB_DEMO_ABSENT;

  return self->job == NULL && g_file_test (study, G_FILE_TEST_IS_REGULAR) && is_trained (self->folder) ? DUB_DEMO_READY
                                                                                                         : DUB_DEMO_BEGUN;
}

DubJob *
dub_demo_get_job (DubDemo *self)
{
  return self->job;
}

static void
made_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (DubDemo) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean good = dub_child_run_finish (result, &error);

  g_clear_object (&self->job);
  g_signal_emit (self, signals[CHANGED], 0);
  if (good)
    g_signal_emit (self, signals[MADE], 0, NULL);
  else if (!g_error_matches (error, DUB_ERROR, DUB_ERROR_CANCELLED))
    g_signal_emit (self, signals[MADE], 0, error->message);
}

void
dub_demo_make (DubDemo *self)
{
  const char *argv[] = { "dubito-cli", "demo", DEMOS[self->kind].command, self->folder, "--progress=json",
                         DEMOS[self->kind].option, NULL };

  if (self->job != NULL)
    return;

  g_autofree char *parent = g_path_get_dirname (self->folder);

  g_mkdir_with_parents (parent, 0700);
  self->job = dub_job_new (_(DEMOS[self->kind].title));
  dub_jobs_add (self->jobs, self->job);
  g_signal_emit (self, signals[CHANGED], 0);
  dub_child_run_async (argv, self->job, made_cb, g_object_ref (self));
}
