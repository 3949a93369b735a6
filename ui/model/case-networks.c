#include "ui/model/case-networks.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "core/io/onnx.h"
#include "core/study/answers.h"
#include "core/study/classifier.h"
#include "core/study/evaluate.h"
#include "core/study/study-views.h"
#include "core/uq/estimator.h"
#include "ui/model/case-picture.h"

struct _DubCaseNetworks {
  gatomicrefcount ref_count;
  char           *folder;
  char           *family;
  DubDataset     *dataset;
  gboolean        loaded;
  DubStudy       *study;
  DubPrepare      prepare;     /* of all of them */
  GPtrArray      *ids;         /* of char * */
  GPtrArray      *graphs;      /* of DubGraph * */
  GPtrArray      *classifiers; /* of DubClassifier *, made for the first views */
};

static const DubHeatChoice CHOICES[] = {
  { "occlusion:score", DUB_HEATMAP_OCCLUSION, DUB_HEATMAP_OF_SCORE, TRUE, FALSE, N_("Occlusion of the score"),
    N_("How far the score falls when a square of the image is hidden: bright where the doubt comes from") },
  { "smoothgrad:entropy", DUB_HEATMAP_SMOOTHGRAD, DUB_HEATMAP_OF_ENTROPY, TRUE, FALSE, N_("SmoothGrad of the entropy"),
    N_("How the entropy changes with each pixel, averaged over noisy copies of the image") },
  { "gradient:entropy", DUB_HEATMAP_GRADIENT, DUB_HEATMAP_OF_ENTROPY, TRUE, FALSE, N_("Gradient of the entropy"),
    N_("How the entropy changes with each pixel") },
  { "gradcam-sd:probability", DUB_HEATMAP_GRADCAM_SD, DUB_HEATMAP_OF_PROBABILITY, TRUE, TRUE, N_("Where the networks disagree"),
    N_("Standard deviation over the networks of their Grad-CAM: where they look at different things") },
  { "occlusion:probability", DUB_HEATMAP_OCCLUSION, DUB_HEATMAP_OF_PROBABILITY, FALSE, FALSE, N_("Occlusion"),
    N_("How far the probability of the answer falls when a square of the image is hidden") },
  { "gradcam:probability", DUB_HEATMAP_GRADCAM, DUB_HEATMAP_OF_PROBABILITY, FALSE, FALSE, N_("Grad-CAM"),
    N_("Where the feature maps that speak for the answer are strong (Selvaraju et al. 2017)") },
  { "ig:probability", DUB_HEATMAP_INTEGRATED_GRADIENTS, DUB_HEATMAP_OF_PROBABILITY, FALSE, FALSE, N_("Integrated gradients"),
    N_("What each pixel adds to the answer on the way from a uniform image (Sundararajan et al. 2017)") },
  { "smoothgrad:probability", DUB_HEATMAP_SMOOTHGRAD, DUB_HEATMAP_OF_PROBABILITY, FALSE, FALSE, N_("SmoothGrad"),
    N_("How the answer changes with each pixel, averaged over noisy copies of the image (Smilkov et al. 2017)") },
  { "input-gradient:probability", DUB_HEATMAP_INPUT_GRADIENT, DUB_HEATMAP_OF_PROBABILITY, FALSE, FALSE, N_("Input × gradient"),
    N_("How the answer changes with each pixel, times the pixel") },
  { "gradient:probability", DUB_HEATMAP_GRADIENT, DUB_HEATMAP_OF_PROBABILITY, FALSE, FALSE, N_("Gradient"),
    N_("How the answer changes with each pixel") },
  { "mask:probability", DUB_HEATMAP_MASK, DUB_HEATMAP_OF_PROBABILITY, FALSE, FALSE, N_("Meaningful-perturbation mask"),
    N_("The smallest, smoothest change of the image that takes the answer away") },
};

const DubHeatChoice *
dub_heat_choices (size_t *n)
{
  *n = G_N_ELEMENTS (CHOICES);

  return CHOICES;
}

const DubHeatChoice *
dub_heat_choice_find (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (CHOICES); i++)
    if (g_strcmp0 (CHOICES[i].id, id) == 0)
      return &CHOICES[i];

  return &CHOICES[0];
}

/* --- loading --- */

DubCaseNetworks *
dub_case_networks_new (const char *folder,
                       const char *family,
                       DubDataset *dataset)
{
  DubCaseNetworks *self = g_new0 (DubCaseNetworks, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->folder = g_strdup (folder);
  self->family = g_strdup (family);
  self->dataset = dub_dataset_ref (dataset);
  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->graphs = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_graph_unref);
  self->classifiers = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_classifier_free);

  return self;
}

DubCaseNetworks *
dub_case_networks_ref (DubCaseNetworks *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_case_networks_unref (DubCaseNetworks *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->classifiers);
  g_ptr_array_unref (self->graphs);
  g_ptr_array_unref (self->ids);
  g_clear_pointer (&self->study, dub_study_unref);
  dub_dataset_unref (self->dataset);
  g_free (self->folder);
  g_free (self->family);
  g_free (self);
}

static gboolean
same_preparation (const DubPrepare *a,
                  const DubPrepare *b)
{
  g_autofree char *left = dub_prepare_describe (a), *right = dub_prepare_describe (b);

  return strcmp (left, right) == 0;
}

/* The networks that read the cases as the first one does: only these can be asked about one prepared case. */
static gboolean
load (DubCaseNetworks  *self,
      DubRun           *run,
      GError          **error)
{
  if (self->loaded)
    return TRUE;

  g_autoptr (DubStudy) study = dub_study_load (self->folder, error);

  if (study == NULL)
    return FALSE;
  g_ptr_array_set_size (self->ids, 0);
  g_ptr_array_set_size (self->graphs, 0);

  g_auto (GStrv) ids = dub_study_family_models (study, self->family);

  for (guint i = 0; ids[i] != NULL; i++) {
    const DubStudyModel *model = dub_study_find_model (study, ids[i]);
    DubGraph *graph;

    if (model == NULL || model->prepare == NULL || g_str_has_suffix (model->path, ".npz"))
      continue;
    if (self->graphs->len > 0 && !same_preparation (&self->prepare, model->prepare))
      continue;
    if (dub_run_check_cancelled (run, error))
      return FALSE;
    graph = dub_onnx_load (model->path, error);
    if (graph == NULL)
      return FALSE;
    self->prepare = *model->prepare;
    g_ptr_array_add (self->graphs, graph);
    g_ptr_array_add (self->ids, g_strdup (model->id));
  }
  if (self->graphs->len == 0) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                         _("Only the outputs of these networks were imported: looking at changed images needs the networks themselves."));
    return FALSE;
  }
  if (study->data != NULL && study->data->dataset == NULL)
    study->data->dataset = dub_dataset_ref (self->dataset);
  self->study = g_steal_pointer (&study);
  self->loaded = TRUE;

  return TRUE;
}

/* --- heatmaps --- */

/* A score of answers that neither has to be fitted nor looks at more than the image. */
static const DubEstimator *
choose_score (const char *id,
              size_t      n_networks)
{
  const DubEstimator *wanted = id != NULL ? dub_estimator_find (id) : NULL;

  if (wanted != NULL && wanted->fit == NULL && wanted->views < 0 && (wanted->needs & ~(guint) (DUB_NEEDS_LOGITS | DUB_NEEDS_MODELS)) == 0
      && (n_networks > 1 || (wanted->needs & DUB_NEEDS_MODELS) == 0))
    return wanted;

  return dub_estimator_find (n_networks > 1 ? "ensemble-sd" : "entropy");
}

typedef struct {
  const DubEstimator     *estimator;
  const DubRecalibration *recalibration; /* (nullable) of the family's answers */
} Scoring;

static gboolean
score_cb (const DubAnswers  *answers,
          double            *scores,
          gpointer           user_data,
          DubRun            *run,
          GError           **error)
{
  const Scoring *scoring = user_data;
  const DubEstimatorOptions options = DUB_ESTIMATOR_DEFAULT;
  g_autoptr (DubAnswers) mapped =
    scoring->recalibration != NULL ? dub_answers_recalibrated (answers, scoring->recalibration, error) : NULL;

  if (scoring->recalibration != NULL && mapped == NULL)
    return FALSE;

  return scoring->estimator->score (NULL, &options, mapped != NULL ? mapped : answers, scores, run, error);
}

/* The class that the window shows as the answer, which a recorded recalibration may have changed; -1 leaves it to the networks. */
static gboolean
find_answer (DubCaseNetworks  *self,
             DubTensor        *image,
             int              *answer,
             DubRun           *run,
             GError          **error)
{
  g_autofree double *mean = NULL;

  *answer = -1;
  if (dub_study_get_recalibration (self->study, self->family) == NULL)
    return TRUE;
  if (dub_heatmap_answer ((DubGraph *const *) self->graphs->pdata, self->graphs->len, image, &mean, run, error) < 0)
    return FALSE;
  *answer = (int) dub_study_answer (self->study, self->family, mean, self->study->classes->len);

  return TRUE;
}

/* The map of a volume whose axes were turned for the network, turned back. */
static gboolean
turn_back (DubCaseNetworks  *self,
           DubHeatmap       *heat,
           GError          **error)
{
  const int axes[] = { 2, 1, 0 };

  if (self->prepare.n_axes != 3 || !self->prepare.kji || heat->map->shape.rank != 3)
    return TRUE;

  g_autoptr (DubTensor) turned = dub_tensor_permute (heat->map, axes, error);
  g_autoptr (DubTensor) own = turned != NULL ? dub_tensor_copy (turned, error) : NULL;

  if (own == NULL)
    return FALSE;
  dub_tensor_unref (heat->map);
  heat->map = g_steal_pointer (&own);

  return TRUE;
}

DubCaseHeat *
dub_case_networks_heat (DubCaseNetworks      *self,
                        guint                 index,
                        const DubHeatChoice  *choice,
                        const char           *score_id,
                        DubRun               *run,
                        GError              **error)
{
  if (!load (self, run, error))
    return NULL;

  DubShape shape = dub_prepare_shape (&self->prepare), batch = { .rank = shape.rank + 1, .dim = { 1 } };
  DubHeatmapOptions options;
  Scoring scoring = {
    .estimator = choose_score (score_id, self->graphs->len),
    .recalibration = dub_study_get_recalibration (self->study, self->family),
  };
  g_autoptr (DubTensor) image = NULL;
  g_autoptr (DubCaseHeat) result = g_new0 (DubCaseHeat, 1);

  memcpy (batch.dim + 1, shape.dim, (gsize) shape.rank * sizeof shape.dim[0]);
  image = dub_tensor_new (DUB_DTYPE_F32, batch, error);
  if (image == NULL || !dub_prepare_case (&self->prepare, self->dataset, index, dub_tensor_f32 (image), error))
    return NULL;
  dub_heatmap_options_init (&options, choice->kind, self->prepare.n_axes);
  options.of = choice->of;
  if (choice->of == DUB_HEATMAP_OF_SCORE) {
    options.score = score_cb;
    options.score_data = &scoring;
    result->score = g_strdup (scoring.estimator->title);
  } else if (choice->of != DUB_HEATMAP_OF_ENTROPY && !find_answer (self, image, &options.class_index, run, error)) {
    return NULL;
  }
  result->choice = choice;
  result->index = index;
  result->heat = dub_heatmap_run (&options, (DubGraph *const *) self->graphs->pdata, self->graphs->len, image, run, error);
  if (result->heat == NULL || !turn_back (self, result->heat, error))
    return NULL;

  return g_steal_pointer (&result);
}

void
dub_case_heat_free (DubCaseHeat *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->heat, dub_heatmap_free);
  g_free (self->score);
  g_free (self);
}

/* --- views --- */

static gboolean
make_classifiers (DubCaseNetworks  *self,
                  DubRun           *run,
                  GError          **error)
{
  DubShape shape = dub_prepare_shape (&self->prepare);
  const DubClassifierOptions options = { .n_classes = self->study->classes->len, .batch = DUB_N_CASE_VIEWS };

  while (self->classifiers->len < self->graphs->len) {
    guint i = self->classifiers->len;
    DubClassifier *classifier = dub_classifier_new_for_graph (g_ptr_array_index (self->ids, i), g_ptr_array_index (self->graphs, i),
                                                              &shape, &options, run, error);

    if (classifier == NULL)
      return FALSE;
    g_ptr_array_add (self->classifiers, classifier);
  }

  return TRUE;
}

/* Adds the softmax of @logits to @p. */
static void
add_softmax (const float *logits,
             size_t       n_classes,
             double      *p)
{
  double top = (double) logits[0], sum = 0.0;

  for (size_t c = 1; c < n_classes; c++)
    top = MAX (top, (double) logits[c]);
  for (size_t c = 0; c < n_classes; c++)
    sum += exp ((double) logits[c] - top);
  for (size_t c = 0; c < n_classes; c++)
    p[c] += exp ((double) logits[c] - top) / sum;
}

/* The score is the spread of what the networks say; the answer beside each view is the family's. */
static void
finish_views (DubCaseViews    *self,
              const DubStudy  *study,
              const char      *family,
              double          *p,
              size_t           n_networks,
              size_t           n_classes)
{
  g_autofree double *mapped = g_new (double, n_classes);

  for (guint v = 0; v < self->n_views; v++) {
    for (size_t c = 0; c < n_classes; c++)
      p[v * n_classes + c] /= (double) n_networks;
    memcpy (mapped, p + v * n_classes, n_classes * sizeof *mapped);
    self->view[v].answer = (int) dub_study_answer (study, family, mapped, n_classes);
    self->view[v].probability = mapped[self->view[v].answer];
  }
  for (size_t c = 0; c < n_classes; c++) {
    double mean = 0.0, squares = 0.0;

    for (guint v = 0; v < self->n_views; v++)
      mean += p[v * n_classes + c] / self->n_views;
    for (guint v = 0; v < self->n_views; v++)
      squares += pow (p[v * n_classes + c] - mean, 2.0) / self->n_views;
    self->sd += sqrt (squares) / (double) n_classes;
  }
}

DubCaseViews *
dub_case_networks_views (DubCaseNetworks  *self,
                         guint             index,
                         DubRun           *run,
                         GError          **error)
{
  if (!load (self, run, error) || !make_classifiers (self, run, error))
    return NULL;

  const DubViewsOptions options = { .kind = DUB_VIEWS_TTA, .n_views = DUB_N_CASE_VIEWS };
  DubShape shape = dub_prepare_shape (&self->prepare);
  size_t n_elements = dub_shape_n_elements (&shape), n_classes = self->study->classes->len, bad;
  g_autofree float *cases = g_new (float, DUB_N_CASE_VIEWS * n_elements), *logits = g_new (float, DUB_N_CASE_VIEWS * n_classes);
  g_autofree double *p = g_new0 (double, DUB_N_CASE_VIEWS * n_classes);
  g_autoptr (DubCaseViews) views = g_new0 (DubCaseViews, 1);

  views->index = index;
  for (guint v = 0; v < DUB_N_CASE_VIEWS; v++) {
    g_autoptr (DubTensor) image = dub_study_view_image (self->study, g_ptr_array_index (self->ids, 0), index, &options, v,
                                                        &views->view[v].words, error);

    if (image == NULL || dub_run_check_cancelled (run, error))
      return NULL;
    views->n_views = v + 1;
    memcpy (cases + v * n_elements, dub_tensor_f32 (image), n_elements * sizeof (float));
    views->view[v].picture = dub_tensor_picture (image, self->dataset->kind, DUB_VIEW_SIDE);
  }
  for (guint m = 0; m < self->classifiers->len; m++) {
    if (!dub_classifier_run (g_ptr_array_index (self->classifiers, m), cases, DUB_N_CASE_VIEWS, logits, NULL, &bad, run, error))
      return NULL;
    for (guint v = 0; v < DUB_N_CASE_VIEWS; v++)
      add_softmax (logits + v * n_classes, n_classes, p + v * n_classes);
  }
  finish_views (views, self->study, self->family, p, self->classifiers->len, n_classes);

  return g_steal_pointer (&views);
}

void
dub_case_views_free (DubCaseViews *self)
{
  if (self == NULL)
    return;
  for (guint v = 0; v < DUB_N_CASE_VIEWS; v++) {
    g_clear_pointer (&self->view[v].picture, g_bytes_unref);
    g_free (self->view[v].words);
  }
  g_free (self);
}
