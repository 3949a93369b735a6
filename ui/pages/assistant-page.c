#include "ui/pages/assistant-page.h"

#include <glib/gi18n.h>

#include "core/base/error.h"
#include "ui/model/child.h"
#include "ui/pages/assistant-check.h"
#include "ui/pages/assistant-private.h"

enum { STEP_DATA, STEP_CHECK, STEP_TRAIN, N_STEPS };

static const char *const STEP_NAMES[N_STEPS] = { "data", "check", "train" };
static const char *const STEP_WORDS[N_STEPS] = { N_("Data"), N_("Check"), N_("Train") };

struct _DubAssistantPage {
  GtkWidget             parent_instance;
  DubSession           *session;
  DubNewStudy          *study;
  GtkFileChooserNative *chooser;       /* nobody else holds it while it is open */
  DubJob               *demo;          /* (nullable) the lesions are being made */
  guint                 ids_of;        /* the network whose training ids are being chosen */
  gboolean              was_opening;
  gboolean              train;         /* the study that is being made will be trained */
  int                   step;

  GtkWidget            *child;
  GtkWidget            *steps;
  GtkStack             *stack;
  GtkLabel             *foot_name;
  GtkLabel             *foot_words;
  GtkWidget            *back_button;
  GtkButton            *next_button;
  GtkWidget            *pages[N_STEPS];
  GtkWidget            *marks[N_STEPS];  /* number or tick of the step */
  GtkWidget            *words[N_STEPS];
};

G_DEFINE_FINAL_TYPE (DubAssistantPage, dub_assistant_page, GTK_TYPE_WIDGET)

enum { CANCELLED, MADE, FILES, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- what is shown --- */

static void
update_steps (DubAssistantPage *self)
{
  for (int i = 0; i < N_STEPS; i++) {
    g_autofree char *number = i < self->step ? g_strdup ("✓") : g_strdup_printf ("%d", i + 1);

    gtk_label_set_label (GTK_LABEL (self->marks[i]), number);
    gtk_widget_remove_css_class (self->marks[i], "current");
    gtk_widget_remove_css_class (self->words[i], "caption-strong");
    gtk_widget_remove_css_class (self->words[i], "dim-label");
    if (i == self->step)
      gtk_widget_add_css_class (self->marks[i], "current");
    gtk_widget_add_css_class (self->words[i], i == self->step ? "caption-strong" : "dim-label");
  }
}

/* Nothing will be trained: networks or what they said come from elsewhere. */
static gboolean
is_import (DubAssistantPage *self)
{
  return dub_new_study_get_networks (self->study) != NULL || dub_new_study_get_outputs (self->study) != NULL;
}

static void
update (DubAssistantPage *self)
{
  gboolean outputs = dub_new_study_get_outputs (self->study) != NULL, import = is_import (self);
  gboolean ready = outputs || dub_new_study_get_dataset (self->study) != NULL, making = dub_new_study_is_making (self->study);
  gboolean split = dub_new_study_get_split (self->study) != NULL && !dub_new_study_is_searching (self->study);
  gboolean can_go = self->step == STEP_DATA ? ready : (split || outputs) && !making;
  g_autofree char *folder = _dub_assistant_train_folder (self->pages[STEP_TRAIN]);
  g_autofree char *name = g_path_get_basename (folder);
  static const char *const next[N_STEPS] = { N_("Next: check"), N_("Next: train"), N_("Train") };
  static const char *const tooltips[N_STEPS] = {
    N_("Look at what was recognised (Ctrl+Return)"), N_("Name the study and begin (Ctrl+Return)"),
    N_("Make the study and train its networks (Ctrl+Return)"),
  };

  gtk_label_set_label (self->foot_name, ready ? name : "");
  gtk_label_set_label (self->foot_words, outputs ? _("the study file; the outputs are copied into it")
                                       : ready ? _("the study file; the images stay where they are")
                                               : _("nothing is written before the last step"));
  gtk_widget_set_visible (GTK_WIDGET (self->foot_name), ready);
  gtk_label_set_label (GTK_LABEL (self->words[STEP_TRAIN]), import ? _("Import") : _(STEP_WORDS[STEP_TRAIN]));
  gtk_button_set_label (self->next_button, !import || self->step == STEP_DATA ? _(next[self->step])
                                           : self->step == STEP_CHECK ? _("Next: import") : _("Import"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->next_button), import && self->step == STEP_TRAIN
                                 ? _("Make the study with these networks (Ctrl+Return)") : _(tooltips[self->step]));
  gtk_widget_set_visible (self->back_button, self->step > STEP_DATA);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "assistant.next", can_go);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "assistant.make", can_go && self->step == STEP_TRAIN);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "assistant.back", self->step > STEP_DATA && !making);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "assistant.choose-parent", !making);
}

static void
show_step (DubAssistantPage *self,
           int               step)
{
  self->step = step;
  gtk_stack_set_visible_child_name (self->stack, STEP_NAMES[step]);
  update_steps (self);
  update (self);
}

static void
changed_cb (DubAssistantPage *self)
{
  gboolean opening = dub_new_study_is_opening (self->study);

  /* What was recognised is shown at once; what was not is told where it was chosen. */
  if (self->was_opening && !opening && dub_new_study_get_dataset (self->study) != NULL)
    show_step (self, STEP_CHECK);
  else if (self->was_opening && !opening && dub_new_study_get_outputs (self->study) != NULL)
    show_step (self, STEP_TRAIN);
  else if (opening || (dub_new_study_get_dataset (self->study) == NULL && dub_new_study_get_outputs (self->study) == NULL))
    show_step (self, STEP_DATA);
  self->was_opening = opening;
  update (self);
}

/* --- choosing --- */

static void
choose (DubAssistantPage     *self,
        const char           *title,
        GtkFileChooserAction  action,
        GtkFileFilter        *filter,
        GCallback             callback)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, action, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (filter != NULL)
    gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  g_signal_connect_object (self->chooser, "response", callback, self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* (transfer full) (nullable): what was chosen. */
static char *
chosen_path (DubAssistantPage *self,
             int               response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;

  return file != NULL ? g_file_get_path (file) : NULL;
}

static gboolean
is_for_window (const char *path)
{
  static const char *const suffixes[] = { ".onnx", ".nii", ".nii.gz", ".hdr" };
  g_autofree char *lower = g_ascii_strdown (path, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (lower, suffixes[i]))
      return TRUE;

  return FALSE;
}

static void
file_chosen_cb (DubAssistantPage *self,
                int               response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GListModel) files = NULL;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));

  g_autoptr (GFile) first = g_list_model_get_item (files, 0);
  g_autofree char *path = first != NULL ? g_file_get_path (first) : NULL;

  if (path == NULL)
    return;
  if (is_for_window (path) || g_list_model_get_n_items (files) > 1)
    g_signal_emit (self, signals[FILES], 0, files);
  else
    dub_new_study_open (self->study, path, FALSE);
}

static void
choose_file_action (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  static const char *const suffixes[] = { "npz", "csv", "tsv", "onnx", "nii", "nii.gz", "hdr" };
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _("Data sets and networks (.npz, .csv, .tsv, .onnx, .nii)"));
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    gtk_file_filter_add_suffix (filter, suffixes[i]);
  choose (DUB_ASSISTANT_PAGE (widget), _("Choose the Data"), GTK_FILE_CHOOSER_ACTION_OPEN, filter,
          G_CALLBACK (file_chosen_cb));
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (DUB_ASSISTANT_PAGE (widget)->chooser), TRUE);
}

static void
folder_chosen_cb (DubAssistantPage *self,
                  int               response)
{
  g_autofree char *path = chosen_path (self, response);

  if (path != NULL)
    dub_new_study_open (self->study, path, FALSE);
}

static void
choose_folder_action (GtkWidget  *widget,
                      const char *name,
                      GVariant   *parameter)
{
  choose (DUB_ASSISTANT_PAGE (widget), _("Choose a Folder of Classes"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL,
          G_CALLBACK (folder_chosen_cb));
}

static void
networks_chosen_cb (DubAssistantPage *self,
                    int               response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GListModel) files = NULL;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    g_autoptr (GFile) file = g_list_model_get_item (files, i);

    if (g_file_peek_path (file) != NULL)
      g_strv_builder_add (builder, g_file_peek_path (file));
  }

  g_auto (GStrv) paths = g_strv_builder_end (builder);

  dub_new_study_set_networks (self->study, (const char *const *) paths);
}

static void
choose_networks_action (GtkWidget  *widget,
                        const char *name,
                        GVariant   *parameter)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _("Networks (.onnx)"));
  gtk_file_filter_add_suffix (filter, "onnx");
  choose (DUB_ASSISTANT_PAGE (widget), _("Choose Networks"), GTK_FILE_CHOOSER_ACTION_OPEN, filter,
          G_CALLBACK (networks_chosen_cb));
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (DUB_ASSISTANT_PAGE (widget)->chooser), TRUE);
}

static void
ids_chosen_cb (DubAssistantPage *self,
               int               response)
{
  g_autofree char *path = chosen_path (self, response);
  const char *const *networks = dub_new_study_get_networks (self->study);

  if (path != NULL && networks != NULL && self->ids_of < g_strv_length ((char **) networks))
    dub_new_study_set_train_ids (self->study, self->ids_of, path);
}

static void
choose_train_ids_action (GtkWidget  *widget,
                         const char *name,
                         GVariant   *parameter)
{
  DubAssistantPage *self = DUB_ASSISTANT_PAGE (widget);

  self->ids_of = g_variant_get_uint32 (parameter);
  choose (self, _("Choose the Training Ids"), GTK_FILE_CHOOSER_ACTION_OPEN, NULL, G_CALLBACK (ids_chosen_cb));
}

static void
forget_networks_action (GtkWidget  *widget,
                        const char *name,
                        GVariant   *parameter)
{
  dub_new_study_set_networks (DUB_ASSISTANT_PAGE (widget)->study, NULL);
}

static void
patients_chosen_cb (DubAssistantPage *self,
                    int               response)
{
  g_autofree char *path = chosen_path (self, response);

  if (path != NULL && dub_new_study_get_path (self->study) != NULL)
    dub_new_study_set_patients (self->study, path);
}

static void
add_patients_action (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _("Tables (.csv, .tsv)"));
  gtk_file_filter_add_suffix (filter, "csv");
  gtk_file_filter_add_suffix (filter, "tsv");
  choose (DUB_ASSISTANT_PAGE (widget), _("Choose a Table of Patients"), GTK_FILE_CHOOSER_ACTION_OPEN, filter,
          G_CALLBACK (patients_chosen_cb));
}

static void
parent_chosen_cb (DubAssistantPage *self,
                  int               response)
{
  g_autofree char *path = chosen_path (self, response);

  if (path != NULL)
    _dub_assistant_train_set_parent (self->pages[STEP_TRAIN], path);
}

static void
choose_parent_action (GtkWidget  *widget,
                      const char *name,
                      GVariant   *parameter)
{
  choose (DUB_ASSISTANT_PAGE (widget), _("Choose Where the Study Is Made"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL,
          G_CALLBACK (parent_chosen_cb));
}

static void
change_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DubAssistantPage *self = DUB_ASSISTANT_PAGE (widget);

  dub_new_study_clear (self->study);
  show_step (self, STEP_DATA);
}

static void
skip_bad_action (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  DubAssistantPage *self = DUB_ASSISTANT_PAGE (widget);
  g_autofree char *path = g_strdup (dub_new_study_get_path (self->study));

  if (path != NULL)
    dub_new_study_open (self->study, path, TRUE);
}

/* --- the demo --- */

static char *
lesions_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "dubito", "lesions", NULL);
}

static void
lesions_made_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (DubAssistantPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean good = dub_child_run_finish (result, &error);
  g_autofree char *folder = lesions_folder ();

  g_clear_object (&self->demo);
  if (self->pages[STEP_DATA] == NULL)
    return;
  _dub_assistant_data_set_job (self->pages[STEP_DATA], NULL);
  if (!good)
    dub_session_fail (self->session, _("The images could not be made"), error);
  /* Whoever has chosen other data meanwhile is not torn away from it. */
  else if (self->step == STEP_DATA && !dub_new_study_is_opening (self->study) && gtk_widget_get_mapped (GTK_WIDGET (self)))
    dub_new_study_open (self->study, folder, FALSE);
}

static void
demo_lesions_action (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  DubAssistantPage *self = DUB_ASSISTANT_PAGE (widget);
  g_autofree char *folder = lesions_folder (), *file = g_build_filename (folder, "lesions.npz", NULL);
  g_autofree char *parent = g_path_get_dirname (folder);
  const char *argv[] = { "dubito-cli", "demo", "lesions", folder, "--progress=json", NULL };

  if (self->demo != NULL)
    return;
  if (g_file_test (file, G_FILE_TEST_EXISTS)) {
    dub_new_study_open (self->study, folder, FALSE);
    return;
  }
  g_mkdir_with_parents (parent, 0700);
  self->demo = dub_job_new (_("Lesions demo"));
  dub_jobs_add (dub_session_get_jobs (self->session), self->demo);
  _dub_assistant_data_set_job (self->pages[STEP_DATA], self->demo);
  dub_child_run_async (argv, self->demo, lesions_made_cb, g_object_ref (self));
}

/* --- steps --- */

static void
made_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (DubAssistantPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  g_auto (GStrv) arguments = NULL;

  if (!dub_new_study_make_finish (DUB_NEW_STUDY (source), result, &error)) {
    if (self->pages[STEP_TRAIN] != NULL && !g_error_matches (error, DUB_ERROR, DUB_ERROR_CANCELLED))
      _dub_assistant_train_set_error (self->pages[STEP_TRAIN], error->message);
    return;
  }
  if (self->pages[STEP_TRAIN] == NULL)
    return;
  folder = _dub_assistant_train_folder (self->pages[STEP_TRAIN]);
  arguments = self->train && !is_import (self) ? dub_new_study_train_arguments (self->study) : NULL;
  g_signal_emit (self, signals[MADE], 0, folder, arguments);
}

static void
make_study (DubAssistantPage *self,
            gboolean          train)
{
  g_autofree char *title = _dub_assistant_train_title (self->pages[STEP_TRAIN]);
  g_autofree char *folder = _dub_assistant_train_folder (self->pages[STEP_TRAIN]);

  if (title[0] == '\0') {
    _dub_assistant_train_set_error (self->pages[STEP_TRAIN], _("The study needs a name."));
    return;
  }
  _dub_assistant_train_set_error (self->pages[STEP_TRAIN], NULL);
  self->train = train;
  dub_new_study_make_async (self->study, title, folder, made_cb, g_object_ref (self));
}

static void
make_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  make_study (DUB_ASSISTANT_PAGE (widget), FALSE);
}

static void
next_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  DubAssistantPage *self = DUB_ASSISTANT_PAGE (widget);

  if (self->step == STEP_TRAIN)
    make_study (self, TRUE);
  else
    show_step (self, dub_new_study_get_outputs (self->study) != NULL ? STEP_TRAIN : self->step + 1);
}

static void
back_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  DubAssistantPage *self = DUB_ASSISTANT_PAGE (widget);

  show_step (self, dub_new_study_get_outputs (self->study) != NULL ? STEP_DATA : MAX (self->step - 1, STEP_DATA));
}

static void
cancel_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DubAssistantPage *self = DUB_ASSISTANT_PAGE (widget);

  dub_new_study_clear (self->study);
  g_signal_emit (self, signals[CANCELLED], 0);
}

/* --- the object --- */

static void
dub_assistant_page_dispose (GObject *object)
{
  DubAssistantPage *self = DUB_ASSISTANT_PAGE (object);

  if (self->study != NULL)
    g_signal_handlers_disconnect_by_data (self->study, self);
  g_clear_object (&self->chooser);
  g_clear_object (&self->demo);
  for (int i = 0; i < N_STEPS; i++)
    self->pages[i] = NULL;
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_ASSISTANT_PAGE);
  g_clear_pointer (&self->child, gtk_widget_unparent);
  g_clear_object (&self->study);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dub_assistant_page_parent_class)->dispose (object);
}

static void
dub_assistant_page_class_init (DubAssistantPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_assistant_page_dispose;

  signals[CANCELLED] = g_signal_new ("cancelled", DUB_TYPE_ASSISTANT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  signals[MADE] = g_signal_new ("made", DUB_TYPE_ASSISTANT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                G_TYPE_STRING, G_TYPE_STRV);
  signals[FILES] = g_signal_new ("files", DUB_TYPE_ASSISTANT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                 G_TYPE_LIST_MODEL);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/assistant-page.ui");
  gtk_widget_class_bind_template_child (widget_class, DubAssistantPage, child);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantPage, steps);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantPage, stack);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantPage, foot_name);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantPage, foot_words);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantPage, next_button);
  gtk_widget_class_install_action (widget_class, "assistant.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "assistant.next", NULL, next_action);
  gtk_widget_class_install_action (widget_class, "assistant.cancel", NULL, cancel_action);
  gtk_widget_class_install_action (widget_class, "assistant.change", NULL, change_action);
  gtk_widget_class_install_action (widget_class, "assistant.choose-file", NULL, choose_file_action);
  gtk_widget_class_install_action (widget_class, "assistant.choose-folder", NULL, choose_folder_action);
  gtk_widget_class_install_action (widget_class, "assistant.choose-parent", NULL, choose_parent_action);
  gtk_widget_class_install_action (widget_class, "assistant.add-patients", NULL, add_patients_action);
  gtk_widget_class_install_action (widget_class, "assistant.choose-networks", NULL, choose_networks_action);
  gtk_widget_class_install_action (widget_class, "assistant.choose-train-ids", "u", choose_train_ids_action);
  gtk_widget_class_install_action (widget_class, "assistant.forget-networks", NULL, forget_networks_action);
  gtk_widget_class_install_action (widget_class, "assistant.skip-bad", NULL, skip_bad_action);
  gtk_widget_class_install_action (widget_class, "assistant.demo-lesions", NULL, demo_lesions_action);
  gtk_widget_class_install_action (widget_class, "assistant.make", NULL, make_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "assistant.cancel", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "assistant.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "assistant.next", NULL);
}

static void
dub_assistant_page_init (DubAssistantPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (int i = 0; i < N_STEPS; i++) {
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

    if (i > 0) {
      GtkWidget *line = gtk_separator_new (GTK_ORIENTATION_HORIZONTAL);

      gtk_widget_add_css_class (line, "step-line");
      gtk_widget_set_valign (line, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (self->steps), line);
    }
    self->marks[i] = gtk_label_new (NULL);
    self->words[i] = gtk_label_new (_(STEP_WORDS[i]));
    gtk_widget_add_css_class (self->marks[i], "step-mark");
    gtk_widget_set_valign (self->marks[i], GTK_ALIGN_CENTER);
    gtk_box_append (GTK_BOX (box), self->marks[i]);
    gtk_box_append (GTK_BOX (box), self->words[i]);
    gtk_box_append (GTK_BOX (self->steps), box);
  }
}

DubAssistantPage *
dub_assistant_page_new (DubSession *session)
{
  DubAssistantPage *self = g_object_new (DUB_TYPE_ASSISTANT_PAGE, NULL);

  self->session = g_object_ref (session);
  self->study = dub_new_study_new ();
  self->pages[STEP_DATA] = _dub_assistant_data_new (self->study);
  self->pages[STEP_CHECK] = _dub_assistant_check_new (self->study);
  self->pages[STEP_TRAIN] = _dub_assistant_train_new (self->study);
  for (int i = 0; i < N_STEPS; i++)
    gtk_stack_add_named (self->stack, self->pages[i], STEP_NAMES[i]);
  g_signal_connect_object (self->study, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  show_step (self, STEP_DATA);

  return self;
}

void
dub_assistant_page_begin (DubAssistantPage  *self,
                          const char        *path,
                          const char *const *networks)
{
  g_return_if_fail (DUB_IS_ASSISTANT_PAGE (self));

  self->was_opening = FALSE;
  dub_new_study_clear (self->study);
  if (networks != NULL)
    dub_new_study_set_networks (self->study, networks);
  if (path != NULL)
    dub_new_study_open (self->study, path, FALSE);
}

DubNewStudy *
dub_assistant_page_get_study (DubAssistantPage *self)
{
  g_return_val_if_fail (DUB_IS_ASSISTANT_PAGE (self), NULL);

  return self->study;
}

void
dub_assistant_page_set_parent (DubAssistantPage *self,
                               const char       *folder)
{
  g_return_if_fail (DUB_IS_ASSISTANT_PAGE (self));

  _dub_assistant_train_set_parent (self->pages[STEP_TRAIN], folder);
  update (self);
}

void
dub_assistant_page_set_drop_hover (DubAssistantPage *self,
                                   gboolean          hover)
{
  g_return_if_fail (DUB_IS_ASSISTANT_PAGE (self));

  if (hover)
    gtk_widget_add_css_class (GTK_WIDGET (self->stack), "drop-target");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->stack), "drop-target");
}
