#include "ui/model/mask-inputs.h"

#include "core/base/memory.h"
#include "core/io/nifti.h"
#include "core/io/onnx.h"
#include "core/nn/plan.h"

DubMaskRequest *
dub_mask_request_new (const DubStudy *study,
                      guint           case_index,
                      guint           model_index,
                      DubAtlas       *atlas)
{
  g_return_val_if_fail (case_index < study->cases->len, NULL);
  g_return_val_if_fail (model_index < study->models->len, NULL);

  const DubStudyCase *subject = g_ptr_array_index (study->cases, case_index);
  const DubStudyModel *model = g_ptr_array_index (study->models, model_index);
  DubMaskRequest *self = g_new0 (DubMaskRequest, 1);
  guint n_classes = study->classes != NULL ? study->classes->len : 0;

  self->case_id = g_strdup (subject->id);
  self->case_path = g_strdup (subject->path);
  self->truth_path = g_strdup (subject->truth_path);
  self->label = subject->label;
  self->model_id = g_strdup (model->id);
  self->model_path = g_strdup (model->path);
  self->preprocess = model->preprocess;
  self->classes = g_new0 (char *, n_classes + 1);
  for (guint i = 0; i < n_classes; i++)
    self->classes[i] = g_strdup (g_ptr_array_index (study->classes, i));
  self->modality = g_strdup (study->modality);
  self->atlas = atlas != NULL ? dub_atlas_ref (atlas) : NULL;

  return self;
}

DubMaskRequest *
dub_mask_request_copy (const DubMaskRequest *self)
{
  DubMaskRequest *copy = g_new0 (DubMaskRequest, 1);

  copy->case_id = g_strdup (self->case_id);
  copy->case_path = g_strdup (self->case_path);
  copy->truth_path = g_strdup (self->truth_path);
  copy->reference_path = g_strdup (self->reference_path);
  copy->label = self->label;
  copy->model_id = g_strdup (self->model_id);
  copy->model_path = g_strdup (self->model_path);
  copy->preprocess = self->preprocess;
  copy->classes = g_strdupv (self->classes);
  copy->modality = g_strdup (self->modality);
  copy->atlas = self->atlas != NULL ? dub_atlas_ref (self->atlas) : NULL;

  return copy;
}

void
dub_mask_request_free (DubMaskRequest *self)
{
  if (self == NULL)
    return;

  g_free (self->case_id);
  g_free (self->case_path);
  g_free (self->truth_path);
  g_free (self->reference_path);
  g_free (self->modality);
  g_free (self->model_id);
  g_free (self->model_path);
  g_strfreev (self->classes);
  g_clear_pointer (&self->atlas, dub_atlas_unref);
  g_free (self);
}

gboolean
dub_mask_request_same_subject (const DubMaskRequest *a,
                               const DubMaskRequest *b)
{
  return a != NULL && b != NULL && g_strcmp0 (a->case_id, b->case_id) == 0 &&
         g_strcmp0 (a->case_path, b->case_path) == 0 && g_strcmp0 (a->model_id, b->model_id) == 0 &&
         g_strcmp0 (a->model_path, b->model_path) == 0;
}

DubMaskInputs *
dub_mask_inputs_ref (DubMaskInputs *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_mask_inputs_unref (DubMaskInputs *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->case_id);
  g_free (self->case_path);
  g_free (self->model_id);
  g_free (self->model_path);
  g_free (self->reference_path);
  g_free (self->modality);
  g_strfreev (self->classes);
  g_clear_pointer (&self->graph, dub_graph_unref);
  g_clear_pointer (&self->input, dub_tensor_unref);
  g_clear_pointer (&self->reference, dub_tensor_unref);
  g_clear_pointer (&self->displayed, dub_volume_unref);
  g_clear_pointer (&self->truth, dub_volume_unref);
  g_clear_pointer (&self->atlas, dub_atlas_unref);
  g_free (self);
}

/* The spatial extents that the network declares, -1 where they are free. */
static gboolean
network_extents (const DubGraph  *graph,
                 int64_t          extents[3],
                 GError         **error)
{
  for (int a = 0; a < 3; a++)
    extents[a] = -1;

  if (dub_graph_n_inputs (graph) != 1) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "%s has %d inputs; a mask needs a network with one.", graph->name, dub_graph_n_inputs (graph));
    return FALSE;
  }

  const DubGraphInput *input = dub_graph_input (graph, 0);

  if (!input->has_shape)
    return TRUE;
  if (input->shape.rank != 5) {
    g_autofree char *shape = dub_shape_to_string (&input->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "The input of %s has shape %s; a volume needs (N, 1, D, H, W).", graph->name, shape);
    return FALSE;
  }
  for (int a = 0; a < 3; a++)
    extents[a] = input->shape.dim[2 + a];

  return TRUE;
}

/* @volume on the grid of @grid, by reference where it is there already. */
static DubVolume *
on_grid (DubVolume        *volume,
         const DubVolume  *grid,
         DubRun           *run,
         GError          **error)
{
  if (dub_volume_same_space (volume, grid))
    return dub_volume_ref (volume);

  return dub_volume_resample (volume, grid->voxels->shape.dim, grid->affine, DUB_INTERPOLATION_NEAREST, 0.0f, run, error);
}

static DubAtlas *
atlas_on_grid (DubAtlas         *atlas,
               const DubVolume  *grid,
               DubRun           *run,
               GError          **error)
{
  if (dub_volume_same_space (atlas->labels, grid))
    return dub_atlas_ref (atlas);

  return dub_atlas_resample (atlas, grid, run, error);
}

DubMaskInputs *
dub_mask_inputs_with_atlas (const DubMaskInputs  *self,
                            DubAtlas             *atlas,
                            DubRun               *run,
                            GError              **error)
{
  g_autoptr (DubMaskInputs) copy = g_new0 (DubMaskInputs, 1);

  *copy = *self;
  g_atomic_ref_count_init (&copy->ref_count);
  copy->case_id = g_strdup (self->case_id);
  copy->case_path = g_strdup (self->case_path);
  copy->model_id = g_strdup (self->model_id);
  copy->model_path = g_strdup (self->model_path);
  copy->reference_path = g_strdup (self->reference_path);
  copy->classes = g_strdupv (self->classes);
  copy->modality = g_strdup (self->modality);
  copy->graph = dub_graph_ref (self->graph);
  copy->input = dub_tensor_ref (self->input);
  copy->reference = self->reference != NULL ? dub_tensor_ref (self->reference) : NULL;
  copy->displayed = dub_volume_ref (self->displayed);
  copy->truth = self->truth != NULL ? dub_volume_ref (self->truth) : NULL;
  copy->atlas = atlas_on_grid (atlas, self->displayed, run, error);
  if (copy->atlas == NULL)
    return NULL;

  return g_steal_pointer (&copy);
}

guint
dub_mask_count_classes (DubGraph       *graph,
                        const int64_t   shape[3],
                        DubRun         *run,
                        GError        **error)
{
  DubType type = { DUB_DTYPE_F32, DUB_SHAPE (1, 1, shape[0], shape[1], shape[2]) };
  DubPlanOptions options = { .memory_limit = dub_memory_limit () };
  g_autoptr (DubPlan) plan = dub_plan_new (graph, &type, &options, run, error);

  if (plan == NULL)
    return 0;

  const DubType *output = dub_plan_output_type (plan, 0);

  if (output->shape.rank != 2 || output->shape.dim[1] < 1) {
    g_autofree char *found = dub_shape_to_string (&output->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "The output of %s has shape %s; a classifier gives (N, C).", graph->name, found);
    return 0;
  }

  return (guint) output->shape.dim[1];
}

/* The reference goes the same way as the image. */
static gboolean
load_reference (DubMaskInputs         *self,
                const DubMaskRequest  *request,
                const int64_t          extents[3],
                DubRun                *run,
                GError               **error)
{
  g_autoptr (DubVolume) volume = dub_preprocess_load (&self->preprocess, request->reference_path, extents, error);
  g_autoptr (DubVolume) displayed = NULL;

  if (volume == NULL || !dub_preprocess (&self->preprocess, volume, extents, &self->reference, &displayed, run, error))
    return FALSE;
  if (!dub_shape_equal (&self->reference->shape, &self->input->shape)) {
    g_autofree char *found = dub_shape_to_string (&self->reference->shape);
    g_autofree char *expected = dub_shape_to_string (&self->input->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "%s has shape %s; a replacement needs that of the image, %s.",
                 request->reference_path, found, expected);
    return FALSE;
  }

  return TRUE;
}

static void
name_classes (DubMaskInputs        *self,
              const DubMaskRequest *request)
{
  guint n_known = g_strv_length (request->classes);

  self->classes = g_new0 (char *, self->n_classes + 1);
  for (guint i = 0; i < self->n_classes; i++)
    self->classes[i] = i < n_known ? g_strdup (request->classes[i]) : g_strdup_printf ("class %u", i);
}

DubMaskInputs *
dub_mask_inputs_load (const DubMaskRequest *request,
                      const DubMaskInputs  *previous,
                      DubRun               *run,
                      GError              **error)
{
  g_autoptr (DubMaskInputs) self = g_new0 (DubMaskInputs, 1);
  int64_t extents[3];

  g_atomic_ref_count_init (&self->ref_count);
  self->case_id = g_strdup (request->case_id);
  self->case_path = g_strdup (request->case_path);
  self->model_id = g_strdup (request->model_id);
  self->model_path = g_strdup (request->model_path);
  self->reference_path = g_strdup (request->reference_path);
  self->modality = g_strdup (request->modality);
  self->label = request->label;
  self->preprocess = request->preprocess;

  if (previous != NULL && g_strcmp0 (previous->model_path, request->model_path) == 0)
    self->graph = dub_graph_ref (previous->graph);
  else
    self->graph = dub_onnx_load (request->model_path, error);
  if (self->graph == NULL || dub_run_check_cancelled (run, error) || !network_extents (self->graph, extents, error))
    return NULL;

  g_autoptr (DubVolume) volume = dub_preprocess_load (&self->preprocess, request->case_path, extents, error);

  if (volume == NULL || dub_run_check_cancelled (run, error) ||
      !dub_preprocess (&self->preprocess, volume, extents, &self->input, &self->displayed, run, error) ||
      !dub_volume_range (self->displayed, &self->min, &self->max, error))
    return NULL;

  if (request->reference_path != NULL && !load_reference (self, request, extents, run, error))
    return NULL;

  if (request->truth_path != NULL) {
    g_autoptr (DubVolume) truth = dub_nifti_load (request->truth_path, error);

    if (truth == NULL || (self->truth = on_grid (truth, self->displayed, run, error)) == NULL)
      return NULL;
  }

  if (request->atlas != NULL) {
    if (previous != NULL && previous->atlas != NULL && g_strcmp0 (previous->atlas->name, request->atlas->name) == 0 &&
        dub_volume_same_space (previous->atlas->labels, self->displayed))
      self->atlas = dub_atlas_ref (previous->atlas);
    else
      self->atlas = atlas_on_grid (request->atlas, self->displayed, run, error);
    if (self->atlas == NULL)
      return NULL;
  }

  self->n_classes = previous != NULL && previous->graph == self->graph ? previous->n_classes
                                                                       : dub_mask_count_classes (self->graph, self->input->shape.dim, run, error);
  if (self->n_classes == 0)
    return NULL;
  name_classes (self, request);

  return g_steal_pointer (&self);
}

gboolean
dub_mask_inputs_is_grey_matter (const DubMaskInputs *self)
{
  return g_strcmp0 (self->modality, "grey-matter") == 0;
}
