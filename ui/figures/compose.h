/* Composing a pane: slice, heat and contours into one buffer of pixels.
 *
 * The buffer has the size of the pane in device pixels and is meant to be shown 1:1.
 * Its format is Cairo's ARGB32 and GDK's B8G8R8A8_PREMULTIPLIED (on little-endian
 * machines); every pixel is opaque. Letters, crosshair and colour bar are not part of
 * it: they are drawn above, so that moving them costs nothing.
 *
 * A composer keeps the extracted slices between two frames. It is used by one thread
 * at a time; different composers are independent.
 */
#pragma once

#include "ui/figures/colormap.h"
#include "ui/figures/slice.h"
#include "ui/figures/theme.h"

G_BEGIN_DECLS

/* A map of numbers over the image.
 *
 * low and high are the ends of the colour range; the clipping value is apart from them: what lies
 * below is transparent. With a diverging map low is not used, the range is [-high, high],
 * and the clip applies to the absolute value. NaN is transparent.
 */
typedef struct {
  DubVolume       *volume;      /* (nullable) (transfer none); any grid, placed by its affine */
  gboolean         complement;  /* shows 1 - v: a mask m as the heat 1 - m */
  DubColormap      colormap;
  double           map_start;   /* share of the map at low: 0.12 of inferno keeps low heat visible on black */
  double           low;
  double           high;
  double           clip;
  gboolean         hard;        /* opaque above the clip; else opacity rises from the clip on */
  double           opacity;     /* in [0, 1] */
  DubInterpolation interpolation;
} DubOverlay;

/* Classes 1 to DUB_MOST_OUTLINES can be outlined at once: more lines than that are not told apart. */
#define DUB_MOST_OUTLINES 8

typedef struct {
  double           low;         /* image intensity shown black */
  double           high;        /* and white */
  DubColormap      colormap;
  DubInterpolation interpolation;
  DubOverlay       overlay;
  DubVolume       *contour;     /* (nullable) (transfer none): a line around its labels, which are what is > 0.5 */
  DubRgba          contour_color;
  double           contour_width; /* device px */
  DubVolume       *classes;     /* (nullable) (transfer none): the class of every voxel */
  DubRgba          outline_color[DUB_MOST_OUTLINES]; /* of the line around class 1, 2, …; alpha 0 = none. Where two classes meet,
                                                      * the line is the lower one's */
  double           outline_width; /* device px */
} DubPaneStyle;

/* Grey over [0, 1], linear; no overlay, but one set up for heat: inferno, [0, 1], clip 0.05, opacity 0.95. */
void         dub_pane_style_init       (DubPaneStyle           *self);

/* Colour and opacity of the heat for @value, as the composer and the colour bar show it: [red, green, blue, alpha],
 * not premultiplied. */
void         dub_overlay_color         (const DubOverlay       *self,
                                        double                  value,
                                        guint8                  rgba[4]);

typedef struct _DubComposer DubComposer;

G_GNUC_WARN_UNUSED_RESULT
DubComposer *dub_composer_new          (void);
void         dub_composer_free         (DubComposer            *self);

/* dub_composer_compose:
 * @stride: bytes from row to row, >= 4 * @width and a multiple of 4
 * @pixels: [@height * @stride]
 *
 * Without a volume the pane is black. Sizes of 0 write nothing.
 */
void         dub_composer_compose      (DubComposer            *self,
                                        const DubSliceView     *view,
                                        const DubPaneStyle     *style,
                                        int                     width,
                                        int                     height,
                                        size_t                  stride,
                                        guint8                 *pixels);
/* Drops the cached slices and the references to their volumes. */
void         dub_composer_clear        (DubComposer            *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubComposer, dub_composer_free)

G_END_DECLS
