/* One run: a network learns from all folds but one and is chosen on that one, in a folder that can always be resumed.
 *
 *   dub_fit_begin   writes run.json, or checks the one that is there
 *   dub_fit_run     trains from the last checkpoint (or the beginning) to the end
 *
 * After each epoch: the validation fold is evaluated, a line goes to log.jsonl, and a checkpoint is written unless the
 * last one is younger than two seconds. The network of the best epoch goes to model.onnx with each checkpoint. A process that
 * is killed at any moment and resumed ends with the bits of one that never stopped.
 */
#pragma once

#include "core/data/prepare.h"
#include "core/data/split.h"
#include "core/train/recipe.h"
#include "core/train/run-folder.h"

G_BEGIN_DECLS

/* Everything is borrowed and outlives the run. */
typedef struct {
  const char       *folder;     /* of the run; made where it is absent */
  const char       *id;         /* "ce-f1" */
  const char       *family;     /* "ce" */
  int               fold;
  const DubRecipe  *recipe;
  DubDataset       *dataset;
  const char       *data_hash;  /* dub_dataset_hash */
  const DubSplit   *split;
  const char       *split_hash; /* dub_split_hash */
  const DubPrepare *prepare;
  gboolean          eager;      /* a checkpoint after every epoch, however young the last one is */
} DubFitJob;

/* @epoch: (nullable): set after an epoch, NULL after a step; @fraction of this run in [0, 1] */
typedef void (*DubFitFunc) (const DubFitJob *job,
                            const DubEpoch  *epoch,
                            double           fraction,
                            gpointer         user_data);

/* dub_fit_begin:
 *
 * DUB_ERROR_ARGUMENT where the folder holds a run of another recipe, data set, split or preparation (the first difference is
 * named), or where the cases are too few: no validation case, fewer than two training cases, a class without any.
 */
gboolean dub_fit_begin (const DubFitJob  *job,
                        DubRun           *run,
                        GError          **error);

/* dub_fit_run:
 * @progress: (nullable): on the calling thread
 *
 * A run that is done stays as it is. FALSE with @error set:
 *   DUB_ERROR_CANCELLED  the last finished epoch is in the checkpoint
 *   DUB_ERROR_NUMERIC    loss or gradient is not finite: run.json tells epoch and step, and the state is FAILED
 *   DUB_ERROR_IO         a checkpoint cannot be written (the old one is whole), or another process trains here
 */
gboolean dub_fit_run   (const DubFitJob  *job,
                        DubFitFunc        progress,
                        gpointer          user_data,
                        DubRun           *run,
                        GError          **error);

G_END_DECLS
