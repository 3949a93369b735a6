/* Figure 3 of source 002 as a figure for a paper: the probability that each method recovers, over the truth.
 *
 * Three plots beside each other, uncalibrated, temperature-scaled, DCA, each with the true line, the training cases as
 * marks at 0 and 1, and its ECE and distance from the truth in words. Words on it are English.
 */
#pragma once

#include "core/train/toy.h"
#include "ui/figures/export.h"
#include "ui/figures/figure.h"

G_BEGIN_DECLS

/* The plot of one method, as data. */
G_GNUC_WARN_UNUSED_RESULT
DubFigure *dub_toy_figure_new    (const DubToy           *toy,
                                  DubToyMethod            method);

/* Writes .png, .svg, .pdf or .csv by the name's end, on paper, atomically; the options of the experiment are its
 * provenance. Errors as dub_export_save. */
gboolean   dub_toy_figure_export (const DubToy           *toy,
                                  const char             *path,
                                  const DubExportOptions *options,
                                  GError                **error);

G_END_DECLS
