/* For what is read by its place in a folder: one folder a process, which goes with it. */
#pragma once

#include <glib/gstdio.h>
#include <stdlib.h>

static char *fuzz_folder = NULL;

static inline void
fuzz_folder_remove (void)
{
  g_autoptr (GDir) dir = g_dir_open (fuzz_folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (fuzz_folder, name, NULL);

    g_remove (path);
  }
  g_rmdir (fuzz_folder);
  g_free (fuzz_folder);
}

/* The folder, in which @name now holds @bytes. */
static inline const char *
fuzz_folder_with (const char    *name,
                  const uint8_t *bytes,
                  size_t         n_bytes)
{
  if (fuzz_folder == NULL) {
    fuzz_folder = g_dir_make_tmp ("dubito-fuzz-XXXXXX", NULL);
    g_assert_nonnull (fuzz_folder);
    atexit (fuzz_folder_remove);
  }

  g_autofree char *path = g_build_filename (fuzz_folder, name, NULL);

  g_assert_true (
      g_file_set_contents_full (path, (const char *) bytes, (gssize) n_bytes, G_FILE_SET_CONTENTS_NONE, 0600, NULL));

  return fuzz_folder;
}
