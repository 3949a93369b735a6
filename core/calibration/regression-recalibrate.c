#include "core/calibration/regression.h"

#include "core/stats/describe.h"
#include "core/stats/distribution.h"

#include <math.h>
#include <string.h>

/* Levels nearer to 0 or 1 are of cases so far out that a map of levels cannot tell them apart. */
#define SMALLEST_LEVEL 1e-12

static const char *const METHODS[] = {
  [DUB_REGRESSION_VARIANCE] = "variance",
  [DUB_REGRESSION_ISOTONIC] = "isotonic",
};

const char *
dub_regression_method_id (DubRegressionMethod method)
{
  return METHODS[method];
}

gboolean
dub_regression_method_from_id (const char          *id,
                               DubRegressionMethod *method)
{
  for (size_t i = 0; i < G_N_ELEMENTS (METHODS); i++)
    if (strcmp (METHODS[i], id) == 0) {
      *method = (DubRegressionMethod) i;
      return TRUE;
    }

  return FALSE;
}

/* Points (level, share) of the sorted levels of N cases; cases of one level share the mean of their ranks. Their shares rise by
 * themselves, so that this is the isotonic regression. */
static DubIsotonic *
map_of_levels (const double *levels,
               size_t        n_cases,
               const char   *split,
               size_t       *n_beyond)
{
  DubIsotonic *map = g_new0 (DubIsotonic, 1);

  *n_beyond = 0;
  map->kind = DUB_FIT_FOUND;
  map->n_cases = n_cases;
  map->split = g_strdup (split);
  map->x = g_new0 (double, n_cases + 2);
  map->y = g_new0 (double, n_cases + 2);
  map->n_points = 1;
  for (size_t i = 0, end; i < n_cases; i = end) {
    for (end = i + 1; end < n_cases && levels[end] <= levels[i]; end++)
      ;
    if (levels[i] < SMALLEST_LEVEL || levels[i] > 1.0 - SMALLEST_LEVEL) {
      *n_beyond += end - i;
      continue;
    }
    map->x[map->n_points] = levels[i];
    map->y[map->n_points++] = 0.5 * (double) (i + 1 + end) / (double) (n_cases + 1);
  }
  map->x[map->n_points] = 1.0;
  map->y[map->n_points++] = 1.0;

  return map;
}

DubRegressionRecalibration *
dub_regression_recalibrate (const DubRegressionCases  *cases,
                            DubRegressionMethod        method,
                            const char                *split,
                            GError                   **error)
{
  size_t n = cases->n_cases;
  g_autofree double *levels = g_new (double, n);
  double mean = 0.0;

  if (cases->map != NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "These predictions were recalibrated already; fit on the original ones.");
    return NULL;
  }
  for (size_t i = 0; i < n; i++) {
    double z = (cases->truth[i] - cases->mean[i]) / cases->sd[i];

    mean += (z * z - mean) / (double) (i + 1);
    levels[i] = dub_normal_cdf (z);
  }
  if (method == DUB_REGRESSION_VARIANCE && !(mean > 0.0)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                 "Every predicted mean of the %s cases is exactly the truth, so that no standard deviation above 0 is best.", split);
    return NULL;
  }

  DubRegressionRecalibration *self = g_new0 (DubRegressionRecalibration, 1);

  self->method = method;
  self->factor = method == DUB_REGRESSION_VARIANCE ? sqrt (mean) : 1.0;
  self->n_cases = n;
  self->split = g_strdup (split);
  if (method == DUB_REGRESSION_ISOTONIC) {
    dub_sort (levels, n);
    self->map = map_of_levels (levels, n, split, &self->n_beyond);
  }

  return self;
}

void
dub_regression_recalibration_free (DubRegressionRecalibration *self)
{
  if (self == NULL)
    return;
  dub_isotonic_free (self->map);
  g_free (self->split);
  g_free (self);
}

static DubIsotonic *
copy_map (const DubIsotonic *map)
{
  DubIsotonic *copy = g_memdup2 (map, sizeof *map);

  copy->x = g_memdup2 (map->x, map->n_points * sizeof (double));
  copy->y = g_memdup2 (map->y, map->n_points * sizeof (double));
  copy->split = g_strdup (map->split);

  return copy;
}

DubRegressionCases *
dub_regression_recalibration_apply (const DubRegressionRecalibration  *self,
                                    const DubRegressionCases          *cases,
                                    GError                           **error)
{
  g_autofree double *sd = g_memdup2 (cases->sd, cases->n_cases * sizeof (double));
  g_autoptr (DubRegressionCases) after = NULL;

  if (cases->map != NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "These predictions were recalibrated by a map of levels already; apply this one to the original ones.");
    return NULL;
  }
  for (size_t i = 0; i < cases->n_cases; i++)
    sd[i] *= self->factor;
  after = dub_regression_cases_new (cases->truth, cases->mean, sd, cases->n_cases, error);
  if (after != NULL && self->map != NULL)
    after->map = copy_map (self->map);

  return g_steal_pointer (&after);
}
