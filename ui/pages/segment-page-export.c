#include "ui/pages/segment-page-private.h"

#include <string.h>

#include "ui/figures/segment-figure.h"
#include "ui/pages/save-figure.h"

/* Everything a file needs, frozen when the dialog is answered. */
typedef struct {
  char             *path;
  gboolean          nifti, map;
  DubSegmentShown  *shown;
  DubSegmentWork   *work;
  DubSegmentScore   score;
  DubSegmentFigure *figure;
  DubExportOptions  options;
} ExportData;

static void
export_data_free (gpointer data)
{
  ExportData *export = data;

  g_free (export->path);
  dub_segment_shown_unref (export->shown);
  dub_segment_work_free (export->work);
  dub_segment_figure_free (export->figure);
  g_free (export);
}

static gboolean
save (ExportData  *export,
      GError     **error)
{
  const DubSegmentWork *work = export->work;
  g_autofree char *note = dub_segment_case_note (export->score, work->views, work->path, (const char *const *) work->models,
                                                 work->preprocess, work->n_models, error);

  if (note == NULL)
    return FALSE;
  if (export->nifti && export->map)
    return dub_segment_case_save_map (export->shown->result, export->score, export->path, note, error);
  if (export->nifti)
    return dub_segment_case_save_labels (export->shown->result, export->path, note, error);

  g_auto (GStrv) lines = g_strsplit (note, "\n", -1);

  for (guint i = 1; lines[i] != NULL; i++) {
    g_auto (GStrv) parts = g_strsplit (lines[i], ": ", 2);

    if (parts[0] != NULL && parts[1] != NULL)
      dub_segment_figure_add_provenance (export->figure, parts[0], parts[1]);
  }

  return dub_segment_figure_export (export->figure, export->path, &export->options, error);
}

static void
export_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  GError *error = NULL;

  if (save (data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
export_done_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  DubSegmentPage *self = DUB_SEGMENT_PAGE (source);
  ExportData *export = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  if (self->session != NULL)
    dub_save_tell (self->session, export->path, error);
}

static DubSegmentFigure *
make_figure (DubSegmentPage  *self,
             DubSegmentShown *shown,
             DubSegmentScore  score)
{
  DubSegmentFigure *figure = dub_segment_figure_new ();
  DubStudy *study = dub_session_get_study (self->session);
  GListModel *rows = dub_segment_session_get_rows (self->segment);
  const char *views = dub_segment_session_get_views (self->segment);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (NULL);

  figure->subject = g_strdup (dub_session_get_case (self->session)->id);
  for (guint m = 0; m < study->models->len; m++)
    g_ptr_array_add (names, ((DubStudyModel *) study->models->pdata[m])->id);
  g_ptr_array_add (names, NULL);
  figure->model = g_strjoinv (" + ", (char **) names->pdata);
  figure->settings = g_strdup_printf ("%s · views: %s · outlines: classes · box: worst patch of 9 × 9 × 9",
                                      dub_segment_score_name (score), views[0] != '\0' ? views : "none");
  figure->classes = g_new0 (char *, study->classes->len + 1);
  for (guint c = 0; c < study->classes->len; c++)
    figure->classes[c] = g_strdup (g_ptr_array_index (study->classes, c));
  figure->base = dub_volume_ref (shown->result->volume);
  figure->map = dub_volume_ref (shown->result->map[score]);
  figure->labels = dub_volume_ref (shown->result->labels);
  figure->numbers = dub_segment_numbers_copy (shown->numbers);
  figure->score = score;
  memcpy (figure->cursor, dub_viewer_get_cursor (self->viewer), sizeof figure->cursor);
  figure->radiological = dub_viewer_get_radiological (self->viewer);
  figure->crosshair = dub_viewer_get_crosshair_visible (self->viewer);
  figure->box = TRUE;
  figure->style = *dub_viewer_get_style (self->viewer);
  figure->style.overlay.volume = figure->style.contour = figure->style.classes = NULL;
  figure->style.overlay.opacity = dub_viewer_get_opacity (self->viewer);
  figure->hides_overlay = !dub_viewer_get_overlay_visible (self->viewer);
  figure->hides_outlines = !dub_viewer_get_outlines_visible (self->viewer);
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++) {
    DubSegmentRow *row = dub_segment_session_get_row (self->segment, i);

    dub_segment_figure_add_case (figure, dub_segment_row_get_id (row), dub_segment_row_get_numbers (row));
  }

  return figure;
}

static void
export_to (DubSegmentPage *self,
           const char     *path,
           gboolean        map)
{
  DubSegmentShown *shown = dub_segment_session_get_shown (self->segment);
  DubSegmentScore score = dub_segment_session_get_score (self->segment);
  int index = dub_segment_session_get_shown_case (self->segment);
  ExportData *export;
  g_autoptr (GTask) task = NULL;

  if (shown == NULL || index < 0 || dub_segment_session_get_stale (self->segment))
    return;
  export = g_new0 (ExportData, 1);
  export->path = g_strdup (path);
  export->nifti = g_str_has_suffix (path, ".nii") || g_str_has_suffix (path, ".nii.gz");
  export->map = map;
  export->shown = dub_segment_shown_ref (shown);
  export->score = score;
  export->work = dub_segment_work_new (dub_session_get_study (self->session), (guint) index,
                                       dub_segment_session_get_views (self->segment), FALSE);
  if (!export->nifti)
    export->figure = make_figure (self, shown, score);
  dub_save_options (self->session, &export->options);
  task = g_task_new (self, NULL, export_done_cb, NULL);
  g_task_set_task_data (task, export, export_data_free);
  g_task_run_in_thread (task, export_thread);
}

static void
place_chosen_cb (GtkWidget  *widget,
                 const char *path,
                 gpointer    data)
{
  if (path != NULL)
    export_to (DUB_SEGMENT_PAGE (widget), path, data != NULL);
}

void
_dub_segment_page_export (GtkWidget  *widget,
                          const char *action,
                          GVariant   *parameter)
{
  DubSegmentPage *self = DUB_SEGMENT_PAGE (widget);
  gboolean map = g_str_equal (action, "segment.export-map"), labels = g_str_equal (action, "segment.export-nifti");
  gboolean csv = g_str_equal (action, "segment.export-csv");
  DubStudyCase *item = dub_session_get_case (self->session);
  DubStudyModel *model = dub_session_get_model (self->session);

  if (item == NULL || model == NULL)
    return;

  g_autofree char *name =
    g_strdup_printf ("%s_%s_%s", item->id, model->id,
                     map ? dub_segment_score_name (dub_segment_session_get_score (self->segment)) : labels ? "labels" : "segmentation");

  dub_save_ask (widget, map || labels ? DUB_SAVE_MASK : csv ? DUB_SAVE_NUMBERS : DUB_SAVE_FIGURE, name, place_chosen_cb,
                map ? GINT_TO_POINTER (1) : NULL, NULL);
}

void
_dub_segment_page_export_to (GtkWidget  *widget,
                             const char *action,
                             GVariant   *parameter)
{
  export_to (DUB_SEGMENT_PAGE (widget), g_variant_get_string (parameter, NULL), g_str_equal (action, "segment.export-map-to"));
}
