#include "ui/pages/overview-page-private.h"

#include <glib/gi18n.h>

#include "ui/pages/choose-path.h"

/* Below these widths of the page warnings stand below the numbers, and the plots in fewer columns. */
enum { WIDE = 900, MEDIUM = 560, NARROW = 400, SIDE_WIDTH = 322 };

G_DEFINE_FINAL_TYPE (DubOverviewPage, dub_overview_page, ADW_TYPE_BIN)

enum { PROP_0, PROP_SESSION, N_PROPS };
static GParamSpec *props[N_PROPS];

GtkWidget *
_dub_overview_label (const char *text,
                     const char *style,
                     float       xalign)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);

  return label;
}

void
_dub_overview_empty (GtkWidget *container)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (container)) != NULL)
    if (GTK_IS_GRID (container))
      gtk_grid_remove (GTK_GRID (container), child);
    else
      gtk_box_remove (GTK_BOX (container), child);
}

/* --- families --- */

static void
update_families (DubOverviewPage *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  g_autoptr (GPtrArray) families = study != NULL && study->data != NULL ? dub_study_families (study) : g_ptr_array_new ();
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint chosen = 0;

  for (guint i = 0; i < families->len; i++) {
    g_autofree char *title = dub_overview_family_title (self->overview, g_ptr_array_index (families, i));

    gtk_string_list_append (titles, title);
    if (g_strcmp0 (self->family, g_ptr_array_index (families, i)) == 0)
      chosen = i;
  }
  g_free (self->family);
  self->family = families->len > 0 ? g_strdup (g_ptr_array_index (families, chosen)) : NULL;
  self->updating = TRUE;
  gtk_drop_down_set_model (self->family_choice, G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (self->family_choice, families->len > 0 ? chosen : GTK_INVALID_LIST_POSITION);
  self->updating = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->family_choice), families->len > 1);
}

static void
update (DubOverviewPage *self)
{
  update_families (self);
  _dub_overview_page_update_data (self);
  _dub_overview_page_update_models (self);
  _dub_overview_page_update_results (self);
  _dub_overview_page_update_side (self);
}

static void
family_chosen_cb (DubOverviewPage *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  guint chosen = gtk_drop_down_get_selected (self->family_choice);

  if (self->updating || study == NULL || study->data == NULL)
    return;

  g_autoptr (GPtrArray) families = dub_study_families (study);

  if (chosen >= families->len)
    return;
  g_free (self->family);
  self->family = g_strdup (g_ptr_array_index (families, chosen));
  _dub_overview_page_update_models (self);
  _dub_overview_page_update_results (self);
  _dub_overview_page_update_side (self);
}

static void
table_toggled_cb (DubOverviewPage *self)
{
  gboolean table = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->table_button));

  if (self->figure != NULL)
    gtk_stack_set_visible_child_name (self->results_stack, table ? "table" : "plots");
}

/* Runs that begin, stop or fail are warnings, or go on. */
static void
training_changed_cb (DubOverviewPage *self)
{
  _dub_overview_page_update_side (self);
  if (dub_overview_get_state (self->overview) == DUB_OVERVIEW_NO_NETWORK)
    _dub_overview_page_update_results (self);
}

/* --- actions --- */

static void
run_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  dub_overview_run (DUB_OVERVIEW_PAGE (widget)->overview);
}

static void
stop_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  dub_overview_stop (DUB_OVERVIEW_PAGE (widget)->overview);
}

static void
refresh_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  dub_overview_refresh (DUB_OVERVIEW_PAGE (widget)->overview);
}

static void
resume_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DubOverviewPage *self = DUB_OVERVIEW_PAGE (widget);
  g_autoptr (GError) error = NULL;

  if (!dub_training_resume (self->training, &error))
    dub_session_fail (self->session, _("The training could not go on"), error);
}

static void
located_cb (GtkWidget  *widget,
            const char *path,
            gpointer    data)
{
  if (path != NULL)
    dub_overview_relocate_data (DUB_OVERVIEW_PAGE (widget)->overview, path);
}

/* A data set of class folders is a folder, every other kind is a file. */
static void
locate_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DubOverviewPage *self = DUB_OVERVIEW_PAGE (widget);
  DubStudy *study = dub_session_get_study (self->session);

  if (study == NULL || study->data == NULL)
    return;

  gboolean folder = g_strcmp0 (study->data->kind, dub_dataset_kind_name (DUB_DATASET_FOLDERS)) == 0;
  const DubPathQuestion question = {
    .title = _("Where Are the Data?"), .accept = _("_Choose"),
    .action = folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN,
  };

  dub_choose_path (widget, &question, located_cb, NULL, NULL);
}

/* --- the widget --- */

static gboolean
place_cb (gpointer data)
{
  DubOverviewPage *self = data;
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  gboolean wide = width >= WIDE;

  /* A page that died meanwhile has let go of its parts. */
  if (self->session == NULL)
    return G_SOURCE_REMOVE;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->body), wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->top),
                                  width >= MEDIUM ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_size_request (GTK_WIDGET (self->side), wide ? SIDE_WIDTH : -1, -1);
  _dub_overview_page_place_plots (self, width >= MEDIUM ? 3 : width >= NARROW ? 2 : 1);

  return G_SOURCE_REMOVE;
}

static void
dub_overview_page_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  gtk_widget_measure (adw_bin_get_child (ADW_BIN (widget)), orientation, for_size, minimum, natural, minimum_baseline,
                      natural_baseline);
}

static void
dub_overview_page_size_allocate (GtkWidget *widget,
                                 int        width,
                                 int        height,
                                 int        baseline)
{
  DubOverviewPage *self = DUB_OVERVIEW_PAGE (widget);
  gboolean was_wide = gtk_orientable_get_orientation (GTK_ORIENTABLE (self->body)) == GTK_ORIENTATION_HORIZONTAL;
  gboolean was_medium = gtk_orientable_get_orientation (GTK_ORIENTABLE (self->top)) == GTK_ORIENTATION_HORIZONTAL;
  int columns = width >= MEDIUM ? 3 : width >= NARROW ? 2 : 1;

  gtk_widget_allocate (adw_bin_get_child (ADW_BIN (self)), width, height, baseline, NULL);
  /* Not from inside an allocation: placing asks for another one. */
  if (was_wide != (width >= WIDE) || was_medium != (width >= MEDIUM) || columns != self->columns)
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, place_cb, g_object_ref (self), g_object_unref);
}

static void
dub_overview_page_constructed (GObject *object)
{
  DubOverviewPage *self = DUB_OVERVIEW_PAGE (object);

  G_OBJECT_CLASS (dub_overview_page_parent_class)->constructed (object);
  if (self->session == NULL)
    return;
  self->training = g_object_ref (dub_training_of_session (self->session));
  self->overview = dub_overview_new (self->session);
  g_signal_connect_object (self->overview, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->overview, "notify::fraction", G_CALLBACK (_dub_overview_page_update_fraction), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->training, "changed", G_CALLBACK (training_changed_cb), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
dub_overview_page_set_property (GObject      *object,
                                guint         id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  if (id == PROP_SESSION)
    DUB_OVERVIEW_PAGE (object)->session = g_value_dup_object (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
dub_overview_page_dispose (GObject *object)
{
  DubOverviewPage *self = DUB_OVERVIEW_PAGE (object);

  for (int i = 0; i < DUB_OVERVIEW_PANELS; i++) {
    if (self->cells[i].box != NULL)
      dub_interval_view_set_figure (self->cells[i].view, NULL, NULL);
    g_clear_object (&self->cells[i].box);
  }
  g_clear_pointer (&self->figure, dub_overview_figure_free);
  g_clear_pointer (&self->family, g_free);
  g_clear_object (&self->overview);
  g_clear_object (&self->training);
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_OVERVIEW_PAGE);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dub_overview_page_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, DubOverviewPage, name)

static void
bind_template (GtkWidgetClass *widget_class)
{
  BIND (body);
  BIND (top);
  BIND (data_name);
  BIND (split_label);
  BIND (split_bar);
  BIND (data_grid);
  BIND (models_note);
  BIND (models_grid);
  BIND (family_choice);
  BIND (results_note);
  BIND (table_button);
  BIND (badge);
  BIND (banner);
  BIND (banner_label);
  BIND (banner_button);
  BIND (results_stack);
  BIND (status_icon);
  BIND (status_title);
  BIND (status_text);
  BIND (status_progress);
  BIND (status_button);
  BIND (import_button);
  BIND (plots);
  BIND (table);
  BIND (foot);
  BIND (foot_mark);
  BIND (foot_title);
  BIND (foot_text);
  BIND (side);
  BIND (warnings_spinner);
  BIND (warnings_count);
  BIND (warnings);
  BIND (computed_count);
  BIND (computed);
}

static void
dub_overview_page_class_init (DubOverviewPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dub_overview_page_constructed;
  object_class->set_property = dub_overview_page_set_property;
  object_class->dispose = dub_overview_page_dispose;
  widget_class->measure = dub_overview_page_measure;
  widget_class->size_allocate = dub_overview_page_size_allocate;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, DUB_TYPE_SESSION,
                                             G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (DUB_TYPE_SPLIT_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/overview-page.ui");
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "overview.run", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "overview.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "overview.refresh", NULL, refresh_action);
  gtk_widget_class_install_action (widget_class, "overview.resume", NULL, resume_action);
  gtk_widget_class_install_action (widget_class, "overview.locate", NULL, locate_action);
  gtk_widget_class_install_action (widget_class, "overview.show-pairs", "s", _dub_overview_page_show_pairs);
  gtk_widget_class_install_action (widget_class, "overview.export-figure", NULL, _dub_overview_page_export);
  gtk_widget_class_install_action (widget_class, "overview.export-csv", NULL, _dub_overview_page_export);
}

static void
dub_overview_page_init (DubOverviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* The bin's own would keep allocations from this page. */
  gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL);
  _dub_overview_page_build_results (self);
  g_signal_connect_swapped (self->family_choice, "notify::selected", G_CALLBACK (family_chosen_cb), self);
  g_signal_connect_swapped (self->table_button, "toggled", G_CALLBACK (table_toggled_cb), self);
}

GtkWidget *
dub_overview_page_new (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  return g_object_new (DUB_TYPE_OVERVIEW_PAGE, "session", session, NULL);
}
