/* dubito-cli data info: what a data set holds, what stands in it twice, and what is wrong with it. */
#include "app/cli/cmd-data.h"

#include "app/cli/cli-json.h"
#include "app/cli/cli-run.h"
#include "core/data/duplicates.h"

#include <math.h>
#include <stdio.h>

/* Pairs that are listed; all are counted. */
enum { MOST_PAIRS = 200, MOST_WARNINGS = 200, N_GIVEN = 4 };

static const char *const GIVEN[N_GIVEN] = { "train", "validation", "test", NULL };

/* What is counted from a data set and its duplicates. */
typedef struct {
  size_t *counts;       /* [N_GIVEN][n_classes]; the last row: cases without a split of their own */
  size_t  unlabelled;
  size_t  patients;
  size_t  exact, near, opposite, linked;
  size_t  across;       /* pairs whose cases are in different given splits */
} Summary;

static void
summary_clear (Summary *self)
{
  g_free (self->counts);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Summary, summary_clear)

static void
count_cases (Summary          *self,
             const DubDataset *dataset)
{
  g_autoptr (GHashTable) patients = g_hash_table_new (g_str_hash, g_str_equal);

  self->counts = g_new0 (size_t, N_GIVEN * MAX (dataset->classes->len, 1));
  for (size_t i = 0; i < dataset->n_cases; i++) {
    const DubDatasetCase *item = &dataset->cases[i];
    size_t given = 0;

    while (given < N_GIVEN - 1 && g_strcmp0 (item->given, GIVEN[given]) != 0)
      given++;
    if (item->label >= 0)
      self->counts[given * dataset->classes->len + (size_t) item->label]++;
    else
      self->unlabelled++;
    if (item->patient != NULL)
      g_hash_table_add (patients, (char *) item->patient);
  }
  self->patients = g_hash_table_size (patients);
}

static void
count_pairs (Summary             *self,
             const DubDataset    *dataset,
             const DubDuplicates *duplicates)
{
  g_autofree guint8 *linked = g_new0 (guint8, dataset->n_cases);

  for (size_t i = 0; i < duplicates->n_pairs; i++) {
    const DubDuplicate *pair = &duplicates->pairs[i];
    const DubDatasetCase *a = &dataset->cases[pair->a], *b = &dataset->cases[pair->b];

    self->exact += pair->rms == 0.0;
    self->near += pair->rms > 0.0;
    self->opposite += pair->opposite;
    self->across += a->given != NULL && b->given != NULL && g_strcmp0 (a->given, b->given) != 0;
    linked[pair->a] = linked[pair->b] = 1;
  }
  for (size_t i = 0; i < dataset->n_cases; i++)
    self->linked += linked[i];
}

/* --- JSON --- */

static void
json_classes (JsonBuilder      *builder,
              const DubDataset *dataset,
              const Summary    *summary)
{
  guint n = dataset->classes->len;

  json_builder_set_member_name (builder, "classes");
  json_builder_begin_array (builder);
  for (guint c = 0; c < n; c++) {
    size_t total = 0;

    for (guint g = 0; g < N_GIVEN; g++)
      total += summary->counts[g * n + c];
    json_builder_begin_object (builder);
    cli_json_string (builder, "name", dataset->classes->pdata[c]);
    cli_json_int (builder, "cases", (gint64) total);
    for (guint g = 0; dataset->has_given && g < N_GIVEN - 1; g++)
      cli_json_int (builder, GIVEN[g], (gint64) summary->counts[g * n + c]);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
json_shape (JsonBuilder      *builder,
            const DubDataset *dataset)
{
  DubShape shape = { .rank = dataset->n_axes, .dim = { dataset->shape[0], dataset->shape[1], dataset->shape[2] } };

  cli_json_int (builder, "axes", dataset->n_axes);
  cli_json_shape (builder, "shape", &shape);
  cli_json_boolean (builder, "mixed", dataset->mixed);
  cli_json_int (builder, "channels", dataset->channels);
  cli_json_string (builder, "dtype", dub_dtype_name (dataset->dtype));
  if (isfinite (dataset->spacing[0])) {
    cli_json_doubles (builder, "spacing", dataset->spacing, (size_t) dataset->n_axes);
  } else {
    json_builder_set_member_name (builder, "spacing");
    json_builder_add_null_value (builder);
  }
}

static void
json_duplicates (JsonBuilder         *builder,
                 const DubDataset    *dataset,
                 const DubDuplicates *duplicates,
                 const Summary       *summary)
{
  size_t listed = MIN (duplicates->n_pairs, MOST_PAIRS);

  json_builder_set_member_name (builder, "duplicates");
  json_builder_begin_object (builder);
  cli_json_int (builder, "exact", (gint64) summary->exact);
  cli_json_int (builder, "near", (gint64) summary->near);
  cli_json_int (builder, "opposite", (gint64) summary->opposite);
  cli_json_int (builder, "across_splits", (gint64) summary->across);
  cli_json_int (builder, "cases", (gint64) summary->linked);
  cli_json_int (builder, "groups", (gint64) duplicates->n_groups);
  cli_json_boolean (builder, "reduced", duplicates->reduced);
  json_builder_set_member_name (builder, "pairs");
  json_builder_begin_array (builder);
  for (size_t i = 0; i < listed; i++) {
    const DubDuplicate *pair = &duplicates->pairs[i];

    json_builder_begin_object (builder);
    cli_json_string (builder, "a", dataset->cases[pair->a].id);
    cli_json_string (builder, "b", dataset->cases[pair->b].id);
    cli_json_double (builder, "rms", pair->rms);
    cli_json_boolean (builder, "opposite", pair->opposite);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  cli_json_int (builder, "pairs_total", (gint64) duplicates->n_pairs);
  json_builder_end_object (builder);
}

static void
json_problems (JsonBuilder      *builder,
               const DubDataset *dataset)
{
  json_builder_set_member_name (builder, "warnings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < MIN (dataset->problems->len, MOST_WARNINGS); i++) {
    const DubDatasetProblem *problem = dataset->problems->pdata[i];

    json_builder_begin_object (builder);
    cli_json_string (builder, "message", problem->message);
    cli_json_boolean (builder, "left_out", problem->fatal);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  cli_json_int (builder, "warnings_total", dataset->problems->len);
}

static void
print_json (const DubDataset    *dataset,
            const DubDuplicates *duplicates,
            const Summary       *summary)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *hash = dub_dataset_hash (dataset);

  json_builder_begin_object (builder);
  cli_json_string (builder, "path", dataset->path);
  cli_json_string (builder, "name", dataset->name);
  cli_json_string (builder, "kind", dub_dataset_kind_name (dataset->kind));
  cli_json_string (builder, "hash", hash);
  cli_json_int (builder, "cases", (gint64) dataset->n_cases);
  cli_json_int (builder, "unlabelled", (gint64) summary->unlabelled);
  if (dataset->has_patients) {
    cli_json_int (builder, "patients", (gint64) summary->patients);
  } else {
    json_builder_set_member_name (builder, "patients");
    json_builder_add_null_value (builder);
  }
  cli_json_boolean (builder, "has_split", dataset->has_given);
  json_classes (builder, dataset, summary);
  json_shape (builder, dataset);
  json_duplicates (builder, dataset, duplicates, summary);
  json_problems (builder, dataset);
  json_builder_end_object (builder);
  cli_json_print (builder);
}

/* --- text --- */

static void
print_text (const DubDataset    *dataset,
            const DubDuplicates *duplicates,
            const Summary       *summary)
{
  guint n = dataset->classes->len;

  printf (g_dngettext (NULL, "%s (%s): %zu case", "%s (%s): %zu cases", dataset->n_cases), dataset->name, dub_dataset_kind_name (dataset->kind), dataset->n_cases);
  if (dataset->has_patients)
    printf (_(" of %zu patients"), summary->patients);
  printf ("\n");
  printf (_("first case: %d channels of %" G_GINT64_FORMAT "×%" G_GINT64_FORMAT), dataset->channels, dataset->shape[0],
          dataset->shape[1]);
  if (dataset->n_axes == 3)
    printf ("×%" G_GINT64_FORMAT, dataset->shape[2]);
  printf (" %s", dub_dtype_name (dataset->dtype));
  if (isfinite (dataset->spacing[0]))
    printf (_(", %g×%g×%g mm a voxel"), dataset->spacing[0], dataset->spacing[1], dataset->spacing[2]);
  printf ("%s\n", dataset->mixed ? _("; sizes differ between cases") : "");
  for (guint c = 0; c < n; c++) {
    size_t total = 0;

    for (guint g = 0; g < N_GIVEN; g++)
      total += summary->counts[g * n + c];
    printf (g_dngettext (NULL, "class %u, %s: %zu case", "class %u, %s: %zu cases", total), c, (char *) dataset->classes->pdata[c], total);
    if (dataset->has_given)
      printf (_(" (train %zu, validation %zu, test %zu)"), summary->counts[c], summary->counts[n + c],
              summary->counts[2 * n + c]);
    printf ("\n");
  }
  printf (_("duplicates: %zu exact and %zu near pairs, %zu of them with opposite labels; %zu cases in %zu groups%s\n"),
          summary->exact, summary->near, summary->opposite, summary->linked, duplicates->n_groups,
          duplicates->reduced ? _(", compared at a reduced size") : "");
  for (size_t i = 0; i < MIN (duplicates->n_pairs, MOST_PAIRS); i++) {
    const DubDuplicate *pair = &duplicates->pairs[i];

    printf ("  %-16s %-16s %6.3f %%%s\n", dataset->cases[pair->a].id, dataset->cases[pair->b].id, 100.0 * pair->rms,
            pair->opposite ? _("  opposite labels") : "");
  }
  for (guint i = 0; i < MIN (dataset->problems->len, MOST_WARNINGS); i++) {
    const DubDatasetProblem *problem = dataset->problems->pdata[i];

    printf (problem->fatal ? _("left out: %s\n") : _("warning: %s\n"), problem->message);
  }
}

gboolean
cmd_data_info (const char *path,
               int         argc,
               char      **argv,
               GError    **error)
{
  gboolean json = FALSE, skip_bad = FALSE;
  g_autofree char *patients = NULL;
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "skip-bad", 0, 0, G_OPTION_ARG_NONE, &skip_bad, N_("Leave out cases that cannot be used instead of stopping"), NULL },
    { "patients", 0, 0, G_OPTION_ARG_FILENAME, &patients, N_("Table of id (or file) and patient"), "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, run_entries };

  if (!cli_parse (path, "DATA", _("Says what a data set holds: cases, classes, sizes, duplicates, problems."),
                  _("DATA is a MedMNIST .npz, a folder of one folder of PNG images a class, a CSV or TSV of file and label,\n"
                    "or a list of NIfTI volumes with participant_id, session_id and diagnosis. Two cases are near duplicates\n"
                    "where the root mean square of their difference is below 1 % of the range of values."),
                  groups, G_N_ELEMENTS (groups), 1, 1, &argc, &argv, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Reading the data set"), error);

  if (cli == NULL)
    return FALSE;

  DubDatasetOptions options = { .bad = skip_bad ? DUB_BAD_SKIP : DUB_BAD_STOP, .patients = patients, .check_files = TRUE };
  g_autoptr (DubDataset) dataset = dub_dataset_open (argv[1], &options, cli_run_get (cli), error);
  g_autoptr (DubDuplicates) duplicates =
    dataset != NULL ? dub_duplicates_find (dataset, 0.01, cli_run_get (cli), error) : NULL;
  g_auto (Summary) summary = { 0 };

  if (duplicates == NULL)
    return FALSE;
  count_cases (&summary, dataset);
  count_pairs (&summary, dataset, duplicates);
  if (json)
    print_json (dataset, duplicates, &summary);
  else
    print_text (dataset, duplicates, &summary);

  return TRUE;
}
