/* Where the outputs of a model are kept. */
#include "core/study/outputs-private.h"

#include "core/io/file.h"
#include "core/io/npy.h"
#include "core/study/results-key.h"

#include <math.h>
#include <string.h>

/* Of the key: raised when the numbers of the same network would come out differently. */
static const char FORM[] = "dubito-outputs-2";

void
_dub_model_outputs_free (DubModelOutputs *self)
{
  if (self == NULL)
    return;
  g_free (self->key);
  g_clear_pointer (&self->logits, dub_tensor_unref);
  g_clear_pointer (&self->probabilities, dub_tensor_unref);
  g_clear_pointer (&self->features, dub_tensor_unref);
  g_free (self);
}

gboolean
_dub_model_has_outputs_alone (const DubStudyModel *model)
{
  return g_str_has_suffix (model->path, ".npz");
}

char *
_dub_outputs_key (const DubStudy       *study,
                  const DubStudyModel  *model,
                  GError              **error)
{
  g_autofree char *file = dub_file_sha256 (model->path, error);
  g_autoptr (GString) text = g_string_new (FORM);

  if (file == NULL)
    return NULL;
  g_string_append_printf (text, "\nmodel %s\ndata %s\nsplit %s\nclasses %u\nprepare ", file, study->data->hash,
                          study->data->split_hash, study->classes->len);
  if (model->prepare != NULL) {
    g_autoptr (JsonNode) node = dub_prepare_to_json (model->prepare);
    g_autofree char *prepare = json_to_string (node, FALSE);

    g_string_append (text, prepare);
  }

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize) text->len);
}

/* An id is any text; one that is no plain name of a file gets a name of digits. */
static char *
file_of (const DubStudy      *study,
         const DubStudyModel *model)
{
  gboolean plain = *model->id != '\0' && *model->id != '.' && strlen (model->id) <= 100;
  g_autofree char *digits = g_compute_checksum_for_string (G_CHECKSUM_SHA256, model->id, -1);

  for (const char *at = model->id; *at != '\0' && plain; at++)
    plain = g_ascii_isalnum (*at) || strchr ("._-+", *at) != NULL;

  g_autofree char *name = g_strconcat (plain ? model->id : digits, ".npz", NULL);

  return g_build_filename (study->folder, "results", "outputs", name, NULL);
}

/* --- reading --- */

/* Array @name, where it is there: (N, C) or, with @n_columns 0, (N, anything), all finite. */
static gboolean
read_table (DubNpz          *archive,
            const char      *name,
            const char      *file,
            const DubStudy  *study,
            size_t           n_columns,
            DubTensor      **out,
            GError         **error)
{
  if (!dub_npz_has (archive, name))
    return TRUE;

  g_autoptr (DubTensor) table = dub_npz_read (archive, name, error);

  if (table == NULL)
    return FALSE;
  if (table->dtype != DUB_DTYPE_F32 || table->shape.rank != 2 || table->shape.dim[0] != (int64_t) study->data->n_cases ||
      table->shape.dim[1] < 1 || (n_columns > 0 && table->shape.dim[1] != (int64_t) n_columns)) {
    g_autofree char *found = dub_shape_to_string (&table->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s: array %s is %s %s; expected float32 of %zu cases and %zu columns.",
                 file, name, dub_dtype_name (table->dtype), found, study->data->n_cases, n_columns);
    return FALSE;
  }
  for (size_t i = 0; i < dub_tensor_n_elements (table); i++)
    if (!isfinite (dub_tensor_f32 (table)[i])) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "%s: array %s is not finite in row %zu.", file, name,
                   i / (size_t) table->shape.dim[1]);
      return FALSE;
    }
  *out = g_steal_pointer (&table);

  return TRUE;
}

static gboolean
read_arrays (const DubStudy   *study,
             DubNpz           *archive,
             const char       *file,
             DubModelOutputs  *item,
             GError          **error)
{
  size_t n_classes = study->classes->len;

  if (!read_table (archive, "logits", file, study, n_classes, &item->logits, error) ||
      (item->logits == NULL &&
       !read_table (archive, "probabilities", file, study, n_classes, &item->probabilities, error)) ||
      !read_table (archive, "features", file, study, 0, &item->features, error))
    return FALSE;
  if (item->logits != NULL || item->probabilities != NULL)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s holds neither logits nor probabilities.", file);

  return FALSE;
}

gboolean
_dub_outputs_read (const DubStudy   *study,
                   DubModelOutputs  *item,
                   GError          **error)
{
  if (_dub_model_has_outputs_alone (item->model)) {
    g_autoptr (DubNpz) imported = dub_npz_open (item->model->path, error);

    return imported != NULL && read_arrays (study, imported, item->model->path, item, error);
  }
  if (study->folder == NULL)
    return FALSE;

  g_autofree char *file = file_of (study, item->model);
  g_autoptr (DubNpz) archive = g_file_test (file, G_FILE_TEST_EXISTS) ? dub_npz_open (file, NULL) : NULL;

  /* What is derivable and cannot be read is as good as absent: it is made again. */
  if (archive == NULL || !read_arrays (study, archive, file, item, NULL)) {
    g_clear_pointer (&item->logits, dub_tensor_unref);
    g_clear_pointer (&item->probabilities, dub_tensor_unref);
    g_clear_pointer (&item->features, dub_tensor_unref);
    return FALSE;
  }
  item->stale = !_dub_results_has_key (archive, item->key);

  return TRUE;
}

/* --- writing --- */

gboolean
_dub_outputs_write (const DubStudy         *study,
                    const DubModelOutputs  *item,
                    GError                **error)
{
  g_autofree char *file = file_of (study, item->model);
  g_autofree char *folder = g_path_get_dirname (file);
  g_autoptr (DubTensor) key = _dub_results_key_new (item->key, error);
  const char *const names[] = { "key", "logits", "features" };
  DubTensor *const tensors[] = { key, item->logits, item->features };

  if (key == NULL)
    return FALSE;
  if (!dub_file_make_folder (folder, error))
    return FALSE;

  return dub_npz_save_stored (file, names, tensors, item->features != NULL ? 3 : 2, error);
}
