#include "app/dub-study-dialog.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "core/io/nifti.h"
#include "core/io/onnx.h"
#include "core/uq/segment.h"
#include "ui/model/compute-slot.h"
#include "ui/model/mask-inputs.h"
#include "ui/model/network-info.h"

struct _DubStudyDialog {
  AdwWindow             parent_instance;
  GStrv                 networks;
  GStrv                 volumes;
  DubComputeSlot       *slot;
  GtkFileChooserNative *chooser;
  gboolean              checked;      /* the files were read and go together */
  gboolean              title_edited;
  gboolean              classes_edited;
  gboolean              setting;      /* the dialog itself writes into its entries */
  int                   n_classes;
  DubNetworkInfo        network;      /* of the last reading; only its shape is looked at */
  DubVolumeInfo         volume;

  GtkEditable          *title_row;
  AdwActionRow         *network_row;
  AdwActionRow         *volumes_row;
  GtkSpinner           *spinner;
  AdwComboRow          *axes_row;
  AdwComboRow          *scale_row;
  AdwComboRow          *fit_row;
  GtkEditable          *classes_row;
};

G_DEFINE_FINAL_TYPE (DubStudyDialog, dub_study_dialog, ADW_TYPE_WINDOW)

enum { CREATED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* The first network and the first volume, read on a thread. */
typedef struct {
  char *network;
  char *volume;
} DubInspection;

typedef struct {
  DubNetworkInfo *network;
  char           *network_error;
  DubVolumeInfo   volume;
  gboolean        has_volume;
  gboolean        conformed; /* 256³ voxels of 1 mm, as FreeSurfer writes them */
  gboolean        segments;  /* the network gives every voxel a class */
  char           *volume_error;
} DubFindings;

static void
inspection_free (gpointer data)
{
  DubInspection *inspection = data;

  g_free (inspection->network);
  g_free (inspection->volume);
  g_free (inspection);
}

static void
findings_free (gpointer data)
{
  DubFindings *findings = data;

  dub_network_info_free (findings->network);
  g_free (findings->network_error);
  g_free (findings->volume_error);
  g_free (findings);
}

static gboolean
is_conformed (const DubVolume *volume)
{
  for (int a = 0; a < 3; a++)
    if (volume->voxels->shape.dim[a] != 256 || !(fabs (volume->spacing[a] - 1.0) < 0.01))
      return FALSE;

  return TRUE;
}

static gpointer
inspect (DubRun   *run,
         gpointer  data,
         GError  **error)
{
  DubInspection *inspection = data;
  DubFindings *findings = g_new0 (DubFindings, 1);
  g_autoptr (GError) local = NULL;

  g_autoptr (DubGraph) graph = NULL;

  if (inspection->network != NULL) {
    graph = dub_onnx_load (inspection->network, &local);
    if (graph != NULL)
      findings->network = dub_network_info_new (inspection->network, graph);
    if (findings->network == NULL)
      findings->network_error = g_strdup (local->message);
    g_clear_error (&local);
  }
  if (inspection->volume != NULL) {
    g_autoptr (DubVolume) volume = dub_nifti_load (inspection->volume, &local);

    if (volume != NULL && dub_volume_range (volume, &findings->volume.min, &findings->volume.max, &local)) {
      findings->has_volume = TRUE;
      findings->conformed = is_conformed (volume);
      for (int i = 0; i < 3; i++)
        findings->volume.shape[i] = volume->voxels->shape.dim[i];
    } else {
      findings->volume_error = g_strdup (local->message);
      g_clear_error (&local);
    }
  }
  if (graph != NULL && findings->network->is_volume && findings->network->unsupported == NULL && findings->has_volume) {
    int64_t shape[3];
    guint n_classes;

    for (int i = 0; i < 3; i++)
      shape[i] = findings->network->shape[i] > 0 ? findings->network->shape[i] : findings->volume.shape[i];
    n_classes = dub_mask_count_classes (graph, shape, run, &local);
    if (n_classes == 0) {
      const DubShape image = DUB_SHAPE (shape[0], shape[1], shape[2]);

      n_classes = (guint) dub_segment_count_classes (graph, &image, run);
      findings->segments = n_classes > 0;
    }
    if (n_classes > 0)
      findings->network->n_classes = (int) n_classes;
    else if (g_error_matches (local, DUB_ERROR, DUB_ERROR_UNSUPPORTED))
      findings->network_error = g_strdup (local->message);
  }

  return findings;
}

static guint
count (GStrv files)
{
  return files != NULL ? g_strv_length (files) : 0;
}

static DubPreprocess
chosen_preprocess (DubStudyDialog *self)
{
  return (DubPreprocess) {
    .axes = (DubAxes) adw_combo_row_get_selected (self->axes_row),
    .scale = (DubScale) adw_combo_row_get_selected (self->scale_row),
    .fit = (DubFit) adw_combo_row_get_selected (self->fit_row),
  };
}

/* "9 × 10 × 7". */
static char *
shape_words (const int64_t shape[3],
             gboolean      reversed)
{
  GString *words = g_string_new (NULL);

  for (int a = 0; a < 3; a++) {
    int64_t n = shape[reversed ? 2 - a : a];

    g_string_append (words, a > 0 ? " × " : "");
    if (n < 0)
      g_string_append (words, "?");
    else
      g_string_append_printf (words, "%" G_GINT64_FORMAT, (gint64) n);
  }

  return g_string_free (words, FALSE);
}

/* Says under the choice whether anything has to be chosen. A single volume that would be refused makes no study. */
static void
update_create (DubStudyDialog *self)
{
  DubPreprocess preprocess = chosen_preprocess (self);
  gboolean fits = !self->checked || dub_preprocess_fits (&preprocess, &self->network, &self->volume);
  gboolean refused = !fits && preprocess.fit == DUB_FIT_REFUSE;
  g_autofree char *text = NULL;

  if (!fits) {
    g_autofree char *found = shape_words (self->volume.shape, FALSE);
    g_autofree char *expected = shape_words (self->network.shape, preprocess.axes == DUB_AXES_KJI);

    text = refused ? g_strdup_printf (_("The volume has %s voxels, the network reads %s: crop or pad it, or resample it."),
                                      found, expected)
                   : g_strdup_printf (_("The volume has %s voxels, the network reads %s."), found, expected);
  }
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->fit_row),
                               text != NULL ? text : _("What to do with a volume that does not fit"));
  if (refused)
    gtk_widget_add_css_class (GTK_WIDGET (self->fit_row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->fit_row), "error");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.create",
                                 self->checked && !(refused && g_strv_length (self->volumes) == 1));
}

static void
set_entry (DubStudyDialog *self,
           GtkEditable    *entry,
           const char     *text)
{
  self->setting = TRUE;
  gtk_editable_set_text (entry, text);
  self->setting = FALSE;
}

static void
suggest_classes (DubStudyDialog *self,
                 int             n_classes,
                 gboolean        segments)
{
  g_autoptr (GString) text = g_string_new (NULL);

  self->n_classes = n_classes;
  if (self->classes_edited)
    return;
  for (int i = 0; i < n_classes; i++)
    if (segments && i == 0)
      g_string_append (text, _("background"));
    else
      g_string_append_printf (text, i > 0 ? ", %s %d" : "%s %d", _("class"), i);
  set_entry (self, self->classes_row, text->str);
}

static void
show_network (DubStudyDialog    *self,
              const DubFindings *findings)
{
  g_autofree char *name = g_path_get_basename (self->networks[0]);
  g_autofree char *text = NULL;
  const DubNetworkInfo *info = findings->network;

  if (info == NULL)
    text = g_strdup (findings->network_error);
  else if (findings->network_error != NULL)
    text = g_strdup_printf (_("%s is no classifier: %s"), name, findings->network_error);
  else if (info->unsupported != NULL)
    text = g_strdup_printf ("%s: %s", name, info->unsupported);
  else if (!info->is_volume)
    text = g_strdup_printf (_("%s reads %s; a network of volumes reads N × 1 × D × H × W."), name, info->input_words);
  else if (findings->segments)
    text = g_strdup_printf (g_dngettext (NULL, "%s · input %s · one of %d class for every voxel",
                                         "%s · input %s · one of %d classes for every voxel", (gulong) info->n_classes), name,
                            info->input_words, info->n_classes);
  else if (info->n_classes > 0)
    text = g_strdup_printf (g_dngettext (NULL, "%s · input %s · %d class", "%s · input %s · %d classes",
                                         (gulong) info->n_classes), name, info->input_words, info->n_classes);
  else
    text = g_strdup_printf (_("%s · input %s"), name, info->input_words);
  adw_action_row_set_subtitle (self->network_row, text);

  if (info == NULL || info->unsupported != NULL || !info->is_volume || findings->network_error != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->network_row), "error");
  else
    suggest_classes (self, info->n_classes > 1 ? info->n_classes : 2, findings->segments);
}

static void
show_volumes (DubStudyDialog    *self,
              const DubFindings *findings)
{
  g_autofree char *name = g_path_get_basename (self->volumes[0]);
  g_autofree char *text = NULL;
  guint n = count (self->volumes);

  if (!findings->has_volume) {
    gtk_widget_add_css_class (GTK_WIDGET (self->volumes_row), "error");
    text = g_strdup (findings->volume_error);
  } else {
    const int64_t *s = findings->volume.shape;
    g_autofree char *shape = g_strdup_printf ("%d × %d × %d", (int) s[0], (int) s[1], (int) s[2]);

    text = n == 1 ? g_strdup_printf ("%s · %s", name, shape)
                  : g_strdup_printf (g_dngettext (NULL, "%u volume, the first %s", "%u volumes, the first %s", n), n,
                                     shape);
  }
  adw_action_row_set_subtitle (self->volumes_row, text);
}

static void
inspected_cb (gpointer     *result,
              const GError *error,
              gpointer      user_data)
{
  DubStudyDialog *self = user_data;
  DubFindings *findings = *result;
  const DubNetworkInfo *info = findings->network;

  gtk_spinner_stop (self->spinner);
  if (count (self->networks) > 0)
    show_network (self, findings);
  if (count (self->volumes) > 0)
    show_volumes (self, findings);
  if (info != NULL && findings->has_volume) {
    DubPreprocess guess = dub_preprocess_guess (info, &findings->volume);

    /* A cube fits both ways. Networks of conformed heads come from pipelines that read a file's bytes in their order. */
    if (findings->segments && findings->conformed && info->shape[0] == 256 && info->shape[1] == 256 && info->shape[2] == 256)
      guess.axes = DUB_AXES_KJI;
    adw_combo_row_set_selected (self->axes_row, guess.axes);
    adw_combo_row_set_selected (self->scale_row, guess.scale);
    adw_combo_row_set_selected (self->fit_row, guess.fit);
  }
  self->checked = info != NULL && info->unsupported == NULL && info->is_volume && findings->network_error == NULL &&
                  findings->has_volume;
  if (self->checked) {
    memcpy (self->network.shape, info->shape, sizeof self->network.shape);
    self->volume = findings->volume;
  }
  update_create (self);
}

/* Reads the files again after a choice. */
static void
inspect_files (DubStudyDialog *self)
{
  DubInspection *inspection = g_new0 (DubInspection, 1);

  self->checked = FALSE;
  update_create (self);
  gtk_widget_remove_css_class (GTK_WIDGET (self->network_row), "error");
  gtk_widget_remove_css_class (GTK_WIDGET (self->volumes_row), "error");
  adw_action_row_set_subtitle (self->network_row, count (self->networks) > 0 ? _("Reading…") : _("An ONNX file"));
  adw_action_row_set_subtitle (self->volumes_row, count (self->volumes) > 0 ? _("Reading…") : _("NIfTI files"));

  if (count (self->networks) > 0) {
    g_autofree char *name = g_path_get_basename (self->networks[0]);
    char *dot = strrchr (name, '.');

    if (dot != NULL)
      *dot = '\0';
    if (!self->title_edited)
      set_entry (self, self->title_row, name);
    inspection->network = g_strdup (self->networks[0]);
  }
  if (count (self->volumes) > 0)
    inspection->volume = g_strdup (self->volumes[0]);

  gtk_spinner_start (self->spinner);
  if (self->slot == NULL)
    self->slot = dub_compute_slot_new (1);
  dub_compute_slot_submit (self->slot, inspect, inspection, inspection_free, findings_free, inspected_cb, self);
}

static void
edited_cb (DubStudyDialog *self,
           GtkEditable    *entry)
{
  if (self->setting)
    return;
  if (entry == self->title_row)
    self->title_edited = TRUE;
  else
    self->classes_edited = TRUE;
}

static void
create_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DubStudyDialog *self = DUB_STUDY_DIALOG (widget);
  const char *title = gtk_editable_get_text (self->title_row);
  g_autoptr (DubStudy) study = dub_study_new (title[0] != '\0' ? title : _("Untitled"));
  g_auto (GStrv) classes = g_strsplit (gtk_editable_get_text (self->classes_row), ",", -1);
  DubPreprocess preprocess = chosen_preprocess (self);

  for (guint i = 0; classes[i] != NULL; i++)
    if (g_strstrip (classes[i])[0] != '\0')
      g_ptr_array_add (study->classes, g_strdup (classes[i]));
  /* A class without a name still has its output. */
  while ((int) study->classes->len < self->n_classes)
    g_ptr_array_add (study->classes, g_strdup_printf ("%s %u", _("class"), study->classes->len));
  for (guint i = 0; i < count (self->networks); i++)
    dub_study_add_model (study, NULL, self->networks[i], preprocess);
  for (guint i = 0; i < count (self->volumes); i++)
    dub_study_add_case (study, NULL, self->volumes[i], -1);

  g_signal_emit (self, signals[CREATED], 0, study);
  gtk_window_close (GTK_WINDOW (self));
}

static GStrv
chosen_paths (GtkFileChooserNative *chooser)
{
  g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    g_autoptr (GFile) file = g_list_model_get_item (files, i);
    g_autofree char *path = g_file_get_path (file);

    if (path != NULL)
      g_strv_builder_add (builder, path);
  }

  return g_strv_builder_end (builder);
}

static void
network_chosen_cb (DubStudyDialog *self,
                   int             response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  g_strfreev (self->networks);
  self->networks = chosen_paths (chooser);
  inspect_files (self);
}

static void
volumes_chosen_cb (DubStudyDialog *self,
                   int             response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  g_strfreev (self->volumes);
  self->volumes = chosen_paths (chooser);
  inspect_files (self);
}

static void
choose (DubStudyDialog    *self,
        const char        *title,
        const char        *filter_name,
        const char *const *suffixes,
        GCallback          callback)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_file_filter_set_name (filter, filter_name);
  for (guint i = 0; suffixes[i] != NULL; i++)
    gtk_file_filter_add_suffix (filter, suffixes[i]);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", callback, self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
choose_network_action (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  static const char *const suffixes[] = { "onnx", NULL };

  choose (DUB_STUDY_DIALOG (widget), _("Choose a Network"), _("Networks (.onnx)"), suffixes,
          G_CALLBACK (network_chosen_cb));
}

static void
choose_volumes_action (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  static const char *const suffixes[] = { "nii", "nii.gz", "hdr", NULL };

  choose (DUB_STUDY_DIALOG (widget), _("Choose Volumes"), _("Volumes (.nii, .nii.gz, .hdr)"), suffixes,
          G_CALLBACK (volumes_chosen_cb));
}

static void
dub_study_dialog_dispose (GObject *object)
{
  DubStudyDialog *self = DUB_STUDY_DIALOG (object);

  g_clear_object (&self->slot);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->networks, g_strfreev);
  g_clear_pointer (&self->volumes, g_strfreev);
  gtk_widget_dispose_template (GTK_WIDGET (self), DUB_TYPE_STUDY_DIALOG);

  G_OBJECT_CLASS (dub_study_dialog_parent_class)->dispose (object);
}

static void
dub_study_dialog_class_init (DubStudyDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_study_dialog_dispose;

  signals[CREATED] = g_signal_new ("created", DUB_TYPE_STUDY_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, DUB_TYPE_STUDY);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/study-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, DubStudyDialog, title_row);
  gtk_widget_class_bind_template_child (widget_class, DubStudyDialog, network_row);
  gtk_widget_class_bind_template_child (widget_class, DubStudyDialog, volumes_row);
  gtk_widget_class_bind_template_child (widget_class, DubStudyDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, DubStudyDialog, axes_row);
  gtk_widget_class_bind_template_child (widget_class, DubStudyDialog, scale_row);
  gtk_widget_class_bind_template_child (widget_class, DubStudyDialog, fit_row);
  gtk_widget_class_bind_template_child (widget_class, DubStudyDialog, classes_row);
  gtk_widget_class_install_action (widget_class, "dialog.create", NULL, create_action);
  gtk_widget_class_install_action (widget_class, "dialog.choose-network", NULL, choose_network_action);
  gtk_widget_class_install_action (widget_class, "dialog.choose-volumes", NULL, choose_volumes_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
dub_study_dialog_init (DubStudyDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->title_row, "changed", G_CALLBACK (edited_cb), self);
  g_signal_connect_swapped (self->classes_row, "changed", G_CALLBACK (edited_cb), self);
  g_signal_connect_swapped (self->axes_row, "notify::selected", G_CALLBACK (update_create), self);
  g_signal_connect_swapped (self->fit_row, "notify::selected", G_CALLBACK (update_create), self);
}

DubStudyDialog *
dub_study_dialog_new (GtkWindow *parent,
                      GStrv      networks,
                      GStrv      volumes)
{
  DubStudyDialog *self = g_object_new (DUB_TYPE_STUDY_DIALOG, "transient-for", parent, NULL);

  self->networks = g_strdupv (networks);
  self->volumes = g_strdupv (volumes);
  inspect_files (self);

  return self;
}

/* @more behind @files, each once. */
static void
append_paths (GStrv *files,
              GStrv  more)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (*files != NULL)
    g_strv_builder_addv (builder, (const char **) *files);
  for (guint i = 0; i < count (more); i++)
    if (*files == NULL || !g_strv_contains ((const char *const *) *files, more[i]))
      g_strv_builder_add (builder, more[i]);
  g_strfreev (*files);
  *files = g_strv_builder_end (builder);
}

void
dub_study_dialog_add_files (DubStudyDialog *self,
                            GStrv           networks,
                            GStrv           volumes)
{
  g_return_if_fail (DUB_IS_STUDY_DIALOG (self));

  append_paths (&self->networks, networks);
  append_paths (&self->volumes, volumes);
  inspect_files (self);
}
