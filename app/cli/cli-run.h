/* The run context of a command: threads, Ctrl+C, progress on stderr.
 *
 * A thread of its own watches the signals and draws the progress, so that the
 * computation knows neither. The first Ctrl+C cancels the DubRun, the second
 * ends the program at once.
 */
#pragma once

#include "core/base/run.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  int   threads;  /* 0 = one per processor */
  char *progress; /* (nullable): "auto", "json", "none" */
} CliRunOptions;

typedef struct _CliRun CliRun;

/* Entries --threads and --progress that fill @options. (transfer full), free with g_free. */
GOptionEntry *cli_run_entries     (CliRunOptions        *options);
void          cli_run_options_clear (CliRunOptions      *options);

/* @title: what the progress bar says it is doing. Wrong options are usage errors. */
G_GNUC_WARN_UNUSED_RESULT
CliRun       *cli_run_new         (const CliRunOptions  *options,
                                   const char           *title,
                                   GError              **error);
void          cli_run_free        (CliRun               *self);

/* Whether progress goes out as JSON lines. */
gboolean      cli_run_is_json     (CliRun               *self);
/* One line on stderr, between the progress; any thread. */
void          cli_run_tell_line   (CliRun               *self,
                                   const char           *line);
/* (transfer none) */
DubRun       *cli_run_get         (CliRun               *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliRun, cli_run_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliRunOptions, cli_run_options_clear)

G_END_DECLS
