#include "ui/pages/choose-path.h"

#define KEY "dub-path-request"

/* Nobody else owns a native dialog, so the page does, through this. */
typedef struct {
  GtkFileChooserNative *chooser;
  DubPathFunc           func;
  gpointer              data;
  GDestroyNotify        free_data;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  if (request->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (request->chooser));
  g_clear_object (&request->chooser);
  if (request->free_data != NULL)
    request->free_data (request->data);
  g_free (request);
}

static void
page_destroyed_cb (GtkWidget *page)
{
  g_object_set_data (G_OBJECT (page), KEY, NULL);
}

static void
response_cb (GtkNativeDialog *dialog,
             int              response,
             GtkWidget       *page)
{
  /* The page may ask again while it hears the answer. */
  Request *request = g_object_steal_data (G_OBJECT (page), KEY);
  g_autoptr (GFile) file = NULL;

  if (request == NULL)
    return;
  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  g_signal_handlers_disconnect_by_func (page, page_destroyed_cb, NULL);
  request->func (page, path, request->data);
  request_free (request);
}

static void
add_filter (GtkFileChooser *chooser,
            const char     *name,
            const char     *patterns)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  g_auto (GStrv) each = g_strsplit (patterns, ";", -1);

  gtk_file_filter_set_name (filter, name);
  for (guint i = 0; each[i] != NULL; i++)
    gtk_file_filter_add_pattern (filter, each[i]);
  gtk_file_chooser_add_filter (chooser, filter);
}

void
dub_choose_path (GtkWidget             *page,
                 const DubPathQuestion *question,
                 DubPathFunc            func,
                 gpointer               data,
                 GDestroyNotify         free_data)
{
  GtkRoot *root = gtk_widget_get_root (page);
  Request *request;
  GtkFileChooser *chooser;

  g_return_if_fail (GTK_IS_WIDGET (page) && question != NULL && func != NULL);

  if (g_object_get_data (G_OBJECT (page), KEY) != NULL) {
    if (free_data != NULL)
      free_data (data);
    return;
  }

  request = g_new0 (Request, 1);
  request->chooser = gtk_file_chooser_native_new (question->title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                                  question->action, question->accept, NULL);
  request->func = func;
  request->data = data;
  request->free_data = free_data;
  chooser = GTK_FILE_CHOOSER (request->chooser);
  if (question->name != NULL)
    gtk_file_chooser_set_current_name (chooser, question->name);
  for (const char *const *filter = question->filters; filter != NULL && *filter != NULL; filter += 2)
    add_filter (chooser, filter[0], filter[1]);
  g_object_set_data_full (G_OBJECT (page), KEY, request, request_free);
  g_signal_connect (page, "destroy", G_CALLBACK (page_destroyed_cb), NULL);
  g_signal_connect (chooser, "response", G_CALLBACK (response_cb), page);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
