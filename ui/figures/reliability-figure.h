/* Reliability diagrams: how often answers given with confidence p are right, and how many there are.
 *
 * A figure has panels with the same axes: one (overlay), two (before and after), or one a network. A panel has curves: one alone is
 * drawn as bars with hatched gaps, several as lines with marks in the series colours (solid, dashed, dotted). Under every panel the
 * counts on a log axis, each number written where it fits.
 *
 * Empty bins stay empty: no bar, no mark, no line through them. Bins of fewer than DUB_RELIABILITY_FEW cases have faint bands.
 * Where the bins are of equal mass, bars are as wide as their bins.
 */
#pragma once

#include "core/calibration/calibration.h"
#include "core/calibration/corp.h"
#include "core/calibration/recalibration.h"
#include "ui/figures/export.h"
#include "ui/figures/figure-draw.h"

G_BEGIN_DECLS

#define DUB_RELIABILITY_FEW 10

/* Words on the plots; a window passes its translations. Borrowed for the figure's making only. */
typedef struct {
  const char *confidence, *accuracy, *share, *cases; /* axes: share where one class is looked at */
  const char *one_case;                              /* after the number 1 */
  const char *no_cases;                              /* in an empty plot, and of an empty bin */
  const char *ece, *adaptive_ece;                    /* before the error of bins of equal width, of equal mass */
  const char *gap, *band, *few, *consistency, *isotonic; /* the key: "95 % band"; "faint: fewer than 10 cases" */
} DubReliabilityWords;

/* One curve as it comes; everything is copied. */
typedef struct {
  const char           *name;        /* "uncalibrated": in the legend of an overlay, and in the table */
  const DubReliability *bins;
  const double         *low, *high;  /* (nullable) [M] bootstrap band of the accuracy */
  const double         *consistent_low, *consistent_high; /* (nullable) [M] consistency band */
  const DubCorp        *corp;        /* (nullable) drawn as a line over the bars, with its band */
  DubEstimate           ece;         /* in the head: "ECE 0.0465 [0.0413, 0.0542]", "Adaptive ECE …" of bins of equal mass;
                                      * value NaN = not known yet, no head */
  gboolean              ece_is_old;  /* its interval, which is of other bins: faint */
  gboolean              band_comes, consistency_comes; /* being made: the key has them already, and so stands still */
} DubReliabilityCurve;

typedef struct _DubReliabilityFigure DubReliabilityFigure;

/* English. */
void                  dub_reliability_words_init         (DubReliabilityWords        *self);

G_GNUC_WARN_UNUSED_RESULT
DubReliabilityFigure *dub_reliability_figure_new         (const DubReliabilityWords  *words);
void                  dub_reliability_figure_free        (DubReliabilityFigure       *self);
/* @one_class: axes say share instead of accuracy. Index of the panel. */
guint                 dub_reliability_figure_add_panel   (DubReliabilityFigure       *self,
                                                          const char                 *title,
                                                          const DubReliabilityCurve  *curves,
                                                          size_t                      n_curves,
                                                          gboolean                    one_class);
guint                 dub_reliability_figure_get_n_panels (const DubReliabilityFigure *self);
const char           *dub_reliability_figure_get_title   (const DubReliabilityFigure *self,
                                                          guint                       panel);
/* Bins of the panel's first curve; cases in one of them. */
size_t                dub_reliability_figure_get_n_bins  (const DubReliabilityFigure *self,
                                                          guint                       panel);
size_t                dub_reliability_figure_get_count   (const DubReliabilityFigure *self,
                                                          guint                       panel,
                                                          size_t                      bin);
/* "(0.67, 0.73] · 32 cases · confidence 0.703 · accuracy 0.594 (19 / 32)"; of several curves a line each, with its name, below
 * the interval where they share one. (transfer full) */
char                 *dub_reliability_figure_describe_bin (const DubReliabilityFigure *self,
                                                          guint                       panel,
                                                          size_t                      bin);
/* What stands above all panels of a sheet: "ResNet-110 · top label", "test · 5000 cases". Both nullable; copied. */
void                  dub_reliability_figure_set_heading (DubReliabilityFigure       *self,
                                                          const char                 *left,
                                                          const char                 *right);
/* Key and value of what the numbers come from; both copied. */
void                  dub_reliability_figure_note        (DubReliabilityFigure       *self,
                                                          const char                 *key,
                                                          const char                 *value);

/* Lines below the key of a sheet. @foot: (nullable); copied. */
void                  dub_reliability_figure_set_foot    (DubReliabilityFigure       *self,
                                                          const char                 *foot);

/* --- reliability-figure-source.c --- */

/* What a sheet says of its numbers, in the window and on the command line alike. Borrowed; NULL where there is none. */
typedef struct {
  const char              *title;      /* of the study, or of the file */
  const char              *family, *network; /* network NULL in a family: the ensemble … */
  gboolean                 each;       /* … or every network in a panel of its own */
  const char              *part;       /* "test" */
  const char              *class_name; /* NULL = the answers */
  size_t                   n_cases, n_bins;
  DubBinning               binning;
  DubRecalibration *const *fits;       /* [n_fits] those of the curves */
  size_t                   n_fits;
  const char              *data_hash, *split_hash;
  size_t                   n_resamples;
  guint64                  seed;
} DubReliabilitySource;

/* Heading, foot and provenance. English, as journals want it. */
void                  dub_reliability_figure_set_source  (DubReliabilityFigure       *self,
                                                          const DubReliabilitySource *source);

/* --- reliability-figure-draw.c --- */

/* Two boxes, one above the other, with one x axis. Panels of one size have their boxes at one place. */
typedef struct {
  DubFigureLayout plot, counts;
} DubReliabilityLayout;

void                  dub_reliability_figure_draw        (const DubReliabilityFigure *self,
                                                          guint                       panel,
                                                          DubCanvas                  *canvas,
                                                          double                      width,
                                                          double                      height,
                                                          DubReliabilityLayout       *layout);
/* The chosen bin: a frame in accent colour around it in both boxes. */
void                  dub_reliability_figure_draw_bin    (const DubReliabilityFigure *self,
                                                          guint                       panel,
                                                          size_t                      bin,
                                                          DubCanvas                  *canvas,
                                                          const DubReliabilityLayout *layout);
/* The bin under a place of either box; -1 outside. Bins narrower than a hand can tell apart: the nearest that has cases. */
int                   dub_reliability_figure_pick        (const DubReliabilityFigure *self,
                                                          guint                       panel,
                                                          const DubReliabilityLayout *layout,
                                                          double                      px,
                                                          double                      py);

/* --- reliability-figure-marks.c --- */

/* What a person has picked out of the data. */
typedef struct {
  double       confidence; /* of the current case; NaN = it is not among these */
  gboolean     correct;    /* a disc, else a triangle */
  const guint *selected;   /* (nullable) [M] cases of the selected set in each bin */
} DubReliabilityMarks;

/* Above a panel: the current case between its boxes, and the selected part of every count. */
void                  dub_reliability_figure_draw_marks  (const DubReliabilityFigure *self,
                                                          guint                       panel,
                                                          const DubReliabilityMarks  *marks,
                                                          DubCanvas                  *canvas,
                                                          const DubReliabilityLayout *layout);

/* --- reliability-figure-key.c --- */

/* What bars, hatching, whiskers, areas and lines mean, in rows from (x, y) on; only what some panel shows. Returns its height.
 * @canvas draws; with @draw FALSE it only measures. */
double                dub_reliability_figure_draw_key    (const DubReliabilityFigure *self,
                                                          DubCanvas                  *canvas,
                                                          double                      x,
                                                          double                      y,
                                                          double                      width,
                                                          gboolean                    draw);

/* --- reliability-figure-export.c --- */

/* panel,curve,bin,low,high,count,confidence,accuracy,band_low,band_high,consistent_low,consistent_high. (transfer full) */
char                 *dub_reliability_figure_to_csv      (const DubReliabilityFigure *self);
/* All panels side by side (rows of at most three) as .png, .svg, .pdf, or their numbers as .csv, by the name's end. */
gboolean              dub_reliability_figure_export      (const DubReliabilityFigure *self,
                                                          const char                 *path,
                                                          const DubExportOptions     *options,
                                                          GError                    **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubReliabilityFigure, dub_reliability_figure_free)

G_END_DECLS
