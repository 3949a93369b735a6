/* dubito-cli model run: inputs from a file, every output of the graph, and optionally a gradient, into an npz. */
#include "app/cli/cmd-model.h"

#include "app/cli/cli-input.h"
#include "app/cli/cli-json.h"
#include "app/cli/cli-numbers.h"
#include "app/cli/cli-output.h"
#include "app/cli/cli-run.h"
#include "core/base/memory.h"
#include "core/io/npy.h"
#include "core/io/onnx.h"
#include "core/nn/plan.h"

#include <stdlib.h>
#include <string.h>

static const char DESCRIPTION[] = N_(
  "IN is one of\n"
  "  .npy              the only input of the network, as it is\n"
  "  .npz              one array for each input, by its name\n"
  "  .nii .nii.gz      a volume: tensor (1, 1, d0, d1, d2), see --axes, --scale and --fit;\n"
  "                    scl_slope and scl_inter are applied\n"
  "  .png              a picture: tensor (1, C, H, W) with values scaled to 0..1\n"
  "Numbers are converted to the element type that the network declares. NaN is an error, with its place, in IN and in\n"
  "the outputs, unless --allow-nan is given.\n\n"
  "OUT.npz holds one array for each output of the graph, by its name; with --gradient OUTPUT:K also\n"
  "grad_INPUT = d sum over n of OUTPUT[n, K] / d INPUT (summed over further axes of OUTPUT, if it has any).");

typedef struct {
  int output; /* index among the graph's outputs, -1 = no gradient wanted */
  int64_t column;
} Gradient;

/* "logits:1"; the name itself may contain colons. */
static gboolean
parse_gradient (const DubGraph *graph,
                const char     *text,
                Gradient       *gradient,
                GError        **error)
{
  const char *colon = strrchr (text, ':');
  guint64 column;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXINT32, &column, NULL))
    return cli_usage_error (error, _("--gradient is “%s”, expected OUTPUT:K with K = 0, 1, 2 …"), text);

  g_autofree char *name = g_strndup (text, (gsize) (colon - text));
  g_autoptr (GString) names = g_string_new (NULL);

  for (int i = 0; i < dub_graph_n_outputs (graph); i++) {
    const char *output = dub_graph_value (graph, dub_graph_output (graph, i))->name;

    if (strcmp (output, name) == 0) {
      gradient->output = i;
      gradient->column = (int64_t) column;
      return TRUE;
    }
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", output);
  }

  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("“%s” has no output “%s”; its outputs are: %s."), graph->name,
               name, names->str);

  return FALSE;
}

/* Ones in column K of the output (N, K, …), zeros elsewhere. */
static DubTensor *
gradient_seed (const DubPlan  *plan,
               const DubGraph *graph,
               const Gradient *gradient,
               GError        **error)
{
  const DubType *type = dub_plan_output_type (plan, gradient->output);

  if (type->dtype != DUB_DTYPE_F32 || type->shape.rank < 2 || gradient->column >= type->shape.dim[1]) {
    g_autofree char *shape = dub_shape_to_string (&type->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 _("--gradient asks for column %" G_GINT64_FORMAT " of “%s”, which is %s of shape %s; expected a float32 N×K with a larger K."),
                 gradient->column, dub_graph_value (graph, dub_graph_output (graph, gradient->output))->name,
                 dub_dtype_name (type->dtype), shape);
    return NULL;
  }

  DubTensor *seed = dub_tensor_new_zeros (DUB_DTYPE_F32, type->shape, error);

  if (seed == NULL)
    return NULL;

  int64_t n_columns = type->shape.dim[1], n_rest = 1;

  for (int i = 2; i < type->shape.rank; i++)
    n_rest *= type->shape.dim[i];
  for (int64_t n = 0; n < type->shape.dim[0]; n++)
    for (int64_t r = 0; r < n_rest; r++)
      dub_tensor_f32 (seed)[(n * n_columns + gradient->column) * n_rest + r] = 1.0f;

  return seed;
}

static gboolean
add_gradients (DubPlan        *plan,
               const DubGraph *graph,
               const Gradient *gradient,
               GPtrArray      *inputs,
               GPtrArray      *names,
               GPtrArray      *tensors,
               DubRun         *run,
               GError        **error)
{
  g_autoptr (DubTensor) seed = gradient_seed (plan, graph, gradient, error);
  g_autofree DubTensor **d_outputs = g_new0 (DubTensor *, (gsize) dub_graph_n_outputs (graph));

  if (seed == NULL)
    return FALSE;
  d_outputs[gradient->output] = seed;
  if (!dub_plan_backward (plan, d_outputs, run, error))
    return FALSE;

  for (int i = 0; i < dub_graph_n_inputs (graph); i++) {
    const DubGraphInput *input = dub_graph_input (graph, i);

    if (input->dtype != DUB_DTYPE_F32)
      continue;

    DubTensor *d_input = dub_plan_input_gradient (plan, i);
    DubTensor *kept = d_input != NULL ? dub_tensor_ref (d_input)
                                      : dub_tensor_new_zeros (DUB_DTYPE_F32, ((DubTensor *) inputs->pdata[i])->shape, error);

    if (kept == NULL)
      return FALSE;
    g_ptr_array_add (tensors, kept);
    g_ptr_array_add (names, g_strdup_printf ("grad_%s", dub_graph_value (graph, input->value)->name));
  }

  return TRUE;
}

static void
print_json (const char *out,
            GPtrArray  *names,
            GPtrArray  *tensors,
            size_t      peak_bytes,
            double      seconds)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_json_string (builder, "file", out);
  json_builder_set_member_name (builder, "arrays");
  json_builder_begin_object (builder);
  for (guint i = 0; i < names->len; i++) {
    const DubTensor *tensor = tensors->pdata[i];

    json_builder_set_member_name (builder, names->pdata[i]);
    json_builder_begin_object (builder);
    cli_json_string (builder, "dtype", dub_dtype_name (tensor->dtype));
    cli_json_shape (builder, "shape", &tensor->shape);
    json_builder_end_object (builder);
  }
  json_builder_end_object (builder);
  cli_json_int (builder, "peak_bytes", (gint64) peak_bytes);
  cli_json_double (builder, "seconds", seconds);
  json_builder_end_object (builder);
  cli_json_print (builder);
}

gboolean
cmd_model_run (const char *path,
               int         argc,
               char      **argv,
               GError    **error)
{
  g_autofree char *out = NULL;
  g_autofree char *gradient_text = NULL;
  gboolean json = FALSE;
  gboolean allow_nan = FALSE;
  g_auto (CliPreprocessOptions) preprocess = { NULL };
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *preprocess_entries = cli_preprocess_entries (&preprocess);
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_("Where the outputs are written (needed)"), "OUT.npz" },
    { "gradient", 0, 0, G_OPTION_ARG_STRING, &gradient_text, N_("Also the gradient of a column of an output"), "OUTPUT:K" },
    { "allow-nan", 0, 0, G_OPTION_ARG_NONE, &allow_nan, N_("Take and write what is not a number, instead of refusing it"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print shapes, time and memory as a JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, preprocess_entries, run_entries };
  DubPreprocess checked = { 0 };

  if (!cli_parse (path, "MODEL.onnx IN", _("Runs a network on a file."), _(DESCRIPTION), groups, G_N_ELEMENTS (groups),
                  2, 2, &argc, &argv, error))
    return FALSE;
  if (out == NULL)
    return cli_usage_error (error, _("The option -o OUT.npz is missing."));
  if (!cli_preprocess_parse (&preprocess, &checked, error)
      || !cli_check_outputs ((const char *const *) &out, 1, (const char *const *) argv + 1, 2, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Running the network"), error);

  if (cli == NULL)
    return FALSE;

  DubRun *run = cli_run_get (cli);
  g_autoptr (DubGraph) graph = dub_onnx_load (argv[1], error);
  Gradient gradient = { .output = -1 };

  if (graph == NULL || (gradient_text != NULL && !parse_gradient (graph, gradient_text, &gradient, error)))
    return FALSE;

  g_autoptr (GPtrArray) inputs = cli_load_inputs (graph, argv[2], &preprocess, allow_nan, run, error);

  if (inputs == NULL)
    return cli_hint_allow_nan (error);

  g_autofree DubType *types = g_new0 (DubType, inputs->len + 1);

  for (guint i = 0; i < inputs->len; i++) {
    const DubTensor *input = inputs->pdata[i];

    types[i] = (DubType) { .dtype = input->dtype, .shape = input->shape };
  }

  DubPlanOptions options = { .input_gradients = gradient.output >= 0, .memory_limit = dub_memory_limit () };
  g_autoptr (DubPlan) plan = dub_plan_new (graph, types, &options, run, error);
  gint64 start = g_get_monotonic_time ();

  if (plan == NULL || !dub_plan_forward (plan, (DubTensor *const *) inputs->pdata, 0, run, error))
    return FALSE;

  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) tensors = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_tensor_unref);

  for (int i = 0; i < dub_graph_n_outputs (graph); i++) {
    g_ptr_array_add (names, g_strdup (dub_graph_value (graph, dub_graph_output (graph, i))->name));
    g_ptr_array_add (tensors, dub_tensor_ref (dub_plan_output (plan, i)));

    g_autofree char *what = g_strdup_printf (_("The network's output “%s” is not a number"), (char *) names->pdata[i]);

    if (!allow_nan && !cli_check_numbers (what, tensors->pdata[i], FALSE, error))
      return cli_hint_allow_nan (error);
  }
  if (gradient.output >= 0 && !add_gradients (plan, graph, &gradient, inputs, names, tensors, run, error))
    return FALSE;

  double seconds = (double) (g_get_monotonic_time () - start) / 1e6;

  if (!dub_npz_save (out, (const char *const *) names->pdata, (DubTensor *const *) tensors->pdata, names->len, error))
    return FALSE;
  if (json)
    print_json (out, names, tensors, dub_plan_peak_bytes (plan), seconds);

  return TRUE;
}
