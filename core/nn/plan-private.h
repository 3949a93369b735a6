/* The inside of a plan, shared by the plan-*.c files only.
 *
 * A plan is made in five passes, one file each:
 *   plan-bind.c      types of every value, folding of what is constant, views
 *   plan-fuse.c      Conv + BatchNormalization + Add + activation + pooling in one step
 *   plan-gradient.c  which values carry a gradient and which steps run backward
 *   plan-memory.c    lifetimes of all blocks and their places in the arena
 *   plan-run.c       forward and backward over the steps
 *
 * Time: forward step s happens at s, its backward step at 2F - 1 - s, where F is
 * the number of steps; "the end" is 2F.
 */
#pragma once

#include "core/nn/plan.h"

G_BEGIN_DECLS

/* A value of the plan: those of the graph first, under the same index, then those of fusions. */
typedef struct {
  const char *name;       /* for messages; owned by the graph or static */
  gboolean    typed;      /* type is known */
  DubType     type;
  int         root;       /* the value whose memory this one shares; itself where it has its own */
  DubTensor  *constant;   /* numbers known at plan time, or a parameter's */
  gboolean    variable;   /* a constant that changes between runs (a parameter under training) */
  int         graph_input; /* index, or -1 */
  gboolean    kept;       /* (of a root) readable by the caller: never overwritten before the end */
  gboolean    needs_grad; /* (of a root) an input or parameter with a gradient lies behind it */
  gboolean    has_grad;   /* (of a root) a gradient arrives here */
  int         block;      /* (of a root) in the arena, or -1 */
  int         grad_block; /* (of a root) or -1 */
  DubTensor  *tensor;     /* header over the block, in this value's shape */
  DubTensor  *grad;       /* header over the root's gradient, in this value's shape */
} PlanValue;

typedef struct {
  const DubOp   *op;
  char          *name;
  const DubAttributes *attributes;
  DubAttributes *own_attributes;  /* of a fused step */
  int            n_inputs;
  int            n_outputs;
  int           *inputs;          /* [n_inputs] value or -1 */
  int           *outputs;         /* [n_outputs] value or -1 */
  gpointer       params;
  gpointer       state;
  size_t         saved_bytes;
  size_t         scratch_bytes;
  double         multiply_adds;
  uint64_t       node_index;
  gboolean       removed;         /* folded, aliased, fused away or dead */

  gboolean       has_backward;
  gboolean      *wants;           /* [n_inputs] a gradient of this input is computed */
  gboolean      *adds;            /* [n_inputs] it is added to what is there already */
  int            saved_block;
  int            scratch_block;
  int            backward_scratch_block;
  int           *temp_blocks;     /* [n_inputs] where an added gradient is computed first */

  /* Ready-made arguments of the operator. */
  DubTensor    **in;
  DubTensor    **out;
  gboolean      *in_constant;
  DubTensor    **in_backward;     /* NULL where the operator did not ask to see it */
  DubTensor    **out_backward;
  DubTensor    **d_in;
  DubTensor    **d_out;
} PlanStep;

/* A piece of the arena between two times, both included. */
typedef struct {
  size_t size;
  size_t offset;
  int    start;
  int    end;
} PlanBlock;

struct _DubPlan {
  DubGraph      *graph;
  DubPlanOptions options;
  GArray        *values;       /* of PlanValue */
  GPtrArray     *steps;        /* of PlanStep * */
  GArray        *blocks;       /* of PlanBlock */
  int            n_inputs;
  int            n_outputs;    /* graph outputs and extra ones */
  int           *inputs;       /* [n_inputs] value */
  int           *outputs;      /* [n_outputs] value */
  DubTensor    **bound_inputs; /* [n_inputs] references held until the next run */
  DubTensor     *arena;
  size_t         constant_bytes;
  gboolean       forward_done; /* a backward may follow */
  uint64_t       seed;         /* of the last forward */
};

static inline PlanValue *
plan_value (const DubPlan *self,
            int            value)
{
  return &g_array_index (self->values, PlanValue, value);
}

static inline PlanValue *
plan_root (const DubPlan *self,
           int            value)
{
  return plan_value (self, plan_value (self, value)->root);
}

static inline PlanStep *
plan_step (const DubPlan *self,
           int            step)
{
  return g_ptr_array_index (self->steps, step);
}

static inline size_t
dub_type_n_bytes (const DubType *type)
{
  return dub_shape_n_elements (&type->shape) * dub_dtype_size (type->dtype);
}

int      _dub_plan_add_constant (DubPlan       *self,
                                 const char    *name,
                                 DubTensor     *tensor);
PlanStep *_dub_plan_step_new    (const DubOp   *op,
                                 const char    *name,
                                 const int     *inputs,
                                 int            n_inputs,
                                 const int     *outputs,
                                 int            n_outputs);
void     _dub_plan_step_free    (gpointer       step);
/* Runs op->infer over the step's inputs and stores types, params and sizes. */
gboolean _dub_plan_infer_step   (DubPlan       *self,
                                 PlanStep      *step,
                                 GError       **error);

gboolean _dub_plan_bind         (DubPlan       *self,
                                 const DubType *input_types,
                                 DubRun        *run,
                                 GError       **error);
gboolean _dub_plan_fuse         (DubPlan       *self,
                                 GError       **error);
void     _dub_plan_remove_dead  (DubPlan       *self);
void     _dub_plan_gradients    (DubPlan       *self);
gboolean _dub_plan_place        (DubPlan       *self,
                                 GError       **error);

G_END_DECLS
