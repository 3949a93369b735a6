/* Asking before a study that exists only in memory is lost. */
#include "app/dub-window-private.h"

#include <glib/gi18n.h>

typedef struct {
  DubWindow    *window;
  DubLeaveFunc  leave;
} DubLeaving;

static void
response_cb (AdwMessageDialog *dialog,
             const char       *response,
             DubLeaving       *leaving)
{
  if (g_strcmp0 (response, "discard") == 0) {
    dub_session_set_study (leaving->window->session, NULL);
    leaving->leave (leaving->window);
  } else if (g_strcmp0 (response, "save") == 0) {
    /* The chooser that comes now drops what an earlier one was for. */
    _dub_window_choose_save (leaving->window);
    leaving->window->after_save = leaving->leave;
  }
}

static void
leaving_free (gpointer  data,
              GClosure *closure)
{
  g_free (data);
}

gboolean
_dub_window_ask_to_leave (DubWindow    *self,
                          DubLeaveFunc  leave)
{
  DubStudy *study = dub_session_get_study (self->session);

  if (study == NULL || study->folder != NULL)
    return TRUE;

  GtkWidget *widget = adw_message_dialog_new (GTK_WINDOW (self), _("Save this study?"), NULL);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (widget);
  DubLeaving *leaving = g_new0 (DubLeaving, 1);

  leaving->window = self;
  leaving->leave = leave;
  adw_message_dialog_format_body (dialog, _("“%s” is only in memory. Its volumes and networks stay where they are; "
                                            "how they go together would be lost."), study->title);
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "discard", _("_Discard"), "save", _("_Save…"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (dialog, "save", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "save");
  adw_message_dialog_set_close_response (dialog, "cancel");
  /* The dialog is a child of the window and cannot outlive it. */
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), leaving, leaving_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));

  return FALSE;
}
