/* dubito-cli figure mask. */
#pragma once

#include "app/cli/cli-command.h"

G_BEGIN_DECLS

gboolean cmd_figure_mask (const char *path, int argc, char **argv, GError **error);

G_END_DECLS
