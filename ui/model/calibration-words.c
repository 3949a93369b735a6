#include "ui/model/calibration-words.h"

#include <glib/gi18n.h>

static const struct {
  const char *title, *definition;
} MEASURES[DUB_N_CALIBRATION_MEASURES] = {
  [DUB_CALIBRATION_ECE] = {
    N_("Expected calibration error"),
    N_("Mean gap between confidence and accuracy, over bins of equal width, each weighted by its cases: Σ nₘ/N · |accₘ − confₘ|. From few cases it is overestimated.") },
  [DUB_CALIBRATION_ADAPTIVE_ECE] = {
    N_("Adaptive calibration error"),
    N_("The same sum over bins that hold equally many cases, so that crowded confidences are looked at more finely.") },
  [DUB_CALIBRATION_CLASSWISE_ECE] = {
    N_("Classwise calibration error"),
    N_("For every class the ECE of its probability against “the case is of this class”, then the mean over classes.") },
  [DUB_CALIBRATION_MCE] = {
    N_("Maximum calibration error"),
    N_("The largest gap of a bin: maxₘ |accₘ − confₘ|. A bin of few cases decides it easily, and it depends much on the number of bins.") },
  [DUB_CALIBRATION_AVERAGE] = {
    N_("Average calibration error"),
    N_("Plain mean of the gaps of the bins that are not empty: a bin of three cases counts as much as one of three thousand.") },
  [DUB_CALIBRATION_SMOOTH] = {
    N_("Smooth calibration error"),
    N_("Error after smoothing by a kernel whose width equals the error itself (Błasiok and Nakkiran 2023): it needs no bins.") },
  [DUB_CALIBRATION_OVERCONFIDENCE] = {
    N_("Confidence − accuracy"),
    N_("Mean confidence − accuracy, with its sign: above 0 the answers are surer than they are right. It needs no bins.") },
  [DUB_CALIBRATION_BRIER] = {
    N_("Brier score"),
    N_("Mean squared distance of the probabilities from what happened; = reliability − resolution + uncertainty + what varies within groups.") },
  [DUB_CALIBRATION_BRIER_RELIABILITY] = {
    N_("Brier: reliability"),
    N_("Part of the Brier score that calibration could take away: mean squared gap of the groups. Smaller is better.") },
  [DUB_CALIBRATION_BRIER_RESOLUTION] = {
    N_("Brier: resolution"),
    N_("How far what happens in the groups differs from what happens on the whole. Larger is better.") },
  [DUB_CALIBRATION_BRIER_UNCERTAINTY] = {
    N_("Brier: uncertainty"),
    N_("Of the cases, not of the network: the score of one who always says how often it happens.") },
  [DUB_CALIBRATION_NLL] = {
    N_("Negative log-likelihood"),
    N_("Mean −ln of the probability of what happened, in nats. One sure answer that is wrong weighs much.") },
  [DUB_CALIBRATION_ACCURACY] = {
    N_("Accuracy"),
    N_("Share of right answers; of one class: its share of the cases. Temperature does not change it.") },
};

static const struct {
  const char *title, *curve, *sentence;
} METHODS[DUB_N_RECALIBRATE + 1] = {
  { NC_("recalibration", "None"), N_("uncalibrated"), N_("Probabilities as the networks give them") },
  { NC_("recalibration", "Temperature"), N_("temperature"), N_("softmax (z / T): one number makes all answers more or less sure and changes none of them") },
  { NC_("recalibration", "Vector"), N_("vector scaling"), N_("softmax (w ∘ z + b): a factor and a shift for every class; answers may change") },
  { NC_("recalibration", "Platt"), N_("Platt"), N_("A logistic curve of the log-odds of every class against the rest") },
  { NC_("recalibration", "Isotonic"), N_("isotonic"), N_("The rising step function nearest to what happened, of every class against the rest; needs many cases") },
  { NC_("recalibration", "Beta"), N_("beta"), N_("Log-odds a ln p − b ln (1 − p) + c of every class against the rest: bends the two ends of the scale apart") },
};

const char *
dub_calibration_words_measure (DubCalibrationMeasure measure)
{
  return _(MEASURES[measure].title);
}

const char *
dub_calibration_words_definition (DubCalibrationMeasure measure)
{
  return _(MEASURES[measure].definition);
}

const char *
dub_calibration_words_method (int method)
{
  return g_dpgettext2 (NULL, "recalibration", METHODS[method + 1].title);
}

const char *
dub_calibration_words_curve (int method)
{
  return _(METHODS[method + 1].curve);
}

const char *
dub_calibration_words_paper_curve (int method)
{
  return METHODS[method + 1].curve;
}

const char *
dub_calibration_words_sentence (int method)
{
  return _(METHODS[method + 1].sentence);
}

static char *
bins_note (const DubCalibration *calibration,
           DubBinning            binning)
{
  g_autofree char *n = g_strdup_printf ("%" G_GSIZE_FORMAT, calibration->n_bins);

  return g_strdup_printf (binning == DUB_BINS_EQUAL_WIDTH ? _("%s bins") : _("%s by mass"), n);
}

char *
dub_calibration_words_note (DubCalibrationMeasure measure,
                            const DubCalibration *calibration)
{
  switch (measure) {
  case DUB_CALIBRATION_ECE:
  case DUB_CALIBRATION_CLASSWISE_ECE:
    return bins_note (calibration, DUB_BINS_EQUAL_WIDTH);
  case DUB_CALIBRATION_ADAPTIVE_ECE:
    return bins_note (calibration, DUB_BINS_EQUAL_MASS);
  case DUB_CALIBRATION_AVERAGE:
    return bins_note (calibration, calibration->binning);
  case DUB_CALIBRATION_SMOOTH:
    return g_strdup (_("no bins"));
  case DUB_CALIBRATION_OVERCONFIDENCE:
    return g_strdup (_("signed"));
  case DUB_CALIBRATION_BRIER:
    return g_strdup (calibration->n_classes > 2 ? _("0 to 2") : _("0 to 1"));
  case DUB_CALIBRATION_BRIER_RELIABILITY:
  case DUB_CALIBRATION_BRIER_UNCERTAINTY:
  case DUB_CALIBRATION_BRIER_RESOLUTION:
    return g_strdup (measure == DUB_CALIBRATION_BRIER_RELIABILITY ? _("to take away")
                                                                  : measure == DUB_CALIBRATION_BRIER_RESOLUTION ? _("more is better")
                                                                                                                : _("of the cases"));
  case DUB_CALIBRATION_NLL:
    return g_strdup (_("NLL, in nats"));
  case DUB_CALIBRATION_MCE:
  case DUB_CALIBRATION_ACCURACY:
  default:
    return g_strdup ("");
  }
}
