#include "ui/widgets/interval-strip.h"

#include <math.h>

#include "ui/figures/ticks.h"
#include "ui/widgets/theme.h"

enum { WIDTH = 120, HEIGHT = 18, DOT = 8 };

struct _DubIntervalStrip {
  GtkWidget parent_instance;
  double    value, low, high;
  double    axis[2];
  double    reference; /* NaN = none */
  gboolean  chosen;
  gboolean  numbers;
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

/* In [0, 1]; what lies outside of the axis stands at its end. */
static double
place (DubIntervalStrip *self,
       double            value)
{
  return CLAMP ((value - self->axis[0]) / (self->axis[1] - self->axis[0]), 0.0, 1.0);
}

/* The reference first: an end that has no room beside it is left out. */
static void
draw_numbers (DubIntervalStrip *self,
              GtkSnapshot      *snapshot,
              DubRgba           color)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), at[3] = { self->reference, self->axis[0], self->axis[1] };
  double height = gtk_widget_get_height (GTK_WIDGET (self)), taken[2] = { width, 0.0 };
  GdkRGBA rgba = dub_rgba_to_gdk (color);

  for (int i = 0; i < 3; i++) {
    g_autofree char *text = isfinite (at[i]) ? dub_number_format (at[i], 1) : NULL;
    g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
    int w, h;

    if (text == NULL)
      continue;
    pango_layout_get_pixel_size (layout, &w, &h);

    double x = CLAMP (DOT / 2.0 + place (self, at[i]) * (width - DOT) - w / 2.0, 0.0, MAX (width - w, 0.0));

    if (i > 0 && x < taken[1] + 3.0 && x + w + 3.0 > taken[0])
      continue;
    if (i == 0) {
      taken[0] = x;
      taken[1] = x + w;
    }
    gtk_snapshot_save (snapshot);
    gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) floor (x), (float) floor ((height - h) / 2.0)));
    gtk_snapshot_append_layout (snapshot, layout, &rgba);
    gtk_snapshot_restore (snapshot);
  }
}

static void
dub_interval_strip_snapshot (GtkWidget   *widget,
                             GtkSnapshot *snapshot)
{
  DubIntervalStrip *self = DUB_INTERVAL_STRIP (widget);
  double width = gtk_widget_get_width (widget) - DOT, middle = floor (gtk_widget_get_height (widget) / 2.0);
  DubTheme theme;

  dub_widget_theme (widget, &theme);
  if (self->numbers) {
    draw_numbers (self, snapshot, theme.dim);
    return;
  }
  if (isnan (self->reference))
    append (snapshot, theme.line, 0.0, middle, width + DOT, 1.0);
  for (double y = 1.0; !isnan (self->reference) && y < gtk_widget_get_height (widget); y += 4.0)
    append (snapshot, theme.faint, floor (DOT / 2.0 + place (self, self->reference) * width), y, 1.0, 2.0);
  if (!isfinite (self->value))
    return;

  double from = place (self, isfinite (self->low) ? self->low : self->value) * width;
  double to = place (self, isfinite (self->high) ? self->high : self->value) * width;

  append (snapshot, theme.dim, DOT / 2.0 + from, middle - 0.5, to - from, 2.0);
  append (snapshot, self->chosen ? theme.accent : theme.text, place (self, self->value) * width, middle - DOT / 2.0 + 0.5, DOT, DOT);
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
  self->value = self->low = self->high = self->reference = (double) NAN;
  self->axis[1] = 1.0;
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

void
dub_interval_strip_set_axis (DubIntervalStrip *self,
                             double            low,
                             double            high,
                             double            reference)
{
  g_return_if_fail (DUB_IS_INTERVAL_STRIP (self) && low < high);

  self->axis[0] = low;
  self->axis[1] = high;
  self->reference = reference;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
dub_interval_strip_set_chosen (DubIntervalStrip *self,
                               gboolean          chosen)
{
  g_return_if_fail (DUB_IS_INTERVAL_STRIP (self));

  self->chosen = chosen;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
dub_interval_strip_set_numbers (DubIntervalStrip *self,
                                gboolean          numbers)
{
  g_return_if_fail (DUB_IS_INTERVAL_STRIP (self));

  self->numbers = numbers;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
