/* The measures of failure detection, as “failure” and “uq” print them. */
#pragma once

#include "app/cli/cli-command.h"
#include "app/cli/cli-json.h"
#include "core/uq/failure.h"

G_BEGIN_DECLS

/* --resamples and --seed, which both commands have. */
typedef struct {
  int   resamples;
  char *seed;
} CliFailureOptions;

/* cli_failure_read:
 * @options: (inout): seed is the text of --seed
 * @seed: (out)
 */
gboolean cli_failure_read_options (const CliFailureOptions *options,
                                   guint64                 *seed,
                                   GError                 **error);

/* cli_failure_build:
 * @zero_case: (nullable): name of the surest failure; NULL = its index is written
 *
 * Members of the object being built: auroc { value, low, high, … }, bacc and spec { auc, bacc, spec, sens, threshold, … },
 * aurc, eaurc, augrc, fpr95, zero_failure { coverage, low, high, case }, n, n_failures. Numbers stand alone; their intervals are
 * in the member "intervals" beside them.
 */
void     cli_failure_build        (JsonBuilder             *builder,
                                   const DubFailure        *failure,
                                   const char              *zero_case);

/* "1 case", "234 cases"; "1 failure", "41 failures". (transfer full) */
char    *cli_count_cases          (size_t                   n);
char    *cli_count_failures       (size_t                   n);

/* A line for a terminal, and the line above all of them. */
void     cli_failure_print_head   (void);
void     cli_failure_print        (const char              *title,
                                   const DubFailure        *failure);

G_END_DECLS
