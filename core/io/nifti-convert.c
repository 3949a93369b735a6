#include "core/io/nifti-convert.h"

#include <string.h>

/* Rows of k converted at a time: as many floats as a cache line holds. */
enum { BLOCK = 16 };

typedef void (*ConvertFunc) (float        *out,
                             const guint8 *in,
                             size_t        n,
                             double        slope,
                             double        inter);

/* A row of stored numbers to float32: as they are, or scaled in double precision. */
#define DEFINE_CONVERT(name, type, bits, load) \
  static void \
  convert_ ## name (float        *out, \
                    const guint8 *in, \
                    size_t        n, \
                    double        slope, \
                    double        inter) \
  { \
    if (slope == 1.0 && inter == 0.0) { \
      for (size_t i = 0; i < n; i++) { \
        union { uint ## bits ## _t stored; type value; } u; \
        memcpy (&u.stored, in + i * sizeof u.stored, sizeof u.stored); \
        u.stored = load (u.stored); \
        out[i] = (float) u.value; \
      } \
      return; \
    } \
    for (size_t i = 0; i < n; i++) { \
      union { uint ## bits ## _t stored; type value; } u; \
      memcpy (&u.stored, in + i * sizeof u.stored, sizeof u.stored); \
      u.stored = load (u.stored); \
      out[i] = (float) (slope * (double) u.value + inter); \
    } \
  }

#define AS_IT_IS(x) (x)

DEFINE_CONVERT (u8, uint8_t, 8, AS_IT_IS)
DEFINE_CONVERT (i8, int8_t, 8, AS_IT_IS)
DEFINE_CONVERT (u16, uint16_t, 16, AS_IT_IS)
DEFINE_CONVERT (i16, int16_t, 16, AS_IT_IS)
DEFINE_CONVERT (u32, uint32_t, 32, AS_IT_IS)
DEFINE_CONVERT (i32, int32_t, 32, AS_IT_IS)
DEFINE_CONVERT (u64, uint64_t, 64, AS_IT_IS)
DEFINE_CONVERT (i64, int64_t, 64, AS_IT_IS)
DEFINE_CONVERT (f32, float, 32, AS_IT_IS)
DEFINE_CONVERT (f64, double, 64, AS_IT_IS)
DEFINE_CONVERT (u16_swapped, uint16_t, 16, __builtin_bswap16)
DEFINE_CONVERT (i16_swapped, int16_t, 16, __builtin_bswap16)
DEFINE_CONVERT (u32_swapped, uint32_t, 32, __builtin_bswap32)
DEFINE_CONVERT (i32_swapped, int32_t, 32, __builtin_bswap32)
DEFINE_CONVERT (u64_swapped, uint64_t, 64, __builtin_bswap64)
DEFINE_CONVERT (i64_swapped, int64_t, 64, __builtin_bswap64)
DEFINE_CONVERT (f32_swapped, float, 32, __builtin_bswap32)
DEFINE_CONVERT (f64_swapped, double, 64, __builtin_bswap64)

static const struct {
  DubNiftiType type;
  ConvertFunc  convert[2]; /* native, swapped */
} CONVERSIONS[] = {
  { DUB_NIFTI_U8, { convert_u8, convert_u8 } },
  { DUB_NIFTI_I8, { convert_i8, convert_i8 } },
  { DUB_NIFTI_U16, { convert_u16, convert_u16_swapped } },
  { DUB_NIFTI_I16, { convert_i16, convert_i16_swapped } },
  { DUB_NIFTI_U32, { convert_u32, convert_u32_swapped } },
  { DUB_NIFTI_I32, { convert_i32, convert_i32_swapped } },
  { DUB_NIFTI_U64, { convert_u64, convert_u64_swapped } },
  { DUB_NIFTI_I64, { convert_i64, convert_i64_swapped } },
  { DUB_NIFTI_F32, { convert_f32, convert_f32_swapped } },
  { DUB_NIFTI_F64, { convert_f64, convert_f64_swapped } },
};

/* The file runs fastest along i, the tensor along k: blocks of rows are converted and turned together. */
gboolean
dub_nifti_convert (const DubNiftiHeader  *header,
                   const guint8          *bytes,
                   float                 *out,
                   GError               **error)
{
  size_t ni = (size_t) header->dim[0], nj = (size_t) header->dim[1], nk = (size_t) header->dim[2];
  g_autofree float *rows = g_try_new (float, MIN ((size_t) BLOCK, nk) * ni);
  ConvertFunc convert = NULL;

  for (size_t t = 0; t < G_N_ELEMENTS (CONVERSIONS); t++)
    if (CONVERSIONS[t].type == header->type)
      convert = CONVERSIONS[t].convert[header->swapped];
  if (rows == NULL || convert == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "There is no memory to convert rows of %" G_GSIZE_FORMAT " voxels.", ni);
    return FALSE;
  }

  for (size_t j = 0; j < nj; j++)
    for (size_t k_0 = 0; k_0 < nk; k_0 += BLOCK) {
      size_t n_rows = MIN ((size_t) BLOCK, nk - k_0);

      for (size_t r = 0; r < n_rows; r++)
        convert (rows + r * ni, bytes + ((k_0 + r) * nj + j) * ni * header->item_size, ni, header->slope,
                 header->inter);
      for (size_t i = 0; i < ni; i++) {
        float *to = out + (i * nj + j) * nk + k_0;

        for (size_t r = 0; r < n_rows; r++)
          to[r] = rows[r * ni + i];
      }
    }

  return TRUE;
}
