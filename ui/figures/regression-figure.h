/* The quantile calibration curve of a regression as a figure for a paper: the share of truths below the predicted quantile, over its
 * level, beside the diagonal on which a calibrated regression lies. Words on it are English.
 */
#pragma once

#include "ui/figures/export.h"
#include "ui/figures/figure.h"

G_BEGIN_DECLS

/* One curve; nothing in it is owned. */
typedef struct {
  const char   *name;         /* "before" */
  const double *level, *share; /* [n] as dub_regression_curve gives them */
  size_t        n;
  double        area;         /* the miscalibration area, in the legend; NaN = not told */
} DubRegressionCurve;

/* The plot as data. */
G_GNUC_WARN_UNUSED_RESULT
DubFigure *dub_regression_figure_new    (const DubRegressionCurve *curves,
                                         size_t                    n_curves);

/* dub_regression_figure_export:
 * @title: above the plot: what was measured
 * @provenance: (nullable): NULL-terminated key, value, key, value, …
 *
 * Writes .png, .svg, .pdf or .csv by the name's end, on paper, atomically. Errors as dub_export_save. */
gboolean   dub_regression_figure_export (const DubRegressionCurve *curves,
                                         size_t                    n_curves,
                                         const char               *title,
                                         const char *const        *provenance,
                                         const char               *path,
                                         const DubExportOptions   *options,
                                         GError                  **error);

G_END_DECLS
