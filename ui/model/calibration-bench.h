/* The calibration bench: how far the answers of one network or ensemble can be believed, before and after a recalibration that is
 * fitted on the calibration part and measured on the test part.
 *
 *   results changed ─▶ read (thread) ─▶ fit of the method (thread) ─▶ curves ─▶ "changed"
 *   bins, binning   ─▶ curves within a frame ─▶ "redrawn" ─▶ bands and intervals (thread) ─▶ "redrawn"
 *   a bin is chosen ─▶ its cases are the session's selected set ─▶ "bin-changed"
 *
 * Family is the results', so that every page speaks of the same networks. What a person sets goes through the session's undo.
 *
 * Properties (all notify): "bins" (int), "binning" ("width", "mass"), "method" ("none", "temperature", …), "model" (string, "" = the
 * ensemble), "class" (int, -1 = top label), "isotonic", "consistency" (boolean), "view" ("pair", "overlay", "models"), "bin" (int,
 * -1 = none), "side" (int: 0 = the bin is of the curve before, 1 = after; of "models" the network's curve), "subtitle" (string).
 */
#pragma once

#include "ui/model/calibration-item.h"
#include "ui/model/results.h"

G_BEGIN_DECLS

#define DUB_TYPE_CALIBRATION_BENCH (dub_calibration_bench_get_type ())
G_DECLARE_FINAL_TYPE (DubCalibrationBench, dub_calibration_bench, DUB, CALIBRATION_BENCH, GObject)

typedef enum { DUB_CALIBRATION_PAIR, DUB_CALIBRATION_OVERLAY, DUB_CALIBRATION_MODELS } DubCalibrationView;

/* What a person chose. */
typedef struct {
  int        n_bins;
  DubBinning binning;
  int        method;      /* of DubRecalibrate, -1 = none */
  char      *model;       /* (nullable): NULL = the ensemble */
  int        class_index; /* -1 = top label */
  gboolean   isotonic, consistency;
} DubCalibrationSetting;

DubCalibrationBench         *dub_calibration_bench_new         (DubSession            *session);
/* (transfer none) */
DubResults                  *dub_calibration_bench_get_results (DubCalibrationBench   *self);
/* TRUE until what the networks answered was read. */
gboolean                     dub_calibration_bench_is_reading  (DubCalibrationBench   *self);
/* (nullable): why it could not be. */
const char                  *dub_calibration_bench_get_failure (DubCalibrationBench   *self);

const DubCalibrationSetting *dub_calibration_bench_get_setting (DubCalibrationBench   *self);
DubCalibrationView           dub_calibration_bench_get_view    (DubCalibrationBench   *self);
/* What is looked at: (nullable) before something was read. (transfer none) */
const DubCalibrationSubject *dub_calibration_bench_get_subject (DubCalibrationBench   *self);
/* All that were read, chosen family first. (nullable) (element-type DubCalibrationSubject) (transfer none) */
GPtrArray                   *dub_calibration_bench_get_subjects (DubCalibrationBench  *self);

/* Curves, valid until the next "changed". (nullable) (transfer none) */
DubCalibrationItem          *dub_calibration_bench_get_side    (DubCalibrationBench   *self,
                                                                int                    side); /* 0 before, 1 after */
/* Those of the view: of the overlay in one panel, of "models" one a panel. (element-type DubCalibrationItem) */
GPtrArray                   *dub_calibration_bench_get_shown   (DubCalibrationBench   *self);
/* Bands or intervals are being made. */
gboolean                     dub_calibration_bench_is_measuring (DubCalibrationBench  *self);

/* The chosen method's fit: NULL while it is made, without a method, and where it cannot be, which @why then says (static or the
 * bench's own words). */
DubRecalibration            *dub_calibration_bench_get_fit     (DubCalibrationBench   *self,
                                                                const char           **why);

/* --- calibration-bench-bin.c --- */

int                          dub_calibration_bench_get_bin     (DubCalibrationBench   *self,
                                                                int                   *side);
/* The curve of a side that bins are chosen of: before or after, of "models" the network's. (nullable) (transfer none) */
DubCalibrationItem          *dub_calibration_bench_get_chosen  (DubCalibrationBench   *self,
                                                                int                    side);
/* Its cases are the selected set from now on; -1 lets go of bin and set. */
void                         dub_calibration_bench_choose_bin  (DubCalibrationBench   *self,
                                                                int                    side,
                                                                int                    bin);
/* "(0.67, 0.73]" (transfer full) */
char                        *dub_calibration_bench_bin_words   (const DubReliability  *bins,
                                                                size_t                 bin);

/* How the selected set lies in the bins of a curve. */
typedef struct {
  gboolean has_set;
  size_t   n_set;      /* cases of the set … */
  size_t   n_here;     /* … and those of them that the curve is of */
  double   confidence; /* means of those; NaN where there are none */
  double   accuracy;
  guint   *count;      /* [M] (transfer full), NULL without a set */
} DubCalibrationSet;
void                         dub_calibration_bench_count_set   (DubCalibrationBench   *self,
                                                                const DubCalibrationItem *item,
                                                                DubCalibrationSet     *set);

/* --- calibration-bench-apply.c --- */

/* (nullable) (transfer full): the step recorded for the family. */
G_GNUC_WARN_UNUSED_RESULT
DubRecalibration            *dub_calibration_bench_get_applied (DubCalibrationBench   *self);
/* TRUE where it is the map shown. */
gboolean                     dub_calibration_bench_shows_applied (DubCalibrationBench *self);
/* (nullable): why the fit cannot be applied to the study. */
const char                  *dub_calibration_bench_refusal     (DubCalibrationBench   *self);
/* What a person must know before applying it. (transfer full) (element-type char *) */
GPtrArray                   *dub_calibration_bench_warnings    (DubCalibrationBench   *self);
/* Records the step in the study, or takes it back; saved at once, undoable. */
void                         dub_calibration_bench_apply       (DubCalibrationBench   *self);
void                         dub_calibration_bench_take_back   (DubCalibrationBench   *self);

G_END_DECLS
