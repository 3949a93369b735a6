/* What a segmentation adds to a viewer: outlines of classes, a box around a place, the name of the heat. */
#include "ui/widgets/viewer-private.h"

void
dub_viewer_set_classes (DubViewer     *self,
                        DubVolume     *classes,
                        const DubRgba *colors,
                        guint          n)
{
  g_return_if_fail (DUB_IS_VIEWER (self));

  _dub_viewer_replace_volume (&self->classes, classes);
  for (guint c = 0; c < DUB_MOST_OUTLINES; c++)
    self->style.outline_color[c] = c < n ? colors[c] : (DubRgba) { 0.0, 0.0, 0.0, 0.0 };
  _dub_viewer_update_style (self);
}

DubVolume *
dub_viewer_get_classes (DubViewer *self)
{
  return self->classes;
}

void
dub_viewer_set_outlines_visible (DubViewer *self,
                                 gboolean   visible)
{
  if (self->outlines_visible == visible)
    return;
  self->outlines_visible = visible;
  _dub_viewer_update_style (self);
}

gboolean
dub_viewer_get_outlines_visible (DubViewer *self)
{
  return self->outlines_visible;
}

void
dub_viewer_set_box (DubViewer     *self,
                    const int64_t *middle,
                    int            side)
{
  g_return_if_fail (DUB_IS_VIEWER (self));

  self->box_side = middle != NULL ? side : 0;
  for (int a = 0; middle != NULL && a < 3; a++)
    self->box[a] = middle[a];
  _dub_viewer_changed (self, DUB_VIEWER_MARKS);
}

gboolean
dub_viewer_get_box (DubViewer *self,
                    double     first[3],
                    double     last[3])
{
  if (self->box_side <= 0 || self->base == NULL)
    return FALSE;
  for (int a = 0; a < 3; a++) {
    double n = (double) self->base->voxels->shape.dim[a];

    first[a] = MAX ((double) self->box[a] - self->box_side / 2.0, -0.5);
    last[a] = MIN ((double) self->box[a] + self->box_side / 2.0, n - 0.5);
  }

  return TRUE;
}

void
dub_viewer_set_heat_name (DubViewer  *self,
                          const char *name)
{
  g_return_if_fail (DUB_IS_VIEWER (self) && name != NULL);

  self->heat_name = g_intern_string (name);
  _dub_viewer_changed (self, DUB_VIEWER_MARKS);
}

const char *
dub_viewer_get_heat_name (DubViewer *self)
{
  return self->heat_name;
}
