/* The Calibration page: whether "90 % sure" means 90 %, before and after a recalibration. */
#pragma once

#include <adwaita.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_CALIBRATION_PAGE (dub_calibration_page_get_type ())
G_DECLARE_FINAL_TYPE (DubCalibrationPage, dub_calibration_page, DUB, CALIBRATION_PAGE, AdwBin)

/* Action prefix "calibration"; "calibration.bins" (int), "calibration.binning" ("width", "mass"), "calibration.method" ("none",
 * "temperature", …), "calibration.model" (id, "" = ensemble), "calibration.class" (int, -1 = top label), "calibration.view" ("pair",
 * "overlay", "models"), "calibration.bin" (int, -1 = none), "calibration.side" (0 before, 1 after), "calibration.worst-bin", "calibration.show",
 * "calibration.apply", "calibration.take-back". */
GtkWidget *dub_calibration_page_new (DubSession *session);

G_END_DECLS
