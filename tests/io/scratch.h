/* A folder for the files of one test program. */
#pragma once

#include <glib/gstdio.h>

typedef struct {
  char *folder;
} Scratch;

static inline Scratch
scratch_new (void)
{
  Scratch self = { g_dir_make_tmp ("dubito-test-XXXXXX", NULL) };

  g_assert_nonnull (self.folder);

  return self;
}

static inline char *
scratch_path (const Scratch *self,
              const char    *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static inline guint
scratch_count (const Scratch *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

/* Removes the folder and what is in it, two levels deep. */
static inline void
scratch_free (Scratch *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);

  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = scratch_path (self, name);
    g_autoptr (GDir) inner = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);

    for (const char *file = inner != NULL ? g_dir_read_name (inner) : NULL; file != NULL;
         file = g_dir_read_name (inner)) {
      g_autofree char *inner_path = g_build_filename (path, file, NULL);

      g_remove (inner_path);
    }
    g_remove (path);
  }
  g_rmdir (self->folder);
  g_free (self->folder);
}
