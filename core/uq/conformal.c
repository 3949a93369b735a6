#include "core/uq/conformal.h"

#include "core/base/rng.h"
#include "core/stats/check.h"
#include "core/stats/rate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* (n + 1)(1 - α) of a whole result must not be rounded to the next one: α = .1 is not a tenth. */
static const double ROUNDING = 1e-9;

static const char *const IDS[DUB_N_CONFORMAL] = { "lac", "aps", "raps" };

const char *
dub_conformal_id (DubConformalMethod method)
{
  return IDS[method];
}

gboolean
dub_conformal_from_id (const char         *id,
                       DubConformalMethod *method)
{
  for (int k = 0; k < DUB_N_CONFORMAL; k++)
    if (strcmp (id, IDS[k]) == 0) {
      *method = (DubConformalMethod) k;
      return TRUE;
    }

  return FALSE;
}

static int
compare_doubles_cb (const void *a,
                    const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

double
dub_conformal_quantile (const double *scores,
                        size_t        n,
                        double        alpha)
{
  double rank = ceil (((double) n + 1.0) * (1.0 - alpha) - ROUNDING);

  if (rank > (double) n || n == 0)
    return (double) INFINITY;

  g_autofree double *sorted = g_memdup2 (scores, n * sizeof (double));

  qsort (sorted, n, sizeof (double), compare_doubles_cb);

  return sorted[(size_t) MAX (rank, 1.0) - 1];
}

size_t
dub_conformal_needed (double alpha)
{
  return (size_t) ceil (1.0 / alpha - ROUNDING) - 1;
}

/* --- how badly each class conforms to one case --- */

/* Uniform in [0, 1), by the seed and the case alone. */
static double
draw (const DubConformalOptions *options,
      const double              *probabilities,
      size_t                     n_classes)
{
  /* FNV-1a over the bytes. */
  uint64_t key = 0xcbf29ce484222325u;
  const guint8 *bytes = (const guint8 *) probabilities;
  DubRng rng;

  for (size_t k = 0; k < n_classes * sizeof (double); k++)
    key = (key ^ bytes[k]) * 0x100000001b3u;
  dub_rng_init (&rng, options->seed, "conformal", key);

  return dub_rng_double (&rng);
}

/* @scores: (out) [C], @order: [C] scratch */
static void
score_case (const DubConformalOptions *options,
            const double              *p,
            size_t                     n_classes,
            size_t                    *order,
            double                    *scores)
{
  double behind = 0.0, sum = 0.0, u = 1.0;

  if (options->method == DUB_CONFORMAL_LAC) {
    for (size_t c = 0; c < n_classes; c++)
      scores[c] = 1.0 - p[c];
    return;
  }

  /* By insertion: rows are short, and equal probabilities keep their order. */
  for (size_t c = 0; c < n_classes; c++) {
    size_t k = c;

    for (; k > 0 && p[order[k - 1]] < p[c]; k--)
      order[k] = order[k - 1];
    order[k] = c;
    sum += p[c];
  }
  if (options->randomized)
    u = draw (options, p, n_classes);

  /* From the far end, so that the last class has 1 exactly: rounding must not tell apart what is tied. */
  for (size_t r = n_classes; r-- > 0;) {
    size_t c = order[r];

    scores[c] = 1.0 - (behind + (1.0 - u) * p[c]) / sum;
    if (options->method == DUB_CONFORMAL_RAPS && r + 1 > options->n_free)
      scores[c] += options->penalty * (double) (r + 1 - options->n_free);
    behind += p[c];
  }
}

/* --- fit --- */

static gboolean
check_options (const DubConformalOptions  *options,
               GError                    **error)
{
  if (!(options->alpha > 0.0 && options->alpha < 1.0)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "Alpha, the share of sets that may miss, is %g; expected above 0 and below 1.",
                 options->alpha);
    return FALSE;
  }
  if (!(options->penalty >= 0.0 && isfinite (options->penalty))) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The penalty of RAPS is %g; expected a number of at least 0.",
                 options->penalty);
    return FALSE;
  }

  return TRUE;
}

static gboolean
check_counts (const DubConformal  *self,
              GError             **error)
{
  size_t needed = dub_conformal_needed (self->options.alpha);

  if (self->n_cases < needed) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "There are %zu calibration cases; with alpha %g at least %zu are needed, or every set would hold every class.",
                 self->n_cases, self->options.alpha, needed);
    return FALSE;
  }
  for (size_t c = 0; c < self->n_classes && self->options.class_conditional; c++)
    if (self->counts[c] < needed) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                   "Class %zu has %zu calibration cases; with alpha %g at least %zu of every class are needed for "
                   "class-conditional sets.", c, self->counts[c], self->options.alpha, needed);
      return FALSE;
    }

  return TRUE;
}

DubConformal *
dub_conformal_fit (const double               *probabilities,
                   const int                  *labels,
                   size_t                      n_cases,
                   size_t                      n_classes,
                   const DubConformalOptions  *options,
                   GError                    **error)
{
  if (!check_options (options, error) || !dub_check_probabilities (probabilities, n_cases, n_classes, error) ||
      !dub_check_labels ("label", labels, n_cases, n_classes, error))
    return NULL;

  g_autoptr (DubConformal) self = g_new0 (DubConformal, 1);
  g_autofree double *row = g_new (double, n_classes), *scores = g_new (double, n_cases);
  g_autofree size_t *order = g_new (size_t, n_classes);

  self->options = *options;
  self->n_cases = n_cases;
  self->n_classes = n_classes;
  self->counts = g_new0 (size_t, n_classes);
  self->threshold = g_new (double, n_classes);
  for (size_t i = 0; i < n_cases; i++)
    self->counts[labels[i]]++;
  if (!check_counts (self, error))
    return NULL;

  for (size_t c = 0; c < n_classes; c++) {
    size_t n = 0;

    if (c > 0 && !options->class_conditional) {
      self->threshold[c] = self->threshold[0];
      continue;
    }
    for (size_t i = 0; i < n_cases; i++)
      if (!options->class_conditional || (size_t) labels[i] == c) {
        score_case (options, probabilities + i * n_classes, n_classes, order, row);
        scores[n++] = row[labels[i]];
      }
    self->threshold[c] = dub_conformal_quantile (scores, n, options->alpha);
  }

  return g_steal_pointer (&self);
}

void
dub_conformal_free (DubConformal *self)
{
  if (self == NULL)
    return;
  g_free (self->counts);
  g_free (self->threshold);
  g_free (self);
}

gboolean
dub_conformal_sets (const DubConformal  *self,
                    const double        *probabilities,
                    size_t               n_cases,
                    guint8              *sets,
                    GError             **error)
{
  size_t C = self->n_classes;
  g_autofree double *row = g_new (double, C);
  g_autofree size_t *order = g_new (size_t, C);

  if (!dub_check_probabilities (probabilities, n_cases, C, error))
    return FALSE;
  for (size_t i = 0; i < n_cases; i++) {
    score_case (&self->options, probabilities + i * C, C, order, row);
    for (size_t c = 0; c < C; c++)
      sets[i * C + c] = row[c] <= self->threshold[c];
  }

  return TRUE;
}

/* --- report --- */

DubConformalReport *
dub_conformal_report (const guint8 *sets,
                      const int    *labels,
                      size_t        n_cases,
                      size_t        n_classes,
                      double        confidence)
{
  DubConformalReport *self = g_new0 (DubConformalReport, 1);
  g_autofree DubRate *rates = g_new0 (DubRate, n_classes);
  DubRate all = { 0 };
  size_t members = 0;

  self->n_classes = n_classes;
  self->sizes = g_new0 (size_t, n_classes + 1);
  self->by_class = g_new (DubEstimate, n_classes);
  for (size_t i = 0; i < n_cases; i++) {
    size_t size = 0;

    for (size_t c = 0; c < n_classes; c++)
      size += sets[i * n_classes + c];
    self->sizes[size]++;
    members += size;
    if (labels[i] >= 0 && (size_t) labels[i] < n_classes) {
      gsize held = sets[i * n_classes + (size_t) labels[i]];

      all.n += held;
      all.d++;
      rates[labels[i]].n += held;
      rates[labels[i]].d++;
    }
  }
  self->n_cases = all.d;
  self->coverage = dub_rate_wilson (all, confidence);
  for (size_t c = 0; c < n_classes; c++)
    self->by_class[c] = dub_rate_wilson (rates[c], confidence);
  self->mean_size = n_cases > 0 ? (double) members / (double) n_cases : (double) NAN;

  return self;
}

void
dub_conformal_report_free (DubConformalReport *self)
{
  if (self == NULL)
    return;
  g_free (self->by_class);
  g_free (self->sizes);
  g_free (self);
}
