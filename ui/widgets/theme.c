#include "ui/widgets/theme.h"

#include <adwaita.h>

GdkRGBA
dub_rgba_to_gdk (DubRgba color)
{
  GdkRGBA result = { (float) color.red, (float) color.green, (float) color.blue, (float) color.alpha };

  return result;
}

static void
overwrite (GtkStyleContext *context,
           const char      *name,
           DubRgba         *color)
{
  GdkRGBA found;

  if (gtk_style_context_lookup_color (context, name, &found))
    *color = (DubRgba) { found.red, found.green, found.blue, found.alpha };
}

void
dub_widget_theme (GtkWidget *widget,
                  DubTheme  *theme)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  AdwStyleManager *manager = adw_style_manager_get_for_display (gtk_widget_get_display (widget));

  dub_theme_init (theme, adw_style_manager_get_dark (manager) ? DUB_THEME_DARK : DUB_THEME_LIGHT);
  overwrite (context, "view_bg_color", &theme->view);
  overwrite (context, "accent_bg_color", &theme->accent);
  overwrite (context, "accent_color", &theme->accent_text);
}
