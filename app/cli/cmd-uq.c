/* dubito-cli uq: every score of uncertainty of a family of networks, and how well each finds its failures. */
#include "app/cli/cmd-uq.h"

#include "app/cli/cli-failure.h"
#include "app/cli/cli-output.h"
#include "app/cli/cli-run.h"
#include "app/cli/cli-scores.h"
#include "core/io/file.h"
#include "core/study/scores-table.h"

#include <stdio.h>
#include <string.h>

static const char DESCRIPTION[] = N_(
  "Scores every case of the study, keeps the scores in STUDY/results, and measures how well each finds the wrong answers of the\n"
  "networks' mean. A score is fitted on training and calibration cases alone, and never sees the truth of what it scores.\n"
  "Positive is a correct answer: sensitivity is correct answers accepted of all correct ones, specificity failures rejected of\n"
  "all failures. Thresholds are chosen on the calibration part and measured on the test part.\n"
  "--table writes the table of post-hoc uncertainty methods, at maximum balanced accuracy and at specificity 1; it runs what it\n"
  "needs (--views). --threshold-on test chooses thresholds where they are measured, as it was published: too good, and said so.");

typedef struct {
  CliScoresOptions  scores;
  CliFailureOptions failure;
  char             *split;
  char             *threshold_on;
  char             *output;
  char             *cases;
  gboolean          table;
  gboolean          json;
  guint             parts;      /* bits 1 << DubPart */
  gboolean          own_points;
} Options;

static void
options_clear (Options *self)
{
  cli_scores_options_clear (&self->scores);
  g_free (self->split);
  g_free (self->threshold_on);
  g_free (self->output);
  g_free (self->cases);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static const DubPart PARTS[] = { DUB_PART_TRAIN, DUB_PART_CALIBRATION, DUB_PART_TEST };

/* What was measured: scores × parts. */
typedef struct {
  const Options   *options;
  DubStudy        *study;
  const DubScores *scores;
  DubFailure     **failures; /* [n_scores · 3] NULL where there was nothing to measure */
  char           **zero;     /* [n_scores · 3] (nullable) id of the surest failure */
  size_t           n_scores;
  GPtrArray       *warnings;
} Measured;

static void
measured_clear (Measured *self)
{
  for (size_t i = 0; i < self->n_scores * G_N_ELEMENTS (PARTS); i++) {
    dub_failure_free (self->failures[i]);
    g_free (self->zero[i]);
  }
  g_free (self->failures);
  g_free (self->zero);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Measured, measured_clear)

/* Source 000's way: the points of the measured cases themselves. */
static void
take_own_points (DubFailure *failure)
{
  memcpy (failure->point, failure->own_point, sizeof failure->point);
  failure->has_fitting = FALSE;
}

static gboolean
measure_one (Measured  *self,
             size_t     k,
             size_t     p,
             DubRun    *run,
             GError   **error)
{
  const DubScore *score = g_ptr_array_index (self->scores->scores, k);
  size_t at = k * G_N_ELEMENTS (PARTS) + p;
  g_autofree size_t *cases = NULL;
  g_autoptr (GError) inner = NULL;

  self->failures[at] =
    dub_scores_failure (self->scores, self->study, score, PARTS[p], (guint) self->options->failure.resamples,
                        self->options->scores.seed != NULL ? g_ascii_strtoull (self->options->scores.seed, NULL, 10) : 0, &cases,
                        run, &inner);
  if (self->failures[at] == NULL) {
    /* A part without cases that have this score. */
    if (g_error_matches (inner, DUB_ERROR, DUB_ERROR_SHAPE))
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&inner));
    return FALSE;
  }
  if (self->failures[at]->zero_failure_case >= 0)
    self->zero[at] = g_strdup (self->study->data->ids[cases[self->failures[at]->zero_failure_case]]);
  if (self->options->own_points)
    take_own_points (self->failures[at]);

  return TRUE;
}

static gboolean
measure (Measured  *self,
         DubRun    *run,
         GError   **error)
{
  self->n_scores = self->scores->scores->len;
  self->failures = g_new0 (DubFailure *, self->n_scores * G_N_ELEMENTS (PARTS));
  self->zero = g_new0 (char *, self->n_scores * G_N_ELEMENTS (PARTS));
  dub_run_log (run, _("Measuring"));
  for (size_t k = 0; k < self->n_scores; k++) {
    dub_run_set_progress (run, (double) k / (double) self->n_scores);
    for (size_t p = 0; p < G_N_ELEMENTS (PARTS); p++)
      if ((self->options->parts & 1u << PARTS[p]) != 0 &&
          ((const DubScore *) g_ptr_array_index (self->scores->scores, k))->values != NULL &&
          !measure_one (self, k, p, run, error))
        return FALSE;
  }

  return TRUE;
}

/* The first that was measured on a part. */
static const DubFailure *
any_of (const Measured *self,
        size_t          p)
{
  for (size_t k = 0; k < self->n_scores; k++)
    if (self->failures[k * G_N_ELEMENTS (PARTS) + p] != NULL)
      return self->failures[k * G_N_ELEMENTS (PARTS) + p];

  return NULL;
}

static void
list_warnings (Measured *self)
{
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->scores->warnings->len; i++)
    g_ptr_array_add (self->warnings, g_strdup (g_ptr_array_index (self->scores->warnings, i)));
  for (size_t p = 0; p < G_N_ELEMENTS (PARTS); p++) {
    const DubFailure *any = any_of (self, p);
    const char *part = dub_part_name (PARTS[p]);

    if (any == NULL)
      continue;
    if (any->n_failures == 0)
      g_ptr_array_add (self->warnings, g_strdup_printf (_("%s: there are no failures: the area under the ROC curve and the "
                                                          "specificity are undefined."), part));
    else if (any->n_failures < 20)
      g_ptr_array_add (self->warnings, g_strdup_printf (g_dngettext (NULL, "%s: only %zu failure: look at the intervals before the values.",
                                                                   "%s: only %zu failures: look at the intervals before the values.",
                                                                   any->n_failures), part, any->n_failures));
    if (self->options->own_points)
      g_ptr_array_add (self->warnings, g_strdup_printf (_("%s: thresholds are chosen on the cases that they are measured on, which is "
                                                          "too good."), part));
    else if (!any->has_fitting)
      g_ptr_array_add (self->warnings, g_strdup_printf (_("%s: there are no calibration cases: thresholds are chosen on the cases that "
                                                          "they are measured on, which is too good."), part));
    else if (PARTS[p] == DUB_PART_CALIBRATION)
      g_ptr_array_add (self->warnings, g_strdup_printf (_("%s: thresholds and fits are of these very cases, which is too good."), part));
    else if (PARTS[p] == DUB_PART_TRAIN)
      g_ptr_array_add (self->warnings, g_strdup_printf (_("%s: the networks learned from these cases, which is too good."), part));
  }
}

/* --- telling --- */

static void
build_score (JsonBuilder    *b,
             const Measured *self,
             size_t          k)
{
  const DubScore *score = g_ptr_array_index (self->scores->scores, k);

  json_builder_set_member_name (b, score->id);
  json_builder_begin_object (b);
  cli_scores_build (b, score);
  if (score->fusion != NULL && score->fusion->weight != NULL) {
    cli_json_doubles (b, "weights", score->fusion->weight, score->fusion->n_scores);
    cli_json_double (b, "bias", score->fusion->bias);
  }
  json_builder_set_member_name (b, "splits");
  json_builder_begin_object (b);
  for (size_t p = 0; p < G_N_ELEMENTS (PARTS); p++) {
    size_t at = k * G_N_ELEMENTS (PARTS) + p;

    if (self->failures[at] == NULL)
      continue;
    json_builder_set_member_name (b, dub_part_name (PARTS[p]));
    json_builder_begin_object (b);
    cli_failure_build (b, self->failures[at], self->zero[at]);
    cli_json_string (b, "needs", score->needs_text);
    cli_json_string (b, "fitted_on", score->fitted_on);
    cli_json_string (b, "measured_on", dub_part_name (PARTS[p]));
    json_builder_end_object (b);
  }
  json_builder_end_object (b);
  json_builder_end_object (b);
}

static void
print_json (const Measured *self)
{
  const DubStudyData *data = self->study->data;
  const DubScores *scores = self->scores;
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  cli_json_string (b, "study", self->study->folder);
  cli_json_string (b, "title", self->study->title);
  cli_json_string (b, "family", scores->family);
  cli_json_string (b, "recalibration", scores->recalibration);
  cli_scores_build_texts (b, "models", scores->models, g_strv_length (scores->models));
  cli_json_string (b, "data_hash", data->hash);
  cli_json_string (b, "split_hash", data->split_hash);
  cli_json_string (b, "positive", "correct");
  cli_json_string (b, "threshold_on", self->options->own_points ? "test" : "calibration");
  cli_json_double (b, "confidence", DUB_CONFIDENCE);
  cli_json_int (b, "resamples", self->options->failure.resamples);
  cli_scores_build_texts (b, "fused_of", scores->fused_of, g_strv_length (scores->fused_of));
  if (self->options->table)
    cli_json_string (b, "table", self->options->output);
  json_builder_set_member_name (b, "scores");
  json_builder_begin_object (b);
  for (size_t k = 0; k < self->n_scores; k++)
    build_score (b, self, k);
  json_builder_end_object (b);
  cli_scores_build_texts (b, "warnings", (char *const *) self->warnings->pdata, self->warnings->len);
  json_builder_end_object (b);
  cli_json_print (b);
}

static void
print_warnings (const Measured *self)
{
  for (guint i = 0; i < self->warnings->len; i++)
    printf ("%s\n", (const char *) g_ptr_array_index (self->warnings, i));
}

static void
print_table (const Measured *self)
{
  for (size_t p = 0; p < G_N_ELEMENTS (PARTS); p++) {
    const DubFailure *any = any_of (self, p);

    if (any == NULL)
      continue;

    g_autofree char *cases = cli_count_cases (any->n_cases), *failures = cli_count_failures (any->n_failures);

    printf ("%s: %s, %s\n", dub_part_name (PARTS[p]), cases, failures);
    cli_failure_print_head ();
    for (size_t k = 0; k < self->n_scores; k++) {
      const DubScore *score = g_ptr_array_index (self->scores->scores, k);
      const DubFailure *failure = self->failures[k * G_N_ELEMENTS (PARTS) + p];

      if (failure != NULL)
        cli_failure_print (score->title, failure);
    }
    putchar ('\n');
  }
  for (size_t k = 0; k < self->n_scores; k++) {
    const DubScore *score = g_ptr_array_index (self->scores->scores, k);

    if (score->missing != NULL)
      printf ("%-22s %s\n", score->title, score->missing);
  }
  print_warnings (self);
}

static gboolean
write_table (const Measured  *self,
             GError         **error)
{
  const char *path = self->options->output;
  DubScoresTableOptions options = {
    .title = self->study->title, .part = DUB_PART_TEST, .own_points = self->options->own_points,
  };
  g_autofree const DubFailure **failures = g_new0 (const DubFailure *, MAX (self->n_scores, 1));

  for (size_t k = 0; k < self->n_scores; k++)
    failures[k] = self->failures[k * G_N_ELEMENTS (PARTS) + 2];

  g_autofree char *text = g_str_has_suffix (path, ".csv") ? dub_scores_table_csv (self->scores, failures, &options)
                                                          : dub_scores_table_markdown (self->scores, failures, &options);

  return dub_file_write_atomic (path, text, strlen (text), error);
}

static gboolean
write_cases (const Measured  *self,
             GError         **error)
{
  g_autofree char *text = dub_scores_cases_csv (self->scores, self->study, self->options->parts);

  return dub_file_write_atomic (self->options->cases, text, strlen (text), error);
}

/* --- the options --- */

static gboolean
read_split (Options  *options,
            GError  **error)
{
  g_auto (GStrv) names = g_strsplit (options->split != NULL ? options->split : "calibration,test", ",", -1);

  for (size_t i = 0; names[i] != NULL; i++) {
    guint found = strcmp (names[i], "all") == 0 ? G_MAXUINT : 0;

    for (size_t p = 0; p < G_N_ELEMENTS (PARTS); p++)
      if (strcmp (names[i], dub_part_name (PARTS[p])) == 0)
        found = 1u << PARTS[p];
    if (found == 0)
      return cli_usage_error (error, _("--split is “%s”, expected some of train,calibration,test, or all."), options->split);
    options->parts |= found;
  }

  return TRUE;
}

static gboolean
check_options (Options           *options,
               DubScoresOptions  *scores,
               GError           **error)
{
  static const char *const choices[] = { "calibration", "test", NULL };
  const char *out = options->output;
  int threshold = 0;
  guint64 seed;

  if (!cli_scores_parse (&options->scores, scores, error) || !cli_failure_read_options (&options->failure, &seed, error) ||
      !read_split (options, error) ||
      (options->threshold_on != NULL && !cli_choose ("--threshold-on", options->threshold_on, choices, &threshold, error)))
    return FALSE;
  options->own_points = threshold == 1;
  if (!cli_check_outputs ((const char *const[]) { out, options->cases }, 2, NULL, 0, error))
    return FALSE;
  if (!options->table)
    return out == NULL || cli_usage_error (error, _("-o writes the table; ask for it with --table."));
  if (out == NULL || !(g_str_has_suffix (out, ".csv") || g_str_has_suffix (out, ".md")))
    return cli_usage_error (error, _("-o is “%s”, expected the name of a file that ends in .csv or .md."), out != NULL ? out : "");
  options->parts |= 1u << DUB_PART_TEST;
  scores->views |= scores->ids == NULL;

  return TRUE;
}

gboolean
cmd_uq (const char *path,
        int         argc,
        char      **argv,
        GError    **error)
{
  g_auto (Options) options = { .failure.resamples = 9999 };
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  g_autofree GOptionEntry *score_entries = cli_scores_entries (&options.scores);
  const GOptionEntry entries[] = {
    { "split", 0, 0, G_OPTION_ARG_STRING, &options.split, N_("Some of train,calibration,test, or all (calibration,test)"), "PARTS" },
    { "table", 0, 0, G_OPTION_ARG_NONE, &options.table, N_("Write the table of methods to -o"), NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, N_("The table: .csv or .md"), "TABLE" },
    { "cases", 0, 0, G_OPTION_ARG_FILENAME, &options.cases,
      N_("Also write every case of the parts with all of its scores, as “dubito-cli failure” reads them"), "FILE.csv" },
    { "threshold-on", 0, 0, G_OPTION_ARG_STRING, &options.threshold_on,
      N_("Where thresholds are chosen: calibration, or test as it was published, which is too good (calibration)"), "PART" },
    { "resamples", 0, 0, G_OPTION_ARG_INT, &options.failure.resamples, N_("Resamples of the bootstrap (9999)"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { score_entries, entries, run_entries };
  DubScoresOptions wanted;

  if (!cli_parse (path, _("STUDY.dubito"), _("Scores how unsure a study's networks are, and measures what that is worth."),
                  _(DESCRIPTION), groups, G_N_ELEMENTS (groups), 1, 1, &argc, &argv, error) ||
      !check_options (&options, &wanted, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Scoring"), error);
  g_autoptr (DubStudy) study = cli != NULL ? dub_study_load (argv[1], error) : NULL;
  gboolean apart = study != NULL && cli_check_study_outputs ((const char *const[]) { options.output, options.cases }, 2, study, error);
  g_autoptr (DubScores) scores = apart ? dub_study_scores (study, &wanted, cli_run_get (cli), error) : NULL;
  g_auto (Measured) measured = { .options = &options, .study = study, .scores = scores };

  if (scores == NULL || !measure (&measured, cli_run_get (cli), error) ||
      (options.table && !write_table (&measured, error)) || (options.cases != NULL && !write_cases (&measured, error)))
    return FALSE;
  list_warnings (&measured);
  if (options.json) {
    print_json (&measured);
  } else if (options.table) {
    printf (_("%s: the test part of %s, networks %s.\n"), options.output, study->title, scores->family);
    print_warnings (&measured);
  } else {
    print_table (&measured);
  }

  return TRUE;
}
