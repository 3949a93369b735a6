#include "ui/figures/compose.h"

#include <float.h>
#include <math.h>

#include "ui/figures/layer.h"

#define BLACK 0xff000000u

enum { N_SHADES = 256, N_HEATS = 1024 };

struct _DubComposer {
  DubLayer base;
  DubLayer overlay;
  DubLayer contour;
  DubLayer outline[DUB_MOST_OUTLINES];
  float   *values;     /* [3 * n_values]: one row of numbers; three for the contour */
  size_t   n_values;
  guint32  shade[N_SHADES];
  guint32  heat[N_HEATS]; /* premultiplied, over [clip or -high, high] */
};

void
dub_pane_style_init (DubPaneStyle *self)
{
  DubTheme theme;

  g_return_if_fail (self != NULL);

  dub_theme_init (&theme, DUB_THEME_PAPER);
  *self = (DubPaneStyle) {
    .low = 0.0,
    .high = 1.0,
    .colormap = DUB_COLORMAP_GREY,
    .interpolation = DUB_INTERPOLATION_LINEAR,
    .overlay = {
      .colormap = DUB_COLORMAP_INFERNO,
      .map_start = 0.12,
      .low = 0.0,
      .high = 1.0,
      .clip = 0.05,
      .opacity = 0.95,
      .interpolation = DUB_INTERPOLATION_LINEAR,
    },
    .contour_color = theme.truth,
    .contour_width = 1.5,
    .outline_width = 1.2,
  };
}

void
dub_overlay_color (const DubOverlay *self,
                   double            value,
                   guint8            rgba[4])
{
  gboolean diverging = dub_colormap_is_diverging (self->colormap);
  double low = diverging ? -self->high : self->low;
  double size = diverging ? fabs (value) : value;
  double span = self->high - low;
  double t = span > 0.0 ? CLAMP ((value - low) / span, 0.0, 1.0) : value >= self->high;
  double alpha = 1.0;

  if (!(size >= self->clip)) {
    rgba[0] = rgba[1] = rgba[2] = rgba[3] = 0;
    return;
  }
  if (!diverging)
    t = self->map_start + (1.0 - self->map_start) * t;
  if (!self->hard && self->high > self->clip) {
    /* Full opacity at a third of the way up: the image shines through the rim only, and the rim is smooth. */
    double rise = 3.0 * (size - self->clip) / (self->high - self->clip);

    alpha = rise < 1.0 ? 0.4 + 0.6 * rise * (2.0 - rise) : 1.0;
  }
  dub_colormap_lookup (self->colormap, t, rgba);
  rgba[3] = (guint8) lrint (255.0 * alpha * CLAMP (self->opacity, 0.0, 1.0));
}

static guint32
pack (const guint8 rgb[3],
      guint        alpha)
{
  guint32 word = alpha << 24;

  for (int c = 0; c < 3; c++)
    word |= (guint32) ((rgb[c] * alpha + 127) / 255) << (16 - 8 * c);

  return word;
}

static void
fill_shades (DubComposer        *self,
             const DubPaneStyle *style)
{
  guint8 lut[N_SHADES][3];

  dub_colormap_fill_lut (style->colormap, lut);
  for (int i = 0; i < N_SHADES; i++)
    self->shade[i] = pack (lut[i], 255);
}

/* The heat table covers the range that can be visible, so that its steps stay below what the eye sees. */
static void
heat_range (const DubOverlay *overlay,
            double           *from,
            double           *to)
{
  *to = overlay->high;
  *from = dub_colormap_is_diverging (overlay->colormap) ? -overlay->high : MAX (overlay->low, overlay->clip);
  if (!(*to > *from))
    *to = *from + 1e-6 * MAX (fabs (*from), 1.0);
}

static void
fill_heats (DubComposer      *self,
            const DubOverlay *overlay)
{
  DubOverlay unclipped = *overlay;
  double from, to;

  heat_range (overlay, &from, &to);
  for (int i = 0; i < N_HEATS; i++) {
    double value = from + (to - from) * i / (N_HEATS - 1);
    guint8 rgba[4];

    /* The clip itself is tested on exact values; the table must not lose its first colour to rounding. */
    if (dub_colormap_is_diverging (overlay->colormap)) {
      if (fabs (value) < overlay->clip)
        value = copysign (overlay->clip, value);
    } else {
      value = MAX (value, overlay->clip);
    }
    dub_overlay_color (&unclipped, value, rgba);
    self->heat[i] = pack (rgba, rgba[3]);
  }
}

static inline guint32
over (guint32 top,
      guint32 below)
{
  guint32 keep = 255 - (top >> 24);
  guint32 red_blue = (below & 0x00ff00ff) * keep + 0x00800080;
  guint32 green = ((below >> 8) & 0x000000ff) * keep + 0x00000080;

  red_blue = ((red_blue + ((red_blue >> 8) & 0x00ff00ff)) >> 8) & 0x00ff00ff;
  green = (green + (green >> 8)) & 0x0000ff00;

  return 0xff000000 | ((top & 0x00ffffff) + red_blue + green);
}

static void
fill_black (guint32 *pixels,
            int      from,
            int      to)
{
  for (int x = from; x < to; x++)
    pixels[x] = BLACK;
}

static void
base_row (DubComposer        *self,
          const DubPaneStyle *style,
          int                 width,
          int                 y,
          guint32            *pixels)
{
  double span = style->high - style->low;
  float scale = span > 0.0 ? (float) (N_SHADES / span) : FLT_MAX;
  float low = (float) style->low;
  float *values = self->values;
  int x0 = 0, x1 = 0;

  if (!dub_layer_row (&self->base, y, values, &x0, &x1))
    x0 = x1 = 0;
  fill_black (pixels, 0, x0);
  for (int x = x0; x < x1; x++) {
    float shade = (values[x] - low) * scale;

    /* Written so that NaN is black. */
    shade = shade > 0.0f ? shade : 0.0f;
    shade = shade < (float) (N_SHADES - 1) ? shade : (float) (N_SHADES - 1);
    pixels[x] = self->shade[(int) shade];
  }
  fill_black (pixels, x1, width);
}

static void
overlay_row (DubComposer      *self,
             const DubOverlay *overlay,
             int               y,
             guint32          *pixels)
{
  gboolean diverging = dub_colormap_is_diverging (overlay->colormap);
  float offset = overlay->complement ? 1.0f : 0.0f, sign = overlay->complement ? -1.0f : 1.0f;
  float clip = (float) overlay->clip;
  float *values = self->values;
  double from, to;
  int x0, x1;

  if (!dub_layer_row (&self->overlay, y, values, &x0, &x1))
    return;
  heat_range (overlay, &from, &to);

  float scale = (float) ((N_HEATS - 1) / (to - from)), start = (float) from;

  for (int x = x0; x < x1; x++) {
    float value = offset + sign * values[x];
    float size = diverging ? fabsf (value) : value;

    /* Written so that NaN is transparent. */
    if (!(size >= clip))
      continue;

    float heat = (value - start) * scale + 0.5f;

    heat = heat > 0.0f ? heat : 0.0f;
    heat = heat < (float) (N_HEATS - 1) ? heat : (float) (N_HEATS - 1);
    pixels[x] = over (self->heat[(int) heat], pixels[x]);
  }
}

/* Row @y of a label field, 0 outside of it. FALSE where it is 0 everywhere. */
static gboolean
label_row (DubLayer *layer,
           int       width,
           int       y,
           float    *out)
{
  int x0 = 0, x1 = 0;
  float sum = 0.0f;

  if (!dub_layer_row (layer, y, out, &x0, &x1))
    x0 = x1 = 0;
  for (int x = 0; x < x0; x++)
    out[x] = 0.0f;
  for (int x = x0; x < x1; x++) {
    out[x] = out[x] > 0.0f ? out[x] : 0.0f;
    sum += out[x];
  }
  for (int x = x1; x < width; x++)
    out[x] = 0.0f;

  return sum > 0.0f;
}

/* A line of constant width: the distance to the level 0.5 is (field - 0.5) / |gradient|, in px, as long as the
 * field is linear, which it is between two voxels. */
static void
draw_contour (DubComposer   *self,
              DubLayer      *layer,
              const DubRgba *color,
              double         line_width,
              int            width,
              int            height,
              size_t         stride,
              guint8        *pixels)
{
  const guint8 rgb[3] = {
    (guint8) lrint (255.0 * color->red), (guint8) lrint (255.0 * color->green), (guint8) lrint (255.0 * color->blue),
  };
  float half = (float) line_width / 2.0f;
  float *above = self->values, *here = above + self->n_values, *below = here + self->n_values;

  gboolean any_here = label_row (layer, width, 0, here), any_above = any_here, any_below = FALSE;

  for (int x = 0; x < width; x++)
    above[x] = here[x];
  for (int y = 0; y < height; y++) {
    guint32 *row = (guint32 *) (void *) (pixels + (size_t) y * stride);

    if (y + 1 < height)
      any_below = label_row (layer, width, y + 1, below);
    for (int x = 0; x < width && (any_above || any_here || any_below); x++) {
      int x_left = MAX (x - 1, 0), x_right = MIN (x + 1, width - 1);
      float across = here[x_right] - here[x_left], down = below[x] - above[x];

      if (across == 0.0f && down == 0.0f)
        continue;

      float gradient = 0.5f * sqrtf (across * across + down * down);
      float cover = half + 0.5f - fabsf (here[x] - 0.5f) / gradient;

      if (cover > 0.0f)
        row[x] = over (pack (rgb, (guint) lrintf (255.0f * MIN (cover, 1.0f) * (float) color->alpha)), row[x]);
    }

    float *oldest = above;

    above = here;
    here = below;
    below = oldest;
    any_above = any_here;
    any_here = any_below;
    if (y + 2 >= height)
      for (int x = 0; x < width; x++)
        below[x] = here[x];
  }
}

static void
set_labels (DubComposer *self)
{
  self->contour.binary = TRUE;
  for (int c = 0; c < DUB_MOST_OUTLINES; c++) {
    self->outline[c].binary = TRUE;
    self->outline[c].label = c + 1;
  }
}

DubComposer *
dub_composer_new (void)
{
  DubComposer *self = g_new0 (DubComposer, 1);

  set_labels (self);

  return self;
}

void
dub_composer_clear (DubComposer *self)
{
  dub_layer_clear (&self->base);
  dub_layer_clear (&self->overlay);
  dub_layer_clear (&self->contour);
  for (int c = 0; c < DUB_MOST_OUTLINES; c++)
    dub_layer_clear (&self->outline[c]);
  set_labels (self);
}

void
dub_composer_free (DubComposer *self)
{
  if (self == NULL)
    return;
  dub_composer_clear (self);
  g_free (self->values);
  g_free (self);
}

void
dub_composer_compose (DubComposer        *self,
                      const DubSliceView *view,
                      const DubPaneStyle *style,
                      int                 width,
                      int                 height,
                      size_t              stride,
                      guint8             *pixels)
{
  DubSliceGeometry geometry;

  g_return_if_fail (self != NULL && view != NULL && style != NULL && pixels != NULL);

  if (width <= 0 || height <= 0)
    return;
  if (!dub_slice_view_geometry (view, width, height, &geometry)) {
    for (int y = 0; y < height; y++)
      fill_black ((guint32 *) (void *) (pixels + (size_t) y * stride), 0, width);
    return;
  }
  if ((size_t) width > self->n_values) {
    g_free (self->values);
    self->values = g_new (float, 3 * (size_t) width);
    self->n_values = (size_t) width;
  }
  fill_shades (self, style);
  dub_layer_prepare (&self->base, view->base, view, &geometry, style->interpolation);
  dub_layer_prepare (&self->overlay, style->overlay.opacity > 0.0 ? style->overlay.volume : NULL, view, &geometry,
                     style->overlay.interpolation);
  dub_layer_prepare (&self->contour, style->contour, view, &geometry, DUB_INTERPOLATION_LINEAR);
  for (int c = 0; c < DUB_MOST_OUTLINES; c++)
    dub_layer_prepare (&self->outline[c], style->outline_color[c].alpha > 0.0 ? style->classes : NULL, view, &geometry,
                       DUB_INTERPOLATION_LINEAR);
  if (self->overlay.volume != NULL)
    fill_heats (self, &style->overlay);
  for (int y = 0; y < height; y++) {
    guint32 *row = (guint32 *) (void *) (pixels + (size_t) y * stride);

    base_row (self, style, width, y, row);
    if (self->overlay.volume != NULL)
      overlay_row (self, &style->overlay, y, row);
  }
  for (int c = DUB_MOST_OUTLINES - 1; c >= 0; c--)
    if (self->outline[c].volume != NULL)
      draw_contour (self, &self->outline[c], &style->outline_color[c], style->outline_width, width, height, stride, pixels);
  if (self->contour.volume != NULL)
    draw_contour (self, &self->contour, &style->contour_color, style->contour_width, width, height, stride, pixels);
}
