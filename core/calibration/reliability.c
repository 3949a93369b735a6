#include "core/calibration/reliability.h"

#include "core/stats/check.h"
#include "core/stats/describe.h"

#include <math.h>
#include <string.h>

size_t
dub_reliability_find_bin (const DubReliability *self,
                          double                confidence)
{
  size_t low = 0, high = self->n_bins - 1;

  /* The first bin whose right edge is not below. */
  while (low < high) {
    size_t middle = low + (high - low) / 2;

    if (self->edge[middle + 1] < confidence)
      low = middle + 1;
    else
      high = middle;
  }

  return low;
}

static void
set_equal_width (DubReliability *self)
{
  for (size_t m = 0; m <= self->n_bins; m++)
    self->edge[m] = (double) m / (double) self->n_bins;
}

/* A run of equal confidences with ranks [first, end) belongs to the bin where its middle rank lies. */
static void
set_equal_mass (DubReliability *self,
                const double   *sorted)
{
  size_t n = self->n_cases, n_bins = self->n_bins;
  size_t bin = 0;

  self->edge[0] = 0.0;
  for (size_t first = 0, end; first < n; first = end) {
    for (end = first + 1; end < n && sorted[end] <= sorted[first]; end++)
      ;

    size_t belongs = MIN ((size_t) (0.5 * ((double) first + (double) end) / (double) n * (double) n_bins), n_bins - 1);

    /* An empty bin ends where the one before it does. */
    for (; bin < belongs; bin++)
      self->edge[bin + 1] = first > 0 ? sorted[first - 1] : 0.0;
  }
  for (; bin < n_bins; bin++)
    self->edge[bin + 1] = 1.0;
}

static void
sort_equal_mass (DubReliability *self,
                 const double   *confidence)
{
  g_autofree double *sorted = g_memdup2 (confidence, self->n_cases * sizeof *confidence);

  dub_sort (sorted, self->n_cases);
  set_equal_mass (self, sorted);
}

/* @sorted: (nullable): of equal width it is not read, of equal mass made where it is not given */
static DubReliability *
reliability_new (const double   *confidence,
                 const double   *sorted,
                 const gboolean *correct,
                 size_t          n_cases,
                 size_t          n_bins,
                 DubBinning      binning,
                 GError        **error)
{
  if (!dub_check_unit_interval ("confidence", confidence, n_cases, error))
    return NULL;
  if (n_bins == 0 || n_bins > G_MAXINT) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "There are %zu reliability bins; expected 1 to %d.", n_bins, G_MAXINT);
    return NULL;
  }

  DubReliability *self = g_new0 (DubReliability, 1);

  self->n_bins = n_bins;
  self->n_cases = n_cases;
  self->binning = binning;
  self->edge = g_new (double, n_bins + 1);
  self->count = g_new0 (size_t, n_bins);
  self->confidence = g_new0 (double, n_bins);
  self->accuracy = g_new0 (double, n_bins);
  if (binning == DUB_BINS_EQUAL_WIDTH)
    set_equal_width (self);
  else if (sorted != NULL)
    set_equal_mass (self, sorted);
  else
    sort_equal_mass (self, confidence);

  for (size_t i = 0; i < n_cases; i++) {
    size_t m = dub_reliability_find_bin (self, confidence[i]);

    self->count[m]++;
    self->confidence[m] += confidence[i];
    self->accuracy[m] += correct[i] ? 1.0 : 0.0;
  }
  for (size_t m = 0; m < n_bins; m++) {
    self->confidence[m] = self->count[m] > 0 ? self->confidence[m] / (double) self->count[m] : (double) NAN;
    self->accuracy[m] = self->count[m] > 0 ? self->accuracy[m] / (double) self->count[m] : (double) NAN;
  }

  return self;
}

DubReliability *
dub_reliability_new (const double   *confidence,
                     const gboolean *correct,
                     size_t          n_cases,
                     size_t          n_bins,
                     GError        **error)
{
  return reliability_new (confidence, NULL, correct, n_cases, n_bins, DUB_BINS_EQUAL_WIDTH, error);
}

DubReliability *
dub_reliability_new_equal_mass (const double   *confidence,
                                const gboolean *correct,
                                size_t          n_cases,
                                size_t          n_bins,
                                GError        **error)
{
  return reliability_new (confidence, NULL, correct, n_cases, n_bins, DUB_BINS_EQUAL_MASS, error);
}

DubReliability *
dub_reliability_new_of_sorted (const double   *confidence,
                               const double   *sorted,
                               const gboolean *correct,
                               size_t          n_cases,
                               size_t          n_bins,
                               GError        **error)
{
  return reliability_new (confidence, sorted, correct, n_cases, n_bins, DUB_BINS_EQUAL_MASS, error);
}

void
dub_reliability_free (DubReliability *self)
{
  if (self == NULL)
    return;
  g_free (self->edge);
  g_free (self->count);
  g_free (self->confidence);
  g_free (self->accuracy);
  g_free (self);
}

double
dub_reliability_ece (const DubReliability *self)
{
  double sum = 0.0;

  for (size_t m = 0; m < self->n_bins; m++)
    if (self->count[m] > 0)
      sum += (double) self->count[m] * fabs (self->accuracy[m] - self->confidence[m]);

  return sum / (double) self->n_cases;
}

double
dub_reliability_mce (const DubReliability *self)
{
  double largest = 0.0;

  for (size_t m = 0; m < self->n_bins; m++)
    if (self->count[m] > 0)
      largest = MAX (largest, fabs (self->accuracy[m] - self->confidence[m]));

  return largest;
}

double
dub_reliability_average_error (const DubReliability *self)
{
  double sum = 0.0;
  size_t n = 0;

  for (size_t m = 0; m < self->n_bins; m++)
    if (self->count[m] > 0) {
      sum += fabs (self->accuracy[m] - self->confidence[m]);
      n++;
    }

  return sum / (double) n;
}

double
dub_reliability_overconfidence (const DubReliability *self)
{
  double sum = 0.0;

  for (size_t m = 0; m < self->n_bins; m++)
    if (self->count[m] > 0)
      sum += (double) self->count[m] * (self->confidence[m] - self->accuracy[m]);

  return sum / (double) self->n_cases;
}

gboolean
dub_top_label (const double  *probabilities,
               const int     *labels,
               size_t         n_cases,
               size_t         n_classes,
               double        *confidence,
               gboolean      *correct,
               int           *answers,
               GError       **error)
{
  if (!dub_check_probabilities (probabilities, n_cases, n_classes, error)
      || !dub_check_labels ("label", labels, n_cases, n_classes, error))
    return FALSE;

  for (size_t i = 0; i < n_cases; i++) {
    const double *row = probabilities + i * n_classes;
    size_t answer = dub_argmax (row, n_classes);

    if (confidence != NULL)
      confidence[i] = row[answer];
    if (correct != NULL)
      correct[i] = (size_t) labels[i] == answer;
    if (answers != NULL)
      answers[i] = (int) answer;
  }

  return TRUE;
}

double
dub_classwise_ece (const double  *probabilities,
                   const int     *labels,
                   size_t         n_cases,
                   size_t         n_classes,
                   size_t         n_bins,
                   DubBinning     binning,
                   double        *per_class,
                   GError       **error)
{
  if (!dub_check_probabilities (probabilities, n_cases, n_classes, error)
      || !dub_check_labels ("label", labels, n_cases, n_classes, error))
    return (double) NAN;

  g_autofree double *column = g_new (double, n_cases);
  g_autofree gboolean *is_class = g_new (gboolean, n_cases);
  double sum = 0.0;

  for (size_t c = 0; c < n_classes; c++) {
    for (size_t i = 0; i < n_cases; i++) {
      column[i] = probabilities[i * n_classes + c];
      is_class[i] = (size_t) labels[i] == c;
    }

    g_autoptr (DubReliability) bins = reliability_new (column, NULL, is_class, n_cases, n_bins, binning, error);

    if (bins == NULL)
      return (double) NAN;

    double ece = dub_reliability_ece (bins);

    if (per_class != NULL)
      per_class[c] = ece;
    sum += ece;
  }

  return sum / (double) n_classes;
}
