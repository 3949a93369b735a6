/* What a PNG file holds, without decoding it: its first chunk, and that it is whole. */
#include "core/io/png.h"

#include "core/io/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Signature and IHDR chunk; and the frame of every chunk: length, type, checksum. */
enum { START_SIZE = 33, SIGNATURE_SIZE = 8, FRAME_SIZE = 12 };

static const guint32 LARGEST_EXTENT = 32768;

static guint32
big_endian_32 (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

static gboolean
refuse (GError     **error,
        const char  *name,
        const char  *what)
{
  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s %s.", name, what);

  return FALSE;
}

/* From chunk to chunk until IEND; tRNS makes one more channel. */
static gboolean
walk (int          fd,
      guint64      size,
      const char  *name,
      gboolean    *transparent,
      GError     **error)
{
  for (guint64 at = SIGNATURE_SIZE; size - at >= FRAME_SIZE;) {
    guint8 frame[8];

    if (!dub_spool_read (fd, at, frame, sizeof frame, name, error))
      return FALSE;

    guint64 length = big_endian_32 (frame);

    if (length > size - at - FRAME_SIZE)
      return refuse (error, name, "is cut short: one of its chunks is longer than the file");
    if (memcmp (frame + 4, "IEND", 4) == 0)
      return TRUE;
    *transparent = *transparent || memcmp (frame + 4, "tRNS", 4) == 0;
    at += FRAME_SIZE + length;
  }

  return refuse (error, name, "is cut short: it has no IEND chunk");
}

static gboolean
peek (int          fd,
      const char  *name,
      DubShape    *shape,
      DubDtype    *dtype,
      guint64     *n_bytes,
      GError     **error)
{
  static const int CHANNELS[7] = { 1, 0, 3, 3, 2, 0, 4 };
  gboolean transparent = FALSE;
  guint8 start[START_SIZE];
  struct stat status;

  if (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode))
    return refuse (error, name, "is not a regular file");
  *n_bytes = (guint64) status.st_size;
  if (*n_bytes < START_SIZE)
    return refuse (error, name, "is not a PNG image: it is too short");
  if (!dub_spool_read (fd, 0, start, sizeof start, name, error))
    return FALSE;
  if (memcmp (start, "\x89PNG\r\n\x1a\n", SIGNATURE_SIZE) != 0 || big_endian_32 (start + 8) != 13 ||
      memcmp (start + 12, "IHDR", 4) != 0)
    return refuse (error, name, "is not a PNG image: it does not start with a signature and an IHDR chunk");

  guint32 width = big_endian_32 (start + 16), height = big_endian_32 (start + 20);
  guint8 depth = start[24], colour = start[25];
  int channels = colour < G_N_ELEMENTS (CHANNELS) ? CHANNELS[colour] : 0;

  if (width < 1 || width > LARGEST_EXTENT || height < 1 || height > LARGEST_EXTENT || channels == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s claims %u×%u pixels of colour type %u; expected 1 to %u pixels each way and a type of PNG.", name,
                 width, height, colour, LARGEST_EXTENT);
    return FALSE;
  }
  if (!walk (fd, *n_bytes, name, &transparent, error))
    return FALSE;
  *shape = DUB_SHAPE (height, width, channels + (transparent && channels % 2 == 1));
  *dtype = depth == 16 ? DUB_DTYPE_U16 : DUB_DTYPE_U8;

  return TRUE;
}

gboolean
dub_png_peek (const char  *path,
              DubShape    *shape,
              DubDtype    *dtype,
              guint64     *n_bytes,
              GError     **error)
{
  g_autofree char *name = g_filename_display_name (path);
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s cannot be opened: %s.", name, g_strerror (errno));
    return FALSE;
  }

  gboolean known = peek (fd, name, shape, dtype, n_bytes, error);

  close (fd);

  return known;
}
