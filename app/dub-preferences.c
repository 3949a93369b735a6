#include "app/dub-preferences.h"

struct _DubPreferences {
  AdwPreferencesWindow parent_instance;
  DubSettingsState    *settings;
  AdwComboRow         *scheme_row;
  AdwComboRow         *convention_row;
  AdwComboRow         *map_row;
  GtkAdjustment       *opacity;
  GtkScale            *opacity_scale;
  GtkAdjustment       *threads;
  GtkAdjustment       *dpi;
  AdwComboRow         *preset_row;
};

G_DEFINE_FINAL_TYPE (DubPreferences, dub_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* The values behind the rows' choices, in the order of the .ui. */
static const char *const SCHEMES[] = { "system", "light", "dark", NULL };
static const char *const MAPS[] = { "inferno", "magma", "viridis", "grey", NULL };
static const char *const PRESETS[] = { "single", "double", "screen", NULL };

static gboolean
string_to_position (GBinding     *binding,
                    const GValue *from,
                    GValue       *to,
                    gpointer      user_data)
{
  const char *const *values = user_data;
  const char *value = g_value_get_string (from);

  for (guint i = 0; values[i] != NULL; i++)
    if (g_strcmp0 (values[i], value) == 0) {
      g_value_set_uint (to, i);
      return TRUE;
    }

  return FALSE;
}

static gboolean
position_to_string (GBinding     *binding,
                    const GValue *from,
                    GValue       *to,
                    gpointer      user_data)
{
  const char *const *values = user_data;
  guint position = g_value_get_uint (from);

  if (position >= g_strv_length ((char **) values))
    return FALSE;
  g_value_set_string (to, values[position]);

  return TRUE;
}

static void
bind_strings (DubPreferences    *self,
              const char        *property,
              AdwComboRow       *row,
              const char *const *values)
{
  g_object_bind_property_full (self->settings, property, row, "selected",
                               G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE,
                               string_to_position, position_to_string, (gpointer) values, NULL);
}

static gboolean
radiological_to_position (GBinding     *binding,
                          const GValue *from,
                          GValue       *to,
                          gpointer      user_data)
{
  g_value_set_uint (to, g_value_get_boolean (from) ? 0 : 1);

  return TRUE;
}

static gboolean
position_to_radiological (GBinding     *binding,
                          const GValue *from,
                          GValue       *to,
                          gpointer      user_data)
{
  g_value_set_boolean (to, g_value_get_uint (from) == 0);

  return TRUE;
}

static char *
format_percent (GtkScale *scale,
                double    value,
                gpointer  user_data)
{
  return g_strdup_printf ("%.0f %%", 100.0 * value);
}

static void
bind (DubPreferences *self)
{
  GBindingFlags both = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;

  bind_strings (self, "overlay-map", self->map_row, MAPS);
  bind_strings (self, "color-scheme", self->scheme_row, SCHEMES);
  bind_strings (self, "figure-preset", self->preset_row, PRESETS);
  g_object_bind_property_full (self->settings, "radiological", self->convention_row, "selected", both,
                               radiological_to_position, position_to_radiological, NULL, NULL);
  g_object_bind_property (self->settings, "overlay-opacity", self->opacity, "value", both);
  g_object_bind_property (self->settings, "threads", self->threads, "value", both);
  g_object_bind_property (self->settings, "figure-dpi", self->dpi, "value", both);
  gtk_scale_set_format_value_func (self->opacity_scale, format_percent, NULL, NULL);
}

static void
dub_preferences_dispose (GObject *object)
{
  DubPreferences *self = DUB_PREFERENCES (object);

  g_clear_object (&self->settings);
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_PREFERENCES);

  G_OBJECT_CLASS (dub_preferences_parent_class)->dispose (object);
}

static void
dub_preferences_class_init (DubPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_preferences_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, DubPreferences, scheme_row);
  gtk_widget_class_bind_template_child (widget_class, DubPreferences, convention_row);
  gtk_widget_class_bind_template_child (widget_class, DubPreferences, map_row);
  gtk_widget_class_bind_template_child (widget_class, DubPreferences, opacity);
  gtk_widget_class_bind_template_child (widget_class, DubPreferences, opacity_scale);
  gtk_widget_class_bind_template_child (widget_class, DubPreferences, threads);
  gtk_widget_class_bind_template_child (widget_class, DubPreferences, dpi);
  gtk_widget_class_bind_template_child (widget_class, DubPreferences, preset_row);
}

static void
dub_preferences_init (DubPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
dub_preferences_new (DubSettingsState *settings)
{
  DubPreferences *self = g_object_new (DUB_TYPE_PREFERENCES, NULL);

  self->settings = g_object_ref (settings);
  bind (self);

  return GTK_WIDGET (self);
}
