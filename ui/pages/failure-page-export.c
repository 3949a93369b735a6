/* Plots, their numbers and the method table as files. Words on paper are English, as journals want them. */
#include "ui/pages/failure-page-private.h"

#include <glib/gi18n.h>

#include "core/io/file.h"
#include "core/stats/bootstrap.h"
#include "core/study/scores-table.h"
#include "dub-config.h"
#include "ui/pages/save-figure.h"

/* Where the threshold was chosen. */
static const char *
kind_words (DubFailurePage *self)
{
  DubFailureRow *chosen = dub_failure_bench_get_chosen (self->bench);
  const DubFailure *failure = chosen != NULL ? dub_failure_row_get_failure (chosen) : NULL;
  gboolean has_fitting = failure != NULL && failure->has_fitting;

  if (dub_failure_bench_get_kind (self->bench) == DUB_POINT_CHOSEN)
    return "test by hand (too good)";

  return dub_failure_bench_get_own (self->bench) || !has_fitting ? "test (too good)" : "calibration";
}

static void
note_sources (DubFailurePage   *self,
              DubFailureFigure *figure)
{
  DubStudy *study = dub_session_get_study (self->session);
  g_autofree char *cases = g_strdup_printf ("%" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT " failed", figure->n_cases, figure->n_failures);
  g_autofree char *resamples = g_strdup_printf ("%d", DUB_BOOTSTRAP_RESAMPLES);

  dub_failure_figure_note (figure, "data-hash", study->data->hash);
  dub_failure_figure_note (figure, "family", dub_results_get_family (self->results));
  dub_failure_figure_note (figure, "measured-on", "test");
  dub_failure_figure_note (figure, "cases", cases);
  dub_failure_figure_note (figure, "positive", "answered correctly");
  dub_failure_figure_note (figure, "resamples", resamples);
  dub_failure_figure_note (figure, "score", figure->id);
  dub_failure_figure_note (figure, "seed", "0");
  dub_failure_figure_note (figure, "split-hash", study->data->split_hash);
  dub_failure_figure_note (figure, "study", study->title);
  dub_failure_figure_note (figure, "threshold-fitted-on", kind_words (self));
  dub_failure_figure_note (figure, "version", DUB_VERSION);
}

static gboolean
save_figure (GtkWidget               *page,
             const char              *path,
             const DubExportOptions  *options,
             GError                 **error)
{
  DubFailurePage *self = DUB_FAILURE_PAGE (page);
  DubStudy *study = dub_session_get_study (self->session);
  g_autoptr (DubFailureFigure) figure = study != NULL && study->data != NULL ? _dub_failure_page_make_figure (self, NULL) : NULL;
  DubOperatingPoint point;

  if (figure == NULL)
    return FALSE;
  if (dub_failure_bench_get_point (self->bench, dub_failure_bench_get_chosen (self->bench), &point))
    dub_failure_figure_set_point (figure, &point);
  figure->fitted_on = g_strdup (kind_words (self));
  note_sources (self, figure);

  return dub_failure_figure_export (figure, path, options, error);
}

static gboolean
save_table (GtkWidget               *page,
            const char              *path,
            const DubExportOptions  *options,
            GError                 **error)
{
  DubFailurePage *self = DUB_FAILURE_PAGE (page);
  const DubScores *scores = dub_results_get_scores (self->results);
  DubStudy *study = dub_session_get_study (self->session);

  if (scores == NULL || study == NULL)
    return FALSE;

  g_autofree const DubFailure **failures = g_new0 (const DubFailure *, scores->scores->len + 1);
  const DubScoresTableOptions table = { study->title, DUB_PART_TEST, dub_failure_bench_get_own (self->bench) };
  g_autofree char *text = NULL;

  for (guint k = 0; k < scores->scores->len; k++)
    for (guint i = 0; i < dub_failure_bench_get_n_rows (self->bench); i++) {
      DubFailureRow *row = dub_failure_bench_get_row (self->bench, i);

      if (g_strcmp0 (dub_failure_row_get_id (row), ((const DubScore *) g_ptr_array_index (scores->scores, k))->id) == 0)
        failures[k] = dub_failure_row_get_failure (row);
    }
  text = g_str_has_suffix (path, ".md") ? dub_scores_table_markdown (scores, failures, &table) : dub_scores_table_csv (scores, failures, &table);

  return dub_file_write_atomic (path, text, strlen (text), error);
}

void
_dub_failure_page_export (GtkWidget  *widget,
                          const char *action,
                          GVariant   *parameter)
{
  DubFailurePage *self = DUB_FAILURE_PAGE (widget);
  guint n_done, n_all;

  dub_failure_bench_count (self->bench, &n_done, &n_all);
  if (self->figure == NULL)
    dub_session_toast (self->session, _("There are no numbers to export yet: run the networks first."));
  else if (g_str_equal (action, "failure.export-table") && n_done < n_all)
    dub_session_toast (self->session, _("The table is being measured: export it when every line has its numbers."));
  else if (g_str_equal (action, "failure.export-table"))
    dub_save_figure (widget, self->session, DUB_SAVE_TABLE, "failure-detection", save_table);
  else
    dub_save_figure (widget, self->session, g_str_equal (action, "failure.export-csv") ? DUB_SAVE_NUMBERS : DUB_SAVE_FIGURE,
                     "failure-detection", save_figure);
}
