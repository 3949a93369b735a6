/* What a command that trains tells of each epoch: a sentence, or a JSON line for the program that asked for one. */
#pragma once

#include "app/cli/cli-run.h"
#include "core/train/fit.h"

G_BEGIN_DECLS

/* A DubFitFunc; @user_data is the CliRun. */
void cli_epoch_tell_cb (const DubFitJob *job,
                        const DubEpoch  *epoch,
                        double           fraction,
                        gpointer         user_data);

G_END_DECLS
