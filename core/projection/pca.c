#include "core/projection/pca-private.h"

#include "core/base/parallel.h"
#include "core/projection/feature-rows.h"

#include <math.h>
#include <string.h>

/* Cases of a piece, features of a piece. */
enum { N_CASES = 256, N_COLUMNS = 64 };

void
dub_pca_free (DubPca *self)
{
  if (self == NULL)
    return;
  g_free (self->mean);
  g_free (self->scale);
  g_free (self->components);
  g_free (self->variance);
  g_free (self);
}

void
_dub_pca_standardize (const DubPca *self,
                      const float  *features,
                      double       *out)
{
  for (size_t f = 0; f < self->n_features; f++)
    out[f] = (double) features[f] - self->mean[f];
  if (self->scale != NULL)
    for (size_t f = 0; f < self->n_features; f++)
      out[f] /= self->scale[f];
}

/* --- mean and variance --- */

typedef struct {
  DubPca      *pca;
  const float *features;
  double      *variance; /* [F] divisor N */
} Moments;

/* Two passes over some columns: the second is free of cancellation. */
static void
moments_piece (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  const Moments *moments = user_data;
  const DubPca *pca = moments->pca;
  size_t first = piece * N_COLUMNS, last = MIN (first + N_COLUMNS, pca->n_features);

  for (size_t i = 0; i < pca->n_fit; i++)
    for (size_t f = first; f < last; f++)
      pca->mean[f] += (double) moments->features[i * pca->n_features + f];
  for (size_t f = first; f < last; f++)
    pca->mean[f] /= (double) pca->n_fit;
  for (size_t i = 0; i < pca->n_fit; i++)
    for (size_t f = first; f < last; f++) {
      double x = (double) moments->features[i * pca->n_features + f] - pca->mean[f];

      moments->variance[f] += x * x;
    }
  for (size_t f = first; f < last; f++)
    moments->variance[f] /= (double) pca->n_fit;
}

/* A constant's mean may miss it by a rounding error, so equality is asked of the numbers themselves. */
static gboolean
is_constant (const float *features,
             size_t       n_cases,
             size_t       n_features,
             size_t       feature)
{
  for (size_t i = 1; i < n_cases; i++)
    if (features[i * n_features + feature] != features[feature])
      return FALSE;

  return TRUE;
}

static gboolean
find_moments (DubPca       *self,
              const float  *features,
              gboolean      standardize,
              DubRun       *run,
              GError      **error)
{
  g_autofree double *variance = g_new0 (double, self->n_features);
  Moments moments = { self, features, variance };
  double unbiased = (double) self->n_fit / (double) (self->n_fit - 1);

  if (!dub_parallel_for (run, (self->n_features + N_COLUMNS - 1) / N_COLUMNS, moments_piece, &moments, error))
    return FALSE;
  for (size_t f = 0; f < self->n_features; f++) {
    gboolean constant = is_constant (features, self->n_fit, self->n_features, f);

    if (constant) {
      self->mean[f] = (double) features[f];
      variance[f] = 0.0;
      self->n_constant++;
    }
    if (self->scale != NULL) {
      self->scale[f] = variance[f] > 0.0 ? sqrt (variance[f]) : 1.0;
      variance[f] = constant ? 0.0 : 1.0;
    }
    self->total_variance += variance[f] * unbiased;
  }
  if (self->n_constant == self->n_features) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                 "All %zu features are the same in all %zu cases: there is nothing to project; take another layer or network, or "
                 "look whether one case was repeated.", self->n_features,
                 self->n_fit);
    return FALSE;
  }
  if (self->n_constant > 0)
    dub_run_log (run, "%zu of %zu features are the same in all cases and say nothing about them.", self->n_constant,
                 self->n_features);

  return TRUE;
}

static gboolean
check_options (size_t                n_cases,
               const DubPcaOptions  *options,
               GError              **error)
{
  if (n_cases < 2) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_SHAPE, "Principal components need at least two cases.");
    return FALSE;
  }
  if (options->n_components == 0 && !(options->explained > 0.0 && options->explained <= 1.0)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The share of the variance to keep is %g, expected above 0 and at most 1.", options->explained);
    return FALSE;
  }

  return TRUE;
}

DubPca *
dub_pca_fit (const float          *features,
             size_t                n_cases,
             size_t                n_features,
             const DubPcaOptions  *options,
             DubRun               *run,
             GError              **error)
{
  g_return_val_if_fail (features != NULL && options != NULL, NULL);

  if (!dub_features_check ("The features", features, n_cases, n_features, error)
      || !check_options (n_cases, options, error))
    return NULL;

  g_autoptr (DubPca) self = g_new0 (DubPca, 1);

  self->n_fit = n_cases;
  self->n_features = n_features;
  self->mean = g_new0 (double, n_features);
  if (options->standardize)
    self->scale = g_new0 (double, n_features);
  if (!find_moments (self, features, options->standardize, run, error)
      || !_dub_pca_components (self, features, options, run, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* --- transform --- */

typedef struct {
  const DubPca *pca;
  const float  *features;
  size_t        n_cases;
  float        *out;
} Transform;

static void
transform_piece (size_t   piece,
                 guint    thread,
                 gpointer user_data)
{
  const Transform *transform = user_data;
  const DubPca *pca = transform->pca;
  size_t n_features = pca->n_features, n_components = pca->n_components;
  g_autofree double *x = g_new (double, n_features);

  /* Not a matrix product: the library's order of sums depends on how many cases there are. */
  for (size_t i = piece * N_CASES; i < MIN ((piece + 1) * N_CASES, transform->n_cases); i++) {
    _dub_pca_standardize (pca, transform->features + i * n_features, x);
    for (size_t k = 0; k < n_components; k++)
      transform->out[i * n_components + k] = (float) dub_features_dot (x, pca->components + k * n_features, n_features);
  }
}

gboolean
dub_pca_transform (const DubPca  *self,
                   const float   *features,
                   size_t         n_cases,
                   float         *out,
                   DubRun        *run,
                   GError       **error)
{
  g_return_val_if_fail (self != NULL && features != NULL && out != NULL, FALSE);

  Transform transform = { self, features, n_cases, out };

  if (!dub_features_check ("The features", features, n_cases, self->n_features, error))
    return FALSE;

  return dub_parallel_for (run, (n_cases + N_CASES - 1) / N_CASES, transform_piece, &transform, error);
}
