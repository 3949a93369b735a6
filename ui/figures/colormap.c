#include "ui/figures/colormap.h"

#include <math.h>
#include <string.h>

/* A map is a Catmull-Rom spline through evenly spaced anchors (0xRRGGBB), in
 * gamma-encoded sRGB. Ten anchors stay within 3 of 255 of the published tables. */
enum { MAX_ANCHORS = 11 };

typedef struct {
  const char *name;
  gboolean    diverging;
  int         n_anchors;
  guint32     anchor[MAX_ANCHORS];
} Map;

static const Map MAPS[DUB_N_COLORMAPS] = {
  [DUB_COLORMAP_GREY] = { "Grey", FALSE, 2, { 0x000000, 0xffffff } },
  [DUB_COLORMAP_INFERNO] = { "Inferno", FALSE, 10,
    { 0x000004, 0x1b0c42, 0x4b0c6b, 0x781c6d, 0xa52c60, 0xcf4446, 0xed6925, 0xfb9a06, 0xf7d03c, 0xfcffa4 } },
  [DUB_COLORMAP_VIRIDIS] = { "Viridis", FALSE, 10,
    { 0x440154, 0x482878, 0x3e4a89, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6dcd59, 0xb4de2c, 0xfde725 } },
  [DUB_COLORMAP_MAGMA] = { "Magma", FALSE, 10,
    { 0x000004, 0x180f3e, 0x451077, 0x721f81, 0x9f2f7f, 0xcd4071, 0xf1605d, 0xfd9567, 0xfec98d, 0xfcfdbf } },
  [DUB_COLORMAP_PRGN] = { "Purple to green", TRUE, 9,
    { 0x42094f, 0x73337f, 0x9c6aa8, 0xcaabd1, 0xf6f4f6, 0xacd6a8, 0x66ae69, 0x2a7b3c, 0x05461d } },
  [DUB_COLORMAP_RDBU] = { "Red to blue", TRUE, 9,
    { 0x680a20, 0xa92a33, 0xd36a56, 0xf0b49a, 0xf6f5f4, 0xa9cde3, 0x5c9dc9, 0x2a69a5, 0x0a3260 } },
  [DUB_COLORMAP_BURD] = { "Blue to red", TRUE, 9,
    { 0x0a3260, 0x2a69a5, 0x5c9dc9, 0xa9cde3, 0xf6f5f4, 0xf0b49a, 0xd36a56, 0xa92a33, 0x680a20 } },
  [DUB_COLORMAP_PURPLE_TEAL] = { "Purple to teal", TRUE, 9,
    { 0x42094f, 0x73337f, 0x9c6aa8, 0xcaabd1, 0xf6f5f5, 0xa5d5cc, 0x56ab9f, 0x1c7a71, 0x054640 } },
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
