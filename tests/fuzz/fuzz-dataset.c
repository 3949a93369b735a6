/* Archives of MedMNIST's form: what opens can be read case by case. */
#include "core/data/dataset-private.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (GBytes) archive_bytes = g_bytes_new_static (bytes, n_bytes);
  g_autoptr (DubNpz) archive = dub_npz_open_bytes (archive_bytes, "fuzz.npz", NULL);

  for (int bad = DUB_BAD_STOP; archive != NULL && bad <= DUB_BAD_SKIP; bad++) {
    DubDatasetOptions options = { .bad = (DubBad) bad };
    g_autoptr (GError) error = NULL;
    g_autoptr (DubDataset) dataset = _dub_dataset_medmnist_archive (archive, "/fuzz.npz", &options, NULL, &error);

    g_assert_true ((dataset == NULL) == (error != NULL));
    for (size_t i = 0; dataset != NULL && i < MIN (dataset->n_cases, 16); i++) {
      g_autoptr (GError) local = NULL;
      g_autoptr (DubTensor) tensor = dub_dataset_read (dataset, i, NULL, &local);

      g_assert_true ((tensor == NULL) == (local != NULL));
      g_assert_cmpint (dataset->cases[i].label, <, (int) dataset->classes->len);
    }
  }

  return 0;
}
