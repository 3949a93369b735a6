/* What a command on calibration reads: a file, or the test part of a study; and other cases, to fit a recalibration on. */
#pragma once

#include "app/cli/cli-command.h"
#include "core/study/predictions-file.h"

G_BEGIN_DECLS

typedef struct {
  DubPredictionsFile *file;
  DubPredictionsFile *fit;   /* (nullable) */
} CliPredictions;

/* cli_predictions_load:
 * @path: PRED or a folder of a study
 * @fit: (nullable): CAL; of a study its calibration part is taken, and this is NULL
 * @family, @model: (nullable): of a study
 * @warnings: (element-type char *): gets what was assumed, left out, and is in both
 *
 * The two are of one kind and have the same classes. FALSE with @error set, naming the file, otherwise.
 */
gboolean    cli_predictions_load  (CliPredictions            *self,
                                   const char                *path,
                                   const char                *fit,
                                   const char                *family,
                                   const char                *model,
                                   GPtrArray                 *warnings,
                                   DubRun                    *run,
                                   GError                   **error);
void        cli_predictions_clear (CliPredictions            *self);

/* What was fitted on @fit can be applied to @file: one kind, the same classes. Else FALSE with DUB_ERROR_SHAPE, naming both. */
gboolean    cli_predictions_check_alike (const DubPredictionsFile *file,
                                   const DubPredictionsFile  *fit,
                                   GError                   **error);

/* "probabilities of all classes", in a sentence. Static. */
const char *cli_predictions_kind  (const DubPredictionsFile  *file);
/* "malignant", or "1". (transfer full) */
char       *cli_predictions_class (const DubPredictionsFile  *file,
                                   size_t                     class_index);

/* cli_predictions_find_class:
 * @name: of what is looked at, for messages
 * @classes: (nullable) [n_classes] names
 * @asked: (nullable): a name, or a number from 0 on
 * @class_index: (out): -1 where nothing was asked for
 */
gboolean    cli_predictions_find_class (const char           *name,
                                   const char *const         *classes,
                                   size_t                     n_classes,
                                   const char                *asked,
                                   int                       *class_index,
                                   GError                   **error);

/* Adds a sentence that is not there yet. */
void        cli_warn              (GPtrArray                 *warnings,
                                   const char                *format,
                                   ...) G_GNUC_PRINTF (2, 3);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliPredictions, cli_predictions_clear)

G_END_DECLS
