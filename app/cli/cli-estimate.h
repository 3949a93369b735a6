/* An estimate in a table on a terminal. */
#pragma once

#include "core/stats/estimate.h"

G_BEGIN_DECLS

/* A space and 19 columns: "0.812 [0.751 0.850]", the value alone where there is no interval, or a dash. */
void cli_print_estimate (const DubEstimate *estimate);

G_END_DECLS
