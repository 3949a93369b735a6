#include "ui/model/case-look.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "core/io/nifti.h"
#include "core/projection/knn.h"
#include "core/projection/pca.h"

/* Two cases are twins below this share of the range of values, as everywhere. */
static const double TWIN_RMS = 0.01;

struct _DubCaseLooker {
  gatomicrefcount ref_count;
  DubDataset     *dataset;
  DubResultsRead *read;      /* (nullable) */
  gboolean        prepared;
  char           *failure;   /* (nullable): why there is no space to measure in */
  GArray         *training;  /* of size_t: cases of the training part */
  DubPca         *space;
  float          *places;    /* [training][components] */
};

DubCaseLooker *
dub_case_looker_new (DubDataset     *dataset,
                     DubResultsRead *read)
{
  DubCaseLooker *self = g_new0 (DubCaseLooker, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->dataset = dub_dataset_ref (dataset);
  self->read = read != NULL ? dub_results_read_ref (read) : NULL;
  self->training = g_array_new (FALSE, FALSE, sizeof (size_t));

  return self;
}

DubCaseLooker *
dub_case_looker_ref (DubCaseLooker *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_case_looker_unref (DubCaseLooker *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  dub_dataset_unref (self->dataset);
  g_clear_pointer (&self->read, dub_results_read_unref);
  g_array_unref (self->training);
  g_clear_pointer (&self->space, dub_pca_free);
  g_free (self->places);
  g_free (self->failure);
  g_free (self);
}

void
dub_case_look_free (DubCaseLook *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->image, dub_tensor_unref);
  g_clear_pointer (&self->volume, dub_volume_unref);
  g_free (self->no_neighbours);
  g_free (self);
}

/* --- neighbours --- */

/* The training cases in the space of the first network's features. Only a cancelled call may be asked again. */
static gboolean
prepare_space (DubCaseLooker  *self,
               DubRun         *run,
               GError        **error)
{
  const DubOutputs *outputs = self->read != NULL ? self->read->outputs : NULL;
  DubPcaOptions options = DUB_PCA_DEFAULT;
  size_t n_features = outputs != NULL ? outputs->n_features : 0;
  g_autoptr (GError) inner = NULL;

  if (self->prepared)
    return TRUE;
  g_array_set_size (self->training, 0);
  for (size_t i = 0; n_features > 0 && outputs->features != NULL && i < outputs->n_cases; i++)
    if (outputs->part[i] == DUB_PART_TRAIN)
      g_array_append_val (self->training, i);
  if (self->training->len < 2) {
    self->prepared = TRUE;
    return TRUE;
  }

  g_autofree float *features = g_new (float, self->training->len * n_features);

  for (guint i = 0; i < self->training->len; i++)
    memcpy (features + i * n_features, outputs->features + g_array_index (self->training, size_t, i) * n_features,
            n_features * sizeof (float));
  self->space = dub_pca_fit (features, self->training->len, n_features, &options, run, &inner);
  if (self->space != NULL) {
    self->places = g_new (float, self->training->len * self->space->n_components);
    dub_pca_transform (self->space, features, self->training->len, self->places, run, &inner);
  }
  if (g_error_matches (inner, DUB_ERROR, DUB_ERROR_CANCELLED)) {
    g_clear_pointer (&self->space, dub_pca_free);
    g_clear_pointer (&self->places, g_free);
    g_propagate_error (error, g_steal_pointer (&inner));
    return FALSE;
  }
  if (inner != NULL)
    self->failure = g_strdup (inner->message);
  self->prepared = TRUE;

  return TRUE;
}

/* Whether two cases of one shape show nearly the same. */
static gboolean
is_twin (const DubTensor *a,
         const DubTensor *b)
{
  size_t n = dub_tensor_n_elements (a);
  double squares = 0.0, low = (double) INFINITY, high = (double) -INFINITY;

  if (!dub_shape_equal (&a->shape, &b->shape) || n == 0)
    return FALSE;
  for (size_t i = 0; i < n; i++) {
    double u = dub_tensor_get_double (a, i), v = dub_tensor_get_double (b, i);

    squares += (u - v) * (u - v);
    low = MIN (low, MIN (u, v));
    high = MAX (high, MAX (u, v));
  }
  /* Of whole numbers a set uses all that its type has. */
  if (a->dtype == DUB_DTYPE_U8) {
    low = 0.0;
    high = G_MAXUINT8;
  }

  return sqrt (squares / (double) n) <= TWIN_RMS * (high - low);
}

static gboolean
find_neighbours (DubCaseLooker  *self,
                 DubCaseLook    *look,
                 DubRun         *run,
                 GError        **error)
{
  if (!prepare_space (self, run, error))
    return FALSE;
  if (self->space == NULL || self->places == NULL) {
    look->no_neighbours = g_strdup (self->failure);
    return TRUE;
  }

  const DubOutputs *outputs = self->read->outputs;
  /* One more, as a training case is its own nearest. */
  size_t k = MIN ((size_t) DUB_N_NEIGHBOURS + 1, self->training->len), n_components = self->space->n_components;
  g_autofree float *place = g_new (float, n_components);
  uint32_t indices[DUB_N_NEIGHBOURS + 1];
  double distances[DUB_N_NEIGHBOURS + 1];

  if (look->index >= outputs->n_cases)
    return TRUE;
  if (!dub_pca_transform (self->space, outputs->features + look->index * outputs->n_features, 1, place, run, error)
      || !dub_knn (self->places, self->training->len, place, 1, n_components, k, FALSE, indices, distances, run, error))
    return FALSE;
  for (size_t i = 0; i < k && look->n_neighbours < DUB_N_NEIGHBOURS; i++) {
    size_t index = g_array_index (self->training, size_t, indices[i]);
    g_autoptr (DubTensor) image = NULL;

    if (index == look->index)
      continue;
    image = dub_dataset_read (self->dataset, index, NULL, NULL);
    look->neighbours[look->n_neighbours++] =
      (DubNeighbour) { .index = index, .distance = distances[i], .duplicate = image != NULL && is_twin (look->image, image) };
  }

  return TRUE;
}

/* --- the image --- */

/* Voxels of a case that has no file of its own: (i, j, k) for a data set in RAS, else slices from below, rows from the front. */
static DubVolume *
volume_of_tensor (const DubDataset  *dataset,
                  const DubTensor   *image,
                  const double       spacing[3],
                  GError           **error)
{
  g_autoptr (DubTensor) floats = dub_tensor_convert (image, DUB_DTYPE_F32, error);
  const int64_t *dim = image->shape.dim;
  g_autoptr (DubTensor) first = floats != NULL ? dub_tensor_slice (floats, 0, 0, 1, 1, error) : NULL;
  g_autoptr (DubTensor) whole = first != NULL ? dub_tensor_contiguous (first, error) : NULL;
  g_autoptr (DubTensor) voxels = whole != NULL ? dub_tensor_reshape (whole, DUB_SHAPE (dim[1], dim[2], dim[3]), error) : NULL;
  double mm[3] = { 1.0, 1.0, 1.0 };

  if (voxels == NULL)
    return NULL;
  for (int i = 0; i < 3; i++)
    if (isfinite (spacing[i]) && spacing[i] > 0.0)
      mm[i] = spacing[i];

  const double ras[4][4] = { { mm[0], 0, 0, 0 }, { 0, mm[1], 0, 0 }, { 0, 0, mm[2], 0 }, { 0, 0, 0, 1 } };
  const double rows[4][4] = { { 0, 0, mm[2], 0 }, { 0, -mm[1], 0, 0 }, { mm[0], 0, 0, 0 }, { 0, 0, 0, 1 } };

  return dub_volume_new (voxels, dataset->kind == DUB_DATASET_MEDMNIST ? rows : ras, error);
}

static DubVolume *
read_volume (DubCaseLooker    *self,
             DubCaseLook      *look,
             const double      spacing[3],
             GError          **error)
{
  const DubDatasetCase *item = &self->dataset->cases[look->index];

  if (item->path != NULL && !g_str_has_suffix (item->path, ".png")) {
    g_autoptr (DubVolume) file = dub_nifti_load (item->path, error);

    look->has_space = TRUE;
    return file != NULL ? dub_volume_to_ras (file, error) : NULL;
  }

  return volume_of_tensor (self->dataset, look->image, spacing, error);
}

DubCaseLook *
dub_case_looker_look (DubCaseLooker  *self,
                      guint           index,
                      DubRun         *run,
                      GError        **error)
{
  g_autoptr (DubCaseLook) look = g_new0 (DubCaseLook, 1);
  double spacing[3] = { (double) NAN, (double) NAN, (double) NAN };

  g_return_val_if_fail (index < self->dataset->n_cases, NULL);
  look->index = index;
  look->image = dub_dataset_read (self->dataset, index, spacing, error);
  if (look->image == NULL)
    return NULL;
  if (look->image->shape.rank == 4) {
    look->volume = read_volume (self, look, spacing, error);
    if (look->volume == NULL)
      return NULL;
  }
  if (!find_neighbours (self, look, run, error))
    return NULL;

  return g_steal_pointer (&look);
}
