#include "app/cli/cli-hash.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>

enum { CHUNK = 1 << 16 };

char *
cli_hash_file (const char  *path,
               GError     **error)
{
  FILE *file = g_fopen (path, "rbe");
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  size_t n;

  if (file == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "“%s” cannot be read: %s.", path, g_strerror (errno));
    return NULL;
  }

  while ((n = fread (chunk, 1, CHUNK, file)) > 0)
    g_checksum_update (checksum, chunk, (gssize) n);

  gboolean failed = ferror (file) != 0;

  fclose (file);
  if (failed) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "“%s” cannot be read to its end.", path);
    return NULL;
  }

  return g_strdup (g_checksum_get_string (checksum));
}
