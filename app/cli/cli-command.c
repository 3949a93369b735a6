#include "app/cli/cli-command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static gboolean
print_version_cb (const char *option_name,
                  const char *value,
                  gpointer    data,
                  GError    **error)
{
  printf ("dubito-cli %s\n", DUB_VERSION);
  exit (CLI_EXIT_SUCCESS);
}

static const GOptionEntry COMMON_ENTRIES[] = {
  { "version", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, print_version_cb, N_("Show the version and end"), NULL },
  { NULL },
};

static void
print_commands (const char       *path,
                const CliCommand *commands,
                const char       *introduction)
{
  printf (_("Usage:\n  %s COMMAND [OPTION…]\n\n%s\n\nCommands:\n"), path, introduction);
  for (const CliCommand *command = commands; command->name != NULL; command++)
    printf ("  %-10s %s\n", command->name, _(command->summary));
  printf (_("\n“%s COMMAND --help” lists the options of a command.\n"
            "Exit status: 0 success, 1 the work failed or its input is bad, 2 wrong usage, 130 cancelled.\n"), path);
}

static const CliCommand *
find_command (const CliCommand *commands,
              const char       *name)
{
  for (const CliCommand *command = commands; command->name != NULL; command++)
    if (strcmp (command->name, name) == 0)
      return command;

  return NULL;
}

static CliExit
exit_for_error (const char   *path,
                const GError *error)
{
  if (g_error_matches (error, DUB_ERROR, DUB_ERROR_CANCELLED)) {
    fprintf (stderr, _("%s: cancelled.\n"), path);
    return CLI_EXIT_CANCELLED;
  }

  fprintf (stderr, "%s: %s\n", path, error->message);
  if (error->domain != G_OPTION_ERROR)
    return CLI_EXIT_FAILED;

  fprintf (stderr, _("Try “%s --help”.\n"), path);

  return CLI_EXIT_USAGE;
}

static CliExit
run_command (const CliCommand *command,
             const char       *path,
             int               argc,
             char            **argv)
{
  g_autoptr (GError) error = NULL;

  if (command->run (path, argc, argv, &error)) {
    /* What was printed counts only once it has arrived: a full disk is a failure too. */
    if (fflush (stdout) == 0 && !ferror (stdout))
      return CLI_EXIT_SUCCESS;
    g_set_error (&error, DUB_ERROR, DUB_ERROR_IO, _("Standard output could not be written: %s."), g_strerror (errno));
  }

  return exit_for_error (path, error);
}

CliExit
cli_dispatch (const char       *path,
              const CliCommand *commands,
              const char       *introduction,
              int               argc,
              char            **argv)
{
  const char *word = argc > 1 ? argv[1] : NULL;

  if (word == NULL) {
    fprintf (stderr, _("%s: a command is missing.\nTry “%s --help”.\n"), path, path);
    return CLI_EXIT_USAGE;
  }
  if (strcmp (word, "--help") == 0 || strcmp (word, "-h") == 0 || strcmp (word, "help") == 0) {
    print_commands (path, commands, introduction);
    return CLI_EXIT_SUCCESS;
  }
  if (strcmp (word, "--version") == 0) {
    printf ("dubito-cli %s\n", DUB_VERSION);
    return CLI_EXIT_SUCCESS;
  }

  const CliCommand *command = find_command (commands, word);

  if (command == NULL) {
    fprintf (stderr, _("%s: there is no %s “%s”.\nTry “%s --help”.\n"), path,
             word[0] == '-' ? _("option") : _("command"), word, path);
    return CLI_EXIT_USAGE;
  }

  g_autofree char *longer = g_strdup_printf ("%s %s", path, word);

  if (command->children != NULL)
    return cli_dispatch (longer, command->children, _(command->summary), argc - 1, argv + 1);

  return run_command (command, longer, argc - 1, argv + 1);
}

gboolean
cli_parse (const char               *path,
           const char               *parameters,
           const char               *summary,
           const char               *description,
           const GOptionEntry *const *groups,
           size_t                    n_groups,
           int                       min_positional,
           int                       max_positional,
           int                      *argc,
           char                   ***argv,
           GError                  **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);

  /* GOption takes the first word of the usage line from the program's name. */
  g_set_prgname (path);
  g_option_context_set_translation_domain (context, DUB_GETTEXT_PACKAGE);
  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  for (size_t i = 0; i < n_groups; i++)
    g_option_context_add_main_entries (context, groups[i], DUB_GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, COMMON_ENTRIES, DUB_GETTEXT_PACKAGE);

  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;

  /* The "--" that ends the options stays in the array where the arguments after it begin with a dash. */
  for (int i = 1; i < *argc; i++)
    if (strcmp ((*argv)[i], "--") == 0) {
      memmove (*argv + i, *argv + i + 1, sizeof (char *) * (size_t) (*argc - i - 1));
      (*argc)--;
      break;
    }

  int n_positional = *argc - 1;

  if (n_positional < min_positional)
    return cli_usage_error (error, _("An argument is missing: %s."), parameters);
  if (max_positional >= 0 && n_positional > max_positional)
    return cli_usage_error (error, _("The argument “%s” is one too many: %s."), (*argv)[max_positional + 1], parameters);

  return TRUE;
}

gboolean
cli_choose (const char        *option,
            const char        *value,
            const char *const *choices,
            int               *index,
            GError           **error)
{
  for (int i = 0; choices[i] != NULL; i++)
    if (strcmp (choices[i], value) == 0) {
      *index = i;
      return TRUE;
    }

  g_autofree char *list = g_strjoinv (", ", (char **) choices);

  return cli_usage_error (error, _("%s is “%s”, expected one of: %s."), option, value, list);
}

gboolean
cli_read_seed (const char  *option,
               const char  *text,
               guint64      largest,
               guint64     *seed,
               GError     **error)
{
  guint64 number;

  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, largest, &number, NULL))
    return cli_usage_error (error, _("%s is “%s”, expected a whole number of at least 0."), option, text);
  *seed = number;

  return TRUE;
}

gboolean
cli_check_resamples (int      n,
                     GError **error)
{
  if (n < 20 || n > 1000000)
    return cli_usage_error (error, _("--resamples is %d, expected 20 to 1000000."), n);

  return TRUE;
}

gboolean
cli_usage_error (GError    **error,
                 const char *format,
                 ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, message);

  return FALSE;
}

gboolean
cli_check_output (const char *path,
                  GError    **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, _("“%s” is a folder, expected the name of a file to write."), path);
    return FALSE;
  }
  if (access (folder, W_OK | X_OK) != 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, _("“%s” cannot be written: the folder “%s” is not usable (%s)."),
                 path, folder, g_strerror (errno));
    return FALSE;
  }

  return TRUE;
}
