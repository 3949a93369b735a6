/* What a family of networks achieves on the test part: six figures of merit, each with the interval of the ensemble above
 * those of its networks.
 *
 * The Overview page shows the panels, a paper gets all six on one sheet: equal evaluations give equal bytes. Of more than two
 * classes every figure is the mean over the classes, and the Brier score stands where two classes have the sensitivity,
 * which would be the balanced accuracy once more.
 */
#pragma once

#include "core/study/evaluate.h"
#include "ui/figures/export.h"
#include "ui/figures/interval-figure.h"

G_BEGIN_DECLS

enum { DUB_OVERVIEW_PANELS = 6 };

/* Words on the panels; a window passes its translations. */
typedef struct {
  const char *title[DUB_N_METRICS]; /* "Accuracy", …; only those of the panels are read */
  const char *always;               /* "always %s", with the name of the largest class */
} DubOverviewWords;

typedef struct {
  DubMetric          metric;
  char              *title;
  DubEstimate        headline; /* of the ensemble, or of the only network */
  DubIntervalFigure *plot;
  GArray            *rows;     /* of DubEstimate: those of the plot, with their methods */
} DubOverviewPanel;

typedef struct {
  DubOverviewPanel panel[DUB_OVERVIEW_PANELS];
  char            *study;      /* its title */
  char            *family;
  char            *positive;   /* (nullable): name of the positive class of two */
  size_t           n_cases;    /* of the test part that were counted */
  size_t           n_networks;
  GPtrArray       *provenance; /* of char *: key, value, …, NULL */
} DubOverviewFigure;

/* English. */
void               dub_overview_words_init    (DubOverviewWords        *self);

/* dub_overview_figure_new:
 * @evaluation: of @study; holds the family's rows of the test part
 * @words: (nullable): English
 *
 * Returns: (transfer full); NULL where @evaluation has no row of @family on the test part.
 */
G_GNUC_WARN_UNUSED_RESULT
DubOverviewFigure *dub_overview_figure_new    (const DubStudy          *study,
                                               const DubEvaluation     *evaluation,
                                               const char              *family,
                                               const DubOverviewWords  *words);
void               dub_overview_figure_free   (DubOverviewFigure       *self);

/* "0.81", "0.065": as many decimals as tell two networks apart. (transfer full) */
char              *dub_overview_number        (DubMetric                metric,
                                               double                   value);
/* "0.75–0.85 · 189/234", without what there is not. (transfer full) */
char              *dub_overview_interval      (DubMetric                metric,
                                               const DubEstimate       *estimate);

/* metric,network,value,low,high,n,d,method. (transfer full) */
char              *dub_overview_figure_to_csv (const DubOverviewFigure *self);
/* Writes .png, .svg, .pdf or .csv by the name's end, on paper, atomically. */
gboolean           dub_overview_figure_export (const DubOverviewFigure *self,
                                               const char              *path,
                                               const DubExportOptions  *options,
                                               GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubOverviewFigure, dub_overview_figure_free)

G_END_DECLS
