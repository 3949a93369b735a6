/* The trainer: a graph whose parameters learn, one batch at a time.
 *
 *   trainer  ← graph with parameters          binds a training plan for one batch shape
 *   step     ← batch, labels, loss, seed      forward, loss, backward, optimiser, running statistics
 *   evaluate ← cases                          logits with the weights of this moment, as inference computes them
 *   state    ↔ names and tensors              for checkpoints: what goes on from an imported state has the bits of what
 *                                             was never stopped
 *
 * The graph's parameters and the running means and variances of its batch
 * normalisations are changed in place; the trainer owns the graph meanwhile.
 * Letters: B cases of a batch, C classes.
 */
#pragma once

#include "core/nn/plan.h"
#include "core/train/loss.h"
#include "core/train/optimizer.h"

G_BEGIN_DECLS

typedef struct _DubTrainer DubTrainer;

/* dub_trainer_new:
 * @graph: one float32 input with the batch as first extent, logits (B, C) as first output
 * @input: type of one full batch
 *
 * Returns: (transfer full), or NULL with @error set (see dub_plan_new and dub_optimizer_new).
 */
G_GNUC_WARN_UNUSED_RESULT
DubTrainer *dub_trainer_new        (DubGraph                  *graph,
                                    const DubType             *input,
                                    const DubOptimizerOptions *optimizer,
                                    DubRun                    *run,
                                    GError                   **error);
void        dub_trainer_free       (DubTrainer                *self);

/* The step size from the next step on: schedules belong to the caller (see schedule.h). */
void        dub_trainer_set_rate   (DubTrainer                *self,
                                    double                     rate);

/* dub_trainer_step:
 * @batch: as given to _new; fewer or more cases are allowed and get a plan of their own, of which the last one is
 *         kept: right for the incomplete last batch of each epoch. Batch normalisation wants 2 cases at least
 * @labels: [B] in [0, C)
 * @loss: (nullable): a checked loss for C classes; NULL = plain cross-entropy
 * @seed: of dropout and mixup
 * @parts: (out) (optional): the loss of the batch before the update
 *
 * A cancelled step has changed nothing. DUB_ERROR_NUMERIC, naming the step, where the loss or a gradient is not finite;
 * parameters, moments and running statistics are then those of the step before.
 */
gboolean    dub_trainer_step       (DubTrainer                *self,
                                    DubTensor                 *batch,
                                    const int                 *labels,
                                    const DubLoss             *loss,
                                    uint64_t                   seed,
                                    DubLossParts              *parts,
                                    DubRun                    *run,
                                    GError                   **error);

/* Logits (B, C) of the last step, before its update; with mixup of the blended batch. (transfer none), valid until
 * the next step; NULL before the first. */
DubTensor  *dub_trainer_logits     (const DubTrainer          *self);

/* Steps done, those before an imported state included. */
uint64_t    dub_trainer_n_steps    (const DubTrainer          *self);
/* Euclidean norm of all gradients of the last step, before clipping; 0 at first. */
double      dub_trainer_gradient_norm (const DubTrainer       *self);
size_t      dub_trainer_n_classes  (const DubTrainer          *self);

/* Bytes of the plans bound so far. */
size_t      dub_trainer_peak_bytes (const DubTrainer          *self);

/* Fills @target (one case of a batch, without the batch extent) with case @index. Called on the caller's thread, in the
 * order in which the cases are needed. */
typedef gboolean (*DubCaseFunc)    (size_t                     index,
                                    float                     *target,
                                    gpointer                   user_data,
                                    GError                   **error);

/* dub_trainer_evaluate:
 * @n_cases: at least 1; get_case is asked for 0 to n_cases - 1 in this order
 *
 * Inference with the weights of this moment, by a plan of its own that lives as long as the call: running statistics, no
 * dropout. The logits of a case do not depend on its neighbours. Changes nothing.
 *
 * Returns: (transfer full): (n_cases, C) float32, or NULL with @error set. Logits may be not finite; the caller looks.
 */
G_GNUC_WARN_UNUSED_RESULT
DubTensor  *dub_trainer_evaluate   (DubTrainer                *self,
                                    size_t                     n_cases,
                                    DubCaseFunc                get_case,
                                    gpointer                   case_data,
                                    DubRun                    *run,
                                    GError                   **error);

/* dub_trainer_export:
 *
 * Returns: (transfer full): copies, as float32 in the parameters' shapes, of
 *   "parameter/NAME"                every parameter of the graph
 *   "statistic/NAME"                every running mean and variance
 *   "optimizer/…"                   moments and steps, see optimizer.h
 * The rate, the loss and the seeds are the caller's, as they are pure functions of the step.
 */
G_GNUC_WARN_UNUSED_RESULT
DubTrainState *dub_trainer_export  (const DubTrainer          *self,
                                    GError                   **error);

/* Takes a state over: DUB_ERROR_FORMAT names an array that is missing or does not fit, and then nothing has changed. */
gboolean    dub_trainer_import     (DubTrainer                *self,
                                    const DubTrainState       *state,
                                    GError                   **error);

/* dub_trainer_import_weights:
 *
 * Only parameters and running statistics, for going back to the best epoch; the optimiser stays as it is. Errors as above.
 */
gboolean    dub_trainer_import_weights (DubTrainer            *self,
                                    const DubTrainState       *state,
                                    GError                   **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubTrainer, dub_trainer_free)

G_END_DECLS
