/* What the study is made of: its cases and their split, its networks. */
#include "ui/pages/overview-page-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "core/study/answers.h"
#include "ui/model/calibration-words.h"

/* Characters of a class name that always find room. */
enum { LONGEST_CLASS = 10 };

static GtkWidget *
pill (const char *text,
      const char *part)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "dub-pill");
  gtk_widget_add_css_class (label, part);
  gtk_widget_set_halign (label, GTK_ALIGN_END);

  return label;
}

static GtkWidget *
number (size_t      count,
        const char *style)
{
  g_autofree char *text = g_strdup_printf ("%" G_GSIZE_FORMAT, count);
  GtkWidget *label = _dub_overview_label (text, style, 1.0f);

  gtk_widget_add_css_class (label, "numeric");

  return label;
}

/* --- data --- */

/* "BreastMNIST" needs no path, which the tooltip has. */
static char *
name_of (const DubStudyData *data)
{
  g_autofree char *base = data->path != NULL ? g_path_get_basename (data->path) : g_strdup (_("outputs alone"));
  char *dot = strrchr (base, '.');

  if (dot != NULL && dot != base)
    *dot = '\0';

  return g_steal_pointer (&base);
}

/* "28 × 28 grey" of an opened data set. */
static char *
shape_of (const DubDataset *dataset)
{
  g_autofree char *size = dataset->n_axes == 3
                            ? g_strdup_printf ("%d × %d × %d", (int) dataset->shape[0], (int) dataset->shape[1], (int) dataset->shape[2])
                            : g_strdup_printf ("%d × %d", (int) dataset->shape[0], (int) dataset->shape[1]);
  const char *colour = dataset->n_axes == 3 ? _("volumes") : dataset->channels >= 3 ? _("colour") : _("grey");

  return dataset->mixed ? g_strdup_printf (_("mixed sizes, %s"), colour) : g_strdup_printf ("%s %s", size, colour);
}

static char *
split_of (const DubSplitOptions *options,
          gboolean               alone)
{
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, options->seed);

  if (options->given)
    return g_strdup (alone ? _("parts as imported") : _("the data set's own split"));

  return g_strdup_printf (options->by_patient ? _("stratified by patient, seed %s") : _("stratified, seed %s"), seed);
}

/* Bit 1 << DubPart of every part in which the patient has a case. */
static char *
patients_of (const DubStudyData *data)
{
  g_autoptr (GHashTable) parts = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer value;
  guint n_two = 0;

  for (size_t i = 0; i < data->n_cases; i++)
    if (data->patient[i] != NULL && data->split->part[i] != DUB_PART_NONE) {
      guint bits = GPOINTER_TO_UINT (g_hash_table_lookup (parts, data->patient[i]));

      g_hash_table_insert (parts, data->patient[i], GUINT_TO_POINTER (bits | 1u << data->split->part[i]));
    }
  if (g_hash_table_size (parts) == 0)
    return g_strdup (_("no ids: images of one patient may stand on two sides"));
  g_hash_table_iter_init (&iter, parts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n_two += (GPOINTER_TO_UINT (value) & (GPOINTER_TO_UINT (value) - 1)) != 0;
  if (n_two > 0)
    return g_strdup_printf (_("%u, %u of them on two sides"), g_hash_table_size (parts), n_two);

  return g_strdup_printf (_("%u, each on one side"), g_hash_table_size (parts));
}

static void
add_counts (DubOverviewPage *self,
            const DubStudy  *study)
{
  static const DubPart PARTS[] = { DUB_PART_TRAIN, DUB_PART_CALIBRATION, DUB_PART_TEST };
  const char *const names[] = { _("train"), _("calibration"), _("test") };
  const char *const classes[] = { "train", "calibration", "test" };
  gboolean binary = study->data->task == DUB_TASK_BINARY && study->classes->len == 2;
  size_t sums[3] = { 0 };

  for (int p = 0; p < 3; p++)
    gtk_grid_attach (self->data_grid, pill (names[p], classes[p]), 1 + p, 0, 1, 1);
  gtk_grid_attach (self->data_grid, _dub_overview_label (_("all"), "dim-label", 1.0f), 4, 0, 1, 1);
  for (guint c = 0; c < study->classes->len; c++) {
    const char *name = g_ptr_array_index (study->classes, c);
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
    GtkWidget *label = _dub_overview_label (name, NULL, 0.0f);
    size_t all = 0;

    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
    gtk_label_set_width_chars (GTK_LABEL (label), MIN ((int) g_utf8_strlen (name, -1), LONGEST_CLASS));
    gtk_widget_set_tooltip_text (label, name);
    gtk_box_append (GTK_BOX (box), label);
    if (binary && (int) c == study->data->positive) {
      GtkWidget *positive = _dub_overview_label (_("positive"), "dim-label", 0.0f);

      gtk_widget_add_css_class (positive, "caption-line");
      gtk_box_append (GTK_BOX (box), positive);
    }
    gtk_widget_set_hexpand (box, TRUE);
    gtk_grid_attach (self->data_grid, box, 0, 1 + (int) c, 1, 1);
    for (int p = 0; p < 3; p++) {
      size_t n = dub_overview_count_in (study, PARTS[p], (int) c);

      sums[p] += n;
      all += n;
      gtk_grid_attach (self->data_grid, number (n, NULL), 1 + p, 1 + (int) c, 1, 1);
    }
    gtk_grid_attach (self->data_grid, number (all, "dim-label"), 4, 1 + (int) c, 1, 1);
  }

  g_autofree char *words =
    g_strdup_printf (_("Split: %u training, %u calibration and %u test cases"), (guint) sums[0], (guint) sums[1], (guint) sums[2]);

  dub_split_bar_set_counts (self->split_bar, sums);
  dub_split_bar_describe (self->split_bar, words);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->split_bar), words);
}

static void
add_remark (DubOverviewPage *self,
            int              row,
            const char      *title,
            const char      *text)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *label = _dub_overview_label (text, "dim-label", 1.0f);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (label, text);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), _dub_overview_label (title, NULL, 0.0f));
  gtk_box_append (GTK_BOX (box), label);
  gtk_grid_attach (self->data_grid, box, 0, row, 5, 1);
}

void
_dub_overview_page_update_data (DubOverviewPage *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  const DubOverviewChecked *checked = dub_overview_get_checked (self->overview);

  _dub_overview_empty (GTK_WIDGET (self->data_grid));
  if (study == NULL || study->data == NULL)
    return;

  g_autofree char *name = name_of (study->data);
  g_autofree char *shape = checked != NULL && checked->data != NULL && checked->data->dataset != NULL
                             ? shape_of (checked->data->dataset)
                             : NULL;
  g_autofree char *text = shape != NULL ? g_strdup_printf ("%s, %s", name, shape) : g_strdup (name);
  g_autofree char *split = split_of (&study->data->split->options, study->data->path == NULL);
  g_autofree char *patients = patients_of (study->data);
  int row = 1 + (int) study->classes->len;

  gtk_label_set_label (self->data_name, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->data_name), study->data->path);
  gtk_label_set_label (self->split_label, split);
  add_counts (self, study);
  add_remark (self, row++, _("patients"), patients);
  if (checked != NULL && checked->duplicates != NULL && checked->n_together > 0) {
    g_autofree char *twins =
      g_strdup_printf (g_dngettext (NULL, "%u near-identical pair on one side", "%u near-identical pairs on one side",
                                    (gulong) checked->n_together), (guint) checked->n_together);

    add_remark (self, row, _("copies"), twins);
  }
}

/* --- networks --- */

static void
add_model_row (DubOverviewPage *self,
               int              row,
               const char      *title,
               const char      *text,
               const char      *icon)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 5);
  GtkWidget *label = _dub_overview_label (text, NULL, 0.0f);

  if (icon != NULL) {
    GtkWidget *image = gtk_image_new_from_icon_name (icon);

    if (g_str_equal (icon, "dialog-error-symbolic"))
      gtk_widget_add_css_class (image, "error");
    gtk_box_append (GTK_BOX (box), image);
  }
  /* The name of a network may be long; what is checked is not. */
  gtk_label_set_wrap (GTK_LABEL (label), icon == NULL);
  gtk_label_set_lines (GTK_LABEL (label), icon == NULL ? 2 : -1);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (label, text);
  gtk_box_append (GTK_BOX (box), label);
  gtk_grid_attach (self->models_grid, _dub_overview_label (title, "dim-label", 0.0f), 0, row, 1, 1);
  gtk_grid_attach (self->models_grid, box, 1, row, 1, 1);
}

/* "698 k", "11.2 M" */
static char *
weights_of (size_t n)
{
  if (n >= 1000000)
    return g_strdup_printf ("%.1f M", (double) n / 1e6);
  if (n >= 10000)
    return g_strdup_printf ("%.0f k", (double) n / 1e3);

  return g_strdup_printf ("%" G_GSIZE_FORMAT, n);
}

static const DubRunSummary *
run_of (DubOverviewPage *self)
{
  DubRuns *runs = dub_training_get_runs (self->training);
  g_autoptr (GPtrArray) list = self->family != NULL ? dub_runs_of_family (runs, self->family) : NULL;

  return list != NULL && list->len > 0 ? g_ptr_array_index (list, 0) : NULL;
}

static int
add_network (DubOverviewPage *self,
             const DubStudy  *study,
             int              row)
{
  const DubRunSummary *run = run_of (self);
  g_autofree char *classes = g_strdup_printf (g_dngettext (NULL, "%u class", "%u classes", study->classes->len), study->classes->len);
  g_autofree char *imported = NULL;
  g_auto (GStrv) ids = dub_study_family_models (study, self->family);

  if (run != NULL) {
    g_autofree char *weights = weights_of (run->n_parameters);
    g_autofree char *each = g_strv_length (ids) > 1 ? g_strdup_printf (_("%s each"), weights) : g_strdup (weights);

    add_model_row (self, row++, _("network"), run->arch, NULL);
    add_model_row (self, row++, _("weights"), each, NULL);
    add_model_row (self, row++, _("loss"), run->loss_name, NULL);
    return row;
  }
  imported = g_strdup_printf (study->data->path != NULL ? _("%s, imported") : _("%s, outputs alone"),
                              ids[0] != NULL ? ids[0] : self->family);
  add_model_row (self, row++, _("network"), imported, NULL);
  add_model_row (self, row++, _("classes"), classes, NULL);

  return row;
}

/* The figures of the ensemble are of what a recorded step makes of its answers. */
static int
add_recalibration (DubOverviewPage *self,
                   const DubStudy  *study,
                   int              row)
{
  const DubRecalibration *step = dub_study_get_recalibration (study, self->family);
  gboolean old = dub_study_recalibration_is_old (study, self->family);

  if (step == NULL)
    return row;

  g_autofree char *text = g_strdup_printf (old ? _("%s, of other networks") : _("recalibrated: %s"),
                                           dub_calibration_words_curve ((int) dub_recalibration_get_method (step)));

  add_model_row (self, row++, _("answers"), text, old ? "dialog-warning-symbolic" : NULL);

  return row;
}

void
_dub_overview_page_update_models (DubOverviewPage *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  const DubOverviewMeasured *measured = dub_overview_get_measured (self->overview);
  const DubOverviewFamily *family = dub_overview_measured_find (measured, self->family);
  int row = 0;

  _dub_overview_empty (GTK_WIDGET (self->models_grid));
  if (study == NULL || study->data == NULL || study->models->len == 0 || self->family == NULL) {
    gtk_label_set_label (self->models_note, "");
    add_model_row (self, row, _("networks"), _("none yet"), NULL);
    return;
  }

  g_auto (GStrv) ids = dub_study_family_models (study, self->family);
  guint n = g_strv_length (ids);
  g_autofree char *note = n > 1 ? g_strdup_printf (_("%u networks, mean p"), n) : g_strdup (_("one network"));

  gtk_label_set_label (self->models_note, note);
  row = add_recalibration (self, study, add_network (self, study, row));
  if (family != NULL && family->n_mismatched > 0) {
    g_autofree char *text = g_strdup_printf (_("%u of %u are of another split"), (guint) family->n_mismatched, n);

    add_model_row (self, row++, _("split ids"), text, "dialog-error-symbolic");
  } else if (family != NULL && family->n_unknown > 0) {
    add_model_row (self, row++, _("split ids"), _("training cases not known"), "dialog-warning-symbolic");
  } else if (family != NULL) {
    add_model_row (self, row++, _("split ids"), study->data->path != NULL ? _("match the data") : _("of the imported table"),
                   study->data->path != NULL ? "object-select-symbolic" : NULL);
  }
  if (family != NULL && family->n_references > 0) {
    g_autofree char *text = g_strdup_printf (_("%u of %u agree"), (guint) family->n_agreeing, (guint) family->n_references);
    gboolean all = family->n_agreeing == family->n_references;

    add_model_row (self, row++, _("test vectors"), text, all ? "object-select-symbolic" : "dialog-error-symbolic");
  }
}
