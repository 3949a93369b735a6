/* One curve of calibration: bins at once, bands and intervals when another thread has made them.
 *
 *   bins, errors for every M   on the main loop, within a frame
 *   bands                      of the bins shown; gone as soon as there are other bins
 *   values of all measures     soon after; those of other bins stay meanwhile, and dub_calibration_item_get_age() says so
 *   intervals of them          seconds later, likewise
 *
 * Letters: M bins.
 */
#pragma once

#include "core/calibration/calibration.h"
#include "core/calibration/corp.h"
#include "ui/model/calibration-answers.h"
#include "ui/model/compute-slot.h"

G_BEGIN_DECLS

enum { DUB_CALIBRATION_FEWEST_BINS = 2, DUB_CALIBRATION_MOST_BINS = 50 };
#define DUB_CALIBRATION_N_CURVE (DUB_CALIBRATION_MOST_BINS - DUB_CALIBRATION_FEWEST_BINS + 1)

/* What the other thread is asked for. */
typedef enum {
  DUB_CALIBRATION_WANT_BAND        = 1 << 0,
  DUB_CALIBRATION_WANT_CONSISTENCY = 1 << 1,
  DUB_CALIBRATION_WANT_CORP        = 1 << 2,
  DUB_CALIBRATION_WANT_VALUES      = 1 << 3, /* of all measures, without intervals */
  DUB_CALIBRATION_WANT_ECE         = 1 << 4, /* of the measures this one alone, with its interval */
  DUB_CALIBRATION_WANT_MEASURES    = 1 << 5, /* all with their intervals */
} DubCalibrationWant;

/* Which of the measures are of the bins shown. */
typedef enum {
  DUB_CALIBRATION_FRESH,
  DUB_CALIBRATION_OLD_INTERVALS, /* or none yet */
  DUB_CALIBRATION_OLD_VALUES,    /* and intervals */
} DubCalibrationAge;

typedef struct {
  char                  *name;        /* of the curve: "uncalibrated" */
  DubCalibrationAnswers *base;        /* with all classes: equal base and class are the same curve */
  int                    class_index; /* -1 = top label */
  DubCalibrationAnswers *answers;
  DubReliability        *bins;
  double                *sorted;      /* (nullable) confidences by rising value, once bins of equal mass were asked for */
  double                *ece, *mce;   /* (nullable) [DUB_CALIBRATION_N_CURVE] */
  DubBinning             curve_binning;
  double                *low, *high;                       /* (nullable) [M] */
  double                *consistent_low, *consistent_high; /* (nullable) [M] */
  DubCorp               *corp;        /* (nullable) needs no bins */
  gboolean               has_values, has_measures, has_ece; /* in measured, of whatever bins */
  gboolean               has_intervals; /* of the bins that the values are of */
  gboolean               failed;      /* what was wanted could not be had: it is not asked for again */
  DubCalibration         measured;
} DubCalibrationItem;

G_GNUC_WARN_UNUSED_RESULT
DubCalibrationItem *dub_calibration_item_new      (const char               *name,
                                                   DubCalibrationAnswers    *base,
                                                   int                       class_index);
void                dub_calibration_item_free     (DubCalibrationItem       *self);
gboolean            dub_calibration_item_is       (const DubCalibrationItem *self,
                                                   DubCalibrationAnswers    *base,
                                                   int                       class_index);
void                dub_calibration_item_set_name (DubCalibrationItem       *self,
                                                   const char               *name);
void                dub_calibration_item_set_bins (DubCalibrationItem       *self,
                                                   size_t                    n_bins,
                                                   DubBinning                binning);
/* Fills ece and mce for the binning of its bins. */
void                dub_calibration_item_trace    (DubCalibrationItem       *self);
DubCalibrationAge   dub_calibration_item_get_age  (const DubCalibrationItem *self);
/* ECE of the bins shown, with its interval where that is known already. Undefined for equal mass only in its interval. */
DubEstimate         dub_calibration_item_get_ece  (const DubCalibrationItem *self);
/* Gives @ece the interval of the bins before, until there is one of these: nothing jumps while the hand is on the slider. TRUE where
 * there is one, which then has to be shown as old. */
gboolean            dub_calibration_item_add_old_interval (const DubCalibrationItem *self,
                                                   DubEstimate              *ece);
/* Cases of a bin as indices in the data set. (transfer full) */
guint              *dub_calibration_item_take_bin (const DubCalibrationItem *self,
                                                   size_t                    bin,
                                                   size_t                   *n);
size_t              dub_calibration_item_bin_of   (const DubCalibrationItem *self,
                                                   size_t                    position);

/* --- calibration-work.c --- */

/* What of @wants the item lacks: 0 = nothing. */
guint               dub_calibration_item_lacks    (const DubCalibrationItem *self,
                                                   guint                     wants);
/* Has @slot make what @lacks says; @done is called with a result for dub_calibration_item_take(). */
void                dub_calibration_item_submit   (const DubCalibrationItem *self,
                                                   guint                     lacks,
                                                   DubComputeSlot           *slot,
                                                   DubComputeDone            done,
                                                   gpointer                  user_data);
/* The parts of a result that still fit are taken; a NULL result marks the item as failed. */
void                dub_calibration_item_take     (DubCalibrationItem       *self,
                                                   gpointer                  result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubCalibrationItem, dub_calibration_item_free)

G_END_DECLS
