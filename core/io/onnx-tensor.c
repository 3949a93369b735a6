#include "core/io/onnx-tensor.h"

#include "core/base/checked.h"
#include "core/io/file.h"
#include "core/io/onnx-guard.h"
#include "core/io/onnx.h"
#include "core/nn/ops/half.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef Onnx__TensorProto Proto;

/* Largest file that protobuf itself can describe. */
static const guint64 LARGEST = G_MAXINT32;

/* One row an element type: how many bytes raw_data spends on it, and what it is in memory. */
static const struct {
  int32_t     type;
  const char *name;
  int         raw_size; /* 0 = no counterpart */
  DubDtype    dtype;
} TYPES[] = {
  { ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, "float32", 4, DUB_DTYPE_F32 },
  { ONNX__TENSOR_PROTO__DATA_TYPE__UINT8, "uint8", 1, DUB_DTYPE_U8 },
  { ONNX__TENSOR_PROTO__DATA_TYPE__INT8, "int8", 1, DUB_DTYPE_I8 },
  { ONNX__TENSOR_PROTO__DATA_TYPE__UINT16, "uint16", 2, DUB_DTYPE_U16 },
  { ONNX__TENSOR_PROTO__DATA_TYPE__INT16, "int16", 2, DUB_DTYPE_I16 },
  { ONNX__TENSOR_PROTO__DATA_TYPE__INT32, "int32", 4, DUB_DTYPE_I32 },
  { ONNX__TENSOR_PROTO__DATA_TYPE__INT64, "int64", 8, DUB_DTYPE_I64 },
  { ONNX__TENSOR_PROTO__DATA_TYPE__STRING, "string", 0, DUB_DTYPE_U8 },
  { ONNX__TENSOR_PROTO__DATA_TYPE__BOOL, "bool", 1, DUB_DTYPE_BOOL },
  { ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16, "float16", 2, DUB_DTYPE_F32 },
  { ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE, "float64", 8, DUB_DTYPE_F64 },
  { ONNX__TENSOR_PROTO__DATA_TYPE__UINT32, "uint32", 4, DUB_DTYPE_U32 },
  { ONNX__TENSOR_PROTO__DATA_TYPE__UINT64, "uint64", 8, DUB_DTYPE_U64 },
  { ONNX__TENSOR_PROTO__DATA_TYPE__COMPLEX64, "complex64", 0, DUB_DTYPE_F32 },
  { ONNX__TENSOR_PROTO__DATA_TYPE__COMPLEX128, "complex128", 0, DUB_DTYPE_F64 },
  { ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16, "bfloat16", 2, DUB_DTYPE_F32 },
};

static int
find_type (int32_t data_type)
{
  for (size_t i = 0; i < G_N_ELEMENTS (TYPES); i++)
    if (TYPES[i].type == data_type)
      return (int) i;

  return -1;
}

gboolean
dub_onnx_dtype (int32_t   data_type,
                DubDtype *dtype)
{
  int i = find_type (data_type);

  if (i < 0 || TYPES[i].raw_size == 0)
    return FALSE;
  *dtype = TYPES[i].dtype;

  return TRUE;
}

int32_t
dub_onnx_data_type (DubDtype dtype)
{
  for (size_t i = 0; i < G_N_ELEMENTS (TYPES); i++)
    if (TYPES[i].raw_size == (int) dub_dtype_size (dtype) && TYPES[i].dtype == dtype)
      return TYPES[i].type;

  return ONNX__TENSOR_PROTO__DATA_TYPE__UNDEFINED;
}

const char *
dub_onnx_type_name (int32_t data_type)
{
  int i = find_type (data_type);

  return i >= 0 ? TYPES[i].name : "of an unknown element type";
}

/* What is being read, for messages. */
typedef struct {
  const Proto *proto;
  const char  *name;
  const char  *file;
  const char  *folder;
  int          type; /* row of TYPES */
  size_t       n;    /* elements */
  size_t       n_bytes; /* in the file */
} Source;

static gboolean G_GNUC_PRINTF (4, 5)
fail (const Source *source,
      int           code,
      GError      **error,
      const char   *format,
      ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, DUB_ERROR, code, "Tensor “%s” of %s %s", source->name, source->file, text);

  return FALSE;
}

/* The bytes are little-endian in the file, whatever the machine. */
static void
swap_on_big_endian (guint8 *bytes,
                    size_t  n_bytes,
                    size_t  size)
{
#if G_BYTE_ORDER == G_BIG_ENDIAN
  for (size_t i = 0; i + size <= n_bytes; i += size)
    for (size_t k = 0; k < size / 2; k++) {
      guint8 swapped = bytes[i + k];

      bytes[i + k] = bytes[i + size - 1 - k];
      bytes[i + size - 1 - k] = swapped;
    }
#endif
}

/* Numbers as the file stores them become numbers in memory. */
static void
convert_raw (const Source *source,
             guint8       *raw,
             DubTensor    *tensor)
{
  int32_t type = TYPES[source->type].type;

  swap_on_big_endian (raw, source->n_bytes, (size_t) TYPES[source->type].raw_size);
  if (type == ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16 || type == ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16) {
    for (size_t i = 0; i < source->n; i++) {
      uint16_t half;

      memcpy (&half, raw + 2 * i, 2);
      dub_tensor_f32 (tensor)[i] = type == ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16 ? dub_half_to_float (half)
                                                                                : dub_bfloat_to_float (half);
    }
    return;
  }
  if (raw != tensor->data && source->n_bytes > 0)
    memcpy (tensor->data, raw, source->n_bytes);
  /* A bool is 0 or 1 in memory; a file may say otherwise. */
  if (tensor->dtype == DUB_DTYPE_BOOL)
    for (size_t i = 0; i < source->n; i++)
      ((uint8_t *) tensor->data)[i] = ((uint8_t *) tensor->data)[i] != 0;
}

/* The typed lists: one for each family of element types. */
static gboolean
read_lists (const Source *source,
            DubTensor    *tensor,
            GError      **error)
{
  const Proto *proto = source->proto;
  size_t found = proto->n_int32_data;

  switch (TYPES[source->type].type) {
  case ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT: found = proto->n_float_data; break;
  case ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE: found = proto->n_double_data; break;
  case ONNX__TENSOR_PROTO__DATA_TYPE__INT64: found = proto->n_int64_data; break;
  case ONNX__TENSOR_PROTO__DATA_TYPE__UINT32:
  case ONNX__TENSOR_PROTO__DATA_TYPE__UINT64: found = proto->n_uint64_data; break;
  default: break;
  }
  if (found != source->n)
    return fail (source, DUB_ERROR_FORMAT, error, "holds %zu numbers; its dims say %zu.", found, source->n);

  switch (TYPES[source->type].type) {
  case ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT:
    memcpy (tensor->data, proto->float_data, source->n * sizeof (float));
    return TRUE;
  case ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE:
    memcpy (tensor->data, proto->double_data, source->n * sizeof (double));
    return TRUE;
  case ONNX__TENSOR_PROTO__DATA_TYPE__INT64:
    memcpy (tensor->data, proto->int64_data, source->n * sizeof (int64_t));
    return TRUE;
  case ONNX__TENSOR_PROTO__DATA_TYPE__UINT64:
    memcpy (tensor->data, proto->uint64_data, source->n * sizeof (uint64_t));
    return TRUE;
  default:
    break;
  }

  for (size_t i = 0; i < source->n; i++)
    switch (TYPES[source->type].type) {
    case ONNX__TENSOR_PROTO__DATA_TYPE__UINT32: ((uint32_t *) tensor->data)[i] = (uint32_t) proto->uint64_data[i]; break;
    case ONNX__TENSOR_PROTO__DATA_TYPE__INT32: ((int32_t *) tensor->data)[i] = proto->int32_data[i]; break;
    case ONNX__TENSOR_PROTO__DATA_TYPE__UINT16: ((uint16_t *) tensor->data)[i] = (uint16_t) proto->int32_data[i]; break;
    case ONNX__TENSOR_PROTO__DATA_TYPE__INT16: ((int16_t *) tensor->data)[i] = (int16_t) proto->int32_data[i]; break;
    case ONNX__TENSOR_PROTO__DATA_TYPE__UINT8: ((uint8_t *) tensor->data)[i] = (uint8_t) proto->int32_data[i]; break;
    case ONNX__TENSOR_PROTO__DATA_TYPE__INT8: ((int8_t *) tensor->data)[i] = (int8_t) proto->int32_data[i]; break;
    case ONNX__TENSOR_PROTO__DATA_TYPE__BOOL: ((uint8_t *) tensor->data)[i] = proto->int32_data[i] != 0; break;
    case ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16:
      dub_tensor_f32 (tensor)[i] = dub_half_to_float ((uint16_t) proto->int32_data[i]);
      break;
    case ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16:
      dub_tensor_f32 (tensor)[i] = dub_bfloat_to_float ((uint16_t) proto->int32_data[i]);
      break;
    default:
      break;
    }

  return TRUE;
}

typedef struct {
  const char *location;
  guint64     offset;
  guint64     length; /* G_MAXUINT64 = not said */
} External;

static gboolean
read_external_keys (const Source *source,
                    External     *external,
                    GError      **error)
{
  *external = (External) { .length = G_MAXUINT64 };
  for (size_t i = 0; i < source->proto->n_external_data; i++) {
    const char *key = source->proto->external_data[i]->key;
    const char *value = source->proto->external_data[i]->value;
    guint64 *number = NULL;

    if (key == NULL || value == NULL)
      continue;
    if (g_str_equal (key, "location"))
      external->location = value;
    else if (g_str_equal (key, "offset"))
      number = &external->offset;
    else if (g_str_equal (key, "length"))
      number = &external->length;
    if (number != NULL && !g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, number, NULL))
      return fail (source, DUB_ERROR_FORMAT, error, "has the %s “%s” in its external file; expected a whole number.", key,
                   value);
  }
  if (external->location == NULL || *external->location == '\0')
    return fail (source, DUB_ERROR_FORMAT, error, "lies in an external file without a location.");
  if (external->length != G_MAXUINT64 && external->length != source->n_bytes)
    return fail (source, DUB_ERROR_FORMAT, error, "has %" G_GUINT64_FORMAT " bytes in its external file; its dims say %zu.",
                 external->length, source->n_bytes);

  return TRUE;
}

/* Reads into @bytes, which has source->n_bytes. */
static gboolean
read_external (const Source   *source,
               const External *external,
               const char     *path,
               guint8         *bytes,
               GError        **error)
{
  FILE *file = fopen (path, "rbe");
  gboolean ok;

  if (file == NULL) {
    int code = errno;

    return fail (source, DUB_ERROR_IO, error, "lies in “%s”, which cannot be opened: %s.", external->location,
                 g_strerror (code));
  }
  ok = fseeko (file, (off_t) external->offset, SEEK_SET) == 0 && fread (bytes, 1, source->n_bytes, file) == source->n_bytes;
  fclose (file);
  if (!ok)
    return fail (source, DUB_ERROR_FORMAT, error, "expects %zu bytes at byte %" G_GUINT64_FORMAT
                 " of “%s”, which is shorter.", source->n_bytes, external->offset, external->location);

  return TRUE;
}

/* The file is looked at before memory is taken for what the model claims of it. */
static gboolean
external_is_long_enough (const Source   *source,
                         const External *external,
                         const char     *path,
                         GError        **error)
{
  FILE *file;
  off_t size = -1;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return fail (source, DUB_ERROR_IO, error, "lies in “%s”, which is missing or not a regular file.",
                 external->location);
  file = fopen (path, "rbe");
  if (file != NULL) {
    if (fseeko (file, 0, SEEK_END) == 0)
      size = ftello (file);
    fclose (file);
  }
  if (size < 0 || external->offset > (guint64) size || source->n_bytes > (guint64) size - external->offset)
    return fail (source, DUB_ERROR_FORMAT, error, "expects %zu bytes at byte %" G_GUINT64_FORMAT " of “%s”, which has %"
                 G_GINT64_FORMAT ".", source->n_bytes, external->offset, external->location, (gint64) size);

  return TRUE;
}

static DubTensor *
load_external (const Source  *source,
               DubShape       shape,
               GError       **error)
{
  External external;
  g_autofree char *path = NULL;
  g_autofree guint8 *narrow = NULL;
  g_autoptr (DubTensor) tensor = NULL;

  if (!read_external_keys (source, &external, error))
    return NULL;
  if (source->folder == NULL) {
    fail (source, DUB_ERROR_FORMAT, error, "lies in the external file “%s”; expected its numbers inside.",
          external.location);
    return NULL;
  }
  path = dub_file_inside (source->folder, external.location, error);
  if (path == NULL) {
    g_prefix_error (error, "Tensor “%s” of %s: ", source->name, source->file);
    return NULL;
  }
  if (!external_is_long_enough (source, &external, path, error))
    return NULL;

  tensor = dub_tensor_new (TYPES[source->type].dtype, shape, error);
  if (tensor == NULL)
    return NULL;
  if (source->n_bytes != dub_tensor_n_bytes (tensor)) {
    narrow = g_try_malloc (source->n_bytes + 1);
    if (narrow == NULL) {
      fail (source, DUB_ERROR_MEMORY, error, "needs %zu bytes, which cannot be had.", source->n_bytes);
      return NULL;
    }
  }

  guint8 *bytes = narrow != NULL ? narrow : tensor->data;

  if (!read_external (source, &external, path, bytes, error))
    return NULL;
  convert_raw (source, bytes, tensor);

  return g_steal_pointer (&tensor);
}

DubTensor *
dub_onnx_read_tensor (const Onnx__TensorProto  *proto,
                      const char               *folder,
                      const char               *file,
                      GError                  **error)
{
  g_autofree char *name = g_utf8_make_valid (proto->name != NULL ? proto->name : "", -1);
  Source source = {
    .proto = proto,
    .name = name,
    .file = file,
    .folder = folder,
    .type = find_type (proto->data_type),
  };
  DubShape shape = { .rank = (int) MIN (proto->n_dims, DUB_MAX_RANK) };

  if (source.type < 0 || TYPES[source.type].raw_size == 0) {
    fail (&source, DUB_ERROR_UNSUPPORTED, error, "is %s; expected numbers or bool.", dub_onnx_type_name (proto->data_type));
    return NULL;
  }
  if (proto->n_dims > DUB_MAX_RANK) {
    fail (&source, DUB_ERROR_UNSUPPORTED, error, "has %zu axes; expected at most %d.", proto->n_dims, DUB_MAX_RANK);
    return NULL;
  }
  for (int i = 0; i < shape.rank; i++)
    shape.dim[i] = proto->dims[i];
  if (!dub_checked_product (shape.dim, (size_t) shape.rank, &source.n) ||
      !dub_checked_mul (source.n, (size_t) TYPES[source.type].raw_size, &source.n_bytes) || source.n > G_MAXINT64 / 16) {
    g_autofree char *dims = dub_shape_to_string (&shape);

    fail (&source, DUB_ERROR_FORMAT, error, "has the dims %s; expected none negative and fewer numbers than memory can hold.",
          dims);
    return NULL;
  }
  if (proto->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)
    return load_external (&source, shape, error);

  /* What the file holds is compared with the dims before anything is allocated for them. */
  if (proto->has_raw_data && proto->raw_data.len != source.n_bytes) {
    fail (&source, DUB_ERROR_FORMAT, error, "has %zu bytes of raw_data; its dims and element type say %zu.",
          proto->raw_data.len, source.n_bytes);
    return NULL;
  }
  if (!proto->has_raw_data &&
      source.n > MAX (MAX (proto->n_float_data, proto->n_double_data),
                      MAX (proto->n_int32_data, MAX (proto->n_int64_data, proto->n_uint64_data)))) {
    fail (&source, DUB_ERROR_FORMAT, error, "holds fewer numbers than the %zu its dims say.", source.n);
    return NULL;
  }

  g_autoptr (DubTensor) tensor = dub_tensor_new (TYPES[source.type].dtype, shape, error);

  if (tensor == NULL)
    return NULL;
  if (proto->has_raw_data)
    convert_raw (&source, proto->raw_data.data, tensor);
  else if (source.n > 0 && !read_lists (&source, tensor, error))
    return NULL;

  return g_steal_pointer (&tensor);
}

DubTensor *
dub_onnx_load_tensor (const char  *path,
                      char       **name,
                      GError     **error)
{
  g_autoptr (GBytes) bytes = dub_file_read (path, LARGEST, error);
  g_autofree char *shown = g_filename_display_basename (path);
  g_autofree char *folder = g_path_get_dirname (path);
  Onnx__TensorProto *proto;
  DubTensor *tensor;
  size_t n_bytes;

  if (bytes == NULL)
    return NULL;

  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);

  if (!dub_onnx_guard (data, n_bytes, DUB_ONNX_TENSOR, shown, error))
    return NULL;
  proto = onnx__tensor_proto__unpack (NULL, n_bytes, data);
  if (proto == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s is not a readable ONNX tensor.", shown);
    return NULL;
  }
  tensor = dub_onnx_read_tensor (proto, folder, shown, error);
  if (tensor != NULL && name != NULL)
    *name = g_utf8_make_valid (proto->name != NULL ? proto->name : "", -1);
  onnx__tensor_proto__free_unpacked (proto, NULL);

  return tensor;
}
