/* Curves and numbers of the shown losses as files. */
#include "ui/pages/training-page-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/figures/training-export.h"

static void
save (DubTrainingPage *self,
      const char      *path)
{
  DubRuns *runs = dub_training_get_runs (self->training);
  DubSettingsState *settings = dub_session_get_settings (self->session);
  DubStudy *study = dub_session_get_study (self->session);
  g_autoptr (GPtrArray) families = dub_runs_families (runs);
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autofree DubTrainingColumn *columns = g_new0 (DubTrainingColumn, MAX (families->len, 1));
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GError) error = NULL;
  DubExportOptions options;

  for (guint i = 0; i < families->len; i++) {
    GPtrArray *list = dub_runs_of_family (runs, families->pdata[i]);

    g_ptr_array_add (lists, list);
    columns[i] = (DubTrainingColumn) { .title = ((const DubRunSummary *) list->pdata[0])->loss_name,
                                       .runs = (const DubRunSummary *const *) (void *) list->pdata, .n_runs = list->len };
  }
  dub_export_options_init (&options);
  options.dpi = dub_settings_state_get_figure_dpi (settings);
  if (g_strcmp0 (dub_settings_state_get_figure_preset (settings), "single") == 0)
    options.width_mm = DUB_EXPORT_ONE_COLUMN_MM;

  if (dub_training_export (columns, families->len, study != NULL ? study->title : "", path, &options, &error)) {
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
             DubTrainingPage *self)
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
_dub_training_page_export (DubTrainingPage *self,
                           gboolean         csv)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->chooser != NULL || dub_runs_get_n (dub_training_get_runs (self->training)) == 0)
    return;

  /* Held in a field: nobody else owns a native dialog. */
  self->chooser = gtk_file_chooser_native_new (csv ? _("Export Numbers") : _("Export Figure"),
                                               GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                               GTK_FILE_CHOOSER_ACTION_SAVE, _("_Export"), NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), csv ? "training.csv" : "training.png");
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
