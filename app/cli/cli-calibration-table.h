/* Studies that are compared: read, placed into rows and columns, and measured, for every command that shows such a table. */
#pragma once

#include "app/cli/cli-command.h"
#include "app/cli/cli-run.h"
#include "core/study/calibration-table.h"

G_BEGIN_DECLS

typedef struct {
  char **families;  /* (nullable) NULL-terminated */
  char  *seed;
  int    bins;
  int    resamples;
} CliCalibrationTableOptions;

/* --family, --bins, --resamples, --seed, with the defaults of “evaluate”; a group for cli_parse. (transfer container) */
GOptionEntry        *cli_calibration_table_entries       (CliCalibrationTableOptions        *self);
void                 cli_calibration_table_options_clear (CliCalibrationTableOptions        *self);
/* Ranges, before any work: else wrong usage. */
gboolean             cli_calibration_table_check         (const CliCalibrationTableOptions  *self,
                                                          GError                           **error);

/* cli_calibration_table_load:
 * @folders: NULL-terminated, at least one
 * @outputs: [n_outputs] NULL entries are skipped: none may be a file of a study
 */
G_GNUC_WARN_UNUSED_RESULT
DubCalibrationTable *cli_calibration_table_load          (const CliCalibrationTableOptions  *self,
                                                          char *const                       *folders,
                                                          const char *const                 *outputs,
                                                          size_t                             n_outputs,
                                                          DubRun                            *run,
                                                          GError                           **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliCalibrationTableOptions, cli_calibration_table_options_clear)

G_END_DECLS
