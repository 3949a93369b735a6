#include "ui/widgets/interval-view.h"

#include "ui/widgets/canvas-texture.h"
#include "ui/widgets/theme.h"

#include <math.h>

struct _DubIntervalView {
  GtkWidget                parent_instance;
  const DubIntervalFigure *figure;
  char                   **tooltips;
  GdkTexture              *texture;
};

G_DEFINE_FINAL_TYPE (DubIntervalView, dub_interval_view, GTK_TYPE_WIDGET)

enum { LEAST_WIDTH = 110, USUAL_WIDTH = 200 };

static void
invalidate (DubIntervalView *self)
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
  dub_interval_figure_draw (DUB_INTERVAL_VIEW (data)->figure, canvas, width, height);
}

static void
dub_interval_view_snapshot (GtkWidget   *widget,
                            GtkSnapshot *snapshot)
{
  DubIntervalView *self = DUB_INTERVAL_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (self->figure == NULL || width < 40 || height < 20)
    return;
  if (self->texture == NULL) {
    DubTheme theme;

    dub_widget_theme (widget, &theme);
    self->texture = dub_canvas_texture (widget, &theme, width, height, paint, self);
  }
  gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width, (float) height));
}

static void
dub_interval_view_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  DubIntervalView *self = DUB_INTERVAL_VIEW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = LEAST_WIDTH;
    *natural = USUAL_WIDTH;
    return;
  }

  DubTheme theme;

  dub_widget_theme (widget, &theme);
  *minimum = *natural = self->figure != NULL ? (int) ceil (dub_interval_figure_height (self->figure, &theme)) : 40;
}

static void
dub_interval_view_size_allocate (GtkWidget *widget,
                                 int        width,
                                 int        height,
                                 int        baseline)
{
  g_clear_object (&DUB_INTERVAL_VIEW (widget)->texture);
}

static void
dub_interval_view_css_changed (GtkWidget         *widget,
                               GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (dub_interval_view_parent_class)->css_changed (widget, change);
  invalidate (DUB_INTERVAL_VIEW (widget));
}

static gboolean
dub_interval_view_query_tooltip (GtkWidget  *widget,
                                 int         x,
                                 int         y,
                                 gboolean    keyboard,
                                 GtkTooltip *tooltip)
{
  DubIntervalView *self = DUB_INTERVAL_VIEW (widget);
  DubTheme theme;
  int row;

  if (self->figure == NULL || self->tooltips == NULL || keyboard)
    return FALSE;
  dub_widget_theme (widget, &theme);
  row = dub_interval_figure_row_at (self->figure, &theme, gtk_widget_get_height (widget), y);
  if (row < 0 || (guint) row >= g_strv_length (self->tooltips))
    return FALSE;
  gtk_tooltip_set_text (tooltip, self->tooltips[row]);

  return TRUE;
}

static void
dub_interval_view_dispose (GObject *object)
{
  DubIntervalView *self = DUB_INTERVAL_VIEW (object);

  self->figure = NULL;
  g_clear_pointer (&self->tooltips, g_strfreev);
  g_clear_object (&self->texture);

  G_OBJECT_CLASS (dub_interval_view_parent_class)->dispose (object);
}

static void
dub_interval_view_class_init (DubIntervalViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_interval_view_dispose;
  widget_class->snapshot = dub_interval_view_snapshot;
  widget_class->measure = dub_interval_view_measure;
  widget_class->size_allocate = dub_interval_view_size_allocate;
  widget_class->css_changed = dub_interval_view_css_changed;
  widget_class->query_tooltip = dub_interval_view_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "figure");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dub_interval_view_init (DubIntervalView *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (invalidate), NULL);
}

GtkWidget *
dub_interval_view_new (void)
{
  return g_object_new (DUB_TYPE_INTERVAL_VIEW, NULL);
}

void
dub_interval_view_set_figure (DubIntervalView         *self,
                              const DubIntervalFigure *figure,
                              const char *const       *tooltips)
{
  g_return_if_fail (DUB_IS_INTERVAL_VIEW (self));

  self->figure = figure;
  g_strfreev (self->tooltips);
  self->tooltips = g_strdupv ((char **) tooltips);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  invalidate (self);
}

void
dub_interval_view_describe (DubIntervalView *self,
                            const char      *label,
                            const char      *description)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}
