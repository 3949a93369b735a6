/* Which networks of a study a command is about. */
#pragma once

#include "app/cli/cli-command.h"
#include "core/study/study.h"

G_BEGIN_DECLS

/* The family that is asked for, or where @wanted is NULL the only one there is. (transfer full), or NULL with @error set: wrong usage
 * for several without a choice, DUB_ERROR_ARGUMENT for a name that no family has, or where there are none. */
char *cli_choose_family (const DubStudy  *study,
                         const char      *wanted,
                         GError         **error);

G_END_DECLS
