#include "core/study/scores-table.h"

#include "core/io/csv.h"

#include <math.h>
#include <string.h>

/* Names as source 000 has them. */
static const struct {
  const char *id;
  const char *title;
} PUBLISHED[] = {
  { "msr", "MSR / DHL" }, { "temperature", "Temp scaling" }, { "ensemble-sd", "Ensembling" }, { "tta", "TTA" }, { "gps", "GPS" },
  { "knn-all", "KNN-all" }, { "knn-shap", "KNN-shap" }, { "mean", "Mean" }, { "max", "Max" }, { "min", "Min" },
  { "perceptron", "Perceptron" },
};

/* A method of the table. */
typedef struct {
  const char       *title;
  const char       *id;
  const DubScore   *score;     /* (nullable): not one of ours */
  const DubFailure *failure;   /* (nullable) */
  gboolean          published;
} Row;

static gssize
find_score (const DubScores *scores,
            const char      *id)
{
  for (guint k = 0; k < scores->scores->len; k++)
    if (strcmp (((const DubScore *) g_ptr_array_index (scores->scores, k))->id, id) == 0)
      return k;

  return -1;
}

/* (element-type Row) */
static GArray *
list_rows (const DubScores         *scores,
           const DubFailure *const *failures)
{
  GArray *rows = g_array_new (FALSE, TRUE, sizeof (Row));

  for (size_t i = 0; i < G_N_ELEMENTS (PUBLISHED); i++) {
    gssize k = find_score (scores, PUBLISHED[i].id);
    Row row = { .title = PUBLISHED[i].title, .id = PUBLISHED[i].id, .published = TRUE };

    if (k >= 0) {
      row.score = g_ptr_array_index (scores->scores, k);
      row.failure = failures[k];
    }
    g_array_append_val (rows, row);
  }
  for (guint k = 0; k < scores->scores->len; k++) {
    const DubScore *score = g_ptr_array_index (scores->scores, k);
    Row row = { .title = score->title, .id = score->id, .score = score, .failure = failures[k] };
    gboolean known = FALSE;

    for (size_t i = 0; i < G_N_ELEMENTS (PUBLISHED); i++)
      known |= strcmp (PUBLISHED[i].id, score->id) == 0;
    if (!known)
      g_array_append_val (rows, row);
  }

  return rows;
}

static const DubOperatingPoint *
point_of (const DubFailure             *failure,
          int                           kind,
          const DubScoresTableOptions  *options)
{
  return options->own_points ? &failure->own_point[kind] : &failure->point[kind];
}

static const char *
thresholds_on (const DubFailure            *failure,
               const DubScoresTableOptions *options)
{
  return options->own_points || !failure->has_fitting ? dub_part_name (options->part) : "calibration";
}

static const char *
missing_of (const Row *row)
{
  return row->score != NULL && row->score->missing != NULL ? row->score->missing : "";
}

/* --- for programs --- */

static void
append_number (GString *text,
               double   value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (text, ',');
  if (isnan (value))
    return;
  if (isinf (value))
    g_string_append (text, value < 0.0 ? "-inf" : "inf");
  else
    g_string_append (text, g_ascii_dtostr (digits, sizeof digits, value));
}

static void
append_text (GString    *text,
             const char *field)
{
  g_string_append_c (text, ',');
  dub_csv_append (text, field != NULL ? field : "");
}

static void
append_limits (GString           *text,
               const DubEstimate *estimate)
{
  append_number (text, estimate->value);
  append_number (text, estimate->low);
  append_number (text, estimate->high);
}

static void
append_rate (GString           *text,
             const DubEstimate *estimate,
             DubRate            rate)
{
  append_limits (text, estimate);
  g_string_append_printf (text, ",%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT, rate.n, rate.d);
}

static void
append_head (GString *text)
{
  static const char *const kinds[] = { "bacc", "spec" };
  static const char *const areas[] = { "aurc", "eaurc", "augrc", "fpr95", "zero_failure" };

  g_string_append (text, "method,id,published,n,n_failures");
  for (size_t k = 0; k < G_N_ELEMENTS (kinds); k++)
    g_string_append_printf (text,
                            ",%1$s_auc,%1$s_auc_low,%1$s_auc_high,%1$s_bacc,%1$s_bacc_low,%1$s_bacc_high,%1$s_spec,%1$s_spec_low,"
                            "%1$s_spec_high,%1$s_spec_n,%1$s_spec_d,%1$s_sens,%1$s_sens_low,%1$s_sens_high,%1$s_sens_n,"
                            "%1$s_sens_d,%1$s_threshold", kinds[k]);
  for (size_t k = 0; k < G_N_ELEMENTS (areas); k++)
    g_string_append_printf (text, ",%1$s,%1$s_low,%1$s_high", areas[k]);
  g_string_append (text, ",needs,fitted_on,fitted,measured_on,thresholds_on,missing\n");
}

static void
append_row (GString                      *text,
            const Row                    *row,
            const DubScoresTableOptions  *options)
{
  static const DubEstimate none = { .value = NAN, .low = NAN, .high = NAN };
  const DubFailure *failure = row->failure;
  const DubEstimate *areas[] = { &none, &none, &none, &none, &none };

  dub_csv_append (text, row->title);
  append_text (text, row->id);
  g_string_append_printf (text, ",%d", row->published ? 1 : 0);
  if (failure != NULL) {
    g_string_append_printf (text, ",%zu,%zu", failure->n_cases, failure->n_failures);
    areas[0] = &failure->aurc;
    areas[1] = &failure->eaurc;
    areas[2] = &failure->augrc;
    areas[3] = &failure->fpr95;
    areas[4] = &failure->zero_failure;
  } else {
    g_string_append (text, ",,");
  }
  for (int kind = 0; kind < 2; kind++) {
    const DubOperatingPoint *point = failure != NULL ? point_of (failure, kind, options) : NULL;

    if (point == NULL) {
      g_string_append (text, ",,,,,,,,,,,,,,,,,");
      continue;
    }
    append_limits (text, &failure->auroc);
    append_limits (text, &point->balanced);
    append_rate (text, &point->specificity, point->failures_rejected);
    append_rate (text, &point->sensitivity, point->correct_accepted);
    append_number (text, point->threshold);
  }
  for (size_t k = 0; k < G_N_ELEMENTS (areas); k++)
    append_limits (text, areas[k]);
  append_text (text, row->score != NULL ? row->score->needs_text : NULL);
  append_text (text, row->score != NULL ? row->score->fitted_on : NULL);
  append_text (text, row->score != NULL ? row->score->fitted : NULL);
  append_text (text, failure != NULL ? dub_part_name (options->part) : NULL);
  append_text (text, failure != NULL ? thresholds_on (failure, options) : NULL);
  append_text (text, missing_of (row));
  g_string_append_c (text, '\n');
}

char *
dub_scores_table_csv (const DubScores             *scores,
                      const DubFailure *const     *failures,
                      const DubScoresTableOptions *options)
{
  g_autoptr (GArray) rows = list_rows (scores, failures);
  GString *text = g_string_new (NULL);

  append_head (text);
  for (guint i = 0; i < rows->len; i++)
    append_row (text, &g_array_index (rows, Row, i), options);

  return g_string_free (text, FALSE);
}

/* --- for a reader --- */

/* ".73 (.58–.84)", and with a rate " 8/14". */
static void
append_cell (GString           *text,
             const DubEstimate *estimate,
             DubRate            rate)
{
  g_string_append (text, " | ");
  if (isnan (estimate->value)) {
    g_string_append (text, "–");
    return;
  }
  g_string_append_printf (text, "%.2f", estimate->value);
  if (!isnan (estimate->low))
    g_string_append_printf (text, " (%.2f–%.2f)", estimate->low, estimate->high);
  if (rate.d > 0)
    g_string_append_printf (text, " %" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT, rate.n, rate.d);
}

/* A bar would end the cell. */
static void
append_words (GString    *text,
              const char *words)
{
  for (const char *at = words; *at != '\0'; at++) {
    if (*at == '|')
      g_string_append_c (text, '\\');
    g_string_append_c (text, *at == '\n' ? ' ' : *at);
  }
}

static void
append_method (GString                      *text,
               const Row                    *row,
               int                           kind,
               const DubScoresTableOptions  *options)
{
  const DubFailure *failure = row->failure;

  g_string_append (text, row->published ? "| **" : "| ");
  append_words (text, row->title);
  g_string_append (text, row->published ? "**" : "");
  if (failure == NULL) {
    g_string_append (text, " | – | – | – | – | ");
    append_words (text, missing_of (row));
    g_string_append (text, " |\n");
    return;
  }

  const DubOperatingPoint *point = point_of (failure, kind, options);

  append_cell (text, &failure->auroc, (DubRate) { 0, 0 });
  append_cell (text, &point->balanced, (DubRate) { 0, 0 });
  append_cell (text, &point->specificity, point->failures_rejected);
  append_cell (text, &point->sensitivity, point->correct_accepted);
  g_string_append (text, " | ");
  append_words (text, row->score->fitted_on != NULL ? row->score->fitted_on : "nothing");
  g_string_append (text, " |\n");
}

static void
append_preface (GString                      *text,
                const DubScores              *scores,
                const DubFailure             *any,
                const DubScoresTableOptions  *options)
{
  const char *part = dub_part_name (options->part);

  g_string_append_printf (text, "%s, networks %s (mean of %u): %zu %s cases, %zu of them answered wrongly.\n", options->title,
                          scores->family, g_strv_length (scores->models), any->n_cases, part, any->n_failures);
  g_string_append (text, "Positive is a correct answer: Sens = correct answers accepted / all correct, Spec = failures rejected / all "
                         "failures. Intervals 95 %.\n\n");
  if (options->own_points || !any->has_fitting)
    g_string_append_printf (text, "**Warning: the thresholds were chosen on the %s cases that they are measured on, which is too good; "
                                  "a threshold for new cases is chosen on others.**\n", part);
  else
    g_string_append_printf (text, "Thresholds chosen on %zu calibration cases (%zu failures), measured on %s.\n", any->n_fitting,
                            any->n_fitting_failures, part);
}

char *
dub_scores_table_markdown (const DubScores             *scores,
                           const DubFailure *const     *failures,
                           const DubScoresTableOptions *options)
{
  static const char *const heads[] = { "Maximum balanced accuracy", "Specificity 1" };
  g_autoptr (GArray) rows = list_rows (scores, failures);
  GString *text = g_string_new (NULL);
  const DubFailure *any = NULL;

  for (guint k = 0; k < scores->scores->len && any == NULL; k++)
    any = failures[k];
  if (any != NULL)
    append_preface (text, scores, any, options);
  for (int kind = 0; kind < 2; kind++) {
    g_string_append_printf (text, "\n%s\n\n| method | AUC | bAcc | Spec | Sens | fitted on |\n|---|---|---|---|---|---|\n", heads[kind]);
    for (guint i = 0; i < rows->len; i++)
      append_method (text, &g_array_index (rows, Row, i), kind, options);
  }

  return g_string_free (text, FALSE);
}

/* --- cases --- */

static gboolean
have_patients (const DubStudyData *data)
{
  for (size_t i = 0; i < data->n_cases; i++)
    if (data->patient[i] != NULL)
      return TRUE;

  return FALSE;
}

char *
dub_scores_cases_csv (const DubScores *scores,
                      const DubStudy  *study,
                      guint            parts)
{
  const DubStudyData *data = study->data;
  gboolean patients = have_patients (data);
  GString *text = g_string_new (patients ? "id,patient,split,label,prediction,correct" : "id,split,label,prediction,correct");

  for (guint k = 0; k < scores->scores->len; k++)
    if (((const DubScore *) g_ptr_array_index (scores->scores, k))->values != NULL)
      append_text (text, ((const DubScore *) g_ptr_array_index (scores->scores, k))->id);
  g_string_append_c (text, '\n');
  for (size_t i = 0; i < scores->n_cases; i++) {
    if ((parts & 1u << data->split->part[i]) == 0)
      continue;
    dub_csv_append (text, data->ids[i]);
    if (patients)
      append_text (text, data->patient[i]);
    append_text (text, dub_part_name ((DubPart) data->split->part[i]));
    append_text (text, data->labels[i] >= 0 ? g_ptr_array_index (study->classes, (guint) data->labels[i]) : NULL);
    append_text (text, g_ptr_array_index (study->classes, (guint) scores->predicted[i]));
    append_text (text, scores->failed[i] == 2 ? NULL : scores->failed[i] == 0 ? "1" : "0");
    for (guint k = 0; k < scores->scores->len; k++) {
      const DubScore *score = g_ptr_array_index (scores->scores, k);

      if (score->values != NULL)
        append_number (text, score->values[i]);
    }
    g_string_append_c (text, '\n');
  }

  return g_string_free (text, FALSE);
}
