#include "ui/widgets/bar.h"

#include "ui/figures/colormap.h"
#include "ui/widgets/theme.h"

#include <math.h>

#define THICKNESS 6

struct _DubBar {
  GtkWidget  parent_instance;
  DubBarKind kind;
  double     fraction;
  double     heat;
};

G_DEFINE_FINAL_TYPE (DubBar, dub_bar, GTK_TYPE_WIDGET)

static GdkRGBA
color_of (DubBar         *self,
          const DubTheme *theme)
{
  guint8 rgb[3];

  switch (self->kind) {
  case DUB_BAR_SERIES:
    return dub_rgba_to_gdk (theme->series[1]);
  case DUB_BAR_HEAT:
    dub_colormap_lookup (DUB_COLORMAP_INFERNO, self->heat, rgb);
    return (GdkRGBA) { rgb[0] / 255.0f, rgb[1] / 255.0f, rgb[2] / 255.0f, 1.0f };
  case DUB_BAR_TEXT:
  default:
    return dub_rgba_to_gdk (dub_rgba_with_alpha (theme->text, 0.65 * theme->text.alpha));
  }
}

static void
append_round (GtkSnapshot   *snapshot,
              double         y,
              double         width,
              double         height,
              const GdkRGBA *color)
{
  GskRoundedRect rect;

  gsk_rounded_rect_init_from_rect (&rect, &GRAPHENE_RECT_INIT (0.0f, (float) y, (float) width, (float) height),
                                   (float) MIN (width, height) / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &rect);
  gtk_snapshot_append_color (snapshot, color, &rect.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
dub_bar_snapshot (GtkWidget   *widget,
                  GtkSnapshot *snapshot)
{
  DubBar *self = DUB_BAR (widget);
  double width = gtk_widget_get_width (widget);
  double height = self->kind == DUB_BAR_HEAT ? THICKNESS : 9.0;
  double y = floor (0.5 * (gtk_widget_get_height (widget) - height));
  DubTheme theme;

  dub_widget_theme (widget, &theme);

  GdkRGBA trough = dub_rgba_to_gdk (theme.trough);
  GdkRGBA color = color_of (self, &theme);

  append_round (snapshot, y, width, height, &trough);
  if (self->fraction > 0.0)
    append_round (snapshot, y, MAX (width * MIN (self->fraction, 1.0), 2.0), height, &color);
}

static void
dub_bar_measure (GtkWidget      *widget,
                 GtkOrientation  orientation,
                 int             for_size,
                 int            *minimum,
                 int            *natural,
                 int            *minimum_baseline,
                 int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 24 : 10;
}

static void
dub_bar_class_init (DubBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = dub_bar_snapshot;
  widget_class->measure = dub_bar_measure;
  gtk_widget_class_set_css_name (widget_class, "dubbar");
  /* The number beside it speaks. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
dub_bar_init (DubBar *self)
{
}

GtkWidget *
dub_bar_new (DubBarKind kind)
{
  DubBar *self = g_object_new (DUB_TYPE_BAR, NULL);

  self->kind = kind;

  return GTK_WIDGET (self);
}

void
dub_bar_set_value (DubBar *self,
                   double  fraction,
                   double  heat)
{
  g_return_if_fail (DUB_IS_BAR (self));

  if (self->fraction == fraction && self->heat == heat)
    return;
  self->fraction = fraction;
  self->heat = heat;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
