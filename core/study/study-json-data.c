/* The members of study.json that a study made from a data set has besides, beside its cases.csv:
 *
 *   "task": "binary", "positive": 0,
 *   "data":  { "kind", "path"?, "hash", "patients"?, "skip_bad" },
 *   "split": { "fractions": [.55, .15, .3], "given", "folds", "seed", "by_patient", "twins", "contradictions", "hash" }
 */
#include "core/study/study-json-private.h"

#include "core/io/file.h"

#include <math.h>
#include <string.h>

static const char *const TASKS[] = { [DUB_TASK_MULTICLASS] = "multiclass", [DUB_TASK_BINARY] = "binary",
                                     [DUB_TASK_SEGMENTATION] = "segmentation", [DUB_TASK_REGRESSION] = "regression", NULL };
static const char *const TWINS[] = { [DUB_TWINS_TOGETHER] = "together", [DUB_TWINS_DROP] = "drop",
                                     [DUB_TWINS_KEEP] = "keep", NULL };
static const char *const CONTRADICTIONS[] = { [DUB_CONTRADICTION_KEEP] = "keep", [DUB_CONTRADICTION_DROP] = "drop", NULL };

/* An absolute path as it is; a relative one inside the folder. */
static gboolean
read_path (JsonObject  *object,
           const char  *member,
           const char  *where,
           const char  *folder,
           char       **out,
           GError     **error)
{
  g_autofree char *text = NULL;

  if (!dub_json_read_string (object, member, where, FALSE, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  *out = g_path_is_absolute (text) ? g_strdup (text) : dub_file_inside (folder, text, NULL);

  return *out != NULL ||
         dub_json_refuse (error, where, member, "\"%s\"; expected a path that stays inside the study's folder", text);
}

static gboolean
read_fractions (JsonObject       *object,
                const char       *where,
                DubSplitOptions  *options,
                GError          **error)
{
  JsonArray *list = dub_json_read_list (object, "fractions", where, error);

  if (list == NULL)
    return FALSE;
  if (json_array_get_length (list) != 3)
    return dub_json_refuse (error, where, "fractions", "a list of %u; expected three numbers",
                            json_array_get_length (list));
  for (guint i = 0; i < 3; i++) {
    JsonNode *node = json_array_get_element (list, i);
    g_autofree char *member = g_strdup_printf ("fractions[%u]", i);
    GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

    if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
      return dub_json_refuse (error, where, member, "%s; expected a number", dub_json_kind (node));
    options->fractions[i] = json_node_get_double (node);
    if (!(options->fractions[i] >= 0.0 && options->fractions[i] <= 1.0))
      return dub_json_refuse (error, where, member, "%g; expected 0 to 1", options->fractions[i]);
  }

  return TRUE;
}

static gboolean
read_split (DubStudyData  *data,
            JsonObject    *object,
            const char    *where,
            GError       **error)
{
  DubSplitOptions options = { 0 };
  guint twins, contradictions;
  gint64 folds;

  if (!read_fractions (object, where, &options, error) ||
      !dub_json_read_boolean (object, "given", where, TRUE, &options.given, error) ||
      !dub_json_read_int (object, "folds", where, TRUE, 1, G_MAXINT16, &folds, error) ||
      !dub_json_read_seed (object, "seed", where, &options.seed, error) ||
      !dub_json_read_boolean (object, "by_patient", where, TRUE, &options.by_patient, error) ||
      !dub_json_read_choice (object, "twins", where, TWINS, &twins, error) ||
      !dub_json_read_choice (object, "contradictions", where, CONTRADICTIONS, &contradictions, error) ||
      !dub_json_read_string (object, "hash", where, TRUE, &data->split_hash, error))
    return FALSE;
  options.n_folds = (guint) folds;
  options.twins = (DubTwins) twins;
  options.contradictions = (DubContradiction) contradictions;
  data->split->options = options;

  return TRUE;
}

static gboolean
check_cases (const DubStudyData  *data,
             size_t               n_classes,
             const char          *folder,
             GError             **error)
{
  for (size_t i = 0; i < data->n_cases; i++) {
    if (data->labels[i] >= (int) n_classes) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                   "%s/cases.csv: row %zu has label %d; expected -1 (unknown) or the index of one of %zu classes.", folder,
                   i + 2, data->labels[i], n_classes);
      return FALSE;
    }
    if (data->split->fold[i] >= (int) data->split->options.n_folds) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s/cases.csv: row %zu has fold %d; expected one of %u folds.",
                   folder, i + 2, data->split->fold[i], data->split->options.n_folds);
      return FALSE;
    }
  }

  return TRUE;
}

gboolean
_dub_study_read_data (DubStudy    *study,
                      JsonObject  *root,
                      const char  *file,
                      const char  *folder,
                      GError     **error)
{
  g_autofree char *where = g_strconcat (file, ": ", NULL);
  g_autofree char *data_where = g_strconcat (where, "data.", NULL);
  g_autofree char *split_where = g_strconcat (where, "split.", NULL);
  gint64 positive = 0;
  guint task;

  if (!json_object_has_member (root, "data"))
    return TRUE;

  JsonObject *object = dub_json_read_object (root, "data", where, TRUE, error);
  JsonObject *split = object != NULL ? dub_json_read_object (root, "split", where, TRUE, error) : NULL;

  if (split == NULL)
    return FALSE;

  g_autoptr (DubStudyData) data = g_new0 (DubStudyData, 1);

  data->split = dub_split_new_empty (0);
  if (!dub_json_read_choice (root, "task", where, TASKS, &task, error) ||
      !dub_json_read_int (root, "positive", where, FALSE, 0, MAX ((gint64) study->classes->len - 1, 0), &positive, error) ||
      !dub_json_read_string (object, "kind", data_where, TRUE, &data->kind, error) ||
      !read_path (object, "path", data_where, folder, &data->path, error) ||
      !dub_json_read_string (object, "hash", data_where, TRUE, &data->hash, error) ||
      !read_path (object, "patients", data_where, folder, &data->patients, error) ||
      !dub_json_read_boolean (object, "skip_bad", data_where, FALSE, &data->skip_bad, error) ||
      !read_split (data, split, split_where, error) || !dub_study_data_read_cases (data, folder, error) ||
      !check_cases (data, study->classes->len, folder, error))
    return FALSE;
  data->task = (DubTask) task;
  data->positive = (int) positive;
  study->data = g_steal_pointer (&data);

  return TRUE;
}

void
_dub_study_build_data (JsonBuilder        *builder,
                       const DubStudyData *data,
                       const char         *folder)
{
  const DubSplitOptions *options = &data->split->options;

  dub_json_add_string (builder, "task", TASKS[data->task]);
  dub_json_add_int (builder, "positive", data->positive);

  json_builder_set_member_name (builder, "data");
  json_builder_begin_object (builder);
  dub_json_add_string (builder, "kind", data->kind);
  if (data->path != NULL)
    _dub_study_add_path (builder, "path", folder, data->path);
  dub_json_add_string (builder, "hash", data->hash);
  if (data->patients != NULL)
    _dub_study_add_path (builder, "patients", folder, data->patients);
  dub_json_add_boolean (builder, "skip_bad", data->skip_bad);
  json_builder_end_object (builder);

  json_builder_set_member_name (builder, "split");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "fractions");
  json_builder_begin_array (builder);
  for (int i = 0; i < 3; i++)
    json_builder_add_double_value (builder, options->fractions[i]);
  json_builder_end_array (builder);
  dub_json_add_boolean (builder, "given", options->given);
  dub_json_add_int (builder, "folds", options->n_folds);
  dub_json_add_seed (builder, "seed", options->seed);
  dub_json_add_boolean (builder, "by_patient", options->by_patient);
  dub_json_add_string (builder, "twins", TWINS[options->twins]);
  dub_json_add_string (builder, "contradictions", CONTRADICTIONS[options->contradictions]);
  dub_json_add_string (builder, "hash", data->split_hash);
  json_builder_end_object (builder);
}
