/* The member of study.json that holds what was applied to the answers of families:
 *
 *   "recalibrations": [{ "family", "networks": [ids], "files"?: [fingerprints of their files],
 *                        "map": { as recalibration-json.c says } }]
 *
 * A program that does not know it would show other answers, so that a study with a step says format_version 2; one without stays
 * readable to all.
 */
#include "core/study/study-json-private.h"

#include "core/calibration/recalibration.h"
#include "core/study/study-private.h"

#include <string.h>

/* (transfer full) the strings of a list, or NULL with @error. */
static char **
read_strings (JsonObject  *object,
              const char  *member,
              const char  *where,
              GError     **error)
{
  JsonArray *list = dub_json_read_list (object, member, where, error);
  guint n = list != NULL ? json_array_get_length (list) : 0;
  g_auto (GStrv) strings = g_new0 (char *, n + 1);

  if (list == NULL)
    return NULL;
  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (list, i);

    if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING) {
      g_autofree char *name = g_strdup_printf ("%s[%u]", member, i);

      (void) !dub_json_refuse (error, where, name, "%s; expected a string", dub_json_kind (node));
      return NULL;
    }
    strings[i] = json_node_dup_string (node);
  }

  return g_steal_pointer (&strings);
}

static gboolean
read_networks (JsonObject    *object,
               const char    *where,
               DubStudyStep  *step,
               GError       **error)
{
  step->models = read_strings (object, "networks", where, error);
  if (step->models == NULL)
    return FALSE;
  if (!json_object_has_member (object, "files"))
    return TRUE;
  step->files = read_strings (object, "files", where, error);
  if (step->files == NULL)
    return FALSE;

  return g_strv_length (step->files) == g_strv_length (step->models) ||
         dub_json_refuse (error, where, "files", "%u names of files; expected %u, one for each network", g_strv_length (step->files),
                          g_strv_length (step->models));
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

static void
build_strings (JsonBuilder  *builder,
               const char   *member,
               char        **strings)
{
  json_builder_set_member_name (builder, member);
  json_builder_begin_array (builder);
  for (size_t i = 0; strings[i] != NULL; i++)
    json_builder_add_string_value (builder, strings[i]);
  json_builder_end_array (builder);
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
      build_strings (builder, "networks", step->models);
      if (step->files != NULL)
        build_strings (builder, "files", step->files);
      json_builder_set_member_name (builder, "map");
      dub_recalibration_build_json (step->recalibration, builder);
      json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
  }
  g_mutex_unlock (lock);
}
