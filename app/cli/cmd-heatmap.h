/* dubito-cli heatmap. */
#pragma once

#include "app/cli/cli-command.h"

G_BEGIN_DECLS

gboolean cmd_heatmap (const char *path, int argc, char **argv, GError **error);

G_END_DECLS
