/* Where a stored entry lies in its zip file, which libzip knows but does not tell.
 *
 * Source: PKWARE's APPNOTE 6.3: end of central directory (4.3.16), its zip64 form (4.3.14, 4.3.15), central
 * directory headers (4.3.12), local headers (4.3.7) and the zip64 extra field (4.5.3).
 */
#include "core/io/npz-private.h"

#include "core/io/spool.h"

#include <string.h>
#include <sys/stat.h>

/* The record at the end, and the longest comment behind it. */
enum { END_SIZE = 22, LONGEST_COMMENT = 65535, LOCATOR_SIZE = 20, END_64_SIZE = 56, CENTRAL_SIZE = 46, LOCAL_SIZE = 30 };

static const guint64 LARGEST_DIRECTORY = (guint64) 16 << 20;

static guint64
little (const guint8 *bytes,
        size_t        n)
{
  guint64 value = 0;

  for (size_t i = n; i > 0; i--)
    value = value << 8 | bytes[i - 1];

  return value;
}

static gboolean
is_signed (const guint8 *bytes,
           guint8        third,
           guint8        fourth)
{
  return bytes[0] == 'P' && bytes[1] == 'K' && bytes[2] == third && bytes[3] == fourth;
}

/* The directory's place and size, from the record at the file's end. */
static gboolean
find_directory (int       fd,
                guint64   file_size,
                guint64  *start,
                guint64  *size)
{
  size_t n_tail = (size_t) MIN (file_size, END_SIZE + LONGEST_COMMENT + LOCATOR_SIZE);
  g_autofree guint8 *tail = g_malloc (MAX (n_tail, 1));

  if (n_tail < END_SIZE || !dub_spool_read (fd, file_size - n_tail, tail, n_tail, NULL, NULL))
    return FALSE;
  for (size_t at = n_tail - END_SIZE + 1; at-- > 0;) {
    const guint8 *end = tail + at;

    if (!is_signed (end, 5, 6) || at + END_SIZE + little (end + 20, 2) != n_tail)
      continue;
    *size = little (end + 12, 4);
    *start = little (end + 16, 4);
    if (*size != G_MAXUINT32 && *start != G_MAXUINT32 && little (end + 10, 2) != G_MAXUINT16)
      return TRUE;

    guint8 large[END_64_SIZE];

    if (at < LOCATOR_SIZE || !is_signed (end - LOCATOR_SIZE, 6, 7) ||
        !dub_spool_read (fd, little (end - LOCATOR_SIZE + 8, 8), large, sizeof large, NULL, NULL) ||
        !is_signed (large, 6, 6))
      return FALSE;
    *size = little (large + 40, 8);
    *start = little (large + 48, 8);
    return TRUE;
  }

  return FALSE;
}

/* The local header's place from a directory entry, whose extra fields may hold it in eight bytes. */
static gboolean
local_start (const guint8 *entry,
             guint64      *start)
{
  size_t n_name = little (entry + 28, 2), n_extra = little (entry + 30, 2);
  const guint8 *extra = entry + CENTRAL_SIZE + n_name, *end = extra + n_extra;
  /* The zip64 field holds, in this order, what stands as all ones in the entry. */
  size_t skip = (little (entry + 24, 4) == G_MAXUINT32 ? 8 : 0) + (little (entry + 20, 4) == G_MAXUINT32 ? 8 : 0);

  *start = little (entry + 42, 4);
  if (*start != G_MAXUINT32)
    return TRUE;
  while (end - extra >= 4) {
    size_t n = little (extra + 2, 2);

    if ((size_t) (end - extra) - 4 < n)
      return FALSE;
    if (little (extra, 2) == 1 && n >= skip + 8) {
      *start = little (extra + 4 + skip, 8);
      return TRUE;
    }
    extra += 4 + n;
  }

  return FALSE;
}

gboolean
_dub_npz_place (int               fd,
                const zip_stat_t *status,
                zip_uint64_t      index,
                guint64          *start)
{
  struct stat file;
  guint64 directory_start, directory_size, local;
  guint8 header[LOCAL_SIZE];

  if (status->comp_method != ZIP_CM_STORE || status->size != status->comp_size || fstat (fd, &file) != 0 ||
      !S_ISREG (file.st_mode))
    return FALSE;

  guint64 file_size = (guint64) file.st_size;

  if (!find_directory (fd, file_size, &directory_start, &directory_size) || directory_size > LARGEST_DIRECTORY ||
      directory_size > file_size || directory_start > file_size - directory_size)
    return FALSE;

  g_autofree guint8 *directory = g_malloc (MAX (directory_size, 1));
  const guint8 *at = directory, *end = directory + directory_size;

  if (!dub_spool_read (fd, directory_start, directory, (size_t) directory_size, NULL, NULL))
    return FALSE;
  for (zip_uint64_t i = 0;; i++) {
    if (end - at < CENTRAL_SIZE || !is_signed (at, 1, 2))
      return FALSE;

    size_t n = CENTRAL_SIZE + little (at + 28, 2) + little (at + 30, 2) + little (at + 32, 2);

    if ((size_t) (end - at) < n)
      return FALSE;
    if (i == index)
      break;
    at += n;
  }

  /* The checksum says that libzip counts the entries in the same way. */
  if (little (at + 16, 4) != status->crc || little (at + 10, 2) != ZIP_CM_STORE || !local_start (at, &local) ||
      !dub_spool_read (fd, local, header, sizeof header, NULL, NULL) || !is_signed (header, 3, 4))
    return FALSE;
  *start = local + LOCAL_SIZE + little (header + 26, 2) + little (header + 28, 2);

  return *start <= file_size && status->size <= file_size - *start;
}
