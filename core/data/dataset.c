/* What all kinds of data sets share; the kinds are in dataset-*.c. */
#include "core/data/dataset-private.h"

#include <math.h>
#include <string.h>

static const DubDatasetOptions DEFAULT_OPTIONS = { .bad = DUB_BAD_STOP };

/* --- recognising --- */

static gboolean
ends_in (const char *name,
         const char *ending)
{
  size_t n = strlen (name), n_ending = strlen (ending);

  return n >= n_ending && g_ascii_strcasecmp (name + n - n_ending, ending) == 0;
}

static gboolean
is_table (const char *name)
{
  return ends_in (name, ".csv") || ends_in (name, ".tsv");
}

static gboolean
is_npz (const char *name)
{
  return ends_in (name, ".npz");
}

/* What a folder offers. */
typedef struct {
  char     *npz;      /* the only .npz, or NULL */
  char     *table;    /* the table that lists the cases, or NULL */
  gboolean  has_png;  /* below one of its folders */
} Contents;

static void
contents_clear (Contents *self)
{
  g_free (self->npz);
  g_free (self->table);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Contents, contents_clear)

/* Of several tables the one with a name that tells. */
static void
take_table (Contents   *self,
            const char *folder,
            guint       n_tables,
            const char *only)
{
  static const char *const NAMES[] = { "cases.csv", "cases.tsv", "participants.tsv", "participants.csv" };

  for (size_t i = 0; i < G_N_ELEMENTS (NAMES); i++) {
    g_autofree char *path = g_build_filename (folder, NAMES[i], NULL);

    if (g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
      self->table = g_steal_pointer (&path);
      return;
    }
  }
  if (n_tables == 1)
    self->table = g_build_filename (folder, only, NULL);
}

static void
look_into (Contents   *self,
           const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *table = NULL;
  guint n_npz = 0, n_tables = 0;

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (name[0] == '.')
      continue;
    if (is_npz (name) && n_npz++ == 0) {
      self->npz = g_steal_pointer (&path);
    } else if (is_table (name) && n_tables++ == 0) {
      table = g_strdup (name);
    } else if (!self->has_png && g_file_test (path, G_FILE_TEST_IS_DIR)) {
      g_autoptr (GPtrArray) files = _dub_dataset_walk (path, _dub_dataset_is_png);

      self->has_png = files->len > 0;
    }
  }
  if (n_npz > 1)
    g_clear_pointer (&self->npz, g_free);
  take_table (self, folder, n_tables, table);
}

static DubDataset *
open_folder (const char               *path,
             const DubDatasetOptions  *options,
             DubRun                   *run,
             GError                  **error)
{
  g_auto (Contents) contents = { 0 };

  look_into (&contents, path);
  if (contents.npz != NULL && !contents.has_png)
    return _dub_dataset_medmnist (contents.npz, options, run, error);
  if (contents.table != NULL)
    return _dub_dataset_table (contents.table, options, run, error);
  if (contents.has_png)
    return _dub_dataset_folders (path, options, run, error);

  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
               "The folder %s holds neither folders of PNG images, one a class, nor one .npz file, nor a table of cases.",
               shown);

  return NULL;
}

DubDataset *
dub_dataset_open (const char               *path,
                  const DubDatasetOptions  *options,
                  DubRun                   *run,
                  GError                  **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *shown = g_filename_display_name (path);

  options = options != NULL ? options : &DEFAULT_OPTIONS;
  if (!g_file_test (absolute, G_FILE_TEST_EXISTS)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s does not exist; expected a data set.", shown);
    return NULL;
  }
  if (g_file_test (absolute, G_FILE_TEST_IS_DIR))
    return open_folder (absolute, options, run, error);
  if (is_npz (absolute))
    return _dub_dataset_medmnist (absolute, options, run, error);
  if (is_table (absolute))
    return _dub_dataset_table (absolute, options, run, error);
  g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
               "%s is no data set of a known kind; expected an .npz file, a folder of class folders, or a .csv or .tsv "
               "table.", shown);

  return NULL;
}

/* --- building --- */

static void
problem_free (gpointer data)
{
  DubDatasetProblem *problem = data;

  g_free (problem->message);
  g_free (problem);
}

/* "breastmnist" of ".../breastmnist.npz". */
static char *
name_of (const char *path)
{
  char *name = g_path_get_basename (path);
  char *dot = strrchr (name, '.');

  if (dot != NULL && dot != name && !g_file_test (path, G_FILE_TEST_IS_DIR))
    *dot = '\0';

  return name;
}

DubDataset *
_dub_dataset_new (DubDatasetKind    kind,
                  const char       *path,
                  DubDatasetSource *source)
{
  DubDataset *self = g_new0 (DubDataset, 1);
  g_autofree char *name = name_of (path);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  self->path = g_canonicalize_filename (path, NULL);
  self->name = g_filename_display_name (name);
  self->classes = g_ptr_array_new_with_free_func (g_free);
  self->problems = g_ptr_array_new_with_free_func (problem_free);
  for (int i = 0; i < 3; i++)
    self->spacing[i] = NAN;

  source->strings = g_string_chunk_new (4096);
  source->cases = g_array_new (FALSE, TRUE, sizeof (DubDatasetCase));
  source->sizes = g_array_new (FALSE, FALSE, sizeof (guint64));
  source->fingerprint = g_string_new (NULL);
  self->source = source;

  return self;
}

static const char *
keep (DubDatasetSource *source,
      const char       *text,
      gboolean          repeated)
{
  if (text == NULL)
    return NULL;

  return repeated ? g_string_chunk_insert_const (source->strings, text) : g_string_chunk_insert (source->strings, text);
}

const char *
_dub_dataset_keep (DubDataset *self,
                   const char *text)
{
  return keep (self->source, text, TRUE);
}

void
_dub_dataset_add (DubDataset           *self,
                  const DubDatasetCase *item,
                  guint64               n_bytes)
{
  DubDatasetSource *source = self->source;
  DubDatasetCase kept = *item;

  kept.id = keep (source, item->id, FALSE);
  kept.given = keep (source, item->given, TRUE);
  kept.patient = keep (source, item->patient, TRUE);
  kept.path = keep (source, item->path, FALSE);
  self->has_given = self->has_given || kept.given != NULL;
  self->has_patients = self->has_patients || kept.patient != NULL;
  g_array_append_val (source->cases, kept);
  g_array_append_val (source->sizes, n_bytes);
}

void
_dub_dataset_warn (DubDataset *self,
                   size_t      row,
                   const char *format,
                   ...)
{
  DubDatasetProblem *problem = g_new0 (DubDatasetProblem, 1);
  va_list arguments;

  va_start (arguments, format);
  problem->message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  problem->row = row;
  g_ptr_array_add (self->problems, problem);
}

gboolean
_dub_dataset_bad (DubDataset               *self,
                  const DubDatasetOptions  *options,
                  size_t                    row,
                  GError                   *reason,
                  GError                  **error)
{
  if (options->bad == DUB_BAD_STOP || g_error_matches (reason, DUB_ERROR, DUB_ERROR_CANCELLED)) {
    g_propagate_error (error, reason);
    return FALSE;
  }

  DubDatasetProblem *problem = g_new0 (DubDatasetProblem, 1);

  problem->fatal = TRUE;
  problem->message = g_strdup (reason->message);
  problem->row = row;
  g_ptr_array_add (self->problems, problem);
  g_error_free (reason);

  return TRUE;
}

void
_dub_dataset_see (DubDataset           *self,
                  const DubDatasetPeek *peek)
{
  if (self->n_axes == 0) {
    self->n_axes = peek->n_axes;
    self->channels = peek->channels;
    self->dtype = peek->dtype;
    memcpy (self->shape, peek->shape, sizeof self->shape);
    memcpy (self->spacing, peek->spacing, sizeof self->spacing);
  } else if (self->channels != peek->channels || memcmp (self->shape, peek->shape, sizeof self->shape) != 0) {
    self->mixed = TRUE;
  }
}

int
_dub_dataset_class (DubDataset              *self,
                    const DubDatasetOptions *options,
                    const char              *name)
{
  for (guint i = 0; i < self->classes->len; i++)
    if (strcmp (self->classes->pdata[i], name) == 0)
      return (int) i;
  if (options->classes != NULL)
    return -1;
  g_ptr_array_add (self->classes, g_strdup (name));

  return (int) self->classes->len - 1;
}

/* Ids must say which case is meant. */
static gboolean
index_ids (DubDataset               *self,
           const DubDatasetOptions  *options,
           GError                  **error)
{
  DubDatasetSource *source = self->source;
  size_t kept = 0;

  source->ids = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < source->cases->len; i++) {
    DubDatasetCase *item = &g_array_index (source->cases, DubDatasetCase, i);

    if (g_hash_table_contains (source->ids, item->id)) {
      gsize first = GPOINTER_TO_SIZE (g_hash_table_lookup (source->ids, item->id)) - 1;
      GError *reason = g_error_new (DUB_ERROR, DUB_ERROR_FORMAT,
                                    "%s: row %" G_GSIZE_FORMAT " is the case \"%s\", as row %" G_GSIZE_FORMAT
                                    " is already; expected every case once.", self->name, item->row + 1, item->id,
                                    g_array_index (source->cases, DubDatasetCase, first).row + 1);

      if (!_dub_dataset_bad (self, options, item->row, reason, error))
        return FALSE;
      continue;
    }
    g_array_index (source->cases, DubDatasetCase, kept) = *item;
    g_array_index (source->sizes, guint64, kept) = g_array_index (source->sizes, guint64, i);
    g_hash_table_insert (source->ids, (char *) item->id, GSIZE_TO_POINTER (++kept));
  }
  g_array_set_size (source->cases, (guint) kept);

  return TRUE;
}

gboolean
_dub_dataset_finish (DubDataset               *self,
                     const DubDatasetOptions  *options,
                     GError                  **error)
{
  DubDatasetSource *source = self->source;

  if (!index_ids (self, options, error))
    return FALSE;
  if (source->cases->len == 0) {
    DubDatasetProblem *first = self->problems->len > 0 ? self->problems->pdata[0] : NULL;

    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has no case that can be used%s%s", self->name,
                 first != NULL ? "; the first problem: " : ".", first != NULL ? first->message : "");
    return FALSE;
  }
  self->n_cases = source->cases->len;
  self->cases = (DubDatasetCase *) (void *) g_array_free (source->cases, FALSE);
  source->cases = NULL;
  if (options->patients != NULL && !_dub_dataset_patients (self, options, error))
    return FALSE;

  g_autofree size_t *counts = g_new0 (size_t, self->classes->len);

  dub_dataset_count (self, counts);
  for (guint i = 0; i < self->classes->len; i++)
    if (counts[i] == 0)
      _dub_dataset_warn (self, 0, "%s: class %u (%s) has no case.", self->name, i, (char *) self->classes->pdata[i]);

  return TRUE;
}

/* --- using --- */

DubDataset *
dub_dataset_ref (DubDataset *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_dataset_unref (DubDataset *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  DubDatasetSource *source = self->source;

  if (source->clear != NULL)
    source->clear (source);
  g_clear_pointer (&source->ids, g_hash_table_unref);
  g_clear_pointer (&source->cases, g_array_unref);
  g_array_unref (source->sizes);
  g_string_free (source->fingerprint, TRUE);
  g_string_chunk_free (source->strings);
  g_free (source);
  g_free (self->cases);
  g_ptr_array_unref (self->classes);
  g_ptr_array_unref (self->problems);
  g_free (self->path);
  g_free (self->name);
  g_free (self);
}

DubTensor *
dub_dataset_read (DubDataset  *self,
                  size_t       index,
                  double      *spacing,
                  GError     **error)
{
  g_return_val_if_fail (index < self->n_cases, NULL);

  for (int i = 0; spacing != NULL && i < 3; i++)
    spacing[i] = NAN;

  return ((DubDatasetSource *) self->source)->read (self, index, spacing, error);
}

gssize
dub_dataset_find (const DubDataset *self,
                  const char       *id)
{
  const DubDatasetSource *source = self->source;

  return (gssize) GPOINTER_TO_SIZE (g_hash_table_lookup (source->ids, id)) - 1;
}

void
dub_dataset_count (const DubDataset *self,
                   size_t           *counts)
{
  memset (counts, 0, self->classes->len * sizeof *counts);
  for (size_t i = 0; i < self->n_cases; i++)
    if (self->cases[i].label >= 0)
      counts[self->cases[i].label]++;
}

char *
dub_dataset_hash (const DubDataset *self)
{
  const DubDatasetSource *source = self->source;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (sum, (const guchar *) source->fingerprint->str, (gssize) source->fingerprint->len);
  for (size_t i = 0; i < self->n_cases; i++) {
    const DubDatasetCase *item = &self->cases[i];
    const char *class_name = item->label >= 0 ? self->classes->pdata[item->label] : "";
    g_autofree char *rest = g_strdup_printf ("\t%d\t%s\t%" G_GUINT64_FORMAT "\n", item->label, class_name,
                                             g_array_index (source->sizes, guint64, i));

    g_checksum_update (sum, (const guchar *) item->id, -1);
    g_checksum_update (sum, (const guchar *) rest, -1);
  }

  return g_strdup (g_checksum_get_string (sum));
}

const char *
dub_dataset_kind_name (DubDatasetKind kind)
{
  static const char *const NAMES[] = { "medmnist", "folders", "table", "nifti" };

  return NAMES[kind];
}
