#include "ui/widgets/column-titles.h"

void
dub_column_view_align_titles (GtkColumnView *view)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (view));
  GtkWidget *title = header != NULL ? gtk_widget_get_first_child (header) : NULL;

  for (int i = 0; title != NULL; i++, title = gtk_widget_get_next_sibling (title)) {
    GtkWidget *box = gtk_widget_get_first_child (title);

    if (i > 0 && box != NULL)
      gtk_widget_set_halign (box, GTK_ALIGN_END);
  }
}

void
dub_column_view_explain_title (GtkColumnView *view,
                               guint          column,
                               const char    *text)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (view));
  GtkWidget *title = header != NULL ? gtk_widget_get_first_child (header) : NULL;

  for (guint i = 0; title != NULL && i < column; i++)
    title = gtk_widget_get_next_sibling (title);
  if (title != NULL)
    gtk_widget_set_tooltip_text (title, text);
}
