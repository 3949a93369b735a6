/* The person's own networks: what each is, which cases it learned from, and how its cases are scaled where that differs. */
#include "ui/pages/assistant-private.h"

#include <glib/gi18n.h>

/* The parts of a row, which hang on it. */
typedef struct {
  DubNewStudy *study;    /* not owned: it outlives the page */
  char        *path;
  guint        index;
  gboolean     setting;
  AdwComboRow *scaling;
  GtkWidget   *ids;
  GtkWidget   *forget;
} Parts;

static void
parts_free (gpointer data)
{
  Parts *parts = data;

  g_free (parts->path);
  g_free (parts);
}

static Parts *
parts_of (GtkWidget *row)
{
  return g_object_get_data (G_OBJECT (row), "parts");
}

static void
scaled_cb (AdwComboRow *row,
           GParamSpec  *spec,
           Parts       *parts)
{
  guint selected = adw_combo_row_get_selected (row);

  if (!parts->setting && selected != GTK_INVALID_LIST_POSITION)
    dub_new_study_set_own_scaling (parts->study, parts->index, selected == 0 ? -1 : (int) _dub_assistant_scaling (selected - 1));
}

static void
forget_cb (Parts *parts)
{
  dub_new_study_set_train_ids (parts->study, parts->index, NULL);
}

static GtkWidget *
ids_row (Parts *parts)
{
  GtkWidget *row = adw_action_row_new (), *choose = gtk_button_new_with_label (_("Choose…"));

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Training cases"));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 2);
  parts->forget = gtk_button_new_from_icon_name ("edit-clear-symbolic");
  gtk_widget_set_valign (parts->forget, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (parts->forget, "flat");
  gtk_widget_set_tooltip_text (parts->forget, _("Forget this file"));
  g_signal_connect_swapped (parts->forget, "clicked", G_CALLBACK (forget_cb), parts);
  gtk_widget_set_valign (choose, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (choose, _("A file with the ids that this network learned from, one a line or in a column id: none of them is "
                                         "measured as unseen"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (choose), "assistant.choose-train-ids");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (choose), "u", parts->index);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), parts->forget);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), choose);

  return row;
}

static AdwComboRow *
scaling_row (Parts *parts)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);

  gtk_string_list_append (words, _("as for all"));
  for (guint i = 0; _dub_assistant_scaling_name (i) != NULL; i++)
    gtk_string_list_append (words, _dub_assistant_scaling_name (i));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Scaling"));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (words));
  g_signal_connect (row, "notify::selected", G_CALLBACK (scaled_cb), parts);

  return ADW_COMBO_ROW (row);
}

static GtkWidget *
network_row (DubNewStudy *study,
             guint        index)
{
  GtkWidget *row = adw_expander_row_new ();
  Parts *parts = g_new0 (Parts, 1);
  g_autofree char *name = NULL;

  parts->study = study;
  parts->index = index;
  parts->path = g_strdup (dub_new_study_get_networks (study)[index]);
  name = g_path_get_basename (parts->path);
  g_object_set_data_full (G_OBJECT (row), "parts", parts, parts_free);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  gtk_widget_set_tooltip_text (row, parts->path);
  parts->ids = ids_row (parts);
  parts->scaling = scaling_row (parts);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row), parts->ids);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row), GTK_WIDGET (parts->scaling));

  return row;
}

/* TRUE where the rows are of these networks: then they stay, and unfolded is what was unfolded. */
static gboolean
has_rows_of (GtkListBox        *list,
             const char *const *networks)
{
  guint i = 0;

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (list)); row != NULL; row = gtk_widget_get_next_sibling (row), i++)
    if (networks == NULL || networks[i] == NULL || g_strcmp0 (parts_of (row)->path, networks[i]) != 0)
      return FALSE;

  return networks == NULL || networks[i] == NULL;
}

static void
update_row (GtkWidget *row)
{
  Parts *parts = parts_of (row);
  const DubNewStudyTrial *trial = dub_new_study_get_trial (parts->study);
  const char *ids = dub_new_study_get_train_ids (parts->study, parts->index);
  int scaling = dub_new_study_get_own_scaling (parts->study, parts->index);
  g_autofree char *name = ids != NULL ? g_path_get_basename (ids) : NULL;

  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), trial != NULL && trial->networks != NULL
                                                           ? trial->networks[parts->index] : _("Reading…"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (parts->ids), name != NULL ? name : _("not said: a record beside the network tells, or nobody"));
  gtk_widget_set_visible (parts->forget, ids != NULL);
  parts->setting = TRUE;
  adw_combo_row_set_selected (parts->scaling, 0);
  for (guint i = 0; scaling >= 0 && _dub_assistant_scaling_name (i) != NULL; i++)
    if ((int) _dub_assistant_scaling (i) == scaling)
      adw_combo_row_set_selected (parts->scaling, i + 1);
  parts->setting = FALSE;
}

void
_dub_assistant_own_show (GtkListBox  *list,
                         DubNewStudy *study)
{
  const char *const *networks = dub_new_study_get_networks (study);
  GtkWidget *child;

  if (!has_rows_of (list, networks)) {
    while ((child = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
      gtk_list_box_remove (list, child);
    for (guint i = 0; networks != NULL && networks[i] != NULL; i++)
      gtk_list_box_append (list, network_row (study, i));
  }
  for (child = gtk_widget_get_first_child (GTK_WIDGET (list)); child != NULL; child = gtk_widget_get_next_sibling (child))
    update_row (child);
}
