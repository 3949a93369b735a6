#include "ui/widgets/region-table.h"

#include "ui/model/region-row.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/column-titles.h"

#include <glib/gi18n.h>
#include <math.h>

/* Widths of the columns of numbers, in px: titles and the longest numbers just fit, names get the rest. */
#define BAR_WIDTH     48
#define DENSITY_WIDTH 104
#define SHARE_WIDTH   60
#define VOXELS_WIDTH  62

/* Below these widths the less telling columns of numbers give way to the names. */
#define ALL_FROM      336
#define SHARE_FROM    262

struct _DubRegionTable {
  GtkWidget           parent_instance;
  GtkWidget          *scroller;
  GtkWidget          *view;
  GListStore         *rows;
  GtkSorter          *sorters[4]; /* of the columns, to be told of new numbers */
  GtkSingleSelection *selection;
  GtkColumnViewColumn *name_column;
  GtkColumnViewColumn *share_column;
  GtkColumnViewColumn *voxels_column;
  int                 fitted;     /* width that the columns were fitted to, px; ALL_FROM for all wider ones */
  guint               narrow;     /* source that fits the columns to the width */
  GHashTable         *by_value;   /* label -> DubRegionRow (not owned) */
  double              largest;    /* density, for the length of the bars */
  int                 selected;
};

G_DEFINE_FINAL_TYPE (DubRegionTable, dub_region_table, GTK_TYPE_WIDGET)

enum { JUMP, N_SIGNALS };
static guint signals[N_SIGNALS];

/* A cell knows its row while it is bound, and looks again when the row's numbers change. */
typedef void (*FillFunc) (DubRegionTable *self,
                          GtkWidget      *cell,
                          DubRegionRow   *row);

static void
fill_name (DubRegionTable *self,
           GtkWidget      *cell,
           DubRegionRow   *row)
{
  const char *name = dub_region_row_get_name (row);

  gtk_label_set_text (GTK_LABEL (cell), name);
  /* Where the column is too narrow for it, the pointer still reads the whole name. */
  gtk_widget_set_tooltip_text (cell, name);
}

static void
fill_density (DubRegionTable *self,
              GtkWidget      *cell,
              DubRegionRow   *row)
{
  double density = dub_region_row_get_density (row);
  double relative = self->largest > 0.0 ? density / self->largest : 0.0;
  g_autofree char *text = g_strdup_printf ("%.3f", density);
  GtkWidget *bar = gtk_widget_get_first_child (cell);

  /* The colour goes with the length: from the purple of little to the orange of most. */
  dub_bar_set_value (DUB_BAR (bar), relative, 0.25 + 0.5 * relative);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (bar)), text);
}

static void
fill_share (DubRegionTable *self,
            GtkWidget      *cell,
            DubRegionRow   *row)
{
  double share = dub_region_row_get_share (row);
  g_autofree char *text = isnan (share) ? g_strdup ("—") : g_strdup_printf ("%.1f %%", 100.0 * share);

  gtk_label_set_text (GTK_LABEL (cell), text);
}

static void
fill_voxels (DubRegionTable *self,
             GtkWidget      *cell,
             DubRegionRow   *row)
{
  g_autofree char *text = g_strdup_printf ("%" G_GSIZE_FORMAT, dub_region_row_get_voxels (row));

  gtk_label_set_text (GTK_LABEL (cell), text);
}

static void
row_changed_cb (DubRegionRow *row,
                GParamSpec   *pspec,
                GtkListItem  *item)
{
  FillFunc fill = (FillFunc) g_object_get_data (G_OBJECT (item), "fill");
  DubRegionTable *self = g_object_get_data (G_OBJECT (item), "table");

  fill (self, gtk_list_item_get_child (item), row);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         DubRegionTable           *self)
{
  DubRegionRow *row = gtk_list_item_get_item (item);

  g_object_set_data (G_OBJECT (item), "fill", g_object_get_data (G_OBJECT (factory), "fill"));
  g_object_set_data (G_OBJECT (item), "table", self);
  g_signal_connect (row, "notify::serial", G_CALLBACK (row_changed_cb), item);
  row_changed_cb (row, NULL, item);
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           DubRegionTable           *self)
{
  g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (item), item);
}

static GtkWidget *
number_label (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 1.0f);
  gtk_widget_add_css_class (label, "numeric");

  return label;
}

static void
setup_name_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *item,
               DubRegionTable           *self)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
setup_density_cb (GtkSignalListItemFactory *factory,
                  GtkListItem              *item,
                  DubRegionTable           *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *bar = dub_bar_new (DUB_BAR_HEAT);

  gtk_widget_set_size_request (bar, BAR_WIDTH, -1);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), number_label ());
  gtk_widget_set_halign (box, GTK_ALIGN_END);
  gtk_list_item_set_child (item, box);
}

static void
setup_number_cb (GtkSignalListItemFactory *factory,
                 GtkListItem              *item,
                 DubRegionTable           *self)
{
  GtkWidget *label = number_label ();

  gtk_widget_add_css_class (label, "dim-label");
  gtk_list_item_set_child (item, label);
}

static void
activate_cb (GtkColumnView  *view,
             guint           position,
             DubRegionTable *self)
{
  g_autoptr (DubRegionRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (row == NULL)
    return;
  self->selected = dub_region_row_get_value (row);
  g_signal_emit (self, signals[JUMP], 0, self->selected);
}

static GtkColumnViewColumn *
add_column (DubRegionTable *self,
            guint           index,
            const char     *title,
            const char     *property,
            gboolean        numeric,
            GCallback       setup,
            FillFunc        fill,
            int             width)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkExpression *expression = gtk_property_expression_new (DUB_TYPE_REGION_ROW, NULL, property);
  GtkColumnViewColumn *column;

  g_object_set_data (G_OBJECT (factory), "fill", (gpointer) fill);
  g_signal_connect (factory, "setup", setup, self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), self);
  column = gtk_column_view_column_new (title, factory);
  self->sorters[index] = numeric ? GTK_SORTER (gtk_numeric_sorter_new (expression))
                                 : GTK_SORTER (gtk_string_sorter_new (expression));
  gtk_column_view_column_set_sorter (column, self->sorters[index]);
  if (width > 0)
    gtk_column_view_column_set_fixed_width (column, width);
  else
    gtk_column_view_column_set_expand (column, TRUE);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (self->view), column);
  g_object_unref (column);

  return column;
}

static gboolean
narrow_cb (gpointer data)
{
  DubRegionTable *self = data;
  int width = gtk_widget_get_width (GTK_WIDGET (self));

  self->narrow = 0;
  gtk_column_view_column_set_visible (self->voxels_column, width >= ALL_FROM);
  gtk_column_view_column_set_visible (self->share_column, width >= SHARE_FROM);
  /* Of what hidden columns leave, GTK gives the others a part only. */
  self->fitted = MIN (width, ALL_FROM);
  gtk_column_view_column_set_fixed_width (self->name_column,
                                          width >= ALL_FROM ? -1
                                          : MAX (80, width - DENSITY_WIDTH - (width >= SHARE_FROM ? SHARE_WIDTH : 0)));

  return G_SOURCE_REMOVE;
}

static void
dub_region_table_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  gtk_widget_measure (DUB_REGION_TABLE (widget)->scroller, orientation, for_size, minimum, natural, minimum_baseline,
                      natural_baseline);
}

static void
dub_region_table_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  DubRegionTable *self = DUB_REGION_TABLE (widget);

  gtk_widget_allocate (self->scroller, width, height, baseline, NULL);

  /* Not from inside an allocation: another set of columns asks for another one. */
  if (width > 0 && self->fitted != MIN (width, ALL_FROM) && self->narrow == 0)
    self->narrow = g_idle_add (narrow_cb, self);
}

static void
dub_region_table_dispose (GObject *object)
{
  DubRegionTable *self = DUB_REGION_TABLE (object);

  g_clear_handle_id (&self->narrow, g_source_remove);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  for (guint i = 0; i < G_N_ELEMENTS (self->sorters); i++)
    g_clear_object (&self->sorters[i]);
  g_clear_object (&self->rows);
  g_clear_pointer (&self->by_value, g_hash_table_unref);

  G_OBJECT_CLASS (dub_region_table_parent_class)->dispose (object);
}

static void
dub_region_table_class_init (DubRegionTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_region_table_dispose;
  signals[JUMP] = g_signal_new ("jump", DUB_TYPE_REGION_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_INT);
  widget_class->measure = dub_region_table_measure;
  widget_class->size_allocate = dub_region_table_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "regiontable");
}

static void
dub_region_table_init (DubRegionTable *self)
{
  GtkSortListModel *sorted;

  self->selected = -1;
  self->rows = g_list_store_new (DUB_TYPE_REGION_ROW);
  self->by_value = g_hash_table_new (NULL, NULL);
  self->view = gtk_column_view_new (NULL);
  gtk_widget_add_css_class (self->view, "data-table");
  gtk_column_view_set_single_click_activate (GTK_COLUMN_VIEW (self->view), TRUE);
  g_signal_connect (self->view, "activate", G_CALLBACK (activate_cb), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Regions"), -1);

  self->name_column = add_column (self, 0, _("region"), "name", FALSE, G_CALLBACK (setup_name_cb), fill_name, 0);

  GtkColumnViewColumn *density = add_column (self, 1, _("density"), "density", TRUE, G_CALLBACK (setup_density_cb),
                                             fill_density, DENSITY_WIDTH);

  self->share_column = add_column (self, 2, _("of mask"), "share", TRUE, G_CALLBACK (setup_number_cb), fill_share,
                                   SHARE_WIDTH);
  self->voxels_column = add_column (self, 3, _("voxels"), "voxels", TRUE, G_CALLBACK (setup_number_cb), fill_voxels,
                                    VOXELS_WIDTH);
  dub_column_view_align_titles (GTK_COLUMN_VIEW (self->view));

  sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->rows)),
                                    g_object_ref (gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->view))));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (sorted));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), GTK_SELECTION_MODEL (self->selection));
  g_object_unref (self->selection);
  gtk_column_view_sort_by_column (GTK_COLUMN_VIEW (self->view), density, GTK_SORT_DESCENDING);

  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->view);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

GtkWidget *
dub_region_table_new (void)
{
  return g_object_new (DUB_TYPE_REGION_TABLE, NULL);
}

void
dub_region_table_set_title (DubRegionTable *self,
                            const char     *atlas)
{
  /* A long name would push the numbers out of sight. */
  gboolean short_name = atlas != NULL && g_utf8_strlen (atlas, -1) <= 10;
  g_autofree char *title = short_name ? g_strdup_printf (_("%s region"), atlas) : g_strdup (_("region"));

  g_return_if_fail (DUB_IS_REGION_TABLE (self));

  gtk_column_view_column_set_title (self->name_column, title);
}

static void
reselect (DubRegionTable *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint position = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < n && self->selected >= 0; i++) {
    g_autoptr (DubRegionRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

    if (dub_region_row_get_value (row) == self->selected) {
      position = i;
      break;
    }
  }
  if (gtk_single_selection_get_selected (self->selection) != position)
    gtk_single_selection_set_selected (self->selection, position);
}

static void
scroll_to_top (DubRegionTable *self)
{
  for (GtkWidget *child = gtk_widget_get_first_child (self->view); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_LIST_VIEW (child) && g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0)
      gtk_widget_activate_action (child, "list.scroll-to-item", "u", 0);
}

void
dub_region_table_set_regions (DubRegionTable *self,
                              GArray         *densities)
{
  gboolean resort = FALSE;

  g_return_if_fail (DUB_IS_REGION_TABLE (self));

  gboolean same = densities != NULL && densities->len == g_list_model_get_n_items (G_LIST_MODEL (self->rows));

  for (guint i = 0; same && i < densities->len; i++)
    same = g_hash_table_contains (self->by_value,
                                  GINT_TO_POINTER (g_array_index (densities, DubRegionDensity, i).region->value));

  double largest_before = self->largest;

  self->largest = 0.0;
  for (guint i = 0; densities != NULL && i < densities->len; i++)
    self->largest = fmax (self->largest, g_array_index (densities, DubRegionDensity, i).density);

  if (!same) {
    g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);

    g_hash_table_remove_all (self->by_value);
    for (guint i = 0; densities != NULL && i < densities->len; i++) {
      DubRegionRow *row = dub_region_row_new (&g_array_index (densities, DubRegionDensity, i));

      g_ptr_array_add (fresh, row);
      g_hash_table_insert (self->by_value, GINT_TO_POINTER (dub_region_row_get_value (row)), row);
    }
    g_list_store_splice (self->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (self->rows)), fresh->pdata, fresh->len);
    reselect (self);
    return;
  }

  /* The rows stay the same objects, so that scroll position and selection stay, too. */
  for (guint i = 0; i < densities->len; i++) {
    const DubRegionDensity *density = &g_array_index (densities, DubRegionDensity, i);

    resort |= dub_region_row_set (g_hash_table_lookup (self->by_value, GINT_TO_POINTER (density->region->value)), density,
                                  self->largest != largest_before);
  }
  if (!resort)
    return;

  /* A list keeps the row at its top in sight, and would follow it down as others overtake it:
   * who has not scrolled wants to see the strongest regions. */
  gboolean at_top = gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller))) < 1.0;

  for (guint i = 1; i <= 2; i++)
    gtk_sorter_changed (self->sorters[i], GTK_SORTER_CHANGE_DIFFERENT);
  if (at_top)
    scroll_to_top (self);
}

void
dub_region_table_select (DubRegionTable *self,
                         int             value)
{
  g_return_if_fail (DUB_IS_REGION_TABLE (self));

  self->selected = value;
  reselect (self);
}

GListModel *
dub_region_table_get_model (DubRegionTable *self)
{
  g_return_val_if_fail (DUB_IS_REGION_TABLE (self), NULL);

  return G_LIST_MODEL (self->selection);
}
