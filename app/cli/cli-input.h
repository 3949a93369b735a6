/* Files of the command line as network inputs: .npy, .npz, .nii[.gz] (and .hdr/.img), .png. */
#pragma once

#include "core/nn/graph.h"
#include "core/study/study.h"

G_BEGIN_DECLS

/* --axes, --scale, --fit as they were typed; NULL = not given. */
typedef struct {
  char *axes;
  char *scale;
  char *fit;
} CliPreprocessOptions;

/* Entries that fill @options. (transfer full), free with g_free. */
GOptionEntry *cli_preprocess_entries       (CliPreprocessOptions       *options);
void          cli_preprocess_options_clear (CliPreprocessOptions       *options);
/* What was typed overwrites @preprocess, which a zeroed struct fills with the defaults: ijk, none, refuse.
 * Wrong words are usage errors. */
gboolean      cli_preprocess_parse         (const CliPreprocessOptions *options,
                                            DubPreprocess              *preprocess,
                                            GError                    **error);

/* The spatial extents (D, H, W) that a network with one input (N, 1, D, H, W) declares, -1 = free.
 * DUB_ERROR_SHAPE where its first input is of another kind. */
gboolean      cli_network_extents          (const DubGraph             *graph,
                                            int64_t                     extents[3],
                                            GError                    **error);

/* cli_load_inputs:
 * @path: .npz gives every input by its name; the others give the only input of the network
 * @given: which of --axes, --scale, --fit were typed: they apply to volumes alone
 *
 * @allow_nan: NaN and infinity in .npy and .npz pass; DUB_ERROR_NUMERIC names the first otherwise. Volumes refuse them always.
 *
 * Numbers are converted to the element type that the network declares.
 *
 * Returns: (transfer full) (element-type DubTensor): one contiguous tensor an input, in the graph's order
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray    *cli_load_inputs              (DubGraph                   *graph,
                                            const char                 *path,
                                            const CliPreprocessOptions *given,
                                            gboolean                    allow_nan,
                                            DubRun                     *run,
                                            GError                    **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliPreprocessOptions, cli_preprocess_options_clear)

G_END_DECLS
