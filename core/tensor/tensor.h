/* The tensor: numbers with a shape.
 *
 * A visible plain struct over a refcounted buffer. Views share the buffer; the
 * numbers of a tensor that has been handed to another owner are never changed
 * in place. Strides count elements and may be 0 (broadcast) or negative.
 *
 * Letters used for shapes throughout the core: N batch, C channels, D H W depth,
 * height and width (the last axis is contiguous in memory), K outputs, G groups.
 */
#pragma once

#include "core/base/error.h"

#include <stdint.h>

G_BEGIN_DECLS

#define DUB_MAX_RANK 8

typedef enum {
  DUB_DTYPE_F32,
  DUB_DTYPE_F64,
  DUB_DTYPE_I8,
  DUB_DTYPE_U8,
  DUB_DTYPE_I16,
  DUB_DTYPE_U16,
  DUB_DTYPE_I32,
  DUB_DTYPE_U32,
  DUB_DTYPE_I64,
  DUB_DTYPE_U64,
  DUB_DTYPE_BOOL, /* one byte, 0 or 1 */
} DubDtype;
#define DUB_N_DTYPES (DUB_DTYPE_BOOL + 1)

/* A shape: @rank extents, each >= 0. Rank 0 is a scalar of one element. */
typedef struct {
  int     rank;
  int64_t dim[DUB_MAX_RANK];
} DubShape;

/* The refcounted owner of memory, 64-byte aligned unless wrapped. */
typedef struct _DubBuffer DubBuffer;

typedef struct {
  gatomicrefcount ref_count;
  DubDtype   dtype;
  DubShape   shape;
  int64_t    stride[DUB_MAX_RANK]; /* in elements */
  DubBuffer *buffer;               /* shared by views */
  void      *data;                 /* element (0, 0, …), inside the buffer */
} DubTensor;

size_t      dub_dtype_size           (DubDtype          dtype);
const char *dub_dtype_name           (DubDtype          dtype); /* "float32", as NumPy says */

/* DUB_SHAPE (2, 3, 4): a shape literal of up to DUB_MAX_RANK extents. */
#define DUB_SHAPE(...) \
  ((DubShape) { .rank = (int) (sizeof ((int64_t[]) { __VA_ARGS__ }) / sizeof (int64_t)), .dim = { __VA_ARGS__ } })

size_t      dub_shape_n_elements     (const DubShape   *self);
gboolean    dub_shape_equal          (const DubShape   *a,
                                      const DubShape   *b);
/* "1×8×60×72×60"; "scalar" for rank 0. (transfer full) */
char       *dub_shape_to_string      (const DubShape   *self);

/* dub_tensor_new:
 *
 * A contiguous tensor. The numbers are undefined with _new and 0 with _new_zeros.
 *
 * Returns: (transfer full): the tensor, or NULL with @error set:
 *   DUB_ERROR_SHAPE   rank or an extent is out of range
 *   DUB_ERROR_MEMORY  the bytes overflow or cannot be had
 */
G_GNUC_WARN_UNUSED_RESULT
DubTensor  *dub_tensor_new           (DubDtype          dtype,
                                      DubShape          shape,
                                      GError          **error);
G_GNUC_WARN_UNUSED_RESULT
DubTensor  *dub_tensor_new_zeros     (DubDtype          dtype,
                                      DubShape          shape,
                                      GError          **error);

/* dub_tensor_new_wrapped:
 * @data: memory of the shape's size, C order
 * @release: (nullable): called with @release_data when the last view is gone
 */
G_GNUC_WARN_UNUSED_RESULT
DubTensor  *dub_tensor_new_wrapped   (DubDtype          dtype,
                                      DubShape          shape,
                                      void             *data,
                                      GDestroyNotify    release,
                                      gpointer          release_data);

DubTensor  *dub_tensor_ref           (DubTensor        *self);
void        dub_tensor_unref         (DubTensor        *self);

size_t      dub_tensor_n_elements    (const DubTensor  *self);
size_t      dub_tensor_n_bytes       (const DubTensor  *self);
gboolean    dub_tensor_is_contiguous (const DubTensor  *self);

/* Views: (transfer full), sharing the buffer. _reshape needs a contiguous tensor. */
G_GNUC_WARN_UNUSED_RESULT
DubTensor  *dub_tensor_reshape       (DubTensor        *self,
                                      DubShape          shape,
                                      GError          **error);
G_GNUC_WARN_UNUSED_RESULT
DubTensor  *dub_tensor_permute       (DubTensor        *self,
                                      const int        *axes,
                                      GError          **error);
/* Elements start, start + step, … of @axis, @n of them. */
G_GNUC_WARN_UNUSED_RESULT
DubTensor  *dub_tensor_slice         (DubTensor        *self,
                                      int               axis,
                                      int64_t           start,
                                      int64_t           n,
                                      int64_t           step,
                                      GError          **error);

/* A contiguous copy, or a new reference when already contiguous. */
G_GNUC_WARN_UNUSED_RESULT
DubTensor  *dub_tensor_contiguous    (DubTensor        *self,
                                      GError          **error);
/* Always a contiguous copy. */
G_GNUC_WARN_UNUSED_RESULT
DubTensor  *dub_tensor_copy          (const DubTensor  *self,
                                      GError          **error);
/* A contiguous tensor of another element type. Floats become integers by
 * truncation toward zero, saturating; NaN becomes 0; anything becomes BOOL by != 0. */
G_GNUC_WARN_UNUSED_RESULT
DubTensor  *dub_tensor_convert       (const DubTensor  *self,
                                      DubDtype          dtype,
                                      GError          **error);

/* Copies numbers between two tensors of one shape and element type; strides may differ. */
void        dub_tensor_assign        (DubTensor        *dest,
                                      const DubTensor  *source);

/* One element by its C-order index, whatever the strides and type. */
double      dub_tensor_get_double    (const DubTensor  *self,
                                      size_t            index);
int64_t     dub_tensor_get_int       (const DubTensor  *self,
                                      size_t            index);

static inline float *
dub_tensor_f32 (const DubTensor *self)
{
  return (float *) self->data;
}

static inline int64_t *
dub_tensor_i64 (const DubTensor *self)
{
  return (int64_t *) self->data;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubTensor, dub_tensor_unref)

G_END_DECLS
