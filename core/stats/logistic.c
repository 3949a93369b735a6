#include "core/stats/logistic.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MAX_ITERATIONS 100
#define MAX_UNKNOWNS (DUB_LOGISTIC_MAX_FEATURES + 1)

typedef struct {
  const double *const *features; /* [K][N] */
  size_t               n_features, n_cases;
  const double        *target, *case_weight;
  double               total; /* Σ v */
  double               l2;
} Problem;

double
dub_logistic (double f)
{
  /* The exponent is never positive: nothing overflows, and small probabilities keep their digits. */
  double e = exp (-fabs (f));

  return f >= 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
}

static double
log_odds (const Problem *self,
          const double  *unknown,
          size_t         i)
{
  double f = unknown[self->n_features];

  for (size_t k = 0; k < self->n_features; k++)
    f += unknown[k] * self->features[k][i];

  return f;
}

static double
case_weight (const Problem *self,
             size_t         i)
{
  return (self->case_weight != NULL ? self->case_weight[i] : 1.0) / self->total;
}

static double
objective (const Problem *self,
           const double  *unknown)
{
  double sum = 0.0;

  for (size_t i = 0; i < self->n_cases; i++) {
    double f = log_odds (self, unknown, i);

    /* ln (1 + exp f) - t f; the larger part is taken out of the logarithm. */
    sum += case_weight (self, i) * (log1p (exp (-fabs (f))) + MAX (f, 0.0) - self->target[i] * f);
  }
  for (size_t k = 0; k < self->n_features; k++)
    sum += 0.5 * self->l2 * unknown[k] * unknown[k];

  return sum;
}

/* Gradient [n] and Hessian [n][n], n = K + 1. */
static void
derivatives (const Problem *self,
             const double  *unknown,
             double        *gradient,
             double        *hessian)
{
  size_t n = self->n_features + 1;
  double x[MAX_UNKNOWNS];

  memset (gradient, 0, n * sizeof (double));
  memset (hessian, 0, n * n * sizeof (double));
  x[n - 1] = 1.0;
  for (size_t i = 0; i < self->n_cases; i++) {
    double p = dub_logistic (log_odds (self, unknown, i));
    double v = case_weight (self, i);

    for (size_t k = 0; k + 1 < n; k++)
      x[k] = self->features[k][i];
    for (size_t k = 0; k < n; k++) {
      gradient[k] += v * (p - self->target[i]) * x[k];
      for (size_t j = 0; j <= k; j++)
        hessian[k * n + j] += v * p * (1.0 - p) * x[k] * x[j];
    }
  }
  for (size_t k = 0; k + 1 < n; k++) {
    gradient[k] += self->l2 * unknown[k];
    hessian[k * n + k] += self->l2;
  }
}

/* Cholesky of the lower triangle, in place, and the solution of H s = g. A pivot that rounding has eaten, of features that are
 * no longer told apart, is lifted a little: the step is then shorter, and the objective still falls. */
static void
solve (double       *hessian,
       const double *gradient,
       size_t        n,
       double       *step)
{
  double largest = 0.0;

  for (size_t k = 0; k < n; k++)
    largest = MAX (largest, hessian[k * n + k]);

  double floor = MAX (largest * 1e-14, DBL_MIN);

  for (size_t k = 0; k < n; k++)
    for (size_t j = 0; j <= k; j++) {
      double sum = hessian[k * n + j];

      for (size_t l = 0; l < j; l++)
        sum -= hessian[k * n + l] * hessian[j * n + l];
      hessian[k * n + j] = j < k ? sum / hessian[j * n + j] : sqrt (MAX (sum, floor));
    }
  for (size_t k = 0; k < n; k++) {
    step[k] = gradient[k];
    for (size_t l = 0; l < k; l++)
      step[k] -= hessian[k * n + l] * step[l];
    step[k] /= hessian[k * n + k];
  }
  for (size_t k = n; k-- > 0;) {
    for (size_t l = k + 1; l < n; l++)
      step[k] -= hessian[l * n + k] * step[l];
    step[k] /= hessian[k * n + k];
  }
}

/* One step downhill. FALSE: none is left that rounding does not hide. */
static gboolean
descend (const Problem *self,
         double        *unknown,
         double        *loss,
         double        *decrement)
{
  size_t n = self->n_features + 1;
  g_autofree double *hessian = g_new (double, n * n);
  double gradient[MAX_UNKNOWNS], step[MAX_UNKNOWNS], next[MAX_UNKNOWNS];

  derivatives (self, unknown, gradient, hessian);
  solve (hessian, gradient, n, step);
  *decrement = 0.0;
  for (size_t k = 0; k < n; k++)
    *decrement += gradient[k] * step[k];

  for (double length = 1.0; length > 1e-10; length /= 2.0) {
    for (size_t k = 0; k < n; k++)
      next[k] = unknown[k] - length * step[k];

    double there = objective (self, next);

    if (there < *loss || (there <= *loss && length >= 1.0)) {
      gboolean moved = there < *loss || memcmp (next, unknown, n * sizeof (double)) != 0;

      memcpy (unknown, next, n * sizeof (double));
      *loss = there;
      return moved;
    }
  }

  return FALSE;
}

gboolean
dub_logistic_fit (const double *const *features,
                  size_t               n_features,
                  const double        *target,
                  const double        *weights,
                  size_t               n_cases,
                  double               l2,
                  double              *weight,
                  double              *bias,
                  DubLogisticFit      *fit,
                  DubRun              *run,
                  GError             **error)
{
  Problem problem = {
    .features = features,
    .n_features = n_features,
    .n_cases = n_cases,
    .target = target,
    .case_weight = weights,
    .l2 = l2,
  };
  double unknown[MAX_UNKNOWNS] = { 0 };
  double decrement = 0.0;

  if (n_cases == 0 || n_features > DUB_LOGISTIC_MAX_FEATURES) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "A logistic regression of %zu features on %zu cases was asked for; expected at most %d features and at least "
                 "one case.", n_features, n_cases, DUB_LOGISTIC_MAX_FEATURES);
    return FALSE;
  }
  for (size_t i = 0; i < n_cases; i++)
    problem.total += weights != NULL ? weights[i] : 1.0;

  fit->loss = objective (&problem, unknown);
  fit->converged = FALSE;
  for (fit->n_iterations = 0; fit->n_iterations < MAX_ITERATIONS; fit->n_iterations++) {
    if (dub_run_check_cancelled (run, error))
      return FALSE;
    if (!descend (&problem, unknown, &fit->loss, &decrement) || decrement < 1e-30) {
      /* Newton's decrement is twice the distance to the minimum's value: what is left is rounding. */
      fit->converged = decrement < 1e-12;
      break;
    }
  }
  for (size_t k = 0; k < n_features; k++)
    weight[k] = unknown[k];
  *bias = unknown[n_features];

  return TRUE;
}
