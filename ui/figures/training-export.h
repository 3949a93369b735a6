/* The curves of several losses beside each other as a file: losses above, accuracies below (002, figure 1). */
#pragma once

#include "ui/figures/export.h"
#include "ui/figures/training-figure.h"

G_BEGIN_DECLS

/* One column: the folds of a family. */
typedef struct {
  const char                 *title; /* "Cross-entropy + 15 DCA" */
  const DubRunSummary *const *runs;  /* [n_runs] */
  size_t                      n_runs;
} DubTrainingColumn;

/* dub_training_export:
 * @columns: [n_columns], at least one
 * @study: named in the provenance, with the ids of the runs, their network and optimiser
 *
 * PNG, SVG, PDF or, with the numbers of every fold and epoch, CSV, by the ending of @path. Errors as dub_export_save.
 */
gboolean dub_training_export (const DubTrainingColumn *columns,
                              size_t                   n_columns,
                              const char              *study,
                              const char              *path,
                              const DubExportOptions  *options,
                              GError                 **error);

G_END_DECLS
