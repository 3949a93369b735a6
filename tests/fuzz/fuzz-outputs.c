#include "core/study/outputs-file.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>

/* What was read is what a study may rely on. */
static void
expect_sound (const DubOutputsFile *file)
{
  const DubTensor *answers = file->logits != NULL ? file->logits : file->probabilities;
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_nonnull (answers);
  g_assert_cmpint (answers->shape.dim[0], ==, (int64_t) file->n_models);
  g_assert_cmpint (answers->shape.dim[1], ==, (int64_t) file->n_cases);
  g_assert_cmpint (answers->shape.dim[2], ==, (int64_t) file->n_classes);
  for (size_t i = 0; i < dub_tensor_n_elements (answers); i++)
    g_assert_true (isfinite (dub_tensor_f32 (answers)[i]) && (file->exact == NULL || isfinite (file->exact[i])));
  for (size_t i = 0; i < file->n_cases; i++) {
    g_assert_true (g_hash_table_add (ids, file->ids[i]));
    g_assert_cmpint (file->labels[i], >=, -1);
    g_assert_cmpint (file->labels[i], <, (int) file->n_classes);
    g_assert_true (file->part == NULL || file->part[i] <= DUB_PART_NONE);
    g_assert_true (file->fold[i] == -1 || (file->part != NULL && file->part[i] == DUB_PART_TRAIN));
  }
  g_assert_true (file->classes == NULL || g_strv_length (file->classes) == file->n_classes);
  g_assert_true (file->models == NULL || g_strv_length (file->models) == file->n_models);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (GBytes) whole = g_bytes_new_static (bytes, n_bytes);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubOutputsFile) file = dub_outputs_file_parse (whole, "outputs", &error);

  g_assert_true ((file == NULL) == (error != NULL));
  if (file != NULL)
    expect_sound (file);

  return 0;
}
