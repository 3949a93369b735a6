#include "ui/widgets/failure-view.h"

#include <math.h>

#include "ui/widgets/canvas-texture.h"
#include "ui/widgets/theme.h"

struct _DubFailureView {
  GtkWidget               parent_instance;
  DubFailurePlot          plot;
  const DubFailureFigure *figure;  /* (nullable) not owned */
  GdkTexture             *texture;
  DubFigureLayout         layout;
};

G_DEFINE_FINAL_TYPE (DubFailureView, dub_failure_view, GTK_TYPE_WIDGET)

enum { PICKED, ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

enum { LEAST = 40 };

static void
invalidate (DubFailureView *self)
{
  g_clear_object (&self->texture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
paint (DubCanvas *canvas,
       int        width,
       int        height,
       gpointer   data)
{
  DubFailureView *self = data;

  dub_failure_figure_draw (self->figure, self->plot, canvas, width, height, &self->layout);
}

static void
dub_failure_view_snapshot (GtkWidget   *widget,
                           GtkSnapshot *snapshot)
{
  DubFailureView *self = DUB_FAILURE_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width, (float) height);
  DubTheme theme;

  if (self->figure == NULL || width < LEAST || height < LEAST)
    return;
  dub_widget_theme (widget, &theme);
  if (self->texture == NULL)
    self->texture = dub_canvas_texture (widget, &theme, width, height, paint, self);
  gtk_snapshot_append_texture (snapshot, self->texture, &bounds);
  if (!self->figure->has_mark && !isfinite (self->figure->case_score))
    return;

  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, gtk_widget_get_scale_factor (widget));

  dub_failure_figure_draw_point (self->figure, self->plot, canvas, &self->layout);
  cairo_destroy (cr);
}

static void
dub_failure_view_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 140 : 186;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 220 : 240;
}

static void
dub_failure_view_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  g_clear_object (&DUB_FAILURE_VIEW (widget)->texture);
}

static void
dub_failure_view_css_changed (GtkWidget         *widget,
                              GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (dub_failure_view_parent_class)->css_changed (widget, change);
  invalidate (DUB_FAILURE_VIEW (widget));
}

/* --- the hands --- */

static void
pick (DubFailureView *self,
      size_t          at)
{
  double threshold = self->figure->threshold[at];

  if (!self->figure->has_mark || at != self->figure->mark.at || threshold != self->figure->mark.threshold)
    g_signal_emit (self, signals[PICKED], 0, threshold);
}

static gboolean
is_ready (DubFailureView *self)
{
  return self->figure != NULL && self->texture != NULL;
}

static void
drag_begin_cb (GtkGestureDrag *gesture,
               double          x,
               double          y,
               DubFailureView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (!is_ready (self) || x < self->layout.x - 8.0 || y > self->layout.y + self->layout.height + 8.0) {
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  pick (self, dub_failure_figure_pick (self->figure, self->plot, &self->layout, x, y));
}

static void
drag_update_cb (GtkGestureDrag *gesture,
                double          dx,
                double          dy,
                DubFailureView *self)
{
  double x, y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  if (is_ready (self))
    pick (self, dub_failure_figure_pick (self->figure, self->plot, &self->layout, x + dx, y + dy));
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            DubFailureView  *self)
{
  if (n_press == 2 && is_ready (self))
    g_signal_emit (self, signals[ACTIVATED], 0);
}

static gboolean
nudge (GtkWidget *widget,
       GVariant  *args,
       gpointer   user_data)
{
  DubFailureView *self = DUB_FAILURE_VIEW (widget);
  int step = g_variant_get_int32 (args);

  if (self->figure == NULL || !self->figure->has_mark)
    return FALSE;

  gint64 last = (gint64) self->figure->n_points - 1;

  pick (self, (size_t) CLAMP ((gint64) self->figure->mark.at + step, 0, last));

  return TRUE;
}

static gboolean
activate (GtkWidget *widget,
          GVariant  *args,
          gpointer   user_data)
{
  g_signal_emit (widget, signals[ACTIVATED], 0);

  return TRUE;
}

/* --- the widget --- */

static void
dub_failure_view_dispose (GObject *object)
{
  DubFailureView *self = DUB_FAILURE_VIEW (object);

  self->figure = NULL;
  g_clear_object (&self->texture);

  G_OBJECT_CLASS (dub_failure_view_parent_class)->dispose (object);
}

static void
dub_failure_view_class_init (DubFailureViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_failure_view_dispose;
  widget_class->snapshot = dub_failure_view_snapshot;
  widget_class->measure = dub_failure_view_measure;
  widget_class->size_allocate = dub_failure_view_size_allocate;
  widget_class->css_changed = dub_failure_view_css_changed;
  signals[PICKED] = g_signal_new ("picked", DUB_TYPE_FAILURE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_DOUBLE);
  signals[ACTIVATED] = g_signal_new ("activated", DUB_TYPE_FAILURE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, 0, nudge, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, 0, nudge, "i", 1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, GDK_SHIFT_MASK, nudge, "i", -10);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, GDK_SHIFT_MASK, nudge, "i", 10);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Home, 0, nudge, "i", -G_MAXINT / 2);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_End, 0, nudge, "i", G_MAXINT / 2);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, activate, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, activate, NULL);
  gtk_widget_class_set_css_name (widget_class, "figure");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dub_failure_view_init (DubFailureView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "pointer");
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (invalidate), NULL);
}

GtkWidget *
dub_failure_view_new (DubFailurePlot plot)
{
  DubFailureView *self = g_object_new (DUB_TYPE_FAILURE_VIEW, NULL);

  self->plot = plot;

  return GTK_WIDGET (self);
}

void
dub_failure_view_set_figure (DubFailureView         *self,
                             const DubFailureFigure *figure)
{
  g_return_if_fail (DUB_IS_FAILURE_VIEW (self));

  self->figure = figure;
  invalidate (self);
}

void
dub_failure_view_moved (DubFailureView *self)
{
  g_return_if_fail (DUB_IS_FAILURE_VIEW (self));

  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
dub_failure_view_describe (DubFailureView *self,
                           const char     *label,
                           const char     *description)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}
