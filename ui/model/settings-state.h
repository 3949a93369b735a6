/* The person's choices that outlive a study.
 *
 * Properties are bound to the GSettings schema org.dubito.Dubito where it is
 * installed; without it they live in memory with the same defaults, so that the
 * program also runs from its build folder and in tests.
 *
 *   radiological    boolean  TRUE: the patient's right is on the left of the screen (default)
 *   color-scheme    string   "system", "light", "dark"
 *   threads         uint     0 = one per processor; counts from the next study on
 *   overlay-map     string   "inferno", "magma", "viridis", "grey": dub_colormap_name in lower case
 *   overlay-opacity double   0 … 1
 *   figure-dpi      uint     72 … 1200
 *   figure-preset   string   "single" (85 mm), "double" (174 mm), "screen"
 *   window-width, window-height int, window-maximized boolean, sidebar-visible boolean
 *   last-study      string   folder to open at the next start, "" = the welcome page
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define DUB_TYPE_SETTINGS_STATE (dub_settings_state_get_type ())
G_DECLARE_FINAL_TYPE (DubSettingsState, dub_settings_state, DUB, SETTINGS_STATE, GObject)

DubSettingsState *dub_settings_state_new                (void);

gboolean          dub_settings_state_get_radiological    (DubSettingsState *self);
const char       *dub_settings_state_get_color_scheme    (DubSettingsState *self);
guint             dub_settings_state_get_threads         (DubSettingsState *self);
const char       *dub_settings_state_get_overlay_map     (DubSettingsState *self);
double            dub_settings_state_get_overlay_opacity (DubSettingsState *self);
guint             dub_settings_state_get_figure_dpi      (DubSettingsState *self);
const char       *dub_settings_state_get_figure_preset   (DubSettingsState *self);
const char       *dub_settings_state_get_last_study      (DubSettingsState *self);

G_END_DECLS
