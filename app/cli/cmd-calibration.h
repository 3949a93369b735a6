#pragma once

#include "app/cli/cli-command.h"

G_BEGIN_DECLS

/* dubito-cli calibration PRED: whether confidences can be believed, and what a recalibration makes of them. */
gboolean cmd_calibration (const char  *path,
                          int          argc,
                          char       **argv,
                          GError     **error);

G_END_DECLS
