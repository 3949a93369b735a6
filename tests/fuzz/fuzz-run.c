/* The files of a run folder that a window reads while another process writes them. */
#include "core/train/run-log.h"
#include "core/train/run-record.h"
#include "tests/fuzz/fuzz.h"

#include <glib/gstdio.h>
#include <stdlib.h>

static const char *const NAMES[] = { "run.json", "log.jsonl" };

/* One folder a process. */
static char *folder = NULL;

static void
remove_folder (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (NAMES); i++) {
    g_autofree char *path = g_build_filename (folder, NAMES[i], NULL);

    g_remove (path);
  }
  g_rmdir (folder);
  g_free (folder);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (GError) error = NULL;

  if (folder == NULL) {
    folder = g_dir_make_tmp ("dubito-fuzz-XXXXXX", NULL);
    g_assert_nonnull (folder);
    atexit (remove_folder);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (NAMES); i++) {
    g_autofree char *path = g_build_filename (folder, NAMES[i], NULL);

    g_assert_true (
        g_file_set_contents_full (path, (const char *) bytes, (gssize) n_bytes, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  }

  g_autoptr (DubRunRecord) record = dub_run_record_load (folder, &error);
  g_autoptr (GArray) epochs = dub_run_log_read (folder, NULL);

  g_assert_true ((record == NULL) == (error != NULL));
  g_assert_nonnull (epochs);
  for (guint i = 0; i < epochs->len; i++)
    g_assert_cmpuint (g_array_index (epochs, DubEpoch, i).epoch, ==, i + 1);

  return 0;
}
