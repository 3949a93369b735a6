#include "core/io/nifti.h"

#include "core/base/memory.h"
#include "core/io/nifti-convert.h"
#include "core/io/stream.h"

#include <string.h>

/* Bytes behind the voxels that are inflated to reach the checksum. */
static const guint64 LARGEST_TAIL = 16 << 20;

static gboolean
read_header (DubStream       *stream,
             DubNiftiHeader  *header,
             size_t          *size,
             GError         **error)
{
  guint8 bytes[DUB_NIFTI_2_SIZE] = { 0 };
  const char *name = dub_stream_name (stream);
  size_t n_first, n_rest;

  if (!dub_stream_read (stream, bytes, 4, &n_first, error))
    return FALSE;
  if (n_first < 4) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s has %" G_GSIZE_FORMAT " bytes; expected a NIfTI header of %d or %d.", name, n_first,
                 DUB_NIFTI_1_SIZE, DUB_NIFTI_2_SIZE);
    return FALSE;
  }

  *size = dub_nifti_header_size (bytes, name, error);
  if (*size == 0 || !dub_stream_read (stream, bytes + 4, *size - 4, &n_rest, error))
    return FALSE;
  if (n_rest < *size - 4) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s ends after %" G_GSIZE_FORMAT " bytes, inside its header of %" G_GSIZE_FORMAT ".", name, n_rest + 4,
                 *size);
    return FALSE;
  }

  return dub_nifti_header_parse (header, bytes, name, error);
}

static gboolean
read_from_stream (gpointer   source,
                  void      *buffer,
                  size_t     n_bytes,
                  size_t    *n_read,
                  GError   **error)
{
  return dub_stream_read (source, buffer, n_bytes, n_read, error);
}

/* Known before a byte is inflated or allocated: no file of this size can hold so much. */
static gboolean
check_bound (DubStream             *stream,
             const DubNiftiHeader  *header,
             GError               **error)
{
  guint64 n_needed = header->data_start + header->n_bytes;

  if (dub_stream_bound (stream) >= n_needed)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
               "%s holds at most %" G_GUINT64_FORMAT " bytes%s; expected %" G_GUINT64_FORMAT " for %" G_GINT64_FORMAT
               "×%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT " voxels of %" G_GSIZE_FORMAT
               " bytes from byte %" G_GUINT64_FORMAT " on.",
               dub_stream_name (stream), dub_stream_bound (stream),
               dub_stream_is_gzip (stream) ? " (packed ones, unpacked)" : "", n_needed, header->dim[0], header->dim[1],
               header->dim[2], header->item_size, header->data_start);

  return FALSE;
}

/* A file can be small and honest and its volume too large all the same: gzip makes a gigabyte of zeros out of one
 * megabyte. While the numbers are converted they are there twice, as stored and as floats. */
static gboolean
check_memory (const DubNiftiHeader  *header,
              const char            *name,
              GError               **error)
{
  guint64 n_voxels = (guint64) header->n_bytes / header->item_size;
  guint64 limit = dub_memory_limit ();

  if (limit == 0 || (header->n_bytes <= limit && n_voxels <= (limit - header->n_bytes) / sizeof (float)))
    return TRUE;

  g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
               "%s has %" G_GINT64_FORMAT "×%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT " voxels, which take %.1f GB to read; "
               "expected at most %.1f GB, four fifths of the memory there is.",
               name, header->dim[0], header->dim[1], header->dim[2],
               ((double) header->n_bytes + 4.0 * (double) n_voxels) * 1e-9, (double) limit * 1e-9);

  return FALSE;
}

/* The voxels, from a stream that is @position bytes into its file. */
static DubVolume *
read_voxels (DubStream             *stream,
             guint64                position,
             const DubNiftiHeader  *header,
             GError               **error)
{
  const char *name = dub_stream_name (stream);
  guint64 n_skipped;
  size_t n_read;

  if (!check_bound (stream, header, error) || !check_memory (header, name, error))
    return NULL;
  if (!dub_stream_skip (stream, header->data_start - position, &n_skipped, error))
    return NULL;

  g_autofree guint8 *bytes = dub_read_growing (read_from_stream, stream, header->n_bytes, name, &n_read, error);

  if (bytes == NULL)
    return NULL;
  if (n_skipped < header->data_start - position || n_read < header->n_bytes) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s ends after %" G_GSIZE_FORMAT " bytes of voxels; expected %" G_GSIZE_FORMAT ".", name, n_read,
                 header->n_bytes);
    return NULL;
  }

  /* A compressed stream compares its checksum at its end, and some tools leave padding before it. */
  if (dub_stream_is_gzip (stream) && !dub_stream_skip (stream, LARGEST_TAIL, &n_skipped, error))
    return NULL;

  g_autoptr (DubTensor) voxels =
    dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (header->dim[0], header->dim[1], header->dim[2]), error);

  if (voxels == NULL || !dub_nifti_convert (header, bytes, dub_tensor_f32 (voxels), error))
    return NULL;

  DubVolume *volume = dub_volume_new (voxels, header->affine, error);

  if (volume == NULL)
    return NULL;
  volume->affine_source = header->affine_source;
  volume->forms_disagree = header->forms_disagree;
  g_free (volume->name);
  volume->name = g_path_get_basename (name);

  return volume;
}

/* @path with the last @n_old bytes replaced by @new_end. */
static char *
with_ending (const char *path,
             size_t      n_old,
             const char *new_end)
{
  g_autofree char *stem = g_strndup (path, strlen (path) - n_old);

  return g_strconcat (stem, new_end, NULL);
}

/* Whether @path ends in @ending, capitals or not. */
static gboolean
ends_in (const char *path,
         const char *ending)
{
  size_t n = strlen (path), n_end = strlen (ending);

  return n >= n_end && g_ascii_strcasecmp (path + n - n_end, ending) == 0;
}

static const char *const HEADER_ENDINGS[] = { ".hdr", ".hdr.gz", ".HDR", NULL };
static const char *const IMAGE_ENDINGS[] = { ".img", ".img.gz", ".IMG", NULL };

/* The other half of a pair: the file beside @path whose name ends in one of @wanted instead of one of @given. */
static char *
find_other_half (const char         *path,
                 const char *const  *given,
                 const char *const  *wanted,
                 GError            **error)
{
  for (size_t g = 0; given[g] != NULL; g++) {
    if (!ends_in (path, given[g]))
      continue;
    for (size_t w = 0; wanted[w] != NULL; w++) {
      g_autofree char *other = with_ending (path, strlen (given[g]), wanted[w]);

      if (g_file_test (other, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&other);
    }
  }

  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, DUB_ERROR, DUB_ERROR_IO,
               "%s is one half of a pair, but no file of its name ending in %s or %s is beside it.", shown, wanted[0],
               wanted[1]);

  return NULL;
}

/* The path of the header that belongs to @path. */
static char *
header_path_of (const char  *path,
                GError     **error)
{
  if (ends_in (path, ".img") || ends_in (path, ".img.gz"))
    return find_other_half (path, IMAGE_ENDINGS, HEADER_ENDINGS, error);

  return g_strdup (path);
}

gboolean
dub_nifti_peek (const char  *path,
                int64_t      shape[3],
                double       affine[4][4],
                GError     **error)
{
  g_autofree char *header_path = header_path_of (path, error);
  g_autoptr (DubStream) stream = header_path != NULL ? dub_stream_open (header_path, error) : NULL;
  DubNiftiHeader header;
  size_t size;

  if (stream == NULL || !read_header (stream, &header, &size, error) ||
      (!header.pair && !check_bound (stream, &header, error)))
    return FALSE;
  memcpy (shape, header.dim, sizeof header.dim);
  memcpy (affine, header.affine, sizeof header.affine);

  return TRUE;
}

DubVolume *
dub_nifti_load (const char  *path,
                GError     **error)
{
  g_autofree char *header_path = header_path_of (path, error);
  DubNiftiHeader header;
  size_t size;

  if (header_path == NULL)
    return NULL;

  g_autoptr (DubStream) stream = dub_stream_open (header_path, error);

  if (stream == NULL || !read_header (stream, &header, &size, error))
    return NULL;
  if (!header.pair)
    return read_voxels (stream, size, &header, error);

  g_autofree char *image_path = find_other_half (header_path, HEADER_ENDINGS, IMAGE_ENDINGS, error);

  if (image_path == NULL)
    return NULL;

  g_autoptr (DubStream) image = dub_stream_open (image_path, error);

  return image != NULL ? read_voxels (image, 0, &header, error) : NULL;
}

DubVolume *
dub_nifti_parse (const guint8  *bytes,
                 size_t         n_bytes,
                 const char    *name,
                 GError       **error)
{
  g_autoptr (DubStream) stream = dub_stream_new_memory (bytes, n_bytes, name);
  DubNiftiHeader header;
  size_t size;

  if (!read_header (stream, &header, &size, error))
    return NULL;
  if (header.pair) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "%s is a header alone; expected header and voxels in one file.", name);
    return NULL;
  }

  return read_voxels (stream, size, &header, error);
}
