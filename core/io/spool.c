#include "core/io/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* What is left free for everybody else. */
static const guint64 RESERVE = (guint64) 64 << 20;

static int
open_unlinked (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "dubito-XXXXXX", NULL);
  int fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);

  if (fd >= 0)
    g_unlink (path);

  return fd;
}

static gboolean
has_room (int     fd,
          guint64 n_bytes)
{
  struct statvfs status;

  if (fstatvfs (fd, &status) != 0)
    return TRUE;

  guint64 block = status.f_frsize > 0 ? status.f_frsize : 1;

  return n_bytes <= G_MAXUINT64 - RESERVE && (n_bytes + RESERVE) / block < status.f_bavail;
}

int
dub_spool_new (guint64      n_bytes,
               const char  *name,
               GError     **error)
{
  g_autofree char *cache = g_build_filename (g_get_user_cache_dir (), "dubito", NULL);
  const char *folders[] = { g_getenv ("TMPDIR"), cache, g_get_tmp_dir () };
  int code = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (folders); i++) {
    if (folders[i] == NULL || (folders[i] == cache && g_mkdir_with_parents (cache, 0700) != 0))
      continue;

    int fd = open_unlinked (folders[i]);

    if (fd < 0) {
      code = errno;
      continue;
    }
    if (has_room (fd, n_bytes))
      return fd;
    code = ENOSPC;
    close (fd);
  }
  g_set_error (error, DUB_ERROR, DUB_ERROR_IO,
               "%s needs %" G_GUINT64_FORMAT " bytes of temporary space: %s; TMPDIR may name a folder with more.", name,
               n_bytes, g_strerror (code));

  return -1;
}

gboolean
dub_spool_write (int          fd,
                 const void  *bytes,
                 size_t       n_bytes,
                 const char  *name,
                 GError     **error)
{
  const guint8 *at = bytes;

  while (n_bytes > 0) {
    ssize_t n = write (fd, at, MIN (n_bytes, (size_t) 1 << 30));

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s cannot be unpacked into a temporary file: %s.", name,
                   g_strerror (errno));
      return FALSE;
    }
    at += n;
    n_bytes -= (size_t) n;
  }

  return TRUE;
}

gboolean
dub_spool_read (int          fd,
                guint64      start,
                void        *bytes,
                size_t       n_bytes,
                const char  *name,
                GError     **error)
{
  guint8 *at = bytes;

  if (start > G_MAXINT64 - MIN (n_bytes, G_MAXINT64))
    n_bytes = MAX (n_bytes, 1); /* A place that no file has: pread refuses it below. */
  while (n_bytes > 0) {
    ssize_t n = pread (fd, at, MIN (n_bytes, (size_t) 1 << 30), (off_t) start);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      if (name != NULL)
        g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s cannot be read at byte %" G_GUINT64_FORMAT ": %s.", name,
                     start, n < 0 ? g_strerror (errno) : "the file has become shorter");
      return FALSE;
    }
    at += n;
    start += (guint64) n;
    n_bytes -= (size_t) n;
  }

  return TRUE;
}
