#include "ui/pages/mask-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "core/io/file.h"
#include "core/io/nifti.h"
#include "ui/figures/mask-figure.h"

/* Everything a file needs, frozen when the dialog is answered: the mask goes on meanwhile. */
typedef struct {
  char            *path;
  gboolean         nifti;
  DubMaskInputs   *inputs;
  DubMaskFrame    *frame;
  DubPaneStyle     style;
  gboolean         radiological;
  gboolean         crosshair;
  gboolean         truth;
  gboolean         overlay;
  guint            min_cluster;
  double           cursor[3];
  DubExportOptions options;
} ExportData;

static void
export_data_free (gpointer data)
{
  ExportData *export = data;

  g_free (export->path);
  dub_mask_inputs_unref (export->inputs);
  dub_mask_frame_unref (export->frame);
  g_free (export);
}

static DubMaskFigure *
make_figure (ExportData  *export,
             GError     **error)
{
  g_autoptr (DubMaskFigure) figure = dub_mask_figure_new ();
  const DubMaskInputs *inputs = export->inputs;
  const DubMaskFrame *frame = export->frame;
  g_autofree char *model_hash = dub_file_sha256 (inputs->model_path, NULL);
  g_autofree char *data_hash = dub_file_sha256 (inputs->case_path, NULL);
  g_autofree char *reference_hash = NULL;

  if (!dub_mask_figure_set_volumes (figure, inputs->displayed, frame->mask, export->truth ? inputs->truth : NULL, error))
    return NULL;
  figure->style = export->style;
  figure->radiological = export->radiological;
  figure->crosshair = export->crosshair;
  figure->hides_overlay = !export->overlay;
  if (!dub_mask_figure_set_min_cluster (figure, export->min_cluster, error))
    return NULL;
  memcpy (figure->cursor, export->cursor, sizeof figure->cursor);
  dub_mask_figure_describe (figure, inputs->case_id, inputs->model_id, &frame->params);
  dub_mask_figure_set_trace (figure, frame->trace, frame->n_trace);
  figure->iteration = frame->iteration;
  if (frame->regions != NULL && inputs->atlas != NULL)
    dub_mask_figure_set_regions (figure, inputs->atlas->name, frame->regions);
  for (size_t c = 0; c < frame->n_classes && c < inputs->n_classes; c++)
    dub_mask_figure_add_class (figure, inputs->classes[c], frame->original[c], frame->masked[c]);
  figure->target_class = (guint) frame->params.target_class;
  figure->mass_inside = frame->inside_truth;
  /* From which bytes the figure came; nothing is claimed where they cannot be read any more. */
  if (frame->params.replacement == DUB_REPLACE_FILE && inputs->reference_path != NULL)
    reference_hash = dub_file_sha256 (inputs->reference_path, NULL);
  dub_mask_figure_set_sources (figure, &inputs->preprocess, model_hash != NULL ? model_hash : "",
                               data_hash != NULL ? data_hash : "", reference_hash);

  return g_steal_pointer (&figure);
}

/* In the space of the file that the image was read from, whatever the network saw of it. */
static gboolean
save_mask (ExportData          *export,
           const DubMaskFigure *figure,
           GError             **error)
{
  g_autoptr (DubVolume) original = dub_nifti_load (export->inputs->case_path, error);
  g_autoptr (DubVolume) mask = NULL;

  if (original == NULL ||
      (mask = dub_preprocess_mask_onto (&export->inputs->preprocess, export->frame->mask, original, NULL, error)) == NULL)
    return FALSE;

  return dub_mask_figure_save_mask (figure, mask, export->path, error);
}

static void
export_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  ExportData *export = data;
  GError *error = NULL;
  gboolean done = FALSE;

  g_autoptr (DubMaskFigure) figure = make_figure (export, &error);

  if (figure != NULL)
    done = export->nifti ? save_mask (export, figure, &error)
                         : dub_mask_figure_export (figure, export->path, &export->options, &error);

  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
export_done_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  DubMaskPage *self = DUB_MASK_PAGE (source);
  ExportData *export = g_task_get_task_data (G_TASK (result));
  g_autofree char *name = g_path_get_basename (export->path);
  g_autoptr (GError) error = NULL;

  if (self->session == NULL)
    return;
  if (g_task_propagate_boolean (G_TASK (result), &error)) {
    g_autofree char *text = g_strdup_printf (_("%s saved"), name);

    dub_session_toast (self->session, text);
  } else {
    g_autofree char *heading = g_strdup_printf (_("%s was not saved"), name);

    /* What the system refused is for the person to mend. */
    if (g_error_matches (error, DUB_ERROR, DUB_ERROR_IO)) {
      g_autofree char *reason = g_steal_pointer (&error->message);

      error->message = g_strdup_printf ("%s\n\n%s", reason,
                                        _("A file of this name is still what it was. Make room or choose another folder, and export again."));
    }
    dub_session_fail (self->session, heading, error);
  }
}

static ExportData *
export_data_new (DubMaskPage *self,
                 const char  *path,
                 gboolean     nifti)
{
  ExportData *export = g_new0 (ExportData, 1);
  DubSettingsState *settings = dub_session_get_settings (self->session);

  export->path = g_strdup (path);
  export->nifti = nifti;
  export->inputs = dub_mask_inputs_ref (dub_mask_session_get_inputs (self->mask));
  export->frame = dub_mask_frame_ref (dub_mask_session_get_frame (self->mask));
  export->style = *dub_viewer_get_style (self->viewer);
  export->style.overlay.volume = NULL;
  export->style.contour = NULL;
  export->style.overlay.opacity = dub_viewer_get_opacity (self->viewer);
  export->radiological = dub_viewer_get_radiological (self->viewer);
  export->crosshair = dub_viewer_get_crosshair_visible (self->viewer);
  export->truth = dub_viewer_get_truth_visible (self->viewer);
  export->overlay = dub_viewer_get_overlay_visible (self->viewer);
  export->min_cluster = dub_viewer_get_min_cluster (self->viewer);
  memcpy (export->cursor, dub_viewer_get_cursor (self->viewer), sizeof export->cursor);
  dub_export_options_init (&export->options);
  export->options.dpi = dub_settings_state_get_figure_dpi (settings);
  if (g_strcmp0 (dub_settings_state_get_figure_preset (settings), "single") == 0)
    export->options.width_mm = DUB_EXPORT_ONE_COLUMN_MM;

  return export;
}

static void
export_to (DubMaskPage *self,
           const char  *path,
           gboolean     nifti)
{
  g_autoptr (GTask) task = NULL;

  if (dub_mask_session_get_frame (self->mask) == NULL || self->session == NULL)
    return;
  task = g_task_new (self, NULL, export_done_cb, NULL);
  g_task_set_task_data (task, export_data_new (self, path, nifti), export_data_free);
  g_task_run_in_thread (task, export_thread);
}

static void
save_response_cb (GtkNativeDialog *dialog,
                  int              response,
                  DubMaskPage     *self)
{
  g_autoptr (GFile) file = NULL;
  gboolean nifti = g_str_equal (g_object_get_data (G_OBJECT (dialog), "action"), "mask.export-nifti");

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_clear_object (&self->chooser);

  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    export_to (self, path, nifti);
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
_dub_mask_page_export (GtkWidget  *widget,
                       const char *action,
                       GVariant   *parameter)
{
  DubMaskPage *self = DUB_MASK_PAGE (widget);
  DubMaskInputs *inputs = dub_mask_session_get_inputs (self->mask);
  GtkRoot *root = gtk_widget_get_root (widget);
  gboolean nifti = g_str_equal (action, "mask.export-nifti");
  gboolean csv = g_str_equal (action, "mask.export-csv");

  if (self->chooser != NULL || inputs == NULL || dub_mask_session_get_frame (self->mask) == NULL)
    return;

  g_autofree char *name = g_strdup_printf ("%s_%s_mask.%s", inputs->case_id, inputs->model_id, nifti ? "nii.gz" : csv ? "csv" : "png");

  /* Held in a field: nobody else owns a native dialog. */
  self->chooser = gtk_file_chooser_native_new (nifti ? _("Export Mask") : csv ? _("Export Numbers") : _("Export Figure"),
                                               GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                               GTK_FILE_CHOOSER_ACTION_SAVE, _("_Export"), NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  if (nifti) {
    add_filter (GTK_FILE_CHOOSER (self->chooser), _("NIfTI, compressed (.nii.gz)"), "*.nii.gz");
    add_filter (GTK_FILE_CHOOSER (self->chooser), _("NIfTI (.nii)"), "*.nii");
  } else if (csv) {
    add_filter (GTK_FILE_CHOOSER (self->chooser), _("Table (.csv)"), "*.csv");
  } else {
    add_filter (GTK_FILE_CHOOSER (self->chooser), _("Image (.png)"), "*.png");
    add_filter (GTK_FILE_CHOOSER (self->chooser), _("Drawing (.svg)"), "*.svg");
    add_filter (GTK_FILE_CHOOSER (self->chooser), _("Document (.pdf)"), "*.pdf");
  }
  g_object_set_data_full (G_OBJECT (self->chooser), "action", g_strdup (action), g_free);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect (self->chooser, "response", G_CALLBACK (save_response_cb), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

void
_dub_mask_page_export_to (GtkWidget  *widget,
                          const char *action,
                          GVariant   *parameter)
{
  const char *path = g_variant_get_string (parameter, NULL);

  export_to (DUB_MASK_PAGE (widget), path, g_str_has_suffix (path, ".nii") || g_str_has_suffix (path, ".nii.gz"));
}
