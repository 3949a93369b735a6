#include "core/study/case-input.h"

#include "core/io/nifti.h"
#include "core/io/onnx.h"

#include <string.h>

void
dub_case_input_clear (DubCaseInput *self)
{
  g_clear_pointer (&self->input, dub_tensor_unref);
  g_clear_pointer (&self->displayed, dub_volume_unref);
  g_clear_pointer (&self->original, dub_volume_unref);
}

/* --- studies of volumes --- */

/* The spatial extents that the network declares, -1 where they are free. */
static gboolean
read_extents (const DubStudyModel  *model,
              int64_t               extents[3],
              GError              **error)
{
  g_autoptr (DubGraph) graph = dub_onnx_load (model->path, error);

  for (int a = 0; a < 3; a++)
    extents[a] = -1;
  if (graph == NULL)
    return FALSE;
  if (dub_graph_n_inputs (graph) == 1 && dub_graph_input (graph, 0)->has_shape && dub_graph_input (graph, 0)->shape.rank == 5)
    memcpy (extents, dub_graph_input (graph, 0)->shape.dim + 2, 3 * sizeof *extents);

  return TRUE;
}

static gboolean
read_volume (const DubStudyModel  *model,
             const DubStudyCase   *item,
             const int64_t         extents[3],
             DubCaseInput         *result,
             DubRun               *run,
             GError              **error)
{
  g_autoptr (DubTensor) input = NULL;

  result->original = dub_preprocess_load (&model->preprocess, item->path, extents, error);
  if (result->original == NULL ||
      !dub_preprocess (&model->preprocess, result->original, extents, &input, &result->displayed, run, error))
    return FALSE;

  const int64_t *dim = input->shape.dim;

  result->kji = model->preprocess.axes == DUB_AXES_KJI;
  result->label = item->label;
  result->input = dub_tensor_reshape (input, DUB_SHAPE (1, 1, dim[0], dim[1], dim[2]), error);

  return result->input != NULL;
}

static const DubStudyCase *
find_volume (const DubStudy *study,
             const char     *id)
{
  for (guint i = 0; i < study->cases->len; i++) {
    const DubStudyCase *item = g_ptr_array_index (study->cases, i);

    if (strcmp (item->id, id) == 0)
      return item;
  }

  return NULL;
}

/* --- studies of a data set --- */

static DubTensor *
read_prepared (DubStudy             *study,
               const DubStudyModel  *model,
               size_t                index,
               GError              **error)
{
  if (model->prepare == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The network %s has no preparation of the data set's cases in study.json; import it with one.", model->id);
    return NULL;
  }

  DubShape one = dub_prepare_shape (model->prepare), shape = { .rank = one.rank + 1, .dim = { 1 } };

  memcpy (shape.dim + 1, one.dim, sizeof *one.dim * (size_t) one.rank);

  g_autoptr (DubTensor) input = dub_tensor_new (DUB_DTYPE_F32, shape, error);

  if (input == NULL || !dub_prepare_case (model->prepare, study->data->dataset, index, dub_tensor_f32 (input), error))
    return NULL;

  return g_steal_pointer (&input);
}

/* The first channel of a prepared volume as (i, j, k) in space, as far as the set says where that is. */
static DubVolume *
make_displayed (const DubDataset     *dataset,
                const DubStudyModel  *model,
                size_t                index,
                DubTensor            *input,
                GError              **error)
{
  const DubPreprocess axes = { .axes = model->prepare->kji ? DUB_AXES_KJI : DUB_AXES_IJK };
  const int64_t *dim = input->shape.dim;
  const int64_t *extents = dataset->shape;
  double affine[4][4] = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
  int64_t i = model->prepare->kji ? dim[4] : dim[2], k = model->prepare->kji ? dim[2] : dim[4];
  const char *path = dataset->cases[index].path;
  g_autoptr (DubVolume) file = NULL;
  g_autoptr (DubVolume) turned = NULL;

  if (path != NULL && !g_str_has_suffix (path, ".png")) {
    file = dub_nifti_load (path, error);
    turned = file != NULL ? dub_volume_to_ras (file, error) : NULL;
    if (turned == NULL)
      return NULL;
    memcpy (affine, turned->affine, sizeof affine);
    extents = turned->voxels->shape.dim;
  }
  dub_prepare_affine (model->prepare, extents, affine);

  g_autoptr (DubTensor) channel = dub_tensor_slice (input, 1, 0, 1, 1, error);
  g_autoptr (DubTensor) packed = channel != NULL ? dub_tensor_contiguous (channel, error) : NULL;
  g_autoptr (DubTensor) flat = packed != NULL ? dub_tensor_reshape (packed, DUB_SHAPE (dim[2], dim[3], dim[4]), error) : NULL;
  g_autoptr (DubTensor) grid = flat != NULL ? dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (i, dim[3], k), error) : NULL;
  g_autoptr (DubVolume) space = grid != NULL ? dub_volume_new (grid, affine, error) : NULL;

  if (space == NULL)
    return NULL;
  g_free (space->name);
  space->name = g_strdup (dataset->cases[index].id);

  return dub_preprocess_back (&axes, flat, space, error);
}

static gboolean
refuse_id (const DubStudy  *study,
           const char      *id,
           GError         **error)
{
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s has no case “%s”.", study->title, id);

  return FALSE;
}

gboolean
dub_study_case_input (DubStudy             *study,
                      const DubStudyModel  *model,
                      const char           *id,
                      DubCaseInput         *result,
                      DubRun               *run,
                      GError              **error)
{
  memset (result, 0, sizeof *result);
  if (study->data == NULL) {
    const DubStudyCase *item = find_volume (study, id);
    int64_t extents[3];

    if (item == NULL)
      return refuse_id (study, id, error);

    return read_extents (model, extents, error) && read_volume (model, item, extents, result, run, error);
  }

  if (!dub_study_data_open (study->data, run, error))
    return FALSE;

  gssize index = dub_dataset_find (study->data->dataset, id);

  if (index < 0)
    return refuse_id (study, id, error);
  result->input = read_prepared (study, model, (size_t) index, error);
  if (result->input == NULL)
    return FALSE;
  result->kji = model->prepare->kji;
  result->label = study->data->labels[index];
  if (result->input->shape.rank == 5)
    result->displayed = make_displayed (study->data->dataset, model, (size_t) index, result->input, error);

  return result->input->shape.rank == 4 || result->displayed != NULL;
}

/* --- the mean of a class --- */

typedef struct {
  double   *sum;
  DubShape  shape;
  size_t    n_numbers;
  size_t    n;
} Mean;

static gboolean
add_case (Mean             *self,
          const DubTensor  *input,
          GError          **error)
{
  if (self->sum == NULL) {
    self->shape = input->shape;
    self->n_numbers = dub_tensor_n_elements (input);
    self->sum = g_try_malloc0 (self->n_numbers * sizeof (double));
    if (self->sum == NULL) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "No memory for the mean of %zu numbers a case.", self->n_numbers);
      return FALSE;
    }
  }
  if (!dub_shape_equal (&self->shape, &input->shape)) {
    g_autofree char *found = dub_shape_to_string (&input->shape);
    g_autofree char *expected = dub_shape_to_string (&self->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "A case is of shape %s, others of %s; a mean needs cases on one grid.", found,
                 expected);
    return FALSE;
  }
  for (size_t i = 0; i < self->n_numbers; i++)
    self->sum[i] += (double) dub_tensor_f32 (input)[i];
  self->n++;

  return TRUE;
}

static gboolean
add_volumes (Mean                 *self,
             DubStudy             *study,
             const DubStudyModel  *model,
             int                   class_index,
             const char           *except,
             DubRun               *run,
             GError              **error)
{
  gboolean has_training = FALSE;
  int64_t extents[3];

  if (!read_extents (model, extents, error))
    return FALSE;
  for (guint i = 0; i < study->cases->len; i++) {
    const DubStudyCase *item = g_ptr_array_index (study->cases, i);

    has_training = has_training || (item->label == class_index && g_strcmp0 (item->split, "train") == 0);
  }
  for (guint i = 0; i < study->cases->len; i++) {
    const DubStudyCase *item = g_ptr_array_index (study->cases, i);
    g_auto (DubCaseInput) input = { 0 };

    if (item->label != class_index || g_strcmp0 (item->id, except) == 0 ||
        (has_training && g_strcmp0 (item->split, "train") != 0))
      continue;
    if (dub_run_check_cancelled (run, error) || !read_volume (model, item, extents, &input, run, error) ||
        !add_case (self, input.input, error))
      return FALSE;
  }

  return TRUE;
}

static gboolean
add_cases (Mean                 *self,
           DubStudy             *study,
           const DubStudyModel  *model,
           int                   class_index,
           const char           *except,
           DubRun               *run,
           GError              **error)
{
  const DubStudyData *data = study->data;
  gboolean has_training = FALSE;

  if (!dub_study_data_open (study->data, run, error))
    return FALSE;
  for (size_t i = 0; i < data->n_cases; i++)
    has_training = has_training || (data->labels[i] == class_index && data->split->part[i] <= DUB_PART_CALIBRATION);
  for (size_t i = 0; i < data->n_cases; i++) {
    if (data->labels[i] != class_index || g_strcmp0 (data->ids[i], except) == 0 ||
        (has_training && data->split->part[i] > DUB_PART_CALIBRATION))
      continue;
    if (dub_run_check_cancelled (run, error))
      return FALSE;

    g_autoptr (DubTensor) input = read_prepared (study, model, i, error);

    if (input == NULL || !add_case (self, input, error))
      return FALSE;
  }

  return TRUE;
}

DubTensor *
dub_study_mean_input (DubStudy             *study,
                      const DubStudyModel  *model,
                      int                   class_index,
                      const char           *except,
                      size_t               *n_cases,
                      DubRun               *run,
                      GError              **error)
{
  Mean mean = { 0 };
  gboolean ok = study->data == NULL ? add_volumes (&mean, study, model, class_index, except, run, error)
                                    : add_cases (&mean, study, model, class_index, except, run, error);
  DubTensor *result = NULL;

  if (ok && mean.n == 0)
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s has no cases of class %d to take the mean of.", study->title,
                 class_index);
  else if (ok && (result = dub_tensor_new (DUB_DTYPE_F32, mean.shape, error)) != NULL)
    for (size_t i = 0; i < mean.n_numbers; i++)
      dub_tensor_f32 (result)[i] = (float) (mean.sum[i] / (double) mean.n);
  g_free (mean.sum);
  if (n_cases != NULL)
    *n_cases = mean.n;

  return result;
}

int
dub_study_reference_class (const DubStudy *study,
                           int             class_index)
{
  if (study->classes->len != 2 || g_strcmp0 (study->modality, "grey-matter") != 0 || class_index < 0 || class_index > 1)
    return -1;

  return 1 - class_index;
}
