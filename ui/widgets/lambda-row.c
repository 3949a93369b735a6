#include "ui/widgets/lambda-row.h"

#include <glib/gi18n.h>
#include <math.h>

#define LOW_DECADE  (-4.0)
#define HIGH_DECADE 3.0

/* Milliseconds without a change after which a value set by keys or wheel counts as meant. */
#define SETTLE_MS 400

struct _DubLambdaRow {
  GtkWidget  parent_instance;
  GtkWidget *scale;
  GtkWidget *entry;
  GtkWidget *per_voxel;
  GtkWidget *formula;
  char      *name;
  double     value;
  double     before;   /* the last committed value */
  gsize      n_voxels;
  gboolean   held;
  gboolean   updating;
  guint      settle;
};

G_DEFINE_FINAL_TYPE (DubLambdaRow, dub_lambda_row, GTK_TYPE_WIDGET)

enum { MOVED, COMMITTED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
append_superscript (GString *text,
                    int      exponent)
{
  static const char *const digits[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
  char number[16];

  g_snprintf (number, sizeof number, "%d", exponent);
  for (const char *c = number; *c != '\0'; c++)
    g_string_append (text, *c == '-' ? "⁻" : digits[*c - '0']);
}

char *
dub_format_scientific (double value)
{
  GString *text = g_string_new (NULL);

  if (value == 0.0 || !isfinite (value)) {
    g_string_append (text, value == 0.0 ? "0" : "—");
    return g_string_free (text, FALSE);
  }

  int exponent = (int) floor (log10 (fabs (value)) + 1e-9);
  double mantissa = value / pow (10.0, exponent);

  if (exponent >= -2 && exponent <= 3)
    g_string_printf (text, "%.3g", value);
  else {
    g_string_printf (text, "%.2f × 10", mantissa);
    append_superscript (text, exponent);
  }

  return g_string_free (text, FALSE);
}

/* Three digits are what a slider can mean. */
static double
round_digits (double value)
{
  if (value == 0.0)
    return 0.0;

  double unit = pow (10.0, floor (log10 (value)) - 2.0);

  return round (value / unit) * unit;
}

static void
update_words (DubLambdaRow *self)
{
  g_autofree char *number = g_strdup_printf ("%.4g", self->value);
  gboolean known = self->n_voxels != G_MAXSIZE;
  g_autofree char *weight = dub_format_scientific (self->n_voxels > 0 ? self->value / (double) self->n_voxels : self->value);
  g_autofree char *markup = g_strdup_printf (_("per voxel <b>%s</b>"), weight);
  g_autofree char *formula = self->n_voxels > 0 ? g_strdup_printf ("%s ÷ N", number) : g_strdup (_("sum norm"));

  if (!gtk_widget_has_focus (self->entry))
    gtk_editable_set_text (GTK_EDITABLE (self->entry), number);
  gtk_label_set_markup (GTK_LABEL (self->per_voxel), known ? markup : "");
  gtk_label_set_text (GTK_LABEL (self->formula), known ? formula : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, number, -1);
}

static void
commit (DubLambdaRow *self)
{
  double before = self->before;

  g_clear_handle_id (&self->settle, g_source_remove);
  if (before == self->value)
    return;
  self->before = self->value;
  g_signal_emit (self, signals[COMMITTED], 0, before, self->value);
}

static gboolean
settled_cb (gpointer data)
{
  DubLambdaRow *self = data;

  self->settle = 0;
  commit (self);

  return G_SOURCE_REMOVE;
}

static void
take_value (DubLambdaRow *self,
            double        value)
{
  if (value == self->value)
    return;
  self->value = value;
  update_words (self);
  g_signal_emit (self, signals[MOVED], 0, value);
}

static void
scale_moved_cb (GtkRange     *range,
                DubLambdaRow *self)
{
  if (self->updating)
    return;
  take_value (self, round_digits (pow (10.0, gtk_range_get_value (range))));
  g_clear_handle_id (&self->settle, g_source_remove);
  if (!self->held)
    self->settle = g_timeout_add (SETTLE_MS, settled_cb, self);
}

static void
show_on_scale (DubLambdaRow *self)
{
  self->updating = TRUE;
  gtk_range_set_value (GTK_RANGE (self->scale), self->value > 0.0 ? log10 (self->value) : LOW_DECADE);
  self->updating = FALSE;
}

/* A number as people of any language type it, with point or comma. */
static gboolean
parse (const char *text,
       double     *value)
{
  g_autofree char *copy = g_strstrip (g_strdelimit (g_strdup (text), ",", '.'));
  char *end = NULL;
  double number = g_ascii_strtod (copy, &end);

  if (end == copy || *end != '\0' || !isfinite (number) || number < 0.0 || number > pow (10.0, HIGH_DECADE))
    return FALSE;
  *value = number;

  return TRUE;
}

static void
entry_activate_cb (GtkEntry     *entry,
                   DubLambdaRow *self)
{
  double value;

  if (!parse (gtk_editable_get_text (GTK_EDITABLE (entry)), &value)) {
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
    gtk_widget_error_bell (GTK_WIDGET (entry));
    gtk_label_set_text (GTK_LABEL (self->per_voxel), _("λ is a number from 0 to 1000"));
    return;
  }
  gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  take_value (self, value);
  show_on_scale (self);
  commit (self);
}

static void
entry_focus_cb (GtkEventControllerFocus *controller,
                DubLambdaRow            *self)
{
  double value;

  if (parse (gtk_editable_get_text (GTK_EDITABLE (self->entry)), &value))
    entry_activate_cb (GTK_ENTRY (self->entry), self);
  gtk_widget_remove_css_class (self->entry, "error");
  update_words (self);
}

/* GtkRange claims its own gestures; raw events still tell when the slider is held. */
static gboolean
event_cb (GtkEventControllerLegacy *controller,
          GdkEvent                 *event,
          DubLambdaRow             *self)
{
  GdkEventType type = gdk_event_get_event_type (event);

  if (type == GDK_BUTTON_PRESS || type == GDK_TOUCH_BEGIN) {
    self->held = TRUE;
  } else if (type == GDK_BUTTON_RELEASE || type == GDK_TOUCH_END || type == GDK_TOUCH_CANCEL) {
    self->held = FALSE;
    /* The range's own handler of the release may still move the value. */
    if (self->before != self->value && self->settle == 0)
      self->settle = g_timeout_add (1, settled_cb, self);
  }

  return GDK_EVENT_PROPAGATE;
}

static void
dub_lambda_row_dispose (GObject *object)
{
  DubLambdaRow *self = DUB_LAMBDA_ROW (object);
  GtkWidget *child;

  g_clear_handle_id (&self->settle, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->name, g_free);

  G_OBJECT_CLASS (dub_lambda_row_parent_class)->dispose (object);
}

static void
dub_lambda_row_class_init (DubLambdaRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_lambda_row_dispose;
  signals[MOVED] = g_signal_new ("moved", DUB_TYPE_LAMBDA_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[COMMITTED] = g_signal_new ("committed", DUB_TYPE_LAMBDA_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "lambdarow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
two_ends (GtkWidget *start,
          GtkWidget *end)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_widget_set_hexpand (start, TRUE);
  gtk_widget_set_halign (start, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), start);
  gtk_box_append (GTK_BOX (box), end);

  return box;
}

static void
build_scale (DubLambdaRow *self)
{
  GtkEventController *legacy = gtk_event_controller_legacy_new ();

  self->scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, LOW_DECADE, HIGH_DECADE, 0.02);
  gtk_range_set_increments (GTK_RANGE (self->scale), 0.05, 0.5);
  gtk_range_set_round_digits (GTK_RANGE (self->scale), -1);
  gtk_scale_set_draw_value (GTK_SCALE (self->scale), FALSE);
  gtk_scale_set_has_origin (GTK_SCALE (self->scale), TRUE);
  for (int decade = (int) LOW_DECADE; decade <= (int) HIGH_DECADE; decade++) {
    g_autoptr (GString) text = g_string_new (decade == 0 ? "1" : "10");

    if (decade != 0)
      append_superscript (text, decade);
    gtk_scale_add_mark (GTK_SCALE (self->scale), decade, GTK_POS_BOTTOM, text->str);
  }
  gtk_event_controller_set_propagation_phase (legacy, GTK_PHASE_CAPTURE);
  g_signal_connect (legacy, "event", G_CALLBACK (event_cb), self);
  gtk_widget_add_controller (self->scale, legacy);
  g_signal_connect (self->scale, "value-changed", G_CALLBACK (scale_moved_cb), self);
}

static void
dub_lambda_row_init (DubLambdaRow *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
}

GtkWidget *
dub_lambda_row_new (guint       index,
                    const char *name)
{
  DubLambdaRow *self = g_object_new (DUB_TYPE_LAMBDA_ROW, NULL);
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkWidget *title = gtk_label_new (NULL);
  g_autofree char *label = g_strdup_printf ("λ%u %s", index, name);
  g_autofree char *tooltip = g_strdup_printf (_("Weight of the %s term, λ%u: drag, or Left and Right (0.05 decades), Page Up and Down (half a decade)"), name, index);
  g_autofree char *markup = g_markup_printf_escaped ("λ<sub>%u</sub> %s", index, name);

  self->name = g_strdup (label);
  gtk_label_set_markup (GTK_LABEL (title), markup);
  gtk_widget_add_css_class (title, "lambda-title");
  self->entry = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 6);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), 6);
  gtk_entry_set_alignment (GTK_ENTRY (self->entry), 1.0f);
  gtk_widget_add_css_class (self->entry, "numeric");
  gtk_widget_add_css_class (self->entry, "compact");
  gtk_widget_set_tooltip_text (self->entry, _("Type a value from 0 to 1000 (Enter)"));
  g_signal_connect (self->entry, "activate", G_CALLBACK (entry_activate_cb), self);
  g_signal_connect (focus, "leave", G_CALLBACK (entry_focus_cb), self);
  gtk_widget_add_controller (self->entry, focus);

  build_scale (self);
  gtk_widget_set_tooltip_text (self->scale, tooltip);
  self->per_voxel = gtk_label_new (NULL);
  self->formula = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->per_voxel, "lambda-note");
  gtk_widget_add_css_class (self->per_voxel, "numeric");
  gtk_widget_add_css_class (self->formula, "lambda-note");
  gtk_widget_add_css_class (self->formula, "dim-label");
  gtk_widget_add_css_class (self->formula, "numeric");

  gtk_widget_set_parent (two_ends (title, self->entry), GTK_WIDGET (self));
  gtk_widget_set_parent (self->scale, GTK_WIDGET (self));
  gtk_widget_set_parent (two_ends (self->per_voxel, self->formula), GTK_WIDGET (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  self->value = -1.0;
  self->n_voxels = G_MAXSIZE;
  dub_lambda_row_set_value (self, 1.0);

  return GTK_WIDGET (self);
}

void
dub_lambda_row_set_value (DubLambdaRow *self,
                          double        value)
{
  g_return_if_fail (DUB_IS_LAMBDA_ROW (self));

  if (self->held || value == self->value)
    return;
  self->value = value;
  self->before = value;
  g_clear_handle_id (&self->settle, g_source_remove);
  show_on_scale (self);
  update_words (self);
}

double
dub_lambda_row_get_value (DubLambdaRow *self)
{
  g_return_val_if_fail (DUB_IS_LAMBDA_ROW (self), 0.0);

  return self->value;
}

void
dub_lambda_row_set_voxels (DubLambdaRow *self,
                           gsize         n_voxels)
{
  g_return_if_fail (DUB_IS_LAMBDA_ROW (self));

  self->n_voxels = n_voxels;
  update_words (self);
}

GtkWidget *
dub_lambda_row_get_scale (DubLambdaRow *self)
{
  g_return_val_if_fail (DUB_IS_LAMBDA_ROW (self), NULL);

  return self->scale;
}
