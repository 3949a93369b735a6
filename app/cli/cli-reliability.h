/* The curves of a reliability diagram: what they are of, and what is measured of each. */
#pragma once

#include "app/cli/cli-run.h"
#include "core/study/study.h"
#include "ui/figures/reliability-figure.h"

G_BEGIN_DECLS

/* As asked; zeros are the defaults of the texts. */
typedef struct {
  char     **families, **with; /* (nullable) NULL-terminated */
  char      *network;          /* (nullable) */
  char      *recalibrate, *fit; /* (nullable) */
  char      *class_name, *binning_text, *seed_text; /* (nullable) */
  int        bins, resamples;
  gboolean   corp, consistency, overlay, each;
  /* what the texts became */
  DubBinning binning;
  guint64    seed;
} CliReliabilityOptions;

/* Entries of the above. (transfer container) */
GOptionEntry         *cli_reliability_entries       (CliReliabilityOptions       *self);
void                  cli_reliability_options_clear (CliReliabilityOptions       *self);
/* Ranges and words, before any work: else wrong usage. @study: whether the input is one */
gboolean              cli_reliability_check         (CliReliabilityOptions       *self,
                                                     gboolean                     study,
                                                     GError                     **error);

/* One curve, measured: with its bands and its error. */
typedef struct {
  char             *name;
  DubReliability   *bins;
  double           *low, *high;                       /* [M] */
  double           *consistent_low, *consistent_high; /* (nullable) [M] */
  DubCorp          *corp;                             /* (nullable) */
  DubEstimate       ece;
} CliReliabilityCurve;

/* @predictions: one class of it is measured where @class_index >= 0. (transfer full), or NULL with @error set. */
CliReliabilityCurve  *cli_reliability_curve_new     (const char                  *name,
                                                     const DubPredictions        *predictions,
                                                     int                          class_index,
                                                     const CliReliabilityOptions *options,
                                                     DubRun                      *run,
                                                     GError                     **error);
void                  cli_reliability_curve_free    (CliReliabilityCurve         *self);

/* cli_reliability_figure_new:
 * @curves: of CliReliabilityCurve *
 *
 * One panel of all of them, or a panel each; "Before" and "After" where they are that.
 */
DubReliabilityFigure *cli_reliability_figure_new    (const GPtrArray             *curves,
                                                     const CliReliabilityOptions *options,
                                                     gboolean                     before_and_after,
                                                     gboolean                     one_class);

/* Name of a method's curve: "temperature", "vector scaling". Static, English. */
const char           *cli_reliability_method_name   (DubRecalibrate               method);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliReliabilityCurve, cli_reliability_curve_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliReliabilityOptions, cli_reliability_options_clear)

G_END_DECLS
