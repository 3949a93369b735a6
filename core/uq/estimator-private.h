/* The functions that fill the table of estimators, shared by the estimator*.c files only. */
#pragma once

#include "core/uq/estimator.h"

#define DUB_ESTIMATOR_SCORE(name)                          \
  gboolean _dub_##name##_score (gconstpointer              fitted,  \
                                const DubEstimatorOptions *options, \
                                const DubAnswers          *cases,   \
                                double                    *scores,  \
                                DubRun                    *run,     \
                                GError                   **error)

#define DUB_ESTIMATOR_FIT(name)                            \
  gpointer _dub_##name##_fit (const DubFitting           *fitting, \
                              const DubEstimatorOptions  *options, \
                              DubRun                     *run,     \
                              GError                    **error)

/* estimator-outputs.c */
DUB_ESTIMATOR_SCORE (msr);
DUB_ESTIMATOR_SCORE (dhl);
DUB_ESTIMATOR_SCORE (max_logit);
DUB_ESTIMATOR_SCORE (entropy);
DUB_ESTIMATOR_SCORE (margin);
DUB_ESTIMATOR_SCORE (energy);

/* estimator-recalibrated.c */
DUB_ESTIMATOR_FIT (temperature);
DUB_ESTIMATOR_SCORE (temperature);
char *_dub_temperature_describe (gconstpointer fitted);
void  _dub_temperature_free     (gpointer      fitted);
DUB_ESTIMATOR_FIT (platt);
DUB_ESTIMATOR_FIT (isotonic);
DUB_ESTIMATOR_FIT (beta);
/* Of the three above. */
DUB_ESTIMATOR_SCORE (maps);
char *_dub_maps_describe        (gconstpointer fitted);
void  _dub_maps_free            (gpointer      fitted);

/* estimator-ensemble.c */
DUB_ESTIMATOR_SCORE (ensemble_sd);
DUB_ESTIMATOR_SCORE (predictive_entropy);
DUB_ESTIMATOR_SCORE (expected_entropy);
DUB_ESTIMATOR_SCORE (mutual_information);
DUB_ESTIMATOR_SCORE (variation_ratio);

/* estimator-knn.c */
DUB_ESTIMATOR_FIT (knn_all);
DUB_ESTIMATOR_FIT (knn_shap);
/* Of both. */
DUB_ESTIMATOR_SCORE (knn);
char *_dub_knn_describe         (gconstpointer fitted);
void  _dub_knn_free             (gpointer      fitted);

/* estimator-mahalanobis.c */
DUB_ESTIMATOR_FIT (mahalanobis);
DUB_ESTIMATOR_SCORE (mahalanobis);
char *_dub_mahalanobis_describe (gconstpointer fitted);
void  _dub_mahalanobis_free     (gpointer      fitted);

/* estimator-views.c */
DUB_ESTIMATOR_SCORE (tta);
DUB_ESTIMATOR_SCORE (mc_dropout);
DUB_ESTIMATOR_FIT (gps);
DUB_ESTIMATOR_SCORE (gps);
GArray *_dub_gps_policies       (gconstpointer fitted);
char *_dub_gps_describe         (gconstpointer fitted);
void  _dub_gps_free             (gpointer      fitted);

/* estimator-check.c. All are FALSE with @error set where something is not as it must be; @title is the estimator's. */

/* DUB_ERROR_NUMERIC, naming the first case whose score is not finite. */
gboolean _dub_estimator_check          (const char        *title,
                                        const double      *scores,
                                        size_t             n_cases,
                                        GError           **error);
/* There are features of training cases, and the network whose features are to be read is one of them. */
gboolean _dub_estimator_check_training (const char        *title,
                                        const DubFitting  *fitting,
                                        GError           **error);
/* @what: "training" or "calibration" */
gboolean _dub_estimator_check_labels   (const char        *what,
                                        const DubAnswers  *cases,
                                        const int         *labels,
                                        GError           **error);
/* @cases have as many features as there were at the fit. */
gboolean _dub_estimator_check_features (const char        *title,
                                        const DubAnswers  *cases,
                                        size_t             n_features,
                                        GError           **error);
/* Networks whose features are read. (transfer full) [n] */
size_t  *_dub_estimator_models         (const DubFitting  *fitting,
                                        size_t            *n);

/* Mean over @n_classes of the standard deviation (ddof 0) over @n looks, whose probabilities of one case stand @step apart. */
double   _dub_estimator_spread (const float  *probabilities,
                                size_t        n,
                                size_t        step,
                                size_t        n_classes);
