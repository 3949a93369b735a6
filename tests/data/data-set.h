/* Data sets that the tests make for themselves, and where the shared ones are. */
#pragma once

#include "core/data/dataset.h"
#include "core/io/npy.h"
#include "tests/io/scratch.h"
#include "tests/shared.h"

#include <string.h>
#include <zlib.h>

/* A uint8 tensor whose element i is a fixed function of i and @salt. */
static inline DubTensor *
patterned (DubShape shape,
           guint    salt)
{
  DubTensor *tensor = dub_tensor_new (DUB_DTYPE_U8, shape, NULL);
  guint8 *data = tensor->data;

  for (size_t i = 0; i < dub_tensor_n_elements (tensor); i++)
    data[i] = (guint8) ((i * 2654435761u + salt * 40503u) >> 7);

  return tensor;
}

/* Labels i modulo @n_classes. */
static inline DubTensor *
cyclic_labels (int64_t  n,
               int      n_classes,
               gboolean column)
{
  DubTensor *tensor = dub_tensor_new (DUB_DTYPE_U8, column ? DUB_SHAPE (n, 1) : DUB_SHAPE (n), NULL);
  guint8 *data = tensor->data;

  for (int64_t i = 0; i < n; i++)
    data[i] = (guint8) (i % n_classes);

  return tensor;
}

/* --- a zip archive of stored entries, byte by byte --- */

static inline void
put_number (GByteArray *out,
            guint64     value,
            guint       n)
{
  for (guint i = 0; i < n; i++) {
    guint8 byte = (guint8) (value >> 8 * i);

    g_byte_array_append (out, &byte, 1);
  }
}

/* @entries: [n] npy files in memory */
static inline GByteArray *
stored_zip (const char *const *names,
            GBytes *const     *entries,
            guint              n)
{
  GByteArray *out = g_byte_array_new (), *directory = g_byte_array_new ();

  for (guint i = 0; i < n; i++) {
    gsize n_bytes;
    const guint8 *bytes = g_bytes_get_data (entries[i], &n_bytes);
    guint64 at = out->len, n_name = strlen (names[i]);
    guint64 sum = crc32 (0, bytes, (uInt) n_bytes);

    for (int central = 0; central < 2; central++) {
      GByteArray *to = central ? directory : out;

      g_byte_array_append (to, (const guint8 *) (central ? "PK\1\2" : "PK\3\4"), 4);
      if (central)
        put_number (to, 20, 2);
      put_number (to, 20, 2);                /* version */
      put_number (to, 0, 2 + 2);             /* flags, stored */
      put_number (to, (1 << 5 | 1) << 16, 4); /* the first of 1980 */
      put_number (to, sum, 4);
      put_number (to, n_bytes, 4);
      put_number (to, n_bytes, 4);
      put_number (to, n_name, 2);
      put_number (to, 0, 2);
      if (central) {
        put_number (to, 0, 2 + 2 + 2);
        put_number (to, 0, 4);
        put_number (to, at, 4);
      }
      g_byte_array_append (to, (const guint8 *) names[i], (guint) n_name);
    }
    g_byte_array_append (out, bytes, (guint) n_bytes);
  }

  guint64 start = out->len;

  g_byte_array_append (out, directory->data, directory->len);
  g_byte_array_append (out, (const guint8 *) "PK\5\6", 4);
  put_number (out, 0, 4);
  put_number (out, n, 2);
  put_number (out, n, 2);
  put_number (out, directory->len, 4);
  put_number (out, start, 4);
  put_number (out, 0, 2);
  g_byte_array_unref (directory);

  return out;
}

static inline GBytes *
npy_bytes (const char      *descr,
           const char      *shape,
           gboolean         fortran,
           const void      *data,
           gsize            n_bytes)
{
  g_autofree char *text = g_strdup_printf ("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n", descr,
                                           fortran ? "True" : "False", shape);
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, (const guint8 *) "\x93NUMPY\1\0", 8);
  put_number (out, strlen (text), 2);
  g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
  g_byte_array_append (out, data, (guint) n_bytes);

  return g_byte_array_free_to_bytes (out);
}
