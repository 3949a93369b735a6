#include "ui/widgets/slice-pane.h"

#include "ui/widgets/slice-pane-box.h"
#include "ui/widgets/theme.h"

#include <glib/gi18n.h>
#include <math.h>

/* Pixels around the point that the crosshair leaves free. */
#define CROSSHAIR_GAP 12
/* A letter in the middle of an edge: half of its side, and how far it reaches in from the edge. */
#define LETTER_HALF 10
#define LETTER_REACH 24

/* Pixels of a right drag that change the window by its whole width. */
#define WINDOW_DRAG 300.0

/* Distance of letters and captions from the border. */
#define MARGIN 9

/* Half of the letter in the middle of an edge, and a gap. */
#define LETTER_ROOM 11

struct _DubSlicePane {
  GtkWidget     parent_instance;
  DubViewer    *viewer;
  DubPlane      plane;
  DubComposer  *composer;
  GdkTexture   *texture;      /* NULL = to be composed */
  gboolean      shows_convention;
  int           inset;
  double        compose_time;
  double        pointer[2];   /* in device px */
  double        scroll;       /* wheel steps not yet whole */
  double        drag_window[2];
  double        drag_last[2];
  double        pinch;
};

G_DEFINE_FINAL_TYPE (DubSlicePane, dub_slice_pane, GTK_TYPE_WIDGET)

enum { MAXIMIZE, ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

static int
pane_width (DubSlicePane *self)
{
  return gtk_widget_get_width (GTK_WIDGET (self)) * gtk_widget_get_scale_factor (GTK_WIDGET (self));
}

static int
pane_height (DubSlicePane *self)
{
  return gtk_widget_get_height (GTK_WIDGET (self)) * gtk_widget_get_scale_factor (GTK_WIDGET (self));
}

static void
describe (DubSlicePane *self)
{
  const DubSliceView *view = dub_viewer_get_view (self->viewer, self->plane);
  const DubRegion *region = dub_viewer_get_region (self->viewer);
  g_autofree char *text = NULL;

  if (view->base == NULL)
    return;
  text = g_strdup_printf (_("Slice at %c %+.1f millimetres, %s"), dub_plane_coordinate (self->plane),
                          dub_slice_view_position (view), region != NULL ? region->name : _("no region"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
viewer_changed_cb (DubViewer    *viewer,
                   guint         what,
                   DubSlicePane *self)
{
  if (what & (DUB_VIEWER_CURSOR | DUB_VIEWER_PICTURE | DUB_VIEWER_GEOMETRY))
    g_clear_object (&self->texture);
  if (what & DUB_VIEWER_CURSOR)
    describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
compose (DubSlicePane *self,
         int           width,
         int           height)
{
  size_t stride = 4 * (size_t) width;
  guint8 *pixels = g_malloc (stride * (size_t) height);
  gint64 start = g_get_monotonic_time ();

  dub_composer_compose (self->composer, dub_viewer_get_view (self->viewer, self->plane),
                        dub_viewer_get_style (self->viewer), width, height, stride, pixels);
  self->compose_time = (double) (g_get_monotonic_time () - start) * 1e-6;

  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, stride * (size_t) height);

  g_clear_object (&self->texture);
  self->texture = gdk_memory_texture_new (width, height, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bytes, stride);
}

static void
append_text (DubSlicePane *self,
             GtkSnapshot  *snapshot,
             const char   *text,
             const char   *attributes,
             double        x,
             double        y,
             double        align_x,
             double        align_y,
             const GdkRGBA *color)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  g_autofree char *markup = g_strdup_printf ("<span %s>%s</span>", attributes, escaped);
  static const GdkRGBA shadow = { 0.0f, 0.0f, 0.0f, 0.75f };
  int width;
  int height;

  pango_layout_set_markup (layout, markup, -1);
  pango_layout_get_pixel_size (layout, &width, &height);

  /* A shadow keeps the letter readable where the image is bright. */
  graphene_point_t at = GRAPHENE_POINT_INIT ((float) floor (x - align_x * width), (float) floor (y - align_y * height));
  graphene_point_t below = GRAPHENE_POINT_INIT (1.0f, 1.0f);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &at);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &below);
  gtk_snapshot_append_layout (snapshot, layout, &shadow);
  gtk_snapshot_restore (snapshot);
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static const char *
plane_name (DubPlane plane)
{
  switch (plane) {
  case DUB_PLANE_AXIAL:
    return _("Axial");
  case DUB_PLANE_CORONAL:
    return _("Coronal");
  case DUB_PLANE_SAGITTAL:
  default:
    return _("Sagittal");
  }
}

/* Where the slice is, left of the letter in the middle of the edge: smaller letters before fewer words, and the name of
 * the plane, which the letters tell as well, before the unit. */
static void
snapshot_caption (DubSlicePane  *self,
                  GtkSnapshot   *snapshot,
                  double         position,
                  int            width,
                  const GdkRGBA *color)
{
  const char *name = plane_name (self->plane);
  char axis = dub_plane_coordinate (self->plane);
  /* U+2212 is the minus of numbers. */
  const char *sign = position < 0.0 ? "−" : "+";
  /* Two digits at least are reserved, so that the caption keeps its form while one scrolls through the middle. */
  g_autofree char *widest = g_strdup_printf ("%.1f", MAX (fabs (position), 10.0));
  g_autofree char *number = g_strdup_printf ("%.1f", fabs (position));
  const struct {
    gboolean    named;
    const char *unit;
    const char *attributes;
  } forms[] = {
    { TRUE, " mm", "size='8500' font_features='tnum=1'" },
    { TRUE, " mm", "size='8000' font_features='tnum=1'" },
    { FALSE, " mm", "size='8500' font_features='tnum=1'" },
    { FALSE, "", "size='8500' font_features='tnum=1'" },
  };
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  gsize chosen = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++) {
    g_autofree char *markup = g_strdup_printf ("<span %s>%s%s%c %s%s%s</span>", forms[i].attributes,
                                               forms[i].named ? name : "", forms[i].named ? " · " : "", axis, sign,
                                               widest, forms[i].unit);
    int needed;

    chosen = i;
    pango_layout_set_markup (layout, markup, -1);
    pango_layout_get_pixel_size (layout, &needed, NULL);
    if (MARGIN + 1 + needed <= width / 2 - LETTER_ROOM)
      break;
  }

  g_autofree char *caption = g_strdup_printf ("%s%s%c %s%s%s", forms[chosen].named ? name : "",
                                              forms[chosen].named ? " · " : "", axis, sign, number, forms[chosen].unit);

  append_text (self, snapshot, caption, forms[chosen].attributes, MARGIN + 1, MARGIN, 0.0, 0.0, color);
}

static void
snapshot_marks (DubSlicePane   *self,
                GtkSnapshot    *snapshot,
                const DubTheme *theme,
                int             width,
                int             height)
{
  const DubSliceView *view = dub_viewer_get_view (self->viewer, self->plane);
  GdkRGBA bright = dub_rgba_to_gdk (theme->pane_text);
  GdkRGBA dim = dub_rgba_to_gdk (theme->pane_dim);
  double position = dub_slice_view_position (view);
  char letters[5];
  char edge[2] = { 0 };
  dub_slice_view_letters (view, letters);
  edge[0] = letters[0];
  append_text (self, snapshot, edge, "weight='bold' size='10000'", MARGIN, height / 2.0, 0.0, 0.5, &bright);
  edge[0] = letters[1];
  append_text (self, snapshot, edge, "weight='bold' size='10000'", width - MARGIN, height / 2.0, 1.0, 0.5, &bright);
  edge[0] = letters[2];
  append_text (self, snapshot, edge, "weight='bold' size='10000'", width / 2.0, MARGIN - 2, 0.5, 0.0, &bright);
  edge[0] = letters[3];
  append_text (self, snapshot, edge, "weight='bold' size='10000'", width / 2.0, height - MARGIN + 2, 0.5, 1.0, &bright);
  snapshot_caption (self, snapshot, position, width, &dim);
  if (self->shows_convention)
    append_text (self, snapshot, view->radiological ? _("radiological") : _("neurological"), "size='8000'",
                 width - MARGIN, MARGIN + self->inset, 1.0, 0.0, &dim);
}

static void
append_line (GtkSnapshot   *snapshot,
             double         x,
             double         y,
             double         width,
             double         height,
             const GdkRGBA *color)
{
  if (width > 0.0 && height > 0.0)
    gtk_snapshot_append_color (snapshot, color,
                               &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height));
}

static void
snapshot_crosshair (DubSlicePane   *self,
                    GtkSnapshot    *snapshot,
                    const DubTheme *theme,
                    int             width,
                    int             height)
{
  const DubSliceView *view = dub_viewer_get_view (self->viewer, self->plane);
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  GdkRGBA color = dub_rgba_to_gdk (theme->crosshair);
  DubSliceGeometry geometry;
  double at[2];

  if (!dub_slice_view_geometry (view, width * scale, height * scale, &geometry))
    return;
  dub_slice_world_to_pane (view, &geometry, view->cursor, at);

  /* Whole device pixels, so that a line is one pixel wide and not a grey of two. */
  double x = floor (at[0]) / scale;
  double y = floor (at[1]) / scale;
  double one = 1.0;

  /* A line that would strike a letter in the middle of an edge ends before it. */
  double down = fabs (x - width / 2.0) < LETTER_HALF ? LETTER_REACH : 0.0;
  double across = fabs (y - height / 2.0) < LETTER_HALF ? LETTER_REACH : 0.0;

  append_line (snapshot, x, down, one, y - CROSSHAIR_GAP - down, &color);
  append_line (snapshot, x, y + CROSSHAIR_GAP, one, height - down - y - CROSSHAIR_GAP, &color);
  append_line (snapshot, across, y, x - CROSSHAIR_GAP - across, one, &color);
  append_line (snapshot, x + CROSSHAIR_GAP, y, width - across - x - CROSSHAIR_GAP, one, &color);
}

static void
dub_slice_pane_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  DubSlicePane *self = DUB_SLICE_PANE (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width, (float) height);
  DubTheme theme;

  if (width <= 0 || height <= 0)
    return;

  dub_theme_init (&theme, DUB_THEME_DARK);
  if (dub_viewer_get_base (self->viewer) == NULL) {
    GdkRGBA black = dub_rgba_to_gdk (theme.pane);

    gtk_snapshot_append_color (snapshot, &black, &bounds);
    return;
  }

  if (self->texture == NULL)
    compose (self, pane_width (self), pane_height (self));
  gtk_snapshot_append_texture (snapshot, self->texture, &bounds);

  gtk_snapshot_push_clip (snapshot, &bounds);
  if (dub_viewer_get_crosshair_visible (self->viewer))
    snapshot_crosshair (self, snapshot, &theme, width, height);
  _dub_slice_pane_snapshot_box (self->viewer, self->plane, snapshot, width, height, gtk_widget_get_scale_factor (widget));
  snapshot_marks (self, snapshot, &theme, width, height);
  gtk_snapshot_pop (snapshot);

  if (gtk_widget_has_visible_focus (widget)) {
    GdkRGBA accent = dub_rgba_to_gdk (theme.accent);

    append_line (snapshot, 0.0, 0.0, width, 2.0, &accent);
    append_line (snapshot, 0.0, height - 2.0, width, 2.0, &accent);
    append_line (snapshot, 0.0, 0.0, 2.0, height, &accent);
    append_line (snapshot, width - 2.0, 0.0, 2.0, height, &accent);
  }
}

static void
dub_slice_pane_size_allocate (GtkWidget *widget,
                              int        width,
                              int        height,
                              int        baseline)
{
  g_clear_object (&DUB_SLICE_PANE (widget)->texture);
}

static void
to_device (DubSlicePane *self,
           double        x,
           double        y,
           double        pane[2])
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  pane[0] = x * scale;
  pane[1] = y * scale;
}

static void
cursor_to (DubSlicePane *self,
           double        x,
           double        y)
{
  const DubSliceView *view = dub_viewer_get_view (self->viewer, self->plane);
  DubSliceGeometry geometry;
  double pane[2];
  double world[3];

  if (!dub_slice_view_geometry (view, pane_width (self), pane_height (self), &geometry))
    return;
  to_device (self, x, y, pane);
  dub_slice_pane_to_world (view, &geometry, pane, world);
  dub_viewer_set_cursor (self->viewer, world);
}

static void
activated (DubSlicePane *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  g_signal_emit (self, signals[ACTIVATED], 0);
}

static void
cursor_begin_cb (GtkGestureDrag *gesture,
                 double          x,
                 double          y,
                 DubSlicePane   *self)
{
  activated (self);
  cursor_to (self, x, y);
}

static void
cursor_update_cb (GtkGestureDrag *gesture,
                  double          dx,
                  double          dy,
                  DubSlicePane   *self)
{
  double x;
  double y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  cursor_to (self, x + dx, y + dy);
}

static void
cursor_end_cb (GtkGestureDrag *gesture,
               double          dx,
               double          dy,
               DubSlicePane   *self)
{
  dub_viewer_commit (self->viewer, _("Move crosshair"), "cursor");
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            DubSlicePane    *self)
{
  if (n_press == 2)
    g_signal_emit (self, signals[MAXIMIZE], 0);
}

static void
pan_begin_cb (GtkGestureDrag *gesture,
              double          x,
              double          y,
              DubSlicePane   *self)
{
  activated (self);
  self->drag_last[0] = 0.0;
  self->drag_last[1] = 0.0;
}

static void
pan_update_cb (GtkGestureDrag *gesture,
               double          dx,
               double          dy,
               DubSlicePane   *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  dub_viewer_pan_by (self->viewer, self->plane, pane_width (self), pane_height (self),
                     (dx - self->drag_last[0]) * scale, (dy - self->drag_last[1]) * scale);
  self->drag_last[0] = dx;
  self->drag_last[1] = dy;
}

static void
window_begin_cb (GtkGestureDrag *gesture,
                 double          x,
                 double          y,
                 DubSlicePane   *self)
{
  activated (self);
  dub_viewer_get_window (self->viewer, &self->drag_window[0], &self->drag_window[1]);
}

/* Up is brighter: the level falls. Right is wider. Both relative, so that any unit of intensity feels the same. */
static void
window_update_cb (GtkGestureDrag *gesture,
                  double          dx,
                  double          dy,
                  DubSlicePane   *self)
{
  double width = self->drag_window[1] - self->drag_window[0];
  double level = 0.5 * (self->drag_window[0] + self->drag_window[1]) + dy / WINDOW_DRAG * width;
  double wider = width * exp (2.0 * dx / WINDOW_DRAG);

  dub_viewer_set_window (self->viewer, level - 0.5 * wider, level + 0.5 * wider);
}

static void
window_end_cb (GtkGestureDrag *gesture,
               double          dx,
               double          dy,
               DubSlicePane   *self)
{
  dub_viewer_commit (self->viewer, _("Change window"), "window");
}

static void
motion_cb (GtkEventControllerMotion *controller,
           double                    x,
           double                    y,
           DubSlicePane             *self)
{
  to_device (self, x, y, self->pointer);
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller,
           double                    dx,
           double                    dy,
           DubSlicePane             *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  g_signal_emit (self, signals[ACTIVATED], 0);
  if (state & GDK_CONTROL_MASK) {
    dub_viewer_zoom_at (self->viewer, self->plane, pane_width (self), pane_height (self), self->pointer,
                        pow (1.15, -dy));
    return TRUE;
  }

  /* A touchpad sends fractions of a step; slices are whole. */
  self->scroll -= dy;

  int steps = (int) trunc (self->scroll);

  if (steps != 0) {
    self->scroll -= steps;
    dub_viewer_move (self->viewer, self->plane, 0, 0, steps);
  }

  return TRUE;
}

static void
pinch_begin_cb (GtkGesture       *gesture,
                GdkEventSequence *sequence,
                DubSlicePane     *self)
{
  self->pinch = 1.0;
}

static void
pinch_cb (GtkGestureZoom *gesture,
          double          scale,
          DubSlicePane   *self)
{
  double x;
  double y;
  double pane[2];

  if (!gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y) || scale <= 0.0)
    return;
  to_device (self, x, y, pane);
  dub_viewer_zoom_at (self->viewer, self->plane, pane_width (self), pane_height (self), pane, scale / self->pinch);
  self->pinch = scale;
}

static void
scale_factor_cb (DubSlicePane *self)
{
  g_clear_object (&self->texture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
dub_slice_pane_unmap (GtkWidget *widget)
{
  /* A render node would keep the texture alive while nobody sees it. */
  g_clear_object (&DUB_SLICE_PANE (widget)->texture);

  GTK_WIDGET_CLASS (dub_slice_pane_parent_class)->unmap (widget);
}

static void
dub_slice_pane_dispose (GObject *object)
{
  DubSlicePane *self = DUB_SLICE_PANE (object);

  if (self->viewer != NULL)
    g_signal_handlers_disconnect_by_data (self->viewer, self);
  g_clear_object (&self->viewer);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->composer, dub_composer_free);

  G_OBJECT_CLASS (dub_slice_pane_parent_class)->dispose (object);
}

static void
dub_slice_pane_class_init (DubSlicePaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dub_slice_pane_dispose;
  widget_class->snapshot = dub_slice_pane_snapshot;
  widget_class->size_allocate = dub_slice_pane_size_allocate;
  widget_class->unmap = dub_slice_pane_unmap;

  signals[MAXIMIZE] = g_signal_new ("maximize", DUB_TYPE_SLICE_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", DUB_TYPE_SLICE_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "slicepane");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static GtkGesture *
add_drag (DubSlicePane *self,
          guint         button,
          GCallback     begin,
          GCallback     update,
          GCallback     end)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), button);
  g_signal_connect (drag, "drag-begin", begin, self);
  g_signal_connect (drag, "drag-update", update, self);
  if (end != NULL)
    g_signal_connect (drag, "drag-end", end, self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));

  return drag;
}

static void
dub_slice_pane_init (DubSlicePane *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *zoom = gtk_gesture_zoom_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  self->composer = dub_composer_new ();
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_cursor_from_name (widget, "crosshair");

  GtkGesture *drag = add_drag (self, GDK_BUTTON_PRIMARY, G_CALLBACK (cursor_begin_cb), G_CALLBACK (cursor_update_cb),
                               G_CALLBACK (cursor_end_cb));

  add_drag (self, GDK_BUTTON_MIDDLE, G_CALLBACK (pan_begin_cb), G_CALLBACK (pan_update_cb), NULL);
  add_drag (self, GDK_BUTTON_SECONDARY, G_CALLBACK (window_begin_cb), G_CALLBACK (window_update_cb),
            G_CALLBACK (window_end_cb));

  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_group (click, drag);
  g_signal_connect (zoom, "begin", G_CALLBACK (pinch_begin_cb), self);
  g_signal_connect (zoom, "scale-changed", G_CALLBACK (pinch_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (zoom));
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (widget, scroll);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (scale_factor_cb), NULL);
}

GtkWidget *
dub_slice_pane_new (DubViewer *viewer,
                    DubPlane   plane)
{
  DubSlicePane *self = g_object_new (DUB_TYPE_SLICE_PANE, NULL);
  g_autofree char *label = g_strdup_printf (_("%s slice"), plane_name (plane));

  self->viewer = g_object_ref (viewer);
  self->plane = plane;
  g_signal_connect (viewer, "changed", G_CALLBACK (viewer_changed_cb), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);

  return GTK_WIDGET (self);
}

DubPlane
dub_slice_pane_get_plane (DubSlicePane *self)
{
  return self->plane;
}

void
dub_slice_pane_get_size (DubSlicePane *self,
                         int          *width,
                         int          *height)
{
  *width = pane_width (self);
  *height = pane_height (self);
}

void
dub_slice_pane_set_shows_convention (DubSlicePane *self,
                                     gboolean      shows)
{
  self->shows_convention = shows;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
dub_slice_pane_set_inset (DubSlicePane *self,
                          int           inset)
{
  self->inset = inset;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

double
dub_slice_pane_get_compose_time (DubSlicePane *self)
{
  return self->compose_time;
}
