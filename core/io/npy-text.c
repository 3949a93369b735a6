/* Strings of a fixed width, as NumPy keeps them. */
#include "core/io/npy.h"

#include <string.h>

DubTensor *
dub_npy_text_encode (const char *const  *texts,
                     size_t              n,
                     GError            **error)
{
  glong longest = 1;

  for (size_t i = 0; i < n; i++) {
    if (!g_utf8_validate (texts[i], -1, NULL)) {
      g_autofree char *shown = g_utf8_make_valid (texts[i], -1);

      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "The string %zu, \"%s\", is no UTF-8 text.", i, shown);
      return NULL;
    }
    longest = MAX (longest, g_utf8_strlen (texts[i], -1));
  }

  DubTensor *tensor = dub_tensor_new_zeros (DUB_DTYPE_U32, DUB_SHAPE ((int64_t) n, longest), error);

  for (size_t i = 0; tensor != NULL && i < n; i++) {
    uint32_t *row = (uint32_t *) tensor->data + i * (size_t) longest;

    for (const char *at = texts[i]; *at != '\0'; at = g_utf8_next_char (at))
      *row++ = (uint32_t) g_utf8_get_char (at);
  }

  return tensor;
}

static char *
decode_points (const uint32_t *points,
               size_t          n)
{
  g_autoptr (GString) text = g_string_new (NULL);

  while (n > 0 && points[n - 1] == 0)
    n--;
  for (size_t i = 0; i < n; i++) {
    /* A zero inside would end the string before its end. */
    if (points[i] == 0 || !g_unichar_validate (points[i]))
      return NULL;
    g_string_append_unichar (text, points[i]);
  }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
decode_bytes (const char *bytes,
              size_t      n)
{
  while (n > 0 && bytes[n - 1] == '\0')
    n--;

  return g_utf8_validate_len (bytes, n, NULL) ? g_strndup (bytes, n) : NULL;
}

char **
dub_npy_text_decode (const DubTensor  *tensor,
                     const char       *name,
                     GError          **error)
{
  g_return_val_if_fail (tensor->shape.rank == 2 && dub_tensor_is_contiguous (tensor), NULL);

  size_t n = (size_t) tensor->shape.dim[0], width = (size_t) tensor->shape.dim[1];
  g_auto (GStrv) texts = g_try_new0 (char *, n + 1);

  if (texts == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "%s: no memory for %zu strings.", name, n);
    return NULL;
  }

  for (size_t i = 0; i < n; i++) {
    texts[i] = tensor->dtype == DUB_DTYPE_U32 ? decode_points ((const uint32_t *) tensor->data + i * width, width)
                                              : decode_bytes ((const char *) tensor->data + i * width, width);
    if (texts[i] == NULL) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has a string in row %zu that is no text.", name, i);
      return NULL;
    }
  }

  return g_steal_pointer (&texts);
}
