/* dubito-cli model info | run | check. */
#pragma once

#include "app/cli/cli-command.h"

G_BEGIN_DECLS

gboolean cmd_model_info  (const char *path, int argc, char **argv, GError **error);
gboolean cmd_model_run   (const char *path, int argc, char **argv, GError **error);
gboolean cmd_model_check (const char *path, int argc, char **argv, GError **error);

G_END_DECLS
