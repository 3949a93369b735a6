#include "app/cli/cli-run.h"

#include "app/cli/cli-command.h"
#include "app/cli/cli-json.h"

#include <glib-unix.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { TICK_MS = 100, BAR_WIDTH = 30, LINE_EVERY_S = 10 };

typedef enum { PROGRESS_AUTO, PROGRESS_JSON, PROGRESS_NONE, PROGRESS_LINES, PROGRESS_BAR } Progress;

static const char *const PROGRESS_CHOICES[] = { "auto", "json", "none", "lines", NULL };

struct _CliRun {
  DubRun       *run;
  char         *title;
  Progress      progress;
  gint64        start;     /* µs */
  double        last;      /* fraction told last */
  double        last_line; /* s after the start, of the last line */
  GMutex        mutex;     /* of stderr: the computation's messages and the bar share it */

  GMainContext *context;
  GMainLoop    *loop;
  GThread      *watcher;
};

GOptionEntry *
cli_run_entries (CliRunOptions *options)
{
  const GOptionEntry entries[] = {
    { "threads", 0, 0, G_OPTION_ARG_INT, &options->threads,
      N_("Threads that compute (one per processor; the results are the same for any number)"), "N" },
    { "progress", 0, 0, G_OPTION_ARG_STRING, &options->progress,
      N_("Progress on stderr: auto (a bar on a terminal), json (one object a line), lines (one every ten seconds), none"), "HOW" },
    { NULL },
  };

  return g_memdup2 (entries, sizeof entries);
}

void
cli_run_options_clear (CliRunOptions *options)
{
  g_clear_pointer (&options->progress, g_free);
}

/* Seconds, from the pace of what this process itself has done; NaN while that says too little. */
static double
seconds_left (CliRun *self,
              double  fraction,
              double  seconds)
{
  double own = fraction - dub_run_get_done_before (self->run);

  return own > 0.02 ? seconds * (1.0 - fraction) / own : (double) NAN;
}

static void
draw_bar (CliRun *self,
          double  fraction,
          double  seconds)
{
  char bar[BAR_WIDTH + 1];
  int filled = (int) (fraction * BAR_WIDTH);
  double left = seconds_left (self, fraction, seconds);

  for (int i = 0; i < BAR_WIDTH; i++)
    bar[i] = i < filled ? '#' : '.';
  bar[BAR_WIDTH] = '\0';

  fprintf (stderr, "\r\033[K%s [%s] %3.0f %%", self->title, bar, floor (100.0 * fraction));
  if (isfinite (left))
    fprintf (stderr, _(", %.0f s left"), ceil (left));
  fflush (stderr);
}

/* For logs, which keep every line and cannot take one back. */
static void
tell_line (CliRun *self,
           double  fraction,
           double  seconds)
{
  double left = seconds_left (self, fraction, seconds);

  fprintf (stderr, "%s: %.0f %%", self->title, floor (100.0 * fraction));
  if (isfinite (left))
    fprintf (stderr, _(", %.0f s left"), ceil (left));
  fputc ('\n', stderr);
  self->last_line = seconds;
}

static void
tell_json (CliRun *self,
           double  fraction,
           double  seconds)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_json_double (builder, "progress", fraction);
  cli_json_double (builder, "seconds", seconds);
  cli_json_double (builder, "left", seconds_left (self, fraction, seconds));
  json_builder_end_object (builder);

  g_autofree char *line = cli_json_to_line (builder);

  fprintf (stderr, "%s\n", line);
}

static void
tell (CliRun  *self,
      gboolean always)
{
  double fraction = dub_run_get_progress (self->run);
  double seconds = (double) (g_get_monotonic_time () - self->start) / 1e6;

  g_mutex_lock (&self->mutex);
  if (self->progress == PROGRESS_BAR)
    draw_bar (self, fraction, seconds);
  else if (self->progress == PROGRESS_JSON && (always || fraction != self->last))
    tell_json (self, fraction, seconds);
  else if (self->progress == PROGRESS_LINES && seconds >= self->last_line + LINE_EVERY_S)
    tell_line (self, fraction, seconds);
  self->last = fraction;
  g_mutex_unlock (&self->mutex);
}

static gboolean
tick_cb (gpointer data)
{
  tell (data, FALSE);

  return G_SOURCE_CONTINUE;
}

static void
log_cb (const char *message,
        gpointer    data)
{
  CliRun *self = data;

  g_mutex_lock (&self->mutex);
  if (self->progress == PROGRESS_BAR) {
    fprintf (stderr, "\r\033[K%s\n", message);
  } else if (self->progress == PROGRESS_LINES) {
    fprintf (stderr, "%s: %s\n", self->title, message);
  } else if (self->progress == PROGRESS_JSON) {
    g_autoptr (JsonBuilder) builder = json_builder_new ();

    json_builder_begin_object (builder);
    cli_json_string (builder, "message", message);
    json_builder_end_object (builder);

    g_autofree char *line = cli_json_to_line (builder);

    fprintf (stderr, "%s\n", line);
  }
  g_mutex_unlock (&self->mutex);
}

static gboolean
interrupt (CliRun *self,
           int     signum)
{
  if (dub_run_is_cancelled (self->run)) {
    signal (signum, SIG_DFL);
    raise (signum);
  }
  dub_run_cancel (self->run);

  return G_SOURCE_CONTINUE;
}

static gboolean
interrupt_cb (gpointer data)
{
  return interrupt (data, SIGINT);
}

static gboolean
terminate_cb (gpointer data)
{
  return interrupt (data, SIGTERM);
}

static void
attach (CliRun      *self,
        GSource     *source, /* (transfer full) */
        GSourceFunc  func)
{
  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

static gpointer
watch (gpointer data)
{
  CliRun *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

CliRun *
cli_run_new (const CliRunOptions *options,
             const char          *title,
             GError             **error)
{
  int progress = PROGRESS_AUTO;

  if (options->threads < 0 || options->threads > 1024) {
    cli_usage_error (error, _("--threads is %d, expected 1 to 1024, or 0 for one per processor."), options->threads);
    return NULL;
  }
  if (options->progress != NULL
      && !cli_choose ("--progress", options->progress, PROGRESS_CHOICES, &progress, error))
    return NULL;

  CliRun *self = g_new0 (CliRun, 1);

  if (progress == PROGRESS_AUTO)
    progress = isatty (STDERR_FILENO) ? PROGRESS_BAR : PROGRESS_NONE;
  self->progress = (Progress) progress;
  self->title = g_strdup (title);
  self->start = g_get_monotonic_time ();
  self->last = -1.0;
  g_mutex_init (&self->mutex);
  self->run = dub_run_new ((guint) options->threads);
  dub_run_set_log (self->run, log_cb, self);

  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  attach (self, g_unix_signal_source_new (SIGINT), interrupt_cb);
  attach (self, g_unix_signal_source_new (SIGTERM), terminate_cb);
  if (self->progress != PROGRESS_NONE)
    attach (self, g_timeout_source_new (TICK_MS), tick_cb);
  self->watcher = g_thread_new ("cli-watch", watch, self);

  return self;
}

static gboolean
quit_cb (gpointer data)
{
  CliRun *self = data;

  g_main_loop_quit (self->loop);

  return G_SOURCE_REMOVE;
}

void
cli_run_free (CliRun *self)
{
  if (self == NULL)
    return;

  /* The quit is a source of the loop's own context: a quit before the loop runs would be lost. */
  attach (self, g_idle_source_new (), quit_cb);
  g_thread_join (self->watcher);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);

  if (self->progress == PROGRESS_JSON && !dub_run_is_cancelled (self->run))
    tell (self, TRUE);
  if (self->progress == PROGRESS_BAR)
    fputs ("\r\033[K", stderr);

  dub_run_unref (self->run);
  g_mutex_clear (&self->mutex);
  g_free (self->title);
  g_free (self);
}

DubRun *
cli_run_get (CliRun *self)
{
  return self->run;
}

gboolean
cli_run_is_json (CliRun *self)
{
  return self->progress == PROGRESS_JSON;
}

void
cli_run_tell_line (CliRun     *self,
                   const char *line)
{
  g_mutex_lock (&self->mutex);
  fprintf (stderr, "%s\n", line);
  g_mutex_unlock (&self->mutex);
}
