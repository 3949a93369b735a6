#include "app/dub-renderer.h"

#include <unistd.h>

static gboolean
usable (const char *path)
{
  return access (path, R_OK | W_OK) == 0;
}

/* A card that draws, and that this person may use, shows as a render node of the kernel (DRM); NVIDIA's own driver and
 * the Windows subsystem have nodes of their own. */
static gboolean
has_graphics_card (void)
{
  static const char *const OTHERS[] = { "/dev/nvidiactl", "/dev/dxg" };
  g_autoptr (GDir) folder = g_dir_open ("/dev/dri", 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *path = g_build_filename ("/dev/dri", name, NULL);

    if (g_str_has_prefix (name, "renderD") && usable (path))
      return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (OTHERS); i++)
    if (usable (OTHERS[i]))
      return TRUE;

  return FALSE;
}

void
dub_renderer_choose (void)
{
  if (g_getenv ("GSK_RENDERER") != NULL || g_getenv ("GDK_DEBUG") != NULL || has_graphics_card ())
    return;

  /* The first says how to draw; without the second GTK would look for OpenGL all the same. */
  g_setenv ("GSK_RENDERER", "cairo", FALSE);
  g_setenv ("GDK_DEBUG", "gl-disable", FALSE);
}
