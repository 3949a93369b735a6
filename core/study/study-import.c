/* What both imports share, and what a study lacks afterwards. */
#include "core/study/study-import.h"

#include "core/io/file.h"
#include "core/study/outputs-private.h"
#include "core/study/study-private.h"

#include <string.h>

enum { LONGEST_ID = 80 };

gboolean
_dub_study_import_is_free (const char  *folder,
                           GError     **error)
{
  g_autofree char *file = g_build_filename (folder, "study.json", NULL);

  if (!g_file_test (file, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s holds a study already; choose another folder.", folder);

  return FALSE;
}

gboolean
_dub_study_import_task (const DubStudy  *study,
                        const char      *path,
                        guint            n_classes,
                        GError         **error)
{
  if (n_classes == 0 || study->classes->len == n_classes)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s has %u classes; the task has %u.", path, study->classes->len, n_classes);

  return FALSE;
}

char *
_dub_study_import_folder (const char  *folder,
                          const char  *id,
                          GError     **error)
{
  g_autofree char *absolute = g_canonicalize_filename (folder, NULL);
  g_autofree char *path = g_build_filename (absolute, "models", id, NULL);

  return dub_file_make_folder (path, error) ? g_steal_pointer (&path) : NULL;
}

char *
_dub_study_import_id (const DubStudy *study,
                      const char     *stem)
{
  g_autoptr (GString) plain = g_string_new (NULL);

  for (const char *at = stem; *at != '\0' && plain->len < LONGEST_ID; at++)
    g_string_append_c (plain, g_ascii_isalnum (*at) || strchr ("._-+", *at) != NULL ? *at : '-');
  if (plain->len == 0 || *plain->str == '.')
    g_string_prepend (plain, "model");

  for (guint i = 1;; i++) {
    g_autofree char *id = i == 1 ? g_strdup (plain->str) : g_strdup_printf ("%s-%u", plain->str, i);

    if (dub_study_find_model (study, id) == NULL)
      return g_steal_pointer (&id);
  }
}

/* --- what is missing --- */

static void G_GNUC_PRINTF (2, 3)
tell (GPtrArray  *list,
      const char *format,
      ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (list, g_strdup_vprintf (format, args));
  va_end (args);
}

/* Whether the imported outputs of the first model have this array; networks have all. */
static void
look_at_outputs (const DubStudy *study,
                 gboolean       *logits,
                 gboolean       *features)
{
  *logits = *features = TRUE;
  for (guint i = 0; i < study->models->len; i++) {
    DubModelOutputs item = { .model = g_ptr_array_index (study->models, i) };

    if (!_dub_model_has_outputs_alone (item.model))
      continue;
    if (_dub_outputs_read (study, &item, NULL)) {
      *logits &= item.logits != NULL;
      *features &= item.features != NULL;
    }
    g_clear_pointer (&item.logits, dub_tensor_unref);
    g_clear_pointer (&item.probabilities, dub_tensor_unref);
    g_clear_pointer (&item.features, dub_tensor_unref);
  }
}

GPtrArray *
dub_study_missing (const DubStudy *study)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  size_t n_part[DUB_PART_NONE + 1] = { 0 };
  gboolean logits, features;

  if (study->data == NULL)
    return list;
  for (size_t i = 0; i < study->data->n_cases; i++)
    n_part[study->data->split->part[i]] += study->data->labels[i] >= 0;
  if (study->data->path == NULL)
    tell (list, "There are no images: nothing can be looked at, masked, augmented or trained.");
  if (study->models->len == 1)
    tell (list, "There is one network: the spread of an ensemble is not defined.");
  if (n_part[DUB_PART_CALIBRATION] == 0)
    tell (list, "There are no calibration cases: no temperature, threshold or combination of scores can be fitted.");
  if (n_part[DUB_PART_TEST] == 0)
    tell (list, "There are no labelled test cases: nothing can be measured on unseen cases.");
  if (n_part[DUB_PART_TRAIN] == 0)
    tell (list, "There are no training cases: distances to them are not defined.");
  look_at_outputs (study, &logits, &features);
  if (!logits)
    tell (list, "There are no logits: the logarithms of the probabilities stand in for them.");
  if (!features)
    tell (list, "There are no features: no latent space, and no distance in it.");

  return list;
}
