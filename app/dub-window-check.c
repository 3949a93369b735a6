/* What waits on the welcome page for its other half is read at once, so that nobody chooses a brain for a
 * network that cannot be opened. */
#include "app/dub-window-private.h"

#include <glib/gi18n.h>

#include "core/io/nifti.h"
#include "ui/model/network-info.h"

typedef struct {
  char     *path;
  gboolean  is_network;
} DubPendingFile;

static void
pending_file_free (gpointer data)
{
  DubPendingFile *file = data;

  g_free (file->path);
  g_free (file);
}

static gpointer
read_file (DubRun   *run,
           gpointer  data,
           GError  **error)
{
  DubPendingFile *file = data;

  if (file->is_network) {
    dub_network_info_free (dub_network_info_load (file->path, error));
  } else {
    DubVolume *volume = dub_nifti_load (file->path, error);

    g_clear_pointer (&volume, dub_volume_unref);
  }

  return NULL;
}

static void
read_cb (gpointer     *result,
         const GError *error,
         gpointer      user_data)
{
  DubWindow *self = user_data;

  if (error == NULL || dub_session_get_study (self->session) != NULL)
    return;

  g_autoptr (GError) told = g_error_new (error->domain, error->code, "%s\n\n%s", error->message,
                                         _("Export or copy the file anew, or choose another one."));

  _dub_window_forget_pending (self);
  dub_session_fail (self->session, _("This file cannot be read"), told);
}

void
_dub_window_check_pending (DubWindow *self)
{
  gboolean is_network = self->networks != NULL && self->networks[0] != NULL;
  const char *path = is_network ? self->networks[0] : self->volumes != NULL ? self->volumes[0] : NULL;

  if (path == NULL)
    return;

  DubPendingFile *file = g_new0 (DubPendingFile, 1);

  file->path = g_strdup (path);
  file->is_network = is_network;
  dub_compute_slot_submit (dub_session_get_slot (self->session), read_file, file, pending_file_free, NULL, read_cb, self);
}
