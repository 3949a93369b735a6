/* The data-set side of a study: where the cases come from, how they were split, and what stands in results/.
 *
 * A study of volumes with a mask (study.h) has cases with paths of their own; a study made from a data set has
 *
 *   study.json   "task", "positive", "data": { "kind", "path", "hash", "patients"? }, "split": { options …, "hash" }
 *   cases.csv    id,label,patient,part,fold: one line a case of the data set, in its order
 *   models/<id>/ run folders (core/train/run-folder.h), imported networks with their preparation, or imported outputs
 *   results/outputs/<id>.npz  logits (N, C), features (N, F)? of a network: what evaluate and export read (outputs.h);
 *                        keyed by the hash of network, data, preparation and split, made again when the key differs
 *
 * The data stay where they are; study.json refers to them and checks their hash.
 */
#pragma once

#include "core/data/prepare.h"
#include "core/data/split.h"

G_BEGIN_DECLS

typedef enum { DUB_TASK_MULTICLASS, DUB_TASK_BINARY, DUB_TASK_SEGMENTATION, DUB_TASK_REGRESSION } DubTask;

/* What a study knows about its data set; a member of DubStudy, NULL for studies of volumes alone. */
typedef struct {
  DubTask     task;
  int         positive;      /* index of the positive class of a binary task: always shown */
  char       *path;          /* absolute path of the data set; NULL where only outputs were imported */
  char       *kind;          /* dub_dataset_kind_name */
  char       *hash;          /* dub_dataset_hash when the study was made */
  char       *patients;      /* (nullable): table of patients */
  gboolean    skip_bad;      /* cases that cannot be used were left out, as the person chose */
  size_t      n_cases;
  char      **ids;           /* [N] */
  int        *labels;        /* [N] */
  char      **patient;       /* [N], each nullable */
  DubSplit   *split;         /* never NULL: parts of the N cases */
  char       *split_hash;    /* as stored with the models */
  DubDataset *dataset;       /* (nullable): opened by dub_study_data_open */
} DubStudyData;

DubStudyData *dub_study_data_new   (DubDataset        *dataset,
                                    DubSplit          *split,      /* (transfer full) */
                                    DubTask            task,
                                    int                positive);
void          dub_study_data_free  (DubStudyData      *self);

/* Opens the data set if it is not open, and checks that ids and labels are those of cases.csv:
 * a mismatch is DUB_ERROR_FORMAT naming the first case that differs. */
gboolean      dub_study_data_open  (DubStudyData      *self,
                                    DubRun            *run,
                                    GError           **error);
/* cases.csv in @folder. */
gboolean      dub_study_data_write_cases (const DubStudyData *self,
                                    const char        *folder,
                                    GError           **error);
gboolean      dub_study_data_read_cases  (DubStudyData *self,
                                    const char        *folder,
                                    GError           **error);

/* Patients as whole numbers, [N]; a case without one is a patient of its own. NULL where no case has one. (transfer full) */
int          *dub_study_data_patients (const DubStudyData *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubStudyData, dub_study_data_free)

G_END_DECLS
