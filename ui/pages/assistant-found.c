/* What was found in the data: kind, numbers, and each class with some of its cases. */
#include "ui/pages/assistant-private.h"

#include <glib/gi18n.h>

/* Pictures of a class: two rows of ten where there are few classes. */
enum { ROW = 10, FEW_CLASSES = 3, MOST_CLASSES = 24, SIDE = 34 };

#define DUB_TYPE_ASSISTANT_FOUND (dub_assistant_found_get_type ())
G_DECLARE_FINAL_TYPE (DubAssistantFound, dub_assistant_found, DUB, ASSISTANT_FOUND, AdwBin)

struct _DubAssistantFound {
  AdwBin       parent_instance;
  DubNewStudy *study;
  DubDataset  *shown;      /* not owned: the one that the card was built for */
  GtkWidget   *name;
  GtkWidget   *kind;
  GtkWidget   *facts;      /* a row of boxes */
  GtkWidget   *classes;
  GtkWidget   *warning;
  GPtrArray   *pills;      /* of GtkWidget *, of each class of two: "positive class" */
  GPtrArray   *offers;     /* … and "Make positive" */
};

G_DEFINE_FINAL_TYPE (DubAssistantFound, dub_assistant_found, ADW_TYPE_BIN)

static char *
kind_words (const DubDataset *dataset)
{
  const char *kind = "";

  switch (dataset->kind) {
  case DUB_DATASET_MEDMNIST:
    kind = _("recognised as a MedMNIST archive");
    break;
  case DUB_DATASET_FOLDERS:
    kind = _("recognised as a folder of classes");
    break;
  case DUB_DATASET_TABLE:
    kind = _("recognised as a table of files and labels");
    break;
  case DUB_DATASET_NIFTI:
    kind = _("recognised as a list of participants and sessions");
    break;
  }

  return dataset->has_given ? g_strdup_printf (_("%s, with its own split"), kind) : g_strdup (kind);
}

static void
add_fact (DubAssistantFound *self,
          const char        *what,
          const char        *value)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *label = _dub_assistant_label (value, "fact");

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_box_append (GTK_BOX (box), _dub_assistant_label (what, "fact-name"));
  gtk_box_append (GTK_BOX (box), label);
  gtk_widget_set_hexpand (box, TRUE);
  gtk_flow_box_append (GTK_FLOW_BOX (self->facts), box);
}

static char *
value_words (const DubDataset *dataset)
{
  if (dataset->dtype == DUB_DTYPE_U8)
    return g_strdup (_("0–255, 8 bit"));
  if (dataset->dtype == DUB_DTYPE_U16)
    return g_strdup (_("16 bit"));

  return g_strdup (dub_dtype_name (dataset->dtype));
}

static size_t
count_patients (const DubDataset *dataset)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (size_t i = 0; i < dataset->n_cases; i++)
    if (dataset->cases[i].patient != NULL)
      g_hash_table_add (seen, (char *) dataset->cases[i].patient);

  return g_hash_table_size (seen);
}

static void
add_facts (DubAssistantFound *self,
           const DubDataset  *dataset)
{
  guint n_classes = dataset->classes->len;
  g_autofree char *task = g_strdup_printf (g_dngettext (NULL, "%u class", "%u classes", n_classes), n_classes);
  g_autofree char *cases = g_strdup_printf ("%zu", dataset->n_cases);
  g_autofree char *shape = _dub_assistant_shape_words (dataset);
  g_autofree char *channels = g_strdup_printf (dataset->channels >= 3 ? _("%d (colour)") : _("%d (grey)"), dataset->channels);
  g_autofree char *values = value_words (dataset);
  g_autofree char *patients = dataset->has_patients ? g_strdup_printf ("%zu", count_patients (dataset)) : g_strdup (_("none"));

  add_fact (self, _("task"), task);
  add_fact (self, _("cases"), cases);
  add_fact (self, _("shape"), shape);
  add_fact (self, _("channels"), channels);
  add_fact (self, _("values"), values);
  add_fact (self, _("patient ids"), patients);
}

/* --- classes --- */

/* As wide as its text: what follows stands beside it. */
static void
fit_name (GtkEditable *label)
{
  int n = (int) g_utf8_strlen (gtk_editable_get_text (label), -1);

  gtk_editable_set_width_chars (label, CLAMP (n, 4, 28));
  gtk_editable_set_max_width_chars (label, CLAMP (n, 4, 28));
}

static void
named_cb (DubAssistantFound *self,
          GParamSpec        *property,
          GtkEditableLabel  *label)
{
  guint index = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (label), "class"));

  if (gtk_editable_label_get_editing (label))
    return;
  dub_new_study_set_class_name (self->study, index, gtk_editable_get_text (GTK_EDITABLE (label)));
  gtk_editable_set_text (GTK_EDITABLE (label), dub_new_study_get_class_name (self->study, index));
  fit_name (GTK_EDITABLE (label));
}

static void
edit_cb (GtkEditableLabel *label)
{
  gtk_editable_label_start_editing (label);
}

static void
positive_cb (DubAssistantFound *self,
             GtkWidget         *button)
{
  DubNewStudyChoices choices = *dub_new_study_get_choices (self->study);

  choices.positive = (int) GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "class"));
  dub_new_study_set_choices (self->study, &choices);
}

static GtkWidget *
class_head (DubAssistantFound *self,
            guint              index,
            size_t             n)
{
  const DubDataset *dataset = self->shown;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *name = gtk_editable_label_new (dub_new_study_get_class_name (self->study, index));
  GtkWidget *edit = gtk_button_new_from_icon_name ("document-edit-symbolic");
  GtkWidget *pill = _dub_assistant_label (_("positive class"), "dub-pill");
  GtkWidget *offer = gtk_button_new_with_label (_("Make positive"));
  g_autofree char *number = g_strdup_printf ("%u", index);
  g_autofree char *count = g_strdup_printf ("%zu", n);
  g_autofree char *share = g_strdup_printf (_("%.0f %%"), dataset->n_cases > 0 ? 100.0 * (double) n / (double) dataset->n_cases : 0.0);
  GtkWidget *count_label = _dub_assistant_label (count, "count"), *share_label = _dub_assistant_label (share, "numeric");

  g_object_set_data (G_OBJECT (name), "class", GUINT_TO_POINTER (index));
  gtk_accessible_update_property (GTK_ACCESSIBLE (name), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name of the class"), -1);
  gtk_widget_add_css_class (name, "class-name");
  fit_name (GTK_EDITABLE (name));
  g_signal_connect_object (name, "notify::editing", G_CALLBACK (named_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_set_tooltip_text (name, _("Click to give the class another name"));
  gtk_widget_add_css_class (edit, "flat");
  gtk_widget_add_css_class (edit, "small");
  gtk_widget_set_tooltip_text (edit, _("Give the class another name"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (edit), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Give the class another name"), -1);
  g_signal_connect_object (edit, "clicked", G_CALLBACK (edit_cb), name, G_CONNECT_SWAPPED);
  gtk_widget_set_valign (pill, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (pill, _("Sensitivity is the share of this class that is found"));
  gtk_widget_add_css_class (offer, "flat");
  gtk_widget_add_css_class (offer, "link-button");
  gtk_widget_set_tooltip_text (offer, _("Count this class as the one that is looked for"));
  g_object_set_data (G_OBJECT (offer), "class", GUINT_TO_POINTER (index));
  g_signal_connect_object (offer, "clicked", G_CALLBACK (positive_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_css_class (share_label, "dim-label");
  gtk_widget_add_css_class (count_label, "numeric");
  gtk_widget_set_valign (edit, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (offer, GTK_ALIGN_CENTER);

  GtkWidget *space = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_set_hexpand (space, TRUE);
  gtk_box_append (GTK_BOX (box), _dub_assistant_label (number, "dim-label"));
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), edit);
  gtk_box_append (GTK_BOX (box), space);
  gtk_box_append (GTK_BOX (box), pill);
  gtk_box_append (GTK_BOX (box), offer);
  gtk_box_append (GTK_BOX (box), count_label);
  gtk_box_append (GTK_BOX (box), share_label);
  g_ptr_array_add (self->pills, pill);
  g_ptr_array_add (self->offers, offer);

  return box;
}

static GtkWidget *
class_pictures (DubAssistantFound *self,
                guint              index)
{
  guint n_rows = self->shown->classes->len <= FEW_CLASSES ? 2 : 1;
  g_autoptr (GArray) examples = dub_new_study_examples (self->study, index, n_rows * ROW);
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  for (guint i = 0; i < ROW; i++) {
    /* An empty cell keeps the width of its column. */
    GtkWidget *frame = gtk_aspect_frame_new (0.0f, 0.0f, 1.0f, FALSE);

    gtk_grid_attach (GTK_GRID (grid), frame, (int) i, 0, 1, 1);
    gtk_widget_set_hexpand (frame, TRUE);
    if (i < examples->len)
      gtk_aspect_frame_set_child (GTK_ASPECT_FRAME (frame),
                                  _dub_assistant_picture (self->study, g_array_index (examples, size_t, i), SIDE));
  }
  for (guint i = ROW; i < examples->len; i++) {
    GtkWidget *frame = gtk_aspect_frame_new (0.0f, 0.0f, 1.0f, FALSE);

    gtk_aspect_frame_set_child (GTK_ASPECT_FRAME (frame),
                                _dub_assistant_picture (self->study, g_array_index (examples, size_t, i), SIDE));
    gtk_grid_attach (GTK_GRID (grid), frame, (int) (i % ROW), (int) (i / ROW), 1, 1);
  }

  return grid;
}

static void
remove_children (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL) {
    if (GTK_IS_FLOW_BOX (box))
      gtk_flow_box_remove (GTK_FLOW_BOX (box), child);
    else
      gtk_box_remove (GTK_BOX (box), child);
  }
}

static void
build (DubAssistantFound *self)
{
  DubDataset *dataset = dub_new_study_get_dataset (self->study);

  self->shown = dataset;
  g_ptr_array_set_size (self->pills, 0);
  g_ptr_array_set_size (self->offers, 0);
  remove_children (self->facts);
  remove_children (self->classes);
  if (dataset == NULL)
    return;

  g_autofree char *name = g_path_get_basename (dataset->path), *kind = kind_words (dataset);
  g_autofree size_t *counts = g_new0 (size_t, dataset->classes->len + 1);

  gtk_label_set_label (GTK_LABEL (self->name), name);
  gtk_widget_set_tooltip_text (self->name, dataset->path);
  gtk_label_set_label (GTK_LABEL (self->kind), kind);
  add_facts (self, dataset);
  dub_dataset_count (dataset, counts);
  for (guint i = 0; i < MIN (dataset->classes->len, MOST_CLASSES); i++) {
    gtk_box_append (GTK_BOX (self->classes), class_head (self, i, counts[i]));
    gtk_box_append (GTK_BOX (self->classes), class_pictures (self, i));
  }
  if (dataset->classes->len > MOST_CLASSES) {
    g_autofree char *more = g_strdup_printf (_("and %u more classes"), dataset->classes->len - MOST_CLASSES);

    gtk_box_append (GTK_BOX (self->classes), _dub_assistant_label (more, "dim-label"));
  }

  g_autoptr (GString) problems = g_string_new (NULL);

  for (guint i = 0; i < MIN (dataset->problems->len, 3); i++)
    g_string_append_printf (problems, "%s%s", i > 0 ? "\n" : "",
                            ((const DubDatasetProblem *) g_ptr_array_index (dataset->problems, i))->message);
  if (dataset->problems->len > 3)
    g_string_append_printf (problems, "\n%s", _("…"));
  gtk_label_set_label (GTK_LABEL (self->warning), problems->str);
  gtk_widget_set_visible (self->warning, problems->len > 0);
}

static void
changed_cb (DubAssistantFound *self)
{
  if (dub_new_study_get_dataset (self->study) != self->shown)
    build (self);

  int positive = dub_new_study_get_choices (self->study)->positive;
  gboolean two = self->pills->len == 2;

  for (guint i = 0; i < self->pills->len; i++) {
    gtk_widget_set_visible (g_ptr_array_index (self->pills, i), two && (int) i == positive);
    gtk_widget_set_visible (g_ptr_array_index (self->offers, i), two && (int) i != positive);
  }
}

static void
dub_assistant_found_finalize (GObject *object)
{
  DubAssistantFound *self = DUB_ASSISTANT_FOUND (object);

  g_ptr_array_unref (self->pills);
  g_ptr_array_unref (self->offers);

  G_OBJECT_CLASS (dub_assistant_found_parent_class)->finalize (object);
}

static void
dub_assistant_found_class_init (DubAssistantFoundClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = dub_assistant_found_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/dubito/Dubito/assistant-found.ui");
  gtk_widget_class_bind_template_child (widget_class, DubAssistantFound, name);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantFound, kind);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantFound, facts);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantFound, classes);
  gtk_widget_class_bind_template_child (widget_class, DubAssistantFound, warning);
}

static void
dub_assistant_found_init (DubAssistantFound *self)
{
  self->pills = g_ptr_array_new ();
  self->offers = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
_dub_assistant_found_new (DubNewStudy *study)
{
  DubAssistantFound *self = g_object_new (DUB_TYPE_ASSISTANT_FOUND, NULL);

  self->study = study;
  g_signal_connect_object (study, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  changed_cb (self);

  return GTK_WIDGET (self);
}
