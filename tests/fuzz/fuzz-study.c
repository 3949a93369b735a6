#include "core/study/study.h"
#include "tests/fuzz/fuzz.h"

#include <glib/gstdio.h>
#include <stdlib.h>

/* One folder a process, for the file that a study is read from. */
static char *folder = NULL;

static void
remove_folder (void)
{
  g_autofree char *path = g_build_filename (folder, "study.json", NULL);

  g_remove (path);
  g_rmdir (folder);
  g_free (folder);
}

static const char *
study_folder (void)
{
  if (folder == NULL) {
    folder = g_dir_make_tmp ("dubito-fuzz-XXXXXX", NULL);
    g_assert_nonnull (folder);
    atexit (remove_folder);
  }

  return folder;
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autofree char *path = g_build_filename (study_folder (), "study.json", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (
      g_file_set_contents_full (path, (const char *) bytes, (gssize) n_bytes, G_FILE_SET_CONTENTS_NONE, 0600, NULL));

  g_autoptr (DubStudy) study = dub_study_load (study_folder (), &error);

  g_assert_true ((study == NULL) == (error != NULL));

  return 0;
}
