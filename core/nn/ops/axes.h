/* Axes as ONNX writes them: a number or a list, negative ones counted from the end, an
 * attribute in older operator sets and an input in newer ones. */
#pragma once

#include "core/nn/op.h"

G_BEGIN_DECLS

typedef struct {
  int      n;
  int      axis[DUB_MAX_RANK];   /* in the order written, in [0, rank) */
  gboolean chosen[DUB_MAX_RANK]; /* by axis */
} DubAxes;

/* dub_axes_read:
 * @input: the input that holds them, or -1 for the attribute "axes"
 * @rank: of the tensor that they count
 *
 * An absent input or attribute gives 0 axes.
 */
gboolean dub_axes_read       (const DubInferContext *ctx,
                              int                    input,
                              int                    rank,
                              DubAxes               *axes,
                              GError               **error);

/* The attribute @name in [0, rank), or in [0, rank] with @end_allowed. */
gboolean dub_axis_read       (const DubInferContext *ctx,
                              const char            *name,
                              int64_t                fallback,
                              int                    rank,
                              gboolean               end_allowed,
                              int                   *axis,
                              GError               **error);

/* The whole numbers of input @input, which must be known: fails with a sentence that says what to do.
 * (transfer full): NULL and @n = 0, without an error, where the input is absent. */
gboolean dub_plan_ints       (const DubInferContext *ctx,
                              int                    input,
                              const char            *what,  /* "axes", for messages */
                              int64_t              **values,
                              size_t                *n,
                              GError               **error);

static inline gboolean
dub_infer_has (const DubInferContext *ctx,
               int                    input)
{
  return input < ctx->n_inputs && ctx->in_present[input];
}

G_END_DECLS
