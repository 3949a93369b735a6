/* What “calibration” asks and tells, of answers and of regression alike. */
#pragma once

#include "app/cli/cli-figure.h"
#include "app/cli/cli-json.h"
#include "core/calibration/calibration-change.h"
#include "core/calibration/recalibration.h"
#include "core/study/predictions-file.h"

G_BEGIN_DECLS

typedef struct {
  char            *recalibrate; /* (nullable) */
  char            *fit;         /* (nullable) */
  char            *class_name;  /* (nullable) */
  char            *binning;     /* (nullable) */
  char            *family;      /* (nullable) */
  char            *model;       /* (nullable) */
  char            *seed_text;   /* (nullable) */
  char            *measures_text; /* (nullable) */
  double           level;       /* NaN = not said */
  int              bins;
  int              resamples;
  gboolean         json;
  CliFigureOptions figure;
  /* what the texts became */
  guint64          seed;
  DubBinning       equal;
  gboolean         asks_bins;   /* --bins or --binning was said */
  guint            measures;    /* bits, as of DubCalibrationOptions */
} CliCalibrationOptions;

void     cli_calibration_options_clear (CliCalibrationOptions       *self);

/* --- cli-calibration.c: answers --- */

/* Names of --measures to bits; without any, all. Wrong usage for another word. */
gboolean        cli_calibration_read_measures (CliCalibrationOptions *options,
                                        GError                     **error);

/* One measurement of answers, and what was done to them before. */
typedef struct {
  DubCalibration    measured;
  DubReliability   *bins;
  DubRecalibration *recalibration; /* (nullable) */
  gboolean          has_change;
  DubEstimate       change[DUB_N_CALIBRATION_MEASURES]; /* after - before, on the same resamples */
} CliCalibration;

/* @predictions: after @recalibration (nullable), and one class where one is looked at. (transfer full), or NULL with @error set. */
CliCalibration *cli_calibration_new    (const DubPredictions        *predictions,
                                        DubRecalibration            *recalibration,
                                        const CliCalibrationOptions *options,
                                        DubRun                      *run,
                                        GError                     **error);
/* Of @self, which is of @after, how much it differs from @before. */
gboolean        cli_calibration_add_change (CliCalibration          *self,
                                        const DubPredictions        *before,
                                        const DubPredictions        *after,
                                        const CliCalibrationOptions *options,
                                        DubRun                      *run,
                                        GError                     **error);
void            cli_calibration_free   (CliCalibration              *self);

/* Members of the object being built: accuracy, ece, …, brier, nll, bins; and change { accuracy, ece, … } where it is known. */
void            cli_calibration_build  (JsonBuilder                 *builder,
                                        const CliCalibration        *self);
/* Member "temperature": { value, low, high, of, kind, fitted_on, n }; null without one. */
void            cli_calibration_build_temperature (JsonBuilder      *builder,
                                        const DubRecalibration      *temperature);
/* Tables for a terminal; @after (nullable) stands beside @before. */
void            cli_calibration_print  (const CliCalibration        *before,
                                        const CliCalibration        *after);

/* --- any kind --- */

/* Member "warnings". */
void            cli_calibration_build_warnings (JsonBuilder         *builder,
                                        const GPtrArray             *warnings);
/* Moves the sentences of @more (transfer full) that are not there yet; each after "@whose: " where that is not NULL. */
void            cli_calibration_warn_all (GPtrArray                 *warnings,
                                        GPtrArray                   *more,
                                        const char                  *whose);

/* --- cmd-calibration-regression.c --- */

/* @fit: (nullable): cases that a recalibration is fitted on */
gboolean        cmd_calibration_regression (const CliCalibrationOptions *options,
                                        const DubPredictionsFile    *file,
                                        const DubPredictionsFile    *fit,
                                        GPtrArray                   *warnings,
                                        DubRun                      *run,
                                        GError                     **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliCalibration, cli_calibration_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliCalibrationOptions, cli_calibration_options_clear)

G_END_DECLS
