#include "ui/widgets/reliability-view.h"

#include <math.h>
#include <string.h>

#include "ui/widgets/canvas-texture.h"
#include "ui/widgets/theme.h"

struct _DubReliabilityView {
  GtkWidget                   parent_instance;
  const DubReliabilityFigure *figure;  /* (nullable) not owned */
  guint                       panel;
  int                         bin;     /* -1 = none */
  DubReliabilityMarks         marks;
  guint                      *selected; /* (nullable) of the marks */
  gboolean                    hand;    /* whether the pointer is a hand now */
  GdkTexture                 *texture; /* (nullable) */
  DubReliabilityLayout        layout;  /* of the texture */
};

G_DEFINE_FINAL_TYPE (DubReliabilityView, dub_reliability_view, GTK_TYPE_WIDGET)

enum { PICKED, ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

enum { LEAST = 60 };

static void
invalidate (DubReliabilityView *self)
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
  DubReliabilityView *self = data;

  dub_reliability_figure_draw (self->figure, self->panel, canvas, width, height, &self->layout);
}

static void
dub_reliability_view_snapshot (GtkWidget   *widget,
                               GtkSnapshot *snapshot)
{
  DubReliabilityView *self = DUB_RELIABILITY_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width, (float) height);
  DubTheme theme;

  if (self->figure == NULL || width < LEAST || height < LEAST)
    return;
  dub_widget_theme (widget, &theme);
  if (self->texture == NULL)
    self->texture = dub_canvas_texture (widget, &theme, width, height, paint, self);
  gtk_snapshot_append_texture (snapshot, self->texture, &bounds);
  if (self->bin < 0 && self->selected == NULL && isnan (self->marks.confidence))
    return;

  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, gtk_widget_get_scale_factor (widget));

  if (self->bin >= 0)
    dub_reliability_figure_draw_bin (self->figure, self->panel, (size_t) self->bin, canvas, &self->layout);
  dub_reliability_figure_draw_marks (self->figure, self->panel, &self->marks, canvas, &self->layout);
  cairo_destroy (cr);
}

static void
dub_reliability_view_measure (GtkWidget      *widget,
                              GtkOrientation  orientation,
                              int             for_size,
                              int            *minimum,
                              int            *natural,
                              int            *minimum_baseline,
                              int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 220 : 240;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 300 : 380;
}

static void
dub_reliability_view_size_allocate (GtkWidget *widget,
                                    int        width,
                                    int        height,
                                    int        baseline)
{
  g_clear_object (&DUB_RELIABILITY_VIEW (widget)->texture);
}

static void
dub_reliability_view_css_changed (GtkWidget         *widget,
                                  GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (dub_reliability_view_parent_class)->css_changed (widget, change);
  invalidate (DUB_RELIABILITY_VIEW (widget));
}

/* --- which bin --- */

/* -1 where nothing has been drawn yet. */
static int
bin_at (DubReliabilityView *self,
        double              x,
        double              y)
{
  return self->figure != NULL && self->texture != NULL ? dub_reliability_figure_pick (self->figure, self->panel, &self->layout, x, y)
                                                       : -1;
}

static gboolean
has_cases (DubReliabilityView *self,
           int                 bin)
{
  return bin >= 0 && dub_reliability_figure_get_count (self->figure, self->panel, (size_t) bin) > 0;
}

/* An empty bin is none. The signal says what the person asks for; the owner answers by setting the bin. */
static void
pick (DubReliabilityView *self,
      int                 bin)
{
  if (!has_cases (self, bin))
    bin = -1;
  if (bin != self->bin)
    g_signal_emit (self, signals[PICKED], 0, bin);
}

/* The next bin with cases from @from on, in steps of @step; -1 = none. */
static int
next_with_cases (DubReliabilityView *self,
                 int                 from,
                 int                 step)
{
  int n = (int) dub_reliability_figure_get_n_bins (self->figure, self->panel);

  for (int bin = from; bin >= 0 && bin < n; bin += step)
    if (has_cases (self, bin))
      return bin;

  return -1;
}

/* --- the hands --- */

static void
pressed_cb (GtkGestureClick    *gesture,
            int                 n_press,
            double              x,
            double              y,
            DubReliabilityView *self)
{
  int bin = bin_at (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (bin < 0)
    return;
  if (n_press == 1)
    pick (self, bin);
  else if (n_press == 2 && has_cases (self, bin))
    g_signal_emit (self, signals[ACTIVATED], 0, bin);
}

static void
motion_cb (GtkEventControllerMotion *motion,
           double                    x,
           double                    y,
           DubReliabilityView       *self)
{
  gboolean hand = has_cases (self, bin_at (self, x, y));

  if (hand != self->hand)
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self), hand ? "pointer" : NULL);
  self->hand = hand;
}

/* From where nothing is chosen, → begins at the first bin and ← at the last. */
static gboolean
nudge (GtkWidget *widget,
       GVariant  *args,
       gpointer   user_data)
{
  DubReliabilityView *self = DUB_RELIABILITY_VIEW (widget);
  int step = g_variant_get_int32 (args);

  if (self->figure == NULL)
    return FALSE;

  int last = (int) dub_reliability_figure_get_n_bins (self->figure, self->panel) - 1;
  int from = self->bin >= 0 && self->bin <= last ? self->bin + step : step > 0 ? 0 : last;
  int bin = next_with_cases (self, from, step);

  if (bin >= 0)
    pick (self, bin);

  return TRUE;
}

static gboolean
go_to_end (GtkWidget *widget,
           GVariant  *args,
           gpointer   user_data)
{
  DubReliabilityView *self = DUB_RELIABILITY_VIEW (widget);
  int step = g_variant_get_int32 (args);

  if (self->figure == NULL)
    return FALSE;

  int last = (int) dub_reliability_figure_get_n_bins (self->figure, self->panel) - 1;
  int bin = next_with_cases (self, step > 0 ? 0 : last, step);

  if (bin >= 0)
    pick (self, bin);

  return TRUE;
}

/* Escape goes on to the window where there is nothing to let go of. */
static gboolean
let_go (GtkWidget *widget,
        GVariant  *args,
        gpointer   user_data)
{
  DubReliabilityView *self = DUB_RELIABILITY_VIEW (widget);

  if (self->figure == NULL || self->bin < 0)
    return FALSE;
  pick (self, -1);

  return TRUE;
}

static gboolean
activate (GtkWidget *widget,
          GVariant  *args,
          gpointer   user_data)
{
  DubReliabilityView *self = DUB_RELIABILITY_VIEW (widget);

  if (self->figure == NULL || !has_cases (self, self->bin))
    return FALSE;
  g_signal_emit (self, signals[ACTIVATED], 0, self->bin);

  return TRUE;
}

/* A line of its own for what stands before the rates: a tooltip would break anywhere. */
static GtkWidget *
tooltip_label (const char *text)
{
  const char *cases = strstr (text, " · "), *rest = cases != NULL ? strstr (cases + strlen (" · "), " · ") : NULL;
  GtkWidget *label = gtk_label_new (text);

  if (strchr (text, '\n') == NULL && rest != NULL) {
    g_autofree char *first = g_strndup (text, (gsize) (rest - text));
    g_autofree char *both = g_strconcat (first, "\n", rest + strlen (" · "), NULL);

    gtk_label_set_text (GTK_LABEL (label), both);
  }
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_add_css_class (label, "numeric");

  return label;
}

/* Its area is the bin: moving to the next one asks again. */
static gboolean
dub_reliability_view_query_tooltip (GtkWidget  *widget,
                                    int         x,
                                    int         y,
                                    gboolean    keyboard,
                                    GtkTooltip *tooltip)
{
  DubReliabilityView *self = DUB_RELIABILITY_VIEW (widget);
  int bin = keyboard ? self->bin : bin_at (self, x, y);

  if (self->figure == NULL || bin < 0 || (size_t) bin >= dub_reliability_figure_get_n_bins (self->figure, self->panel))
    return FALSE;

  g_autofree char *text = dub_reliability_figure_describe_bin (self->figure, self->panel, (size_t) bin);
  GdkRectangle area = { x, (int) self->layout.plot.y, 1, (int) self->layout.plot.height };
  const DubFigureLayout *counts = &self->layout.counts;

  while (area.x > 0 && bin_at (self, area.x - 1, y) == bin)
    area.x--;
  while (area.x + area.width < gtk_widget_get_width (widget) && bin_at (self, area.x + area.width, y) == bin)
    area.width++;
  if (y >= counts->y) {
    area.y = (int) counts->y;
    area.height = (int) counts->height;
  }
  gtk_tooltip_set_custom (tooltip, tooltip_label (text));
  if (!keyboard)
    gtk_tooltip_set_tip_area (tooltip, &area);

  return TRUE;
}

/* --- the widget --- */

static void
dub_reliability_view_dispose (GObject *object)
{
  DubReliabilityView *self = DUB_RELIABILITY_VIEW (object);

  self->figure = NULL;
  g_clear_object (&self->texture);
  g_clear_pointer (&self->selected, g_free);
  self->marks.selected = NULL;

  G_OBJECT_CLASS (dub_reliability_view_parent_class)->dispose (object);
}

static void
dub_reliability_view_class_init (DubReliabilityViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_reliability_view_dispose;
  widget_class->snapshot = dub_reliability_view_snapshot;
  widget_class->measure = dub_reliability_view_measure;
  widget_class->size_allocate = dub_reliability_view_size_allocate;
  widget_class->css_changed = dub_reliability_view_css_changed;
  widget_class->query_tooltip = dub_reliability_view_query_tooltip;
  signals[PICKED] = g_signal_new ("picked", DUB_TYPE_RELIABILITY_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_INT);
  signals[ACTIVATED] = g_signal_new ("activated", DUB_TYPE_RELIABILITY_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                     G_TYPE_INT);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, 0, nudge, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, 0, nudge, "i", 1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Left, 0, nudge, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Right, 0, nudge, "i", 1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Home, 0, go_to_end, "i", 1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_End, 0, go_to_end, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, let_go, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, activate, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, activate, NULL);
  gtk_widget_class_set_css_name (widget_class, "figure");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dub_reliability_view_init (DubReliabilityView *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->bin = -1;
  self->marks.confidence = (double) NAN;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (invalidate), NULL);
}

GtkWidget *
dub_reliability_view_new (void)
{
  return g_object_new (DUB_TYPE_RELIABILITY_VIEW, NULL);
}

void
dub_reliability_view_set_figure (DubReliabilityView         *self,
                                 const DubReliabilityFigure *figure,
                                 guint                       panel)
{
  g_return_if_fail (DUB_IS_RELIABILITY_VIEW (self));
  g_return_if_fail (figure == NULL || panel < dub_reliability_figure_get_n_panels (figure));

  self->figure = figure;
  self->panel = panel;
  g_clear_pointer (&self->selected, g_free);
  self->marks = (DubReliabilityMarks) { (double) NAN, FALSE, NULL };
  invalidate (self);
}

void
dub_reliability_view_set_marks (DubReliabilityView        *self,
                                const DubReliabilityMarks *marks)
{
  g_return_if_fail (DUB_IS_RELIABILITY_VIEW (self));

  g_clear_pointer (&self->selected, g_free);
  self->marks = marks != NULL ? *marks : (DubReliabilityMarks) { (double) NAN, FALSE, NULL };
  if (self->figure != NULL && self->marks.selected != NULL)
    self->selected = g_memdup2 (self->marks.selected, dub_reliability_figure_get_n_bins (self->figure, self->panel) * sizeof (guint));
  self->marks.selected = self->selected;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
dub_reliability_view_set_bin (DubReliabilityView *self,
                              int                 bin)
{
  g_return_if_fail (DUB_IS_RELIABILITY_VIEW (self));

  if (bin == self->bin)
    return;
  self->bin = MAX (bin, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
dub_reliability_view_describe (DubReliabilityView *self,
                               const char         *label,
                               const char         *description)
{
  g_return_if_fail (DUB_IS_RELIABILITY_VIEW (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}
