#include "ui/widgets/figure-view.h"

#include "ui/figures/figure-draw.h"
#include "ui/widgets/canvas-texture.h"
#include "ui/widgets/theme.h"

#include <math.h>

struct _DubFigureView {
  GtkWidget       parent_instance;
  DubFigure      *figure;
  GdkTexture     *texture;
  DubFigureLayout layout;
  gboolean        dragging;
  double          drag_start[2];
};

G_DEFINE_FINAL_TYPE (DubFigureView, dub_figure_view, GTK_TYPE_WIDGET)

enum { PICKED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
invalidate (DubFigureView *self)
{
  g_clear_object (&self->texture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Without its cursor, which moves. */
static void
paint (DubCanvas *canvas,
       int        width,
       int        height,
       gpointer   data)
{
  DubFigureView *self = data;

  dub_figure_draw (self->figure, canvas, width, height, &self->layout);
}

static void
dub_figure_view_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  DubFigureView *self = DUB_FIGURE_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width, (float) height);
  DubTheme theme;

  if (self->figure == NULL || width < 40 || height < 40)
    return;

  dub_widget_theme (widget, &theme);
  if (self->texture == NULL)
    self->texture = dub_canvas_texture (widget, &theme, width, height, paint, self);
  gtk_snapshot_append_texture (snapshot, self->texture, &bounds);

  if (isfinite (self->figure->cursor)) {
    /* A strip around the line and not the whole plot: it is rasterised anew with every move. */
    double x = dub_figure_layout_to_px_x (&self->layout, self->figure->cursor);
    cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT ((float) floor (x) - 10.0f, 0.0f, 20.0f, (float) height));
    g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, gtk_widget_get_scale_factor (widget));

    dub_figure_draw_cursor (self->figure, canvas, &self->layout);
    cairo_destroy (cr);
  }
}

static void
dub_figure_view_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 110;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 420 : 210;
}

static void
dub_figure_view_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  g_clear_object (&DUB_FIGURE_VIEW (widget)->texture);
}

static void
dub_figure_view_css_changed (GtkWidget         *widget,
                             GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (dub_figure_view_parent_class)->css_changed (widget, change);
  invalidate (DUB_FIGURE_VIEW (widget));
}

static void
pick (DubFigureView *self,
      double         px,
      double         py)
{
  double x;

  if (self->figure == NULL || self->texture == NULL)
    return;

  /* A drag that leaves the box still moves the cursor to the nearest end. */
  px = CLAMP (px, self->layout.x, self->layout.x + self->layout.width);
  py = CLAMP (py, self->layout.y, self->layout.y + self->layout.height);
  if (dub_figure_pick_x (self->figure, &self->layout, px, py, &x) && x != self->figure->cursor)
    g_signal_emit (self, signals[PICKED], 0, x);
}

static void
drag_begin_cb (GtkGestureDrag *gesture,
               double          x,
               double          y,
               DubFigureView  *self)
{
  double ignored;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->figure == NULL || self->texture == NULL ||
      !dub_figure_pick_x (self->figure, &self->layout, x, y, &ignored)) {
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  pick (self, x, y);
}

static void
drag_update_cb (GtkGestureDrag *gesture,
                double          dx,
                double          dy,
                DubFigureView  *self)
{
  double x;
  double y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  pick (self, x + dx, y + dy);
}

/* Moves to the neighbouring point of the first series. */
static gboolean
nudge (GtkWidget *widget,
       GVariant  *args,
       gpointer   user_data)
{
  DubFigureView *self = DUB_FIGURE_VIEW (widget);
  int step = g_variant_get_int32 (args);

  if (self->figure == NULL || self->figure->series->len == 0 || !isfinite (self->figure->cursor))
    return FALSE;

  const DubSeries *series = g_ptr_array_index (self->figure->series, 0);
  gssize at = 0;

  if (series->n == 0)
    return FALSE;
  while ((size_t) at + 1 < series->n && series->x[at] < self->figure->cursor)
    at++;
  at = CLAMP (at + step, 0, (gssize) series->n - 1);
  g_signal_emit (self, signals[PICKED], 0, series->x[at]);

  return TRUE;
}

static void
dub_figure_view_dispose (GObject *object)
{
  DubFigureView *self = DUB_FIGURE_VIEW (object);

  g_clear_pointer (&self->figure, dub_figure_free);
  g_clear_object (&self->texture);

  G_OBJECT_CLASS (dub_figure_view_parent_class)->dispose (object);
}

static void
dub_figure_view_class_init (DubFigureViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dub_figure_view_dispose;
  widget_class->snapshot = dub_figure_view_snapshot;
  widget_class->measure = dub_figure_view_measure;
  widget_class->size_allocate = dub_figure_view_size_allocate;
  widget_class->css_changed = dub_figure_view_css_changed;

  signals[PICKED] = g_signal_new ("picked", DUB_TYPE_FIGURE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_DOUBLE);

  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, 0, nudge, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, 0, nudge, "i", 1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, GDK_SHIFT_MASK, nudge, "i", -10);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, GDK_SHIFT_MASK, nudge, "i", 10);
  gtk_widget_class_set_css_name (widget_class, "figure");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dub_figure_view_init (DubFigureView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (invalidate), NULL);
}

GtkWidget *
dub_figure_view_new (void)
{
  return g_object_new (DUB_TYPE_FIGURE_VIEW, NULL);
}

void
dub_figure_view_set_figure (DubFigureView *self,
                            DubFigure     *figure)
{
  g_return_if_fail (DUB_IS_FIGURE_VIEW (self));

  g_clear_pointer (&self->figure, dub_figure_free);
  self->figure = figure;
  invalidate (self);
}

DubFigure *
dub_figure_view_get_figure (DubFigureView *self)
{
  g_return_val_if_fail (DUB_IS_FIGURE_VIEW (self), NULL);

  return self->figure;
}

void
dub_figure_view_set_cursor (DubFigureView *self,
                            double         x)
{
  g_return_if_fail (DUB_IS_FIGURE_VIEW (self));

  if (self->figure == NULL)
    return;
  self->figure->cursor = x;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
dub_figure_view_describe (DubFigureView *self,
                          const char    *label,
                          const char    *description)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}
