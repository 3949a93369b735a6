/* The header of an npy array: a Python dictionary literal with exactly the keys descr, fortran_order and shape.
 *
 * Source: NumPy Enhancement Proposal 1 (format versions 1, 2 and 3).
 */
#pragma once

#include "core/tensor/tensor.h"

G_BEGIN_DECLS

/* Magic, version and length field of the longest form. */
#define DUB_NPY_PREFIX 12

typedef struct {
  DubDtype dtype;      /* of the tensor; float16 is read as F32 */
  size_t   item_size;  /* bytes of a stored element */
  gboolean half;       /* stored as float16 */
  gboolean swapped;    /* stored in the other byte order */
  gboolean fortran;    /* first axis fastest */
  gboolean text;       /* strings of a fixed width, which is the last axis: U32 code points or U8 bytes, zeros at the end */
  DubShape shape;
  size_t   n_bytes;    /* of the stored elements; checked against overflow */
  size_t   data_start; /* offset of the first element */
} DubNpyHeader;

/* Bytes from the start of the file to the first element, from the first DUB_NPY_PREFIX bytes; 0 with @error set. */
size_t     dub_npy_header_length (const guint8        *bytes,
                                  size_t               n_bytes,
                                  const char          *name,
                                  GError             **error);
/* @bytes holds at least the whole header. Arrays of strings are refused unless @text. */
gboolean   dub_npy_header_parse  (DubNpyHeader        *self,
                                  const guint8        *bytes,
                                  size_t               n_bytes,
                                  const char          *name,
                                  gboolean             text,
                                  GError             **error);
/* The elements at @data (self->n_bytes of them) as a tensor in C order and native byte order. */
G_GNUC_WARN_UNUSED_RESULT
DubTensor *dub_npy_header_decode (const DubNpyHeader  *self,
                                  const guint8        *data,
                                  GError             **error);
/* The header of @tensor, padded so that the elements start at a multiple of 64 bytes. With @text it is (N, L) of U32, which
 * become N strings of L code points. */
GString   *dub_npy_header_write  (const DubTensor     *tensor,
                                  gboolean             text);

G_END_DECLS
