#include "app/cli/cli-images.h"

#include "core/base/checked.h"
#include "core/base/memory.h"
#include "core/data/dataset.h"
#include "core/io/npz-array.h"

#include <math.h>
#include <string.h>

void
cli_images_free (CliImages *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->raw);
  g_ptr_array_unref (self->names);
  g_array_unref (self->spacing);
  g_free (self);
}

static void
add (CliImages    *self,
     DubTensor    *raw,  /* (transfer full) */
     const char   *name,
     const double *spacing)
{
  const double none[3] = { (double) NAN, (double) NAN, (double) NAN };

  g_ptr_array_add (self->raw, raw);
  g_ptr_array_add (self->names, g_strdup (name));
  g_array_append_vals (self->spacing, spacing != NULL ? spacing : none, 3);
}

static gboolean
is_colour (const int64_t *dim,
           int            rank,
           int            n_axes)
{
  return rank == 3 && n_axes == 2 && dim[2] == 3;
}

/* Bytes and 16 bits as they are stored, everything else as float32. (transfer full) */
static DubTensor *
narrow (DubTensor  *stored,
        GError    **error)
{
  if (stored->dtype == DUB_DTYPE_U8 || stored->dtype == DUB_DTYPE_U16 || stored->dtype == DUB_DTYPE_F32)
    return dub_tensor_ref (stored);

  return dub_tensor_convert (stored, DUB_DTYPE_F32, error);
}

/* One image of extents (height, width), (height, width, 3) or (depth, height, width), with its channels first. */
static DubTensor *
with_channels (DubTensor   *stored,
               const char  *name,
               int          n_axes,
               GError     **error)
{
  static const int planar[] = { 2, 0, 1 };
  const int64_t *dim = stored->shape.dim;
  int rank = stored->shape.rank;
  g_autoptr (DubTensor) shaped = NULL;

  if (is_colour (dim, rank, n_axes)) {
    g_autoptr (DubTensor) turned = dub_tensor_permute (stored, planar, error);

    shaped = turned != NULL ? dub_tensor_contiguous (turned, error) : NULL;
  } else if (rank == n_axes) {
    shaped = dub_tensor_reshape (stored, rank == 2 ? DUB_SHAPE (1, dim[0], dim[1]) : DUB_SHAPE (1, dim[0], dim[1], dim[2]), error);
  } else {
    g_autofree char *found = dub_shape_to_string (&stored->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "%s has shape %s; expected %s.", name, found,
                 n_axes == 2 ? "height×width or height×width×3" : "depth×height×width");
  }

  return shaped != NULL ? narrow (shaped, error) : NULL;
}

static gboolean
load_file (CliImages   *self,
           const char  *path,
           int          n_axes,
           GError     **error)
{
  g_autofree char *name = g_path_get_basename (path);
  double spacing[3] = { (double) NAN, (double) NAN, (double) NAN };
  DubTensor *raw = NULL;

  if (g_str_has_suffix (path, ".npy")) {
    g_autoptr (DubTensor) stored = dub_npy_load (path, error);

    raw = stored != NULL ? with_channels (stored, path, n_axes, error) : NULL;
  } else {
    raw = dub_dataset_read_file (path, spacing, error);
  }
  if (raw == NULL)
    return FALSE;
  add (self, raw, name, spacing);

  return TRUE;
}

/* --- archives --- */

typedef struct {
  CliImages  *images;
  const char *path;
  DubNpz     *archive;
  int         n_axes;
  DubRun     *run;
} Archive;

/* Names of the arrays of images; of an archive without one that is called so, its only array. (element-type char *) */
static GPtrArray *
list_arrays (const Archive *self)
{
  GPtrArray *names = g_ptr_array_new ();

  for (size_t i = 0; i < dub_npz_n_arrays (self->archive); i++)
    if (g_str_has_suffix (dub_npz_name (self->archive, i), "images"))
      g_ptr_array_add (names, (gpointer) dub_npz_name (self->archive, i));
  if (names->len == 0 && dub_npz_n_arrays (self->archive) == 1)
    g_ptr_array_add (names, (gpointer) dub_npz_name (self->archive, 0));

  return names;
}

/* What a row is called: the id that its case would have in a data set. */
static char *
name_row (const Archive *self,
          const char    *array,
          size_t         row)
{
  g_autofree char *file = g_path_get_basename (self->path);
  g_autofree char *part = g_str_has_suffix (array, "_images") ? g_strndup (array, strlen (array) - strlen ("_images"))
                                                              : g_strdup ("case");

  return g_strdup_printf ("%s:%s-%zu", file, part, row);
}

static gboolean
load_row (const Archive      *self,
          const DubNpzArray  *array,
          const char         *name,
          size_t              row,
          GError            **error)
{
  DubShape shape = { .rank = array->shape.rank - 1 };
  g_autofree char *called = name_row (self, name, row);

  for (int i = 0; i < shape.rank; i++)
    shape.dim[i] = array->shape.dim[i + 1];

  g_autoptr (DubTensor) stored = dub_tensor_new (array->dtype, shape, error);

  if (stored == NULL || !dub_npz_array_read (array, row, 1, stored->data, error))
    return FALSE;

  DubTensor *raw = with_channels (stored, called, self->n_axes, error);

  if (raw == NULL)
    return FALSE;
  add (self->images, raw, called, NULL);

  return TRUE;
}

static DubNpzArray *
open_array (const Archive  *self,
            const char     *name,
            size_t         *n,
            GError        **error)
{
  g_autoptr (DubNpzArray) array = dub_npz_array_new (self->archive, name, self->run, error);
  size_t n_bytes;

  if (array == NULL)
    return NULL;
  *n = (size_t) array->shape.dim[0];
  if (array->shape.rank < 2 || !dub_checked_mul (*n, array->row_bytes, &n_bytes) ||
      (dub_memory_limit () > 0 && n_bytes > dub_memory_limit () / 2)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "%s is no array of images that fits into memory.", array->name);
    return NULL;
  }

  return g_steal_pointer (&array);
}

static gboolean
load_rows (const Archive    *self,
           const GPtrArray  *arrays,
           GError          **error)
{
  for (guint a = 0; a < arrays->len; a++) {
    const char *name = g_ptr_array_index (arrays, a);
    size_t n;
    g_autoptr (DubNpzArray) array = open_array (self, name, &n, error);

    if (array == NULL)
      return FALSE;
    for (size_t row = 0; row < n; row++)
      if (!load_row (self, array, name, row, error))
        return FALSE;
  }

  return TRUE;
}

/* "7" of the only array, or "test-7" of test_images; "case-7" of images. */
static gboolean
load_item (const Archive    *self,
           const GPtrArray  *arrays,
           const char       *item,
           GError          **error)
{
  const char *dash = strrchr (item, '-');
  g_autofree char *part = dash != NULL ? g_strndup (item, (gsize) (dash - item)) : NULL;
  g_autofree char *wanted = part == NULL ? NULL : strcmp (part, "case") == 0 ? g_strdup ("images")
                                                                            : g_strconcat (part, "_images", NULL);
  const char *found = part == NULL && arrays->len == 1 ? g_ptr_array_index (arrays, 0) : NULL;
  guint64 row;
  size_t n;

  for (guint a = 0; a < arrays->len && wanted != NULL; a++)
    if (strcmp (g_ptr_array_index (arrays, a), wanted) == 0 ||
        (arrays->len == 1 && strcmp (part, "case") == 0))
      found = g_ptr_array_index (arrays, a);
  if (found == NULL || !g_ascii_string_to_unsigned (dash != NULL ? dash + 1 : item, 10, 0, G_MAXINT64, &row, NULL)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("%s has no image “%s”; expected a row such as test-3."), self->path, item);
    return FALSE;
  }

  g_autoptr (DubNpzArray) array = open_array (self, found, &n, error);

  if (array == NULL)
    return FALSE;
  if (row >= n) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("%s has no row %s: %s holds %zu images."), self->path, item, found, n);
    return FALSE;
  }

  return load_row (self, array, found, (size_t) row, error);
}

static gboolean
load_archive (CliImages   *images,
              const char  *path,
              const char  *items,
              int          n_axes,
              DubRun      *run,
              GError     **error)
{
  g_autoptr (DubNpz) archive = dub_npz_open (path, error);
  Archive self = { .images = images, .path = path, .archive = archive, .n_axes = n_axes, .run = run };

  if (archive == NULL)
    return FALSE;

  g_autoptr (GPtrArray) arrays = list_arrays (&self);

  if (arrays->len == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, _("%s has no array whose name ends in “images”."), path);
    return FALSE;
  }
  if (items == NULL)
    return load_rows (&self, arrays, error);

  g_auto (GStrv) list = g_strsplit (items, ",", -1);

  for (size_t i = 0; list[i] != NULL; i++)
    if (!load_item (&self, arrays, list[i], error))
      return FALSE;

  return TRUE;
}

CliImages *
cli_images_load (char *const  *arguments,
                 int           n_axes,
                 DubRun       *run,
                 GError      **error)
{
  g_autoptr (CliImages) self = g_new0 (CliImages, 1);

  self->raw = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_tensor_unref);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->spacing = g_array_new (FALSE, FALSE, sizeof (double));
  for (size_t i = 0; arguments[i] != NULL; i++) {
    const char *rows = strstr (arguments[i], ".npz:");
    g_autofree char *path = rows != NULL && !g_file_test (arguments[i], G_FILE_TEST_EXISTS)
                              ? g_strndup (arguments[i], (gsize) (rows - arguments[i]) + strlen (".npz"))
                              : g_strdup (arguments[i]);
    gboolean done = g_str_has_suffix (path, ".npz")
                      ? load_archive (self, path, strlen (path) < strlen (arguments[i]) ? rows + strlen (".npz:") : NULL, n_axes, run,
                                      error)
                      : load_file (self, path, n_axes, error);

    if (!done)
      return NULL;
  }

  return g_steal_pointer (&self);
}
