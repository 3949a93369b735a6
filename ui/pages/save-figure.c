#include "ui/pages/save-figure.h"

#include <glib/gi18n.h>

typedef struct {
  DubSession  *session;
  DubSaveFunc  save;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->session);
  g_free (job);
}

void
dub_save_ask (GtkWidget      *page,
              DubSaveKind     kind,
              const char     *name,
              DubPathFunc     func,
              gpointer        data,
              GDestroyNotify  free_data)
{
  static const char *const endings[] = { "png", "csv", "nii.gz", "csv" };
  const char *const titles[] = { _("Export Figure"), _("Export Numbers"), _("Export Mask"), _("Export Table") };
  const char *const filters[][7] = {
    { _("Image (.png)"), "*.png", _("Drawing (.svg)"), "*.svg", _("Document (.pdf)"), "*.pdf", NULL },
    { _("Table (.csv)"), "*.csv", NULL },
    { _("NIfTI, compressed (.nii.gz)"), "*.nii.gz", _("NIfTI (.nii)"), "*.nii", NULL },
    { _("Table (.csv)"), "*.csv", _("Markdown (.md)"), "*.md", NULL },
  };
  g_autofree char *file = g_strdup_printf ("%s.%s", name, endings[kind]);
  const DubPathQuestion question = { titles[kind], _("_Export"), GTK_FILE_CHOOSER_ACTION_SAVE, file, filters[kind] };

  dub_choose_path (page, &question, func, data, free_data);
}

void
dub_save_options (DubSession       *session,
                  DubExportOptions *options)
{
  DubSettingsState *settings = dub_session_get_settings (session);

  dub_export_options_init (options);
  options->dpi = dub_settings_state_get_figure_dpi (settings);
  if (g_strcmp0 (dub_settings_state_get_figure_preset (settings), "single") == 0)
    options->width_mm = DUB_EXPORT_ONE_COLUMN_MM;
}

void
dub_save_tell (DubSession   *session,
               const char   *path,
               const GError *error)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *text = NULL;
  g_autoptr (GError) told = NULL;

  if (error == NULL) {
    text = g_strdup_printf (_("%s saved"), name);
    dub_session_toast (session, text);
    return;
  }

  told = g_error_copy (error);
  /* What the system refused is for the person to mend. */
  if (g_error_matches (error, DUB_ERROR, DUB_ERROR_IO)) {
    g_free (told->message);
    told->message = g_strdup_printf ("%s\n\n%s", error->message,
                                     _("A file of this name is still what it was. Make room or choose another folder, and export again."));
  }
  text = g_strdup_printf (_("%s was not saved"), name);
  dub_session_fail (session, text, told);
}

static void
place_chosen_cb (GtkWidget  *page,
                 const char *path,
                 gpointer    data)
{
  const Job *job = data;
  DubExportOptions options;
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;
  dub_save_options (job->session, &options);
  if (job->save (page, path, &options, &error) || error != NULL)
    dub_save_tell (job->session, path, error);
}

void
dub_save_figure (GtkWidget   *page,
                 DubSession  *session,
                 DubSaveKind  kind,
                 const char  *name,
                 DubSaveFunc  save)
{
  Job *job;

  g_return_if_fail (GTK_IS_WIDGET (page) && DUB_IS_SESSION (session) && save != NULL);

  job = g_new0 (Job, 1);
  job->session = g_object_ref (session);
  job->save = save;
  dub_save_ask (page, kind, name, place_chosen_cb, job, job_free);
}
