#include "ui/pages/failure-page-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/figures/ticks.h"

/* Below this width of the page the zero-failure card stands below the plots, and the table has fewer columns. */
enum { WIDE = 960, MARGIN = 14 };

G_DEFINE_FINAL_TYPE (DubFailurePage, dub_failure_page, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_SESSION,
  PROP_POINT,
  PROP_OWN,
  PROP_AS_TABLE,
  PROP_WEIGHTS,
  PROP_EAURC,
  PROP_AUGRC,
  PROP_FPR95,
  PROP_SUBTITLE,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

/* --- small things of all files --- */

GtkWidget *
_dub_failure_label (const char *text,
                    const char *style,
                    float       xalign)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);

  return label;
}

char *
_dub_failure_number (double value,
                     int    decimals)
{
  return isfinite (value) ? dub_number_format (value, decimals) : g_strdup ("—");
}

char *
_dub_failure_interval (const DubEstimate *estimate,
                       int                decimals)
{
  g_autofree char *low = NULL, *high = NULL;

  if (!isfinite (estimate->low) || !isfinite (estimate->high))
    return g_strdup ("");
  low = dub_number_format (estimate->low, decimals);
  high = dub_number_format (estimate->high, decimals);

  return g_strdup_printf ("%s–%s", low, high);
}

/* --- following --- */

/* Badges are read in full: below the choices where they do not fit beside them. */
static gboolean
badges_fit (DubFailurePage *self,
            int             width)
{
  GtkWidget *choices = gtk_widget_get_first_child (GTK_WIDGET (self->toolbar)), *badges = gtk_widget_get_next_sibling (choices);
  int needed = 2 * MARGIN + gtk_box_get_spacing (self->toolbar), natural;

  gtk_widget_measure (choices, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  needed += natural;
  gtk_widget_measure (badges, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);

  return needed + natural <= width;
}

static gboolean
badges_are_below (DubFailurePage *self)
{
  return gtk_orientable_get_orientation (GTK_ORIENTABLE (self->toolbar)) == GTK_ORIENTATION_VERTICAL;
}

static void
place_badges (DubFailurePage *self)
{
  gboolean beside = badges_fit (self, gtk_widget_get_width (GTK_WIDGET (self)));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->toolbar), beside ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
}

static void
update_families (DubFailurePage *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  g_autoptr (GPtrArray) families = study != NULL && study->data != NULL ? dub_study_families (study) : g_ptr_array_new ();
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint chosen = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < families->len; i++) {
    gtk_string_list_append (titles, g_ptr_array_index (families, i));
    if (g_strcmp0 (dub_results_get_family (self->results), g_ptr_array_index (families, i)) == 0)
      chosen = i;
  }
  self->updating = TRUE;
  gtk_drop_down_set_model (self->family_choice, G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (self->family_choice, chosen);
  self->updating = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->family_choice), families->len > 1);
  place_badges (self);
}

static void
bench_changed_cb (DubFailurePage *self)
{
  self->rank = 0;
  update_families (self);
  _dub_failure_page_fill_table (self);
  _dub_failure_page_update_plots (self);
  _dub_failure_page_update_zero (self);
  _dub_failure_page_update_weights (self);
  _dub_failure_page_update_state (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SUBTITLE]);
}

static gboolean
redraw_cb (gpointer data)
{
  DubFailurePage *self = data;

  self->redraw = 0;
  _dub_failure_page_update_plots (self);
  _dub_failure_page_update_state (self);

  return G_SOURCE_REMOVE;
}

/* One more curve is drawn grey beneath the chosen one: the plots wait for what else comes in this turn. */
static void
row_changed_cb (DubFailurePage *self,
                DubFailureRow  *row)
{
  _dub_failure_page_update_table (self, row);
  if (row == dub_failure_bench_get_chosen (self->bench))
    _dub_failure_page_update_zero (self);
  if (self->redraw == 0)
    self->redraw = g_idle_add (redraw_cb, self);
}

static gboolean
rates_cb (gpointer data)
{
  DubFailurePage *self = data;

  self->rates = 0;
  _dub_failure_page_update_rates (self);

  return G_SOURCE_REMOVE;
}

/* The point, its sentence and the plots move with the hand; the lines of the table follow before the next frame. */
static void
point_changed_cb (DubFailurePage *self)
{
  DubFailureRow *chosen = dub_failure_bench_get_chosen (self->bench);
  gboolean other = chosen != NULL && (self->figure == NULL || g_strcmp0 (self->figure->id, dub_failure_row_get_id (chosen)) != 0);

  if (other) {
    self->rank = 0;
    self->weights_shown = TRUE;
    _dub_failure_page_choose_line (self);
    _dub_failure_page_update_plots (self);
    _dub_failure_page_update_zero (self);
    _dub_failure_page_update_weights (self);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WEIGHTS]);
  } else {
    _dub_failure_page_update_point (self);
  }
  if (self->rates == 0)
    self->rates = g_idle_add_full (G_PRIORITY_HIGH_IDLE, rates_cb, self, NULL);
  _dub_failure_page_update_state (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_POINT]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_OWN]);
}

static void
fraction_changed_cb (DubFailurePage *self)
{
  double fraction = CLAMP (dub_results_get_fraction (self->results), 0.0, 1.0);

  gtk_progress_bar_set_fraction (self->status_progress, fraction);
  gtk_progress_bar_set_fraction (self->banner_progress, fraction);
}

static void
picture_made_cb (DubFailurePage *self,
                 guint           index)
{
  if ((int) index == _dub_failure_page_zero_case (self))
    _dub_failure_page_update_zero (self);
}

static void
family_chosen_cb (DubFailurePage *self)
{
  GtkStringObject *item = gtk_drop_down_get_selected_item (self->family_choice);

  if (!self->updating && item != NULL)
    dub_results_set_family (self->results, gtk_string_object_get_string (item));
}

/* --- the widget --- */

static gboolean
place_cb (gpointer data)
{
  DubFailurePage *self = data;

  /* A page that died meanwhile has let go of its parts. */
  if (self->session == NULL)
    return G_SOURCE_REMOVE;
  self->narrow = gtk_widget_get_width (GTK_WIDGET (self)) < WIDE;

  GtkOrientation across = self->narrow ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL;

  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self->zero_box));
  GtkLayoutChild *place = gtk_layout_manager_get_layout_child (layout, GTK_WIDGET (self->zero_card));

  gtk_grid_layout_child_set_column (GTK_GRID_LAYOUT_CHILD (place), self->narrow ? 0 : 1);
  gtk_grid_layout_child_set_row (GTK_GRID_LAYOUT_CHILD (place), self->narrow ? 1 : 0);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->zero_card), across);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->zero_page), across);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->zero_buttons), self->narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_label_set_width_chars (self->zero_true, self->narrow ? 12 : -1);
  gtk_label_set_width_chars (self->zero_said, self->narrow ? 12 : -1);
  gtk_label_set_width_chars (self->zero_id, self->narrow ? 8 : -1);
  gtk_label_set_width_chars (self->zero_text, self->narrow ? 14 : 22);
  gtk_label_set_max_width_chars (self->zero_text, self->narrow ? 40 : 24);
  gtk_widget_set_visible (GTK_WIDGET (self->zero_bound), !self->narrow);
  gtk_widget_set_hexpand (GTK_WIDGET (self->zero_stack), self->narrow);
  gtk_widget_set_hexpand (gtk_widget_get_parent (gtk_widget_get_parent (GTK_WIDGET (self->zero_title))), !self->narrow);
  gtk_widget_set_visible (self->accepts_label, !self->narrow);
  place_badges (self);
  _dub_failure_page_update_point (self);
  _dub_failure_page_show_columns (self);
  _dub_failure_page_reveal_line (self);

  return G_SOURCE_REMOVE;
}

static void
dub_failure_page_measure (GtkWidget      *widget,
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
dub_failure_page_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  DubFailurePage *self = DUB_FAILURE_PAGE (widget);

  gtk_widget_allocate (adw_bin_get_child (ADW_BIN (self)), width, height, baseline, NULL);
  /* Not from inside an allocation: placing asks for another one. */
  if (self->narrow != (width < WIDE) || badges_are_below (self) == badges_fit (self, width))
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, place_cb, g_object_ref (self), g_object_unref);
}

static void
dub_failure_page_constructed (GObject *object)
{
  DubFailurePage *self = DUB_FAILURE_PAGE (object);

  G_OBJECT_CLASS (dub_failure_page_parent_class)->constructed (object);
  if (self->session == NULL)
    return;
  self->results = g_object_ref (dub_results_of_session (self->session));
  self->pictures = g_object_ref (dub_case_pictures_of_session (self->session));
  self->bench = dub_failure_bench_new (self->session);
  g_signal_connect_object (self->bench, "changed", G_CALLBACK (bench_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->bench, "row-changed", G_CALLBACK (row_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->bench, "point-changed", G_CALLBACK (point_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "notify::fraction", G_CALLBACK (fraction_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pictures, "made", G_CALLBACK (picture_made_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dub_session_get_selection (self->session), "notify::case", G_CALLBACK (_dub_failure_page_update_case), self,
                           G_CONNECT_SWAPPED);
  bench_changed_cb (self);
}

static void
dub_failure_page_get_property (GObject    *object,
                               guint       id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  DubFailurePage *self = DUB_FAILURE_PAGE (object);

  switch (id) {
  case PROP_POINT:
  case PROP_OWN:
  case PROP_SUBTITLE:
    if (self->bench != NULL)
      g_object_get_property (G_OBJECT (self->bench), pspec->name, value);
    break;
  case PROP_AS_TABLE:
    g_value_set_boolean (value, self->as_table);
    break;
  case PROP_WEIGHTS:
    g_value_set_boolean (value, self->weights_shown);
    break;
  case PROP_EAURC:
  case PROP_AUGRC:
  case PROP_FPR95:
    g_value_set_boolean (value, self->extra[id - PROP_EAURC]);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
dub_failure_page_set_property (GObject      *object,
                               guint         id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  DubFailurePage *self = DUB_FAILURE_PAGE (object);

  switch (id) {
  case PROP_SESSION:
    self->session = g_value_dup_object (value);
    return;
  case PROP_POINT:
  case PROP_OWN:
    g_object_set_property (G_OBJECT (self->bench), pspec->name, value);
    return;
  case PROP_AS_TABLE:
    self->as_table = g_value_get_boolean (value);
    _dub_failure_page_update_points (self);
    break;
  case PROP_WEIGHTS:
    self->weights_shown = g_value_get_boolean (value);
    _dub_failure_page_update_weights (self);
    break;
  case PROP_EAURC:
  case PROP_AUGRC:
  case PROP_FPR95:
    self->extra[id - PROP_EAURC] = g_value_get_boolean (value);
    _dub_failure_page_show_columns (self);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  g_object_notify_by_pspec (object, pspec);
}

static void
dub_failure_page_dispose (GObject *object)
{
  DubFailurePage *self = DUB_FAILURE_PAGE (object);

  g_clear_handle_id (&self->redraw, g_source_remove);
  g_clear_handle_id (&self->rates, g_source_remove);
  for (int i = 0; i < DUB_N_FAILURE_PLOTS; i++)
    if (self->views[i] != NULL) {
      dub_failure_view_set_figure (self->views[i], NULL);
      self->views[i] = NULL;
    }
  if (self->bench != NULL) {
    g_signal_handlers_disconnect_by_data (self->bench, self);
    g_signal_handlers_disconnect_by_data (self->results, self);
    g_signal_handlers_disconnect_by_data (self->pictures, self);
    g_signal_handlers_disconnect_by_data (dub_session_get_selection (self->session), self);
    /* Undo may hold the bench longer; what it measures then is for nobody. */
    g_object_run_dispose (G_OBJECT (self->bench));
  }
  g_clear_object (&self->bench);
  g_clear_pointer (&self->figure, dub_failure_figure_free);
  g_clear_pointer (&self->titles, g_ptr_array_unref);
  g_clear_object (&self->pictures);
  g_clear_object (&self->results);
  /* AdwBin would unparent its child once more when the template has already done so. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_FAILURE_PAGE);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dub_failure_page_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, DubFailurePage, name)

static void
bind_template (GtkWidgetClass *widget_class)
{
  BIND (stack);
  BIND (status);
  BIND (status_progress);
  BIND (status_button);
  BIND (toolbar);
  BIND (family_choice);
  BIND (fitted_badge);
  BIND (fitted_label);
  BIND (fitted_icon);
  BIND (measured_badge);
  BIND (positive_badge);
  BIND (banner);
  BIND (banner_icon);
  BIND (banner_label);
  BIND (banner_progress);
  BIND (banner_button);
  BIND (table_card);
  BIND (header);
  BIND (list);
  BIND (sentence);
  BIND (threshold_label);
  BIND (accepts_label);
  BIND (show_button);
  BIND (curves);
  BIND (plots);
  BIND (points);
  BIND (zero_card);
  BIND (zero_box);
  BIND (zero_page);
  BIND (zero_stack);
  BIND (weights_button);
  BIND (zero_title);
  BIND (zero_subtitle);
  BIND (zero_id);
  BIND (zero_true);
  BIND (zero_said);
  BIND (zero_score);
  BIND (zero_text);
  BIND (zero_bound);
  BIND (zero_picture);
  BIND (zero_case);
  BIND (zero_words);
  BIND (zero_buttons);
  BIND (next_button);
  BIND (weights);
  BIND (weights_note);
  for (guint i = 0; i < 4; i++) {
    g_autofree char *name = g_strdup_printf ("count%u", i);

    gtk_widget_class_bind_template_child_full (widget_class, name, FALSE,
                                               (gssize) (G_STRUCT_OFFSET (DubFailurePage, counts) + i * sizeof (GtkWidget *)));
  }
}

static void
dub_failure_page_class_init (DubFailurePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags write = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->constructed = dub_failure_page_constructed;
  object_class->get_property = dub_failure_page_get_property;
  object_class->set_property = dub_failure_page_set_property;
  object_class->dispose = dub_failure_page_dispose;
  widget_class->measure = dub_failure_page_measure;
  widget_class->size_allocate = dub_failure_page_size_allocate;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, DUB_TYPE_SESSION,
                                             G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_POINT] = g_param_spec_string ("point", NULL, NULL, "balanced", write);
  props[PROP_OWN] = g_param_spec_boolean ("own", NULL, NULL, FALSE, write);
  props[PROP_AS_TABLE] = g_param_spec_boolean ("as-table", NULL, NULL, FALSE, write);
  props[PROP_WEIGHTS] = g_param_spec_boolean ("weights", NULL, NULL, FALSE, write);
  props[PROP_EAURC] = g_param_spec_boolean ("eaurc", NULL, NULL, FALSE, write);
  props[PROP_AUGRC] = g_param_spec_boolean ("augrc", NULL, NULL, FALSE, write);
  props[PROP_FPR95] = g_param_spec_boolean ("fpr95", NULL, NULL, FALSE, write);
  props[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/failure-page.ui");
  bind_template (widget_class);
  _dub_failure_page_install_actions (widget_class);
}

static void
dub_failure_page_init (DubFailurePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* The bin's own would keep allocations from this page. */
  gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL);
  _dub_failure_page_build_table (self);
  _dub_failure_page_build_plots (self);
  _dub_failure_page_build_points (self);
  g_signal_connect_swapped (self->family_choice, "notify::selected", G_CALLBACK (family_chosen_cb), self);
}

GtkWidget *
dub_failure_page_new (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  return g_object_new (DUB_TYPE_FAILURE_PAGE, "session", session, NULL);
}
