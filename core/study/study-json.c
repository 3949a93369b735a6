/* study.json: read with a message for every member that is not what it should be, written atomically.
 *
 *   { "format": "dubito-study", "format_version": 1, "version": "0.1.0",
 *     "title": "…", "seed": "1", "classes": ["CN", "AD"],
 *     "cases":  [{ "id", "path", "label", "split", "truth"?, "severity"? }],
 *     "models": [{ "id", "path", "preprocess": { "axes", "scale", "fit" } }],
 *     "atlas":  { "labels", "table"? }? }
 *
 * Relative paths are relative to the folder and stay in it. The seed is a string
 * because 64 bits do not survive JSON numbers. Unknown members are ignored, so
 * that a study with more in it can still be opened.
 */
#include "core/study/study.h"

#include "core/io/file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

static const guint64 LARGEST_FILE = (guint64) 16 << 20;
static const gint64 FORMAT_VERSION = 1;
/* json-glib descends by recursion; the document is four levels deep. */
static const guint DEEPEST = 32;

static const char *const AXES[] = { [DUB_AXES_IJK] = "ijk", [DUB_AXES_KJI] = "kji", NULL };
static const char *const SCALES[] = { [DUB_SCALE_NONE] = "none", [DUB_SCALE_MINMAX] = "minmax",
                                      [DUB_SCALE_ZSCORE] = "zscore", NULL };
static const char *const FITS[] = { [DUB_FIT_REFUSE] = "refuse", [DUB_FIT_CROP_PAD] = "crop-pad",
                                    [DUB_FIT_RESAMPLE] = "resample", NULL };

/* Where we are in the document, for messages. */
typedef struct {
  const char *file;
  const char *folder;
  GError    **error;
} Reader;

/* --- reading one member --- */

static const char *
kind_of (JsonNode *node)
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

static gboolean G_GNUC_PRINTF (3, 4)
refuse (const Reader *reader,
        const char   *where,
        const char   *format,
        ...)
{
  g_autofree char *what = NULL;
  va_list list;

  va_start (list, format);
  what = g_strdup_vprintf (format, list);
  va_end (list);
  g_set_error (reader->error, DUB_ERROR, DUB_ERROR_FORMAT, "%s: %s is %s.", reader->file, where, what);

  return FALSE;
}

static gboolean
read_string (const Reader *reader,
             JsonObject   *object,
             const char   *member,
             const char   *where,
             gboolean      required,
             char        **out)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL && !required)
    return TRUE;
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING) {
    g_autofree char *full = g_strconcat (where, member, NULL);

    return refuse (reader, full, "%s; expected a string", kind_of (node));
  }
  g_free (*out);
  *out = json_node_dup_string (node);

  return TRUE;
}

static gboolean
read_number (const Reader *reader,
             JsonObject   *object,
             const char   *member,
             const char   *where,
             gboolean      required,
             double       *out)
{
  JsonNode *node = json_object_get_member (object, member);
  GType type = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (node == NULL && !required)
    return TRUE;
  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE) {
    g_autofree char *full = g_strconcat (where, member, NULL);

    return refuse (reader, full, "%s; expected a number", kind_of (node));
  }
  *out = json_node_get_double (node);

  return TRUE;
}

static gboolean
read_choice (const Reader      *reader,
             JsonObject        *object,
             const char        *member,
             const char        *where,
             const char *const *choices,
             guint             *out)
{
  g_autofree char *text = NULL;

  if (!read_string (reader, object, member, where, TRUE, &text))
    return FALSE;
  for (guint i = 0; choices[i] != NULL; i++)
    if (strcmp (choices[i], text) == 0) {
      *out = i;
      return TRUE;
    }

  g_autofree char *full = g_strconcat (where, member, NULL);
  g_autofree char *all = g_strjoinv (", ", (char **) choices);

  return refuse (reader, full, "\"%s\"; expected one of %s", text, all);
}

/* An absolute path as it is; a relative one inside the folder. */
static gboolean
read_path (const Reader *reader,
           JsonObject   *object,
           const char   *member,
           const char   *where,
           gboolean      required,
           char        **out)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) inner = NULL;

  if (!read_string (reader, object, member, where, required, &text))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (g_path_is_absolute (text)) {
    *out = g_steal_pointer (&text);
    return TRUE;
  }

  *out = dub_file_inside (reader->folder, text, &inner);
  if (*out == NULL) {
    g_autofree char *full = g_strconcat (where, member, NULL);

    return refuse (reader, full, "\"%s\"; expected a path that stays inside the study's folder", text);
  }

  return TRUE;
}

/* The list of @member, or NULL with the error set. */
static JsonArray *
read_list (const Reader *reader,
           JsonObject   *object,
           const char   *member)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    return json_node_get_array (node);
  refuse (reader, member, "%s; expected a list", kind_of (node));

  return NULL;
}

static JsonObject *
element_object (const Reader *reader,
                JsonArray    *list,
                guint         index,
                const char   *where)
{
  JsonNode *node = json_array_get_element (list, index);

  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  refuse (reader, where, "%s; expected an object", kind_of (node));

  return NULL;
}

static gboolean
is_new_id (const Reader *reader,
           GHashTable   *ids,
           const char   *where,
           const char   *id)
{
  g_autofree char *full = g_strconcat (where, "id", NULL);

  if (*id == '\0')
    return refuse (reader, full, "empty; expected a name");
  if (!g_hash_table_add (ids, g_strdup (id)))
    return refuse (reader, full, "\"%s\", which an earlier one has already; expected a name of its own", id);

  return TRUE;
}

/* --- reading the parts --- */

static gboolean
read_classes (const Reader *reader,
              JsonObject   *root,
              DubStudy     *study)
{
  JsonArray *list = read_list (reader, root, "classes");

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (list); i++) {
    JsonNode *node = json_array_get_element (list, i);

    if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING) {
      g_autofree char *where = g_strdup_printf ("classes[%u]", i);

      return refuse (reader, where, "%s; expected a string", kind_of (node));
    }
    g_ptr_array_add (study->classes, json_node_dup_string (node));
  }

  return TRUE;
}

static gboolean
read_case (const Reader *reader,
           JsonObject   *object,
           const char   *where,
           DubStudy     *study)
{
  DubStudyCase *item = g_new0 (DubStudyCase, 1);
  double label = -1.0;

  item->severity = (double) NAN;
  g_ptr_array_add (study->cases, item);
  if (!read_string (reader, object, "id", where, TRUE, &item->id) ||
      !read_path (reader, object, "path", where, TRUE, &item->path) ||
      !read_number (reader, object, "label", where, TRUE, &label) ||
      !read_string (reader, object, "split", where, TRUE, &item->split) ||
      !read_path (reader, object, "truth", where, FALSE, &item->truth_path) ||
      !read_number (reader, object, "severity", where, FALSE, &item->severity))
    return FALSE;

  if (label != floor (label) || label < -1.0 || label >= (double) study->classes->len) {
    g_autofree char *full = g_strconcat (where, "label", NULL);

    return refuse (reader, full, "%g; expected -1 (unknown) or the index of one of %u classes", label,
                   study->classes->len);
  }
  item->label = (int) label;

  return TRUE;
}

static gboolean
read_cases (const Reader *reader,
            JsonObject   *root,
            DubStudy     *study)
{
  JsonArray *list = read_list (reader, root, "cases");
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (list); i++) {
    g_autofree char *name = g_strdup_printf ("cases[%u]", i);
    g_autofree char *where = g_strconcat (name, ".", NULL);
    JsonObject *object = element_object (reader, list, i, name);

    if (object == NULL || !read_case (reader, object, where, study) ||
        !is_new_id (reader, ids, where, ((DubStudyCase *) g_ptr_array_index (study->cases, i))->id))
      return FALSE;
  }

  return TRUE;
}

static gboolean
read_model (const Reader *reader,
            JsonObject   *object,
            const char   *where,
            DubStudy     *study)
{
  DubStudyModel *item = g_new0 (DubStudyModel, 1);
  JsonNode *node = json_object_get_member (object, "preprocess");
  g_autofree char *inner = g_strconcat (where, "preprocess.", NULL);
  guint axes = 0, scale = 0, fit = 0;

  g_ptr_array_add (study->models, item);
  if (!read_string (reader, object, "id", where, TRUE, &item->id) ||
      !read_path (reader, object, "path", where, TRUE, &item->path))
    return FALSE;
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
    g_autofree char *full = g_strconcat (where, "preprocess", NULL);

    return refuse (reader, full, "%s; expected an object", kind_of (node));
  }

  JsonObject *preprocess = json_node_get_object (node);

  if (!read_choice (reader, preprocess, "axes", inner, AXES, &axes) ||
      !read_choice (reader, preprocess, "scale", inner, SCALES, &scale) ||
      !read_choice (reader, preprocess, "fit", inner, FITS, &fit))
    return FALSE;
  item->preprocess = (DubPreprocess) { .axes = (DubAxes) axes, .scale = (DubScale) scale, .fit = (DubFit) fit };

  return TRUE;
}

static gboolean
read_models (const Reader *reader,
             JsonObject   *root,
             DubStudy     *study)
{
  JsonArray *list = read_list (reader, root, "models");
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (list); i++) {
    g_autofree char *name = g_strdup_printf ("models[%u]", i);
    g_autofree char *where = g_strconcat (name, ".", NULL);
    JsonObject *object = element_object (reader, list, i, name);

    if (object == NULL || !read_model (reader, object, where, study) ||
        !is_new_id (reader, ids, where, ((DubStudyModel *) g_ptr_array_index (study->models, i))->id))
      return FALSE;
  }

  return TRUE;
}

static gboolean
read_atlas (const Reader *reader,
            JsonObject   *root,
            DubStudy     *study)
{
  JsonNode *node = json_object_get_member (root, "atlas");

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (reader, "atlas", "%s; expected an object", kind_of (node));

  return read_path (reader, json_node_get_object (node), "labels", "atlas.", TRUE, &study->atlas_path) &&
         read_path (reader, json_node_get_object (node), "table", "atlas.", FALSE, &study->atlas_table);
}

static gboolean
read_head (const Reader *reader,
           JsonObject   *root,
           DubStudy     *study)
{
  g_autofree char *format = NULL;
  g_autofree char *seed = NULL;
  double version = 0.0;

  if (!read_string (reader, root, "format", "", TRUE, &format))
    return FALSE;
  if (strcmp (format, "dubito-study") != 0)
    return refuse (reader, "format", "\"%s\"; expected \"dubito-study\"", format);
  if (!read_number (reader, root, "format_version", "", TRUE, &version))
    return FALSE;
  if (version != floor (version) || version < 1.0)
    return refuse (reader, "format_version", "%g; expected a whole number of at least 1", version);
  if (version > (double) FORMAT_VERSION) {
    g_set_error (reader->error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "%s: format_version is %g, written by a newer program; this one reads up to %" G_GINT64_FORMAT ".",
                 reader->file, version, FORMAT_VERSION);
    return FALSE;
  }
  if (!read_string (reader, root, "title", "", TRUE, &study->title) ||
      !read_string (reader, root, "version", "", FALSE, &study->version) ||
      !read_string (reader, root, "seed", "", TRUE, &seed))
    return FALSE;
  if (!g_ascii_string_to_unsigned (seed, 10, 0, G_MAXUINT64, &study->seed, NULL))
    return refuse (reader, "seed", "\"%s\"; expected a whole number of 64 bits", seed);

  return TRUE;
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

static JsonParser *
parse (const Reader *reader)
{
  g_autoptr (GBytes) bytes = dub_file_read (reader->file, LARGEST_FILE, reader->error);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) inner = NULL;
  size_t n;

  if (bytes == NULL)
    return NULL;

  const char *text = g_bytes_get_data (bytes, &n);

  if (n == 0 || !g_utf8_validate (text, (gssize) n, NULL)) {
    refuse (reader, "its text", n == 0 ? "empty; expected an object" : "not UTF-8; expected a JSON document");
    return NULL;
  }
  if (!is_shallow (text, n)) {
    refuse (reader, "its nesting", "deeper than %u levels; expected four", DEEPEST);
    return NULL;
  }
  if (!json_parser_load_from_data (parser, text, (gssize) n, &inner)) {
    refuse (reader, "its text", "not valid JSON (%s)", inner->message);
    return NULL;
  }

  JsonNode *root = json_parser_get_root (parser);

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    refuse (reader, "its top level", "%s; expected an object", kind_of (root));
    return NULL;
  }

  return g_steal_pointer (&parser);
}

DubStudy *
dub_study_load (const char  *folder,
                GError     **error)
{
  g_autofree char *absolute = g_canonicalize_filename (folder, NULL);
  g_autofree char *file = g_build_filename (absolute, "study.json", NULL);
  Reader reader = { .file = file, .folder = absolute, .error = error };
  g_autoptr (JsonParser) parser = parse (&reader);

  if (parser == NULL)
    return NULL;

  JsonObject *root = json_node_get_object (json_parser_get_root (parser));
  g_autoptr (DubStudy) study = dub_study_new (NULL);

  if (!read_head (&reader, root, study) || !read_classes (&reader, root, study) ||
      !read_cases (&reader, root, study) || !read_models (&reader, root, study) ||
      !read_atlas (&reader, root, study))
    return NULL;
  study->folder = g_steal_pointer (&absolute);

  return g_steal_pointer (&study);
}

/* --- writing --- */

/* Paths below the folder are written relative to it, so that the folder can be moved. */
static void
add_path (JsonBuilder *builder,
          const char  *member,
          const char  *folder,
          const char  *path)
{
  size_t n = strlen (folder);
  gboolean below = strncmp (path, folder, n) == 0 && path[n] == G_DIR_SEPARATOR;

  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, below ? path + n + 1 : path);
}

static void
add_string (JsonBuilder *builder,
            const char  *member,
            const char  *value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, value != NULL ? value : "");
}

static void
build_case (JsonBuilder        *builder,
            const char         *folder,
            const DubStudyCase *item)
{
  json_builder_begin_object (builder);
  add_string (builder, "id", item->id);
  add_path (builder, "path", folder, item->path);
  json_builder_set_member_name (builder, "label");
  json_builder_add_int_value (builder, item->label);
  add_string (builder, "split", item->split);
  if (item->truth_path != NULL)
    add_path (builder, "truth", folder, item->truth_path);
  if (isfinite (item->severity)) {
    json_builder_set_member_name (builder, "severity");
    json_builder_add_double_value (builder, item->severity);
  }
  json_builder_end_object (builder);
}

static void
build_model (JsonBuilder         *builder,
             const char          *folder,
             const DubStudyModel *item)
{
  json_builder_begin_object (builder);
  add_string (builder, "id", item->id);
  add_path (builder, "path", folder, item->path);
  json_builder_set_member_name (builder, "preprocess");
  json_builder_begin_object (builder);
  add_string (builder, "axes", AXES[item->preprocess.axes]);
  add_string (builder, "scale", SCALES[item->preprocess.scale]);
  add_string (builder, "fit", FITS[item->preprocess.fit]);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
build (JsonBuilder    *builder,
       const DubStudy *study,
       const char     *folder)
{
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, study->seed);

  json_builder_begin_object (builder);
  add_string (builder, "format", "dubito-study");
  json_builder_set_member_name (builder, "format_version");
  json_builder_add_int_value (builder, FORMAT_VERSION);
  add_string (builder, "version", study->version);
  add_string (builder, "title", study->title);
  add_string (builder, "seed", seed);

  json_builder_set_member_name (builder, "classes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < study->classes->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (study->classes, i));
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "cases");
  json_builder_begin_array (builder);
  for (guint i = 0; i < study->cases->len; i++)
    build_case (builder, folder, g_ptr_array_index (study->cases, i));
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "models");
  json_builder_begin_array (builder);
  for (guint i = 0; i < study->models->len; i++)
    build_model (builder, folder, g_ptr_array_index (study->models, i));
  json_builder_end_array (builder);

  if (study->atlas_path != NULL) {
    json_builder_set_member_name (builder, "atlas");
    json_builder_begin_object (builder);
    add_path (builder, "labels", folder, study->atlas_path);
    if (study->atlas_table != NULL)
      add_path (builder, "table", folder, study->atlas_table);
    json_builder_end_object (builder);
  }
  json_builder_end_object (builder);
}

gboolean
dub_study_save (DubStudy    *self,
                const char  *folder,
                GError     **error)
{
  g_autofree char *absolute = g_canonicalize_filename (folder, NULL);
  g_autofree char *file = g_build_filename (absolute, "study.json", NULL);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();

  if (g_mkdir_with_parents (absolute, 0777) != 0) {
    int code = errno;
    g_autofree char *shown = g_filename_display_name (absolute);

    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "The folder %s cannot be made: %s.", shown, g_strerror (code));
    return FALSE;
  }

  build (builder, self, absolute);

  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  gsize n;

  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);

  g_autofree char *text = json_generator_to_data (generator, &n);

  if (!dub_file_write_atomic (file, text, n, error))
    return FALSE;
  if (g_strcmp0 (self->folder, absolute) != 0) {
    g_free (self->folder);
    self->folder = g_steal_pointer (&absolute);
  }

  return TRUE;
}
