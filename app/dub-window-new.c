/* The assistant in the window: when it is shown, and what becomes of the study that it made. */
#include "app/dub-window-private.h"

#include <glib/gi18n.h>

#include "ui/model/training.h"
#include "ui/pages/assistant-page.h"

static void
leave_assistant (DubWindow *self)
{
  gboolean open = dub_session_get_study (self->session) != NULL;

  if (!open)
    _dub_window_show_welcome (self);
  else
    gtk_stack_set_visible_child_name (self->root_stack, "study");
}

static void
made_cb (DubWindow  *self,
         const char *folder,
         GStrv       arguments)
{
  g_autoptr (GError) error = NULL;

  if (!dub_window_open_study (self, folder))
    return;
  dub_new_study_clear (dub_assistant_page_get_study (self->assistant));
  gtk_stack_set_visible_child_name (self->root_stack, "study");
  if (arguments == NULL && dub_session_get_study (self->session)->models->len > 0) {
    dub_session_toast (self->session, _("The study is made with your networks"));
    return;
  }
  if (arguments == NULL) {
    dub_session_toast (self->session, _("The study is made; nothing is trained yet"));
    return;
  }
  _dub_window_show_page (self, "training");
  if (!dub_training_start (dub_training_of_session (self->session), (const char *const *) arguments, &error))
    dub_session_fail (self->session, _("The training could not be started"), error);
}

static void
files_cb (DubWindow  *self,
          GListModel *files)
{
  leave_assistant (self);
  dub_window_open_files (self, files);
}

static void
ensure_assistant (DubWindow *self)
{
  if (self->assistant != NULL)
    return;
  self->assistant = dub_assistant_page_new (self->session);
  g_signal_connect_object (self->assistant, "cancelled", G_CALLBACK (leave_assistant), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->assistant, "made", G_CALLBACK (made_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->assistant, "files", G_CALLBACK (files_cb), self, G_CONNECT_SWAPPED);
  gtk_stack_add_named (self->root_stack, GTK_WIDGET (self->assistant), "assistant");
}

static void
begin_with_kept (DubWindow *self)
{
  g_autofree char *path = g_steal_pointer (&self->begin_path);
  g_auto (GStrv) networks = g_steal_pointer (&self->begin_networks);

  _dub_window_show_assistant (self, path, (const char *const *) networks);
}

void
_dub_window_show_assistant (DubWindow         *self,
                            const char        *path,
                            const char *const *networks)
{
  /* A study that exists only in memory would be gone when the next one opens. */
  if (!_dub_window_ask_to_leave (self, begin_with_kept)) {
    g_free (self->begin_path);
    g_strfreev (self->begin_networks);
    self->begin_path = g_strdup (path);
    self->begin_networks = g_strdupv ((char **) networks);
    return;
  }
  ensure_assistant (self);
  gtk_stack_set_visible_child_name (self->root_stack, "assistant");
  dub_assistant_page_begin (self->assistant, path, networks);
  gtk_widget_child_focus (GTK_WIDGET (self->assistant), GTK_DIR_TAB_FORWARD);
}
