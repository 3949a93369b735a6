#include "ui/model/settings-state.h"

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>

#include "dub-config.h"

struct _DubSettingsState {
  GObject    parent_instance;
  GSettings *settings; /* (nullable) */
  gboolean   radiological;
  char      *color_scheme;
  guint      threads;
  char      *overlay_map;
  double     overlay_opacity;
  guint      figure_dpi;
  char      *figure_preset;
  int        window_width;
  int        window_height;
  gboolean   window_maximized;
  gboolean   sidebar_visible;
  char      *last_study;
};

G_DEFINE_FINAL_TYPE (DubSettingsState, dub_settings_state, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_RADIOLOGICAL,
  PROP_COLOR_SCHEME,
  PROP_THREADS,
  PROP_OVERLAY_MAP,
  PROP_OVERLAY_OPACITY,
  PROP_FIGURE_DPI,
  PROP_FIGURE_PRESET,
  PROP_WINDOW_WIDTH,
  PROP_WINDOW_HEIGHT,
  PROP_WINDOW_MAXIMIZED,
  PROP_SIDEBAR_VISIBLE,
  PROP_LAST_STUDY,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static void
dub_settings_state_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  DubSettingsState *self = DUB_SETTINGS_STATE (object);

  switch (prop_id) {
  case PROP_RADIOLOGICAL:
    g_value_set_boolean (value, self->radiological);
    break;
  case PROP_COLOR_SCHEME:
    g_value_set_string (value, self->color_scheme);
    break;
  case PROP_THREADS:
    g_value_set_uint (value, self->threads);
    break;
  case PROP_OVERLAY_MAP:
    g_value_set_string (value, self->overlay_map);
    break;
  case PROP_OVERLAY_OPACITY:
    g_value_set_double (value, self->overlay_opacity);
    break;
  case PROP_FIGURE_DPI:
    g_value_set_uint (value, self->figure_dpi);
    break;
  case PROP_FIGURE_PRESET:
    g_value_set_string (value, self->figure_preset);
    break;
  case PROP_WINDOW_WIDTH:
    g_value_set_int (value, self->window_width);
    break;
  case PROP_WINDOW_HEIGHT:
    g_value_set_int (value, self->window_height);
    break;
  case PROP_WINDOW_MAXIMIZED:
    g_value_set_boolean (value, self->window_maximized);
    break;
  case PROP_SIDEBAR_VISIBLE:
    g_value_set_boolean (value, self->sidebar_visible);
    break;
  case PROP_LAST_STUDY:
    g_value_set_string (value, self->last_study);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
take_string (char        **field,
             const GValue *value)
{
  g_free (*field);
  *field = g_value_dup_string (value);
  if (*field == NULL)
    *field = g_strdup ("");
}

static void
dub_settings_state_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  DubSettingsState *self = DUB_SETTINGS_STATE (object);

  switch (prop_id) {
  case PROP_RADIOLOGICAL:
    self->radiological = g_value_get_boolean (value);
    break;
  case PROP_COLOR_SCHEME:
    take_string (&self->color_scheme, value);
    break;
  case PROP_THREADS:
    self->threads = g_value_get_uint (value);
    break;
  case PROP_OVERLAY_MAP:
    take_string (&self->overlay_map, value);
    break;
  case PROP_OVERLAY_OPACITY:
    self->overlay_opacity = g_value_get_double (value);
    break;
  case PROP_FIGURE_DPI:
    self->figure_dpi = g_value_get_uint (value);
    break;
  case PROP_FIGURE_PRESET:
    take_string (&self->figure_preset, value);
    break;
  case PROP_WINDOW_WIDTH:
    self->window_width = g_value_get_int (value);
    break;
  case PROP_WINDOW_HEIGHT:
    self->window_height = g_value_get_int (value);
    break;
  case PROP_WINDOW_MAXIMIZED:
    self->window_maximized = g_value_get_boolean (value);
    break;
  case PROP_SIDEBAR_VISIBLE:
    self->sidebar_visible = g_value_get_boolean (value);
    break;
  case PROP_LAST_STUDY:
    take_string (&self->last_study, value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
dub_settings_state_constructed (GObject *object)
{
  DubSettingsState *self = DUB_SETTINGS_STATE (object);
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  G_OBJECT_CLASS (dub_settings_state_parent_class)->constructed (object);

  /* g_settings_new ends the process where a schema is missing, so ask first. */
  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, DUB_APP_ID, TRUE);
  if (schema == NULL)
    return;

  /* Run from its build folder, the program keeps its settings in a file of its own: no daemon is needed for that. */
  const char *file = g_getenv ("DUBITO_SETTINGS");
  g_autoptr (GSettingsBackend) backend = file != NULL && g_path_is_absolute (file)
                                         ? g_keyfile_settings_backend_new (file, "/", NULL) : NULL;

  self->settings = g_settings_new_full (schema, backend, NULL);
  for (int i = 1; i < N_PROPS; i++)
    if (g_settings_schema_has_key (schema, props[i]->name))
      g_settings_bind (self->settings, props[i]->name, self, props[i]->name, G_SETTINGS_BIND_DEFAULT);
}

static void
dub_settings_state_finalize (GObject *object)
{
  DubSettingsState *self = DUB_SETTINGS_STATE (object);

  g_clear_object (&self->settings);
  g_free (self->color_scheme);
  g_free (self->overlay_map);
  g_free (self->figure_preset);
  g_free (self->last_study);

  G_OBJECT_CLASS (dub_settings_state_parent_class)->finalize (object);
}

static void
dub_settings_state_class_init (DubSettingsStateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS;

  object_class->constructed = dub_settings_state_constructed;
  object_class->finalize = dub_settings_state_finalize;
  object_class->get_property = dub_settings_state_get_property;
  object_class->set_property = dub_settings_state_set_property;

  props[PROP_RADIOLOGICAL] = g_param_spec_boolean ("radiological", NULL, NULL, TRUE, flags);
  props[PROP_COLOR_SCHEME] = g_param_spec_string ("color-scheme", NULL, NULL, "system", flags);
  props[PROP_THREADS] = g_param_spec_uint ("threads", NULL, NULL, 0, 256, 0, flags);
  props[PROP_OVERLAY_MAP] = g_param_spec_string ("overlay-map", NULL, NULL, "inferno", flags);
  props[PROP_OVERLAY_OPACITY] = g_param_spec_double ("overlay-opacity", NULL, NULL, 0.0, 1.0, 0.95, flags);
  props[PROP_FIGURE_DPI] = g_param_spec_uint ("figure-dpi", NULL, NULL, 72, 1200, 300, flags);
  props[PROP_FIGURE_PRESET] = g_param_spec_string ("figure-preset", NULL, NULL, "double", flags);
  props[PROP_WINDOW_WIDTH] = g_param_spec_int ("window-width", NULL, NULL, 360, 32767, 1280, flags);
  props[PROP_WINDOW_HEIGHT] = g_param_spec_int ("window-height", NULL, NULL, 300, 32767, 800, flags);
  props[PROP_WINDOW_MAXIMIZED] = g_param_spec_boolean ("window-maximized", NULL, NULL, FALSE, flags);
  props[PROP_SIDEBAR_VISIBLE] = g_param_spec_boolean ("sidebar-visible", NULL, NULL, TRUE, flags);
  props[PROP_LAST_STUDY] = g_param_spec_string ("last-study", NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
dub_settings_state_init (DubSettingsState *self)
{
}

DubSettingsState *
dub_settings_state_new (void)
{
  return g_object_new (DUB_TYPE_SETTINGS_STATE, NULL);
}

gboolean
dub_settings_state_get_radiological (DubSettingsState *self)
{
  return self->radiological;
}

const char *
dub_settings_state_get_color_scheme (DubSettingsState *self)
{
  return self->color_scheme;
}

guint
dub_settings_state_get_threads (DubSettingsState *self)
{
  return self->threads;
}

const char *
dub_settings_state_get_overlay_map (DubSettingsState *self)
{
  return self->overlay_map;
}

double
dub_settings_state_get_overlay_opacity (DubSettingsState *self)
{
  return self->overlay_opacity;
}

guint
dub_settings_state_get_figure_dpi (DubSettingsState *self)
{
  return self->figure_dpi;
}

const char *
dub_settings_state_get_figure_preset (DubSettingsState *self)
{
  return self->figure_preset;
}

const char *
dub_settings_state_get_last_study (DubSettingsState *self)
{
  return self->last_study;
}
