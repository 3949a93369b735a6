/* What every command that draws is asked: where to, how wide, how fine. */
#pragma once

#include "app/cli/cli-command.h"
#include "core/study/study.h"
#include "ui/figures/export.h"

G_BEGIN_DECLS

typedef struct {
  char           **outs;   /* (nullable) before cli_figure_check: NULL-terminated */
  DubExportOptions export;
} CliFigureOptions;

/* -o, --width, --dpi, with the defaults of the window; a group for cli_parse. (transfer container) */
GOptionEntry *cli_figure_entries       (CliFigureOptions       *self);
void          cli_figure_options_clear (CliFigureOptions       *self);

/* cli_figure_check:
 * @inputs: (array length=n_inputs): files that the command reads, NULL entries are skipped
 *
 * There is an -o, its endings are those of figures, width and resolution are within their range, and nothing that is read
 * is overwritten: else wrong usage, before any work.
 */
gboolean      cli_figure_check         (const CliFigureOptions *self,
                                        const char *const      *inputs,
                                        size_t                  n_inputs,
                                        GError                **error);
/* Nothing of the study, nor of its data, is overwritten: else wrong usage. */
gboolean      cli_figure_check_study   (const CliFigureOptions *self,
                                        const DubStudy         *study,
                                        GError                **error);
/* The files that were written, a line each, on stdout. */
void          cli_figure_print         (const CliFigureOptions *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliFigureOptions, cli_figure_options_clear)

G_END_DECLS
