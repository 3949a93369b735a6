#include "core/io/onnx-guard.h"

/* The messages of onnx.proto that hold other messages, or can be held. */
typedef enum {
  NONE,
  MODEL,
  OPSET,
  GRAPH,
  NODE,
  ATTRIBUTE,
  TENSOR,
  SEGMENT,
  SPARSE,
  VALUE_INFO,
  TYPE,
  TYPE_TENSOR,
  TYPE_ELEMENT, /* sequence and optional: one type inside */
  TYPE_MAP,
  SHAPE,
  DIMENSION,
  PAIR,
  ANNOTATION,
  TRAINING,
  FUNCTION,
} Message;

typedef struct {
  Message  message;
  uint32_t field;
  Message  inside;
} Nesting;

/* message, number of the field, what it holds (onnx.proto, IR version 8) */
static const Nesting NESTINGS[] = {
  { MODEL, 7, GRAPH },          { MODEL, 8, OPSET },          { MODEL, 14, PAIR },       { MODEL, 20, TRAINING },
  { MODEL, 25, FUNCTION },      { GRAPH, 1, NODE },           { GRAPH, 5, TENSOR },      { GRAPH, 11, VALUE_INFO },
  { GRAPH, 12, VALUE_INFO },    { GRAPH, 13, VALUE_INFO },    { GRAPH, 14, ANNOTATION }, { GRAPH, 15, SPARSE },
  { NODE, 5, ATTRIBUTE },       { ATTRIBUTE, 5, TENSOR },     { ATTRIBUTE, 6, GRAPH },   { ATTRIBUTE, 10, TENSOR },
  { ATTRIBUTE, 11, GRAPH },     { ATTRIBUTE, 14, TYPE },      { ATTRIBUTE, 15, TYPE },   { ATTRIBUTE, 22, SPARSE },
  { ATTRIBUTE, 23, SPARSE },    { TENSOR, 3, SEGMENT },       { TENSOR, 13, PAIR },      { SPARSE, 1, TENSOR },
  { SPARSE, 2, TENSOR },        { VALUE_INFO, 2, TYPE },      { TYPE, 1, TYPE_TENSOR },  { TYPE, 4, TYPE_ELEMENT },
  { TYPE, 5, TYPE_MAP },        { TYPE, 8, TYPE_TENSOR },     { TYPE, 9, TYPE_ELEMENT }, { TYPE_TENSOR, 2, SHAPE },
  { TYPE_ELEMENT, 1, TYPE },    { TYPE_MAP, 2, TYPE },        { SHAPE, 1, DIMENSION },   { ANNOTATION, 2, PAIR },
  { TRAINING, 1, GRAPH },       { TRAINING, 2, GRAPH },       { TRAINING, 3, PAIR },     { TRAINING, 4, PAIR },
  { FUNCTION, 7, NODE },        { FUNCTION, 9, OPSET },
};

static const int DEEPEST = 64;
static const size_t MOST_FIELDS = 1000000;

typedef struct {
  const guint8 *bytes;
  const char   *name;
  size_t        n_fields;
} Guard;

static Message
message_inside (Message  message,
                uint64_t field)
{
  for (size_t i = 0; i < G_N_ELEMENTS (NESTINGS); i++)
    if (NESTINGS[i].message == message && NESTINGS[i].field == field)
      return NESTINGS[i].inside;

  return NONE;
}

static gboolean
refuse (const Guard *guard,
        size_t       at,
        const char  *found,
        GError     **error)
{
  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s is not a readable ONNX file: %s at byte %zu.", guard->name, found,
               at);

  return FALSE;
}

static gboolean
read_varint (const Guard *guard,
             size_t      *at,
             size_t       end,
             uint64_t    *value)
{
  *value = 0;
  for (int shift = 0; shift < 70 && *at < end; shift += 7) {
    guint8 byte = guard->bytes[(*at)++];

    if (shift < 64)
      *value |= (uint64_t) (byte & 0x7f) << shift;
    if (byte < 0x80)
      return TRUE;
  }

  return FALSE;
}

static gboolean
check_message (Guard   *guard,
               Message  message,
               size_t   at,
               size_t   end,
               int      depth,
               GError **error)
{
  if (depth > DEEPEST)
    return refuse (guard, at, "messages are nested more than 64 deep", error);

  while (at < end) {
    size_t start = at;
    uint64_t tag, value;

    if (++guard->n_fields > MOST_FIELDS)
      return refuse (guard, at, "there are more than a million fields; expected fewer", error);
    if (!read_varint (guard, &at, end, &tag) || tag >> 3 == 0 || tag >> 32 != 0)
      return refuse (guard, start, "a field has no valid number", error);

    switch (tag & 7) {
    case 0:
      if (!read_varint (guard, &at, end, &value))
        return refuse (guard, start, "a number is cut off", error);
      break;
    case 1:
    case 5: {
      size_t size = (tag & 7) == 1 ? 8 : 4;

      if (end - at < size)
        return refuse (guard, start, "a number is cut off", error);
      at += size;
      break;
    }
    case 2: {
      if (!read_varint (guard, &at, end, &value) || value > end - at)
        return refuse (guard, start, "a field is longer than what holds it", error);

      Message inside = message_inside (message, tag >> 3);

      if (inside != NONE && !check_message (guard, inside, at, at + (size_t) value, depth + 1, error))
        return FALSE;
      at += (size_t) value;
      break;
    }
    default:
      return refuse (guard, start, "a field has an unknown wire type", error);
    }
  }

  return TRUE;
}

gboolean
dub_onnx_guard (const guint8   *bytes,
                size_t          n_bytes,
                DubOnnxMessage  message,
                const char     *name,
                GError        **error)
{
  Guard guard = { .bytes = bytes, .name = name };

  return check_message (&guard, message == DUB_ONNX_MODEL ? MODEL : TENSOR, 0, n_bytes, 0, error);
}
