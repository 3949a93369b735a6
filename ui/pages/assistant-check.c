#include "ui/pages/assistant-check.h"

#include "ui/pages/assistant-private.h"

/* Below this width the columns stand one above the other. */
enum { NARROW = 900, NARROWEST = 340, GAP = 18 };

struct _DubAssistantCheck {
  GtkWidget  parent_instance;
  GtkWidget *scrolled;
  GtkWidget *columns;
};

G_DEFINE_FINAL_TYPE (DubAssistantCheck, dub_assistant_check, GTK_TYPE_WIDGET)

static GtkWidget *
column_of (GtkWidget *a,
           GtkWidget *b,
           GtkWidget *c)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  gtk_box_append (GTK_BOX (column), a);
  gtk_box_append (GTK_BOX (column), b);
  if (c != NULL)
    gtk_box_append (GTK_BOX (column), c);
  gtk_widget_set_hexpand (column, TRUE);
  gtk_widget_set_valign (column, GTK_ALIGN_START);

  return column;
}

static void
dub_assistant_check_size_allocate (GtkWidget *widget,
                                   int        width,
                                   int        height,
                                   int        baseline)
{
  DubAssistantCheck *self = DUB_ASSISTANT_CHECK (widget);
  GtkOrientation wanted = width < NARROW ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL;

  if (gtk_orientable_get_orientation (GTK_ORIENTABLE (self->columns)) != wanted) {
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self->columns), wanted);
    gtk_box_set_homogeneous (GTK_BOX (self->columns), wanted == GTK_ORIENTATION_HORIZONTAL);
  }
  gtk_widget_allocate (self->scrolled, width, height, baseline, NULL);
}

static void
dub_assistant_check_measure (GtkWidget      *widget,
                             GtkOrientation  orientation,
                             int             for_size,
                             int            *minimum,
                             int            *natural,
                             int            *minimum_baseline,
                             int            *natural_baseline)
{
  gtk_widget_measure (DUB_ASSISTANT_CHECK (widget)->scrolled, orientation, -1, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, NARROWEST);
}

static void
dub_assistant_check_dispose (GObject *object)
{
  g_clear_pointer (&DUB_ASSISTANT_CHECK (object)->scrolled, gtk_widget_unparent);

  G_OBJECT_CLASS (dub_assistant_check_parent_class)->dispose (object);
}

static void
dub_assistant_check_class_init (DubAssistantCheckClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_assistant_check_dispose;
  widget_class->size_allocate = dub_assistant_check_size_allocate;
  widget_class->measure = dub_assistant_check_measure;
}

static void
dub_assistant_check_init (DubAssistantCheck *self)
{
}

GtkWidget *
_dub_assistant_check_new (DubNewStudy *study)
{
  DubAssistantCheck *self = g_object_new (DUB_TYPE_ASSISTANT_CHECK, NULL);
  GtkWidget *clamp = adw_clamp_new ();

  self->scrolled = gtk_scrolled_window_new ();
  self->columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, GAP);
  gtk_box_set_homogeneous (GTK_BOX (self->columns), TRUE);
  gtk_widget_add_css_class (self->columns, "columns");
  gtk_box_append (GTK_BOX (self->columns),
                  column_of (_dub_assistant_found_new (study), _dub_assistant_problems_new (study), NULL));
  gtk_box_append (GTK_BOX (self->columns),
                  column_of (_dub_assistant_split_new (study), _dub_assistant_network_new (study),
                             _dub_assistant_statistics_new (study)));
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 1400);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), 1200);
  adw_clamp_set_child (ADW_CLAMP (clamp), self->columns);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), clamp);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_AUTOMATIC, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));

  return GTK_WIDGET (self);
}
