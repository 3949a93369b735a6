/* Where the answers for views are kept. What is derivable and cannot be read is as good as absent. */
#include "core/study/views-private.h"

#include "core/base/checked.h"
#include "core/io/file.h"
#include "core/io/npy.h"
#include "core/study/results-key.h"

#include <math.h>
#include <string.h>

/* Of the key: raised when the same view would come out differently. */
static const char FORM[] = "dubito-views-1";

static const char *const KINDS[] = { "tta", "pool", "dropout" };

static char *
hash_cases (const DubViewSource *source)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (size_t i = 0; i < source->n; i++) {
    char text[32];
    int n = g_snprintf (text, sizeof text, "%zu\n", source->cases[i]);

    g_checksum_update (sum, (const guint8 *) text, n);
  }

  return g_strdup (g_checksum_get_string (sum));
}

static gboolean
name_file (DubViewStore           *self,
           const DubStudy         *study,
           const DubViewSource    *source,
           const DubViewsOptions  *options,
           GError                **error)
{
  g_autofree char *network = dub_file_sha256 (self->model->path, error);

  if (network == NULL)
    return FALSE;

  g_autofree char *cases = hash_cases (source);
  g_autofree char *id = g_compute_checksum_for_string (G_CHECKSUM_SHA256, self->model->id, -1);
  g_autoptr (JsonNode) node = dub_prepare_to_json (self->model->prepare);
  g_autofree char *prepare = json_to_string (node, FALSE);
  /* How many passes there are changes what each drops, for they are one batch; of augmented copies it does not. */
  g_autofree char *text = g_strdup_printf ("%s\nkind %s\nnetwork %s\ndata %s\ncases %s\nseed %" G_GUINT64_FORMAT "\npasses %u\nprepare %s",
                                           FORM, KINDS[options->kind], network, study->data->hash, cases, options->seed,
                                           options->kind == DUB_VIEWS_DROPOUT ? options->n_views : 0, prepare);
  g_autofree char *name = g_strdup_printf ("%.12s-%s-%.12s.npz", id, KINDS[options->kind], cases);

  self->key = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  self->file = g_build_filename (study->folder, "results", "views", name, NULL);

  return TRUE;
}

/* --- reading --- */

static void
read_stored (DubViewStore *self)
{
  g_autoptr (DubNpz) archive = g_file_test (self->file, G_FILE_TEST_EXISTS) ? dub_npz_open (self->file, NULL) : NULL;

  if (archive == NULL || !_dub_results_has_key (archive, self->key) || !dub_npz_has (archive, "views") ||
      !dub_npz_has (archive, "probabilities"))
    return;

  g_autoptr (DubTensor) views = dub_npz_read (archive, "views", NULL);
  g_autoptr (DubTensor) table = dub_npz_read (archive, "probabilities", NULL);

  if (views == NULL || table == NULL || views->dtype != DUB_DTYPE_I32 || table->dtype != DUB_DTYPE_F32 || views->shape.rank != 1 ||
      table->shape.rank != 3 || table->shape.dim[0] != views->shape.dim[0] || table->shape.dim[1] != (int64_t) self->n_cases ||
      table->shape.dim[2] != (int64_t) self->n_classes)
    return;

  const int32_t *view = views->data;

  for (int64_t r = 0; r < views->shape.dim[0]; r++)
    if (view[r] >= 0)
      g_array_append_val (self->rows, view[r]);
  if (self->rows->len != (guint) views->shape.dim[0]) {
    g_array_set_size (self->rows, 0);
    return;
  }
  self->probabilities = g_try_malloc (MAX (dub_tensor_n_bytes (table), 1));
  if (self->probabilities == NULL)
    g_array_set_size (self->rows, 0);
  else
    memcpy (self->probabilities, table->data, dub_tensor_n_bytes (table));
}

/* --- rows --- */

static gssize
find_row (const DubViewStore *self,
          guint               view)
{
  for (guint r = 0; r < self->rows->len; r++)
    if (g_array_index (self->rows, guint, r) == view)
      return r;

  return -1;
}

/* Makes room for the wanted rows that are not there. */
static gboolean
add_rows (DubViewStore  *self,
          const guint   *views,
          guint          n_views,
          GError       **error)
{
  size_t n_row = self->n_cases * self->n_classes, n_old = self->rows->len, n_bytes;

  for (guint v = 0; v < n_views; v++)
    if (find_row (self, views[v]) < 0)
      g_array_append_val (self->rows, views[v]);

  float *table = NULL;

  if (dub_checked_mul (self->rows->len, self->n_cases, &n_bytes) && dub_checked_mul (n_bytes, self->n_classes, &n_bytes) &&
      dub_checked_mul (n_bytes, sizeof (float), &n_bytes))
    table = g_try_realloc (self->probabilities, MAX (n_bytes, 1));
  if (table == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "No memory for %u views of %zu cases.", self->rows->len, self->n_cases);
    return FALSE;
  }
  self->probabilities = table;
  for (size_t i = n_old * n_row; i < self->rows->len * n_row; i++)
    table[i] = NAN;

  return TRUE;
}

DubViewStore *
_dub_view_store_new (const DubStudy         *study,
                     const DubStudyModel    *model,
                     const DubViewSource    *source,
                     const DubViewsOptions  *options,
                     const guint            *views,
                     guint                   n_views,
                     GError                **error)
{
  DubViewStore *self = g_new0 (DubViewStore, 1);

  self->model = model;
  self->rows = g_array_new (FALSE, FALSE, sizeof (guint));
  self->n_cases = source->n;
  self->n_classes = study->classes->len;
  if (source->dataset != NULL && study->folder != NULL) {
    if (!name_file (self, study, source, options, error)) {
      _dub_view_store_free (self);
      return NULL;
    }
    read_stored (self);
  }
  if (!add_rows (self, views, n_views, error)) {
    _dub_view_store_free (self);
    return NULL;
  }

  return self;
}

void
_dub_view_store_free (DubViewStore *self)
{
  if (self == NULL)
    return;
  g_free (self->file);
  g_free (self->key);
  g_free (self->probabilities);
  g_array_unref (self->rows);
  g_free (self);
}

float *
_dub_view_store_row (DubViewStore *self,
                     guint         view)
{
  gssize row = find_row (self, view);

  g_return_val_if_fail (row >= 0, NULL);

  return self->probabilities + (size_t) row * self->n_cases * self->n_classes;
}

gboolean
_dub_view_store_lacks (DubViewStore *self,
                       guint         view,
                       size_t        first,
                       size_t        n)
{
  const float *row = _dub_view_store_row (self, view);

  for (size_t i = first; i < first + n; i++)
    if (isnan (row[i * self->n_classes]))
      return TRUE;

  return FALSE;
}

/* --- writing --- */

gboolean
_dub_view_store_save (DubViewStore  *self,
                      GError       **error)
{
  static const char *const names[] = { "key", "views", "probabilities" };
  int64_t n_rows = self->rows->len;

  if (self->file == NULL || !self->grown)
    return TRUE;

  g_autofree char *folder = g_path_get_dirname (self->file);
  g_autoptr (DubTensor) key = _dub_results_key_new (self->key, error);
  g_autoptr (DubTensor) views = key != NULL ? dub_tensor_new (DUB_DTYPE_I32, DUB_SHAPE (n_rows), error) : NULL;
  g_autoptr (DubTensor) table =
    views != NULL ? dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (n_rows, (int64_t) self->n_cases, (int64_t) self->n_classes), error)
                  : NULL;

  if (table == NULL)
    return FALSE;
  memcpy (views->data, self->rows->data, self->rows->len * sizeof (guint));
  memcpy (table->data, self->probabilities, dub_tensor_n_bytes (table));
  if (!dub_file_make_folder (folder, error))
    return FALSE;
  self->grown = !dub_npz_save_stored (self->file, names, (DubTensor *[]) { key, views, table }, 3, error);

  return !self->grown;
}
