#include "app/cli/cli-json.h"

#include <math.h>
#include <stdio.h>

static void
add_double (JsonBuilder *builder,
            double       value)
{
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
cli_json_string (JsonBuilder *builder,
                 const char  *name,
                 const char  *value)
{
  json_builder_set_member_name (builder, name);
  if (value == NULL) {
    json_builder_add_null_value (builder);
    return;
  }

  /* A path or a name of a file may be any bytes; a JSON document is UTF-8. */
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  json_builder_add_string_value (builder, valid);
}

void
cli_json_int (JsonBuilder *builder,
              const char  *name,
              gint64       value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
cli_json_double (JsonBuilder *builder,
                 const char  *name,
                 double       value)
{
  json_builder_set_member_name (builder, name);
  add_double (builder, value);
}

void
cli_json_boolean (JsonBuilder *builder,
                  const char  *name,
                  gboolean     value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

void
cli_json_doubles (JsonBuilder  *builder,
                  const char   *name,
                  const double *values,
                  size_t        n_values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (size_t i = 0; i < n_values; i++)
    add_double (builder, values[i]);
  json_builder_end_array (builder);
}

void
cli_json_shape (JsonBuilder    *builder,
                const char     *name,
                const DubShape *shape)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (int i = 0; i < shape->rank; i++) {
    if (shape->dim[i] >= 0)
      json_builder_add_int_value (builder, shape->dim[i]);
    else
      json_builder_add_null_value (builder);
  }
  json_builder_end_array (builder);
}

static char *
to_text (JsonBuilder *builder,
         gboolean     pretty)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  json_generator_set_pretty (generator, pretty);
  json_generator_set_root (generator, root);

  return json_generator_to_data (generator, NULL);
}

void
cli_json_print (JsonBuilder *builder)
{
  g_autofree char *text = to_text (builder, TRUE);

  puts (text);
}

char *
cli_json_to_line (JsonBuilder *builder)
{
  return to_text (builder, FALSE);
}
