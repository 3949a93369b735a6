/* Diagrams, their numbers and the table of measures as files and on the clipboard. Words on paper are English, as journals want
 * them. */
#include "ui/pages/calibration-page-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "core/io/csv.h"
#include "core/io/file.h"
#include "core/stats/bootstrap.h"
#include "ui/figures/ticks.h"
#include "ui/pages/save-figure.h"

/* --- the figure --- */

/* The subject's family, and in an overlay those beside it. (transfer full) */
static char *
families_shown (DubCalibrationPage *self)
{
  GString *names = g_string_new (dub_calibration_bench_get_subject (self->bench)->family);
  GPtrArray *shown = dub_calibration_bench_get_shown (self->bench);

  for (guint i = 0; i < shown->len && dub_calibration_bench_get_view (self->bench) == DUB_CALIBRATION_OVERLAY; i++) {
    const DubCalibrationItem *item = shown->pdata[i];

    if (item != dub_calibration_bench_get_side (self->bench, 0) && item != dub_calibration_bench_get_side (self->bench, 1))
      g_string_append_printf (names, ", %s", item->name);
  }

  return g_string_free (names, FALSE);
}

/* As “dubito-cli figure reliability” says it, so that both make the same file. */
static void
note_sources (DubCalibrationPage   *self,
              DubReliabilityFigure *figure)
{
  DubStudy *study = dub_session_get_study (self->session);
  const DubCalibrationSetting *setting = dub_calibration_bench_get_setting (self->bench);
  const DubCalibrationSubject *subject = dub_calibration_bench_get_subject (self->bench);
  DubRecalibration *map = dub_calibration_bench_get_fit (self->bench, NULL);
  gboolean each = dub_calibration_bench_get_view (self->bench) == DUB_CALIBRATION_MODELS;
  g_autofree char *families = families_shown (self);

  dub_reliability_figure_set_source (figure, &(DubReliabilitySource) {
    .title = study->title, .family = families, .network = each ? NULL : subject->model, .each = each, .part = "test",
    .class_name = setting->class_index < 0 ? NULL : study->classes->pdata[setting->class_index],
    .n_cases = subject->test->predictions->n_cases, .n_bins = (size_t) setting->n_bins, .binning = setting->binning,
    .fits = &map, .n_fits = map != NULL && !each ? 1 : 0, .data_hash = study->data->hash, .split_hash = study->data->split_hash,
    .n_resamples = DUB_BOOTSTRAP_RESAMPLES,
  });
}

gboolean
_dub_calibration_page_save (GtkWidget               *page,
                            const char              *path,
                            const DubExportOptions  *options,
                            GError                 **error)
{
  DubCalibrationPage *self = DUB_CALIBRATION_PAGE (page);
  DubStudy *study = dub_session_get_study (self->session);
  g_autoptr (DubReliabilityFigure) figure =
    study != NULL && study->data != NULL ? _dub_calibration_page_make_figure (self, NULL) : NULL;

  if (figure == NULL)
    return FALSE;
  note_sources (self, figure);

  return dub_reliability_figure_export (figure, path, options, error);
}

/* --- the table --- */

static void
append_side (GString              *text,
             const DubCalibration *measured,
             guint                 measure)
{
  const DubEstimate nothing = dub_estimate_undefined (NULL);
  const DubEstimate *estimate = measured != NULL ? &measured->estimate[measure] : &nothing;

  dub_number_append_cell (text, estimate->value);
  dub_number_append_cell (text, estimate->low);
  dub_number_append_cell (text, estimate->high);
  g_string_append_c (text, ',');
  dub_csv_append (text, estimate->method != NULL ? estimate->method : "");
}

static const DubCalibration *
measured_of (DubCalibrationPage *self,
             int                 side)
{
  const DubCalibrationItem *item = dub_calibration_bench_get_side (self->bench, side);

  return item != NULL && item->has_measures && dub_calibration_item_get_age (item) == DUB_CALIBRATION_FRESH ? &item->measured : NULL;
}

static gboolean
has_table (DubCalibrationPage *self)
{
  return measured_of (self, 0) != NULL && (dub_calibration_bench_get_side (self->bench, 1) == NULL || measured_of (self, 1) != NULL);
}

static char *
table_csv (DubCalibrationPage *self)
{
  GString *text = g_string_new ("measure,title,before,before_low,before_high,before_method,after,after_low,after_high,after_method\n");

  for (guint m = 0; m < DUB_N_CALIBRATION_MEASURES; m++) {
    dub_csv_append (text, dub_calibration_measure_id ((DubCalibrationMeasure) m));
    g_string_append_c (text, ',');
    dub_csv_append (text, dub_calibration_measure_title ((DubCalibrationMeasure) m));
    append_side (text, measured_of (self, 0), m);
    append_side (text, measured_of (self, 1), m);
    g_string_append_c (text, '\n');
  }

  return g_string_free (text, FALSE);
}

/* As it stands in the window, with @between between its cells. */
static char *
table_text (DubCalibrationPage *self,
            const char         *before,
            const char         *between,
            const char         *after)
{
  GString *text = g_string_new (NULL);

  for (guint m = 0; m < DUB_N_CALIBRATION_MEASURES; m++) {
    g_autoptr (DubCalibrationRow) row = g_list_model_get_item (G_LIST_MODEL (self->measures), m);

    g_string_append (text, before);
    for (guint cell = 0; cell < DUB_N_CALIBRATION_CELLS; cell++) {
      g_autofree char *words = dub_calibration_row_get_text (row, (DubCalibrationCell) cell);

      g_string_append_printf (text, "%s%s", cell > 0 ? between : "", words);
    }
    g_string_append_printf (text, "%s\n", after);
  }

  return g_string_free (text, FALSE);
}

static char *
table_markdown (DubCalibrationPage *self)
{
  g_autofree char *rows = table_text (self, "| ", " | ", " |");

  return g_strdup_printf ("| %s | | %s | %s | %s | %s |\n|---|---|---:|---:|---:|---:|\n%s", _("Measure"), _("before"), _("95 % CI"), _("after"),
                          _("95 % CI"), rows);
}

static gboolean
save_table (GtkWidget               *page,
            const char              *path,
            const DubExportOptions  *options,
            GError                 **error)
{
  DubCalibrationPage *self = DUB_CALIBRATION_PAGE (page);
  g_autofree char *text = NULL;

  if (!has_table (self))
    return FALSE;
  text = g_str_has_suffix (path, ".md") ? table_markdown (self) : table_csv (self);

  return dub_file_write_atomic (path, text, strlen (text), error);
}

/* --- actions --- */

void
_dub_calibration_page_export (GtkWidget  *widget,
                              const char *action,
                              GVariant   *parameter)
{
  DubCalibrationPage *self = DUB_CALIBRATION_PAGE (widget);

  if (self->figure == NULL)
    dub_session_toast (self->session, _("There are no numbers to export yet: run the networks first."));
  else if (dub_calibration_bench_is_measuring (self->bench) || (g_str_equal (action, "calibration.export-table") && !has_table (self)))
    dub_session_toast (self->session, _("Bands and intervals are being measured: export them when they are there."));
  else if (g_str_equal (action, "calibration.export-table"))
    dub_save_figure (widget, self->session, DUB_SAVE_TABLE, "calibration", save_table);
  else
    dub_save_figure (widget, self->session, g_str_equal (action, "calibration.export-csv") ? DUB_SAVE_NUMBERS : DUB_SAVE_FIGURE,
                     "reliability", _dub_calibration_page_save);
}

void
_dub_calibration_page_copy (GtkWidget  *widget,
                            const char *action,
                            GVariant   *parameter)
{
  DubCalibrationPage *self = DUB_CALIBRATION_PAGE (widget);
  g_autofree char *text = table_text (self, "", "\t", "");

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  dub_session_toast (self->session, _("The table is on the clipboard."));
}
