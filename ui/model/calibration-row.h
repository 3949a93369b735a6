/* One measure of calibration as a line of a table: before and after, with intervals. */
#pragma once

#include <glib-object.h>

#include "ui/model/calibration-item.h"

G_BEGIN_DECLS

#define DUB_TYPE_CALIBRATION_ROW (dub_calibration_row_get_type ())
G_DECLARE_FINAL_TYPE (DubCalibrationRow, dub_calibration_row, DUB, CALIBRATION_ROW, GObject)

typedef enum {
  DUB_CALIBRATION_CELL_TITLE,
  DUB_CALIBRATION_CELL_NOTE,
  DUB_CALIBRATION_CELL_BEFORE,
  DUB_CALIBRATION_CELL_BEFORE_INTERVAL,
  DUB_CALIBRATION_CELL_AFTER,
  DUB_CALIBRATION_CELL_AFTER_INTERVAL,
  DUB_N_CALIBRATION_CELLS,
} DubCalibrationCell;

/* Signal "changed": other numbers. */
DubCalibrationRow    *dub_calibration_row_new         (DubCalibrationMeasure  measure);
DubCalibrationMeasure dub_calibration_row_get_measure (DubCalibrationRow     *self);
/* @measured: (nullable) [2] before and after, copied; NULL of an age that is not fresh is still to come */
void                  dub_calibration_row_set         (DubCalibrationRow     *self,
                                                       const DubCalibration  *const measured[2],
                                                       const DubCalibrationAge age[2]);
/* (transfer full) */
char                 *dub_calibration_row_get_text    (DubCalibrationRow     *self,
                                                       DubCalibrationCell     cell);
/* Why there is no number or no interval, or how the interval was made. (nullable) (transfer full) */
char                 *dub_calibration_row_get_hint    (DubCalibrationRow     *self,
                                                       DubCalibrationCell     cell);
/* Of other bins than those shown. */
gboolean              dub_calibration_row_is_old      (DubCalibrationRow     *self,
                                                       DubCalibrationCell     cell);

G_END_DECLS
