/* An application whose windows a test looks at; the person's own files are out of its reach. */
#pragma once

#include <adwaita.h>

#include "app/dub-window.h"

/* Before any other use of GLib: what the application remembers goes to a new folder. (transfer full) */
static inline char *
application_folder (const char *pattern)
{
  char *folder = g_dir_make_tmp (pattern, NULL);

  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_setenv ("XDG_CACHE_HOME", folder, TRUE);

  return folder;
}

static inline AdwApplication *
application_new (void)
{
  AdwApplication *application = adw_application_new ("org.dubito.Test", G_APPLICATION_NON_UNIQUE);

  g_application_set_resource_base_path (G_APPLICATION (application), "/org/dubito/Dubito");
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));

  return application;
}

/* A window of @width × @height with settings of its own, which remembers recent studies in @folder. */
static inline DubWindow *
application_window (AdwApplication *application,
                    const char     *folder,
                    int             width,
                    int             height)
{
  g_autoptr (DubSettingsState) settings = dub_settings_state_new ();
  g_autofree char *file = g_build_filename (folder, "recent.json", NULL);
  g_autoptr (DubRecent) recent = dub_recent_new (file);

  g_object_set (settings, "window-width", width, "window-height", height, NULL);

  return dub_window_new (application, settings, recent);
}
