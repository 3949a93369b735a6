/* The third step: everything in words, and where the study goes. */
#include "ui/pages/assistant-private.h"

#include <glib/gi18n.h>
#include <string.h>

enum { POLL_MS = 100, MOST_TRIES = 1000 };

/* Shares for calibration that are offered for outputs, after the split that they came with. */
static const double SHARES[] = { 0.3, 0.5 };

#define DUB_TYPE_ASSISTANT_TRAIN (dub_assistant_train_get_type ())
G_DECLARE_FINAL_TYPE (DubAssistantTrain, dub_assistant_train, DUB, ASSISTANT_TRAIN, AdwBin)

struct _DubAssistantTrain {
  AdwBin          parent_instance;
  DubNewStudy    *study;
  DubDataset     *shown;    /* not owned: the one the name was made for */
  const DubOutputsFile *shown_outputs; /* not owned, likewise */
  char           *parent;   /* folder in which the study's folder is made */
  guint           poll;
  GtkListBox     *summary;
  GtkEditable    *title;
  AdwActionRow   *folder_row;
  GtkLabel       *failure;
  GtkWidget      *making;
  GtkProgressBar *progress;
  GtkWidget      *make_button;
  GtkWidget      *outputs_box;
  AdwComboRow    *outputs_split;
  AdwComboRow    *outputs_positive;
  gboolean        filling;  /* the rows are being filled: nobody has chosen anything */
};

G_DEFINE_FINAL_TYPE (DubAssistantTrain, dub_assistant_train, ADW_TYPE_BIN)

static char *
folder_of (DubAssistantTrain *self,
           const char        *title)
{
  g_autofree char *name = g_strdup_printf ("%s.dubito", title);

  g_strdelimit (name, "/", '-');

  return g_build_filename (self->parent, name, NULL);
}

/* The data set's name, with a number where there is such a study already. */
static void
suggest_title (DubAssistantTrain *self,
               const char        *name)
{
  for (int i = 1; i <= MOST_TRIES; i++) {
    g_autofree char *title = i == 1 ? g_strdup (name) : g_strdup_printf ("%s %d", name, i);
    g_autofree char *folder = folder_of (self, title);

    if (!g_file_test (folder, G_FILE_TEST_EXISTS)) {
      gtk_editable_set_text (self->title, title);
      return;
    }
  }
}

static void
titled_cb (DubAssistantTrain *self)
{
  g_autofree char *folder = _dub_assistant_train_folder (GTK_WIDGET (self));

  adw_action_row_set_subtitle (self->folder_row, folder);
  gtk_widget_set_visible (GTK_WIDGET (self->failure), FALSE);
}

static void
add_line (DubAssistantTrain *self,
          const char        *what,
          const char        *value)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), what);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), value);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (self->summary, row);
}

static void
summarise_outputs (DubAssistantTrain    *self,
                   const DubOutputsFile *outputs)
{
  g_autofree char *what = g_strdup_printf (outputs->logits != NULL ? _("logits of %zu networks for %zu cases in %zu classes")
                                           : _("probabilities of %zu networks for %zu cases in %zu classes"),
                                           outputs->n_models, outputs->n_cases, outputs->n_classes);

  add_line (self, _("Outputs"), what);
  for (guint i = 0; i < outputs->notes->len; i++)
    add_line (self, _("Assumed"), g_ptr_array_index (outputs->notes, i));
  add_line (self, _("Missing"), _("the images: masks, heat maps and training need the data themselves"));
}

static void
summarise (DubAssistantTrain *self)
{
  const DubDataset *dataset = self->shown;
  const DubNewStudyTrial *trial = dub_new_study_get_trial (self->study);
  const DubNewStudyChoices *choices = dub_new_study_get_choices (self->study);
  GtkWidget *child;
  DubPrepare prepare;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->summary))) != NULL)
    gtk_list_box_remove (self->summary, child);
  if (dub_new_study_get_outputs (self->study) != NULL)
    summarise_outputs (self, dub_new_study_get_outputs (self->study));
  if (dataset == NULL)
    return;
  dub_new_study_make_prepare (self->study, &prepare);

  const int64_t *n = prepare.size;
  g_autoptr (DubRecipe) recipe = dub_new_study_make_recipe (self->study);
  g_autofree char *size = prepare.n_axes == 3 ? g_strdup_printf ("%d × %d × %d", (int) n[0], (int) n[1], (int) n[2])
                                              : g_strdup_printf ("%d × %d", (int) n[0], (int) n[1]);
  g_autofree char *data = g_strdup_printf (g_dngettext (NULL, "%s: %zu case in %u classes", "%s: %zu cases in %u classes",
                                                        (gulong) dataset->n_cases), dataset->path, dataset->n_cases,
                                           dataset->classes->len);
  g_autofree char *parts = _dub_assistant_parts_words (self->study);
  g_autofree char *loss = _dub_assistant_loss_words (self->study), *optimizer = dub_recipe_optimizer_name (recipe);
  g_autofree char *network = g_strdup_printf ("%s · %s", trial != NULL && trial->description != NULL ? trial->description
                                              : dub_arch_name (choices->arch), size);
  g_autofree char *training = choices->term != DUB_TERM_NONE && choices->plain_beside
    ? g_strdup_printf (_("%s, then plain cross-entropy; %s; %u epochs"), loss, optimizer, choices->n_epochs)
    : g_strdup_printf (_("%s; %s; %u epochs"), loss, optimizer, choices->n_epochs);
  g_autofree char *runs = _dub_assistant_runs_words (self->study), *time = _dub_assistant_time_words (self->study);
  g_autofree char *effort = g_strdup_printf (time[0] != '\0' ? "%s · %s" : "%s%s", runs, time);

  add_line (self, _("Data"), data);
  add_line (self, _("Split"), parts);
  if (dub_new_study_get_networks (self->study) != NULL) {
    g_autofree char *own = g_strjoinv ("\n", (char **) dub_new_study_get_networks (self->study));

    add_line (self, _("Networks"), own);
    return;
  }
  add_line (self, _("Network"), network);
  add_line (self, _("Training"), training);
  add_line (self, _("Runs"), effort);
}

/* --- what outputs leave open --- */

static void
fill_row (AdwComboRow *row,
          GPtrArray   *words,
          guint        selected)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (guint i = 0; i < words->len; i++)
    gtk_string_list_append (list, g_ptr_array_index (words, i));
  adw_combo_row_set_model (row, G_LIST_MODEL (list));
  adw_combo_row_set_selected (row, selected);
}

static void
fill_outputs (DubAssistantTrain    *self,
              const DubOutputsFile *outputs)
{
  g_autoptr (GPtrArray) splits = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) classes = g_ptr_array_new_with_free_func (g_free);

  self->filling = TRUE;
  g_ptr_array_add (splits, g_strdup (outputs->part != NULL ? _("As the file has it") : _("All for the test")));
  for (guint i = 0; i < G_N_ELEMENTS (SHARES); i++)
    g_ptr_array_add (splits, g_strdup_printf (_("%.0f %% calibration, %.0f %% test"), 100.0 * SHARES[i], 100.0 * (1.0 - SHARES[i])));
  for (guint c = 0; c < outputs->n_classes; c++)
    g_ptr_array_add (classes, g_strdup (dub_new_study_get_class_name (self->study, c)));
  fill_row (self->outputs_split, splits, 0);
  fill_row (self->outputs_positive, classes, (guint) dub_new_study_get_choices (self->study)->positive);
  gtk_widget_set_visible (GTK_WIDGET (self->outputs_positive), outputs->n_classes == 2);
  self->filling = FALSE;
}

static void
chosen_cb (DubAssistantTrain *self)
{
  guint split = adw_combo_row_get_selected (self->outputs_split), positive = adw_combo_row_get_selected (self->outputs_positive);

  if (self->filling || self->shown_outputs == NULL || split == GTK_INVALID_LIST_POSITION || positive == GTK_INVALID_LIST_POSITION)
    return;

  DubNewStudyChoices choices = *dub_new_study_get_choices (self->study);
  const double whole[3] = { 0.0, 0.0, 1.0 };

  choices.positive = (int) positive;
  choices.split.given = split == 0;
  memcpy (choices.split.fractions, whole, sizeof whole);
  if (split > 0 && split <= G_N_ELEMENTS (SHARES)) {
    choices.split.fractions[1] = SHARES[split - 1];
    choices.split.fractions[2] = 1.0 - SHARES[split - 1];
  }
  dub_new_study_set_choices (self->study, &choices);
}

static gboolean
poll_cb (gpointer data)
{
  DubAssistantTrain *self = data;

  _dub_assistant_show_progress (self->progress, self->study);

  return G_SOURCE_CONTINUE;
}

static void
changed_cb (DubAssistantTrain *self)
{
  DubDataset *dataset = dub_new_study_get_dataset (self->study);
  gboolean making = dub_new_study_is_making (self->study);

  if (dataset != self->shown) {
    self->shown = dataset;
    if (dataset != NULL)
      suggest_title (self, dataset->name);
  }
  if (dub_new_study_get_outputs (self->study) != self->shown_outputs) {
    self->shown_outputs = dub_new_study_get_outputs (self->study);
    if (self->shown_outputs != NULL) {
      fill_outputs (self, self->shown_outputs);

      g_autofree char *name = g_path_get_basename (dub_new_study_get_path (self->study));
      char *dot = strrchr (name, '.');

      if (dot != NULL && dot != name)
        *dot = '\0';
      suggest_title (self, name);
    }
  }
  summarise (self);
  gtk_widget_set_visible (self->making, making);
  gtk_widget_set_visible (self->outputs_box, self->shown_outputs != NULL);
  gtk_widget_set_sensitive (self->outputs_box, !making);
  gtk_widget_set_sensitive (GTK_WIDGET (self->title), !making);
  gtk_widget_set_visible (self->make_button, !making && dub_new_study_get_networks (self->study) == NULL
                                               && self->shown_outputs == NULL);
  if (making && self->poll == 0)
    self->poll = g_timeout_add (POLL_MS, poll_cb, self);
  else if (!making)
    g_clear_handle_id (&self->poll, g_source_remove);
}

static void
dub_assistant_train_dispose (GObject *object)
{
  g_clear_handle_id (&DUB_ASSISTANT_TRAIN (object)->poll, g_source_remove);

  G_OBJECT_CLASS (dub_assistant_train_parent_class)->dispose (object);
}

static void
dub_assistant_train_finalize (GObject *object)
{
  g_free (DUB_ASSISTANT_TRAIN (object)->parent);

  G_OBJECT_CLASS (dub_assistant_train_parent_class)->finalize (object);
}

static void
dub_assistant_train_class_init (DubAssistantTrainClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_assistant_train_dispose;
  G_OBJECT_CLASS (klass)->finalize = dub_assistant_train_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/assistant-train.ui");
  gtk_widget_class_bind_template_child (widget_class, DubAssistantTrain, summary);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantTrain, title);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantTrain, folder_row);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantTrain, failure);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantTrain, making);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantTrain, progress);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantTrain, make_button);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantTrain, outputs_box);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantTrain, outputs_split);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantTrain, outputs_positive);
}

static void
dub_assistant_train_init (DubAssistantTrain *self)
{
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);

  self->parent = g_build_filename (documents != NULL ? documents : g_get_home_dir (), "Dubito", NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->title, "changed", G_CALLBACK (titled_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->outputs_split, "notify::selected", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->outputs_positive, "notify::selected", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
}

GtkWidget *
_dub_assistant_train_new (DubNewStudy *study)
{
  DubAssistantTrain *self = g_object_new (DUB_TYPE_ASSISTANT_TRAIN, NULL);

  self->study = study;
  g_signal_connect_object (study, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  changed_cb (self);

  return GTK_WIDGET (self);
}

char *
_dub_assistant_train_title (GtkWidget *widget)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (DUB_ASSISTANT_TRAIN (widget)->title)));
}

char *
_dub_assistant_train_folder (GtkWidget *widget)
{
  g_autofree char *title = _dub_assistant_train_title (widget);

  return folder_of (DUB_ASSISTANT_TRAIN (widget), title);
}

void
_dub_assistant_train_set_parent (GtkWidget  *widget,
                                 const char *folder)
{
  DubAssistantTrain *self = DUB_ASSISTANT_TRAIN (widget);

  g_free (self->parent);
  self->parent = g_strdup (folder);
  if (self->shown != NULL && gtk_editable_get_text (self->title)[0] == '\0')
    suggest_title (self, self->shown->name);
  titled_cb (self);
}

void
_dub_assistant_train_set_error (GtkWidget  *widget,
                                const char *message)
{
  DubAssistantTrain *self = DUB_ASSISTANT_TRAIN (widget);

  gtk_label_set_label (self->failure, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->failure), message != NULL);
}
