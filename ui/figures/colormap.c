#include "ui/figures/colormap.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* A map is a Catmull-Rom spline through evenly spaced anchors (0xRRGGBB), in
 * gamma-encoded sRGB. Ten anchors stay within 6 of 255 of the published tables. The diverging
 * anchors have lightness 20, 40, 58, 77 and 96 on both sides. */
enum { MAX_ANCHORS = 11 };

typedef struct {
  const char *name;
  gboolean    diverging;
  int         n_anchors;
  guint32     anchor[MAX_ANCHORS];
} Map;

static const Map MAPS[DUB_N_COLORMAPS] = {
  [DUB_COLORMAP_GREY] = { N_("Grey"), FALSE, 2, { 0x000000, 0xffffff } },
  [DUB_COLORMAP_INFERNO] = { N_("Inferno"), FALSE, 10,
    { 0x000004, 0x1b0c42, 0x4b0c6b, 0x781c6d, 0xa52c60, 0xcf4446, 0xed6925, 0xfb9a06, 0xf7d03c, 0xfcffa4 } },
  [DUB_COLORMAP_VIRIDIS] = { N_("Viridis"), FALSE, 10,
    { 0x440154, 0x482878, 0x3e4a89, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6dcd59, 0xb4de2c, 0xfde725 } },
  [DUB_COLORMAP_MAGMA] = { N_("Magma"), FALSE, 10,
    { 0x000004, 0x180f3e, 0x451077, 0x721f81, 0x9f2f7f, 0xcd4071, 0xf1605d, 0xfd9567, 0xfec98d, 0xfcfdbf } },
  [DUB_COLORMAP_PRGN] = { N_("Purple to green"), TRUE, 9,
    { 0x530b64, 0x8b3e9a, 0xaf77bd, 0xd4b4db, 0xf6f4f6, 0xa1c89d, 0x5a9a5d, 0x256c34, 0x043817 } },
  [DUB_COLORMAP_RDBU] = { N_("Red to blue"), TRUE, 9,
    { 0x640a1f, 0xaf2c35, 0xd76c58, 0xecb197, 0xf6f5f4, 0xa0c3d8, 0x5591ba, 0x276198, 0x0a305d } },
  [DUB_COLORMAP_BURD] = { N_("Blue to red"), TRUE, 9,
    { 0x0a305d, 0x276198, 0x5591ba, 0xa0c3d8, 0xf6f5f4, 0xecb197, 0xd76c58, 0xaf2c35, 0x640a1f } },
  [DUB_COLORMAP_PURPLE_TEAL] = { N_("Purple to teal"), TRUE, 9,
    { 0x530b64, 0x8b3e9a, 0xaf77bd, 0xd4b4db, 0xf6f5f5, 0x9bc7bf, 0x4d988e, 0x186962, 0x043732 } },
};

static double
channel (const Map *map,
         int        index,
         int        shift)
{
  index = CLAMP (index, 0, map->n_anchors - 1);

  return (double) ((map->anchor[index] >> shift) & 0xff);
}

static double
spline (const Map *map,
        int        index,
        int        shift,
        double     f)
{
  double before = channel (map, index - 1, shift);
  double start = channel (map, index, shift);
  double end = channel (map, index + 1, shift);
  double after = channel (map, index + 2, shift);

  if (map->n_anchors == 2)
    return start + (end - start) * f;
  /* The outer segments continue their own slope, so that the ends do not flatten. */
  if (index == 0)
    before = 2.0 * start - end;
  if (index == map->n_anchors - 2)
    after = 2.0 * end - start;

  return start + 0.5 * f * (end - before
                            + f * (2.0 * before - 5.0 * start + 4.0 * end - after
                                   + f * (3.0 * (start - end) + after - before)));
}

const char *
dub_colormap_name (DubColormap self)
{
  g_return_val_if_fail ((guint) self < DUB_N_COLORMAPS, NULL);

  return MAPS[self].name;
}

gboolean
dub_colormap_is_diverging (DubColormap self)
{
  g_return_val_if_fail ((guint) self < DUB_N_COLORMAPS, FALSE);

  return MAPS[self].diverging;
}

void
dub_colormap_lookup (DubColormap self,
                     double      t,
                     guint8      rgb[3])
{
  g_return_if_fail ((guint) self < DUB_N_COLORMAPS);

  const Map *map = &MAPS[self];
  double place = (t > 0.0 ? MIN (t, 1.0) : 0.0) * (map->n_anchors - 1);
  int index = MIN ((int) place, map->n_anchors - 2);

  for (int c = 0; c < 3; c++)
    rgb[c] = (guint8) lrint (CLAMP (spline (map, index, 16 - 8 * c, place - index), 0.0, 255.0));
}

void
dub_colormap_fill_lut (DubColormap self,
                       guint8      lut[256][3])
{
  for (int i = 0; i < 256; i++)
    dub_colormap_lookup (self, i / 255.0, lut[i]);
}
