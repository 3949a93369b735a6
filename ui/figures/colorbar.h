/* The colour bar of an overlay: numbers of its range, and a marker at the clipping value. */
#pragma once

#include "ui/figures/canvas.h"
#include "ui/figures/compose.h"

G_BEGIN_DECLS

typedef struct {
  double x, y, width, height; /* of the bar without its numbers, in user units */
  double low, high;           /* values at the bottom and the top */
} DubColorbarLayout;

/* dub_colorbar_draw:
 * @title: (nullable): above the bar: "1 − m"
 * @clip_text: (nullable): below it: "clipped < 0.05"
 * @on_image: white text with a rim for a black pane; otherwise the theme's text
 * @height: of the bar alone
 * @layout: (out) (optional): where a handle for the clip can be grabbed
 *
 * Colours are shown as they look on black, opacity included; what is clipped is black. Title and
 * clip text need 1.6 caption sizes above and below.
 */
void   dub_colorbar_draw     (DubCanvas               *canvas,
                              const DubOverlay        *overlay,
                              const char              *title,
                              const char              *clip_text,
                              gboolean                 on_image,
                              double                   x,
                              double                   y,
                              double                   height,
                              DubColorbarLayout       *layout);

/* Height of a value on the bar, and back, clamped to its range. */
double dub_colorbar_to_px    (const DubColorbarLayout *layout,
                              double                   value);
double dub_colorbar_from_px  (const DubColorbarLayout *layout,
                              double                   py);

G_END_DECLS
