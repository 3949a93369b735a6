/* The files of a run folder that a window reads while another process writes them. */
#include "core/train/run-log.h"
#include "core/train/run-record.h"
#include "tests/fuzz/fuzz-folder.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (GError) error = NULL;
  const char *folder = fuzz_folder_with ("run.json", bytes, n_bytes);

  fuzz_folder_with ("log.jsonl", bytes, n_bytes);

  g_autoptr (DubRunRecord) record = dub_run_record_load (folder, &error);
  g_autoptr (GArray) epochs = dub_run_log_read (folder, NULL);

  g_assert_true ((record == NULL) == (error != NULL));
  g_assert_nonnull (epochs);
  for (guint i = 0; i < epochs->len; i++)
    g_assert_cmpuint (g_array_index (epochs, DubEpoch, i).epoch, ==, i + 1);

  return 0;
}
