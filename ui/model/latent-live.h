/* A latent space that is laid out while one looks at it: features of one network, one layout at a time.
 *
 *   source, options ─▶ read features ─▶ kept? ─▶ done
 *                                        │ no: principal components, to look at
 *                                        ▼
 *                       begin (neighbours, start) ─▶ steps of some 35 ms, each with other places ("moved") ─▶ measure ─▶ keep
 *
 * What takes longer than two seconds is listed with the session's jobs. On a thread of its own; latest wins: other options begin a new layout at once. Main thread only.
 *
 * Signals: "changed" (state, progress, numbers), "moved" (places), "nearest" (uint index): see get_nearest.
 */
#pragma once

#include "core/study/latent.h"
#include "ui/model/results-read.h"
#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_LATENT_LIVE (dub_latent_live_get_type ())
G_DECLARE_FINAL_TYPE (DubLatentLive, dub_latent_live, DUB, LATENT_LIVE, GObject)

typedef enum {
  DUB_LATENT_EMPTY,    /* no source */
  DUB_LATENT_READING,
  DUB_LATENT_STARTING, /* neighbours and start are being found; places of before may still be there */
  DUB_LATENT_RUNNING,
  DUB_LATENT_PAUSED,
  DUB_LATENT_STOPPED,  /* before its end, by the person; measured as it is, if it is there at all */
  DUB_LATENT_DONE,
  DUB_LATENT_FAILED,   /* dub_latent_live_get_failure() says why */
} DubLatentState;

DubLatentLive          *dub_latent_live_new              (DubSession              *session);
/* dub_latent_live_set_source:
 * @folder: (nullable): of the study; NULL = no source
 * @model: (nullable): the family's first
 * @read: (nullable): of the family, where it was read already
 * @anew: even where family, model and read are what they were
 */
void                    dub_latent_live_set_source       (DubLatentLive           *self,
                                                          const char              *folder,
                                                          const char              *family,
                                                          const char              *model,
                                                          DubResultsRead          *read,
                                                          gboolean                 anew);
/* Begins at once where they differ. */
void                    dub_latent_live_set_options      (DubLatentLive           *self,
                                                          const DubLatentOptions  *options);
/* Goes on from a pause or an early stop; begins again where it is done or failed. */
void                    dub_latent_live_run              (DubLatentLive           *self);
void                    dub_latent_live_pause            (DubLatentLive           *self);
/* Leaves it as it is, and measures it; before there are places of its own, leaves none. Run goes on, or begins again. */
void                    dub_latent_live_stop             (DubLatentLive           *self);
/* From the beginning, even if it is kept. */
void                    dub_latent_live_restart          (DubLatentLive           *self);

DubLatentState          dub_latent_live_get_state        (DubLatentLive           *self);
/* (nullable) [N][2], valid until "moved"; NULL before there are any. */
const float            *dub_latent_live_get_xy           (DubLatentLive           *self);
size_t                  dub_latent_live_get_n_cases      (DubLatentLive           *self);
size_t                  dub_latent_live_get_n_features   (DubLatentLive           *self);
/* (nullable): what the shown places were made from, also while another source is read. */
const char             *dub_latent_live_get_family       (DubLatentLive           *self);
const char             *dub_latent_live_get_model        (DubLatentLive           *self);
DubResultsRead         *dub_latent_live_get_read         (DubLatentLive           *self);
/* As they were asked for. */
const DubLatentOptions *dub_latent_live_get_options      (DubLatentLive           *self);
/* As the shown layout was made with; iterations that were made. */
void                    dub_latent_live_get_made         (DubLatentLive           *self,
                                                          DubLatentOptions        *options,
                                                          guint                   *n_iterations);

guint                   dub_latent_live_get_iteration    (DubLatentLive           *self);
guint                   dub_latent_live_get_n_iterations (DubLatentLive           *self);
/* Of the iterations, or of finding neighbours. */
double                  dub_latent_live_get_fraction     (DubLatentLive           *self);
/* Since the state came about. */
double                  dub_latent_live_get_seconds      (DubLatentLive           *self);
/* NaN = not known. */
double                  dub_latent_live_get_seconds_left (DubLatentLive           *self);
double                  dub_latent_live_get_loss         (DubLatentLive           *self);
/* (nullable): NULL until it is measured */
const DubLatentQuality *dub_latent_live_get_quality      (DubLatentLive           *self);
/* (nullable) */
const char             *dub_latent_live_get_note         (DubLatentLive           *self);
const char             *dub_latent_live_get_failure      (DubLatentLive           *self);

/* dub_latent_live_get_nearest:
 * @cases: (out) at most 5, nearest first
 *
 * The cases nearest to @index among the features, whatever the plane says. FALSE where they are not known yet: they are looked for
 * then, and "nearest" follows.
 */
gboolean                dub_latent_live_get_nearest      (DubLatentLive           *self,
                                                          guint                    index,
                                                          const guint            **cases,
                                                          guint                   *n);

G_END_DECLS
