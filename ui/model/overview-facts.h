/* What the Overview page shows of a study, found on another thread: how good its networks are, and what is wrong with its data.
 *
 * Every call reads the study's folder anew, so that the thread shares nothing with the window; what it returns is the
 * caller's alone.
 */
#pragma once

#include "core/data/duplicates.h"
#include "core/stats/confusion.h"
#include "core/study/evaluate.h"

G_BEGIN_DECLS

/* One family of networks. */
typedef struct {
  char         *name;
  size_t        n_networks;    /* in the study */
  size_t        n_measured;    /* of these, with stored outputs */
  size_t        n_mismatched;  /* trained on another split */
  size_t        n_unknown;     /* imported, and nobody said which cases they learned from */
  size_t        n_references;  /* networks with outputs that were recorded where they were trained … */
  size_t        n_agreeing;    /* … and those of them that compute the same here */
  char         *disagreement;  /* (nullable): of the first that does not */
  DubConfusion *confusion;     /* (nullable): of the ensemble on the test part */
  size_t        n_failed_calibration; /* wrong answers of the ensemble on the calibration part */
  size_t        n_calibration; /* labelled cases of that part */
} DubOverviewFamily;

typedef struct {
  GPtrArray     *families;     /* of DubOverviewFamily *, in the study's order */
  DubEvaluation *evaluation;   /* (nullable): of the test part; NULL where nothing is stored */
  char          *failure;      /* (nullable): why there is no evaluation, though something is stored */
  size_t         n_networks;
  size_t         n_outputs;    /* networks whose outputs are stored */
  size_t         n_cases;
  gboolean       stale;        /* networks or split changed since they were run */
  gint64         date;         /* of the newest outputs, Unix time; 0 = none */
} DubOverviewMeasured;

/* dub_overview_measure:
 * @folder: of the study
 * @run_networks: first runs every network over every case that was not run yet, with the progress of @run
 */
G_GNUC_WARN_UNUSED_RESULT
DubOverviewMeasured *dub_overview_measure       (const char           *folder,
                                                 gboolean              run_networks,
                                                 DubRun               *run,
                                                 GError              **error);
void                 dub_overview_measured_free (DubOverviewMeasured  *self);
/* (transfer none) (nullable) */
const DubOverviewFamily *dub_overview_measured_find (const DubOverviewMeasured *self,
                                                 const char           *name);

typedef struct {
  DubStudyData  *data;         /* its data set is open, unless @failure says why not; NULL where not even cases.csv is read */
  DubDuplicates *duplicates;   /* (nullable) */
  gboolean       moved;        /* nothing stands where the data were */
  gboolean       outputs_only; /* the study never had a data set */
  char          *failure;      /* (nullable) */
  size_t         n_across;     /* near-identical pairs on two sides of the split */
  size_t         n_test_twins; /* test cases with a twin on another side */
  size_t         n_together;   /* near-identical pairs on one side */
  size_t         n_opposite;   /* pairs under two labels, both in use */
} DubOverviewChecked;

/* Opens the data set, and compares every case with every other. */
G_GNUC_WARN_UNUSED_RESULT
DubOverviewChecked *dub_overview_check          (const char           *folder,
                                                 DubRun               *run,
                                                 GError              **error);
void                dub_overview_checked_free   (DubOverviewChecked   *self);

/* dub_overview_relocate:
 * Whether @path holds the study's data: the same cases, labels and hash. On success study.json refers to it.
 */
gboolean            dub_overview_relocate       (const char           *folder,
                                                 const char           *path,
                                                 DubRun               *run,
                                                 GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubOverviewMeasured, dub_overview_measured_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubOverviewChecked, dub_overview_checked_free)

G_END_DECLS
