#pragma once

#include "app/cli/cli-command.h"

G_BEGIN_DECLS

/* dubito-cli score STUDY IMAGE...: new images, with every score that the study has. */
gboolean cmd_score (const char  *path,
                    int          argc,
                    char       **argv,
                    GError     **error);

G_END_DECLS
