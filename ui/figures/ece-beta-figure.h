/* Calibration error against the weight β of DCA: figure 5 of source 002, one panel a data set and architecture.
 *
 * Plain cross-entropy stands at β = 0, its temperature is a dotted line. Where a row has repeats, they are faint discs and their
 * mean the line; whiskers are the intervals that the table has, either of the mean of repeats or of the cases. All panels have
 * one scale.
 */
#pragma once

#include "core/study/calibration-table.h"
#include "ui/figures/export.h"
#include "ui/figures/figure-draw.h"

G_BEGIN_DECLS

typedef struct _DubEceBetaFigure DubEceBetaFigure;

/* dub_ece_beta_figure_new:
 *
 * Copies the rows that have a weight of DCA above 0. Returns: (transfer full), or NULL with DUB_ERROR_ARGUMENT where no row has:
 * the sentence says what to train.
 */
G_GNUC_WARN_UNUSED_RESULT
DubEceBetaFigure *dub_ece_beta_figure_new          (const DubCalibrationTable  *table,
                                                    GError                    **error);
void              dub_ece_beta_figure_free         (DubEceBetaFigure           *self);
guint             dub_ece_beta_figure_get_n_panels (const DubEceBetaFigure     *self);

/* One panel, without its title. @layout: (out) (optional) */
void              dub_ece_beta_figure_draw         (const DubEceBetaFigure     *self,
                                                    guint                       panel,
                                                    DubCanvas                  *canvas,
                                                    double                      width,
                                                    double                      height,
                                                    DubFigureLayout            *layout);
/* panel,beta,ece,low,high,interval,repeats,values; β of the temperature is empty. (transfer full) */
char             *dub_ece_beta_figure_to_csv       (const DubEceBetaFigure     *self);
/* All panels on one sheet as .png, .svg, .pdf, or their numbers as .csv, by the name's end. */
gboolean          dub_ece_beta_figure_export       (const DubEceBetaFigure     *self,
                                                    const char                 *path,
                                                    const DubExportOptions     *options,
                                                    GError                    **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubEceBetaFigure, dub_ece_beta_figure_free)

G_END_DECLS
