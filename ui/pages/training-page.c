#include "ui/pages/training-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/pages/new-runs-dialog.h"
#include "ui/widgets/theme.h"

/* Below this width of the page the state of the training stands below the curves. */
enum { WIDE = 900, SIDE_WIDTH = 276 };

G_DEFINE_FINAL_TYPE (DubTrainingPage, dub_training_page, ADW_TYPE_BIN)

enum { PROP_0, PROP_SESSION, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
update (DubTrainingPage *self)
{
  DubRuns *runs = dub_training_get_runs (self->training);
  gboolean any = dub_runs_get_n (runs) > 0 || dub_training_is_running (self->training);

  gtk_stack_set_visible_child_name (self->stack, any ? "runs" : "empty");
  if (!any)
    return;
  dub_run_table_set (self->table, runs);
  _dub_training_page_update_charts (self);
  _dub_training_page_update_state (self);
}

/* Another study: nothing chosen in the old one means anything here. */
static void
study_changed_cb (DubTrainingPage *self)
{
  g_clear_pointer (&self->chosen, g_free);
  self->cursor = NAN;
  update (self);
}

static void
chosen_cb (DubTrainingPage *self,
           const char      *id)
{
  g_free (self->chosen);
  self->chosen = g_strdup (id);
  _dub_training_page_update_charts (self);
  _dub_training_page_update_state (self);
}

static void
view_toggled_cb (DubTrainingPage *self)
{
  _dub_training_page_update_charts (self);
}

/* One cursor for all plots: their heads tell the losses of its epoch. */
static void
picked_cb (DubTrainingPage *self,
           double           epoch)
{
  self->cursor = fmax (1.0, epoch);
  _dub_training_page_update_charts (self);
}

static void
start (DubTrainingPage   *self,
       const char *const *arguments)
{
  g_autoptr (GError) error = NULL;

  if (!dub_training_start (self->training, arguments, &error))
    dub_session_fail (self->session, _("The training could not be started"), error);
  update (self);
}

static void
accepted_cb (DubTrainingPage *self,
             GStrv            arguments)
{
  start (self, (const char *const *) arguments);
}

/* training.new, training.new-weighted */
static void
new_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  DubTrainingPage *self = DUB_TRAINING_PAGE (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  DubNewRunsDialog *dialog = dub_new_runs_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->session,
                                                      dub_training_get_runs (self->training),
                                                      g_str_equal (name, "training.new-weighted"));

  g_signal_connect_object (dialog, "accepted", G_CALLBACK (accepted_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
start_with_action (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  g_autofree const char **arguments = g_variant_get_strv (parameter, NULL);

  start (DUB_TRAINING_PAGE (widget), arguments);
}

static void
stop_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  dub_training_stop (DUB_TRAINING_PAGE (widget)->training);
}

static void
resume_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DubTrainingPage *self = DUB_TRAINING_PAGE (widget);
  g_autoptr (GError) error = NULL;

  if (!dub_training_resume (self->training, &error))
    dub_session_fail (self->session, _("The training could not be resumed"), error);
  update (self);
}

static void
export_figure_action (GtkWidget  *widget,
                      const char *name,
                      GVariant   *parameter)
{
  _dub_training_page_export (DUB_TRAINING_PAGE (widget), FALSE);
}

static void
export_csv_action (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  _dub_training_page_export (DUB_TRAINING_PAGE (widget), TRUE);
}

static void
dub_training_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (dub_training_page_parent_class)->map (widget);
  update (DUB_TRAINING_PAGE (widget));
}

/* The legend speaks in the colours of the curves, which follow the theme. */
static void
dub_training_page_css_changed (GtkWidget         *widget,
                               GtkCssStyleChange *change)
{
  DubTrainingPage *self = DUB_TRAINING_PAGE (widget);
  DubTheme theme;

  GTK_WIDGET_CLASS (dub_training_page_parent_class)->css_changed (widget, change);
  if (self->legend == NULL)
    return;
  dub_widget_theme (widget, &theme);

  g_autofree char *text = g_strdup_printf (
    "<span color=\"#%02x%02x%02x\"><b>—</b></span> %s  <span color=\"#%02x%02x%02x\"><b>- -</b></span> %s",
    (guint) lround (255 * theme.series[1].red), (guint) lround (255 * theme.series[1].green),
    (guint) lround (255 * theme.series[1].blue), _("train"), (guint) lround (255 * theme.series[2].red),
    (guint) lround (255 * theme.series[2].green), (guint) lround (255 * theme.series[2].blue), _("validation"));

  if (g_strcmp0 (gtk_label_get_label (self->legend), text) != 0)
    gtk_label_set_markup (self->legend, text);
}

/* --- room --- */

static gboolean
is_wide (DubTrainingPage *self)
{
  return gtk_orientable_get_orientation (GTK_ORIENTABLE (self->body)) == GTK_ORIENTATION_HORIZONTAL;
}

static gboolean
place_cb (gpointer data)
{
  DubTrainingPage *self = data;
  gboolean wide = gtk_widget_get_width (GTK_WIDGET (self)) >= WIDE;

  /* A page that died meanwhile has let go of its parts. */
  if (self->session == NULL)
    return G_SOURCE_REMOVE;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->body), wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  adw_clamp_set_maximum_size (self->side, wide ? SIDE_WIDTH : 4 * SIDE_WIDTH);
  adw_clamp_set_tightening_threshold (self->side, wide ? SIDE_WIDTH : 4 * SIDE_WIDTH);

  return G_SOURCE_REMOVE;
}

static void
dub_training_page_measure (GtkWidget      *widget,
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
dub_training_page_size_allocate (GtkWidget *widget,
                                 int        width,
                                 int        height,
                                 int        baseline)
{
  DubTrainingPage *self = DUB_TRAINING_PAGE (widget);

  gtk_widget_allocate (adw_bin_get_child (ADW_BIN (self)), width, height, baseline, NULL);
  /* Not from inside an allocation: placing asks for another one. */
  if (is_wide (self) != (width >= WIDE))
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, place_cb, g_object_ref (self), g_object_unref);
}

static void
dub_training_page_constructed (GObject *object)
{
  DubTrainingPage *self = DUB_TRAINING_PAGE (object);

  G_OBJECT_CLASS (dub_training_page_parent_class)->constructed (object);
  self->training = g_object_ref (dub_training_of_session (self->session));
  g_signal_connect_object (self->training, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
dub_training_page_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  if (prop_id == PROP_SESSION)
    DUB_TRAINING_PAGE (object)->session = g_value_dup_object (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
dub_training_page_dispose (GObject *object)
{
  DubTrainingPage *self = DUB_TRAINING_PAGE (object);

  g_clear_object (&self->training);
  g_clear_object (&self->session);
  g_clear_pointer (&self->chosen, g_free);
  /* AdwBin would unparent its child once more when the template has already done so. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_TRAINING_PAGE);

  G_OBJECT_CLASS (dub_training_page_parent_class)->dispose (object);
}

static void
bind_card (GtkWidgetClass *klass,
           guint           index)
{
  static const struct { const char *name; size_t offset; } PARTS[] = {
    { "chart%u", G_STRUCT_OFFSET (DubChartCard, box) },
    { "chart_title%u", G_STRUCT_OFFSET (DubChartCard, title) },
    { "chart_state%u", G_STRUCT_OFFSET (DubChartCard, state) },
    { "chart_values%u", G_STRUCT_OFFSET (DubChartCard, values) },
    { "loss%u", G_STRUCT_OFFSET (DubChartCard, loss) },
    { "accuracy%u", G_STRUCT_OFFSET (DubChartCard, accuracy) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (PARTS); i++) {
    g_auto (GStrv) words = g_strsplit (PARTS[i].name, "%u", 2);
    g_autofree char *name = g_strdup_printf ("%s%u", words[0], index);

    gtk_widget_class_bind_template_child_full (klass, name, FALSE,
                                               (gssize) (G_STRUCT_OFFSET (DubTrainingPage, cards)
                                                         + index * sizeof (DubChartCard) + PARTS[i].offset));
  }
}

static void
dub_training_page_class_init (DubTrainingPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dub_training_page_constructed;
  object_class->set_property = dub_training_page_set_property;
  object_class->dispose = dub_training_page_dispose;
  widget_class->map = dub_training_page_map;
  widget_class->measure = dub_training_page_measure;
  widget_class->size_allocate = dub_training_page_size_allocate;
  widget_class->css_changed = dub_training_page_css_changed;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, DUB_TYPE_SESSION,
                                             G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (DUB_TYPE_FIGURE_VIEW);
  g_type_ensure (DUB_TYPE_RUN_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/training-page.ui");
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, stack);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, body);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, side);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, side_button);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, overlay_button);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, one_button);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, legend);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, train_badge);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, calibration_badge);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, test_badge);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, table);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, state_title);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, state_count);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, left_label);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, rate_label);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, state_note);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, progress_box);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, progress);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, folds);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, dca_card);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, dca_view);
  gtk_widget_class_bind_template_child (widget_class, DubTrainingPage, settings);
  bind_card (widget_class, 0);
  bind_card (widget_class, 1);

  gtk_widget_class_install_action (widget_class, "training.new", NULL, new_action);
  gtk_widget_class_install_action (widget_class, "training.new-weighted", NULL, new_action);
  gtk_widget_class_install_action (widget_class, "training.start-with", "as", start_with_action);
  gtk_widget_class_install_action (widget_class, "training.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "training.resume", NULL, resume_action);
  gtk_widget_class_install_action (widget_class, "training.export-figure", NULL, export_figure_action);
  gtk_widget_class_install_action (widget_class, "training.export-csv", NULL, export_csv_action);
}

static void
dub_training_page_init (DubTrainingPage *self)
{
  self->cursor = NAN;
  gtk_widget_init_template (GTK_WIDGET (self));
  /* The bin's own would keep allocations from this page. */
  gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL);
  g_signal_connect_swapped (self->table, "chosen", G_CALLBACK (chosen_cb), self);
  g_signal_connect_swapped (self->side_button, "toggled", G_CALLBACK (view_toggled_cb), self);
  g_signal_connect_swapped (self->overlay_button, "toggled", G_CALLBACK (view_toggled_cb), self);
  g_signal_connect_swapped (self->one_button, "toggled", G_CALLBACK (view_toggled_cb), self);
  for (guint i = 0; i < G_N_ELEMENTS (self->cards); i++) {
    g_signal_connect_swapped (self->cards[i].loss, "picked", G_CALLBACK (picked_cb), self);
    g_signal_connect_swapped (self->cards[i].accuracy, "picked", G_CALLBACK (picked_cb), self);
  }
}

GtkWidget *
dub_training_page_new (DubSession *session)
{
  return g_object_new (DUB_TYPE_TRAINING_PAGE, "session", session, NULL);
}
