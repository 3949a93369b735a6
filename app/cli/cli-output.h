/* Files that a command is to write, looked at before any work: wrong names are wrong usage. */
#pragma once

#include "app/cli/cli-command.h"
#include "core/study/study.h"

G_BEGIN_DECLS

/* cli_check_outputs:
 * @outputs: (array length=n_outputs): NULL entries are skipped
 * @inputs: (array length=n_inputs): files that the command reads, NULL entries are skipped
 *
 * Every output can be made, none is empty, and none is the same file as an input or another output, by whatever name or link.
 */
gboolean cli_check_outputs (const char *const *outputs,
                            size_t             n_outputs,
                            const char *const *inputs,
                            size_t             n_inputs,
                            GError           **error);

/* None of @outputs [n_outputs] is a file of the study or of its data: its data set, its table of patients, anything below
 * models/ and results/, or what a study keeps beside them. */
gboolean cli_check_study_outputs (const char *const *outputs,
                                  size_t             n_outputs,
                                  const DubStudy    *study,
                                  GError           **error);

G_END_DECLS
