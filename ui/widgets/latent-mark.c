#include "ui/widgets/latent-mark.h"

#include "ui/widgets/canvas-texture.h"
#include "ui/widgets/theme.h"

struct _DubLatentMark {
  GtkWidget         parent_instance;
  DubLatentMarkKind kind;
  int               shape, label;
  GdkTexture       *texture;
};

G_DEFINE_FINAL_TYPE (DubLatentMark, dub_latent_mark, GTK_TYPE_WIDGET)

enum { SIDE = 14 };

static void
paint (DubCanvas *canvas,
       int        width,
       int        height,
       gpointer   data)
{
  DubLatentMark *self = data;
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  DubRgba color = theme->dim;

  if (self->kind == DUB_LATENT_MARK_CORRECT)
    color = theme->correct;
  else if (self->kind == DUB_LATENT_MARK_FAILED)
    color = theme->failed;
  else if (self->kind == DUB_LATENT_MARK_CLASS)
    color = dub_latent_class_color (theme, self->label);
  dub_latent_draw_mark (canvas, self->shape, color, 0.0, 0.5 * width, 0.5 * height);
}

static void
dub_latent_mark_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  DubLatentMark *self = DUB_LATENT_MARK (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (width < 1 || height < 1)
    return;
  if (self->texture == NULL) {
    DubTheme theme;

    dub_widget_theme (widget, &theme);
    self->texture = dub_canvas_texture (widget, &theme, width, height, paint, self);
  }
  gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width, (float) height));
}

static void
dub_latent_mark_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  g_clear_object (&DUB_LATENT_MARK (widget)->texture);
}

static void
dub_latent_mark_css_changed (GtkWidget         *widget,
                             GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (dub_latent_mark_parent_class)->css_changed (widget, change);
  g_clear_object (&DUB_LATENT_MARK (widget)->texture);
  gtk_widget_queue_draw (widget);
}

static void
dub_latent_mark_finalize (GObject *object)
{
  g_clear_object (&DUB_LATENT_MARK (object)->texture);

  G_OBJECT_CLASS (dub_latent_mark_parent_class)->finalize (object);
}

static void
dub_latent_mark_class_init (DubLatentMarkClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = dub_latent_mark_finalize;
  widget_class->snapshot = dub_latent_mark_snapshot;
  widget_class->size_allocate = dub_latent_mark_size_allocate;
  widget_class->css_changed = dub_latent_mark_css_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
dub_latent_mark_init (DubLatentMark *self)
{
  gtk_widget_set_size_request (GTK_WIDGET (self), SIDE, SIDE);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
dub_latent_mark_new (DubLatentMarkKind kind,
                     int               shape,
                     int               label)
{
  DubLatentMark *self = g_object_new (DUB_TYPE_LATENT_MARK, NULL);

  self->kind = kind;
  self->shape = shape;
  self->label = label;

  return GTK_WIDGET (self);
}
