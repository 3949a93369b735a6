/* A demo study: where it is, whether it is there, and making it in a child process. */
#pragma once

#include <gio/gio.h>

#include "ui/model/jobs.h"
#include "ui/pages/welcome-page.h"

G_BEGIN_DECLS

#define DUB_TYPE_DEMO (dub_demo_get_type ())
G_DECLARE_FINAL_TYPE (DubDemo, dub_demo, DUB, DEMO, GObject)

/* Signal "changed": state or job are others now. Signal "made" (message): the making ended; @message is NULL
 * when it worked. */
DubDemo     *dub_demo_new        (DubJobs     *jobs,
                                  DubDemoKind  kind);
DubDemoKind  dub_demo_get_kind   (DubDemo     *self);

/* The folder, also where nothing is there yet. */
const char  *dub_demo_get_folder (DubDemo     *self);
/* Looks at the disk. */
DubDemoState dub_demo_get_state  (DubDemo     *self);
/* (transfer none) (nullable): the job while the study is being made. */
DubJob      *dub_demo_get_job    (DubDemo     *self);
/* Makes it, or goes on making it. */
void         dub_demo_make       (DubDemo     *self);

G_END_DECLS
