#include "ui/widgets/viewer-options.h"

#include <glib/gi18n.h>
#include <math.h>

struct _DubViewerOptions {
  GtkPopover  parent_instance;
  DubViewer  *viewer;
  GtkWidget  *grid;
  int         n_rows;
  GtkWidget  *overlay;
  GtkWidget  *colormap;
  GtkWidget  *opacity;
  GtkWidget  *low;
  GtkWidget  *high;
  GtkWidget  *clip;
  GtkWidget  *hard;
  GtkWidget  *cluster;
  GtkWidget  *smooth;
  GtkWidget  *truth;
  GtkWidget  *black;
  GtkWidget  *white;
  gboolean    updating;
};

G_DEFINE_FINAL_TYPE (DubViewerOptions, dub_viewer_options, GTK_TYPE_POPOVER)

/* Maps offered: sequential ones for a heat from 0 to 1. */
static const DubColormap colormaps[] = { DUB_COLORMAP_INFERNO, DUB_COLORMAP_MAGMA, DUB_COLORMAP_VIRIDIS, DUB_COLORMAP_GREY };

static void
update_window_step (GtkWidget *spin,
                    double     width)
{
  double step = pow (10.0, floor (log10 (MAX (width, 1e-6))) - 2.0);

  gtk_spin_button_set_increments (GTK_SPIN_BUTTON (spin), step, 10.0 * step);
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), (guint) CLAMP (-floor (log10 (step)), 0, 5));
}

static void
update (DubViewerOptions *self)
{
  const DubPaneStyle *style = dub_viewer_get_style (self->viewer);

  if (self->updating || !gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  self->updating = TRUE;
  gtk_switch_set_active (GTK_SWITCH (self->overlay), dub_viewer_get_overlay_visible (self->viewer));
  for (guint i = 0; i < G_N_ELEMENTS (colormaps); i++)
    if (colormaps[i] == style->overlay.colormap)
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->colormap), i);
  gtk_range_set_value (GTK_RANGE (self->opacity), dub_viewer_get_opacity (self->viewer));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->low), style->overlay.low);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->high), style->overlay.high);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->clip), style->overlay.clip);
  gtk_switch_set_active (GTK_SWITCH (self->hard), style->overlay.hard);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->cluster), dub_viewer_get_min_cluster (self->viewer));
  gtk_switch_set_active (GTK_SWITCH (self->smooth), style->interpolation == DUB_INTERPOLATION_LINEAR);
  gtk_widget_set_sensitive (self->truth, dub_viewer_get_truth (self->viewer) != NULL);
  gtk_switch_set_active (GTK_SWITCH (self->truth), dub_viewer_get_truth_visible (self->viewer));
  update_window_step (self->black, style->high - style->low);
  update_window_step (self->white, style->high - style->low);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->black), style->low);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->white), style->high);
  self->updating = FALSE;
}

static void
apply (DubViewerOptions *self)
{
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->colormap));

  if (self->updating)
    return;
  self->updating = TRUE;
  dub_viewer_set_overlay_visible (self->viewer, gtk_switch_get_active (GTK_SWITCH (self->overlay)));
  if (selected < G_N_ELEMENTS (colormaps))
    dub_viewer_set_colormap (self->viewer, colormaps[selected]);
  dub_viewer_set_opacity (self->viewer, gtk_range_get_value (GTK_RANGE (self->opacity)));
  dub_viewer_set_range (self->viewer, gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->low)),
                        gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->high)));
  dub_viewer_set_clip (self->viewer, gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->clip)));
  dub_viewer_set_hard (self->viewer, gtk_switch_get_active (GTK_SWITCH (self->hard)));
  dub_viewer_set_min_cluster (self->viewer, (guint) gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->cluster)));
  dub_viewer_set_smooth (self->viewer, gtk_switch_get_active (GTK_SWITCH (self->smooth)));
  dub_viewer_set_truth_visible (self->viewer, gtk_switch_get_active (GTK_SWITCH (self->truth)));
  dub_viewer_set_window (self->viewer, gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->black)),
                         gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->white)));
  self->updating = FALSE;
}

static void
apply_overlay (DubViewerOptions *self)
{
  if (self->updating)
    return;
  apply (self);
  dub_viewer_commit (self->viewer, _("Change overlay"), "overlay");
}

static void
apply_window (DubViewerOptions *self)
{
  if (self->updating)
    return;
  apply (self);
  dub_viewer_commit (self->viewer, _("Change window"), "window");
}

static void
viewer_changed_cb (DubViewer        *viewer,
                   guint             what,
                   DubViewerOptions *self)
{
  if (what & (DUB_VIEWER_PICTURE | DUB_VIEWER_MARKS))
    update (self);
}

static void
add_row (DubViewerOptions *self,
         const char       *text,
         GtkWidget        *control,
         const char       *tooltip)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_hexpand (control, TRUE);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (control, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_grid_attach (GTK_GRID (self->grid), label, 0, self->n_rows, 1, 1);
  gtk_grid_attach (GTK_GRID (self->grid), control, 1, self->n_rows, 1, 1);
  self->n_rows++;
}

static GtkWidget *
add_switch (DubViewerOptions *self,
            const char       *text,
            const char       *tooltip)
{
  GtkWidget *control = gtk_switch_new ();

  gtk_widget_set_halign (control, GTK_ALIGN_END);
  add_row (self, text, control, tooltip);
  g_signal_connect_swapped (control, "notify::active", G_CALLBACK (apply_overlay), self);

  return control;
}

static GtkWidget *
add_spin (DubViewerOptions *self,
          const char       *text,
          double            low,
          double            high,
          double            step,
          guint             digits,
          GCallback         callback,
          const char       *tooltip)
{
  GtkWidget *control = gtk_spin_button_new_with_range (low, high, step);

  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (control), digits);
  gtk_widget_add_css_class (control, "numeric");
  add_row (self, text, control, tooltip);
  g_signal_connect_swapped (control, "value-changed", callback, self);

  return control;
}

static void
shown_cb (DubViewerOptions *self)
{
  update (self);
}

static void
dub_viewer_options_dispose (GObject *object)
{
  DubViewerOptions *self = DUB_VIEWER_OPTIONS (object);

  if (self->viewer != NULL)
    g_signal_handlers_disconnect_by_data (self->viewer, self);
  g_clear_object (&self->viewer);

  G_OBJECT_CLASS (dub_viewer_options_parent_class)->dispose (object);
}

static void
dub_viewer_options_class_init (DubViewerOptionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dub_viewer_options_dispose;
}

static void
dub_viewer_options_init (DubViewerOptions *self)
{
  GtkStringList *names = gtk_string_list_new (NULL);

  self->updating = TRUE;
  self->grid = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 12);
  gtk_widget_set_margin_start (self->grid, 6);
  gtk_widget_set_margin_end (self->grid, 6);
  gtk_widget_set_margin_top (self->grid, 6);
  gtk_widget_set_margin_bottom (self->grid, 6);
  gtk_popover_set_child (GTK_POPOVER (self), self->grid);

  self->overlay = add_switch (self, _("Overlay"), _("Show the mask over the image (S)"));
  for (guint i = 0; i < G_N_ELEMENTS (colormaps); i++)
    gtk_string_list_append (names, _(dub_colormap_name (colormaps[i])));
  self->colormap = gtk_drop_down_new (G_LIST_MODEL (names), NULL);
  add_row (self, _("Colours"), self->colormap, _("Perceptually uniform colour map of the mask"));
  g_signal_connect_swapped (self->colormap, "notify::selected", G_CALLBACK (apply_overlay), self);
  self->opacity = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0.0, 1.0, 0.05);
  gtk_scale_set_draw_value (GTK_SCALE (self->opacity), TRUE);
  gtk_scale_set_value_pos (GTK_SCALE (self->opacity), GTK_POS_RIGHT);
  gtk_widget_set_size_request (self->opacity, 150, -1);
  add_row (self, _("Opacity"), self->opacity, _("Opacity of the mask (Q less, E more)"));
  g_signal_connect_swapped (self->opacity, "value-changed", G_CALLBACK (apply_overlay), self);
  self->low = add_spin (self, _("Range from"), 0.0, 1.0, 0.05, 2, G_CALLBACK (apply_overlay), _("Value at the lower end of the colours"));
  self->high = add_spin (self, _("Range to"), 0.01, 1.0, 0.05, 2, G_CALLBACK (apply_overlay), _("Value at the upper end of the colours"));
  self->clip = add_spin (self, _("Clip below"), 0.0, 1.0, 0.01, 2, G_CALLBACK (apply_overlay), _("Smaller values are transparent; also the handle of the colour bar"));
  self->hard = add_switch (self, _("Hard threshold"), _("Opaque above the clipping value, instead of rising opacity"));
  self->cluster = add_spin (self, _("Smallest cluster"), 1.0, 10000.0, 1.0, 0, G_CALLBACK (apply_overlay), _("Connected voxels above the clipping value; smaller clusters are not drawn, numbers keep them"));
  self->truth = add_switch (self, _("Truth contour"), _("Outline of the truly affected voxels (T)"));
  self->smooth = add_switch (self, _("Interpolate"), _("Blend between voxels; off shows them as squares"));
  gtk_grid_attach (GTK_GRID (self->grid), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL), 0, self->n_rows++, 2, 1);
  self->black = add_spin (self, _("Black at"), -1e9, 1e9, 0.01, 2, G_CALLBACK (apply_window), _("Intensity shown black (right drag; R resets, I fits)"));
  self->white = add_spin (self, _("White at"), -1e9, 1e9, 0.01, 2, G_CALLBACK (apply_window), _("Intensity shown white (right drag; R resets, I fits)"));
  g_signal_connect (self, "map", G_CALLBACK (shown_cb), NULL);
  self->updating = FALSE;
}

GtkWidget *
dub_viewer_options_new (DubViewer *viewer)
{
  DubViewerOptions *self = g_object_new (DUB_TYPE_VIEWER_OPTIONS, NULL);

  self->viewer = g_object_ref (viewer);
  g_signal_connect (viewer, "changed", G_CALLBACK (viewer_changed_cb), self);

  return GTK_WIDGET (self);
}
