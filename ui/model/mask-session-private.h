/* The inside of the mask session; mask-session*.c only. */
#pragma once

#include "ui/model/mask-job.h"
#include "ui/model/mask-session.h"

G_BEGIN_DECLS

struct _DubMaskSession {
  GObject          parent_instance;
  DubComputeSlot  *slot;

  DubMaskState     state;
  GError          *error;
  DubMaskRequest  *request;
  DubMaskInputs   *inputs;
  DubMaskInputs   *previous; /* while another case or network is read: its network or atlas may serve again */
  DubMaskFrame *frame;
  DubMaskBox      *box;
  DubMaskParams    params;    /* n_iterations is what the person asked for … */
  guint            end;       /* … and this is where that leads */
  guint64          generation;
  guint            inputs_serial;
  guint            frame_serial;
  gboolean         stale;

  /* Wishes not yet fulfilled. */
  gboolean         want_load;
  gboolean         want_atlas;
  gboolean         want_run;
  guint            want_steps;
  gboolean         want_turn; /* a turn without steps: new settings, a look back, the first look */
  gboolean         force;
  gint64           rewind_to;
  gint64           show;
  gboolean         show_after; /* the kept iteration that follows it */
  gboolean         autoplay;

  gboolean         class_chosen; /* by the person, for this case or one before */
  gboolean         pick_class; /* the case has no label: the network says which class is looked at */

  /* Iterations by the clock, since the run began or went on. */
  double           rate;
  gint64           rate_time;  /* of the last count */
  guint            rate_latest;
  guint            rate_counts;

  gboolean         in_flight;
  gboolean         cancelled_one; /* since the last frame */
  struct {
    gboolean turn;
    gboolean force;
    guint    steps;
    gint64   rewind_to;
  } flight;                      /* wishes of the turn under way, to be wished again when it is thrown away */
  DubMaskParams    following;    /* where a moving slider is */
  gboolean         has_following;
  gint64           regions_time;
};

G_END_DECLS
