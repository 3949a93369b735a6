#include "ui/widgets/choice.h"

struct _DubChoice {
  GtkWidget  parent_instance;
  GPtrArray *buttons;  /* of GtkToggleButton */
  GPtrArray *tooltips; /* of char * */
  gboolean   setting;
};

G_DEFINE_FINAL_TYPE (DubChoice, dub_choice, GTK_TYPE_WIDGET)

enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
toggled_cb (DubChoice       *self,
            GtkToggleButton *button)
{
  if (!self->setting && gtk_toggle_button_get_active (button))
    g_signal_emit (self, signals[CHOSEN], 0);
}

static void
dub_choice_dispose (GObject *object)
{
  DubChoice *self = DUB_CHOICE (object);

  for (guint i = 0; i < self->buttons->len; i++)
    gtk_widget_unparent (g_ptr_array_index (self->buttons, i));
  g_ptr_array_set_size (self->buttons, 0);

  G_OBJECT_CLASS (dub_choice_parent_class)->dispose (object);
}

static void
dub_choice_finalize (GObject *object)
{
  DubChoice *self = DUB_CHOICE (object);

  g_ptr_array_unref (self->buttons);
  g_ptr_array_unref (self->tooltips);

  G_OBJECT_CLASS (dub_choice_parent_class)->finalize (object);
}

static void
dub_choice_class_init (DubChoiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dub_choice_dispose;
  object_class->finalize = dub_choice_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  signals[CHOSEN] = g_signal_new ("chosen", DUB_TYPE_CHOICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dub_choice_init (DubChoice *self)
{
  self->buttons = g_ptr_array_new ();
  self->tooltips = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_add_css_class (GTK_WIDGET (self), "linked");
  gtk_widget_add_css_class (GTK_WIDGET (self), "dub-choice");
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
dub_choice_new (const char *label)
{
  GtkWidget *self = g_object_new (DUB_TYPE_CHOICE, NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);

  return self;
}

void
dub_choice_add (DubChoice  *self,
                const char *text,
                const char *tooltip)
{
  g_return_if_fail (DUB_IS_CHOICE (self));

  GtkWidget *button = gtk_toggle_button_new_with_label (text);

  gtk_widget_set_tooltip_text (button, tooltip);
  if (self->buttons->len > 0)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), g_ptr_array_index (self->buttons, 0));
  g_signal_connect_object (button, "toggled", G_CALLBACK (toggled_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (button, GTK_WIDGET (self));
  g_ptr_array_add (self->buttons, button);
  g_ptr_array_add (self->tooltips, g_strdup (tooltip));
}

int
dub_choice_get_selected (DubChoice *self)
{
  g_return_val_if_fail (DUB_IS_CHOICE (self), -1);

  for (guint i = 0; i < self->buttons->len; i++)
    if (gtk_toggle_button_get_active (g_ptr_array_index (self->buttons, i)))
      return (int) i;

  return -1;
}

void
dub_choice_set_selected (DubChoice *self,
                         int        index)
{
  g_return_if_fail (DUB_IS_CHOICE (self));

  self->setting = TRUE;
  for (guint i = 0; i < self->buttons->len; i++)
    gtk_toggle_button_set_active (g_ptr_array_index (self->buttons, i), (int) i == index);
  self->setting = FALSE;
}

void
dub_choice_set_text (DubChoice  *self,
                     int         index,
                     const char *text)
{
  g_return_if_fail (DUB_IS_CHOICE (self));
  g_return_if_fail (index >= 0 && (guint) index < self->buttons->len);

  gtk_button_set_label (g_ptr_array_index (self->buttons, index), text);
}

void
dub_choice_set_refused (DubChoice  *self,
                        int         index,
                        const char *why)
{
  g_return_if_fail (DUB_IS_CHOICE (self));
  g_return_if_fail (index >= 0 && (guint) index < self->buttons->len);

  GtkWidget *button = g_ptr_array_index (self->buttons, index);

  gtk_widget_set_sensitive (button, why == NULL);
  gtk_widget_set_tooltip_text (button, why != NULL ? why : g_ptr_array_index (self->tooltips, index));
}
