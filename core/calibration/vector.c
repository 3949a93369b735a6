#include "core/calibration/vector.h"

#include "core/base/parallel.h"
#include "core/calibration/temperature.h"
#include "core/stats/check.h"

#include <math.h>
#include <string.h>

/* Cases a piece: the border of the partial sums, so it may not depend on the threads. */
#define PER_PIECE 1024
#define MAX_ITERATIONS 200

/* A step at the minimum that would move a score by more than this goes nowhere in particular: the minimum lies at infinity. */
static const double LONGEST_LAST_STEP = 1e-3;

/* Unknowns are w in [0, C) and b in [C, 2 C), of logits multiplied with @unit. */
typedef struct {
  const double *logits;   /* (N, C) */
  const int    *labels;
  size_t        n_cases, n_classes;
  double        unit;     /* a power of two */
  double       *p;        /* (N, C) probabilities at the last evaluation */
  double       *partial;  /* (n_pieces, 1 + 4 C): loss, gradient, diagonal; or a product */
  size_t        n_pieces;
  const double *at;       /* [2 C] where to evaluate, or what to multiply with */
  gboolean     *wrong;    /* [n_pieces] whether a case's label is not above all other classes */
  DubRun       *run;
} Problem;

/* --- sums over cases --- */

static void
scores_of (const Problem *self,
           size_t         i,
           const double  *unknown,
           double        *score)
{
  const double *z = self->logits + i * self->n_classes;

  for (size_t c = 0; c < self->n_classes; c++)
    score[c] = unknown[c] * (z[c] * self->unit) + unknown[self->n_classes + c];
}

static double
loss_of_case (const Problem *self,
              size_t         i,
              double        *p,
              gboolean      *wrong)
{
  size_t n = self->n_classes, label = (size_t) self->labels[i], top;
  double mass = 0.0, own, largest;

  scores_of (self, i, self->at, p);
  top = dub_argmax (p, n);
  largest = p[top];
  own = p[label];
  for (size_t c = 0; c < n; c++) {
    if (c != label && p[c] >= own)
      *wrong = TRUE;
    p[c] = exp (p[c] - largest);
    mass += p[c];
  }
  for (size_t c = 0; c < n; c++)
    p[c] /= mass;

  return log (mass) - (own - largest);
}

static void
evaluate_piece_cb (size_t   piece,
                   guint    thread,
                   gpointer user_data)
{
  Problem *self = user_data;
  size_t n = self->n_classes, end = MIN ((piece + 1) * PER_PIECE, self->n_cases);
  double *sums = self->partial + piece * (1 + 4 * n);
  double *gradient = sums + 1, *diagonal = sums + 1 + 2 * n;

  memset (sums, 0, (1 + 4 * n) * sizeof *sums);
  self->wrong[piece] = FALSE;
  for (size_t i = piece * PER_PIECE; i < end; i++) {
    const double *z = self->logits + i * n;
    double *p = self->p + i * n;

    sums[0] += loss_of_case (self, i, p, &self->wrong[piece]);
    for (size_t c = 0; c < n; c++) {
      double x = z[c] * self->unit, away = p[c] - ((size_t) self->labels[i] == c ? 1.0 : 0.0), spread = p[c] * (1.0 - p[c]);

      gradient[c] += away * x;
      gradient[n + c] += away;
      diagonal[c] += spread * x * x;
      diagonal[n + c] += spread;
    }
  }
}

static void
multiply_piece_cb (size_t   piece,
                   guint    thread,
                   gpointer user_data)
{
  Problem *self = user_data;
  size_t n = self->n_classes, end = MIN ((piece + 1) * PER_PIECE, self->n_cases);
  double *product = self->partial + piece * (1 + 4 * n);

  memset (product, 0, 2 * n * sizeof *product);
  for (size_t i = piece * PER_PIECE; i < end; i++) {
    const double *z = self->logits + i * n, *p = self->p + i * n;
    double mean = 0.0;

    for (size_t c = 0; c < n; c++)
      mean += p[c] * (self->at[c] * (z[c] * self->unit) + self->at[n + c]);
    for (size_t c = 0; c < n; c++) {
      double x = z[c] * self->unit, moved = p[c] * (self->at[c] * x + self->at[n + c] - mean);

      product[c] += moved * x;
      product[n + c] += moved;
    }
  }
}

/* Sums the first @n numbers of every piece, in the order of the pieces, as means over the cases. */
static void
add_pieces (const Problem *self,
            size_t         first,
            size_t         n,
            double        *sum)
{
  memset (sum, 0, n * sizeof *sum);
  for (size_t k = 0; k < self->n_pieces; k++)
    for (size_t j = 0; j < n; j++)
      sum[j] += self->partial[k * (1 + 4 * self->n_classes) + first + j] / (double) self->n_cases;
}

/* @gradient, @diagonal: (out) [2 C] */
static gboolean
evaluate (Problem       *self,
          const double  *unknown,
          double        *loss,
          double        *gradient,
          double        *diagonal,
          gboolean      *all_right,
          GError       **error)
{
  self->at = unknown;
  if (!dub_parallel_for (self->run, self->n_pieces, evaluate_piece_cb, self, error))
    return FALSE;
  add_pieces (self, 0, 1, loss);
  add_pieces (self, 1, 2 * self->n_classes, gradient);
  add_pieces (self, 1 + 2 * self->n_classes, 2 * self->n_classes, diagonal);
  *all_right = TRUE;
  for (size_t k = 0; k < self->n_pieces; k++)
    *all_right &= !self->wrong[k];

  return TRUE;
}

/* The Hessian at the last evaluation times @direction. */
static gboolean
multiply (Problem       *self,
          const double  *direction,
          double        *product,
          GError       **error)
{
  self->at = direction;
  if (!dub_parallel_for (self->run, self->n_pieces, multiply_piece_cb, self, error))
    return FALSE;
  add_pieces (self, 0, 2 * self->n_classes, product);

  return TRUE;
}

/* --- Newton's method --- */

static double
dot (const double *a,
     const double *b,
     size_t        n)
{
  double sum = 0.0;

  for (size_t j = 0; j < n; j++)
    sum += a[j] * b[j];

  return sum;
}

static double
largest_of (const double *a,
            size_t        n)
{
  double largest = 0.0;

  for (size_t j = 0; j < n; j++)
    largest = MAX (largest, fabs (a[j]));

  return largest;
}

/* @step (out) [2 C]: H step = -gradient, by conjugate gradients behind the diagonal, to a residual of @tolerance. Directions
 * without curvature are not taken, which leaves open what the cases leave open. */
static gboolean
find_step (Problem       *self,
           const double  *gradient,
           const double  *diagonal,
           double         tolerance,
           double        *step,
           double        *scratch, /* [4][2 C] */
           GError       **error)
{
  size_t n = 2 * self->n_classes;
  double *residual = scratch, *scaled = scratch + n, *direction = scratch + 2 * n, *product = scratch + 3 * n;
  double widest = largest_of (diagonal, n), norm;

  memset (step, 0, n * sizeof *step);
  for (size_t j = 0; j < n; j++) {
    residual[j] = -gradient[j];
    scaled[j] = residual[j] / MAX (diagonal[j], 1e-12 * widest + 1e-300);
    direction[j] = scaled[j];
  }
  norm = dot (residual, scaled, n);
  for (size_t k = 0; k < 4 * n + 20 && norm > 0.0 && largest_of (residual, n) > tolerance; k++) {
    if (!multiply (self, direction, product, error))
      return FALSE;

    double curvature = dot (direction, product, n), before = norm;

    if (!(curvature > 1e-14 * dot (direction, direction, n) * widest))
      break;
    for (size_t j = 0; j < n; j++) {
      step[j] += norm / curvature * direction[j];
      residual[j] -= norm / curvature * product[j];
      scaled[j] = residual[j] / MAX (diagonal[j], 1e-12 * widest + 1e-300);
    }
    norm = dot (residual, scaled, n);
    for (size_t j = 0; j < n; j++)
      direction[j] = scaled[j] + norm / before * direction[j];
  }

  return TRUE;
}

typedef struct {
  double *unknown, *tried;               /* [2 C] */
  double *gradient, *diagonal, *step;    /* [2 C] */
  double *scratch;                       /* [4][2 C] */
  double  loss;
} Search;

/* Shortens the step as long as the loss would not fall enough (Armijo). *moved is FALSE where rounding hides every fall. */
static gboolean
go (Problem   *self,
    Search    *search,
    gboolean  *all_right,
    gboolean  *moved,
    GError   **error)
{
  size_t n = 2 * self->n_classes;
  double slope = dot (search->gradient, search->step, n), norm = largest_of (search->gradient, n), before = search->loss, length = 1.0;

  *moved = FALSE;
  for (int k = 0; k < 60 && !*moved; k++, length /= 2.0) {
    for (size_t j = 0; j < n; j++)
      search->tried[j] = search->unknown[j] + length * search->step[j];
    if (!evaluate (self, search->tried, &search->loss, search->gradient, search->diagonal, all_right, error))
      return FALSE;
    *moved = search->loss <= before + 1e-4 * length * slope ||
             (k == 0 && fabs (slope) < 1e-12 * (1.0 + before) && largest_of (search->gradient, n) < norm);
  }
  if (*moved)
    memcpy (search->unknown, search->tried, n * sizeof (double));
  else if (!evaluate (self, search->unknown, &search->loss, search->gradient, search->diagonal, all_right, error))
    return FALSE;

  return TRUE;
}

/* Whether the last step, which no gradient asks for any more, still moves scores: then the loss falls for ever along it. */
static gboolean
find_kind (Problem    *self,
           Search     *search,
           DubVector  *vector,
           GError    **error)
{
  size_t n = 2 * self->n_classes;
  double widest = 0.0;
  g_autofree double *score = g_new (double, self->n_classes);

  if (!find_step (self, search->gradient, search->diagonal, 1e-3 * vector->gradient, search->step, search->scratch, error))
    return FALSE;
  for (size_t i = 0; i < self->n_cases && largest_of (search->step, n) > 0.0; i++) {
    scores_of (self, i, search->step, score);
    widest = MAX (widest, largest_of (score, self->n_classes));
  }
  if (widest > LONGEST_LAST_STEP || vector->gradient > DUB_VECTOR_GRADIENT)
    vector->kind = DUB_FIT_SEPARABLE;

  return TRUE;
}

/* Scores that are large beside their labels' certainty have no curvature left to go by, so that Newton's method starts from the
 * best temperature, which a bracket finds from anywhere. */
static gboolean
find_start (Problem    *self,
            DubVector  *vector,
            double     *unknown,
            GError    **error)
{
  g_autoptr (DubTemperature) best =
    dub_temperature_fit (self->logits, self->labels, self->n_cases, self->n_classes, vector->split, self->run, error);

  if (best == NULL)
    return FALSE;
  vector->nll_before = best->nll_before;
  for (size_t c = 0; c < self->n_classes; c++) {
    unknown[c] = best->kind == DUB_TEMPERATURE_SEPARABLE ? 1.0 : best->beta / self->unit;
    unknown[self->n_classes + c] = 0.0;
  }

  return TRUE;
}

static gboolean
minimise (Problem    *self,
          DubVector  *vector,
          GError    **error)
{
  size_t n = 2 * self->n_classes;
  g_autofree double *room = g_new (double, 9 * n);
  Search search = { room, room + n, room + 2 * n, room + 3 * n, room + 4 * n, room + 5 * n, 0.0 };
  gboolean all_right, moved = TRUE;

  if (!find_start (self, vector, search.unknown, error) ||
      !evaluate (self, search.unknown, &search.loss, search.gradient, search.diagonal, &all_right, error))
    return FALSE;
  vector->gradient = largest_of (search.gradient, n);
  for (vector->n_iterations = 0; vector->n_iterations < MAX_ITERATIONS && vector->gradient > DUB_VECTOR_GRADIENT && moved && !all_right;
       vector->n_iterations++) {
    double tolerance = vector->gradient * MIN (0.1, sqrt (vector->gradient));

    if (!find_step (self, search.gradient, search.diagonal, tolerance, search.step, search.scratch, error) ||
        !go (self, &search, &all_right, &moved, error))
      return FALSE;
    vector->gradient = largest_of (search.gradient, n);
  }
  vector->nll_after = search.loss;
  for (size_t c = 0; c < self->n_classes; c++) {
    vector->weight[c] = search.unknown[c] * self->unit;
    vector->bias[c] = search.unknown[self->n_classes + c];
  }

  /* A map that answers every case right is made better without end by making it steeper. */
  if (all_right) {
    vector->kind = DUB_FIT_SEPARABLE;
    return TRUE;
  }

  return find_kind (self, &search, vector, error);
}

/* --- the map --- */

static gboolean
check_classes (const int  *labels,
               size_t      n_cases,
               size_t      n_classes,
               GError    **error)
{
  g_autofree size_t *counts = g_new0 (size_t, n_classes);

  for (size_t i = 0; i < n_cases; i++)
    counts[labels[i]]++;
  for (size_t c = 0; c < n_classes; c++)
    if (counts[c] == 0) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                   "No case of the %zu is of class %zu; a map of every class needs some of each (a temperature does not).", n_cases, c);
      return FALSE;
    }

  return TRUE;
}

/* The power of two that brings the largest logit to about one. */
static double
find_unit (const double *logits,
           size_t        n)
{
  int exponent;

  frexp (largest_of (logits, n), &exponent);

  return ldexp (1.0, CLAMP (-exponent, -1000, 1000));
}

DubVector *
dub_vector_new (size_t n_classes)
{
  DubVector *self = g_new0 (DubVector, 1);

  self->n_classes = n_classes;
  self->weight = g_new0 (double, n_classes);
  self->bias = g_new0 (double, n_classes);

  return self;
}

DubVector *
dub_vector_fit (const double  *logits,
                const int     *labels,
                size_t         n_cases,
                size_t         n_classes,
                const char    *split,
                DubRun        *run,
                GError       **error)
{
  if (!dub_check_finite ("logit", logits, n_cases, n_classes, error) ||
      !dub_check_labels ("label", labels, n_cases, n_classes, error))
    return NULL;
  if (n_classes < 2) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_SHAPE,
                         "The logits have one class; vector scaling needs one for each of two or more.");
    return NULL;
  }
  if (!check_classes (labels, n_cases, n_classes, error))
    return NULL;

  g_autoptr (DubVector) self = dub_vector_new (n_classes);
  size_t n_pieces = (n_cases + PER_PIECE - 1) / PER_PIECE;
  g_autofree double *p = g_new (double, n_cases * n_classes);
  g_autofree double *partial = g_new (double, n_pieces * (1 + 4 * n_classes));
  g_autofree gboolean *wrong = g_new (gboolean, n_pieces);
  Problem problem = {
    .logits = logits, .labels = labels, .n_cases = n_cases, .n_classes = n_classes,
    .unit = find_unit (logits, n_cases * n_classes), .p = p, .partial = partial, .n_pieces = n_pieces, .wrong = wrong, .run = run,
  };

  self->n_cases = n_cases;
  self->split = g_strdup (split);

  return minimise (&problem, self, error) ? g_steal_pointer (&self) : NULL;
}

void
dub_vector_free (DubVector *self)
{
  if (self == NULL)
    return;
  g_free (self->weight);
  g_free (self->bias);
  g_free (self->split);
  g_free (self);
}

void
dub_vector_apply (const DubVector *self,
                  const double    *logits,
                  size_t           n_cases,
                  double          *probabilities)
{
  size_t n = self->n_classes;

  for (size_t i = 0; i < n_cases; i++)
    for (size_t c = 0; c < n; c++)
      probabilities[i * n + c] = self->weight[c] * logits[i * n + c] + self->bias[c];
  dub_temperature_apply (1.0, probabilities, n_cases, n, probabilities);
}
