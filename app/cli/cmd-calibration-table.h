/* dubito-cli calibration-table: data sets and architectures against the ways of being calibrated. */
#pragma once

#include "app/cli/cli-command.h"

G_BEGIN_DECLS

gboolean cmd_calibration_table (const char *path, int argc, char **argv, GError **error);

G_END_DECLS
