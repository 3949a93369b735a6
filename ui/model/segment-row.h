/* A row of the table of segmented cases: what is known of one of them so far. */
#pragma once

#include <glib-object.h>

#include "core/study/segment-numbers.h"

G_BEGIN_DECLS

typedef enum {
  DUB_SEGMENT_ROW_WAITING,
  DUB_SEGMENT_ROW_COMPUTING,
  DUB_SEGMENT_ROW_DONE,
  DUB_SEGMENT_ROW_FAILED,
} DubSegmentRowState;

#define DUB_TYPE_SEGMENT_ROW (dub_segment_row_get_type ())
G_DECLARE_FINAL_TYPE (DubSegmentRow, dub_segment_row, DUB, SEGMENT_ROW, GObject)

/* Property "serial" (uint): notified once when something changes. @index: of the case in the study */
DubSegmentRow           *dub_segment_row_new         (const char              *id,
                                                      guint                    index);
const char              *dub_segment_row_get_id      (DubSegmentRow           *self);
guint                    dub_segment_row_get_index   (DubSegmentRow           *self);
DubSegmentRowState       dub_segment_row_get_state   (DubSegmentRow           *self);
/* (nullable): why it failed */
const char              *dub_segment_row_get_message (DubSegmentRow           *self);
/* (nullable): of the last time it was computed, until it is computed anew */
const DubSegmentNumbers *dub_segment_row_get_numbers (DubSegmentRow           *self);
/* @numbers: (transfer full) (nullable): NULL keeps those that are there. @message: (nullable) */
void                     dub_segment_row_set         (DubSegmentRow           *self,
                                                      DubSegmentRowState       state,
                                                      DubSegmentNumbers       *numbers,
                                                      const char              *message);

G_END_DECLS
