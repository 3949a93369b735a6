/* study.json: read with a message for every member that is not what it should be, written atomically.
 *
 *   { "format": "dubito-study", "format_version": 1, "version": "0.1.0",
 *     "title": "…", "modality": "grey-matter", "seed": "1", "classes": ["CN", "AD"],
 *     "cases":  [{ "id", "path", "label", "split", "truth"?, "severity"? }],
 *     "models": [{ "id", "path", "preprocess": { "axes", "scale", "fit" }, "family"?, "fold"?, "split_hash"?, "training_unknown"?,
 *                "prepare"? }],
 *     "atlas":  { "labels", "table"? }?, what study-json-steps.c says where answers were recalibrated, and of a study made from a data set what study-json-data.c says }
 *
 * Relative paths are relative to the folder and stay in it. The seed is a string
 * because 64 bits do not survive JSON numbers. Unknown members are ignored, so
 * that a study with more in it can still be opened.
 */
#include "core/study/study-json-private.h"

#include "core/io/file.h"

#include <math.h>
#include <string.h>

static const guint64 LARGEST_FILE = (guint64) 16 << 20;

/* Where we are in the document, for messages. @where, the place of an object, ends with a dot. */
typedef struct {
  const char *file;
  const char *folder;
  GError    **error;
} Reader;


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

/* "FILE: cases[3].": what stands before a member's name. */
static char *
place (const Reader *reader,
       const char   *where)
{
  return g_strconcat (reader->file, ": ", where, NULL);
}

static gboolean
read_string (const Reader *reader,
             JsonObject   *object,
             const char   *member,
             const char   *where,
             gboolean      required,
             char        **out)
{
  g_autofree char *full = place (reader, where);

  return dub_json_read_string (object, member, full, required, out, reader->error);
}

static gboolean
read_number (const Reader *reader,
             JsonObject   *object,
             const char   *member,
             const char   *where,
             gboolean      required,
             double       *out)
{
  g_autofree char *full = place (reader, where);

  return dub_json_read_number (object, member, full, required, out, reader->error);
}

static gboolean
read_choice (const Reader      *reader,
             JsonObject        *object,
             const char        *member,
             const char        *where,
             const char *const *choices,
             guint             *out)
{
  g_autofree char *full = place (reader, where);

  return dub_json_read_choice (object, member, full, choices, out, reader->error);
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

static JsonArray *
read_list (const Reader *reader,
           JsonObject   *object,
           const char   *member)
{
  g_autofree char *full = place (reader, "");

  return dub_json_read_list (object, member, full, reader->error);
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
  refuse (reader, where, "%s; expected an object", dub_json_kind (node));

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

      return refuse (reader, where, "%s; expected a string", dub_json_kind (node));
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

/* What a model of a data set has besides. */
static gboolean
read_run (const Reader  *reader,
          JsonObject    *object,
          const char    *where,
          DubStudyModel *item)
{
  g_autofree char *full = place (reader, where);
  g_autofree char *prepare = g_strconcat (full, "prepare", NULL);
  gint64 fold = -1;

  if (!dub_json_read_string (object, "family", full, FALSE, &item->family, reader->error) ||
      !dub_json_read_int (object, "fold", full, FALSE, -1, G_MAXINT16, &fold, reader->error) ||
      !dub_json_read_string (object, "split_hash", full, FALSE, &item->split_hash, reader->error) ||
      !dub_json_read_boolean (object, "training_unknown", full, FALSE, &item->training_unknown, reader->error))
    return FALSE;
  item->fold = (int) fold;
  if (!json_object_has_member (object, "prepare"))
    return TRUE;
  item->prepare = g_new0 (DubPrepare, 1);

  return dub_prepare_from_json (item->prepare, json_object_get_member (object, "prepare"), prepare, reader->error);
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

    return refuse (reader, full, "%s; expected an object", dub_json_kind (node));
  }

  JsonObject *preprocess = json_node_get_object (node);

  if (!read_choice (reader, preprocess, "axes", inner, DUB_STUDY_AXES, &axes) ||
      !read_choice (reader, preprocess, "scale", inner, DUB_STUDY_SCALES, &scale) ||
      !read_choice (reader, preprocess, "fit", inner, DUB_STUDY_FITS, &fit))
    return FALSE;
  item->preprocess = (DubPreprocess) { .axes = (DubAxes) axes, .scale = (DubScale) scale, .fit = (DubFit) fit };

  return read_run (reader, object, where, item);
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
    return refuse (reader, "atlas", "%s; expected an object", dub_json_kind (node));

  return read_path (reader, json_node_get_object (node), "labels", "atlas.", TRUE, &study->atlas_path) &&
         read_path (reader, json_node_get_object (node), "table", "atlas.", FALSE, &study->atlas_table);
}

static gboolean
read_head (const Reader *reader,
           JsonObject   *root,
           DubStudy     *study)
{
  g_autofree char *format = NULL;
  double version = 0.0;

  if (!read_string (reader, root, "format", "", TRUE, &format))
    return FALSE;
  if (strcmp (format, "dubito-study") != 0)
    return refuse (reader, "format", "\"%s\"; expected \"dubito-study\"", format);
  if (!read_number (reader, root, "format_version", "", TRUE, &version))
    return FALSE;
  if (version != floor (version) || version < 1.0)
    return refuse (reader, "format_version", "%g; expected a whole number of at least 1", version);
  if (version > (double) DUB_STUDY_FORMAT_WITH_STEPS) {
    g_set_error (reader->error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "%s: format_version is %g, written by a newer program; this one reads up to %d.",
                 reader->file, version, DUB_STUDY_FORMAT_WITH_STEPS);
    return FALSE;
  }
  g_autofree char *full = place (reader, "");

  return read_string (reader, root, "title", "", TRUE, &study->title) &&
         read_string (reader, root, "modality", "", FALSE, &study->modality) &&
         read_string (reader, root, "version", "", FALSE, &study->version) &&
         dub_json_read_seed (root, "seed", full, &study->seed, reader->error);
}

/* A folder that is there, but is no study, is the likeliest mistake: the name of a file inside of it says little. */
static gboolean
check_folder (const char  *folder,
              const char  *file,
              GError     **error)
{
  g_autofree char *name = NULL;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR) || g_file_test (file, G_FILE_TEST_EXISTS))
    return TRUE;
  name = g_filename_display_name (folder);
  g_set_error (error, DUB_ERROR, DUB_ERROR_IO,
               "%s is no study: it has no study.json; give the folder that a training or an import wrote, NAME.dubito.", name);

  return FALSE;
}

DubStudy *
dub_study_load (const char  *folder,
                GError     **error)
{
  g_autofree char *absolute = g_canonicalize_filename (folder, NULL);
  g_autofree char *file = g_build_filename (absolute, "study.json", NULL);
  Reader reader = { .file = file, .folder = absolute, .error = error };
  g_autoptr (JsonParser) parser = check_folder (folder, file, error) ? dub_json_load (file, LARGEST_FILE, error) : NULL;

  if (parser == NULL)
    return NULL;

  JsonObject *root = dub_json_root (parser);
  g_autoptr (DubStudy) study = dub_study_new (NULL);

  if (!read_head (&reader, root, study) || !read_classes (&reader, root, study) ||
      !read_cases (&reader, root, study) || !read_models (&reader, root, study) ||
      !read_atlas (&reader, root, study) || !_dub_study_read_steps (study, root, file, error) ||
      !_dub_study_read_data (study, root, file, absolute, error))
    return NULL;
  study->folder = g_steal_pointer (&absolute);

  return g_steal_pointer (&study);
}

