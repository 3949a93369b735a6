#include "ui/widgets/score-histogram.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/ticks.h"
#include "ui/widgets/canvas-texture.h"
#include "ui/widgets/theme.h"

struct _DubScoreHistogram {
  GtkWidget   parent_instance;
  char       *title;
  double      low, high;   /* of the bins */
  guint       n_bins;
  guint      *correct;
  guint      *failed;
  double      range[2];    /* -INFINITY, INFINITY = at the ends */
  GtkWidget  *handles[2];
  GdkTexture *texture;
  int         dragged;     /* handle, -1 = none */
  double      grabbed_at;
};

G_DEFINE_FINAL_TYPE (DubScoreHistogram, dub_score_histogram, GTK_TYPE_WIDGET)

enum { RANGE_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

enum { HANDLE_WIDTH = 6, BARS = 44, AXIS = 20, KEY_STEPS = 100, N_TICKS = 7 };

/* --- places --- */

static double
room_of (DubScoreHistogram *self)
{
  return MAX (gtk_widget_get_width (GTK_WIDGET (self)) - HANDLE_WIDTH, 1);
}

static double
value_to_x (DubScoreHistogram *self,
            double             value)
{
  double t = self->high > self->low ? (value - self->low) / (self->high - self->low) : 0.0;

  return 0.5 * HANDLE_WIDTH + room_of (self) * CLAMP (t, 0.0, 1.0);
}

static double
handle_value (DubScoreHistogram *self,
              int                handle)
{
  return CLAMP (self->range[handle], self->low, self->high);
}

/* --- drawing --- */

static void
paint (DubCanvas *canvas,
       int        width,
       int        height,
       gpointer   data)
{
  DubScoreHistogram *self = data;
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double ticks[DUB_MAX_TICKS], room = width - HANDLE_WIDTH, each = room / MAX (self->n_bins, 1);
  int n_ticks = dub_ticks_linear (self->low, self->high, N_TICKS, ticks);
  double step = dub_ticks_step (self->low, self->high, N_TICKS);
  guint most = 1;

  for (guint i = 0; i < self->n_bins; i++)
    most = MAX (most, self->correct[i] + self->failed[i]);
  for (guint i = 0; i < self->n_bins; i++) {
    double centre = self->low + (i + 0.5) * (self->high - self->low) / self->n_bins;
    double left = 0.5 * HANDLE_WIDTH + i * each, bar = MAX (each - 1.0, 1.0), unit = (BARS - 4.0) / most;
    double right_height = self->correct[i] * unit, wrong_height = self->failed[i] * unit;
    double strength = centre >= self->range[0] && centre <= self->range[1] ? 0.85 : 0.25;

    /* The least of what there is can be seen. */
    if (self->correct[i] > 0)
      right_height = MAX (right_height, 1.0);
    if (self->failed[i] > 0)
      wrong_height = MAX (wrong_height, 1.0);
    dub_canvas_box (canvas, dub_rgba_with_alpha (theme->correct, strength), left, BARS - right_height, bar, right_height, 0.0);
    dub_canvas_box (canvas, dub_rgba_with_alpha (theme->failed, strength), left, BARS - right_height - wrong_height, bar, wrong_height,
                    0.0);
  }
  dub_canvas_rule (canvas, theme->faint, 0.0, BARS, width, BARS);
  for (int i = 0; i < n_ticks; i++) {
    g_autofree char *text = dub_tick_format_linear (ticks[i], step);
    double x = 0.5 * HANDLE_WIDTH + room * (ticks[i] - self->low) / (self->high - self->low);
    double half = 0.5 * dub_canvas_text_width (canvas, text, theme->font_caption, DUB_TEXT_LEFT);

    dub_canvas_text (canvas, text, theme->font_caption, DUB_TEXT_CENTRE, theme->dim, CLAMP (x, half, width - half), BARS + 15.0);
  }
}

static void
dub_score_histogram_snapshot (GtkWidget   *widget,
                              GtkSnapshot *snapshot)
{
  DubScoreHistogram *self = DUB_SCORE_HISTOGRAM (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (self->high <= self->low || width < 40)
    return;
  if (self->texture == NULL) {
    DubTheme theme;

    dub_widget_theme (widget, &theme);
    self->texture = dub_canvas_texture (widget, &theme, width, height, paint, self);
  }
  gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width, (float) height));
  for (int i = 0; i < 2; i++)
    gtk_widget_snapshot_child (widget, self->handles[i], snapshot);
}

static void
invalidate (DubScoreHistogram *self)
{
  g_clear_object (&self->texture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- the range --- */

static void
describe_handles (DubScoreHistogram *self)
{
  for (int i = 0; i < 2; i++) {
    double value = handle_value (self, i);
    g_autofree char *number = dub_number_format_short (value, 3);
    g_autofree char *name = g_strdup_printf (i == 0 ? _("Lowest %s shown: %s") : _("Highest %s shown: %s"),
                                             self->title != NULL ? self->title : "", number);

    gtk_accessible_update_property (GTK_ACCESSIBLE (self->handles[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, self->low, GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, self->high,
                                    GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, value, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, number, -1);
    gtk_widget_set_tooltip_text (self->handles[i], name);
  }
}

static void
move_handle (DubScoreHistogram *self,
             int                handle,
             double             value)
{
  double old = self->range[handle];

  if (handle == 0)
    value = value <= self->low ? (double) -INFINITY : MIN (value, handle_value (self, 1));
  else
    value = value >= self->high ? (double) INFINITY : MAX (value, handle_value (self, 0));
  if (!(old < value || old > value))
    return;
  self->range[handle] = value;
  describe_handles (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  invalidate (self);
  g_signal_emit (self, signals[RANGE_CHANGED], 0, self->range[0], self->range[1]);
}

static gboolean
key_cb (GtkEventControllerKey *controller,
        guint                  key,
        guint                  code,
        GdkModifierType        modifiers,
        DubScoreHistogram     *self)
{
  GtkWidget *widget = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));
  int handle = widget == self->handles[1];
  double step = (self->high - self->low) / KEY_STEPS * ((modifiers & GDK_SHIFT_MASK) != 0 ? 10.0 : 1.0);
  double value = handle_value (self, handle);

  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_Down:
    move_handle (self, handle, value - step);
    return TRUE;
  case GDK_KEY_Right:
  case GDK_KEY_Up:
    move_handle (self, handle, value + step);
    return TRUE;
  case GDK_KEY_Home:
    move_handle (self, handle, handle == 0 ? self->low : handle_value (self, 0));
    return TRUE;
  case GDK_KEY_End:
    move_handle (self, handle, handle == 0 ? handle_value (self, 1) : self->high);
    return TRUE;
  default:
    return FALSE;
  }
}

static void
drag_begin_cb (DubScoreHistogram *self,
               double             x)
{
  double left = value_to_x (self, handle_value (self, 0)), right = value_to_x (self, handle_value (self, 1));

  if (self->high <= self->low)
    return;
  self->dragged = fabs (x - left) <= fabs (x - right) ? 0 : 1;
  /* Both at one place: the side of the press says which. */
  if (right - left < 1.0)
    self->dragged = x > left;
  self->grabbed_at = x;
  gtk_widget_grab_focus (self->handles[self->dragged]);
  move_handle (self, self->dragged, self->low + (x - 0.5 * HANDLE_WIDTH) / room_of (self) * (self->high - self->low));
}

static void
drag_update_cb (DubScoreHistogram *self,
                double             offset)
{
  if (self->dragged >= 0)
    move_handle (self, self->dragged,
                 self->low + (self->grabbed_at + offset - 0.5 * HANDLE_WIDTH) / room_of (self) * (self->high - self->low));
}

static void
drag_end_cb (DubScoreHistogram *self)
{
  self->dragged = -1;
}

static void
pressed_cb (DubScoreHistogram *self,
            int                n_press)
{
  if (n_press == 2) {
    move_handle (self, 0, self->low);
    move_handle (self, 1, self->high);
  }
}

/* --- the widget --- */

static void
dub_score_histogram_measure (GtkWidget      *widget,
                             GtkOrientation  orientation,
                             int             for_size,
                             int            *minimum,
                             int            *natural,
                             int            *minimum_baseline,
                             int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 : BARS + AXIS;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 400 : BARS + AXIS;
}

static void
dub_score_histogram_size_allocate (GtkWidget *widget,
                                   int        width,
                                   int        height,
                                   int        baseline)
{
  DubScoreHistogram *self = DUB_SCORE_HISTOGRAM (widget);

  g_clear_object (&self->texture);
  for (int i = 0; i < 2; i++) {
    int x = (int) lround (value_to_x (self, handle_value (self, i)) - 0.5 * HANDLE_WIDTH), least;
    GtkAllocation place;

    gtk_widget_measure (self->handles[i], GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
    place = (GtkAllocation) { CLAMP (x, 0, MAX (width - HANDLE_WIDTH, 0)), 0, MAX (HANDLE_WIDTH, least), BARS };
    gtk_widget_size_allocate (self->handles[i], &place, -1);
  }
}

static void
dub_score_histogram_css_changed (GtkWidget         *widget,
                                 GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (dub_score_histogram_parent_class)->css_changed (widget, change);
  invalidate (DUB_SCORE_HISTOGRAM (widget));
}

static void
dub_score_histogram_dispose (GObject *object)
{
  DubScoreHistogram *self = DUB_SCORE_HISTOGRAM (object);

  for (int i = 0; i < 2; i++)
    g_clear_pointer (&self->handles[i], gtk_widget_unparent);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->correct, g_free);
  g_clear_pointer (&self->failed, g_free);

  G_OBJECT_CLASS (dub_score_histogram_parent_class)->dispose (object);
}

static void
dub_score_histogram_class_init (DubScoreHistogramClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_score_histogram_dispose;
  widget_class->snapshot = dub_score_histogram_snapshot;
  widget_class->measure = dub_score_histogram_measure;
  widget_class->size_allocate = dub_score_histogram_size_allocate;
  widget_class->css_changed = dub_score_histogram_css_changed;
  gtk_widget_class_set_css_name (widget_class, "score-histogram");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  signals[RANGE_CHANGED] = g_signal_new ("range-changed", DUB_TYPE_SCORE_HISTOGRAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}

static GtkWidget *
handle_new (DubScoreHistogram *self)
{
  GtkWidget *handle = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_SLIDER, "css-name", "handle",
                                    "focusable", TRUE, NULL);
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (handle, keys);
  gtk_widget_set_cursor_from_name (handle, "ew-resize");
  gtk_widget_set_parent (handle, GTK_WIDGET (self));

  return handle;
}

static void
dub_score_histogram_init (DubScoreHistogram *self)
{
  GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new ();

  self->range[0] = (double) -INFINITY;
  self->range[1] = (double) INFINITY;
  self->dragged = -1;
  for (int i = 0; i < 2; i++)
    self->handles[i] = handle_new (self);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

GtkWidget *
dub_score_histogram_new (void)
{
  return g_object_new (DUB_TYPE_SCORE_HISTOGRAM, NULL);
}

void
dub_score_histogram_set_bins (DubScoreHistogram *self,
                              const char        *title,
                              double             low,
                              double             high,
                              const guint       *correct,
                              const guint       *failed,
                              guint              n_bins)
{
  g_return_if_fail (DUB_IS_SCORE_HISTOGRAM (self));

  guint n_correct = 0, n_failed = 0;

  for (guint i = 0; i < n_bins; i++) {
    n_correct += correct[i];
    n_failed += failed[i];
  }
  g_free (self->title);
  g_free (self->correct);
  g_free (self->failed);
  self->title = g_strdup (title);
  self->low = low;
  self->high = high;
  self->n_bins = n_bins;
  self->correct = g_memdup2 (correct, n_bins * sizeof (guint));
  self->failed = g_memdup2 (failed, n_bins * sizeof (guint));

  g_autofree char *from = dub_number_format_short (low, 3), *to = dub_number_format_short (high, 3);
  g_autofree char *text = g_strdup_printf (_("%s from %s to %s: %u correct, %u failed"), title != NULL ? title : "", from, to,
                                           n_correct, n_failed);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Values of the score"),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  describe_handles (self);
  for (int i = 0; i < 2; i++)
    gtk_widget_set_visible (self->handles[i], high > low);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  invalidate (self);
}

void
dub_score_histogram_set_range (DubScoreHistogram *self,
                               double             low,
                               double             high)
{
  g_return_if_fail (DUB_IS_SCORE_HISTOGRAM (self));

  self->range[0] = low;
  self->range[1] = high;
  describe_handles (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  invalidate (self);
}
