/* CORP: a reliability diagram without bins, by isotonic regression of what happened on the confidence.
 *
 * Letters: N cases, K points.
 * Source: Dimitriadis, Gneiting & Jordan 2021: consistent, optimally binned, reproducible, by pool adjacent violators; and
 * Brier's score = miscalibration - discrimination + uncertainty from the same fit.
 */
#pragma once

#include "core/base/run.h"
#include "core/calibration/predictions.h"

G_BEGIN_DECLS

typedef struct {
  size_t  n_points;       /* K */
  double *confidence;     /* [K] rising: both ends of every step */
  double *share;          /* [K] never falling: what happened there */
  double *low, *high;     /* (nullable) [K] consistency band: where the curve would lie if the confidences were true */
  double  brier;          /* of the event */
  double  miscalibration, discrimination, uncertainty; /* MCB, DSC, UNC */
} DubCorp;

/* dub_corp_new:
 * @n_resamples: of the band; 0 = no band
 *
 * The band keeps the confidences and draws the outcomes that they say, each case alone; its limits are read at the K points.
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_CANCELLED, DUB_ERROR_MEMORY, DUB_ERROR_ARGUMENT for a confidence
 *   outside (0, 1) or more than a million resamples.
 */
G_GNUC_WARN_UNUSED_RESULT
DubCorp *dub_corp_new  (const DubPredictions  *predictions,
                        guint                  n_resamples,
                        guint64                seed,
                        double                 confidence,
                        DubRun                *run,
                        GError               **error);
void     dub_corp_free (DubCorp               *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubCorp, dub_corp_free)

G_END_DECLS
