/* An operator: one row of the table, one file in ops/.
 *
 * A row says how to read the operator's attributes, which shape its outputs
 * have, how to compute them, how gradients flow back, and with which cases the
 * gradient test walks it. Adding an operator is one file and one line in
 * op-table.c; the tests iterate over the table, so a row without a case fails.
 *
 * Names and meanings are ONNX's (domain ai.onnx) unless they begin with "dub.",
 * which only the planner's fusions make.
 */
#pragma once

#include "core/base/run.h"
#include "core/base/rng.h"
#include "core/nn/attribute.h"
#include "core/tensor/tensor.h"

G_BEGIN_DECLS

typedef struct _DubOp DubOp;

/* Type of a value at plan time. Extents are concrete: a plan is made for given
 * input shapes. */
typedef struct {
  DubDtype dtype;
  DubShape shape;
} DubType;

/* What an operator sees while types are inferred. */
typedef struct {
  const DubAttributes *attributes;
  int            opset;       /* of the model, for operators whose meaning changed */
  const char    *node_name;   /* for messages */
  int            n_inputs;
  int            n_outputs;   /* outputs that the node names; an unnamed one is still inferred */
  const DubType *in;          /* [n_inputs]; undefined where in_present is FALSE */
  const gboolean *in_present; /* [n_inputs] optional inputs may be absent */
  DubTensor *const *in_value; /* [n_inputs] the numbers where known at plan time (contiguous), else NULL */
  gboolean       training;    /* batch statistics, active dropout */
  gboolean       monte_carlo; /* only dropout is active */

  DubType       *out;         /* [n_outputs] to be filled */
  gpointer       params;      /* parsed attributes: set by infer, freed with free_params */
  size_t         saved_bytes; /* set by infer: bytes that forward keeps for backward */
  size_t         scratch_bytes; /* set by infer: bytes needed only during a call, forward or backward */
} DubInferContext;

/* What an operator sees while it computes. Tensors are contiguous and of the inferred types. */
typedef struct {
  gpointer       params;
  const char    *node_name;
  int            n_inputs;
  int            n_outputs;
  DubTensor    **in;          /* [n_inputs], NULL where absent */
  DubTensor    **out;         /* [n_outputs], NULL where nobody reads it (outputs after the first) */
  const gboolean *in_constant; /* [n_inputs] the same numbers in every call of this plan: may be packed once */
  gpointer      *state;       /* an own slot that lives as long as the plan, freed with free_state */
  void          *saved;       /* saved_bytes, 64-byte aligned, or NULL where no backward follows */
  void          *scratch;     /* scratch_bytes, 64-byte aligned, contents undefined */
  gboolean       training;
  gboolean       monte_carlo;
  uint64_t       seed;        /* of this execution: dropout draws from (seed, "dropout", node) */
  uint64_t       node_index;

  /* Backward only. */
  DubTensor    **d_out;       /* [n_outputs], NULL where no gradient arrives (treat as 0) */
  DubTensor    **d_in;        /* [n_inputs] to be overwritten, NULL where not wanted */
} DubOpContext;

typedef enum {
  DUB_OP_NONE            = 0,
  DUB_OP_IN_PLACE        = 1 << 0, /* out[0] may be the memory of in[0], given equal types */
  DUB_OP_VIEW            = 1 << 1, /* out[0] has the numbers of in[0] in the same order: the planner aliases, forward is never called */
  DUB_OP_BACKWARD_IN     = 1 << 2, /* backward reads in[] */
  DUB_OP_BACKWARD_OUT    = 1 << 3, /* backward reads out[] */
  DUB_OP_GRAD_IN_PLACE   = 1 << 4, /* d_in[0] may be the memory of d_out[0] */
  DUB_OP_SHAPE_ONLY      = 1 << 5, /* reads only the types of its inputs: always folded at plan time */
} DubOpFlags;

/* A case of the operator's test, as commented text:
 *   inputs: "f32 1,2,5,5; f32 3,2,3,3; f32 3" (";" between inputs, "-" absent,
 *           "i64 2 = 0,1" gives numbers, "f32 4,4 > 0.5" draws above 0.5)
 *   attributes: "pads=1,1,1,1 strides=2,2 mode=linear alpha=0.2f" (f = float)
 */
typedef struct {
  const char *name;
  const char *inputs;
  const char *attributes;
  int         n_outputs;     /* 0 means 1 */
  const char *check;         /* inputs whose gradient is compared: "0,1"; NULL = every f32 input */
  double      tolerance;     /* relative to the largest gradient; 0 = 2e-3 (float32 forward, central difference) */
  gboolean    training;
} DubOpCase;

struct _DubOp {
  const char *name;
  DubOpFlags  flags;
  int         min_inputs;
  int         max_inputs;    /* -1 = any number */
  int         max_outputs;   /* 0 means 1 */
  uint32_t    forward_inputs; /* bit j: backward does not read input j, in spite of DUB_OP_BACKWARD_IN */
  uint32_t    plan_inputs;   /* bit j: the numbers of input j must be known while types are inferred (a shape, an axis) */

  /* Output types; messages name the node. */
  gboolean  (*infer)       (DubInferContext *ctx,
                            GError         **error);
  gboolean  (*forward)     (DubOpContext    *ctx,
                            DubRun          *run,
                            GError         **error);
  /* NULL = gradients do not pass (integers, comparisons, shapes). */
  gboolean  (*backward)    (DubOpContext    *ctx,
                            DubRun          *run,
                            GError         **error);
  void      (*free_params) (gpointer         params);
  void      (*free_state)  (gpointer         state);
  /* Multiply-adds of one forward call; NULL = 0. */
  double    (*multiply_adds) (const DubInferContext *ctx);

  const DubOpCase *cases;    /* ends with a NULL name */
};

/* The operator of a name, or NULL. */
const DubOp        *dub_op_lookup  (const char *name);

/* The whole table, ending with NULL. */
const DubOp *const *dub_op_table   (void);

/* Helpers for infer: each sets a DUB_ERROR_SHAPE or DUB_ERROR_UNSUPPORTED that
 * names the node, and returns FALSE. */
gboolean dub_infer_fail            (const DubInferContext *ctx,
                                    GError               **error,
                                    int                    code,
                                    const char            *format,
                                    ...) G_GNUC_PRINTF (4, 5);
gboolean dub_infer_need_f32        (const DubInferContext *ctx,
                                    int                    input,
                                    GError               **error);

G_END_DECLS
