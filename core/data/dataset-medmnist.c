/* MedMNIST's form: one npz with an array of images and one of labels for each part. */
#include "core/data/dataset-private.h"

#include "core/base/checked.h"
#include "core/io/npz-array.h"

#include <math.h>
#include <string.h>

enum { N_PARTS = 4 };

static const struct {
  const char *prefix; /* of the arrays */
  const char *id;
  const char *given;
} PARTS[N_PARTS] = {
  { "train_", "train", "train" },
  { "val_", "val", "validation" },
  { "test_", "test", "test" },
  { "", "case", NULL },
};

typedef struct {
  DubDatasetSource base;
  DubNpzArray     *images[N_PARTS]; /* NULL where the archive lacks the part */
  DubTensor       *labels[N_PARTS];
} Source;

static void
clear (DubDatasetSource *base)
{
  Source *self = (Source *) base;

  for (int i = 0; i < N_PARTS; i++) {
    g_clear_pointer (&self->images[i], dub_npz_array_free);
    g_clear_pointer (&self->labels[i], dub_tensor_unref);
  }
}

/* Images are grey (N, H, W), colour (N, H, W, 3) or volumes (N, D, H, W). */
static gboolean
is_colour (const DubShape *shape)
{
  return shape->rank == 4 && shape->dim[3] == 3;
}

/* Types that the contract does not know become float32. */
static DubDtype
dtype_read (DubDtype stored)
{
  return stored == DUB_DTYPE_U8 || stored == DUB_DTYPE_U16 ? stored : DUB_DTYPE_F32;
}

/* Cases may have been left out: their part is known by its name, not by their index. */
static int
part_of (const DubDatasetCase *item)
{
  int part = 0;

  while (part < N_PARTS - 1 && g_strcmp0 (item->given, PARTS[part].given) != 0)
    part++;

  return part;
}

static DubTensor *
read_case (DubDataset  *dataset,
           size_t       index,
           double      *spacing,
           GError     **error)
{
  const Source *self = dataset->source;
  const DubNpzArray *images = self->images[part_of (&dataset->cases[index])];
  const int64_t *dim = images->shape.dim;
  DubShape shape = is_colour (&images->shape) ? DUB_SHAPE (dim[1], dim[2], dim[3]) :
                   images->shape.rank == 3 ? DUB_SHAPE (1, dim[1], dim[2]) : DUB_SHAPE (1, dim[1], dim[2], dim[3]);
  g_autoptr (DubTensor) stored = dub_tensor_new (images->dtype, shape, error);

  if (stored == NULL || !dub_npz_array_read (images, dataset->cases[index].row, 1, stored->data, error))
    return NULL;
  if (is_colour (&images->shape)) {
    static const int planar[] = { 2, 0, 1 };
    g_autoptr (DubTensor) turned = dub_tensor_permute (stored, planar, error);

    if (turned == NULL)
      return NULL;
    dub_tensor_unref (stored);
    stored = dub_tensor_contiguous (turned, error);
    if (stored == NULL)
      return NULL;
  }
  if (dtype_read (images->dtype) == images->dtype)
    return g_steal_pointer (&stored);

  return dub_tensor_convert (stored, dtype_read (images->dtype), error);
}

static gboolean
check_images (const DubNpzArray  *images,
              GError            **error)
{
  const DubShape *shape = &images->shape;
  size_t n = 1;

  if ((shape->rank == 3 || shape->rank == 4) && shape->dim[1] > 0 && shape->dim[2] > 0 &&
      (shape->rank == 3 || shape->dim[3] > 0) && dub_checked_product (shape->dim + 1, (size_t) shape->rank - 1, &n) &&
      n <= (size_t) 1 << 31)
    return TRUE;

  g_autofree char *text = dub_shape_to_string (shape);

  g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
               "%s has shape %s; expected N×height×width, N×height×width×3 or N×depth×height×width.", images->name, text);

  return FALSE;
}

/* (N,) or (N, 1) of integers, or of floats that are whole numbers. */
static gboolean
check_labels (const DubTensor    *labels,
              const DubNpzArray  *images,
              GError            **error)
{
  const DubShape *shape = &labels->shape;

  if (shape->rank == 2 && shape->dim[0] == images->shape.dim[0] && shape->dim[1] > 1) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "%s come with %" G_GINT64_FORMAT " labels each; expected one class for each image, as (N) or (N×1).",
                 images->name, shape->dim[1]);
    return FALSE;
  }
  if (shape->rank < 1 || shape->rank > 2 || shape->dim[0] != images->shape.dim[0] ||
      (shape->rank == 2 && shape->dim[1] != 1)) {
    g_autofree char *text = dub_shape_to_string (shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "%s holds %" G_GINT64_FORMAT " images, but the labels have shape %s; expected one label an image.",
                 images->name, images->shape.dim[0], text);
    return FALSE;
  }

  return TRUE;
}

static gboolean
open_part (Source   *self,
           int       part,
           DubNpz   *archive,
           DubRun   *run,
           GError  **error)
{
  g_autofree char *images = g_strconcat (PARTS[part].prefix, "images", NULL);
  g_autofree char *labels = g_strconcat (PARTS[part].prefix, "labels", NULL);

  if (!dub_npz_has (archive, images) && !dub_npz_has (archive, labels))
    return TRUE;
  self->images[part] = dub_npz_array_new (archive, images, run, error);
  if (self->images[part] == NULL || !check_images (self->images[part], error))
    return FALSE;
  self->labels[part] = dub_npz_read (archive, labels, error);

  return self->labels[part] != NULL && check_labels (self->labels[part], self->images[part], error);
}

/* All parts have images of one form. */
static gboolean
check_parts (DubDataset  *dataset,
             GError     **error)
{
  const Source *self = dataset->source;
  const DubNpzArray *first = NULL;

  for (int i = 0; i < N_PARTS; i++) {
    const DubNpzArray *images = self->images[i];

    if (images == NULL || images->shape.dim[0] == 0)
      continue;
    if (first == NULL)
      first = images;
    if (images->shape.rank != first->shape.rank || images->dtype != first->dtype ||
        is_colour (&images->shape) != is_colour (&first->shape)) {
      g_autofree char *found = dub_shape_to_string (&images->shape), *expected = dub_shape_to_string (&first->shape);

      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                   "%s has shape %s and type %s; expected images of one kind, as %s of type %s before it.", images->name,
                   found, dub_dtype_name (images->dtype), expected, dub_dtype_name (first->dtype));
      return FALSE;
    }
    g_string_append_printf (self->base.fingerprint, "%s%08x\n", PARTS[i].prefix, images->checksum);

    DubDatasetPeek peek = {
      .dtype = dtype_read (images->dtype),
      .channels = is_colour (&images->shape) ? 3 : 1,
      .n_axes = images->shape.rank == 3 || is_colour (&images->shape) ? 2 : 3,
      .shape = { images->shape.dim[1], images->shape.dim[2], 1 },
      .spacing = { NAN, NAN, NAN },
    };

    if (peek.n_axes == 3)
      peek.shape[2] = images->shape.dim[3];
    _dub_dataset_see (dataset, &peek);
  }

  return TRUE;
}

/* The class of one label, or -1 where it is none. */
static int
label_of (const DubTensor *labels,
          size_t           row)
{
  double value = dub_tensor_get_double (labels, row);

  return value >= 0.0 && value < DUB_MOST_CLASSES && value == floor (value) ? (int) value : -1;
}

static gboolean
add_cases (DubDataset               *dataset,
           const DubDatasetOptions  *options,
           GError                  **error)
{
  Source *self = dataset->source;
  gboolean named = dataset->classes->len > 0;
  int n_classes = named ? (int) dataset->classes->len : DUB_MOST_CLASSES;
  int highest = -1;

  for (int i = 0; i < N_PARTS; i++) {
    size_t n = self->images[i] != NULL ? (size_t) self->images[i]->shape.dim[0] : 0;

    for (size_t row = 0; row < n; row++) {
      int label = label_of (self->labels[i], row);

      if (label < 0 || label >= n_classes) {
        /* The name ends in the array's, as "train_images" does; the labels stand in another one. */
        int n_name = (int) strlen (self->images[i]->name) - (int) strlen ("images");
        GError *reason = g_error_new (DUB_ERROR, DUB_ERROR_NUMERIC,
                                      "%.*slabels: row %" G_GSIZE_FORMAT " has the label %g; expected a whole number from 0 to %d.",
                                      MAX (n_name, 0), self->images[i]->name, row, dub_tensor_get_double (self->labels[i], row),
                                      n_classes - 1);

        if (!_dub_dataset_bad (dataset, options, row, reason, error))
          return FALSE;
        continue;
      }

      g_autofree char *id = g_strdup_printf ("%s-%" G_GSIZE_FORMAT, PARTS[i].id, row);
      DubDatasetCase item = { .id = id, .label = label, .given = PARTS[i].given, .row = row };

      _dub_dataset_add (dataset, &item, self->images[i]->row_bytes);
      highest = MAX (highest, label);
    }
  }
  for (int i = 0; !named && i <= highest; i++)
    g_ptr_array_add (dataset->classes, g_strdup_printf ("%d", i));

  return TRUE;
}

DubDataset *
_dub_dataset_medmnist_archive (DubNpz                   *archive,
                               const char               *path,
                               const DubDatasetOptions  *options,
                               DubRun                   *run,
                               GError                  **error)
{
  Source *self = g_new0 (Source, 1);
  gboolean any = FALSE;

  self->base.read = read_case;
  self->base.clear = clear;

  g_autoptr (DubDataset) dataset = _dub_dataset_new (DUB_DATASET_MEDMNIST, path, &self->base);
  const char *const *names = options->classes != NULL ? options->classes : _dub_dataset_known_classes (dataset->name);

  for (; names != NULL && *names != NULL; names++)
    g_ptr_array_add (dataset->classes, g_strdup (*names));
  for (int i = 0; i < N_PARTS; i++) {
    if (!open_part (self, i, archive, run, error))
      return NULL;
    any = any || self->images[i] != NULL;
  }
  if (!any) {
    g_autofree char *shown = g_filename_display_name (path);

    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s has none of the arrays train_images, val_images, test_images and images; expected MedMNIST's form.",
                 shown);
    return NULL;
  }
  if (!check_parts (dataset, error) || !add_cases (dataset, options, error) ||
      !_dub_dataset_check_numbers (dataset, options, run, error) ||
      !_dub_dataset_finish (dataset, options, error))
    return NULL;

  return g_steal_pointer (&dataset);
}

DubDataset *
_dub_dataset_medmnist (const char               *path,
                       const DubDatasetOptions  *options,
                       DubRun                   *run,
                       GError                  **error)
{
  g_autoptr (DubNpz) archive = dub_npz_open (path, error);

  return archive != NULL ? _dub_dataset_medmnist_archive (archive, path, options, run, error) : NULL;
}
