/* A network that answers with classes: which of its outputs are the logits and which the features, and how to run it.
 *
 *   output 0   (N, C) logits, log-probabilities, or the probabilities of a final Softmax, whose input is then read;
 *              or (N, 1) of a binary task: one logit z, or the probability of a final Sigmoid, which becomes (-z/2, z/2)
 *   output 1   (optional) (N, F) features; without it the input of the last dense layer is taken, where there is one
 *
 * So there are logits always, and softmax of them is what the network says.
 * Letters: N cases, C classes, F features, B cases of a batch.
 */
#pragma once

#include "core/nn/plan.h"

G_BEGIN_DECLS

typedef enum {
  DUB_ANSWER_LOGITS,    /* of C classes, or their log-probabilities */
  DUB_ANSWER_SOFTMAX,   /* probabilities */
  DUB_ANSWER_ONE_LOGIT, /* of class 1 against class 0 */
  DUB_ANSWER_SIGMOID,   /* its probability */
} DubAnswer;

typedef struct {
  DubGraph *graph;
  DubPlan  *plan;
  DubAnswer answer;
  DubShape  input;      /* of one case */
  size_t    batch;      /* B */
  size_t    n_classes;  /* C */
  size_t    n_features; /* F; 0 where the network gives none */
  int       logits;     /* output of the plan */
  int       features;   /* output of the plan, -1 = none */
  uint64_t  seed;       /* of Dropout, where that is active; read at every run */
  int       maps;       /* output of the plan, -1 = none were asked for */
  DubTensor **d_outputs; /* (nullable) [outputs of the plan] derivatives, where there is a backward */
} DubClassifier;

/* What a classifier is for. */
typedef struct {
  size_t   n_classes;       /* 0 = as many as it gives; a single number stands for two */
  size_t   batch;           /* cases at a time; less where the network is made for fewer */
  gboolean dropout;         /* active, as in dub_classifier_new_dropout */
  gboolean input_gradients; /* dub_classifier_backward reaches the cases */
  gboolean has_maps;        /* a value of the graph is to be read, and its derivative */
  int      maps;            /* which */
} DubClassifierOptions;

/* dub_classifier_new:
 * @name: for messages: the model's id
 * @input: of one prepared case, without the batch's extent
 * @batch: cases at a time; less where the network is made for fewer
 *
 * Returns: (transfer full), or NULL with @error set, naming the model: a file that is no network, an input or a number of
 *   outputs that do not fit, several independent sigmoids.
 */
G_GNUC_WARN_UNUSED_RESULT
DubClassifier *dub_classifier_new  (const char          *name,
                                    const char          *path,
                                    const DubShape      *input,
                                    size_t               n_classes,
                                    size_t               batch,
                                    DubRun              *run,
                                    GError             **error);
/* The same with Dropout active (Gal & Ghahramani 2016), which drops other numbers at every place of a batch: the passes of one
 * case are the cases of one batch, so that they are the same whatever other cases there are. */
G_GNUC_WARN_UNUSED_RESULT
DubClassifier *dub_classifier_new_dropout (const char   *name,
                                    const char          *path,
                                    const DubShape      *input,
                                    size_t               n_classes,
                                    size_t               n_passes,
                                    DubRun              *run,
                                    GError             **error);
/* The same of a graph that is there already; it is shared. */
G_GNUC_WARN_UNUSED_RESULT
DubClassifier *dub_classifier_new_for_graph (const char *name,
                                    DubGraph            *graph,
                                    const DubShape      *input,
                                    const DubClassifierOptions *options,
                                    DubRun              *run,
                                    GError             **error);
void           dub_classifier_free (DubClassifier       *self);

/* dub_classifier_run:
 * @cases: [n][elements of input]
 * @logits: (out): [n][C]
 * @features: (out) (nullable): [n][F]
 *
 * DUB_ERROR_NUMERIC for an answer that is not finite: *bad is then the index of the case.
 */
gboolean       dub_classifier_run  (DubClassifier       *self,
                                    const float         *cases,
                                    size_t               n,
                                    float               *logits,
                                    float               *features,
                                    size_t              *bad,
                                    DubRun              *run,
                                    GError             **error);

/* dub_classifier_backward:
 * @d_logits: [B][C] derivative of a number with respect to the logits of the last batch that was run
 *
 * Once after a dub_classifier_run of at most B cases. The derivatives are then in dub_plan_input_gradient and
 * dub_plan_output_gradient of the plan.
 */
gboolean       dub_classifier_backward (DubClassifier   *self,
                                    const float         *d_logits,
                                    DubRun              *run,
                                    GError             **error);

/* "logits", "softmax", "one logit", "sigmoid": static. */
const char    *dub_answer_name     (DubAnswer            answer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubClassifier, dub_classifier_free)

G_END_DECLS
