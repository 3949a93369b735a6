/* Operators in the operator sets before 7: which of them already had the meaning that the table computes. */
#pragma once

#include "core/nn/attribute.h"

G_BEGIN_DECLS

/* NULL where the definition of @op_name in @opset, with these attributes, is the one that the operator's row implements;
 * else what is different, to be read after "… in operator set 6 ". Every set from 7 on gives NULL: the rows read it. */
const char *dub_onnx_older_meaning (const char          *op_name,
                                    const DubAttributes *attributes,
                                    int                  opset);

G_END_DECLS
