#include "ui/pages/new-runs-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "core/data/augment.h"
#include "core/train/run-record.h"

/* The term that a loss adds to cross-entropy: its option, the name of its weight, and a weight to begin with. */
static const struct {
  const char *option; /* NULL = cross-entropy alone */
  const char *name;
  const char *weight;
  const char *words;
  double      value, largest, step;
} LOSSES[] = {
  { NULL, N_("Cross-entropy"), "", N_("The plain loss, which the others are compared with"), 0.0, 1.0, 1.0 },
  { "--dca", N_("+ DCA"), N_("β"), N_("Difference of mean confidence and accuracy in a batch; useful β: 10 to 25"), 15.0, 1000.0, 1.0 },
  { "--label-smoothing", N_("+ label smoothing"), N_("α"), N_("The target of the label is 1 − α + α/C"), 0.05, 0.99, 0.01 },
  { "--entropy", N_("+ entropy"), N_("β"), N_("Negative weights punish confident answers"), -0.1, 100.0, 0.05 },
  { "--mmce", N_("+ MMCE"), N_("β"), N_("Root of the weighted maximum mean calibration error"), 2.0, 100.0, 0.5 },
  { "--mixup", N_("mixup"), N_("α"), N_("Pairs of cases are mixed with λ from Beta (α, α)"), 0.2, 10.0, 0.05 },
};

static const char *const ARCHITECTURES_2D[] = { "resnet18", "cnn2d", "mlp", NULL };
static const char *const NAMES_2D[] = { N_("ResNet-18"), N_("2-D CNN"), N_("Multilayer perceptron"), NULL };
static const char *const ARCHITECTURES_3D[] = { "cnn3d", "mlp", NULL };
static const char *const NAMES_3D[] = { N_("3-D CNN"), N_("Multilayer perceptron"), NULL };

struct _DubNewRunsDialog {
  AdwWindow       parent_instance;
  DubRunRecord   *like;      /* (nullable): a run whose network and settings are kept */
  const char *const *architectures;
  GtkWidget      *architecture;
  GtkWidget      *epochs;
  GtkWidget      *loss;
  GtkWidget      *weight_row;
  GtkWidget      *weight;
  GtkWidget      *class_weights;
  GtkWidget      *seed;
};

G_DEFINE_FINAL_TYPE (DubNewRunsDialog, dub_new_runs_dialog, ADW_TYPE_WINDOW)

enum { ACCEPTED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
add (GStrvBuilder *builder,
     const char   *option,
     char         *value)
{
  g_strv_builder_add_many (builder, option, value, NULL);
  g_free (value);
}

static char *
number (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, "%.6g", value));
}

/* Everything of the recipe but its loss and seed. */
static void
add_recipe (GStrvBuilder    *builder,
            const DubRecipe *recipe)
{
  add (builder, "--arch", g_strdup (recipe->arch));
  if (recipe->width > 0)
    add (builder, "--width", g_strdup_printf ("%d", recipe->width));
  if (recipe->depth > 0)
    add (builder, "--depth", g_strdup_printf ("%d", recipe->depth));
  add (builder, "--dropout", number (recipe->dropout));
  add (builder, "--optimizer", g_strdup (recipe->optimizer));
  add (builder, "--lr", number (recipe->rate));
  add (builder, "--momentum", number (recipe->momentum));
  add (builder, "--weight-decay", number (recipe->weight_decay));
  add (builder, "--clip", number (recipe->clip));
  add (builder, "--schedule", g_strdup (recipe->schedule));
  add (builder, "--warmup", g_strdup_printf ("%u", recipe->warmup_epochs));
  add (builder, "--epochs", g_strdup_printf ("%u", recipe->n_epochs));
  add (builder, "--batch", g_strdup_printf ("%u", recipe->batch));
  add (builder, "--patience", g_strdup_printf ("%u", recipe->patience));
  add (builder, "--select", g_strdup (recipe->select_by));
  add (builder, "--augment", dub_augment_to_string (recipe->augment));
}

static void
accept_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DubNewRunsDialog *self = DUB_NEW_RUNS_DIALOG (widget);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint loss = adw_combo_row_get_selected (ADW_COMBO_ROW (self->loss));

  if (self->like != NULL) {
    add_recipe (builder, self->like->recipe);
  } else {
    guint arch = adw_combo_row_get_selected (ADW_COMBO_ROW (self->architecture));
    int epochs = gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->epochs));

    add (builder, "--arch", g_strdup (self->architectures[arch]));
    if (epochs > 0)
      add (builder, "--epochs", g_strdup_printf ("%d", epochs));
  }
  if (LOSSES[loss].option != NULL)
    add (builder, LOSSES[loss].option, number (gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->weight))));
  if (gtk_switch_get_active (GTK_SWITCH (self->class_weights)))
    g_strv_builder_add (builder, "--class-weights");
  add (builder, "--seed", g_strdup_printf ("%d", gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->seed))));

  g_auto (GStrv) arguments = g_strv_builder_end (builder);

  g_signal_emit (self, signals[ACCEPTED], 0, arguments);
  gtk_window_close (GTK_WINDOW (self));
}

static void
loss_changed_cb (DubNewRunsDialog *self)
{
  guint loss = adw_combo_row_get_selected (ADW_COMBO_ROW (self->loss));
  GtkAdjustment *adjustment = gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (self->weight));
  double low = g_strcmp0 (LOSSES[loss].option, "--entropy") == 0 ? -LOSSES[loss].largest : 0.0;

  gtk_widget_set_visible (self->weight_row, LOSSES[loss].option != NULL);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->loss), _(LOSSES[loss].words));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->weight_row), LOSSES[loss].option != NULL ? _(LOSSES[loss].weight) : "");
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (self->weight), LOSSES[loss].step < 0.5 ? 2 : 1);
  gtk_adjustment_configure (adjustment, LOSSES[loss].value, low, LOSSES[loss].largest, LOSSES[loss].step,
                            10.0 * LOSSES[loss].step, 0.0);
}

static GtkWidget *
spin_row (GtkWidget   *group,
          const char  *title,
          const char  *subtitle,
          double       low,
          double       high,
          double       value,
          GtkWidget  **spin)
{
  GtkWidget *row = adw_action_row_new ();

  *spin = gtk_spin_button_new_with_range (low, high, 1.0);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (*spin), value);
  gtk_widget_set_valign (*spin, GTK_ALIGN_CENTER);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), *spin);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), *spin);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);

  return row;
}

static GtkWidget *
combo_row (GtkWidget         *group,
           const char        *title,
           const char *const *names)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (guint i = 0; names[i] != NULL; i++)
    gtk_string_list_append (list, _(names[i]));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);

  return row;
}

static void
network_rows (DubNewRunsDialog *self,
              GtkWidget        *group,
              gboolean          volumes)
{
  if (self->like != NULL) {
    GtkWidget *row = adw_action_row_new ();
    g_autofree char *settings = dub_recipe_optimizer_name (self->like->recipe);
    g_autofree char *words = g_strdup_printf (_("%s · batch %u · %u epochs: as the runs that are there, so that losses can be compared"),
                                              settings, self->like->recipe->batch, self->like->recipe->n_epochs);

    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), self->like->architecture);
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("changes-prevent-symbolic"));
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
    return;
  }
  self->architectures = volumes ? ARCHITECTURES_3D : ARCHITECTURES_2D;
  self->architecture = combo_row (group, _("Network"), volumes ? NAMES_3D : NAMES_2D);
  spin_row (group, _("Epochs"), _("0 leaves the number to the network and the data"), 0.0, 100000.0, 0.0, &self->epochs);
}

static void
build (DubNewRunsDialog *self,
       gboolean          volumes,
       gboolean          weighted)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *bar = adw_header_bar_new ();
  GtkWidget *page = adw_preferences_page_new (), *group = adw_preferences_group_new ();
  GtkWidget *cancel = gtk_button_new_with_mnemonic (_("_Cancel")), *accept = gtk_button_new_with_mnemonic (_("_Train"));
  GtkWidget *weights_row = adw_action_row_new ();
  const char *names[G_N_ELEMENTS (LOSSES) + 1] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (LOSSES); i++)
    names[i] = LOSSES[i].name;

  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (accept), "runs.accept");
  gtk_widget_set_tooltip_text (accept, _("Trains one network a fold"));
  gtk_widget_add_css_class (accept, "suggested-action");
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (bar), FALSE);
  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (bar), FALSE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (bar), accept);

  network_rows (self, group, volumes);
  self->loss = combo_row (group, _("Loss"), names);
  /* Beside runs that are there another loss is what is most often compared. */
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->loss), self->like != NULL && !weighted ? 1 : 0);
  self->weight_row = spin_row (group, "", _("Weight of the term"), 0.0, 1000.0, 15.0, &self->weight);
  g_signal_connect_swapped (self->loss, "notify::selected", G_CALLBACK (loss_changed_cb), self);

  self->class_weights = gtk_switch_new ();
  gtk_switch_set_active (GTK_SWITCH (self->class_weights),
                         weighted || (self->like != NULL && self->like->recipe->class_weights));
  gtk_widget_set_valign (self->class_weights, GTK_ALIGN_CENTER);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (weights_row), _("Class weights"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (weights_row), _("Rare classes count as much as frequent ones"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (weights_row), self->class_weights);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (weights_row), self->class_weights);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), weights_row);
  spin_row (group, _("Seed"), _("Of weights, order, augmentation and dropout"), 0.0, G_MAXINT,
            self->like != NULL ? (double) MIN (self->like->recipe->seed, G_MAXINT) : 0.0, &self->seed);

  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_default_widget (GTK_WINDOW (self), accept);
  loss_changed_cb (self);
}

static void
dub_new_runs_dialog_finalize (GObject *object)
{
  g_clear_pointer (&DUB_NEW_RUNS_DIALOG (object)->like, dub_run_record_free);

  G_OBJECT_CLASS (dub_new_runs_dialog_parent_class)->finalize (object);
}

static void
dub_new_runs_dialog_class_init (DubNewRunsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = dub_new_runs_dialog_finalize;
  signals[ACCEPTED] = g_signal_new ("accepted", DUB_TYPE_NEW_RUNS_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRV);
  gtk_widget_class_install_action (widget_class, "runs.accept", NULL, accept_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
dub_new_runs_dialog_init (DubNewRunsDialog *self)
{
}

DubNewRunsDialog *
dub_new_runs_dialog_new (GtkWindow  *parent,
                         DubSession *session,
                         DubRuns    *runs,
                         gboolean    weighted)
{
  DubNewRunsDialog *self = g_object_new (DUB_TYPE_NEW_RUNS_DIALOG, "transient-for", parent, "modal", TRUE, "title",
                                         _("New Runs"), "default-width", 480, "default-height", 520, NULL);
  DubStudy *study = dub_session_get_study (session);
  gboolean volumes = study != NULL && study->data != NULL && g_strcmp0 (study->data->kind, "nifti") == 0;

  if (dub_runs_get_n (runs) > 0)
    self->like = dub_run_record_load (dub_runs_get (runs, 0)->folder, NULL);
  if (study != NULL && study->data != NULL && study->data->dataset != NULL)
    volumes = study->data->dataset->n_axes == 3;
  build (self, volumes, weighted);

  return self;
}
