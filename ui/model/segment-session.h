/* The segmentation of every case of the open study: the current one at once, the others after it, one at a time.
 *
 *   study, case, views ──▶ DubSegmentWork ──▶ compute slot ──▶ shown case, rows
 *
 * All networks of the study are one ensemble. Of the cases looked at last the volumes stay in memory, as far as they are small
 * enough; of all others the numbers.
 *
 * Properties (all notify): "state" (int, DubSegmentState), "shown-serial" (uint: another case or result is shown), "views" (string),
 * "score" (int), "computing-all" (boolean), "stale" (boolean: what is shown is not what was asked for last).
 */
#pragma once

#include "ui/model/segment-row.h"
#include "ui/model/segment-work.h"
#include "ui/model/session.h"

G_BEGIN_DECLS

typedef enum {
  DUB_SEGMENT_STATE_EMPTY,
  DUB_SEGMENT_STATE_COMPUTING, /* the current case */
  DUB_SEGMENT_STATE_STOPPED,   /* by the person, before the current case was there */
  DUB_SEGMENT_STATE_READY,
  DUB_SEGMENT_STATE_FAILED,
} DubSegmentState;

#define DUB_TYPE_SEGMENT_SESSION (dub_segment_session_get_type ())
G_DECLARE_FINAL_TYPE (DubSegmentSession, dub_segment_session, DUB, SEGMENT_SESSION, GObject)

DubSegmentSession *dub_segment_session_new           (DubSession         *session);
/* Nothing is computed for a session that is about to go. */
void               dub_segment_session_close         (DubSegmentSession  *self);

DubSegmentState    dub_segment_session_get_state     (DubSegmentSession  *self);
gboolean           dub_segment_session_get_stale     (DubSegmentSession  *self);
/* (transfer none) (nullable) */
const GError      *dub_segment_session_get_error     (DubSegmentSession  *self);
/* (transfer none) (nullable): with volumes; may still be of the case before, see "stale" */
DubSegmentShown   *dub_segment_session_get_shown     (DubSegmentSession  *self);
/* Index of the case that is shown, -1 = none. */
int                dub_segment_session_get_shown_case (DubSegmentSession *self);
/* (transfer none): of DubSegmentRow, in the order of the study */
GListModel        *dub_segment_session_get_rows      (DubSegmentSession  *self);
/* (transfer none) (nullable) */
DubSegmentRow     *dub_segment_session_get_row       (DubSegmentSession  *self,
                                                      guint               case_index);
double             dub_segment_session_get_progress  (DubSegmentSession  *self);

DubSegmentScore    dub_segment_session_get_score     (DubSegmentSession  *self);
void               dub_segment_session_set_score     (DubSegmentSession  *self,
                                                      DubSegmentScore     score);
/* Bits of the scores that networks and views allow for. */
guint              dub_segment_session_get_scores    (DubSegmentSession  *self);
/* As dub_segment_views_parse; "" = none. Another list computes everything anew. */
const char        *dub_segment_session_get_views     (DubSegmentSession  *self);
void               dub_segment_session_set_views     (DubSegmentSession  *self,
                                                      const char         *views);

/* Everything anew: after a file was mended, or the way of reading was changed. */
void               dub_segment_session_renew         (DubSegmentSession  *self);
/* Computes every case that has no numbers. */
void               dub_segment_session_compute_all   (DubSegmentSession  *self);
gboolean           dub_segment_session_is_computing_all (DubSegmentSession *self);
void               dub_segment_session_stop          (DubSegmentSession  *self);

G_END_DECLS
