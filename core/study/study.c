#include "core/study/study-private.h"

#include "dub-config.h"

#include <math.h>
#include <string.h>

static void
case_free (gpointer data)
{
  DubStudyCase *self = data;

  g_free (self->id);
  g_free (self->path);
  g_free (self->split);
  g_free (self->truth_path);
  g_free (self);
}

static void
model_free (gpointer data)
{
  DubStudyModel *self = data;

  g_free (self->id);
  g_free (self->path);
  g_free (self->family);
  g_free (self->prepare);
  g_free (self->split_hash);
  g_free (self);
}

DubStudy *
dub_study_new (const char *title)
{
  DubStudy *self = g_new0 (DubStudy, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->title = g_strdup (title);
  self->classes = g_ptr_array_new_with_free_func (g_free);
  self->cases = g_ptr_array_new_with_free_func (case_free);
  self->models = g_ptr_array_new_with_free_func (model_free);
  self->version = g_strdup (DUB_VERSION);
  self->recalibrations = g_ptr_array_new_with_free_func (_dub_study_step_free);
  self->past_recalibrations = g_ptr_array_new_with_free_func (_dub_study_step_free);
  g_mutex_init (&self->recalibrations_lock);

  return self;
}

DubStudy *
dub_study_ref (DubStudy *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_study_unref (DubStudy *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->title);
  g_free (self->modality);
  g_free (self->folder);
  g_ptr_array_unref (self->classes);
  g_ptr_array_unref (self->cases);
  g_ptr_array_unref (self->models);
  g_free (self->atlas_path);
  g_free (self->atlas_table);
  g_free (self->version);
  g_clear_pointer (&self->data, dub_study_data_free);
  g_ptr_array_unref (self->recalibrations);
  g_ptr_array_unref (self->past_recalibrations);
  g_mutex_clear (&self->recalibrations_lock);
  g_free (self);
}

/* "/data/sub-091_gm.nii.gz" -> "sub-091_gm". */
static char *
id_from_path (const char *path)
{
  static const char *const ends[] = { ".nii.gz", ".nii", ".hdr", ".img", ".onnx", ".npy", ".npz" };
  char *id = g_path_get_basename (path);

  for (size_t i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (id, ends[i]) && strlen (id) > strlen (ends[i])) {
      id[strlen (id) - strlen (ends[i])] = '\0';
      break;
    }

  return id;
}

void
dub_study_add_case (DubStudy   *self,
                    const char *id,
                    const char *path,
                    int         label)
{
  DubStudyCase *item = g_new0 (DubStudyCase, 1);

  item->id = id != NULL ? g_strdup (id) : id_from_path (path);
  item->path = g_canonicalize_filename (path, NULL);
  item->label = label;
  item->split = g_strdup ("");
  item->severity = (double) NAN;
  g_ptr_array_add (self->cases, item);
}

void
dub_study_add_model (DubStudy      *self,
                     const char    *id,
                     const char    *path,
                     DubPreprocess  preprocess)
{
  DubStudyModel *item = g_new0 (DubStudyModel, 1);

  item->id = id != NULL ? g_strdup (id) : id_from_path (path);
  item->path = g_canonicalize_filename (path, NULL);
  item->preprocess = preprocess;
  item->fold = -1;
  g_ptr_array_add (self->models, item);
}

DubStudyModel *
dub_study_find_model (const DubStudy *self,
                      const char     *id)
{
  for (guint i = 0; i < self->models->len; i++) {
    DubStudyModel *model = g_ptr_array_index (self->models, i);

    if (strcmp (model->id, id) == 0)
      return model;
  }

  return NULL;
}
