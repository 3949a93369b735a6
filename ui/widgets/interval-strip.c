#include "ui/widgets/interval-strip.h"

#include <math.h>

#include "ui/widgets/theme.h"

enum { WIDTH = 120, HEIGHT = 18, DOT = 8 };

struct _DubIntervalStrip {
  GtkWidget parent_instance;
  double    value, low, high;
};

G_DEFINE_FINAL_TYPE (DubIntervalStrip, dub_interval_strip, GTK_TYPE_WIDGET)

static void
append (GtkSnapshot *snapshot,
        DubRgba      color,
        double       x,
        double       y,
        double       width,
        double       height)
{
  GdkRGBA rgba = dub_rgba_to_gdk (color);

  gtk_snapshot_append_color (snapshot, &rgba,
                             &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height));
}

static void
dub_interval_strip_snapshot (GtkWidget   *widget,
                             GtkSnapshot *snapshot)
{
  DubIntervalStrip *self = DUB_INTERVAL_STRIP (widget);
  double width = gtk_widget_get_width (widget) - DOT, middle = floor (gtk_widget_get_height (widget) / 2.0);
  DubTheme theme;

  dub_widget_theme (widget, &theme);
  append (snapshot, theme.line, 0.0, middle, width + DOT, 1.0);
  if (!isfinite (self->value))
    return;
  append (snapshot, theme.dim, DOT / 2.0 + self->low * width, middle - 0.5, (self->high - self->low) * width, 2.0);
  append (snapshot, theme.text, self->value * width, middle - DOT / 2.0 + 0.5, DOT, DOT);
}

static void
dub_interval_strip_measure (GtkWidget      *widget,
                            GtkOrientation  orientation,
                            int             for_size,
                            int            *minimum,
                            int            *natural,
                            int            *minimum_baseline,
                            int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH / 2 : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static void
dub_interval_strip_class_init (DubIntervalStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = dub_interval_strip_snapshot;
  widget_class->measure = dub_interval_strip_measure;
  gtk_widget_class_set_css_name (widget_class, "dubintervalstrip");
  /* The numbers beside it speak. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
dub_interval_strip_init (DubIntervalStrip *self)
{
  self->value = self->low = self->high = (double) NAN;
}

GtkWidget *
dub_interval_strip_new (void)
{
  return g_object_new (DUB_TYPE_INTERVAL_STRIP, NULL);
}

void
dub_interval_strip_set (DubIntervalStrip *self,
                        double            value,
                        double            low,
                        double            high)
{
  g_return_if_fail (DUB_IS_INTERVAL_STRIP (self));

  self->value = value;
  self->low = low;
  self->high = high;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
