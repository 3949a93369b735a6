/* Confidences stay where they are and only outcomes are drawn, so that a bin's cases and their mean confidence are known before. */
#include "core/calibration/calibration-null.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"

#include <math.h>
#include <string.h>

enum { PER_PIECE = 8, N_MEASURES = DUB_N_CALIBRATION_MEASURES };

/* Numbers that one word can be, all of them below 1 when divided by it. */
#define WORDS UINT32_MAX

static const guint OF_ERRORS =
  1u << DUB_CALIBRATION_ECE | 1u << DUB_CALIBRATION_ADAPTIVE_ECE | 1u << DUB_CALIBRATION_CLASSWISE_ECE
  | 1u << DUB_CALIBRATION_MCE | 1u << DUB_CALIBRATION_AVERAGE | 1u << DUB_CALIBRATION_SMOOTH
  | 1u << DUB_CALIBRATION_BRIER_RELIABILITY;

/* The bins of an event before anything happened in them. */
typedef struct {
  DubBinSums *bins;  /* [M] */
  uint32_t   *place; /* [N] bin of the case; of classes NULL, they are looked up */
} Fixed;

typedef struct {
  const DubCalibrationSample *sample;
  const DubPredictions       *predictions;
  const DubReliability       *edges;  /* of equal width */
  Fixed                       width, mass; /* mass: (nullable) */
  DubBinSums                 *classes; /* (nullable) [C · M] */
  guint64                     seed;
  double                     *errors; /* [samples · N_MEASURES] */
} Null;

static void
set_fixed (Fixed                      *fixed,
           const DubCalibrationSample *sample,
           const size_t               *first)
{
  fixed->bins = g_new0 (DubBinSums, sample->n_bins);
  fixed->place = g_new (uint32_t, sample->n_cases);
  for (size_t m = 0; m < sample->n_bins; m++)
    for (size_t i = first[m]; i < first[m + 1]; i++) {
      fixed->place[i] = (uint32_t) m;
      fixed->bins[m].n++;
      fixed->bins[m].confidence += sample->order->confidence[i];
    }
}

static void
set_classes (Null *self)
{
  const DubCalibrationSample *sample = self->sample;

  self->classes = g_new0 (DubBinSums, sample->n_classes * sample->n_bins);
  for (size_t c = 0; c < sample->n_classes; c++)
    for (size_t m = 0; m < sample->n_bins; m++)
      for (size_t i = sample->classes[c].first[m]; i < sample->classes[c].first[m + 1]; i++) {
        self->classes[c * sample->n_bins + m].n++;
        self->classes[c * sample->n_bins + m].confidence += sample->classes[c].confidence[i];
      }
}

/* The class that a number in [confidence, 1) falls to: not the answer, whose share is below that. */
static size_t
draw_other (const double *row,
            size_t        n_classes,
            size_t        answer,
            double        word)
{
  size_t last = answer == 0 ? 1 : 0;
  double below = row[answer];

  for (size_t c = 0; c < n_classes; c++) {
    if (c == answer)
      continue;
    last = c;
    below += row[c];
    if (word < below)
      break;
  }

  return last;
}

/* What one sample is drawn into. */
typedef struct {
  uint32_t   *word;     /* [N]; then whether the event happened */
  DubBinSums *width, *mass, *classes;
  double     *smooth;
} Drawn;

static void
draw_outcomes (const Null *self,
               Drawn      *drawn)
{
  const DubCalibrationSample *sample = self->sample;
  const DubPredictions *predictions = self->predictions;
  size_t n_classes = sample->n_classes, n_bins = sample->n_bins;

  for (size_t i = 0; i < sample->n_cases; i++) {
    double word = (double) drawn->word[i] / WORDS;
    gboolean happened = word < sample->order->confidence[i];

    if (drawn->classes != NULL) {
      size_t index = sample->order->cases[i], answer = (size_t) predictions->answers[index];

      if (happened) {
        drawn->classes[answer * n_bins + self->width.place[i]].happened++;
      } else {
        const double *row = predictions->probabilities + index * n_classes;
        size_t label = draw_other (row, n_classes, answer, word);

        drawn->classes[label * n_bins + dub_reliability_find_bin (self->edges, row[label])].happened++;
      }
    }
    drawn->width[self->width.place[i]].happened += happened ? 1 : 0;
    if (drawn->mass != NULL)
      drawn->mass[self->mass.place[i]].happened += happened ? 1 : 0;
    drawn->word[i] = happened ? UINT32_MAX : 0;
  }
}

static DubBinErrors
measure_bins (const DubBinSums *bins,
              size_t            n_bins)
{
  DubBinErrors errors = { 0 };

  for (size_t m = 0; m < n_bins; m++)
    _dub_bin_errors_add (&errors, &bins[m]);

  return errors;
}

static void
measure_drawn (const Null  *self,
               const Drawn *drawn,
               double      *errors)
{
  const DubCalibrationSample *sample = self->sample;
  DubBinErrors width = measure_bins (drawn->width, sample->n_bins);
  DubBinErrors mass = drawn->mass != NULL ? measure_bins (drawn->mass, sample->n_bins) : width;
  const DubBinErrors *chosen = sample->binning == DUB_BINS_EQUAL_MASS ? &mass : &width;
  double n = (double) sample->n_cases, classwise = 0.0, reliability = 0.0;

  for (size_t c = 0; drawn->classes != NULL && c < sample->n_classes; c++) {
    DubBinErrors one = measure_bins (drawn->classes + c * sample->n_bins, sample->n_bins);

    classwise += one.gaps / n;
    reliability += _dub_calibration_sample_weight (sample) * one.reliability / n;
  }
  errors[DUB_CALIBRATION_ECE] = width.gaps / n;
  errors[DUB_CALIBRATION_ADAPTIVE_ECE] = mass.gaps / n;
  errors[DUB_CALIBRATION_MCE] = chosen->largest;
  errors[DUB_CALIBRATION_AVERAGE] = chosen->mean_gaps / (double) chosen->n_filled;
  errors[DUB_CALIBRATION_CLASSWISE_ECE] = classwise / (double) MAX (sample->n_classes, 1);
  errors[DUB_CALIBRATION_BRIER_RELIABILITY] = sample->n_classes > 0 ? reliability : width.reliability / n;
  errors[DUB_CALIBRATION_SMOOTH] =
    sample->smooth != NULL ? _dub_smooth_measure_outcomes (sample->smooth, drawn->word, drawn->smooth) : 0.0;
}

static void
draw_piece_cb (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  Null *self = user_data;
  const DubCalibrationSample *sample = self->sample;
  size_t n_bins = sample->n_bins, n_of_classes = self->classes != NULL ? sample->n_classes * n_bins : 0;
  size_t end = MIN ((piece + 1) * PER_PIECE, (size_t) DUB_CALIBRATION_NULL_SAMPLES);
  g_autofree uint32_t *word = g_new (uint32_t, sample->n_cases);
  g_autofree DubBinSums *sums = g_new (DubBinSums, 2 * n_bins + n_of_classes);
  g_autofree double *smooth = sample->smooth != NULL ? g_new (double, _dub_smooth_scratch (sample->smooth)) : NULL;
  Drawn drawn = {
    .word = word,
    .width = sums,
    .mass = self->mass.bins != NULL ? sums + n_bins : NULL,
    .classes = self->classes != NULL ? sums + 2 * n_bins : NULL,
    .smooth = smooth,
  };

  (void) thread;
  for (size_t r = piece * PER_PIECE; r < end; r++) {
    DubRng rng;

    dub_rng_init (&rng, self->seed, "perfect calibration", r);
    dub_rng_fill_below (&rng, WORDS, word, sample->n_cases);
    memcpy (drawn.width, self->width.bins, n_bins * sizeof *sums);
    if (drawn.mass != NULL)
      memcpy (drawn.mass, self->mass.bins, n_bins * sizeof *sums);
    if (drawn.classes != NULL)
      memcpy (drawn.classes, self->classes, n_of_classes * sizeof *sums);
    draw_outcomes (self, &drawn);
    measure_drawn (self, &drawn, self->errors + r * N_MEASURES);
  }
}

static void
read_chances (const Null   *self,
              const double *values,
              double       *p)
{
  for (guint k = 0; k < N_MEASURES; k++) {
    double n_larger = 0.0;

    p[k] = (double) NAN;
    if (!(self->sample->measures & OF_ERRORS & (1u << k)) || isnan (values[k]))
      continue;
    /* An equal one is as large, though it may be rounded otherwise; smooth errors are found to 1e-9. */
    for (size_t r = 0; r < DUB_CALIBRATION_NULL_SAMPLES; r++)
      n_larger += self->errors[r * N_MEASURES + k] >= values[k] - (k == DUB_CALIBRATION_SMOOTH ? 2e-9 : 1e-12) ? 1.0 : 0.0;
    p[k] = (1.0 + n_larger) / (1.0 + DUB_CALIBRATION_NULL_SAMPLES);
  }
}

gboolean
_dub_calibration_null (const DubCalibrationSample *sample,
                       const DubPredictions       *predictions,
                       const double               *values,
                       guint64                     seed,
                       DubRun                     *run,
                       double                     *p,
                       GError                    **error)
{
  if (!(sample->measures & OF_ERRORS)) {
    for (guint k = 0; k < N_MEASURES; k++)
      p[k] = (double) NAN;
    return TRUE;
  }

  g_autoptr (DubReliability) edges = dub_predictions_reliability (predictions, DUB_BINS_EQUAL_WIDTH, sample->n_bins);
  g_autofree double *errors = g_new (double, DUB_CALIBRATION_NULL_SAMPLES * N_MEASURES);
  Null self = { .sample = sample, .predictions = predictions, .edges = edges, .seed = seed, .errors = errors };

  set_fixed (&self.width, sample, sample->width.first);
  if (sample->mass_first != NULL)
    set_fixed (&self.mass, sample, sample->mass_first);
  if (sample->classes != NULL)
    set_classes (&self);

  gboolean done = dub_parallel_for (run, (DUB_CALIBRATION_NULL_SAMPLES + PER_PIECE - 1) / PER_PIECE, draw_piece_cb, &self, error);

  if (done)
    read_chances (&self, values, p);
  g_free (self.width.bins);
  g_free (self.width.place);
  g_free (self.mass.bins);
  g_free (self.mass.place);
  g_free (self.classes);

  return done;
}
