/* How things get into the window: choosers, drops, and halves of a study that wait for each other. */
#include "app/dub-window-private.h"

#include <glib/gi18n.h>
#include <string.h>


typedef enum { KIND_OTHER, KIND_STUDY, KIND_NETWORK, KIND_VOLUME, KIND_DATA } FileKind;

static gboolean
has_suffix (const char *path,
            const char *suffix)
{
  gsize length = strlen (path), n = strlen (suffix);

  return length > n && g_ascii_strcasecmp (path + length - n, suffix) == 0;
}

static FileKind
kind_of (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_autofree char *file = g_build_filename (path, "study.json", NULL);

    return g_file_test (file, G_FILE_TEST_IS_REGULAR) ? KIND_STUDY : KIND_DATA;
  }
  if (strcmp (name, "study.json") == 0)
    return KIND_STUDY;
  if (has_suffix (path, ".onnx"))
    return KIND_NETWORK;
  if (has_suffix (path, ".nii") || has_suffix (path, ".nii.gz") || has_suffix (path, ".hdr"))
    return KIND_VOLUME;
  if (has_suffix (path, ".npz") || has_suffix (path, ".csv") || has_suffix (path, ".tsv"))
    return KIND_DATA;

  return KIND_OTHER;
}

static GStrv
merge (GStrv      old,
       GPtrArray *added)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (old != NULL)
    g_strv_builder_addv (builder, (const char **) old);
  for (guint i = 0; i < added->len; i++)
    if (old == NULL || !g_strv_contains ((const char *const *) old, g_ptr_array_index (added, i)))
      g_strv_builder_add (builder, g_ptr_array_index (added, i));

  return g_strv_builder_end (builder);
}

static guint
count (GStrv files)
{
  return files != NULL ? g_strv_length (files) : 0;
}

void
_dub_window_update_pending (DubWindow *self)
{
  g_autofree char *name = NULL;

  if (self->welcome == NULL)
    return;
  if (count (self->networks) > 0) {
    name = g_path_get_basename (self->networks[0]);
    dub_welcome_page_set_pending (self->welcome, DUB_PENDING_NETWORK, name);
  } else if (count (self->volumes) > 0) {
    guint n = count (self->volumes);

    name = n == 1 ? g_path_get_basename (self->volumes[0])
                  : g_strdup_printf (g_dngettext (NULL, "%u volume", "%u volumes", n), n);
    dub_welcome_page_set_pending (self->welcome, DUB_PENDING_VOLUMES, name);
  } else {
    dub_welcome_page_set_pending (self->welcome, DUB_PENDING_NONE, NULL);
  }
}

void
_dub_window_forget_pending (DubWindow *self)
{
  g_clear_pointer (&self->networks, g_strfreev);
  g_clear_pointer (&self->volumes, g_strfreev);
  _dub_window_update_pending (self);
}

static void
created_cb (DubWindow *self,
            DubStudy  *study)
{
  _dub_window_forget_pending (self);
  _dub_window_remember_study (self);
  dub_session_set_study (self->session, study);
}

static void
forget_dialog_cb (DubWindow *self)
{
  g_clear_weak_pointer (&self->study_dialog);
}

static void
ask_for_study (DubWindow *self,
               GStrv      networks,
               GStrv      volumes)
{
  /* The question stands above the window, so the window comes first. */
  gtk_window_present (GTK_WINDOW (self));

  /* One question at a time: what comes from outside meanwhile belongs to it. */
  if (self->study_dialog != NULL) {
    dub_study_dialog_add_files (self->study_dialog, networks, volumes);
    gtk_window_present (GTK_WINDOW (self->study_dialog));
    return;
  }

  DubStudyDialog *dialog = dub_study_dialog_new (GTK_WINDOW (self), networks, volumes);

  self->study_dialog = dialog;
  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &self->study_dialog);
  /* Closed, it takes no more files, even while something still holds it. */
  g_signal_connect_object (dialog, "unmap", G_CALLBACK (forget_dialog_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dialog, "created", G_CALLBACK (created_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
_dub_window_new_study (DubWindow *self)
{
  if (count (self->networks) > 0 || count (self->volumes) > 0)
    ask_for_study (self, self->networks, self->volumes);
  else
    _dub_window_show_assistant (self, NULL, NULL);
}

/* What was added to the open study, for undo. */
typedef struct {
  DubSession *session;
  GStrv       networks;
  GStrv       volumes;
  DubPreprocess preprocess;
} DubAddition;

static void
addition_free (gpointer data)
{
  DubAddition *addition = data;

  g_strfreev (addition->networks);
  g_strfreev (addition->volumes);
  g_free (addition);
}

static void
save_changes (DubSession *session)
{
  DubStudy *study = dub_session_get_study (session);
  g_autoptr (GError) error = NULL;

  if (study->folder != NULL && !dub_study_save (study, study->folder, &error))
    dub_session_fail (session, _("The study could not be saved"), error);
}

static void
addition_redo (gpointer data)
{
  DubAddition *addition = data;
  DubStudy *study = dub_session_get_study (addition->session);

  for (guint i = 0; i < count (addition->networks); i++)
    dub_study_add_model (study, NULL, addition->networks[i], addition->preprocess);
  for (guint i = 0; i < count (addition->volumes); i++)
    dub_study_add_case (study, NULL, addition->volumes[i], -1);
  save_changes (addition->session);
  dub_session_study_edited (addition->session);
}

static void
addition_undo (gpointer data)
{
  DubAddition *addition = data;
  DubStudy *study = dub_session_get_study (addition->session);

  /* Additions are appended, and later ones are undone first, so they stand at the end. */
  g_ptr_array_set_size (study->models, (int) (study->models->len - MIN (count (addition->networks), study->models->len)));
  g_ptr_array_set_size (study->cases, (int) (study->cases->len - MIN (count (addition->volumes), study->cases->len)));
  save_changes (addition->session);
  dub_session_study_edited (addition->session);
}

static void
add_to_study (DubWindow *self,
              GPtrArray *networks,
              GPtrArray *volumes)
{
  DubStudyModel *model = dub_session_get_model (self->session);
  DubStudy *study = dub_session_get_study (self->session);
  DubAddition *addition = g_new0 (DubAddition, 1);
  g_autofree char *text = NULL;

  addition->session = self->session;
  addition->networks = merge (NULL, networks);
  addition->volumes = merge (NULL, volumes);
  if (model != NULL)
    addition->preprocess = model->preprocess;
  addition_redo (addition);
  dub_history_commit (dub_session_get_history (self->session), _("Add files"), NULL, addition_undo, addition_redo,
                      addition, addition_free);
  dub_session_select (self->session, volumes->len > 0 ? (int) study->cases->len - 1 : -1,
                      networks->len > 0 ? (int) study->models->len - 1 : -1);

  if (networks->len > 0 && volumes->len > 0)
    text = g_strdup (_("Network and volumes added to this study"));
  else if (networks->len > 0)
    text = g_strdup_printf (g_dngettext (NULL, "%u network added to this study", "%u networks added to this study",
                                         networks->len), networks->len);
  else
    text = g_strdup_printf (g_dngettext (NULL, "%u volume added to this study", "%u volumes added to this study",
                                         volumes->len), volumes->len);
  dub_session_toast (self->session, text);
}

/* Networks of the person's own beside the data of the open study: the assistant checks how they go together. */
static void
import_into_data (DubWindow *self,
                  GPtrArray *networks)
{
  const DubStudy *study = dub_session_get_study (self->session);
  g_auto (GStrv) own = merge (NULL, networks);
  g_autofree char *path = g_strdup (study->data->path);

  if (path != NULL && own[0] != NULL)
    _dub_window_show_assistant (self, path, (const char *const *) own);
}

void
dub_window_open_files (DubWindow  *self,
                       GListModel *files)
{
  g_return_if_fail (DUB_IS_WINDOW (self));

  g_autoptr (GPtrArray) networks = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) volumes = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *other = NULL, *absent = NULL, *study = NULL, *data = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    g_autoptr (GFile) file = g_list_model_get_item (files, i);
    g_autofree char *path = g_file_get_path (file);

    if (path == NULL)
      continue;
    if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
      if (absent == NULL)
        absent = g_path_get_basename (path);
      continue;
    }
    switch (kind_of (path)) {
    case KIND_STUDY:
      /* Its file stands for the folder. */
      if (study == NULL)
        study = g_file_test (path, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&path) : g_path_get_dirname (path);
      break;
    case KIND_NETWORK:
      g_ptr_array_add (networks, g_steal_pointer (&path));
      break;
    case KIND_VOLUME:
      g_ptr_array_add (volumes, g_steal_pointer (&path));
      break;
    case KIND_DATA:
      if (data == NULL)
        data = g_steal_pointer (&path);
      break;
    case KIND_OTHER:
    default:
      if (other == NULL)
        other = g_path_get_basename (path);
      break;
    }
  }

  if (absent != NULL) {
    g_autofree char *text = g_strdup_printf (_("“%s” is not there: was it moved, or its drive unplugged?"), absent);

    dub_session_toast (self->session, text);
  }
  if (other != NULL) {
    g_autofree char *text = g_strdup_printf (_("“%s” is none of: study folder, .npz, .csv, .tsv, folder of classes, .onnx, .nii, .nii.gz, .hdr"), other);

    dub_session_toast (self->session, text);
  }
  if (study != NULL) {
    dub_window_open_study (self, study);
    return;
  }
  if (data != NULL && volumes->len == 0) {
    g_auto (GStrv) own = merge (self->networks, networks);

    _dub_window_forget_pending (self);
    _dub_window_show_assistant (self, data, own[0] != NULL ? (const char *const *) own : NULL);
    return;
  }
  if (networks->len == 0 && volumes->len == 0)
    return;
  if (self->study_dialog != NULL) {
    g_auto (GStrv) more_networks = merge (NULL, networks);
    g_auto (GStrv) more_volumes = merge (NULL, volumes);

    ask_for_study (self, more_networks, more_volumes);
    return;
  }

  const DubStudy *current = dub_session_get_study (self->session);

  if (current != NULL && current->data != NULL && current->data->path != NULL && networks->len > 0) {
    import_into_data (self, networks);
    return;
  }
  if (current != NULL) {
    add_to_study (self, networks, volumes);
    return;
  }

  GStrv all_networks = merge (self->networks, networks), all_volumes = merge (self->volumes, volumes);

  g_clear_pointer (&self->networks, g_strfreev);
  g_clear_pointer (&self->volumes, g_strfreev);
  self->networks = all_networks;
  self->volumes = all_volumes;
  _dub_window_update_pending (self);
  if (count (all_networks) > 0 && count (all_volumes) > 0)
    ask_for_study (self, all_networks, all_volumes);
  else
    _dub_window_check_pending (self);
}

static GtkFileChooserNative *
show_chooser (DubWindow            *self,
              const char           *title,
              GtkFileChooserAction  action,
              GCallback             callback)
{
  g_clear_object (&self->chooser);
  self->after_save = NULL;
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", callback, self, G_CONNECT_SWAPPED);

  return self->chooser;
}

static void
files_chosen_cb (DubWindow *self,
                 int        response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);

  if (response != GTK_RESPONSE_ACCEPT)
    return;

  g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));

  dub_window_open_files (self, files);
}

void
_dub_window_choose_files (DubWindow *self)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  GtkFileChooserNative *chooser = show_chooser (self, _("Open a Network or Volumes"), GTK_FILE_CHOOSER_ACTION_OPEN,
                                                G_CALLBACK (files_chosen_cb));

  gtk_file_filter_set_name (filter, _("Networks and volumes (.onnx, .nii, .nii.gz, .hdr)"));
  gtk_file_filter_add_suffix (filter, "onnx");
  gtk_file_filter_add_suffix (filter, "nii");
  gtk_file_filter_add_suffix (filter, "nii.gz");
  gtk_file_filter_add_suffix (filter, "hdr");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
networks_chosen_cb (DubWindow *self,
                    int        response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  DubStudy *study = dub_session_get_study (self->session);

  if (response != GTK_RESPONSE_ACCEPT || study == NULL || study->data == NULL)
    return;

  g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
  g_autoptr (GPtrArray) networks = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    g_autoptr (GFile) file = g_list_model_get_item (files, i);
    g_autofree char *path = g_file_get_path (file);

    if (path != NULL)
      g_ptr_array_add (networks, g_steal_pointer (&path));
  }
  import_into_data (self, networks);
}

void
_dub_window_choose_networks (DubWindow *self)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  GtkFileChooserNative *chooser = show_chooser (self, _("Import Networks"), GTK_FILE_CHOOSER_ACTION_OPEN,
                                                G_CALLBACK (networks_chosen_cb));

  gtk_file_filter_set_name (filter, _("Networks (.onnx)"));
  gtk_file_filter_add_suffix (filter, "onnx");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
folder_chosen_cb (DubWindow *self,
                  int        response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autofree char *locating = g_steal_pointer (&self->locating);

  if (response != GTK_RESPONSE_ACCEPT)
    return;

  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  g_autofree char *folder = file != NULL ? g_file_get_path (file) : NULL;

  if (folder == NULL)
    return;
  if (kind_of (folder) != KIND_STUDY) {
    g_autofree char *text = g_strdup_printf (_("“%s” holds no study.json; choose a folder that ends in .dubito"),
                                             folder);

    dub_session_toast (self->session, text);
    return;
  }
  if (locating != NULL)
    dub_recent_relocate (self->recent, locating, folder);
  dub_window_open_study (self, folder);
}

void
_dub_window_choose_folder (DubWindow  *self,
                           const char *locating)
{
  g_autofree char *old = g_strdup (locating);
  GtkFileChooserNative *chooser = show_chooser (self, locating != NULL ? _("Locate the Study Folder")
                                                                       : _("Open a Study Folder"),
                                                GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, G_CALLBACK (folder_chosen_cb));

  g_free (self->locating);
  self->locating = g_steal_pointer (&old);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
save_chosen_cb (DubWindow *self,
                int        response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  DubStudy *study = dub_session_get_study (self->session);
  DubLeaveFunc leave = g_steal_pointer (&self->after_save);

  if (response != GTK_RESPONSE_ACCEPT || study == NULL)
    return;

  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;
  folder = g_str_has_suffix (path, ".dubito") ? g_strdup (path) : g_strconcat (path, ".dubito", NULL);
  if (!dub_study_save (study, folder, &error)) {
    dub_session_fail (self->session, _("The study could not be saved"), error);
    return;
  }
  _dub_window_remember_study (self);
  dub_session_study_edited (self->session);
  dub_session_toast (self->session, _("Study saved"));
  if (leave != NULL)
    leave (self);
}

void
_dub_window_choose_save (DubWindow *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  GtkFileChooserNative *chooser = show_chooser (self, _("Save the Study"), GTK_FILE_CHOOSER_ACTION_SAVE,
                                                G_CALLBACK (save_chosen_cb));
  g_autofree char *name = g_strdup_printf ("%s.dubito", study->title);

  g_strdelimit (name, "/", '-');
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
show_drop (DubWindow *self,
           gboolean   hover)
{
  if (self->welcome != NULL)
    dub_welcome_page_set_drop_hover (self->welcome, hover);
  if (self->assistant != NULL)
    dub_assistant_page_set_drop_hover (self->assistant, hover);
  if (hover)
    gtk_widget_add_css_class (GTK_WIDGET (self->pages), "drop-target");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->pages), "drop-target");
}

static GdkDragAction
drop_enter_cb (DubWindow *self)
{
  show_drop (self, TRUE);

  return GDK_ACTION_COPY;
}

static void
drop_leave_cb (DubWindow *self)
{
  show_drop (self, FALSE);
}

static gboolean
drop_cb (DubWindow    *self,
         const GValue *value)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);

  show_drop (self, FALSE);
  for (GSList *list = g_value_get_boxed (value); list != NULL; list = list->next)
    g_list_store_append (files, list->data);
  dub_window_open_files (self, G_LIST_MODEL (files));

  return TRUE;
}

void
_dub_window_init_drop (DubWindow *self)
{
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect_swapped (drop, "enter", G_CALLBACK (drop_enter_cb), self);
  g_signal_connect_swapped (drop, "leave", G_CALLBACK (drop_leave_cb), self);
  g_signal_connect_swapped (drop, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->root_stack), GTK_EVENT_CONTROLLER (drop));
}

void
dub_window_toast_missing (DubWindow  *self,
                          const char *name)
{
  g_return_if_fail (DUB_IS_WINDOW (self));

  g_autofree char *text = g_strdup_printf (_("“%s”, the last study, is not where it was: was it moved, or its drive unplugged?"), name);

  dub_session_toast (self->session, text);
}
