/* Distance to the nearest class mean in latent space, in units of the spread that the classes share.
 *
 * Letters: N training cases, C classes, F features. Σ is the covariance of the training features around the mean of their class,
 * (1/N) Σ_i (x - μ_y)(x - μ_y)', shrunk to (1 - s) Σ + s tr Σ / F · I by Ledoit and Wolf's s, so that it can be inverted however
 * few cases there are. U = min_c sqrt ((x - μ_c)' Σ⁻¹ (x - μ_c)).
 * Sources: Lee et al. 2018; Ledoit & Wolf 2004 (divisor N, as scikit-learn's LedoitWolf with assume_centered).
 */
#include "core/uq/estimator-private.h"

#include "core/base/parallel.h"
#include "core/projection/cross-product.h"
#include "core/projection/feature-rows.h"
#include "core/uq/whiten.h"

#include <math.h>
#include <string.h>

/* Cases a piece of work, cases of a partial sum. */
enum { PER_PIECE = 64, BLOCK = 256, N_SUMS = 8 };

/* Of one network. */
typedef struct {
  size_t  model;
  double *whiten; /* [F][F] lower triangle: inverse of the Cholesky factor of the covariance */
  double *means;  /* (C, F) whitened */
  double  shrinkage;
} Gaussian;

typedef struct {
  size_t    n_models, n_classes, n_features;
  gboolean *known;     /* [C] whether training cases have this class */
  Gaussian *gaussian;  /* [n_models] */
} Mahalanobis;

void
_dub_mahalanobis_free (gpointer fitted)
{
  Mahalanobis *self = fitted;

  if (self == NULL)
    return;
  for (size_t m = 0; m < self->n_models; m++) {
    g_free (self->gaussian[m].whiten);
    g_free (self->gaussian[m].means);
  }
  g_free (self->gaussian);
  g_free (self->known);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Mahalanobis, _dub_mahalanobis_free)

/* --- fit --- */

typedef struct {
  const float  *features; /* (N, F) */
  const int    *labels;
  const double *means;    /* (C, F) */
  size_t        n_cases, n_features;
  double       *sum;      /* [N_SUMS][F][F] */
  double        fourth[N_SUMS]; /* Σ_i |x - μ|⁴ */
} Scatter;

/* Blocks @piece, @piece + N_SUMS, …: a fixed number of partial sums, however many threads. */
static void
scatter_piece_cb (size_t   piece,
                  guint    thread,
                  gpointer user_data)
{
  Scatter *self = user_data;
  size_t F = self->n_features;
  double *sum = self->sum + piece * F * F;
  g_autofree double *rows = g_new (double, BLOCK * F);

  for (size_t first = piece * BLOCK; first < self->n_cases; first += N_SUMS * BLOCK) {
    size_t n = MIN (BLOCK, self->n_cases - first);

    for (size_t i = 0; i < n; i++) {
      const double *mean = self->means + (size_t) self->labels[first + i] * F;
      double length = 0.0;

      for (size_t f = 0; f < F; f++) {
        rows[i * F + f] = (double) self->features[(first + i) * F + f] - mean[f];
        length += rows[i * F + f] * rows[i * F + f];
      }
      self->fourth[piece] += length * length;
    }
    dub_cross_product_add (rows, n, F, sum);
  }
}

static void
class_means (const float *features,
             const int   *labels,
             size_t       n_cases,
             size_t       n_features,
             size_t       n_classes,
             double      *means,
             gboolean    *known)
{
  g_autofree size_t *n = g_new0 (size_t, n_classes);

  memset (means, 0, n_classes * n_features * sizeof (double));
  for (size_t i = 0; i < n_cases; i++) {
    size_t c = (size_t) labels[i];

    n[c]++;
    for (size_t f = 0; f < n_features; f++)
      means[c * n_features + f] += (double) features[i * n_features + f];
  }
  for (size_t c = 0; c < n_classes; c++) {
    known[c] = n[c] > 0;
    for (size_t f = 0; f < n_features && known[c]; f++)
      means[c * n_features + f] /= (double) n[c];
  }
}

/* Divides the scatter by N and shrinks it in place. Returns s, or -1 where nothing varies. */
static double
shrink (double *covariance,
        double  fourth,
        size_t  n_cases,
        size_t  n_features)
{
  double n = (double) n_cases, F = (double) n_features;
  double trace = 0.0, squares = 0.0;

  for (size_t j = 0; j < n_features * n_features; j++) {
    covariance[j] /= n;
    squares += covariance[j] * covariance[j];
  }
  for (size_t f = 0; f < n_features; f++)
    trace += covariance[f * (n_features + 1)];
  if (!(trace > 0.0))
    return -1.0;

  double mu = trace / F;
  double delta = (squares - F * mu * mu) / F;
  double beta = MIN ((fourth / n - squares) / (n * F), delta);
  double s = beta > 0.0 && delta > 0.0 ? beta / delta : 0.0;

  for (size_t j = 0; j < n_features * n_features; j++)
    covariance[j] *= 1.0 - s;
  for (size_t f = 0; f < n_features; f++)
    covariance[f * (n_features + 1)] += s * mu;

  return s;
}

/* The lower triangle becomes the Cholesky factor L. FALSE: not positive definite, but for rounding. */
static gboolean
factorize (double *a,
           size_t  n)
{
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j <= i; j++) {
      double sum = a[i * n + j] - dub_features_dot (a + i * n, a + j * n, j);

      if (i == j && !(sum > 1e-12 * a[i * n + i]))
        return FALSE;
      a[i * n + j] = i == j ? sqrt (sum) : sum / a[j * n + j];
    }

  return TRUE;
}

/* L⁻¹, lower, by forward substitution of whole rows: row i of it is (e_i - Σ_{k<i} L_ik row k) / L_ii. */
static void
invert (const double *factor,
        size_t        n,
        double       *inverse)
{
  memset (inverse, 0, n * n * sizeof (double));
  for (size_t i = 0; i < n; i++) {
    double *row = inverse + i * n;

    row[i] = 1.0;
    for (size_t k = 0; k < i; k++) {
      const double *before = inverse + k * n;
      double weight = factor[i * n + k];

      for (size_t j = 0; j <= k; j++)
        row[j] -= weight * before[j];
    }
    for (size_t j = 0; j <= i; j++)
      row[j] /= factor[i * n + i];
  }
}

static gboolean
fit_model (Mahalanobis  *self,
           Gaussian     *gaussian,
           const float  *features,
           const int    *labels,
           size_t        n_cases,
           DubRun       *run,
           GError      **error)
{
  size_t F = self->n_features, C = self->n_classes;
  g_autofree double *means = g_new (double, C * F);
  g_autofree double *sum = g_new0 (double, N_SUMS * F * F);
  Scatter scatter = { .features = features, .labels = labels, .means = means, .n_cases = n_cases, .n_features = F, .sum = sum };

  class_means (features, labels, n_cases, F, C, means, self->known);
  if (!dub_parallel_for (run, N_SUMS, scatter_piece_cb, &scatter, error))
    return FALSE;
  for (size_t piece = 1; piece < N_SUMS; piece++) {
    for (size_t j = 0; j < F * F; j++)
      sum[j] += sum[piece * F * F + j];
    scatter.fourth[0] += scatter.fourth[piece];
  }
  dub_cross_product_mirror (sum, F);
  gaussian->shrinkage = shrink (sum, scatter.fourth[0], n_cases, F);
  /* Without shrinkage, of many cases, features that depend on each other still need a little. */
  for (size_t f = 0; f < F && gaussian->shrinkage >= 0.0; f++)
    sum[f * (F + 1)] *= 1.0 + 1e-9;
  if (gaussian->shrinkage < 0.0 || !factorize (sum, F)) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                         "The training features do not vary within their classes: there is no covariance to measure by.");
    return FALSE;
  }

  gaussian->whiten = g_new (double, F * F);
  gaussian->means = g_new (double, C * F);
  invert (sum, F, gaussian->whiten);
  for (size_t c = 0; c < C; c++)
    for (size_t f = 0; f < F; f++)
      gaussian->means[c * F + f] = dub_features_dot (gaussian->whiten + f * F, means + c * F, f + 1);

  return TRUE;
}

DUB_ESTIMATOR_FIT (mahalanobis)
{
  const DubAnswers *training = fitting->training;

  if (!_dub_estimator_check_training ("Mahalanobis", fitting, error) ||
      !_dub_estimator_check_labels ("training", training, fitting->training_labels, error) ||
      !dub_features_check ("The training features", training->features, training->n_models * training->n_cases,
                           training->n_features, error))
    return NULL;

  g_autoptr (Mahalanobis) self = g_new0 (Mahalanobis, 1);
  g_autofree size_t *models = _dub_estimator_models (fitting, &self->n_models);

  self->n_classes = training->n_classes;
  self->n_features = training->n_features;
  self->known = g_new0 (gboolean, self->n_classes);
  self->gaussian = g_new0 (Gaussian, self->n_models);
  for (size_t m = 0; m < self->n_models; m++) {
    self->gaussian[m].model = models[m];
    if (!fit_model (self, &self->gaussian[m], training->features + models[m] * training->n_cases * self->n_features,
                    fitting->training_labels, training->n_cases, run, error))
      return NULL;
  }

  return g_steal_pointer (&self);
}

/* --- score --- */

typedef struct {
  const Mahalanobis *mahalanobis;
  const Gaussian    *gaussian;
  const float       *features;
  size_t             n_cases;
  double            *scores; /* added to */
} Scoring;

static void
add_nearest (const Scoring *self,
             const double  *y,
             size_t         first,
             size_t         n)
{
  size_t F = self->mahalanobis->n_features;
  double nearest[DUB_WHITEN_LANES], squares[DUB_WHITEN_LANES];

  for (size_t l = 0; l < DUB_WHITEN_LANES; l++)
    nearest[l] = (double) INFINITY;
  for (size_t c = 0; c < self->mahalanobis->n_classes; c++) {
    if (!self->mahalanobis->known[c])
      continue;
    dub_whiten_squares (y, self->gaussian->means + c * F, F, squares);
    for (size_t l = 0; l < DUB_WHITEN_LANES; l++)
      nearest[l] = MIN (nearest[l], squares[l]);
  }
  for (size_t l = 0; l < n; l++)
    self->scores[first + l] += sqrt (nearest[l]) / (double) self->mahalanobis->n_models;
}

static void
score_piece_cb (size_t   piece,
                guint    thread,
                gpointer user_data)
{
  const Scoring *self = user_data;
  size_t F = self->mahalanobis->n_features;
  size_t last = MIN ((piece + 1) * PER_PIECE, self->n_cases);
  g_autofree double *x = g_new0 (double, F * DUB_WHITEN_LANES);
  g_autofree double *y = g_new (double, F * DUB_WHITEN_LANES);

  for (size_t first = piece * PER_PIECE; first < last; first += DUB_WHITEN_LANES) {
    size_t n = MIN (DUB_WHITEN_LANES, last - first);

    for (size_t l = 0; l < n; l++)
      for (size_t f = 0; f < F; f++)
        x[f * DUB_WHITEN_LANES + l] = (double) self->features[(first + l) * F + f];
    dub_whiten (self->gaussian->whiten, F, x, y);
    add_nearest (self, y, first, n);
  }
}

DUB_ESTIMATOR_SCORE (mahalanobis)
{
  const Mahalanobis *self = fitted;

  if (!_dub_estimator_check_features ("Mahalanobis", cases, self->n_features, error))
    return FALSE;

  for (size_t i = 0; i < cases->n_cases; i++)
    scores[i] = 0.0;
  for (size_t m = 0; m < self->n_models; m++) {
    Scoring scoring = {
      .mahalanobis = self,
      .gaussian = &self->gaussian[m],
      .features = cases->features + self->gaussian[m].model * cases->n_cases * self->n_features,
      .n_cases = cases->n_cases,
      .scores = scores,
    };

    if (!dub_parallel_for (run, (cases->n_cases + PER_PIECE - 1) / PER_PIECE, score_piece_cb, &scoring, error))
      return FALSE;
  }

  return _dub_estimator_check ("Mahalanobis", scores, cases->n_cases, error);
}

char *
_dub_mahalanobis_describe (gconstpointer fitted)
{
  const Mahalanobis *self = fitted;
  size_t n_unknown = 0;
  g_autoptr (GString) words = g_string_new (NULL);

  for (size_t c = 0; c < self->n_classes; c++)
    n_unknown += self->known[c] ? 0 : 1;
  g_string_append_printf (words, "covariance of %zu features, shrunk by %.3g", self->n_features, self->gaussian[0].shrinkage);
  if (n_unknown > 0)
    g_string_append_printf (words, "; %zu class%s without a training case", n_unknown, n_unknown > 1 ? "es" : "");

  return g_string_free (g_steal_pointer (&words), FALSE);
}
