/* Looking at widgets as a person does: what is there, what can be read, what will come in a moment. */
#pragma once

#include <gtk/gtk.h>
#include <string.h>

#include "tests/ui/wait.h"

static inline GtkWidget *
find_skipping (GtkWidget *root,
               GType      type,
               int       *skip)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type) && (*skip)-- == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_skipping (child, type, skip);

    if (found != NULL)
      return found;
  }

  return NULL;
}

/* The widget of @type after the first @index ones in @root, depth first; %NULL if there are fewer. */
static inline GtkWidget *
find_nth_widget (GtkWidget *root,
                 GType      type,
                 int        index)
{
  return find_skipping (root, type, &index);
}

/* The first widget of @type in @root, or %NULL. */
static inline GtkWidget *
find_widget (GtkWidget *root,
             GType      type)
{
  return find_nth_widget (root, type, 0);
}

/* How many widgets of @type are on the screen in @root. */
static inline guint
count_widgets (GtkWidget *root,
               GType      type)
{
  guint n = G_TYPE_CHECK_INSTANCE_TYPE (root, type) && gtk_widget_get_mapped (root);

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    n += count_widgets (child, type);

  return n;
}

/* Whether a visible label in @root has @text in it. */
static inline gboolean
shows_text (GtkWidget  *root,
            const char *text)
{
  if (!gtk_widget_get_child_visible (root) || !gtk_widget_get_visible (root))
    return FALSE;
  if (GTK_IS_LABEL (root) && strstr (gtk_label_get_text (GTK_LABEL (root)), text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (shows_text (child, text))
      return TRUE;

  return FALSE;
}

/* Lets the main loop work until @root shows @text. */
static inline void
wait_for_text (GtkWidget  *root,
               const char *text)
{
  const gint64 end = g_get_monotonic_time () + WAIT_SECONDS * G_USEC_PER_SEC;

  while (!shows_text (root, text)) {
    if (g_get_monotonic_time () > end)
      g_error ("“%s” was never shown", text);
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
  }
}
