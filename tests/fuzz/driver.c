/* Replays files, or all files of folders, through the target that is linked to it. */
#include "tests/fuzz/fuzz.h"

#include <glib.h>
#include <stdio.h>

static const gint64 LONGEST = 10 * G_USEC_PER_SEC;

static gboolean
replay (const char *path)
{
  g_autofree char *bytes = NULL;
  gsize n_bytes;
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  if (!g_file_get_contents (path, &bytes, &n_bytes, &error)) {
    fprintf (stderr, "%s\n", error->message);
    return FALSE;
  }
  /* A copy of exactly this size, so that a sanitizer sees a read beyond it. */
  g_autofree uint8_t *copy = g_memdup2 (bytes, n_bytes);
  LLVMFuzzerTestOneInput (copy, n_bytes);
  if (g_get_monotonic_time () - start > LONGEST) {
    fprintf (stderr, "%s took longer than ten seconds.\n", path);
    return FALSE;
  }

  return TRUE;
}

int
main (int   argc,
      char *argv[])
{
  guint n_replayed = 0;
  gboolean good = TRUE;

  for (int i = 1; i < argc; i++) {
    g_autoptr (GDir) dir = g_dir_open (argv[i], 0, NULL);

    if (dir == NULL) {
      good &= replay (argv[i]);
      n_replayed++;
      continue;
    }
    for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
      g_autofree char *path = g_build_filename (argv[i], name, NULL);

      good &= replay (path);
      n_replayed++;
    }
  }
  printf ("%u files replayed\n", n_replayed);

  return good && n_replayed > 0 ? 0 : 1;
}
