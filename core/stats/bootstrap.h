/* The bootstrap: how much a statistic would vary over other samples of cases.
 *
 * Letters: N cases, K statistics, R resamples.
 * Sources: Efron & Tibshirani 1993, chapters 13 and 14; Davison & Hinkley 1997, section 5.3 (several strata).
 *
 * What is drawn with replacement is a unit: a case, or all the cases of a patient. Resample r draws from a random stream
 * of its own, so the numbers depend on the seed alone, never on the number of threads.
 */
#pragma once

#include "core/base/run.h"
#include "core/stats/estimate.h"

#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

#define DUB_BOOTSTRAP_RESAMPLES 9999

/* One resample, in two forms of which a statistic uses the handier. With patients @n may differ from N. */
typedef struct {
  const size_t   *cases;   /* [n] indices in [0, N), in the order drawn; NULL where the design asks for counts alone */
  size_t          n;
  const uint32_t *count;   /* [N] how often each case was drawn */
  size_t          n_cases; /* N */
  guint           thread;  /* in [0, threads of the run): indexes scratch of the caller */
} DubResample;

/* Writes the K statistics of a resample, NaN where one is undefined. Called from several threads at once. */
typedef void (*DubBootstrapFunc) (const DubResample *resample,
                                  double            *values,
                                  gpointer           user_data);

/* What to draw. Zeros are the defaults, but for n_cases. */
typedef struct {
  size_t     n_cases;     /* N > 0 */
  const int *strata;      /* (nullable): [N] every resample has as many units of each stratum as the sample, any integers */
  const int *groups;      /* (nullable): [N] patient of the case, any integers: a patient is drawn with all its cases.
                           * With strata, patients whose cases cover the same strata are drawn from each other. */
  size_t     n_resamples; /* R; 0 = DUB_BOOTSTRAP_RESAMPLES, at most 10 000 000 */
  guint64    seed;
  gboolean   counts_alone; /* the statistics read the counts and not the cases, which is a few times as fast to draw */
  gboolean   jackknife;   /* also leave out one unit at a time, which the BCa interval needs: as many more evaluations
                           * as there are units */
} DubBootstrapDesign;

typedef struct {
  size_t   n_statistics;  /* K */
  size_t   n_resamples;   /* R */
  size_t   n_units;
  gboolean stratified;
  gboolean grouped;
  double  *value;         /* [K] on the sample itself */
  double  *replicate;     /* [K · R] statistic k of resample r at k · R + r */
  size_t  *n_undefined;   /* [K] replicates that are NaN */
  double  *acceleration;  /* (nullable): [K] of the BCa interval; NULL without jackknife */
} DubBootstrap;

typedef enum {
  DUB_INTERVAL_PERCENTILE, /* quantiles of the replicates */
  DUB_INTERVAL_BASIC,      /* the same reflected at the value: for a statistic whose resamples are biased */
  DUB_INTERVAL_BCA,        /* bias-corrected and accelerated; needs the jackknife. Not for medians and other statistics
                            * that jump: their jackknife says nothing */
} DubIntervalKind;

/* dub_bootstrap_new:
 * @n_statistics: K > 0, measured on every resample together
 * @run: (nullable): threads and cancelling
 *
 * Returns: (transfer full): the replicates, or NULL with @error set:
 *   DUB_ERROR_CANCELLED
 *   DUB_ERROR_ARGUMENT   no cases, no statistics, more than a million of them, too many resamples
 *   DUB_ERROR_MEMORY     the replicates or a resample of the largest patients would not fit
 */
G_GNUC_WARN_UNUSED_RESULT
DubBootstrap *dub_bootstrap_new      (const DubBootstrapDesign *design,
                                      DubBootstrapFunc          func,
                                      size_t                    n_statistics,
                                      gpointer                  user_data,
                                      DubRun                   *run,
                                      GError                  **error);
void          dub_bootstrap_free     (DubBootstrap             *self);

/* dub_bootstrap_interval:
 * @statistic: in [0, K)
 * @confidence: in (0, 1), usually DUB_CONFIDENCE
 *
 * The statistic with its interval; the limits are order statistics (R + 1) α and (R + 1) (1 - α), interpolated. The
 * limits are NaN where the value is, where more than one replicate in twenty is (fewer are left out), where there
 * are fewer than two units, or where BCa does not exist because every replicate lies on one side of the value.
 * A basic interval may leave the statistic's range; the caller, who knows the range, clamps it.
 */
DubEstimate   dub_bootstrap_interval (const DubBootstrap       *self,
                                      size_t                    statistic,
                                      DubIntervalKind           kind,
                                      double                    confidence);

/* Whether two of the cases belong to one patient, so that @groups (nullable) [N] make a difference. */
gboolean      dub_bootstrap_dependent (const int               *groups,
                                       size_t                   n_cases);

/* SD of the replicates, the standard error of the statistic; NaN for fewer than two that are defined. */
double        dub_bootstrap_se       (const DubBootstrap       *self,
                                      size_t                    statistic);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubBootstrap, dub_bootstrap_free)

G_END_DECLS
