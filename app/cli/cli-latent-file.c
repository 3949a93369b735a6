/* Features of somebody else's making: an array, or an archive, of which only “features” has to be there. */
#include "app/cli/cli-latent.h"

#include "app/cli/cli-features.h"
#include "core/io/npy.h"

#include <math.h>
#include <string.h>

typedef struct {
  DubNpz      *archive; /* (nullable): NULL of an array alone */
  const char  *path;
  GError     **error;
} Reader;

static gboolean
has (const Reader *reader,
     const char   *array)
{
  return reader->archive != NULL && dub_npz_has (reader->archive, array);
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
  g_set_error (reader->error, DUB_ERROR, DUB_ERROR_FORMAT, _("“%s”: the array “%s” %s."), reader->path, array, what);

  return FALSE;
}

static gboolean
refuse_shape (const Reader    *reader,
              const char      *array,
              const DubTensor *found,
              const char      *expected)
{
  g_autofree char *shape = dub_shape_to_string (&found->shape);

  return refuse (reader, array, _("is %s, expected %s"), shape, expected);
}

/* Which of M networks: by the archive's “models”, or by number. */
static gboolean
find_model (const Reader  *reader,
            const char    *wanted,
            int64_t        n_models,
            int64_t       *model)
{
  *model = 0;
  if (wanted == NULL)
    return TRUE;
  if (has (reader, "models")) {
    size_t n;
    g_auto (GStrv) names = dub_npz_read_text (reader->archive, "models", &n, reader->error);

    if (names == NULL)
      return FALSE;
    for (size_t m = 0; m < n && m < (size_t) n_models; m++)
      if (strcmp (names[m], wanted) == 0) {
        *model = (int64_t) m;
        return TRUE;
      }
  }

  guint64 number;

  if (!g_ascii_string_to_unsigned (wanted, 10, 0, (guint64) n_models - 1, &number, NULL))
    return cli_usage_error (reader->error, _("“%s” has no network “%s”; it has %d, counted from 0."), reader->path, wanted,
                            (int) n_models);
  *model = (int64_t) number;

  return TRUE;
}

/* An array alone: (N, F), or (N, …), whose further axes count as features, as dubito-cli project takes them. */
static gboolean
read_array (const Reader *reader,
            CliLatent    *self,
            const char   *wanted)
{
  g_autofree int *labels = NULL;
  g_autoptr (DubTensor) floats = NULL;
  int64_t model;

  if (!find_model (reader, wanted, 1, &model))
    return FALSE;
  floats = cli_features_load (reader->path, NULL, 0, &labels, reader->error);
  if (floats == NULL)
    return FALSE;
  self->n_cases = (size_t) floats->shape.dim[0];
  self->spaces[0].n_features = (size_t) floats->shape.dim[1];
  self->spaces[0].features = g_memdup2 (dub_tensor_f32 (floats), dub_tensor_n_bytes (floats));

  return TRUE;
}

/* (N, F) of one network. */
static gboolean
read_features (const Reader *reader,
               CliLatent    *self,
               const char   *wanted)
{
  CliLatentSpace *space = &self->spaces[0];
  g_autoptr (DubTensor) raw = NULL;
  g_autoptr (DubTensor) floats = NULL;
  int64_t model;

  if (!has (reader, "features")) {
    g_set_error (reader->error, DUB_ERROR, DUB_ERROR_FORMAT,
                 _("“%s” has no array “features”; save one of (cases, features) or (networks, cases, features) into it."), reader->path);
    return FALSE;
  }
  raw = dub_npz_read (reader->archive, "features", reader->error);
  if (raw == NULL)
    return FALSE;

  int rank = raw->shape.rank;

  if (rank < 2 || rank > 3 || dub_tensor_n_elements (raw) == 0)
    return refuse_shape (reader, "features", raw, _("(cases, features) or (networks, cases, features)"));
  if (!cli_features_check_range (reader->path, raw, (size_t) raw->shape.dim[rank - 2], (size_t) raw->shape.dim[rank - 1],
                                 reader->error))
    return FALSE;
  floats = dub_tensor_convert (raw, DUB_DTYPE_F32, reader->error);
  if (floats == NULL)
    return FALSE;
  if (!find_model (reader, wanted, rank == 3 ? floats->shape.dim[0] : 1, &model))
    return FALSE;
  self->n_cases = (size_t) floats->shape.dim[rank - 2];
  space->n_features = (size_t) floats->shape.dim[rank - 1];

  size_t n = self->n_cases * space->n_features;

  space->features = g_memdup2 (dub_tensor_f32 (floats) + (size_t) model * n, n * sizeof (float));

  return TRUE;
}

static gboolean
read_labels (const Reader *reader,
             CliLatent    *self)
{
  g_autoptr (DubTensor) labels = NULL;
  int most = -1;

  self->labels = g_new (int, self->n_cases);
  for (size_t i = 0; i < self->n_cases; i++)
    self->labels[i] = -1;
  if (has (reader, "labels")) {
    labels = dub_npz_read (reader->archive, "labels", reader->error);
    if (labels == NULL)
      return FALSE;
    if (dub_tensor_n_elements (labels) != self->n_cases || labels->shape.dim[0] != (int64_t) self->n_cases)
      return refuse_shape (reader, "labels", labels, _("one class for each case of “features”"));
    if (labels->dtype == DUB_DTYPE_F32 || labels->dtype == DUB_DTYPE_F64)
      return refuse (reader, "labels", _("is of fractional numbers, expected whole ones"));
  }
  for (size_t i = 0; labels != NULL && i < self->n_cases; i++) {
    int64_t label = dub_tensor_get_int (labels, i);

    if (label < -1 || label > 9999)
      return refuse (reader, "labels", _("has %" G_GINT64_FORMAT " for case %" G_GSIZE_FORMAT ", expected a class from 0, or −1 for unknown"),
                     (gint64) label, i);
    self->labels[i] = (int) label;
    most = MAX (most, (int) label);
  }

  GPtrArray *classes = g_ptr_array_new ();

  if (has (reader, "classes")) {
    size_t n;
    g_auto (GStrv) names = dub_npz_read_text (reader->archive, "classes", &n, reader->error);

    for (size_t k = 0; names != NULL && k < n; k++)
      g_ptr_array_add (classes, g_strdup (names[k]));
    if (names == NULL) {
      g_ptr_array_unref (classes);
      return FALSE;
    }
  }
  for (int k = (int) classes->len; k <= most; k++)
    g_ptr_array_add (classes, g_strdup_printf ("%d", k));
  g_ptr_array_add (classes, NULL);
  self->classes = (char **) g_ptr_array_free (classes, FALSE);
  self->positive = 1;

  return TRUE;
}

static gboolean
read_names (const Reader *reader,
            CliLatent    *self)
{
  static const char *const NAMES[] = { "train", "calibration", "test", "none", "val", "validation" };
  static const DubPart PARTS[] = { DUB_PART_TRAIN, DUB_PART_CALIBRATION, DUB_PART_TEST, DUB_PART_NONE, DUB_PART_CALIBRATION,
                                   DUB_PART_CALIBRATION };
  size_t n = self->n_cases;

  if (has (reader, "ids")) {
    self->ids = dub_npz_read_text (reader->archive, "ids", &n, reader->error);
    if (self->ids == NULL)
      return FALSE;
    if (n != self->n_cases)
      return refuse (reader, "ids", _("has %zu names, expected one for each of the %zu cases"), n, self->n_cases);
  } else {
    self->ids = g_new0 (char *, n + 1);
    for (size_t i = 0; i < n; i++)
      self->ids[i] = g_strdup_printf ("row-%" G_GSIZE_FORMAT, i);
  }
  self->part = g_malloc (n);
  memset (self->part, DUB_PART_TEST, n);
  if (!has (reader, "split"))
    return TRUE;

  g_auto (GStrv) split = dub_npz_read_text (reader->archive, "split", &n, reader->error);

  if (split == NULL)
    return FALSE;
  if (n != self->n_cases)
    return refuse (reader, "split", _("has %zu entries, expected one for each of the %zu cases"), n, self->n_cases);
  for (size_t i = 0; i < n; i++) {
    size_t k = 0;

    while (k < G_N_ELEMENTS (NAMES) && strcmp (split[i], NAMES[k]) != 0)
      k++;
    if (k == G_N_ELEMENTS (NAMES))
      return refuse (reader, "split", _("has “%s” for case %zu, expected train, calibration, test or none"), split[i], i);
    self->part[i] = (guint8) PARTS[k];
  }

  return TRUE;
}

/* Answers, where there are some: mean of (N, C) or (M, N, C); logits give the same class and no score. (transfer full) [N][C] */
static gboolean
read_answers (const Reader *reader,
              CliLatent    *self,
              double      **mean,
              size_t       *n_classes)
{
  gboolean logits = !has (reader, "probabilities");
  const char *name = logits ? "logits" : "probabilities";
  CliLatentSpace *space = &self->spaces[0];
  g_autoptr (DubTensor) raw = NULL;

  space->predicted = g_new (int, self->n_cases);
  space->failed = g_new (guint8, self->n_cases);
  for (size_t i = 0; i < self->n_cases; i++) {
    space->predicted[i] = -1;
    space->failed[i] = 2;
  }
  *n_classes = 0;
  if (!has (reader, name))
    return TRUE;
  raw = dub_npz_read (reader->archive, name, reader->error);
  if (raw == NULL)
    return FALSE;

  int rank = raw->shape.rank;

  if (rank < 2 || rank > 3 || raw->shape.dim[rank - 2] != (int64_t) self->n_cases || raw->shape.dim[rank - 1] < 2
      || (rank == 3 && raw->shape.dim[0] < 1))
    return refuse_shape (reader, name, raw, _("(cases, classes) or (networks, cases, classes) for the cases of “features”"));

  size_t classes = (size_t) raw->shape.dim[rank - 1], n = self->n_cases * classes, n_models = dub_tensor_n_elements (raw) / n;

  *n_classes = classes;
  *mean = g_new0 (double, n);
  for (size_t m = 0; m < n_models; m++)
    for (size_t i = 0; i < n; i++) {
      double value = dub_tensor_get_double (raw, m * n + i);

      if (!isfinite (value) || (!logits && !(value >= 0.0 && value <= 1.0 + 1e-5)))
        return refuse (reader, name, _("has %g for case %zu, class %zu, expected %s"), value, i / classes, i % classes,
                       logits ? _("finite numbers") : _("numbers from 0 to 1"));
      (*mean)[i] += value / (double) n_models;
    }
  for (size_t i = 0; i < self->n_cases; i++) {
    int best = 0;

    for (size_t c = 1; c < classes; c++)
      if ((*mean)[i * classes + c] > (*mean)[i * classes + (size_t) best])
        best = (int) c;
    space->predicted[i] = best;
    space->failed[i] = self->labels[i] < 0 ? 2 : self->labels[i] != best;
  }
  if (logits)
    g_clear_pointer (mean, g_free);

  return TRUE;
}

static gboolean
read_score (const Reader *reader,
            CliLatent    *self,
            const char   *name,
            const double *mean,
            size_t        n_classes)
{
  CliLatentSpace *space = &self->spaces[0];
  g_autoptr (DubTensor) found = NULL;
  gboolean entropy = strcmp (name, "entropy") == 0;

  if (has (reader, name)) {
    found = dub_npz_read (reader->archive, name, reader->error);
    if (found == NULL)
      return FALSE;
    if (found->shape.rank != 1 || found->shape.dim[0] != (int64_t) self->n_cases)
      return refuse_shape (reader, name, found, _("one number for each case of “features”"));
  } else if (mean == NULL || (!entropy && strcmp (name, "msr") != 0)) {
    g_set_error (reader->error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 _("“%s” has no array “%s” to colour by; there is msr and entropy where it has “probabilities”."), reader->path, name);
    return FALSE;
  }
  space->value = g_new (double, self->n_cases);
  space->value_name = g_strdup (found != NULL ? name : entropy ? _("Entropy") : _("1 − largest probability"));
  for (size_t i = 0; i < self->n_cases; i++) {
    double most = 0.0, sum = 0.0;

    for (size_t c = 0; found == NULL && c < n_classes; c++) {
      double p = mean[i * n_classes + c];

      most = MAX (most, p);
      sum -= p > 0.0 ? p * log (p) : 0.0;
    }
    space->value[i] = found != NULL ? dub_tensor_get_double (found, i) : entropy ? sum : 1.0 - most;
  }

  return TRUE;
}

/* As dub_latent_labels: of the test cases, or of all where these are of one class. */
static void
choose_judged (CliLatent *self)
{
  int first = -1;
  gboolean several = FALSE;

  self->judged = g_memdup2 (self->labels, self->n_cases * sizeof (int));
  for (size_t i = 0; i < self->n_cases; i++)
    if (self->part[i] == DUB_PART_TEST && self->labels[i] >= 0) {
      several = several || (first >= 0 && self->labels[i] != first);
      first = self->labels[i];
    }
  for (size_t i = 0; i < self->n_cases; i++)
    if (several && self->part[i] != DUB_PART_TEST)
      self->judged[i] = -1;
}

gboolean
cli_latent_load_file (CliLatent               *self,
                      const char              *path,
                      const CliLatentOptions  *options,
                      GError                 **error)
{
  g_autoptr (DubNpz) archive = NULL;
  g_autofree double *mean = NULL;
  size_t n_classes;

  gboolean alone = g_str_has_suffix (path, ".npy");

  if (!alone && !g_str_has_suffix (path, ".npz") && g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 _("“%s” is neither a study nor an array or archive of them; expected STUDY.dubito, FILE.npz or FILE.npy."), path);
    return FALSE;
  }
  archive = alone ? NULL : dub_npz_open (path, error);
  if (archive == NULL && !alone)
    return FALSE;

  const Reader reader = { archive, path, error };

  self->n_spaces = 1;
  self->spaces[0].title = g_path_get_basename (path);
  if (!(alone ? read_array (&reader, self, options->model) : read_features (&reader, self, options->model)) || !read_labels (&reader, self) || !read_names (&reader, self)
      || !read_answers (&reader, self, &mean, &n_classes)
      || (options->score != NULL && !read_score (&reader, self, options->score, mean, n_classes)))
    return FALSE;
  choose_judged (self);

  return TRUE;
}
