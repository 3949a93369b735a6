#include "core/io/npy-header.h"

#include "core/base/checked.h"

#include <stdlib.h>
#include <string.h>

static const char MAGIC[6] = "\x93NUMPY";
/* NumPy itself writes headers of 118 bytes and refuses to evaluate long ones. */
static const size_t LONGEST_HEADER = (size_t) 1 << 16;
static const guint64 LONGEST_TEXT = (guint64) 1 << 16;

static const struct {
  char     kind;
  size_t   item_size;
  DubDtype dtype;
} TYPES[] = {
  { 'f', 2, DUB_DTYPE_F32 }, { 'f', 4, DUB_DTYPE_F32 }, { 'f', 8, DUB_DTYPE_F64 },
  { 'i', 1, DUB_DTYPE_I8 },  { 'i', 2, DUB_DTYPE_I16 }, { 'i', 4, DUB_DTYPE_I32 }, { 'i', 8, DUB_DTYPE_I64 },
  { 'u', 1, DUB_DTYPE_U8 },  { 'u', 2, DUB_DTYPE_U16 }, { 'u', 4, DUB_DTYPE_U32 }, { 'u', 8, DUB_DTYPE_U64 },
  { 'b', 1, DUB_DTYPE_BOOL },
};

/* Where in the literal we are. The text is not terminated. */
typedef struct {
  const char *at;
  const char *end;
  const char *name;
} Cursor;

static gboolean
refuse (GError     **error,
        const char  *name,
        const char  *sentence)
{
  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s is not a valid npy array: %s.", name, sentence);

  return FALSE;
}

size_t
dub_npy_header_length (const guint8  *bytes,
                       size_t         n_bytes,
                       const char    *name,
                       GError       **error)
{
  if (n_bytes < 10 || memcmp (bytes, MAGIC, sizeof MAGIC) != 0) {
    refuse (error, name, "it does not start with the bytes \\x93NUMPY");
    return 0;
  }

  guint major = bytes[6];
  size_t prefix = major == 1 ? 10 : 12;

  if (major < 1 || major > 3 || bytes[7] != 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "%s is an npy array of version %u.%u; expected 1.0, 2.0 or 3.0.", name, major, bytes[7]);
    return 0;
  }
  if (n_bytes < prefix) {
    refuse (error, name, "it ends inside the header's length");
    return 0;
  }

  size_t length = bytes[8] | (size_t) bytes[9] << 8;

  if (major > 1)
    length |= (size_t) bytes[10] << 16 | (size_t) bytes[11] << 24;
  if (length > LONGEST_HEADER) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s has an npy header of %" G_GSIZE_FORMAT " bytes; expected at most %" G_GSIZE_FORMAT ".",
                 name, length, LONGEST_HEADER);
    return 0;
  }

  return prefix + length;
}

static void
skip_space (Cursor *cursor)
{
  while (cursor->at < cursor->end && g_ascii_isspace (*cursor->at))
    cursor->at++;
}

/* Passes @expected, with space before it, if it is next. */
static gboolean
accept (Cursor *cursor,
        char    expected)
{
  skip_space (cursor);
  if (cursor->at >= cursor->end || *cursor->at != expected)
    return FALSE;
  cursor->at++;

  return TRUE;
}

static gboolean
accept_word (Cursor     *cursor,
             const char *word)
{
  size_t length = strlen (word);

  skip_space (cursor);
  if ((size_t) (cursor->end - cursor->at) < length || memcmp (cursor->at, word, length) != 0)
    return FALSE;
  cursor->at += length;

  return TRUE;
}

/* A string without escapes, of fewer than @size bytes. */
static gboolean
parse_string (Cursor *cursor,
              char   *out,
              size_t  size)
{
  size_t n = 0;

  skip_space (cursor);
  if (cursor->at >= cursor->end || (*cursor->at != '\'' && *cursor->at != '"'))
    return FALSE;

  char quote = *cursor->at++;

  while (cursor->at < cursor->end && *cursor->at != quote) {
    if (*cursor->at == '\\' || n + 1 >= size)
      return FALSE;
    out[n++] = *cursor->at++;
  }
  if (cursor->at >= cursor->end)
    return FALSE;
  cursor->at++;
  out[n] = '\0';

  return TRUE;
}

static gboolean
parse_extent (Cursor  *cursor,
              int64_t *out)
{
  int64_t value = 0;

  skip_space (cursor);
  if (cursor->at >= cursor->end || !g_ascii_isdigit (*cursor->at))
    return FALSE;
  while (cursor->at < cursor->end && g_ascii_isdigit (*cursor->at)) {
    if (__builtin_mul_overflow (value, 10, &value) || __builtin_add_overflow (value, *cursor->at - '0', &value))
      return FALSE;
    cursor->at++;
  }
  /* Python 2 wrote long integers with this suffix. */
  if (cursor->at < cursor->end && *cursor->at == 'L')
    cursor->at++;
  *out = value;

  return TRUE;
}

/* (), (3,), (3, 4), (3, 4,) */
static gboolean
parse_shape (Cursor    *cursor,
             DubShape  *shape,
             GError   **error)
{
  gboolean comma = FALSE;

  shape->rank = 0;
  if (!accept (cursor, '('))
    return refuse (error, cursor->name, "the shape is not a tuple");
  while (!accept (cursor, ')')) {
    if (shape->rank > 0 && !comma)
      return refuse (error, cursor->name, "the extents of the shape are not separated by commas");
    if (shape->rank == DUB_MAX_RANK) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                   "%s has more than %d axes, which is the most that is supported.", cursor->name, DUB_MAX_RANK);
      return FALSE;
    }
    if (!parse_extent (cursor, &shape->dim[shape->rank]))
      return refuse (error, cursor->name, "an extent of the shape is not a whole number of at most 63 bits");
    shape->rank++;
    comma = accept (cursor, ',');
  }
  if (shape->rank == 1 && !comma)
    return refuse (error, cursor->name, "the shape is a number, not a tuple");

  return TRUE;
}

/* "U12": strings of 12 code points; "S12": of 12 bytes. The width becomes the last axis. */
static gboolean
interpret_text (DubNpyHeader  *self,
                const char    *at,
                gboolean       big,
                const char    *name,
                GError       **error)
{
  guint64 width;

  if (!g_ascii_string_to_unsigned (at + 1, 10, 1, LONGEST_TEXT, &width, NULL))
    return refuse (error, name, "its strings have no width of 1 to 65536");
  if (self->shape.rank != 1) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED, "%s is an array of strings of %d axes; expected one axis.", name,
                 self->shape.rank);
    return FALSE;
  }
  self->text = TRUE;
  self->dtype = *at == 'U' ? DUB_DTYPE_U32 : DUB_DTYPE_U8;
  self->item_size = *at == 'U' ? 4 : 1;
  self->swapped = *at == 'U' && big != (G_BYTE_ORDER == G_BIG_ENDIAN);
  /* Of one axis both orders are the same, and the width is always fastest. */
  self->fortran = FALSE;
  self->shape.dim[self->shape.rank++] = (int64_t) width;

  return TRUE;
}

static gboolean
interpret_descr (DubNpyHeader  *self,
                 const char    *descr,
                 const char    *name,
                 gboolean       text,
                 GError       **error)
{
  const char *at = descr;
  gboolean big = FALSE;

  if (*at == '>')
    big = TRUE;
  if (*at == '<' || *at == '>' || *at == '|' || *at == '=')
    at++;
  if (*at == 'O') {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "%s holds Python objects (descr \"%s\"), which would run code to be read; "
                 "save it as integers or floats.", name, descr);
    return FALSE;
  }

  guint64 item_size = strcmp (at, "?") == 0 ? 1 : *at != '\0' ? g_ascii_strtoull (at + 1, NULL, 10) : 0;
  char kind = *at == '?' ? 'b' : *at;

  for (size_t i = 0; i < G_N_ELEMENTS (TYPES); i++) {
    /* Only the plain spelling: "f4", never "f04" or "f4x". */
    if (TYPES[i].kind == kind && TYPES[i].item_size == item_size && strlen (at) <= 2) {
      self->dtype = TYPES[i].dtype;
      self->item_size = TYPES[i].item_size;
      self->half = kind == 'f' && item_size == 2;
      self->swapped = item_size > 1 && (*descr == '>' || *descr == '<') && big != (G_BYTE_ORDER == G_BIG_ENDIAN);
      return TRUE;
    }
  }
  if (text && (kind == 'U' || kind == 'S'))
    return interpret_text (self, at, big, name, error);

  g_autofree char *shown = g_utf8_make_valid (descr, -1);

  g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
               "%s holds elements of type \"%s\"; expected bool, integers of 1 to 8 bytes or floats of 2 to 8.",
               name, shown);

  return FALSE;
}

static gboolean
parse_dictionary (DubNpyHeader  *self,
                  Cursor        *cursor,
                  char           descr[32],
                  GError       **error)
{
  gboolean seen_descr = FALSE, seen_order = FALSE, seen_shape = FALSE;
  gboolean comma = TRUE;

  if (!accept (cursor, '{'))
    return refuse (error, cursor->name, "the header is not a dictionary");
  while (!accept (cursor, '}')) {
    char key[16];

    if (!comma || !parse_string (cursor, key, sizeof key) || !accept (cursor, ':'))
      return refuse (error, cursor->name, "the header's dictionary has no key where one is expected");
    if (strcmp (key, "descr") == 0 && !seen_descr) {
      if (accept (cursor, '[')) {
        g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                     "%s is a structured array of several fields; save each field as an array of its own.",
                     cursor->name);
        return FALSE;
      }
      if (!parse_string (cursor, descr, 32))
        return refuse (error, cursor->name, "descr is not a short string");
      seen_descr = TRUE;
    } else if (strcmp (key, "fortran_order") == 0 && !seen_order) {
      self->fortran = accept_word (cursor, "True");
      if (!self->fortran && !accept_word (cursor, "False"))
        return refuse (error, cursor->name, "fortran_order is neither True nor False");
      seen_order = TRUE;
    } else if (strcmp (key, "shape") == 0 && !seen_shape) {
      if (!parse_shape (cursor, &self->shape, error))
        return FALSE;
      seen_shape = TRUE;
    } else {
      return refuse (error, cursor->name,
                     "the header has a key that is not one of descr, fortran_order and shape, once each");
    }
    comma = accept (cursor, ',');
  }
  if (!seen_descr || !seen_order || !seen_shape)
    return refuse (error, cursor->name, "the header lacks descr, fortran_order or shape");
  skip_space (cursor);
  if (cursor->at != cursor->end)
    return refuse (error, cursor->name, "the header goes on after its dictionary");

  return TRUE;
}

gboolean
dub_npy_header_parse (DubNpyHeader  *self,
                      const guint8  *bytes,
                      size_t         n_bytes,
                      const char    *name,
                      gboolean       text,
                      GError       **error)
{
  char descr[32] = "";
  size_t n_elements = 1;

  memset (self, 0, sizeof *self);
  self->data_start = dub_npy_header_length (bytes, n_bytes, name, error);
  if (self->data_start == 0)
    return FALSE;
  if (self->data_start > n_bytes)
    return refuse (error, name, "it ends inside its header");

  size_t prefix = bytes[6] == 1 ? 10 : 12;
  Cursor cursor = { (const char *) bytes + prefix, (const char *) bytes + self->data_start, name };

  if (!parse_dictionary (self, &cursor, descr, error) || !interpret_descr (self, descr, name, text, error))
    return FALSE;

  /* The strides, too, must not overflow, and an extent of 0 must not hide it. */
  for (int i = 0; i < self->shape.rank; i++)
    if (!dub_checked_mul (n_elements, (size_t) MAX (self->shape.dim[i], 1), &n_elements) ||
        n_elements > G_MAXINT64 / 16)
      return refuse (error, name, "the product of the shape's extents overflows");
  self->n_bytes = dub_shape_n_elements (&self->shape) * self->item_size;

  return TRUE;
}

/* IEEE 754 binary16 to binary32, exactly. */
static float
half_to_float (uint16_t half)
{
  uint32_t sign = (uint32_t) (half & 0x8000) << 16;
  uint32_t exponent = half >> 10 & 0x1f;
  uint32_t fraction = half & 0x3ff;
  union { uint32_t bits; float value; } out;

  if (exponent == 0) {
    /* Zero and subnormals: fraction times 2^-24. */
    out.value = (float) fraction * 0x1p-24f;
    out.bits |= sign;
  } else if (exponent == 31) {
    out.bits = sign | 0x7f800000u | fraction << 13;
  } else {
    out.bits = sign | (exponent + 112) << 23 | fraction << 13;
  }

  return out.value;
}

/* One element into its place, in native byte order. */
static inline void
copy_element (guint8       *to,
              const guint8 *from,
              size_t        size,
              gboolean      swapped)
{
  if (!swapped)
    memcpy (to, from, size);
  else
    for (size_t i = 0; i < size; i++)
      to[i] = from[size - 1 - i];
}

/* Fortran to C order, in tiles: the first axis is contiguous in @from, the last one in @to. */
static inline void
turn_sized (guint8         *to,
            const guint8   *from,
            const DubShape *shape,
            size_t          size)
{
  enum { TILE = 16 };
  size_t n_first = (size_t) shape->dim[0];
  size_t n_last = (size_t) shape->dim[shape->rank - 1];
  size_t n_middle = dub_shape_n_elements (shape) / n_first / n_last;

  for (size_t middle = 0; middle < n_middle; middle++) {
    /* The same middle axes, numbered the other way round. */
    size_t turned = 0, rest = middle;

    for (int axis = 1; axis < shape->rank - 1; axis++) {
      turned = turned * (size_t) shape->dim[axis] + rest % (size_t) shape->dim[axis];
      rest /= (size_t) shape->dim[axis];
    }
    for (size_t first_0 = 0; first_0 < n_first; first_0 += TILE)
      for (size_t last_0 = 0; last_0 < n_last; last_0 += TILE)
        for (size_t first = first_0; first < MIN (first_0 + TILE, n_first); first++)
          for (size_t last = last_0; last < MIN (last_0 + TILE, n_last); last++)
            memcpy (to + ((first * n_middle + turned) * n_last + last) * size,
                    from + ((last * n_middle + middle) * n_first + first) * size, size);
  }
}

static void
turn (guint8         *to,
      const guint8   *from,
      const DubShape *shape,
      size_t          size)
{
  switch (size) {
  case 1: turn_sized (to, from, shape, 1); break;
  case 2: turn_sized (to, from, shape, 2); break;
  case 4: turn_sized (to, from, shape, 4); break;
  case 8: turn_sized (to, from, shape, 8); break;
  default: break;
  }
}

DubTensor *
dub_npy_header_decode (const DubNpyHeader  *self,
                       const guint8        *data,
                       GError             **error)
{
  g_autoptr (DubTensor) tensor = dub_tensor_new (self->dtype, self->shape, error);
  g_autofree guint8 *turned = NULL;

  if (tensor == NULL)
    return NULL;

  size_t n = dub_tensor_n_elements (tensor);
  guint8 *out = tensor->data;

  if (n == 0)
    return g_steal_pointer (&tensor);
  if (self->fortran && self->shape.rank > 1) {
    turned = g_try_malloc (self->n_bytes);
    if (turned == NULL) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                   "An array of %" G_GSIZE_FORMAT " bytes cannot be turned to C order: no memory.", self->n_bytes);
      return NULL;
    }
    turn (turned, data, &self->shape, self->item_size);
    data = turned;
  }

  if (self->half) {
    for (size_t i = 0; i < n; i++) {
      uint16_t half;

      copy_element ((guint8 *) &half, data + 2 * i, 2, self->swapped);
      dub_tensor_f32 (tensor)[i] = half_to_float (half);
    }
  } else if (self->dtype == DUB_DTYPE_BOOL) {
    for (size_t i = 0; i < n; i++)
      out[i] = data[i] != 0;
  } else if (self->swapped) {
    for (size_t i = 0; i < n; i++)
      copy_element (out + i * self->item_size, data + i * self->item_size, self->item_size, TRUE);
  } else {
    memcpy (out, data, self->n_bytes);
  }

  return g_steal_pointer (&tensor);
}

GString *
dub_npy_header_write (const DubTensor *tensor,
                      gboolean         strings)
{
  GString *text = g_string_new (NULL);
  int rank = strings ? tensor->shape.rank - 1 : tensor->shape.rank;
  size_t item_size = dub_dtype_size (tensor->dtype);
  char order = item_size == 1 ? '|' : G_BYTE_ORDER == G_LITTLE_ENDIAN ? '<' : '>';
  char kind = '?';

  for (size_t i = 0; i < G_N_ELEMENTS (TYPES); i++)
    if (TYPES[i].dtype == tensor->dtype && TYPES[i].item_size == item_size)
      kind = TYPES[i].kind;

  g_string_append_len (text, MAGIC, sizeof MAGIC);
  g_string_append_len (text, "\1\0\0\0", 4);
  if (strings) {
    kind = 'U';
    item_size = (size_t) tensor->shape.dim[rank];
  }
  g_string_append_printf (text, "{'descr': '%c%c%" G_GSIZE_FORMAT "', 'fortran_order': False, 'shape': (",
                          order, kind, item_size);
  for (int i = 0; i < rank; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", tensor->shape.dim[i]);
  g_string_append (text, rank == 1 ? ",), }" : "), }");
  while ((text->len + 1) % 64 != 0)
    g_string_append_c (text, ' ');
  g_string_append_c (text, '\n');

  size_t length = text->len - 10;

  text->str[8] = (char) (length & 0xff);
  text->str[9] = (char) (length >> 8);

  return text;
}
