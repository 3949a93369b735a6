/* Vector scaling: of every class one factor and one shift of its logit, softmax (w ∘ z + b).
 *
 * Letters: N cases, C classes, z logits.
 * Source: Guo et al. 2017. The negative log-likelihood is convex in (w, b): Newton's method with a line search, whose steps are
 * found by conjugate gradients, so that no matrix of (2 C)² numbers is made. What the cases leave open (a shift of all b, the
 * halves of two opposite logits) stays as it was at the start: w of the best temperature, b = 0.
 */
#pragma once

#include "core/base/run.h"
#include "core/calibration/fit-kind.h"

#include <stddef.h>

G_BEGIN_DECLS

/* Largest member of the gradient, of logits scaled to a range of about one, at which the minimum counts as found. */
#define DUB_VECTOR_GRADIENT 1e-10

typedef struct {
  DubFitKind kind;         /* FOUND, or SEPARABLE: the likelihood rises without end, because a class is told from the others
                            * without an error; weight and bias are then the last that were tried */
  size_t     n_classes;    /* C */
  double    *weight;       /* [C] w; may be negative */
  double    *bias;         /* [C] b */
  double     nll_before;   /* on the fitted cases, in nats: at w = 1, b = 0 … */
  double     nll_after;    /* … and at the end */
  double     gradient;     /* largest member of the gradient there: the certificate of FOUND */
  size_t     n_cases;      /* of the fit */
  guint      n_iterations;
  char      *split;        /* of the fit */
} DubVector;

/* dub_vector_fit:
 * @logits: (N, C) finite; logarithms of probabilities serve as well
 * @labels: [N] in [0, C)
 *
 * The same bits for any number of threads.
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE for no cases, fewer than two classes or a class that has no
 *   case, DUB_ERROR_NUMERIC (the message names the case), DUB_ERROR_CANCELLED.
 */
G_GNUC_WARN_UNUSED_RESULT
DubVector *dub_vector_fit   (const double     *logits,
                             const int        *labels,
                             size_t            n_cases,
                             size_t            n_classes,
                             const char       *split,
                             DubRun           *run,
                             GError          **error);
DubVector *dub_vector_new   (size_t            n_classes);  /* zeros, for whoever fills it from a file */
void       dub_vector_free  (DubVector        *self);

/* @logits: (N, C) finite; @probabilities: (out) (N, C), may be @logits */
void       dub_vector_apply (const DubVector  *self,
                             const double     *logits,
                             size_t            n_cases,
                             double           *probabilities);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubVector, dub_vector_free)

G_END_DECLS
