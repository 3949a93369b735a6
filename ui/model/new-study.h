/* A study that is being made: what the assistant knows before there is one.
 *
 *   open ─▶ data set ─▶ duplicates ─▶ split ─▶ recipe ─▶ make ─▶ folder NAME.dubito
 *              │            (slot "search")      └─ trial: parameters, seconds (slot "trial")
 *              └─ pictures, as they are asked for (slot "pictures")
 *
 * Nothing is written before dub_new_study_make_async. The split follows every choice at once; what takes longer
 * is computed on threads of its own, and results of older choices never arrive.
 *
 * Signals: "changed": anything below reads otherwise now. "pictures": more pictures are there.
 */
#pragma once

#include <gio/gio.h>

#include "core/data/prepare.h"
#include "core/data/split.h"
#include "core/study/outputs-file.h"
#include "core/train/recipe.h"

G_BEGIN_DECLS

#define DUB_TYPE_NEW_STUDY (dub_new_study_get_type ())
G_DECLARE_FINAL_TYPE (DubNewStudy, dub_new_study, DUB, NEW_STUDY, GObject)

typedef enum { DUB_ARCH_RESNET18, DUB_ARCH_CNN2D, DUB_ARCH_CNN3D, DUB_ARCH_MLP } DubArch;
#define DUB_N_ARCHS (DUB_ARCH_MLP + 1)

/* What is added to cross-entropy. */
typedef enum { DUB_TERM_NONE, DUB_TERM_DCA, DUB_TERM_SMOOTHING, DUB_TERM_MMCE, DUB_TERM_MIXUP } DubTerm;
#define DUB_N_TERMS (DUB_TERM_MIXUP + 1)

/* Everything a person chooses by a click; a plain value. */
typedef struct {
  DubSplitOptions split;
  int             positive;      /* index of the positive class of two */
  DubScaling      scaling;
  int             side;          /* px or voxels along each axis; 0 = as suggested */
  guint           augment;       /* flags of augment.h */
  DubArch         arch;
  DubTerm         term;
  double          weight;        /* of the term */
  gboolean        plain_beside;  /* plain cross-entropy is trained, too, where there is a term */
  gboolean        class_weights;
  guint           n_epochs;
} DubNewStudyChoices;

DubNewStudy       *dub_new_study_new             (void);

/* Recognises and opens what is at @path; what was open before is forgotten. @skip_bad: leave out cases that cannot be used. */
void               dub_new_study_open            (DubNewStudy  *self,
                                                  const char   *path,
                                                  gboolean      skip_bad);
/* The same data with a table of patients. */
void               dub_new_study_set_patients    (DubNewStudy  *self,
                                                  const char   *table);
/* Back to nothing; stops what is being computed. */
void               dub_new_study_clear           (DubNewStudy  *self);

gboolean           dub_new_study_is_opening      (DubNewStudy  *self);
/* Fraction of opening, searching or making, for polling. */
double             dub_new_study_get_progress    (DubNewStudy  *self);
/* (nullable): what keeps the data set from being opened */
const char        *dub_new_study_get_error       (DubNewStudy  *self);
/* Whether opening without the bad cases may help. */
gboolean           dub_new_study_can_skip        (DubNewStudy  *self);
/* (nullable): what is or was being opened */
const char        *dub_new_study_get_path        (DubNewStudy  *self);
const char        *dub_new_study_get_patients    (DubNewStudy  *self);
gboolean           dub_new_study_get_skip_bad    (DubNewStudy  *self);

/* Networks of the person's own, ONNX files: with some, making the study imports them, and nothing is trained.
 * @paths: (nullable) */
void               dub_new_study_set_networks    (DubNewStudy  *self,
                                                  const char *const *paths);
const char *const *dub_new_study_get_networks    (DubNewStudy  *self);
/* What a person knows of network @index alone. @path: (nullable): file of the ids that it learned from. */
void               dub_new_study_set_train_ids   (DubNewStudy  *self,
                                                  guint         index,
                                                  const char   *path);
const char        *dub_new_study_get_train_ids   (DubNewStudy  *self,
                                                  guint         index);
/* @scaling: a DubScaling, or -1: as for all networks. */
void               dub_new_study_set_own_scaling (DubNewStudy  *self,
                                                  guint         index,
                                                  int           scaling);
int                dub_new_study_get_own_scaling (DubNewStudy  *self,
                                                  guint         index);
/* (nullable): a file of outputs was opened instead of data: there is nothing to check, only to import. Of the choices split
 * (given: as the file has it, else every case a test case) and positive hold. */
const DubOutputsFile *dub_new_study_get_outputs  (DubNewStudy  *self);

/* All (nullable) (transfer none) until they are there. */
DubDataset        *dub_new_study_get_dataset     (DubNewStudy  *self);
DubDuplicates     *dub_new_study_get_duplicates  (DubNewStudy  *self);
const char        *dub_new_study_get_search_error (DubNewStudy *self);
gboolean           dub_new_study_is_searching    (DubNewStudy  *self);
const DubSplit    *dub_new_study_get_split       (DubNewStudy  *self);
/* Why the choices allow no split; NULL where they do. */
const char        *dub_new_study_get_split_error (DubNewStudy  *self);

const DubNewStudyChoices *dub_new_study_get_choices (DubNewStudy *self);
void               dub_new_study_set_choices     (DubNewStudy  *self,
                                                  const DubNewStudyChoices *choices);
/* What a person calls class @index; an empty name brings the data set's back. */
const char        *dub_new_study_get_class_name  (DubNewStudy  *self,
                                                  guint         index);
void               dub_new_study_set_class_name  (DubNewStudy  *self,
                                                  guint         index,
                                                  const char   *name);
/* Cases of class @label in @part. */
size_t             dub_new_study_count           (DubNewStudy  *self,
                                                  DubPart       part,
                                                  int           label);

/* Networks that can read the data, [DUB_N_ARCHS]; which of them is suggested. */
gboolean           dub_new_study_arch_fits       (DubNewStudy  *self,
                                                  DubArch       arch);
DubArch            dub_new_study_get_suggested   (DubNewStudy  *self);
const char        *dub_arch_name                 (DubArch       arch); /* of the command line: "resnet18" */
/* The usual weight of a term, and the ends of what is offered. */
void               dub_term_range                (DubTerm       term,
                                                  double       *low,
                                                  double       *high,
                                                  double       *usual);

/* As the choices have it. (transfer full) */
DubRecipe         *dub_new_study_make_recipe     (DubNewStudy  *self);
void               dub_new_study_make_prepare    (DubNewStudy  *self,
                                                  DubPrepare   *prepare);
/* Of `dubito-cli train` after --out. (transfer full) */
GStrv              dub_new_study_train_arguments (DubNewStudy  *self);

/* What a short trial found. */
typedef struct {
  char    *description;   /* "ResNet-18, width 16" */
  size_t   n_parameters;
  double   seconds;       /* of all runs and epochs together, on this machine; NaN = unknown */
  guint    n_threads;
  double   mean, sd;      /* of the first channel of training cases, NaN = not asked for */
  gboolean sampled;       /* mean and SD are of some of the training cases */
  char   **networks;      /* (nullable): of the person's own networks, what each is: "input 1 × 28 × 28, 2 classes" */
  char    *error;         /* (nullable): the network cannot read these cases */
} DubNewStudyTrial;

/* (nullable): NULL while it is computed */
const DubNewStudyTrial *dub_new_study_get_trial  (DubNewStudy  *self);

/* px of pictures */
enum { DUB_PICTURE_SIDE = 104 };
/* Rows of 20 cases at most of a class that are shown, by index. (transfer full) (element-type size_t) */
GArray            *dub_new_study_examples        (DubNewStudy  *self,
                                                  guint         label,
                                                  guint         n);
/* (transfer none) (nullable): DUB_PICTURE_SIDE² RGB; asked for where it is not there, and told by "pictures". */
GBytes            *dub_new_study_get_picture     (DubNewStudy  *self,
                                                  size_t        index);

/* dub_new_study_make_async:
 * @folder: must not exist; one that ends in .dubito
 *
 * Writes the study. @callback on the main loop; cancelling by dub_new_study_clear.
 */
void               dub_new_study_make_async      (DubNewStudy  *self,
                                                  const char   *title,
                                                  const char   *folder,
                                                  GAsyncReadyCallback callback,
                                                  gpointer      user_data);
gboolean           dub_new_study_make_finish     (DubNewStudy  *self,
                                                  GAsyncResult *result,
                                                  GError      **error);
gboolean           dub_new_study_is_making       (DubNewStudy  *self);

G_END_DECLS
