#include "ui/widgets/case-cell.h"

#include "ui/widgets/case-tile.h"

struct _DubCaseCell {
  GtkBox     parent_instance;
  GtkWidget *tile;
  GtkWidget *id;
  GtkWidget *value;
  GtkWidget *words;
};

G_DEFINE_FINAL_TYPE (DubCaseCell, dub_case_cell, GTK_TYPE_BOX)

static void
dub_case_cell_class_init (DubCaseCellClass *klass)
{
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "case-cell");
}

static void
dub_case_cell_init (DubCaseCell *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
}

GtkWidget *
dub_case_cell_new (int width,
                   int height)
{
  DubCaseCell *self = g_object_new (DUB_TYPE_CASE_CELL, NULL);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);

  self->words = words;
  self->tile = dub_case_tile_new (width, height);
  self->id = gtk_label_new (NULL);
  self->value = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->id), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (self->id), PANGO_ELLIPSIZE_START);
  /* Beside the score, whatever the length of the id. */
  gtk_label_set_width_chars (GTK_LABEL (self->id), 3);
  gtk_widget_set_hexpand (self->id, TRUE);
  gtk_widget_add_css_class (self->id, "case-id");
  gtk_widget_add_css_class (self->value, "case-value");
  gtk_widget_add_css_class (self->value, "numeric");
  gtk_box_append (GTK_BOX (words), self->id);
  gtk_box_append (GTK_BOX (words), self->value);
  gtk_box_append (GTK_BOX (self), self->tile);
  gtk_box_append (GTK_BOX (self), words);

  return GTK_WIDGET (self);
}

void
dub_case_cell_set (DubCaseCell *self,
                   const char  *id,
                   const char  *value,
                   gboolean     failed,
                   const char  *name)
{
  g_return_if_fail (DUB_IS_CASE_CELL (self));

  gtk_label_set_label (GTK_LABEL (self->id), id);
  gtk_label_set_label (GTK_LABEL (self->value), value);
  dub_case_tile_set_failed (DUB_CASE_TILE (self->tile), failed);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->tile), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
dub_case_cell_set_styles (DubCaseCell *self,
                          const char  *id_style,
                          const char  *value_style)
{
  g_return_if_fail (DUB_IS_CASE_CELL (self));

  const char *const ids[] = { "case-id", id_style, NULL }, *const values[] = { "case-value", "numeric", value_style, NULL };

  /* A name is known by how it begins, an id by how it ends; and it is longer: it has a line of its own. */
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->words), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self->words), 0);
  gtk_label_set_xalign (GTK_LABEL (self->value), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (self->id), PANGO_ELLIPSIZE_END);
  gtk_widget_set_css_classes (self->id, (const char **) ids);
  gtk_widget_set_css_classes (self->value, (const char **) values);
}

void
dub_case_cell_set_picture (DubCaseCell *self,
                           GBytes      *rgb,
                           int          side)
{
  g_return_if_fail (DUB_IS_CASE_CELL (self));

  dub_case_tile_set_picture (DUB_CASE_TILE (self->tile), rgb, side);
}
