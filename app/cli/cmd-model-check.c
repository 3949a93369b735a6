/* dubito-cli model check: folders with a model, its inputs and the outputs it should give. */
#include "app/cli/cmd-model.h"

#include "app/cli/cli-json.h"
#include "app/cli/cli-run.h"
#include "core/io/onnx-check.h"

#include <math.h>
#include <stdio.h>

static const char *const OUTCOMES[] = { "PASS", "FAIL", "UNSUPPORTED" };

static void
print_line (const char           *folder,
            const DubCheckResult *result)
{
  g_autofree char *name = g_path_get_basename (folder);

  switch (result->outcome) {
    case DUB_CHECK_FAIL:
      printf ("FAIL %.3g %s: %s\n", result->max_error, name, result->reason);
      break;
    case DUB_CHECK_UNSUPPORTED:
      printf ("UNSUPPORTED %s %s: %s\n", result->op, name, result->reason);
      break;
    case DUB_CHECK_PASS:
    default:
      printf ("PASS %s\n", name);
      break;
  }
}

static void
add_json (JsonBuilder          *builder,
          const char           *folder,
          const DubCheckResult *result)
{
  json_builder_begin_object (builder);
  cli_json_string (builder, "folder", folder);
  cli_json_string (builder, "outcome", OUTCOMES[result->outcome]);
  cli_json_double (builder, "max_error", result->max_error);
  cli_json_string (builder, "op", result->op);
  cli_json_string (builder, "reason", result->reason);
  json_builder_end_object (builder);
}

gboolean
cmd_model_check (const char *path,
                 int         argc,
                 char      **argv,
                 GError    **error)
{
  gboolean json = FALSE;
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, run_entries };
  guint count[3] = { 0 };
  guint n_unreadable = 0;

  if (!cli_parse (path, "DIR…", _("Runs recorded inputs through a network and compares its outputs with the recorded ones."),
                  _("DIR holds model.onnx and test_data_set_*/input_J.pb, output_J.pb, as the ONNX backend tests do.\n"
                    "One line each: PASS, FAIL with the largest error, UNSUPPORTED with the operator; then the totals.\n"
                    "The exit status is 1 when anything fails; what is unsupported does not count as a failure."),
                  groups, G_N_ELEMENTS (groups), 1, -1, &argc, &argv, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Checking"), error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (cli == NULL)
    return FALSE;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "results");
  json_builder_begin_array (builder);
  for (int i = 1; i < argc; i++) {
    g_auto (DubCheckResult) result = { 0 };

    g_autoptr (GError) unreadable = NULL;

    /* One folder that cannot be read fails alone; the others are still checked. */
    if (!dub_onnx_check_folder (argv[i], &result, cli_run_get (cli), &unreadable)) {
      if (g_error_matches (unreadable, DUB_ERROR, DUB_ERROR_CANCELLED)) {
        g_propagate_error (error, g_steal_pointer (&unreadable));
        return FALSE;
      }
      n_unreadable++;
      result = (DubCheckResult) { .outcome = DUB_CHECK_FAIL, .max_error = INFINITY, .reason = g_strdup (unreadable->message) };
    }
    dub_run_set_progress (cli_run_get (cli), (double) i / (argc - 1));
    count[result.outcome]++;
    if (json)
      add_json (builder, argv[i], &result);
    else
      print_line (argv[i], &result);
  }
  json_builder_end_array (builder);

  if (json) {
    cli_json_int (builder, "pass", count[DUB_CHECK_PASS]);
    cli_json_int (builder, "fail", count[DUB_CHECK_FAIL]);
    cli_json_int (builder, "unsupported", count[DUB_CHECK_UNSUPPORTED]);
    json_builder_end_object (builder);
    cli_json_print (builder);
  } else {
    printf (_("%u passed, %u failed, %u unsupported\n"), count[DUB_CHECK_PASS], count[DUB_CHECK_FAIL],
            count[DUB_CHECK_UNSUPPORTED]);
  }

  if (count[DUB_CHECK_FAIL] > 0 && count[DUB_CHECK_FAIL] == n_unreadable) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, _("%u of %d folders could not be read."), n_unreadable, argc - 1);
    return FALSE;
  }
  if (n_unreadable > 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                 _("%u of %d folders differ from what was recorded, and %u could not be read."),
                 count[DUB_CHECK_FAIL] - n_unreadable, argc - 1, n_unreadable);
    return FALSE;
  }
  if (count[DUB_CHECK_FAIL] > 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, _("%u of %d folders differ from what was recorded."),
                 count[DUB_CHECK_FAIL], argc - 1);
    return FALSE;
  }

  return TRUE;
}
