#include "core/io/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define INPUT_SIZE ((size_t) 256 << 10)
/* Deflate codes at most 258 bytes in a little more than two bits. */
static const guint64 BEST_DEFLATE_RATIO = 1032;
static const size_t FIRST_GROWTH = (size_t) 1 << 20;

struct _DubStream {
  char         *name;
  int           fd;        /* -1 over memory */
  guint64       size;      /* stored bytes */
  const guint8 *memory;
  size_t        memory_left;
  gboolean      gzip;
  gboolean      finished;  /* the last gzip member is complete */
  z_stream      inflater;
  const guint8 *input;     /* stored bytes not yet used */
  size_t        n_input;
  guint8        buffer[INPUT_SIZE];
};

/* Makes at least @n_wanted stored bytes available in self->input, fewer at the end. */
static gboolean
fill (DubStream  *self,
      size_t      n_wanted,
      GError    **error)
{
  if (self->n_input >= n_wanted)
    return TRUE;

  if (self->fd < 0) {
    /* Over memory everything that is left is the input at once. */
    self->n_input += self->memory_left;
    self->memory_left = 0;
    return TRUE;
  }

  memmove (self->buffer, self->input, self->n_input);
  self->input = self->buffer;
  while (self->n_input < n_wanted) {
    ssize_t got = read (self->fd, self->buffer + self->n_input, INPUT_SIZE - self->n_input);

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s cannot be read: %s.", self->name, g_strerror (errno));
      return FALSE;
    }
    if (got == 0)
      break;
    self->n_input += (size_t) got;
  }

  return TRUE;
}

static gboolean
has_gzip_magic (DubStream *self)
{
  return self->n_input >= 2 && self->input[0] == 0x1f && self->input[1] == 0x8b;
}

static gboolean
start (DubStream  *self,
       GError    **error)
{
  if (!fill (self, 2, error))
    return FALSE;

  self->gzip = has_gzip_magic (self);
  /* 15 + 16: the largest window, gzip framing with its checksum. */
  if (self->gzip && inflateInit2 (&self->inflater, 15 + 16) != Z_OK) {
    self->gzip = FALSE;
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "%s cannot be inflated: no memory for the window.", self->name);
    return FALSE;
  }

  return TRUE;
}

DubStream *
dub_stream_open (const char  *path,
                 GError     **error)
{
  g_autoptr (DubStream) self = g_new0 (DubStream, 1);
  struct stat status;

  self->name = g_filename_display_name (path);
  self->input = self->buffer;
  self->fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (self->fd < 0 || fstat (self->fd, &status) != 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s cannot be opened: %s.", self->name, g_strerror (errno));
    return NULL;
  }
  if (!S_ISREG (status.st_mode)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s is %s; expected a regular file.", self->name,
                 S_ISDIR (status.st_mode) ? "a folder" : "a device or a pipe");
    return NULL;
  }
  self->size = (guint64) status.st_size;
  if (!start (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

DubStream *
dub_stream_new_memory (const guint8 *bytes,
                       size_t        n_bytes,
                       const char   *name)
{
  DubStream *self = g_new0 (DubStream, 1);

  self->name = g_strdup (name);
  self->fd = -1;
  self->size = n_bytes;
  self->memory = bytes;
  self->memory_left = n_bytes;
  self->input = bytes;
  /* Over memory nothing but the window of zlib, 32 kB, can fail; such a stream then reads as it is stored. */
  (void) start (self, NULL);

  return self;
}

void
dub_stream_free (DubStream *self)
{
  if (self == NULL)
    return;
  if (self->gzip)
    inflateEnd (&self->inflater);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->name);
  g_free (self);
}

const char *
dub_stream_name (DubStream *self)
{
  return self->name;
}

guint64
dub_stream_bound (DubStream *self)
{
  if (!self->gzip)
    return self->size;

  return self->size > G_MAXUINT64 / BEST_DEFLATE_RATIO ? G_MAXUINT64 : self->size * BEST_DEFLATE_RATIO;
}

gboolean
dub_stream_is_gzip (DubStream *self)
{
  return self->gzip;
}

/* What is buffered first, then large parts straight into their place. */
static gboolean
read_plain (DubStream  *self,
            guint8     *buffer,
            size_t      n_bytes,
            size_t     *n_read,
            GError    **error)
{
  while (*n_read < n_bytes) {
    size_t n_wanted = n_bytes - *n_read;

    if (self->n_input == 0 && self->fd >= 0 && n_wanted >= INPUT_SIZE) {
      ssize_t got = read (self->fd, buffer + *n_read, MIN (n_wanted, (size_t) 1 << 30));

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0) {
        g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s cannot be read: %s.", self->name, g_strerror (errno));
        return FALSE;
      }
      if (got == 0)
        break;
      *n_read += (size_t) got;
      continue;
    }
    if (!fill (self, 1, error))
      return FALSE;

    size_t n = MIN (self->n_input, n_wanted);

    if (n == 0)
      break;
    memcpy (buffer + *n_read, self->input, n);
    self->input += n;
    self->n_input -= n;
    *n_read += n;
  }

  return TRUE;
}

/* A gzip file may hold several members in a row; anything else after the last one is padding. */
static gboolean
next_member (DubStream  *self,
             GError    **error)
{
  if (!fill (self, 2, error))
    return FALSE;
  if (!has_gzip_magic (self) || inflateReset (&self->inflater) != Z_OK)
    self->finished = TRUE;

  return TRUE;
}

static gboolean
read_gzip (DubStream  *self,
           guint8     *buffer,
           size_t      n_bytes,
           size_t     *n_read,
           GError    **error)
{
  while (*n_read < n_bytes && !self->finished) {
    if (!fill (self, 1, error))
      return FALSE;
    if (self->n_input == 0) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s is cut short: its gzip data ends in the middle.",
                   self->name);
      return FALSE;
    }

    uInt n_in = (uInt) MIN (self->n_input, (size_t) 1 << 30);
    uInt n_out = (uInt) MIN (n_bytes - *n_read, (size_t) 1 << 30);

    self->inflater.next_in = (Bytef *) self->input;
    self->inflater.avail_in = n_in;
    self->inflater.next_out = buffer + *n_read;
    self->inflater.avail_out = n_out;

    int result = inflate (&self->inflater, Z_NO_FLUSH);
    size_t n_used = n_in - self->inflater.avail_in;

    self->input += n_used;
    self->n_input -= n_used;
    *n_read += n_out - self->inflater.avail_out;
    if (result == Z_STREAM_END) {
      if (!next_member (self, error))
        return FALSE;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s holds damaged gzip data: %s.", self->name,
                   self->inflater.msg != NULL ? self->inflater.msg : "inflate failed");
      return FALSE;
    }
  }

  return TRUE;
}

gboolean
dub_stream_read (DubStream  *self,
                 void       *buffer,
                 size_t      n_bytes,
                 size_t     *n_read,
                 GError    **error)
{
  *n_read = 0;

  return self->gzip ? read_gzip (self, buffer, n_bytes, n_read, error)
                    : read_plain (self, buffer, n_bytes, n_read, error);
}

gboolean
dub_stream_skip (DubStream  *self,
                 guint64     n_bytes,
                 guint64    *n_skipped,
                 GError    **error)
{
  guint8 passed[4096];

  *n_skipped = 0;
  while (*n_skipped < n_bytes) {
    size_t n_read;

    if (!dub_stream_read (self, passed, (size_t) MIN (n_bytes - *n_skipped, sizeof passed), &n_read, error))
      return FALSE;
    if (n_read == 0)
      break;
    *n_skipped += n_read;
  }

  return TRUE;
}

guint8 *
dub_read_growing (DubReadFunc   read_func,
                  gpointer      source,
                  size_t        claimed,
                  const char   *name,
                  size_t       *n_read,
                  GError      **error)
{
  g_autofree guint8 *bytes = NULL;
  size_t capacity = 0;

  *n_read = 0;
  do {
    size_t n_got;

    capacity = capacity == 0 ? FIRST_GROWTH : capacity > claimed / 2 ? claimed : capacity * 2;
    capacity = MAX (MIN (capacity, claimed), 1);

    guint8 *larger = g_try_realloc (bytes, capacity);

    if (larger == NULL) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                   "%s needs %" G_GSIZE_FORMAT " bytes, which do not fit into memory.", name, claimed);
      return NULL;
    }
    (void) g_steal_pointer (&bytes);
    bytes = larger;
    if (!read_func (source, bytes + *n_read, MIN (capacity, claimed) - *n_read, &n_got, error))
      return NULL;
    *n_read += n_got;
  } while (*n_read == capacity && capacity < claimed);

  return g_steal_pointer (&bytes);
}
