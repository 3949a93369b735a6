/* One measure of uncertainty: what it needs, how it is fitted, how it scores. Higher = less sure, always.
 *
 * An estimator is a row of the table in estimator.c and a file estimator-*.c. It is fitted once on training and calibration
 * cases; the fitted thing is immutable and scores any cases, alone or together, to the same bits.
 */
#pragma once

#include "core/base/run.h"
#include "core/uq/answers.h"

G_BEGIN_DECLS

/* The requirements matrix of source 000, its last tables. */
typedef enum {
  DUB_NEEDS_LOGITS      = 1 << 0, /* logits, not probabilities alone */
  DUB_NEEDS_MODELS      = 1 << 1, /* two models or more */
  DUB_NEEDS_FEATURES    = 1 << 2, /* features of the cases */
  DUB_NEEDS_TRAINING    = 1 << 3, /* features (and where it says so labels) of the training cases */
  DUB_NEEDS_CALIBRATION = 1 << 4, /* answers for the calibration cases, and their labels for the fit */
  DUB_NEEDS_FINAL_LAYER = 1 << 5, /* weights of the last dense layer */
  DUB_NEEDS_NETWORK     = 1 << 6, /* the network itself and the images: for augmented views */
  DUB_NEEDS_DROPOUT     = 1 << 7, /* a network with Dropout */
} DubNeeds;

typedef enum {
  DUB_FAMILY_OUTPUTS, DUB_FAMILY_RECALIBRATED, DUB_FAMILY_MODELS, DUB_FAMILY_VIEWS, DUB_FAMILY_LATENT, DUB_FAMILY_FUSED,
} DubScoreFamily;

/* The last dense layer of one model: z = W x + b. */
typedef struct {
  const float *weight; /* (C, F) */
  const float *bias;   /* [C] */
} DubFinalLayer;

/* What an estimator may be fitted on. Labels are here those of fitting cases, never of cases to be scored. */
typedef struct {
  const DubAnswers    *training;           /* (nullable): features and answers of the training cases */
  const int           *training_labels;    /* [N train] */
  const DubAnswers    *calibration;        /* (nullable) */
  const int           *calibration_labels; /* [N calibration] */
  const DubFinalLayer *final_layer;        /* (nullable) [M] */
  size_t               feature_model;      /* whose features the latent scores read: index into M; G_MAXSIZE = the mean over
                                            * all of them, each in its own space */
} DubFitting;

typedef struct {
  guint   n_neighbours;    /* 5 */
  double  variance;        /* .8: share kept by the PCA */
  guint   n_top_features;  /* 50: of KNN-shap */
  double  temperature;     /* 1: of the energy */
  gboolean gps_likelihood; /* objective of GPS: calibrated log-likelihood, with replacement; else the misclassification AUROC */
  guint   gps_starts;      /* 30 */
  guint   gps_groups;      /* 3 */
  guint64 seed;
} DubEstimatorOptions;

#define DUB_ESTIMATOR_DEFAULT \
  ((DubEstimatorOptions) { .n_neighbours = 5, .variance = .8, .n_top_features = 50, .temperature = 1, .gps_starts = 30, .gps_groups = 3 })

typedef struct {
  const char    *id;         /* "knn-shap": in files and on the command line */
  const char    *title;      /* "KNN-shap": in tables */
  const char    *unit;       /* (nullable) "nat", "distance" */
  DubScoreFamily family;
  guint          needs;      /* DubNeeds */
  gboolean       binary;     /* for two classes only */
  const char    *fitted_on;  /* (nullable) "training", "calibration", "training and calibration" */
  const char    *sentence;   /* what it measures, in one sentence for a person */
  const char    *formula;    /* "1 − max p" */
  int            views;      /* DubViewKind that scoring reads, -1 = none */

  /* (nullable): NULL = nothing to fit. */
  gpointer (*fit)   (const DubFitting *fitting, const DubEstimatorOptions *options, DubRun *run, GError **error);
  /* @scores [N of @cases]. Thread-safe on one fitted thing; DUB_ERROR_NUMERIC names the case. */
  gboolean (*score) (gconstpointer fitted, const DubEstimatorOptions *options, const DubAnswers *cases, double *scores,
                     DubRun *run, GError **error);
  /* (nullable): policies of the pool that scoring reads, so that only these are run. (element-type guint) (transfer full) */
  GArray  *(*policies) (gconstpointer fitted);
  /* (nullable): what was fitted, for provenance and for a person: "T = 1.42", "3 groups of 4, 5 and 3 policies". (transfer full) */
  char    *(*describe) (gconstpointer fitted);
  void     (*free)  (gpointer fitted);
} DubEstimator;

/* The table, in the order of source 000: msr, dhl (binary only), max-logit, entropy, margin, energy; temperature, platt, isotonic,
 * beta (each the MSR of recalibrated answers); ensemble-sd, predictive-entropy … see estimator.c. Fused scores are in fusion.h. */
const DubEstimator *dub_estimators     (size_t     *n);
/* NULL = no such id. */
const DubEstimator *dub_estimator_find (const char *id);

/* dub_estimator_missing:
 * @have: DubNeeds that can be met
 *
 * NULL where nothing is missing, else one sentence on what is, for the table: "needs two networks or more; this study has one".
 * (transfer full) (nullable)
 */
char   *dub_estimator_missing (const DubEstimator *self,
                               guint               have,
                               size_t              n_classes);

G_END_DECLS
