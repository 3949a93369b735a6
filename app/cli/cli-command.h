/* A command: one row of a table, a function with options, or a table of further commands.
 *
 * Errors travel as GError: a G_OPTION_ERROR is wrong usage (exit 2), a cancelled run is 130,
 * anything else is failed work or bad input (exit 1).
 */
#pragma once

#include "core/base/error.h"
#include "dub-config.h"

#define GETTEXT_PACKAGE DUB_GETTEXT_PACKAGE
#include <glib/gi18n.h>

G_BEGIN_DECLS

typedef enum {
  CLI_EXIT_SUCCESS   = 0,
  CLI_EXIT_FAILED    = 1,
  CLI_EXIT_USAGE     = 2,
  CLI_EXIT_CANCELLED = 130, /* what a shell reports for a program ended by Ctrl+C */
} CliExit;

typedef struct _CliCommand CliCommand;

/* @path: the words so far, "dubito-cli model run"; @argv[0] is the last of them. */
typedef gboolean (*CliCommandFunc) (const char  *path,
                                    int          argc,
                                    char       **argv,
                                    GError     **error);

struct _CliCommand {
  const char       *name;
  const char       *summary;  /* N_(), one line */
  CliCommandFunc    run;      /* NULL for a table of commands */
  const CliCommand *children; /* ends with a NULL name */
};

/* Finds the command that the words of @argv name, runs it, and tells its error on stderr. */
CliExit  cli_dispatch       (const char         *path,
                             const CliCommand   *commands,
                             const char         *introduction,
                             int                 argc,
                             char              **argv);

/* cli_parse:
 * @parameters: what stands after the options in the usage line: "MODEL.onnx"
 * @description: (nullable): paragraphs below the options
 * @groups: [n_groups] arrays of entries, each ending with { NULL }
 * @min_positional, @max_positional: arguments besides options (-1 = any number)
 *
 * Reads the options out of @argv, which then holds argv[0] and the positional arguments.
 * --help and --version print and end the program.
 */
gboolean cli_parse          (const char         *path,
                             const char         *parameters,
                             const char         *summary,
                             const char         *description,
                             const GOptionEntry *const *groups,
                             size_t              n_groups,
                             int                 min_positional,
                             int                 max_positional,
                             int                *argc,
                             char             ***argv,
                             GError            **error);

/* Index of @value among @choices (NULL-terminated), or a usage error that lists them. */
gboolean cli_choose         (const char         *option,
                             const char         *value,
                             const char *const  *choices,
                             int                *index,
                             GError            **error);

/* A seed, 0 to @largest, out of @text (nullable: @seed stays as it is), or a usage error that names @option. */
gboolean cli_read_seed      (const char         *option,
                             const char         *text,
                             guint64             largest,
                             guint64            *seed,
                             GError            **error);
/* As many resamples as a bootstrap can be asked for, or a usage error. */
gboolean cli_check_resamples (int                n,
                             GError            **error);

/* Wrong usage, said in one sentence. Always returns FALSE. */
gboolean cli_usage_error    (GError            **error,
                             const char         *format,
                             ...) G_GNUC_PRINTF (2, 3);

/* TRUE where a file can be made at @path: its folder exists and may be written to. Asked before long work begins. */
gboolean cli_check_output   (const char         *path,
                             GError            **error);

G_END_DECLS
