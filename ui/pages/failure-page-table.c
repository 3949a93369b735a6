/* The method table: a line a score, its columns fixed in width so that heads stand above them. */
#include "ui/pages/failure-page-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/figures/ticks.h"
#include "ui/widgets/interval-strip.h"

typedef enum {
  METHOD, NEEDS, AUC, AUC_CI, STRIP, BACC, SPEC, SPEC_CI, SENS, SENS_CI, AURC, EAURC, AUGRC, FPR95, N_COLUMNS,
} Column;

typedef struct {
  const char *name;    /* of the action that sorts; NULL = it does not sort */
  const char *title;
  const char *tooltip;
  int         width;   /* px */
  float       xalign;
  gboolean    dim;
  gboolean    wide;    /* only where there is room */
} ColumnSpec;

static const ColumnSpec COLUMNS[N_COLUMNS] = {
  [METHOD] = { "method", N_("UQ method"), N_("Score of uncertainty; its sentence and formula are shown over its line"), 112, 0.0f, FALSE, FALSE },
  [NEEDS] = { NULL, N_("needs"), N_("What has to be there for it"), 108, 0.0f, TRUE, TRUE },
  [AUC] = { "auc", N_("AUC"), N_("How often a failure is more uncertain than a correct answer: 0.5 = chance"), 46, 1.0f, FALSE, FALSE },
  [AUC_CI] = { NULL, N_("95 % CI"), N_("DeLong; of patients where the data have some"), 78, 1.0f, TRUE, FALSE },
  [STRIP] = { NULL, NULL, N_("AUC with its interval; dotted = chance"), 92, 0.0f, FALSE, TRUE },
  [BACC] = { "bacc", N_("bAcc"), N_("Balanced accuracy: mean of specificity and sensitivity"), 46, 1.0f, FALSE, FALSE },
  [SPEC] = { "spec", N_("Spec · rejected"), N_("Specificity: failures rejected / all failures"), 106, 1.0f, FALSE, FALSE },
  [SPEC_CI] = { NULL, N_("95 % CI"), N_("Wilson; exact where all or none are rejected"), 78, 1.0f, TRUE, FALSE },
  [SENS] = { "sens", N_("Sens · accepted"), N_("Sensitivity: correct accepted / all correct"), 112, 1.0f, FALSE, FALSE },
  [SENS_CI] = { NULL, N_("95 % CI"), N_("Wilson; exact where all or none are accepted"), 78, 1.0f, TRUE, FALSE },
  [AURC] = { "aurc", N_("AURC"), N_("Area under the risk-coverage curve: smaller is better"), 56, 1.0f, TRUE, FALSE },
  [EAURC] = { "eaurc", N_("E-AURC"), N_("AURC beyond that of a perfect ranking of these failures"), 62, 1.0f, TRUE, FALSE },
  [AUGRC] = { "augrc", N_("AUGRC"), N_("Area under accepted failures / all cases against coverage"), 62, 1.0f, TRUE, FALSE },
  [FPR95] = { "fpr95", N_("FPR95"), N_("Failures accepted where 95 % of the correct are"), 60, 1.0f, TRUE, FALSE },
};

static const Column EXTRAS[DUB_N_FAILURE_EXTRAS] = {
  [DUB_FAILURE_EAURC] = EAURC, [DUB_FAILURE_AUGRC] = AUGRC, [DUB_FAILURE_FPR95] = FPR95,
};

/* A line of the list and what stands in it. */
typedef struct {
  DubFailureRow *row;    /* owned */
  guint          order;  /* in the bench */
  GtkWidget     *cell[N_COLUMNS];
} Line;

static void
line_free (gpointer data)
{
  Line *line = data;

  g_object_unref (line->row);
  g_free (line);
}

static Line *
line_of (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "line");
}

static gboolean
is_missing (DubFailureRow *row)
{
  return dub_failure_row_get_state (row) == DUB_FAILURE_ROW_MISSING;
}

/* --- cells --- */

/* Never wider than its column, whatever stands in it. */
static GtkWidget *
cell_label (const ColumnSpec *spec)
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
  const ColumnSpec *spec = &COLUMNS[column];
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
fill_missing (Line      *line,
              GtkWidget *box)
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

static GtkWidget *
line_new (DubFailurePage *self,
          DubFailureRow  *row,
          guint           order)
{
  GtkWidget *widget = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  Line *line = g_new0 (Line, 1);
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
describe (GtkWidget               *widget,
          Line                    *line,
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

static void
update_rates (DubFailurePage *self,
              GtkWidget      *widget,
              Line           *line)
{
  DubOperatingPoint point;

  if (!dub_failure_bench_get_point (self->bench, line->row, &point))
    return;
  set_bold (line->cell[BACC], point.balanced.value);
  set_rate (line->cell[SPEC], point.failures_rejected);
  set_interval (line->cell[SPEC_CI], &point.specificity);
  set_rate (line->cell[SENS], point.correct_accepted);
  set_interval (line->cell[SENS_CI], &point.sensitivity);

  g_autofree char *interval = _dub_failure_interval (&point.balanced, 2);

  gtk_widget_set_tooltip_text (line->cell[BACC], interval);
  describe (widget, line, dub_failure_row_get_failure (line->row), &point);
}

static void
update_line (DubFailurePage *self,
             GtkWidget      *widget,
             Line           *line)
{
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
  update_rates (self, widget, line);
}

/* One axis for all intervals, in tenths, around chance. */
static void
update_axis (DubFailurePage *self)
{
  double low = 0.4, high = 0.9;

  for (guint i = 0; i < dub_failure_bench_get_n_rows (self->bench); i++) {
    const DubFailure *failure = dub_failure_row_get_failure (dub_failure_bench_get_row (self->bench, i));

    if (failure == NULL || !isfinite (failure->auroc.low) || !isfinite (failure->auroc.high))
      continue;
    low = MIN (low, floor (10.0 * failure->auroc.low) / 10.0);
    high = MAX (high, ceil (10.0 * failure->auroc.high) / 10.0);
  }
  for (int i = 0;; i++) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);

    if (row == NULL)
      break;
    if (!is_missing (line_of (row)->row))
      dub_interval_strip_set_axis (DUB_INTERVAL_STRIP (line_of (row)->cell[STRIP]), low, high, 0.5);
  }

  GtkWidget *first = gtk_widget_get_first_child (self->titles->pdata[STRIP]);
  g_autofree char *from = dub_number_format (low, 1), *to = dub_number_format (high, 1);

  gtk_label_set_text (GTK_LABEL (first), from);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (first)), to);
}

/* --- order --- */

static double
value_of (DubFailurePage *self,
          DubFailureRow  *row,
          int             column)
{
  const DubFailure *failure = dub_failure_row_get_failure (row);
  DubOperatingPoint point;

  if (failure == NULL || !dub_failure_bench_get_point (self->bench, row, &point))
    return (double) NAN;
  switch (column) {
  case AUC:
    return failure->auroc.value;
  case BACC:
    return point.balanced.value;
  case SPEC:
    return dub_rate_value (point.failures_rejected);
  case SENS:
    return dub_rate_value (point.correct_accepted);
  case AURC:
    return failure->aurc.value;
  case EAURC:
    return failure->eaurc.value;
  case AUGRC:
    return failure->augrc.value;
  case FPR95:
    return failure->fpr95.value;
  default:
    return (double) NAN;
  }
}

static int
compare_lines (GtkListBoxRow *a,
               GtkListBoxRow *b,
               gpointer       data)
{
  DubFailurePage *self = data;
  const Line *x = line_of (a), *y = line_of (b);
  int missing = is_missing (x->row) - is_missing (y->row), order = (x->order > y->order) - (x->order < y->order);

  if (missing != 0 || self->sort < 0)
    return missing != 0 ? missing : order;
  if (self->sort == METHOD) {
    int words = g_utf8_collate (dub_failure_row_get_title (x->row), dub_failure_row_get_title (y->row));

    return words == 0 ? order : self->descending ? -words : words;
  }

  double p = value_of (self, x->row, self->sort), q = value_of (self, y->row, self->sort);

  if (isnan (p) || isnan (q) || p == q)
    return isnan (p) != isnan (q) ? isnan (p) - isnan (q) : order;

  return (p > q) == self->descending ? -1 : 1;
}

/* outputs and what is made of them; several models or views; the latent space; combinations */
static int
group_of (DubFailureRow *row)
{
  switch (dub_failure_row_get_family (row)) {
  case DUB_FAMILY_OUTPUTS:
  case DUB_FAMILY_RECALIBRATED:
    return 0;
  case DUB_FAMILY_MODELS:
  case DUB_FAMILY_VIEWS:
    return 1;
  case DUB_FAMILY_LATENT:
    return 2;
  case DUB_FAMILY_FUSED:
  default:
    return 3;
  }
}

static void
separate (GtkListBoxRow *row,
          GtkListBoxRow *before,
          gpointer       data)
{
  DubFailurePage *self = data;
  gboolean line = before != NULL && (is_missing (line_of (row)->row) != is_missing (line_of (before)->row) ||
                                     (self->sort < 0 && !is_missing (line_of (row)->row) &&
                                      group_of (line_of (row)->row) != group_of (line_of (before)->row)));

  gtk_list_box_row_set_header (row, line ? gtk_separator_new (GTK_ORIENTATION_HORIZONTAL) : NULL);
}

static void
update_titles (DubFailurePage *self)
{
  for (int c = 0; c < N_COLUMNS; c++) {
    g_autofree char *text = c == self->sort ? g_strdup_printf ("%s %s", _(COLUMNS[c].title), self->descending ? "↓" : "↑") : NULL;

    if (c != STRIP)
      gtk_button_set_label (self->titles->pdata[c], text != NULL ? text : _(COLUMNS[c].title));
  }
}

void
_dub_failure_page_sort_by (DubFailurePage *self,
                           const char     *column)
{
  for (int c = 0; c < N_COLUMNS; c++) {
    if (g_strcmp0 (COLUMNS[c].name, column) != 0)
      continue;

    /* Best first, then the other way round, then the order of the table again. */
    gboolean best_down = c == AUC || c == BACC || c == SPEC || c == SENS;

    if (self->sort != c) {
      self->sort = c;
      self->descending = best_down;
    } else if (self->descending == best_down) {
      self->descending = !best_down;
    } else {
      self->sort = -1;
    }
  }
  update_titles (self);
  gtk_list_box_invalidate_sort (self->list);
  gtk_list_box_invalidate_headers (self->list);
}

/* --- the whole --- */

void
_dub_failure_page_show_columns (DubFailurePage *self)
{
  gboolean shown[N_COLUMNS];

  for (int c = 0; c < N_COLUMNS; c++)
    shown[c] = !(COLUMNS[c].wide && self->narrow);
  for (int e = 0; e < DUB_N_FAILURE_EXTRAS; e++)
    shown[EXTRAS[e]] = self->extra[e];
  /* Three more columns need the room of one. */
  if (self->extra[DUB_FAILURE_EAURC] + self->extra[DUB_FAILURE_AUGRC] + self->extra[DUB_FAILURE_FPR95] > 1)
    shown[NEEDS] = FALSE;
  for (int c = 0; c < N_COLUMNS; c++)
    gtk_widget_set_visible (self->titles->pdata[c], shown[c]);
  for (int i = 0;; i++) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);

    if (row == NULL)
      break;
    for (int c = 0; c < N_COLUMNS; c++)
      if (line_of (row)->cell[c] != NULL)
        gtk_widget_set_visible (line_of (row)->cell[c], shown[c]);
  }
}

void
_dub_failure_page_choose_line (DubFailurePage *self)
{
  DubFailureRow *chosen = dub_failure_bench_get_chosen (self->bench);

  self->updating = TRUE;
  for (int i = 0;; i++) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);

    if (row == NULL)
      break;

    Line *line = line_of (row);

    if (!is_missing (line->row))
      dub_interval_strip_set_chosen (DUB_INTERVAL_STRIP (line->cell[STRIP]), line->row == chosen);
    if (line->row == chosen && !is_missing (line->row))
      gtk_list_box_select_row (self->list, row);
  }
  self->updating = FALSE;
}

void
_dub_failure_page_update_table (DubFailurePage *self,
                                DubFailureRow  *only)
{
  for (int i = 0;; i++) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);

    if (row == NULL)
      break;
    if (only == NULL || line_of (row)->row == only)
      update_line (self, GTK_WIDGET (row), line_of (row));
  }
  update_axis (self);
  if (self->sort >= 0)
    gtk_list_box_invalidate_sort (self->list);
}

void
_dub_failure_page_update_rates (DubFailurePage *self)
{
  for (int i = 0;; i++) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);

    if (row == NULL)
      break;
    update_rates (self, GTK_WIDGET (row), line_of (row));
  }
}

void
_dub_failure_page_fill_table (DubFailurePage *self)
{
  GtkWidget *child;

  self->updating = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, child);
  for (guint i = 0; i < dub_failure_bench_get_n_rows (self->bench); i++)
    gtk_list_box_append (self->list, line_new (self, dub_failure_bench_get_row (self->bench, i), i));
  self->updating = FALSE;
  _dub_failure_page_show_columns (self);
  _dub_failure_page_update_table (self, NULL);
  _dub_failure_page_choose_line (self);
}

static void
row_selected_cb (DubFailurePage *self,
                 GtkListBoxRow  *row)
{
  if (!self->updating && row != NULL)
    dub_results_set_score_id (self->results, dub_failure_row_get_id (line_of (row)->row));
}

/* The ends of the axis that all intervals are drawn on. */
static GtkWidget *
axis_title (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *first = _dub_failure_label (NULL, "caption-line", 0.0f);

  gtk_widget_set_hexpand (first, TRUE);
  gtk_box_append (GTK_BOX (box), first);
  gtk_box_append (GTK_BOX (box), _dub_failure_label (NULL, "caption-line", 1.0f));
  gtk_widget_add_css_class (box, "dim-label");
  gtk_widget_add_css_class (box, "numeric");

  return box;
}

static GtkWidget *
column_title (const ColumnSpec *spec)
{
  GtkWidget *button = gtk_button_new_with_label (_(spec->title)), *label = gtk_button_get_child (GTK_BUTTON (button));

  gtk_label_set_xalign (GTK_LABEL (label), spec->xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "column-title");
  if (spec->name != NULL)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", spec->name);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), spec->name != NULL ? "failure.sort" : NULL);
  gtk_widget_set_focusable (button, spec->name != NULL);

  return button;
}

void
_dub_failure_page_build_table (DubFailurePage *self)
{
  self->sort = -1;
  self->titles = g_ptr_array_new ();
  for (int c = 0; c < N_COLUMNS; c++) {
    GtkWidget *title = c == STRIP ? axis_title () : column_title (&COLUMNS[c]);

    gtk_widget_set_size_request (title, COLUMNS[c].width, -1);
    gtk_widget_set_hexpand (title, c == STRIP);
    gtk_widget_set_tooltip_text (title, _(COLUMNS[c].tooltip));
    gtk_box_append (self->header, title);
    g_ptr_array_add (self->titles, title);
  }
  gtk_list_box_set_sort_func (self->list, compare_lines, self, NULL);
  gtk_list_box_set_header_func (self->list, separate, self, NULL);
  g_signal_connect_swapped (self->list, "row-selected", G_CALLBACK (row_selected_cb), self);
}
