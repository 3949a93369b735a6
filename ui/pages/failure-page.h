/* The Failure Detection page: which score finds the failures of the networks, and where to put its threshold. */
#pragma once

#include <adwaita.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_FAILURE_PAGE (dub_failure_page_get_type ())
G_DECLARE_FINAL_TYPE (DubFailurePage, dub_failure_page, DUB, FAILURE_PAGE, AdwBin)

/* Action prefix "failure"; "failure.point" ("balanced", "specificity", "chosen"), "failure.threshold" (double), "failure.score"
 * (string), "failure.show" ("failures-accepted", "failures-rejected", "correct-accepted", "correct-rejected"). */
GtkWidget *dub_failure_page_new (DubSession *session);

G_END_DECLS
