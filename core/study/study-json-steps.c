/* The member of study.json that holds what was applied to the answers of families:
 *
 *   "recalibrations": [{ "family", "networks": [ids], "map": { as recalibration-json.c says } }]
 *
 * A program that does not know it would show other answers, so that a study with a step says format_version 2; one without stays
 * readable to all.
 */
#include "core/study/study-json-private.h"

#include "core/calibration/recalibration.h"
#include "core/study/study-private.h"

#include <string.h>

static gboolean
read_networks (JsonObject    *object,
               const char    *where,
               DubStudyStep  *step,
               GError       **error)
{
  JsonArray *list = dub_json_read_list (object, "networks", where, error);
  guint n = list != NULL ? json_array_get_length (list) : 0;

  if (list == NULL)
    return FALSE;
  step->models = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (list, i);

    if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING) {
      g_autofree char *name = g_strdup_printf ("networks[%u]", i);

      return dub_json_refuse (error, where, name, "%s; expected a string", dub_json_kind (node));
    }
    step->models[i] = json_node_dup_string (node);
  }

  return TRUE;
}

static gboolean
check_family (const DubStudy      *study,
              const DubStudyStep  *step,
              const char          *where,
              GError             **error)
{
  if (*step->family == '\0')
    return dub_json_refuse (error, where, "family", "empty; expected a name");
  for (guint i = 0; i < study->recalibrations->len; i++) {
    const DubStudyStep *other = g_ptr_array_index (study->recalibrations, i);

    if (other != step && strcmp (other->family, step->family) == 0)
      return dub_json_refuse (error, where, "family", "\"%s\", which an earlier one has already; expected one step for a family",
                              step->family);
  }

  return TRUE;
}

static gboolean
read_step (DubStudy    *study,
           JsonObject  *object,
           const char  *where,
           GError     **error)
{
  g_autofree char *inner = g_strconcat (where, "map.", NULL);
  DubStudyStep *step = g_new0 (DubStudyStep, 1);
  JsonObject *map;

  g_ptr_array_add (study->recalibrations, step);
  if (!dub_json_read_string (object, "family", where, TRUE, &step->family, error) || !check_family (study, step, where, error) ||
      !read_networks (object, where, step, error))
    return FALSE;
  map = dub_json_read_object (object, "map", where, TRUE, error);
  step->recalibration = map != NULL ? dub_recalibration_read_json (map, inner, error) : NULL;
  if (step->recalibration == NULL)
    return FALSE;
  if (dub_recalibration_get_n_classes (step->recalibration) != study->classes->len)
    return dub_json_refuse (error, inner, "n_classes", "%zu; the study has %u classes",
                            dub_recalibration_get_n_classes (step->recalibration), study->classes->len);

  return dub_recalibration_is_usable (step->recalibration) ||
         dub_json_refuse (error, inner, "kind", "\"separable\"; expected a map that can be applied");
}

gboolean
_dub_study_read_steps (DubStudy    *study,
                       JsonObject  *root,
                       const char  *file,
                       GError     **error)
{
  g_autofree char *where = g_strconcat (file, ": ", NULL);

  if (!json_object_has_member (root, "recalibrations"))
    return TRUE;

  JsonArray *list = dub_json_read_list (root, "recalibrations", where, error);

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++) {
    JsonNode *node = json_array_get_element (list, i);
    g_autofree char *name = g_strdup_printf ("recalibrations[%u]", i);
    g_autofree char *inner = g_strconcat (where, name, ".", NULL);

    if (!JSON_NODE_HOLDS_OBJECT (node))
      return dub_json_refuse (error, where, name, "%s; expected an object", dub_json_kind (node));
    if (!read_step (study, json_node_get_object (node), inner, error))
      return FALSE;
  }

  return list != NULL;
}

void
_dub_study_build_steps (JsonBuilder    *builder,
                        const DubStudy *study)
{
  GMutex *lock = (GMutex *) &study->recalibrations_lock;

  g_mutex_lock (lock);
  if (study->recalibrations->len > 0) {
    json_builder_set_member_name (builder, "recalibrations");
    json_builder_begin_array (builder);
    for (guint i = 0; i < study->recalibrations->len; i++) {
      const DubStudyStep *step = g_ptr_array_index (study->recalibrations, i);

      json_builder_begin_object (builder);
      dub_json_add_string (builder, "family", step->family);
      json_builder_set_member_name (builder, "networks");
      json_builder_begin_array (builder);
      for (size_t m = 0; step->models[m] != NULL; m++)
        json_builder_add_string_value (builder, step->models[m]);
      json_builder_end_array (builder);
      json_builder_set_member_name (builder, "map");
      dub_recalibration_build_json (step->recalibration, builder);
      json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
  }
  g_mutex_unlock (lock);
}
