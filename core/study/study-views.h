/* Networks of a family run on changed copies of their cases: augmented views, fixed policies of a pool, passes with Dropout.
 *
 * A policy is two operations of RandAugment (core/data/augment.h) with magnitudes and signs. TTA draws the policies of a case
 * from (seed, hash of the prepared case), so that a case has the same views alone, in a batch, and as a new image. Views are
 * made from the prepared case; of networks that share a preparation each view is made once.
 *
 *   results/views/<model>-<kind>-<12 digits of which cases>.npz   "key", "views" (V), "probabilities" (V, n, C), NaN where one is
 *   not there yet; written as it grows, so that a cancelled run goes on where it stood.
 */
#pragma once

#include "core/study/study.h"
#include "core/uq/answers.h"

G_BEGIN_DECLS

typedef struct {
  DubViewKind kind;
  guint       n_views;     /* of TTA and DROPOUT */
  const guint *policies;   /* (nullable) [n_policies] of POOL: which; NULL = 0 … n_policies - 1 */
  guint       n_policies;
  guint       n_pool;      /* size of the pool: 500 */
  guint64     seed;
} DubViewsOptions;

typedef struct {
  size_t  n_views, n_cases, n_classes;
  guint  *policy;          /* (nullable) [V] */
  float  *probabilities;   /* (V, n, C) mean over the models */
  float  *per_model;       /* (nullable) (M, V, n, C) */
} DubStudyViews;

/* dub_study_views:
 * @models: ids, NULL-terminated
 * @cases: [n_cases] indices in the study
 * @cached_only: NULL without @error where something would have to be run
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_ARGUMENT for a model that is not there or has no preparation or no
 *   network behind it, or a policy beyond the pool; DUB_ERROR_NUMERIC for an answer that is not finite, naming network, case and view;
 *   DUB_ERROR_CANCELLED, with what was computed stored.
 */
G_GNUC_WARN_UNUSED_RESULT
DubStudyViews *dub_study_views       (DubStudy               *study,
                                      const char *const      *models,
                                      const size_t           *cases,
                                      size_t                  n_cases,
                                      const DubViewsOptions  *options,
                                      gboolean                cached_only,
                                      DubRun                 *run,
                                      GError                **error);
/* The same for images that are not in the study; nothing is stored. @raw: [n_cases] as dub_dataset_read gives them, @spacing:
 * [n_cases][3] mm, NaN where unknown. */
G_GNUC_WARN_UNUSED_RESULT
DubStudyViews *dub_study_views_of    (DubStudy               *study,
                                      const char *const      *models,
                                      DubTensor *const       *raw,
                                      const double          (*spacing)[3],
                                      size_t                  n_cases,
                                      const DubViewsOptions  *options,
                                      DubRun                 *run,
                                      GError                **error);
void           dub_study_views_free  (DubStudyViews          *self);

/* The prepared case as view @view shows it, for the strip of the Cases page, and in words: "rotate 12°, contrast 1.3". */
G_GNUC_WARN_UNUSED_RESULT
DubTensor     *dub_study_view_image  (DubStudy               *study,
                                      const char             *model,
                                      size_t                  case_index,
                                      const DubViewsOptions  *options,
                                      guint                   view,
                                      char                  **words,
                                      GError                **error);

/* Whether a network has a Dropout node that could be active. */
gboolean       dub_study_has_dropout (DubStudy               *study,
                                      const char             *model);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubStudyViews, dub_study_views_free)

G_END_DECLS
