/* New runs: which loss, and, as long as there are no runs to compare with, which network and how long.
 *
 * Signal "accepted" (as): the arguments of `dubito-cli train` after the study.
 */
#pragma once

#include <adwaita.h>

#include "ui/model/runs.h"
#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_NEW_RUNS_DIALOG (dub_new_runs_dialog_get_type ())
G_DECLARE_FINAL_TYPE (DubNewRunsDialog, dub_new_runs_dialog, DUB, NEW_RUNS_DIALOG, AdwWindow)

/* The network and its settings are taken from the first of @runs where there is one. @weighted: the person comes for plain
 * cross-entropy with class weights. */
DubNewRunsDialog *dub_new_runs_dialog_new (GtkWindow  *parent,
                                           DubSession *session,
                                           DubRuns    *runs,
                                           gboolean    weighted);

G_END_DECLS
