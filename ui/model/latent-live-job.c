#include "ui/model/latent-live-job.h"

#include <glib/gi18n.h>
#include <math.h>

/* Short work is not worth a line of the list. */
enum { LIST_MS = 2000 };

typedef struct {
  DubLatentJob  *self;
  DubLatentLive *map;
} Listing;

void
_dub_latent_job_update (DubLatentJob  *self,
                        DubLatentLive *map)
{
  DubLatentState state = dub_latent_live_get_state (map);
  g_autofree char *title = NULL, *stage = NULL;

  if (self->job == NULL)
    return;

  double left = dub_latent_live_get_seconds_left (map), fraction = dub_latent_live_get_fraction (map);

  title = g_strdup_printf (_("Latent space of %s"), dub_latent_live_get_family (map));
  if (state == DUB_LATENT_READING)
    stage = g_strdup (_("Reading the features…"));
  else if (state == DUB_LATENT_STARTING)
    stage = g_strdup (_("Finding neighbours…"));
  else
    stage = g_strdup_printf ("%u / %u", dub_latent_live_get_iteration (map), dub_latent_live_get_n_iterations (map));
  dub_job_set_title (self->job, title);
  dub_job_set_stage (self->job, stage);
  dub_job_set_fraction (self->job, fraction > 0.0 ? MIN (fraction, 1.0) : -1.0);
  dub_job_set_seconds_left (self->job, isnan (left) ? -1.0 : left);
  dub_job_set_paused (self->job, state == DUB_LATENT_PAUSED);
}

static gboolean
list_cb (gpointer data)
{
  const Listing *listing = data;
  DubLatentJob *self = listing->self;

  self->listing = 0;
  self->job = dub_job_new ("");
  g_signal_connect_object (self->job, "cancel", G_CALLBACK (dub_latent_live_stop), listing->map, G_CONNECT_SWAPPED);
  _dub_latent_job_update (self, listing->map);
  dub_jobs_add (self->jobs, self->job);

  return G_SOURCE_REMOVE;
}

static void
end (DubLatentJob  *self,
     DubLatentLive *map)
{
  DubLatentState state = dub_latent_live_get_state (map);
  g_autoptr (DubJob) job = g_steal_pointer (&self->job);
  g_autoptr (GError) error = NULL;

  g_clear_handle_id (&self->listing, g_source_remove);
  if (job == NULL)
    return;
  if (state == DUB_LATENT_FAILED)
    error = g_error_new_literal (DUB_ERROR, DUB_ERROR_ARGUMENT, dub_latent_live_get_failure (map));
  else if (state != DUB_LATENT_DONE)
    error = g_error_new_literal (DUB_ERROR, DUB_ERROR_CANCELLED, _("Stopped"));
  dub_job_finish (job, error);
}

void
_dub_latent_job_follow (DubLatentJob  *self,
                        DubLatentLive *map)
{
  DubLatentState state = dub_latent_live_get_state (map);
  gboolean busy = _dub_latent_is_busy (state);

  if (busy && self->job == NULL && self->listing == 0) {
    Listing *listing = g_new0 (Listing, 1);

    *listing = (Listing) { self, map };
    self->listing = g_timeout_add_full (G_PRIORITY_DEFAULT, LIST_MS, list_cb, listing, g_free);
  } else if (state == DUB_LATENT_PAUSED) {
    /* What a person has halted stays on the list if it was there. */
    g_clear_handle_id (&self->listing, g_source_remove);
  } else if (!busy) {
    end (self, map);
  }
}
