/* Names and definitions of calibration's measures and methods in the window's language. */
#pragma once

#include "core/calibration/calibration.h"
#include "core/calibration/recalibration.h"

G_BEGIN_DECLS

/* Static, translated. */
const char *dub_calibration_words_measure    (DubCalibrationMeasure  measure);
/* One or two sentences with the formula. */
const char *dub_calibration_words_definition (DubCalibrationMeasure  measure);
/* What a number of it is of: "15 equal-width bins"; "" where there is nothing to say. (transfer full) */
char       *dub_calibration_words_note       (DubCalibrationMeasure  measure,
                                              const DubCalibration  *calibration);
/* "Temperature"; of -1 "None". */
const char *dub_calibration_words_method     (int                    method);
/* In a curve's name: "temperature"; of -1 "uncalibrated". */
const char *dub_calibration_words_curve      (int                    method);
/* The same in English, as the command line writes it. */
const char *dub_calibration_words_paper_curve (int                   method);
/* A sentence. */
const char *dub_calibration_words_sentence   (int                    method);

G_END_DECLS
