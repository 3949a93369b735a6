/* What a test leaves in its scratch folder goes with it. */
#pragma once

#include <glib/gstdio.h>

/* Removes @path and everything in it; a link goes, not what it leads to. */
static inline void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = !g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? g_dir_open (path, 0, NULL) : NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *inside = g_build_filename (path, name, NULL);

    remove_tree (inside);
  }
  g_remove (path);
}
