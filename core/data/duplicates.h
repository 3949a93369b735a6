/* Cases that stand twice in a data set, exactly or nearly.
 *
 * Two cases are near-identical where the root mean square of their difference is below
 * 1 % of the range of values of the data set. The search is exact (no pair is missed) and prunes by
 * the means of blocks, which bound the difference from below. Mixed sizes are compared at
 * 32 x 32 (x 32) by area averaging, and then said to be so.
 */
#pragma once

#include "core/data/dataset.h"

G_BEGIN_DECLS

typedef struct {
  size_t   a, b;      /* case indices, a < b */
  double   rms;       /* as a share of the range; 0 = the same numbers */
  gboolean opposite;  /* the labels differ */
} DubDuplicate;

typedef struct {
  size_t        n_pairs;
  DubDuplicate *pairs;    /* [n_pairs], by (a, b) */
  size_t        n_groups; /* of cases linked by pairs */
  size_t       *group;    /* [N]: cases that are alike have one number; every other case has one of its own */
  gboolean      reduced;  /* compared at the reduced size */
} DubDuplicates;

/* dub_duplicates_find:
 * @threshold: of the RMS as a share of the range; 0.01 is usual. Cases with the same numbers are always found.
 *
 * Reads every case once, and those that may be alike once more; a few hundred bytes a case are held.
 * NaN and infinity count as 0. The pairs do not depend on the number of threads.
 *
 * Returns: (transfer full), or NULL with @error set:
 *   DUB_ERROR_UNSUPPORTED   more than four million pairs are alike
 *   DUB_ERROR_ARGUMENT      @threshold is not in [0, 1)
 *   or what the reading of a case says
 */
G_GNUC_WARN_UNUSED_RESULT
DubDuplicates *dub_duplicates_find (DubDataset     *dataset,
                                    double          threshold,
                                    DubRun         *run,
                                    GError        **error);
void           dub_duplicates_free (DubDuplicates  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubDuplicates, dub_duplicates_free)

G_END_DECLS
