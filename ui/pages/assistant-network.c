/* What will be done: how a case is prepared, which network, which loss, how often. */
#include "ui/pages/assistant-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "core/data/augment.h"

#define DUB_TYPE_ASSISTANT_NETWORK (dub_assistant_network_get_type ())
G_DECLARE_FINAL_TYPE (DubAssistantNetwork, dub_assistant_network, DUB, ASSISTANT_NETWORK, AdwBin)

struct _DubAssistantNetwork {
  AdwBin          parent_instance;
  DubNewStudy    *study;
  DubDataset     *shown;      /* not owned */
  gboolean        setting;
  AdwComboRow    *scaling_row;
  AdwComboRow    *size_row;
  AdwActionRow   *augment_row;
  GtkMenuButton  *augment_button;
  GtkWidget      *augment_box;
  GtkLabel       *suggestion;
  AdwComboRow    *arch_row;
  AdwComboRow    *loss_row;
  GtkSpinButton  *weight;
  AdwActionRow   *plain_row;
  GtkSwitch      *plain;
  AdwActionRow   *runs_row;
  GtkSpinButton  *epochs;
  GtkWidget      *train_list;
  GtkListBox     *own_list;   /* of the person's own networks */
  GtkWidget      *own_button;
  GtkWidget      *train_button;
  GArray         *archs;      /* of DubArch, as listed */
  GArray         *sides;      /* of int, as listed; 0 = as suggested */
  GPtrArray      *augments;   /* of GtkCheckButton *, by flag */
};

G_DEFINE_FINAL_TYPE (DubAssistantNetwork, dub_assistant_network, ADW_TYPE_BIN)

static const char *const ARCH_NAMES[] = {
  [DUB_ARCH_RESNET18] = N_("ResNet-18"), [DUB_ARCH_CNN2D] = N_("small 2-D CNN"), [DUB_ARCH_CNN3D] = N_("3-D CNN"),
  [DUB_ARCH_MLP] = N_("multilayer perceptron"),
};

static const struct {
  const char *name, *words;
} TERMS[] = {
  [DUB_TERM_NONE] = { N_("Cross-entropy"), N_("the usual loss") },
  [DUB_TERM_DCA] = { N_("Cross-entropy + DCA"), N_("difference of confidence and accuracy; β 10–25") },
  [DUB_TERM_SMOOTHING] = { N_("Label smoothing"), N_("labels a little less than sure") },
  [DUB_TERM_MMCE] = { N_("Cross-entropy + MMCE"), N_("kernel calibration error") },
  [DUB_TERM_MIXUP] = { N_("Mixup"), N_("pairs of cases and labels are blended") },
};

static const struct {
  DubAugment  flag;
  const char *name;
  int         axes; /* 0 = any */
} AUGMENTS[] = {
  { DUB_AUGMENT_FLIP, N_("Flip left-right"), 0 },   { DUB_AUGMENT_SHIFT, N_("Shift"), 0 },
  { DUB_AUGMENT_ROTATE, N_("Rotate"), 0 },          { DUB_AUGMENT_SCALE, N_("Scale"), 0 },
  { DUB_AUGMENT_INTENSITY, N_("Intensity"), 0 },    { DUB_AUGMENT_RAND, N_("RandAugment"), 2 },
  { DUB_AUGMENT_NOISE, N_("Noise"), 0 },            { DUB_AUGMENT_BIAS, N_("Bias field"), 3 },
};

/* --- the person chooses --- */

static void
chosen_cb (DubAssistantNetwork *self)
{
  DubNewStudyChoices choices = *dub_new_study_get_choices (self->study);
  guint arch = adw_combo_row_get_selected (self->arch_row), side = adw_combo_row_get_selected (self->size_row);

  if (self->setting || self->shown == NULL)
    return;
  choices.scaling = _dub_assistant_scaling (adw_combo_row_get_selected (self->scaling_row));
  if (arch < self->archs->len)
    choices.arch = g_array_index (self->archs, DubArch, arch);
  if (side < self->sides->len)
    choices.side = g_array_index (self->sides, int, side);
  choices.term = (DubTerm) MIN (adw_combo_row_get_selected (self->loss_row), DUB_N_TERMS - 1);
  choices.weight = gtk_spin_button_get_value (self->weight);
  choices.plain_beside = gtk_switch_get_active (self->plain);
  choices.n_epochs = (guint) gtk_spin_button_get_value_as_int (self->epochs);
  choices.augment &= (guint) DUB_AUGMENT_KJI;
  for (guint i = 0; i < G_N_ELEMENTS (AUGMENTS); i++)
    if (gtk_check_button_get_active (g_ptr_array_index (self->augments, i)))
      choices.augment |= (guint) AUGMENTS[i].flag;
  dub_new_study_set_choices (self->study, &choices);
}

/* --- what is offered for these data --- */

static void
build (DubAssistantNetwork *self)
{
  static const int SIDES[] = { 28, 64, 96, 128, 224 };
  g_autoptr (GtkStringList) archs = gtk_string_list_new (NULL), sizes = gtk_string_list_new (NULL);
  DubPrepare prepare;
  const int zero = 0;

  self->shown = dub_new_study_get_dataset (self->study);
  if (self->shown == NULL)
    return;

  dub_new_study_make_prepare (self->study, &prepare);

  const int64_t *n = prepare.size;
  g_autofree char *own = prepare.n_axes == 3 ? g_strdup_printf ("%d × %d × %d", (int) n[0], (int) n[1], (int) n[2])
                                             : g_strdup_printf ("%d × %d", (int) n[0], (int) n[1]);

  g_array_set_size (self->archs, 0);
  for (int i = 0; i < DUB_N_ARCHS; i++) {
    DubArch arch = (DubArch) i;

    if (!dub_new_study_arch_fits (self->study, arch))
      continue;
    g_array_append_val (self->archs, arch);
    gtk_string_list_append (archs, _(ARCH_NAMES[arch]));
  }
  g_array_set_size (self->sides, 0);
  g_array_append_val (self->sides, zero);
  gtk_string_list_append (sizes, own);
  for (guint i = 0; i < G_N_ELEMENTS (SIDES); i++) {
    gboolean same = SIDES[i] == n[0] && SIDES[i] == n[1] && (prepare.n_axes == 2 || SIDES[i] == n[2]);
    g_autofree char *words = prepare.n_axes == 3 ? g_strdup_printf ("%d × %d × %d", SIDES[i], SIDES[i], SIDES[i])
                                                 : g_strdup_printf ("%d × %d", SIDES[i], SIDES[i]);

    /* Volumes of 224³ fit no machine that this runs on. */
    if (same || (prepare.n_axes == 3 && SIDES[i] > 128))
      continue;
    g_array_append_val (self->sides, SIDES[i]);
    gtk_string_list_append (sizes, words);
  }
  self->setting = TRUE;
  adw_combo_row_set_model (self->arch_row, G_LIST_MODEL (archs));
  adw_combo_row_set_model (self->size_row, G_LIST_MODEL (sizes));
  for (guint i = 0; i < G_N_ELEMENTS (AUGMENTS); i++)
    gtk_widget_set_visible (g_ptr_array_index (self->augments, i),
                            AUGMENTS[i].axes == 0 || AUGMENTS[i].axes == self->shown->n_axes);
  self->setting = FALSE;
}

/* --- what was chosen --- */

static void
select_choices (DubAssistantNetwork      *self,
                const DubNewStudyChoices *choices)
{
  double low, high;

  self->setting = TRUE;
  for (guint i = 0; _dub_assistant_scaling_name (i) != NULL; i++)
    if (_dub_assistant_scaling (i) == choices->scaling)
      adw_combo_row_set_selected (self->scaling_row, i);
  for (guint i = 0; i < self->archs->len; i++)
    if (g_array_index (self->archs, DubArch, i) == choices->arch)
      adw_combo_row_set_selected (self->arch_row, i);
  for (guint i = 0; i < self->sides->len; i++)
    if (g_array_index (self->sides, int, i) == choices->side)
      adw_combo_row_set_selected (self->size_row, i);
  adw_combo_row_set_selected (self->loss_row, choices->term);
  dub_term_range (choices->term, &low, &high, NULL);
  gtk_spin_button_set_range (self->weight, low, high);
  gtk_spin_button_set_increments (self->weight, high > 1.0 ? 1.0 : 0.01, high > 1.0 ? 5.0 : 0.1);
  gtk_spin_button_set_digits (self->weight, high > 1.0 ? (choices->term == DUB_TERM_MMCE ? 1 : 0) : 2);
  gtk_spin_button_set_value (self->weight, choices->weight);
  gtk_spin_button_set_value (self->epochs, choices->n_epochs);
  gtk_switch_set_active (self->plain, choices->plain_beside);
  for (guint i = 0; i < G_N_ELEMENTS (AUGMENTS); i++)
    gtk_check_button_set_active (g_ptr_array_index (self->augments, i), (choices->augment & (guint) AUGMENTS[i].flag) != 0);
  gtk_widget_set_visible (GTK_WIDGET (self->weight), choices->term != DUB_TERM_NONE);
  gtk_widget_set_visible (GTK_WIDGET (self->plain_row), choices->term != DUB_TERM_NONE);
  self->setting = FALSE;
}

static char *
scaling_words (const DubNewStudyTrial *trial,
               DubScaling              scaling)
{
  if (scaling != DUB_SCALING_MEAN_SD)
    return g_strdup (_("stored with every model"));
  if (trial == NULL || !isfinite (trial->mean))
    return g_strdup (_("from the training part only"));

  return g_strdup_printf (trial->sampled ? _("about %.3f and %.3f, from the training part only")
                                         : _("%.3f and %.3f, from the training part only"), trial->mean, trial->sd);
}

static void
show_own (DubAssistantNetwork *self)
{
  gboolean own = dub_new_study_get_networks (self->study) != NULL;

  gtk_widget_set_visible (self->train_list, !own);
  gtk_widget_set_visible (GTK_WIDGET (self->own_list), own);
  gtk_widget_set_visible (self->own_button, !own);
  gtk_widget_set_visible (GTK_WIDGET (self->augment_row), !own);
  gtk_widget_set_visible (self->train_button, own);
  _dub_assistant_own_show (self->own_list, self->study);
}

static void
changed_cb (DubAssistantNetwork *self)
{
  const DubNewStudyChoices *choices = dub_new_study_get_choices (self->study);
  const DubNewStudyTrial *trial = dub_new_study_get_trial (self->study);

  if (dub_new_study_get_dataset (self->study) != self->shown)
    build (self);
  if (self->shown == NULL)
    return;
  select_choices (self, choices);
  show_own (self);

  g_autofree char *scaling = scaling_words (trial, choices->scaling);
  g_autofree char *augment = dub_augment_describe (choices->augment);
  g_autofree char *shape = _dub_assistant_shape_words (self->shown);
  g_autofree char *runs = _dub_assistant_runs_words (self->study), *time = _dub_assistant_time_words (self->study);
  g_autofree char *runs_words = time[0] != '\0' ? g_strdup_printf ("%s · %s", runs, time) : g_strdup (runs);
  g_autofree char *network = NULL;
  g_autofree char *suggestion = NULL;
  size_t n_train = 0;

  for (guint c = 0; c < self->shown->classes->len; c++)
    n_train += dub_new_study_count (self->study, DUB_PART_TRAIN, (int) c);
  suggestion = g_strdup_printf (_("suggested from %s and %zu training cases"), shape, n_train);
  if (trial != NULL && trial->description != NULL)
    network = g_strdup_printf (trial->n_parameters >= 100000 ? _("%s · %.1f M weights") : _("%s · %.0f k weights"),
                               trial->description,
                               (double) trial->n_parameters / (trial->n_parameters >= 100000 ? 1e6 : 1e3));
  else
    network = g_strdup (trial != NULL ? "" : _("measuring…"));
  if (choices->arch == dub_new_study_get_suggested (self->study)) {
    g_autofree char *bare = g_steal_pointer (&network);

    network = g_strdup_printf (_("%s · suggested"), bare);
  }
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->scaling_row), scaling);
  adw_action_row_set_subtitle (self->augment_row, _("drawn anew for every case and epoch, by the seed"));
  gtk_menu_button_set_label (self->augment_button, augment);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->arch_row), network);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->loss_row), _(TERMS[choices->term].words));
  adw_action_row_set_subtitle (self->runs_row, runs_words);
  if (dub_new_study_get_networks (self->study) != NULL) {
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self->scaling_row),
                                 _("unless changed: as recorded beside the network, else as suggested"));
    gtk_label_set_label (self->suggestion, _("imported, with these data"));
    return;
  }
  gtk_label_set_label (self->suggestion, suggestion);
}

static void
dub_assistant_network_finalize (GObject *object)
{
  DubAssistantNetwork *self = DUB_ASSISTANT_NETWORK (object);

  g_array_unref (self->archs);
  g_array_unref (self->sides);
  g_ptr_array_unref (self->augments);

  G_OBJECT_CLASS (dub_assistant_network_parent_class)->finalize (object);
}

static void
dub_assistant_network_class_init (DubAssistantNetworkClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = dub_assistant_network_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/assistant-network.ui");
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, scaling_row);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, size_row);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, augment_row);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, augment_button);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, augment_box);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, suggestion);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, arch_row);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, loss_row);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, weight);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, plain_row);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, plain);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, runs_row);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, epochs);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, train_list);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, own_list);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, own_button);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantNetwork, train_button);
}

static void
dub_assistant_network_init (DubAssistantNetwork *self)
{
  g_autoptr (GtkStringList) scalings = gtk_string_list_new (NULL), losses = gtk_string_list_new (NULL);

  self->archs = g_array_new (FALSE, FALSE, sizeof (DubArch));
  self->sides = g_array_new (FALSE, FALSE, sizeof (int));
  self->augments = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->setting = TRUE;
  for (guint i = 0; _dub_assistant_scaling_name (i) != NULL; i++)
    gtk_string_list_append (scalings, _dub_assistant_scaling_name (i));
  for (guint i = 0; i < DUB_N_TERMS; i++)
    gtk_string_list_append (losses, _(TERMS[i].name));
  adw_combo_row_set_model (self->scaling_row, G_LIST_MODEL (scalings));
  adw_combo_row_set_model (self->loss_row, G_LIST_MODEL (losses));
  for (guint i = 0; i < G_N_ELEMENTS (AUGMENTS); i++) {
    GtkWidget *check = gtk_check_button_new_with_label (_(AUGMENTS[i].name));

    gtk_widget_set_tooltip_text (check, dub_augment_sentence (AUGMENTS[i].flag));
    gtk_box_append (GTK_BOX (self->augment_box), check);
    g_ptr_array_add (self->augments, check);
    g_signal_connect_object (check, "toggled", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  }
  g_signal_connect_object (self->scaling_row, "notify::selected", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->size_row, "notify::selected", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->arch_row, "notify::selected", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->loss_row, "notify::selected", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->weight, "value-changed", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->plain, "notify::active", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->epochs, "value-changed", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  self->setting = FALSE;
}

GtkWidget *
_dub_assistant_network_new (DubNewStudy *study)
{
  DubAssistantNetwork *self = g_object_new (DUB_TYPE_ASSISTANT_NETWORK, NULL);

  self->study = study;
  g_signal_connect_object (study, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  changed_cb (self);

  return GTK_WIDGET (self);
}
