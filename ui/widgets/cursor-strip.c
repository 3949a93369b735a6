#include "ui/widgets/cursor-strip.h"

#include <glib/gi18n.h>
#include <math.h>

struct _DubCursorStrip {
  GtkWidget  parent_instance;
  DubViewer *viewer;
  GtkWidget *region;
  GtkWidget *value;
  GtkWidget *heat;
  GtkWidget *voxel;
  GtkWidget *world;
  GtkWidget *origin;
  GtkWidget *warning;
  char      *value_name;
};

G_DEFINE_FINAL_TYPE (DubCursorStrip, dub_cursor_strip, GTK_TYPE_WIDGET)

static void
set_number (GtkWidget  *label,
            const char *name,
            double      value)
{
  g_autofree char *number = NULL;

  gtk_widget_set_visible (label, isfinite (value));
  if (!isfinite (value))
    return;

  if (fabs (value) >= 1000.0)
    number = g_strdup_printf ("%s%.0f", value < 0.0 ? "−" : "", fabs (value));
  else
    number = g_strdup_printf ("%s%.3f", value < 0.0 ? "−" : "", fabs (value));

  g_autofree char *markup = g_markup_printf_escaped ("%s <b>%s</b>", name, number);

  gtk_label_set_markup (GTK_LABEL (label), markup);
}

static char *
signed_mm (double value)
{
  return g_strdup_printf ("%s%.1f", value < -0.05 ? "−" : "+", fabs (value));
}

static const char *
origin_name (const DubVolume *volume)
{
  switch (volume->affine_source) {
  case DUB_AFFINE_SFORM:
    return "sform";
  case DUB_AFFINE_QFORM:
    return "qform";
  case DUB_AFFINE_NONE:
  default:
    return _("no affine");
  }
}

static void
update (DubCursorStrip *self)
{
  DubVolume *base = self->viewer != NULL ? dub_viewer_get_base (self->viewer) : NULL;
  int64_t voxel[3];

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL; child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_child_visible (child, base != NULL);
  if (base == NULL || !dub_viewer_get_voxel (self->viewer, voxel))
    return;

  const DubRegion *region = dub_viewer_get_region (self->viewer);
  const double *world = dub_viewer_get_cursor (self->viewer);
  g_autofree char *x = signed_mm (world[0]);
  g_autofree char *y = signed_mm (world[1]);
  g_autofree char *z = signed_mm (world[2]);
  g_autofree char *voxel_text = g_strdup_printf (_("voxel %d, %d, %d"), (int) voxel[0], (int) voxel[1], (int) voxel[2]);
  g_autofree char *world_text = g_strdup_printf (_("mm %s, %s, %s"), x, y, z);

  gtk_widget_set_visible (self->region, dub_viewer_get_atlas (self->viewer) != NULL);
  gtk_label_set_text (GTK_LABEL (self->region), region != NULL ? region->name : _("outside regions"));
  set_number (self->value, self->value_name, dub_volume_get (base, voxel[0], voxel[1], voxel[2]));
  set_number (self->heat, _("1 − m"), dub_viewer_get_heat (self->viewer));
  gtk_label_set_text (GTK_LABEL (self->voxel), voxel_text);
  gtk_label_set_text (GTK_LABEL (self->world), world_text);
  gtk_label_set_text (GTK_LABEL (self->origin), origin_name (base));
  gtk_widget_set_visible (self->origin, !base->forms_disagree);
  gtk_widget_set_visible (self->warning, base->forms_disagree);
}

static void
viewer_changed_cb (DubViewer      *viewer,
                   guint           what,
                   DubCursorStrip *self)
{
  update (self);
}

static void
dub_cursor_strip_dispose (GObject *object)
{
  DubCursorStrip *self = DUB_CURSOR_STRIP (object);
  GtkWidget *child;

  if (self->viewer != NULL)
    g_signal_handlers_disconnect_by_data (self->viewer, self);
  g_clear_object (&self->viewer);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->value_name, g_free);

  G_OBJECT_CLASS (dub_cursor_strip_parent_class)->dispose (object);
}

static void
dub_cursor_strip_class_init (DubCursorStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dub_cursor_strip_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cursorstrip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
add_label (DubCursorStrip *self,
           const char     *css,
           const char     *tooltip)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_add_css_class (label, css);
  gtk_widget_set_tooltip_text (label, tooltip);
  gtk_widget_set_parent (label, GTK_WIDGET (self));

  return label;
}

static void
dub_cursor_strip_init (DubCursorStrip *self)
{
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 16);
  self->value_name = g_strdup (_("value"));
  self->region = add_label (self, "heading", _("Region of the atlas under the crosshair"));
  gtk_label_set_ellipsize (GTK_LABEL (self->region), PANGO_ELLIPSIZE_END);
  self->value = add_label (self, "strip-value", _("Image at the crosshair"));
  self->heat = add_label (self, "strip-value", _("How much of the voxel the mask replaces"));
  gtk_widget_set_hexpand (self->heat, TRUE);
  self->voxel = add_label (self, "dim-label", _("Voxel of the file, counted from 0"));
  self->world = add_label (self, "dim-label", _("Position in millimetres: right, front, up"));
  for (guint i = 0; i < 2; i++)
    gtk_label_set_ellipsize (GTK_LABEL (i == 0 ? self->voxel : self->world), PANGO_ELLIPSIZE_END);
  self->origin = add_label (self, "dim-label", _("The form of the header that says where the voxels are"));
  self->warning = add_label (self, "strip-warning", _("The header's sform and qform place this volume differently; the sform is used"));
  gtk_label_set_text (GTK_LABEL (self->warning), _("⚠ sform ≠ qform"));
}

GtkWidget *
dub_cursor_strip_new (void)
{
  return g_object_new (DUB_TYPE_CURSOR_STRIP, NULL);
}

void
dub_cursor_strip_set_viewer (DubCursorStrip *self,
                             DubViewer      *viewer)
{
  g_return_if_fail (DUB_IS_CURSOR_STRIP (self));

  g_set_object (&self->viewer, viewer);
  g_signal_connect (viewer, "changed", G_CALLBACK (viewer_changed_cb), self);
  update (self);
}

void
dub_cursor_strip_set_value_name (DubCursorStrip *self,
                                 const char     *name)
{
  g_return_if_fail (DUB_IS_CURSOR_STRIP (self));

  g_free (self->value_name);
  self->value_name = g_strdup (name);
  update (self);
}
