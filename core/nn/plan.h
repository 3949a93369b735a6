/* The plan: a graph bound to input shapes, ready to run.
 *
 * Planning infers every type, folds what is constant, fuses neighbours
 * (Conv + BatchNormalization + activation + pooling), orders forward and
 * backward steps, and lays all intermediate values into one arena in which
 * memory is reused as soon as its last reader is done. Running allocates nothing.
 *
 * A plan runs on one thread at a time (parallel inside, by its DubRun).
 */
#pragma once

#include "core/nn/graph.h"

G_BEGIN_DECLS

typedef struct _DubPlan DubPlan;

typedef struct {
  gboolean     training;          /* batch statistics in BatchNormalization, dropout active, parameters are not folded */
  gboolean     monte_carlo;       /* only dropout is active */
  gboolean     input_gradients;   /* reverse mode to the floating-point inputs */
  gboolean     parameter_gradients; /* reverse mode to the parameters; implies they are not folded */
  gboolean     output_gradients;  /* reverse mode to the extra outputs */
  gboolean     no_fusion;         /* keep nodes as written: the oracle of the fused steps */
  gboolean     types_only;        /* nothing is placed: only dub_plan_output_type may be asked, and free */
  const int   *extra_outputs;     /* value indices to keep readable besides the graph's outputs */
  size_t       n_extra_outputs;
  size_t       memory_limit;      /* bytes; 0 = none. A plan above it is refused with DUB_ERROR_MEMORY */
} DubPlanOptions;

/* dub_plan_new:
 * @input_types: [dub_graph_n_inputs] concrete types
 * @options: (nullable)
 *
 * Returns: (transfer full): the plan, or NULL with @error set:
 *   DUB_ERROR_SHAPE        the inputs do not fit the graph (names input, found, expected)
 *   DUB_ERROR_UNSUPPORTED  an operator is missing (names node and operator)
 *   DUB_ERROR_MEMORY       beyond the limit
 */
G_GNUC_WARN_UNUSED_RESULT
DubPlan   *dub_plan_new                 (DubGraph              *graph,
                                         const DubType         *input_types,
                                         const DubPlanOptions  *options,
                                         DubRun                *run,
                                         GError               **error);
void       dub_plan_free                (DubPlan               *self);

/* Bytes of arena, saved state and packed weights while running. */
size_t     dub_plan_peak_bytes          (const DubPlan         *self);
/* Multiply-adds of one forward pass. */
double     dub_plan_multiply_adds       (const DubPlan         *self);
/* Steps after fusion, one line each, for logs and tests. (transfer full) */
char      *dub_plan_to_string           (const DubPlan         *self);

const DubType *dub_plan_output_type     (const DubPlan         *self,
                                         int                    output);

/* dub_plan_forward:
 * @inputs: [n_inputs] contiguous, of the planned types; only read
 * @seed: of dropout
 *
 * Results stay readable through dub_plan_output until the next run.
 */
gboolean   dub_plan_forward             (DubPlan               *self,
                                         DubTensor *const      *inputs,
                                         uint64_t               seed,
                                         DubRun                *run,
                                         GError               **error);

/* Output @output: (transfer none), valid until the next run of the plan.
 * Extra outputs follow the graph's. Copy it to keep it. */
DubTensor *dub_plan_output              (DubPlan               *self,
                                         int                    output);

/* dub_plan_backward:
 * @d_outputs: [n_outputs + extra] derivative of the scalar with respect to each output, NULL = 0
 *
 * Reverse mode after dub_plan_forward with the same inputs. May be called
 * once for each forward.
 */
gboolean   dub_plan_backward            (DubPlan               *self,
                                         DubTensor *const      *d_outputs,
                                         DubRun                *run,
                                         GError               **error);

/* (transfer none), valid until the next run; NULL where no gradient flows. */
DubTensor *dub_plan_input_gradient      (DubPlan               *self,
                                         int                    input);
/* Of an output: what arrived there, the caller's own derivative included. */
DubTensor *dub_plan_output_gradient     (DubPlan               *self,
                                         int                    output);
/* @value: index in the graph of a parameter. */
DubTensor *dub_plan_parameter_gradient  (DubPlan               *self,
                                         int                    value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubPlan, dub_plan_free)

G_END_DECLS
