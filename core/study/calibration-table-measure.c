#include "core/study/calibration-table-private.h"

#include "core/calibration/calibration-change.h"
#include "core/stats/distribution.h"
#include "core/study/answers.h"
#include "core/study/evaluate.h"

#include <math.h>

static const char REPEATS_METHOD[] = "t-interval of the mean of repeats";
static const char ONE_METHOD[] = "one repeat: no interval";

static gboolean
has_calibration (const DubStudyData *data)
{
  for (size_t i = 0; i < data->n_cases; i++)
    if (data->split->part[i] == DUB_PART_CALIBRATION && data->labels[i] >= 0)
      return TRUE;

  return FALSE;
}

/* The names of the measures where they are computed. */
static const DubCalibrationMeasure MEASURES[DUB_N_TABLE_MEASURES] = {
  DUB_CALIBRATION_ECE, DUB_CALIBRATION_MCE, DUB_CALIBRATION_ACCURACY,
};

/* The networks of one row and repeat, or the plain one's temperature. */
typedef struct {
  DubTableRow          *row;
  guint                 method, repeat;
  const DubPredictions *predictions;
  const DubPredictions *plain;  /* (nullable): of the same row and repeat */
} Answer;

static gboolean
measure_answer (DubCalibrationTable              *self,
                const Answer                     *answer,
                const DubCalibrationTableOptions *options,
                DubRun                           *run,
                GError                          **error)
{
  DubTableRow *row = answer->row;
  DubTableCell *cell = &row->cells[answer->method];
  size_t n = answer->predictions->n_cases;
  DubCalibration calibration;
  DubEstimate change[DUB_N_CALIBRATION_MEASURES];
  DubCalibrationOptions measuring = {
    .n_bins = options->n_bins, .seed = options->seed,
    /* Where repeats tell how much a value varies, resamples of the cases are not asked. */
    .n_resamples = row->n_repeats > 1 ? 2 : (guint) options->n_resamples,
  };

  /* One recipe under two names gives one network twice. */
  if (!isnan (cell->values[0][answer->repeat]))
    return TRUE;
  for (int k = 0; k < DUB_N_TABLE_MEASURES; k++)
    measuring.measures |= 1u << MEASURES[k];
  if (!dub_calibration_measure (answer->predictions, &measuring, run, &calibration, error))
    return FALSE;
  self->n_bins = calibration.n_bins;
  row->n_cases[0] = MIN (row->n_cases[0], n);
  row->n_cases[1] = MAX (row->n_cases[1], n);
  cell->n_values++;
  for (int k = 0; k < DUB_N_TABLE_MEASURES; k++) {
    cell->estimate[k] = calibration.estimate[MEASURES[k]];
    cell->values[k][answer->repeat] = cell->estimate[k].value;
  }
  if (row->n_repeats > 1 || answer->plain == NULL || answer->plain == answer->predictions)
    return TRUE;
  if (!dub_calibration_change (answer->plain, answer->predictions, &measuring, run, change, error))
    return FALSE;
  for (int k = 0; k < DUB_N_TABLE_MEASURES; k++)
    cell->change[k] = change[MEASURES[k]];

  return TRUE;
}

/* The plain networks with a temperature; nothing where the best one would make every answer certain. */
static gboolean
measure_temperature (DubCalibrationTable              *self,
                     Answer                            answer,
                     const DubPredictions             *calibration,
                     const DubCalibrationTableOptions *options,
                     DubRun                           *run,
                     GError                          **error)
{
  g_autoptr (DubRecalibration) fit =
    dub_recalibration_fit (DUB_RECALIBRATE_TEMPERATURE, calibration, dub_part_name (DUB_PART_CALIBRATION), run, error);

  if (fit == NULL)
    return FALSE;
  dub_recalibration_temperature (fit, &answer.row->temperatures[answer.repeat], NULL, NULL);
  if (!dub_recalibration_is_usable (fit))
    return TRUE;

  g_autoptr (DubPredictions) scaled = dub_recalibration_apply (fit, answer.predictions, error);

  if (scaled == NULL)
    return FALSE;
  answer.method = DUB_TABLE_TEMPERATURE;
  answer.predictions = scaled;

  return measure_answer (self, &answer, options, run, error);
}

/* The networks of the study's entries; ends with NULL. (transfer full) */
static char **
list_networks (const DubStudy      *study,
               const DubTableEntry *entries,
               guint                n)
{
  GPtrArray *ids = g_ptr_array_new ();

  for (guint i = 0; i < n; i++) {
    char **models = dub_study_family_models (study, entries[i].family);

    for (size_t m = 0; models[m] != NULL; m++)
      g_ptr_array_add (ids, models[m]);
    g_free (models);
  }
  g_ptr_array_add (ids, NULL);

  return (char **) g_ptr_array_free (ids, FALSE);
}

static const DubPredictions *
plain_of (const DubTableEntry *entries,
          GPtrArray           *predictions,
          guint                of)
{
  for (guint i = 0; i < predictions->len; i++)
    if (entries[i].method == DUB_TABLE_UNCALIBRATED && entries[i].row == entries[of].row && entries[i].repeat == entries[of].repeat)
      return g_ptr_array_index (predictions, i);

  return NULL;
}

gboolean
_dub_calibration_table_measure (DubCalibrationTable              *self,
                                const DubTableEntry              *entries,
                                guint                             n,
                                DubStudy                         *study,
                                const DubCalibrationTableOptions *options,
                                DubRun                           *run,
                                GError                          **error)
{
  g_auto (GStrv) ids = list_networks (study, entries, n);
  g_autoptr (DubOutputs) outputs = dub_outputs_load (study, (const char *const *) ids, run, error);
  g_autoptr (GPtrArray) predictions = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_predictions_free);
  gboolean calibrates = has_calibration (study->data);

  if (outputs == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    DubPredictions *of_family = dub_study_predictions (study, outputs, entries[i].family, NULL, DUB_PART_TEST, NULL, error);

    if (of_family == NULL)
      return FALSE;
    g_ptr_array_add (predictions, of_family);
  }
  for (guint i = 0; i < n; i++) {
    const Answer answer = {
      .row = g_ptr_array_index (self->rows, entries[i].row), .method = entries[i].method, .repeat = entries[i].repeat,
      .predictions = g_ptr_array_index (predictions, i), .plain = plain_of (entries, predictions, i),
    };

    if (!measure_answer (self, &answer, options, run, error))
      return FALSE;
    if (entries[i].method != DUB_TABLE_UNCALIBRATED || !calibrates)
      continue;

    g_autoptr (DubPredictions) calibration =
      dub_study_predictions (study, outputs, entries[i].family, NULL, DUB_PART_CALIBRATION, NULL, error);

    if (calibration == NULL || !measure_temperature (self, answer, calibration, options, run, error))
      return FALSE;
  }

  return TRUE;
}

/* --- over the repeats --- */

/* The mean of those of @values [n] that are not NaN, less @base (nullable), with its t-interval. */
static DubEstimate
mean_of (const double *values,
         const double *base,
         size_t        n)
{
  double sum = 0.0, squares = 0.0;
  size_t found = 0;

  for (size_t i = 0; i < n; i++) {
    double value = values[i] - (base != NULL ? base[i] : 0.0);

    if (!isnan (value)) {
      sum += value;
      found++;
    }
  }
  if (found == 0)
    return dub_estimate_undefined ("not trained");

  DubEstimate mean = { .value = sum / (double) found, .low = (double) NAN, .high = (double) NAN, .method = ONE_METHOD };

  if (found == 1)
    return mean;
  for (size_t i = 0; i < n; i++) {
    double away = values[i] - (base != NULL ? base[i] : 0.0) - mean.value;

    if (!isnan (away))
      squares += away * away;
  }

  double df = (double) (found - 1);
  double half = dub_student_quantile (0.5 + 0.5 * DUB_CONFIDENCE, df) * sqrt (squares / df / (double) found);

  mean.low = mean.value - half;
  mean.high = mean.value + half;
  mean.method = REPEATS_METHOD;

  return mean;
}

void
_dub_table_row_summarise (DubTableRow *row,
                          size_t       n_methods)
{
  for (int k = 0; k < DUB_N_TABLE_MEASURES; k++) {
    gboolean large = k == DUB_TABLE_ACCURACY;
    size_t n_comparable = 0;

    row->best[k] = -1;
    for (size_t m = 0; m < n_methods; m++) {
      DubTableCell *cell = &row->cells[m];

      if (cell->n_values == 0)
        continue;
      if (row->n_repeats > 1) {
        cell->estimate[k] = mean_of (cell->values[k], NULL, row->n_repeats);
        /* All three are shares. */
        if (isfinite (cell->estimate[k].low)) {
          cell->estimate[k].low = fmax (cell->estimate[k].low, 0.0);
          cell->estimate[k].high = fmin (cell->estimate[k].high, 1.0);
        }
      }
      if (m != DUB_TABLE_UNCALIBRATED && row->n_repeats > 1)
        cell->change[k] = mean_of (cell->values[k], row->cells[DUB_TABLE_UNCALIBRATED].values[k], row->n_repeats);
      /* A method that lacks repeats has a mean of others, and is not compared; no temperature changes an answer. */
      if (cell->n_values < row->n_repeats || (large && m == DUB_TABLE_TEMPERATURE))
        continue;
      n_comparable++;

      double value = cell->estimate[k].value, best = row->best[k] >= 0 ? row->cells[row->best[k]].estimate[k].value : (double) NAN;

      if (isfinite (value) && (row->best[k] < 0 || (large ? value > best : value < best)))
        row->best[k] = (int) m;
    }
    if (n_comparable < 2)
      row->best[k] = -1;
  }
}
