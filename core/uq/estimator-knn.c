/* Distance to the nearest training cases in latent space: of all, or of those of the class that was answered.
 *
 * Letters: N cases, C classes, F features. The latent space of a network is the input of its last dense layer.
 *   knn-all    all features, standardised on the training cases, components of 80 % of the variance
 *   knn-shap   for each class the 50 features that say most about its logit (linear-attribution.h), on the training cases of that
 *              class; a case is measured in the space of the class that the family answers, never of its label
 * Source: 000, its pages on KNNall and KNNshap.
 */
#include "core/uq/estimator-private.h"

#include "core/projection/feature-rows.h"
#include "core/uq/latent-space.h"
#include "core/uq/linear-attribution.h"

/* The networks whose features are read, and their spaces: one each, or one for each class. */
typedef struct {
  size_t           n_models, n_features;
  size_t          *models;    /* [n_models] */
  size_t           n_spaces;  /* of a network: 1 or C */
  DubLatentSpace **space;     /* (n_models, n_spaces) */
  size_t           n_without; /* classes whose training cases are too few, or all alike, to span a space: all serve instead */
} Spaces;

void
_dub_knn_free (gpointer fitted)
{
  Spaces *self = fitted;

  if (self == NULL)
    return;
  for (size_t k = 0; k < self->n_models * self->n_spaces; k++)
    dub_latent_space_free (self->space[k]);
  g_free (self->space);
  g_free (self->models);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Spaces, _dub_knn_free)

static Spaces *
spaces_new (const DubFitting *fitting,
            size_t            n_spaces)
{
  Spaces *self = g_new0 (Spaces, 1);

  self->n_features = fitting->training->n_features;
  self->models = _dub_estimator_models (fitting, &self->n_models);
  self->n_spaces = n_spaces;
  self->space = g_new0 (DubLatentSpace *, self->n_models * n_spaces);

  return self;
}

static gboolean
check_options (const DubEstimatorOptions  *options,
               GError                    **error)
{
  if (options->n_neighbours > 0 && options->variance > 0.0 && options->variance <= 1.0)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
               "%u neighbours in a space of %g of the variance were asked for; expected at least 1, and a share above 0 and at "
               "most 1.", options->n_neighbours, options->variance);

  return FALSE;
}

DUB_ESTIMATOR_FIT (knn_all)
{
  const DubAnswers *training = fitting->training;

  if (!_dub_estimator_check_training ("KNN-all", fitting, error) || !check_options (options, error))
    return NULL;

  g_autoptr (Spaces) self = spaces_new (fitting, 1);

  for (size_t m = 0; m < self->n_models; m++) {
    const float *features = training->features + self->models[m] * training->n_cases * training->n_features;

    self->space[m] = dub_latent_space_new (features, training->n_cases, training->n_features, NULL, 0, NULL, 0, options->variance,
                                           run, error);
    if (self->space[m] == NULL)
      return NULL;
  }

  return g_steal_pointer (&self);
}

/* The training cases of each class: @members [C][...] in one array, @first [C + 1]. */
static void
group_by_class (const int *labels,
                size_t     n_cases,
                size_t     n_classes,
                size_t    *members,
                size_t    *first)
{
  size_t n = 0;

  for (size_t c = 0; c < n_classes; c++) {
    first[c] = n;
    for (size_t i = 0; i < n_cases; i++)
      if ((size_t) labels[i] == c)
        members[n++] = i;
  }
  first[n_classes] = n;
}

static DubLatentSpace *
class_space (Spaces              *self,
             const float         *features,
             size_t               n_cases,
             const size_t        *members,
             size_t               n_members,
             const size_t        *columns,
             size_t               n_columns,
             double               variance,
             DubRun              *run,
             GError             **error)
{
  g_autoptr (GError) alike = NULL;

  if (n_members >= 2) {
    DubLatentSpace *space = dub_latent_space_new (features, n_cases, self->n_features, members, n_members, columns, n_columns,
                                                  variance, run, &alike);

    if (space != NULL)
      return space;
    if (g_error_matches (alike, DUB_ERROR, DUB_ERROR_CANCELLED)) {
      g_propagate_error (error, g_steal_pointer (&alike));
      return NULL;
    }
  }
  self->n_without++;

  return dub_latent_space_new (features, n_cases, self->n_features, NULL, 0, columns, n_columns, variance, run, error);
}

static gboolean
check_shap (const DubFitting           *fitting,
            const DubEstimatorOptions  *options,
            GError                    **error)
{
  if (!_dub_estimator_check_training ("KNN-shap", fitting, error) || !check_options (options, error))
    return FALSE;
  if (fitting->calibration == NULL || fitting->final_layer == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "KNN-shap chooses features by the last dense layer on the calibration cases, and there is no %s.",
                 fitting->calibration == NULL ? "calibration case" : "such layer");
    return FALSE;
  }
  if (options->n_top_features == 0) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "KNN-shap was asked for 0 features; expected at least 1.");
    return FALSE;
  }

  return _dub_estimator_check_features ("KNN-shap", fitting->calibration, fitting->training->n_features, error) &&
         _dub_estimator_check_labels ("training", fitting->training, fitting->training_labels, error);
}

DUB_ESTIMATOR_FIT (knn_shap)
{
  const DubAnswers *training = fitting->training, *calibration = fitting->calibration;

  if (!check_shap (fitting, options, error))
    return NULL;

  size_t n_features = training->n_features, n_classes = training->n_classes;
  size_t n_top = MIN (options->n_top_features, n_features);
  g_autoptr (Spaces) self = spaces_new (fitting, n_classes);
  g_autofree size_t *members = g_new (size_t, training->n_cases);
  g_autofree size_t *first = g_new (size_t, n_classes + 1);
  g_autofree size_t *top = g_new (size_t, n_top);
  g_autofree double *mean = g_new (double, n_features);
  g_autofree double *deviation = g_new (double, n_features);

  group_by_class (fitting->training_labels, training->n_cases, n_classes, members, first);
  for (size_t m = 0; m < self->n_models; m++) {
    const float *features = training->features + self->models[m] * training->n_cases * n_features;
    const float *reference = calibration->features + self->models[m] * calibration->n_cases * n_features;

    dub_linear_mean (reference, calibration->n_cases, n_features, mean);
    dub_linear_deviation (reference, mean, calibration->n_cases, n_features, deviation);
    for (size_t c = 0; c < n_classes; c++) {
      dub_linear_top (fitting->final_layer[self->models[m]].weight + c * n_features, deviation, n_features, n_top, top);

      DubLatentSpace *space = class_space (self, features, training->n_cases, members + first[c], first[c + 1] - first[c], top,
                                           n_top, options->variance, run, error);

      if (space == NULL)
        return NULL;
      self->space[m * n_classes + c] = space;
    }
  }

  return g_steal_pointer (&self);
}

/* Cases by the space they are measured in: all in the only one, or in that of their answer. */
static void
group_by_space (const Spaces     *self,
                const DubAnswers *cases,
                size_t           *members,
                size_t           *first)
{
  if (self->n_spaces > 1) {
    group_by_class (cases->predicted, cases->n_cases, self->n_spaces, members, first);
    return;
  }
  for (size_t i = 0; i < cases->n_cases; i++)
    members[i] = i;
  first[0] = 0;
  first[1] = cases->n_cases;
}

/* Of both. */
DUB_ESTIMATOR_SCORE (knn)
{
  const Spaces *self = fitted;

  if (!_dub_estimator_check_features ("KNN", cases, self->n_features, error))
    return FALSE;

  g_autofree size_t *members = g_new (size_t, cases->n_cases);
  g_autofree size_t *first = g_new (size_t, self->n_spaces + 1);
  g_autofree double *distances = g_new (double, cases->n_cases);

  group_by_space (self, cases, members, first);
  for (size_t i = 0; i < cases->n_cases; i++)
    scores[i] = 0.0;
  for (size_t m = 0; m < self->n_models; m++) {
    const float *features = cases->features + self->models[m] * cases->n_cases * self->n_features;

    /* Here, where cases still have their own numbers. */
    if (!dub_features_check ("The features", features, cases->n_cases, self->n_features, error))
      return FALSE;
    for (size_t s = 0; s < self->n_spaces; s++)
      if (first[s + 1] > first[s] &&
          !dub_latent_space_distances (self->space[m * self->n_spaces + s], features, members + first[s], first[s + 1] - first[s],
                                       cases->reference, options->n_neighbours, distances, run, error))
        return FALSE;
    for (size_t i = 0; i < cases->n_cases; i++)
      scores[i] += distances[i] / (double) self->n_models;
  }

  return _dub_estimator_check ("KNN", scores, cases->n_cases, error);
}

char *
_dub_knn_describe (gconstpointer fitted)
{
  const Spaces *self = fitted;
  const DubLatentSpace *space = self->space[0];
  g_autoptr (GString) words = g_string_new (NULL);

  if (self->n_spaces == 1) {
    g_string_append_printf (words, "%zu components of %zu features of %zu training cases", space->pca->n_components,
                            space->n_columns, space->n_members);
  } else {
    g_string_append_printf (words, "components by class:");
    for (size_t c = 0; c < self->n_spaces; c++)
      g_string_append_printf (words, "%s %zu", c > 0 ? "," : "", self->space[c]->pca->n_components);
    g_string_append_printf (words, " of %zu features each", space->n_columns);
  }
  if (self->n_models > 1)
    g_string_append_printf (words, "; mean over %zu networks, each in its own space (the first is described)", self->n_models);
  if (self->n_without > 0)
    g_string_append_printf (words, "; %zu of them not of their class, which has no two different training cases, but of all",
                            self->n_without);

  return g_string_free (g_steal_pointer (&words), FALSE);
}
