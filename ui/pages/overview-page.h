/* The Overview of a study made from a data set: what it is, how good its networks are, what is wrong, what is computed.
 *
 * Actions:
 *   overview.run                 runs the networks that were not run yet, or again what is stale
 *   overview.stop
 *   overview.refresh             looks at data and stored outputs again
 *   overview.resume              goes on with stopped training runs
 *   overview.locate              asks where the data are
 *   overview.show-pairs ("across", "opposite")   cases that stand twice, side by side
 *   overview.export-figure, overview.export-csv  the six figures of merit as a file
 */
#pragma once

#include <adwaita.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_OVERVIEW_PAGE (dub_overview_page_get_type ())
G_DECLARE_FINAL_TYPE (DubOverviewPage, dub_overview_page, DUB, OVERVIEW_PAGE, AdwBin)

GtkWidget *dub_overview_page_new (DubSession *session);

G_END_DECLS
