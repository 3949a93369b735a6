/* The Cases page: a grid or table of cases, sorted by any score and filtered, and beside it everything that is known of one.
 *
 * Actions: cases.layout (s: grid, table), cases.sort (s: id of a score, or "case"), cases.descending, cases.outcome (s: all,
 * correct, failed), cases.split (s: test, calibration, train, all), cases.class (s: "all" or an index), cases.only-set,
 * cases.clear-filter, cases.find, cases.next, cases.previous, cases.inspector, cases.heat, cases.heat-kind (s), cases.compare,
 * cases.run, cases.run-views, cases.stop, cases.refresh, cases.export-figure, cases.export-csv, cases.export-heatmap.
 */
#pragma once

#include <adwaita.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_CASES_PAGE (dub_cases_page_get_type ())
G_DECLARE_FINAL_TYPE (DubCasesPage, dub_cases_page, DUB, CASES_PAGE, AdwBin)

GtkWidget *dub_cases_page_new (DubSession *session);

G_END_DECLS
