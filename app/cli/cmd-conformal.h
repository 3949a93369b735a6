#pragma once

#include "app/cli/cli-command.h"

G_BEGIN_DECLS

/* dubito-cli conformal PRED: sets of classes that hold the true one with a chosen probability. */
gboolean cmd_conformal (const char  *path,
                        int          argc,
                        char       **argv,
                        GError     **error);

G_END_DECLS
