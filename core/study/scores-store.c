/* Where the scores of a family are kept. */
#include "core/study/scoring-private.h"

#include "core/io/file.h"
#include "core/io/npy.h"

#include <math.h>
#include <string.h>

static void
stored_free (gpointer data)
{
  DubStoredScore *self = data;

  g_free (self->fitted);
  g_free (self->values);
  g_free (self);
}

/* A family's name is any text; one that is no plain name of a file gets a name of digits. */
static char *
file_of (const DubStudy *study,
         const char     *family)
{
  gboolean plain = *family != '\0' && *family != '.' && strlen (family) <= 100;
  g_autofree char *digits = g_compute_checksum_for_string (G_CHECKSUM_SHA256, family, -1);

  for (const char *at = family; *at != '\0' && plain; at++)
    plain = g_ascii_isalnum (*at) || strchr ("._-+", *at) != NULL;

  g_autofree char *name = g_strconcat (plain ? family : digits, ".npz", NULL);

  return g_build_filename (study->folder, "results", "scores", name, NULL);
}

static void
read_archive (DubNpz         *archive,
              const DubStudy *study,
              const char     *key,
              GHashTable     *stored)
{
  size_t n_keys = 0, n_ids = 0, n_fitted = 0, n = study->data->n_cases;
  g_auto (GStrv) keys = dub_npz_read_text (archive, "key", &n_keys, NULL);
  g_auto (GStrv) ids = dub_npz_read_text (archive, "ids", &n_ids, NULL);
  g_auto (GStrv) fitted = dub_npz_read_text (archive, "fitted", &n_fitted, NULL);
  g_autoptr (DubTensor) values = dub_npz_read (archive, "values", NULL);

  if (keys == NULL || n_keys != 1 || strcmp (keys[0], key) != 0 || ids == NULL || fitted == NULL || n_fitted != n_ids ||
      values == NULL || values->dtype != DUB_DTYPE_F64 || values->shape.rank != 2 || values->shape.dim[0] != (int64_t) n_ids ||
      values->shape.dim[1] != (int64_t) n)
    return;

  for (size_t k = 0; k < n_ids; k++) {
    DubStoredScore *score = g_new0 (DubStoredScore, 1);

    score->fitted = *fitted[k] != '\0' ? g_strdup (fitted[k]) : NULL;
    score->values = g_memdup2 ((const double *) values->data + k * n, n * sizeof (double));
    g_hash_table_replace (stored, g_strdup (ids[k]), score);
  }
}

GHashTable *
_dub_scores_read (const DubStudy *study,
                  const char     *family,
                  const char     *key)
{
  GHashTable *stored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, stored_free);

  if (study->folder == NULL || key == NULL)
    return stored;

  g_autofree char *file = file_of (study, family);
  g_autoptr (DubNpz) archive = g_file_test (file, G_FILE_TEST_EXISTS) ? dub_npz_open (file, NULL) : NULL;

  if (archive != NULL)
    read_archive (archive, study, key, stored);

  return stored;
}

/* The columns by their ids, so that the same scores make the same file. */
static gboolean
make_arrays (const DubStudy  *study,
             const char      *key,
             GHashTable      *stored,
             DubTensor      **arrays,
             GError         **error)
{
  guint n_ids = 0;
  g_autofree const char **ids = (const char **) g_hash_table_get_keys_as_array (stored, &n_ids);
  g_autofree const char **fitted = g_new0 (const char *, n_ids);
  size_t n = study->data->n_cases;

  for (guint k = 1; k < n_ids; k++)
    for (guint j = k; j > 0 && strcmp (ids[j - 1], ids[j]) > 0; j--) {
      const char *swapped = ids[j];

      ids[j] = ids[j - 1];
      ids[j - 1] = swapped;
    }
  arrays[3] = dub_tensor_new (DUB_DTYPE_F64, DUB_SHAPE (n_ids, (int64_t) n), error);
  if (arrays[3] == NULL)
    return FALSE;
  for (guint k = 0; k < n_ids; k++) {
    const DubStoredScore *score = g_hash_table_lookup (stored, ids[k]);

    fitted[k] = score->fitted != NULL ? score->fitted : "";
    memcpy ((double *) arrays[3]->data + k * n, score->values, n * sizeof (double));
  }
  arrays[0] = dub_npy_text_encode (&key, 1, error);
  arrays[1] = arrays[0] != NULL ? dub_npy_text_encode (ids, n_ids, error) : NULL;
  arrays[2] = arrays[1] != NULL ? dub_npy_text_encode (fitted, n_ids, error) : NULL;

  return arrays[2] != NULL;
}

gboolean
_dub_scores_write (const DubStudy *study,
                   const char     *family,
                   const char     *key,
                   GHashTable     *stored,
                   GError        **error)
{
  static const char *const names[] = { "key", "ids", "fitted", "values" };
  const gboolean text[] = { TRUE, TRUE, TRUE, FALSE };
  g_autofree char *file = file_of (study, family);
  g_autofree char *folder = g_path_get_dirname (file);
  DubTensor *arrays[4] = { NULL };

  if (!dub_file_make_folder (folder, error))
    return FALSE;

  gboolean done = make_arrays (study, key, stored, arrays, error) &&
                  dub_npz_save_text (file, names, arrays, text, G_N_ELEMENTS (names), error);

  for (size_t i = 0; i < G_N_ELEMENTS (arrays); i++)
    g_clear_pointer (&arrays[i], dub_tensor_unref);

  return done;
}
