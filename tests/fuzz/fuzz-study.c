#include "core/study/study.h"
#include "tests/fuzz/fuzz-folder.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  const char *folder = fuzz_folder_with ("study.json", bytes, n_bytes);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubStudy) study = dub_study_load (folder, &error);

  g_assert_true ((study == NULL) == (error != NULL));

  return 0;
}
