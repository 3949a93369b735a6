#include "ui/pages/mask-page-private.h"

#include <math.h>

#include "core/io/file.h"
#include "core/io/nifti.h"
#include "ui/figures/mask-figure.h"
#include "ui/pages/save-figure.h"

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
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  if (self->session != NULL)
    dub_save_tell (self->session, export->path, error);
}

static ExportData *
export_data_new (DubMaskPage *self,
                 const char  *path,
                 gboolean     nifti)
{
  ExportData *export = g_new0 (ExportData, 1);

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
  dub_save_options (self->session, &export->options);

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
figure_place_chosen_cb (GtkWidget  *widget,
                        const char *path,
                        gpointer    data)
{
  if (path != NULL)
    export_to (DUB_MASK_PAGE (widget), path, FALSE);
}

static void
mask_place_chosen_cb (GtkWidget  *widget,
                      const char *path,
                      gpointer    data)
{
  if (path != NULL)
    export_to (DUB_MASK_PAGE (widget), path, TRUE);
}

void
_dub_mask_page_export (GtkWidget  *widget,
                       const char *action,
                       GVariant   *parameter)
{
  DubMaskPage *self = DUB_MASK_PAGE (widget);
  DubMaskInputs *inputs = dub_mask_session_get_inputs (self->mask);
  gboolean nifti = g_str_equal (action, "mask.export-nifti");
  gboolean csv = g_str_equal (action, "mask.export-csv");

  if (inputs == NULL || dub_mask_session_get_frame (self->mask) == NULL)
    return;

  g_autofree char *name = g_strdup_printf ("%s_%s_mask", inputs->case_id, inputs->model_id);

  dub_save_ask (widget, nifti ? DUB_SAVE_MASK : csv ? DUB_SAVE_NUMBERS : DUB_SAVE_FIGURE, name,
                nifti ? mask_place_chosen_cb : figure_place_chosen_cb, NULL, NULL);
}

void
_dub_mask_page_export_to (GtkWidget  *widget,
                          const char *action,
                          GVariant   *parameter)
{
  const char *path = g_variant_get_string (parameter, NULL);

  export_to (DUB_MASK_PAGE (widget), path, g_str_has_suffix (path, ".nii") || g_str_has_suffix (path, ".nii.gz"));
}
