#include "core/study/segment-case.h"

#include "core/io/file.h"
#include "core/io/nifti.h"
#include "dub-config.h"

#include <math.h>
#include <string.h>

/* D, H, W that the network declares, -1 = free. */
static gboolean
declared_extents (const DubGraph *graph,
                  int64_t         extents[3],
                  GError        **error)
{
  const DubGraphInput *input = dub_graph_n_inputs (graph) == 1 ? dub_graph_input (graph, 0) : NULL;

  if (input == NULL || (input->has_shape && input->shape.rank != 5)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "The network %s does not read a volume; expected one input (N, 1, D, H, W).",
                 graph->name);
    return FALSE;
  }
  for (int a = 0; a < 3; a++)
    extents[a] = input->has_shape ? input->shape.dim[a + 2] : -1;

  return TRUE;
}

typedef struct {
  DubTensor     **inputs;    /* [n_models] (D, H, W) */
  DubVolume      *displayed; /* the network's grid */
  size_t          n;
} Inputs;

static void
inputs_clear (Inputs *self)
{
  for (size_t m = 0; m < self->n; m++)
    g_clear_pointer (&self->inputs[m], dub_tensor_unref);
  g_free (self->inputs);
  g_clear_pointer (&self->displayed, dub_volume_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Inputs, inputs_clear)

static gboolean
load_inputs (Inputs               *self,
             DubGraph *const      *models,
             const DubPreprocess  *preprocess,
             size_t                n_models,
             const char           *path,
             DubVolume           **volume,
             DubRun               *run,
             GError              **error)
{
  self->inputs = g_new0 (DubTensor *, n_models);
  self->n = n_models;
  for (size_t m = 0; m < n_models; m++) {
    int64_t extents[3];
    g_autoptr (DubVolume) displayed = NULL;

    if (!declared_extents (models[m], extents, error))
      return FALSE;
    if (*volume == NULL)
      *volume = dub_preprocess_load (&preprocess[m], path, extents, error);
    if (*volume == NULL ||
        !dub_preprocess (&preprocess[m], *volume, extents, &self->inputs[m], &displayed, run, error))
      return FALSE;
    if (preprocess[m].axes != preprocess[0].axes || preprocess[m].fit != preprocess[0].fit) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The networks read their axes in different orders, or fit the volume differently.");
      return FALSE;
    }
    if (m == 0)
      self->displayed = g_steal_pointer (&displayed);
  }

  return TRUE;
}

/* Numbers on the network's grid, where the file's own voxels are. */
static DubVolume *
bring_back (const DubPreprocess *preprocess,
            DubTensor           *numbers,
            const Inputs        *inputs,
            DubVolume           *volume,
            gboolean             labels,
            DubRun              *run,
            GError             **error)
{
  g_autoptr (DubTensor) floats = dub_tensor_convert (numbers, DUB_DTYPE_F32, error);
  g_autoptr (DubVolume) here = floats != NULL ? dub_preprocess_back (preprocess, floats, inputs->displayed, error) : NULL;

  if (here == NULL || dub_volume_same_space (here, volume))
    return g_steal_pointer (&here);

  return dub_volume_resample (here, volume->voxels->shape.dim, volume->affine,
                              labels ? DUB_INTERPOLATION_NEAREST : DUB_INTERPOLATION_LINEAR, 0.0f, run, error);
}

static void
measure_volumes (DubSegmentCase  *self,
                 const DubVolume *grid)
{
  const DubSegmentation *s = self->segmentation;

  self->voxel_ml = fabs (grid->spacing[0] * grid->spacing[1] * grid->spacing[2]) / 1000.0;
  self->ml = g_new0 (double, s->n_classes);
  self->ml_low = g_new0 (double, s->n_classes);
  self->ml_high = g_new0 (double, s->n_classes);
  for (size_t c = 0; c < s->n_classes; c++) {
    self->ml[c] = self->voxel_ml * (double) s->count[c];
    self->ml_low[c] = INFINITY;
    for (size_t v = 0; v < s->n_models * s->n_views; v++) {
      double ml = self->voxel_ml * (double) s->view_count[v * s->n_classes + c];

      self->ml_low[c] = MIN (self->ml_low[c], ml);
      self->ml_high[c] = MAX (self->ml_high[c], ml);
    }
  }
}

DubSegmentCase *
dub_segment_case_run (DubGraph *const      *models,
                      const DubPreprocess  *preprocess,
                      size_t                n_models,
                      const char           *path,
                      const char           *views,
                      guint                 scores,
                      DubRun               *run,
                      GError              **error)
{
  g_autoptr (DubSegmentCase) self = g_new0 (DubSegmentCase, 1);
  g_auto (Inputs) inputs = { NULL };

  if (!load_inputs (&inputs, models, preprocess, n_models, path, &self->volume, run, error))
    return NULL;

  g_autoptr (GArray) list = dub_segment_views_parse (views, inputs.inputs[0]->shape.dim, error);

  if (list == NULL)
    return NULL;
  self->segmentation = dub_segment (models, inputs.inputs, n_models, list, scores, run, error);
  if (self->segmentation == NULL)
    return NULL;
  self->labels = bring_back (preprocess, self->segmentation->labels, &inputs, self->volume, TRUE, run, error);
  if (self->labels == NULL)
    return NULL;
  for (guint s = 0; s < DUB_N_SEGMENT_SCORES; s++)
    if (self->segmentation->map[s] != NULL) {
      self->map[s] = bring_back (preprocess, self->segmentation->map[s], &inputs, self->volume, FALSE, run, error);
      if (self->map[s] == NULL)
        return NULL;
      /* One map of 256³ is 64 MiB: nobody needs it twice. */
      g_clear_pointer (&self->segmentation->map[s], dub_tensor_unref);
    }
  g_clear_pointer (&self->segmentation->labels, dub_tensor_unref);
  measure_volumes (self, inputs.displayed);

  return g_steal_pointer (&self);
}

void
dub_segment_case_free (DubSegmentCase *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->volume, dub_volume_unref);
  g_clear_pointer (&self->labels, dub_volume_unref);
  for (guint s = 0; s < DUB_N_SEGMENT_SCORES; s++)
    g_clear_pointer (&self->map[s], dub_volume_unref);
  g_clear_pointer (&self->segmentation, dub_segmentation_free);
  g_free (self->ml);
  g_free (self->ml_low);
  g_free (self->ml_high);
  g_free (self);
}

/* The file's own grid, on which a person looks at the map; a coarser network's patch is a box of its millimetres there. */
DubSegmentSummary *
dub_segment_case_summary (const DubSegmentCase  *self,
                          DubSegmentScore        score,
                          double                 threshold,
                          int                    patch,
                          size_t                 n_patches,
                          DubSegmentPlace      **places,
                          DubRun                *run,
                          GError               **error)
{
  if (self->map[score] == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The score %s was not computed.", dub_segment_score_name (score));
    return NULL;
  }

  g_autoptr (DubTensor) labels = dub_tensor_convert (self->labels->voxels, DUB_DTYPE_U8, error);
  DubSegmentSummary *summary =
    labels != NULL
      ? dub_segment_summary_new (self->map[score]->voxels, labels, threshold, patch, n_patches, run, error) : NULL;

  if (summary == NULL)
    return NULL;
  *places = g_new0 (DubSegmentPlace, MAX (summary->n_patches, 1));
  for (size_t i = 0; i < summary->n_patches; i++) {
    DubSegmentPlace *place = &(*places)[i];
    double voxel[3];

    place->mean = summary->patches[i].mean;
    for (int a = 0; a < 3; a++) {
      place->voxel[a] = summary->patches[i].voxel[a];
      voxel[a] = (double) place->voxel[a];
    }
    dub_volume_voxel_to_world (self->volume, voxel, place->world);
  }

  return summary;
}

char *
dub_segment_case_note (DubSegmentScore       score,
                       const char           *views,
                       const char           *volume,
                       const char *const    *models,
                       const DubPreprocess  *preprocess,
                       size_t                n_models,
                       GError              **error)
{
  g_autofree char *hash = dub_file_sha256 (volume, error);

  if (hash == NULL)
    return NULL;

  g_autoptr (GString) text = g_string_new ("dubito " DUB_VERSION " segment");

  g_string_append_printf (text, "\nscore: %s\nviews: %s\nvolume: sha256 %s", dub_segment_score_name (score),
                          views != NULL && views[0] != '\0' ? views : "none", hash);
  for (size_t m = 0; m < n_models; m++) {
    g_autofree char *sum = dub_file_sha256 (models[m], error);

    if (sum == NULL)
      return NULL;
    g_string_append_printf (text, "\nmodel: sha256 %s axes %s scale %s fit %s", sum, dub_axes_name (preprocess[m].axes),
                            dub_scale_name (preprocess[m].scale), dub_fit_name (preprocess[m].fit));
  }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

gboolean
dub_segment_case_save_labels (const DubSegmentCase  *self,
                              const char            *path,
                              const char            *note,
                              GError               **error)
{
  return dub_nifti_save_with_note (self->labels, path, DUB_DTYPE_U8, "labels", note, error);
}

gboolean
dub_segment_case_save_map (const DubSegmentCase  *self,
                           DubSegmentScore        score,
                           const char            *path,
                           const char            *note,
                           GError               **error)
{
  if (self->map[score] == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The score %s was not computed.", dub_segment_score_name (score));
    return FALSE;
  }

  g_autofree char *what = g_strdup_printf ("uncertainty: %s", dub_segment_score_name (score));

  return dub_nifti_save_with_note (self->map[score], path, DUB_DTYPE_F32, what, note, error);
}
