/* Pointer, wheel and keys of the scatter view. */
#include "ui/widgets/scatter-view-private.h"

#include <math.h>

enum {
  CLICK = 4,   /* pixels that a click may wander */
  REACH = 10,  /* pixels around the pointer where a point is found */
  STEP = 2,    /* pixels between corners of a lasso */
};

#define WHEEL 1.2 /* one notch */
#define CLOSEST 2000.0 /* times nearer, and a tenth as near, than all */

static gboolean
is_ready (DubScatterView *self)
{
  return self->points != NULL && self->has_plane && self->width > 0 && self->height > 0;
}

static double
pixel_of (const DubScatterView *self)
{
  return (self->plane.right - self->plane.left) / self->width;
}

int
_dub_scatter_view_pick (DubScatterView *self,
                        double          x,
                        double          y)
{
  double data[2];

  if (!is_ready (self))
    return -1;
  _dub_scatter_view_to_data (self, x, y, data);

  return dub_latent_index_pick (_dub_scatter_view_get_index (self), self->points, data[0], data[1], REACH * pixel_of (self));
}

/* --- pan, box, lasso --- */

static GArray *
current_lasso (DubScatterView *self)
{
  return self->lassos->pdata[self->lassos->len - 1];
}

static void
append_corner (DubScatterView *self,
               double          x,
               double          y)
{
  double data[2];

  _dub_scatter_view_to_data (self, x, y, data);
  g_array_append_vals (current_lasso (self), data, 2);
}

void
_dub_scatter_view_begin (DubScatterView *self,
                         gboolean        pan,
                         double          x,
                         double          y)
{
  static const DubScatterHand HANDS[] = { DUB_SCATTER_PANNING, DUB_SCATTER_BOXING, DUB_SCATTER_LASSOING };

  _dub_scatter_view_cancel (self);
  if (!is_ready (self))
    return;
  self->hand = HANDS[pan ? DUB_SCATTER_PAN : self->tool];
  self->dragged = FALSE;
  self->start[0] = self->at[0] = x;
  self->start[1] = self->at[1] = y;
  self->grabbed = self->plane;
}

/* Of what a click has not been so far. */
static void
begin_dragging (DubScatterView *self)
{
  self->dragged = TRUE;
  _dub_scatter_view_emit_hovered (self, -1);
  if (self->hand == DUB_SCATTER_PANNING)
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grabbing");
  if (self->hand != DUB_SCATTER_LASSOING)
    return;
  g_ptr_array_add (self->lassos, g_array_new (FALSE, FALSE, sizeof (double)));
  append_corner (self, self->start[0], self->start[1]);
}

void
_dub_scatter_view_update (DubScatterView *self,
                          double          x,
                          double          y)
{
  double dx = x - self->start[0], dy = y - self->start[1];

  if (self->hand == DUB_SCATTER_IDLE || !is_ready (self))
    return;
  if (!self->dragged) {
    if (hypot (dx, dy) < CLICK)
      return;
    begin_dragging (self);
  }
  if (self->hand == DUB_SCATTER_PANNING) {
    DubLatentPlane plane = self->grabbed;
    double pixel = pixel_of (self);

    plane.left -= dx * pixel;
    plane.right -= dx * pixel;
    plane.bottom += dy * pixel;
    plane.top += dy * pixel;
    _dub_scatter_view_show_plane (self, &plane);
  } else if (self->hand == DUB_SCATTER_LASSOING && hypot (x - self->at[0], y - self->at[1]) < STEP) {
    return;
  } else if (self->hand == DUB_SCATTER_LASSOING) {
    append_corner (self, x, y);
  }
  self->at[0] = x;
  self->at[1] = y;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
zoom_to_box (DubScatterView *self)
{
  double a[2], b[2], aspect = (double) self->height / self->width;

  _dub_scatter_view_to_data (self, MIN (self->start[0], self->at[0]), MIN (self->start[1], self->at[1]), a);
  _dub_scatter_view_to_data (self, MAX (self->start[0], self->at[0]), MAX (self->start[1], self->at[1]), b);

  double width = MAX (b[0] - a[0], (a[1] - b[1]) / aspect), x = 0.5 * (a[0] + b[0]), y = 0.5 * (a[1] + b[1]);

  _dub_scatter_view_zoom (self, (self->plane.right - self->plane.left) / width, 0.5 * self->width, 0.5 * self->height);
  width = self->plane.right - self->plane.left;
  _dub_scatter_view_show_plane (self, &(DubLatentPlane) { x - 0.5 * width, x + 0.5 * width, y - 0.5 * width * aspect,
                                                          y + 0.5 * width * aspect });
}

static void
select_lasso (DubScatterView *self,
              gboolean        add)
{
  GArray *corners = current_lasso (self);
  size_t n;
  g_autofree guint *indices = dub_latent_index_inside (_dub_scatter_view_get_index (self), self->points,
                                                       (const double *) (gconstpointer) corners->data, corners->len / 2, &n);

  /* Lassos that were drawn before belong to the set only where this one is added to it. */
  if (!add)
    g_ptr_array_remove_range (self->lassos, 0, self->lassos->len - 1);
  _dub_scatter_view_emit_lassoed (self, indices, n, add);
}

void
dub_scatter_view_lasso (DubScatterView *self,
                        const double   *corners,
                        size_t          n)
{
  g_return_if_fail (DUB_IS_SCATTER_VIEW (self));
  g_return_if_fail (n >= 3);

  if (self->points == NULL)
    return;
  _dub_scatter_view_cancel (self);

  GArray *line = g_array_new (FALSE, FALSE, sizeof (double));

  g_array_append_vals (line, corners, 2 * (guint) n);
  g_ptr_array_add (self->lassos, line);
  select_lasso (self, FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

GPtrArray *
dub_scatter_view_get_lassos (DubScatterView *self)
{
  g_return_val_if_fail (DUB_IS_SCATTER_VIEW (self), NULL);

  GPtrArray *lassos = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  for (guint i = 0; i < self->lassos->len; i++)
    g_ptr_array_add (lassos, g_array_ref (self->lassos->pdata[i]));

  return lassos;
}

void
dub_scatter_view_set_lassos (DubScatterView *self,
                             GPtrArray      *lassos,
                             const char     *pill)
{
  g_return_if_fail (DUB_IS_SCATTER_VIEW (self));

  if (self->hand == DUB_SCATTER_LASSOING || (lassos == NULL && self->lassos->len == 0))
    return;

  GPtrArray *before = self->lassos;

  self->lassos = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  for (guint i = 0; lassos != NULL && i < lassos->len; i++)
    g_ptr_array_add (self->lassos, g_array_ref (lassos->pdata[i]));
  g_ptr_array_unref (before);
  dub_scatter_view_set_pill (self, lassos != NULL ? pill : NULL);
}

void
_dub_scatter_view_end (DubScatterView *self,
                       gboolean        add)
{
  DubScatterHand hand = self->hand;

  if (hand == DUB_SCATTER_IDLE)
    return;
  self->hand = DUB_SCATTER_IDLE;
  if (!self->dragged) {
    _dub_scatter_view_emit_picked (self, _dub_scatter_view_pick (self, self->start[0], self->start[1]));
    return;
  }
  self->dragged = FALSE;
  if (hand == DUB_SCATTER_BOXING)
    zoom_to_box (self);
  else if (hand == DUB_SCATTER_LASSOING)
    select_lasso (self, add);
  dub_scatter_view_set_tool (self, self->tool);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
_dub_scatter_view_cancel (DubScatterView *self)
{
  DubScatterHand hand = self->hand;

  self->hand = DUB_SCATTER_IDLE;
  if (hand == DUB_SCATTER_LASSOING && self->dragged)
    g_ptr_array_remove_index (self->lassos, self->lassos->len - 1);
  if (hand == DUB_SCATTER_IDLE)
    return;
  self->dragged = FALSE;
  dub_scatter_view_set_tool (self, self->tool);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- zoom --- */

void
_dub_scatter_view_zoom (DubScatterView *self,
                        double          factor,
                        double          x,
                        double          y)
{
  DubLatentPlane whole;
  double data[2];

  if (!is_ready (self) || !(factor > 0.0))
    return;
  dub_latent_plane_fit (&whole, self->points, self->width, self->height);

  double width = self->plane.right - self->plane.left, all = whole.right - whole.left;
  double to = CLAMP (width / factor, MIN (width, all / CLOSEST), MAX (width, 10.0 * all)) / self->width;

  _dub_scatter_view_to_data (self, x, y, data);
  _dub_scatter_view_show_plane (self, &(DubLatentPlane) { data[0] - x * to, data[0] + (self->width - x) * to,
                                                          data[1] - (self->height - y) * to, data[1] + y * to });
  if (self->has_pointer && self->hand == DUB_SCATTER_IDLE)
    _dub_scatter_view_emit_hovered (self, -1);
}

/* --- hover --- */

void
_dub_scatter_view_hover (DubScatterView *self,
                         double          x,
                         double          y)
{
  self->pointer[0] = x;
  self->pointer[1] = y;
  self->has_pointer = TRUE;
  if (self->hand == DUB_SCATTER_IDLE || !self->dragged)
    _dub_scatter_view_emit_hovered (self, _dub_scatter_view_pick (self, x, y));
}

void
_dub_scatter_view_leave (DubScatterView *self)
{
  self->has_pointer = FALSE;
  _dub_scatter_view_emit_hovered (self, -1);
}

/* --- keys --- */

/* Moves the plane as little as brings point @i into it. */
static void
bring_into_view (DubScatterView *self,
                 int             i)
{
  const float *at = self->points->xy + 2 * (size_t) i;
  double x, y, edge = MIN (32.0, 0.25 * MIN (self->width, self->height)), pixel = pixel_of (self);

  _dub_scatter_view_to_widget (self, (const double[2]) { (double) at[0], (double) at[1] }, &x, &y);

  double dx = x - CLAMP (x, edge, self->width - edge), dy = y - CLAMP (y, edge, self->height - edge);
  DubLatentPlane plane = self->plane;

  if (dx == 0.0 && dy == 0.0)
    return;
  plane.left += dx * pixel;
  plane.right += dx * pixel;
  plane.bottom -= dy * pixel;
  plane.top -= dy * pixel;
  _dub_scatter_view_show_plane (self, &plane);
}

gboolean
_dub_scatter_view_step (DubScatterView *self,
                        int             dx,
                        int             dy)
{
  int from, to;
  double x, y;

  if (!is_ready (self))
    return FALSE;
  from = self->points->current;
  if (from >= 0 && (size_t) from < self->points->n && dub_latent_is_visible (self->points, (size_t) from)) {
    x = (double) self->points->xy[2 * (size_t) from];
    y = (double) self->points->xy[2 * (size_t) from + 1];
  } else {
    /* From nowhere: from the side that the arrow comes from. */
    from = -1;
    x = 0.5 * (self->plane.left + self->plane.right) - 0.5 * dx * (self->plane.right - self->plane.left);
    y = 0.5 * (self->plane.bottom + self->plane.top) - 0.5 * dy * (self->plane.top - self->plane.bottom);
  }
  to = dub_latent_index_towards (_dub_scatter_view_get_index (self), self->points, from, x, y, dx, dy);
  if (to < 0)
    return TRUE;
  bring_into_view (self, to);
  _dub_scatter_view_emit_picked (self, to);

  return TRUE;
}

static gboolean
step_cb (GtkWidget *widget,
         GVariant  *args,
         gpointer   user_data)
{
  int dx, dy;

  g_variant_get (args, "(ii)", &dx, &dy);

  return _dub_scatter_view_step (DUB_SCATTER_VIEW (widget), dx, dy);
}

/* An eighth of the view. */
static gboolean
pan_cb (GtkWidget *widget,
        GVariant  *args,
        gpointer   user_data)
{
  DubScatterView *self = DUB_SCATTER_VIEW (widget);
  int dx, dy;

  if (!is_ready (self))
    return FALSE;
  g_variant_get (args, "(ii)", &dx, &dy);

  double across = dx * round (self->width / 8.0) * pixel_of (self), up = dy * round (self->height / 8.0) * pixel_of (self);

  _dub_scatter_view_show_plane (self, &(DubLatentPlane) { self->plane.left + across, self->plane.right + across,
                                                          self->plane.bottom + up, self->plane.top + up });

  return TRUE;
}

static gboolean
zoom_cb (GtkWidget *widget,
         GVariant  *args,
         gpointer   user_data)
{
  DubScatterView *self = DUB_SCATTER_VIEW (widget);

  _dub_scatter_view_zoom (self, g_variant_get_int32 (args) > 0 ? WHEEL * WHEEL : 1.0 / (WHEEL * WHEEL), 0.5 * self->width,
                          0.5 * self->height);

  return TRUE;
}

static gboolean
show_all_cb (GtkWidget *widget,
             GVariant  *args,
             gpointer   user_data)
{
  dub_scatter_view_show_all (DUB_SCATTER_VIEW (widget));

  return TRUE;
}

static gboolean
activate_cb (GtkWidget *widget,
             GVariant  *args,
             gpointer   user_data)
{
  DubScatterView *self = DUB_SCATTER_VIEW (widget);

  if (self->points == NULL || self->points->current < 0)
    return FALSE;
  _dub_scatter_view_emit_activated (self, self->points->current);

  return TRUE;
}

static void
select_seen_action (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  DubScatterView *self = DUB_SCATTER_VIEW (widget);
  size_t n;

  if (!is_ready (self))
    return;

  const DubLatentPlane *p = &self->plane;
  const double corners[] = { p->left, p->bottom, p->right, p->bottom, p->right, p->top, p->left, p->top };
  g_autofree guint *indices = dub_latent_index_inside (_dub_scatter_view_get_index (self), self->points, corners, 4, &n);

  g_ptr_array_set_size (self->lassos, 0);
  _dub_scatter_view_emit_lassoed (self, indices, n, FALSE);
  gtk_widget_queue_draw (widget);
}

static gboolean
cancel_cb (GtkWidget *widget,
           GVariant  *args,
           gpointer   user_data)
{
  DubScatterView *self = DUB_SCATTER_VIEW (widget);

  if (self->hand == DUB_SCATTER_IDLE)
    return FALSE;
  _dub_scatter_view_cancel (self);

  return TRUE;
}

void
_dub_scatter_view_add_keys (GtkWidgetClass *widget_class)
{
  static const struct { guint key, keypad; int dx, dy; } ARROWS[] = {
    { GDK_KEY_Left, GDK_KEY_KP_Left, -1, 0 }, { GDK_KEY_Right, GDK_KEY_KP_Right, 1, 0 },
    { GDK_KEY_Up, GDK_KEY_KP_Up, 0, 1 }, { GDK_KEY_Down, GDK_KEY_KP_Down, 0, -1 },
  };
  static const guint NEARER[] = { GDK_KEY_plus, GDK_KEY_equal, GDK_KEY_KP_Add };
  static const guint FARTHER[] = { GDK_KEY_minus, GDK_KEY_KP_Subtract };
  static const guint ALL[] = { GDK_KEY_0, GDK_KEY_KP_0, GDK_KEY_Home, GDK_KEY_KP_Home };
  static const guint ENTER[] = { GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_ISO_Enter };

  for (guint i = 0; i < G_N_ELEMENTS (ARROWS); i++) {
    gtk_widget_class_add_binding (widget_class, ARROWS[i].key, 0, step_cb, "(ii)", ARROWS[i].dx, ARROWS[i].dy);
    gtk_widget_class_add_binding (widget_class, ARROWS[i].keypad, 0, step_cb, "(ii)", ARROWS[i].dx, ARROWS[i].dy);
    gtk_widget_class_add_binding (widget_class, ARROWS[i].key, GDK_SHIFT_MASK, pan_cb, "(ii)", ARROWS[i].dx, ARROWS[i].dy);
  }
  for (guint i = 0; i < G_N_ELEMENTS (NEARER); i++) {
    gtk_widget_class_add_binding (widget_class, NEARER[i], 0, zoom_cb, "i", 1);
    gtk_widget_class_add_binding (widget_class, NEARER[i], GDK_SHIFT_MASK, zoom_cb, "i", 1);
  }
  for (guint i = 0; i < G_N_ELEMENTS (FARTHER); i++)
    gtk_widget_class_add_binding (widget_class, FARTHER[i], 0, zoom_cb, "i", -1);
  for (guint i = 0; i < G_N_ELEMENTS (ALL); i++)
    gtk_widget_class_add_binding (widget_class, ALL[i], 0, show_all_cb, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ENTER); i++)
    gtk_widget_class_add_binding (widget_class, ENTER[i], 0, activate_cb, NULL);
  gtk_widget_class_install_action (widget_class, "scatter.select-seen", NULL, select_seen_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_a, GDK_CONTROL_MASK, "scatter.select-seen", NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, cancel_cb, NULL);
}

/* --- controllers --- */

static void
drag_begin_cb (GtkGestureDrag *gesture,
               double          x,
               double          y,
               DubScatterView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  _dub_scatter_view_begin (self, gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)) == GDK_BUTTON_MIDDLE, x, y);
}

static void
drag_update_cb (GtkGestureDrag *gesture,
                double          dx,
                double          dy,
                DubScatterView *self)
{
  double x, y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  _dub_scatter_view_update (self, x + dx, y + dy);
}

static void
drag_end_cb (GtkGestureDrag *gesture,
             double          dx,
             double          dy,
             DubScatterView *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  gboolean middle = gtk_gesture_single_get_button (GTK_GESTURE_SINGLE (gesture)) == GDK_BUTTON_MIDDLE;

  /* The middle button takes nothing: its click is none. */
  if (middle && !self->dragged)
    _dub_scatter_view_cancel (self);
  else
    _dub_scatter_view_end (self, (state & GDK_SHIFT_MASK) != 0);
}

static void
cancelled_cb (GtkGesture       *gesture,
              GdkEventSequence *sequence,
              DubScatterView   *self)
{
  _dub_scatter_view_cancel (self);
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            DubScatterView  *self)
{
  int index = n_press == 2 ? _dub_scatter_view_pick (self, x, y) : -1;

  if (index >= 0)
    _dub_scatter_view_emit_activated (self, index);
}

static void
motion_cb (GtkEventControllerMotion *controller,
           double                    x,
           double                    y,
           DubScatterView           *self)
{
  _dub_scatter_view_hover (self, x, y);
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller,
           double                    dx,
           double                    dy,
           DubScatterView           *self)
{
  double x = self->has_pointer ? self->pointer[0] : 0.5 * self->width, y = self->has_pointer ? self->pointer[1] : 0.5 * self->height;

  _dub_scatter_view_zoom (self, pow (WHEEL, -dy), x, y);

  return TRUE;
}

static void
pinch_begin_cb (GtkGesture       *gesture,
                GdkEventSequence *sequence,
                DubScatterView   *self)
{
  _dub_scatter_view_cancel (self);
  self->grabbed = self->plane;
}

static void
pinched_cb (GtkGestureZoom *gesture,
            double          scale,
            DubScatterView *self)
{
  double x, y;

  if (!is_ready (self) || !gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    return;
  /* @scale counts from where the fingers began. */
  _dub_scatter_view_zoom (self, scale * (self->plane.right - self->plane.left) / (self->grabbed.right - self->grabbed.left), x, y);
}

static void
add_drag (DubScatterView *self,
          guint           button)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), button);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (cancelled_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}

void
_dub_scatter_view_add_hands (DubScatterView *self)
{
  GtkGesture *click = gtk_gesture_click_new (), *pinch = gtk_gesture_zoom_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  add_drag (self, GDK_BUTTON_PRIMARY);
  add_drag (self, GDK_BUTTON_MIDDLE);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (pinch_begin_cb), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (pinched_cb), self);
  g_signal_connect (motion, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (_dub_scatter_view_leave), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (pinch));
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
}
