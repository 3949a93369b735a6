/* The welcome page: drop area, recent studies, demo studies.
 *
 * It only shows; what happens is the window's: win.new, win.open, win.open-folder,
 * win.open-recent (s: folder), win.locate-recent (s), win.remove-recent (s), win.open-demo,
 * win.open-lesions, win.forget-pending.
 */
#pragma once

#include <adwaita.h>

#include "ui/model/job.h"
#include "ui/model/recent.h"

G_BEGIN_DECLS

#define DUB_TYPE_WELCOME_PAGE (dub_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (DubWelcomePage, dub_welcome_page, DUB, WELCOME_PAGE, GtkWidget)

/* Half of a study that waits for the other half. */
typedef enum {
  DUB_PENDING_NONE,
  DUB_PENDING_NETWORK, /* a network is there, a volume is asked for */
  DUB_PENDING_VOLUMES, /* volumes are there, a network is asked for */
} DubPending;

typedef enum { DUB_DEMO_BRAIN, DUB_DEMO_LESIONS, DUB_N_DEMOS } DubDemoKind;

typedef enum {
  DUB_DEMO_ABSENT,
  DUB_DEMO_BEGUN,  /* its making was stopped, and goes on from there */
  DUB_DEMO_READY,
} DubDemoState;

/* The picture of a study for its row, or NULL; called again when the list changes. (transfer full) */
typedef GdkPaintable *(*DubPictureFunc) (const char *folder,
                                         gpointer    user_data);

void dub_welcome_page_set_recent     (DubWelcomePage *self,
                                      DubRecent      *recent,
                                      DubPictureFunc  picture,
                                      gpointer        user_data);
/* @name: what is there ("cnn3d.onnx", "3 volumes") */
void dub_welcome_page_set_pending    (DubWelcomePage *self,
                                      DubPending      pending,
                                      const char     *name);
void dub_welcome_page_set_drop_hover (DubWelcomePage *self,
                                      gboolean        hover);
/* @job: (nullable): the demo is being made; otherwise @state says whether it is there.
 * @picture: (nullable): of the demo's own data */
void dub_welcome_page_set_demo       (DubWelcomePage *self,
                                      DubDemoKind     kind,
                                      DubDemoState    state,
                                      GdkPaintable   *picture,
                                      DubJob         *job);

G_END_DECLS
