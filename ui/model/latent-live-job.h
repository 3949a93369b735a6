/* A live map that takes long, as one of the session's jobs: listed after two seconds, stopped there. latent-live.c only. */
#pragma once

#include "ui/model/latent-live.h"

G_BEGIN_DECLS

/* The thread works for the map. */
static inline gboolean
_dub_latent_is_busy (DubLatentState state)
{
  return state == DUB_LATENT_READING || state == DUB_LATENT_STARTING || state == DUB_LATENT_RUNNING;
}

/* A plain struct for the map that has it; zeros are "nothing is listed". */
typedef struct {
  DubJobs *jobs;    /* of the session */
  DubJob  *job;     /* (nullable): listed */
  guint    listing; /* it will be */
} DubLatentJob;

/* The map's state is another one: lists, halts or ends the job. */
void _dub_latent_job_follow (DubLatentJob  *self,
                             DubLatentLive *map);
/* How far the map is. */
void _dub_latent_job_update (DubLatentJob  *self,
                             DubLatentLive *map);

G_END_DECLS
