/* The end of a gradient whose sums were formed by several at once. */
#pragma once

#include "core/base/run.h"

G_BEGIN_DECLS

/* _dub_add_shares:
 * @partial: [n_shares][n], one row a share
 *
 * sum[i] = Σ_share partial[share][i], in the order of the shares, for any number of threads the same bits.
 */
gboolean _dub_add_shares (const float *partial,
                          int64_t      n_shares,
                          size_t       n,
                          float       *sum,
                          DubRun      *run,
                          GError     **error);

G_END_DECLS
