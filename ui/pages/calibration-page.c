#include "ui/pages/calibration-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/ticks.h"

/* Below this width of the page, badges stand below the choices, and the table is scrolled. */
enum { WIDE = 960 };

G_DEFINE_FINAL_TYPE (DubCalibrationPage, dub_calibration_page, ADW_TYPE_BIN)

/* From "bins" on they are the bench's. */
enum {
  PROP_0,
  PROP_SESSION,
  PROP_CURVE,
  PROP_TABLE,
  PROP_BINS,
  PROP_BINNING,
  PROP_METHOD,
  PROP_MODEL,
  PROP_CLASS,
  PROP_ISOTONIC,
  PROP_CONSISTENCY,
  PROP_VIEW,
  PROP_BIN,
  PROP_SIDE,
  PROP_SUBTITLE,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

/* --- small things of all files --- */

GtkWidget *
_dub_calibration_label (const char *text,
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
_dub_calibration_number (double value,
                         int    decimals)
{
  return isfinite (value) ? dub_number_format (value, decimals) : g_strdup ("—");
}

const char *
_dub_calibration_page_share_words (DubCalibrationPage *self)
{
  return dub_calibration_bench_get_setting (self->bench)->class_index >= 0 ? _("share of the class") : _("accuracy");
}

/* --- following --- */

/* Other bins, or bands that have come: within a frame, because the hand may be on the slider. */
static void
redrawn_cb (DubCalibrationPage *self)
{
  _dub_calibration_page_update_panels (self);
  _dub_calibration_page_update_bins (self);
  _dub_calibration_page_update_table (self);
  _dub_calibration_page_update_bins_table (self);
  _dub_calibration_page_update_card (self);
}

static void
changed_cb (DubCalibrationPage *self)
{
  _dub_calibration_page_update_state (self);
  if (_dub_calibration_page_waits (self))
    return;
  _dub_calibration_page_update_badges (self);
  _dub_calibration_page_update_side (self);
  _dub_calibration_page_update_curve (self);
  redrawn_cb (self);
}

/* What was shown is of other cases: nothing of it may stay. */
static void
study_changed_cb (DubCalibrationPage *self)
{
  _dub_calibration_page_drop_panels (self);
  g_clear_pointer (&self->figure, dub_reliability_figure_free);
  changed_cb (self);
}

static void
bin_changed_cb (DubCalibrationPage *self)
{
  _dub_calibration_page_update_marks (self);
  _dub_calibration_page_choose_row (self);
  _dub_calibration_page_update_card (self);
}

static void
bench_notify_cb (DubCalibrationPage *self,
                 GParamSpec         *pspec)
{
  for (guint id = PROP_BINS; id < N_PROPS; id++)
    if (g_str_equal (props[id]->name, pspec->name))
      g_object_notify_by_pspec (G_OBJECT (self), props[id]);
}

static void
fraction_changed_cb (DubCalibrationPage *self)
{
  double fraction = CLAMP (dub_results_get_fraction (self->results), 0.0, 1.0);

  gtk_progress_bar_set_fraction (self->status_progress, fraction);
  gtk_progress_bar_set_fraction (self->banner_progress, fraction);
}

/* --- actions --- */

static void
show_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  _dub_calibration_page_show_set (DUB_CALIBRATION_PAGE (widget));
}

/* The bin that the maximum calibration error is of. */
static void
worst_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  DubCalibrationPage *self = DUB_CALIBRATION_PAGE (widget);
  int side = 0, worst = -1;
  double widest = -1.0;

  /* Of several networks that one's which a bin was chosen of. */
  if (dub_calibration_bench_get_view (self->bench) == DUB_CALIBRATION_MODELS)
    dub_calibration_bench_get_bin (self->bench, &side);

  const DubCalibrationItem *item = dub_calibration_bench_get_chosen (self->bench, side);

  for (size_t m = 0; item != NULL && item->bins != NULL && m < item->bins->n_bins; m++) {
    double gap = item->bins->count[m] > 0 ? fabs (item->bins->accuracy[m] - item->bins->confidence[m]) : -1.0;

    worst = gap > widest ? (int) m : worst;
    widest = MAX (widest, gap);
  }
  if (worst >= 0)
    dub_calibration_bench_choose_bin (self->bench, side, worst);
}

static void
clear_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  dub_selection_clear_set (dub_session_get_selection (DUB_CALIBRATION_PAGE (widget)->session));
}

static void
step_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  DubCalibrationPage *self = DUB_CALIBRATION_PAGE (widget);

  if (g_str_equal (name, "calibration.apply"))
    dub_calibration_bench_apply (self->bench);
  else
    dub_calibration_bench_take_back (self->bench);
}

static void
run_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  DubCalibrationPage *self = DUB_CALIBRATION_PAGE (widget);

  if (g_str_equal (name, "calibration.stop"))
    dub_results_stop (self->results);
  else if (g_str_equal (name, "calibration.refresh"))
    dub_results_refresh (self->results);
  else
    dub_results_run (self->results, DUB_RESULTS_RUN_NETWORKS);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_property_action (widget_class, "calibration.bins", "bins");
  gtk_widget_class_install_property_action (widget_class, "calibration.binning", "binning");
  gtk_widget_class_install_property_action (widget_class, "calibration.method", "method");
  gtk_widget_class_install_property_action (widget_class, "calibration.model", "model");
  gtk_widget_class_install_property_action (widget_class, "calibration.class", "class");
  gtk_widget_class_install_property_action (widget_class, "calibration.isotonic", "isotonic");
  gtk_widget_class_install_property_action (widget_class, "calibration.consistency", "consistency");
  gtk_widget_class_install_property_action (widget_class, "calibration.view", "view");
  gtk_widget_class_install_property_action (widget_class, "calibration.bin", "bin");
  gtk_widget_class_install_property_action (widget_class, "calibration.side", "side");
  gtk_widget_class_install_property_action (widget_class, "calibration.curve", "curve");
  gtk_widget_class_install_property_action (widget_class, "calibration.table", "table");
  gtk_widget_class_install_action (widget_class, "calibration.worst-bin", NULL, worst_action);
  gtk_widget_class_install_action (widget_class, "calibration.show", NULL, show_action);
  gtk_widget_class_install_action (widget_class, "calibration.clear", NULL, clear_action);
  gtk_widget_class_install_action (widget_class, "calibration.apply", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "calibration.take-back", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "calibration.run", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "calibration.stop", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "calibration.refresh", NULL, run_action);
  gtk_widget_class_install_action (widget_class, "calibration.export-figure", NULL, _dub_calibration_page_export);
  gtk_widget_class_install_action (widget_class, "calibration.export-csv", NULL, _dub_calibration_page_export);
  gtk_widget_class_install_action (widget_class, "calibration.export-table", NULL, _dub_calibration_page_export);
  gtk_widget_class_install_action (widget_class, "calibration.copy", NULL, _dub_calibration_page_copy);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, 0, "calibration.worst-bin", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "calibration.copy", NULL);
}

/* --- the widget --- */

static gboolean
place_cb (gpointer data)
{
  DubCalibrationPage *self = data;

  self->place = 0;
  self->narrow = gtk_widget_get_width (GTK_WIDGET (self)) < WIDE;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->toolbar), self->narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  if (self->narrow)
    gtk_widget_add_css_class (self->content, "narrow");
  else
    gtk_widget_remove_css_class (self->content, "narrow");
  _dub_calibration_page_place_panels (self);
  _dub_calibration_page_show_columns (self);

  return G_SOURCE_REMOVE;
}

static void
dub_calibration_page_measure (GtkWidget      *widget,
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
dub_calibration_page_size_allocate (GtkWidget *widget,
                                    int        width,
                                    int        height,
                                    int        baseline)
{
  DubCalibrationPage *self = DUB_CALIBRATION_PAGE (widget);
  int columns = self->columns;

  gtk_widget_allocate (adw_bin_get_child (ADW_BIN (self)), width, height, baseline, NULL);
  /* Not from inside an allocation: placing asks for another one. */
  if (self->place == 0 && (self->narrow != (width < WIDE) || columns != _dub_calibration_page_count_columns (self)))
    self->place = g_idle_add (place_cb, self);
}

static void
dub_calibration_page_constructed (GObject *object)
{
  DubCalibrationPage *self = DUB_CALIBRATION_PAGE (object);

  G_OBJECT_CLASS (dub_calibration_page_parent_class)->constructed (object);
  if (self->session == NULL)
    return;
  self->results = g_object_ref (dub_results_of_session (self->session));
  self->bench = dub_calibration_bench_new (self->session);
  g_signal_connect_object (self->bench, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->bench, "redrawn", G_CALLBACK (redrawn_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->bench, "bin-changed", G_CALLBACK (bin_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->bench, "notify", G_CALLBACK (bench_notify_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "notify::fraction", G_CALLBACK (fraction_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dub_session_get_selection (self->session), "notify::case", G_CALLBACK (_dub_calibration_page_update_marks),
                           self, G_CONNECT_SWAPPED);
  changed_cb (self);
}

static void
dub_calibration_page_get_property (GObject    *object,
                                   guint       id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  DubCalibrationPage *self = DUB_CALIBRATION_PAGE (object);

  if (id == PROP_CURVE)
    g_value_set_string (value, self->of_mce ? "mce" : "ece");
  else if (id == PROP_TABLE)
    g_value_set_string (value, self->as_bins ? "bins" : "measures");
  else if (id < PROP_BINS || id >= N_PROPS)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  else if (self->bench != NULL)
    g_object_get_property (G_OBJECT (self->bench), pspec->name, value);
}

static void
dub_calibration_page_set_property (GObject      *object,
                                   guint         id,
                                   const GValue *value,
                                   GParamSpec   *pspec)
{
  DubCalibrationPage *self = DUB_CALIBRATION_PAGE (object);

  if (id == PROP_SESSION) {
    self->session = g_value_dup_object (value);
  } else if (id == PROP_CURVE) {
    self->of_mce = g_strcmp0 (g_value_get_string (value), "mce") == 0;
    _dub_calibration_page_update_curve (self);
    g_object_notify_by_pspec (object, pspec);
  } else if (id == PROP_TABLE) {
    self->as_bins = g_strcmp0 (g_value_get_string (value), "bins") == 0;
    _dub_calibration_page_update_bins_table (self);
    g_object_notify_by_pspec (object, pspec);
  } else if (id >= PROP_BINS && id < N_PROPS) {
    g_object_set_property (G_OBJECT (self->bench), pspec->name, value);
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
dub_calibration_page_dispose (GObject *object)
{
  DubCalibrationPage *self = DUB_CALIBRATION_PAGE (object);

  g_clear_handle_id (&self->place, g_source_remove);
  g_clear_handle_id (&self->key_idle, g_source_remove);
  if (self->bench != NULL) {
    g_signal_handlers_disconnect_by_data (self->bench, self);
    g_signal_handlers_disconnect_by_data (self->results, self);
    g_signal_handlers_disconnect_by_data (self->session, self);
    g_signal_handlers_disconnect_by_data (dub_session_get_selection (self->session), self);
    _dub_calibration_page_drop_panels (self);
    /* Undo may hold the bench longer; what it measures then is for nobody. */
    g_object_run_dispose (G_OBJECT (self->bench));
  }
  g_clear_object (&self->bench);
  g_clear_pointer (&self->figure, dub_reliability_figure_free);
  g_clear_pointer (&self->cards, g_ptr_array_unref);
  g_clear_pointer (&self->choices, g_ptr_array_unref);
  g_clear_object (&self->results);
  /* AdwBin would unparent its child once more when the template has already done so. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_CALIBRATION_PAGE);
  g_clear_object (&self->measures);
  g_clear_object (&self->bin_rows);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dub_calibration_page_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, DubCalibrationPage, name)

static void
bind_template (GtkWidgetClass *widget_class)
{
  BIND (stack);
  BIND (status);
  BIND (status_progress);
  BIND (status_button);
  BIND (toolbar);
  BIND (key);
  BIND (fitted_badge);
  BIND (fitted_icon);
  BIND (fitted_label);
  BIND (measured_badge);
  BIND (measured_icon);
  BIND (measured_label);
  BIND (banner);
  BIND (banner_icon);
  BIND (banner_label);
  BIND (banner_progress);
  BIND (banner_button);
  BIND (content);
  BIND (panels);
  BIND (models_note);
  BIND (tables);
  BIND (table);
  BIND (bins_table);
  BIND (model_choice);
  BIND (class_choice);
  BIND (method_choice);
  BIND (fit_label);
  BIND (apply_row);
  BIND (apply_label);
  BIND (apply_button);
  BIND (back_button);
  BIND (warnings);
  BIND (bins_label);
  BIND (bins_scale);
  BIND (curve_title);
  BIND (curve);
  BIND (card);
  BIND (card_close);
  BIND (card_title);
  BIND (card_accuracy);
  BIND (card_grid);
  BIND (card_text);
  BIND (card_note);
  BIND (card_show);
  for (guint i = 0; i < 6; i++) {
    g_autofree char *name = g_strdup_printf ("value%u", i);

    gtk_widget_class_bind_template_child_full (widget_class, name, FALSE,
                                               (gssize) (G_STRUCT_OFFSET (DubCalibrationPage, card_value) + i * sizeof (GtkLabel *)));
  }
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags write = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, DUB_TYPE_SESSION,
                                             G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_CURVE] = g_param_spec_string ("curve", NULL, NULL, "ece", write);
  props[PROP_TABLE] = g_param_spec_string ("table", NULL, NULL, "measures", write);
  props[PROP_BINS] = g_param_spec_int ("bins", NULL, NULL, DUB_CALIBRATION_FEWEST_BINS, DUB_CALIBRATION_MOST_BINS, DUB_RELIABILITY_BINS,
                                       write);
  props[PROP_BINNING] = g_param_spec_string ("binning", NULL, NULL, "width", write);
  props[PROP_METHOD] = g_param_spec_string ("method", NULL, NULL, "temperature", write);
  props[PROP_MODEL] = g_param_spec_string ("model", NULL, NULL, "", write);
  props[PROP_CLASS] = g_param_spec_int ("class", NULL, NULL, -1, G_MAXINT, -1, write);
  props[PROP_ISOTONIC] = g_param_spec_boolean ("isotonic", NULL, NULL, FALSE, write);
  props[PROP_CONSISTENCY] = g_param_spec_boolean ("consistency", NULL, NULL, FALSE, write);
  props[PROP_VIEW] = g_param_spec_string ("view", NULL, NULL, "pair", write);
  props[PROP_BIN] = g_param_spec_int ("bin", NULL, NULL, -1, G_MAXINT, -1, write);
  props[PROP_SIDE] = g_param_spec_int ("side", NULL, NULL, 0, G_MAXINT, 0, write);
  props[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
dub_calibration_page_class_init (DubCalibrationPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dub_calibration_page_constructed;
  object_class->get_property = dub_calibration_page_get_property;
  object_class->set_property = dub_calibration_page_set_property;
  object_class->dispose = dub_calibration_page_dispose;
  widget_class->measure = dub_calibration_page_measure;
  widget_class->size_allocate = dub_calibration_page_size_allocate;
  install_properties (object_class);
  g_type_ensure (DUB_TYPE_FIGURE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/calibration-page.ui");
  bind_template (widget_class);
  install_actions (widget_class);
}

static void
dub_calibration_page_init (DubCalibrationPage *self)
{
  self->cards = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  /* The bin's own would keep allocations from this page. */
  gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL);
  _dub_calibration_page_build_table (self);
  _dub_calibration_page_build_bins (self);
  _dub_calibration_page_build_side (self);
  _dub_calibration_page_build_key (self);
}

GtkWidget *
dub_calibration_page_new (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  return g_object_new (DUB_TYPE_CALIBRATION_PAGE, "session", session, NULL);
}
