#include "core/uq/fusion.h"

#include "core/stats/logistic.h"

#include <math.h>

/* Holds the perceptron's weights back just enough that scores which separate the calibration failures, or say the same twice,
 * have finite weights: on N cases scikit-learn's C is 1 / (λ N) = 10 000 / N. */
#define L2 1e-4

static gboolean
check_scores (const double *const *scores,
              size_t               n_scores,
              size_t               n_cases,
              GError             **error)
{
  if (n_scores == 0 || n_cases == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "A combination of %zu scores of %zu cases was asked for; expected at least one of each.", n_scores, n_cases);
    return FALSE;
  }
  for (size_t k = 0; k < n_scores; k++)
    for (size_t i = 0; i < n_cases; i++)
      if (!isfinite (scores[k][i])) {
        g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "Score %zu of case %zu is %g; expected a finite number.", k, i,
                     scores[k][i]);
        return FALSE;
      }

  return TRUE;
}

static void
measure_scale (DubFusion           *self,
               const double *const *scores)
{
  double n = (double) self->n_cases;

  for (size_t k = 0; k < self->n_scores; k++) {
    double smallest = scores[k][0], largest = scores[k][0];
    double mean = 0.0, squares = 0.0;

    for (size_t i = 0; i < self->n_cases; i++) {
      mean += scores[k][i] / n;
      smallest = MIN (smallest, scores[k][i]);
      largest = MAX (largest, scores[k][i]);
    }
    for (size_t i = 0; i < self->n_cases; i++)
      squares += (scores[k][i] - mean) * (scores[k][i] - mean) / n;
    self->mean[k] = mean;
    /* The mean of equal numbers is not always that number, so equality is asked of the scores themselves. */
    self->sd[k] = largest > smallest ? sqrt (squares) : 0.0;
  }
}

static double
standardized (const DubFusion     *self,
              const double *const *scores,
              size_t               k,
              size_t               i)
{
  return self->sd[k] > 0.0 ? (scores[k][i] - self->mean[k]) / self->sd[k] : 0.0;
}

static gboolean
fit_perceptron (DubFusion           *self,
                const double *const *scores,
                const gboolean      *failed,
                GError             **error)
{
  size_t n = self->n_cases, n_used = 0;
  size_t n_right = n - self->n_failures;
  DubLogisticFit fit;

  if (self->n_failures == 0 || n_right == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The perceptron learns from failures and from successes, and of the %zu calibration cases %s failed.", n,
                 self->n_failures == 0 ? "none" : "all");
    return FALSE;
  }
  if (self->n_scores > DUB_LOGISTIC_MAX_FEATURES) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "The perceptron was given %zu scores; expected at most %d.", self->n_scores,
                 DUB_LOGISTIC_MAX_FEATURES);
    return FALSE;
  }

  g_autofree double *values = g_new (double, self->n_scores * n);
  g_autofree double *target = g_new (double, n);
  g_autofree double *weights = g_new (double, n);
  const double *columns[DUB_LOGISTIC_MAX_FEATURES];
  size_t used[DUB_LOGISTIC_MAX_FEATURES];
  double found[DUB_LOGISTIC_MAX_FEATURES];

  for (size_t k = 0; k < self->n_scores; k++) {
    if (!(self->sd[k] > 0.0))
      continue;
    for (size_t i = 0; i < n; i++)
      values[n_used * n + i] = standardized (self, scores, k, i);
    columns[n_used] = values + n_used * n;
    used[n_used++] = k;
  }
  for (size_t i = 0; i < n; i++) {
    target[i] = failed[i] ? 1.0 : 0.0;
    weights[i] = (double) n / (2.0 * (double) (failed[i] ? self->n_failures : n_right));
  }
  if (!dub_logistic_fit (columns, n_used, target, weights, n, L2, found, &self->bias, &fit, NULL, error))
    return FALSE;
  self->weight = g_new0 (double, self->n_scores);
  for (size_t k = 0; k < n_used; k++)
    self->weight[used[k]] = found[k];

  return TRUE;
}

DubFusion *
dub_fusion_fit (DubFusionKind        kind,
                const double *const *scores,
                size_t               n_scores,
                const gboolean      *failed,
                size_t               n_cases,
                GError             **error)
{
  if (!check_scores (scores, n_scores, n_cases, error))
    return NULL;

  g_autoptr (DubFusion) self = g_new0 (DubFusion, 1);

  self->kind = kind;
  self->n_scores = n_scores;
  self->n_cases = n_cases;
  self->mean = g_new (double, n_scores);
  self->sd = g_new (double, n_scores);
  measure_scale (self, scores);
  for (size_t i = 0; failed != NULL && i < n_cases; i++)
    self->n_failures += failed[i] ? 1 : 0;
  if (kind == DUB_FUSION_PERCEPTRON && !fit_perceptron (self, scores, failed, error))
    return NULL;

  return g_steal_pointer (&self);
}

static double
fuse_case (const DubFusion     *self,
           const double *const *scores,
           size_t               i)
{
  double sum = 0.0, largest = -(double) INFINITY, smallest = (double) INFINITY;
  size_t n_used = 0;

  for (size_t k = 0; k < self->n_scores; k++) {
    double z = standardized (self, scores, k, i);

    /* A case that one score does not know has no combination. */
    if (isnan (scores[k][i]))
      return (double) NAN;
    if (!(self->sd[k] > 0.0))
      continue;
    sum += self->weight != NULL ? self->weight[k] * z : z;
    largest = MAX (largest, z);
    smallest = MIN (smallest, z);
    n_used++;
  }
  if (self->kind == DUB_FUSION_PERCEPTRON)
    return sum + self->bias;
  if (n_used == 0)
    return 0.0;
  if (self->kind == DUB_FUSION_MAX)
    return largest;

  return self->kind == DUB_FUSION_MIN ? smallest : sum / (double) n_used;
}

void
dub_fusion_score (const DubFusion     *self,
                  const double *const *scores,
                  size_t               n_cases,
                  double              *fused)
{
  for (size_t i = 0; i < n_cases; i++)
    fused[i] = fuse_case (self, scores, i);
}

void
dub_fusion_free (DubFusion *self)
{
  if (self == NULL)
    return;
  g_free (self->mean);
  g_free (self->sd);
  g_free (self->weight);
  g_free (self);
}

static const struct {
  const char *id, *title, *sentence;
} kinds[DUB_N_FUSIONS] = {
  { "mean", "Mean", "Mean of the chosen scores, each standardised on the calibration cases." },
  { "max", "Max", "The most alarmed of the chosen scores, each standardised on the calibration cases." },
  { "min", "Min", "The least alarmed of the chosen scores, each standardised on the calibration cases." },
  { "perceptron", "Perceptron",
    "Weighted sum of the chosen scores, standardised; the weights are learned from the failures among the calibration cases, "
    "failures and successes counting the same." },
};

const char *
dub_fusion_id (DubFusionKind kind)
{
  return kinds[kind].id;
}

const char *
dub_fusion_title (DubFusionKind kind)
{
  return kinds[kind].title;
}

const char *
dub_fusion_sentence (DubFusionKind kind)
{
  return kinds[kind].sentence;
}
