/* A data set: cases with labels, opened once, read lazily.
 *
 *   MEDMNIST   NAME.npz with {train,val,test}_{images,labels}; images (N, H, W), (N, H, W, 3) or (N, D, H, W);
 *              labels (N,) or (N, 1). The arrays are never held whole in memory: stored ones are read where
 *              they lie, compressed ones are spooled once to an unlinked temporary file and read from there.
 *              {images, labels} without a part are a set without a split of its own.
 *   FOLDERS    a folder of one folder a class, holding PNG files; files whose name ends in _mask*.png are no cases;
 *              below train, val and test where the folder holds only these
 *   TABLE      a CSV or TSV with columns file (or path, image), label (or class, diagnosis), and optionally split and
 *              patient (or participant_id); files are PNG or NIfTI, below the table's folder; a label that is empty
 *              or n/a is unknown
 *   NIFTI      a TSV or CSV in ClinicaDL's form: participant_id, session_id, diagnosis, and either a column
 *              "file" or files found under the table's folder by participant and session; patient = participant_id
 *   A folder that holds one .npz, or a table of cases (cases.csv, participants.tsv, or its only one), stands for it.
 *
 * Letters: N cases, C channels, spatial extents (H, W) or (i, j, k) in RAS for NIfTI.
 * A data set is immutable after _open and may be read from several threads.
 */
#pragma once

#include "core/base/run.h"
#include "core/tensor/tensor.h"

G_BEGIN_DECLS

typedef enum {
  DUB_DATASET_MEDMNIST,
  DUB_DATASET_FOLDERS,
  DUB_DATASET_TABLE,
  DUB_DATASET_NIFTI,
} DubDatasetKind;

typedef struct {
  const char *id;      /* unique in the set: "train-17", "benign/benign (3)", "sub-091_ses-M000" */
  int         label;   /* class index, -1 = unknown */
  const char *given;   /* (nullable): "train", "validation" or "test" where the set says so */
  const char *patient; /* (nullable) */
  const char *path;    /* (nullable): absolute path of the case's own file */
  size_t      row;     /* of its array or table, from 0 */
} DubDatasetCase;

/* Something about the set that a person should know. */
typedef struct {
  gboolean fatal;      /* the case was left out (with DUB_BAD_SKIP) */
  char    *message;    /* one sentence naming file and row */
  size_t   row;
} DubDatasetProblem;

/* What to do with a case that cannot be used: a label outside the classes, a missing or undecodable file. */
typedef enum { DUB_BAD_STOP, DUB_BAD_SKIP } DubBad;

typedef struct {
  DubBad             bad;
  const char *const *classes;   /* (nullable): names in the order of their indices; default: from the data */
  const char        *patients;  /* (nullable): CSV/TSV of id (or file), patient */
  gboolean           check_files; /* decode every PNG, and look for values that are not finite in every case of
                                 * floats; headers and sizes of files are looked at in any case */
} DubDatasetOptions;

typedef struct {
  gatomicrefcount ref_count;
  DubDatasetKind  kind;
  char           *path;      /* absolute */
  char           *name;      /* "breastmnist" */
  GPtrArray      *classes;   /* of char * */
  size_t          n_cases;   /* N */
  DubDatasetCase *cases;     /* [N] */
  int             n_axes;    /* 2 or 3 */
  int             channels;  /* of the first case; 1, 3 or 4 */
  int64_t         shape[3];  /* spatial extents of the first case; shape[2] = 1 where n_axes is 2 */
  gboolean        mixed;     /* sizes or channels differ between cases, as far as headers were read */
  DubDtype        dtype;     /* of the first case */
  double          spacing[3]; /* mm; NaN where the files have none */
  gboolean        has_patients;
  gboolean        has_given;
  GPtrArray      *problems;  /* of DubDatasetProblem * */
  gpointer        source;    /* private to dataset-*.c */
} DubDataset;

/* dub_dataset_open:
 * @path: .npz, folder, .csv or .tsv; the kind is recognised from what is there
 * @options: (nullable): stop at bad cases, names from the data
 *
 * Returns: (transfer full), or NULL with @error set, naming file, row, found and expected.
 */
G_GNUC_WARN_UNUSED_RESULT
DubDataset *dub_dataset_open      (const char              *path,
                                   const DubDatasetOptions *options,
                                   DubRun                  *run,
                                   GError                 **error);
DubDataset *dub_dataset_ref       (DubDataset              *self);
void        dub_dataset_unref     (DubDataset              *self);

/* Case @index as stored: (C, H, W) or (C, i, j, k), U8, U16 or F32 (NIfTI: scaled values, reoriented to RAS).
 * @spacing: (out) (optional) (array of 3): mm, NaN where unknown. Thread-safe. */
G_GNUC_WARN_UNUSED_RESULT
DubTensor  *dub_dataset_read      (DubDataset              *self,
                                   size_t                   index,
                                   double                  *spacing,
                                   GError                 **error);

/* The same of one file that is in no set: PNG or NIfTI. */
G_GNUC_WARN_UNUSED_RESULT
DubTensor  *dub_dataset_read_file (const char              *path,
                                   double                  *spacing,
                                   GError                 **error);

/* Index of the case with @id, or -1. */
gssize      dub_dataset_find      (const DubDataset        *self,
                                   const char              *id);
/* [n_classes] cases of each class. */
void        dub_dataset_count     (const DubDataset        *self,
                                   size_t                  *counts);
/* SHA-256 over ids, labels and the bytes' sizes and, where there are files, names: identifies the set cheaply. (transfer full) */
char       *dub_dataset_hash      (const DubDataset        *self);
const char *dub_dataset_kind_name (DubDatasetKind           kind); /* "medmnist", "folders", "table", "nifti" */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubDataset, dub_dataset_unref)

G_END_DECLS
