/* dubito-cli bench: how fast this machine does the work that people wait for. */
#include "app/cli/cmd-bench.h"

#include "app/cli/cli-bench.h"
#include "app/cli/cli-json.h"
#include "app/cli/cli-run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const CliBenchRow CLI_BENCHES[] = {
  { "mask-iteration", N_("forward, backward to the input, regularisers and Adam; 8-16-32-64-128 channels, 121x145x121"),
    cli_bench_mask_iteration },
  { "meshnet", N_("forward pass of ten dilated 3-D convolutions on 256x256x256"), cli_bench_meshnet },
  { "resnet18", N_("forward pass of ResNet-18 with a 3x3 stem, 28x28, batch 128"), cli_bench_resnet18 },
  { "train-resnet18", N_("a training step of ResNet-18 with a 3x3 stem, 28x28, batch 128"), cli_bench_train_resnet18 },
  { "train-resnet18-w16", N_("the same with a quarter of the channels"), cli_bench_train_resnet18_w16 },
  { "train-cnn3d", N_("a training step of the 3-D network 8-16-32-64-128, 121x145x121, batch 4"), cli_bench_train_cnn3d },
  { "occlusion", N_("the occlusion map of a 28x28 case under five ResNet-18 of width 16, window 7, stride 2"), cli_bench_occlusion },
  { "slice", N_("one frame of scrolling a 600x600 pane through a 256x256x256 volume with an overlay"), cli_bench_slice },
  { "ece", N_("the calibration error of 60000 cases with its interval from 9999 resamples"), cli_bench_ece },
  { NULL },
};

void
cli_bench_add (CliBench *bench,
               gint64    start)
{
  double seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  double mark = (double) clock () / CLOCKS_PER_SEC;

  /* The first repeat has no beginning here: what was before it set the work up. */
  if (bench->seconds->len > 0 && (bench->processor == 0.0 || mark - bench->processor_mark < bench->processor))
    bench->processor = mark - bench->processor_mark;
  bench->processor_mark = mark;
  g_array_append_val (bench->seconds, seconds);
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median_of (GArray *sorted)
{
  const double *x = (const double *) (gconstpointer) sorted->data;
  guint n = sorted->len;

  if (n == 0)
    return NAN;

  return n % 2 == 1 ? x[n / 2] : 0.5 * (x[n / 2 - 1] + x[n / 2]);
}

static gboolean
find_row (const char        *name,
          const CliBenchRow **row,
          GError            **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (const CliBenchRow *one = CLI_BENCHES; one->name != NULL; one++) {
    if (strcmp (one->name, name) == 0) {
      *row = one;
      return TRUE;
    }
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", one->name);
  }

  return cli_usage_error (error, _("There is no benchmark “%s”, expected: %s."), name, names->str);
}

static gboolean
measure (const CliBenchRow *row,
         CliBench          *bench,
         JsonBuilder       *builder, /* (nullable): text instead */
         GError           **error)
{
  g_autoptr (GArray) seconds = g_array_new (FALSE, FALSE, sizeof (double));

  bench->seconds = seconds;
  bench->peak_bytes = 0;
  bench->multiply_adds = 0.0;
  bench->n_cases = 0;
  bench->processor = 0.0;
  if (!row->run (bench, error))
    return FALSE;
  g_array_sort (seconds, compare_doubles);

  double min = g_array_index (seconds, double, 0);
  double median = median_of (seconds);

  if (builder == NULL) {
    printf ("%-18s %9.2f ms min %9.2f ms median %8.2f /s", row->name, 1e3 * min, 1e3 * median, 1.0 / min);
    if (bench->peak_bytes > 0)
      printf (" %7.0f MB", (double) bench->peak_bytes / 1e6);
    if (bench->multiply_adds > 0.0)
      printf (" %7.0f GFLOP/s", 2e-9 * bench->multiply_adds / min);
    if (bench->n_cases > 0)
      printf (" %7.1f images/s", bench->n_cases / min);
    putchar ('\n');
    fflush (stdout);
    return TRUE;
  }

  json_builder_begin_object (builder);
  cli_json_string (builder, "name", row->name);
  cli_json_string (builder, "what", row->what);
  cli_json_double (builder, "seconds", min);
  cli_json_double (builder, "min_ms", 1e3 * min);
  cli_json_double (builder, "median_ms", 1e3 * median);
  cli_json_double (builder, "processor_ms", bench->processor > 0.0 ? 1e3 * bench->processor : NAN);
  cli_json_double (builder, "per_second", 1.0 / min);
  cli_json_int (builder, "repeats", seconds->len);
  cli_json_double (builder, "peak_bytes", bench->peak_bytes > 0 ? (double) bench->peak_bytes : NAN);
  cli_json_double (builder, "gflop_per_second", bench->multiply_adds > 0.0 ? 2e-9 * bench->multiply_adds / min : NAN);
  cli_json_double (builder, "images_per_second", bench->n_cases > 0 ? bench->n_cases / min : NAN);
  json_builder_end_object (builder);

  return TRUE;
}

static char *
describe_rows (void)
{
  GString *text = g_string_new (_("Without a NAME all are measured. Names:\n"));

  for (const CliBenchRow *row = CLI_BENCHES; row->name != NULL; row++)
    g_string_append_printf (text, "  %-18s %s\n", row->name, _(row->what));

  return g_string_free (text, FALSE);
}

gboolean
cmd_bench (const char *path,
           int         argc,
           char      **argv,
           GError    **error)
{
  g_autofree char *model = NULL;
  g_autofree char *description = describe_rows ();
  int n_repeats = 10;
  gboolean json = FALSE;
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "repeats", 0, 0, G_OPTION_ARG_INT, &n_repeats, N_("How often each is timed (10)"), "N" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model, N_("A network of the same shapes instead of the built-in one"), "MODEL.onnx" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, run_entries };

  if (!cli_parse (path, "[NAME…]", _("Measures the speed of the engine on this machine."), description, groups,
                  G_N_ELEMENTS (groups), 0, -1, &argc, &argv, error))
    return FALSE;
  if (n_repeats < 1 || n_repeats > 100000)
    return cli_usage_error (error, _("--repeats is %d, expected 1 to 100000."), n_repeats);
  if (model != NULL && argc != 2)
    return cli_usage_error (error, _("--model needs the one NAME that it replaces the network of."));

  g_autoptr (GPtrArray) rows = g_ptr_array_new ();

  for (int i = 1; i < argc; i++) {
    const CliBenchRow *row = NULL;

    if (!find_row (argv[i], &row, error))
      return FALSE;
    g_ptr_array_add (rows, (gpointer) row);
  }
  for (const CliBenchRow *row = CLI_BENCHES; argc == 1 && row->name != NULL; row++)
    g_ptr_array_add (rows, (gpointer) row);

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Measuring"), error);

  if (cli == NULL)
    return FALSE;

  CliBench bench = { .run = cli_run_get (cli), .model = model, .n_repeats = (guint) n_repeats };
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_json_string (builder, "version", DUB_VERSION);
  cli_json_int (builder, "threads", dub_run_get_n_threads (bench.run));
  cli_json_int (builder, "processors", g_get_num_processors ());
  json_builder_set_member_name (builder, "benchmarks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < rows->len; i++) {
    if (!measure (rows->pdata[i], &bench, json ? builder : NULL, error))
      return FALSE;
    dub_run_set_progress (bench.run, (double) (i + 1) / rows->len);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (json)
    cli_json_print (builder);

  return TRUE;
}
