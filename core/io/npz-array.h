/* An array of an npz archive that stays on the disk: its rows are read as they are asked for.
 *
 * A stored array is read where it lies. A compressed one, one in the other byte order, of float16 or in
 * Fortran order is unpacked once into an unlinked temporary file, in C order and in the machine's own numbers.
 */
#pragma once

#include "core/base/run.h"
#include "core/io/npy.h"

G_BEGIN_DECLS

typedef struct {
  char     *name;      /* "set.npz: array train_images": for messages */
  DubDtype  dtype;
  DubShape  shape;     /* rank >= 1; row = index of the first axis */
  size_t    row_bytes;
  guint32   checksum;  /* CRC-32 of the array, as the archive's directory has it */
  gboolean  spooled;
  int       fd;
  guint64   start;     /* of the first element in @fd */
} DubNpzArray;

/* The archive may be freed before the array.
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE for a scalar, DUB_ERROR_UNSUPPORTED for a
 * Fortran-ordered array of more than a gigabyte, DUB_ERROR_IO where there is no room to unpack.
 */
G_GNUC_WARN_UNUSED_RESULT
DubNpzArray *dub_npz_array_new  (DubNpz             *archive,
                                 const char         *name,
                                 DubRun             *run,
                                 GError            **error);
void         dub_npz_array_free (DubNpzArray        *self);
/* @n rows from @first on into @out, which has room for n * row_bytes. Thread-safe. */
gboolean     dub_npz_array_read (const DubNpzArray  *self,
                                 size_t              first,
                                 size_t              n,
                                 void               *out,
                                 GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubNpzArray, dub_npz_array_free)

G_END_DECLS
