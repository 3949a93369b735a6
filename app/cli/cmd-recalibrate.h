/* dubito-cli recalibrate. */
#pragma once

#include "app/cli/cli-command.h"

G_BEGIN_DECLS

gboolean cmd_recalibrate (const char *path, int argc, char **argv, GError **error);

G_END_DECLS
