/* Two cases side by side, in a window of their own: the left one stays, the right one follows what is chosen anywhere. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

/* @page: above whose window it stands; @index: of the left case, -1 = none: nothing happens
 * @other: of the right one until another case is chosen; -1 = none */
void dub_case_compare_show (GtkWidget  *page,
                            DubSession *session,
                            int         index,
                            int         other);

G_END_DECLS
