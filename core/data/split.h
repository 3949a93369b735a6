/* Who may be used for what: train (with folds inside), calibration, test.
 *
 * Stratified by class and seeded; cases of one patient, and near-duplicates where so chosen,
 * stay on one side. Model f of K is trained on train cases of the other folds, its best epoch is chosen
 * on fold f; calibration and test are never read by training.
 */
#pragma once

#include "core/data/dataset.h"
#include "core/data/duplicates.h"

G_BEGIN_DECLS

typedef enum {
  DUB_PART_TRAIN,
  DUB_PART_CALIBRATION,
  DUB_PART_TEST,
  DUB_PART_NONE,      /* left out: a dropped duplicate, an unlabelled case */
} DubPart;

typedef enum {
  DUB_TWINS_TOGETHER, /* near-duplicates stand on one side, and in one fold */
  DUB_TWINS_DROP,     /* the later of two is left out */
  DUB_TWINS_KEEP,     /* as if they were different */
} DubTwins;

typedef enum {
  DUB_CONTRADICTION_KEEP, /* and warn */
  DUB_CONTRADICTION_DROP, /* both are left out */
} DubContradiction;

typedef struct {
  double   fractions[3];  /* train, calibration, test; sum 1. Default .55, .15, .30 */
  gboolean given;         /* the set's own split: its validation becomes calibration; refused where it has none */
  guint    n_folds;       /* K >= 1; 1 = no folds: a fifth of train is held back for validation (fold 0 of 5) */
  uint64_t seed;
  gboolean by_patient;    /* refused where the set has no patients */
  DubTwins twins;
  DubContradiction contradictions;
} DubSplitOptions;

#define DUB_SPLIT_DEFAULT \
  ((DubSplitOptions) { .fractions = { .55, .15, .30 }, .n_folds = 5, .twins = DUB_TWINS_TOGETHER })

typedef struct {
  DubSplitOptions options;
  size_t   n_cases;     /* N of the data set */
  guint8  *part;        /* [N] of DubPart */
  gint16  *fold;        /* [N] 0 … K-1 for train cases, -1 otherwise; with K = 1 the held-back fifth is 0, all else -1 */
  GPtrArray *warnings;  /* of char *: one sentence each (a class absent from a fold, groups that do not divide …) */
} DubSplit;

/* dub_split_new:
 * @duplicates: (nullable): needed unless twins is KEEP and contradictions is KEEP
 *
 * Class shares of every part differ from the whole by less than one case where no groups are in the way; groups are
 * dealt from the largest to the smallest, each to where its classes are lacking most. With DROP the earlier of two
 * near-identical cases stays; pairs with opposite labels are what contradictions is for, and where those are kept
 * while copies are dropped they stay on one side. Cases without a patient are patients of their own. Folds are as
 * stratified and as grouped as parts, in a given split, too, whose parts stand as they are, with a warning for what
 * stands on two sides.
 *   DUB_ERROR_ARGUMENT  fractions, folds (also: fewer training cases than folds), no patients, no split of its own
 *   DUB_ERROR_FORMAT    a label outside the classes
 */
G_GNUC_WARN_UNUSED_RESULT
DubSplit   *dub_split_new       (const DubDataset      *dataset,
                                 const DubDuplicates   *duplicates,
                                 const DubSplitOptions *options,
                                 GError               **error);
/* All parts NONE, folds -1: to be filled by a reader of a stored split. */
DubSplit   *dub_split_new_empty (size_t                 n_cases);
void        dub_split_free      (DubSplit              *self);

/* Indices of the cases of a part, rising. (transfer full) (element-type size_t) */
GArray     *dub_split_indices   (const DubSplit        *self,
                                 DubPart                part);
/* Train cases of fold @fold (@inside) or of all others (!@inside). */
GArray     *dub_split_fold      (const DubSplit        *self,
                                 int                    fold,
                                 gboolean               inside);
/* SHA-256 of the lines "id<TAB>part<TAB>fold<LF>", sorted by the bytes of id, with the parts' names and fold -1 for none:
 * what a model stores and every use checks. (transfer full) */
char       *dub_split_hash      (const DubSplit        *self,
                                 const DubDataset      *dataset);
const char *dub_part_name       (DubPart                part); /* "train", "calibration", "test", "none" */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubSplit, dub_split_free)

G_END_DECLS
