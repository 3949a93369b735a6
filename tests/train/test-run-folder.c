/* What a folder tells: whole lines count, torn and foreign ones do not, and nothing of it is changed by looking. */
#include "core/train/run-folder.h"
#include "core/train/run-log.h"
#include "core/train/run-record.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static char *
new_folder (const char *models,
            const char *id,
            const char *family,
            int         fold)
{
  g_autoptr (DubRunRecord) record = dub_run_record_new ();
  g_autoptr (GError) error = NULL;
  char *folder = g_build_filename (models, id, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0777), ==, 0);
  record->id = g_strdup (id);
  record->family = g_strdup (family);
  record->fold = fold;
  record->recipe = dub_recipe_new ("resnet18");
  record->recipe->dca = 10.0;
  g_ptr_array_add (record->classes, g_strdup ("no"));
  g_ptr_array_add (record->classes, g_strdup ("yes"));
  record->input = DUB_SHAPE (1, 28, 28);
  record->architecture = g_strdup ("ResNet-18, width 16");
  record->n_parameters = 700146;
  record->data_kind = g_strdup ("medmnist");
  record->data_name = g_strdup ("x");
  record->data_hash = g_strdup ("h");
  record->split_hash = g_strdup ("s");
  record->prepare = (DubPrepare) {
    .n_axes = 2, .channels = 1, .size = { 28, 28, 1 }, .resize = DUB_RESIZE_RESAMPLE, .scaling = DUB_SCALING_UNIT,
  };
  g_assert_true (dub_run_record_save (record, folder, &error));
  g_assert_no_error (error);

  return folder;
}

static DubEpoch
epoch (guint number)
{
  return (DubEpoch) {
    .epoch = number, .rate = 0.1 / number, .train_loss = 1.0 / number, .train_accuracy = 0.5, .train_ece = (double) NAN,
    .validation_loss = 2.0 / number, .validation_accuracy = 0.75, .validation_ece = 0.125, .validation_auroc = 0.875,
    .n_validation = 86, .n_validation_correct = 60, .cases_per_second = 1e3, .seconds = number, .one_class = number == 1,
    .best = number % 2 == 1,
  };
}

static void
put_log (const char *folder,
         const char *text)
{
  g_autofree char *file = g_build_filename (folder, "log.jsonl", NULL);

  g_assert_true (g_file_set_contents (file, text, -1, NULL));
}

static void
test_log (void)
{
  g_autofree char *models = g_dir_make_tmp ("dubito-runs-XXXXXX", NULL);
  g_autofree char *folder = new_folder (models, "ce-dca10-f0", "ce-dca10", 0);
  g_autoptr (GError) error = NULL;

  g_autoptr (DubRunSummary) new = dub_run_summary_load (folder, &error);

  g_assert_no_error (error);
  g_assert_cmpint (new->state, ==, DUB_RUN_STATE_NEW);
  g_assert_cmpint (new->best, ==, -1);
  g_assert_cmpstr (new->loss_name, ==, "Cross-entropy + 10 DCA");
  g_assert_cmpstr (new->family, ==, "ce-dca10");
  g_assert_cmpuint (new->n_parameters, ==, 700146);

  for (guint i = 1; i <= 4; i++) {
    DubEpoch e = epoch (i);

    g_assert_true (dub_run_log_append (folder, &e, &error));
  }

  g_autoptr (DubRunSummary) four = dub_run_summary_load (folder, &error);

  g_assert_cmpint (four->state, ==, DUB_RUN_STATE_STOPPED);
  g_assert_cmpuint (four->epochs->len, ==, 4);
  g_assert_cmpint (four->best, ==, 2);

  DubEpoch e = g_array_index (four->epochs, DubEpoch, 2), expected = epoch (3);

  g_assert_cmpfloat (e.rate, ==, expected.rate);
  g_assert_cmpfloat (e.validation_loss, ==, expected.validation_loss);
  g_assert_cmpfloat (e.validation_auroc, ==, 0.875);
  g_assert_cmpuint (e.n_validation_correct, ==, 60);
  g_assert_true (isnan (e.train_ece));
  g_assert_true (g_array_index (four->epochs, DubEpoch, 0).one_class);

  g_assert_true (dub_run_log_cut (folder, 2, &error));

  g_autoptr (GArray) two = dub_run_log_read (folder, &error);

  g_assert_cmpuint (two->len, ==, 2);
}

/* A whole line of epoch @number, without its newline. */
static char *
line (guint number)
{
  DubEpoch e = epoch (number);

  return g_strchomp (dub_run_log_line (&e));
}

static void
test_torn (void)
{
  g_autofree char *models = g_dir_make_tmp ("dubito-runs-XXXXXX", NULL);
  g_autofree char *folder = new_folder (models, "ce-f0", "ce", 0);
  g_autofree char *one = line (1);
  g_autofree char *two = line (2);
  g_autofree char *three = line (3);
  g_autofree char *half = g_strndup (two, strlen (two) / 2);
  g_autofree char *many = g_strnfill (5000, '[');
  const struct { char *text; guint n; } logs[] = {
    { g_strconcat (one, "\n", half, NULL), 1 },
    /* A line without its newline may be going on. */
    { g_strconcat (one, "\n", two, NULL), 1 },
    { g_strconcat (one, "\n\n", two, "\n", NULL), 2 },
    { g_strconcat (one, "\nnoise\n{}\n", two, "\n[1]\n", three, "\n", NULL), 3 },
    { g_strconcat (one, "\n", half, "\n", two, "\n", NULL), 2 },
    { g_strconcat (one, "\n", three, "\n", NULL), 1 },
    { g_strconcat (one, "\n", one, "\n", two, "\n", NULL), 2 },
    { g_strconcat (two, "\n", NULL), 0 },
    { g_strconcat (many, "\n", one, "\n", NULL), 1 },
    { g_strdup ("\xff\xfe\n"), 0 },
    { g_strdup ("{\"epoch\":1,\"rate\":\"x\"}\n"), 0 },
    { g_strdup ("{\"epoch\":-1,\"train\":{},\"validation\":{}}\n"), 0 },
    /* What was not measured is not there. */
    { g_strdup ("{\"epoch\":1,\"train\":{},\"validation\":{}}\n"), 1 },
    { g_strdup (""), 0 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (logs); i++) {
    g_autoptr (GError) error = NULL;

    put_log (folder, logs[i].text);

    g_autoptr (DubRunSummary) summary = dub_run_summary_load (folder, &error);

    g_assert_no_error (error);
    g_test_message ("log %zu", i);
    g_assert_cmpuint (summary->epochs->len, ==, logs[i].n);

    /* Looking changed nothing. */
    g_autofree char *file = g_build_filename (folder, "log.jsonl", NULL);
    g_autofree char *after = NULL;
    gsize n;

    g_assert_true (g_file_get_contents (file, &after, &n, NULL));
    g_assert_cmpmem (after, n, logs[i].text, strlen (logs[i].text));
    g_free (logs[i].text);
  }
}

static void
test_list (void)
{
  g_autofree char *models = g_dir_make_tmp ("dubito-runs-XXXXXX", NULL);
  g_autofree char *a = new_folder (models, "a-f0", "a", 0);
  g_autofree char *bad = new_folder (models, "bad", "bad", 0);
  g_autofree char *bad_file = g_build_filename (bad, "run.json", NULL);
  g_autofree char *imported = g_build_filename (models, "imported", NULL);
  g_autoptr (GPtrArray) skipped = g_ptr_array_new_with_free_func (g_free);

  g_free (new_folder (models, "b-f10", "b", 10));
  g_free (new_folder (models, "b-f9", "b", 9));
  g_assert_true (g_file_set_contents (bad_file, "{\"format\":\"dubito-run\",\"format_version\":9}", -1, NULL));
  g_assert_cmpint (g_mkdir (imported, 0777), ==, 0);

  g_autoptr (GPtrArray) runs = dub_run_summary_list (models, skipped);

  g_assert_cmpuint (runs->len, ==, 3);
  g_assert_cmpstr (((DubRunSummary *) runs->pdata[0])->id, ==, "a-f0");
  g_assert_cmpstr (((DubRunSummary *) runs->pdata[1])->id, ==, "b-f9");
  g_assert_cmpstr (((DubRunSummary *) runs->pdata[2])->id, ==, "b-f10");
  g_assert_cmpuint (skipped->len, ==, 1);
  g_assert_nonnull (strstr (skipped->pdata[0], "newer program"));

  g_autoptr (GPtrArray) none = dub_run_summary_list ("/nowhere/at/all", NULL);

  g_assert_cmpuint (none->len, ==, 0);

  /* A lock that is held says that the run lives; afterwards it does not. */
  int lock = dub_run_lock (a, NULL);

  g_assert_cmpint (lock, >=, 0);
  g_assert_true (dub_run_is_locked (a));
  dub_run_unlock (lock);
  g_assert_false (dub_run_is_locked (a));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/run-folder/log", test_log);
  g_test_add_func ("/run-folder/torn", test_torn);
  g_test_add_func ("/run-folder/list", test_list);

  return g_test_run ();
}
