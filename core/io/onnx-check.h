/* Conformance: a folder of the ONNX backend-test form, run and compared.
 *
 * Such a folder holds model.onnx and test_data_set_<S>/input_<J>.pb, output_<J>.pb
 * (TensorProto files), as Debian's libonnx-testdata keeps a thousand of them.
 */
#pragma once

#include "core/nn/graph.h"

G_BEGIN_DECLS

typedef enum {
  DUB_CHECK_PASS,
  DUB_CHECK_FAIL,
  DUB_CHECK_UNSUPPORTED,
} DubCheckOutcome;

typedef struct {
  DubCheckOutcome outcome;
  double          max_error; /* largest |found - expected| over all outputs of all sets; infinite where shapes or NaNs differ */
  char           *op;        /* UNSUPPORTED: the operator, or what kind of value is not supported */
  char           *reason;    /* FAIL and UNSUPPORTED: one sentence; NULL on PASS */
} DubCheckResult;

void     dub_check_result_clear (DubCheckResult  *self);

/* dub_onnx_check_folder:
 * @result: (out caller-allocates): filled when TRUE is returned; clear it with dub_check_result_clear
 *
 * Outputs pass where |found - expected| <= 1e-7 + 1e-3 |expected|, ONNX's own
 * tolerance, and where shapes, element types, NaNs and infinities are equal.
 * Inputs that an operator must know while it is planned (a shape, an axis) are
 * bound as constants.
 *
 * Returns: FALSE, with @error set, only where the folder itself cannot be read or the run was cancelled.
 */
gboolean dub_onnx_check_folder  (const char      *folder,
                                 DubCheckResult  *result,
                                 DubRun          *run,
                                 GError         **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DubCheckResult, dub_check_result_clear)

G_END_DECLS
