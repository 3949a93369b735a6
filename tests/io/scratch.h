/* A folder for the files of one test program. */
#pragma once

#include <glib/gstdio.h>

#include "tests/remove-tree.h"

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

static inline void
scratch_free (Scratch *self)
{
  remove_tree (self->folder);
  g_free (self->folder);
}
