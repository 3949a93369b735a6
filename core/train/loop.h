/* The training loop of a classifier: epochs of shuffled batches, with progress and an end rule.
 *
 * The loop is made of pure functions that a longer one (folds, checkpoints, early stopping) uses as well: the order
 * of an epoch, its batches, and the rate of a step.
 */
#pragma once

#include "core/train/schedule.h"
#include "core/train/trainer.h"

G_BEGIN_DECLS

/* What becomes of the cases that do not fill the last batch of an epoch. */
typedef enum {
  DUB_LAST_BATCH_KEEP, /* a smaller batch, unless it is a single case, which batch normalisation cannot take */
  DUB_LAST_BATCH_DROP, /* left out; another epoch's order leaves out others */
} DubLastBatch;

/* Batches of one epoch. The last one has n_cases - (n - 1) · batch cases, at most @batch. A set smaller than a batch is one
 * smaller batch with KEEP. */
size_t      dub_train_n_batches    (size_t                     n_cases,
                                    size_t                     batch,
                                    DubLastBatch               last);
/* The order of the cases in an epoch, a pure function of (seed, epoch). @order: (out): [n_cases] */
void        dub_train_order        (uint64_t                   seed,
                                    guint                      epoch,
                                    size_t                     n_cases,
                                    size_t                    *order);
/* The seed of dropout and mixup in a step counted from 0 over the whole training. */
uint64_t    dub_train_step_seed    (uint64_t                   seed,
                                    uint64_t                   step);

typedef struct {
  guint               n_epochs;
  size_t              batch;        /* B */
  DubLastBatch        last_batch;
  DubOptimizerOptions optimizer;
  DubSchedule         schedule;     /* multiplies the optimiser's rate */
  DubLoss             loss;
  uint64_t            seed;         /* of the order of cases, dropout and mixup */
  double              loss_goal;    /* stop after an epoch whose mean loss is below; 0 = never */
} DubTrainOptions;

/* After each step; @fraction of the whole in [0, 1]. */
typedef void (*DubTrainFunc)       (guint                      epoch,
                                    double                     fraction,
                                    double                     loss,
                                    gpointer                   user_data);

/* dub_train_fit:
 * @input: type of one full batch
 * @labels: [n_cases]
 * @loss: (out) (optional): mean total loss over the batches of the last epoch
 */
gboolean    dub_train_fit          (DubGraph                  *graph,
                                    const DubType             *input,
                                    size_t                     n_cases,
                                    const int                 *labels,
                                    DubCaseFunc                get_case,
                                    gpointer                   case_data,
                                    const DubTrainOptions     *options,
                                    DubTrainFunc               progress,
                                    gpointer                   progress_data,
                                    double                    *loss,
                                    DubRun                    *run,
                                    GError                   **error);

/* Leaves every batch normalisation with its first output alone, as a network for inference has it:
 * the running statistics stay as they are from now on. Before an export; a trainer made afterwards no longer
 * renews them. */
void        dub_train_freeze       (DubGraph                  *graph);

G_END_DECLS
