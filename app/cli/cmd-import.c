/* dubito-cli import: a study without training here. */
#include "app/cli/cmd-import.h"

#include "app/cli/cli-json.h"
#include "app/cli/cli-run.h"
#include "app/cli/cli-train.h"
#include "core/io/json-member.h"
#include "core/study/study-import.h"

#include <stdio.h>
#include <string.h>

static const char DESCRIPTION[] = N_(
  "With --data and --model: ONNX classifiers are copied into the study, several as one ensemble. Cases are prepared as\n"
  "--preprocess says (once for all networks or once for each; the member “prepare” of a model in study.json), or run.json beside the network, or as the network's\n"
  "input and the data suggest, which is then said. --train-ids names the cases that a network learned from (ids, one a\n"
  "line; once for all networks or once for each): none of them is measured as unseen. reference.npz beside a network is\n"
  "computed again, and a mismatch refused.\n\n"
  "With --outputs: an .npz with logits or probabilities (N, C) or (M, N, C), labels (N), and where it has them features,\n"
  "ids, split, patient, classes; or a CSV with label, p_0, p_1 … or logit_0, logit_1 … (or one column p), and where it has\n"
  "them id, split, patient. Without a split all cases are test cases. What needs images is then missing, and says so.");

typedef struct {
  char    *out;
  char   **models;
  char   **train_ids;
  char   **preprocess;
  char    *outputs;
  char    *classes;
  char    *family;
  char    *task;
  gboolean json;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->out);
  g_strfreev (self->models);
  g_strfreev (self->train_ids);
  g_strfreev (self->preprocess);
  g_free (self->outputs);
  g_free (self->classes);
  g_free (self->family);
  g_free (self->task);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* Of the task that is said. */
static guint
n_classes_of (const char *task)
{
  return task != NULL && strcmp (task, "binary") == 0 ? 2 : 0;
}

static guint
count (char **list)
{
  return list != NULL ? g_strv_length (list) : 0;
}

static gboolean
check_options (const Options          *options,
               const CliTrainOptions  *data,
               GError                **error)
{
  guint n_models = count (options->models), n_ids = count (options->train_ids);

  if (options->out == NULL)
    return cli_usage_error (error, _("--out is missing: the folder of the study, such as NAME.dubito."));
  if ((options->outputs != NULL) == (data->data != NULL || n_models > 0))
    return cli_usage_error (error, _("Expected either --data with --model, or --outputs."));
  if (options->outputs == NULL && data->data == NULL)
    return cli_usage_error (error, _("--data is missing: the data set that the networks read."));
  if (options->outputs == NULL && n_models == 0)
    return cli_usage_error (error, _("--model is missing: an ONNX file, once for each network."));
  if (options->outputs != NULL && (n_ids > 0 || options->preprocess != NULL))
    return cli_usage_error (error, _("%s is for networks; --outputs has none."), n_ids > 0 ? "--train-ids" : "--preprocess");
  if (options->outputs == NULL && options->classes != NULL)
    return cli_usage_error (error, _("--classes is for --outputs; a data set has names of its own."));
  if (n_ids > 1 && n_ids != n_models)
    return cli_usage_error (error, _("--train-ids is given %u times; expected once, or once for each of %u networks."), n_ids,
                            n_models);
  if (count (options->preprocess) > 1 && count (options->preprocess) != n_models)
    return cli_usage_error (error, _("--preprocess is given %u times; expected once, or once for each of %u networks."),
                            count (options->preprocess), n_models);

  return TRUE;
}

/* Of the tasks that there are, only those with one class a case have files that this reads. */
static gboolean
check_task (const char  *task,
            GError     **error)
{
  static const char *const tasks[] = { "multiclass", "binary", "segmentation", "regression", NULL };
  int index = 0;

  if (task == NULL || !cli_choose ("--task", task, tasks, &index, error))
    return task == NULL;
  if (index < 2)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
               _("--task %s has no class for each case; only tasks that have one (multiclass, binary) can be imported."), task);

  return FALSE;
}

static gboolean
read_prepare (const char  *file,
              DubPrepare  *prepare,
              GError     **error)
{
  g_autoptr (JsonParser) parser = dub_json_load (file, (guint64) 1 << 20, error);

  return parser != NULL && dub_prepare_from_json (prepare, json_parser_get_root (parser), file, error);
}

static DubStudy *
import_networks (const Options          *options,
                 const CliTrainOptions  *data,
                 DubRun                 *run,
                 GError                **error)
{
  guint n = count (options->models), n_ids = count (options->train_ids);
  guint n_prepare = count (options->preprocess);
  g_autofree DubImportModel *models = g_new0 (DubImportModel, n);
  g_autofree DubPrepare *prepare = g_new0 (DubPrepare, n_prepare + 1);
  DubImportNetworks import = {
    .data = { .path = data->data, .patients = data->patients, .skip_bad = data->skip_bad, .positive = data->positive },
    .prepare = n_prepare == 1 ? prepare : NULL, .models = models, .n_models = n, .family = options->family,
    .n_classes = n_classes_of (options->task),
  };

  for (guint i = 0; i < n; i++)
    models[i] = (DubImportModel) {
      .path = options->models[i], .train_ids = n_ids > 0 ? options->train_ids[n_ids > 1 ? i : 0] : NULL,
      .prepare = n_prepare > 1 ? &prepare[i] : NULL,
    };
  for (guint i = 0; i < n_prepare; i++)
    if (!read_prepare (options->preprocess[i], &prepare[i], error))
      return NULL;
  if (!cli_train_split (data, &import.data.split, error))
    return NULL;

  return dub_study_import_networks (options->out, &import, run, error);
}

static DubStudy *
import_outputs (const Options          *options,
                const CliTrainOptions  *data,
                DubRun                 *run,
                GError                **error)
{
  g_auto (GStrv) classes = options->classes != NULL ? g_strsplit (options->classes, ",", -1) : NULL;
  DubImportOutputs import = {
    .path = options->outputs, .family = options->family, .positive = data->positive,
    .classes = (const char *const *) classes, .has_split = data->split != NULL,
    .n_classes = n_classes_of (options->task),
  };

  if (!cli_train_split (data, &import.split, error))
    return NULL;

  return dub_study_import_outputs (options->out, &import, run, error);
}

/* --- the answer --- */

/* What was assumed belongs to the answer, whether or not somebody watches the progress. */
static void
note_cb (const char *message,
         gpointer    user_data)
{
  g_ptr_array_add (user_data, g_strdup (message));
}

static void
build_sentences (JsonBuilder     *b,
                 const char      *name,
                 const GPtrArray *sentences)
{
  json_builder_set_member_name (b, name);
  json_builder_begin_array (b);
  for (guint i = 0; i < sentences->len; i++)
    json_builder_add_string_value (b, g_ptr_array_index (sentences, i));
  json_builder_end_array (b);
}

static void
print_json (const DubStudy  *study,
            const GPtrArray *notes,
            const GPtrArray *missing)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  size_t n_part[DUB_PART_NONE + 1] = { 0 };

  for (size_t i = 0; i < study->data->n_cases; i++)
    n_part[study->data->split->part[i]]++;
  json_builder_begin_object (b);
  cli_json_string (b, "study", study->folder);
  cli_json_string (b, "kind", study->data->kind);
  cli_json_int (b, "cases", (gint64) study->data->n_cases);
  json_builder_set_member_name (b, "split");
  json_builder_begin_object (b);
  for (int part = DUB_PART_TRAIN; part <= DUB_PART_NONE; part++)
    cli_json_int (b, dub_part_name ((DubPart) part), (gint64) n_part[part]);
  json_builder_end_object (b);
  cli_json_string (b, "split_hash", study->data->split_hash);
  json_builder_set_member_name (b, "classes");
  json_builder_begin_array (b);
  for (guint i = 0; i < study->classes->len; i++)
    json_builder_add_string_value (b, g_ptr_array_index (study->classes, i));
  json_builder_end_array (b);
  json_builder_set_member_name (b, "models");
  json_builder_begin_array (b);
  for (guint i = 0; i < study->models->len; i++) {
    const DubStudyModel *model = g_ptr_array_index (study->models, i);
    g_autofree char *how = model->prepare != NULL ? dub_prepare_describe (model->prepare) : NULL;

    json_builder_begin_object (b);
    cli_json_string (b, "id", model->id);
    cli_json_string (b, "family", model->family);
    cli_json_int (b, "fold", model->fold);
    cli_json_string (b, "prepare", how);
    cli_json_boolean (b, "training_known", !model->training_unknown);
    json_builder_end_object (b);
  }
  json_builder_end_array (b);
  build_sentences (b, "notes", notes);
  build_sentences (b, "missing", missing);
  json_builder_end_object (b);
  cli_json_print (b);
}

static void
print_text (const DubStudy  *study,
            const GPtrArray *notes,
            const GPtrArray *missing)
{
  printf (g_dngettext (NULL, "%s: %zu cases of %u classes, %u network.\n", "%s: %zu cases of %u classes, %u networks.\n",
                       study->models->len), study->folder, study->data->n_cases, study->classes->len, study->models->len);
  for (guint i = 0; i < notes->len; i++)
    printf ("%s\n", (const char *) g_ptr_array_index (notes, i));
  for (guint i = 0; i < missing->len; i++)
    printf ("%s\n", (const char *) g_ptr_array_index (missing, i));
}

gboolean
cmd_import (const char *path,
            int         argc,
            char      **argv,
            GError    **error)
{
  g_auto (Options) options = { 0 };
  g_auto (CliTrainOptions) data;
  g_auto (CliRunOptions) run_options = { 0 };

  cli_train_options_init (&data);

  g_autofree GOptionEntry *data_entries = cli_train_data_entries (&data);
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &options.out, N_("The study: a folder that is made"), "STUDY.dubito" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.models, N_("A network; once for each of an ensemble"), "M.onnx" },
    { "preprocess", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.preprocess, N_("How cases are prepared for the networks"), "FILE.json" },
    { "train-ids", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.train_ids, N_("The cases that the networks learned from"), "FILE" },
    { "outputs", 0, 0, G_OPTION_ARG_FILENAME, &options.outputs, N_("Outputs and labels instead of networks and data"), "PRED" },
    { "classes", 0, 0, G_OPTION_ARG_STRING, &options.classes, N_("Names of the classes of the outputs, in order"), "A,B,…" },
    { "family", 0, 0, G_OPTION_ARG_STRING, &options.family, N_("Name of the networks together (imported)"), "NAME" },
    { "task", 0, 0, G_OPTION_ARG_STRING, &options.task, N_("multiclass or binary"), "TASK" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, data_entries, run_entries };

  if (!cli_parse (path, "", _("Makes a study from your own networks, or from outputs."), _(DESCRIPTION), groups,
                  G_N_ELEMENTS (groups), 0, 0, &argc, &argv, error) ||
      !check_options (&options, &data, error) || !check_task (options.task, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Importing"), error);

  if (cli == NULL)
    return FALSE;

  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);

  dub_run_set_log (cli_run_get (cli), note_cb, notes);

  g_autoptr (DubStudy) study = options.outputs != NULL ? import_outputs (&options, &data, cli_run_get (cli), error)
                                                       : import_networks (&options, &data, cli_run_get (cli), error);

  if (study == NULL)
    return FALSE;

  g_autoptr (GPtrArray) missing = dub_study_missing (study);

  if (options.json)
    print_json (study, notes, missing);
  else
    print_text (study, notes, missing);

  return TRUE;
}
