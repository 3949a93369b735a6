/* Features of cases out of a file, as dubito-cli project reads them. */
#pragma once

#include "app/cli/cli-command.h"
#include "core/tensor/tensor.h"

G_BEGIN_DECLS

/* cli_features_load:
 * @file: .npy (N, F) or (N, …), or .npz
 * @array: (nullable): of an .npz: “features”, or the only one, where none is named
 * @network: of “features” (M, N, F), the one to take
 * @labels: (out) (transfer full) (nullable): [N] where an .npz has “labels”; another number of them is an error
 *
 * Returns: (transfer full): (N, F) float32, maybe with numbers that are not finite; or NULL, with @error set.
 */
G_GNUC_WARN_UNUSED_RESULT
DubTensor *cli_features_load (const char  *file,
                              const char  *array,
                              int          network,
                              int        **labels,
                              GError     **error);

/* Whether numbers of double precision, (N, F) or (M, N, F), still are numbers in single precision; an error names the first that is not. */
gboolean cli_features_check_range (const char       *file,
                                   const DubTensor  *raw,
                                   size_t            n_cases,
                                   size_t            n_features,
                                   GError          **error);

G_END_DECLS
