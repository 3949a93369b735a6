/* The canvas: a cairo_t, a theme, and text.
 *
 * Lines and fills go straight to the cairo_t. Text goes through dub_canvas_text (), so that
 * an SVG keeps it as text (Cairo would write outlines) and every surface lays it out alike:
 * sizes are in user units whatever the resolution, hinting is off, the language is fixed.
 *
 * A canvas may be used on any thread; one canvas on one thread at a time.
 */
#pragma once

#include <pango/pangocairo.h>

#include "ui/figures/theme.h"

G_BEGIN_DECLS

typedef struct _DubCanvas DubCanvas;

typedef enum {
  DUB_TEXT_LEFT   = 0,
  DUB_TEXT_CENTRE = 1 << 0,
  DUB_TEXT_RIGHT  = 1 << 1,
  DUB_TEXT_BOLD   = 1 << 2,
  DUB_TEXT_UP     = 1 << 3, /* turned by a quarter, read from below */
  DUB_TEXT_HALO   = 1 << 4, /* a dark rim, for text on images */
} DubTextFlags;

/* dub_canvas_new:
 * @cr: a reference is taken
 * @density: device pixels per user unit: the resolution of images drawn on it
 */
G_GNUC_WARN_UNUSED_RESULT
DubCanvas      *dub_canvas_new         (cairo_t        *cr,
                                        const DubTheme *theme,
                                        double          density);
void            dub_canvas_free        (DubCanvas      *self);

cairo_t        *dub_canvas_get_cairo   (DubCanvas      *self); /* (transfer none) */
const DubTheme *dub_canvas_get_theme   (DubCanvas      *self); /* (transfer none) */
double          dub_canvas_get_density (DubCanvas      *self);

void            dub_canvas_set_color   (DubCanvas      *self,
                                        DubRgba         color);

/* Draws one line of text; (x, y) is its left end, centre or right end on the baseline. Returns its width. */
double          dub_canvas_text        (DubCanvas      *self,
                                        const char     *text,
                                        double          size,
                                        DubTextFlags    flags,
                                        DubRgba         color,
                                        double          x,
                                        double          y);
/* Width of a line of text, in user units. */
double          dub_canvas_text_width  (DubCanvas      *self,
                                        const char     *text,
                                        double          size,
                                        DubTextFlags    flags);
/* @text shortened with an ellipsis to at most @width. (transfer full) */
char           *dub_canvas_ellipsize   (DubCanvas      *self,
                                        const char     *text,
                                        double          size,
                                        DubTextFlags    flags,
                                        double          width);

/* A hairline, one device pixel at least, on the pixel grid. */
void            dub_canvas_rule        (DubCanvas      *self,
                                        DubRgba         color,
                                        double          x0,
                                        double          y0,
                                        double          x1,
                                        double          y1);
/* A filled box with rounded ends of @radius. */
void            dub_canvas_box         (DubCanvas      *self,
                                        DubRgba         color,
                                        double          x,
                                        double          y,
                                        double          width,
                                        double          height,
                                        double          radius);
/* @value moved to the nearest edge between two device pixels. */
double          dub_canvas_snap        (DubCanvas      *self,
                                        double          value);

/* The family that the theme's font name leads to here: "DejaVu Sans". (transfer none) */
const char     *dub_canvas_get_font_family (DubCanvas  *self);

/* For SVG: text is collected as elements instead of being drawn. */
void            dub_canvas_collect_text (DubCanvas     *self);
/* The elements collected. (transfer none) */
const char     *dub_canvas_collected    (DubCanvas     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubCanvas, dub_canvas_free)

G_END_DECLS
