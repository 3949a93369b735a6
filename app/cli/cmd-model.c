/* dubito-cli model info: what a network is made of and what it costs. */
#include "app/cli/cmd-model.h"

#include "app/cli/cli-json.h"
#include "app/cli/cli-run.h"
#include "core/io/onnx.h"
#include "core/nn/model-info.h"

#include <stdio.h>

static void
json_value (JsonBuilder    *builder,
            const char     *name,
            DubDtype        dtype,
            const DubShape *shape) /* NULL = unknown */
{
  json_builder_begin_object (builder);
  cli_json_string (builder, "name", name);
  cli_json_string (builder, "dtype", dub_dtype_name (dtype));
  if (shape != NULL) {
    cli_json_shape (builder, "shape", shape);
  } else {
    json_builder_set_member_name (builder, "shape");
    json_builder_add_null_value (builder);
  }
  json_builder_end_object (builder);
}

static const char *
output_name (const DubGraph *graph,
             int             output)
{
  return dub_graph_value (graph, dub_graph_output (graph, output))->name;
}

static void
print_json (const DubGraph     *graph,
            const DubModelInfo *info,
            GPtrArray          *unsupported)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_json_string (builder, "file", graph->name);
  cli_json_int (builder, "opset", graph->opset);

  json_builder_set_member_name (builder, "inputs");
  json_builder_begin_array (builder);
  for (int i = 0; i < dub_graph_n_inputs (graph); i++) {
    const DubGraphInput *input = dub_graph_input (graph, i);

    json_value (builder, dub_graph_value (graph, input->value)->name, input->dtype,
                input->has_shape ? &input->shape : NULL);
  }
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "outputs");
  json_builder_begin_array (builder);
  for (int i = 0; i < dub_graph_n_outputs (graph); i++)
    json_value (builder, output_name (graph, i), info->cost_known ? info->outputs[i].dtype : DUB_DTYPE_F32,
                info->cost_known ? &info->outputs[i].shape : NULL);
  json_builder_end_array (builder);

  cli_json_int (builder, "parameters", (gint64) info->n_parameters);
  json_builder_set_member_name (builder, "multiply_adds");
  if (info->cost_known)
    json_builder_add_int_value (builder, (gint64) info->multiply_adds);
  else
    json_builder_add_null_value (builder);

  json_builder_set_member_name (builder, "operators");
  json_builder_begin_object (builder);
  for (guint i = 0; i < info->operators->len; i++) {
    const DubOpCount *op = &g_array_index (info->operators, DubOpCount, i);

    cli_json_int (builder, op->name, op->count);
  }
  json_builder_end_object (builder);

  json_builder_set_member_name (builder, "unsupported");
  json_builder_begin_array (builder);
  for (guint i = 0; i < unsupported->len; i++) {
    const DubUnsupported *entry = unsupported->pdata[i];

    json_builder_begin_object (builder);
    cli_json_string (builder, "node", entry->node);
    cli_json_string (builder, "op", entry->op);
    cli_json_string (builder, "reason", entry->reason);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "peak_bytes");
  if (info->cost_known)
    json_builder_add_int_value (builder, (gint64) info->peak_bytes);
  else
    json_builder_add_null_value (builder);
  cli_json_string (builder, "cost_reason", info->cost_reason);
  json_builder_end_object (builder);
  cli_json_print (builder);
}

static void
print_value (const char     *kind,
             const char     *name,
             DubDtype        dtype,
             const DubShape *shape)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; shape != NULL && i < shape->rank; i++) {
    g_string_append (text, i > 0 ? "×" : "");
    if (shape->dim[i] >= 0)
      g_string_append_printf (text, "%" G_GINT64_FORMAT, shape->dim[i]);
    else
      g_string_append (text, "?");
  }
  printf ("%s %s: %s %s\n", kind, name, dub_dtype_name (dtype),
          shape == NULL ? _("of unknown shape") : shape->rank == 0 ? _("scalar") : text->str);
}

static void
print_text (const DubGraph     *graph,
            const DubModelInfo *info,
            GPtrArray          *unsupported)
{
  printf (_("%s, opset %d\n"), graph->name, graph->opset);
  for (int i = 0; i < dub_graph_n_inputs (graph); i++) {
    const DubGraphInput *input = dub_graph_input (graph, i);

    print_value (_("input"), dub_graph_value (graph, input->value)->name, input->dtype,
                 input->has_shape ? &input->shape : NULL);
  }
  for (int i = 0; i < dub_graph_n_outputs (graph); i++)
    if (info->cost_known)
      print_value (_("output"), output_name (graph, i), info->outputs[i].dtype, &info->outputs[i].shape);
    else
      printf (_("output %s\n"), output_name (graph, i));

  printf (_("parameters: %zu\n"), info->n_parameters);
  if (info->cost_known)
    printf (_("one forward pass: %.3f G multiply-adds, %.1f MB\n"), info->multiply_adds / 1e9,
            (double) info->peak_bytes / 1e6);
  else
    printf (_("cost unknown: %s\n"), info->cost_reason);

  printf (_("operators:\n"));
  for (guint i = 0; i < info->operators->len; i++) {
    const DubOpCount *op = &g_array_index (info->operators, DubOpCount, i);

    printf ("  %5u  %s\n", op->count, op->name);
  }
  for (guint i = 0; i < unsupported->len; i++) {
    const DubUnsupported *entry = unsupported->pdata[i];

    printf (_("unsupported: node “%s” (%s): %s\n"), entry->node, entry->op, entry->reason);
  }
}

gboolean
cmd_model_info (const char *path,
                int         argc,
                char      **argv,
                GError    **error)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries };

  if (!cli_parse (path, "MODEL.onnx", _("Says what a network is made of and what a forward pass costs."),
                  _("Free extents (the batch) count as 1 in the costs."), groups, G_N_ELEMENTS (groups), 1, 1, &argc,
                  &argv, error))
    return FALSE;

  g_autoptr (DubGraph) graph = dub_onnx_load (argv[1], error);

  if (graph == NULL)
    return FALSE;

  g_autoptr (DubModelInfo) info = dub_model_info_new (graph, NULL, NULL, error);
  g_autoptr (GPtrArray) unsupported = dub_graph_unsupported (graph);

  if (info == NULL)
    return FALSE;
  if (json)
    print_json (graph, info, unsupported);
  else
    print_text (graph, info, unsupported);

  return TRUE;
}
