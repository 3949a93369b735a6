/* The preferences window: every row is bound to a property of DubSettingsState and acts at once. */
#pragma once

#include <adwaita.h>

#include "ui/model/settings-state.h"

G_BEGIN_DECLS

#define DUB_TYPE_PREFERENCES (dub_preferences_get_type ())
G_DECLARE_FINAL_TYPE (DubPreferences, dub_preferences, DUB, PREFERENCES, AdwPreferencesWindow)

GtkWidget *dub_preferences_new (DubSettingsState *settings);

G_END_DECLS
