/* Grid and table of the Cases page: two views of one list with one selection. */
#include "ui/pages/cases-page-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/figures/ticks.h"
#include "ui/widgets/case-cell.h"
#include "ui/widgets/column-titles.h"

/* Wide enough for "train-1016" beside "0.258". */
enum { CELL_WIDTH = 104, CELL_HEIGHT = 78 };

static const DubStudyData *
data_of (DubCasesPage *self)
{
  DubStudy *study = dub_session_get_study (self->session);

  return study != NULL ? study->data : NULL;
}

/* "0.177"; long dash where it was not scored. */
static char *
value_text (const DubScore *score,
            size_t          index)
{
  if (score == NULL || isnan (score->values[index]))
    return g_strdup (score == NULL ? "" : "—");

  return dub_number_format (score->values[index], fabs (score->values[index]) >= 100.0 ? 1 : 3);
}

/* --- the grid --- */

static const char *
outcome_word (guint failed)
{
  return failed == 1 ? _("failed") : failed == 0 ? _("correct") : _("not judged");
}

static void
fill_cell (DubCasesPage *self,
           DubCaseCell  *cell,
           guint         index)
{
  const DubStudyData *data = data_of (self);
  const DubScore *score = dub_results_get_score (self->results);
  guint failed = dub_results_get_failed (self->results, index);

  if (data == NULL || index >= data->n_cases)
    return;

  g_autofree char *value = value_text (score, index);
  g_autofree char *name = score != NULL
                            ? g_strdup_printf ("%s, %s, %s %s", data->ids[index], outcome_word (failed), score->title, value)
                            : g_strdup_printf ("%s, %s", data->ids[index], outcome_word (failed));
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (cell));

  dub_case_cell_set (cell, data->ids[index], value, failed == 1, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (cell), name);
  /* What has the focus is the row that the view made around the cell. */
  if (row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
setup_cell_cb (DubCasesPage *self,
               GtkListItem  *item)
{
  gtk_list_item_set_child (item, dub_case_cell_new (CELL_WIDTH, CELL_HEIGHT));
}

static void
bind_cell_cb (DubCasesPage *self,
              GtkListItem  *item)
{
  DubCaseCell *cell = DUB_CASE_CELL (gtk_list_item_get_child (item));
  guint index = dub_case_item_get_index (gtk_list_item_get_item (item));

  g_hash_table_insert (self->cells, GUINT_TO_POINTER (index + 1), cell);
  fill_cell (self, cell, index);

  g_autoptr (GBytes) picture = dub_case_pictures_get (self->pictures, index);

  dub_case_cell_set_picture (cell, picture, DUB_CASE_PICTURE_SIDE);
}

static void
unbind_cell_cb (DubCasesPage *self,
                GtkListItem  *item)
{
  GtkWidget *cell = gtk_list_item_get_child (item);
  gpointer key = GUINT_TO_POINTER (dub_case_item_get_index (gtk_list_item_get_item (item)) + 1);

  /* Another cell may show the case already. */
  if (g_hash_table_lookup (self->cells, key) == cell)
    g_hash_table_remove (self->cells, key);
}

/* In the order of the list, which is that of the grid. */
static void
ask_again (DubCasesPage *self)
{
  GListModel *list = G_LIST_MODEL (self->list);
  guint n = g_list_model_get_n_items (list), left = g_hash_table_size (self->cells);

  for (guint i = 0; i < n && left > 0; i++) {
    g_autoptr (DubCaseItem) item = g_list_model_get_item (list, i);
    guint index = dub_case_item_get_index (item);
    DubCaseCell *cell = g_hash_table_lookup (self->cells, GUINT_TO_POINTER (index + 1));

    if (cell == NULL)
      continue;

    g_autoptr (GBytes) picture = dub_case_pictures_get (self->pictures, index);

    dub_case_cell_set_picture (cell, picture, DUB_CASE_PICTURE_SIDE);
    left--;
  }
}

/* Cells of cases that stayed in the list keep their row, and say what another score says of them. */
void
_dub_cases_page_refresh_cells (DubCasesPage *self)
{
  GHashTableIter iter;
  gpointer key, cell;

  if (dub_results_get_score (self->results) == self->told)
    return;
  self->told = dub_results_get_score (self->results);
  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &key, &cell))
    fill_cell (self, cell, GPOINTER_TO_UINT (key) - 1);
  ask_again (self);
}

static void
picture_made_cb (DubCasesPage *self,
                 guint         index)
{
  DubCaseCell *cell = g_hash_table_lookup (self->cells, GUINT_TO_POINTER (index + 1));

  if (cell == NULL)
    return;

  g_autoptr (GBytes) picture = dub_case_pictures_get (self->pictures, index);

  dub_case_cell_set_picture (cell, picture, DUB_CASE_PICTURE_SIDE);
}

/* --- the table --- */

typedef enum { COLUMN_CASE, COLUMN_SPLIT, COLUMN_LABEL, COLUMN_PREDICTED, COLUMN_OUTCOME, COLUMN_SCORE } ColumnKind;

typedef struct {
  DubCasesPage *page; /* not owned */
  ColumnKind    kind;
  char         *id;   /* of the score, or what the list is sorted by */
} Column;

static const char *const SORTS[] = {
  [COLUMN_CASE] = "case", [COLUMN_SPLIT] = "split", [COLUMN_LABEL] = "label",
  [COLUMN_PREDICTED] = "predicted", [COLUMN_OUTCOME] = "outcome",
};

static void
column_free (gpointer data)
{
  Column *column = data;

  g_free (column->id);
  g_free (column);
}

static const char *
class_name (DubCasesPage *self,
            int           index)
{
  DubStudy *study = dub_session_get_study (self->session);

  return index >= 0 && (guint) index < study->classes->len ? g_ptr_array_index (study->classes, (guint) index) : "—";
}

static const DubScore *
find_score (DubCasesPage *self,
            const char   *id)
{
  const DubScores *scores = dub_results_get_scores (self->results);

  for (guint i = 0; scores != NULL && i < scores->scores->len; i++) {
    const DubScore *score = g_ptr_array_index (scores->scores, i);

    if (score->values != NULL && strcmp (score->id, id) == 0)
      return score;
  }

  return NULL;
}

static void
setup_label_cb (const Column *column,
                GtkListItem  *item)
{
  GtkWidget *label = gtk_label_new (NULL);
  gboolean number = column->kind == COLUMN_SCORE;

  gtk_label_set_xalign (GTK_LABEL (label), number ? 1.0f : 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (number)
    gtk_widget_add_css_class (label, "numeric");
  if (column->kind == COLUMN_CASE)
    gtk_label_set_width_chars (GTK_LABEL (label), 10);
  gtk_list_item_set_child (item, label);
}

static void
bind_label_cb (const Column *column,
               GtkListItem  *item)
{
  DubCasesPage *self = column->page;
  const DubStudyData *data = data_of (self);
  GtkLabel *label = GTK_LABEL (gtk_list_item_get_child (item));
  guint index = dub_case_item_get_index (gtk_list_item_get_item (item));
  guint failed = dub_results_get_failed (self->results, index);
  static const char *const parts[] = { N_("train"), N_("calibration"), N_("test"), N_("left out") };
  g_autofree char *value = NULL;

  if (data == NULL || index >= data->n_cases)
    return;
  switch (column->kind) {
  case COLUMN_CASE:
    gtk_label_set_text (label, data->ids[index]);
    break;
  case COLUMN_SPLIT:
    gtk_label_set_text (label, _(parts[MIN (data->split->part[index], DUB_PART_NONE)]));
    break;
  case COLUMN_LABEL:
    gtk_label_set_text (label, class_name (self, data->labels[index]));
    break;
  case COLUMN_PREDICTED:
    gtk_label_set_text (label, class_name (self, dub_results_get_predicted (self->results, index)));
    break;
  case COLUMN_OUTCOME:
    value = failed == 2 ? g_strdup ("—") : g_strdup_printf ("%s %s", failed == 1 ? "▲" : "●", outcome_word (failed));
    gtk_label_set_text (label, value);
    gtk_widget_set_css_classes (GTK_WIDGET (label), (const char *[]) { failed == 1 ? "failed" : failed == 0 ? "correct" : "dim-label", NULL });
    break;
  case COLUMN_SCORE:
  default:
    value = value_text (find_score (self, column->id), index);
    gtk_label_set_text (label, value);
  }
}

/* The view's sorter asks its columns in their order of importance. GTK before 4.10 does not tell which comes first: the one
 * that is asked first says so, and by what it answers the direction is found. */
static int
probe_cb (gconstpointer a,
          gconstpointer b,
          gpointer      user_data)
{
  Column *column = user_data;

  if (column->page->probed == NULL)
    column->page->probed = column;

  return -1;
}

static void
sorter_changed_cb (DubCasesPage *self)
{
  if (self->updating)
    return;

  /* One item compared with itself would not be asked about. */
  g_autoptr (DubCaseItem) one = g_object_new (DUB_TYPE_CASE_ITEM, NULL), other = g_object_new (DUB_TYPE_CASE_ITEM, NULL);
  GtkSorter *sorter = gtk_column_view_get_sorter (self->table);

  self->probed = NULL;

  GtkOrdering order = gtk_sorter_compare (sorter, one, other);
  const Column *column = self->probed;
  gboolean descending = order == GTK_ORDERING_LARGER;

  if (column == NULL)
    return;
  if (column->kind == COLUMN_SCORE) {
    dub_results_set_score_id (self->results, column->id);
    dub_case_list_set_sort (self->list, "score", descending);
  } else {
    dub_case_list_set_sort (self->list, column->id, descending);
  }
}

static void
add_column (DubCasesPage *self,
            ColumnKind    kind,
            const char   *id,
            const char   *title,
            gboolean      expand)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  Column *column = g_new0 (Column, 1);
  g_autoptr (GtkSorter) sorter = NULL;
  g_autoptr (GtkColumnViewColumn) view = NULL;

  column->page = self;
  column->kind = kind;
  column->id = g_strdup (id);
  g_object_set_data_full (G_OBJECT (factory), "column", column, column_free);
  g_signal_connect_swapped (factory, "setup", G_CALLBACK (setup_label_cb), column);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (bind_label_cb), column);
  sorter = GTK_SORTER (gtk_custom_sorter_new (probe_cb, column, NULL));
  view = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_sorter (view, sorter);
  gtk_column_view_column_set_resizable (view, TRUE);
  gtk_column_view_column_set_expand (view, expand);
  gtk_column_view_append_column (self->table, view);
}

/* Scores of source 000 stand first: these are what people compare. */
static void
add_score_columns (DubCasesPage *self)
{
  static const char *const FIRST[] = { "ensemble-sd", "msr", "tta", "gps", "knn-all", "knn-shap", NULL };
  const DubScores *scores = dub_results_get_scores (self->results);

  for (gsize k = 0; FIRST[k] != NULL; k++) {
    const DubScore *score = find_score (self, FIRST[k]);

    if (score != NULL)
      add_column (self, COLUMN_SCORE, score->id, score->title, FALSE);
  }
  for (guint i = 0; scores != NULL && i < scores->scores->len; i++) {
    const DubScore *score = g_ptr_array_index (scores->scores, i);

    if (score->values != NULL && !g_strv_contains (FIRST, score->id))
      add_column (self, COLUMN_SCORE, score->id, score->title, FALSE);
  }
}

void
_dub_cases_page_update_columns (DubCasesPage *self)
{
  const DubScores *scores = dub_results_get_scores (self->results);
  GListModel *columns = gtk_column_view_get_columns (self->table);
  g_autoptr (GString) key = g_string_new (NULL);

  for (guint i = 0; scores != NULL && i < scores->scores->len; i++) {
    const DubScore *score = g_ptr_array_index (scores->scores, i);

    if (score->values != NULL)
      g_string_append_printf (key, "%s\n", score->id);
  }
  /* The same scores again: the person's widths and order stay. */
  if (g_list_model_get_n_items (columns) > 0 && g_strcmp0 (g_object_get_data (G_OBJECT (self->table), "scores"), key->str) == 0)
    return;
  g_object_set_data_full (G_OBJECT (self->table), "scores", g_strdup (key->str), g_free);

  self->updating = TRUE;
  while (g_list_model_get_n_items (columns) > 0) {
    g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);

    gtk_column_view_remove_column (self->table, column);
  }
  add_column (self, COLUMN_CASE, SORTS[COLUMN_CASE], _("Case"), TRUE);
  add_column (self, COLUMN_SPLIT, SORTS[COLUMN_SPLIT], _("Split"), FALSE);
  add_column (self, COLUMN_LABEL, SORTS[COLUMN_LABEL], _("True label"), FALSE);
  add_column (self, COLUMN_PREDICTED, SORTS[COLUMN_PREDICTED], _("Answer"), FALSE);
  add_column (self, COLUMN_OUTCOME, SORTS[COLUMN_OUTCOME], _("Outcome"), FALSE);
  add_score_columns (self);
  self->updating = FALSE;
}

/* --- one selection --- */

static void
scroll_to (DubCasesPage *self,
           guint         position)
{
  gtk_widget_activate_action (GTK_WIDGET (self->grid), "list.scroll-to-item", "u", position);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->table)); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_LIST_VIEW (child))
      gtk_widget_activate_action (child, "list.scroll-to-item", "u", position);
}

/* Where all rows are others, GTK 4.8 keeps the place of one that is gone and leaves rows empty: so the place is given anew. */
void
_dub_cases_page_find_place (DubCasesPage *self)
{
  int place = dub_case_list_find (self->list, dub_selection_get_case (dub_session_get_selection (self->session)));

  if (g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0)
    scroll_to (self, place >= 0 ? (guint) place : 0);
}

void
_dub_cases_page_show_current (DubCasesPage *self)
{
  int index = dub_selection_get_case (dub_session_get_selection (self->session));
  int place = dub_case_list_find (self->list, index);
  guint position = place >= 0 ? (guint) place : GTK_INVALID_LIST_POSITION;

  if (gtk_single_selection_get_selected (self->chosen) == position)
    return;
  self->updating = TRUE;
  gtk_single_selection_set_selected (self->chosen, position);
  self->updating = FALSE;
  if (place >= 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    scroll_to (self, position);
}

gboolean
_dub_cases_page_focus (DubCasesPage *self)
{
  int index = dub_selection_get_case (dub_session_get_selection (self->session));
  g_autoptr (DubCaseItem) first = g_list_model_get_item (G_LIST_MODEL (self->list), 0);

  if (self->table_shown)
    return gtk_widget_grab_focus (GTK_WIDGET (self->table));
  if (first == NULL)
    return FALSE;
  if (dub_case_list_find (self->list, index) < 0)
    index = (int) dub_case_item_get_index (first);

  GtkWidget *cell = g_hash_table_lookup (self->cells, GUINT_TO_POINTER ((guint) index + 1));

  return cell != NULL && gtk_widget_get_parent (cell) != NULL ? gtk_widget_grab_focus (gtk_widget_get_parent (cell))
                                                              : gtk_widget_grab_focus (GTK_WIDGET (self->grid));
}

static void
chosen_cb (DubCasesPage *self)
{
  DubCaseItem *item = gtk_single_selection_get_selected_item (self->chosen);
  DubSelection *selection = dub_session_get_selection (self->session);

  if (self->updating || item == NULL)
    return;
  if (self->walking)
    dub_selection_pass_case (selection, (int) dub_case_item_get_index (item));
  else
    dub_selection_set_case (selection, (int) dub_case_item_get_index (item));
  /* A small window has no room beside the grid: who points at a case wants to see it. */
  if (!self->walking && adw_flap_get_folded (self->flap))
    adw_flap_set_reveal_flap (self->flap, TRUE);
}

static void
activated_cb (DubCasesPage *self)
{
  adw_flap_set_reveal_flap (self->flap, TRUE);
}

static gboolean
key_cb (DubCasesPage *self)
{
  self->walking = TRUE;

  return FALSE;
}

static void
press_cb (DubCasesPage *self)
{
  self->walking = FALSE;
}

static void
watch_hand (DubCasesPage *self,
            GtkWidget    *view)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *press = gtk_gesture_click_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (press), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  g_signal_connect_swapped (press, "pressed", G_CALLBACK (press_cb), self);
  gtk_widget_add_controller (view, keys);
  gtk_widget_add_controller (view, GTK_EVENT_CONTROLLER (press));
}

void
_dub_cases_page_show_stack (DubCasesPage *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0;
  GtkSelectionModel *model = GTK_SELECTION_MODEL (self->chosen);

  /* A view makes its rows whether it is seen or not: the hidden one has none to make. */
  if (gtk_grid_view_get_model (self->grid) != (self->table_shown ? NULL : model))
    gtk_grid_view_set_model (self->grid, self->table_shown ? NULL : model);
  if (gtk_column_view_get_model (self->table) != (self->table_shown ? model : NULL))
    gtk_column_view_set_model (self->table, self->table_shown ? model : NULL);
  gtk_stack_set_visible_child_name (self->stack, !any ? "nothing" : self->table_shown ? "table" : "grid");
}

void
_dub_cases_page_build_views (DubCasesPage *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->cells = g_hash_table_new (NULL, NULL);
  self->chosen = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->list)));
  gtk_single_selection_set_autoselect (self->chosen, FALSE);
  gtk_single_selection_set_can_unselect (self->chosen, TRUE);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cell_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cell_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cell_cb), self, G_CONNECT_SWAPPED);
  gtk_grid_view_set_factory (self->grid, factory);
  _dub_cases_page_update_columns (self);
  g_signal_connect_object (self->chosen, "notify::selected-item", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->grid, "activate", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->table, "activate", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_column_view_get_sorter (self->table), "changed", G_CALLBACK (sorter_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pictures, "opened", G_CALLBACK (ask_again), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pictures, "made", G_CALLBACK (picture_made_cb), self, G_CONNECT_SWAPPED);
  watch_hand (self, GTK_WIDGET (self->grid));
  watch_hand (self, GTK_WIDGET (self->table));
}
