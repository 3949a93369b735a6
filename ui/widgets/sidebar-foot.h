/* The foot of the sidebar: the current case, and the jobs that run. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_SIDEBAR_FOOT (dub_sidebar_foot_get_type ())
G_DECLARE_FINAL_TYPE (DubSidebarFoot, dub_sidebar_foot, DUB, SIDEBAR_FOOT, GtkBox)

void dub_sidebar_foot_set_session   (DubSidebarFoot *self,
                                     DubSession     *session);
/* The picture of the current case; NULL hides it. */
void dub_sidebar_foot_set_thumbnail (DubSidebarFoot *self,
                                     GdkPaintable   *thumbnail);

G_END_DECLS
