/* The Overview of the open study: what is known of its networks and data, and the work that finds it out.
 *
 *   study opened, edited ──▶ measure what is stored ──▶ "changed"
 *                        └─▶ look at the data       ──▶ "changed"
 *   run                  ──▶ job: the networks over every case, then measure
 *
 * Measuring and looking begin by themselves, because they take seconds at most; running waits for the person.
 *
 * Property: "fraction" (double): of the running job, notifies.
 * Signal: "changed": state, facts or families are others.
 */
#pragma once

#include "ui/model/overview-facts.h"
#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_OVERVIEW (dub_overview_get_type ())
G_DECLARE_FINAL_TYPE (DubOverview, dub_overview, DUB, OVERVIEW, GObject)

typedef enum {
  DUB_OVERVIEW_EMPTY,      /* no study made from a data set is open */
  DUB_OVERVIEW_READING,    /* nothing is known yet */
  DUB_OVERVIEW_NO_NETWORK,
  DUB_OVERVIEW_NO_OUTPUTS, /* networks, of which none was run */
  DUB_OVERVIEW_RUNNING,
  DUB_OVERVIEW_READY,      /* figures of merit, maybe of some networks only, maybe stale */
} DubOverviewState;

/* Follows the study of @session. */
DubOverview               *dub_overview_new           (DubSession   *session);

DubOverviewState           dub_overview_get_state     (DubOverview  *self);
/* (transfer none) (nullable): valid until the next "changed" */
const DubOverviewMeasured *dub_overview_get_measured  (DubOverview  *self);
const DubOverviewChecked  *dub_overview_get_checked   (DubOverview  *self);
/* Whether the data are being looked at. */
gboolean                   dub_overview_is_checking   (DubOverview  *self);
/* (nullable): why the last run ended without outputs. */
const char                *dub_overview_get_failure   (DubOverview  *self);
/* Of the networks that are to be run, -1 = unknown. */
double                     dub_overview_get_seconds   (DubOverview  *self);
/* Networks without outputs of their own. */
size_t                     dub_overview_get_n_missing (DubOverview  *self);

/* Runs the networks that were not run yet; a job of the session. */
void                       dub_overview_run           (DubOverview  *self);
void                       dub_overview_stop          (DubOverview  *self);
double                     dub_overview_get_fraction  (DubOverview  *self);
/* Looks at everything again. */
void                       dub_overview_refresh       (DubOverview  *self);
/* The study's data lie at @path now; a failure goes to the session. */
void                       dub_overview_relocate_data (DubOverview  *self,
                                                       const char   *path);

/* "Cross-entropy + 15 DCA" of a family that was trained here, else its own name. (transfer full) */
char                      *dub_overview_family_title  (DubOverview  *self,
                                                       const char   *family);

G_END_DECLS
