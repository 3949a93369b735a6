/* One turn of the optimiser on the compute slot's thread.
 *
 * The session (mask-session.h) decides on the main loop what is wanted; a job is
 * that wish, frozen. A turn either reads inputs, or makes the optimiser, or moves
 * it, and ends with a frame. Turns are short, so that a new wish waits at most
 * for one iteration.
 */
#pragma once

#include "ui/model/mask-frame.h"

G_BEGIN_DECLS

/* The optimiser between turns. Only jobs touch @mask, and jobs never overlap. */
typedef struct {
  gatomicrefcount ref_count;
  DubMask        *mask;      /* NULL until the first turn */
} DubMaskBox;

DubMaskBox *dub_mask_box_new   (void);
DubMaskBox *dub_mask_box_ref   (DubMaskBox *self);
/* The optimiser's memory is given back on a thread of its own: it can be half a gigabyte. */
void        dub_mask_box_unref (DubMaskBox *self);

typedef struct {
  guint64          generation;
  DubMaskRequest  *request;    /* (nullable): read these inputs and stop */
  gboolean         only_atlas; /* … but take everything except the atlas from @inputs */
  DubMaskInputs   *inputs;     /* (nullable): of the last read */
  DubMaskBox      *box;
  DubMaskParams    params;
  gint64           rewind_to;  /* -1 = no */
  gint64           show;       /* iteration to look at without moving, -1 = the latest */
  gboolean         show_after; /* … the kept one that follows it */
  gboolean         pick_class; /* the target is the class that the network says of the image */
  guint            n_steps;    /* at most so many */
  double           budget;     /* seconds after which a turn ends early, at least one step done */
  gboolean         force;      /* one step even where the stop rule held before the settings changed */
  gboolean         evaluate;   /* append the energy of the mask as it is after the last step */
  gboolean         light;      /* regions may be taken from @previous */
  DubMaskFrame *previous;   /* (nullable) */
} DubMaskJob;

/* What comes back: one of the two, or both NULL with an error. */
typedef struct {
  DubMaskInputs   *inputs;
  gboolean         only_atlas;
  DubMaskFrame *frame;
} DubMaskResult;

void     dub_mask_job_free    (gpointer   job);
void     dub_mask_result_free (gpointer   result);

/* Whether two settings mean the same. */
gboolean dub_mask_params_equal (const DubMaskParams *a,
                                const DubMaskParams *b);

/* A DubComputeFunc. */
gpointer dub_mask_job_run     (DubRun    *run,
                               gpointer   job,
                               GError   **error);

G_END_DECLS
