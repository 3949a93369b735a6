/* What the Cases page can be told to do, by button, menu, key or test. */
#include "ui/pages/case-compare.h"
#include "ui/pages/cases-page-private.h"

static void
find_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  gtk_widget_grab_focus (GTK_WIDGET (DUB_CASES_PAGE (widget)->find_entry));
}

static void
step_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  DubCasesPage *self = DUB_CASES_PAGE (widget);
  DubSelection *selection = dub_session_get_selection (self->session);
  int place = dub_case_list_find (self->list, dub_selection_get_case (selection));
  int n = (int) g_list_model_get_n_items (G_LIST_MODEL (self->list));
  int to = g_str_equal (name, "cases.next") ? place + 1 : place - 1;
  g_autoptr (DubCaseItem) item = n > 0 ? g_list_model_get_item (G_LIST_MODEL (self->list), (guint) CLAMP (to, 0, n - 1)) : NULL;

  if (item != NULL)
    dub_selection_pass_case (selection, (int) dub_case_item_get_index (item));
}

static void
clear_filter_action (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  dub_case_list_clear_filter (DUB_CASES_PAGE (widget)->list);
}

/* The selected set and nothing else, whatever was filtered before: where another page leads with "show these". */
static void
show_set_action (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  dub_case_list_show_set (DUB_CASES_PAGE (widget)->list);
}

static void
leave_set_action (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  dub_case_list_leave_set (DUB_CASES_PAGE (widget)->list);
}

static void
sort_menu_action (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  gtk_menu_button_popup (DUB_CASES_PAGE (widget)->sort_button);
}

static void
compare_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  DubCasesPage *self = DUB_CASES_PAGE (widget);

  const DubCaseLook *look = dub_case_detail_get_look (dub_case_inspector_get_detail (self->inspector));

  /* Until another is chosen: the training case that the networks see as most alike. */
  dub_case_compare_show (widget, self->session, dub_case_inspector_get_case (self->inspector),
                         look != NULL && look->n_neighbours > 0 ? (int) look->neighbours[0].index : -1);
}

static void
run_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  DubCasesPage *self = DUB_CASES_PAGE (widget);

  dub_results_run (self->results, g_str_equal (name, "cases.run") ? DUB_RESULTS_RUN_NETWORKS : DUB_RESULTS_RUN_VIEWS);
}

static void
stop_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  dub_results_stop (DUB_CASES_PAGE (widget)->results);
}

static void
refresh_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  dub_results_refresh (DUB_CASES_PAGE (widget)->results);
}

/* --- keys --- */

typedef struct {
  guint           key;
  GdkModifierType modifiers;
  const char     *action;
  const char     *target; /* (nullable) */
} Key;

static const Key KEYS[] = {
  { GDK_KEY_1, GDK_CONTROL_MASK, "cases.layout", "grid" },
  { GDK_KEY_2, GDK_CONTROL_MASK, "cases.layout", "table" },
  { GDK_KEY_a, 0, "cases.outcome", "all" },
  { GDK_KEY_g, 0, "cases.outcome", "correct" },
  { GDK_KEY_f, 0, "cases.outcome", "failed" },
  { GDK_KEY_s, 0, "cases.sort-menu", NULL },
  { GDK_KEY_d, 0, "cases.descending", NULL },
  { GDK_KEY_h, 0, "cases.heat", NULL },
  { GDK_KEY_c, 0, "cases.compare", NULL },
  { GDK_KEY_n, 0, "cases.next", NULL },
  { GDK_KEY_p, 0, "cases.previous", NULL },
  { GDK_KEY_F8, 0, "cases.inspector", NULL },
  { GDK_KEY_f, GDK_CONTROL_MASK, "cases.find", NULL },
  { GDK_KEY_slash, 0, "cases.find", NULL },
};

/* The window asks every page that there is: only the one that is seen answers. */
static gboolean
key_action (GtkWidget *widget,
            GVariant  *arguments,
            gpointer   user_data)
{
  const Key *key = user_data;

  if (!gtk_widget_get_mapped (widget))
    return FALSE;

  return gtk_widget_activate_action_variant (widget, key->action, key->target != NULL ? g_variant_new_string (key->target) : NULL);
}

/* Wherever the focus is in the window, and in the bubbling phase: an entry keeps its letters. */
void
_dub_cases_page_bind_keys (DubCasesPage *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (controller), GTK_SHORTCUT_SCOPE_GLOBAL);
  for (gsize i = 0; i < G_N_ELEMENTS (KEYS); i++)
    gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                          gtk_shortcut_new (gtk_keyval_trigger_new (KEYS[i].key, KEYS[i].modifiers),
                                                            gtk_callback_action_new (key_action, (gpointer) &KEYS[i], NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

void
_dub_cases_page_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "cases.find", NULL, find_action);
  gtk_widget_class_install_action (widget_class, "cases.sort-menu", NULL, sort_menu_action);
  gtk_widget_class_install_action (widget_class, "cases.next", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "cases.previous", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "cases.clear-filter", NULL, clear_filter_action);
  gtk_widget_class_install_action (widget_class, "cases.show-set", NULL, show_set_action);
  gtk_widget_class_install_action (widget_class, "cases.leave-set", NULL, leave_set_action);
  gtk_widget_class_install_action (widget_class, "cases.compare", NULL, compare_action);
  gtk_widget_class_install_action (widget_class, "cases.run", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "cases.run-views", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "cases.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "cases.refresh", NULL, refresh_action);
  gtk_widget_class_install_action (widget_class, "cases.export-figure", NULL, _dub_cases_page_export_figure);
  gtk_widget_class_install_action (widget_class, "cases.export-csv", NULL, _dub_cases_page_export_csv);
  gtk_widget_class_install_action (widget_class, "cases.export-heatmap", NULL, _dub_cases_page_export_heatmap);
}
