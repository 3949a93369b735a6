/* The Cases page as files: the inspected case as a figure, its heatmap in the space of its image, the listed cases as a table. */
#include "ui/pages/cases-page-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "core/io/csv.h"
#include "core/io/file.h"
#include "core/io/nifti.h"
#include "core/io/npy.h"
#include "core/io/png.h"
#include "ui/figures/case-figure.h"
#include "ui/figures/ticks.h"
#include "ui/pages/case-inspector-private.h"
#include "ui/pages/save-figure.h"

/* --- the case as a figure --- */

/* Of a volume the slice of the heatmap's peak, of an image all of it. */
static DubTensor *
slice_of (DubTensor         *image,
          DubDatasetKind     kind,
          const DubCaseHeat *heat)
{
  int axis = kind == DUB_DATASET_MEDMNIST ? 1 : 3;
  int64_t at;

  if (image->shape.rank != 4)
    return dub_tensor_ref (image);
  at = image->shape.dim[axis] / 2;
  if (heat != NULL && dub_tensor_n_elements (heat->heat->map) * (size_t) image->shape.dim[0] == dub_tensor_n_elements (image)) {
    size_t n = dub_tensor_n_elements (heat->heat->map), best = 0;
    const int64_t *dim = heat->heat->map->shape.dim;

    for (size_t i = 1; i < n; i++)
      if (fabs (dub_tensor_get_double (heat->heat->map, i)) > fabs (dub_tensor_get_double (heat->heat->map, best)))
        best = i;
    at = axis == 1 ? (int64_t) best / (dim[1] * dim[2]) : (int64_t) best % dim[2];
  }

  return dub_tensor_slice (image, axis, at, 1, 1, NULL);
}

static void
add_image (DubCaseFigure     *figure,
           const DubCaseLook *look,
           const DubCaseHeat *heat,
           DubDataset        *dataset)
{
  figure->kind = dataset->kind;
  figure->image = slice_of (look->image, dataset->kind, heat);
  if (heat == NULL)
    return;
  figure->diverging = _dub_case_heat_is_diverging (heat);
  figure->heat_title = _dub_case_inspector_heat_words (heat);
  if (look->image->shape.rank == 4) {
    const int64_t *dim = heat->heat->map->shape.dim;
    g_autoptr (DubTensor) map = dub_tensor_reshape (heat->heat->map, DUB_SHAPE (1, dim[0], dim[1], dim[2]), NULL);

    figure->heat = map != NULL ? slice_of (map, dataset->kind, heat) : NULL;
  } else {
    figure->heat = dub_tensor_ref (heat->heat->map);
  }
  dub_case_figure_note (figure, "heatmap", heat->heat->what);
}

static void
add_answers (DubCaseFigure *figure,
             DubCasesPage  *self,
             size_t         index)
{
  const DubScores *scores = dub_results_get_scores (self->results);
  const DubOutputs *outputs = dub_results_get_outputs (self->results);
  size_t n_classes = outputs->n_classes;

  figure->predicted = scores->predicted[index];
  figure->n_models = outputs->n_models;
  figure->mean = g_new (double, n_classes);
  figure->models = g_new (double, outputs->n_models * n_classes);
  for (size_t c = 0; c < n_classes; c++) {
    figure->mean[c] = (double) scores->mean[index * n_classes + c];
    for (size_t m = 0; m < outputs->n_models; m++)
      figure->models[m * n_classes + c] = (double) outputs->probabilities[(m * outputs->n_cases + index) * n_classes + c];
  }
  for (size_t i = 0; i < outputs->n_cases; i++)
    figure->n_calibration += outputs->part[i] == DUB_PART_CALIBRATION;
  /* Those that the inspector lists without being asked stand first. */
  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < scores->scores->len; i++) {
      const DubScore *score = g_ptr_array_index (scores->scores, i);

      if (score->values != NULL && _dub_case_inspector_is_first (self->inspector, score) == (pass == 0))
        dub_case_figure_add_score (figure, score->title, score->values[index], dub_results_get_percentile (self->results, score, index));
    }
}

static DubCaseFigure *
figure_of (DubCasesPage *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  DubCaseDetail *detail = dub_case_inspector_get_detail (self->inspector);
  const DubCaseLook *look = dub_case_detail_get_look (detail);
  const DubCaseViews *views = dub_case_detail_get_views (detail);
  DubDataset *dataset = dub_case_pictures_get_dataset (self->pictures);
  int index = dub_case_inspector_get_case (self->inspector);

  if (study == NULL || study->data == NULL || index < 0 || (size_t) index >= study->data->n_cases)
    return NULL;

  DubCaseFigure *figure = dub_case_figure_new ();
  const DubStudyData *data = study->data;

  figure->study = g_strdup (study->title);
  figure->id = g_strdup (data->ids[index]);
  figure->part = g_strdup (dub_part_name (data->split->part[index]));
  figure->family = g_strdup (dub_results_get_family (self->results));
  figure->truth = data->labels[index];
  for (guint c = 0; c < study->classes->len; c++)
    g_ptr_array_add (figure->classes, g_strdup (g_ptr_array_index (study->classes, c)));
  dub_case_figure_note (figure, "study", study->title);
  dub_case_figure_note (figure, "case", data->ids[index]);
  dub_case_figure_note (figure, "data-hash", data->hash);
  dub_case_figure_note (figure, "split-hash", data->split_hash);
  if (figure->family != NULL)
    dub_case_figure_note (figure, "networks", figure->family);
  if (dub_results_get_scores (self->results) != NULL)
    add_answers (figure, self, (size_t) index);
  if (look != NULL && dataset != NULL)
    add_image (figure, look, dub_case_detail_get_heat (detail), dataset);
  for (guint v = 0; views != NULL && v < views->n_views; v++)
    dub_case_figure_add_tile (figure->views, views->view[v].picture, DUB_VIEW_SIDE,
                              _dub_case_inspector_class (self->inspector, views->view[v].answer), views->view[v].probability,
                              views->view[v].words, figure->truth >= 0 && views->view[v].answer != figure->truth);
  for (guint i = 0; look != NULL && i < look->n_neighbours; i++) {
    const DubNeighbour *neighbour = &look->neighbours[i];
    g_autoptr (GBytes) picture = dub_case_pictures_get (self->pictures, neighbour->index);

    dub_case_figure_add_tile (figure->neighbours, picture, DUB_CASE_PICTURE_SIDE,
                              _dub_case_inspector_class (self->inspector, data->labels[neighbour->index]), neighbour->distance,
                              data->ids[neighbour->index], neighbour->duplicate);
  }

  return figure;
}

static gboolean
save_figure (GtkWidget               *page,
             const char              *path,
             const DubExportOptions  *options,
             GError                 **error)
{
  g_autoptr (DubCaseFigure) figure = figure_of (DUB_CASES_PAGE (page));

  return figure != NULL && dub_case_figure_export (figure, path, options, error);
}

/* The case's id without what a file's name cannot have. */
static char *
file_name (DubCasesPage *self,
           const char   *suffix)
{
  DubStudy *study = dub_session_get_study (self->session);
  int index = dub_case_inspector_get_case (self->inspector);
  char *name = g_strdup_printf ("%s%s", study->data->ids[index], suffix);

  return g_strdelimit (name, "/\\ :", '-');
}

static gboolean
has_case (DubCasesPage *self)
{
  if (dub_case_inspector_get_case (self->inspector) >= 0)
    return TRUE;
  dub_session_toast (self->session, _("Choose a case first: its figure is what is exported."));

  return FALSE;
}

void
_dub_cases_page_export_figure (GtkWidget  *widget,
                               const char *action,
                               GVariant   *parameter)
{
  DubCasesPage *self = DUB_CASES_PAGE (widget);

  if (!has_case (self))
    return;

  g_autofree char *name = file_name (self, "");

  dub_save_figure (widget, self->session, DUB_SAVE_FIGURE, name, save_figure);
}

/* --- the listed cases --- */

static void
append_scores (GString         *text,
               const DubScores *scores,
               int              index)
{
  for (guint i = 0; scores != NULL && i < scores->scores->len; i++) {
    const DubScore *score = g_ptr_array_index (scores->scores, i);
    g_autofree char *value = NULL;

    if (score->values == NULL)
      continue;
    g_string_append_c (text, ',');
    if (index < 0) {
      dub_csv_append (text, score->id);
    } else {
      value = dub_number_format_exact (score->values[index]);
      g_string_append (text, value);
    }
  }
}

static void
append_probabilities (GString         *text,
                      const DubStudy  *study,
                      const DubScores *scores,
                      int              index)
{
  for (guint c = 0; scores != NULL && c < study->classes->len; c++) {
    g_autofree char *head = g_strdup_printf ("p %s", (const char *) g_ptr_array_index (study->classes, c));
    g_autofree char *value = index < 0 ? NULL : dub_number_format_exact ((double) scores->mean[(guint) index * study->classes->len + c]);

    g_string_append_c (text, ',');
    dub_csv_append (text, index < 0 ? head : value);
  }
}

/* One line a case, in the order of the list. */
static char *
table_of (DubCasesPage *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  const DubScores *scores = dub_results_get_scores (self->results);
  GString *text = g_string_new ("id,part,label,predicted,correct");

  append_probabilities (text, study, scores, -1);
  append_scores (text, scores, -1);
  g_string_append_c (text, '\n');
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++) {
    g_autoptr (DubCaseItem) item = g_list_model_get_item (G_LIST_MODEL (self->list), i);
    guint index = dub_case_item_get_index (item), failed = dub_results_get_failed (self->results, index);
    int label = study->data->labels[index], predicted = dub_results_get_predicted (self->results, index);

    dub_csv_append (text, study->data->ids[index]);
    g_string_append_printf (text, ",%s,", dub_part_name (study->data->split->part[index]));
    dub_csv_append (text, label >= 0 ? g_ptr_array_index (study->classes, (guint) label) : "");
    g_string_append_c (text, ',');
    dub_csv_append (text, predicted >= 0 ? g_ptr_array_index (study->classes, (guint) predicted) : "");
    g_string_append (text, failed == 2 ? "," : failed == 1 ? ",0" : ",1");
    append_probabilities (text, study, scores, (int) index);
    append_scores (text, scores, (int) index);
    g_string_append_c (text, '\n');
  }

  return g_string_free (text, FALSE);
}

static gboolean
save_table (GtkWidget               *page,
            const char              *path,
            const DubExportOptions  *options,
            GError                 **error)
{
  DubCasesPage *self = DUB_CASES_PAGE (page);

  if (dub_session_get_study (self->session) == NULL)
    return FALSE;

  g_autofree char *text = table_of (self);

  return dub_file_write_atomic (path, text, strlen (text), error);
}

void
_dub_cases_page_export_csv (GtkWidget  *widget,
                            const char *action,
                            GVariant   *parameter)
{
  dub_save_figure (widget, DUB_CASES_PAGE (widget)->session, DUB_SAVE_NUMBERS, "cases", save_table);
}

/* --- the heatmap --- */

/* Pixels of the map over its image, as the inspector shows them. */
static gboolean
save_heat_picture (const DubCaseLook  *look,
                   const DubCaseHeat  *heat,
                   DubDatasetKind      kind,
                   const char         *path,
                   GError            **error)
{
  enum { SIDE = 512 };
  DubCaseImage image;
  int height;

  dub_case_image_init (&image, look->image, kind);
  height = (int) CLAMP (lrint (SIDE / dub_case_image_aspect (&image)), 1, 4 * SIDE);
  image.heat = heat->heat->map;
  dub_heat_overlay_init (&image.overlay, heat->heat->map, _dub_case_heat_is_diverging (heat));

  g_autoptr (DubTensor) pixels = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (height, SIDE, 3), error);
  g_autofree guint8 *argb = g_malloc (4 * (gsize) SIDE * (gsize) height);

  if (pixels == NULL)
    return FALSE;
  dub_case_image_compose (&image, SIDE, height, 4 * SIDE, argb);
  for (gsize i = 0; i < (gsize) SIDE * (gsize) height; i++)
    for (gsize c = 0; c < 3; c++)
      ((guint8 *) pixels->data)[3 * i + c] = argb[4 * i + 2 - c];

  const char *const text[] = { "heatmap", heat->heat->what, NULL };

  return dub_png_save (pixels, path, 0.0, text, error);
}

static gboolean
save_heat_nifti (const DubCaseLook  *look,
                 const DubCaseHeat  *heat,
                 const char         *path,
                 GError            **error)
{
  g_autoptr (DubVolume) volume = NULL;

  if (look->volume != NULL) {
    volume = dub_volume_new (heat->heat->map, look->volume->affine, error);
  } else {
    /* A picture is one slice: (i, j, k) = (column, row, 0). */
    const int64_t *dim = heat->heat->map->shape.dim;
    const int axes[] = { 1, 0 };
    g_autoptr (DubTensor) turned = dub_tensor_permute (heat->heat->map, axes, error);
    g_autoptr (DubTensor) own = turned != NULL ? dub_tensor_copy (turned, error) : NULL;
    g_autoptr (DubTensor) slice = own != NULL ? dub_tensor_reshape (own, DUB_SHAPE (dim[1], dim[0], 1), error) : NULL;

    volume = slice != NULL ? dub_volume_new (slice, NULL, error) : NULL;
  }

  return volume != NULL && dub_nifti_save_with_note (volume, path, DUB_DTYPE_F32, "Dubito heatmap", heat->heat->what, error);
}

static gboolean
save_heat (GtkWidget               *page,
           const char              *path,
           const DubExportOptions  *options,
           GError                 **error)
{
  DubCasesPage *self = DUB_CASES_PAGE (page);
  DubCaseDetail *detail = dub_case_inspector_get_detail (self->inspector);
  const DubCaseLook *look = dub_case_detail_get_look (detail);
  const DubCaseHeat *heat = dub_case_detail_get_heat (detail);
  DubDataset *dataset = dub_case_pictures_get_dataset (self->pictures);

  if (look == NULL || heat == NULL || dataset == NULL)
    return FALSE;
  if (g_str_has_suffix (path, ".npy"))
    return dub_npy_save (heat->heat->map, path, error);
  if (g_str_has_suffix (path, ".nii") || g_str_has_suffix (path, ".nii.gz"))
    return save_heat_nifti (look, heat, path, error);
  if (g_str_has_suffix (path, ".png") && look->volume == NULL)
    return save_heat_picture (look, heat, dataset->kind, path, error);
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
               look->volume == NULL ? _("A heatmap is saved as .nii.gz, .nii, .npy or .png; “%s” ends in none of them.")
                                    : _("A heatmap of a volume is saved as .nii.gz, .nii or .npy; “%s” ends in none of them."), path);

  return FALSE;
}

static void
heat_place_cb (GtkWidget  *page,
               const char *path,
               gpointer    data)
{
  DubCasesPage *self = DUB_CASES_PAGE (page);
  g_autoptr (GError) error = NULL;
  DubExportOptions options;

  if (path == NULL)
    return;
  dub_save_options (self->session, &options);
  if (save_heat (page, path, &options, &error) || error != NULL)
    dub_save_tell (self->session, path, error);
}

void
_dub_cases_page_export_heatmap (GtkWidget  *widget,
                                const char *action,
                                GVariant   *parameter)
{
  DubCasesPage *self = DUB_CASES_PAGE (widget);
  const DubCaseHeat *heat = dub_case_detail_get_heat (dub_case_inspector_get_detail (self->inspector));
  const char *const filters[] = { _("NIfTI, compressed (.nii.gz)"), "*.nii.gz", _("NIfTI (.nii)"), "*.nii", _("NumPy (.npy)"), "*.npy",
                                  _("Image (.png)"), "*.png", NULL };

  if (heat == NULL) {
    dub_session_toast (self->session, _("There is no heatmap yet: choose a case, and show its heatmap (H)."));
    return;
  }

  g_autofree char *name = file_name (self, "_heatmap.nii.gz");
  const DubPathQuestion question = { _("Export Heatmap"), _("_Export"), GTK_FILE_CHOOSER_ACTION_SAVE, name, filters };

  dub_choose_path (widget, &question, heat_place_cb, NULL, NULL);
}
