#include "core/io/json-member.h"

#include "core/io/file.h"

#include <math.h>
#include <string.h>

/* json-glib descends by recursion; our documents are a few levels deep. */
static const guint DEEPEST = 32;

const char *
dub_json_kind (JsonNode *node)
{
  if (node == NULL)
    return "absent";
  if (JSON_NODE_HOLDS_OBJECT (node))
    return "an object";
  if (JSON_NODE_HOLDS_ARRAY (node))
    return "a list";
  if (JSON_NODE_HOLDS_NULL (node))
    return "null";

  GType type = json_node_get_value_type (node);

  return type == G_TYPE_STRING ? "a string" : type == G_TYPE_BOOLEAN ? "true or false" : "a number";
}

gboolean
dub_json_refuse (GError     **error,
                 const char  *where,
                 const char  *member,
                 const char  *format,
                 ...)
{
  g_autofree char *what = NULL;
  va_list list;

  va_start (list, format);
  what = g_strdup_vprintf (format, list);
  va_end (list);
  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s%s is %s.", where, member, what);

  return FALSE;
}

static GType
value_type (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
}

gboolean
dub_json_read_string (JsonObject  *object,
                      const char  *member,
                      const char  *where,
                      gboolean     required,
                      char       **out,
                      GError     **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL && !required)
    return TRUE;
  if (value_type (node) != G_TYPE_STRING)
    return dub_json_refuse (error, where, member, "%s; expected a string", dub_json_kind (node));
  g_free (*out);
  *out = json_node_dup_string (node);

  return TRUE;
}

gboolean
dub_json_read_number (JsonObject  *object,
                      const char  *member,
                      const char  *where,
                      gboolean     required,
                      double      *out,
                      GError     **error)
{
  JsonNode *node = json_object_get_member (object, member);
  GType type = value_type (node);

  if (node == NULL && !required)
    return TRUE;
  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return dub_json_refuse (error, where, member, "%s; expected a number", dub_json_kind (node));
  *out = json_node_get_double (node);

  return TRUE;
}

gboolean
dub_json_read_int (JsonObject  *object,
                   const char  *member,
                   const char  *where,
                   gboolean     required,
                   gint64       min,
                   gint64       max,
                   gint64      *out,
                   GError     **error)
{
  double number = (double) min;

  if (!json_object_has_member (object, member) && !required)
    return TRUE;
  if (!dub_json_read_number (object, member, where, TRUE, &number, error))
    return FALSE;
  if (!(number >= (double) min && number <= (double) max) || number != floor (number))
    return dub_json_refuse (error, where, member, "%.17g; expected a whole number from %" G_GINT64_FORMAT " to %"
                            G_GINT64_FORMAT, number, min, max);
  *out = (gint64) number;

  return TRUE;
}

gboolean
dub_json_read_boolean (JsonObject  *object,
                       const char  *member,
                       const char  *where,
                       gboolean     required,
                       gboolean    *out,
                       GError     **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL && !required)
    return TRUE;
  if (value_type (node) != G_TYPE_BOOLEAN)
    return dub_json_refuse (error, where, member, "%s; expected true or false", dub_json_kind (node));
  *out = json_node_get_boolean (node);

  return TRUE;
}

gboolean
dub_json_read_seed (JsonObject  *object,
                    const char  *member,
                    const char  *where,
                    uint64_t    *out,
                    GError     **error)
{
  g_autofree char *text = NULL;
  guint64 number;

  if (!dub_json_read_string (object, member, where, TRUE, &text, error))
    return FALSE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &number, NULL))
    return dub_json_refuse (error, where, member, "\"%s\"; expected a whole number of 64 bits", text);
  *out = number;

  return TRUE;
}

gboolean
dub_json_read_choice (JsonObject         *object,
                      const char         *member,
                      const char         *where,
                      const char *const  *choices,
                      guint              *out,
                      GError            **error)
{
  g_autofree char *text = NULL;

  if (!dub_json_read_string (object, member, where, TRUE, &text, error))
    return FALSE;
  for (guint i = 0; choices[i] != NULL; i++)
    if (strcmp (choices[i], text) == 0) {
      *out = i;
      return TRUE;
    }

  g_autofree char *all = g_strjoinv (", ", (char **) choices);

  return dub_json_refuse (error, where, member, "\"%s\"; expected one of %s", text, all);
}

JsonObject *
dub_json_read_object (JsonObject  *object,
                      const char  *member,
                      const char  *where,
                      gboolean     required,
                      GError     **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  if (node != NULL || required)
    dub_json_refuse (error, where, member, "%s; expected an object", dub_json_kind (node));

  return NULL;
}

JsonArray *
dub_json_read_list (JsonObject  *object,
                    const char  *member,
                    const char  *where,
                    GError     **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    return json_node_get_array (node);
  dub_json_refuse (error, where, member, "%s; expected a list", dub_json_kind (node));

  return NULL;
}

/* Brackets outside strings; the parser proper checks everything else. */
static gboolean
is_shallow (const char *text,
            size_t      n)
{
  guint depth = 0;
  gboolean quoted = FALSE;

  for (size_t i = 0; i < n; i++) {
    if (quoted && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && (text[i] == '[' || text[i] == '{') && ++depth > DEEPEST)
      return FALSE;
    else if (!quoted && (text[i] == ']' || text[i] == '}') && depth > 0)
      depth--;
  }

  return TRUE;
}

JsonParser *
dub_json_parse (const char  *text,
                size_t       n,
                const char  *where,
                GError     **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autofree char *prefix = g_strconcat (where, ": ", NULL);
  g_autoptr (GError) inner = NULL;

  if (n == 0 || !g_utf8_validate (text, (gssize) n, NULL)) {
    dub_json_refuse (error, prefix, "its text", n == 0 ? "empty; expected an object"
                                                       : "not UTF-8; expected a JSON document");
    return NULL;
  }
  if (!is_shallow (text, n)) {
    dub_json_refuse (error, prefix, "its nesting", "deeper than %u levels; expected a few", DEEPEST);
    return NULL;
  }
  if (!json_parser_load_from_data (parser, text, (gssize) n, &inner)) {
    dub_json_refuse (error, prefix, "its text", "not valid JSON (%s)", inner->message);
    return NULL;
  }

  JsonNode *root = json_parser_get_root (parser);

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    dub_json_refuse (error, prefix, "its top level", "%s; expected an object", dub_json_kind (root));
    return NULL;
  }

  return g_steal_pointer (&parser);
}

JsonParser *
dub_json_load (const char  *file,
               guint64      limit,
               GError     **error)
{
  g_autoptr (GBytes) bytes = dub_file_read (file, limit, error);

  return bytes != NULL ? dub_json_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), file, error) : NULL;
}

JsonObject *
dub_json_root (JsonParser *parser)
{
  return json_node_get_object (json_parser_get_root (parser));
}

void
dub_json_add_string (JsonBuilder *builder,
                     const char  *member,
                     const char  *value)
{
  json_builder_set_member_name (builder, member);
  if (value == NULL) {
    json_builder_add_null_value (builder);
    return;
  }

  /* A path may be any bytes; a JSON document is UTF-8. */
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  json_builder_add_string_value (builder, valid);
}

void
dub_json_add_number (JsonBuilder *builder,
                     const char  *member,
                     double       value)
{
  json_builder_set_member_name (builder, member);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
dub_json_add_int (JsonBuilder *builder,
                  const char  *member,
                  gint64       value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_int_value (builder, value);
}

void
dub_json_add_boolean (JsonBuilder *builder,
                      const char  *member,
                      gboolean     value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_boolean_value (builder, value);
}

void
dub_json_add_seed (JsonBuilder *builder,
                   const char  *member,
                   uint64_t     value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, (guint64) value);

  dub_json_add_string (builder, member, text);
}

/* json-glib makes a number that it writes without a point look like a double by adding ".0", and so of 1e+22, whose digits end in
 * an exponent, "1e+22.0", which nobody reads again. In place; returns the new length. */
static gsize
mend_exponents (char  *text,
                gsize  n)
{
  gsize to = 0;
  gboolean in_string = FALSE, in_exponent = FALSE;

  for (gsize at = 0; at < n; at++) {
    char c = text[at];

    if (in_string && c == '\\' && at + 1 < n)
      text[to++] = text[at++];
    else if (c == '"')
      in_string = !in_string;
    else if (!in_string && in_exponent && c == '.' && at + 1 < n && text[at + 1] == '0') {
      at++;
      continue;
    }
    in_exponent = !in_string && (c == 'e' ? to > 0 && g_ascii_isdigit (text[to - 1])
                                          : in_exponent && (g_ascii_isdigit (c) || c == '-' || c == '+'));
    text[to++] = text[at];
  }
  text[to] = '\0';

  return to;
}

char *
dub_json_to_text (JsonBuilder *builder,
                  gboolean     pretty,
                  gsize       *n)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, pretty);

  gsize length;
  char *text = json_generator_to_data (generator, &length);

  length = mend_exponents (text, length);
  if (n != NULL)
    *n = length;

  return text;
}

gboolean
dub_json_save (JsonBuilder  *builder,
               const char   *file,
               GError      **error)
{
  gsize n;
  g_autofree char *text = dub_json_to_text (builder, TRUE, &n);

  return dub_file_write_atomic (file, text, n, error);
}
