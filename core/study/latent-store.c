/* Maps that ended, by what they depend on: results/latent/<digits>.npz of "key", "xy" (N, 2), "quality", "iteration", "note". */
#include "core/study/latent.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/io/file.h"
#include "core/study/results-key.h"

/* Another way to lay out makes another key. */
#define FORM "dubito latent 1"

enum { N_DIGITS = 24, N_QUALITY = 9 };

char *
dub_latent_digest (const float *features,
                   size_t       n_cases,
                   size_t       n_features,
                   const int   *labels)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *sizes = g_strdup_printf ("%zu %zu\n", n_cases, n_features);

  g_checksum_update (sum, (const guchar *) sizes, -1);
  for (size_t i = 0; i < n_cases; i++) {
    g_checksum_update (sum, (const guchar *) (features + i * n_features), (gssize) (n_features * sizeof (float)));
    g_checksum_update (sum, (const guchar *) &labels[i], sizeof labels[i]);
  }

  return g_strdup (g_checksum_get_string (sum));
}

char *
dub_latent_key (const char             *digest,
                const DubLatentOptions *options)
{
  gboolean tsne = options->method == DUB_LATENT_TSNE, umap = options->method == DUB_LATENT_UMAP;
  g_autofree char *text = g_strdup_printf (FORM "\n%s\n%s\n%.17g %zu %.17g %u %" G_GUINT64_FORMAT, digest,
                                           dub_latent_method_id (options->method), tsne ? options->perplexity : 0.0,
                                           umap ? options->n_neighbors : 0, umap ? options->min_dist : 0.0,
                                           tsne || umap ? options->n_iterations : 0, options->seed);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static char *
folder_of (const DubStudy *study)
{
  return g_build_filename (study->folder, "results", "latent", NULL);
}

static char *
file_of (const DubStudy *study,
         const char     *key)
{
  g_autofree char *folder = folder_of (study);
  g_autofree char *name = g_strdup_printf ("%.*s.npz", N_DIGITS, key);

  return g_build_filename (folder, name, NULL);
}

static DubTensor *
read_tensor (DubNpz     *archive,
             const char *name,
             DubDtype    dtype,
             size_t      n)
{
  g_autoptr (DubTensor) tensor = dub_npz_has (archive, name) ? dub_npz_read (archive, name, NULL) : NULL;

  if (tensor == NULL || tensor->dtype != dtype || dub_tensor_n_elements (tensor) != n)
    return NULL;

  return g_steal_pointer (&tensor);
}

static void
unpack (DubLatentQuality *quality,
        const double     *numbers)
{
  *quality = (DubLatentQuality) {
    .trustworthiness = numbers[0], .continuity = numbers[1], .hit = numbers[2], .silhouette = numbers[3],
    .silhouette_features = numbers[4], .explained = numbers[5], .loss = numbers[6],
    .k = numbers[7] >= 0 && numbers[7] < 1e6 ? (size_t) numbers[7] : 0,
    .n_judged = numbers[8] >= 0 && numbers[8] < 1e15 ? (size_t) numbers[8] : 0,
  };
}

gboolean
dub_latent_kept_read (const DubStudy    *study,
                      const char        *key,
                      float             *xy,
                      guint             *iteration,
                      char             **note,
                      DubLatentQuality  *quality)
{
  if (study->folder == NULL)
    return FALSE;

  g_autofree char *file = file_of (study, key);
  g_autoptr (DubNpz) archive = g_file_test (file, G_FILE_TEST_EXISTS) ? dub_npz_open (file, NULL) : NULL;

  if (archive == NULL || !_dub_results_has_key (archive, key))
    return FALSE;

  g_autoptr (DubTensor) places = read_tensor (archive, "xy", DUB_DTYPE_F32, 2 * study->data->n_cases);
  g_autoptr (DubTensor) numbers = read_tensor (archive, "quality", DUB_DTYPE_F64, N_QUALITY);
  g_autoptr (DubTensor) at = read_tensor (archive, "iteration", DUB_DTYPE_I64, 1);
  size_t n_notes = 0;
  g_auto (GStrv) notes = dub_npz_read_text (archive, "note", &n_notes, NULL);

  if (places == NULL || numbers == NULL || at == NULL || notes == NULL || n_notes != 1 || *(const int64_t *) at->data < 0)
    return FALSE;
  for (size_t i = 0; i < 2 * study->data->n_cases; i++)
    if (!isfinite (dub_tensor_f32 (places)[i]))
      return FALSE;
  memcpy (xy, places->data, 2 * study->data->n_cases * sizeof (float));
  unpack (quality, numbers->data);
  *iteration = (guint) MIN (*(const int64_t *) at->data, G_MAXINT);
  *note = *notes[0] != '\0' ? g_strdup (notes[0]) : NULL;

  return TRUE;
}

/* --- writing --- */

typedef struct {
  char   *path;
  gint64  when;
} Kept;

static void
kept_clear (gpointer data)
{
  g_free (((Kept *) data)->path);
}

static int
newest_first (gconstpointer a,
              gconstpointer b)
{
  gint64 x = ((const Kept *) a)->when, y = ((const Kept *) b)->when;

  return x > y ? -1 : x < y;
}

/* Settings that are tried one after the other would fill the folder. */
static void
forget_oldest (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Kept));

  g_array_set_clear_func (all, kept_clear);
  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir)) {
    Kept kept = { g_build_filename (folder, name, NULL), 0 };
    GStatBuf info;

    if (g_str_has_suffix (name, ".npz") && g_stat (kept.path, &info) == 0) {
      kept.when = (gint64) info.st_mtime;
      g_array_append_val (all, kept);
    } else {
      kept_clear (&kept);
    }
  }
  g_array_sort (all, newest_first);
  for (guint i = DUB_LATENT_KEPT; i < all->len; i++)
    g_unlink (g_array_index (all, Kept, i).path);
}

static gboolean
make_arrays (const DubStudy          *study,
             const char              *key,
             const float             *xy,
             guint                    iteration,
             const char              *note,
             const DubLatentQuality  *quality,
             DubTensor              **arrays,
             GError                 **error)
{
  const double numbers[N_QUALITY] = { quality->trustworthiness, quality->continuity, quality->hit, quality->silhouette,
                                      quality->silhouette_features, quality->explained, quality->loss, (double) quality->k,
                                      (double) quality->n_judged };
  size_t n = study->data->n_cases;
  const char *text = note != NULL ? note : "";

  if ((arrays[0] = _dub_results_key_new (key, error)) == NULL ||
      (arrays[1] = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE ((int64_t) n, 2), error)) == NULL ||
      (arrays[2] = dub_tensor_new (DUB_DTYPE_F64, DUB_SHAPE (N_QUALITY), error)) == NULL ||
      (arrays[3] = dub_tensor_new (DUB_DTYPE_I64, DUB_SHAPE (1), error)) == NULL ||
      (arrays[4] = dub_npy_text_encode (&text, 1, error)) == NULL)
    return FALSE;
  memcpy (arrays[1]->data, xy, 2 * n * sizeof (float));
  memcpy (arrays[2]->data, numbers, sizeof numbers);
  *(int64_t *) arrays[3]->data = iteration;

  return TRUE;
}

gboolean
dub_latent_kept_write (const DubStudy          *study,
                       const char              *key,
                       const float             *xy,
                       guint                    iteration,
                       const char              *note,
                       const DubLatentQuality  *quality,
                       GError                 **error)
{
  static const char *const names[] = { "key", "xy", "quality", "iteration", "note" };
  const gboolean text[] = { FALSE, FALSE, FALSE, FALSE, TRUE };

  if (study->folder == NULL)
    return TRUE;

  g_autofree char *file = file_of (study, key);
  g_autofree char *folder = folder_of (study);
  DubTensor *arrays[G_N_ELEMENTS (names)] = { NULL };
  gboolean done = dub_file_make_folder (folder, error) &&
                  make_arrays (study, key, xy, iteration, note, quality, arrays, error) &&
                  dub_npz_save_text (file, names, arrays, text, G_N_ELEMENTS (names), error);

  for (size_t i = 0; i < G_N_ELEMENTS (arrays); i++)
    g_clear_pointer (&arrays[i], dub_tensor_unref);
  if (done)
    forget_oldest (folder);

  return done;
}
