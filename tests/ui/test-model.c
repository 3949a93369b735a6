/* The models behind the window: undo, jobs, the compute slot, the session, settings. */
#include "core/base/error.h"
#include "ui/model/child.h"
#include "ui/model/session.h"

typedef struct {
  int *value;
  int  before;
  int  after;
} Change;

static int n_freed;

static void
change_undo (gpointer data)
{
  Change *change = data;

  *change->value = change->before;
}

static void
change_redo (gpointer data)
{
  Change *change = data;

  *change->value = change->after;
}

static void
change_free (gpointer data)
{
  n_freed++;
  g_free (data);
}

static void
set_value (DubHistory *history,
           int        *value,
           int         after,
           const char *key)
{
  Change *change = g_new0 (Change, 1);

  change->value = value;
  change->before = *value;
  change->after = after;
  *value = after;
  dub_history_commit (history, "Set", key, change_undo, change_redo, change, change_free);
}

static void
test_history (void)
{
  g_autoptr (DubHistory) history = dub_history_new ();
  int value = 0;

  n_freed = 0;
  set_value (history, &value, 1, NULL);
  set_value (history, &value, 2, NULL);
  g_assert_cmpstr (dub_history_get_undo_label (history), ==, "Set");
  g_assert_true (dub_history_undo (history));
  g_assert_cmpint (value, ==, 1);
  g_assert_true (dub_history_undo (history));
  g_assert_cmpint (value, ==, 0);
  g_assert_false (dub_history_undo (history));
  g_assert_true (dub_history_redo (history));
  g_assert_cmpint (value, ==, 1);

  /* A new change forgets what was undone. */
  set_value (history, &value, 5, NULL);
  g_assert_cmpint (n_freed, ==, 1);
  g_assert_false (dub_history_get_can_redo (history));
  g_assert_true (dub_history_undo (history));
  g_assert_cmpint (value, ==, 1);
  dub_history_clear (history);
  g_assert_cmpint (n_freed, ==, 3);
}

/* A drag is one entry: undo goes to where it began, redo to where it ended. */
static void
test_history_merge (void)
{
  g_autoptr (DubHistory) history = dub_history_new ();
  int value = 0;

  for (int i = 1; i <= 10; i++)
    set_value (history, &value, i, "lambda1");
  dub_history_undo (history);
  g_assert_cmpint (value, ==, 0);
  g_assert_false (dub_history_get_can_undo (history));
  dub_history_redo (history);
  g_assert_cmpint (value, ==, 10);
  /* After an undo or redo the next move is an entry of its own. */
  set_value (history, &value, 11, "lambda2");
  dub_history_undo (history);
  g_assert_cmpint (value, ==, 10);
}

static void
commit_inside (gpointer data)
{
  dub_history_commit (data, "Inner", NULL, commit_inside, commit_inside, data, NULL);
}

static void
test_history_replay (void)
{
  g_autoptr (DubHistory) history = dub_history_new ();

  dub_history_commit (history, "Outer", NULL, commit_inside, commit_inside, history, NULL);
  g_assert_true (dub_history_undo (history));
  g_assert_false (dub_history_get_can_undo (history));
  g_assert_true (dub_history_get_can_redo (history));
}

typedef struct {
  int   order;     /* of the done callback, 0 = never */
  int   value;
  guint cancelled; /* the function saw the cancel flag */
} Outcome;

static int n_done, n_data, n_results;

static void
free_data (gpointer data)
{
  n_data--;
  g_free (data);
}

static void
free_result (gpointer data)
{
  n_results--;
  g_free (data);
}

static gpointer
square (DubRun   *run,
        gpointer  data,
        GError  **error)
{
  int *result = g_new (int, 1);

  *result = *(int *) data * *(int *) data;
  g_atomic_int_inc (&n_results);

  return result;
}

/* Runs until it is cancelled, for at most 10 s. */
static gpointer
wait_for_cancel (DubRun   *run,
                 gpointer  data,
                 GError  **error)
{
  for (int i = 0; i < 10000; i++) {
    if (dub_run_check_cancelled (run, error))
      return NULL;
    g_usleep (1000);
  }

  return NULL;
}

static void
done_cb (gpointer     *result,
         const GError *error,
         gpointer      user_data)
{
  Outcome *outcome = user_data;

  outcome->order = ++n_done;
  if (*result != NULL)
    outcome->value = *(int *) *result;
}

static void
submit (DubComputeSlot *slot,
        DubComputeFunc  func,
        int             value,
        Outcome        *outcome)
{
  int *data = g_new (int, 1);

  *data = value;
  n_data++;
  dub_compute_slot_submit (slot, func, data, free_data, free_result, done_cb, outcome);
}

static void
iterate_until_idle (DubComputeSlot *slot)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (dub_compute_slot_get_busy (slot) && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  g_assert_false (dub_compute_slot_get_busy (slot));
}

static void
test_slot_latest_wins (void)
{
  DubComputeSlot *slot = dub_compute_slot_new (1);
  Outcome first = { 0 }, second = { 0 }, third = { 0 };

  n_done = n_data = n_results = 0;
  submit (slot, wait_for_cancel, 1, &first);
  g_usleep (20000);
  submit (slot, square, 2, &second);
  submit (slot, square, 3, &third);
  iterate_until_idle (slot);

  g_assert_cmpint (first.order, ==, 0);
  g_assert_cmpint (second.order, ==, 0);
  g_assert_cmpint (third.order, ==, 1);
  g_assert_cmpint (third.value, ==, 9);
  g_assert_cmpint (n_data, ==, 0);
  g_assert_cmpint (n_results, ==, 0);
  g_assert_finalize_object (slot);
}

/* A result that is finished but not yet delivered is dropped by the next submission. */
static void
test_slot_late_result (void)
{
  DubComputeSlot *slot = dub_compute_slot_new (1);
  Outcome late = { 0 }, fresh = { 0 };

  n_done = n_data = n_results = 0;
  submit (slot, square, 4, &late);
  g_usleep (50000);
  submit (slot, square, 5, &fresh);
  iterate_until_idle (slot);
  g_assert_cmpint (late.order, ==, 0);
  g_assert_cmpint (fresh.value, ==, 25);
  g_assert_cmpint (n_data, ==, 0);
  g_assert_cmpint (n_results, ==, 0);
  g_assert_finalize_object (slot);
}

static void
test_slot_cancel_and_dispose (void)
{
  DubComputeSlot *slot = dub_compute_slot_new (2);
  Outcome outcome = { 0 };
  gint64 start;

  n_done = n_data = n_results = 0;
  submit (slot, wait_for_cancel, 1, &outcome);
  g_usleep (20000);
  dub_compute_slot_cancel (slot);
  g_assert_false (dub_compute_slot_get_busy (slot));
  submit (slot, wait_for_cancel, 1, &outcome);
  g_usleep (20000);

  start = g_get_monotonic_time ();
  g_assert_finalize_object (slot);
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC / 2);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (outcome.order, ==, 0);
  g_assert_cmpint (n_data, ==, 0);
}

/* What is submitted to a held slot waits, the latest only, and can be taken back. */
static void
test_slot_held (void)
{
  DubComputeSlot *slot = dub_compute_slot_new (1);
  Outcome first = { 0 }, second = { 0 }, dropped = { 0 };

  n_done = n_data = n_results = 0;
  dub_compute_slot_set_held (slot, TRUE);
  submit (slot, square, 2, &first);
  submit (slot, square, 3, &second);
  g_usleep (20000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (dub_compute_slot_get_busy (slot));
  g_assert_cmpint (n_done, ==, 0);
  dub_compute_slot_set_held (slot, FALSE);
  iterate_until_idle (slot);
  g_assert_cmpint (first.order, ==, 0);
  g_assert_cmpint (second.value, ==, 9);

  dub_compute_slot_set_held (slot, TRUE);
  submit (slot, square, 4, &dropped);
  dub_compute_slot_cancel (slot);
  submit (slot, square, 5, &dropped);
  g_assert_finalize_object (slot);
  g_assert_cmpint (dropped.order, ==, 0);
  g_assert_cmpint (n_data, ==, 0);
  g_assert_cmpint (n_results, ==, 0);
}

static void
count_cb (int *n)
{
  ++*n;
}

static void
test_jobs (void)
{
  DubJobs *jobs = dub_jobs_new ();
  DubJob *a = dub_job_new ("a"), *b = dub_job_new ("b");
  g_autoptr (GError) error = g_error_new_literal (DUB_ERROR, DUB_ERROR_IO, "No space is left.");
  int n_cancels = 0;

  dub_jobs_add (jobs, a);
  dub_jobs_add (jobs, b);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (jobs)), ==, 2);

  g_signal_connect_swapped (a, "cancel", G_CALLBACK (count_cb), &n_cancels);
  dub_jobs_cancel_all (jobs);
  dub_job_cancel (a);
  g_assert_cmpint (n_cancels, ==, 1);
  g_assert_cmpint (dub_job_get_state (a), ==, DUB_JOB_RUNNING);

  dub_job_finish (a, NULL);
  g_assert_cmpint (dub_job_get_state (a), ==, DUB_JOB_DONE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (jobs)), ==, 1);
  dub_job_finish (b, error);
  g_assert_cmpint (dub_job_get_state (b), ==, DUB_JOB_FAILED);
  g_assert_cmpstr (dub_job_get_error_message (b), ==, "No space is left.");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (jobs)), ==, 0);

  g_assert_finalize_object (a);
  g_assert_finalize_object (b);
  g_assert_finalize_object (jobs);
}

static void
test_child_lines (void)
{
  g_autoptr (DubJob) job = dub_job_new ("demo");

  dub_child_feed (job, "{\"message\": \"Training\"}");
  dub_child_feed (job, "{\"progress\": 0.25, \"seconds\": 10.0, \"left\": 30.0}");
  g_assert_cmpstr (dub_job_get_stage (job), ==, "Training");
  g_assert_cmpfloat (dub_job_get_fraction (job), ==, 0.25);
  g_assert_cmpfloat (dub_job_get_seconds_left (job), ==, 30.0);
  dub_child_feed (job, "{\"epoch\": 3, \"run\": \"ce-f1\", \"epochs\": 30, \"validation_loss\": 0.5}");
  g_assert_cmpstr (dub_job_get_stage (job), ==, "ce-f1, epoch 3 of 30");
  g_assert_cmpfloat (dub_job_get_fraction (job), ==, 0.25);
  /* Whatever else comes is kept and breaks nothing. */
  dub_child_feed (job, "{\"epoch\": \"3\", \"run\": 7, \"epochs\": null}");
  dub_child_feed (job, "{\"progress\": ");
  dub_child_feed (job, "{\"progress\": \"much\", \"left\": null}");
  dub_child_feed (job, "[1, 2]");
  dub_child_feed (job, "");
  g_assert_cmpfloat (dub_job_get_fraction (job), ==, 0.25);
  g_assert_nonnull (strstr (dub_job_get_log (job), "[1, 2]"));
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  GError **error = user_data;

  if (dub_child_run_finish (result, error))
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "ended well");
}

static void
test_child_run (void)
{
  const char *good[] = { "sh", "-c", "echo '{\"progress\": 0.5}' >&2", NULL };
  const char *bad[] = { "sh", "-c", "echo 'The disk is full.' >&2; exit 1", NULL };
  const char *endless[] = { "sleep", "100", NULL };
  const char *absent[] = { "dubito-no-such-program", NULL };
  const char *const *runs[] = { good, bad, endless, absent };
  const char *messages[] = { "ended well", "The disk is full.", "The job was stopped.", NULL };
  DubJobState states[] = { DUB_JOB_DONE, DUB_JOB_FAILED, DUB_JOB_CANCELLED, DUB_JOB_FAILED };

  for (guint i = 0; i < G_N_ELEMENTS (runs); i++) {
    g_autoptr (DubJob) job = dub_job_new ("child");
    g_autoptr (GError) error = NULL;

    dub_child_run_async (runs[i], job, ended_cb, &error);
    if (runs[i] == endless)
      dub_job_cancel (job);
    while (error == NULL)
      g_main_context_iteration (NULL, TRUE);
    if (messages[i] != NULL)
      g_assert_cmpstr (error->message, ==, messages[i]);
    g_assert_cmpint (dub_job_get_state (job), ==, states[i]);
  }
}

static DubStudy *
make_study (guint n_cases,
            guint n_models)
{
  DubStudy *study = dub_study_new ("Test");

  for (guint i = 0; i < n_cases; i++) {
    g_autofree char *id = g_strdup_printf ("sub-%u", i);

    dub_study_add_case (study, id, "/nowhere/volume.nii", -1);
  }
  for (guint i = 0; i < n_models; i++) {
    g_autofree char *id = g_strdup_printf ("net-%u", i);

    dub_study_add_model (study, id, "/nowhere/network.onnx", (DubPreprocess) { 0 });
  }

  return study;
}

static void
test_session_selection (void)
{
  DubSession *session = dub_session_new (NULL);
  g_autoptr (DubStudy) study = make_study (4, 2);
  gboolean back, forward;
  int n_case = 0, n_model = 0;

  dub_session_set_study (session, study);
  g_assert_cmpint (dub_session_get_case_index (session), ==, 0);
  g_assert_cmpint (dub_session_get_model_index (session), ==, 0);
  g_object_get (session, "can-go-back", &back, "can-go-forward", &forward, NULL);
  g_assert_false (back);
  g_assert_false (forward);

  g_signal_connect_swapped (session, "notify::case-index", G_CALLBACK (count_cb), &n_case);
  g_signal_connect_swapped (session, "notify::model-index", G_CALLBACK (count_cb), &n_model);
  dub_session_select (session, 2, -1);
  dub_session_select (session, -1, 1);
  dub_session_select (session, -1, 1);
  g_assert_cmpint (n_case, ==, 1);
  g_assert_cmpint (n_model, ==, 1);
  g_assert_cmpstr (dub_session_get_case (session)->id, ==, "sub-2");
  g_assert_cmpstr (dub_session_get_model (session)->id, ==, "net-1");

  dub_session_go_back (session);
  g_assert_cmpint (dub_session_get_model_index (session), ==, 0);
  dub_session_go_back (session);
  g_assert_cmpint (dub_session_get_case_index (session), ==, 0);
  dub_session_go_back (session);
  dub_session_go_forward (session);
  g_assert_cmpint (dub_session_get_case_index (session), ==, 2);
  dub_session_select (session, 3, -1);
  g_object_get (session, "can-go-forward", &forward, NULL);
  g_assert_false (forward);

  dub_session_set_study (session, NULL);
  g_assert_null (dub_session_get_case (session));
  g_assert_cmpint (dub_session_get_case_index (session), ==, -1);
  g_assert_finalize_object (session);
}

/* Removing the current case keeps the selection inside the study. */
static void
test_session_edited (void)
{
  DubSession *session = dub_session_new (NULL);
  g_autoptr (DubStudy) study = make_study (0, 1);

  dub_session_set_study (session, study);
  g_assert_null (dub_session_get_case (session));
  dub_study_add_case (study, "new", "/nowhere/new.nii", -1);
  dub_session_study_edited (session);
  g_assert_cmpstr (dub_session_get_case (session)->id, ==, "new");
  g_ptr_array_set_size (study->cases, 0);
  dub_session_study_edited (session);
  g_assert_null (dub_session_get_case (session));
  dub_session_go_back (session);
  g_assert_null (dub_session_get_case (session));
  g_assert_finalize_object (session);
}

static void
text_cb (DubSession  *session,
         const char  *heading,
         const char  *message,
         char       **said)
{
  g_free (*said);
  *said = g_strdup_printf ("%s: %s", heading, message);
}

static void
test_session_failure (void)
{
  DubSession *session = dub_session_new (NULL);
  g_autoptr (GError) cancelled = g_error_new_literal (DUB_ERROR, DUB_ERROR_CANCELLED, "stopped");
  g_autoptr (GError) failed = g_error_new_literal (DUB_ERROR, DUB_ERROR_FORMAT, "It is not a NIfTI file.");
  g_autofree char *said = NULL;
  g_autoptr (GError) error = NULL;

  g_signal_connect (session, "failure", G_CALLBACK (text_cb), &said);
  dub_session_fail (session, "Opening", cancelled);
  g_assert_null (said);
  dub_session_fail (session, "Opening", failed);
  g_assert_cmpstr (said, ==, "Opening: It is not a NIfTI file.");

  g_autoptr (DubStudy) study = make_study (1, 1);

  dub_session_set_study (session, study);
  g_assert_false (dub_session_open (session, "/nowhere/at-all.dubito", &error));
  g_assert_nonnull (error);
  g_assert_true (dub_session_get_study (session) == study);
  g_assert_finalize_object (session);
}

static void
test_settings (void)
{
  DubSettingsState *settings = dub_settings_state_new ();

  g_assert_true (dub_settings_state_get_radiological (settings));
  g_assert_cmpstr (dub_settings_state_get_overlay_map (settings), ==, "inferno");
  g_object_set (settings, "threads", 3, "color-scheme", "dark", NULL);
  g_assert_cmpuint (dub_settings_state_get_threads (settings), ==, 3);
  g_assert_cmpstr (dub_settings_state_get_color_scheme (settings), ==, "dark");
  g_assert_finalize_object (settings);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history/undo-redo", test_history);
  g_test_add_func ("/history/merge", test_history_merge);
  g_test_add_func ("/history/replay", test_history_replay);
  g_test_add_func ("/slot/latest-wins", test_slot_latest_wins);
  g_test_add_func ("/slot/late-result", test_slot_late_result);
  g_test_add_func ("/slot/cancel-and-dispose", test_slot_cancel_and_dispose);
  g_test_add_func ("/slot/held", test_slot_held);
  g_test_add_func ("/jobs/list", test_jobs);
  g_test_add_func ("/child/lines", test_child_lines);
  g_test_add_func ("/child/run", test_child_run);
  g_test_add_func ("/session/selection", test_session_selection);
  g_test_add_func ("/session/edited", test_session_edited);
  g_test_add_func ("/session/failure", test_session_failure);
  g_test_add_func ("/settings/without-schema", test_settings);

  return g_test_run ();
}
