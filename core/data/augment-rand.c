/* The operations of RandAugment (Cubuk et al. 2020) on float images.
 *
 * A magnitude of 30 is the end of the published range; larger ones go on in proportion, so that 45, which greedy
 * policy search uses, is one and a half times it:
 *
 *                 at 30           at 45
 *   shear         0.3             0.45
 *   translate     0.45 of extent  0.675
 *   rotate        30°             45°
 *   contrast, brightness, sharpness   factor 1 ± 0.9 | 1 ± 1.35, never below 0
 *   solarize      all inverted    all inverted
 *   posterize     4 bits          2 bits
 *   cutout        0.2 of the shorter extent | 0.3
 *
 * What 0 and 255 are to an 8-bit image, the smallest and largest value of the case are here. What comes in from
 * outside is the smallest value. The operation on colour is left out: grey images have none.
 */
#include "core/data/augment-private.h"

#include <math.h>
#include <string.h>

static const double FULL = 30.0;
static const double LARGEST = 45.0;

enum {
  IDENTITY, SHEAR_X, SHEAR_Y, TRANSLATE_X, TRANSLATE_Y, ROTATE, AUTOCONTRAST, EQUALIZE, SOLARIZE, POSTERIZE, CONTRAST,
  BRIGHTNESS, SHARPNESS, CUTOUT,
};

static const DubAugmentOp OPS[] = {
  [IDENTITY] = { "identity", FALSE },       [SHEAR_X] = { "shear-x", TRUE },
  [SHEAR_Y] = { "shear-y", TRUE },          [TRANSLATE_X] = { "translate-x", TRUE },
  [TRANSLATE_Y] = { "translate-y", TRUE },  [ROTATE] = { "rotate", TRUE },
  [AUTOCONTRAST] = { "autocontrast", FALSE }, [EQUALIZE] = { "equalize", FALSE },
  [SOLARIZE] = { "solarize", FALSE },       [POSTERIZE] = { "posterize", FALSE },
  [CONTRAST] = { "contrast", TRUE },        [BRIGHTNESS] = { "brightness", TRUE },
  [SHARPNESS] = { "sharpness", TRUE },      [CUTOUT] = { "cutout", FALSE },
};

#define N_LEVELS 256

const DubAugmentOp *
dub_augment_ops (size_t *n_ops)
{
  *n_ops = G_N_ELEMENTS (OPS);

  return OPS;
}

/* --- geometry --- */

static void
move (size_t          op,
      double          share, /* of the range, signed */
      const DubShape *shape,
      float          *values,
      float           low)
{
  DubWarp warp;

  _dub_warp_init (&warp);
  if (op == SHEAR_X) {
    warp.matrix[2][1] = 0.3 * share;
  } else if (op == SHEAR_Y) {
    warp.matrix[1][2] = 0.3 * share;
  } else if (op == TRANSLATE_X) {
    warp.shift[2] = 0.45 * share * (double) shape->dim[2];
  } else if (op == TRANSLATE_Y) {
    warp.shift[1] = 0.45 * share * (double) shape->dim[1];
  } else {
    double angle = share * 30.0 * G_PI / 180.0;

    warp.matrix[1][1] = warp.matrix[2][2] = cos (angle);
    warp.matrix[1][2] = sin (angle);
    warp.matrix[2][1] = -sin (angle);
  }
  _dub_augment_warp (&warp, shape, values, &low);
}

/* --- histograms --- */

static int
level_of (float               value,
          const DubCaseStats *stats)
{
  double share = ((double) value - (double) stats->low) / ((double) stats->high - (double) stats->low);

  return CLAMP ((int) (share * (N_LEVELS - 1) + 0.5), 0, N_LEVELS - 1);
}

static void
count_levels (const float        *values,
              size_t              n,
              const DubCaseStats *stats,
              size_t              count[N_LEVELS])
{
  memset (count, 0, N_LEVELS * sizeof *count);
  for (size_t i = 0; i < n; i++)
    count[level_of (values[i], stats)]++;
}

/* Stretches one channel so that all but 1 % at either end fills the case's range. Published without the 1 %, which
 * makes it the identity on an image that has a black and a white pixel, and here on every grey one. */
static void
autocontrast (float              *values,
              size_t              n,
              const DubCaseStats *stats)
{
  size_t count[N_LEVELS], cut = n / 100, below = 0, above = 0;
  int first = 0, last = N_LEVELS - 1;

  count_levels (values, n, stats, count);
  while (first < last && below + count[first] <= cut)
    below += count[first++];
  while (last > first && above + count[last] <= cut)
    above += count[last--];
  if (last <= first)
    return;

  double range = (double) stats->high - (double) stats->low;
  double low = (double) stats->low + range * first / (N_LEVELS - 1);
  double gain = (double) (N_LEVELS - 1) / (double) (last - first);

  for (size_t i = 0; i < n; i++)
    values[i] = CLAMP ((float) ((double) stats->low + ((double) values[i] - low) * gain), stats->low, stats->high);
}

/* Each of 256 levels goes to the share of pixels below it. */
static void
equalize (float              *values,
          size_t              n,
          const DubCaseStats *stats)
{
  size_t count[N_LEVELS], below = 0;
  float level[N_LEVELS];
  int last = N_LEVELS - 1;

  count_levels (values, n, stats, count);
  while (last > 0 && count[last] == 0)
    last--;
  if (count[last] == n)
    return;
  for (int l = 0; l < N_LEVELS; l++) {
    double share = MIN ((double) below / (double) (n - count[last]), 1.0);

    level[l] = (float) ((double) stats->low + share * ((double) stats->high - (double) stats->low));
    below += count[l];
  }
  for (size_t i = 0; i < n; i++)
    values[i] = level[level_of (values[i], stats)];
}

/* --- one pixel at a time --- */

static void
solarize (float              *values,
          size_t              n,
          double              share,
          const DubCaseStats *stats)
{
  float threshold = (float) ((double) stats->high - share * ((double) stats->high - (double) stats->low));

  if (share <= 0.0)
    return;
  for (size_t i = 0; i < n; i++)
    if (values[i] >= threshold)
      values[i] = stats->low + stats->high - values[i];
}

static void
posterize (float              *values,
           size_t              n,
           double              share,
           const DubCaseStats *stats)
{
  int dropped = CLAMP ((int) lround (4.0 * share), 0, 7);
  double step = ((double) stats->high - (double) stats->low) / (N_LEVELS - 1);

  if (dropped == 0)
    return;
  for (size_t i = 0; i < n; i++)
    values[i] = (float) ((double) stats->low + step * (level_of (values[i], stats) >> dropped << dropped));
}

/* value ← pivot + factor (value - pivot), within the case's range */
static void
spread (float              *values,
        size_t              n,
        double              pivot,
        double              factor,
        const DubCaseStats *stats)
{
  if (factor == 1.0)
    return;
  for (size_t i = 0; i < n; i++)
    values[i] = CLAMP ((float) (pivot + factor * ((double) values[i] - pivot)), stats->low, stats->high);
}

/* Away from (factor > 1) or toward a mean over 3 x 3 whose middle counts 5 of 13; the border stays. */
static void
sharpen (float              *plane,
         int64_t             h,
         int64_t             w,
         float               factor,
         const DubCaseStats *stats)
{
  if (factor == 1.0f)
    return;

  g_autofree float *from = g_memdup2 (plane, (size_t) (h * w) * sizeof (float));

  for (int64_t y = 1; y + 1 < h; y++)
    for (int64_t x = 1; x + 1 < w; x++) {
      const float *at = from + y * w + x;
      float around = at[-w - 1] + at[-w] + at[-w + 1] + at[-1] + at[1] + at[w - 1] + at[w] + at[w + 1];
      float smooth = (around + 5.0f * at[0]) / 13.0f;

      plane[y * w + x] = CLAMP (smooth + factor * (at[0] - smooth), stats->low, stats->high);
    }
}

/* A square of the case's mean around a pixel drawn evenly; what would stand outside is cut off. */
static void
cut_out (const DubShape     *shape,
         float              *values,
         double              share,
         const DubCaseStats *stats,
         DubRng             *rng)
{
  const int64_t *n = shape->dim;
  int64_t side = (int64_t) lround (0.2 * share * (double) MIN (n[1], n[2]));
  int64_t top = (int64_t) dub_rng_below (rng, (uint32_t) n[1]) - side / 2;
  int64_t left = (int64_t) dub_rng_below (rng, (uint32_t) n[2]) - side / 2;

  for (int64_t c = 0; c < n[0]; c++)
    for (int64_t y = MAX (top, 0); y < MIN (top + side, n[1]); y++)
      for (int64_t x = MAX (left, 0); x < MIN (left + side, n[2]); x++)
        values[(c * n[1] + y) * n[2] + x] = (float) stats->mean;
}

void
dub_augment_op_apply (size_t          op,
                      double          magnitude,
                      const DubShape *shape,
                      float          *values,
                      DubRng         *rng)
{
  size_t n = dub_shape_n_elements (shape), n_each;
  double share = CLAMP (magnitude, 0.0, LARGEST) / FULL;
  DubCaseStats stats;

  g_return_if_fail (op < G_N_ELEMENTS (OPS) && shape->rank == 3);

  if (OPS[op].is_signed && dub_rng_below (rng, 2) == 1)
    share = -share;
  if (n == 0 || op == IDENTITY)
    return;
  n_each = n / (size_t) shape->dim[0];
  _dub_augment_stats (values, n, &stats);
  /* An image of one value has no contrast to change and nothing to move. */
  if (!(stats.high > stats.low))
    return;

  double factor = MAX (1.0 + 0.9 * share, 0.0);

  switch (op) {
  case SHEAR_X:
  case SHEAR_Y:
  case TRANSLATE_X:
  case TRANSLATE_Y:
  case ROTATE:
    move (op, share, shape, values, stats.low);
    break;
  case AUTOCONTRAST:
    for (int64_t c = 0; c < shape->dim[0]; c++)
      autocontrast (values + (size_t) c * n_each, n_each, &stats);
    break;
  case EQUALIZE:
    for (int64_t c = 0; c < shape->dim[0]; c++)
      equalize (values + (size_t) c * n_each, n_each, &stats);
    break;
  case SOLARIZE:
    solarize (values, n, share, &stats);
    break;
  case POSTERIZE:
    posterize (values, n, share, &stats);
    break;
  case CONTRAST:
    spread (values, n, stats.mean, factor, &stats);
    break;
  case BRIGHTNESS:
    spread (values, n, (double) stats.low, factor, &stats);
    break;
  case SHARPNESS:
    for (int64_t c = 0; c < shape->dim[0]; c++)
      sharpen (values + (size_t) c * n_each, shape->dim[1], shape->dim[2], (float) factor, &stats);
    break;
  case CUTOUT:
    cut_out (shape, values, share, &stats, rng);
    break;
  default:
    break;
  }
}
