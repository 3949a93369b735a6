#include "ui/widgets/split-bar.h"

#include "ui/widgets/theme.h"

struct _DubSplitBar {
  GtkWidget parent_instance;
  size_t    counts[3];
  GArray   *folds;  /* of size_t: cases of each fold of train */
};

G_DEFINE_FINAL_TYPE (DubSplitBar, dub_split_bar, GTK_TYPE_WIDGET)

enum { HEIGHT = 28, GAP = 2, RADIUS = 4, LEAST = 12 };

/* A number stands in its part where there is room. */
static void
append_number (GtkWidget   *widget,
               GtkSnapshot *snapshot,
               size_t       count,
               DubRgba      color,
               float        x,
               float        width,
               float        height)
{
  g_autofree char *text = g_strdup_printf ("%" G_GSIZE_FORMAT, count);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  GdkRGBA ink = dub_rgba_to_gdk (color);
  int text_width, text_height;

  pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  if ((float) text_width > width - 4.0f)
    return;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x + 0.5f * (width - (float) text_width),
                                                          0.5f * (height - (float) text_height)));
  gtk_snapshot_append_layout (snapshot, layout, &ink);
  gtk_snapshot_restore (snapshot);
}

static void
append_folds (DubSplitBar   *self,
              GtkSnapshot   *snapshot,
              const GdkRGBA *color,
              float          x,
              float          width,
              float          height)
{
  size_t below = 0;

  for (guint i = 0; i + 1 < self->folds->len; i++) {
    below += g_array_index (self->folds, size_t, i);
    gtk_snapshot_append_color (snapshot, color,
                               &GRAPHENE_RECT_INIT (x + (float) ((double) below / (double) self->counts[0]) * width, 0.0f,
                                                    1.0f, height));
  }
}

static void
dub_split_bar_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  DubSplitBar *self = DUB_SPLIT_BAR (widget);
  float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget), x = 0.0f;
  size_t total = self->counts[0] + self->counts[1] + self->counts[2];
  int n_parts = (self->counts[0] > 0) + (self->counts[1] > 0) + (self->counts[2] > 0);
  DubTheme theme;

  if (n_parts == 0)
    return;
  dub_widget_theme (widget, &theme);

  const DubRgba colors[3] = { theme.train, theme.calibration, theme.test };
  /* Every part can be seen, however few its cases. */
  float room = width - (float) (GAP * (n_parts - 1)) - (float) (LEAST * n_parts);

  for (int i = 0; i < 3; i++) {
    if (self->counts[i] == 0)
      continue;

    float part = (float) LEAST + MAX (room, 0.0f) * (float) ((double) self->counts[i] / (double) total);
    GskRoundedRect box;
    GdkRGBA color = dub_rgba_to_gdk (colors[i]);

    gsk_rounded_rect_init_from_rect (&box, &GRAPHENE_RECT_INIT (x, 0.0f, part, height), (float) RADIUS);
    gtk_snapshot_push_rounded_clip (snapshot, &box);
    gtk_snapshot_append_color (snapshot, &color, &box.bounds);
    gtk_snapshot_pop (snapshot);
    if (i == DUB_PART_TRAIN) {
      GdkRGBA line = dub_rgba_to_gdk (dub_rgba_with_alpha (theme.view, 0.5));

      append_folds (self, snapshot, &line, x, part, height);
    }
    append_number (widget, snapshot, self->counts[i], theme.view, x, part, height);
    x += part + (float) GAP;
  }
}

static void
dub_split_bar_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 300 : HEIGHT;
}

static void
dub_split_bar_css_changed (GtkWidget         *widget,
                           GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (dub_split_bar_parent_class)->css_changed (widget, change);
  gtk_widget_queue_draw (widget);
}

static void
dub_split_bar_finalize (GObject *object)
{
  g_array_unref (DUB_SPLIT_BAR (object)->folds);

  G_OBJECT_CLASS (dub_split_bar_parent_class)->finalize (object);
}

static void
dub_split_bar_class_init (DubSplitBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = dub_split_bar_finalize;
  widget_class->snapshot = dub_split_bar_snapshot;
  widget_class->measure = dub_split_bar_measure;
  widget_class->css_changed = dub_split_bar_css_changed;
  gtk_widget_class_set_css_name (widget_class, "splitbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dub_split_bar_init (DubSplitBar *self)
{
  self->folds = g_array_new (FALSE, FALSE, sizeof (size_t));
}

GtkWidget *
dub_split_bar_new (void)
{
  return g_object_new (DUB_TYPE_SPLIT_BAR, NULL);
}

void
dub_split_bar_set_counts (DubSplitBar  *self,
                          const size_t  counts[3])
{
  g_return_if_fail (DUB_IS_SPLIT_BAR (self));

  for (int i = 0; i < 3; i++)
    self->counts[i] = counts[i];
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
dub_split_bar_describe (DubSplitBar *self,
                        const char  *description)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
}

void
dub_split_bar_set_folds (DubSplitBar  *self,
                         const size_t *folds,
                         guint         n_folds)
{
  g_return_if_fail (DUB_IS_SPLIT_BAR (self));

  g_array_set_size (self->folds, 0);
  g_array_append_vals (self->folds, folds, n_folds);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
