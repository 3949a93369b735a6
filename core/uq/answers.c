#include "core/uq/answers.h"

#include "core/base/checked.h"
#include "core/stats/check.h"

#include <math.h>
#include <string.h>

/* What dub_answers_new allocates. */
typedef struct {
  float *logits;
  float *probabilities;
  float *features;
  float *mean;
  int   *predicted;
} Owned;

static void
owned_free (Owned *self)
{
  g_free (self->logits);
  g_free (self->probabilities);
  g_free (self->features);
  g_free (self->mean);
  g_free (self->predicted);
  g_free (self);
}

/* Which rows of the arrays are taken. */
typedef struct {
  const size_t *models; /* (nullable) [n_models] */
  const size_t *cases;  /* (nullable) [n_cases] */
  size_t        n_models, n_cases, n_total;
} Taken;

static float *
take (const Taken *taken,
      const float *from,
      size_t       row,
      GError     **error)
{
  size_t n;
  float *rows = NULL;

  if (dub_checked_mul (taken->n_models, taken->n_cases, &n) && dub_checked_mul (n, row, &n))
    rows = g_try_new (float, MAX (n, 1));
  if (rows == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "There is no memory for the answers of %zu networks to %zu cases, %zu numbers each.", taken->n_models,
                 taken->n_cases, row);
    return NULL;
  }

  for (size_t m = 0; m < taken->n_models; m++) {
    const float *model = from + (taken->models != NULL ? taken->models[m] : m) * taken->n_total * row;

    for (size_t i = 0; i < taken->n_cases; i++)
      memcpy (rows + (m * taken->n_cases + i) * row, model + (taken->cases != NULL ? taken->cases[i] : i) * row,
              row * sizeof (float));
  }

  return rows;
}

static gboolean
check_probabilities (const DubAnswers  *self,
                     GError           **error)
{
  for (size_t m = 0; m < self->n_models; m++)
    for (size_t i = 0; i < self->n_cases; i++) {
      const float *p = self->probabilities + (m * self->n_cases + i) * self->n_classes;
      double sum = 0.0;

      for (size_t c = 0; c < self->n_classes; c++) {
        if (!(p[c] >= 0.0f && p[c] <= 1.0f)) {
          g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                       "The probability of class %zu that network %zu gives case %zu is %g; expected a number from 0 to 1.", c,
                       m, i, (double) p[c]);
          return FALSE;
        }
        sum += (double) p[c];
      }
      if (fabs (sum - 1.0) > DUB_ROW_SUM_TOLERANCE) {
        g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                     "The probabilities that network %zu gives case %zu add up to %g; expected 1 (or are these logits?).", m, i,
                     sum);
        return FALSE;
      }
    }

  return TRUE;
}

static void
predict (const DubAnswers *self,
         const float      *mean,
         int              *predicted)
{
  for (size_t i = 0; i < self->n_cases; i++) {
    const float *p = mean + i * self->n_classes;

    predicted[i] = 0;
    for (size_t c = 1; c < self->n_classes; c++)
      if (p[c] > p[predicted[i]])
        predicted[i] = (int) c;
  }
}

static void
average (const DubAnswers *self,
         float            *mean,
         int              *predicted)
{
  size_t n = self->n_cases * self->n_classes;

  for (size_t k = 0; k < n; k++) {
    double sum = 0.0;

    for (size_t m = 0; m < self->n_models; m++)
      sum += (double) self->probabilities[m * n + k];
    mean[k] = (float) (sum / (double) self->n_models);
  }
  predict (self, mean, predicted);
}

DubAnswers *
dub_answers_new (const float   *logits,
                 const float   *probabilities,
                 const float   *features,
                 size_t         n_total,
                 size_t         n_classes,
                 size_t         n_features,
                 const size_t  *models,
                 size_t         n_models,
                 const size_t  *cases,
                 size_t         n_cases,
                 GError       **error)
{
  const Taken taken = { .models = models, .cases = cases, .n_models = n_models, .n_cases = n_cases, .n_total = n_total };

  if (n_cases == 0 || n_models == 0 || n_classes < 2) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "There are answers of %zu networks to %zu cases in %zu classes; expected at least one network, one case and "
                 "two classes.", n_models, n_cases, n_classes);
    return NULL;
  }

  g_autoptr (DubAnswers) self = g_new0 (DubAnswers, 1);
  Owned *owned = g_new0 (Owned, 1);

  self->owner = owned;
  self->n_models = n_models;
  self->n_cases = n_cases;
  self->n_classes = n_classes;
  if ((owned->probabilities = take (&taken, probabilities, n_classes, error)) == NULL ||
      (logits != NULL && (owned->logits = take (&taken, logits, n_classes, error)) == NULL) ||
      (features != NULL && n_features > 0 && (owned->features = take (&taken, features, n_features, error)) == NULL))
    return NULL;
  self->probabilities = owned->probabilities;
  self->logits = owned->logits;
  self->features = owned->features;
  self->n_features = owned->features != NULL ? n_features : 0;
  if (!check_probabilities (self, error))
    return NULL;

  owned->mean = g_new (float, n_cases * n_classes);
  owned->predicted = g_new (int, n_cases);
  average (self, owned->mean, owned->predicted);
  self->mean = owned->mean;
  self->predicted = owned->predicted;

  return g_steal_pointer (&self);
}

gboolean
dub_answers_recalibrate (DubAnswers              *self,
                         const DubRecalibration  *recalibration,
                         GError                 **error)
{
  g_autofree float *mean = g_new (float, self->n_cases * self->n_classes);

  if (!dub_recalibration_apply_mean (recalibration, self->mean, self->n_cases, self->n_classes, mean, error))
    return FALSE;

  Owned *owned = self->owner != NULL ? self->owner : g_new0 (Owned, 1);

  g_free (owned->mean);
  g_free (owned->predicted);
  owned->mean = g_steal_pointer (&mean);
  owned->predicted = g_new (int, self->n_cases);
  predict (self, owned->mean, owned->predicted);
  self->owner = owned;
  self->mean = owned->mean;
  self->predicted = owned->predicted;
  self->recalibrated = TRUE;

  return TRUE;
}

DubAnswers *
dub_answers_recalibrated (const DubAnswers        *self,
                          const DubRecalibration  *recalibration,
                          GError                 **error)
{
  g_autoptr (DubAnswers) copy = g_memdup2 (self, sizeof *self);

  copy->owner = NULL;

  return dub_answers_recalibrate (copy, recalibration, error) ? g_steal_pointer (&copy) : NULL;
}

void
dub_answers_free (DubAnswers *self)
{
  if (self == NULL)
    return;
  if (self->owner != NULL)
    owned_free (self->owner);
  g_free (self);
}
