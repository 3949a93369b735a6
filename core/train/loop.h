/* The training loop of a classifier.
 *
 *   trainer ← graph with parameters        binds a training plan for one batch shape
 *   step    ← batch, labels, seed          forward, cross-entropy, backward, Adam, running statistics
 *   fit     ← cases                        epochs of shuffled batches, with progress and an end rule
 *
 * The graph's parameters and the running means and variances of its batch
 * normalisations are changed in place; the trainer owns the graph meanwhile.
 * Letters: B cases of a batch, C classes.
 */
#pragma once

#include "core/nn/plan.h"
#include "core/train/adam.h"

G_BEGIN_DECLS

typedef struct _DubTrainer DubTrainer;

/* dub_trainer_new:
 * @graph: one float32 input with the batch as first extent, logits (B, C) as first output
 * @input: type of one batch
 *
 * Returns: (transfer full), or NULL with @error set (see dub_plan_new).
 */
G_GNUC_WARN_UNUSED_RESULT
DubTrainer *dub_trainer_new        (DubGraph        *graph,
                                    const DubType   *input,
                                    const DubAdam   *adam,
                                    DubRun          *run,
                                    GError         **error);
void        dub_trainer_free       (DubTrainer      *self);

/* The step size from the next step on: schedules belong to the caller. */
void        dub_trainer_set_rate   (DubTrainer      *self,
                                    double           step);

/* Label smoothing α of the steps that follow; 0 at first. */
void        dub_trainer_set_smoothing (DubTrainer   *self,
                                    double           smoothing);

/* dub_trainer_step:
 * @batch: of the type given to _new
 * @labels: [B]
 * @seed: of dropout
 * @loss: (out): mean cross-entropy of the batch before the update
 * @n_correct: (out) (optional)
 *
 * A cancelled step has changed nothing. DUB_ERROR_NUMERIC where the loss is no longer finite.
 */
gboolean    dub_trainer_step       (DubTrainer      *self,
                                    DubTensor       *batch,
                                    const int       *labels,
                                    uint64_t         seed,
                                    double          *loss,
                                    size_t          *n_correct,
                                    DubRun          *run,
                                    GError         **error);

size_t      dub_trainer_peak_bytes (const DubTrainer *self);

/* Fills @target (one case of the batch, without the batch extent) with case @index. */
typedef gboolean (*DubCaseFunc)    (size_t           index,
                                    float           *target,
                                    gpointer         user_data,
                                    GError         **error);

typedef struct {
  guint    n_epochs;
  size_t   batch;        /* B; an incomplete last batch of an epoch is left out */
  DubAdam  adam;
  gboolean cosine;       /* the step size falls along half a cosine to 0 at the last step */
  uint64_t seed;         /* of the order of cases and of dropout */
  double   label_smoothing; /* α in [0, 1), see loss.h */
  double   loss_goal;    /* stop after an epoch whose mean loss is below; 0 = never */
} DubTrainOptions;

/* After each step; @fraction of the whole in [0, 1]. */
typedef void (*DubTrainFunc)       (guint            epoch,
                                    double           fraction,
                                    double           loss,
                                    gpointer         user_data);

/* dub_train_fit:
 * @labels: [n_cases]
 * @loss: (out) (optional): mean loss of the last epoch
 */
gboolean    dub_train_fit          (DubGraph              *graph,
                                    const DubType         *input,
                                    size_t                 n_cases,
                                    const int             *labels,
                                    DubCaseFunc            get_case,
                                    gpointer               case_data,
                                    const DubTrainOptions *options,
                                    DubTrainFunc           progress,
                                    gpointer               progress_data,
                                    double                *loss,
                                    DubRun                *run,
                                    GError               **error);

/* Leaves every batch normalisation with its first output alone, as a network for inference has it:
 * the running statistics stay as they are from now on. Before an export. */
void        dub_train_freeze       (DubGraph              *graph);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubTrainer, dub_trainer_free)

G_END_DECLS
