#include "ui/pages/cases-page-private.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (DubCasesPage, dub_cases_page, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_SESSION,
  PROP_LAYOUT,
  PROP_SORT,
  PROP_DESCENDING,
  PROP_OUTCOME,
  PROP_SPLIT,
  PROP_CLASS,
  PROP_ONLY_SET,
  PROP_INSPECTOR,
  PROP_HEAT,
  PROP_HEAT_KIND,
  PROP_SUBTITLE,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static const char *const OUTCOMES[] = { [DUB_OUTCOME_ALL] = "all", [DUB_OUTCOME_CORRECT] = "correct", [DUB_OUTCOME_FAILED] = "failed" };
static const char *const PARTS[] = { [DUB_PART_TRAIN] = "train", [DUB_PART_CALIBRATION] = "calibration", [DUB_PART_TEST] = "test" };

/* --- following --- */

static void
notify_all (DubCasesPage *self)
{
  for (int i = PROP_LAYOUT; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

static gboolean
find_place_cb (gpointer data)
{
  DubCasesPage *self = data;

  self->place_idle = 0;
  _dub_cases_page_find_place (self);

  return G_SOURCE_REMOVE;
}

static void
list_changed_cb (DubCasesPage *self)
{
  const char *find = dub_case_list_get_find (self->list);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  if (n != self->n_listed && self->place_idle == 0)
    self->place_idle = g_idle_add_full (G_PRIORITY_HIGH_IDLE + 30, find_place_cb, self, NULL);
  self->n_listed = n;
  _dub_cases_page_update_counts (self);
  _dub_cases_page_show_stack (self);
  _dub_cases_page_refresh_cells (self);
  _dub_cases_page_show_current (self);
  if (find == NULL && gtk_editable_get_text (self->find_entry)[0] != '\0')
    gtk_editable_set_text (self->find_entry, "");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "cases.clear-filter", dub_case_list_is_filtered (self->list));
  notify_all (self);
}

static void
results_changed_cb (DubCasesPage *self)
{
  _dub_cases_page_update_columns (self);
  _dub_cases_page_update_menus (self);
  _dub_cases_page_update_banner (self);
}

static void
study_changed_cb (DubCasesPage *self)
{
  _dub_cases_page_update_menus (self);
  _dub_cases_page_update_banner (self);
}

/* Somebody who sees a case sees what is known of it: with nothing picked, the first of the list. */
static void
case_changed_cb (DubCasesPage *self)
{
  dub_case_inspector_set_case (self->inspector, dub_selection_get_case (dub_session_get_selection (self->session)));
  _dub_cases_page_show_current (self);
}

/* --- what the hands do --- */

static void
range_changed_cb (DubCasesPage *self,
                  double        low,
                  double        high)
{
  dub_case_list_set_range (self->list, low, high);
}

static void
find_changed_cb (DubCasesPage *self)
{
  dub_case_list_set_find (self->list, gtk_editable_get_text (self->find_entry));
}

/* Enter in the search: the first case that was found. */
static void
find_activate_cb (DubCasesPage *self)
{
  g_autoptr (DubCaseItem) item = g_list_model_get_item (G_LIST_MODEL (self->list), 0);

  if (item == NULL)
    return;
  dub_selection_set_case (dub_session_get_selection (self->session), (int) dub_case_item_get_index (item));
  gtk_widget_grab_focus (self->table_shown ? GTK_WIDGET (self->table) : GTK_WIDGET (self->grid));
}

/* --- what the actions set --- */

static void
set_sort (DubCasesPage *self,
          const char   *id)
{
  if (strcmp (id, "case") == 0) {
    dub_case_list_set_sort (self->list, "case", FALSE);
    return;
  }
  dub_results_set_score_id (self->results, id);
  if (strcmp (dub_case_list_get_sort (self->list), "score") != 0)
    dub_case_list_set_sort (self->list, "score", TRUE);
}

static void
set_outcome (DubCasesPage *self,
             const char   *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (OUTCOMES); i++)
    if (strcmp (OUTCOMES[i], word) == 0)
      dub_case_list_set_outcome (self->list, (DubOutcome) i);
}

static void
set_split (DubCasesPage *self,
           const char   *word)
{
  int part = -1;

  for (guint i = 0; i < G_N_ELEMENTS (PARTS); i++)
    if (strcmp (PARTS[i], word) == 0)
      part = (int) i;
  dub_case_list_set_part (self->list, part);
}

static void
dub_cases_page_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  DubCasesPage *self = DUB_CASES_PAGE (object);

  /* Buttons of the template ask while the page is still being made, and a state is never NULL. */
  if (self->list == NULL) {
    if (G_VALUE_HOLDS_STRING (value))
      g_value_set_static_string (value, "");
    return;
  }

  gboolean by_score = strcmp (dub_case_list_get_sort (self->list), "score") == 0;
  const char *score = dub_results_get_score_id (self->results);
  int part = dub_case_list_get_part (self->list), class_index = dub_case_list_get_class (self->list);

  switch (id) {
  case PROP_LAYOUT:
    g_value_set_string (value, self->table_shown ? "table" : "grid");
    break;
  case PROP_SORT:
    g_value_set_string (value, by_score ? score != NULL ? score : "" : dub_case_list_get_sort (self->list));
    break;
  case PROP_DESCENDING:
    g_value_set_boolean (value, dub_case_list_get_descending (self->list));
    break;
  case PROP_OUTCOME:
    g_value_set_string (value, OUTCOMES[dub_case_list_get_outcome (self->list)]);
    break;
  case PROP_SPLIT:
    g_value_set_string (value, part >= 0 && part < (int) G_N_ELEMENTS (PARTS) ? PARTS[part] : "all");
    break;
  case PROP_CLASS:
    g_value_take_string (value, class_index >= 0 ? g_strdup_printf ("%d", class_index) : g_strdup ("all"));
    break;
  case PROP_ONLY_SET:
    g_value_set_boolean (value, dub_case_list_get_only_set (self->list));
    break;
  case PROP_INSPECTOR:
    g_value_set_boolean (value, adw_flap_get_reveal_flap (self->flap));
    break;
  case PROP_HEAT:
    g_object_get_property (G_OBJECT (self->inspector), "heat", value);
    break;
  case PROP_HEAT_KIND:
    g_object_get_property (G_OBJECT (self->inspector), "heat-kind", value);
    break;
  case PROP_SUBTITLE:
    g_value_take_string (value, _dub_cases_page_subtitle (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
dub_cases_page_set_property (GObject      *object,
                             guint         id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  DubCasesPage *self = DUB_CASES_PAGE (object);
  const char *word = G_VALUE_HOLDS_STRING (value) ? g_value_get_string (value) : NULL;

  switch (id) {
  case PROP_SESSION:
    self->session = g_value_dup_object (value);
    break;
  case PROP_LAYOUT:
    self->table_shown = g_strcmp0 (word, "table") == 0;
    _dub_cases_page_show_stack (self);
    g_object_notify_by_pspec (object, pspec);
    break;
  case PROP_SORT:
    set_sort (self, word);
    break;
  case PROP_DESCENDING:
    dub_case_list_set_sort (self->list, dub_case_list_get_sort (self->list), g_value_get_boolean (value));
    break;
  case PROP_OUTCOME:
    set_outcome (self, word);
    break;
  case PROP_SPLIT:
    set_split (self, word);
    break;
  case PROP_CLASS:
    dub_case_list_set_class (self->list, strcmp (word, "all") == 0 ? -1 : (int) g_ascii_strtoll (word, NULL, 10));
    break;
  case PROP_ONLY_SET:
    dub_case_list_set_only_set (self->list, g_value_get_boolean (value));
    /* Without a set it stays off, and its mark has to say so. */
    g_object_notify_by_pspec (object, pspec);
    break;
  case PROP_INSPECTOR:
    adw_flap_set_reveal_flap (self->flap, g_value_get_boolean (value));
    break;
  case PROP_HEAT:
    g_object_set_property (G_OBJECT (self->inspector), "heat", value);
    break;
  case PROP_HEAT_KIND:
    g_object_set_property (G_OBJECT (self->inspector), "heat-kind", value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
flap_changed_cb (DubCasesPage *self)
{
  gtk_widget_set_visible (self->inspector_button, adw_flap_get_folded (self->flap) || !adw_flap_get_reveal_flap (self->flap));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_INSPECTOR]);
}

static void
inspector_changed_cb (DubCasesPage *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HEAT]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HEAT_KIND]);
}

/* --- the widget --- */

static void
dub_cases_page_constructed (GObject *object)
{
  DubCasesPage *self = DUB_CASES_PAGE (object);
  DubSelection *selection = dub_session_get_selection (self->session);

  G_OBJECT_CLASS (dub_cases_page_parent_class)->constructed (object);
  self->results = g_object_ref (dub_results_of_session (self->session));
  self->pictures = g_object_ref (dub_case_pictures_of_session (self->session));
  self->list = dub_case_list_new (self->session);
  self->inspector = DUB_CASE_INSPECTOR (dub_case_inspector_new (self->session));
  gtk_scrolled_window_set_child (self->inspector_scroller, GTK_WIDGET (self->inspector));
  _dub_cases_page_build_views (self);
  _dub_cases_page_bind_keys (self);
  g_signal_connect_object (self->list, "changed", G_CALLBACK (list_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "changed", G_CALLBACK (results_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "notify::fraction", G_CALLBACK (_dub_cases_page_update_banner), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pictures, "opened", G_CALLBACK (_dub_cases_page_update_banner), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "study-edited", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (selection, "notify::case", G_CALLBACK (case_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->inspector, "notify", G_CALLBACK (inspector_changed_cb), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);
  results_changed_cb (self);
  list_changed_cb (self);
  case_changed_cb (self);
}

static gboolean
dub_cases_page_grab_focus (GtkWidget *widget)
{
  return _dub_cases_page_focus (DUB_CASES_PAGE (widget));
}

static void
dub_cases_page_dispose (GObject *object)
{
  DubCasesPage *self = DUB_CASES_PAGE (object);

  /* What goes now says so: nobody asked for it. Whoever still holds the page hears nothing more either. */
  self->updating = TRUE;
  g_clear_handle_id (&self->place_idle, g_source_remove);
  if (self->session != NULL) {
    g_signal_handlers_disconnect_by_data (self->session, self);
    g_signal_handlers_disconnect_by_data (dub_session_get_selection (self->session), self);
    g_signal_handlers_disconnect_by_data (self->results, self);
    g_signal_handlers_disconnect_by_data (self->pictures, self);
    g_signal_handlers_disconnect_by_data (self->list, self);
  }
  if (self->grid != NULL) {
    gtk_grid_view_set_model (self->grid, NULL);
    gtk_column_view_set_model (self->table, NULL);
  }
  /* AdwBin would unparent its child once more when the template has already done so. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_CASES_PAGE);
  self->grid = NULL;
  g_clear_object (&self->chosen);
  g_clear_object (&self->list);
  g_clear_object (&self->pictures);
  g_clear_object (&self->results);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dub_cases_page_parent_class)->dispose (object);
}

static void
dub_cases_page_finalize (GObject *object)
{
  g_hash_table_unref (DUB_CASES_PAGE (object)->cells);

  G_OBJECT_CLASS (dub_cases_page_parent_class)->finalize (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, DubCasesPage, name)

static void
bind_template (GtkWidgetClass *widget_class)
{
  BIND (flap);
  BIND (banner);
  BIND (banner_icon);
  BIND (banner_label);
  BIND (banner_progress);
  BIND (banner_button);
  BIND (sort_button);
  BIND (sort_icon);
  BIND (sort_label);
  BIND (failed_count);
  BIND (filter_button);
  BIND (filter_label);
  BIND (find_entry);
  BIND (inspector_button);
  BIND (count_label);
  BIND (correct_label);
  BIND (failures_label);
  BIND (bins_label);
  BIND (set_button);
  BIND (set_label);
  BIND (histogram);
  BIND (stack);
  BIND (grid);
  BIND (table);
  BIND (inspector_scroller);
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags write = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, DUB_TYPE_SESSION,
                                             G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_LAYOUT] = g_param_spec_string ("layout", NULL, NULL, "grid", write);
  props[PROP_SORT] = g_param_spec_string ("sort", NULL, NULL, NULL, write);
  props[PROP_DESCENDING] = g_param_spec_boolean ("descending", NULL, NULL, TRUE, write);
  props[PROP_OUTCOME] = g_param_spec_string ("outcome", NULL, NULL, "all", write);
  props[PROP_SPLIT] = g_param_spec_string ("split", NULL, NULL, "test", write);
  props[PROP_CLASS] = g_param_spec_string ("class", NULL, NULL, "all", write);
  props[PROP_ONLY_SET] = g_param_spec_boolean ("only-set", NULL, NULL, FALSE, write);
  props[PROP_INSPECTOR] = g_param_spec_boolean ("inspector", NULL, NULL, TRUE, write);
  props[PROP_HEAT] = g_param_spec_boolean ("heat", NULL, NULL, TRUE, write);
  props[PROP_HEAT_KIND] = g_param_spec_string ("heat-kind", NULL, NULL, NULL, write);
  props[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
install_property_actions (GtkWidgetClass *widget_class)
{
  static const char *const PROPERTIES[] = { "layout", "sort", "descending", "outcome", "split", "class", "only-set", "inspector",
                                            "heat", "heat-kind" };

  for (gsize i = 0; i < G_N_ELEMENTS (PROPERTIES); i++) {
    g_autofree char *name = g_strconcat ("cases.", PROPERTIES[i], NULL);

    gtk_widget_class_install_property_action (widget_class, g_intern_string (name), PROPERTIES[i]);
  }
}

static void
dub_cases_page_class_init (DubCasesPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dub_cases_page_constructed;
  object_class->get_property = dub_cases_page_get_property;
  object_class->set_property = dub_cases_page_set_property;
  object_class->dispose = dub_cases_page_dispose;
  object_class->finalize = dub_cases_page_finalize;
  widget_class->grab_focus = dub_cases_page_grab_focus;
  install_properties (object_class);
  g_type_ensure (DUB_TYPE_SCORE_HISTOGRAM);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/cases-page.ui");
  bind_template (widget_class);
  install_property_actions (widget_class);
  _dub_cases_page_install_actions (widget_class);
}

static void
dub_cases_page_init (DubCasesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->histogram, "range-changed", G_CALLBACK (range_changed_cb), self);
  g_signal_connect_swapped (self->find_entry, "search-changed", G_CALLBACK (find_changed_cb), self);
  g_signal_connect_swapped (self->find_entry, "activate", G_CALLBACK (find_activate_cb), self);
  g_signal_connect_swapped (self->flap, "notify::reveal-flap", G_CALLBACK (flap_changed_cb), self);
  g_signal_connect_swapped (self->flap, "notify::folded", G_CALLBACK (flap_changed_cb), self);
}

GtkWidget *
dub_cases_page_new (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  return g_object_new (DUB_TYPE_CASES_PAGE, "session", session, NULL);
}
