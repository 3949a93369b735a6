/* Outputs that somebody else's networks gave: what an npz or a table has of them.
 *
 *   .npz   logits and/or probabilities (N, C) or (M, N, C), or (N) of class 1 of two; labels (N); and where it has them
 *          features (N, F) or (M, N, F), ids, split, patient (N, strings), fold (N), classes (C), models (M, strings),
 *          model_fold (M), family, positive, recalibration (1): what dub_outputs_export writes
 *   table  label, and p_<class>… or logit_<class>… (class: an index or a name) or one column p or logit of class 1;
 *          and where it has them id, split, fold, patient
 *
 * Letters: M models, N cases, C classes, F features.
 */
#pragma once

#include "core/data/split.h"
#include "core/tensor/tensor.h"

G_BEGIN_DECLS

typedef struct {
  size_t      n_models, n_cases, n_classes; /* M N C */
  char      **models;        /* (nullable) [M] */
  int        *model_fold;    /* [M], -1 = none */
  char      **ids;           /* [N], unique; "row-0" … where the file has none */
  int        *labels;        /* [N], -1 = unknown */
  guint8     *part;          /* (nullable) [N] of DubPart */
  gint16     *fold;          /* [N], -1 = none */
  char      **patient;       /* (nullable) [N], each nullable */
  char      **classes;       /* (nullable) [C] */
  char       *family;        /* (nullable) */
  int         positive;      /* -1 = not said */
  DubTensor  *logits;        /* (nullable) (M, N, C) float32 */
  DubTensor  *probabilities; /* (nullable) (M, N, C): where there are no logits */
  double     *exact;         /* (nullable) (M, N, C): logits, or else probabilities, where the file has more digits than float32:
                              * a rounded .8 lies beside the edge of a bin that .8 lies on */
  DubTensor  *answers;       /* (nullable) (N, C): the family's, where they are more than the mean of these: recalibrated */
  DubTensor  *features;      /* (nullable) (M, N, F) */
  GPtrArray  *notes;         /* of char *: what was assumed, one sentence each */
} DubOutputsFile;

/* dub_outputs_file_load:
 * @path: .npz, else a table
 *
 * Returns: (transfer full), or NULL with @error set, naming file, array or column, row or line, found and expected.
 */
G_GNUC_WARN_UNUSED_RESULT
DubOutputsFile *dub_outputs_file_load  (const char      *path,
                                        GError         **error);
/* From memory; an archive begins with "PK". */
G_GNUC_WARN_UNUSED_RESULT
DubOutputsFile *dub_outputs_file_parse (GBytes          *bytes,
                                        const char      *name,
                                        GError         **error);
void            dub_outputs_file_free  (DubOutputsFile  *self);

/* The family's answers: mean over the networks of their probabilities, or what the file says was made of it.
 * (transfer full) (N, C). */
double         *dub_outputs_file_mean  (const DubOutputsFile *self);
/* "malignant", or "1" where the file names no classes. (transfer full) */
char           *dub_outputs_file_class (const DubOutputsFile *self,
                                        size_t                class_index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubOutputsFile, dub_outputs_file_free)

G_END_DECLS
