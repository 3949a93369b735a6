/* What a graph asks for that the table does not have, and what to export instead. */
#include "core/io/onnx.h"

#include <string.h>

static const struct {
  const char *op;
  const char *reason;
} REASONS[] = {
  { "If", "branches are not followed: export with fixed conditions, or trace the model with one example input." },
  { "Loop", "loops are not followed: export with a fixed number of steps, unrolled." },
  { "Scan", "loops are not followed: export with a fixed number of steps, unrolled." },
  { "SequenceMap", "loops are not followed: export with a fixed number of steps, unrolled." },
  { "QuantizeLinear", "quantised models are not supported: export the float32 model from before quantisation." },
  { "DequantizeLinear", "quantised models are not supported: export the float32 model from before quantisation." },
  { "DynamicQuantizeLinear", "quantised models are not supported: export the float32 model from before quantisation." },
  { "QLinearConv", "quantised models are not supported: export the float32 model from before quantisation." },
  { "QLinearMatMul", "quantised models are not supported: export the float32 model from before quantisation." },
  { "ConvInteger", "quantised models are not supported: export the float32 model from before quantisation." },
  { "MatMulInteger", "quantised models are not supported: export the float32 model from before quantisation." },
  { "NonMaxSuppression", "detection heads are not supported: export the network up to the scores of each box." },
  { "RoiAlign", "detection heads are not supported: export the network up to its feature maps." },
  { "StringNormalizer", "text is not supported: export the part of the model that works on numbers." },
  { "TfIdfVectorizer", "text is not supported: export the part of the model that works on numbers." },
  { "ArgMax", "a label has no gradient: export the logits or probabilities before it." },
  { "ArgMin", "a label has no gradient: export the values before it." },
  { "TopK", "a choice has no gradient: export the values before it." },
  { "RandomNormal", "random nodes cannot be reproduced: export the model in evaluation mode." },
  { "RandomNormalLike", "random nodes cannot be reproduced: export the model in evaluation mode." },
  { "RandomUniform", "random nodes cannot be reproduced: export the model in evaluation mode." },
  { "RandomUniformLike", "random nodes cannot be reproduced: export the model in evaluation mode." },
  { "Multinomial", "random nodes cannot be reproduced: export the model in evaluation mode." },
  { "Bernoulli", "random nodes cannot be reproduced: export the model in evaluation mode." },
};

static void
unsupported_free (gpointer data)
{
  DubUnsupported *self = data;

  g_free (self->node);
  g_free (self->op);
  g_free (self->reason);
  g_free (self);
}

static char *
reason_of (const char *op)
{
  const char *domain_end = strstr (op, "::");

  if (domain_end != NULL)
    return g_strdup_printf ("operators of the domain %.*s are not supported: export with the standard operators of "
                            "ONNX alone, without the optimisations of a runtime.", (int) (domain_end - op), op);
  for (size_t i = 0; i < G_N_ELEMENTS (REASONS); i++)
    if (g_str_equal (REASONS[i].op, op))
      return g_strdup (REASONS[i].reason);

  return g_strdup_printf ("the operator %s is not supported: export the model without it, for instance by ending it "
                          "before this node or by composing it of basic operators.", op);
}

GPtrArray *
dub_graph_unsupported (DubGraph *graph)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (unsupported_free);

  for (int i = 0; i < dub_graph_n_nodes (graph); i++) {
    const DubNode *node = dub_graph_node (graph, i);
    DubUnsupported *item;

    if (node->op != NULL)
      continue;
    item = g_new0 (DubUnsupported, 1);
    item->node = g_strdup (node->name);
    item->op = g_strdup (node->op_name);
    item->reason = reason_of (node->op_name);
    g_ptr_array_add (list, item);
  }

  return list;
}
