#include "ui/model/child.h"

#include "ui/model/stage-words.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "core/base/error.h"

typedef struct {
  GSubprocess      *process;
  GDataInputStream *lines;
  DubJob           *job;
  gulong            cancel_id;
  gboolean          cancelled;
  char             *last; /* the last line that was not JSON: usually says what went wrong */
} DubChild;

static void
child_free (gpointer data)
{
  DubChild *child = data;

  g_clear_signal_handler (&child->cancel_id, child->job);
  g_clear_object (&child->process);
  g_clear_object (&child->lines);
  g_clear_object (&child->job);
  g_free (child->last);
  g_free (child);
}

/* The folder of the running program, or NULL. */
static char *
own_folder (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);

  return self != NULL ? g_path_get_dirname (self) : NULL;
}

char *
dub_child_find (const char *name)
{
  g_autofree char *folder = own_folder ();
  const char *const beside[] = { "", "cli", "../app/cli", "../../app/cli" };

  if (folder != NULL) {
    for (guint i = 0; i < G_N_ELEMENTS (beside); i++) {
      g_autofree char *path = g_build_filename (folder, beside[i], name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE) && !g_file_test (path, G_FILE_TEST_IS_DIR))
        return g_canonicalize_filename (path, NULL);
    }
  }

  return g_find_program_in_path (name);
}

static gboolean
member_double (JsonObject *object,
               const char *name,
               double     *value)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) == G_TYPE_STRING)
    return FALSE;
  *value = json_node_get_double (node);

  return TRUE;
}

void
dub_child_feed (DubJob     *job,
                const char *line)
{
  g_return_if_fail (DUB_IS_JOB (job));

  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root = NULL;

  if (line[0] == '{' && json_parser_load_from_data (parser, line, -1, NULL))
    root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    dub_job_log (job, line);
    return;
  }

  JsonObject *object = json_node_get_object (root);
  JsonNode *message = json_object_get_member (object, "message");
  double value;

  if (message != NULL && JSON_NODE_HOLDS_VALUE (message) && json_node_get_value_type (message) == G_TYPE_STRING) {
    g_autofree char *words = dub_stage_words (json_node_get_string (message));

    dub_job_log (job, json_node_get_string (message));
    dub_job_set_stage (job, words);
  }
  /* An epoch of a network, as training tells it. */
  JsonNode *network = json_object_get_member (object, "run");
  double epoch, n_epochs;

  if (network != NULL && JSON_NODE_HOLDS_VALUE (network) && json_node_get_value_type (network) == G_TYPE_STRING &&
      member_double (object, "epoch", &epoch) && member_double (object, "epochs", &n_epochs)) {
    g_autofree char *words = g_strdup_printf (_("%s, epoch %.0f of %.0f"), json_node_get_string (network), epoch, n_epochs);

    dub_job_set_stage (job, words);
  }
  if (member_double (object, "left", &value))
    dub_job_set_seconds_left (job, value);
  if (member_double (object, "progress", &value))
    dub_job_set_fraction (job, value);
}

static void
finish (GTask    *task,
        gboolean  good)
{
  DubChild *child = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (child->cancelled)
    error = g_error_new_literal (DUB_ERROR, DUB_ERROR_CANCELLED, "The job was stopped.");
  else if (!good)
    error = g_error_new (DUB_ERROR, DUB_ERROR_IO, "%s",
                         child->last != NULL ? child->last : "dubito-cli ended without saying why.");

  dub_job_finish (child->job, error);
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
waited_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GSubprocess *process = G_SUBPROCESS (source);

  g_subprocess_wait_finish (process, result, NULL);
  finish (task, g_subprocess_get_if_exited (process) && g_subprocess_get_exit_status (process) == 0);
}

static void
line_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  DubChild *child = g_task_get_task_data (task);
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (child->lines, result, NULL, NULL);

  if (line == NULL) {
    g_subprocess_wait_async (child->process, NULL, waited_cb, g_steal_pointer (&task));
    return;
  }
  if (line[0] != '{' && line[0] != '\0') {
    /* "dubito-cli demo brain: The disk is full." is for a terminal; a window shows the sentence. */
    const char *colon = g_str_has_prefix (line, "dubito-cli") ? strstr (line, ": ") : NULL;

    g_free (child->last);
    child->last = g_strdup (colon != NULL ? colon + 2 : line);
  }
  dub_child_feed (child->job, line);
  g_data_input_stream_read_line_async (child->lines, G_PRIORITY_DEFAULT, NULL, line_cb, g_steal_pointer (&task));
}

static void
cancel_cb (DubJob   *job,
           DubChild *child)
{
  child->cancelled = TRUE;
  g_subprocess_send_signal (child->process, SIGTERM);
}

/* A window that is killed leaves nobody behind who computes for it. Runs between fork and exec. */
static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

void
dub_child_run_async (const char *const   *argv,
                     DubJob              *job,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_return_if_fail (argv != NULL && argv[0] != NULL);
  g_return_if_fail (DUB_IS_JOB (job));

  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autofree char *program = dub_child_find (argv[0]);
  DubChild *child = g_new0 (DubChild, 1);
  GError *error = NULL;

  child->job = g_object_ref (job);
  g_task_set_task_data (task, child, child_free);

  if (program == NULL) {
    error = g_error_new (DUB_ERROR, DUB_ERROR_IO, "The program %s was not found beside dubito or on PATH.", argv[0]);
  } else {
    g_ptr_array_add (words, program);
    for (guint i = 1; argv[i] != NULL; i++)
      g_ptr_array_add (words, (gpointer) argv[i]);
    g_ptr_array_add (words, NULL);

    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE
                                                                         | G_SUBPROCESS_FLAGS_STDOUT_SILENCE);

    g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
    child->process = g_subprocess_launcher_spawnv (launcher, (const char *const *) words->pdata, &error);
  }
  if (error != NULL) {
    dub_job_finish (job, error);
    g_task_return_error (task, error);
    return;
  }

  child->lines = g_data_input_stream_new (g_subprocess_get_stderr_pipe (child->process));
  child->cancel_id = g_signal_connect (job, "cancel", G_CALLBACK (cancel_cb), child);
  g_data_input_stream_read_line_async (child->lines, G_PRIORITY_DEFAULT, NULL, line_cb, g_steal_pointer (&task));
}

gboolean
dub_child_run_finish (GAsyncResult *result,
                      GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
