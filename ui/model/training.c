#include "ui/model/training.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "ui/model/child.h"

struct _DubTraining {
  GObject      parent_instance;
  DubSession  *session;  /* not owned */
  DubRuns     *runs;
  GSubprocess *process;  /* (nullable): the one that this window started */
  char        *log;      /* where it writes what it has to say */
  DubJob      *job;      /* (nullable) */
  guint        n_done;   /* runs that are done: with one more the study is read again */
  gboolean     stopping;
};

G_DEFINE_FINAL_TYPE (DubTraining, dub_training, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

double
dub_run_summary_seconds_left (const DubRunSummary *run)
{
  guint n = run->epochs->len;

  if (run->state != DUB_RUN_STATE_RUNNING || n == 0)
    return -1.0;

  const DubEpoch *last = &g_array_index (run->epochs, DubEpoch, n - 1);

  return last->seconds / n * (run->n_epochs - MIN (n, run->n_epochs));
}

/* Runs of the families that are being trained: the folds that wait belong to the work that is left. */
static gboolean
is_at_work (DubTraining         *self,
            const DubRunSummary *run)
{
  if (run->state == DUB_RUN_STATE_RUNNING)
    return TRUE;

  for (guint i = 0; i < dub_runs_get_n (self->runs); i++) {
    const DubRunSummary *other = dub_runs_get (self->runs, i);

    if (other->state == DUB_RUN_STATE_RUNNING && strcmp (other->family, run->family) == 0)
      return TRUE;
  }

  return FALSE;
}

double
dub_training_get_fraction (DubTraining *self)
{
  double done = 0.0, planned = 0.0;

  for (guint i = 0; i < dub_runs_get_n (self->runs); i++) {
    const DubRunSummary *run = dub_runs_get (self->runs, i);

    if (!is_at_work (self, run))
      continue;
    planned += run->n_epochs;
    done += run->state == DUB_RUN_STATE_DONE ? run->n_epochs : MIN (run->epochs->len, run->n_epochs);
  }

  return planned > 0.0 ? done / planned : -1.0;
}

double
dub_training_get_seconds_left (DubTraining *self)
{
  double left = 0.0, pace = 0.0, together = 0.0;

  /* Folds that wait need as long as those that run. */
  for (guint i = 0; i < dub_runs_get_n (self->runs); i++) {
    const DubRunSummary *run = dub_runs_get (self->runs, i);
    guint n = run->epochs->len;

    if (!is_at_work (self, run) || run->state == DUB_RUN_STATE_DONE)
      continue;
    left += run->n_epochs - MIN (n, run->n_epochs);
    if (run->state == DUB_RUN_STATE_RUNNING && n > 0) {
      pace += g_array_index (run->epochs, DubEpoch, n - 1).seconds / n;
      together += 1.0;
    }
  }

  return together > 0.0 ? left * (pace / together) / together : -1.0;
}

double
dub_training_get_rate (DubTraining *self)
{
  double rate = 0.0;

  for (guint i = 0; i < dub_runs_get_n (self->runs); i++) {
    const DubRunSummary *run = dub_runs_get (self->runs, i);

    if (run->state == DUB_RUN_STATE_RUNNING && run->epochs->len > 0)
      rate += g_array_index (run->epochs, DubEpoch, run->epochs->len - 1).cases_per_second;
  }

  return rate;
}

gboolean
dub_training_is_running (DubTraining *self)
{
  return self->process != NULL || dub_runs_any_running (self->runs);
}

gboolean
dub_training_can_resume (DubTraining *self)
{
  for (guint i = 0; i < dub_runs_get_n (self->runs); i++) {
    DubRunState state = dub_runs_get (self->runs, i)->state;

    if (state == DUB_RUN_STATE_STOPPED || state == DUB_RUN_STATE_NEW)
      return !dub_training_is_running (self);
  }

  return FALSE;
}

void
dub_training_stop (DubTraining *self)
{
  g_return_if_fail (DUB_IS_TRAINING (self));

  self->stopping = TRUE;
  if (self->process != NULL) {
    g_subprocess_send_signal (self->process, SIGTERM);
    return;
  }
  for (guint i = 0; i < dub_runs_get_n (self->runs); i++) {
    const DubRunSummary *run = dub_runs_get (self->runs, i);

    if (run->state == DUB_RUN_STATE_RUNNING && run->process > 0)
      kill (run->process, SIGTERM);
  }
}

/* --- the job in the window's list --- */

static void
update_job (DubTraining *self)
{
  guint n_running = 0, done = 0, planned = 0;

  if (!dub_training_is_running (self)) {
    if (self->job != NULL) {
      dub_job_finish (self->job, NULL);
      g_clear_object (&self->job);
    }
    return;
  }
  if (self->job == NULL) {
    self->job = dub_job_new (_("Training"));
    dub_job_set_outlives (self->job, TRUE);
    g_signal_connect_object (self->job, "cancel", G_CALLBACK (dub_training_stop), self, G_CONNECT_SWAPPED);
    dub_jobs_add (dub_session_get_jobs (self->session), self->job);
  }

  for (guint i = 0; i < dub_runs_get_n (self->runs); i++) {
    const DubRunSummary *run = dub_runs_get (self->runs, i);

    if (!is_at_work (self, run))
      continue;
    n_running++;
    planned += run->n_epochs;
    done += run->state == DUB_RUN_STATE_DONE ? run->n_epochs : MIN (run->epochs->len, run->n_epochs);
  }

  g_autofree char *title = n_running > 0 ? g_strdup_printf (g_dngettext (NULL, "Training · %u run", "Training · %u runs", n_running), n_running)
                                         : g_strdup (_("Training"));
  g_autofree char *stage = planned > 0 ? g_strdup_printf ("%u / %u", done, planned) : g_strdup (_("Reading the data"));

  dub_job_set_title (self->job, title);
  dub_job_set_stage (self->job, stage);
  dub_job_set_fraction (self->job, planned > 0 ? (double) done / planned : -1.0);
  dub_job_set_seconds_left (self->job, dub_training_get_seconds_left (self));
}

static guint
count_done (DubTraining *self)
{
  guint n = 0;

  for (guint i = 0; i < dub_runs_get_n (self->runs); i++)
    n += dub_runs_get (self->runs, i)->state == DUB_RUN_STATE_DONE;

  return n;
}

static void
runs_changed_cb (DubTraining *self)
{
  guint n_done = count_done (self);
  g_autoptr (GError) error = NULL;

  update_job (self);
  if (n_done != self->n_done) {
    self->n_done = n_done;
    if (!dub_session_renew (self->session, &error))
      dub_session_fail (self->session, _("The study could not be read again"), error);
  }
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- the process --- */

/* What the process said went wrong: its last line that begins with its name, or its last line. */
static char *
last_words (DubTraining *self)
{
  static const char NAME[] = "dubito-cli train: ";
  g_autofree char *text = NULL;

  if (!g_file_get_contents (self->log, &text, NULL, NULL) || g_strchomp (text)[0] == '\0')
    return g_strdup (_("The training ended without a word."));

  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = g_strv_length (lines);

  for (guint i = n; i-- > 0;)
    if (g_str_has_prefix (lines[i], NAME))
      return g_strdup (lines[i] + strlen (NAME));

  return g_strdup (lines[n - 1]);
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (DubTraining) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ended = g_subprocess_wait_finish (G_SUBPROCESS (source), result, &error);
  gboolean good = ended && g_subprocess_get_if_exited (G_SUBPROCESS (source))
                  && g_subprocess_get_exit_status (G_SUBPROCESS (source)) == 0;

  g_clear_object (&self->process);
  if (!good && !self->stopping) {
    g_autofree char *words = last_words (self);
    g_autoptr (GError) failure = g_error_new_literal (DUB_ERROR, DUB_ERROR_IO, words);

    dub_session_fail (self->session, _("The training stopped"), failure);
  }
  self->stopping = FALSE;
  dub_runs_refresh (self->runs);
  runs_changed_cb (self);
}

/* A session of its own: neither the terminal nor the window takes it along. */
static void
child_setup (gpointer data)
{
  setsid ();
}

gboolean
dub_training_start (DubTraining        *self,
                    const char *const  *arguments,
                    GError            **error)
{
  g_return_val_if_fail (DUB_IS_TRAINING (self), FALSE);

  DubStudy *study = dub_session_get_study (self->session);
  g_autofree char *program = dub_child_find ("dubito-cli");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);

  if (study == NULL || study->folder == NULL) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("Save the study first: networks are trained into its folder."));
    return FALSE;
  }
  if (dub_training_is_running (self)) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("A training is running; wait for it or stop it first."));
    return FALSE;
  }
  if (program == NULL) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_IO, _("The program dubito-cli was not found beside this one; install both."));
    return FALSE;
  }

  g_strv_builder_add_many (builder, program, "train", "--out", study->folder, "--progress", "none", NULL);
  g_strv_builder_addv (builder, (const char **) arguments);

  g_auto (GStrv) argv = g_strv_builder_end (builder);

  g_free (self->log);
  self->log = g_build_filename (study->folder, "training.log", NULL);
  g_unlink (self->log);
  g_subprocess_launcher_set_stderr_file_path (launcher, self->log);
  g_subprocess_launcher_set_child_setup (launcher, child_setup, NULL, NULL);
  self->process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, error);
  if (self->process == NULL)
    return FALSE;
  self->stopping = FALSE;
  g_subprocess_wait_async (self->process, NULL, ended_cb, g_object_ref (self));
  runs_changed_cb (self);

  return TRUE;
}

gboolean
dub_training_resume (DubTraining  *self,
                     GError      **error)
{
  const char *const arguments[] = { "--resume", NULL };

  return dub_training_start (self, arguments, error);
}

DubRuns *
dub_training_get_runs (DubTraining *self)
{
  g_return_val_if_fail (DUB_IS_TRAINING (self), NULL);

  return self->runs;
}

static void
study_changed_cb (DubTraining *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  gboolean has_data = study != NULL && study->data != NULL && study->folder != NULL;
  g_autofree char *models = has_data ? g_build_filename (study->folder, "models", NULL) : NULL;

  g_clear_object (&self->process);
  if (self->job != NULL) {
    dub_job_finish (self->job, NULL);
    g_clear_object (&self->job);
  }
  g_signal_handlers_block_by_func (self->runs, runs_changed_cb, self);
  dub_runs_set_folder (self->runs, models);
  dub_runs_set_watching (self->runs, has_data);
  g_signal_handlers_unblock_by_func (self->runs, runs_changed_cb, self);
  self->n_done = count_done (self);
  runs_changed_cb (self);
}

static void
dub_training_finalize (GObject *object)
{
  DubTraining *self = DUB_TRAINING (object);

  g_clear_object (&self->process);
  g_clear_object (&self->job);
  g_clear_object (&self->runs);
  g_free (self->log);

  G_OBJECT_CLASS (dub_training_parent_class)->finalize (object);
}

static void
dub_training_class_init (DubTrainingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dub_training_finalize;
  signals[CHANGED] = g_signal_new ("changed", DUB_TYPE_TRAINING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dub_training_init (DubTraining *self)
{
  self->runs = dub_runs_new ();
  g_signal_connect_object (self->runs, "changed", G_CALLBACK (runs_changed_cb), self, G_CONNECT_SWAPPED);
}

DubTraining *
dub_training_of_session (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  DubTraining *self = g_object_get_data (G_OBJECT (session), "dub-training");

  if (self != NULL)
    return self;
  self = g_object_new (DUB_TYPE_TRAINING, NULL);
  self->session = session;
  g_object_set_data_full (G_OBJECT (session), "dub-training", self, g_object_unref);
  g_signal_connect_object (session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);

  return self;
}
