/* dubito-cli conformal: sets of classes that hold the true one with a chosen probability. */
#include "app/cli/cmd-conformal.h"

#include "app/cli/cli-json.h"
#include "app/cli/cli-output.h"
#include "core/io/csv.h"
#include "core/study/outputs-file.h"
#include "core/uq/conformal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char DESCRIPTION[] = N_(
  "PRED and CAL are files as “dubito-cli export” writes them, .npz or a table: probabilities or logits, and labels. Of several\n"
  "networks the mean of their probabilities is taken. A set holds every class that conforms to the case as well as all but a share\n"
  "ALPHA of the calibration cases did to theirs; of cases that are drawn alike, at least 1 − ALPHA of the sets hold the label.\n"
  "lac takes 1 − p, aps the probability of all classes up to and including this one, raps adds PENALTY for every rank above FREE.\n"
  "CAL must have been used for nothing else: no training, no temperature. Too few cases are refused: 1/ALPHA − 1 are needed.");

typedef struct {
  char     *calibration;
  char     *method;
  char     *seed;
  char     *out;
  double    alpha;
  double    penalty;
  int       n_free;
  gboolean  class_conditional;
  gboolean  randomized;
  gboolean  json;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->calibration);
  g_free (self->method);
  g_free (self->seed);
  g_free (self->out);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* --- fitting --- */

/* Every class has cases enough for a threshold of its own; the first that has not is told by its name. */
static gboolean
check_classes (const DubOutputsFile       *file,
               const DubConformalOptions  *options,
               const int                  *labels,
               size_t                      n,
               GError                    **error)
{
  size_t needed = dub_conformal_needed (options->alpha);

  for (size_t c = 0; c < file->n_classes && options->class_conditional; c++) {
    g_autofree char *name = dub_outputs_file_class (file, c);
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
      count += (size_t) labels[i] == c ? 1 : 0;
    if (count >= needed)
      continue;
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 g_dngettext (NULL, "Class “%s” has %zu calibration case; with alpha %g at least %zu of every class are needed for "
                                    "--class-conditional.",
                              "Class “%s” has %zu calibration cases; with alpha %g at least %zu of every class are needed for "
                              "--class-conditional.", count), name, count, options->alpha, needed);
    return FALSE;
  }

  return TRUE;
}

static DubConformal *
fit (const DubOutputsFile       *file,
     const DubConformalOptions  *options,
     size_t                     *n_unlabelled,
     GError                    **error)
{
  size_t C = file->n_classes, n = 0;
  g_autofree double *probabilities = dub_outputs_file_mean (file);
  g_autofree int *labels = g_new (int, MAX (file->n_cases, 1));

  for (size_t i = 0; i < file->n_cases; i++)
    if (file->labels[i] >= 0) {
      memmove (probabilities + n * C, probabilities + i * C, C * sizeof (double));
      labels[n++] = file->labels[i];
    }
  *n_unlabelled = file->n_cases - n;
  if (!check_classes (file, options, labels, n, error))
    return NULL;

  return dub_conformal_fit (probabilities, labels, n, C, options, error);
}

/* Cases of the one file that stand, by a name of their own, in the other. */
static size_t
count_shared (const DubOutputsFile *a,
              const DubOutputsFile *b)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  size_t n = 0;

  for (size_t i = 0; i < a->n_cases; i++)
    if (!g_str_has_prefix (a->ids[i], "row-"))
      g_hash_table_add (ids, a->ids[i]);
  for (size_t i = 0; i < b->n_cases; i++)
    n += g_hash_table_contains (ids, b->ids[i]) ? 1 : 0;

  return n;
}

/* --- telling --- */

typedef struct {
  const Options            *options;
  const DubOutputsFile     *file, *calibration;
  const DubConformal       *conformal;
  const DubConformalReport *report;
  const guint8             *sets;
  const GPtrArray          *warnings;
} Told;

static void
build_classes (JsonBuilder *b,
               const Told  *told)
{
  json_builder_set_member_name (b, "classes");
  json_builder_begin_array (b);
  for (size_t c = 0; c < told->report->n_classes; c++) {
    g_autofree char *name = dub_outputs_file_class (told->file, c);

    json_builder_begin_object (b);
    cli_json_string (b, "class", name);
    cli_json_double (b, "threshold", told->conformal->threshold[c]);
    cli_json_int (b, "n_calibration", (gint64) told->conformal->counts[c]);
    cli_json_estimate (b, "coverage", &told->report->by_class[c]);
    json_builder_end_object (b);
  }
  json_builder_end_array (b);
}

static void
print_json (const Told *told)
{
  const DubConformalOptions *options = &told->conformal->options;
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  cli_json_string (b, "method", dub_conformal_id (options->method));
  cli_json_double (b, "alpha", options->alpha);
  cli_json_boolean (b, "class_conditional", options->class_conditional);
  cli_json_boolean (b, "randomized", options->randomized && options->method != DUB_CONFORMAL_LAC);
  cli_json_int (b, "seed", (gint64) options->seed);
  if (options->method == DUB_CONFORMAL_RAPS) {
    cli_json_double (b, "penalty", options->penalty);
    cli_json_int (b, "free", options->n_free);
  }
  cli_json_int (b, "n_calibration", (gint64) told->conformal->n_cases);
  if (options->class_conditional)
    cli_json_double (b, "threshold", (double) NAN);
  else
    cli_json_double (b, "threshold", told->conformal->threshold[0]);
  cli_json_int (b, "n", (gint64) told->report->n_cases);
  cli_json_estimate (b, "coverage", &told->report->coverage);
  cli_json_double (b, "mean_size", told->report->mean_size);
  json_builder_set_member_name (b, "sizes");
  json_builder_begin_array (b);
  for (size_t k = 0; k <= told->report->n_classes; k++)
    json_builder_add_int_value (b, (gint64) told->report->sizes[k]);
  json_builder_end_array (b);
  build_classes (b, told);
  json_builder_set_member_name (b, "warnings");
  json_builder_begin_array (b);
  for (guint i = 0; i < told->warnings->len; i++)
    json_builder_add_string_value (b, g_ptr_array_index (told->warnings, i));
  json_builder_end_array (b);
  json_builder_end_object (b);
  cli_json_print (b);
}

static void
print_text (const Told *told)
{
  const DubEstimate *coverage = &told->report->coverage;

  if (coverage->d > 0)
    printf (_("%zu of %zu sets hold the label: %.3f [%.3f %.3f], asked for %.3f.\n"), coverage->n, coverage->d, coverage->value,
            coverage->low, coverage->high, 1.0 - told->conformal->options.alpha);
  for (size_t c = 0; c < told->report->n_classes; c++) {
    const DubEstimate *of_class = &told->report->by_class[c];
    g_autofree char *name = dub_outputs_file_class (told->file, c);

    if (of_class->d > 0)
      printf (_("  class %s: %zu of %zu, %.3f [%.3f %.3f]\n"), name, of_class->n, of_class->d, of_class->value, of_class->low,
              of_class->high);
    else
      printf (_("  class %s: no case with this label\n"), name);
  }
  printf (_("Classes a set: %.2f on average;"), told->report->mean_size);
  for (size_t k = 0; k <= told->report->n_classes; k++)
    if (told->report->sizes[k] > 0)
      printf (g_dngettext (NULL, " %zu: %zu case", " %zu: %zu cases", told->report->sizes[k]), k, told->report->sizes[k]);
  printf (".\n");
  for (guint i = 0; i < told->warnings->len; i++)
    printf ("%s\n", (const char *) g_ptr_array_index (told->warnings, i));
}

/* id, size, set: the names of its classes with "|" between them. */
static gboolean
write_sets (const Told  *told,
            GError     **error)
{
  g_autoptr (GString) text = g_string_new ("id,size,set\n");
  size_t C = told->report->n_classes;

  for (size_t i = 0; i < told->file->n_cases; i++) {
    g_autoptr (GString) names = g_string_new (NULL);
    size_t size = 0;

    for (size_t c = 0; c < C; c++)
      if (told->sets[i * C + c]) {
        g_autofree char *name = dub_outputs_file_class (told->file, c);

        g_string_append_printf (names, "%s%s", size++ > 0 ? "|" : "", name);
      }
    dub_csv_append (text, told->file->ids[i]);
    g_string_append_printf (text, ",%zu,", size);
    dub_csv_append (text, names->str);
    g_string_append_c (text, '\n');
  }

  return g_file_set_contents (told->options->out, text->str, (gssize) text->len, error);
}

/* --- the command --- */

static gboolean
read_options (const Options        *options,
              DubConformalOptions  *conformal,
              GError              **error)
{
  guint64 seed = 0;

  if (options->calibration == NULL)
    return cli_usage_error (error, _("--calibration is missing: the thresholds are chosen on cases of their own."));
  if (!dub_conformal_from_id (options->method != NULL ? options->method : "lac", &conformal->method))
    return cli_usage_error (error, _("--method is “%s”, expected lac, aps or raps."), options->method);
  if (!(options->alpha > 0.0 && options->alpha < 1.0))
    return cli_usage_error (error, _("--alpha is %g, expected a number above 0 and below 1."), options->alpha);
  if (!(options->penalty >= 0.0 && isfinite (options->penalty)))
    return cli_usage_error (error, _("--penalty is %g, expected a number of at least 0."), options->penalty);
  if (options->n_free < 0)
    return cli_usage_error (error, _("--free is %d, expected a whole number of at least 0."), options->n_free);
  if (options->seed != NULL && !g_ascii_string_to_unsigned (options->seed, 10, 0, G_MAXINT64, &seed, NULL))
    return cli_usage_error (error, _("--seed is “%s”, expected a whole number of at least 0."), options->seed);
  conformal->alpha = options->alpha;
  conformal->class_conditional = options->class_conditional;
  conformal->randomized = options->randomized;
  conformal->seed = seed;
  conformal->penalty = options->penalty;
  conformal->n_free = (guint) options->n_free;

  return TRUE;
}

/* A threshold that no class is beyond. */
static void
warn_of_full_sets (const DubConformal *conformal,
                   GPtrArray          *warnings)
{
  const DubConformalOptions *options = &conformal->options;
  double last = 1.0;

  if (options->method == DUB_CONFORMAL_RAPS && conformal->n_classes > options->n_free)
    last += options->penalty * (double) (conformal->n_classes - options->n_free);
  for (size_t c = 0; c < conformal->n_classes; c++)
    if (options->method != DUB_CONFORMAL_LAC && !options->randomized && conformal->threshold[c] >= last) {
      g_ptr_array_add (warnings, g_strdup (_("More labels of the calibration cases are in last place than sets may miss: sets hold "
                                             "every class, which covers more than asked. --randomized does not, nor does lac.")));
      return;
    }
}

static gboolean
measure (const Options              *options,
         const DubConformalOptions  *conformal_options,
         const DubOutputsFile       *file,
         const DubOutputsFile       *calibration,
         GError                    **error)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  size_t n_unlabelled, n_shared = count_shared (calibration, file);
  g_autoptr (DubConformal) conformal = fit (calibration, conformal_options, &n_unlabelled, error);

  if (conformal == NULL)
    return FALSE;

  g_autofree double *probabilities = dub_outputs_file_mean (file);
  g_autofree guint8 *sets = g_new (guint8, MAX (file->n_cases * file->n_classes, 1));

  if (!dub_conformal_sets (conformal, probabilities, file->n_cases, sets, error))
    return FALSE;

  g_autoptr (DubConformalReport) report =
    dub_conformal_report (sets, file->labels, file->n_cases, file->n_classes, DUB_CONFIDENCE);

  if (n_shared > 0)
    g_ptr_array_add (warnings, g_strdup_printf (g_dngettext (NULL, "%zu case is in both files: measured on what was fitted, coverage is "
                                                                   "too good.",
                                                             "%zu cases are in both files: measured on what was fitted, coverage is "
                                                             "too good.", n_shared), n_shared));
  for (size_t c = 0; c < conformal->n_classes; c++)
    if (conformal->counts[c] == 0) {
      g_autofree char *name = dub_outputs_file_class (file, c);

      g_ptr_array_add (warnings, g_strdup_printf (_("No calibration case is of class %s: nothing says that sets cover its cases."), name));
    }
  warn_of_full_sets (conformal, warnings);
  if (n_unlabelled > 0)
    g_ptr_array_add (warnings, g_strdup_printf (g_dngettext (NULL, "%zu calibration case without a label was left out.",
                                                             "%zu calibration cases without a label were left out.", n_unlabelled),
                                                n_unlabelled));
  if (report->n_cases < file->n_cases)
    g_ptr_array_add (warnings, g_strdup_printf (g_dngettext (NULL, "%zu case without a label is not counted in the coverage.",
                                                             "%zu cases without a label are not counted in the coverage.",
                                                             file->n_cases - report->n_cases), file->n_cases - report->n_cases));

  const Told told = {
    .options = options,
    .file = file,
    .calibration = calibration,
    .conformal = conformal,
    .report = report,
    .sets = sets,
    .warnings = warnings,
  };

  if (options->out != NULL && !write_sets (&told, error))
    return FALSE;
  if (options->json)
    print_json (&told);
  else
    print_text (&told);

  return TRUE;
}

gboolean
cmd_conformal (const char *path,
               int         argc,
               char      **argv,
               GError    **error)
{
  const DubConformalOptions usual = DUB_CONFORMAL_DEFAULT;
  g_auto (Options) options = { .alpha = usual.alpha, .penalty = usual.penalty, .n_free = (int) usual.n_free };
  DubConformalOptions conformal = { 0 };
  const GOptionEntry entries[] = {
    { "calibration", 0, 0, G_OPTION_ARG_FILENAME, &options.calibration, N_("Outputs and labels of the calibration cases"), "CAL" },
    { "alpha", 0, 0, G_OPTION_ARG_DOUBLE, &options.alpha, N_("Share of the sets that may miss the label (0.1)"), "ALPHA" },
    { "method", 0, 0, G_OPTION_ARG_STRING, &options.method, N_("lac, aps or raps (lac)"), "METHOD" },
    { "class-conditional", 0, 0, G_OPTION_ARG_NONE, &options.class_conditional,
      N_("A threshold for each class, so that every class is covered"), NULL },
    { "randomized", 0, 0, G_OPTION_ARG_NONE, &options.randomized,
      N_("aps and raps: take a share of the last class by chance, which covers no more than asked"), NULL },
    { "penalty", 0, 0, G_OPTION_ARG_DOUBLE, &options.penalty, N_("raps: what every rank above FREE costs (0.1)"), "PENALTY" },
    { "free", 0, 0, G_OPTION_ARG_INT, &options.n_free, N_("raps: ranks without a penalty (1)"), "FREE" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &options.seed, N_("Seed of --randomized (0)"), "N" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.out, N_("Also write the set of every case: id, size, set"), "SETS.csv" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries };

  if (!cli_parse (path, _("PRED"), _("Makes sets of classes that hold the true one with a chosen probability."), _(DESCRIPTION),
                  groups, G_N_ELEMENTS (groups), 1, 1, &argc, &argv, error) ||
      !read_options (&options, &conformal, error))
    return FALSE;

  const char *inputs[] = { argv[1], options.calibration };

  if (options.out != NULL && !cli_check_outputs ((const char *const *) &options.out, 1, inputs, 2, error))
    return FALSE;

  g_autoptr (DubOutputsFile) file = dub_outputs_file_load (argv[1], error);
  g_autoptr (DubOutputsFile) calibration = file != NULL ? dub_outputs_file_load (options.calibration, error) : NULL;

  if (calibration == NULL)
    return FALSE;
  if (file->n_classes != calibration->n_classes) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, _("%s has %zu classes, %s has %zu; expected as many."), argv[1], file->n_classes,
                 options.calibration, calibration->n_classes);
    return FALSE;
  }

  return measure (&options, &conformal, file, calibration, error);
}
