/* Data that lie outside this tree, in the folder that DUBITO_SHARED names or in ../shared; a test without them is skipped. */
#pragma once

#include <glib.h>

/* (transfer full): where @name is or would be, below "data". */
static inline char *
shared_path (const char *name)
{
  const char *root = g_getenv ("DUBITO_SHARED");
  g_autofree char *beside = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", NULL);

  return g_build_filename (root != NULL ? root : beside, "data", name, NULL);
}

/* The same, or NULL after g_test_skip where it is absent. */
static inline char *
shared_data (const char *name)
{
  g_autofree char *path = shared_path (name);

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_autofree char *reason = g_strdup_printf ("%s of the shared data is absent (DUBITO_SHARED)", name);

    g_test_skip (reason);
    return NULL;
  }

  return g_steal_pointer (&path);
}
