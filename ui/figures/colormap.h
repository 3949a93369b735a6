/* Colour maps of data.
 *
 * Perceptually uniform: lightness rises evenly along the sequential maps, and
 * falls evenly to both sides of the middle of the diverging ones. There is no
 * rainbow. Inferno, magma and viridis follow the maps of that name that S. van der
 * Walt and N. Smith gave to the public domain (CC0); the diverging ones are our own.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  DUB_COLORMAP_GREY,
  DUB_COLORMAP_INFERNO,
  DUB_COLORMAP_VIRIDIS,
  DUB_COLORMAP_MAGMA,
  DUB_COLORMAP_PRGN,        /* diverging: purple, near white, green */
  DUB_COLORMAP_RDBU,        /* diverging: red, near white, blue */
  DUB_COLORMAP_BURD,        /* diverging: blue, near white, red: positive is warm */
  DUB_COLORMAP_PURPLE_TEAL, /* diverging: purple, near white, teal: unlike and alike */
} DubColormap;
#define DUB_N_COLORMAPS (DUB_COLORMAP_PURPLE_TEAL + 1)

/* "Inferno": English; callers that show it translate it. */
const char *dub_colormap_name         (DubColormap  self);
/* TRUE for maps whose middle means zero: their range has to be symmetric. */
gboolean    dub_colormap_is_diverging (DubColormap  self);

/* Colour at @t, clamped to [0, 1]; NaN gives the colour of 0. */
void        dub_colormap_lookup       (DubColormap  self,
                                       double       t,
                                       guint8       rgb[3]);
/* The colours at i / 255. */
void        dub_colormap_fill_lut     (DubColormap  self,
                                       guint8       lut[256][3]);

G_END_DECLS
