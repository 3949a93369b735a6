#include "core/io/npy.h"

#include "core/io/file.h"
#include "core/io/npy-header.h"

#include <string.h>

static const guint64 LARGEST_FILE = (guint64) 16 << 30;

DubTensor *
dub_npy_parse (const guint8  *bytes,
               size_t         n_bytes,
               const char    *name,
               GError       **error)
{
  DubNpyHeader header;

  if (!dub_npy_header_parse (&header, bytes, n_bytes, name, FALSE, error))
    return NULL;

  if (n_bytes - header.data_start < header.n_bytes) {
    g_autofree char *shape = dub_shape_to_string (&header.shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s has %" G_GSIZE_FORMAT " bytes of elements; expected %" G_GSIZE_FORMAT " for shape %s.",
                 name, n_bytes - header.data_start, header.n_bytes, shape);
    return NULL;
  }

  return dub_npy_header_decode (&header, bytes + header.data_start, error);
}

DubTensor *
dub_npy_load (const char  *path,
              GError     **error)
{
  g_autoptr (GBytes) bytes = dub_file_read (path, LARGEST_FILE, error);
  g_autofree char *name = g_filename_display_name (path);

  if (bytes == NULL)
    return NULL;

  return dub_npy_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), name, error);
}

gboolean
dub_npy_save (const DubTensor  *tensor,
              const char       *path,
              GError          **error)
{
  /* Constant in meaning only: a reference may be taken. */
  g_autoptr (DubTensor) contiguous = dub_tensor_contiguous ((DubTensor *) tensor, error);

  if (contiguous == NULL)
    return FALSE;

  GString *text = dub_npy_header_write (contiguous, FALSE);

  g_string_append_len (text, contiguous->data, (gssize) dub_tensor_n_bytes (contiguous));

  gboolean saved = dub_file_write_atomic (path, text->str, text->len, error);

  g_string_free (text, TRUE);

  return saved;
}
