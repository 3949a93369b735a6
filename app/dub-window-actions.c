/* What the window can be told to do: every menu, button, shortcut and test goes through these. */
#include "app/dub-window-private.h"

#include <glib/gi18n.h>
#include <string.h>

GtkWidget *
_dub_window_current_page (DubWindow *self)
{
  const char *root = gtk_stack_get_visible_child_name (self->root_stack);

  if (g_strcmp0 (root, "study") != 0)
    return NULL;

  return gtk_stack_get_visible_child (self->pages);
}

gboolean
_dub_window_run_page_action (DubWindow  *self,
                             const char *name)
{
  GtkWidget *page = _dub_window_current_page (self);

  return page != NULL && gtk_widget_activate_action_variant (page, name, NULL);
}

char *
_dub_window_page_action_name (DubWindow  *self,
                              const char *action)
{
  GtkWidget *page = _dub_window_current_page (self);
  const GVariantType *type;
  const char *name, *property;
  GType owner;

  if (page == NULL)
    return NULL;

  g_autofree char *wanted = g_strconcat (gtk_stack_get_visible_child_name (self->pages), ".", action, NULL);

  for (guint i = 0; gtk_widget_class_query_action (GTK_WIDGET_GET_CLASS (page), i, &owner, &name, &type, &property); i++)
    if (g_str_equal (name, wanted))
      return g_steal_pointer (&wanted);

  return NULL;
}

/* Each page exports what it shows: "win.export-csv" is the visible page's "overview.export-csv". */
static const char *const EXPORTS[] = { "win.export-figure", "win.export-csv", "win.export-table", "win.export-nifti" };

static void
set_enabled (DubWindow  *self,
             const char *name,
             gboolean    enabled)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), name, enabled);
}

/* "Undo: Move λ1 (Ctrl+Z)" */
static void
set_step_tooltip (GtkWidget  *button,
                  const char *verb,
                  const char *label,
                  const char *shortcut)
{
  g_autofree char *text = label != NULL ? g_strdup_printf ("%s: %s (%s)", verb, label, shortcut)
                                        : g_strdup_printf ("%s (%s)", verb, shortcut);

  gtk_widget_set_tooltip_text (button, text);
}

void
_dub_window_update_actions (DubWindow *self)
{
  DubHistory *history = dub_session_get_history (self->session);
  gboolean open = dub_session_get_study (self->session) != NULL, back, forward;

  g_object_get (self->session, "can-go-back", &back, "can-go-forward", &forward, NULL);
  set_enabled (self, "win.undo", open && dub_history_get_can_undo (history));
  set_enabled (self, "win.redo", open && dub_history_get_can_redo (history));
  set_enabled (self, "win.back", back);
  set_enabled (self, "win.forward", forward);
  set_enabled (self, "win.save", open);
  set_enabled (self, "win.close-study", open);
  set_enabled (self, "win.page-action", open);
  set_enabled (self, "win.play", open);
  for (size_t i = 0; i < G_N_ELEMENTS (EXPORTS); i++) {
    g_autofree char *name = _dub_window_page_action_name (self, EXPORTS[i] + strlen ("win."));

    set_enabled (self, EXPORTS[i], name != NULL);
  }
  set_step_tooltip (self->undo_button, _("Undo"), dub_history_get_undo_label (history), "Ctrl+Z");
  set_step_tooltip (self->redo_button, _("Redo"), dub_history_get_redo_label (history), "Ctrl+Shift+Z");
}

static void
new_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  _dub_window_new_study (DUB_WINDOW (widget));
}

static void
open_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  _dub_window_choose_files (DUB_WINDOW (widget));
}

static void
open_folder_action (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  _dub_window_choose_folder (DUB_WINDOW (widget), NULL);
}

static void
open_recent_action (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  dub_window_open_study (DUB_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
locate_recent_action (GtkWidget  *widget,
                      const char *name,
                      GVariant   *parameter)
{
  _dub_window_choose_folder (DUB_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
remove_recent_action (GtkWidget  *widget,
                      const char *name,
                      GVariant   *parameter)
{
  /* The row that carries the string goes with the entry. */
  g_autofree char *folder = g_variant_dup_string (parameter, NULL);

  dub_recent_remove (DUB_WINDOW (widget)->recent, folder);
}

static void
open_demo_action (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  dub_window_open_demo (DUB_WINDOW (widget), DUB_DEMO_BRAIN);
}

static void
open_lesions_action (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  dub_window_open_demo (DUB_WINDOW (widget), DUB_DEMO_LESIONS);
}

static void
forget_pending_action (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  _dub_window_forget_pending (DUB_WINDOW (widget));
}

static void
save_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  _dub_window_choose_save (DUB_WINDOW (widget));
}

static void
close_study (DubWindow *self)
{
  _dub_window_remember_study (self);
  dub_session_set_study (self->session, NULL);
  /* The next start begins where this ends: on the welcome page. */
  _dub_window_remember_study (self);
}

static void
close_study_action (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  if (_dub_window_ask_to_leave (DUB_WINDOW (widget), close_study))
    close_study (DUB_WINDOW (widget));
}

/* Ctrl+W closes the study first, then the window. */
static void
close_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  if (dub_session_get_study (DUB_WINDOW (widget)->session) != NULL)
    close_study_action (widget, name, parameter);
  else
    gtk_window_close (GTK_WINDOW (widget));
}

static void
undo_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  dub_history_undo (dub_session_get_history (DUB_WINDOW (widget)->session));
}

static void
redo_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  dub_history_redo (dub_session_get_history (DUB_WINDOW (widget)->session));
}

static void
back_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  dub_session_go_back (DUB_WINDOW (widget)->session);
}

static void
forward_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  dub_session_go_forward (DUB_WINDOW (widget)->session);
}

static void
toggle_sidebar_action (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  DubWindow *self = DUB_WINDOW (widget);
  DubSettingsState *settings = dub_session_get_settings (self->session);
  gboolean visible;

  /* Folded, sidebar and content are two pages of one pile. */
  if (adw_leaflet_get_folded (self->leaflet)) {
    gboolean on_sidebar = g_strcmp0 (adw_leaflet_get_visible_child_name (self->leaflet), "sidebar") == 0;

    adw_leaflet_navigate (self->leaflet, on_sidebar ? ADW_NAVIGATION_DIRECTION_FORWARD : ADW_NAVIGATION_DIRECTION_BACK);
    return;
  }
  g_object_get (settings, "sidebar-visible", &visible, NULL);
  g_object_set (settings, "sidebar-visible", !visible, NULL);
}

/* Pages lead to each other by name: "win.page" with "training". */
static void
page_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  _dub_window_show_page (DUB_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

/* "training.new": the page before the dot, then its action. */
static void
page_do_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  const char *action = g_variant_get_string (parameter, NULL);
  g_auto (GStrv) parts = g_strsplit (action, ".", 2);

  if (parts[0] != NULL && _dub_window_show_page (DUB_WINDOW (widget), parts[0]))
    _dub_window_run_page_action (DUB_WINDOW (widget), action);
}

static void
import_networks_action (GtkWidget  *widget,
                        const char *name,
                        GVariant   *parameter)
{
  _dub_window_choose_networks (DUB_WINDOW (widget));
}

/* Esc lets go of the selected set first, then of the case. */
static void
clear_selection_action (GtkWidget  *widget,
                        const char *name,
                        GVariant   *parameter)
{
  DubSelection *selection = dub_session_get_selection (DUB_WINDOW (widget)->session);

  if (dub_selection_has_set (selection))
    dub_selection_clear_set (selection);
  else
    dub_selection_set_case (selection, -1);
}

static void
page_action_action (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  _dub_window_run_page_action (DUB_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
export_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  g_autofree char *action = _dub_window_page_action_name (DUB_WINDOW (widget), name + strlen ("win."));

  if (action != NULL)
    _dub_window_run_page_action (DUB_WINDOW (widget), action);
}

/* The keys of the page that is looked at; of one that has none of its own, those of the window. */
static const char *
help_section (DubWindow *self)
{
  static const char *const WITH_KEYS[] = { "calibration", "cases", "failure", "latent", "mask", NULL };
  const char *page = _dub_window_current_page (self) != NULL ? gtk_stack_get_visible_child_name (self->pages) : NULL;

  if (page != NULL && g_strv_contains (WITH_KEYS, page))
    return page;

  return g_strcmp0 (page, "segment") == 0 ? "mask" : "shortcuts";
}

/* Not named gtk/help-overlay.ui, which GTK would build with every window. */
static void
show_help_overlay_action (GtkWidget  *widget,
                          const char *name,
                          GVariant   *parameter)
{
  GtkApplicationWindow *window = GTK_APPLICATION_WINDOW (widget);

  if (gtk_application_window_get_help_overlay (window) == NULL) {
    g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/dubito/Dubito/help-overlay.ui");

    gtk_application_window_set_help_overlay (window,
                                             GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
  }
  g_object_set (gtk_application_window_get_help_overlay (window), "section-name", help_section (DUB_WINDOW (widget)), NULL);
  gtk_window_present (GTK_WINDOW (gtk_application_window_get_help_overlay (window)));
}

static void
play_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  dub_window_play (DUB_WINDOW (widget));
}

static gboolean
scheme_to_variant (GBinding     *binding,
                   const GValue *from,
                   GValue       *to,
                   gpointer      user_data)
{
  g_value_set_variant (to, g_variant_new_string (g_value_get_string (from)));

  return TRUE;
}

static void
activate_scheme_cb (GSimpleAction *action,
                    GVariant      *parameter,
                    DubWindow     *self)
{
  g_object_set (dub_session_get_settings (self->session), "color-scheme", g_variant_get_string (parameter, NULL), NULL);
}

void
_dub_window_init_actions (DubWindow *self)
{
  DubSettingsState *settings = dub_session_get_settings (self->session);
  g_autoptr (GPropertyAction) radiological = g_property_action_new ("radiological", settings, "radiological");
  g_autoptr (GSimpleAction) scheme = g_simple_action_new_stateful ("color-scheme", G_VARIANT_TYPE_STRING,
                                                                   g_variant_new_string ("system"));

  g_object_bind_property_full (settings, "color-scheme", scheme, "state", G_BINDING_SYNC_CREATE, scheme_to_variant,
                               NULL, NULL, NULL);
  g_signal_connect_object (scheme, "activate", G_CALLBACK (activate_scheme_cb), self, 0);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (radiological));
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (scheme));
  _dub_window_update_actions (self);
}

void
_dub_window_install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.new", NULL, new_action);
  gtk_widget_class_install_action (klass, "win.open", NULL, open_action);
  gtk_widget_class_install_action (klass, "win.open-folder", NULL, open_folder_action);
  gtk_widget_class_install_action (klass, "win.open-recent", "s", open_recent_action);
  gtk_widget_class_install_action (klass, "win.locate-recent", "s", locate_recent_action);
  gtk_widget_class_install_action (klass, "win.remove-recent", "s", remove_recent_action);
  gtk_widget_class_install_action (klass, "win.open-demo", NULL, open_demo_action);
  gtk_widget_class_install_action (klass, "win.open-lesions", NULL, open_lesions_action);
  gtk_widget_class_install_action (klass, "win.forget-pending", NULL, forget_pending_action);
  gtk_widget_class_install_action (klass, "win.save", NULL, save_action);
  gtk_widget_class_install_action (klass, "win.close-study", NULL, close_study_action);
  gtk_widget_class_install_action (klass, "win.close", NULL, close_action);
  gtk_widget_class_install_action (klass, "win.undo", NULL, undo_action);
  gtk_widget_class_install_action (klass, "win.redo", NULL, redo_action);
  gtk_widget_class_install_action (klass, "win.back", NULL, back_action);
  gtk_widget_class_install_action (klass, "win.forward", NULL, forward_action);
  gtk_widget_class_install_action (klass, "win.toggle-sidebar", NULL, toggle_sidebar_action);
  gtk_widget_class_install_action (klass, "win.page", "s", page_action);
  gtk_widget_class_install_action (klass, "win.page-do", "s", page_do_action);
  gtk_widget_class_install_action (klass, "win.import-networks", NULL, import_networks_action);
  gtk_widget_class_install_action (klass, "win.clear-selection", NULL, clear_selection_action);
  gtk_widget_class_install_property_action (klass, "win.fullscreen", "fullscreened");
  gtk_widget_class_install_action (klass, "win.page-action", "s", page_action_action);
  for (size_t i = 0; i < G_N_ELEMENTS (EXPORTS); i++)
    gtk_widget_class_install_action (klass, EXPORTS[i], NULL, export_action);
  gtk_widget_class_install_action (klass, "win.show-help-overlay", NULL, show_help_overlay_action);
  gtk_widget_class_install_action (klass, "win.play", NULL, play_action);
}
