/* Scores made of scores: each z-scored with its mean and SD on the calibration cases, then mean, maximum, minimum, or a logistic
 * regression whose target is failure (the perceptron of source 000), trained on calibration, both outcomes weighing the same.
 *
 * Letters: K scores, N cases.
 */
#pragma once

#include "core/base/run.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef enum { DUB_FUSION_MEAN, DUB_FUSION_MAX, DUB_FUSION_MIN, DUB_FUSION_PERCEPTRON } DubFusionKind;
#define DUB_N_FUSIONS (DUB_FUSION_PERCEPTRON + 1)

typedef struct {
  DubFusionKind kind;
  size_t    n_scores;  /* K */
  double   *mean;      /* [K] on calibration */
  double   *sd;        /* [K] ddof 0; 0 = constant on calibration, and then the score is left out */
  double   *weight;    /* (nullable) [K] of the perceptron, on z-scored scores */
  double    bias;       /* the fused score of the perceptron is the log-odds Σ weight z + bias */
  size_t    n_cases;    /* of the fit */
  size_t    n_failures; /* of the fit; the perceptron needs both outcomes */
} DubFusion;

/* dub_fusion_fit:
 * @scores: (K, N) of the calibration cases
 * @failed: [N]; (nullable) for all but the perceptron
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE no scores or no cases; DUB_ERROR_NUMERIC a score that is
 *   not finite (score and case are named); DUB_ERROR_ARGUMENT for the perceptron without a failure or without a success.
 */
G_GNUC_WARN_UNUSED_RESULT
DubFusion  *dub_fusion_fit   (DubFusionKind       kind,
                              const double *const *scores,
                              size_t              n_scores,
                              const gboolean     *failed,
                              size_t              n_cases,
                              GError            **error);
/* @fused: (out) [N] */
void        dub_fusion_score (const DubFusion    *self,
                              const double *const *scores,
                              size_t              n_cases,
                              double             *fused);
void        dub_fusion_free  (DubFusion          *self);

const char *dub_fusion_id       (DubFusionKind kind); /* "mean", "max", "min", "perceptron" */
const char *dub_fusion_title    (DubFusionKind kind);
const char *dub_fusion_sentence (DubFusionKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubFusion, dub_fusion_free)

G_END_DECLS
