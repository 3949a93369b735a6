/* Several studies in one table: data set and architecture against the ways of being calibrated, as tables 1 to 3 of source 002.
 *
 * A row is one data set, one architecture, and all else of a recipe but its loss and its seed. A column is a method: plain
 * cross-entropy, its temperature (fitted on the calibration part), or what was added to the loss. Measured on the test part; the
 * networks of a family answer together, by the mean of their probabilities, whatever recalibration the study may have recorded.
 *
 * Studies (or families of one study) that differ by their seed alone are repeats of a row: a cell is then their mean with a
 * t-interval, else it has the bootstrap interval of its cases. The SD over repeats is not an interval and is nowhere given as one.
 */
#pragma once

#include "core/base/run.h"
#include "core/stats/estimate.h"
#include "core/study/study.h"

G_BEGIN_DECLS

typedef enum {
  DUB_TABLE_ECE,      /* M equal-width bins, top label */
  DUB_TABLE_MCE,      /* the same */
  DUB_TABLE_ACCURACY,
} DubTableMeasure;
#define DUB_N_TABLE_MEASURES (DUB_TABLE_ACCURACY + 1)

/* "ece"; static. */
const char *dub_table_measure_id (DubTableMeasure measure);

/* The first two columns of every table. */
enum { DUB_TABLE_UNCALIBRATED, DUB_TABLE_TEMPERATURE };

typedef struct {
  char  *id;    /* "uncalibrated", "temperature", or the terms of the loss: "dca15", "ls0.1-dca5" */
  char  *title; /* for a person: "+ 15 DCA" */
  double dca;   /* β where nothing but DCA is added, 0 of the first two; NaN of other losses */
} DubTableMethod;

typedef struct {
  size_t      n_values;                          /* repeats that have it; 0 = nobody trained this */
  double     *values[DUB_N_TABLE_MEASURES];      /* [n_repeats] NaN = this one has it not */
  DubEstimate estimate[DUB_N_TABLE_MEASURES];
  DubEstimate change[DUB_N_TABLE_MEASURES];      /* against uncalibrated: over the repeats that have both, or of the same cases
                                                  * (calibration-change.h) */
} DubTableCell;

typedef struct {
  char         *data;         /* "breastmnist" */
  char         *network;      /* "2-D CNN, width 16, depth 3" */
  size_t        n_networks;   /* that answer together */
  size_t        n_classes;
  size_t        n_cases[2];   /* fewest and most test cases of a repeat */
  size_t        n_repeats;
  double       *temperatures; /* [n_repeats] T; INFINITY: no better than chance; 0: separable; NaN: not fitted */
  DubTableCell *cells;        /* [n_methods] */
  int           best[DUB_N_TABLE_MEASURES]; /* index of the best cell by its value; -1 where nothing is comparable */
} DubTableRow;

typedef struct {
  GPtrArray *methods;         /* of DubTableMethod *: the two, then DCA by its weight, then other losses */
  GPtrArray *rows;            /* of DubTableRow *, in the order of the studies */
  size_t     n_bins;
  size_t     n_resamples;
} DubCalibrationTable;

/* Zeros are the defaults. */
typedef struct {
  const char *const *families; /* (nullable): names, ending with NULL: only these, where a study has them */
  size_t             n_bins;
  size_t             n_resamples;
  guint64            seed;
} DubCalibrationTableOptions;

/* dub_calibration_table_new:
 *
 * Networks that were not run yet are run (dub_outputs_load). The same seed gives the same bits for any number of threads.
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_ARGUMENT for a study without a data set or networks, and where no
 *   study has one of @families, or no labelled case in its test part; DUB_ERROR_UNSUPPORTED for a task without classes; else as dub_outputs_load.
 */
G_GNUC_WARN_UNUSED_RESULT
DubCalibrationTable *dub_calibration_table_new      (DubStudy *const                  *studies,
                                                     size_t                            n_studies,
                                                     const DubCalibrationTableOptions *options,
                                                     DubRun                           *run,
                                                     GError                          **error);
void                 dub_calibration_table_free     (DubCalibrationTable              *self);

/* --- calibration-table-text.c --- */

/* "breastmnist, 2-D CNN, width 16, depth 3, mean of 5" (transfer full) */
char                *dub_table_row_title            (const DubTableRow                *row);
/* One line a row, a method and a measure, with interval, its method, the change and the single values. (transfer full) */
char                *dub_calibration_table_csv      (const DubCalibrationTable        *self,
                                                     guint                             measures); /* bits 1 << DubTableMeasure */
/* For a reader: tables 1 to 3 of source 002, the best of each row in bold, and notes: what the intervals are, and where the
 * temperature makes the ECE worse. (transfer full) */
char                *dub_calibration_table_markdown (const DubCalibrationTable        *self,
                                                     guint                             measures);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubCalibrationTable, dub_calibration_table_free)

G_END_DECLS
