#include "ui/figures/case-image.h"

#include <math.h>
#include <string.h>

/* Below this share of the range a map is noise, and hides the image. */
static const double CLIPPED = 0.12;

void
dub_case_image_init (DubCaseImage    *self,
                     const DubTensor *image,
                     DubDatasetKind   kind)
{
  memset (self, 0, sizeof *self);
  self->kind = kind;
  dub_sampled_plane_init (&self->plane, image, kind);
}

void
dub_heat_overlay_init (DubOverlay      *self,
                       const DubTensor *map,
                       gboolean         diverging)
{
  size_t n = dub_tensor_n_elements (map);
  double most = 0.0;
  DubPaneStyle style;

  for (size_t i = 0; i < n; i++) {
    double value = dub_tensor_get_double (map, i);

    if (isfinite (value))
      most = MAX (most, diverging ? fabs (value) : value);
  }
  dub_pane_style_init (&style);
  *self = style.overlay;
  self->colormap = diverging ? DUB_COLORMAP_BURD : DUB_COLORMAP_INFERNO;
  self->low = 0.0;
  self->high = most > 0.0 ? most : 1.0;
  self->clip = CLIPPED * self->high;
}

double
dub_case_image_aspect (const DubCaseImage *self)
{
  return (double) self->plane.columns / (double) MAX (self->plane.rows, 1);
}

/* The map as a plane of its own, lying as the image does. */
static void
plane_of_heat (DubSampledPlane *self,
               const DubTensor *heat,
               DubDatasetKind   kind)
{
  if (heat->shape.rank == 4) {
    dub_sampled_plane_init (self, heat, kind);
    return;
  }
  *self = (DubSampledPlane) {
    .raw = heat, .channels = 1, .rows = heat->shape.dim[0], .columns = heat->shape.dim[1],
    .of_row = heat->shape.dim[1], .of_column = 1,
  };
}

void
dub_case_image_compose (const DubCaseImage *self,
                        int                 width,
                        int                 height,
                        size_t              stride,
                        guint8             *pixels)
{
  const DubSampledPlane *plane = &self->plane;
  double scale = plane->high > plane->low ? 255.0 / (plane->high - plane->low) : 0.0;
  double step_x = (double) plane->columns / width, step_y = (double) plane->rows / height, step = MAX (step_x, step_y);
  gboolean has_heat = self->heat != NULL && (self->heat->shape.rank == 2 || self->heat->shape.rank == 4);
  DubSampledPlane heat = { NULL };

  if (has_heat)
    plane_of_heat (&heat, self->heat, self->kind);
  for (int y = 0; y < height; y++) {
    guint8 *pixel = pixels + (size_t) y * stride;

    for (int x = 0; x < width; x++, pixel += 4) {
      double rgb[3];
      guint8 rgba[4] = { 0 };

      for (int c = 0; c < 3; c++)
        rgb[c] = c > 0 && plane->channels < 3
                   ? rgb[0]
                   : CLAMP ((dub_sampled_plane_at (plane, c, (y + 0.5) * step_y, (x + 0.5) * step_x, step) - plane->low) * scale, 0.0, 255.0);
      if (has_heat)
        dub_overlay_color (&self->overlay,
                           dub_sampled_plane_at (&heat, 0, (y + 0.5) * (double) heat.rows / height,
                                                 (x + 0.5) * (double) heat.columns / width, (double) heat.rows / height),
                           rgba);
      for (int c = 0; c < 3; c++)
        pixel[2 - c] = (guint8) lrint (rgb[c] + (rgba[c] - rgb[c]) * rgba[3] / 255.0);
      pixel[3] = 255;
    }
  }
}
