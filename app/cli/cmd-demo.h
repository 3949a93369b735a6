/* dubito-cli demo brain | lesions. */
#pragma once

#include "app/cli/cli-command.h"

G_BEGIN_DECLS

gboolean cmd_demo_brain   (const char *path, int argc, char **argv, GError **error);
gboolean cmd_demo_lesions (const char *path, int argc, char **argv, GError **error);

G_END_DECLS
