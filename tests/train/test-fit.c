/* Runs: the same bits whatever the threads and however often they are stopped; failures are told and lose nothing. */
#include "core/base/rng.h"
#include "core/io/npy.h"
#include "core/train/fit.h"
#include "core/train/run-log.h"
#include "core/train/run-record.h"
#include "tests/remove-tree.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

enum { N_CASES = 60, SIDE = 12 };

/* A data set in a folder, and all that a job borrows. */
typedef struct {
  char       *folder;
  DubDataset *dataset;
  DubSplit   *split;
  DubPrepare  prepare;
  char       *data_hash;
  char       *split_hash;
  DubRecipe  *recipe;
} Bench;

/* Class 1 is brighter on its right side; noise everywhere. */
static void
write_cases (const char *path)
{
  g_autoptr (DubTensor) images = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (N_CASES, SIDE, SIDE), NULL);
  g_autoptr (DubTensor) labels = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (N_CASES), NULL);
  g_autoptr (GError) error = NULL;
  static const char *const names[] = { "images", "labels" };
  DubTensor *const tensors[] = { images, labels };
  DubRng rng;

  dub_rng_init (&rng, 5, "test-fit", 0);
  for (int i = 0; i < N_CASES; i++) {
    ((guint8 *) labels->data)[i] = (guint8) (i % 3 == 0);
    for (int j = 0; j < SIDE * SIDE; j++)
      ((guint8 *) images->data)[i * SIDE * SIDE + j] =
        (guint8) (80 + dub_rng_below (&rng, 80) + (i % 3 == 0 && j % SIDE >= SIDE / 2 ? 20 : 0));
  }
  g_assert_true (dub_npz_save (path, names, tensors, 2, &error));
  g_assert_no_error (error);
}

static void
bench_open (Bench      *bench,
            const char *folder)
{
  DubSplitOptions options = DUB_SPLIT_DEFAULT;
  g_autofree char *path = g_build_filename (folder, "cases.npz", NULL);
  g_autoptr (GError) error = NULL;

  options.twins = DUB_TWINS_KEEP;
  options.n_folds = 3;
  bench->folder = g_strdup (folder);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    write_cases (path);
  bench->dataset = dub_dataset_open (path, NULL, NULL, &error);
  g_assert_no_error (error);
  bench->split = dub_split_new (bench->dataset, NULL, &options, &error);
  g_assert_no_error (error);
  dub_prepare_init (&bench->prepare, bench->dataset);

  g_autoptr (GArray) train = dub_split_indices (bench->split, DUB_PART_TRAIN);

  g_assert_true (dub_prepare_fit (&bench->prepare, bench->dataset, (const size_t *) (const void *) train->data, train->len,
                                  NULL, &error));
  bench->data_hash = dub_dataset_hash (bench->dataset);
  bench->split_hash = dub_split_hash (bench->split, bench->dataset);
  bench->recipe = dub_recipe_new ("cnn2d");
  bench->recipe->width = 4;
  bench->recipe->depth = 2;
  bench->recipe->n_epochs = 8;
  bench->recipe->batch = 8;
  bench->recipe->seed = 3;
  bench->recipe->dca = 1.0;
}

static void
bench_setup (Bench        *bench,
             gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("dubito-fit-XXXXXX", NULL);

  g_assert_nonnull (folder);
  bench_open (bench, folder);
}

static void
bench_close (Bench *bench)
{
  g_free (bench->folder);
  g_free (bench->data_hash);
  g_free (bench->split_hash);
  dub_recipe_free (bench->recipe);
  dub_split_free (bench->split);
  dub_dataset_unref (bench->dataset);
}

static void
bench_teardown (Bench        *bench,
                gconstpointer data)
{
  remove_tree (bench->folder);
  bench_close (bench);
}

static DubFitJob
job_in (const Bench *bench,
        const char  *folder)
{
  return (DubFitJob) {
    .folder = folder, .id = "ce-f1", .family = "ce", .fold = 1, .recipe = bench->recipe, .dataset = bench->dataset,
    .data_hash = bench->data_hash, .split = bench->split, .split_hash = bench->split_hash, .prepare = &bench->prepare,
    .eager = TRUE,
  };
}

static void
fit (const Bench *bench,
     const char  *folder,
     guint        n_threads)
{
  g_autoptr (DubRun) run = dub_run_new (n_threads);
  g_autoptr (GError) error = NULL;
  DubFitJob job = job_in (bench, folder);

  g_assert_true (dub_fit_run (&job, NULL, NULL, run, &error));
  g_assert_no_error (error);
}

static char *
contents (const char *folder,
          const char *name,
          gsize      *n)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *bytes;

  g_file_get_contents (path, &bytes, n, &error);
  g_assert_no_error (error);

  return bytes;
}

/* model.onnx, reference.npz and the epochs (but for times) are the same. */
static void
assert_same_run (const char *a,
                 const char *b)
{
  static const char *const names[] = { "model.onnx", "reference.npz" };
  g_autoptr (GArray) left = dub_run_log_read (a, NULL);
  g_autoptr (GArray) right = dub_run_log_read (b, NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    gsize n, m;
    g_autofree char *x = contents (a, names[i], &n);
    g_autofree char *y = contents (b, names[i], &m);

    g_assert_cmpmem (x, n, y, m);
  }
  g_assert_cmpuint (left->len, ==, right->len);
  for (guint i = 0; i < left->len; i++) {
    DubEpoch x = g_array_index (left, DubEpoch, i), y = g_array_index (right, DubEpoch, i);

    g_assert_cmpuint (x.epoch, ==, i + 1);
    g_assert_cmpfloat (x.train_loss, ==, y.train_loss);
    g_assert_cmpfloat (x.train_ece, ==, y.train_ece);
    g_assert_cmpfloat (x.validation_loss, ==, y.validation_loss);
    g_assert_cmpfloat (x.validation_auroc, ==, y.validation_auroc);
    g_assert_cmpint (x.best, ==, y.best);
  }
}

static void
test_threads (Bench        *bench,
              gconstpointer data)
{
  g_autofree char *one = g_build_filename (bench->folder, "one", NULL);
  g_autofree char *three = g_build_filename (bench->folder, "three", NULL);
  g_autofree char *other = g_build_filename (bench->folder, "other", NULL);

  fit (bench, one, 1);
  fit (bench, three, 3);
  assert_same_run (one, three);

  bench->recipe->seed++;
  fit (bench, other, 1);

  gsize n, m;
  g_autofree char *x = contents (one, "model.onnx", &n);
  g_autofree char *y = contents (other, "model.onnx", &m);

  g_assert_true (n != m || memcmp (x, y, n) != 0);
}

/* So many epochs at a constant rate without augmentation that the last of them could be the best by luck alone. */
static void
test_last_epoch (Bench        *bench,
                 gconstpointer data)
{
  static const char *const choices[] = { "loss", "last" };
  guint kept[2];

  bench->recipe->rate = 0.05;
  bench->recipe->n_epochs = 40;
  bench->recipe->augment = 0;
  g_free (bench->recipe->schedule);
  bench->recipe->schedule = g_strdup ("constant");
  for (size_t i = 0; i < G_N_ELEMENTS (choices); i++) {
    g_autofree char *folder = g_build_filename (bench->folder, choices[i], NULL);
    g_autoptr (GError) error = NULL;

    g_free (bench->recipe->select_by);
    bench->recipe->select_by = g_strdup (choices[i]);
    fit (bench, folder, 1);

    g_autoptr (DubRunRecord) record = dub_run_record_load (folder, &error);

    g_assert_no_error (error);
    kept[i] = record->best_epoch;
  }
  g_assert_cmpuint (kept[0], <, bench->recipe->n_epochs);
  g_assert_cmpuint (kept[1], ==, bench->recipe->n_epochs);
}

/* --- stopped and resumed --- */

typedef struct {
  DubRun *run;
  guint   epoch;   /* to cancel after, or in the middle of the next one */
  guint   n_steps; /* seen since then */
} Stop;

static void
stop_cb (const DubFitJob *job,
         const DubEpoch  *epoch,
         double           fraction,
         gpointer         user_data)
{
  Stop *stop = user_data;

  if (epoch == NULL && fraction * job->recipe->n_epochs > stop->epoch)
    stop->n_steps++;
  if (stop->n_steps == 2)
    dub_run_cancel (stop->run);
}

static void
test_cancel (Bench        *bench,
             gconstpointer data)
{
  g_autofree char *whole = g_build_filename (bench->folder, "whole", NULL);
  g_autofree char *stopped = g_build_filename (bench->folder, "stopped", NULL);
  g_autoptr (DubRun) run = dub_run_new (2);
  DubFitJob job = job_in (bench, stopped);

  fit (bench, whole, 2);
  /* Without eagerness nothing but the cancelling itself writes a checkpoint in so short a time. */
  job.eager = FALSE;
  for (guint epoch = 2; epoch < 8; epoch += 3) {
    g_autoptr (GError) error = NULL;
    Stop stop = { .run = run, .epoch = epoch };

    dub_run_reset (run);
    g_assert_false (dub_fit_run (&job, stop_cb, &stop, run, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);

    g_autoptr (DubRunSummary) summary = dub_run_summary_load (stopped, NULL);

    g_assert_cmpint (summary->state, ==, DUB_RUN_STATE_STOPPED);
    g_assert_cmpuint (summary->epochs->len, ==, epoch);
  }
  fit (bench, stopped, 1);
  assert_same_run (whole, stopped);

  g_autoptr (DubRunSummary) summary = dub_run_summary_load (stopped, NULL);

  g_assert_cmpint (summary->state, ==, DUB_RUN_STATE_DONE);
  g_assert_cmpstr (summary->arch, ==, "2-D CNN, width 4, depth 2");
  g_assert_cmpint (summary->best, >=, 0);
}

/* Another process trains and is killed with no warning, at whatever moment; it is begun again until it comes to its end. */
static void
test_kill (Bench        *bench,
           gconstpointer data)
{
  const char *self = data;
  g_autofree char *whole = g_build_filename (bench->folder, "whole", NULL);
  g_autofree char *killed = g_build_filename (bench->folder, "killed", NULL);
  guint n_kills = 0;

  fit (bench, whole, 1);
  for (guint round = 0; round < 40; round++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GSubprocess) child =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, self, "child", bench->folder, killed, NULL);

    g_assert_no_error (error);
    g_usleep (3000 + 7000 * (gulong) round);
    g_subprocess_force_exit (child);
    g_assert_true (g_subprocess_wait (child, NULL, &error));
    n_kills += g_subprocess_get_if_signaled (child) ? 1 : 0;
    if (g_subprocess_get_if_exited (child)) {
      g_assert_cmpint (g_subprocess_get_exit_status (child), ==, 0);
      break;
    }
  }
  g_test_message ("%u kills", n_kills);
  g_assert_cmpuint (n_kills, >, 0);
  fit (bench, killed, 2);
  assert_same_run (whole, killed);
}

static int
child_main (char **argv)
{
  Bench bench = { 0 };

  bench_open (&bench, argv[2]);
  fit (&bench, argv[3], 1);
  bench_close (&bench);

  return 0;
}

/* --- failures --- */

/* The first epochs are sound. */
static void
go_astray_cb (const DubFitJob *job,
              const DubEpoch  *epoch,
              double           fraction,
              gpointer         user_data)
{
  Bench *bench = user_data;

  if (epoch != NULL && epoch->epoch == 2)
    bench->recipe->rate = 1e30;
}

static void
test_not_finite (Bench        *bench,
                 gconstpointer data)
{
  g_autofree char *folder = g_build_filename (bench->folder, "run", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;
  DubFitJob job = job_in (bench, folder);

  g_free (bench->recipe->arch);
  bench->recipe->arch = g_strdup ("mlp");
  g_free (bench->recipe->optimizer);
  bench->recipe->optimizer = g_strdup ("sgd");
  g_assert_false (dub_fit_run (&job, go_astray_cb, bench, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, "epoch"));
  g_assert_nonnull (strstr (error->message, "ce-f1"));

  g_autoptr (DubRunSummary) summary = dub_run_summary_load (folder, NULL);
  g_autofree char *checkpoint = g_build_filename (folder, "checkpoint.npz", NULL);

  g_assert_cmpint (summary->state, ==, DUB_RUN_STATE_FAILED);
  g_assert_true (g_str_has_prefix (summary->failure, "Epoch "));
  g_assert_cmpuint (summary->epochs->len, >=, 2);
  bench->recipe->rate = 0.001;

  g_autoptr (DubNpz) npz = dub_npz_open (checkpoint, &again);

  g_assert_no_error (again);
  for (size_t i = 0; i < dub_npz_n_arrays (npz); i++) {
    g_autoptr (DubTensor) tensor = dub_npz_read (npz, dub_npz_name (npz, i), &again);

    g_assert_no_error (again);
    for (size_t k = 0; k < dub_tensor_n_elements (tensor); k++)
      g_assert_true (isfinite (dub_tensor_get_double (tensor, k)));
  }
  g_assert_false (dub_fit_run (&job, NULL, NULL, NULL, &again));
  g_assert_error (again, DUB_ERROR, DUB_ERROR_NUMERIC);
}

typedef struct {
  guint         epoch;
  rlim_t        bytes;
  struct rlimit before;
} Full;

static void
full_cb (const DubFitJob *job,
         const DubEpoch  *epoch,
         double           fraction,
         gpointer         user_data)
{
  Full *full = user_data;

  if (epoch != NULL && epoch->epoch == full->epoch) {
    struct rlimit limit = { .rlim_cur = full->bytes, .rlim_max = full->before.rlim_max };

    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  }
}

/* A limit on the size of files stands for a full disk: both end a write half way. */
static void
test_full_disk (Bench        *bench,
                gconstpointer data)
{
  g_autofree char *whole = g_build_filename (bench->folder, "whole", NULL);
  g_autofree char *folder = g_build_filename (bench->folder, "run", NULL);
  g_autoptr (GError) error = NULL;
  DubFitJob job = job_in (bench, folder);
  Full full = { .epoch = 4, .bytes = 4096 };

  fit (bench, whole, 1);
  (void) signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &full.before), ==, 0);
  g_assert_false (dub_fit_run (&job, full_cb, &full, NULL, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &full.before), ==, 0);
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "checkpoint"));

  g_autoptr (DubRunSummary) summary = dub_run_summary_load (folder, NULL);

  g_assert_cmpint (summary->state, ==, DUB_RUN_STATE_STOPPED);
  fit (bench, folder, 1);
  assert_same_run (whole, folder);
}

static void
test_another_run (Bench        *bench,
                  gconstpointer data)
{
  g_autofree char *folder = g_build_filename (bench->folder, "run", NULL);
  DubFitJob job = job_in (bench, folder);
  g_autoptr (GError) error = NULL;

  g_assert_true (dub_fit_begin (&job, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (dub_fit_begin (&job, NULL, &error));

  bench->recipe->rate = 0.25;
  g_assert_false (dub_fit_begin (&job, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "rate is 0.001, not 0.25"));
  g_clear_error (&error);
  bench->recipe->rate = 0.001;

  job.split_hash = "another";
  g_assert_false (dub_fit_begin (&job, NULL, &error));
  g_assert_nonnull (strstr (error->message, "another split"));
  g_clear_error (&error);
  job.split_hash = bench->split_hash;

  /* While another one holds the lock. */
  int lock = dub_run_lock (folder, &error);

  g_assert_no_error (error);
  g_assert_false (dub_fit_run (&job, NULL, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);

  g_autoptr (DubRunSummary) summary = dub_run_summary_load (folder, NULL);

  g_assert_cmpint (summary->state, ==, DUB_RUN_STATE_RUNNING);
  dub_run_unlock (lock);
}

/* A class that no training case of the fold has, and a checkpoint of another network. */
static void
test_bad_input (Bench        *bench,
                gconstpointer data)
{
  g_autofree char *folder = g_build_filename (bench->folder, "run", NULL);
  g_autofree char *checkpoint = g_build_filename (folder, "checkpoint.npz", NULL);
  DubFitJob job = job_in (bench, folder);
  g_autoptr (GError) error = NULL;

  for (size_t i = 0; i < bench->split->n_cases; i++)
    if (bench->dataset->cases[i].label == 1 && bench->split->fold[i] >= 0)
      bench->split->fold[i] = 1;
  g_assert_false (dub_fit_run (&job, NULL, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "fold 1"));
  g_clear_error (&error);

  job.fold = 0;
  for (size_t i = 0; i < bench->split->n_cases; i++)
    bench->split->fold[i] = bench->split->part[i] == DUB_PART_TRAIN ? (gint16) (i % 3) : -1;
  /* Every third case is of class 1, so that fold 0 has all of them; shift some. */
  for (size_t i = 0; i < bench->split->n_cases; i += 6)
    if (bench->split->fold[i] == 0)
      bench->split->fold[i] = 1;
  g_assert_true (dub_fit_begin (&job, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (checkpoint, "PK torn", -1, NULL));
  g_assert_false (dub_fit_run (&job, NULL, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 4 && strcmp (argv[1], "child") == 0)
    return child_main (argv);

  g_test_init (&argc, &argv, NULL);

  g_test_add ("/fit/threads", Bench, NULL, bench_setup, test_threads, bench_teardown);
  g_test_add ("/fit/last-epoch", Bench, NULL, bench_setup, test_last_epoch, bench_teardown);
  g_test_add ("/fit/cancel", Bench, NULL, bench_setup, test_cancel, bench_teardown);
  g_test_add ("/fit/kill", Bench, argv[0], bench_setup, test_kill, bench_teardown);
  g_test_add ("/fit/not-finite", Bench, NULL, bench_setup, test_not_finite, bench_teardown);
  g_test_add ("/fit/full-disk", Bench, NULL, bench_setup, test_full_disk, bench_teardown);
  g_test_add ("/fit/another-run", Bench, NULL, bench_setup, test_another_run, bench_teardown);
  g_test_add ("/fit/bad-input", Bench, NULL, bench_setup, test_bad_input, bench_teardown);

  return g_test_run ();
}
