/* Reliability of confidences: how often answers given with confidence p are right.
 *
 * Letters in this file: N cases, C classes, M bins.
 * Source: 002, eqs. 3-6 (bins are right-closed: (m-1)/M < p <= m/M; p = 0 falls into the first).
 */
#pragma once

#include "core/base/error.h"

#include <stddef.h>

G_BEGIN_DECLS

/* The number of bins in most of the literature. */
#define DUB_RELIABILITY_BINS 15

typedef enum {
  DUB_BINS_EQUAL_WIDTH, /* bin m is (m/M, (m+1)/M] */
  DUB_BINS_EQUAL_MASS,  /* as many cases in each as ties allow: cases of one confidence stay together, in the bin of their
                         * middle rank, so that the order of the cases does not matter */
} DubBinning;

typedef struct {
  size_t     n_bins;     /* M */
  size_t     n_cases;    /* N */
  DubBinning binning;
  double    *edge;       /* [M + 1] rising; bin m holds edge[m] < p <= edge[m + 1], and the first p = edge[0] too */
  size_t    *count;      /* [M] cases in the bin; 0 = empty, and then the two below are NaN */
  double    *confidence; /* [M] mean confidence */
  double    *accuracy;   /* [M] share of correct answers */
} DubReliability;

/* dub_reliability_new:
 * @confidence: [N] confidence of the chosen answer, each in [0, 1]
 * @correct:    [N] whether that answer was right
 *
 * Equal-width bins.
 *
 * Returns: (transfer full): the bins, or NULL with @error set:
 *   DUB_ERROR_NUMERIC   a confidence is NaN or outside [0, 1] (the message names its index)
 *   DUB_ERROR_SHAPE     n_cases or n_bins is 0
 */
G_GNUC_WARN_UNUSED_RESULT
DubReliability *dub_reliability_new           (const double         *confidence,
                                               const gboolean       *correct,
                                               size_t                n_cases,
                                               size_t                n_bins,
                                               GError              **error);
/* The same with equal-mass bins (Nguyen & O'Connor 2015). Its ECE is the adaptive one. */
G_GNUC_WARN_UNUSED_RESULT
DubReliability *dub_reliability_new_equal_mass (const double        *confidence,
                                               const gboolean       *correct,
                                               size_t                n_cases,
                                               size_t                n_bins,
                                               GError              **error);
/* The same, bit by bit, where @sorted, the confidences by rising value, are at hand: linear in N, for a slider. */
G_GNUC_WARN_UNUSED_RESULT
DubReliability *dub_reliability_new_of_sorted (const double         *confidence,
                                               const double         *sorted,
                                               const gboolean       *correct,
                                               size_t                n_cases,
                                               size_t                n_bins,
                                               GError              **error);
void            dub_reliability_free          (DubReliability       *self);

/* The bin of a confidence in [0, 1]. */
size_t          dub_reliability_find_bin      (const DubReliability *self,
                                               double                confidence);

/* Expected calibration error, eq. 5: Σ_m count/N abs (accuracy - confidence), in [0, 1], 0 is perfect. Empty bins weigh
 * nothing. With equal-mass bins this is the adaptive calibration error. */
double          dub_reliability_ece           (const DubReliability *self);
/* Maximum calibration error, eq. 6: the largest gap of a bin that is not empty. It depends much on M. */
double          dub_reliability_mce           (const DubReliability *self);
/* Average calibration error (Neumann et al. 2018): the plain mean of the gaps of the bins that are not empty. Not the
 * adaptive one, which is often given the same letters. */
double          dub_reliability_average_error (const DubReliability *self);
/* Mean confidence - accuracy, in [-1, 1]: above 0 is overconfident. Independent of the bins. */
double          dub_reliability_overconfidence (const DubReliability *self);

/* dub_top_label:
 * @probabilities: (N, C)
 * @labels: [N] in [0, C)
 * @confidence: (out) (optional): [N] the largest probability
 * @correct: (out) (optional): [N] whether its class (of equal ones the first) is the label
 * @answers: (out) (optional): [N] that class
 *
 * FALSE, with @error set, for probabilities that check.h refuses or a label out of range.
 */
gboolean        dub_top_label                 (const double         *probabilities,
                                               const int            *labels,
                                               size_t                n_cases,
                                               size_t                n_classes,
                                               double               *confidence,
                                               gboolean             *correct,
                                               int                  *answers,
                                               GError              **error);

/* dub_classwise_ece:
 * @per_class: (out) (optional): [C] the error of each class
 *
 * Classwise ECE (Kull et al. 2019): for every class the ECE of its probability against "is this class", averaged over the
 * classes. NaN, with @error set, as dub_top_label and dub_reliability_new.
 */
double          dub_classwise_ece             (const double         *probabilities,
                                               const int            *labels,
                                               size_t                n_cases,
                                               size_t                n_classes,
                                               size_t                n_bins,
                                               DubBinning            binning,
                                               double               *per_class,
                                               GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubReliability, dub_reliability_free)

G_END_DECLS
