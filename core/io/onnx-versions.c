/* By ONNX's own history of its operators (Changelog.md). Most rows never changed their meaning: the sets 1 to 5 knew an
 * attribute consumed_inputs, a hint about memory, and numbers were of fewer types. What did change stands here. */
#include "core/io/onnx-versions.h"

#include <string.h>

enum { NEWER = 7 };

/* The first set with today's meaning, where that is not 1. */
static const struct {
  const char *op;
  int         since;
  const char *difference;
} CHANGED[] = {
  { "Cast", 6, "names its type by a word" },
  { "Concat", 4, "has another default axis" },
  { "PRelu", 7, "repeats its slope along the channels" },
  { "Pad", 2, "takes other attributes" },
  { "Reshape", 5, "takes its shape as an attribute" },
  { "Selu", 6, "has other default constants" },
  { "Split", 2, "takes other inputs" },
  { "Upsample", 7, "takes other attributes" },
};

/* Two inputs that repeat along an axis by attributes. Without "axis" the trailing axes are meant, as today. */
static const char *const REPEATING[] = {
  "Add", "And", "Div", "Equal", "Greater", "Less", "Mul", "Or", "Pow", "Sub", "Xor", NULL
};

/* Training and inference were told apart by an attribute; inference is what the rows mean. */
static const char *const TESTING[] = { "BatchNormalization", "Dropout", NULL };

/* Rows that came with set 7 or a later one. */
static const char *const LATER[] = {
  "Celu", "ConstantOfShape", "Cos", "Erf", "Expand", "GreaterOrEqual", "HardSwish", "LessOrEqual", "Range", "Resize",
  "Round", "Sin", "ThresholdedRelu", "Where", NULL
};

const char *
dub_onnx_older_meaning (const char          *op_name,
                        const DubAttributes *attributes,
                        int                  opset)
{
  if (opset >= NEWER)
    return NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (CHANGED); i++)
    if (strcmp (CHANGED[i].op, op_name) == 0 && opset < CHANGED[i].since)
      return CHANGED[i].difference;
  if (g_strv_contains (REPEATING, op_name) && dub_attributes_has (attributes, "axis"))
    return "repeats its second input along an axis of its own";
  if (g_strv_contains (TESTING, op_name) && dub_attributes_get_int (attributes, "is_test", 0) == 0)
    return "means training (is_test = 0)";
  if (g_strv_contains (LATER, op_name))
    return "does not exist yet";

  return NULL;
}
