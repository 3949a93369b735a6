#include "ui/pages/case-compare.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui/pages/case-inspector-private.h"

enum { WIDTH = 920, HEIGHT = 760, COLUMN = 420 };

typedef struct {
  DubSession       *session;
  DubCaseInspector *left;
  DubCaseInspector *right;
} Comparison;

static void
case_changed_cb (GtkWidget *window)
{
  Comparison *self = g_object_get_data (G_OBJECT (window), "comparison");
  int index = dub_selection_get_case (dub_session_get_selection (self->session));

  if (index >= 0 && index != dub_case_inspector_get_case (self->left))
    dub_case_inspector_set_case (self->right, index);
}

/* Its cases are gone. */
static void
study_changed_cb (GtkWidget *window)
{
  gtk_window_destroy (GTK_WINDOW (window));
}

static GtkWidget *
column_new (DubSession        *session,
            DubCaseInspector **inspector)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  *inspector = DUB_CASE_INSPECTOR (dub_case_inspector_new (session));
  /* These belong to the page. */
  (*inspector)->alone = TRUE;
  gtk_widget_set_visible ((*inspector)->compare_button, FALSE);
  gtk_widget_set_visible ((*inspector)->export_button, FALSE);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (*inspector));
  gtk_widget_set_size_request (scroller, COLUMN, -1);
  gtk_widget_set_hexpand (scroller, TRUE);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_widget_add_css_class (scroller, "inspector");

  return scroller;
}

void
dub_case_compare_show (GtkWidget  *page,
                       DubSession *session,
                       int         index,
                       int         other)
{
  GtkRoot *root = gtk_widget_get_root (page);

  if (index < 0)
    return;

  Comparison *self = g_new0 (Comparison, 1);
  GtkWidget *window = adw_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *header = adw_header_bar_new ();

  self->session = session;
  gtk_window_set_title (GTK_WINDOW (window), _("Compare Two Cases"));
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), adw_window_title_new (_("Compare Two Cases"),
                                                                                  _("left: as it was · right: the case that is chosen now")));
  gtk_box_append (GTK_BOX (columns), column_new (session, &self->left));
  gtk_box_append (GTK_BOX (columns), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (columns), column_new (session, &self->right));
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), columns);
  gtk_widget_add_css_class (columns, "dub-cases");
  adw_window_set_content (ADW_WINDOW (window), box);
  /* Both show the same kind of heatmap. */
  g_object_bind_property (self->left, "heat", self->right, "heat", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_object_bind_property (self->left, "heat-kind", self->right, "heat-kind", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  dub_case_inspector_set_case (self->left, index);
  dub_case_inspector_set_case (self->right, other);
  g_object_set_data_full (G_OBJECT (window), "comparison", self, g_free);
  g_signal_connect_object (dub_session_get_selection (session), "notify::case", G_CALLBACK (case_changed_cb), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::study", G_CALLBACK (study_changed_cb), window, G_CONNECT_SWAPPED);
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  if (GTK_IS_WINDOW (root))
    gtk_window_set_transient_for (GTK_WINDOW (window), GTK_WINDOW (root));
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  gtk_window_present (GTK_WINDOW (window));
}
