/* What the networks of a study say, as a file for other tools; dub_study_import_outputs reads it back.
 *
 *   .npz  probabilities (N, C)  of the family: the mean   ids (N)      strings
 *         logits (M, N, C)      or model_probabilities    split (N)    "train", "calibration", "test", "none"
 *         labels (N)            -1 = unknown              fold (N)     of a training case, else -1
 *         features (M, N, F)?                             patient (N)? strings, "" = unknown
 *         models (M), model_fold (M), classes (C), positive (1), family (1), data_hash (1), split_hash (1)
 *         recalibration (1)?    what was done to the mean, in words; logits and model_probabilities are as the networks gave them
 *   .csv  id,label,split,fold[,patient],p_<class>…[,recalibration]: probabilities of the family, and what was done to them
 *
 * Where a recalibration is recorded for the family (answers.h), its probabilities are the mean with that applied. An import of
 * an .npz takes what the networks gave, so that the step has to be recorded there again; a .csv holds nothing but the answers.
 *
 * Strings are NumPy's own ("<U12"): numpy.load reads the file without pickle.
 */
#pragma once

#include "core/study/outputs.h"

G_BEGIN_DECLS

/* dub_outputs_export:
 * @outputs: of the models of one family
 * @parts: bits 1 << DubPart of the cases to write
 * @path: ends in .npz or .csv; written atomically
 *
 * FALSE with @error set: DUB_ERROR_ARGUMENT for another ending or no cases, DUB_ERROR_IO.
 */
gboolean dub_outputs_export (const DubStudy    *study,
                             const DubOutputs  *outputs,
                             const char        *family,
                             guint              parts,
                             const char        *path,
                             GError           **error);

G_END_DECLS
