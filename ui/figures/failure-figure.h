/* How a score of uncertainty finds failures, in three plots with one operating point:
 *
 *   ROC      failures accepted (1 − specificity) → correct accepted (sensitivity); the box is the interval of both rates
 *   risk     cases accepted (coverage) → failures among them (risk); the ring is where the first failure is
 *   outcome  score → share of the correct above zero, of the failed below it
 *
 * All three are of the same acceptance curve (core/uq/failure.h): a place on one of them is an index of its points, and so a
 * threshold. Curves of other scores are drawn grey beneath. Positive = answered correctly, as everywhere in failure detection.
 */
#pragma once

#include "core/uq/failure.h"
#include "ui/figures/export.h"
#include "ui/figures/figure-draw.h"

G_BEGIN_DECLS

typedef enum { DUB_FAILURE_PLOT_ROC, DUB_FAILURE_PLOT_RISK, DUB_FAILURE_PLOT_OUTCOME } DubFailurePlot;
#define DUB_N_FAILURE_PLOTS (DUB_FAILURE_PLOT_OUTCOME + 1)

/* Words on the plots; a window passes its translations. Each is borrowed, and has to outlive the figure's making only. */
typedef struct {
  const char *title[DUB_N_FAILURE_PLOTS];
  const char *x[DUB_N_FAILURE_PLOTS];  /* of the outcomes: NULL, the score's own words stand there */
  const char *y[DUB_N_FAILURE_PLOTS];
  const char *accept_all;              /* before the risk of all cases */
  const char *correct, *failed;        /* after a number */
  const char *no_failures, *no_correct;
} DubFailureWords;

/* One score's curve as it comes. */
typedef struct {
  const char          *id;
  const char          *title;
  const char          *axis;         /* of its values: "1 − max p" */
  const DubAcceptance *acceptance;
  double               auroc;        /* NaN = undefined */
} DubFailureCurve;

/* Where the threshold stands, and what it does. */
typedef struct {
  size_t      at;                    /* index of the point */
  double      threshold;
  double      sensitivity, specificity, coverage, risk; /* NaN = undefined */
  double      sensitivity_range[2], specificity_range[2]; /* of the box; NaN = none */
} DubFailureMark;

typedef struct {
  DubFigure   *plot[DUB_N_FAILURE_PLOTS];
  char        *title[DUB_N_FAILURE_PLOTS];
  char        *id, *score;            /* of the chosen curve */
  double       auroc;
  size_t       n_points, n_cases, n_failures;
  double      *threshold;             /* [n_points] as in the acceptance; the first is -INFINITY */
  size_t      *accepted, *failures;   /* [n_points] */
  guint        n_bins;
  double       low, high;             /* of the bins; equal = one value only */
  double      *correct_share, *failed_share; /* [n_bins] */
  double     base;              /* risk where every case is accepted */
  char      *base_text;         /* "accept all 0.172" */
  char        *n_correct_text, *n_failed_text;
  gboolean     has_mark;
  DubFailureMark mark;
  double       zero_coverage;         /* NaN = no failures */
  double       case_score;            /* of the current case, NaN = none here */
  gboolean     case_failed;
  char        *fitted_on;             /* (nullable): where the threshold was chosen: "calibration" */
  GPtrArray   *tables;                /* of the curves, for the numbers: private */
  GPtrArray   *provenance;            /* (nullable) of char *: key, value, …, NULL */
} DubFailureFigure;

/* English. */
void              dub_failure_words_init     (DubFailureWords        *self);

/* dub_failure_figure_new:
 * @curves: [n] the chosen one first; copied
 * @words: (nullable): English
 *
 * Returns: (transfer full): without a mark.
 */
G_GNUC_WARN_UNUSED_RESULT
DubFailureFigure *dub_failure_figure_new     (const DubFailureCurve  *curves,
                                              size_t                  n,
                                              const DubFailureWords  *words);
void              dub_failure_figure_free    (DubFailureFigure       *self);
/* Moves the operating point; cheap. */
void              dub_failure_figure_set_point (DubFailureFigure        *self,
                                              const DubOperatingPoint *point);
/* Index of the point that accepts what @threshold does. */
size_t            dub_failure_figure_find    (const DubFailureFigure *self,
                                              double                  threshold);
/* Key and value of what the numbers come from; both copied. */
void              dub_failure_figure_note    (DubFailureFigure       *self,
                                              const char             *key,
                                              const char             *value);

/* --- failure-figure-draw.c --- */

/* All but the operating point. */
void              dub_failure_figure_draw    (const DubFailureFigure *self,
                                              DubFailurePlot          plot,
                                              DubCanvas              *canvas,
                                              double                  width,
                                              double                  height,
                                              DubFigureLayout        *layout);
/* Box, disc, drop line or threshold, and the current case. */
void              dub_failure_figure_draw_point (const DubFailureFigure *self,
                                              DubFailurePlot          plot,
                                              DubCanvas              *canvas,
                                              const DubFigureLayout  *layout);
/* Index of the point nearest to a place of the plot; places outside of the box count as its edge. */
size_t            dub_failure_figure_pick    (const DubFailureFigure *self,
                                              DubFailurePlot          plot,
                                              const DubFigureLayout  *layout,
                                              double                  px,
                                              double                  py);

/* --- failure-figure-export.c --- */

/* score,threshold,accepted,failures_accepted,coverage,risk,sensitivity,specificity of every curve. (transfer full) */
char             *dub_failure_figure_to_csv  (const DubFailureFigure *self);
/* The three plots on one sheet as .png, .svg, .pdf, or their numbers as .csv, by the name's end. */
gboolean          dub_failure_figure_export  (const DubFailureFigure *self,
                                              const char             *path,
                                              const DubExportOptions *options,
                                              GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubFailureFigure, dub_failure_figure_free)

G_END_DECLS
