#include "core/calibration/metrics.h"

#include "core/calibration/calibration.h"
#include "core/stats/bootstrap.h"
#include "core/stats/confusion.h"
#include "core/stats/delong.h"
#include "core/stats/roc.h"

static const char *const NAMES[DUB_N_METRICS] = {
  [DUB_METRIC_ACCURACY] = "accuracy",
  [DUB_METRIC_BALANCED_ACCURACY] = "balanced_accuracy",
  [DUB_METRIC_SENSITIVITY] = "sensitivity",
  [DUB_METRIC_SPECIFICITY] = "specificity",
  [DUB_METRIC_AUROC] = "auroc",
  [DUB_METRIC_ECE] = "ece",
  [DUB_METRIC_MCE] = "mce",
  [DUB_METRIC_NLL] = "nll",
  [DUB_METRIC_BRIER] = "brier",
};

static const char *const REASON_ABSENT = "none: a class has no cases";

const char *
dub_metric_name (DubMetric metric)
{
  return NAMES[metric];
}

/* Everything that a resample is measured from, found once. */
typedef struct {
  const int       *labels;
  size_t           n_cases;    /* N */
  size_t           n_classes;  /* C */
  size_t           n_bins;     /* M */
  int              positive;   /* -1 for C > 2 */
  double           confidence; /* of the intervals */
  const double    *probabilities;
  DubConfusion    *confusion;
  gboolean        *correct;    /* [N] */
  int             *answers;    /* [N] */
  DubRanking     **rankings;   /* [n_rankings] of the classes' probabilities; none where DeLong serves */
  size_t           n_rankings;
} Sample;

static void
sample_clear (Sample *self)
{
  dub_confusion_free (self->confusion);
  g_free (self->correct);
  g_free (self->answers);
  for (size_t k = 0; k < self->n_rankings; k++)
    dub_ranking_free (self->rankings[k]);
  g_free (self->rankings);
}

static double *
class_scores (const Sample *self,
              size_t        c,
              gboolean     *is_class)
{
  double *scores = g_new (double, self->n_cases);

  for (size_t i = 0; i < self->n_cases; i++) {
    scores[i] = self->probabilities[i * self->n_classes + c];
    is_class[i] = (size_t) self->labels[i] == c;
  }

  return scores;
}

/* One ranking a class, of two classes that of the positive one. */
static gboolean
rank_classes (Sample  *self,
              GError **error)
{
  g_autofree gboolean *is_class = g_new (gboolean, self->n_cases);
  size_t n = self->positive >= 0 ? 1 : self->n_classes;

  self->rankings = g_new0 (DubRanking *, n);
  for (size_t k = 0; k < n; k++) {
    g_autofree double *scores = class_scores (self, self->positive >= 0 ? (size_t) self->positive : k, is_class);

    self->rankings[k] = dub_ranking_new (scores, is_class, self->n_cases, error);
    if (self->rankings[k] == NULL)
      return FALSE;
    self->n_rankings = k + 1;
  }

  return TRUE;
}

static gboolean
sample_init (Sample  *self,
             GError **error)
{
  self->correct = g_new (gboolean, self->n_cases);
  self->answers = g_new (int, self->n_cases);
  if (!dub_top_label (self->probabilities, self->labels, self->n_cases, self->n_classes, NULL, self->correct, self->answers, error))
    return FALSE;
  self->confusion = dub_confusion_new (self->labels, self->answers, self->n_cases, self->n_classes, error);

  return self->confusion != NULL;
}

/* What is measured on resamples that keep the number of cases of every class. */
enum { BALANCED, SENSITIVITY, SPECIFICITY, AREA, N_BY_CLASS };

static void
measure_by_class_cb (const DubResample *resample,
                     double            *values,
                     gpointer           user_data)
{
  const Sample *self = user_data;
  size_t n_classes = self->n_classes;
  g_autofree size_t *truth = g_new0 (size_t, 3 * n_classes);
  size_t *answered = truth + n_classes, *both = truth + 2 * n_classes;
  double sensitivity = 0.0, specificity = 0.0, area = 0.0;

  for (size_t i = 0; i < self->n_cases; i++) {
    truth[self->labels[i]] += resample->count[i];
    answered[self->answers[i]] += resample->count[i];
    both[self->labels[i]] += self->correct[i] ? resample->count[i] : 0;
  }
  for (size_t c = 0; c < n_classes; c++) {
    DubRate found = { both[c], truth[c] };
    DubRate left = { resample->n - truth[c] - (answered[c] - both[c]), resample->n - truth[c] };

    sensitivity += dub_rate_value (found) / (double) n_classes;
    specificity += dub_rate_value (left) / (double) n_classes;
    if ((int) c == self->positive) {
      values[SENSITIVITY] = dub_rate_value (found);
      values[SPECIFICITY] = dub_rate_value (left);
    }
  }
  values[BALANCED] = sensitivity;
  if (self->positive < 0) {
    values[SENSITIVITY] = sensitivity;
    values[SPECIFICITY] = specificity;
  }
  for (size_t k = 0; k < self->n_rankings; k++)
    area += dub_ranking_area (self->rankings[k], resample->count) / (double) self->n_rankings;
  values[AREA] = self->n_rankings > 0 ? area : (double) NAN;
}

/* The accuracy on plain resamples: only patients need it. */
static void
measure_accuracy_cb (const DubResample *resample,
                     double            *values,
                     gpointer           user_data)
{
  const Sample *self = user_data;
  size_t n_correct = 0;

  for (size_t i = 0; i < self->n_cases; i++)
    n_correct += self->correct[i] ? resample->count[i] : 0;
  *values = (double) n_correct / (double) resample->n;
}

/* Limits of a bootstrap for a value that was measured directly. */
static DubEstimate
take_interval (const DubBootstrap *bootstrap,
               size_t              statistic,
               double              value,
               double              confidence)
{
  if (isnan (value))
    return dub_estimate_undefined (REASON_ABSENT);

  DubEstimate estimate = dub_bootstrap_interval (bootstrap, statistic, DUB_INTERVAL_PERCENTILE, confidence);

  estimate.value = value;

  return estimate;
}

/* A rate by Wilson, or by the bootstrap where cases depend on each other. */
static DubEstimate
take_rate (const DubBootstrap *bootstrap,
           size_t              statistic,
           DubRate             rate,
           double              confidence)
{
  DubEstimate estimate = dub_rate_wilson (rate, confidence);

  if (rate.d == 0) {
    estimate.method = REASON_ABSENT;
  } else if (bootstrap != NULL && bootstrap->grouped) {
    estimate = take_interval (bootstrap, statistic, dub_rate_value (rate), confidence);
    estimate.n = rate.n;
    estimate.d = rate.d;
  }

  return estimate;
}

static gboolean
measure_area (Sample             *self,
              const DubBootstrap *by_class,
              DubEstimate        *estimate,
              GError            **error)
{
  if (self->n_rankings > 0) {
    *estimate = take_interval (by_class, AREA, by_class->value[AREA], self->confidence);
    return TRUE;
  }

  g_autofree gboolean *is_class = g_new (gboolean, self->n_cases);
  g_autofree double *scores = class_scores (self, (size_t) self->positive, is_class);
  g_autoptr (DubDelong) delong = dub_delong_new (scores, is_class, self->n_cases, error);

  if (delong == NULL)
    return FALSE;
  *estimate = dub_delong_estimate (delong, self->confidence);

  return TRUE;
}

static gboolean
measure (Sample                   *self,
         const DubBootstrapDesign *design,
         DubRun                   *run,
         DubEstimate              *estimate,
         GError                  **error)
{
  DubBootstrapDesign stratified = *design;

  stratified.strata = self->labels;

  g_autoptr (DubBootstrap) by_class = dub_bootstrap_new (&stratified, measure_by_class_cb, N_BY_CLASS, self, run, error);
  g_autoptr (DubBootstrap) overall = NULL;

  if (by_class != NULL && design->groups != NULL)
    overall = dub_bootstrap_new (design, measure_accuracy_cb, 1, self, run, error);
  if (by_class == NULL || (design->groups != NULL && overall == NULL) || !measure_area (self, by_class, &estimate[DUB_METRIC_AUROC], error))
    return FALSE;

  const DubConfusion *confusion = self->confusion;
  double level = self->confidence;
  double balanced = dub_confusion_balanced_accuracy (confusion);

  estimate[DUB_METRIC_ACCURACY] = take_rate (overall, 0, dub_confusion_accuracy (confusion), level);
  estimate[DUB_METRIC_BALANCED_ACCURACY] = take_interval (by_class, BALANCED, balanced, level);
  if (self->positive >= 0) {
    size_t positive = (size_t) self->positive;

    estimate[DUB_METRIC_SENSITIVITY] =
      take_rate (by_class, SENSITIVITY, dub_confusion_sensitivity (confusion, positive), level);
    estimate[DUB_METRIC_SPECIFICITY] =
      take_rate (by_class, SPECIFICITY, dub_confusion_specificity (confusion, positive), level);
  } else {
    double specificity = dub_confusion_macro_specificity (confusion);

    /* Specificity is defined without cases of a class, but its mean over the classes would then say little. */
    estimate[DUB_METRIC_SENSITIVITY] = take_interval (by_class, SENSITIVITY, balanced, level);
    estimate[DUB_METRIC_SPECIFICITY] =
      take_interval (by_class, SPECIFICITY, isnan (balanced) ? balanced : specificity, level);
  }

  return TRUE;
}

/* Calibration and proper scores are those of calibration.h, so that one number has one interval wherever it is told. */
static gboolean
measure_confidences (const Sample             *self,
                     const DubBootstrapDesign *design,
                     DubRun                   *run,
                     DubMetrics               *metrics,
                     GError                  **error)
{
  static const struct { DubMetric metric; DubCalibrationMeasure measure; } SAME[] = {
    { DUB_METRIC_ECE, DUB_CALIBRATION_ECE }, { DUB_METRIC_MCE, DUB_CALIBRATION_MCE },
    { DUB_METRIC_NLL, DUB_CALIBRATION_NLL }, { DUB_METRIC_BRIER, DUB_CALIBRATION_BRIER },
  };
  DubCalibrationOptions options = {
    .n_bins = self->n_bins, .n_resamples = (guint) design->n_resamples, .seed = design->seed, .confidence = self->confidence,
  };
  g_autoptr (DubPredictions) predictions = dub_predictions_new (self->probabilities, NULL, self->labels, self->n_cases,
                                                                self->n_classes, design->groups, error);
  DubCalibration calibration;

  for (size_t k = 0; k < G_N_ELEMENTS (SAME); k++)
    options.measures |= 1u << SAME[k].measure;
  if (predictions == NULL || !dub_calibration_measure (predictions, &options, run, &calibration, error))
    return FALSE;
  for (size_t k = 0; k < G_N_ELEMENTS (SAME); k++)
    metrics->estimate[SAME[k].metric] = calibration.estimate[SAME[k].measure];
  metrics->n_clipped = calibration.n_clipped;
  metrics->brier_form = calibration.brier_form;

  return TRUE;
}

static gboolean
check_options (const DubMetricsOptions *options,
               size_t                   n_classes,
               GError                 **error)
{
  if (n_classes == 2 && (options->positive < 0 || options->positive > 1)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The positive class is %d; expected 0 or 1.", options->positive);
    return FALSE;
  }
  if (!(options->confidence >= 0.0 && options->confidence < 1.0)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The confidence of the intervals is %g; expected a number between 0 and 1.", options->confidence);
    return FALSE;
  }

  return TRUE;
}

gboolean
dub_metrics_measure (const double            *probabilities,
                     const int               *labels,
                     size_t                   n_cases,
                     size_t                   n_classes,
                     const DubMetricsOptions *options,
                     DubRun                  *run,
                     DubMetrics              *metrics,
                     GError                 **error)
{
  if (!check_options (options, n_classes, error))
    return FALSE;

  Sample sample = {
    .labels = labels,
    .n_cases = n_cases,
    .n_classes = n_classes,
    .n_bins = options->n_bins > 0 ? options->n_bins : DUB_RELIABILITY_BINS,
    .positive = n_classes == 2 ? options->positive : -1,
    .confidence = options->confidence > 0.0 ? options->confidence : DUB_CONFIDENCE,
    .probabilities = probabilities,
  };
  DubBootstrapDesign design = {
    .n_cases = n_cases,
    .groups = dub_bootstrap_dependent (options->groups, n_cases) ? options->groups : NULL,
    .n_resamples = options->n_resamples,
    .seed = options->seed,
    .counts_alone = TRUE,
  };

  *metrics = (DubMetrics) {
    .n_cases = n_cases,
    .n_classes = n_classes,
    .positive = sample.positive,
    .n_bins = sample.n_bins,
  };

  /* Of two classes and independent cases DeLong's interval needs no resamples. */
  gboolean needs_rankings = sample.positive < 0 || design.groups != NULL;
  gboolean done = sample_init (&sample, error)
                  && (!needs_rankings || rank_classes (&sample, error))
                  && measure (&sample, &design, run, metrics->estimate, error)
                  && measure_confidences (&sample, &design, run, metrics, error);

  sample_clear (&sample);

  return done;
}
