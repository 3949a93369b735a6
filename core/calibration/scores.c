#include "core/calibration/scores.h"

#include "core/calibration/reliability.h"
#include "core/stats/check.h"

#include <math.h>
#include <stdlib.h>

static gboolean
check_outputs (const double  *probabilities,
               const int     *labels,
               size_t         n_cases,
               size_t         n_classes,
               GError       **error)
{
  return dub_check_probabilities (probabilities, n_cases, n_classes, error)
         && dub_check_labels ("label", labels, n_cases, n_classes, error);
}

double
dub_brier_binary (const double    *probability,
                  const gboolean  *happened,
                  size_t           n_cases,
                  GError         **error)
{
  double sum = 0.0;

  if (!dub_check_unit_interval ("probability", probability, n_cases, error))
    return (double) NAN;

  for (size_t i = 0; i < n_cases; i++) {
    double distance = probability[i] - (happened[i] ? 1.0 : 0.0);

    sum += distance * distance;
  }

  return sum / (double) n_cases;
}

double
dub_brier_sum (const double  *probabilities,
               const int     *labels,
               size_t         n_cases,
               size_t         n_classes,
               GError       **error)
{
  double sum = 0.0;

  if (!check_outputs (probabilities, labels, n_cases, n_classes, error))
    return (double) NAN;

  for (size_t i = 0; i < n_cases; i++)
    for (size_t c = 0; c < n_classes; c++) {
      double distance = probabilities[i * n_classes + c] - ((size_t) labels[i] == c ? 1.0 : 0.0);

      sum += distance * distance;
    }

  return sum / (double) n_cases;
}

typedef struct {
  double   probability;
  gboolean happened;
} Forecast;

static int
compare_forecast (const void *a,
                  const void *b)
{
  double x = ((const Forecast *) a)->probability, y = ((const Forecast *) b)->probability;

  return (x > y) - (x < y);
}

static void
add_group (DubBrierParts *parts,
           double         weight,
           double         probability,
           double         share,
           double         base_rate)
{
  parts->reliability += weight * (probability - share) * (probability - share);
  parts->resolution += weight * (share - base_rate) * (share - base_rate);
}

static void
add_distinct_groups (DubBrierParts  *parts,
                     const double   *probability,
                     const gboolean *happened,
                     size_t          n_cases,
                     double          base_rate)
{
  g_autofree Forecast *forecast = g_new (Forecast, n_cases);

  for (size_t i = 0; i < n_cases; i++)
    forecast[i] = (Forecast) { probability[i], happened[i] != FALSE };
  qsort (forecast, n_cases, sizeof *forecast, compare_forecast);

  for (size_t first = 0, end; first < n_cases; first = end) {
    size_t n_happened = 0;

    for (end = first; end < n_cases && forecast[end].probability <= forecast[first].probability; end++)
      n_happened += forecast[end].happened != FALSE;

    double n = (double) (end - first);

    add_group (parts, n / (double) n_cases, forecast[first].probability, (double) n_happened / n, base_rate);
  }
}

gboolean
dub_brier_binary_parts (const double    *probability,
                        const gboolean  *happened,
                        size_t           n_cases,
                        size_t           n_bins,
                        DubBrierParts   *parts,
                        GError         **error)
{
  double base_rate = 0.0;

  *parts = (DubBrierParts) { .brier = dub_brier_binary (probability, happened, n_cases, error) };
  if (isnan (parts->brier))
    return FALSE;

  for (size_t i = 0; i < n_cases; i++)
    base_rate += happened[i] ? 1.0 : 0.0;
  base_rate /= (double) n_cases;
  parts->uncertainty = base_rate * (1.0 - base_rate);

  if (n_bins == 0) {
    add_distinct_groups (parts, probability, happened, n_cases, base_rate);
  } else {
    g_autoptr (DubReliability) bins = dub_reliability_new (probability, happened, n_cases, n_bins, error);

    if (bins == NULL)
      return FALSE;
    for (size_t m = 0; m < n_bins; m++)
      if (bins->count[m] > 0)
        add_group (parts, (double) bins->count[m] / (double) n_cases, bins->confidence[m], bins->accuracy[m], base_rate);
  }
  parts->within = parts->brier - (parts->reliability - parts->resolution + parts->uncertainty);

  return TRUE;
}

gboolean
dub_brier_sum_parts (const double   *probabilities,
                     const int      *labels,
                     size_t          n_cases,
                     size_t          n_classes,
                     size_t          n_bins,
                     DubBrierParts  *parts,
                     GError        **error)
{
  *parts = (DubBrierParts) { 0 };
  if (!check_outputs (probabilities, labels, n_cases, n_classes, error))
    return FALSE;

  g_autofree double *column = g_new (double, n_cases);
  g_autofree gboolean *is_class = g_new (gboolean, n_cases);

  for (size_t c = 0; c < n_classes; c++) {
    DubBrierParts one;

    for (size_t i = 0; i < n_cases; i++) {
      column[i] = probabilities[i * n_classes + c];
      is_class[i] = (size_t) labels[i] == c;
    }
    if (!dub_brier_binary_parts (column, is_class, n_cases, n_bins, &one, error))
      return FALSE;
    parts->brier += one.brier;
    parts->reliability += one.reliability;
    parts->resolution += one.resolution;
    parts->uncertainty += one.uncertainty;
    parts->within += one.within;
  }

  return TRUE;
}

double
dub_nll (const double  *probabilities,
         const int     *labels,
         size_t         n_cases,
         size_t         n_classes,
         size_t        *n_clipped,
         GError       **error)
{
  double sum = 0.0;
  size_t clipped = 0;

  if (!check_outputs (probabilities, labels, n_cases, n_classes, error))
    return (double) NAN;

  for (size_t i = 0; i < n_cases; i++) {
    double p = probabilities[i * n_classes + (size_t) labels[i]];

    clipped += p < DUB_NLL_SMALLEST;
    sum -= log (MAX (p, DUB_NLL_SMALLEST));
  }
  if (n_clipped != NULL)
    *n_clipped = clipped;

  return sum / (double) n_cases;
}
