/* The live mask: what the person wants, what the optimiser does, what may be shown.
 *
 * Every change of a setting begins a new generation and warm-starts the running
 * optimisation; a frame of an older generation never becomes the frame of
 * the session, so it cannot reach the screen. At most one iteration is thrown
 * away for each frame shown.
 *
 *   EMPTY --load--> LOADING --inputs--> RUNNING <-> PAUSED
 *                      |                   |
 *                      +------> FAILED     +---> DONE --setting moved--> RUNNING
 *
 * GObject without GTK, main thread only; computes on a DubComputeSlot.
 */
#pragma once

#include "ui/model/compute-slot.h"
#include "ui/model/mask-frame.h"

G_BEGIN_DECLS

typedef enum {
  DUB_MASK_STATE_EMPTY,   /* nothing to fit */
  DUB_MASK_STATE_LOADING, /* reading case and network */
  DUB_MASK_STATE_RUNNING,
  DUB_MASK_STATE_PAUSED,
  DUB_MASK_STATE_DONE,
  DUB_MASK_STATE_FAILED,  /* dub_mask_session_get_error says why */
} DubMaskState;

#define DUB_TYPE_MASK_SESSION (dub_mask_session_get_type ())
G_DECLARE_FINAL_TYPE (DubMaskSession, dub_mask_session, DUB, MASK_SESSION, GObject)

DubMaskSession *dub_mask_session_new          (DubComputeSlot       *slot);
/* Where to compute from now on: what was under way on the old slot begins again. */
void            dub_mask_session_set_slot     (DubMaskSession       *self,
                                               DubComputeSlot       *slot);

/* dub_mask_session_load:
 * @request: (nullable) (transfer full): NULL makes the session empty
 * @autoplay: run as soon as the inputs are there
 *
 * Inputs and mask of another case or network are gone at once: they must not be seen under the new name. Of the same
 * ones, read in another way, they stay, stale, until the new ones are there.
 */
void            dub_mask_session_load         (DubMaskSession       *self,
                                               DubMaskRequest       *request,
                                               gboolean              autoplay);
/* The same request again, with another way of making the volume fit. */
void            dub_mask_session_refit        (DubMaskSession       *self,
                                               DubFit                fit);
/* The atlas has come, after the case: regions from the next frame on; the mask stays. */
void            dub_mask_session_set_atlas    (DubMaskSession       *self,
                                               DubAtlas             *atlas);
const DubMaskRequest *dub_mask_session_get_request (DubMaskSession  *self);

/* Settings of the next iterations. Equal ones change nothing. n_iterations counts from the last
 * change of a setting that came after the end. */
void            dub_mask_session_set_params   (DubMaskSession       *self,
                                               const DubMaskParams  *params);
/* The same for a slider on the move: while the mask of its last value is not yet on screen, the newest
 * value waits. So the mask follows the hand at the optimiser's pace. */
void            dub_mask_session_follow_params (DubMaskSession      *self,
                                               const DubMaskParams  *params);
const DubMaskParams *dub_mask_session_get_params (DubMaskSession    *self);

/* Running from where the screen is: after looking back, later iterations are dropped.
 * After the end, as many iterations again. */
void            dub_mask_session_play         (DubMaskSession       *self);
void            dub_mask_session_pause        (DubMaskSession       *self);
/* One iteration; while looking back, the next one that is kept, and later ones stay. */
void            dub_mask_session_step         (DubMaskSession       *self);
/* Back to the starting mask, paused or running as before; the history is dropped. */
void            dub_mask_session_reset        (DubMaskSession       *self);
/* Looks at the mask of @iteration (pausing); the optimiser keeps its place. Beyond the last: the latest. */
void            dub_mask_session_show         (DubMaskSession       *self,
                                               guint                 iteration);

/* Properties "state", "inputs-serial", "frame-serial" and "stale" notify. */
DubMaskState    dub_mask_session_get_state    (DubMaskSession       *self);
const GError   *dub_mask_session_get_error    (DubMaskSession       *self);
DubMaskInputs  *dub_mask_session_get_inputs   (DubMaskSession       *self); /* (transfer none) (nullable) */
DubMaskFrame *dub_mask_session_get_frame (DubMaskSession      *self); /* (transfer none) (nullable) */
/* TRUE while what is shown was made with other settings, another case or another network. */
gboolean        dub_mask_session_get_stale    (DubMaskSession       *self);
guint64         dub_mask_session_get_generation (DubMaskSession     *self);

G_END_DECLS
