/* What the kinds of data sets share: dataset*.c only.
 *
 * A kind opens its files, adds cases one by one (_dub_dataset_add) and says how one is read; dataset.c does
 * what is the same for all of them.
 */
#pragma once

#include "core/data/dataset.h"
#include "core/io/npy.h"

G_BEGIN_DECLS

/* A class label that stands for "none". */
#define DUB_LABEL_UNKNOWN (-1)
/* More classes than any set has: a label above is a mistake. */
#define DUB_MOST_CLASSES 10000

typedef struct _DubDatasetSource DubDatasetSource;

struct _DubDatasetSource {
  DubTensor *(*read)  (DubDataset        *self,
                       size_t             index,
                       double            *spacing,
                       GError           **error);
  void       (*clear) (DubDatasetSource  *source); /* the kind's own part */

  GStringChunk *strings;     /* ids, patients, paths */
  GHashTable   *ids;         /* id -> index + 1 */
  GArray       *cases;       /* of DubDatasetCase, while they are added */
  GArray       *sizes;       /* of guint64: bytes of each case */
  GString      *fingerprint; /* what else the hash covers */
};

/* The first case as its header says. */
typedef struct {
  DubDtype dtype;
  int      channels;
  int      n_axes;
  int64_t  shape[3];
  double   spacing[3];
  guint64  n_bytes;
} DubDatasetPeek;

/* @source: (transfer full): zeroed but for read and clear; the common part is filled here */
DubDataset *_dub_dataset_new       (DubDatasetKind           kind,
                                    const char              *path,
                                    DubDatasetSource        *source);
/* Strings are copied. @n_bytes: of the case, for the hash. */
void        _dub_dataset_add       (DubDataset              *self,
                                    const DubDatasetCase    *item,
                                    guint64                  n_bytes);
/* One sentence, without a consequence for any case. */
void        _dub_dataset_warn      (DubDataset              *self,
                                    size_t                   row,
                                    const char              *format,
                                    ...) G_GNUC_PRINTF (3, 4);
/* A case that cannot be used, for @reason (transfer full). Returns FALSE, with @reason as @error, where that ends the
 * opening; TRUE where the case is left out and noted. */
gboolean    _dub_dataset_bad       (DubDataset              *self,
                                    const DubDatasetOptions *options,
                                    size_t                   row,
                                    GError                  *reason,
                                    GError                 **error);
/* Takes shape, channels and type from the first header, and notices later ones that differ. */
void        _dub_dataset_see       (DubDataset              *self,
                                    const DubDatasetPeek    *peek);
/* Index of class @name, which is added where the names come from the data; -1 where they are given and this is none. */
int         _dub_dataset_class     (DubDataset              *self,
                                    const DubDatasetOptions *options,
                                    const char              *name);
/* After the last case: unique ids, patients of the options' table, empty classes. */
gboolean    _dub_dataset_finish    (DubDataset              *self,
                                    const DubDatasetOptions *options,
                                    GError                 **error);

/* The kinds. */
DubDataset *_dub_dataset_medmnist  (const char              *path,
                                    const DubDatasetOptions *options,
                                    DubRun                  *run,
                                    GError                 **error);
DubDataset *_dub_dataset_medmnist_archive (DubNpz           *archive,
                                    const char              *path,
                                    const DubDatasetOptions *options,
                                    DubRun                  *run,
                                    GError                 **error);
DubDataset *_dub_dataset_folders   (const char              *path,
                                    const DubDatasetOptions *options,
                                    DubRun                  *run,
                                    GError                 **error);
/* CSV and TSV of either kind. */
DubDataset *_dub_dataset_table     (const char              *path,
                                    const DubDatasetOptions *options,
                                    DubRun                  *run,
                                    GError                 **error);

/* --- cases that have files of their own: dataset-files.c --- */

/* A source whose cases are read from their path. */
DubDatasetSource *_dub_dataset_file_source (void);
gboolean    _dub_dataset_is_png    (const char              *path);
gboolean    _dub_dataset_is_nifti  (const char              *path);
/* @name without .png, .nii.gz and the like. (transfer full) */
char       *_dub_dataset_stem      (const char              *name);
/* Files below @folder that @wanted takes, as paths relative to it, sorted; hidden ones and links to folders are passed
 * over. (transfer full) (element-type filename) */
GPtrArray  *_dub_dataset_walk      (const char              *folder,
                                    gboolean               (*wanted) (const char *path));
/* Adds @item after a look at its file's header, or leaves it to _dub_dataset_bad. @where: (nullable): the table's line,
 * before the message. */
gboolean    _dub_dataset_add_file  (DubDataset              *self,
                                    const DubDatasetOptions *options,
                                    const DubDatasetCase    *item,
                                    const char              *where,
                                    GError                 **error);
/* Decodes every image where the options ask for it. */
gboolean    _dub_dataset_check_files (DubDataset            *self,
                                    const DubDatasetOptions *options,
                                    DubRun                  *run,
                                    GError                 **error);
/* Reads cases of floats, where the options ask for a look at the files: one with a value that is not finite, or that cannot
 * be read, is bad. After the last case, before _dub_dataset_finish. */
gboolean    _dub_dataset_check_numbers (DubDataset            *self,
                                        const DubDatasetOptions *options,
                                        DubRun                *run,
                                        GError               **error);

/* The file of each participant and session below a folder: dataset-nifti.c. */
typedef struct _DubDatasetSessions DubDatasetSessions;

DubDatasetSessions *_dub_dataset_sessions_new (const char   *folder);
void        _dub_dataset_sessions_free (DubDatasetSessions  *self);
/* Path of the one file, or NULL with @error set where there are none or several. (transfer full) */
char       *_dub_dataset_sessions_find (DubDatasetSessions  *self,
                                    const char              *participant,
                                    const char              *session,
                                    GError                 **error);

/* Patients from the options' table, onto the finished cases: dataset-patients.c. */
gboolean    _dub_dataset_patients  (DubDataset              *self,
                                    const DubDatasetOptions *options,
                                    GError                 **error);
/* A string that lives as long as the data set. */
const char *_dub_dataset_keep      (DubDataset              *self,
                                    const char              *text);

/* Names of a known set, NULL-terminated, from a base name such as "breastmnist_64"; or NULL. */
const char *const *_dub_dataset_known_classes (const char   *name);

G_END_DECLS
