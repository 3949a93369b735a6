#include "ui/widgets/case-tile.h"

struct _DubCaseTile {
  GtkWidget   parent_instance;
  GdkTexture *texture;
  int         width, height;
  gboolean    failed;
};

G_DEFINE_FINAL_TYPE (DubCaseTile, dub_case_tile, GTK_TYPE_WIDGET)

enum { CORNER = 19, RADIUS = 6 };

/* The same on every image and in every theme. */
static void
snapshot_corner (GtkSnapshot *snapshot,
                 float        width)
{
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (width - CORNER, 0.0f, CORNER, CORNER));

  cairo_translate (cr, (double) width - CORNER, 0.0);
  cairo_set_source_rgb (cr, 1.0, 0.541, 0.165);
  cairo_move_to (cr, 0.0, 0.0);
  cairo_line_to (cr, CORNER, 0.0);
  cairo_line_to (cr, CORNER, CORNER);
  cairo_close_path (cr);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 0.1, 0.06, 0.0);
  cairo_set_line_width (cr, 1.6);
  cairo_move_to (cr, 11.0, 3.5);
  cairo_line_to (cr, 15.5, 8.0);
  cairo_move_to (cr, 15.5, 3.5);
  cairo_line_to (cr, 11.0, 8.0);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
dub_case_tile_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  DubCaseTile *self = DUB_CASE_TILE (widget);
  float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);
  static const GdkRGBA nothing = { 0.5f, 0.5f, 0.5f, 0.18f };
  GskRoundedRect box;

  gsk_rounded_rect_init_from_rect (&box, &GRAPHENE_RECT_INIT (0.0f, 0.0f, width, height), (float) RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &box);
  if (self->texture != NULL) {
    float side = MAX (width, height);

    gtk_snapshot_append_texture (snapshot, self->texture,
                                 &GRAPHENE_RECT_INIT (0.5f * (width - side), 0.5f * (height - side), side, side));
  } else {
    gtk_snapshot_append_color (snapshot, &nothing, &box.bounds);
  }
  if (self->failed)
    snapshot_corner (snapshot, width);
  gtk_snapshot_pop (snapshot);
}

static void
dub_case_tile_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  DubCaseTile *self = DUB_CASE_TILE (widget);

  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? self->width : self->height;
}

static void
dub_case_tile_dispose (GObject *object)
{
  g_clear_object (&DUB_CASE_TILE (object)->texture);

  G_OBJECT_CLASS (dub_case_tile_parent_class)->dispose (object);
}

static void
dub_case_tile_class_init (DubCaseTileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_case_tile_dispose;
  widget_class->snapshot = dub_case_tile_snapshot;
  widget_class->measure = dub_case_tile_measure;
  gtk_widget_class_set_css_name (widget_class, "case-tile");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dub_case_tile_init (DubCaseTile *self)
{
}

GtkWidget *
dub_case_tile_new (int width,
                   int height)
{
  DubCaseTile *self = g_object_new (DUB_TYPE_CASE_TILE, NULL);

  self->width = width;
  self->height = height;

  return GTK_WIDGET (self);
}

void
dub_case_tile_set_picture (DubCaseTile *self,
                           GBytes      *rgb,
                           int          side)
{
  g_return_if_fail (DUB_IS_CASE_TILE (self));

  if (rgb == NULL && self->texture == NULL)
    return;
  g_clear_object (&self->texture);
  if (rgb != NULL)
    self->texture = gdk_memory_texture_new (side, side, GDK_MEMORY_R8G8B8, rgb, 3 * (gsize) side);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
dub_case_tile_set_failed (DubCaseTile *self,
                          gboolean     failed)
{
  g_return_if_fail (DUB_IS_CASE_TILE (self));

  if (self->failed == failed)
    return;
  self->failed = failed;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
