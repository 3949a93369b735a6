/* Cases that have files of their own, PNG or NIfTI: found, looked at, and decoded at each read. */
#include "core/data/dataset-private.h"

#include "core/base/parallel.h"
#include "core/data/affine.h"
#include "core/io/nifti.h"
#include "core/io/png.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

enum { DEEPEST = 12 };

static gboolean
ends_in (const char *name,
         const char *ending)
{
  size_t n = strlen (name), n_ending = strlen (ending);

  return n > n_ending && g_ascii_strcasecmp (name + n - n_ending, ending) == 0;
}

static const char *const NIFTI_ENDINGS[] = { ".nii.gz", ".nii", ".hdr.gz", ".hdr", ".img.gz", ".img" };

gboolean
_dub_dataset_is_png (const char *path)
{
  return ends_in (path, ".png");
}

gboolean
_dub_dataset_is_nifti (const char *path)
{
  for (size_t i = 0; i < G_N_ELEMENTS (NIFTI_ENDINGS); i++)
    if (ends_in (path, NIFTI_ENDINGS[i]))
      return TRUE;

  return FALSE;
}

char *
_dub_dataset_stem (const char *name)
{
  size_t n = strlen (name);

  if (_dub_dataset_is_png (name))
    return g_strndup (name, n - strlen (".png"));
  for (size_t i = 0; i < G_N_ELEMENTS (NIFTI_ENDINGS); i++)
    if (ends_in (name, NIFTI_ENDINGS[i]))
      return g_strndup (name, n - strlen (NIFTI_ENDINGS[i]));

  return g_strdup (name);
}

/* --- finding --- */

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
walk (const char  *folder,
      const char  *below,   /* relative to the first folder, "" at its top */
      int          depth,
      gboolean   (*wanted) (const char *path),
      GPtrArray   *files)
{
  g_autoptr (GDir) dir = depth < DEEPEST ? g_dir_open (folder, 0, NULL) : NULL;

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *relative = *below != '\0' ? g_build_filename (below, name, NULL) : g_strdup (name);

    if (name[0] == '.')
      continue;
    if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
      if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        walk (path, relative, depth + 1, wanted, files);
    } else if (wanted (name)) {
      g_ptr_array_add (files, g_steal_pointer (&relative));
    }
  }
}

GPtrArray *
_dub_dataset_walk (const char  *folder,
                   gboolean   (*wanted) (const char *path))
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_free);

  walk (folder, "", 0, wanted, files);
  g_ptr_array_sort (files, compare_names);

  return files;
}

/* --- reading --- */

/* (H, W, channels) to planes; the alpha of a grey image is dropped. */
static DubTensor *
planes_of (DubTensor  *image,
           GError    **error)
{
  static const int planar[] = { 2, 0, 1 };
  g_autoptr (DubTensor) turned = dub_tensor_permute (image, planar, error);

  if (turned == NULL)
    return NULL;
  if (turned->shape.dim[0] != 2)
    return dub_tensor_contiguous (turned, error);

  g_autoptr (DubTensor) grey = dub_tensor_slice (turned, 0, 0, 1, 1, error);

  return grey != NULL ? dub_tensor_contiguous (grey, error) : NULL;
}

static DubTensor *
read_volume (const char  *path,
             double      *spacing,
             GError     **error)
{
  g_autoptr (DubVolume) stored = dub_nifti_load (path, error);
  g_autoptr (DubVolume) volume = stored != NULL ? dub_volume_to_ras (stored, error) : NULL;

  if (volume == NULL)
    return NULL;
  if (spacing != NULL)
    memcpy (spacing, volume->spacing, sizeof volume->spacing);

  const int64_t *dim = volume->voxels->shape.dim;

  return dub_tensor_reshape (volume->voxels, DUB_SHAPE (1, dim[0], dim[1], dim[2]), error);
}

DubTensor *
dub_dataset_read_file (const char  *path,
                       double      *spacing,
                       GError     **error)
{
  if (spacing != NULL)
    spacing[0] = spacing[1] = spacing[2] = (double) NAN;
  if (!_dub_dataset_is_png (path))
    return read_volume (path, spacing, error);

  g_autoptr (DubTensor) image = dub_png_load (path, error);

  return image != NULL ? planes_of (image, error) : NULL;
}

static DubTensor *
read_case (DubDataset  *dataset,
           size_t       index,
           double      *spacing,
           GError     **error)
{
  return dub_dataset_read_file (dataset->cases[index].path, spacing, error);
}

DubDatasetSource *
_dub_dataset_file_source (void)
{
  DubDatasetSource *source = g_new0 (DubDatasetSource, 1);

  source->read = read_case;

  return source;
}

/* --- looking --- */

static gboolean
peek_image (const char      *path,
            DubDatasetPeek  *peek,
            GError         **error)
{
  DubShape shape;

  if (!dub_png_peek (path, &shape, &peek->dtype, &peek->n_bytes, error))
    return FALSE;
  peek->n_axes = 2;
  peek->channels = shape.dim[2] == 2 ? 1 : (int) shape.dim[2];
  peek->shape[0] = shape.dim[0];
  peek->shape[1] = shape.dim[1];
  peek->shape[2] = 1;
  for (int i = 0; i < 3; i++)
    peek->spacing[i] = NAN;

  return TRUE;
}

/* Extents and spacing along the axes of RAS, as dub_volume_to_ras turns them. */
static gboolean
peek_volume (const char      *path,
             DubDatasetPeek  *peek,
             GError         **error)
{
  int64_t shape[3];
  double affine[4][4], spacing[3];
  int axis[3], sign[3];
  GStatBuf status;

  if (!dub_nifti_peek (path, shape, affine, error))
    return FALSE;
  dub_affine_axes (affine, axis, sign);
  dub_affine_spacing (affine, spacing);
  peek->n_axes = 3;
  peek->channels = 1;
  peek->dtype = DUB_DTYPE_F32;
  peek->n_bytes = g_stat (path, &status) == 0 ? (guint64) status.st_size : 0;
  for (int i = 0; i < 3; i++) {
    peek->shape[axis[i]] = shape[i];
    peek->spacing[axis[i]] = spacing[i];
  }

  return TRUE;
}

static gboolean
look_at (DubDataset            *self,
         const DubDatasetCase  *item,
         DubDatasetPeek        *peek,
         GError               **error)
{
  g_autofree char *shown = g_filename_display_name (item->path);

  if (!g_file_test (item->path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s does not exist.", shown);
    return FALSE;
  }
  if (!_dub_dataset_is_png (item->path) && !_dub_dataset_is_nifti (item->path)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED, "%s is no image of a known kind; expected .png, .nii or .nii.gz.",
                 shown);
    return FALSE;
  }
  if (!(_dub_dataset_is_png (item->path) ? peek_image (item->path, peek, error)
                                         : peek_volume (item->path, peek, error)))
    return FALSE;
  if (self->n_axes != 0 && self->n_axes != peek->n_axes) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "%s has %d axes, but the cases before it have %d.", shown,
                 peek->n_axes, self->n_axes);
    return FALSE;
  }

  return TRUE;
}

gboolean
_dub_dataset_add_file (DubDataset               *self,
                       const DubDatasetOptions  *options,
                       const DubDatasetCase     *item,
                       const char               *where,
                       GError                  **error)
{
  DubDatasetPeek peek = { 0 };
  GError *reason = NULL;

  if (!look_at (self, item, &peek, &reason)) {
    if (where != NULL)
      g_prefix_error (&reason, "%s: ", where);
    return _dub_dataset_bad (self, options, item->row, reason, error);
  }
  _dub_dataset_see (self, &peek);
  _dub_dataset_add (self, item, peek.n_bytes);

  return TRUE;
}

typedef struct {
  GArray  *cases;
  GError **errors; /* [cases->len] */
} Check;

static void
check_piece (size_t   piece,
             guint    thread,
             gpointer data)
{
  Check *check = data;
  const char *path = g_array_index (check->cases, DubDatasetCase, piece).path;
  DubTensor *image = _dub_dataset_is_png (path) ? dub_png_load (path, &check->errors[piece]) : NULL;

  g_clear_pointer (&image, dub_tensor_unref);
}

gboolean
_dub_dataset_check_files (DubDataset               *self,
                          const DubDatasetOptions  *options,
                          DubRun                   *run,
                          GError                  **error)
{
  DubDatasetSource *source = self->source;
  g_autofree GError **errors = g_new0 (GError *, source->cases->len + 1);
  Check check = { source->cases, errors };
  guint kept = 0;

  if (!options->check_files)
    return TRUE;

  gboolean ok = dub_parallel_for (run, source->cases->len, check_piece, &check, error);

  for (guint i = 0; i < source->cases->len; i++) {
    DubDatasetCase *item = &g_array_index (source->cases, DubDatasetCase, i);

    if (errors[i] != NULL && ok) {
      ok = _dub_dataset_bad (self, options, item->row, g_steal_pointer (&errors[i]), error);
      continue;
    }
    g_clear_error (&errors[i]);
    g_array_index (source->cases, DubDatasetCase, kept) = *item;
    g_array_index (source->sizes, guint64, kept++) = g_array_index (source->sizes, guint64, i);
  }
  g_array_set_size (source->cases, kept);

  return ok;
}
