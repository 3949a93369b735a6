#include "ui/widgets/tri-view.h"

#include "ui/widgets/color-bar.h"
#include "ui/widgets/slice-pane.h"
#include "ui/widgets/viewer-options.h"

#include <glib/gi18n.h>
#include <math.h>

/* Between panes, in px. */
#define GAP 2

/* Share of the width that the large pane has. */
#define LARGE_SHARE 0.622

/* Height of a pane from which on the colour bar lies over it. */
#define SMALLEST_WITH_BAR 330.0f

/* A single pane, or all with the coronal one large. */
typedef enum {
  LAYOUT_AXIAL = DUB_PLANE_AXIAL,
  LAYOUT_CORONAL = DUB_PLANE_CORONAL,
  LAYOUT_SAGITTAL = DUB_PLANE_SAGITTAL,
  LAYOUT_ALL = DUB_N_PLANES,
} Layout;

struct _DubTriView {
  GtkWidget  parent_instance;
  DubViewer *viewer;
  GtkWidget *panes[DUB_N_PLANES];
  GtkWidget *tools;
  GtkWidget *color_bar;
  GtkWidget *legend;   /* (nullable) */
  GtkWidget *crosshair_button;
  GtkWidget *maximize_button;
  Layout     layout;
  DubPlane   large;   /* of the three */
  DubPlane   active;
};

G_DEFINE_FINAL_TYPE (DubTriView, dub_tri_view, GTK_TYPE_WIDGET)

static void
update_tools (DubTriView *self)
{
  gboolean single = self->layout != LAYOUT_ALL;
  DubPlane top = single ? (DubPlane) self->layout : self->large;

  for (int p = 0; p < DUB_N_PLANES; p++) {
    gtk_widget_set_child_visible (self->panes[p], !single || p == (int) self->layout);
    dub_slice_pane_set_shows_convention (DUB_SLICE_PANE (self->panes[p]),
                                         single ? p == (int) self->layout : p == DUB_PLANE_AXIAL);
    dub_slice_pane_set_inset (DUB_SLICE_PANE (self->panes[p]), p == (int) top ? 36 : 0);
  }
  gtk_button_set_icon_name (GTK_BUTTON (self->maximize_button), single ? "view-restore-symbolic" : "view-fullscreen-symbolic");
  gtk_widget_set_tooltip_text (self->maximize_button, single ? _("Show all panes (4, F)") : _("Maximise this pane (F, double click)"));
  gtk_widget_set_visible (self->color_bar, dub_viewer_get_overlay (self->viewer) != NULL &&
                                             dub_viewer_get_overlay_visible (self->viewer));
  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->crosshair_button)) !=
      dub_viewer_get_crosshair_visible (self->viewer))
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->crosshair_button),
                                  dub_viewer_get_crosshair_visible (self->viewer));
}

static void
set_layout (DubTriView *self,
            Layout      layout)
{
  self->layout = layout;
  if (layout != LAYOUT_ALL)
    self->active = (DubPlane) layout;
  update_tools (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
viewer_changed_cb (DubViewer  *viewer,
                   guint       what,
                   DubTriView *self)
{
  if (what & (DUB_VIEWER_PICTURE | DUB_VIEWER_MARKS))
    update_tools (self);
  /* The shared scale of the small panes follows the volume. */
  if (what & DUB_VIEWER_PICTURE)
    gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
activated_cb (DubSlicePane *pane,
              DubTriView   *self)
{
  self->active = dub_slice_pane_get_plane (pane);
}

static void
maximize_cb (DubSlicePane *pane,
             DubTriView   *self)
{
  set_layout (self, self->layout == LAYOUT_ALL ? (Layout) dub_slice_pane_get_plane (pane) : LAYOUT_ALL);
}

static void
place (GtkWidget *child,
       int        x,
       int        y,
       int        width,
       int        height)
{
  gtk_widget_size_allocate (child, &(GtkAllocation) { x, y, MAX (width, 0), MAX (height, 0) }, -1);
}

/* One scale for two panes of the same width, so that a millimetre has one length in both. */
static void
share_scale (DubTriView *self,
             const int   planes[2],
             const int   width[2],
             const int   height[2])
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  double fit = INFINITY;

  for (int i = 0; i < 2; i++)
    fit = fmin (fit, dub_slice_view_fit (dub_viewer_get_view (self->viewer, (DubPlane) planes[i]), width[i] * scale,
                                         height[i] * scale));
  for (int i = 0; i < 2; i++)
    dub_viewer_set_fit (self->viewer, (DubPlane) planes[i], isfinite (fit) ? fit : 0.0);
}

static void
allocate_all (DubTriView *self,
              int         width,
              int         height)
{
  int small[2];
  int small_width[2];
  int small_height[2];
  int n = 0;

  for (int p = 0; p < DUB_N_PLANES; p++)
    if (p != (int) self->large)
      small[n++] = p;
  dub_viewer_set_fit (self->viewer, self->large, 0.0);

  if (width > height) {
    int large_width = (int) (LARGE_SHARE * width);
    int top = (int) (0.54 * height);

    place (self->panes[self->large], 0, 0, large_width, height);
    small_width[0] = small_width[1] = width - large_width - GAP;
    small_height[0] = top;
    small_height[1] = height - top - GAP;
    place (self->panes[small[0]], large_width + GAP, 0, small_width[0], small_height[0]);
    place (self->panes[small[1]], large_width + GAP, top + GAP, small_width[1], small_height[1]);
  } else {
    int large_height = (int) (LARGE_SHARE * height);
    int left = width / 2;

    place (self->panes[self->large], 0, 0, width, large_height);
    small_height[0] = small_height[1] = height - large_height - GAP;
    small_width[0] = left;
    small_width[1] = width - left - GAP;
    place (self->panes[small[0]], 0, large_height + GAP, small_width[0], small_height[0]);
    place (self->panes[small[1]], left + GAP, large_height + GAP, small_width[1], small_height[1]);
  }
  share_scale (self, small, small_width, small_height);
}

static void
dub_tri_view_size_allocate (GtkWidget *widget,
                            int        width,
                            int        height,
                            int        baseline)
{
  DubTriView *self = DUB_TRI_VIEW (widget);
  GtkWidget *top = self->panes[self->layout == LAYOUT_ALL ? self->large : (DubPlane) self->layout];
  GtkRequisition size;
  graphene_rect_t bounds;

  if (self->layout == LAYOUT_ALL) {
    allocate_all (self, width, height);
  } else {
    dub_viewer_set_fit (self->viewer, (DubPlane) self->layout, 0.0);
    place (top, 0, 0, width, height);
  }

  if (!gtk_widget_compute_bounds (top, widget, &bounds))
    graphene_rect_init (&bounds, 0.0f, 0.0f, (float) width, (float) height);
  gtk_widget_get_preferred_size (self->tools, &size, NULL);
  place (self->tools, (int) (bounds.origin.x + bounds.size.width) - size.width - 8, (int) bounds.origin.y + 8, size.width,
         size.height);
  /* A small pane has no room for the bar beside its letters. */
  gtk_widget_set_child_visible (self->color_bar, bounds.size.height >= SMALLEST_WITH_BAR);
  if (gtk_widget_should_layout (self->color_bar)) {
    gtk_widget_get_preferred_size (self->color_bar, &size, NULL);
    place (self->color_bar, (int) bounds.origin.x + 13, (int) (bounds.origin.y + bounds.size.height) - size.height - 10,
           size.width, size.height);
  }
  if (self->legend != NULL && gtk_widget_should_layout (self->legend)) {
    gtk_widget_get_preferred_size (self->legend, &size, NULL);
    place (self->legend, (int) (bounds.origin.x + bounds.size.width) - size.width - 10,
           (int) (bounds.origin.y + bounds.size.height) - size.height - 10, size.width, size.height);
  }
}

static void
dub_tri_view_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 320 : 240;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 780 : 500;
}

static void
dub_tri_view_snapshot (GtkWidget   *widget,
                       GtkSnapshot *snapshot)
{
  static const GdkRGBA ground = { 0.24f, 0.24f, 0.24f, 1.0f };

  gtk_snapshot_append_color (snapshot, &ground,
                             &GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) gtk_widget_get_width (widget),
                                                  (float) gtk_widget_get_height (widget)));
  GTK_WIDGET_CLASS (dub_tri_view_parent_class)->snapshot (widget, snapshot);
}

static void
overlay_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  DubViewer *viewer = DUB_TRI_VIEW (widget)->viewer;

  if (g_str_equal (name, "viewer.overlay"))
    dub_viewer_set_overlay_visible (viewer, !dub_viewer_get_overlay_visible (viewer));
  else if (g_str_equal (name, "viewer.truth") && dub_viewer_get_classes (viewer) != NULL) {
    dub_viewer_set_outlines_visible (viewer, !dub_viewer_get_outlines_visible (viewer));
    dub_viewer_commit (viewer, _("Change contours"), "outlines");
  }
  else if (g_str_equal (name, "viewer.truth"))
    dub_viewer_set_truth_visible (viewer, !dub_viewer_get_truth_visible (viewer));
  else
    dub_viewer_set_crosshair_visible (viewer, !dub_viewer_get_crosshair_visible (viewer));
}

static void
opacity_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  DubViewer *viewer = DUB_TRI_VIEW (widget)->viewer;

  dub_viewer_set_opacity (viewer, round (20.0 * dub_viewer_get_opacity (viewer) + g_variant_get_int32 (parameter)) / 20.0);
  dub_viewer_commit (viewer, _("Change overlay"), "overlay");
}

static void
window_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DubTriView *self = DUB_TRI_VIEW (widget);

  if (g_str_equal (name, "viewer.auto-window"))
    dub_viewer_auto_window (self->viewer, self->active);
  else
    dub_viewer_reset_window (self->viewer);
  dub_viewer_commit (self->viewer, _("Change window"), "window");
}

static void
centre_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DubTriView *self = DUB_TRI_VIEW (widget);

  if (g_str_equal (name, "viewer.reset-view")) {
    dub_viewer_reset_views (self->viewer);
    return;
  }
  for (int p = 0; p < DUB_N_PLANES; p++) {
    int width;
    int height;

    dub_slice_pane_get_size (DUB_SLICE_PANE (self->panes[p]), &width, &height);
    if (width > 0 && height > 0)
      dub_viewer_centre (self->viewer, (DubPlane) p, width, height);
  }
}

static void
layout_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DubTriView *self = DUB_TRI_VIEW (widget);

  if (g_str_equal (name, "viewer.maximize"))
    set_layout (self, self->layout == LAYOUT_ALL ? (Layout) self->active : LAYOUT_ALL);
  else
    set_layout (self, (Layout) CLAMP (g_variant_get_int32 (parameter) - 1, 0, LAYOUT_ALL));
}

static void
move_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  DubTriView *self = DUB_TRI_VIEW (widget);
  int du;
  int dv;
  int dw;

  g_variant_get (parameter, "(iii)", &du, &dv, &dw);
  dub_viewer_move (self->viewer, self->active, du, dv, dw);
}

static gboolean
focus_cb (GtkWidget        *widget,
          GtkDirectionType  direction)
{
  DubTriView *self = DUB_TRI_VIEW (widget);

  /* Arrows move the crosshair; only Tab goes from pane to pane. */
  if (direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD)
    return GTK_WIDGET_CLASS (dub_tri_view_parent_class)->focus (widget, direction);

  return gtk_widget_grab_focus (self->panes[self->active]);
}

static gboolean
dub_tri_view_grab_focus (GtkWidget *widget)
{
  DubTriView *self = DUB_TRI_VIEW (widget);

  return gtk_widget_grab_focus (self->panes[self->layout == LAYOUT_ALL ? self->large : (DubPlane) self->layout]);
}

static void
dub_tri_view_dispose (GObject *object)
{
  DubTriView *self = DUB_TRI_VIEW (object);
  GtkWidget *child;

  if (self->viewer != NULL)
    g_signal_handlers_disconnect_by_data (self->viewer, self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->viewer);

  G_OBJECT_CLASS (dub_tri_view_parent_class)->dispose (object);
}

static void
add_move (GtkWidgetClass *klass,
          guint           key,
          int             du,
          int             dv,
          int             dw)
{
  gtk_widget_class_add_binding_action (klass, key, 0, "viewer.move", "(iii)", du, dv, dw);
  gtk_widget_class_add_binding_action (klass, key, GDK_SHIFT_MASK, "viewer.move", "(iii)", 5 * du, 5 * dv, 5 * dw);
}

static void
install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "viewer.overlay", NULL, overlay_action);
  gtk_widget_class_install_action (klass, "viewer.truth", NULL, overlay_action);
  gtk_widget_class_install_action (klass, "viewer.crosshair", NULL, overlay_action);
  gtk_widget_class_install_action (klass, "viewer.opacity", "i", opacity_action);
  gtk_widget_class_install_action (klass, "viewer.auto-window", NULL, window_action);
  gtk_widget_class_install_action (klass, "viewer.reset-window", NULL, window_action);
  gtk_widget_class_install_action (klass, "viewer.centre", NULL, centre_action);
  gtk_widget_class_install_action (klass, "viewer.reset-view", NULL, centre_action);
  gtk_widget_class_install_action (klass, "viewer.maximize", NULL, layout_action);
  gtk_widget_class_install_action (klass, "viewer.layout", "i", layout_action);
  gtk_widget_class_install_action (klass, "viewer.move", "(iii)", move_action);

  gtk_widget_class_add_binding_action (klass, GDK_KEY_s, 0, "viewer.overlay", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_t, 0, "viewer.truth", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_x, 0, "viewer.crosshair", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_q, 0, "viewer.opacity", "i", -1);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_e, 0, "viewer.opacity", "i", 1);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_i, 0, "viewer.auto-window", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_r, 0, "viewer.reset-window", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_c, 0, "viewer.centre", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Home, 0, "viewer.reset-view", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_f, 0, "viewer.maximize", NULL);
  for (guint i = 0; i < 4; i++) {
    gtk_widget_class_add_binding_action (klass, GDK_KEY_1 + i, 0, "viewer.layout", "i", (int) i + 1);
    gtk_widget_class_add_binding_action (klass, GDK_KEY_KP_1 + i, 0, "viewer.layout", "i", (int) i + 1);
  }
  add_move (klass, GDK_KEY_Left, -1, 0, 0);
  add_move (klass, GDK_KEY_Right, 1, 0, 0);
  add_move (klass, GDK_KEY_Up, 0, -1, 0);
  add_move (klass, GDK_KEY_Down, 0, 1, 0);
  add_move (klass, GDK_KEY_Page_Up, 0, 0, 1);
  add_move (klass, GDK_KEY_Page_Down, 0, 0, -1);
}

static void
dub_tri_view_class_init (DubTriViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dub_tri_view_dispose;
  widget_class->measure = dub_tri_view_measure;
  widget_class->size_allocate = dub_tri_view_size_allocate;
  widget_class->snapshot = dub_tri_view_snapshot;
  widget_class->focus = focus_cb;
  widget_class->grab_focus = dub_tri_view_grab_focus;

  install_actions (widget_class);
  gtk_widget_class_set_css_name (widget_class, "triview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
crosshair_toggled_cb (GtkToggleButton *button,
                      DubTriView      *self)
{
  dub_viewer_set_crosshair_visible (self->viewer, gtk_toggle_button_get_active (button));
}

static void
build_tools (DubTriView *self)
{
  GtkWidget *options = gtk_menu_button_new ();

  self->tools = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  gtk_widget_add_css_class (self->tools, "viewer-tools");

  self->crosshair_button = gtk_toggle_button_new ();
  gtk_button_set_icon_name (GTK_BUTTON (self->crosshair_button), "dub-crosshair-symbolic");
  gtk_widget_set_tooltip_text (self->crosshair_button, _("Crosshair (X)"));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->crosshair_button), TRUE);
  g_signal_connect (self->crosshair_button, "toggled", G_CALLBACK (crosshair_toggled_cb), self);

  self->maximize_button = gtk_button_new ();
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->maximize_button), "viewer.maximize");

  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (options), "dub-view-options-symbolic");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (options), dub_viewer_options_new (self->viewer));
  gtk_widget_set_tooltip_text (options, _("Overlay, colours and window"));

  gtk_box_append (GTK_BOX (self->tools), options);
  gtk_box_append (GTK_BOX (self->tools), self->crosshair_button);
  gtk_box_append (GTK_BOX (self->tools), self->maximize_button);
  /* Not the menu's button: its popover would inherit the dark colours, in the light theme, too. */
  gtk_widget_add_css_class (self->crosshair_button, "osd");
  gtk_widget_add_css_class (self->maximize_button, "osd");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->crosshair_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Crosshair"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->maximize_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Maximise"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (options), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Overlay options"), -1);
}

static void
dub_tri_view_init (DubTriView *self)
{
  self->viewer = dub_viewer_new ();
  self->layout = LAYOUT_ALL;
  self->large = DUB_PLANE_CORONAL;
  self->active = DUB_PLANE_CORONAL;

  /* The large pane first, for Tab. */
  static const DubPlane order[] = { DUB_PLANE_CORONAL, DUB_PLANE_AXIAL, DUB_PLANE_SAGITTAL };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    GtkWidget *pane = dub_slice_pane_new (self->viewer, order[i]);

    self->panes[order[i]] = pane;
    gtk_widget_set_parent (pane, GTK_WIDGET (self));
    g_signal_connect (pane, "activated", G_CALLBACK (activated_cb), self);
    g_signal_connect (pane, "maximize", G_CALLBACK (maximize_cb), self);
  }
  self->color_bar = dub_color_bar_new (self->viewer);
  gtk_widget_set_parent (self->color_bar, GTK_WIDGET (self));
  build_tools (self);
  gtk_widget_set_parent (self->tools, GTK_WIDGET (self));

  g_signal_connect (self->viewer, "changed", G_CALLBACK (viewer_changed_cb), self);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Three orthogonal views"), -1);
  update_tools (self);
}

GtkWidget *
dub_tri_view_new (void)
{
  return g_object_new (DUB_TYPE_TRI_VIEW, NULL);
}

DubViewer *
dub_tri_view_get_viewer (DubTriView *self)
{
  g_return_val_if_fail (DUB_IS_TRI_VIEW (self), NULL);

  return self->viewer;
}

void
dub_tri_view_set_legend (DubTriView *self,
                         GtkWidget  *legend)
{
  g_return_if_fail (DUB_IS_TRI_VIEW (self));

  g_clear_pointer (&self->legend, gtk_widget_unparent);
  self->legend = legend;
  if (legend != NULL)
    gtk_widget_set_parent (legend, GTK_WIDGET (self));
}

DubPlane
dub_tri_view_get_active (DubTriView *self)
{
  g_return_val_if_fail (DUB_IS_TRI_VIEW (self), DUB_PLANE_CORONAL);

  return self->active;
}

double
dub_tri_view_get_compose_time (DubTriView *self)
{
  double sum = 0.0;

  g_return_val_if_fail (DUB_IS_TRI_VIEW (self), 0.0);

  for (int p = 0; p < DUB_N_PLANES; p++)
    sum += dub_slice_pane_get_compose_time (DUB_SLICE_PANE (self->panes[p]));

  return sum;
}
