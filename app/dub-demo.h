/* The demo study: where it is, whether it is there, and making it in a child process. */
#pragma once

#include <gio/gio.h>

#include "ui/model/jobs.h"

G_BEGIN_DECLS

#define DUB_TYPE_DEMO (dub_demo_get_type ())
G_DECLARE_FINAL_TYPE (DubDemo, dub_demo, DUB, DEMO, GObject)

/* Signal "changed": ready or job are others now. Signal "made" (message): the making ended; @message is NULL
 * when it worked. */
DubDemo    *dub_demo_new        (DubJobs *jobs);

/* The folder, also where nothing is there yet. */
const char *dub_demo_get_folder (DubDemo *self);
gboolean    dub_demo_is_ready   (DubDemo *self);
/* (transfer none) (nullable): the job while the study is being made. */
DubJob     *dub_demo_get_job    (DubDemo *self);
void        dub_demo_make       (DubDemo *self);

G_END_DECLS
