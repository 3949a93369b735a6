#include "core/study/outputs-file-private.h"

#include "core/stats/check.h"

#include <math.h>
#include <string.h>

DubOutputsFile *
_dub_outputs_file_new (void)
{
  DubOutputsFile *self = g_new0 (DubOutputsFile, 1);

  self->positive = -1;
  self->notes = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
dub_outputs_file_free (DubOutputsFile *self)
{
  if (self == NULL)
    return;
  for (size_t i = 0; self->patient != NULL && i < self->n_cases; i++)
    g_free (self->patient[i]);
  g_free (self->patient);
  g_strfreev (self->models);
  g_strfreev (self->ids);
  g_strfreev (self->classes);
  g_free (self->model_fold);
  g_free (self->labels);
  g_free (self->part);
  g_free (self->fold);
  g_free (self->family);
  g_free (self->exact);
  g_clear_pointer (&self->logits, dub_tensor_unref);
  g_clear_pointer (&self->probabilities, dub_tensor_unref);
  g_clear_pointer (&self->answers, dub_tensor_unref);
  g_clear_pointer (&self->features, dub_tensor_unref);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

gboolean
_dub_outputs_file_part (const char *word,
                        guint8     *part)
{
  if (g_ascii_strcasecmp (word, "val") == 0 || g_ascii_strcasecmp (word, "validation") == 0 ||
      g_ascii_strcasecmp (word, "valid") == 0) {
    *part = DUB_PART_CALIBRATION;
    return TRUE;
  }
  for (guint at = DUB_PART_TRAIN; at <= DUB_PART_NONE; at++)
    if (g_ascii_strcasecmp (word, dub_part_name ((DubPart) at)) == 0) {
      *part = (guint8) at;
      return TRUE;
    }

  return FALSE;
}

/* --- what any of the two must be --- */

static gboolean
check_finite (const DubOutputsFile  *self,
              const DubTensor       *tensor,
              const char            *what,
              const char            *name,
              GError               **error)
{
  size_t row = tensor != NULL ? (size_t) tensor->shape.dim[2] : 0;

  for (size_t i = 0; tensor != NULL && i < dub_tensor_n_elements (tensor); i++)
    if (!isfinite (dub_tensor_f32 (tensor)[i])) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "%s: %s of the case %s is not finite in column %zu.", name, what,
                   self->ids[i / row % self->n_cases], i % row);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_probabilities (DubOutputsFile  *self,
                     const char      *name,
                     GError         **error)
{
  size_t n_rows = self->probabilities != NULL ? self->n_models * self->n_cases : 0;

  for (size_t i = 0; i < n_rows; i++) {
    const float *p = dub_tensor_f32 (self->probabilities) + i * self->n_classes;
    double sum = 0.0;

    for (size_t c = 0; c < self->n_classes; c++) {
      if (!(p[c] >= 0.0f && p[c] <= 1.0f)) {
        g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                     "%s: the probability of class %zu of the case %s is %g; expected 0 to 1 (are these logits?).", name, c,
                     self->ids[i % self->n_cases], (double) p[c]);
        return FALSE;
      }
      sum += (double) p[c];
      /* What rounds to 1 is not above it. */
      if (self->exact != NULL)
        self->exact[i * self->n_classes + c] = CLAMP (self->exact[i * self->n_classes + c], 0.0, 1.0);
    }
    if (fabs (sum - 1.0) > DUB_ROW_SUM_TOLERANCE) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                   "%s: the probabilities of the case %s sum to %g; expected 1, of classes that exclude each other.", name,
                   self->ids[i % self->n_cases], sum);
      return FALSE;
    }
  }

  return TRUE;
}

static gboolean
check_ids (const DubOutputsFile  *self,
           const char            *name,
           GError               **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (size_t i = 0; i < self->n_cases; i++)
    if (*self->ids[i] == '\0' || !g_hash_table_add (seen, self->ids[i])) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s: the id of case %zu is \"%s\"; expected a name that no other case has.",
                   name, i, self->ids[i]);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check (DubOutputsFile  *self,
       const char      *name,
       GError         **error)
{
  if (self->n_cases == 0 || self->n_models == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "%s has no cases.", name);
    return FALSE;
  }
  if (self->n_classes < 2 || self->n_classes > G_MAXINT16) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "%s has %zu classes; expected 2 to %d.", name, self->n_classes,
                 G_MAXINT16);
    return FALSE;
  }
  for (size_t i = 0; i < self->n_cases; i++)
    if (self->labels[i] >= (int) self->n_classes) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s: the label of the case %s is %d; expected 0 to %zu, or -1 (unknown).",
                   name, self->ids[i], self->labels[i], self->n_classes - 1);
      return FALSE;
    }

  return check_ids (self, name, error) && check_finite (self, self->logits, "a logit", name, error) &&
         check_finite (self, self->features, "a feature", name, error) && check_probabilities (self, name, error);
}

static DubOutputsFile *
finish (DubOutputsFile  *self,
        const char      *name,
        GError         **error)
{
  if (self != NULL && check (self, name, error))
    return self;
  dub_outputs_file_free (self);

  return NULL;
}

DubOutputsFile *
_dub_outputs_file_read_npz (DubNpz      *archive,
                            const char  *name,
                            GError     **error)
{
  return finish (_dub_outputs_file_from_npz (archive, name, error), name, error);
}

DubOutputsFile *
_dub_outputs_file_read_table (const DubDelimited  *table,
                              GError             **error)
{
  return finish (_dub_outputs_file_from_table (table, error), table->name, error);
}

DubOutputsFile *
dub_outputs_file_load (const char  *path,
                       GError     **error)
{
  if (g_str_has_suffix (path, ".npz")) {
    g_autoptr (DubNpz) archive = dub_npz_open (path, error);

    return archive != NULL ? _dub_outputs_file_read_npz (archive, path, error) : NULL;
  }

  g_autoptr (DubDelimited) table = dub_delimited_load (path, FALSE, error);

  return table != NULL ? _dub_outputs_file_read_table (table, error) : NULL;
}

DubOutputsFile *
dub_outputs_file_parse (GBytes      *bytes,
                        const char  *name,
                        GError     **error)
{
  gsize n;
  const char *text = g_bytes_get_data (bytes, &n);

  if (n >= 2 && memcmp (text, "PK", 2) == 0) {
    g_autoptr (DubNpz) archive = dub_npz_open_bytes (bytes, name, error);

    return archive != NULL ? _dub_outputs_file_read_npz (archive, name, error) : NULL;
  }

  g_autoptr (DubDelimited) table = dub_delimited_parse (text, n, name, FALSE, error);

  return table != NULL ? _dub_outputs_file_read_table (table, error) : NULL;
}

/* --- reading it --- */

static void
softmax (double *row,
         size_t  n)
{
  double largest = row[0], mass = 0.0;

  for (size_t c = 1; c < n; c++)
    largest = MAX (largest, row[c]);
  for (size_t c = 0; c < n; c++) {
    row[c] = exp (row[c] - largest);
    mass += row[c];
  }
  for (size_t c = 0; c < n; c++)
    row[c] /= mass;
}

double *
dub_outputs_file_mean (const DubOutputsFile *self)
{
  size_t n_classes = self->n_classes, n = self->n_cases * n_classes;
  const float *rounded = dub_tensor_f32 (self->logits != NULL ? self->logits : self->probabilities);
  double *mean = g_new0 (double, n);

  for (size_t i = 0; self->answers != NULL && i < n; i++)
    mean[i] = (double) dub_tensor_f32 (self->answers)[i];
  if (self->answers != NULL)
    return mean;

  g_autofree double *row = g_new (double, n_classes);

  for (size_t m = 0; m < self->n_models; m++)
    for (size_t i = 0; i < n; i += n_classes) {
      for (size_t c = 0; c < n_classes; c++)
        row[c] = self->exact != NULL ? self->exact[m * n + i + c] : (double) rounded[m * n + i + c];
      if (self->logits != NULL)
        softmax (row, n_classes);
      for (size_t c = 0; c < n_classes; c++)
        mean[i + c] += row[c] / (double) self->n_models;
    }

  return mean;
}

char *
dub_outputs_file_class (const DubOutputsFile *self,
                        size_t                class_index)
{
  return self->classes != NULL ? g_strdup (self->classes[class_index]) : g_strdup_printf ("%zu", class_index);
}
