/* The widget: its points, the plane that is seen and how it follows them. */
#include "ui/widgets/scatter-view-private.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

#include "ui/widgets/theme.h"

G_DEFINE_FINAL_TYPE (DubScatterView, dub_scatter_view, GTK_TYPE_WIDGET)

static guint signals[DUB_SCATTER_N_SIGNALS];

enum { LEAST = 40 };

/* Seconds in which the plane comes e times nearer to where it glides. */
#define GLIDE 0.12

static void
repaint (DubScatterView *self)
{
  _dub_scatter_view_drop_picture (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
_dub_scatter_view_to_data (DubScatterView *self,
                           double          x,
                           double          y,
                           double          data[2])
{
  data[0] = self->plane.left + x / _dub_scatter_view_scale (self);
  data[1] = self->plane.top - y / _dub_scatter_view_scale (self);
}

void
_dub_scatter_view_to_widget (DubScatterView *self,
                             const double    data[2],
                             double         *x,
                             double         *y)
{
  *x = (data[0] - self->plane.left) * _dub_scatter_view_scale (self);
  *y = (self->plane.top - data[1]) * _dub_scatter_view_scale (self);
}

const DubLatentIndex *
_dub_scatter_view_get_index (DubScatterView *self)
{
  if (self->index == NULL && self->points != NULL)
    self->index = dub_latent_index_new (self->points);

  return self->index;
}

/* --- signals --- */

void
_dub_scatter_view_emit_picked (DubScatterView *self,
                               int             index)
{
  g_signal_emit (self, signals[DUB_SCATTER_PICKED], 0, index);
}

void
_dub_scatter_view_emit_activated (DubScatterView *self,
                                  int             index)
{
  g_signal_emit (self, signals[DUB_SCATTER_ACTIVATED], 0, index);
}

void
_dub_scatter_view_emit_hovered (DubScatterView *self,
                                int             index)
{
  double x = 0.0, y = 0.0;

  if (index == self->hovered)
    return;
  self->hovered = index;
  if (index >= 0) {
    const float *at = self->points->xy + 2 * (size_t) index;

    _dub_scatter_view_to_widget (self, (const double[2]) { (double) at[0], (double) at[1] }, &x, &y);
  }
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[DUB_SCATTER_HOVERED], 0, index, x, y);
}

void
_dub_scatter_view_emit_lassoed (DubScatterView *self,
                                guint          *indices,
                                size_t          n,
                                gboolean        add)
{
  g_signal_emit (self, signals[DUB_SCATTER_LASSOED], 0, indices, (guint) n, add);
}

/* --- the plane --- */

static void
stop_gliding (DubScatterView *self)
{
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
}

static void
set_plane (DubScatterView       *self,
           const DubLatentPlane *plane)
{
  self->plane = *plane;
  self->has_plane = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
_dub_scatter_view_show_plane (DubScatterView       *self,
                              const DubLatentPlane *plane)
{
  stop_gliding (self);
  self->moved = TRUE;
  set_plane (self, plane);
}

static gboolean
glide_cb (GtkWidget     *widget,
          GdkFrameClock *clock,
          gpointer       user_data)
{
  DubScatterView *self = DUB_SCATTER_VIEW (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  double share = 1.0 - exp (-(double) MAX (now - self->glided, 0) * 1e-6 / GLIDE), pixel = 1.0 / _dub_scatter_view_scale (self);
  double *from = &self->plane.left;
  const double *to = &self->goal.left;
  gboolean there = TRUE;

  self->glided = now;
  /* A plane is four numbers. */
  for (int k = 0; k < 4; k++) {
    from[k] += share * (to[k] - from[k]);
    there = there && fabs (to[k] - from[k]) < 0.25 * pixel;
  }
  if (there)
    self->plane = self->goal;
  repaint (self);
  if (!there)
    return G_SOURCE_CONTINUE;
  self->tick = 0;

  return G_SOURCE_REMOVE;
}

/* From where the plane is to one that is not much unlike it; else at once: another map is another world. */
static void
go_to (DubScatterView       *self,
       const DubLatentPlane *goal)
{
  gboolean animated = FALSE;
  double zoom = (goal->right - goal->left) / (self->plane.right - self->plane.left);
  double shift = hypot (goal->left - self->plane.left, goal->top - self->plane.top) / (goal->right - goal->left);

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &animated, NULL);
  if (!self->has_plane || !animated || !gtk_widget_get_mapped (GTK_WIDGET (self)) || !(zoom > 0.4 && zoom < 2.5) || !(shift < 1.0)) {
    stop_gliding (self);
    set_plane (self, goal);
    return;
  }
  self->goal = *goal;
  if (self->tick == 0) {
    GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

    self->glided = clock != NULL ? gdk_frame_clock_get_frame_time (clock) : g_get_monotonic_time ();
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), glide_cb, NULL, NULL);
  }
}

static void
fit (DubScatterView *self)
{
  DubLatentPlane goal;

  if (self->points == NULL || self->width < 1 || self->height < 1)
    return;
  dub_latent_plane_fit (&goal, self->points, self->width, self->height);
  go_to (self, &goal);
}

/* --- the widget on the screen --- */

static void
dub_scatter_view_snapshot (GtkWidget   *widget,
                           GtkSnapshot *snapshot)
{
  DubScatterView *self = DUB_SCATTER_VIEW (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) self->width, (float) self->height);
  DubTheme theme;
  GdkRGBA background;

  if (self->width < LEAST || self->height < LEAST)
    return;
  dub_widget_theme (widget, &theme);
  background = dub_rgba_to_gdk (theme.view);
  if (self->points == NULL || !self->has_plane) {
    gtk_snapshot_append_color (snapshot, &background, &bounds);
    return;
  }
  gtk_snapshot_push_clip (snapshot, &bounds);
  _dub_scatter_view_snapshot_picture (self, snapshot, &theme, &bounds);
  _dub_scatter_view_snapshot_above (self, snapshot, &theme);
  gtk_snapshot_pop (snapshot);
}

static void
dub_scatter_view_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 200;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 640 : 480;
}

/* What was in the middle stays there, in its size, unless all is to be seen. */
static void
dub_scatter_view_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  DubScatterView *self = DUB_SCATTER_VIEW (widget);

  if (width == self->width && height == self->height)
    return;
  if (self->has_plane && self->width > 0 && self->moved) {
    double pixel = 1.0 / _dub_scatter_view_scale (self), x = 0.5 * (self->plane.left + self->plane.right);
    double y = 0.5 * (self->plane.bottom + self->plane.top);

    self->plane = (DubLatentPlane) { x - 0.5 * width * pixel, x + 0.5 * width * pixel, y - 0.5 * height * pixel,
                                     y + 0.5 * height * pixel };
  }
  self->width = width;
  self->height = height;
  _dub_scatter_view_drop_picture (self);
  stop_gliding (self);
  if (!self->moved && self->points != NULL) {
    dub_latent_plane_fit (&self->plane, self->points, width, height);
    self->has_plane = TRUE;
  }
}

static void
dub_scatter_view_css_changed (GtkWidget         *widget,
                              GtkCssStyleChange *change)
{
  DubScatterView *self = DUB_SCATTER_VIEW (widget);
  DubTheme theme;

  GTK_WIDGET_CLASS (dub_scatter_view_parent_class)->css_changed (widget, change);
  /* Focus and pointer change the style, too, but no colour of the picture. */
  dub_widget_theme (widget, &theme);
  if (memcmp (&theme, &self->theme, sizeof theme) != 0)
    repaint (self);
}

static void
dub_scatter_view_unmap (GtkWidget *widget)
{
  DubScatterView *self = DUB_SCATTER_VIEW (widget);

  if (self->tick != 0)
    self->plane = self->goal;
  stop_gliding (self);
  /* A view that nobody sees keeps no picture. */
  _dub_scatter_view_drop_picture (self);

  GTK_WIDGET_CLASS (dub_scatter_view_parent_class)->unmap (widget);
}

/* --- the widget --- */

static void
dub_scatter_view_dispose (GObject *object)
{
  DubScatterView *self = DUB_SCATTER_VIEW (object);

  stop_gliding (self);
  self->points = NULL;
  _dub_scatter_view_drop_picture (self);
  g_clear_pointer (&self->density, dub_latent_density_free);
  g_clear_pointer (&self->index, dub_latent_index_free);

  G_OBJECT_CLASS (dub_scatter_view_parent_class)->dispose (object);
}

static void
dub_scatter_view_finalize (GObject *object)
{
  DubScatterView *self = DUB_SCATTER_VIEW (object);

  g_ptr_array_unref (self->lassos);
  g_free (self->pill);

  G_OBJECT_CLASS (dub_scatter_view_parent_class)->finalize (object);
}

static void
dub_scatter_view_class_init (DubScatterViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_scatter_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = dub_scatter_view_finalize;
  widget_class->snapshot = dub_scatter_view_snapshot;
  widget_class->measure = dub_scatter_view_measure;
  widget_class->size_allocate = dub_scatter_view_size_allocate;
  widget_class->css_changed = dub_scatter_view_css_changed;
  widget_class->unmap = dub_scatter_view_unmap;
  signals[DUB_SCATTER_HOVERED] = g_signal_new ("hovered", DUB_TYPE_SCATTER_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 3, G_TYPE_INT, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[DUB_SCATTER_PICKED] = g_signal_new ("picked", DUB_TYPE_SCATTER_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                              G_TYPE_NONE, 1, G_TYPE_INT);
  signals[DUB_SCATTER_ACTIVATED] = g_signal_new ("activated", DUB_TYPE_SCATTER_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                 G_TYPE_NONE, 1, G_TYPE_INT);
  signals[DUB_SCATTER_LASSOED] = g_signal_new ("lassoed", DUB_TYPE_SCATTER_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 3, G_TYPE_POINTER, G_TYPE_UINT, G_TYPE_BOOLEAN);
  _dub_scatter_view_add_keys (widget_class);
  gtk_widget_class_set_css_name (widget_class, "figure");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dub_scatter_view_init (DubScatterView *self)
{
  self->hovered = -1;
  self->lassos = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  gtk_widget_add_css_class (GTK_WIDGET (self), "filling");
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  _dub_scatter_view_add_hands (self);
  dub_scatter_view_set_tool (self, DUB_SCATTER_PAN);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (repaint), NULL);
}

GtkWidget *
dub_scatter_view_new (void)
{
  return g_object_new (DUB_TYPE_SCATTER_VIEW, NULL);
}

void
dub_scatter_view_set_points (DubScatterView        *self,
                             const DubLatentPoints *points,
                             gboolean               moved)
{
  g_return_if_fail (DUB_IS_SCATTER_VIEW (self));

  gboolean other = moved || points == NULL || self->points == NULL;

  /* A hand that pans or draws a lasso goes on while points move under it. */
  if (points == NULL)
    _dub_scatter_view_cancel (self);
  if (other)
    _dub_scatter_view_emit_hovered (self, -1);
  self->points = points;
  if (other) {
    g_clear_pointer (&self->density, dub_latent_density_free);
    g_clear_pointer (&self->index, dub_latent_index_free);
    /* Points that move do not stay in their lasso. */
    dub_scatter_view_set_pill (self, NULL);
  }
  if (points == NULL)
    self->moved = self->has_plane = FALSE;
  else if (other && !self->moved)
    fit (self);
  repaint (self);
}

void
dub_scatter_view_set_tool (DubScatterView *self,
                           DubScatterTool  tool)
{
  static const char *const CURSORS[] = { "grab", "zoom-in", "crosshair" };

  g_return_if_fail (DUB_IS_SCATTER_VIEW (self));
  g_return_if_fail (tool <= DUB_SCATTER_LASSO);

  _dub_scatter_view_cancel (self);
  self->tool = tool;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), CURSORS[tool]);
}

void
dub_scatter_view_show_all (DubScatterView *self)
{
  g_return_if_fail (DUB_IS_SCATTER_VIEW (self));

  self->moved = FALSE;
  fit (self);
}

void
dub_scatter_view_set_pill (DubScatterView *self,
                           const char     *text)
{
  g_return_if_fail (DUB_IS_SCATTER_VIEW (self));

  char *copy = g_strdup (text);

  g_free (self->pill);
  self->pill = copy;
  if (text == NULL && self->hand != DUB_SCATTER_LASSOING)
    g_ptr_array_set_size (self->lassos, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
dub_scatter_view_describe (DubScatterView *self,
                           const char     *label,
                           const char     *description)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}
