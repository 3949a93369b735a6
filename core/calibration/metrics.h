/* The headline figures of a classifier on one split, each with its interval and the name of its method.
 *
 * Letters: N cases, C classes, M bins.
 */
#pragma once

#include "core/base/run.h"
#include "core/stats/estimate.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef enum {
  DUB_METRIC_ACCURACY,          /* Wilson */
  DUB_METRIC_BALANCED_ACCURACY, /* stratified bootstrap */
  DUB_METRIC_SENSITIVITY,       /* of the positive class: Wilson; C > 2: mean over classes, stratified bootstrap */
  DUB_METRIC_SPECIFICITY,       /* the same */
  DUB_METRIC_AUROC,             /* DeLong (delong.h); C > 2: mean of one against the rest, stratified bootstrap */
  DUB_METRIC_ECE,               /* top label, M equal-width bins; the interval of calibration.h */
  DUB_METRIC_MCE,               /* the same */
  DUB_METRIC_NLL,               /* in nats; bootstrap */
  DUB_METRIC_BRIER,             /* C = 2: binary form in [0, 1]; C > 2: sum form in [0, 2]; bootstrap */
} DubMetric;
#define DUB_N_METRICS (DUB_METRIC_BRIER + 1)

/* "balanced_accuracy": the name in documents. Static. */
const char *dub_metric_name     (DubMetric          metric);

/* Zeros are the defaults, but for @positive, which for C = 2 is a choice that must be made and shown. */
typedef struct {
  int        positive;    /* C = 2: the positive class, in [0, 2); otherwise not read */
  size_t     n_bins;      /* M; 0 = DUB_RELIABILITY_BINS */
  size_t     n_resamples; /* 0 = DUB_BOOTSTRAP_RESAMPLES */
  guint64    seed;
  double     confidence;  /* 0 = DUB_CONFIDENCE */
  const int *groups;      /* (nullable): [N] patient of the case. Where one has several cases, these are not independent, and
                           * every interval is a bootstrap of patients. */
} DubMetricsOptions;

/* A plain value. Nothing in it is owned. */
typedef struct {
  size_t      n_cases;    /* N */
  size_t      n_classes;  /* C */
  int         positive;   /* -1 for C > 2 */
  size_t      n_bins;     /* M */
  size_t      n_clipped;  /* labels whose probability was below DUB_NLL_SMALLEST */
  const char *brier_form; /* "binary, 0 to 1" or "sum over classes, 0 to 2" */
  DubEstimate estimate[DUB_N_METRICS];
} DubMetrics;

/* dub_metrics_measure:
 * @probabilities: (N, C); of an ensemble the mean over its models
 * @labels: [N] in [0, C)
 * @run: (nullable): threads and cancelling
 *
 * The answer of a case is its largest probability, of equal ones the first class. The same @seed gives the same bits
 * for any number of threads.
 *
 * A figure that needs a class without cases (balanced accuracy, sensitivity, specificity, AUROC) is NaN, and its method
 * says so.
 *
 * ECE, MCE, NLL and Brier's score are those of dub_calibration_measure() with the same options, intervals and all; README says
 * how far these hold.
 *
 * FALSE, with @error set: DUB_ERROR_SHAPE, DUB_ERROR_NUMERIC (the message names the case), DUB_ERROR_ARGUMENT for a positive
 * class or a confidence out of range, DUB_ERROR_CANCELLED, DUB_ERROR_MEMORY. @metrics is then undefined.
 */
gboolean    dub_metrics_measure (const double            *probabilities,
                                 const int               *labels,
                                 size_t                   n_cases,
                                 size_t                   n_classes,
                                 const DubMetricsOptions *options,
                                 DubRun                  *run,
                                 DubMetrics              *metrics,
                                 GError                 **error);

G_END_DECLS
