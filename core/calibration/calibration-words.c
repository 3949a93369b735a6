/* What the measures of calibration are called, and what they are, in a sentence each. */
#include "core/calibration/calibration.h"

static const struct {
  const char *id;
  const char *title;
  const char *definition;
} WORDS[DUB_N_CALIBRATION_MEASURES] = {
  [DUB_CALIBRATION_ECE] = {
    "ece", "Expected calibration error",
    "Mean gap between confidence and accuracy over bins of equal width, each bin weighted by its cases: "
    "Σ count / N · |accuracy − confidence|." },
  [DUB_CALIBRATION_ADAPTIVE_ECE] = {
    "adaptive_ece", "Adaptive calibration error",
    "The expected calibration error over bins that hold equally many cases, so that no bin rests on a few." },
  [DUB_CALIBRATION_CLASSWISE_ECE] = {
    "classwise_ece", "Classwise calibration error",
    "The expected calibration error of every class's probability against “is this class”, averaged over the classes." },
  [DUB_CALIBRATION_MCE] = {
    "mce", "Maximum calibration error",
    "The largest gap |accuracy − confidence| of a bin that is not empty; a bin with few cases often decides it." },
  [DUB_CALIBRATION_AVERAGE] = {
    "average_error", "Average calibration error",
    "Plain mean of the gaps |accuracy − confidence| of the bins that are not empty, each bin counting the same." },
  [DUB_CALIBRATION_SMOOTH] = {
    "smooth_ece", "Smooth calibration error",
    "Gap between outcome and confidence after smoothing with a Gaussian kernel, as wide as the error that it finds; "
    "it needs no bins." },
  [DUB_CALIBRATION_OVERCONFIDENCE] = {
    "overconfidence", "Confidence − accuracy",
    "Mean confidence less accuracy: above 0 the answers are surer than they are right, below 0 they are less sure." },
  [DUB_CALIBRATION_BRIER] = {
    "brier", "Brier score",
    "Mean squared distance of the probabilities from what happened: reliability − resolution + uncertainty, "
    "and what probabilities differ within a bin." },
  [DUB_CALIBRATION_BRIER_RELIABILITY] = {
    "brier_reliability", "Brier: reliability",
    "The part of the Brier score that miscalibration costs: Σ count / N · (confidence − share)² over bins of equal width; "
    "0 is perfect." },
  [DUB_CALIBRATION_BRIER_RESOLUTION] = {
    "brier_resolution", "Brier: resolution",
    "The part of the Brier score that telling cases apart wins: Σ count / N · (share − base rate)² over bins of equal width; "
    "more is better." },
  [DUB_CALIBRATION_BRIER_UNCERTAINTY] = {
    "brier_uncertainty", "Brier: uncertainty",
    "The Brier score of always answering the base rate, base rate · (1 − base rate): it belongs to the cases alone." },
  [DUB_CALIBRATION_NLL] = {
    "nll", "Negative log-likelihood",
    "Mean of −ln of the probability that was given to what happened, in nats." },
  [DUB_CALIBRATION_ACCURACY] = {
    "accuracy", "Accuracy",
    "Share of cases whose answer is right; of one class, its share of the cases." },
};

const char *
dub_calibration_measure_id (DubCalibrationMeasure measure)
{
  return WORDS[measure].id;
}

const char *
dub_calibration_measure_title (DubCalibrationMeasure measure)
{
  return WORDS[measure].title;
}

const char *
dub_calibration_measure_definition (DubCalibrationMeasure measure)
{
  return WORDS[measure].definition;
}
