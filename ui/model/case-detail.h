/* What is found out about one case while a person looks at it: image, nearest training cases, heatmap, augmented views.
 *
 *   case chosen ──▶ look: image, neighbours  ──▶ "changed" (LOOK)
 *               └─▶ ask the networks: views  ──▶ "changed" (VIEWS) ──▶ heatmap ──▶ "changed" (HEAT)
 *
 * Each on a thread, latest wins: what comes late for another case is dropped. Heatmaps are kept while there is room.
 */
#pragma once

#include "ui/model/case-look.h"
#include "ui/model/case-networks.h"
#include "ui/model/session.h"

G_BEGIN_DECLS

typedef enum {
  DUB_DETAIL_LOOK  = 1 << 0,
  DUB_DETAIL_HEAT  = 1 << 1,
  DUB_DETAIL_VIEWS = 1 << 2,
} DubDetailChange;

#define DUB_TYPE_CASE_DETAIL (dub_case_detail_get_type ())
G_DECLARE_FINAL_TYPE (DubCaseDetail, dub_case_detail, DUB, CASE_DETAIL, GObject)

/* Signal: "changed" (flags DubDetailChange, as uint). */
DubCaseDetail      *dub_case_detail_new             (DubSession          *session);

/* -1 = none. */
void                dub_case_detail_set_case        (DubCaseDetail       *self,
                                                     int                  index);
int                 dub_case_detail_get_case        (DubCaseDetail       *self);
/* Whether a heatmap is wanted at all, and which. */
void                dub_case_detail_set_heat        (DubCaseDetail       *self,
                                                     gboolean             wanted,
                                                     const DubHeatChoice *choice);

/* All (transfer none) (nullable): of the case, valid until the next "changed" of its kind. */
const DubCaseLook  *dub_case_detail_get_look        (DubCaseDetail       *self);
const DubCaseHeat  *dub_case_detail_get_heat        (DubCaseDetail       *self);
const DubCaseViews *dub_case_detail_get_views       (DubCaseDetail       *self);
/* Why one is not there, though it is not being made any more. */
const char         *dub_case_detail_get_failure     (DubCaseDetail       *self,
                                                     DubDetailChange      what);
gboolean            dub_case_detail_is_busy         (DubCaseDetail       *self,
                                                     DubDetailChange      what);

G_END_DECLS
