/* study.json, the writing side; study-json.c says what stands in it. */
#include "core/study/study-json-private.h"

#include "core/io/file.h"

#include <math.h>
#include <string.h>

/* Paths below the folder are written relative to it, so that the folder can be moved. */
void
_dub_study_add_path (JsonBuilder *builder,
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
build_case (JsonBuilder        *builder,
            const char         *folder,
            const DubStudyCase *item)
{
  json_builder_begin_object (builder);
  dub_json_add_string (builder, "id", item->id);
  _dub_study_add_path (builder, "path", folder, item->path);
  json_builder_set_member_name (builder, "label");
  json_builder_add_int_value (builder, item->label);
  dub_json_add_string (builder, "split", item->split);
  if (item->truth_path != NULL)
    _dub_study_add_path (builder, "truth", folder, item->truth_path);
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
  dub_json_add_string (builder, "id", item->id);
  _dub_study_add_path (builder, "path", folder, item->path);
  json_builder_set_member_name (builder, "preprocess");
  json_builder_begin_object (builder);
  dub_json_add_string (builder, "axes", DUB_STUDY_AXES[item->preprocess.axes]);
  dub_json_add_string (builder, "scale", DUB_STUDY_SCALES[item->preprocess.scale]);
  dub_json_add_string (builder, "fit", DUB_STUDY_FITS[item->preprocess.fit]);
  json_builder_end_object (builder);
  if (item->family != NULL)
    dub_json_add_string (builder, "family", item->family);
  if (item->fold >= 0)
    dub_json_add_int (builder, "fold", item->fold);
  if (item->split_hash != NULL)
    dub_json_add_string (builder, "split_hash", item->split_hash);
  if (item->training_unknown)
    dub_json_add_boolean (builder, "training_unknown", TRUE);
  if (item->prepare != NULL) {
    json_builder_set_member_name (builder, "prepare");
    json_builder_add_value (builder, dub_prepare_to_json (item->prepare));
  }
  json_builder_end_object (builder);
}

static void
build (JsonBuilder    *builder,
       const DubStudy *study,
       const char     *folder)
{
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, study->seed);

  json_builder_begin_object (builder);
  dub_json_add_string (builder, "format", "dubito-study");
  json_builder_set_member_name (builder, "format_version");
  json_builder_add_int_value (builder, study->recalibrations->len > 0 ? DUB_STUDY_FORMAT_WITH_STEPS : DUB_STUDY_FORMAT_VERSION);
  dub_json_add_string (builder, "version", study->version);
  dub_json_add_string (builder, "title", study->title);
  if (study->modality != NULL)
    dub_json_add_string (builder, "modality", study->modality);
  dub_json_add_string (builder, "seed", seed);

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
    _dub_study_add_path (builder, "labels", folder, study->atlas_path);
    if (study->atlas_table != NULL)
      _dub_study_add_path (builder, "table", folder, study->atlas_table);
    json_builder_end_object (builder);
  }
  _dub_study_build_steps (builder, study);
  if (study->data != NULL)
    _dub_study_build_data (builder, study->data, folder);
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

  if (!dub_file_make_folder (absolute, error))
    return FALSE;

  /* The cases first: a study.json of a data set is never without them. */
  if (self->data != NULL && !dub_study_data_write_cases (self->data, absolute, error))
    return FALSE;
  build (builder, self, absolute);

  if (!dub_json_save (builder, file, error))
    return FALSE;
  if (g_strcmp0 (self->folder, absolute) != 0) {
    g_free (self->folder);
    self->folder = g_steal_pointer (&absolute);
  }

  return TRUE;
}

const char *
dub_axes_name (DubAxes axes)
{
  return DUB_STUDY_AXES[axes];
}

const char *
dub_scale_name (DubScale scale)
{
  return DUB_STUDY_SCALES[scale];
}

const char *
dub_fit_name (DubFit fit)
{
  return DUB_STUDY_FITS[fit];
}
