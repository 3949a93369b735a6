/* dubito-cli export: what the networks of a study say, for other tools. */
#include "app/cli/cmd-export.h"

#include "app/cli/cli-family.h"
#include "app/cli/cli-json.h"
#include "app/cli/cli-output.h"
#include "app/cli/cli-run.h"
#include "core/study/evaluate.h"
#include "core/study/outputs-export.h"

#include <stdio.h>
#include <string.h>

static const char DESCRIPTION[] = N_(
  "PRED.npz gets probabilities (N, C), the mean over the networks, their logits (M, N, C) and features (M, N, F), labels,\n"
  "ids, split and fold (N), and the names of networks and classes; numpy.load reads it without pickle. PRED.csv gets\n"
  "id, label, split, fold and the probability of every class. Both say it where the answers are recalibrated.\n"
  "“dubito-cli import --outputs” reads either.");

static gboolean
read_parts (const char  *text,
            guint       *parts,
            GError     **error)
{
  g_auto (GStrv) names = g_strsplit (text, ",", -1);

  *parts = 0;
  for (size_t i = 0; names[i] != NULL; i++) {
    guint part;

    if (strcmp (names[i], "all") == 0) {
      *parts |= (1u << (DUB_PART_NONE + 1)) - 1;
      continue;
    }
    for (part = DUB_PART_TRAIN; part < DUB_PART_NONE; part++)
      if (strcmp (names[i], dub_part_name ((DubPart) part)) == 0)
        break;
    if (part == DUB_PART_NONE)
      return cli_usage_error (error, _("--split is “%s”, expected some of train,calibration,test, or all."), text);
    *parts |= 1u << part;
  }

  return TRUE;
}

static void
print_json (const DubOutputs *outputs,
            const char       *file,
            const char       *family,
            guint             parts)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  gint64 n = 0;

  for (size_t i = 0; i < outputs->n_cases; i++)
    n += (parts & 1u << outputs->part[i]) != 0;
  json_builder_begin_object (b);
  cli_json_string (b, "file", file);
  cli_json_string (b, "family", family);
  cli_json_int (b, "models", (gint64) outputs->n_models);
  cli_json_int (b, "cases", n);
  cli_json_int (b, "classes", (gint64) outputs->n_classes);
  cli_json_int (b, "features", (gint64) outputs->n_features);
  cli_json_boolean (b, "logits", outputs->logits != NULL);
  json_builder_end_object (b);
  cli_json_print (b);
}

gboolean
cmd_export (const char *path,
            int         argc,
            char      **argv,
            GError    **error)
{
  g_autofree char *split = NULL;
  g_autofree char *family = NULL;
  g_autofree char *out = NULL;
  gboolean json = FALSE;
  guint parts;
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "split", 0, 0, G_OPTION_ARG_STRING, &split, N_("Some of train,calibration,test, or all (test)"), "PARTS" },
    { "family", 0, 0, G_OPTION_ARG_STRING, &family, N_("The networks of this name, where there are several"), "NAME" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_("The file to write: .npz or .csv"), "PRED" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, run_entries };

  if (!cli_parse (path, _("STUDY.dubito"), _("Writes what the networks of a study say."), _(DESCRIPTION), groups,
                  G_N_ELEMENTS (groups), 1, 1, &argc, &argv, error) ||
      !read_parts (split != NULL ? split : "test", &parts, error))
    return FALSE;
  if (out == NULL || !(g_str_has_suffix (out, ".npz") || g_str_has_suffix (out, ".csv")))
    return cli_usage_error (error, _("-o is “%s”, expected the name of a file that ends in .npz or .csv."),
                            out != NULL ? out : "");
  if (!cli_check_output (out, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Exporting"), error);
  g_autoptr (DubStudy) study = cli != NULL ? dub_study_load (argv[1], error) : NULL;

  if (study == NULL || !cli_check_study_outputs ((const char *const *) &out, 1, study, error))
    return FALSE;

  g_autofree char *chosen = cli_choose_family (study, family, error);

  if (chosen == NULL)
    return FALSE;

  g_auto (GStrv) models = dub_study_family_models (study, chosen);
  g_autoptr (DubOutputs) outputs = dub_outputs_load (study, (const char *const *) models, cli_run_get (cli), error);

  if (outputs == NULL || !dub_outputs_export (study, outputs, chosen, parts, out, error))
    return FALSE;
  if (json)
    print_json (outputs, out, chosen, parts);
  else
    printf (g_dngettext (NULL, "%s: %zu network of %s.\n", "%s: %zu networks of %s.\n", outputs->n_models), out, outputs->n_models, chosen);

  return TRUE;
}
