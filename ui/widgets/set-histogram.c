#include "ui/widgets/set-histogram.h"

#include "ui/figures/ticks.h"
#include "ui/widgets/canvas-texture.h"
#include "ui/widgets/theme.h"

struct _DubSetHistogram {
  GtkWidget   parent_instance;
  double      low, high;
  guint       n_bins;
  guint      *all, *set;
  GdkTexture *texture;
};

G_DEFINE_FINAL_TYPE (DubSetHistogram, dub_set_histogram, GTK_TYPE_WIDGET)

enum { AXIS = 18, N_TICKS = 5 };

static guint
sum (const guint *counts,
     guint        n)
{
  guint total = 0;

  for (guint i = 0; i < n && counts != NULL; i++)
    total += counts[i];

  return total;
}

static double
share (const guint *counts,
       guint        index,
       guint        total)
{
  return counts != NULL && total > 0 ? (double) counts[index] / total : 0.0;
}

static void
paint_axis (DubSetHistogram *self,
            DubCanvas       *canvas,
            int              width,
            double           base)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double ticks[DUB_MAX_TICKS], step = dub_ticks_step (self->low, self->high, N_TICKS);
  int n_ticks = dub_ticks_linear (self->low, self->high, N_TICKS, ticks);

  dub_canvas_rule (canvas, theme->faint, 0.0, base, width, base);
  for (int i = 0; i < n_ticks; i++) {
    g_autofree char *text = dub_tick_format_linear (ticks[i], step);
    double x = width * (ticks[i] - self->low) / (self->high - self->low);
    double half = 0.5 * dub_canvas_text_width (canvas, text, theme->font_caption, DUB_TEXT_LEFT);

    dub_canvas_text (canvas, text, theme->font_caption, DUB_TEXT_CENTRE, theme->dim, CLAMP (x, half, MAX (width - half, half)),
                     base + 14.0);
  }
}

static void
paint (DubCanvas *canvas,
       int        width,
       int        height,
       gpointer   data)
{
  DubSetHistogram *self = data;
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  guint n_all = sum (self->all, self->n_bins), n_set = sum (self->set, self->n_bins);
  double base = height - AXIS, most = 0.0, each = (double) width / MAX (self->n_bins, 1);

  for (guint i = 0; i < self->n_bins; i++)
    most = MAX (most, MAX (share (self->all, i, n_all), share (self->set, i, n_set)));
  for (guint i = 0; i < self->n_bins && most > 0.0; i++) {
    double bar = share (self->all, i, n_all) / most * (base - 3.0);

    /* The least of what there is can be seen. */
    if (self->all[i] > 0)
      bar = MAX (bar, 1.0);
    dub_canvas_box (canvas, dub_rgba_with_alpha (theme->text, 0.2), i * each, base - bar, MAX (each - 1.0, 1.0), bar, 0.0);
  }
  cairo_save (cr);
  dub_canvas_set_color (canvas, theme->accent);
  cairo_set_line_width (cr, 1.5);
  for (guint i = 0; i < self->n_bins && most > 0.0; i++) {
    double bar = MAX (share (self->set, i, n_set) / most * (base - 3.0), 2.0);

    if (self->set != NULL && self->set[i] > 0)
      cairo_rectangle (cr, i * each + 0.75, base - bar, MAX (each - 2.5, 1.0), bar);
  }
  cairo_stroke (cr);
  cairo_restore (cr);
  paint_axis (self, canvas, width, base);
}

static void
dub_set_histogram_snapshot (GtkWidget   *widget,
                            GtkSnapshot *snapshot)
{
  DubSetHistogram *self = DUB_SET_HISTOGRAM (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (self->high <= self->low || width < 40 || height < 2 * AXIS)
    return;
  if (self->texture == NULL) {
    DubTheme theme;

    dub_widget_theme (widget, &theme);
    self->texture = dub_canvas_texture (widget, &theme, width, height, paint, self);
  }
  gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width, (float) height));
}

static void
invalidate (DubSetHistogram *self)
{
  g_clear_object (&self->texture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
dub_set_histogram_size_allocate (GtkWidget *widget,
                                 int        width,
                                 int        height,
                                 int        baseline)
{
  g_clear_object (&DUB_SET_HISTOGRAM (widget)->texture);
}

static void
dub_set_histogram_css_changed (GtkWidget         *widget,
                               GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (dub_set_histogram_parent_class)->css_changed (widget, change);
  invalidate (DUB_SET_HISTOGRAM (widget));
}

static void
dub_set_histogram_finalize (GObject *object)
{
  DubSetHistogram *self = DUB_SET_HISTOGRAM (object);

  g_clear_object (&self->texture);
  g_free (self->all);
  g_free (self->set);

  G_OBJECT_CLASS (dub_set_histogram_parent_class)->finalize (object);
}

static void
dub_set_histogram_class_init (DubSetHistogramClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = dub_set_histogram_finalize;
  widget_class->snapshot = dub_set_histogram_snapshot;
  widget_class->size_allocate = dub_set_histogram_size_allocate;
  widget_class->css_changed = dub_set_histogram_css_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dub_set_histogram_init (DubSetHistogram *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
dub_set_histogram_new (void)
{
  return g_object_new (DUB_TYPE_SET_HISTOGRAM, NULL);
}

void
dub_set_histogram_set_bins (DubSetHistogram *self,
                            double           low,
                            double           high,
                            const guint     *all,
                            const guint     *set,
                            guint            n_bins)
{
  g_return_if_fail (DUB_IS_SET_HISTOGRAM (self));

  g_free (self->all);
  g_free (self->set);
  self->low = low;
  self->high = high;
  self->n_bins = n_bins;
  self->all = g_memdup2 (all, n_bins * sizeof *all);
  self->set = set != NULL ? g_memdup2 (set, n_bins * sizeof *set) : NULL;
  invalidate (self);
}

void
dub_set_histogram_describe (DubSetHistogram *self,
                            const char      *label,
                            const char      *description)
{
  g_return_if_fail (DUB_IS_SET_HISTOGRAM (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
}
