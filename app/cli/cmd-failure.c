/* dubito-cli failure: how well scores that any program made find the failures of a network. */
#include "app/cli/cmd-failure.h"

#include "app/cli/cli-failure.h"
#include "app/cli/cli-run.h"
#include "core/uq/failure-table.h"

#include <stdio.h>
#include <string.h>

static const char DESCRIPTION[] = N_(
  "FILE.csv has the column correct, 1 for every right answer and 0 for every wrong one, and one column for every score, higher =\n"
  "less sure; columns id and patient are optional, and cases of one patient are drawn together; split, label,\n"
  "prediction and fold are passed over, so that a table of “dubito-cli uq --cases” can be given. Positive is a correct answer:\n"
  "sensitivity is correct answers accepted of all correct ones, specificity failures rejected of all failures.\n"
  "Thresholds are chosen on the cases of --calibration and measured on FILE.csv; without it they are chosen on the cases that\n"
  "they are measured on, which is too good and is said.");

typedef struct {
  char             *calibration;
  char            **scores;
  CliFailureOptions failure;
  gboolean          json;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->calibration);
  g_strfreev (self->scores);
  g_free (self->failure.seed);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* --- measuring --- */

static gboolean
check_names (const DubFailureTable *table,
             char                 **names,
             GError               **error)
{
  for (size_t k = 0; names != NULL && names[k] != NULL; k++)
    if (dub_failure_table_find (table, names[k]) == NULL) {
      g_autofree char *list = g_strjoinv (", ", table->scores);

      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("%s has no score “%s”; it has %s."), table->name, names[k], list);
      return FALSE;
    }

  return TRUE;
}

/* One a name. (transfer full) */
static GPtrArray *
measure (const DubFailureTable   *table,
         const DubFailureTable   *calibration,
         char                   **names,
         DubFailureOptions       *options,
         DubRun                  *run,
         GError                 **error)
{
  g_autoptr (GPtrArray) measured = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_failure_free);

  options->groups = table->patients;
  for (size_t k = 0; names[k] != NULL; k++) {
    if (calibration != NULL) {
      options->fitting_scores = dub_failure_table_find (calibration, names[k]);
      options->fitting_correct = calibration->correct;
      options->n_fitting = calibration->n_cases;
    }

    DubFailure *failure =
      dub_failure_measure (dub_failure_table_find (table, names[k]), table->correct, table->n_cases, options, run, error);

    if (failure == NULL)
      return NULL;
    g_ptr_array_add (measured, failure);
    dub_run_set_progress (run, (double) (k + 1) / (double) g_strv_length (names));
  }

  return g_steal_pointer (&measured);
}

/* Ids that stand more than once in @table; *first is one of them. */
static size_t
count_repeated (const DubFailureTable  *table,
                const char            **first)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  size_t n = 0;

  for (size_t i = 0; table->ids != NULL && i < table->n_cases; i++)
    if (*table->ids[i] != '\0' && !g_hash_table_add (ids, table->ids[i]) && n++ == 0)
      *first = table->ids[i];

  return n;
}

/* Cases of @table that stand in @calibration, too: by their ids, or, where a file has none, all of two tables that are the same. */
static size_t
count_shared (const DubFailureTable *table,
              const DubFailureTable *calibration)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  size_t n = 0;

  if (table->ids != NULL && calibration->ids != NULL) {
    for (size_t i = 0; i < calibration->n_cases; i++)
      if (*calibration->ids[i] != '\0')
        g_hash_table_add (ids, calibration->ids[i]);
    for (size_t i = 0; i < table->n_cases; i++)
      n += g_hash_table_contains (ids, table->ids[i]) ? 1 : 0;
    return n;
  }
  if (table->n_cases != calibration->n_cases || table->n_scores != calibration->n_scores ||
      memcmp (table->correct, calibration->correct, table->n_cases * sizeof *table->correct) != 0)
    return 0;
  for (size_t k = 0; k < table->n_scores; k++)
    if (strcmp (table->scores[k], calibration->scores[k]) != 0 ||
        memcmp (table->values[k], calibration->values[k], table->n_cases * sizeof (double)) != 0)
      return 0;

  return table->n_cases;
}

static void
warn_of_ids (const DubFailureTable *table,
             GPtrArray             *warnings)
{
  const char *first = NULL;
  size_t n = count_repeated (table, &first);

  if (n > 0)
    g_ptr_array_add (warnings, g_strdup_printf (g_dngettext (NULL, "%s: %zu id stands there a second time (“%s”): a case that is "
                                                                   "counted twice makes intervals too narrow.",
                                                             "%s: %zu ids stand there more than once (“%s” first): cases that are "
                                                             "counted twice make intervals too narrow.", n),
                                                table->name, n, first));
}

static GPtrArray *
make_warnings (const DubFailure      *any,
               const DubFailureTable *table,
               const DubFailureTable *calibration)
{
  GPtrArray *warnings = g_ptr_array_new_with_free_func (g_free);
  size_t n_shared = calibration != NULL ? count_shared (table, calibration) : 0;

  warn_of_ids (table, warnings);
  if (calibration != NULL)
    warn_of_ids (calibration, warnings);
  if (n_shared > 0)
    g_ptr_array_add (warnings, g_strdup_printf (g_dngettext (NULL, "%zu case is in both files: thresholds are measured on what they "
                                                                   "were chosen on, which is too good.",
                                                             "%zu cases are in both files: thresholds are measured on what they were "
                                                             "chosen on, which is too good.", n_shared), n_shared));

  if (any->n_failures == 0)
    g_ptr_array_add (warnings, g_strdup (_("There are no failures: the area under the ROC curve and the specificity are undefined.")));
  else if (any->n_failures == any->n_cases)
    g_ptr_array_add (warnings, g_strdup (_("There are no correct answers: the area under the ROC curve and the sensitivity are undefined.")));
  else if (any->n_failures < 20)
    g_ptr_array_add (warnings, g_strdup_printf (g_dngettext (NULL, "There is only %zu failure: look at the intervals before the "
                                                                   "values.",
                                                             "There are only %zu failures: look at the intervals before the values.",
                                                             any->n_failures), any->n_failures));
  if (!any->has_fitting)
    g_ptr_array_add (warnings, g_strdup (_("Thresholds are chosen on the cases that they are measured on, which is too good: "
                                           "give others with --calibration.")));
  else if (any->n_fitting_failures == 0)
    g_ptr_array_add (warnings, g_strdup (_("The cases of --calibration have no failures: a threshold is the largest score of "
                                           "these cases, as nothing says where to reject.")));

  return warnings;
}

/* --- telling --- */

static void
print_json (const Options         *options,
            const DubFailureTable *table,
            const DubFailureTable *calibration,
            char                 **names,
            const GPtrArray       *measured,
            const GPtrArray       *warnings,
            guint64                seed)
{
  const DubFailure *any = g_ptr_array_index (measured, 0);
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  cli_json_string (b, "file", table->name);
  cli_json_string (b, "calibration", calibration != NULL ? calibration->name : NULL);
  cli_json_string (b, "positive", "correct");
  cli_json_int (b, "n", (gint64) any->n_cases);
  cli_json_int (b, "n_failures", (gint64) any->n_failures);
  if (calibration != NULL) {
    cli_json_int (b, "n_calibration", (gint64) any->n_fitting);
    cli_json_int (b, "n_calibration_failures", (gint64) any->n_fitting_failures);
  }
  cli_json_double (b, "confidence", DUB_CONFIDENCE);
  cli_json_int (b, "resamples", options->failure.resamples);
  cli_json_int (b, "seed", (gint64) seed);
  json_builder_set_member_name (b, "scores");
  json_builder_begin_object (b);
  for (guint k = 0; k < measured->len; k++) {
    const DubFailure *failure = g_ptr_array_index (measured, k);
    gssize zero = failure->zero_failure_case;

    json_builder_set_member_name (b, names[k]);
    json_builder_begin_object (b);
    cli_failure_build (b, failure, table->ids != NULL && zero >= 0 ? table->ids[zero] : NULL);
    json_builder_end_object (b);
  }
  json_builder_end_object (b);
  json_builder_set_member_name (b, "warnings");
  json_builder_begin_array (b);
  for (guint i = 0; i < warnings->len; i++)
    json_builder_add_string_value (b, g_ptr_array_index (warnings, i));
  json_builder_end_array (b);
  json_builder_end_object (b);
  cli_json_print (b);
}

static void
print_table (char           **names,
             const GPtrArray *measured,
             const GPtrArray *warnings)
{
  const DubFailure *any = g_ptr_array_index (measured, 0);

  g_autofree char *cases = cli_count_cases (any->n_cases), *failures = cli_count_failures (any->n_failures);

  printf ("%s, %s\n", cases, failures);
  cli_failure_print_head ();
  for (guint k = 0; k < measured->len; k++)
    cli_failure_print (names[k], g_ptr_array_index (measured, k));
  for (guint i = 0; i < warnings->len; i++)
    printf ("%s\n", (const char *) g_ptr_array_index (warnings, i));
}

gboolean
cmd_failure (const char *path,
             int         argc,
             char      **argv,
             GError    **error)
{
  g_auto (Options) options = { .failure.resamples = 9999 };
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  g_autofree char *list = NULL;
  const GOptionEntry entries[] = {
    { "calibration", 0, 0, G_OPTION_ARG_FILENAME, &options.calibration,
      N_("Other cases with the same columns, on which thresholds are chosen"), "FILE.csv" },
    { "scores", 0, 0, G_OPTION_ARG_STRING, &list, N_("Only these columns (every column that is no name)"), "A,B,…" },
    { "resamples", 0, 0, G_OPTION_ARG_INT, &options.failure.resamples, N_("Resamples of the bootstrap (9999)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &options.failure.seed, N_("Seed of the bootstrap (0)"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, run_entries };
  guint64 seed;

  if (!cli_parse (path, _("FILE.csv"), _("Measures how well scores of uncertainty find wrong answers."), _(DESCRIPTION), groups,
                  G_N_ELEMENTS (groups), 1, 1, &argc, &argv, error) ||
      !cli_failure_read_options (&options.failure, &seed, error))
    return FALSE;
  if (list != NULL)
    options.scores = g_strsplit (list, ",", -1);

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Measuring"), error);
  g_autoptr (DubFailureTable) table = cli != NULL ? dub_failure_table_load (argv[1], error) : NULL;

  if (table == NULL)
    return FALSE;

  g_autoptr (DubFailureTable) calibration = NULL;
  char **names = options.scores != NULL && options.scores[0] != NULL ? options.scores : table->scores;

  if (options.calibration != NULL) {
    calibration = dub_failure_table_load (options.calibration, error);
    if (calibration == NULL || !check_names (calibration, names, error))
      return FALSE;
  }

  DubFailureOptions measure_options = { .n_resamples = (guint) options.failure.resamples, .seed = seed };
  g_autoptr (GPtrArray) measured =
    check_names (table, names, error) ? measure (table, calibration, names, &measure_options, cli_run_get (cli), error) : NULL;

  if (measured == NULL)
    return FALSE;

  g_autoptr (GPtrArray) warnings = make_warnings (g_ptr_array_index (measured, 0), table, calibration);

  if (options.json)
    print_json (&options, table, calibration, names, measured, warnings, seed);
  else
    print_table (names, measured, warnings);

  return TRUE;
}
