#pragma once

#include "app/cli/cli-command.h"

G_BEGIN_DECLS

/* dubito-cli failure FILE.csv: how well scores that any program made find the failures of a network. */
gboolean cmd_failure (const char  *path,
                      int          argc,
                      char       **argv,
                      GError     **error);

G_END_DECLS
