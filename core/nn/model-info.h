/* What a model is made of and what it costs: the numbers of `model info`. */
#pragma once

#include "core/nn/plan.h"

G_BEGIN_DECLS

typedef struct {
  char *name; /* of an operator */
  guint count;
} DubOpCount;

typedef struct {
  GArray   *operators;      /* of DubOpCount, by name */
  size_t    n_parameters;
  DubType  *inputs;         /* [n_inputs] the types that the costs below hold for */
  size_t    n_inputs;
  DubType  *outputs;        /* [n_outputs], NULL where @cost_known is FALSE */
  size_t    n_outputs;
  gboolean  cost_known;     /* FALSE: the graph cannot be planned, and @cost_reason says why */
  char     *cost_reason;
  double    multiply_adds;  /* of one forward pass */
  size_t    peak_bytes;     /* of one forward pass: arena and packed weights */
} DubModelInfo;

/* dub_model_info_new:
 * @input_types: (nullable): [dub_graph_n_inputs] concrete types; NULL takes the
 *               declared ones with every free extent set to 1
 *
 * Never fails on a readable graph: where it cannot be planned (an operator is
 * missing, a shape is unknown) the costs are left out and the reason is given.
 *
 * Returns: (transfer full): the numbers, or NULL with DUB_ERROR_CANCELLED.
 */
G_GNUC_WARN_UNUSED_RESULT
DubModelInfo *dub_model_info_new  (DubGraph       *graph,
                                   const DubType  *input_types,
                                   DubRun         *run,
                                   GError        **error);
void          dub_model_info_free (DubModelInfo   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubModelInfo, dub_model_info_free)

G_END_DECLS
