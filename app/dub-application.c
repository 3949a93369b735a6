#include "app/dub-application.h"

#include <glib/gi18n.h>
#include <time.h>

#include "app/dub-preferences.h"
#include "app/dub-window.h"
#include "dub-config.h"

struct _DubApplication {
  AdwApplication    parent_instance;
  DubSettingsState *settings;
  DubRecent        *recent;
  gint64            started;
  gboolean          benchmark_start;
};

G_DEFINE_FINAL_TYPE (DubApplication, dub_application, ADW_TYPE_APPLICATION)

typedef struct {
  const char *action;
  const char *accels[3];
} DubShortcut;

static const DubShortcut SHORTCUTS[] = {
  { "app.quit", { "<Control>q" } },
  { "app.preferences", { "<Control>comma" } },
  { "win.show-help-overlay", { "<Control>question" } },
  { "win.new", { "<Control>n" } },
  { "win.open", { "<Control>o" } },
  { "win.open-folder", { "<Control><Shift>o" } },
  { "win.save", { "<Control>s" } },
  { "win.close", { "<Control>w" } },
  { "win.undo", { "<Control>z" } },
  { "win.redo", { "<Control><Shift>z", "<Control>y" } },
  { "win.back", { "<Alt>Left" } },
  { "win.forward", { "<Alt>Right" } },
  { "win.toggle-sidebar", { "F9" } },
  { "win.fullscreen", { "F11" } },
  { "win.export-figure", { "<Control>e" } },
};

static void
color_scheme_cb (DubApplication *self)
{
  const char *name = dub_settings_state_get_color_scheme (self->settings);
  AdwColorScheme scheme = ADW_COLOR_SCHEME_DEFAULT;

  if (g_strcmp0 (name, "light") == 0)
    scheme = ADW_COLOR_SCHEME_FORCE_LIGHT;
  else if (g_strcmp0 (name, "dark") == 0)
    scheme = ADW_COLOR_SCHEME_FORCE_DARK;
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), scheme);
}

static void
quit_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (user_data));
  g_autoptr (GList) copy = g_list_copy (windows);

  /* Closing lets each window write down its state. */
  for (GList *item = copy; item != NULL; item = item->next)
    if (DUB_IS_WINDOW (item->data))
      gtk_window_close (GTK_WINDOW (item->data));
}

static void
preferences_action (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  DubApplication *self = DUB_APPLICATION (user_data);
  GtkWidget *window = dub_preferences_new (self->settings);

  gtk_window_set_transient_for (GTK_WINDOW (window), gtk_application_get_active_window (GTK_APPLICATION (self)));
  gtk_window_present (GTK_WINDOW (window));
}

static void
about_action (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  const char *developers[] = { "The Dubito authors", NULL };

  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (user_data)),
                         "application-name", "Dubito",
                         "application-icon", DUB_APP_ID,
                         "developer-name", _("The Dubito authors"),
                         "developers", developers,
                         "version", DUB_VERSION,
                         "comments", _("See when not to trust a medical-imaging network, and why.\n\n"
                                       "For research. Not a medical device: no diagnosis may rest on it."),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         /* Translators: your names, one a line. */
                         "translator-credits", _("translator-credits"),
                         NULL);
}

static const GActionEntry ACTIONS[] = {
  { "quit", quit_action },
  { "preferences", preferences_action },
  { "about", about_action },
};

static void
after_paint_cb (GdkFrameClock  *clock,
                DubApplication *self)
{
  struct timespec cpu;

  /* On a busy machine the second number is the one to compare. */
  g_signal_handlers_disconnect_by_func (clock, after_paint_cb, self);
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &cpu);
  g_printerr ("first frame after %.0f ms, of which %.0f ms of processor time\n",
              (double) (g_get_monotonic_time () - self->started) / 1000.0,
              1e3 * (double) cpu.tv_sec + 1e-6 * (double) cpu.tv_nsec);
}

static void
realize_cb (GtkWidget      *window,
            DubApplication *self)
{
  GdkFrameClock *clock = gdk_surface_get_frame_clock (gtk_native_get_surface (GTK_NATIVE (window)));

  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), self);
}

static DubWindow *
get_window (DubApplication *self)
{
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));

  while (active != NULL && !DUB_IS_WINDOW (active))
    active = gtk_window_get_transient_for (active);
  if (active != NULL)
    return DUB_WINDOW (active);

  DubWindow *window = dub_window_new (ADW_APPLICATION (self), self->settings, self->recent);

  if (self->benchmark_start)
    g_signal_connect (window, "realize", G_CALLBACK (realize_cb), self);

  return window;
}

static gboolean
open_last_study (DubApplication *self,
                 DubWindow      *window)
{
  g_autofree char *last = g_strdup (dub_settings_state_get_last_study (self->settings));
  g_autofree char *file = g_build_filename (last, "study.json", NULL);

  if (last[0] == '\0')
    return FALSE;
  if (!g_file_test (file, G_FILE_TEST_EXISTS)) {
    g_autofree char *name = g_path_get_basename (last);

    dub_window_toast_missing (window, name);
    return FALSE;
  }

  return dub_window_open_study (window, last);
}

static int
dub_application_command_line (GApplication            *application,
                              GApplicationCommandLine *line)
{
  DubApplication *self = DUB_APPLICATION (application);
  GVariantDict *options = g_application_command_line_get_options_dict (line);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autofree const char **names = NULL;
  gboolean play = g_variant_dict_contains (options, "play");
  gboolean is_new = gtk_application_get_active_window (GTK_APPLICATION (self)) == NULL;

  self->benchmark_start = g_variant_dict_contains (options, "benchmark-start");

  DubWindow *window = get_window (self);

  g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&ay", &names);
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    g_autoptr (GFile) file = g_application_command_line_create_file_for_arg (line, names[i]);

    g_list_store_append (files, file);
  }

  if (g_list_model_get_n_items (G_LIST_MODEL (files)) > 0) {
    dub_window_open_files (window, G_LIST_MODEL (files));
  } else if (is_new && !g_variant_dict_contains (options, "welcome") && !open_last_study (self, window)
             && g_variant_dict_contains (options, "demo")) {
    dub_window_open_demo (window, DUB_DEMO_BRAIN);
  }
  if (play)
    dub_window_play (window);
  /* The study comes first, so that its page is the first that is drawn. Where a question or a failure has put the new
   * window up already, it stays above it. */
  if (!(is_new && gtk_widget_get_visible (GTK_WIDGET (window))))
    gtk_window_present (GTK_WINDOW (window));

  return 0;
}

static void
dub_application_startup (GApplication *application)
{
  DubApplication *self = DUB_APPLICATION (application);

  G_APPLICATION_CLASS (dub_application_parent_class)->startup (application);

  self->settings = dub_settings_state_new ();
  self->recent = dub_recent_new (NULL);
  g_signal_connect_object (self->settings, "notify::color-scheme", G_CALLBACK (color_scheme_cb), self,
                           G_CONNECT_SWAPPED);
  color_scheme_cb (self);

  g_action_map_add_action_entries (G_ACTION_MAP (self), ACTIONS, G_N_ELEMENTS (ACTIONS), self);
  for (gsize i = 0; i < G_N_ELEMENTS (SHORTCUTS); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), SHORTCUTS[i].action,
                                           (const char **) SHORTCUTS[i].accels);
  gtk_window_set_default_icon_name (DUB_APP_ID);
}

static int
dub_application_handle_local_options (GApplication *application,
                                      GVariantDict *options)
{
  if (!g_variant_dict_contains (options, "version"))
    return -1;
  g_print ("dubito %s\n", DUB_VERSION);

  return 0;
}

static void
dub_application_finalize (GObject *object)
{
  DubApplication *self = DUB_APPLICATION (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->recent);

  G_OBJECT_CLASS (dub_application_parent_class)->finalize (object);
}

static void
dub_application_class_init (DubApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = dub_application_finalize;
  application_class->startup = dub_application_startup;
  application_class->command_line = dub_application_command_line;
  application_class->handle_local_options = dub_application_handle_local_options;
}

static void
dub_application_init (DubApplication *self)
{
  const GOptionEntry entries[] = {
    { "play", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Start the mask of the opened study"), NULL },
    { "demo", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Open the brain demo where there is no last study, making it if need be"), NULL },
    { "welcome", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Show the welcome page instead of the last study"), NULL },
    { "benchmark-start", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the milliseconds to the first frame"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_("[STUDY|NETWORK|VOLUME…]") },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), entries);
}

DubApplication *
dub_application_new (gint64 started)
{
  DubApplication *self = g_object_new (DUB_TYPE_APPLICATION,
                                       "application-id", DUB_APP_ID,
                                       "resource-base-path", "/org/dubito/Dubito",
                                       "flags", G_APPLICATION_HANDLES_COMMAND_LINE,
                                       NULL);

  self->started = started;

  return self;
}
