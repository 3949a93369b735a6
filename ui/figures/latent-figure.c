/* What is seen of a latent space, and what its points look like. */
#include "ui/figures/latent-figure.h"

#include <math.h>

#include "core/data/split.h"
#include "ui/figures/latent-stamp.h"

/* Share of the larger extent that stays free on every side: half a mark, and the words in the corner. */
#define MARGIN 0.07

/* The first two are the theme's own series; the others were chosen one by one, each as far as possible from those before it to
 * normal, protan and deutan eyes (CIE 1976 distance, dichromats after Machado et al. 2009), and away from the colours of right and
 * wrong. */
static const guint32 CLASSES[2][DUB_LATENT_N_CLASS_COLORS] = {
  { 0x6f42c1, 0x158f80, 0xc99a10, 0x3f2905, 0x2b2bf0, 0x9d9df2, 0x8c5b0b, 0x05313f, 0xc060b0, 0x666642 },
  { 0xb79cf2, 0x5fd0bf, 0xf2e24a, 0x7048f5, 0xb2890e, 0xf7f4c8, 0x74b274, 0x8c6423, 0xd060b8, 0x5b8c86 },
};

gboolean
dub_latent_is_visible (const DubLatentPoints *points,
                       size_t                 i)
{
  return (points->marks || points->part[i] != DUB_PART_TRAIN) && _dub_latent_has_place (points, i);
}

/* Widens the narrower side, so that a unit of x is as long as a unit of y. */
static void
fit_aspect (DubLatentPlane *plane,
            double          width,
            double          height)
{
  double across = plane->right - plane->left, up = plane->top - plane->bottom;

  if (!(width > 0.0) || !(height > 0.0))
    return;
  if (across / width < up / height) {
    double more = 0.5 * (up * width / height - across);

    plane->left -= more;
    plane->right += more;
  } else {
    double more = 0.5 * (across * height / width - up);

    plane->bottom -= more;
    plane->top += more;
  }
}

void
dub_latent_plane_fit (DubLatentPlane        *plane,
                      const DubLatentPoints *points,
                      double                 width,
                      double                 height)
{
  g_return_if_fail (plane != NULL && points != NULL);

  double low[2] = { (double) INFINITY, (double) INFINITY }, high[2] = { (double) -INFINITY, (double) -INFINITY };

  for (size_t i = 0; i < points->n; i++) {
    if (!_dub_latent_has_place (points, i))
      continue;
    for (int k = 0; k < 2; k++) {
      double x = (double) points->xy[2 * i + (size_t) k];

      low[k] = MIN (low[k], x);
      high[k] = MAX (high[k], x);
    }
  }
  for (int k = 0; k < 2; k++)
    if (!(low[k] <= high[k]))
      low[k] = high[k] = 0.0;

  double span = MAX (high[0] - low[0], high[1] - low[1]);
  /* One place, or many in one: it stands in the middle, whatever its coordinates. */
  double margin = span > 0.0 ? MARGIN * span : MAX (1.0, 1e-3 * MAX (fabs (low[0]), fabs (low[1])));

  *plane = (DubLatentPlane) { low[0] - margin, high[0] + margin, low[1] - margin, high[1] + margin };
  fit_aspect (plane, width, height);
}

/* --- colours and shapes --- */

DubRgba
dub_latent_class_color (const DubTheme *theme,
                        int             label)
{
  gboolean dark = theme->view.red + theme->view.green + theme->view.blue < 1.5;

  if (label < 0)
    return theme->faint;

  return dub_rgba_from_hex (CLASSES[dark][label % DUB_LATENT_N_CLASS_COLORS]);
}

DubRgba
dub_latent_part_color (const DubTheme *theme,
                       guint8          part)
{
  return part == DUB_PART_TRAIN         ? theme->train
         : part == DUB_PART_CALIBRATION ? theme->calibration
         : part == DUB_PART_TEST        ? theme->test
                                        : theme->faint;
}

static guint
count_classes (const DubLatentPoints *points)
{
  guint n = 0;

  while (points->classes != NULL && points->classes[n] != NULL)
    n++;

  return n;
}

int
dub_latent_shape (const DubLatentPoints *points,
                  size_t                 i)
{
  if (points->part[i] == DUB_PART_TRAIN) {
    int label = points->label[i];

    /* Signs stand in the order +, −, …: of two classes the one looked for is +. */
    if (label >= 0 && label < 2 && count_classes (points) == 2)
      return DUB_LATENT_SIGN + (label != (points->positive == 1));

    return DUB_LATENT_SIGN + (label >= 0 ? label % DUB_LATENT_N_SIGNS : DUB_LATENT_N_SIGNS - 1);
  }

  return points->failed[i] == 1 ? DUB_LATENT_TRIANGLE : points->failed[i] == 0 ? DUB_LATENT_DISC : DUB_LATENT_RING;
}

enum { N_VALUES = 64 }; /* as many steps as the eye tells apart in a mark, and few enough that each mark is made once */

/* Labels, and the one that says unknown. */
static int
class_index (int      label,
             gboolean train)
{
  return (label < 0 ? DUB_LATENT_N_CLASS_COLORS : label % DUB_LATENT_N_CLASS_COLORS) + (train ? DUB_LATENT_N_CLASS_COLORS + 1 : 0);
}

int
_dub_latent_color_index (const DubLatentPoints *points,
                         const double           range[2],
                         size_t                 i)
{
  gboolean train = points->part[i] == DUB_PART_TRAIN;
  double value;

  switch (points->color) {
  case DUB_LATENT_BY_CLASS:
    return class_index (points->label[i], train);
  case DUB_LATENT_BY_PREDICTED:
    return class_index (points->predicted[i], train);
  case DUB_LATENT_BY_PART:
    return MIN (points->part[i], DUB_PART_NONE);
  case DUB_LATENT_BY_VALUE:
    value = points->value != NULL && !train ? points->value[i] : (double) NAN;
    if (!isfinite (value))
      return N_VALUES;
    if (!(range[1] > range[0]))
      return N_VALUES / 2;
    return (int) CLAMP ((N_VALUES - 1) * (value - range[0]) / (range[1] - range[0]) + 0.5, 0.0, N_VALUES - 1.0);
  case DUB_LATENT_BY_OUTCOME:
  default:
    return train ? 3 : MIN (points->failed[i], 2);
  }
}

DubRgba
_dub_latent_indexed_color (DubLatentColor  by,
                           const DubTheme *theme,
                           int             index)
{
  const DubRgba outcome[] = { theme->correct, theme->failed, theme->dim, theme->faint };
  int label = index % (DUB_LATENT_N_CLASS_COLORS + 1);
  DubRgba color;
  guint8 rgb[3];

  switch (by) {
  case DUB_LATENT_BY_CLASS:
  case DUB_LATENT_BY_PREDICTED:
    color = dub_latent_class_color (theme, label < DUB_LATENT_N_CLASS_COLORS ? label : -1);
    /* The training set is what the others lie on. */
    if (index > DUB_LATENT_N_CLASS_COLORS)
      color.alpha *= 0.55;
    return color;
  case DUB_LATENT_BY_PART:
    color = dub_latent_part_color (theme, (guint8) index);
    if (index == DUB_PART_TRAIN)
      color.alpha *= 0.55;
    return color;
  case DUB_LATENT_BY_VALUE:
    if (index >= N_VALUES)
      return theme->faint;
    dub_colormap_lookup (DUB_LATENT_COLORMAP, index / (N_VALUES - 1.0), rgb);
    return (DubRgba) { rgb[0] / 255.0, rgb[1] / 255.0, rgb[2] / 255.0, 1.0 };
  case DUB_LATENT_BY_OUTCOME:
  default:
    return outcome[CLAMP (index, 0, 3)];
  }
}

DubRgba
dub_latent_color (const DubLatentPoints *points,
                  const DubTheme        *theme,
                  const double           range[2],
                  size_t                 i)
{
  return _dub_latent_indexed_color (points->color, theme, _dub_latent_color_index (points, range, i));
}

gboolean
dub_latent_value_range (const DubLatentPoints *points,
                        double                 range[2])
{
  if (points->value_range != NULL) {
    range[0] = points->value_range[0];
    range[1] = points->value_range[1];
    return TRUE;
  }
  range[0] = (double) INFINITY;
  range[1] = (double) -INFINITY;
  for (size_t i = 0; points->value != NULL && i < points->n; i++) {
    if (!isfinite (points->value[i]) || points->part[i] == DUB_PART_TRAIN || !dub_latent_is_visible (points, i))
      continue;
    range[0] = MIN (range[0], points->value[i]);
    range[1] = MAX (range[1], points->value[i]);
  }
  if (range[0] <= range[1])
    return TRUE;
  range[0] = 0.0;
  range[1] = 1.0;

  return FALSE;
}
