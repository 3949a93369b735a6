#include "core/nn/model-info.h"

#include "core/base/memory.h"

#include <string.h>

static void
count_clear (gpointer data)
{
  g_free (((DubOpCount *) data)->name);
}

static int
compare_counts (gconstpointer a,
                gconstpointer b)
{
  return strcmp (((const DubOpCount *) a)->name, ((const DubOpCount *) b)->name);
}

static GArray *
count_operators (const DubGraph *graph)
{
  GArray *counts = g_array_new (FALSE, TRUE, sizeof (DubOpCount));
  g_autoptr (GHashTable) index = g_hash_table_new (g_str_hash, g_str_equal);

  g_array_set_clear_func (counts, count_clear);
  for (int i = 0; i < dub_graph_n_nodes (graph); i++) {
    const char *op = dub_graph_node (graph, i)->op_name;
    gpointer at;

    if (!g_hash_table_lookup_extended (index, op, NULL, &at)) {
      DubOpCount count = { .name = g_strdup (op) };

      at = GUINT_TO_POINTER (counts->len);
      g_array_append_val (counts, count);
      g_hash_table_insert (index, (gpointer) op, at);
    }
    g_array_index (counts, DubOpCount, GPOINTER_TO_UINT (at)).count++;
  }
  g_array_sort (counts, compare_counts);

  return counts;
}

/* The declared types with 1 for every free extent. FALSE: an input's number of axes is not declared. */
static gboolean
declared_types (const DubGraph  *graph,
                DubType         *types,
                char           **reason)
{
  for (int i = 0; i < dub_graph_n_inputs (graph); i++) {
    const DubGraphInput *input = dub_graph_input (graph, i);

    types[i] = (DubType) { .dtype = input->dtype, .shape = input->shape };
    for (int axis = 0; axis < input->shape.rank; axis++)
      types[i].shape.dim[axis] = MAX (input->shape.dim[axis], input->shape.dim[axis] < 0 ? 1 : 0);
    if (!input->has_shape) {
      *reason = g_strdup_printf ("Input “%s” declares no shape.", dub_graph_value (graph, input->value)->name);
      return FALSE;
    }
  }

  return TRUE;
}

static gboolean
estimate_costs (DubModelInfo  *self,
                DubGraph      *graph,
                DubRun        *run,
                GError       **error)
{
  g_autoptr (GError) local = NULL;
  /* The costs of a network are asked for before anything of it is trusted. */
  DubPlanOptions options = { .memory_limit = dub_memory_limit () };
  g_autoptr (DubPlan) plan = dub_plan_new (graph, self->inputs, &options, run, &local);

  if (plan == NULL) {
    if (g_error_matches (local, DUB_ERROR, DUB_ERROR_CANCELLED)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    self->cost_reason = g_strdup (local->message);
    return TRUE;
  }

  self->outputs = g_new (DubType, MAX (1, self->n_outputs));
  for (size_t i = 0; i < self->n_outputs; i++)
    self->outputs[i] = *dub_plan_output_type (plan, (int) i);
  self->multiply_adds = dub_plan_multiply_adds (plan);
  self->peak_bytes = dub_plan_peak_bytes (plan);
  self->cost_known = TRUE;

  return TRUE;
}

DubModelInfo *
dub_model_info_new (DubGraph       *graph,
                    const DubType  *input_types,
                    DubRun         *run,
                    GError        **error)
{
  g_autoptr (DubModelInfo) self = g_new0 (DubModelInfo, 1);

  g_return_val_if_fail (graph != NULL, NULL);

  self->operators = count_operators (graph);
  self->n_parameters = dub_graph_n_parameters (graph);
  self->n_inputs = (size_t) dub_graph_n_inputs (graph);
  self->n_outputs = (size_t) dub_graph_n_outputs (graph);
  self->inputs = g_new0 (DubType, MAX (1, self->n_inputs));

  if (input_types != NULL)
    memcpy (self->inputs, input_types, self->n_inputs * sizeof (DubType));
  else if (!declared_types (graph, self->inputs, &self->cost_reason))
    return g_steal_pointer (&self);

  return estimate_costs (self, graph, run, error) ? g_steal_pointer (&self) : NULL;
}

void
dub_model_info_free (DubModelInfo *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->operators, g_array_unref);
  g_free (self->inputs);
  g_free (self->outputs);
  g_free (self->cost_reason);
  g_free (self);
}
