#include "core/uq/estimator.h"

#include "core/uq/estimator-private.h"

#include <string.h>

static const DubEstimator estimators[] = {
  {
    .id = "msr",
    .title = "MSR",
    .family = DUB_FAMILY_OUTPUTS,
    .views = -1,
    .sentence = "Maximum softmax response: how far the largest probability is from certainty.",
    .formula = "1 − max p",
    .score = _dub_msr_score,
  },
  {
    .id = "dhl",
    .title = "DHL",
    .family = DUB_FAMILY_OUTPUTS,
    .binary = TRUE,
    .views = -1,
    .sentence = "Distance to hard labels: how near the probability of two classes is to one half; it orders cases as MSR does.",
    .formula = "0.5 − |p − 0.5|",
    .score = _dub_dhl_score,
  },
  {
    .id = "max-logit",
    .title = "Max logit",
    .family = DUB_FAMILY_OUTPUTS,
    .needs = DUB_NEEDS_LOGITS,
    .views = -1,
    .sentence = "How small the largest logit is, averaged over networks, before it is made a probability.",
    .formula = "−max z",
    .score = _dub_max_logit_score,
  },
  {
    .id = "entropy",
    .title = "Entropy",
    .unit = "nat",
    .family = DUB_FAMILY_OUTPUTS,
    .views = -1,
    .sentence = "How evenly the probability is spread over all classes.",
    .formula = "−Σ p ln p",
    .score = _dub_entropy_score,
  },
  {
    .id = "margin",
    .title = "Margin",
    .family = DUB_FAMILY_OUTPUTS,
    .views = -1,
    .sentence = "How near the second most probable class comes to the first.",
    .formula = "1 − (p(1) − p(2))",
    .score = _dub_margin_score,
  },
  {
    .id = "energy",
    .title = "Energy",
    .unit = "nat",
    .family = DUB_FAMILY_OUTPUTS,
    .needs = DUB_NEEDS_LOGITS,
    .views = -1,
    .sentence = "Free energy of the logits, averaged over networks: high where no class is spoken for.",
    .formula = "−T ln Σ exp(z/T)",
    .score = _dub_energy_score,
  },
  {
    .id = "temperature",
    .title = "Temperature",
    .family = DUB_FAMILY_RECALIBRATED,
    .needs = DUB_NEEDS_CALIBRATION,
    .fitted_on = "calibration",
    .views = -1,
    .sentence = "MSR after one temperature has scaled all logits; it cannot reorder the cases of two classes.",
    .formula = "1 − max softmax(z/T)",
    .fit = _dub_temperature_fit,
    .score = _dub_temperature_score,
    .describe = _dub_temperature_describe,
    .free = _dub_temperature_free,
  },
  {
    .id = "platt",
    .title = "Platt",
    .family = DUB_FAMILY_RECALIBRATED,
    .needs = DUB_NEEDS_CALIBRATION,
    .fitted_on = "calibration",
    .views = -1,
    .sentence = "Probability that the answer is wrong, after a logistic curve has recalibrated the log-odds.",
    .formula = "1 − p′(ŷ), p′ = 1 / (1 + exp(−(a f + b)))",
    .fit = _dub_platt_fit,
    .score = _dub_maps_score,
    .describe = _dub_maps_describe,
    .free = _dub_maps_free,
  },
  {
    .id = "isotonic",
    .title = "Isotonic",
    .family = DUB_FAMILY_RECALIBRATED,
    .needs = DUB_NEEDS_CALIBRATION,
    .fitted_on = "calibration",
    .views = -1,
    .sentence = "Probability that the answer is wrong, after the best rising curve of any shape has recalibrated it.",
    .formula = "1 − p′(ŷ), p′ = isotonic regression of p",
    .fit = _dub_isotonic_fit,
    .score = _dub_maps_score,
    .describe = _dub_maps_describe,
    .free = _dub_maps_free,
  },
  {
    .id = "beta",
    .title = "Beta",
    .family = DUB_FAMILY_RECALIBRATED,
    .needs = DUB_NEEDS_CALIBRATION,
    .fitted_on = "calibration",
    .views = -1,
    .sentence = "Probability that the answer is wrong, after a curve with two bends has recalibrated it.",
    .formula = "1 − p′(ŷ), log-odds of p′ = a ln p − b ln(1 − p) + c",
    .fit = _dub_beta_fit,
    .score = _dub_maps_score,
    .describe = _dub_maps_describe,
    .free = _dub_maps_free,
  },
  {
    .id = "ensemble-sd",
    .title = "Ensemble SD",
    .family = DUB_FAMILY_MODELS,
    .needs = DUB_NEEDS_MODELS,
    .views = -1,
    .sentence = "How far the networks differ: the standard deviation of each class's probability over networks, mean over classes.",
    .formula = "mean over classes of SD over networks of p",
    .score = _dub_ensemble_sd_score,
  },
  {
    .id = "predictive-entropy",
    .title = "Predictive entropy",
    .unit = "nat",
    .family = DUB_FAMILY_MODELS,
    .needs = DUB_NEEDS_MODELS,
    .views = -1,
    .sentence = "All uncertainty: the entropy of the networks' mean probability, the sum of the next two.",
    .formula = "H(mean p)",
    .score = _dub_predictive_entropy_score,
  },
  {
    .id = "expected-entropy",
    .title = "Expected entropy",
    .unit = "nat",
    .family = DUB_FAMILY_MODELS,
    .needs = DUB_NEEDS_MODELS,
    .views = -1,
    .sentence = "The part that every network sees in the case itself: the mean of the networks' entropies.",
    .formula = "mean H(p)",
    .score = _dub_expected_entropy_score,
  },
  {
    .id = "mutual-information",
    .title = "Mutual information",
    .unit = "nat",
    .family = DUB_FAMILY_MODELS,
    .needs = DUB_NEEDS_MODELS,
    .views = -1,
    .sentence = "The part that the networks disagree about, which more training cases could take away.",
    .formula = "H(mean p) − mean H(p)",
    .score = _dub_mutual_information_score,
  },
  {
    .id = "variation-ratio",
    .title = "Variation ratio",
    .family = DUB_FAMILY_MODELS,
    .needs = DUB_NEEDS_MODELS,
    .views = -1,
    .sentence = "Share of the networks that do not answer as most of them do.",
    .formula = "1 − votes of the most voted class / networks",
    .score = _dub_variation_ratio_score,
  },
  {
    .id = "tta",
    .title = "TTA",
    .family = DUB_FAMILY_VIEWS,
    .needs = DUB_NEEDS_NETWORK,
    .views = DUB_VIEWS_TTA,
    .sentence = "Test-time augmentation: how far the answers to augmented copies of a case differ.",
    .formula = "mean over classes of SD over copies of p",
    .score = _dub_tta_score,
  },
  {
    .id = "gps",
    .title = "GPS",
    .family = DUB_FAMILY_VIEWS,
    .needs = DUB_NEEDS_NETWORK | DUB_NEEDS_CALIBRATION,
    .fitted_on = "calibration",
    .views = DUB_VIEWS_POOL,
    .sentence = "Greedy policy search: the same under those augmentations that best told failures among the calibration cases.",
    .formula = "mean over groups of (mean over classes of SD over policies of p)",
    .fit = _dub_gps_fit,
    .score = _dub_gps_score,
    .policies = _dub_gps_policies,
    .describe = _dub_gps_describe,
    .free = _dub_gps_free,
  },
  {
    .id = "mc-dropout",
    .title = "MC dropout",
    .family = DUB_FAMILY_VIEWS,
    .needs = DUB_NEEDS_NETWORK | DUB_NEEDS_DROPOUT,
    .views = DUB_VIEWS_DROPOUT,
    .sentence = "How far the answers differ when units are dropped at random, as in training.",
    .formula = "mean over classes of SD over passes of p",
    .score = _dub_mc_dropout_score,
  },
  {
    .id = "knn-all",
    .title = "KNN-all",
    .unit = "distance",
    .family = DUB_FAMILY_LATENT,
    .needs = DUB_NEEDS_FEATURES | DUB_NEEDS_TRAINING,
    .fitted_on = "training",
    .views = -1,
    .sentence = "How far a case is from its five nearest training cases, in the latent space of the network.",
    .formula = "mean distance to 5 neighbours in components of 80 % of the variance",
    .fit = _dub_knn_all_fit,
    .score = _dub_knn_score,
    .describe = _dub_knn_describe,
    .free = _dub_knn_free,
  },
  {
    .id = "knn-shap",
    .title = "KNN-shap",
    .unit = "distance",
    .family = DUB_FAMILY_LATENT,
    .needs = DUB_NEEDS_FEATURES | DUB_NEEDS_TRAINING | DUB_NEEDS_CALIBRATION | DUB_NEEDS_FINAL_LAYER,
    .fitted_on = "training and calibration",
    .views = -1,
    .sentence = "The same among training cases of the class that was answered, by the features that speak most for or against it.",
    .formula = "mean distance to 5 neighbours of class ŷ in its 50 features of largest mean |w (x − E x)|",
    .fit = _dub_knn_shap_fit,
    .score = _dub_knn_score,
    .describe = _dub_knn_describe,
    .free = _dub_knn_free,
  },
  {
    .id = "mahalanobis",
    .title = "Mahalanobis",
    .unit = "distance",
    .family = DUB_FAMILY_LATENT,
    .needs = DUB_NEEDS_FEATURES | DUB_NEEDS_TRAINING,
    .fitted_on = "training",
    .views = -1,
    .sentence = "How far a case is from the nearest class, measured by the spread that the classes share.",
    .formula = "min over classes of √((x − μ)ᵀ Σ⁻¹ (x − μ))",
    .fit = _dub_mahalanobis_fit,
    .score = _dub_mahalanobis_score,
    .describe = _dub_mahalanobis_describe,
    .free = _dub_mahalanobis_free,
  },
};

const DubEstimator *
dub_estimators (size_t *n)
{
  *n = G_N_ELEMENTS (estimators);

  return estimators;
}

const DubEstimator *
dub_estimator_find (const char *id)
{
  for (size_t k = 0; k < G_N_ELEMENTS (estimators); k++)
    if (strcmp (estimators[k].id, id) == 0)
      return &estimators[k];

  return NULL;
}

/* What is missing, in the order of the bits. */
static const struct {
  DubNeeds    need;
  const char *words;
} missing_words[] = {
  { DUB_NEEDS_LOGITS, "logits (there are only probabilities)" },
  { DUB_NEEDS_MODELS, "two networks or more (there is one)" },
  { DUB_NEEDS_FEATURES, "features, the input of the last dense layer (there are none)" },
  { DUB_NEEDS_TRAINING, "training cases (there are none)" },
  { DUB_NEEDS_CALIBRATION, "labelled calibration cases (there are none)" },
  { DUB_NEEDS_FINAL_LAYER, "the weights of the last dense layer (none was found)" },
  { DUB_NEEDS_NETWORK, "the network itself (there are only its outputs)" },
  { DUB_NEEDS_DROPOUT, "a network with Dropout (there is none in it)" },
};

char *
dub_estimator_missing (const DubEstimator *self,
                       guint               have,
                       size_t              n_classes)
{
  guint missing = self->needs & ~have;

  if (self->binary && n_classes != 2)
    return g_strdup_printf ("%s is for two classes; this task has %zu.", self->title, n_classes);
  if (missing == 0)
    return NULL;

  g_autoptr (GString) sentence = g_string_new (self->title);
  const char *before = " needs ";

  for (size_t k = 0; k < G_N_ELEMENTS (missing_words); k++)
    if (missing & missing_words[k].need) {
      missing &= ~(guint) missing_words[k].need;
      g_string_append_printf (sentence, "%s%s", before, missing_words[k].words);
      before = ", ";
    }
  g_string_append_c (sentence, '.');

  return g_string_free (g_steal_pointer (&sentence), FALSE);
}
