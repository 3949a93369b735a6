#include "ui/widgets/slice-pane-box.h"

#include <math.h>

static void
append_line (GtkSnapshot   *snapshot,
             double         x,
             double         y,
             double         width,
             double         height,
             const GdkRGBA *color)
{
  gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height));
}

/* The box as it cuts this slice, one pixel of white with a dark rim. */
void
_dub_slice_pane_snapshot_box (DubViewer   *viewer,
                              DubPlane     plane,
                              GtkSnapshot *snapshot,
                              int          width,
                              int          height,
                              int          scale)
{
  const DubSliceView *view = dub_viewer_get_view (viewer, plane);
  static const GdkRGBA white = { 1.0f, 1.0f, 1.0f, 0.95f }, rim = { 0.0f, 0.0f, 0.0f, 0.6f };
  DubSliceGeometry geometry;
  double first[3], last[3], from[3], to[3], a[2], b[2];

  if (!dub_viewer_get_box (viewer, first, last) ||
      !dub_slice_view_geometry (view, width * scale, height * scale, &geometry))
    return;
  dub_slice_voxel_to_slice (&geometry, first, from);
  dub_slice_voxel_to_slice (&geometry, last, to);
  if ((double) geometry.index < MIN (from[2], to[2]) || (double) geometry.index > MAX (from[2], to[2]))
    return;
  dub_slice_slice_to_pane (&geometry, from, a);
  dub_slice_slice_to_pane (&geometry, to, b);

  double x = floor (MIN (a[0], b[0])) / scale, y = floor (MIN (a[1], b[1])) / scale;
  double w = MAX (ceil (fabs (a[0] - b[0])) / scale, 3.0), h = MAX (ceil (fabs (a[1] - b[1])) / scale, 3.0);

  for (int pass = 0; pass < 2; pass++) {
    const GdkRGBA *color = pass == 0 ? &rim : &white;
    double out = pass == 0 ? 2.0 : 1.0, line = pass == 0 ? 3.0 : 1.0, left = x - out, top = y - out;
    double across = w + 2.0 * out, down = h + 2.0 * out;

    append_line (snapshot, left, top, across, line, color);
    append_line (snapshot, left, top + down - line, across, line, color);
    append_line (snapshot, left, top + line, line, down - 2.0 * line, color);
    append_line (snapshot, left + across - line, top + line, line, down - 2.0 * line, color);
  }
}
