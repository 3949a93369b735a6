/* The method table: a line a score, its columns fixed in width so that heads stand above them. */
#include "ui/pages/failure-page-line.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/widgets/interval-strip.h"

static const Column EXTRAS[DUB_N_FAILURE_EXTRAS] = {
  [DUB_FAILURE_EAURC] = EAURC, [DUB_FAILURE_AUGRC] = AUGRC, [DUB_FAILURE_FPR95] = FPR95,
};

/* --- the shared axis --- */

/* One axis for all intervals, in tenths, around chance. While rows are still measured it stays as it is, so that what is read does
 * not move; an interval beyond it stands at its end meanwhile. */
static void
update_axis (DubFailurePage *self)
{
  double low = 0.4, high = 1.0;
  guint n_done, n_all;

  dub_failure_bench_count (self->bench, &n_done, &n_all);
  for (guint i = 0; n_done >= n_all && i < dub_failure_bench_get_n_rows (self->bench); i++) {
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
    if (!_dub_failure_line_is_missing (row))
      dub_interval_strip_set_axis (DUB_INTERVAL_STRIP (_dub_failure_line_of (row)->cell[STRIP]), low, high, 0.5);
  }

  dub_interval_strip_set_axis (self->titles->pdata[STRIP], low, high, 0.5);
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
  const DubFailureLine *x = _dub_failure_line_of (a), *y = _dub_failure_line_of (b);
  int missing = _dub_failure_line_is_missing (a) - _dub_failure_line_is_missing (b), order = (x->order > y->order) - (x->order < y->order);

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
  gboolean line = before != NULL && (_dub_failure_line_is_missing (row) != _dub_failure_line_is_missing (before) ||
                                     (self->sort < 0 && !_dub_failure_line_is_missing (row) &&
                                      group_of (_dub_failure_line_of (row)->row) != group_of (_dub_failure_line_of (before)->row)));

  gtk_list_box_row_set_header (row, line ? gtk_separator_new (GTK_ORIENTATION_HORIZONTAL) : NULL);
}

static void
update_titles (DubFailurePage *self)
{
  for (int c = 0; c < N_COLUMNS; c++) {
    g_autofree char *text = c == self->sort ? g_strdup_printf ("%s %s", _(_dub_failure_column ((Column) c)->title), self->descending ? "↓" : "↑") : NULL;

    if (c != STRIP)
      gtk_button_set_label (self->titles->pdata[c], text != NULL ? text : _(_dub_failure_column ((Column) c)->title));
  }
}

void
_dub_failure_page_sort_by (DubFailurePage *self,
                           const char     *column)
{
  for (int c = 0; c < N_COLUMNS; c++) {
    if (g_strcmp0 (_dub_failure_column ((Column) c)->name, column) != 0)
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
    shown[c] = !(_dub_failure_column ((Column) c)->wide && self->narrow);
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
      if (_dub_failure_line_of (row)->cell[c] != NULL)
        gtk_widget_set_visible (_dub_failure_line_of (row)->cell[c], shown[c]);
  }
}

/* The chosen line is on the screen, whoever chose it. After the list has its new height. */
static gboolean
reveal_cb (gpointer data)
{
  DubFailurePage *self = data;
  GtkListBoxRow *row = self->session != NULL ? gtk_list_box_get_selected_row (self->list) : NULL;
  graphene_rect_t bounds;

  if (row != NULL && gtk_widget_compute_bounds (GTK_WIDGET (row), GTK_WIDGET (self->list), &bounds))
    gtk_adjustment_clamp_page (gtk_list_box_get_adjustment (self->list), (double) bounds.origin.y,
                               (double) (bounds.origin.y + bounds.size.height));
  if (self->session != NULL)
    _dub_failure_page_show_threshold (self);

  return G_SOURCE_REMOVE;
}

void
_dub_failure_page_reveal_line (DubFailurePage *self)
{
  g_timeout_add_full (G_PRIORITY_LOW, 50, reveal_cb, g_object_ref (self), g_object_unref);
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

    DubFailureLine *line = _dub_failure_line_of (row);

    if (!_dub_failure_line_is_missing (row))
      dub_interval_strip_set_chosen (DUB_INTERVAL_STRIP (line->cell[STRIP]), line->row == chosen);
    if (line->row == chosen && !_dub_failure_line_is_missing (row))
      gtk_list_box_select_row (self->list, row);
  }
  self->updating = FALSE;
  _dub_failure_page_reveal_line (self);
}

void
_dub_failure_page_update_table (DubFailurePage *self,
                                DubFailureRow  *only)
{
  for (int i = 0;; i++) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);

    if (row == NULL)
      break;
    if (only == NULL || _dub_failure_line_of (row)->row == only)
      _dub_failure_line_update (row, self->bench);
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
    _dub_failure_line_update_rates (row, self->bench);
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
    gtk_list_box_append (self->list, _dub_failure_line_new (dub_failure_bench_get_row (self->bench, i), i));
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
    dub_results_set_score_id (self->results, dub_failure_row_get_id (_dub_failure_line_of (row)->row));
}

/* The ends of the axis that all intervals are drawn on, and chance. */
static GtkWidget *
axis_title (void)
{
  GtkWidget *strip = dub_interval_strip_new ();

  dub_interval_strip_set_numbers (DUB_INTERVAL_STRIP (strip), TRUE);
  gtk_widget_add_css_class (strip, "caption-line");
  gtk_widget_add_css_class (strip, "numeric");

  return strip;
}

static GtkWidget *
column_title (const DubFailureColumn *spec)
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
    GtkWidget *title = c == STRIP ? axis_title () : column_title (_dub_failure_column ((Column) c));

    gtk_widget_set_size_request (title, _dub_failure_column ((Column) c)->width, -1);
    gtk_widget_set_hexpand (title, c == STRIP);
    gtk_widget_set_tooltip_text (title, _(_dub_failure_column ((Column) c)->tooltip));
    gtk_box_append (self->header, title);
    g_ptr_array_add (self->titles, title);
  }
  gtk_list_box_set_sort_func (self->list, compare_lines, self, NULL);
  gtk_list_box_set_header_func (self->list, separate, self, NULL);
  g_signal_connect_swapped (self->list, "row-selected", G_CALLBACK (row_selected_cb), self);
}
