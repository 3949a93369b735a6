/* JSON documents for --json: json-glib's builder, with what JSON lacks (NaN, infinity) written as null. */
#pragma once

#include "core/stats/estimate.h"
#include "core/tensor/tensor.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Members of the object being built. */
void     cli_json_string       (JsonBuilder    *builder,
                                const char     *name,
                                const char     *value);  /* (nullable): null */
void     cli_json_int          (JsonBuilder    *builder,
                                const char     *name,
                                gint64          value);
void     cli_json_double       (JsonBuilder    *builder,
                                const char     *name,
                                double          value);
void     cli_json_boolean      (JsonBuilder    *builder,
                                const char     *name,
                                gboolean        value);
void     cli_json_doubles      (JsonBuilder    *builder,
                                const char     *name,
                                const double   *values,
                                size_t          n_values);
/* Extents as an array; a free one (-1) is null. */
void     cli_json_shape        (JsonBuilder    *builder,
                                const char     *name,
                                const DubShape *shape);

/* An object {value, low, high, method} of an estimate, of a rate with n and d too. */
void     cli_json_estimate     (JsonBuilder    *builder,
                                const char     *name,
                                const DubEstimate *estimate);
/* The same without the value. */
void     cli_json_limits       (JsonBuilder    *builder,
                                const char     *name,
                                const DubEstimate *estimate);

/* The one document of this run, on stdout. */
void     cli_json_print        (JsonBuilder    *builder);
/* The same on one line, for streams of documents. (transfer full) */
char    *cli_json_to_line      (JsonBuilder    *builder);

G_END_DECLS
