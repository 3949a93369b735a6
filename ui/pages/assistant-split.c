/* Who may be used for what: the parts, their classes, the folds and the seed. */
#include "ui/pages/assistant-private.h"

#include <glib/gi18n.h>

#include "ui/widgets/choice.h"
#include "ui/widgets/split-bar.h"

enum { GIVEN, FRACTIONS, BY_PATIENT };
enum { MOST_ROWS = 12 };

#define DUB_TYPE_ASSISTANT_SPLIT (dub_assistant_split_get_type ())
G_DECLARE_FINAL_TYPE (DubAssistantSplit, dub_assistant_split, DUB, ASSISTANT_SPLIT, AdwBin)

struct _DubAssistantSplit {
  AdwBin         parent_instance;
  DubNewStudy   *study;
  gboolean       setting;
  AdwBin        *choice_place;
  AdwBin        *bar_place;
  DubChoice     *choice;
  DubSplitBar   *bar;
  GtkGrid       *table;
  GtkLabel      *words;
  GtkLabel      *warning;
  GtkSpinButton *seed;
  GtkSpinButton *folds;
  GtkWidget     *patients_row;
  GtkLabel      *patients_words;
};

G_DEFINE_FINAL_TYPE (DubAssistantSplit, dub_assistant_split, ADW_TYPE_BIN)

static void
chosen_cb (DubAssistantSplit *self)
{
  DubNewStudyChoices choices = *dub_new_study_get_choices (self->study);
  int chosen = dub_choice_get_selected (self->choice);

  choices.split.given = chosen == GIVEN;
  choices.split.by_patient = chosen == BY_PATIENT;
  dub_new_study_set_choices (self->study, &choices);
}

static void
number_cb (DubAssistantSplit *self)
{
  DubNewStudyChoices choices = *dub_new_study_get_choices (self->study);

  if (self->setting)
    return;
  choices.split.seed = (uint64_t) gtk_spin_button_get_value_as_int (self->seed);
  choices.split.n_folds = (guint) gtk_spin_button_get_value_as_int (self->folds);
  dub_new_study_set_choices (self->study, &choices);
}

/* "Given 70/10/20": the shares of the data set's own parts, and their counts. */
static void
update_given (DubAssistantSplit *self,
              const DubDataset  *dataset,
              size_t             n[3])
{
  n[0] = n[1] = n[2] = 0;
  for (size_t i = 0; i < dataset->n_cases; i++) {
    const char *given = dataset->cases[i].given;

    if (given != NULL)
      n[g_str_equal (given, "train") ? 0 : g_str_equal (given, "test") ? 2 : 1]++;
  }

  double sum = (double) MAX (n[0] + n[1] + n[2], 1);
  g_autofree char *text = dataset->has_given
    ? g_strdup_printf (_("Given %.0f/%.0f/%.0f"), 100.0 * (double) n[0] / sum, 100.0 * (double) n[1] / sum, 100.0 * (double) n[2] / sum)
    : g_strdup (_("Given"));

  dub_choice_set_text (self->choice, GIVEN, text);
  dub_choice_set_refused (self->choice, GIVEN, dataset->has_given ? NULL : _("These data come without a split of their own"));
  dub_choice_set_refused (self->choice, BY_PATIENT, dataset->has_patients ? NULL : _("By patient needs ids: add a table of them"));
}

/* --- the table of classes and parts --- */

static void
attach (DubAssistantSplit *self,
        int                column,
        int                row,
        const char        *text,
        const char        *css_class)
{
  GtkWidget *label = _dub_assistant_label (text, css_class);

  if (column > 0) {
    gtk_label_set_xalign (GTK_LABEL (label), 1.0f);
    gtk_widget_add_css_class (label, "numeric");
  } else {
    gtk_widget_set_hexpand (label, TRUE);
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
    gtk_widget_set_tooltip_text (label, text);
  }
  gtk_grid_attach (self->table, label, column, row, 1, 1);
}

static void
attach_badge (DubAssistantSplit *self,
              int                part,
              const char        *text,
              const char        *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "badge");
  gtk_widget_add_css_class (label, css_class);
  gtk_widget_set_halign (label, GTK_ALIGN_END);
  gtk_grid_attach (self->table, label, 1 + 2 * part, 0, 2, 1);
}

static void
build_table (DubAssistantSplit *self,
             const DubDataset  *dataset,
             const DubSplit    *split)
{
  guint n_classes = dataset->classes->len;
  g_autofree size_t *n = g_new0 (size_t, 3 * (n_classes + 1));
  size_t sum[3] = { 0 };
  GtkWidget *child;
  g_autofree char *train = split->options.n_folds > 1
    ? g_strdup_printf (g_dngettext (NULL, "train · %u fold", "train · %u folds", split->options.n_folds), split->options.n_folds)
    : g_strdup (_("train"));

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->table))) != NULL)
    gtk_grid_remove (self->table, child);
  for (size_t i = 0; i < split->n_cases; i++)
    if (split->part[i] <= DUB_PART_TEST && dataset->cases[i].label >= 0) {
      n[3 * dataset->cases[i].label + split->part[i]]++;
      sum[split->part[i]]++;
    }
  attach_badge (self, 0, train, "train");
  attach_badge (self, 1, _("calibration"), "calibration");
  attach_badge (self, 2, _("test"), "test");
  for (guint c = 0; c < MIN (n_classes, MOST_ROWS); c++) {
    attach (self, 0, (int) c + 1, dub_new_study_get_class_name (self->study, c), NULL);
    for (int part = 0; part < 3; part++) {
      g_autofree char *count = g_strdup_printf ("%zu", n[3 * c + (guint) part]);
      g_autofree char *share = g_strdup_printf (_("%.0f %%"), sum[part] > 0 ? 100.0 * (double) n[3 * c + (guint) part] / (double) sum[part] : 0.0);

      attach (self, 1 + 2 * part, (int) c + 1, count, NULL);
      attach (self, 2 + 2 * part, (int) c + 1, share, "dim-label");
    }
  }
  if (n_classes > MOST_ROWS) {
    g_autofree char *more = g_strdup_printf (_("and %u more classes"), n_classes - MOST_ROWS);

    attach (self, 0, MOST_ROWS + 1, more, "dim-label");
  }
}

static void
update_bar (DubAssistantSplit *self,
            const DubSplit    *split)
{
  size_t n[4] = { 0 };
  guint n_folds = split->options.n_folds;
  g_autofree size_t *folds = g_new0 (size_t, n_folds);

  for (size_t i = 0; i < split->n_cases; i++) {
    n[split->part[i]]++;
    if (split->fold[i] >= 0 && (guint) split->fold[i] < n_folds)
      folds[split->fold[i]]++;
  }
  g_autofree char *words = g_strdup_printf (_("%zu cases for training in %u folds, %zu for calibration, %zu for the test"),
                                            n[0], n_folds, n[1], n[2]);

  dub_split_bar_set_counts (self->bar, n);
  dub_split_bar_set_folds (self->bar, folds, n_folds);
  dub_split_bar_describe (self->bar, words);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->bar), words);
}

static void
update_words (DubAssistantSplit        *self,
              const DubNewStudyChoices *choices,
              const DubSplit           *split,
              const size_t              given[3])
{
  size_t n_out = 0;
  g_autofree char *base = NULL;

  for (size_t i = 0; split != NULL && i < split->n_cases; i++)
    n_out += split->part[i] == DUB_PART_NONE;
  if (choices->split.given)
    base = g_strdup (_("as the data set has it; its validation part calibrates"));
  else if (choices->split.by_patient)
    base = g_strdup (_("stratified; no patient stands on two sides"));
  else if (given[0] + given[1] + given[2] > 0)
    base = g_strdup_printf (_("stratified, pooled from %zu + %zu + %zu"), given[0], given[1], given[2]);
  else
    base = g_strdup (_("stratified by class"));

  g_autofree char *out = n_out > 0 ? g_strdup_printf (g_dngettext (NULL, "%s; %zu case left out", "%s; %zu cases left out",
                                                                   (gulong) n_out), base, n_out) : g_strdup (base);

  gtk_label_set_label (self->words, out);
}

static void
changed_cb (DubAssistantSplit *self)
{
  const DubDataset *dataset = dub_new_study_get_dataset (self->study);
  const DubNewStudyChoices *choices = dub_new_study_get_choices (self->study);
  const DubSplit *split = dub_new_study_get_split (self->study);
  const char *table = dub_new_study_get_patients (self->study);
  size_t given[3];

  if (dataset == NULL)
    return;
  update_given (self, dataset, given);
  dub_choice_set_selected (self->choice, choices->split.given ? GIVEN : choices->split.by_patient ? BY_PATIENT : FRACTIONS);
  self->setting = TRUE;
  gtk_spin_button_set_value (self->seed, (double) choices->split.seed);
  gtk_spin_button_set_value (self->folds, choices->split.n_folds);
  self->setting = FALSE;
  update_words (self, choices, split, given);

  g_autofree char *name = table != NULL ? g_path_get_basename (table) : NULL;
  g_autofree char *patients = name != NULL ? g_strdup_printf (_("Patients from %s."), name) : g_strdup (_("By patient needs ids."));

  gtk_label_set_label (self->patients_words, patients);
  gtk_widget_set_visible (self->patients_row, !dataset->has_patients || table != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), split != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->table), split != NULL);

  if (split != NULL) {
    g_autofree char *warning = split->warnings->len == 0 ? NULL
      : split->warnings->len == 1 ? g_strdup (g_ptr_array_index (split->warnings, 0))
      : g_strdup_printf (_("%s (and %u more)"), (const char *) g_ptr_array_index (split->warnings, 0), split->warnings->len - 1);

    build_table (self, dataset, split);
    update_bar (self, split);
    gtk_label_set_label (self->warning, warning != NULL ? warning : "");
  } else {
    gtk_label_set_label (self->warning, dub_new_study_get_split_error (self->study));
  }
  gtk_widget_set_visible (GTK_WIDGET (self->warning), gtk_label_get_label (self->warning)[0] != '\0');
}

static void
dub_assistant_split_class_init (DubAssistantSplitClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/assistant-split.ui");
  gtk_widget_class_bind_template_child (widget_class, DubAssistantSplit, choice_place);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantSplit, bar_place);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantSplit, table);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantSplit, words);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantSplit, warning);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantSplit, seed);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantSplit, folds);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantSplit, patients_row);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantSplit, patients_words);
}

static void
dub_assistant_split_init (DubAssistantSplit *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->choice = DUB_CHOICE (dub_choice_new (_("How the data are split")));
  dub_choice_add (self->choice, _("Given"), _("The data set's own split"));
  dub_choice_add (self->choice, "55/15/30", _("Anew: 55 % train, 15 % calibration, 30 % test"));
  dub_choice_add (self->choice, _("By patient"), _("Anew, and all cases of a patient on one side"));
  adw_bin_set_child (self->choice_place, GTK_WIDGET (self->choice));
  self->bar = DUB_SPLIT_BAR (dub_split_bar_new ());
  adw_bin_set_child (self->bar_place, GTK_WIDGET (self->bar));
  g_signal_connect_object (self->choice, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->seed, "value-changed", G_CALLBACK (number_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folds, "value-changed", G_CALLBACK (number_cb), self, G_CONNECT_SWAPPED);
}

GtkWidget *
_dub_assistant_split_new (DubNewStudy *study)
{
  DubAssistantSplit *self = g_object_new (DUB_TYPE_ASSISTANT_SPLIT, NULL);

  self->study = study;
  g_signal_connect_object (study, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  changed_cb (self);

  return GTK_WIDGET (self);
}
