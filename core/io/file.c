#include "core/io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One system call moves at most this much, so that a signal never leaves a long wait behind. */
static const size_t LARGEST_TRANSFER = (size_t) 1 << 30;

static void
set_system_error (GError     **error,
                  const char  *path,
                  const char  *what)
{
  int code = errno;
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s cannot be %s: %s.", shown, what, g_strerror (code));
}

/* Opens a regular file. O_NONBLOCK keeps a named pipe from holding us before fstat can tell what it is. */
static int
open_regular (const char   *path,
              guint64      *size,
              GError      **error)
{
  struct stat status;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0) {
    set_system_error (error, path, "opened");
    return -1;
  }
  if (fstat (fd, &status) != 0) {
    set_system_error (error, path, "examined");
    close (fd);
    return -1;
  }
  if (!S_ISREG (status.st_mode)) {
    g_autofree char *shown = g_filename_display_name (path);

    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s is %s; expected a regular file.", shown,
                 S_ISDIR (status.st_mode) ? "a folder" : "a device or a pipe");
    close (fd);
    return -1;
  }
  *size = (guint64) status.st_size;

  return fd;
}

static gboolean
read_up_to (int      fd,
            guint8  *buffer,
            size_t   n_bytes,
            size_t  *n_read)
{
  *n_read = 0;
  while (*n_read < n_bytes) {
    ssize_t got = read (fd, buffer + *n_read, MIN (n_bytes - *n_read, LARGEST_TRANSFER));

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return FALSE;
    if (got == 0)
      break;
    *n_read += (size_t) got;
  }

  return TRUE;
}

GBytes *
dub_file_read (const char  *path,
               guint64      limit,
               GError     **error)
{
  guint64 size = 0;
  size_t n_read;
  int fd = open_regular (path, &size, error);

  if (fd < 0)
    return NULL;

  if (size > limit || size > G_MAXSIZE - 1) {
    g_autofree char *shown = g_filename_display_name (path);

    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "%s has %" G_GUINT64_FORMAT " bytes; expected at most %" G_GUINT64_FORMAT ".", shown, size, limit);
    close (fd);
    return NULL;
  }

  guint8 *buffer = g_try_malloc ((size_t) size + 1);

  if (buffer == NULL) {
    g_autofree char *shown = g_filename_display_name (path);

    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "%s has %" G_GUINT64_FORMAT " bytes, which do not fit into memory.", shown, size);
    close (fd);
    return NULL;
  }
  if (!read_up_to (fd, buffer, (size_t) size, &n_read)) {
    set_system_error (error, path, "read");
    g_free (buffer);
    close (fd);
    return NULL;
  }
  close (fd);

  return g_bytes_new_take (buffer, n_read);
}

char *
dub_file_sha256 (const char  *path,
                 GError     **error)
{
  enum { CHUNK = 1 << 16 };

  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  guint64 size = 0;
  size_t n_read;
  int fd = open_regular (path, &size, error);

  if (fd < 0)
    return NULL;

  do {
    if (!read_up_to (fd, chunk, CHUNK, &n_read)) {
      set_system_error (error, path, "read");
      close (fd);
      return NULL;
    }
    g_checksum_update (checksum, chunk, (gssize) n_read);
  } while (n_read == CHUNK);
  close (fd);

  return g_strdup (g_checksum_get_string (checksum));
}

char *
dub_file_fingerprint (const char  *path,
                      GError     **error)
{
  enum { END = 1 << 16 };

  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *end = g_malloc (END);
  guint64 size = 0;
  size_t n_read;
  int fd = open_regular (path, &size, error);

  if (fd < 0)
    return NULL;

  g_autofree char *words = g_strdup_printf ("%" G_GUINT64_FORMAT "\n", size);

  g_checksum_update (checksum, (const guint8 *) words, -1);
  for (int side = 0; side < 2; side++) {
    off_t from = side == 0 || size < END ? 0 : (off_t) (size - END);

    if (lseek (fd, from, SEEK_SET) < 0 || !read_up_to (fd, end, END, &n_read)) {
      set_system_error (error, path, "read");
      close (fd);
      return NULL;
    }
    g_checksum_update (checksum, end, (gssize) n_read);
  }
  close (fd);

  return g_strdup (g_checksum_get_string (checksum));
}

static gboolean
write_all (int           fd,
           const guint8 *bytes,
           size_t        n_bytes)
{
  while (n_bytes > 0) {
    ssize_t done = write (fd, bytes, MIN (n_bytes, LARGEST_TRANSFER));

    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      return FALSE;
    bytes += done;
    n_bytes -= (size_t) done;
  }

  return TRUE;
}

/* A new file beside @path. Unlike mkstemp the mode follows the umask, as any other new file's does. */
static int
open_beside (const char  *path,
             char       **beside)
{
  g_autofree char *folder = g_path_get_dirname (path);

  for (int attempt = 0; attempt < 100; attempt++) {
    g_autofree char *name = g_strdup_printf (".dubito-%08x%08x.part", g_random_int (), g_random_int ());
    g_autofree char *candidate = g_build_filename (folder, name, NULL);
    int fd = open (candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (fd >= 0) {
      *beside = g_steal_pointer (&candidate);
      return fd;
    }
    if (errno != EEXIST)
      return -1;
  }

  return -1;
}

/* The rename itself reaches the disk with its folder. Some file systems refuse this, and nothing is lost then. */
static void
flush_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  (void) fsync (fd);
  close (fd);
}

gboolean
dub_file_write_atomic (const char  *path,
                       const void  *bytes,
                       size_t       n_bytes,
                       GError     **error)
{
  g_autofree char *beside = NULL;
  struct stat status;
  /* A link keeps pointing to its file, which is what gets replaced. */
  char *resolved = realpath (path, NULL);
  g_autofree char *target = g_strdup (resolved != NULL ? resolved : path);

  free (resolved);
  if (stat (target, &status) == 0 && !S_ISREG (status.st_mode)) {
    g_autofree char *shown = g_filename_display_name (path);

    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s cannot be written: it is not a regular file.", shown);
    return FALSE;
  }

  int fd = open_beside (target, &beside);

  if (fd < 0) {
    set_system_error (error, path, "written");
    return FALSE;
  }

  gboolean written = write_all (fd, bytes, n_bytes) && fsync (fd) == 0;
  int code = errno;

  if (close (fd) != 0 && written) {
    code = errno;
    written = FALSE;
  }
  if (written && stat (target, &status) == 0)
    (void) chmod (beside, status.st_mode & 07777);
  if (written && rename (beside, target) != 0) {
    code = errno;
    written = FALSE;
  }
  if (!written) {
    unlink (beside);
    errno = code;
    set_system_error (error, path, "written");
    return FALSE;
  }
  flush_folder (target);

  return TRUE;
}

static gboolean
is_inside (const char *root,
           const char *path)
{
  size_t length = strlen (root);

  if (strcmp (root, "/") == 0)
    return TRUE;

  return strncmp (root, path, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static char *
refuse_name (GError     **error,
             const char  *folder,
             const char  *name,
             const char  *why)
{
  g_autofree char *shown_name = g_utf8_make_valid (name, -1);
  g_autofree char *absolute = g_canonicalize_filename (folder, NULL);
  g_autofree char *shown_folder = g_filename_display_name (absolute);

  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "The file name \"%s\" %s; expected a name inside the folder %s.",
               shown_name, why, shown_folder);

  return NULL;
}

char *
dub_file_inside (const char  *folder,
                 const char  *name,
                 GError     **error)
{
  if (name[0] == '\0')
    return refuse_name (error, folder, name, "is empty");
  if (g_path_is_absolute (name))
    return refuse_name (error, folder, name, "is absolute");

  char *resolved_folder = realpath (folder, NULL);

  if (resolved_folder == NULL) {
    set_system_error (error, folder, "opened");
    return NULL;
  }

  g_autofree char *root = g_strdup (resolved_folder);
  g_autofree char *path = g_strdup (root);
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);

  free (resolved_folder);
  /* Part by part, so that a link anywhere on the way is seen, also when what follows does not exist yet. */
  for (size_t i = 0; parts[i] != NULL; i++) {
    struct stat status;

    if (parts[i][0] == '\0' || strcmp (parts[i], ".") == 0)
      continue;
    if (strcmp (parts[i], "..") == 0)
      return refuse_name (error, folder, name, "climbs with \"..\"");

    g_autofree char *next = g_build_filename (path, parts[i], NULL);

    if (lstat (next, &status) == 0 && S_ISLNK (status.st_mode)) {
      char *resolved = realpath (next, NULL);

      if (resolved == NULL || !is_inside (root, resolved)) {
        free (resolved);
        return refuse_name (error, folder, name, "passes a symbolic link that leads out or nowhere");
      }
      g_free (next);
      next = g_strdup (resolved);
      free (resolved);
    }
    g_free (path);
    path = g_steal_pointer (&next);
  }

  return g_steal_pointer (&path);
}

gboolean
dub_file_make_folder (const char  *path,
                      GError     **error)
{
  if (g_mkdir_with_parents (path, 0777) == 0)
    return TRUE;

  int code = errno;
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "The folder %s cannot be made: %s.", shown, g_strerror (code));

  return FALSE;
}
