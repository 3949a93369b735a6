/* The session: what every page of one window looks at.
 *
 * Holds the open study, the current case and network, the atlas, the way back
 * and forward through the selection, undo, the jobs, the person's choices and
 * the compute slot. Pages never talk to each other, only to this.
 *
 * Properties (all notify):
 *   study        DubStudy (boxed), NULL = none open. Notified when another study is opened.
 *   case-index   int, index into study->cases, -1 = none
 *   model-index  int, index into study->models, -1 = none
 *   atlas        DubAtlas (boxed), NULL until it is loaded (it is read on a thread after the study opens)
 *   can-go-back, can-go-forward  boolean
 * Signals:
 *   "study-edited"               cases, models or classes of the open study were added or changed
 *   "outputs-made" (maker)       networks were run and what they said is stored; whoever shows it looks again
 *   "toast"   (text)             a short remark for the window to show
 *   "failure" (heading, message) something went wrong; the message says what to do next
 */
#pragma once

#include <gio/gio.h>

#include "ui/model/boxed.h"
#include "ui/model/compute-slot.h"
#include "ui/model/history.h"
#include "ui/model/jobs.h"
#include "ui/model/selection.h"
#include "ui/model/settings-state.h"

G_BEGIN_DECLS

#define DUB_TYPE_SESSION (dub_session_get_type ())
G_DECLARE_FINAL_TYPE (DubSession, dub_session, DUB, SESSION, GObject)

/* @settings: (nullable): a new one where NULL */
DubSession          *dub_session_new             (DubSettingsState *settings);

/* (transfer none) (nullable) */
DubStudy            *dub_session_get_study       (DubSession       *self);
/* Shows @study (nullable = close): selects the first case and network, clears history, loads the atlas. */
void                 dub_session_set_study       (DubSession       *self,
                                                  DubStudy         *study);
/* Reads a study folder and shows it. On failure the open study stays. */
gboolean             dub_session_open            (DubSession       *self,
                                                  const char       *folder,
                                                  GError          **error);
/* Reads the open study's folder again, as another process may have added networks to it; the selection stays. */
gboolean             dub_session_renew           (DubSession       *self,
                                                  GError          **error);
/* After a change of the study's contents: emits "study-edited" and repairs the selection. */
void                 dub_session_study_edited    (DubSession       *self);

int                  dub_session_get_case_index  (DubSession       *self);
int                  dub_session_get_model_index (DubSession       *self);
/* (transfer none) (nullable) */
DubStudyCase        *dub_session_get_case        (DubSession       *self);
DubStudyModel       *dub_session_get_model       (DubSession       *self);
DubAtlas            *dub_session_get_atlas       (DubSession       *self);

/* Selects and remembers the step for back and forward; an index of -1 keeps what is. */
void                 dub_session_select          (DubSession       *self,
                                                  int               case_index,
                                                  int               model_index);
void                 dub_session_go_back         (DubSession       *self);
void                 dub_session_go_forward      (DubSession       *self);

/* (transfer none), never NULL: of the data set's cases. Its way back and forward is the session's while a study with a data
 * set is open. */
DubSelection        *dub_session_get_selection   (DubSession       *self);
/* Tells all who show outputs that @maker, a GObject, has stored new ones. */
void                 dub_session_outputs_made    (DubSession       *self,
                                                  gpointer          maker);

/* (transfer none), never NULL */
DubHistory          *dub_session_get_history     (DubSession       *self);
DubJobs             *dub_session_get_jobs        (DubSession       *self);
DubSettingsState    *dub_session_get_settings    (DubSession       *self);
/* The slot of the interactive computation. It may be another one after a study was opened
 * (the preferred number of threads counts from then on): ask for it when needed, do not keep it. */
DubComputeSlot      *dub_session_get_slot        (DubSession       *self);
/* While held, nothing is read and nothing computed; see dub_compute_slot_set_held(). */
void                 dub_session_set_held        (DubSession       *self,
                                                  gboolean          held);

void                 dub_session_toast           (DubSession       *self,
                                                  const char       *text);
/* Cancelled work is no failure and is not shown. */
void                 dub_session_fail            (DubSession       *self,
                                                  const char       *heading,
                                                  const GError     *error);

G_END_DECLS
