/* The inside of the bench: calibration-bench.c reads and measures, -fit.c fits the method, -setting.c has what a person sets and its
 * undo, -bin.c the chosen bin and the selected set, -change.c whether it is worse, -apply.c the step of the study. */
#pragma once

#include "ui/model/calibration-bench.h"

G_BEGIN_DECLS

/* Error after - before, where it is worse. */
typedef struct {
  DubCalibrationAnswers *of[2];  /* (nullable) whose it is */
  size_t                 n_bins;
  DubBinning             binning;
  gboolean               known;  /* else it could not be had */
  DubEstimate            estimate;
} DubCalibrationChange;

struct _DubCalibrationBench {
  GObject               parent_instance;
  DubSession           *session;  /* not owned: the page that has this holds it */
  DubResults           *results;
  DubComputeSlot       *reader;   /* reads and fits */
  DubComputeSlot       *slot;     /* bands and intervals */
  DubResultsRead       *source;   /* (nullable): what the subjects are of */
  char                 *family;   /* (nullable) of it */
  char                 *families; /* (nullable) of the study then */
  GPtrArray            *subjects; /* (nullable) of DubCalibrationSubject */
  gboolean              reading;
  char                 *failure;  /* (nullable) */
  GHashTable           *fits;     /* key → fit, of the subjects */
  char                 *fitting;  /* (nullable) key of the one that is made */
  DubCalibrationSetting setting;
  gboolean              chosen_method; /* by the person: the study's own step does not replace it */
  DubCalibrationView    view;
  GPtrArray            *items;    /* of DubCalibrationItem: all that were made and may be shown again */
  GPtrArray            *shown;    /* of the same, not owned: curves of the view */
  DubCalibrationItem   *side[2];  /* (nullable), not owned */
  DubCalibrationItem   *measuring; /* (nullable), not owned */
  gboolean              changing; /* the change is being made */
  DubCalibrationChange  change;
  guint                 wait;     /* until the hand rests */
  int                   bin, bin_side;
  gboolean              choosing; /* the selected set is changed here */
};

enum {
  _DUB_CALIBRATION_BINS = 1, _DUB_CALIBRATION_BINNING, _DUB_CALIBRATION_METHOD, _DUB_CALIBRATION_MODEL, _DUB_CALIBRATION_CLASS,
  _DUB_CALIBRATION_ISOTONIC, _DUB_CALIBRATION_CONSISTENCY, _DUB_CALIBRATION_VIEW, _DUB_CALIBRATION_BIN, _DUB_CALIBRATION_SIDE,
  _DUB_CALIBRATION_SUBTITLE, _DUB_CALIBRATION_N_PROPS
};

/* calibration-bench-fit.c */
GHashTable *_dub_calibration_bench_fits_new     (void);
/* Has what is missing fitted. */
void        _dub_calibration_bench_fit          (DubCalibrationBench         *self);
/* (nullable) (transfer none): the test part as fitted, with all classes. */
DubCalibrationAnswers *_dub_calibration_bench_fitted (DubCalibrationBench    *self);

/* calibration-bench.c: other bins of the same curves. */
void        _dub_calibration_bench_rebin        (DubCalibrationBench         *self);
/* After any other change of the setting; looks what has to be fitted, drawn and measured. */
void        _dub_calibration_bench_update       (DubCalibrationBench         *self);
void        _dub_calibration_bench_notify       (DubCalibrationBench         *self,
                                                 guint                        property);
void        _dub_calibration_bench_bin_changed  (DubCalibrationBench         *self);

/* calibration-bench-setting.c */
void        _dub_calibration_bench_get_property (GObject                     *object,
                                                 guint                        id,
                                                 GValue                      *value,
                                                 GParamSpec                  *pspec);
void        _dub_calibration_bench_set_property (GObject                     *object,
                                                 guint                        id,
                                                 const GValue                *value,
                                                 GParamSpec                  *pspec);
void        _dub_calibration_bench_install      (GObjectClass                *object_class,
                                                 GParamSpec                 **props);
/* Another study is about other cases. */
void        _dub_calibration_bench_forget       (DubCalibrationBench         *self);
/* The step recorded in the study is what is shown first. */
void        _dub_calibration_bench_follow_study (DubCalibrationBench         *self);

/* calibration-bench-change.c: the error shown, before and after. */
gboolean    _dub_calibration_bench_is_worse     (DubCalibrationBench         *self);
/* (nullable): not known yet, or not to be had */
const DubEstimate *_dub_calibration_bench_get_change (DubCalibrationBench    *self);
/* FALSE where there is nothing to make; else @done is called with a DubEstimate for take_change. */
gboolean    _dub_calibration_bench_submit_change (DubCalibrationBench        *self,
                                                 DubComputeDone               done);
void        _dub_calibration_bench_take_change  (DubCalibrationBench         *self,
                                                 const DubEstimate           *estimate);
void        _dub_calibration_bench_change_clear (DubCalibrationBench         *self);

/* calibration-bench-bin.c: finds the bin again whose cases are the selected set, after either has changed. */
void        _dub_calibration_bench_match_bin    (DubCalibrationBench         *self);

G_END_DECLS
