#include "core/tensor/tensor.h"

#include "core/base/checked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const size_t ALIGNMENT = 64;
/* From this size on, memory is mapped with a hint for huge pages: a 256³ network walks gigabytes. */
static const size_t HUGE_PAGE = (size_t) 2 << 20;

struct _DubBuffer {
  gatomicrefcount ref_count;
  void           *memory;
  GDestroyNotify  release;
  gpointer        release_data;
};

static const struct {
  const char *name;
  size_t      size;
} DTYPES[DUB_N_DTYPES] = {
  [DUB_DTYPE_F32]  = { "float32", 4 },
  [DUB_DTYPE_F64]  = { "float64", 8 },
  [DUB_DTYPE_I8]   = { "int8", 1 },
  [DUB_DTYPE_U8]   = { "uint8", 1 },
  [DUB_DTYPE_I16]  = { "int16", 2 },
  [DUB_DTYPE_U16]  = { "uint16", 2 },
  [DUB_DTYPE_I32]  = { "int32", 4 },
  [DUB_DTYPE_U32]  = { "uint32", 4 },
  [DUB_DTYPE_I64]  = { "int64", 8 },
  [DUB_DTYPE_U64]  = { "uint64", 8 },
  [DUB_DTYPE_BOOL] = { "bool", 1 },
};

size_t
dub_dtype_size (DubDtype dtype)
{
  return DTYPES[dtype].size;
}

const char *
dub_dtype_name (DubDtype dtype)
{
  return DTYPES[dtype].name;
}

size_t
dub_shape_n_elements (const DubShape *self)
{
  size_t n = 1;

  for (int i = 0; i < self->rank; i++)
    n *= (size_t) self->dim[i];

  return n;
}

gboolean
dub_shape_equal (const DubShape *a,
                 const DubShape *b)
{
  return a->rank == b->rank && memcmp (a->dim, b->dim, (size_t) a->rank * sizeof (int64_t)) == 0;
}

char *
dub_shape_to_string (const DubShape *self)
{
  if (self->rank == 0)
    return g_strdup ("scalar");

  GString *text = g_string_new (NULL);

  for (int i = 0; i < self->rank; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? "×" : "", self->dim[i]);

  return g_string_free (text, FALSE);
}

static DubBuffer *
buffer_new (void           *memory,
            GDestroyNotify  release,
            gpointer        release_data)
{
  DubBuffer *self = g_new (DubBuffer, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->memory = memory;
  self->release = release;
  self->release_data = release_data;

  return self;
}

static void
buffer_unref (DubBuffer *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->release != NULL)
    self->release (self->release_data);
  g_free (self);
}

/* A tensor struct over @buffer, whose reference it takes; C-order strides. */
static DubTensor *
tensor_new_over (DubDtype   dtype,
                 DubShape   shape,
                 DubBuffer *buffer,
                 void      *data)
{
  DubTensor *self = g_new0 (DubTensor, 1);
  int64_t stride = 1;

  g_atomic_ref_count_init (&self->ref_count);
  self->dtype = dtype;
  self->shape = shape;
  for (int i = shape.rank - 1; i >= 0; i--) {
    self->stride[i] = stride;
    stride *= MAX (shape.dim[i], 1);
  }
  self->buffer = buffer;
  self->data = data;

  return self;
}

static DubTensor *
allocate (DubDtype   dtype,
          DubShape   shape,
          gboolean   zero,
          GError   **error)
{
  size_t n_bytes;

  if (shape.rank < 0 || shape.rank > DUB_MAX_RANK) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "A tensor has rank %d; expected 0 to %d.", shape.rank, DUB_MAX_RANK);
    return NULL;
  }

  if (!dub_checked_product (shape.dim, (size_t) shape.rank, &n_bytes) ||
      !dub_checked_mul (n_bytes, dub_dtype_size (dtype), &n_bytes) ||
      n_bytes > G_MAXSSIZE - HUGE_PAGE) {
    g_autofree char *text = dub_shape_to_string (&shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "A tensor of shape %s does not fit into memory.", text);
    return NULL;
  }

  void *memory = NULL;
  size_t alignment = n_bytes >= HUGE_PAGE ? HUGE_PAGE : ALIGNMENT;

  if (posix_memalign (&memory, alignment, MAX (n_bytes, ALIGNMENT)) != 0) {
    g_autofree char *text = dub_shape_to_string (&shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "There is no memory for a tensor of shape %s (%.1f MB).", text, (double) n_bytes / 1e6);
    return NULL;
  }
#ifdef MADV_HUGEPAGE
  if (n_bytes >= HUGE_PAGE)
    madvise (memory, n_bytes, MADV_HUGEPAGE);
#endif
  if (zero)
    memset (memory, 0, n_bytes);

  return tensor_new_over (dtype, shape, buffer_new (memory, free, memory), memory);
}

DubTensor *
dub_tensor_new (DubDtype   dtype,
                DubShape   shape,
                GError   **error)
{
  return allocate (dtype, shape, FALSE, error);
}

DubTensor *
dub_tensor_new_zeros (DubDtype   dtype,
                      DubShape   shape,
                      GError   **error)
{
  return allocate (dtype, shape, TRUE, error);
}

DubTensor *
dub_tensor_new_wrapped (DubDtype        dtype,
                        DubShape        shape,
                        void           *data,
                        GDestroyNotify  release,
                        gpointer        release_data)
{
  return tensor_new_over (dtype, shape, buffer_new (data, release, release_data), data);
}

DubTensor *
dub_tensor_ref (DubTensor *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_tensor_unref (DubTensor *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  buffer_unref (self->buffer);
  g_free (self);
}

size_t
dub_tensor_n_elements (const DubTensor *self)
{
  return dub_shape_n_elements (&self->shape);
}

size_t
dub_tensor_n_bytes (const DubTensor *self)
{
  return dub_tensor_n_elements (self) * dub_dtype_size (self->dtype);
}

gboolean
dub_tensor_is_contiguous (const DubTensor *self)
{
  int64_t stride = 1;

  for (int i = self->shape.rank - 1; i >= 0; i--) {
    if (self->shape.dim[i] == 0)
      return TRUE;
    if (self->shape.dim[i] > 1 && self->stride[i] != stride)
      return FALSE;
    stride *= self->shape.dim[i];
  }

  return TRUE;
}

static DubTensor *
view_new (DubTensor *self)
{
  DubTensor *view = g_new (DubTensor, 1);

  *view = *self;
  g_atomic_ref_count_init (&view->ref_count);
  g_atomic_ref_count_inc (&self->buffer->ref_count);

  return view;
}

DubTensor *
dub_tensor_reshape (DubTensor  *self,
                    DubShape    shape,
                    GError    **error)
{
  size_t n = 0;

  if (!dub_tensor_is_contiguous (self) || shape.rank > DUB_MAX_RANK ||
      !dub_checked_product (shape.dim, (size_t) shape.rank, &n) || n != dub_tensor_n_elements (self)) {
    g_autofree char *from = dub_shape_to_string (&self->shape);
    g_autofree char *to = dub_shape_to_string (&shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "A tensor of shape %s cannot be read as %s.", from, to);
    return NULL;
  }

  g_atomic_ref_count_inc (&self->buffer->ref_count);

  return tensor_new_over (self->dtype, shape, self->buffer, self->data);
}

DubTensor *
dub_tensor_permute (DubTensor  *self,
                    const int  *axes,
                    GError    **error)
{
  guint seen = 0;

  for (int i = 0; i < self->shape.rank; i++) {
    if (axes[i] < 0 || axes[i] >= self->shape.rank || (seen & (1u << axes[i]))) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                   "Axis %d of a permutation is %d; expected each of 0 to %d once.", i, axes[i], self->shape.rank - 1);
      return NULL;
    }
    seen |= 1u << axes[i];
  }

  DubTensor *view = view_new (self);

  for (int i = 0; i < self->shape.rank; i++) {
    view->shape.dim[i] = self->shape.dim[axes[i]];
    view->stride[i] = self->stride[axes[i]];
  }

  return view;
}

DubTensor *
dub_tensor_slice (DubTensor  *self,
                  int         axis,
                  int64_t     start,
                  int64_t     n,
                  int64_t     step,
                  GError    **error)
{
  if (axis < 0 || axis >= self->shape.rank || n < 0 ||
      (n > 0 && (start < 0 || start >= self->shape.dim[axis] ||
                 start + (n - 1) * step < 0 || start + (n - 1) * step >= self->shape.dim[axis]))) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "A slice of axis %d takes %" G_GINT64_FORMAT " elements from %" G_GINT64_FORMAT
                 " in steps of %" G_GINT64_FORMAT ", which leaves the tensor.", axis, n, start, step);
    return NULL;
  }

  DubTensor *view = view_new (self);

  view->shape.dim[axis] = n;
  view->stride[axis] *= step;
  view->data = (char *) self->data + (n > 0 ? start * self->stride[axis] : 0) * (int64_t) dub_dtype_size (self->dtype);

  return view;
}

/* Copies element by element, the last axis as runs. */
static void
copy_strided (char          *dest,
              const int64_t *dest_stride,
              const char    *source,
              const int64_t *source_stride,
              const DubShape *shape,
              int            axis,
              size_t         size)
{
  int64_t n = axis < shape->rank ? shape->dim[axis] : 1;

  if (axis >= shape->rank) {
    memcpy (dest, source, size);
    return;
  }
  if (axis == shape->rank - 1 && dest_stride[axis] == 1 && source_stride[axis] == 1) {
    memcpy (dest, source, (size_t) n * size);
    return;
  }
  for (int64_t i = 0; i < n; i++)
    copy_strided (dest + i * dest_stride[axis] * (int64_t) size, dest_stride,
                  source + i * source_stride[axis] * (int64_t) size, source_stride, shape, axis + 1, size);
}

void
dub_tensor_assign (DubTensor       *dest,
                   const DubTensor *source)
{
  g_return_if_fail (dest->dtype == source->dtype);
  g_return_if_fail (dub_shape_equal (&dest->shape, &source->shape));

  if (dub_tensor_is_contiguous (dest) && dub_tensor_is_contiguous (source)) {
    memcpy (dest->data, source->data, dub_tensor_n_bytes (source));
    return;
  }
  copy_strided (dest->data, dest->stride, source->data, source->stride, &source->shape, 0,
                dub_dtype_size (source->dtype));
}

DubTensor *
dub_tensor_copy (const DubTensor  *self,
                 GError          **error)
{
  DubTensor *copy = dub_tensor_new (self->dtype, self->shape, error);

  if (copy != NULL)
    dub_tensor_assign (copy, self);

  return copy;
}

DubTensor *
dub_tensor_contiguous (DubTensor  *self,
                       GError    **error)
{
  if (dub_tensor_is_contiguous (self))
    return dub_tensor_ref (self);

  return dub_tensor_copy (self, error);
}

/* Byte offset of a C-order index. */
static const char *
element_at (const DubTensor *self,
            size_t           index)
{
  int64_t offset = 0;

  for (int i = self->shape.rank - 1; i >= 0; i--) {
    offset += (int64_t) (index % (size_t) self->shape.dim[i]) * self->stride[i];
    index /= (size_t) self->shape.dim[i];
  }

  return (const char *) self->data + offset * (int64_t) dub_dtype_size (self->dtype);
}

#define READ(type) (*(const type *) (const void *) element)

double
dub_tensor_get_double (const DubTensor *self,
                       size_t           index)
{
  const char *element = element_at (self, index);

  switch (self->dtype) {
  case DUB_DTYPE_F32:  return READ (float);
  case DUB_DTYPE_F64:  return READ (double);
  case DUB_DTYPE_U64:  return (double) READ (uint64_t);
  case DUB_DTYPE_I8:
  case DUB_DTYPE_U8:
  case DUB_DTYPE_I16:
  case DUB_DTYPE_U16:
  case DUB_DTYPE_I32:
  case DUB_DTYPE_U32:
  case DUB_DTYPE_I64:
  case DUB_DTYPE_BOOL:
  default:
    return (double) dub_tensor_get_int (self, index);
  }
}

static int64_t
saturate (double value)
{
  if (isnan (value))
    return 0;
  if (value >= 0x1p63)
    return INT64_MAX;
  if (value <= -0x1p63)
    return INT64_MIN;

  return (int64_t) value;
}

int64_t
dub_tensor_get_int (const DubTensor *self,
                    size_t           index)
{
  const char *element = element_at (self, index);

  switch (self->dtype) {
  case DUB_DTYPE_F32:  return saturate (READ (float));
  case DUB_DTYPE_F64:  return saturate (READ (double));
  case DUB_DTYPE_I8:   return READ (int8_t);
  case DUB_DTYPE_U8:   return READ (uint8_t);
  case DUB_DTYPE_I16:  return READ (int16_t);
  case DUB_DTYPE_U16:  return READ (uint16_t);
  case DUB_DTYPE_I32:  return READ (int32_t);
  case DUB_DTYPE_U32:  return READ (uint32_t);
  case DUB_DTYPE_I64:  return READ (int64_t);
  case DUB_DTYPE_U64:  return (int64_t) MIN (READ (uint64_t), (uint64_t) INT64_MAX);
  case DUB_DTYPE_BOOL: return READ (uint8_t) != 0;
  default:             return 0;
  }
}

/* Conversion to float32 is the way of every file into the core, so it gets loops of its own. */
#define TO_F32(type) \
  for (size_t i = 0; i < n; i++) \
    out[i] = (float) ((const type *) source->data)[i]

static void
convert_to_f32 (float           *out,
                const DubTensor *source,
                size_t           n)
{
  switch (source->dtype) {
  case DUB_DTYPE_F32:  memcpy (out, source->data, n * sizeof (float)); break;
  case DUB_DTYPE_F64:  TO_F32 (double); break;
  case DUB_DTYPE_I8:   TO_F32 (int8_t); break;
  case DUB_DTYPE_U8:
  case DUB_DTYPE_BOOL: TO_F32 (uint8_t); break;
  case DUB_DTYPE_I16:  TO_F32 (int16_t); break;
  case DUB_DTYPE_U16:  TO_F32 (uint16_t); break;
  case DUB_DTYPE_I32:  TO_F32 (int32_t); break;
  case DUB_DTYPE_U32:  TO_F32 (uint32_t); break;
  case DUB_DTYPE_I64:  TO_F32 (int64_t); break;
  case DUB_DTYPE_U64:  TO_F32 (uint64_t); break;
  default: break;
  }
}

static void
store (DubTensor *dest,
       size_t     i,
       const DubTensor *source)
{
  int64_t whole = 0;
  double real = 0.0;

  if (dest->dtype == DUB_DTYPE_F32 || dest->dtype == DUB_DTYPE_F64 || dest->dtype == DUB_DTYPE_BOOL)
    real = dub_tensor_get_double (source, i);
  else
    whole = dub_tensor_get_int (source, i);

  switch (dest->dtype) {
  case DUB_DTYPE_F32:  ((float *) dest->data)[i] = (float) real; break;
  case DUB_DTYPE_F64:  ((double *) dest->data)[i] = real; break;
  case DUB_DTYPE_BOOL: ((uint8_t *) dest->data)[i] = real != 0.0; break;
  case DUB_DTYPE_I8:   ((int8_t *) dest->data)[i] = (int8_t) CLAMP (whole, INT8_MIN, INT8_MAX); break;
  case DUB_DTYPE_U8:   ((uint8_t *) dest->data)[i] = (uint8_t) CLAMP (whole, 0, UINT8_MAX); break;
  case DUB_DTYPE_I16:  ((int16_t *) dest->data)[i] = (int16_t) CLAMP (whole, INT16_MIN, INT16_MAX); break;
  case DUB_DTYPE_U16:  ((uint16_t *) dest->data)[i] = (uint16_t) CLAMP (whole, 0, UINT16_MAX); break;
  case DUB_DTYPE_I32:  ((int32_t *) dest->data)[i] = (int32_t) CLAMP (whole, INT32_MIN, INT32_MAX); break;
  case DUB_DTYPE_U32:  ((uint32_t *) dest->data)[i] = (uint32_t) CLAMP (whole, 0, (int64_t) UINT32_MAX); break;
  case DUB_DTYPE_I64:  ((int64_t *) dest->data)[i] = whole; break;
  case DUB_DTYPE_U64:  ((uint64_t *) dest->data)[i] = (uint64_t) MAX (whole, 0); break;
  default: break;
  }
}

DubTensor *
dub_tensor_convert (const DubTensor  *self,
                    DubDtype          dtype,
                    GError          **error)
{
  if (dtype == self->dtype)
    return dub_tensor_copy (self, error);

  g_autoptr (DubTensor) result = dub_tensor_new (dtype, self->shape, error);

  if (result == NULL)
    return NULL;

  size_t n = dub_tensor_n_elements (self);

  if (dtype == DUB_DTYPE_F32 && dub_tensor_is_contiguous (self))
    convert_to_f32 (dub_tensor_f32 (result), self, n);
  else
    for (size_t i = 0; i < n; i++)
      store (result, i, self);

  return g_steal_pointer (&result);
}
