#include "ui/widgets/meter.h"

#include <math.h>

#include "ui/widgets/theme.h"

struct _DubMeter {
  GtkWidget    parent_instance;
  DubMeterKind kind;
  double       value;
  double       tick;
  GArray      *rings; /* of double */
};

G_DEFINE_FINAL_TYPE (DubMeter, dub_meter, GTK_TYPE_WIDGET)

enum { HEIGHT = 16 };

/* Room at both ends for a dot or a ring. */
static const double END = 5.0;

static void
rounded (cairo_t *cr,
         double   x,
         double   y,
         double   width,
         double   height,
         double   radius)
{
  radius = MIN (radius, 0.5 * MIN (width, height));
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI / 2.0, 0.0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0.0, G_PI / 2.0);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI / 2.0, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

static void
set_color (cairo_t *cr,
           DubRgba  color)
{
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha);
}

static DubRgba
fill_color (DubMeter       *self,
            const DubTheme *theme)
{
  switch (self->kind) {
  case DUB_METER_FAILED:
    return dub_rgba_with_alpha (theme->failed, 0.82);
  case DUB_METER_CORRECT:
    return dub_rgba_with_alpha (theme->correct, 0.82);
  case DUB_METER_PLAIN:
  case DUB_METER_ANSWER:
  default:
    return dub_rgba_with_alpha (theme->text, 0.5);
  }
}

static void
dub_meter_snapshot (GtkWidget   *widget,
                    GtkSnapshot *snapshot)
{
  DubMeter *self = DUB_METER (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget), middle = 0.5 * height;
  double thick = self->kind == DUB_METER_PLAIN ? 4.0 : 8.0, room = width - 2.0 * END;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width, (float) height));
  DubTheme theme;

  dub_widget_theme (widget, &theme);
  set_color (cr, theme.trough);
  rounded (cr, 0.0, middle - 0.5 * thick, width, thick, 0.5 * thick);
  cairo_fill (cr);
  if (!isnan (self->value)) {
    set_color (cr, fill_color (self, &theme));
    rounded (cr, 0.0, middle - 0.5 * thick, MAX (END + room * self->value, thick), thick, 0.5 * thick);
    cairo_fill (cr);
  }
  if (!isnan (self->tick)) {
    set_color (cr, theme.faint);
    cairo_rectangle (cr, floor (END + room * self->tick), middle - 4.0, 1.0, 8.0);
    cairo_fill (cr);
  }
  if (!isnan (self->value) && self->kind == DUB_METER_PLAIN) {
    DubRgba text = theme.text;

    text.alpha = 1.0;
    set_color (cr, text);
    cairo_arc (cr, END + room * self->value, middle, 4.0, 0.0, 2.0 * G_PI);
    cairo_fill (cr);
  }
  for (guint i = 0; i < self->rings->len; i++) {
    DubRgba text = theme.text;

    text.alpha = 1.0;
    cairo_arc (cr, END + room * g_array_index (self->rings, double, i), middle, 3.4, 0.0, 2.0 * G_PI);
    set_color (cr, theme.view);
    cairo_fill_preserve (cr);
    set_color (cr, text);
    cairo_set_line_width (cr, 1.8);
    cairo_stroke (cr);
  }
  cairo_destroy (cr);
}

static void
dub_meter_measure (GtkWidget      *widget,
                   GtkOrientation  orientation,
                   int             for_size,
                   int            *minimum,
                   int            *natural,
                   int            *minimum_baseline,
                   int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 50 : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 : HEIGHT;
}

static void
dub_meter_css_changed (GtkWidget         *widget,
                       GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (dub_meter_parent_class)->css_changed (widget, change);
  gtk_widget_queue_draw (widget);
}

static void
dub_meter_finalize (GObject *object)
{
  g_array_unref (DUB_METER (object)->rings);

  G_OBJECT_CLASS (dub_meter_parent_class)->finalize (object);
}

static void
dub_meter_class_init (DubMeterClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = dub_meter_finalize;
  widget_class->snapshot = dub_meter_snapshot;
  widget_class->measure = dub_meter_measure;
  widget_class->css_changed = dub_meter_css_changed;
  gtk_widget_class_set_css_name (widget_class, "meter");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dub_meter_init (DubMeter *self)
{
  self->value = self->tick = (double) NAN;
  self->rings = g_array_new (FALSE, FALSE, sizeof (double));
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
dub_meter_new (DubMeterKind kind)
{
  DubMeter *self = g_object_new (DUB_TYPE_METER, NULL);

  self->kind = kind;

  return GTK_WIDGET (self);
}

void
dub_meter_set_kind (DubMeter     *self,
                    DubMeterKind  kind)
{
  g_return_if_fail (DUB_IS_METER (self));

  self->kind = kind;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
dub_meter_set_value (DubMeter *self,
                     double    value)
{
  g_return_if_fail (DUB_IS_METER (self));

  self->value = isnan (value) ? value : CLAMP (value, 0.0, 1.0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
dub_meter_set_tick (DubMeter *self,
                    double    place)
{
  g_return_if_fail (DUB_IS_METER (self));

  self->tick = place;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
dub_meter_set_rings (DubMeter     *self,
                     const double *places,
                     size_t        n)
{
  g_return_if_fail (DUB_IS_METER (self));

  g_array_set_size (self->rings, 0);
  for (size_t i = 0; i < n; i++) {
    double place = CLAMP (places[i], 0.0, 1.0);

    g_array_append_val (self->rings, place);
  }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
