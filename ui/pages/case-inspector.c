#include "ui/pages/case-inspector-private.h"

#include <glib/gi18n.h>
#include <math.h>

G_DEFINE_FINAL_TYPE (DubCaseInspector, dub_case_inspector, GTK_TYPE_BOX)

enum { PROP_0, PROP_SESSION, PROP_HEAT, PROP_HEAT_KIND, N_PROPS };
static GParamSpec *props[N_PROPS];

const DubStudyData *
_dub_case_inspector_data (DubCaseInspector *self)
{
  DubStudy *study = dub_session_get_study (self->session);

  if (study == NULL || study->data == NULL || self->index < 0 || (size_t) self->index >= study->data->n_cases)
    return NULL;

  return study->data;
}

const char *
_dub_case_inspector_class (DubCaseInspector *self,
                           int               index)
{
  DubStudy *study = dub_session_get_study (self->session);

  if (study == NULL || index < 0 || (guint) index >= study->classes->len)
    return "—";

  return g_ptr_array_index (study->classes, (guint) index);
}

void
_dub_case_inspector_empty (GtkWidget *container)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (container)) != NULL)
    if (GTK_IS_GRID (container))
      gtk_grid_remove (GTK_GRID (container), child);
    else
      gtk_box_remove (GTK_BOX (container), child);
}

/* --- head --- */

static void
update_head (DubCaseInspector *self)
{
  const DubStudyData *data = _dub_case_inspector_data (self);
  static const struct { const char *text, *style; } parts[] = {
    [DUB_PART_TRAIN] = { N_("train"), "train" },
    [DUB_PART_CALIBRATION] = { N_("calibration"), "calibration" },
    [DUB_PART_TEST] = { N_("test"), "test" },
    [DUB_PART_NONE] = { N_("left out"), "left-out" },
  };

  gtk_stack_set_visible_child_name (self->stack, data != NULL ? "case" : "none");
  if (data == NULL)
    return;

  guint failed = dub_results_get_failed (self->results, (size_t) self->index);
  guint part = MIN (data->split->part[self->index], DUB_PART_NONE);

  gtk_label_set_label (self->id_label, data->ids[self->index]);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->id_label), data->ids[self->index]);
  gtk_widget_set_visible (GTK_WIDGET (self->outcome_badge), failed < 2);
  gtk_label_set_label (self->outcome_badge, failed == 1 ? _("Failed") : _("Correct"));
  gtk_widget_set_css_classes (GTK_WIDGET (self->outcome_badge),
                              (const char *[]) { "dub-pill", failed == 1 ? "failed-pill" : "correct-pill", NULL });
  gtk_label_set_label (self->part_badge, _(parts[part].text));
  gtk_widget_set_css_classes (GTK_WIDGET (self->part_badge), (const char *[]) { "dub-pill", parts[part].style, NULL });
}

static GMenuModel *
heat_menu (DubCaseInspector *self)
{
  size_t n;
  const DubHeatChoice *choices = dub_heat_choices (&n);
  const DubOutputs *outputs = dub_results_get_outputs (self->results);
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) doubt = g_menu_new (), answer = g_menu_new (), shown = g_menu_new ();

  for (size_t i = 0; i < n; i++) {
    g_autoptr (GMenuItem) item = g_menu_item_new (_(choices[i].title), NULL);

    if (choices[i].ensemble && outputs != NULL && outputs->n_models < 2)
      continue;
    g_menu_item_set_action_and_target (item, "inspector.heat-kind", "s", choices[i].id);
    g_menu_append_item (choices[i].doubt ? doubt : answer, item);
  }
  g_menu_append (shown, _("Show the Heatmap"), "inspector.heat");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (shown));
  g_menu_append_section (menu, _("Where the doubt comes from"), G_MENU_MODEL (doubt));
  g_menu_append_section (menu, _("Where the answer comes from"), G_MENU_MODEL (answer));

  return G_MENU_MODEL (menu);
}

/* --- following --- */

static void
detail_changed_cb (DubCaseInspector *self,
                   guint             what)
{
  if (what & (DUB_DETAIL_LOOK | DUB_DETAIL_HEAT))
    _dub_case_inspector_update_image (self);
  if (what & DUB_DETAIL_LOOK)
    _dub_case_inspector_update_neighbours (self);
  if (what & DUB_DETAIL_VIEWS)
    _dub_case_inspector_update_views (self);
  gtk_spinner_set_spinning (self->spinner, dub_case_detail_is_busy (self->detail, DUB_DETAIL_HEAT | DUB_DETAIL_VIEWS));
}

static void
update (DubCaseInspector *self)
{
  g_autoptr (GMenuModel) menu = heat_menu (self);

  gtk_menu_button_set_menu_model (self->heat_button, menu);
  update_head (self);
  _dub_case_inspector_update_answers (self);
}

static void
picture_made_cb (DubCaseInspector *self,
                 guint             index)
{
  const DubCaseLook *look = self->detail != NULL ? dub_case_detail_get_look (self->detail) : NULL;

  for (guint i = 0; look != NULL && i < look->n_neighbours; i++)
    if (look->neighbours[i].index == index) {
      _dub_case_inspector_update_neighbours (self);
      return;
    }
}

static void
study_changed_cb (DubCaseInspector *self)
{
  self->index = -1;
  update (self);
}

void
dub_case_inspector_set_case (DubCaseInspector *self,
                             int               index)
{
  g_return_if_fail (DUB_IS_CASE_INSPECTOR (self));

  if (self->index == index)
    return;
  self->index = index;
  dub_case_detail_set_case (self->detail, index);
  update (self);
}

int
dub_case_inspector_get_case (DubCaseInspector *self)
{
  g_return_val_if_fail (DUB_IS_CASE_INSPECTOR (self), -1);

  return self->index;
}

DubCaseDetail *
dub_case_inspector_get_detail (DubCaseInspector *self)
{
  g_return_val_if_fail (DUB_IS_CASE_INSPECTOR (self), NULL);

  return self->detail;
}

static void
set_heat (DubCaseInspector    *self,
          gboolean             shown,
          const DubHeatChoice *choice)
{
  if (self->heat == shown && self->choice == choice)
    return;
  self->heat = shown;
  self->choice = choice;
  dub_case_detail_set_heat (self->detail, shown, choice);
  _dub_case_inspector_update_image (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HEAT]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HEAT_KIND]);
}

/* --- the widget --- */

static void
dub_case_inspector_get_property (GObject    *object,
                                 guint       id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  DubCaseInspector *self = DUB_CASE_INSPECTOR (object);

  if (id == PROP_HEAT)
    g_value_set_boolean (value, self->heat);
  else if (id == PROP_HEAT_KIND)
    g_value_set_string (value, self->choice->id);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
dub_case_inspector_set_property (GObject      *object,
                                 guint         id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  DubCaseInspector *self = DUB_CASE_INSPECTOR (object);

  switch (id) {
  case PROP_SESSION:
    self->session = g_value_dup_object (value);
    break;
  case PROP_HEAT:
    set_heat (self, g_value_get_boolean (value), self->choice);
    break;
  case PROP_HEAT_KIND:
    /* Who chooses one wants to see it. */
    set_heat (self, TRUE, dub_heat_choice_find (g_value_get_string (value)));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
dub_case_inspector_constructed (GObject *object)
{
  DubCaseInspector *self = DUB_CASE_INSPECTOR (object);

  G_OBJECT_CLASS (dub_case_inspector_parent_class)->constructed (object);
  self->results = g_object_ref (dub_results_of_session (self->session));
  self->pictures = g_object_ref (dub_case_pictures_of_session (self->session));
  self->detail = dub_case_detail_new (self->session);
  dub_case_detail_set_heat (self->detail, self->heat, self->choice);
  g_signal_connect_object (self->detail, "changed", G_CALLBACK (detail_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "notify::score", G_CALLBACK (_dub_case_inspector_update_answers), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pictures, "made", G_CALLBACK (picture_made_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
dub_case_inspector_dispose (GObject *object)
{
  DubCaseInspector *self = DUB_CASE_INSPECTOR (object);

  /* Whoever still holds it hears nothing more. */
  if (self->session != NULL) {
    g_signal_handlers_disconnect_by_data (self->session, self);
    g_signal_handlers_disconnect_by_data (self->results, self);
    g_signal_handlers_disconnect_by_data (self->pictures, self);
    g_signal_handlers_disconnect_by_data (self->detail, self);
  }
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_CASE_INSPECTOR);
  g_clear_object (&self->detail);
  g_clear_object (&self->pictures);
  g_clear_object (&self->results);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dub_case_inspector_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, DubCaseInspector, name)

static void
bind_template (GtkWidgetClass *widget_class)
{
  BIND (stack);
  BIND (id_label);
  BIND (outcome_badge);
  BIND (part_badge);
  BIND (spinner);
  BIND (heat_button);
  BIND (compare_button);
  BIND (export_button);
  BIND (images);
  BIND (image_pane);
  BIND (image_caption);
  BIND (heat_pane);
  BIND (heat_caption);
  BIND (heat_scale);
  BIND (volume_box);
  BIND (tri_view);
  BIND (volume_caption);
  BIND (probability_note);
  BIND (probabilities);
  BIND (scores_note);
  BIND (scores);
  BIND (all_scores);
  BIND (views_note);
  BIND (views_button);
  BIND (views);
  BIND (views_text);
  BIND (twins_badge);
  BIND (neighbours_note);
  BIND (neighbours);
  BIND (neighbours_text);
}

static void
dub_case_inspector_class_init (DubCaseInspectorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags write = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->constructed = dub_case_inspector_constructed;
  object_class->get_property = dub_case_inspector_get_property;
  object_class->set_property = dub_case_inspector_set_property;
  object_class->dispose = dub_case_inspector_dispose;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, DUB_TYPE_SESSION,
                                             G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_HEAT] = g_param_spec_boolean ("heat", NULL, NULL, TRUE, write);
  props[PROP_HEAT_KIND] = g_param_spec_string ("heat-kind", NULL, NULL, NULL, write);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (DUB_TYPE_CASE_PANE);
  g_type_ensure (DUB_TYPE_HEAT_SCALE);
  g_type_ensure (DUB_TYPE_TRI_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/case-inspector.ui");
  bind_template (widget_class);
  gtk_widget_class_install_property_action (widget_class, "inspector.heat", "heat");
  gtk_widget_class_install_property_action (widget_class, "inspector.heat-kind", "heat-kind");
}

static void
dub_case_inspector_init (DubCaseInspector *self)
{
  self->index = -1;
  self->heat = TRUE;
  self->choice = dub_heat_choice_find (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->all_scores, "toggled", G_CALLBACK (_dub_case_inspector_update_answers), self);
}

GtkWidget *
dub_case_inspector_new (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  return g_object_new (DUB_TYPE_CASE_INSPECTOR, "session", session, NULL);
}
