#pragma once

#include "app/cli/cli-command.h"

G_BEGIN_DECLS

/* dubito-cli uq STUDY: every score of uncertainty of a family of networks, and how well each finds its failures. */
gboolean cmd_uq (const char  *path,
                 int          argc,
                 char       **argv,
                 GError     **error);

G_END_DECLS
