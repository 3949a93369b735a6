#include "ui/pages/failure-page-line.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/widgets/interval-strip.h"

static const DubFailureColumn COLUMNS[N_COLUMNS] = {
  [METHOD] = { "method", N_("UQ method"), N_("Score of uncertainty; its sentence and formula are shown over its line"), 100, 0.0f, FALSE, FALSE },
  [NEEDS] = { NULL, N_("needs"), N_("What has to be there for it"), 112, 0.0f, TRUE, TRUE },
  [AUC] = { "auc", N_("AUC"), N_("How often a failure is more uncertain than a correct answer: 0.5 = chance"), 42, 1.0f, FALSE, FALSE },
  [AUC_CI] = { NULL, N_("95 % CI"), N_("DeLong; of patients where the data have some"), 74, 1.0f, TRUE, FALSE },
  [STRIP] = { NULL, NULL, N_("AUC with its interval; dotted = chance"), 92, 0.0f, FALSE, TRUE },
  [BACC] = { "bacc", N_("bAcc"), N_("Balanced accuracy: mean of specificity and sensitivity"), 44, 1.0f, FALSE, FALSE },
  [SPEC] = { "spec", N_("Spec · rejected"), N_("Specificity: failures rejected / all failures"), 106, 1.0f, FALSE, FALSE },
  [SPEC_CI] = { NULL, N_("95 % CI"), N_("Wilson; exact where all or none are rejected"), 74, 1.0f, TRUE, FALSE },
  [SENS] = { "sens", N_("Sens · accepted"), N_("Sensitivity: correct accepted / all correct"), 108, 1.0f, FALSE, FALSE },
  [SENS_CI] = { NULL, N_("95 % CI"), N_("Wilson; exact where all or none are accepted"), 74, 1.0f, TRUE, FALSE },
  [AURC] = { "aurc", N_("AURC"), N_("Area under the risk-coverage curve: smaller is better"), 48, 1.0f, TRUE, FALSE },
  [EAURC] = { "eaurc", N_("E-AURC"), N_("AURC beyond that of a perfect ranking of these failures"), 56, 1.0f, TRUE, FALSE },
  [AUGRC] = { "augrc", N_("AUGRC"), N_("Area under accepted failures / all cases against coverage"), 56, 1.0f, TRUE, FALSE },
  [FPR95] = { "fpr95", N_("FPR95"), N_("Failures accepted where 95 % of the correct are"), 54, 1.0f, TRUE, FALSE },
};

const DubFailureColumn *
_dub_failure_column (Column column)
{
  return &COLUMNS[column];
}

static void
line_free (gpointer data)
{
  DubFailureLine *line = data;

  g_object_unref (line->row);
  g_free (line);
}

DubFailureLine *
_dub_failure_line_of (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "line");
}

static gboolean
is_missing (DubFailureRow *row)
{
  return dub_failure_row_get_state (row) == DUB_FAILURE_ROW_MISSING;
}

gboolean
_dub_failure_line_is_missing (GtkListBoxRow *row)
{
  return is_missing (_dub_failure_line_of (row)->row);
}

/* --- cells --- */

/* Never wider than its column, whatever stands in it. */
static GtkWidget *
cell_label (const DubFailureColumn *spec)
{
  GtkWidget *label = _dub_failure_label (NULL, "numeric", spec->xalign);

  gtk_widget_set_size_request (label, spec->width, -1);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 1);
  if (spec->dim)
    gtk_widget_add_css_class (label, "dim-label");

  return label;
}

static GtkWidget *
cell_new (Column column)
{
  const DubFailureColumn *spec = &COLUMNS[column];
  GtkWidget *cell;

  if (column != STRIP)
    return cell_label (spec);
  cell = dub_interval_strip_new ();
  gtk_widget_set_size_request (cell, spec->width, -1);
  gtk_widget_set_hexpand (cell, TRUE);

  return cell;
}

static GtkWidget *
missing_button (void)
{
  GtkWidget *button = gtk_button_new_with_label (_("Run…"));

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "failure.run-views");
  gtk_widget_set_tooltip_text (button, _("Run the networks on augmented views of the calibration and test cases, as a job"));
  gtk_widget_add_css_class (button, "compact");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);

  return button;
}

static void
fill_missing (DubFailureLine *line,
              GtkWidget      *box)
{
  GtkWidget *why = _dub_failure_label (NULL, "dim-label", 0.0f);
  const char *reason = dub_failure_row_get_reason (line->row);
  g_autofree char *text = g_strdup_printf (_("not available: %s"), reason != NULL ? reason : "");

  gtk_label_set_text (GTK_LABEL (why), text);
  gtk_label_set_ellipsize (GTK_LABEL (why), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (why, reason);
  gtk_widget_set_hexpand (why, TRUE);
  gtk_widget_add_css_class (line->cell[METHOD], "dim-label");
  gtk_box_append (GTK_BOX (box), why);
  if (dub_failure_row_needs_views (line->row))
    gtk_box_append (GTK_BOX (box), missing_button ());
}

static char *
tooltip_of (DubFailureRow *row)
{
  g_autofree char *title = g_markup_escape_text (dub_failure_row_get_title (row), -1);
  g_autoptr (GString) text = g_string_new (NULL);
  const char *parts[] = { dub_failure_row_get_sentence (row), dub_failure_row_get_formula (row), NULL };

  g_string_append_printf (text, "<b>%s</b>", title);
  for (guint i = 0; i < G_N_ELEMENTS (parts) - 1; i++)
    if (parts[i] != NULL) {
      g_autofree char *escaped = g_markup_escape_text (parts[i], -1);

      g_string_append_printf (text, i == 1 ? "\n<tt>%s</tt>" : "\n%s", escaped);
    }
  if (dub_failure_row_get_fitted (row) != NULL) {
    g_autofree char *fitted = g_markup_escape_text (dub_failure_row_get_fitted (row), -1);

    g_string_append_printf (text, "\n%s %s", _("Fitted on"), fitted);
  }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

GtkWidget *
_dub_failure_line_new (DubFailureRow *row,
                       guint          order)
{
  GtkWidget *widget = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  DubFailureLine *line = g_new0 (DubFailureLine, 1);
  g_autofree char *tooltip = tooltip_of (row);
  gboolean missing = is_missing (row);

  line->row = g_object_ref (row);
  line->order = order;
  g_object_set_data_full (G_OBJECT (widget), "line", line, line_free);
  for (int c = 0; c < (missing ? METHOD + 1 : N_COLUMNS); c++) {
    line->cell[c] = cell_new ((Column) c);
    gtk_box_append (GTK_BOX (box), line->cell[c]);
  }
  gtk_label_set_text (GTK_LABEL (line->cell[METHOD]), dub_failure_row_get_title (row));
  if (missing)
    fill_missing (line, box);
  else
    gtk_label_set_text (GTK_LABEL (line->cell[NEEDS]), dub_failure_row_get_needs (row));
  if (!missing)
    gtk_widget_set_tooltip_text (line->cell[NEEDS], dub_failure_row_get_needs (row));
  gtk_widget_set_tooltip_markup (line->cell[METHOD], tooltip);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (widget), box);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (widget), !missing);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (widget), FALSE);

  return widget;
}

/* --- numbers --- */

static void
set_text (GtkWidget  *label,
          const char *text,
          const char *tooltip)
{
  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_tooltip_text (label, tooltip);
}

/* "34/45" */
static char *
rate_words (DubRate rate)
{
  return g_strdup_printf ("%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT, rate.n, rate.d);
}

/* The value bold, its numerator and denominator after it. */
static void
set_rate (GtkWidget *label,
          DubRate    rate)
{
  g_autofree char *value = _dub_failure_number (dub_rate_value (rate), 2);
  g_autofree char *counts = rate_words (rate);
  g_autofree char *text = g_strdup_printf ("<b>%s</b>  <span alpha=\"62%%\">%s</span>", value, counts);

  gtk_label_set_markup (GTK_LABEL (label), text);
}

static void
set_interval (GtkWidget         *label,
              const DubEstimate *estimate)
{
  g_autofree char *text = _dub_failure_interval (estimate, 2);

  set_text (label, text, estimate->method);
}

static void
set_bold (GtkWidget *label,
          double     value)
{
  g_autofree char *number = _dub_failure_number (value, 2);
  g_autofree char *text = g_strdup_printf ("<b>%s</b>", number);

  gtk_label_set_markup (GTK_LABEL (label), text);
}

static void
set_area (GtkWidget         *label,
          const DubEstimate *estimate)
{
  g_autofree char *number = _dub_failure_number (estimate->value, 3);
  g_autofree char *interval = _dub_failure_interval (estimate, 3);
  g_autofree char *tooltip = g_strdup_printf ("%s · %s", interval, estimate->method != NULL ? estimate->method : "");

  set_text (label, number, tooltip);
}

static void
describe (GtkListBoxRow           *widget,
          DubFailureLine          *line,
          const DubFailure        *failure,
          const DubOperatingPoint *point)
{
  g_autofree char *auc = _dub_failure_number (failure->auroc.value, 2);
  g_autofree char *interval = _dub_failure_interval (&failure->auroc, 2);
  g_autofree char *specificity = rate_words (point->failures_rejected), *sensitivity = rate_words (point->correct_accepted);
  g_autofree char *text = g_strdup_printf (_("%s: AUC %s (%s), specificity %s, sensitivity %s"), dub_failure_row_get_title (line->row), auc,
                                           interval, specificity, sensitivity);

  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

void
_dub_failure_line_update_rates (GtkListBoxRow   *row,
                                DubFailureBench *bench)
{
  DubFailureLine *line = _dub_failure_line_of (row);
  DubOperatingPoint point;

  if (!dub_failure_bench_get_point (bench, line->row, &point))
    return;
  set_bold (line->cell[BACC], point.balanced.value);
  set_rate (line->cell[SPEC], point.failures_rejected);
  set_interval (line->cell[SPEC_CI], &point.specificity);
  set_rate (line->cell[SENS], point.correct_accepted);
  set_interval (line->cell[SENS_CI], &point.sensitivity);

  g_autofree char *interval = _dub_failure_interval (&point.balanced, 2);

  gtk_widget_set_tooltip_text (line->cell[BACC], interval);
  describe (row, line, dub_failure_row_get_failure (line->row), &point);
}

void
_dub_failure_line_update (GtkListBoxRow   *row,
                          DubFailureBench *bench)
{
  DubFailureLine *line = _dub_failure_line_of (row);
  const DubFailure *failure = dub_failure_row_get_failure (line->row);
  DubFailureRowState state = dub_failure_row_get_state (line->row);

  if (is_missing (line->row))
    return;
  if (failure == NULL) {
    set_text (line->cell[AUC], state == DUB_FAILURE_ROW_FAILED ? "—" : "…", dub_failure_row_get_reason (line->row));
    set_text (line->cell[AUC_CI], state == DUB_FAILURE_ROW_MEASURING ? _("measuring") : "", dub_failure_row_get_reason (line->row));
    dub_interval_strip_set (DUB_INTERVAL_STRIP (line->cell[STRIP]), (double) NAN, (double) NAN, (double) NAN);
    for (int c = BACC; c < N_COLUMNS; c++)
      set_text (line->cell[c], "", NULL);
    return;
  }
  set_bold (line->cell[AUC], failure->auroc.value);
  set_interval (line->cell[AUC_CI], &failure->auroc);
  gtk_widget_set_tooltip_text (line->cell[AUC], failure->auroc.method);
  dub_interval_strip_set (DUB_INTERVAL_STRIP (line->cell[STRIP]), failure->auroc.value, failure->auroc.low, failure->auroc.high);
  set_area (line->cell[AURC], &failure->aurc);
  set_area (line->cell[EAURC], &failure->eaurc);
  set_area (line->cell[AUGRC], &failure->augrc);
  set_area (line->cell[FPR95], &failure->fpr95);
  _dub_failure_line_update_rates (row, bench);
}
