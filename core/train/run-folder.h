/* The folder of one training run, STUDY.dubito/models/<family>-f<fold>/ :
 *
 *   run.json        recipe, fold, split hash, data hash, preparation, architecture, software version: all to repeat it
 *   log.jsonl       one line an epoch (below), appended and flushed
 *   checkpoint.npz  the last epoch: weights, running statistics, optimiser state, best values so far; replaced atomically
 *   model.onnx      the network at its best epoch; written when a run ends, and at every better epoch
 *   reference.npz   a few prepared inputs and their outputs by model.onnx: re-run on import
 *   lock            held (flock) by the process that trains: how others know that it lives
 *
 * Reading a folder never changes it, so a window may watch a run of another process.
 */
#pragma once

#include "core/base/error.h"

G_BEGIN_DECLS

/* One line of log.jsonl: {"epoch":1,"rate":…,"train":{"loss","accuracy","ece"},"validation":{…},"cases_per_second":…,
 * "seconds":…,"one_class":false,"best":true}. NaN where it was not measured. */
typedef struct {
  guint    epoch;             /* from 1 */
  double   rate;
  double   train_loss, train_accuracy, train_ece;            /* of the answers given while training; loss = plain cross-entropy */
  double   validation_loss, validation_accuracy, validation_ece, validation_auroc; /* loss = plain cross-entropy */
  guint    n_validation, n_validation_correct;
  double   cases_per_second;
  double   seconds;           /* since the run began, pauses left out */
  gboolean one_class;         /* every validation case gets the same answer */
  gboolean best;              /* the best epoch so far */
} DubEpoch;

typedef enum {
  DUB_RUN_STATE_NEW,       /* folder without an epoch */
  DUB_RUN_STATE_RUNNING,   /* the lock is held */
  DUB_RUN_STATE_STOPPED,   /* can be resumed */
  DUB_RUN_STATE_DONE,
  DUB_RUN_STATE_FAILED,    /* run.json: "failure" says why */
} DubRunState;

typedef struct {
  char       *folder;      /* absolute */
  char       *id;          /* "ce-dca15-f1" */
  char       *family;      /* "ce-dca15" */
  char       *loss_name;   /* "Cross-entropy + 15 DCA" */
  double      dca;         /* β of DCA */
  int         fold;        /* 0-based */
  guint       n_epochs;    /* planned */
  guint       batch;
  char       *arch;        /* for a person: "ResNet-18, width 16" */
  char       *optimizer;   /* "Adam 0.001, cosine" */
  char       *select_by;
  size_t      n_parameters;
  DubRunState state;
  int         process;     /* that trains it, 0 = none or unknown */
  char       *failure;     /* (nullable) */
  GArray     *epochs;      /* of DubEpoch */
  int         best;        /* index into epochs, -1 = none */
} DubRunSummary;

/* Reads what a folder tells; a torn last line of the log is ignored. */
G_GNUC_WARN_UNUSED_RESULT
DubRunSummary *dub_run_summary_load (const char     *folder,
                                     GError        **error);
void           dub_run_summary_free (DubRunSummary  *self);
/* All runs of a study's models folder, by id; unreadable ones are left out and logged by name in @skipped (nullable, of char *). */
GPtrArray     *dub_run_summary_list (const char     *models_folder,
                                     GPtrArray      *skipped);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubRunSummary, dub_run_summary_free)

G_END_DECLS
