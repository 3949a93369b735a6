/* What a column view offers no property for. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Every title but the first stands over the end of its column, where numbers are. Asked again after a column was added. */
void dub_column_view_align_titles (GtkColumnView *view);

/* A tooltip of the title at @column, counted among those that are shown or not. */
void dub_column_view_explain_title (GtkColumnView *view,
                                    guint          column,
                                    const char    *text);

G_END_DECLS
