/* The inside of a run, shared by fit*.c only. */
#pragma once

#include "core/train/fit-cases.h"
#include "core/train/fit-metrics.h"
#include "core/train/fit.h"
#include "core/train/run-record.h"
#include "core/train/trainer.h"

G_BEGIN_DECLS

typedef struct {
  const DubFitJob *job;
  DubRunRecord    *record;
  DubNetwork      *network;
  DubFitCases     *train;
  DubFitCases     *validation;
  DubFitBatches   *batches;
  DubTrainer      *trainer;
  uint64_t         seed;       /* of this fold */
  size_t           batch;
  size_t           n_batches;  /* of an epoch */
  double          *weights;    /* (nullable) [C] of the classes */

  /* What a checkpoint holds besides the trainer. */
  guint            epoch;      /* done */
  guint            best_epoch; /* 0 = none */
  double           best_value; /* larger is better */
  double           best_loss;  /* decides between equal values */
  double           seconds;
  DubTrainState   *best;       /* (nullable): parameters and statistics of the best epoch */

  DubTrainState   *pending;    /* (nullable): the last epoch, not yet written */
  gint64           written_at; /* µs of the last checkpoint */
  guint            model_epoch; /* best epoch that model.onnx holds; 0 = not known */
} DubFit;

/* The last epoch as it is now becomes pending. */
gboolean _dub_fit_checkpoint_take  (DubFit       *fit,
                                    GError      **error);
/* Writes what is pending, if anything: checkpoint.npz, then model.onnx and reference.npz where the best epoch is new. */
gboolean _dub_fit_checkpoint_write (DubFit       *fit,
                                    DubRun       *run,
                                    GError      **error);
/* Takes checkpoint.npz over where there is one, and cuts the log to its epochs. */
gboolean _dub_fit_checkpoint_read  (DubFit       *fit,
                                    GError      **error);
/* model.onnx and reference.npz of the best epoch. */
gboolean _dub_fit_write_model      (DubFit       *fit,
                                    DubRun       *run,
                                    GError      **error);

G_END_DECLS
