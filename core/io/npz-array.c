#include "core/io/npz-array.h"

#include "core/io/npz-private.h"
#include "core/io/spool.h"

#include <fcntl.h>
#include <unistd.h>

/* Unpacked, turned and written in pieces of so many elements. */
enum { PIECE = 1 << 17 };

static const size_t LARGEST_FORTRAN = (size_t) 1 << 30;

/* Unpacks piece by piece; memory does not grow with the array. */
static gboolean
spool_pieces (DubNpzArray         *self,
              DubNpzEntry         *entry,
              const DubNpyHeader  *header,
              DubRun              *run,
              GError             **error)
{
  size_t n_left = header->n_bytes / header->item_size;
  g_autofree guint8 *stored = g_malloc (PIECE * header->item_size);

  while (n_left > 0) {
    size_t n = MIN (n_left, PIECE), n_read;
    DubNpyHeader part = *header;

    if (dub_run_check_cancelled (run, error) ||
        !_dub_npz_read_entry (entry, stored, n * header->item_size, &n_read, error))
      return FALSE;
    if (n_read < n * header->item_size) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                   "%s ends %" G_GSIZE_FORMAT " elements too early.", self->name, n_left - n_read / header->item_size);
      return FALSE;
    }
    part.shape = DUB_SHAPE ((int64_t) n);
    part.n_bytes = n * header->item_size;

    g_autoptr (DubTensor) native = dub_npy_header_decode (&part, stored, error);

    if (native == NULL || !dub_spool_write (self->fd, native->data, dub_tensor_n_bytes (native), self->name, error))
      return FALSE;
    n_left -= n;
  }

  return _dub_npz_finish_entry (entry, error);
}

/* Turning the axes needs all elements at once. */
static gboolean
spool_turned (DubNpzArray         *self,
              DubNpz              *archive,
              const char          *name,
              const DubNpyHeader  *header,
              GError             **error)
{
  if (header->n_bytes > LARGEST_FORTRAN) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "%s is in Fortran order and has %" G_GSIZE_FORMAT " bytes; save it in C order (numpy.ascontiguousarray).",
                 self->name, header->n_bytes);
    return FALSE;
  }

  g_autoptr (DubTensor) tensor = dub_npz_read (archive, name, error);

  return tensor != NULL && dub_spool_write (self->fd, tensor->data, dub_tensor_n_bytes (tensor), self->name, error);
}

DubNpzArray *
dub_npz_array_new (DubNpz      *archive,
                   const char  *name,
                   DubRun      *run,
                   GError     **error)
{
  g_autoptr (DubNpzArray) self = g_new0 (DubNpzArray, 1);
  g_auto (DubNpzEntry) entry = { 0 };
  DubNpyHeader header;

  self->fd = -1;
  if (!_dub_npz_open_entry (archive, name, &entry, &header, error))
    return NULL;
  self->name = g_strdup (entry.name);
  self->dtype = header.dtype;
  self->shape = header.shape;
  self->checksum = entry.stat.crc;
  if (header.shape.rank < 1) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "%s is a scalar; expected an array of rows.", self->name);
    return NULL;
  }

  size_t n_elements = dub_shape_n_elements (&header.shape);

  self->row_bytes = n_elements > 0 ? n_elements / (size_t) header.shape.dim[0] * dub_dtype_size (header.dtype) : 0;

  gboolean turned = header.fortran && header.shape.rank > 1;

  if (archive->file != NULL && !turned && !header.half && !header.swapped) {
    self->fd = open (archive->file, O_RDONLY | O_CLOEXEC);
    if (self->fd >= 0 && _dub_npz_place (self->fd, &entry.stat, entry.index, &self->start)) {
      self->start += header.data_start;
      return g_steal_pointer (&self);
    }
    if (self->fd >= 0)
      close (self->fd);
  }

  self->spooled = TRUE;
  self->start = 0;
  self->fd = dub_spool_new ((guint64) n_elements * dub_dtype_size (header.dtype), self->name, error);
  if (self->fd < 0 || !(turned ? spool_turned (self, archive, name, &header, error)
                               : spool_pieces (self, &entry, &header, run, error)))
    return NULL;

  return g_steal_pointer (&self);
}

void
dub_npz_array_free (DubNpzArray *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->name);
  g_free (self);
}

gboolean
dub_npz_array_read (const DubNpzArray  *self,
                    size_t              first,
                    size_t              n,
                    void               *out,
                    GError            **error)
{
  g_return_val_if_fail (first <= (size_t) self->shape.dim[0] && n <= (size_t) self->shape.dim[0] - first, FALSE);

  return dub_spool_read (self->fd, self->start + (guint64) first * self->row_bytes, out, n * self->row_bytes,
                         self->name, error);
}
