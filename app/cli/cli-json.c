#include "app/cli/cli-json.h"

#include "core/io/json-member.h"

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
  dub_json_add_string (builder, name, value);
}

void
cli_json_int (JsonBuilder *builder,
              const char  *name,
              gint64       value)
{
  dub_json_add_int (builder, name, value);
}

void
cli_json_double (JsonBuilder *builder,
                 const char  *name,
                 double       value)
{
  dub_json_add_number (builder, name, value);
}

void
cli_json_boolean (JsonBuilder *builder,
                  const char  *name,
                  gboolean     value)
{
  dub_json_add_boolean (builder, name, value);
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

static void
build_estimate (JsonBuilder       *builder,
                const char        *name,
                const DubEstimate *estimate,
                gboolean           with_value)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  if (with_value)
    cli_json_double (builder, "value", estimate->value);
  cli_json_double (builder, "low", estimate->low);
  cli_json_double (builder, "high", estimate->high);
  cli_json_string (builder, "method", estimate->method);
  if (estimate->d > 0) {
    cli_json_int (builder, "n", (gint64) estimate->n);
    cli_json_int (builder, "d", (gint64) estimate->d);
  }
  json_builder_end_object (builder);
}

void
cli_json_estimate (JsonBuilder       *builder,
                   const char        *name,
                   const DubEstimate *estimate)
{
  build_estimate (builder, name, estimate, TRUE);
}

void
cli_json_limits (JsonBuilder       *builder,
                 const char        *name,
                 const DubEstimate *estimate)
{
  build_estimate (builder, name, estimate, FALSE);
}

void
cli_json_print (JsonBuilder *builder)
{
  g_autofree char *text = dub_json_to_text (builder, TRUE, NULL);

  puts (text);
}

char *
cli_json_to_line (JsonBuilder *builder)
{
  return dub_json_to_text (builder, FALSE, NULL);
}
