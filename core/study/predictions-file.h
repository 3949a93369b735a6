/* What calibration reads out of a file: answers with labels, or predicted numbers with truths.
 *
 *   answers      .npz or table, as outputs-file.h has them; of several networks the mean of their probabilities
 *   top label    table: true_label, pred_label, confidence (or correct, confidence); and where it has them id, patient
 *   regression   table or .npz: truth, mean, sd; and where it has it id
 *
 * Letters: N cases, C classes.
 */
#pragma once

#include "core/calibration/predictions.h"
#include "core/calibration/regression.h"

G_BEGIN_DECLS

typedef struct {
  char               *name;         /* of the file: for messages */
  DubPredictions     *predictions;  /* (nullable) of the cases with a label; NULL for regression */
  DubRegressionCases *regression;   /* (nullable) NULL for answers */
  char              **ids;          /* (nullable) [N + 1] of these cases; NULL where the file names none */
  char              **classes;      /* (nullable) [C + 1] names */
  size_t              n_models;     /* 1, or the networks that the mean is of */
  size_t              n_unlabelled; /* cases that were left out */
  GPtrArray          *notes;        /* of char *: what was assumed, one sentence each */
} DubPredictionsFile;

/* dub_predictions_file_load:
 * @path: .npz, else a table
 *
 * Returns: (transfer full), or NULL with @error set: as dub_outputs_file_load; DUB_ERROR_FORMAT for a file that is none of the
 *   three (its columns are named), without a case that has a label, and for a cell that is not what its column promises (file,
 *   line, column and the case's id are named); DUB_ERROR_NUMERIC for a confidence outside [0, 1].
 */
G_GNUC_WARN_UNUSED_RESULT
DubPredictionsFile *dub_predictions_file_load  (const char                *path,
                                                GError                   **error);
/* From memory; an archive begins with "PK". */
G_GNUC_WARN_UNUSED_RESULT
DubPredictionsFile *dub_predictions_file_parse (GBytes                    *bytes,
                                                const char                *name,
                                                GError                   **error);
/* What a study says of some cases, in the same form. @predictions: (transfer full); @ids: (transfer full) [N + 1]; @classes:
 * (transfer full) [C + 1] */
DubPredictionsFile *dub_predictions_file_new   (const char                *name,
                                                DubPredictions            *predictions,
                                                char                     **ids,
                                                char                     **classes,
                                                size_t                     n_models);
void                dub_predictions_file_free  (DubPredictionsFile        *self);

/* Cases of one file that stand, by a name of their own, in the other, too; where one names none, all of two files with the same
 * numbers. */
size_t              dub_predictions_file_count_shared (const DubPredictionsFile *self,
                                                const DubPredictionsFile  *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubPredictionsFile, dub_predictions_file_free)

G_END_DECLS
