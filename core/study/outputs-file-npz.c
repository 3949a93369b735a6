/* Outputs in an archive. */
#include "core/study/outputs-file-private.h"

#include "core/base/checked.h"
#include "core/stats/check.h"

#include <math.h>
#include <string.h>

static const char *const LOGITS[] = { "logits", "z", NULL };
static const char *const PROBABILITIES[] = { "probabilities", "probs", "predictions", "softmax", "p", NULL };
static const char *const LABELS[] = { "labels", "label", "ground_truth", "y_true", "targets", "y", NULL };
static const char *const FEATURES[] = { "features", "embeddings", NULL };
static const char *const IDS[] = { "ids", "id", NULL };
static const char *const SPLIT[] = { "split", "part", NULL };
static const char *const FOLD[] = { "fold", "folds", NULL };
static const char *const PATIENT[] = { "patient", "patients", NULL };

typedef struct {
  DubNpz      *archive;
  const char  *name;
  GError     **error;
} Reader;

/* The first of @names that is there, or NULL. */
static const char *
find (const Reader      *reader,
      const char *const *names)
{
  for (size_t i = 0; names[i] != NULL; i++)
    if (dub_npz_has (reader->archive, names[i]))
      return names[i];

  return NULL;
}

static gboolean G_GNUC_PRINTF (3, 4)
refuse (const Reader *reader,
        const char   *array,
        const char   *format,
        ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (reader->error, DUB_ERROR, DUB_ERROR_FORMAT, "%s: array %s is %s.", reader->name, array, what);

  return FALSE;
}

static gboolean
refuse_shape (const Reader    *reader,
              const char      *array,
              const DubTensor *found,
              const char      *expected)
{
  g_autofree char *shape = dub_shape_to_string (&found->shape);

  return refuse (reader, array, "%s %s; expected %s", dub_dtype_name (found->dtype), shape, expected);
}

/* --- numbers of every case --- */

/* Array @array as float32. @exact: (out) (optional): its numbers, where float32 has fewer digits; else NULL. */
static DubTensor *
read_floats (const Reader  *reader,
             const char    *array,
             double       **exact)
{
  g_autoptr (DubTensor) tensor = dub_npz_read (reader->archive, array, reader->error);

  if (tensor == NULL)
    return NULL;
  if (tensor->dtype != DUB_DTYPE_F32 && tensor->dtype != DUB_DTYPE_F64) {
    refuse_shape (reader, array, tensor, "floating-point numbers");
    return NULL;
  }
  if (exact != NULL) {
    size_t n = tensor->dtype == DUB_DTYPE_F64 ? dub_tensor_n_elements (tensor) : 0;

    *exact = n > 0 ? g_new (double, n) : NULL;
    for (size_t i = 0; i < n; i++)
      (*exact)[i] = dub_tensor_get_double (tensor, i);
  }

  return dub_tensor_convert (tensor, DUB_DTYPE_F32, reader->error);
}

/* (N) or (N, 1) of class 1 becomes (N, 2). */
static DubTensor *
widen (const DubTensor  *one,
       gboolean          logits,
       GError          **error)
{
  int64_t n = one->shape.dim[0];
  DubTensor *two = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (n, 2), error);

  for (int64_t i = 0; two != NULL && i < n; i++) {
    float value = dub_tensor_f32 (one)[i];

    dub_tensor_f32 (two)[2 * i] = logits ? -0.5f * value : 1.0f - value;
    dub_tensor_f32 (two)[2 * i + 1] = logits ? 0.5f * value : value;
  }

  return two;
}

static double *
widen_exact (const double *one,
             size_t        n,
             gboolean      logits)
{
  double *two = one != NULL ? g_new (double, 2 * n) : NULL;

  for (size_t i = 0; two != NULL && i < n; i++) {
    two[2 * i] = logits ? -0.5 * one[i] : 1.0 - one[i];
    two[2 * i + 1] = logits ? 0.5 * one[i] : one[i];
  }

  return two;
}

/* (M, N, C) out of (N), (N, 1), (N, C) or (M, N, C). @exact: (out) as of read_floats */
static DubTensor *
read_answers (const Reader  *reader,
              const char    *array,
              gboolean       logits,
              double       **exact)
{
  g_autofree double *numbers = NULL;
  g_autoptr (DubTensor) found = read_floats (reader, array, &numbers);
  g_autoptr (DubTensor) wide = NULL;

  if (found == NULL)
    return NULL;

  const DubShape *shape = &found->shape;

  if (shape->rank < 1 || shape->rank > 3 || dub_shape_n_elements (shape) == 0) {
    refuse_shape (reader, array, found, "(cases), (cases, classes) or (models, cases, classes)");
    return NULL;
  }
  if (shape->rank < 3 && (shape->rank == 1 || shape->dim[1] == 1)) {
    wide = widen (found, logits, reader->error);
    *exact = widen_exact (numbers, (size_t) shape->dim[0], logits);
  } else {
    wide = dub_tensor_ref (found);
    *exact = g_steal_pointer (&numbers);
  }
  if (shape->rank == 3)
    return g_steal_pointer (&wide);

  return wide != NULL
           ? dub_tensor_reshape (wide, DUB_SHAPE (1, wide->shape.dim[0], wide->shape.dim[1]), reader->error)
           : NULL;
}

/* Where both are there, they must say the same: else nobody knows which one is meant. */
static gboolean
check_agreement (const Reader         *reader,
                 const DubOutputsFile *self,
                 const char           *array)
{
  g_autofree double *exact = NULL;
  g_autoptr (DubTensor) told = read_answers (reader, array, FALSE, &exact);
  size_t n_classes = self->n_classes, n_row = self->n_cases * n_classes;

  if (told == NULL)
    return FALSE;
  if (told->shape.dim[1] != (int64_t) self->n_cases || told->shape.dim[2] != (int64_t) n_classes ||
      (told->shape.dim[0] != 1 && told->shape.dim[0] != (int64_t) self->n_models))
    return refuse_shape (reader, array, told, "the shape of the logits, or their mean over the models");

  for (size_t i = 0; i < dub_tensor_n_elements (told); i++) {
    size_t first = told->shape.dim[0] == 1 ? 0 : i / n_row, last = told->shape.dim[0] == 1 ? self->n_models : first + 1;
    double mean = 0.0;

    for (size_t m = first; m < last; m++) {
      const float *z = dub_tensor_f32 (self->logits) + m * n_row + i % n_row / n_classes * n_classes;
      double sum = 0.0;

      for (size_t c = 0; c < n_classes; c++)
        sum += exp ((double) z[c] - (double) z[i % n_classes]);
      mean += 1.0 / sum / (double) (last - first);
    }
    if (!(fabs (mean - (double) dub_tensor_f32 (told)[i]) <= 1e-3))
      return refuse (reader, array, "%g for class %zu of case %zu, where softmax of the logits is %g; leave one of the two out",
                     (double) dub_tensor_f32 (told)[i], i % n_classes, i % n_row / n_classes, mean);
  }

  return TRUE;
}

/* Probabilities that were recalibrated are not those of the logits beside them. */
static gboolean
read_recalibrated (const Reader   *reader,
                   DubOutputsFile *self,
                   const char     *array)
{
  g_autofree double *exact = NULL;
  size_t n_words = 0;
  g_auto (GStrv) words = dub_npz_read_text (reader->archive, "recalibration", &n_words, reader->error);
  g_autoptr (DubTensor) told = words != NULL ? read_answers (reader, array, FALSE, &exact) : NULL;

  if (told == NULL)
    return FALSE;
  if (told->shape.dim[0] != 1 || told->shape.dim[1] != (int64_t) self->n_cases || told->shape.dim[2] != (int64_t) self->n_classes)
    return refuse_shape (reader, array, told, "one answer for every case, (cases, classes)");
  for (size_t i = 0; i < self->n_cases; i++) {
    const float *p = dub_tensor_f32 (told) + i * self->n_classes;
    double sum = 0.0;

    for (size_t c = 0; c < self->n_classes; c++) {
      if (!(p[c] >= 0.0f && p[c] <= 1.0f))
        return refuse (reader, array, "%g for class %zu of case %zu; expected 0 to 1", (double) p[c], c, i);
      sum += (double) p[c];
    }
    if (!(fabs (sum - 1.0) <= DUB_ROW_SUM_TOLERANCE))
      return refuse (reader, array, "%g in sum for case %zu; expected 1", sum, i);
  }
  self->answers = g_steal_pointer (&told);
  if (n_words == 1)
    g_ptr_array_add (self->notes, g_strdup_printf ("The probabilities were recalibrated: %s.", words[0]));

  return TRUE;
}

static gboolean
read_numbers (const Reader   *reader,
              DubOutputsFile *self)
{
  const char *logits = find (reader, LOGITS), *probabilities = find (reader, PROBABILITIES);
  gboolean each = dub_npz_has (reader->archive, "model_probabilities");
  DubTensor *answers;

  if (logits == NULL && probabilities == NULL && !each) {
    g_set_error (reader->error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s has no outputs; expected an array logits or probabilities of (cases, classes) or (models, cases, classes).",
                 reader->name);
    return FALSE;
  }
  if (logits != NULL)
    answers = self->logits = read_answers (reader, logits, TRUE, &self->exact);
  else
    answers = self->probabilities =
      read_answers (reader, each ? "model_probabilities" : probabilities, FALSE, &self->exact);
  if (answers == NULL)
    return FALSE;
  self->n_models = (size_t) answers->shape.dim[0];
  self->n_cases = (size_t) answers->shape.dim[1];
  self->n_classes = (size_t) answers->shape.dim[2];

  if (probabilities != NULL && (logits != NULL || each) && dub_npz_has (reader->archive, "recalibration"))
    return read_recalibrated (reader, self, probabilities);

  return logits == NULL || probabilities == NULL || check_agreement (reader, self, probabilities);
}

static gboolean
read_features (const Reader   *reader,
               DubOutputsFile *self)
{
  const char *array = find (reader, FEATURES);
  g_autoptr (DubTensor) found = array != NULL ? read_floats (reader, array, NULL) : NULL;

  if (found == NULL)
    return array == NULL;

  DubShape shape = found->shape;

  if (shape.rank == 2)
    shape = DUB_SHAPE (1, shape.dim[0], shape.dim[1]);
  if (shape.rank != 3 || shape.dim[0] != (int64_t) self->n_models || shape.dim[1] != (int64_t) self->n_cases ||
      shape.dim[2] < 1)
    return refuse_shape (reader, array, found, "(cases, features) or (models, cases, features), of as many as there are outputs");
  self->features = dub_tensor_reshape (found, shape, reader->error);

  return self->features != NULL;
}

/* --- one value a case --- */

/* [n] whole numbers of at least -1, of (n) or (n, 1). */
static int *
read_whole (const Reader *reader,
            const char   *array,
            size_t        n,
            int           largest)
{
  g_autoptr (DubTensor) found = dub_npz_read (reader->archive, array, reader->error);

  if (found == NULL)
    return NULL;
  if (!(found->shape.rank == 1 || (found->shape.rank == 2 && found->shape.dim[1] == 1)) ||
      found->shape.dim[0] != (int64_t) n) {
    g_autofree char *expected = g_strdup_printf ("%zu whole numbers", n);

    refuse_shape (reader, array, found, expected);
    return NULL;
  }

  g_autofree int *numbers = g_new (int, MAX (n, 1));

  for (size_t i = 0; i < n; i++) {
    double value = dub_tensor_get_double (found, i);

    if (!(value >= -1.0 && value <= (double) largest && value == floor (value))) {
      refuse (reader, array, "%g in row %zu; expected a whole number from -1 to %d", value, i, largest);
      return NULL;
    }
    numbers[i] = (int) value;
  }

  return g_steal_pointer (&numbers);
}

static char **
read_texts (const Reader *reader,
            const char   *array,
            size_t        n)
{
  size_t found;
  g_auto (GStrv) texts = dub_npz_read_text (reader->archive, array, &found, reader->error);

  if (texts == NULL)
    return NULL;
  if (found != n) {
    refuse (reader, array, "%zu strings; expected %zu", found, n);
    return NULL;
  }

  return g_steal_pointer (&texts);
}

static gboolean
read_parts (const Reader   *reader,
            DubOutputsFile *self)
{
  const char *array = find (reader, SPLIT);
  g_auto (GStrv) words = array != NULL ? read_texts (reader, array, self->n_cases) : NULL;

  if (words == NULL)
    return array == NULL;
  self->part = g_new (guint8, self->n_cases);
  for (size_t i = 0; i < self->n_cases; i++)
    if (!_dub_outputs_file_part (words[i], &self->part[i]))
      return refuse (reader, array, "\"%s\" in row %zu; expected train, calibration, test or none", words[i], i);

  return TRUE;
}

static gboolean
read_folds (const Reader   *reader,
            DubOutputsFile *self)
{
  const char *array = find (reader, FOLD);
  g_autofree int *folds = array != NULL ? read_whole (reader, array, self->n_cases, G_MAXINT16 - 1) : NULL;

  if (array != NULL && folds == NULL)
    return FALSE;
  self->fold = g_new (gint16, self->n_cases);
  for (size_t i = 0; i < self->n_cases; i++)
    self->fold[i] = folds != NULL && self->part != NULL && self->part[i] == DUB_PART_TRAIN ? (gint16) folds[i] : -1;

  return TRUE;
}

static gboolean
read_cases (const Reader   *reader,
            DubOutputsFile *self)
{
  const char *labels = find (reader, LABELS), *ids = find (reader, IDS), *patient = find (reader, PATIENT);

  if (labels == NULL) {
    g_set_error (reader->error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s has no labels; expected an array labels of %zu whole numbers, -1 for unknown.", reader->name,
                 self->n_cases);
    return FALSE;
  }
  self->labels = read_whole (reader, labels, self->n_cases, G_MAXINT16);
  if (self->labels == NULL || !read_parts (reader, self) || !read_folds (reader, self))
    return FALSE;
  if (ids != NULL) {
    self->ids = read_texts (reader, ids, self->n_cases);
    if (self->ids == NULL)
      return FALSE;
  } else {
    self->ids = g_new0 (char *, self->n_cases + 1);
    for (size_t i = 0; i < self->n_cases; i++)
      self->ids[i] = g_strdup_printf ("row-%zu", i);
  }
  self->patient = patient != NULL ? read_texts (reader, patient, self->n_cases) : NULL;
  for (size_t i = 0; self->patient != NULL && i < self->n_cases; i++)
    if (*self->patient[i] == '\0')
      g_clear_pointer (&self->patient[i], g_free);

  return patient == NULL || self->patient != NULL;
}

/* --- models and classes --- */

static gboolean
read_head (const Reader   *reader,
           DubOutputsFile *self)
{
  g_auto (GStrv) family = NULL;

  if (dub_npz_has (reader->archive, "models") &&
      (self->models = read_texts (reader, "models", self->n_models)) == NULL)
    return FALSE;
  if (dub_npz_has (reader->archive, "classes") &&
      (self->classes = read_texts (reader, "classes", self->n_classes)) == NULL)
    return FALSE;
  if (dub_npz_has (reader->archive, "family") && (family = read_texts (reader, "family", 1)) == NULL)
    return FALSE;
  if (family != NULL && *family[0] != '\0')
    self->family = g_strdup (family[0]);
  if (dub_npz_has (reader->archive, "positive")) {
    g_autofree int *positive = read_whole (reader, "positive", 1, (int) MIN (self->n_classes, G_MAXINT16) - 1);

    if (positive == NULL)
      return FALSE;
    self->positive = positive[0];
  }
  if (dub_npz_has (reader->archive, "model_fold")) {
    self->model_fold = read_whole (reader, "model_fold", self->n_models, G_MAXINT16 - 1);
    return self->model_fold != NULL;
  }
  self->model_fold = g_new (int, self->n_models);
  for (size_t m = 0; m < self->n_models; m++)
    self->model_fold[m] = -1;

  return TRUE;
}

DubOutputsFile *
_dub_outputs_file_from_npz (DubNpz      *archive,
                            const char  *name,
                            GError     **error)
{
  Reader reader = { archive, name, error };
  g_autoptr (DubOutputsFile) self = _dub_outputs_file_new ();

  if (!read_numbers (&reader, self) || !read_features (&reader, self) || !read_cases (&reader, self) ||
      !read_head (&reader, self))
    return NULL;

  return g_steal_pointer (&self);
}
