/* Members of JSON objects, read strictly: a message names the place, what was found and what was expected.
 *
 * @where is put before the member's name: "FOLDER/study.json: models[2]." A member that is not @required may be
 * absent, and then *out stays as it is.
 */
#pragma once

#include "core/base/error.h"

#include <json-glib/json-glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* "absent", "an object", "a number" …: what stands there, for messages. */
const char *dub_json_kind         (JsonNode          *node);
/* Sets DUB_ERROR_FORMAT "<where><member> is <…>." and returns FALSE. */
gboolean    dub_json_refuse       (GError           **error,
                                   const char        *where,
                                   const char        *member,
                                   const char        *format,
                                   ...) G_GNUC_PRINTF (4, 5);

gboolean    dub_json_read_string  (JsonObject        *object,
                                   const char        *member,
                                   const char        *where,
                                   gboolean           required,
                                   char             **out,
                                   GError           **error);
gboolean    dub_json_read_number  (JsonObject        *object,
                                   const char        *member,
                                   const char        *where,
                                   gboolean           required,
                                   double            *out,
                                   GError           **error);
/* A whole number in [min, max]; max is at most 2^53. */
gboolean    dub_json_read_int     (JsonObject        *object,
                                   const char        *member,
                                   const char        *where,
                                   gboolean           required,
                                   gint64             min,
                                   gint64             max,
                                   gint64            *out,
                                   GError           **error);
gboolean    dub_json_read_boolean (JsonObject        *object,
                                   const char        *member,
                                   const char        *where,
                                   gboolean           required,
                                   gboolean          *out,
                                   GError           **error);
/* 64 bits do not survive JSON's numbers: seeds are strings of digits. */
gboolean    dub_json_read_seed    (JsonObject        *object,
                                   const char        *member,
                                   const char        *where,
                                   uint64_t          *out,
                                   GError           **error);
/* Index of the string among @choices (NULL-terminated). */
gboolean    dub_json_read_choice  (JsonObject        *object,
                                   const char        *member,
                                   const char        *where,
                                   const char *const *choices,
                                   guint             *out,
                                   GError           **error);
/* (transfer none): NULL without an error where it is absent and not required. */
JsonObject *dub_json_read_object  (JsonObject        *object,
                                   const char        *member,
                                   const char        *where,
                                   gboolean           required,
                                   GError           **error);
JsonArray  *dub_json_read_list    (JsonObject        *object,
                                   const char        *member,
                                   const char        *where,
                                   GError           **error);

/* dub_json_load:
 *
 * The whole file of at most @limit bytes, of moderate nesting, whose top level is an object.
 *
 * Returns: (transfer full): the parser that owns the document, or NULL with @error set.
 */
G_GNUC_WARN_UNUSED_RESULT
JsonParser *dub_json_load         (const char        *file,
                                   guint64            limit,
                                   GError           **error);
/* From text; @where names it in messages. */
G_GNUC_WARN_UNUSED_RESULT
JsonParser *dub_json_parse        (const char        *text,
                                   size_t             n,
                                   const char        *where,
                                   GError           **error);
/* (transfer none): the object at the top of a document that the two above gave out. */
JsonObject *dub_json_root         (JsonParser        *parser);

/* Writing. A number that is not finite is null. */
void        dub_json_add_string   (JsonBuilder       *builder,
                                   const char        *member,
                                   const char        *value);   /* (nullable): null */
void        dub_json_add_number   (JsonBuilder       *builder,
                                   const char        *member,
                                   double             value);
void        dub_json_add_int      (JsonBuilder       *builder,
                                   const char        *member,
                                   gint64             value);
void        dub_json_add_boolean  (JsonBuilder       *builder,
                                   const char        *member,
                                   gboolean           value);
void        dub_json_add_seed     (JsonBuilder       *builder,
                                   const char        *member,
                                   uint64_t           value);
/* The document that was built, as text. (transfer full) */
char       *dub_json_to_text      (JsonBuilder       *builder,
                                   gboolean           pretty,
                                   gsize             *n);
/* The same, pretty, as a file; atomic as dub_file_write_atomic. */
gboolean    dub_json_save         (JsonBuilder       *builder,
                                   const char        *file,
                                   GError           **error);

G_END_DECLS
