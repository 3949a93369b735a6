#include "core/calibration/recalibration-private.h"

#include "core/stats/check.h"

#include <math.h>

/* --- the object --- */

static void
free_platt_cb (gpointer map)
{
  dub_platt_free (map);
}

static void
free_isotonic_cb (gpointer map)
{
  dub_isotonic_free (map);
}

static void
free_beta_cb (gpointer map)
{
  dub_beta_free (map);
}

DubRecalibration *
_dub_recalibration_new (DubRecalibrate method,
                        size_t         n_classes)
{
  static const GDestroyNotify frees[DUB_N_RECALIBRATE] = {
    [DUB_RECALIBRATE_PLATT] = free_platt_cb,
    [DUB_RECALIBRATE_ISOTONIC] = free_isotonic_cb,
    [DUB_RECALIBRATE_BETA] = free_beta_cb,
  };
  DubRecalibration *self = g_new0 (DubRecalibration, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->method = method;
  self->n_classes = n_classes;
  self->counts = g_new0 (size_t, MAX (n_classes, 2));
  if (frees[method] != NULL)
    self->maps = g_ptr_array_new_with_free_func (frees[method]);

  return self;
}

DubRecalibration *
dub_recalibration_ref (DubRecalibration *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_recalibration_unref (DubRecalibration *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->counts);
  g_free (self->split);
  dub_vector_free (self->vector);
  g_clear_pointer (&self->maps, g_ptr_array_unref);
  g_free (self);
}

DubRecalibrate
dub_recalibration_get_method (const DubRecalibration *self)
{
  return self->method;
}

DubFitKind
dub_recalibration_get_kind (const DubRecalibration *self)
{
  return self->kind;
}

gboolean
dub_recalibration_is_usable (const DubRecalibration *self)
{
  return self->kind != DUB_FIT_SEPARABLE;
}

size_t
dub_recalibration_get_n_cases (const DubRecalibration *self)
{
  return self->n_cases;
}

size_t
dub_recalibration_get_n_classes (const DubRecalibration *self)
{
  return self->n_classes;
}

const char *
dub_recalibration_get_split (const DubRecalibration *self)
{
  return self->split;
}

gboolean
dub_recalibration_temperature (const DubRecalibration *self,
                               double                 *value,
                               double                 *low,
                               double                 *high)
{
  if (self->method != DUB_RECALIBRATE_TEMPERATURE)
    return FALSE;
  if (value != NULL)
    *value = 1.0 / self->beta;
  if (low != NULL)
    *low = self->low;
  if (high != NULL)
    *high = self->high;

  return TRUE;
}

/* --- the maps of one class against the rest --- */

size_t
_dub_recalibration_n_maps (const DubRecalibration *self)
{
  return self->maps == NULL ? 0 : self->n_classes > 2 ? self->n_classes : 1;
}

DubFitKind
_dub_recalibration_map_kind (const DubRecalibration *self,
                             size_t                  map)
{
  gconstpointer at = g_ptr_array_index (self->maps, map);

  switch (self->method) {
  case DUB_RECALIBRATE_PLATT:
    return ((const DubPlatt *) at)->kind;
  case DUB_RECALIBRATE_ISOTONIC:
    return ((const DubIsotonic *) at)->kind;
  case DUB_RECALIBRATE_BETA:
    return ((const DubBeta *) at)->kind;
  case DUB_RECALIBRATE_TEMPERATURE:
  case DUB_RECALIBRATE_VECTOR:
  default:
    return self->kind;
  }
}

/* A beta curve of a separable class has no values at all; steps of 0 and 1 have, and hurt only where every class has such. */
DubFitKind
_dub_recalibration_judge (const DubRecalibration *self)
{
  size_t n = _dub_recalibration_n_maps (self), n_chance = 0, n_separable = 0;

  for (size_t k = 0; k < n; k++) {
    n_chance += _dub_recalibration_map_kind (self, k) == DUB_FIT_CHANCE;
    n_separable += _dub_recalibration_map_kind (self, k) == DUB_FIT_SEPARABLE;
  }
  if (n_separable == n || (n_separable > 0 && self->method == DUB_RECALIBRATE_BETA))
    return DUB_FIT_SEPARABLE;

  return n_chance == n ? DUB_FIT_CHANCE : DUB_FIT_FOUND;
}

double
_dub_recalibration_log_odds (double probability)
{
  return log (MAX (probability, DUB_BETA_SMALLEST) / MAX (1.0 - probability, DUB_BETA_SMALLEST));
}

/* Log-odds of class @c against the rest: z_c - ln Σ exp z of the others. */
static double
log_odds_of (const double *z,
             size_t        n_classes,
             size_t        c)
{
  double largest = -(double) INFINITY, mass = 0.0;

  for (size_t k = 0; k < n_classes; k++)
    if (k != c)
      largest = MAX (largest, z[k]);
  for (size_t k = 0; k < n_classes; k++)
    if (k != c)
      mass += exp (z[k] - largest);

  return z[c] - (largest + log (mass));
}

void
_dub_recalibration_log_odds_row (const double *z,
                                 size_t        n_classes,
                                 double       *scratch,
                                 double       *out)
{
  size_t top = dub_argmax (z, n_classes);
  double before = 0.0;

  scratch[n_classes] = 0.0;
  for (size_t c = n_classes; c-- > 0;)
    scratch[c] = scratch[c + 1] + exp (z[c] - z[top]);
  for (size_t c = 0; c < n_classes; c++) {
    out[c] = c == top ? log_odds_of (z, n_classes, c) : z[c] - z[top] - log (before + scratch[c + 1]);
    before += exp (z[c] - z[top]);
  }
}

double
_dub_recalibration_share (const double *p,
                          size_t        n_classes,
                          size_t        c)
{
  double rest = 0.0;

  for (size_t k = 0; k < n_classes; k++)
    rest += k != c ? p[k] : 0.0;

  return p[c] + rest > 0.0 ? p[c] / (p[c] + rest) : 1.0 / (double) n_classes;
}
