#include "core/study/outputs-export.h"

#include "core/io/csv.h"
#include "core/study/answers.h"
#include "core/io/file.h"
#include "core/io/npy.h"

#include <string.h>

enum { MOST_ARRAYS = 16 };

typedef struct {
  const DubStudy   *study;
  const DubOutputs *outputs;
  const char       *family;
  const float      *answers; /* (N, C) of the family */
  const DubRecalibration *recalibration; /* (nullable) that was applied to them */
  size_t           *index;  /* [n] the cases to write, rising */
  size_t            n;
} Export;

/* The arrays of the archive, in order. */
typedef struct {
  const char *names[MOST_ARRAYS];
  DubTensor  *tensors[MOST_ARRAYS];
  gboolean    text[MOST_ARRAYS];
  size_t      n;
} Arrays;

static void
arrays_clear (Arrays *self)
{
  for (size_t i = 0; i < self->n; i++)
    dub_tensor_unref (self->tensors[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arrays, arrays_clear)

/* Takes @tensor, which is NULL where it could not be made. */
static gboolean
add (Arrays     *arrays,
     const char *name,
     DubTensor  *tensor,
     gboolean    text)
{
  if (tensor == NULL)
    return FALSE;
  g_return_val_if_fail (arrays->n < MOST_ARRAYS, FALSE);
  arrays->names[arrays->n] = name;
  arrays->tensors[arrays->n] = tensor;
  arrays->text[arrays->n++] = text;

  return TRUE;
}

static gboolean
add_texts (Arrays             *arrays,
           const char         *name,
           const char *const  *texts,
           size_t              n,
           GError            **error)
{
  return add (arrays, name, dub_npy_text_encode (texts, n, error), TRUE);
}

/* Rows of the written cases out of @table, [n_tables][N][n_columns]. */
static DubTensor *
pick (const Export  *self,
      const float   *table,
      size_t         n_tables,
      size_t         n_columns,
      gboolean       flat,
      GError       **error)
{
  DubShape shape = flat ? DUB_SHAPE ((int64_t) self->n, (int64_t) n_columns)
                        : DUB_SHAPE ((int64_t) n_tables, (int64_t) self->n, (int64_t) n_columns);
  DubTensor *tensor = dub_tensor_new (DUB_DTYPE_F32, shape, error);

  for (size_t m = 0; tensor != NULL && m < n_tables; m++)
    for (size_t i = 0; i < self->n; i++)
      memcpy (dub_tensor_f32 (tensor) + (m * self->n + i) * n_columns,
              table + (m * self->outputs->n_cases + self->index[i]) * n_columns, n_columns * sizeof (float));

  return tensor;
}

typedef int64_t (*WholeFunc) (const Export *self,
                              size_t        at);

static DubTensor *
pick_whole (const Export  *self,
            WholeFunc      func,
            GError       **error)
{
  DubTensor *tensor = dub_tensor_new (DUB_DTYPE_I64, DUB_SHAPE ((int64_t) self->n), error);

  for (size_t i = 0; tensor != NULL && i < self->n; i++)
    dub_tensor_i64 (tensor)[i] = func (self, self->index[i]);

  return tensor;
}

static int64_t
label_of (const Export *self,
          size_t        at)
{
  return self->outputs->labels[at];
}

static int64_t
fold_of (const Export *self,
         size_t        at)
{
  return self->study->data->split->fold[at];
}

static const char *
part_of (const Export *self,
         size_t        at)
{
  return dub_part_name ((DubPart) self->outputs->part[at]);
}

static gboolean
has_patients (const Export *self)
{
  for (size_t i = 0; i < self->n; i++)
    if (self->study->data->patient[self->index[i]] != NULL)
      return TRUE;

  return FALSE;
}

static const char *
patient_of (const Export *self,
            size_t        at)
{
  const char *patient = self->study->data->patient[at];

  return patient != NULL ? patient : "";
}

/* --- npz --- */

static gboolean
add_cases (const Export  *self,
           Arrays        *arrays,
           GError       **error)
{
  g_autofree const char **ids = g_new (const char *, self->n);
  g_autofree const char **parts = g_new (const char *, self->n);
  g_autofree const char **patients = g_new (const char *, self->n);

  for (size_t i = 0; i < self->n; i++) {
    ids[i] = self->outputs->ids[self->index[i]];
    parts[i] = part_of (self, self->index[i]);
    patients[i] = patient_of (self, self->index[i]);
  }

  return add (arrays, "labels", pick_whole (self, label_of, error), FALSE) &&
         add_texts (arrays, "ids", ids, self->n, error) && add_texts (arrays, "split", parts, self->n, error) &&
         add (arrays, "fold", pick_whole (self, fold_of, error), FALSE) &&
         (!has_patients (self) || add_texts (arrays, "patient", patients, self->n, error));
}

/* What a reader needs to know of models and classes, and where the numbers come from. */
static gboolean
add_head (const Export  *self,
          Arrays        *arrays,
          GError       **error)
{
  const DubOutputs *outputs = self->outputs;
  DubTensor *folds = dub_tensor_new (DUB_DTYPE_I64, DUB_SHAPE ((int64_t) outputs->n_models), error);
  DubTensor *positive;

  if (!add (arrays, "model_fold", folds, FALSE))
    return FALSE;
  for (size_t m = 0; m < outputs->n_models; m++) {
    const DubStudyModel *model = dub_study_find_model (self->study, outputs->models[m]);

    dub_tensor_i64 (folds)[m] = model != NULL ? model->fold : -1;
  }
  positive = dub_tensor_new (DUB_DTYPE_I64, DUB_SHAPE (1), error);
  if (!add (arrays, "positive", positive, FALSE))
    return FALSE;
  dub_tensor_i64 (positive)[0] = self->study->data->positive;

  return add_texts (arrays, "models", (const char *const *) outputs->models, outputs->n_models, error) &&
         add_texts (arrays, "classes", (const char *const *) self->study->classes->pdata, outputs->n_classes, error) &&
         add_texts (arrays, "family", &self->family, 1, error) &&
         add_texts (arrays, "data_hash", (const char *const[]) { self->study->data->hash }, 1, error) &&
         add_texts (arrays, "split_hash", (const char *const[]) { self->study->data->split_hash }, 1, error);
}

/* What was done to the probabilities, where they are more than a mean. */
static gboolean
add_recalibration (const Export  *self,
                   Arrays        *arrays,
                   GError       **error)
{
  if (self->recalibration == NULL)
    return TRUE;

  g_autofree char *words = dub_recalibration_summary (self->recalibration);

  return add_texts (arrays, "recalibration", (const char *const[]) { words }, 1, error);
}

static gboolean
write_npz (const Export  *self,
           const char    *path,
           GError       **error)
{
  const DubOutputs *outputs = self->outputs;
  g_auto (Arrays) arrays = { 0 };
  gboolean logits = outputs->logits != NULL;

  return add (&arrays, "probabilities", pick (self, self->answers, 1, outputs->n_classes, TRUE, error), FALSE) &&
         add (&arrays, logits ? "logits" : "model_probabilities",
              pick (self, logits ? outputs->logits : outputs->probabilities, outputs->n_models, outputs->n_classes, FALSE,
                    error), FALSE) &&
         (outputs->features == NULL ||
          add (&arrays, "features", pick (self, outputs->features, outputs->n_models, outputs->n_features, FALSE, error),
               FALSE)) &&
         add_cases (self, &arrays, error) && add_head (self, &arrays, error) && add_recalibration (self, &arrays, error) &&
         dub_npz_save_text (path, arrays.names, arrays.tensors, arrays.text, arrays.n, error);
}

/* --- csv --- */

static gboolean
write_csv (const Export  *self,
           const char    *path,
           GError       **error)
{
  g_autoptr (GString) text = g_string_new ("id,label,split,fold");
  g_autofree char *words = self->recalibration != NULL ? dub_recalibration_summary (self->recalibration) : NULL;
  gboolean patients = has_patients (self);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, patients ? ",patient" : "");
  for (guint c = 0; c < self->study->classes->len; c++) {
    g_autofree char *column = g_strconcat ("p_", g_ptr_array_index (self->study->classes, c), NULL);

    g_string_append_c (text, ',');
    dub_csv_append (text, column);
  }
  g_string_append (text, words != NULL ? ",recalibration\n" : "\n");
  for (size_t i = 0; i < self->n; i++) {
    size_t at = self->index[i];

    dub_csv_append (text, self->outputs->ids[at]);
    g_string_append_printf (text, ",%d,%s,%d", self->outputs->labels[at], part_of (self, at), (int) fold_of (self, at));
    if (patients) {
      g_string_append_c (text, ',');
      dub_csv_append (text, patient_of (self, at));
    }
    for (size_t c = 0; c < self->outputs->n_classes; c++)
      g_string_append_printf (text, ",%s",
                              g_ascii_formatd (number, sizeof number, "%.9g", (double) self->answers[at * self->outputs->n_classes + c]));
    if (words != NULL) {
      g_string_append_c (text, ',');
      dub_csv_append (text, words);
    }
    g_string_append_c (text, '\n');
  }

  return dub_file_write_atomic (path, text->str, text->len, error);
}

gboolean
dub_outputs_export (const DubStudy    *study,
                    const DubOutputs  *outputs,
                    const char        *family,
                    guint              parts,
                    const char        *path,
                    GError           **error)
{
  g_autofree size_t *index = g_new (size_t, MAX (outputs->n_cases, 1));
  g_autofree size_t *models = g_new (size_t, MAX (outputs->n_models, 1));
  g_autofree float *answers = g_new (float, MAX (outputs->n_cases * outputs->n_classes, 1));
  Export self = {
    .study = study, .outputs = outputs, .family = family, .answers = answers, .index = index,
    .recalibration = dub_study_get_recalibration (study, family),
  };

  for (size_t m = 0; m < outputs->n_models; m++)
    models[m] = m;
  if (!dub_study_answers (study, outputs, family, models, outputs->n_models, answers, error))
    return FALSE;

  for (size_t i = 0; i < outputs->n_cases; i++)
    if (parts & 1u << outputs->part[i])
      index[self.n++] = i;
  if (self.n == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s has no cases in the parts that are asked for.",
                 study->title);
    return FALSE;
  }
  if (g_str_has_suffix (path, ".npz"))
    return write_npz (&self, path, error);
  if (g_str_has_suffix (path, ".csv"))
    return write_csv (&self, path, error);
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s ends neither in .npz nor in .csv.", path);

  return FALSE;
}
