/* The inside of a trainer, shared by trainer.c and trainer-state.c only. */
#pragma once

#include "core/train/trainer.h"

G_BEGIN_DECLS

/* A running statistic of a batch normalisation: after a step @constant takes what output @extra holds. */
typedef struct {
  int constant;
  int extra;
} DubStatistic;

/* A training plan for one batch size. */
typedef struct {
  DubPlan    *plan;
  DubType     input;
  DubTensor  *d_logits;  /* (B, C) */
  DubTensor **d_outputs; /* [n_outputs + extra] */
  DubTensor  *mixed;     /* of the input, or NULL until a step needs it */
} DubBound;

struct _DubTrainer {
  DubGraph     *graph;
  DubBound      full;       /* batches as given to _new */
  DubBound      other;      /* the last other size; its plan is NULL at first */
  DubOptimizer *optimizer;
  GArray       *parameters; /* of int, values of the graph, in the optimiser's order */
  GArray       *statistics; /* of DubStatistic */
  GArray       *extra;      /* of int, values that plans keep readable for the statistics */
  DubTensor   **gradients;  /* [parameters] of the step */
  DubTensor    *logits;     /* of the last step; owned by its plan */
  size_t        n_classes;
  double        norm;
};

G_END_DECLS
