/* Principal components of standardised features.
 *
 * Letters in this file: N cases, F features, K components.
 *
 * Fitted on one set of cases and applied to any: a case's place is the same alone as in any batch, to the bit.
 */
#pragma once

#include "core/base/run.h"

#include <stdint.h>

G_BEGIN_DECLS

typedef struct {
  gboolean standardize;  /* divide each feature by its standard deviation; otherwise only the mean is taken away */
  size_t   n_components; /* 0 = as many as @explained needs */
  double   explained;    /* share of the variance to keep, in (0, 1]; used when n_components is 0 */
  uint64_t seed;         /* used beyond DUB_PCA_EXACT */
} DubPcaOptions;

#define DUB_PCA_DEFAULT ((DubPcaOptions) { .standardize = TRUE, .n_components = 0, .explained = 0.8, .seed = 0 })

/* Where both N and F exceed this, components come from subspace iteration with a random start (at most
 * DUB_PCA_EXACT / 4 of them) instead of the full eigenvectors. */
#define DUB_PCA_EXACT 2048

typedef struct {
  size_t  n_fit;          /* N, cases it was fitted on */
  size_t  n_features;     /* F */
  size_t  n_components;   /* K */
  size_t  n_constant;     /* features without variance: they are only centred */
  double *mean;           /* [F] */
  double *scale;          /* [F] standard deviation (divisor N, 1 for a constant feature), or NULL when not standardised */
  double *components;     /* [K][F] orthonormal; of each the loading of largest absolute value is positive */
  double *variance;       /* [K] falling (divisor N - 1) */
  double  total_variance; /* of all F components; variance / total is the share explained */
} DubPca;

/* dub_pca_fit:
 * @features: [N][F]
 *
 * More components than min (N - 1, F) are not found: that many are returned then.
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE for fewer than two cases, DUB_ERROR_NUMERIC for
 *   features that are not finite or all constant, DUB_ERROR_ARGUMENT, DUB_ERROR_MEMORY, DUB_ERROR_CANCELLED.
 */
G_GNUC_WARN_UNUSED_RESULT
DubPca  *dub_pca_fit       (const float          *features,
                            size_t                n_cases,
                            size_t                n_features,
                            const DubPcaOptions  *options,
                            DubRun               *run,
                            GError              **error);

/* dub_pca_transform:
 * @features: [N][F]
 * @out: (out) [N][K]
 */
gboolean dub_pca_transform (const DubPca         *self,
                            const float          *features,
                            size_t                n_cases,
                            float                *out,
                            DubRun               *run,
                            GError              **error);

void     dub_pca_free      (DubPca               *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubPca, dub_pca_free)

G_END_DECLS
