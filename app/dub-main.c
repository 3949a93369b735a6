#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>

#include "app/dub-application.h"
#include "app/dub-renderer.h"
#include "dub-config.h"

int
main (int   argc,
      char *argv[])
{
  gint64 started = g_get_monotonic_time ();
  const char *translations = g_getenv ("DUBITO_LOCALEDIR");

  setlocale (LC_ALL, "");
  /* A file that grows beyond what the system allows is an error of its writer, not the end of the window. */
  signal (SIGXFSZ, SIG_IGN);
  bindtextdomain (DUB_GETTEXT_PACKAGE, translations != NULL ? translations : DUB_LOCALEDIR);
  bind_textdomain_codeset (DUB_GETTEXT_PACKAGE, "UTF-8");
  textdomain (DUB_GETTEXT_PACKAGE);
  g_set_application_name ("Dubito");
  g_set_prgname (DUB_APP_ID);
  dub_renderer_choose ();

  g_autoptr (DubApplication) application = dub_application_new (started);

  return g_application_run (G_APPLICATION (application), argc, argv);
}
