/* What stands twice in the data, under one label or two, and what is rare: each with what can be done about it. */
#include "ui/pages/assistant-private.h"

#include <glib/gi18n.h>

#include "ui/widgets/choice.h"

enum { SIDE = 38 };
/* A class below this share is rare enough to speak of weights. */
static const double RARE = 0.35;

#define DUB_TYPE_ASSISTANT_PROBLEMS (dub_assistant_problems_get_type ())
G_DECLARE_FINAL_TYPE (DubAssistantProblems, dub_assistant_problems, DUB, ASSISTANT_PROBLEMS, AdwBin)

struct _DubAssistantProblems {
  AdwBin         parent_instance;
  DubNewStudy   *study;
  DubDuplicates *shown;           /* not owned */
  DubDataset    *shown_data;      /* not owned */
  GtkWidget     *state;           /* what the search does */
  GtkWidget     *list;
  DubChoice     *contradictions;  /* (nullable) */
  DubChoice     *twins;           /* (nullable) */
  GtkSwitch     *weights;         /* (nullable) */
  gboolean       setting;
};

G_DEFINE_FINAL_TYPE (DubAssistantProblems, dub_assistant_problems, ADW_TYPE_BIN)

static void
contradictions_cb (DubAssistantProblems *self)
{
  DubNewStudyChoices choices = *dub_new_study_get_choices (self->study);

  choices.split.contradictions = dub_choice_get_selected (self->contradictions) == 0 ? DUB_CONTRADICTION_DROP
                                                                                     : DUB_CONTRADICTION_KEEP;
  dub_new_study_set_choices (self->study, &choices);
}

static void
twins_cb (DubAssistantProblems *self)
{
  DubNewStudyChoices choices = *dub_new_study_get_choices (self->study);

  choices.split.twins = (DubTwins) dub_choice_get_selected (self->twins);
  dub_new_study_set_choices (self->study, &choices);
}

static void
weights_cb (DubAssistantProblems *self)
{
  DubNewStudyChoices choices = *dub_new_study_get_choices (self->study);

  if (self->setting)
    return;
  choices.class_weights = gtk_switch_get_active (self->weights);
  dub_new_study_set_choices (self->study, &choices);
}

static GtkWidget *
small_picture (DubAssistantProblems *self,
               size_t                index)
{
  GtkWidget *clamp = adw_clamp_new ();

  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), SIDE);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), SIDE);
  adw_clamp_set_child (ADW_CLAMP (clamp), _dub_assistant_picture (self->study, index, SIDE));

  return clamp;
}

/* A row: icon, pictures, two lines of words, and what can be done. */
static void
add_row (DubAssistantProblems *self,
         const char           *icon,
         const DubDuplicate   *pair,
         const char           *title,
         const char           *words,
         GtkWidget            *choice)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *image = gtk_image_new_from_icon_name (icon);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title_label = _dub_assistant_label (title, "caption-strong");
  GtkWidget *words_label = _dub_assistant_label (words, "caption-small");

  gtk_widget_add_css_class (row, "problem");
  gtk_widget_add_css_class (image, "warning");
  gtk_box_append (GTK_BOX (row), image);
  if (pair != NULL) {
    GtkWidget *pictures = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);

    gtk_widget_set_valign (pictures, GTK_ALIGN_CENTER);
    gtk_box_append (GTK_BOX (pictures), small_picture (self, pair->a));
    gtk_box_append (GTK_BOX (pictures), small_picture (self, pair->b));
    gtk_box_append (GTK_BOX (row), pictures);
  }
  gtk_label_set_wrap (GTK_LABEL (title_label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (words_label), TRUE);
  gtk_widget_add_css_class (words_label, "dim-label");
  gtk_widget_set_hexpand (box, TRUE);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), title_label);
  gtk_box_append (GTK_BOX (box), words_label);
  gtk_box_append (GTK_BOX (row), box);
  if (choice != NULL)
    gtk_box_append (GTK_BOX (row), choice);
  gtk_box_append (GTK_BOX (self->list), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (self->list), row);
}

/* --- what stands twice --- */

static void
add_contradictions (DubAssistantProblems *self,
                    const DubDuplicates  *duplicates)
{
  const DubDataset *dataset = dub_new_study_get_dataset (self->study);
  const DubDuplicate *first = NULL;
  gulong n = 0;

  for (size_t i = 0; i < duplicates->n_pairs; i++)
    if (duplicates->pairs[i].opposite) {
      first = n++ == 0 || (first->rms > 0.0 && duplicates->pairs[i].rms <= 0.0) ? &duplicates->pairs[i] : first;
    }
  if (first == NULL)
    return;

  g_autofree char *title = g_strdup_printf (g_dngettext (NULL, "%lu near-identical pair with opposite labels",
                                                         "%lu near-identical pairs with opposite labels", n), n);
  g_autofree char *words = g_strdup_printf (_("cases %s (%s) and %s (%s)"), dataset->cases[first->a].id,
                                            dub_new_study_get_class_name (self->study, (guint) dataset->cases[first->a].label),
                                            dataset->cases[first->b].id,
                                            dub_new_study_get_class_name (self->study, (guint) dataset->cases[first->b].label));

  self->contradictions = DUB_CHOICE (dub_choice_new (_("Contradictory labels")));
  dub_choice_add (self->contradictions, _("Drop both"), _("Leave both cases of each such pair out"));
  dub_choice_add (self->contradictions, _("Keep, warn"), _("Keep them, and say so in the study"));
  g_signal_connect_object (self->contradictions, "chosen", G_CALLBACK (contradictions_cb), self, G_CONNECT_SWAPPED);
  add_row (self, "dialog-warning-symbolic", first, title, words, GTK_WIDGET (self->contradictions));
}

static void
add_twins (DubAssistantProblems *self,
           const DubDuplicates  *duplicates)
{
  const DubDuplicate *first = NULL;
  g_autoptr (GHashTable) cases = g_hash_table_new (NULL, NULL);
  gulong n = 0;

  for (size_t i = 0; i < duplicates->n_pairs; i++) {
    const DubDuplicate *pair = &duplicates->pairs[i];

    g_hash_table_add (cases, GSIZE_TO_POINTER (pair->a + 1));
    g_hash_table_add (cases, GSIZE_TO_POINTER (pair->b + 1));
    if (!pair->opposite)
      first = n++ == 0 ? pair : first;
  }
  if (first == NULL)
    return;

  g_autofree char *title = g_strdup_printf (g_dngettext (NULL, "%lu near-identical pair", "%lu near-identical pairs", n), n);
  g_autofree char *words = g_strdup_printf (_("%u cases in %zu groups, RMS below 1 %%"), g_hash_table_size (cases),
                                            duplicates->n_groups);

  self->twins = DUB_CHOICE (dub_choice_new (_("Near-identical cases")));
  dub_choice_add (self->twins, _("Same side"), _("Near-identical cases stand in one part and in one fold"));
  dub_choice_add (self->twins, _("Drop copies"), _("Of near-identical cases the first one stays"));
  dub_choice_add (self->twins, _("Keep"), _("As if they were different: the test may then know what was trained on"));
  g_signal_connect_object (self->twins, "chosen", G_CALLBACK (twins_cb), self, G_CONNECT_SWAPPED);
  add_row (self, "dialog-warning-symbolic", first, title, words, GTK_WIDGET (self->twins));
}

/* --- what is rare --- */

static void
add_imbalance (DubAssistantProblems *self,
               const DubDataset     *dataset)
{
  g_autofree size_t *counts = g_new0 (size_t, dataset->classes->len + 1);
  guint rare = 0;

  dub_dataset_count (dataset, counts);
  for (guint i = 1; i < dataset->classes->len; i++)
    rare = counts[i] < counts[rare] ? i : rare;

  double share = dataset->n_cases > 0 ? (double) counts[rare] / (double) dataset->n_cases : 0.0;

  if (dataset->classes->len < 2 || share >= (dataset->classes->len == 2 ? RARE : 0.7 / dataset->classes->len))
    return;

  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *label = gtk_label_new_with_mnemonic (_("_Weights"));
  g_autofree char *title = g_strdup_printf (_("%.0f %% of the cases are %s"), 100.0 * share,
                                            dub_new_study_get_class_name (self->study, rare));

  self->weights = GTK_SWITCH (gtk_switch_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->weights), GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->weights), _("Weigh classes in the loss by their inverse frequency"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->weights), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Class weights"), -1);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), GTK_WIDGET (self->weights));
  gtk_widget_add_css_class (label, "caption-small");
  g_signal_connect_object (self->weights, "notify::active", G_CALLBACK (weights_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->weights));
  add_row (self, "dialog-information-symbolic", NULL, title, _("split stratified; the loss can be weighted"), box);
}

static void
build (DubAssistantProblems *self)
{
  GtkWidget *child;

  self->contradictions = self->twins = NULL;
  self->weights = NULL;
  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_box_remove (GTK_BOX (self->list), child);
  self->shown = dub_new_study_get_duplicates (self->study);
  self->shown_data = dub_new_study_get_dataset (self->study);
  if (self->shown_data == NULL)
    return;
  if (self->shown != NULL) {
    add_contradictions (self, self->shown);
    add_twins (self, self->shown);
  }
  add_imbalance (self, self->shown_data);
}

static void
changed_cb (DubAssistantProblems *self)
{
  const DubNewStudyChoices *choices = dub_new_study_get_choices (self->study);
  const char *failure = dub_new_study_get_search_error (self->study);
  const char *state = _("choices are kept in the study");

  if (dub_new_study_get_duplicates (self->study) != self->shown || dub_new_study_get_dataset (self->study) != self->shown_data)
    build (self);
  if (self->contradictions != NULL)
    dub_choice_set_selected (self->contradictions, choices->split.contradictions == DUB_CONTRADICTION_DROP ? 0 : 1);
  if (self->twins != NULL)
    dub_choice_set_selected (self->twins, (int) choices->split.twins);
  if (self->weights != NULL) {
    self->setting = TRUE;
    gtk_switch_set_active (self->weights, choices->class_weights);
    self->setting = FALSE;
    /* Networks that are imported learn no more. */
    gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->weights)), dub_new_study_get_networks (self->study) == NULL);
  }
  if (dub_new_study_is_searching (self->study))
    state = _("looking for what stands twice…");
  else if (failure != NULL)
    state = failure;
  else if (self->shown != NULL && self->shown->n_pairs == 0)
    state = _("nothing stands twice");
  gtk_label_set_label (GTK_LABEL (self->state), state);
}

static void
dub_assistant_problems_class_init (DubAssistantProblemsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/assistant-problems.ui");
  gtk_widget_class_bind_template_child (widget_class, DubAssistantProblems, state);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantProblems, list);
}

static void
dub_assistant_problems_init (DubAssistantProblems *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
_dub_assistant_problems_new (DubNewStudy *study)
{
  DubAssistantProblems *self = g_object_new (DUB_TYPE_ASSISTANT_PROBLEMS, NULL);

  self->study = study;
  g_signal_connect_object (study, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  changed_cb (self);

  return GTK_WIDGET (self);
}
