/* The six figures of merit as files. */
#include "ui/pages/overview-page-private.h"

#include <glib/gi18n.h>

/* A figure of its own: words on paper are English, as journals want them, and what is shown may change meanwhile. */
static DubOverviewFigure *
make_figure (DubOverviewPage *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  const DubOverviewMeasured *measured = dub_overview_get_measured (self->overview);

  if (study == NULL || study->data == NULL || measured == NULL || measured->evaluation == NULL || self->family == NULL)
    return NULL;

  return dub_overview_figure_new (study, measured->evaluation, self->family, NULL);
}

static void
save (DubOverviewPage *self,
      const char      *path)
{
  DubSettingsState *settings = dub_session_get_settings (self->session);
  g_autoptr (DubOverviewFigure) figure = make_figure (self);
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GError) error = NULL;
  DubExportOptions options;

  if (figure == NULL)
    return;
  dub_export_options_init (&options);
  options.dpi = dub_settings_state_get_figure_dpi (settings);
  if (g_strcmp0 (dub_settings_state_get_figure_preset (settings), "single") == 0)
    options.width_mm = DUB_EXPORT_ONE_COLUMN_MM;

  if (dub_overview_figure_export (figure, path, &options, &error)) {
    g_autofree char *text = g_strdup_printf (_("%s saved"), name);

    dub_session_toast (self->session, text);
  } else {
    g_autofree char *heading = g_strdup_printf (_("%s was not saved"), name);

    dub_session_fail (self->session, heading, error);
  }
}

static void
response_cb (GtkNativeDialog *dialog,
             int              response,
             DubOverviewPage *self)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_clear_object (&self->chooser);

  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    save (self, path);
}

static void
add_filter (GtkFileChooser *chooser,
            const char     *name,
            const char     *pattern)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_pattern (filter, pattern);
  gtk_file_chooser_add_filter (chooser, filter);
}

void
_dub_overview_page_export (GtkWidget  *widget,
                           const char *action,
                           GVariant   *parameter)
{
  DubOverviewPage *self = DUB_OVERVIEW_PAGE (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  gboolean csv = g_str_equal (action, "overview.export-csv");

  if (self->chooser != NULL)
    return;
  if (self->figure == NULL) {
    dub_session_toast (self->session, _("There are no numbers to export yet: run the networks first."));
    return;
  }

  /* Held in a field: nobody else owns a native dialog. */
  self->chooser = gtk_file_chooser_native_new (csv ? _("Export Numbers") : _("Export Figure"),
                                               GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                               GTK_FILE_CHOOSER_ACTION_SAVE, _("_Export"), NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), csv ? "overview.csv" : "overview.png");
  if (csv) {
    add_filter (GTK_FILE_CHOOSER (self->chooser), _("Table (.csv)"), "*.csv");
  } else {
    add_filter (GTK_FILE_CHOOSER (self->chooser), _("Image (.png)"), "*.png");
    add_filter (GTK_FILE_CHOOSER (self->chooser), _("Drawing (.svg)"), "*.svg");
    add_filter (GTK_FILE_CHOOSER (self->chooser), _("Document (.pdf)"), "*.pdf");
  }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect (self->chooser, "response", G_CALLBACK (response_cb), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}
