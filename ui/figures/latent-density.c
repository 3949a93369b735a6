/* Where the training cases lie: a Gaussian kernel on a grid, and the lines that enclose given shares of them.
 *
 * The grid's rim is empty, so that every line is closed. Lines are kept in data units and drawn as paths: they are as smooth on
 * paper as on the screen, and drawing them costs the same for any number of cases.
 */
#include "ui/figures/latent-figure.h"

#include <math.h>
#include <string.h>

#include "core/data/split.h"

enum {
  CELLS = 224,      /* along the longer side, without the rim */
  N_BANDS = 7,
  N_STEPS = 16384,  /* of the histogram of densities that finds the levels */
  N_BLURS = 3,      /* box blurs, whose sum of three is a Gaussian but for 3 % */
};

/* Share of the training cases inside each line. */
static const double MASS[N_BANDS] = { 0.985, 0.94, 0.85, 0.70, 0.52, 0.34, 0.16 };

/* Of Scott's rule for one Gaussian: a latent space is several. */
#define NARROWER 0.42

typedef struct {
  GArray *corners; /* of float: x, y, x, y, … of all rings */
  GArray *ends;    /* of guint: where each ring ends, in corners */
} Band;

struct _DubLatentDensity {
  Band band[N_BANDS];
};

typedef struct {
  int     width, height;
  double  left, bottom, cell; /* of the middle of cell 0, 0 */
  float  *value;              /* [height][width] */
} Grid;

/* --- the kernel --- */

/* Mean and spread of the places. Returns how many there are. */
static size_t
survey (const DubLatentPoints *points,
        double                 low[2],
        double                 high[2],
        double                *spread)
{
  double sum[2] = { 0.0, 0.0 }, squares[2] = { 0.0, 0.0 }, origin[2] = { 0.0, 0.0 };
  size_t n = 0;

  for (size_t i = 0; i < points->n; i++) {
    const float *at = points->xy + 2 * i;

    if (points->part[i] != DUB_PART_TRAIN || (points->hidden != NULL && points->hidden[i] == 1) || !isfinite (at[0])
        || !isfinite (at[1]))
      continue;
    for (int k = 0; k < 2; k++) {
      double x = (double) at[k];

      if (n == 0)
        low[k] = high[k] = origin[k] = x;
      low[k] = MIN (low[k], x);
      high[k] = MAX (high[k], x);
      sum[k] += x - origin[k];
      squares[k] += (x - origin[k]) * (x - origin[k]);
    }
    n++;
  }
  if (n == 0)
    return 0;

  double variance[2];

  for (int k = 0; k < 2; k++)
    variance[k] = MAX (0.0, squares[k] / (double) n - sum[k] / (double) n * (sum[k] / (double) n));
  *spread = sqrt (0.5 * (variance[0] + variance[1]));

  return n;
}

/* One box blur of rows: @in and @out [height][width]; a cell becomes the mean of 2 @radius + 1, with @share of the two outermost. */
static void
blur_rows (const float *in,
           float       *out,
           int          width,
           int          height,
           double       radius)
{
  int whole = (int) radius;
  float part = (float) (radius - whole), scale = (float) (1.0 / (2.0 * radius + 1.0));

  for (int y = 0; y < height; y++) {
    const float *row = in + (size_t) y * (size_t) width;
    float *to = out + (size_t) y * (size_t) width;
    double sum = 0.0;

    for (int x = -whole; x <= whole - 1; x++)
      sum += x >= 0 && x < width ? (double) row[x] : 0.0;
    for (int x = 0; x < width; x++) {
      float before = x - whole - 1 >= 0 ? row[x - whole - 1] : 0.0f, after = x + whole + 1 < width ? row[x + whole + 1] : 0.0f;

      sum += x + whole < width ? (double) row[x + whole] : 0.0;
      /* What is added and taken away again leaves a rounding, which may hang below zero where nothing lies. */
      to[x] = MAX (0.0f, ((float) sum + part * (before + after)) * scale);
      sum -= x - whole >= 0 ? (double) row[x - whole] : 0.0;
    }
  }
}

static void
transpose (const float *in,
           float       *out,
           int          width,
           int          height)
{
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      out[(size_t) x * (size_t) height + (size_t) y] = in[(size_t) y * (size_t) width + (size_t) x];
}

/* The variance of a box of 2 r + 1 cells with fractional ends is (2 r + 1)² / 12 but for less than 1 / 12. */
static void
blur (Grid   *grid,
      double  sigma)
{
  double radius = 0.5 * (sqrt (12.0 * sigma * sigma / N_BLURS + 1.0) - 1.0);
  size_t n = (size_t) grid->width * (size_t) grid->height;
  g_autofree float *other = g_new (float, n);

  for (int axis = 0; axis < 2; axis++) {
    int width = axis == 0 ? grid->width : grid->height, height = axis == 0 ? grid->height : grid->width;

    for (int k = 0; k < N_BLURS; k++) {
      blur_rows (grid->value, other, width, height, radius);
      memcpy (grid->value, other, n * sizeof (float));
    }
    transpose (grid->value, other, width, height);
    memcpy (grid->value, other, n * sizeof (float));
  }
}

/* Every case is shared among the four cells around it. */
static void
scatter (Grid                  *grid,
         const DubLatentPoints *points)
{
  double scale = 1.0 / grid->cell;

  for (size_t i = 0; i < points->n; i++) {
    const float *at = points->xy + 2 * i;

    if (points->part[i] != DUB_PART_TRAIN || (points->hidden != NULL && points->hidden[i] == 1) || !isfinite (at[0])
        || !isfinite (at[1]))
      continue;

    double x = ((double) at[0] - grid->left) * scale, y = ((double) at[1] - grid->bottom) * scale;
    int column = CLAMP ((int) x, 0, grid->width - 2), row = CLAMP ((int) y, 0, grid->height - 2);
    float fx = (float) (x - column), fy = (float) (y - row);
    float *cell = grid->value + (size_t) row * (size_t) grid->width + (size_t) column;

    cell[0] += (1.0f - fx) * (1.0f - fy);
    cell[1] += fx * (1.0f - fy);
    cell[grid->width] += (1.0f - fx) * fy;
    cell[grid->width + 1] += fx * fy;
  }
}

/* The densities above which the shares of MASS lie. */
static void
find_levels (const Grid *grid,
             float       level[N_BANDS])
{
  size_t n = (size_t) grid->width * (size_t) grid->height;
  g_autofree double *mass = g_new0 (double, N_STEPS);
  double total = 0.0, above = 0.0;
  float most = 0.0f;
  int band = N_BANDS - 1;

  for (size_t i = 0; i < n; i++)
    most = MAX (most, grid->value[i]);
  /* Steps of the root: they are narrower where densities are low, as the outer lines want them. */
  for (size_t i = 0; i < n && most > 0.0f; i++) {
    /* What running sums leave where nothing is may lie below 0. */
    if (!(grid->value[i] > 0.0f))
      continue;

    int step = (int) (sqrtf (grid->value[i] / most) * (float) (N_STEPS - 1));

    mass[step] += (double) grid->value[i];
    total += (double) grid->value[i];
  }
  for (int k = 0; k < N_BANDS; k++)
    level[k] = (float) INFINITY;
  for (int step = N_STEPS - 1; step > 0 && band >= 0; step--) {
    above += mass[step];
    while (band >= 0 && above >= MASS[band] * total)
      level[band--] = most * (float) step / (N_STEPS - 1) * (float) step / (N_STEPS - 1);
  }
}

/* --- lines: marching squares with the higher side on the left --- */

/* The sides of a square: below, right, above, left. The crossing of two corners that differ lies on exactly one of them, and a line
 * with the higher side on its left enters a square by a side whose right end, seen from inside, is higher. */
typedef struct {
  int x, y;  /* square */
  int side;
} Crossing;

static guint
square_code (const Grid *grid,
             int         x,
             int         y,
             float       level)
{
  const float *v = grid->value + (size_t) y * (size_t) grid->width + (size_t) x;

  return (guint) (v[0] >= level) | (guint) (v[1] >= level) << 1 | (guint) (v[grid->width + 1] >= level) << 2
         | (guint) (v[grid->width] >= level) << 3;
}

/* By which side a line that entered by @side leaves. Corners stand around the square: 0 and 1 end side 0, 1 and 2 side 1, …: from
 * outside, the line enters side s where corner s is higher and corner s + 1 is not. It follows the low corners around to the next side
 * whose end is high; a saddle is cut so that its middle belongs to where its mean does. */
static int
leave (const Grid *grid,
       const Crossing *at,
       guint       code,
       float       level)
{
  const float *v = grid->value + (size_t) at->y * (size_t) grid->width + (size_t) at->x;
  int side = at->side;

  if (code == 5 || code == 10) {
    gboolean high = v[0] + v[1] + v[grid->width] + v[grid->width + 1] >= 4.0f * level;

    /* High in the middle: the low corner is cut off; else the high one is. */
    return high ? (side + 1) % 4 : (side + 3) % 4;
  }
  for (int k = 1; k < 4; k++)
    if ((code >> ((side + 1 + k) % 4)) & 1)
      return (side + k) % 4;

  return side;
}

static void
append_corner (const Grid     *grid,
               const Crossing *at,
               float           level,
               GArray         *corners)
{
  static const int OF[4][2] = { { 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 } };
  const int *a = OF[at->side], *b = OF[(at->side + 1) % 4];
  float va = grid->value[(size_t) (at->y + a[1]) * (size_t) grid->width + (size_t) (at->x + a[0])];
  float vb = grid->value[(size_t) (at->y + b[1]) * (size_t) grid->width + (size_t) (at->x + b[0])];
  double t = va != vb ? (double) ((level - va) / (vb - va)) : 0.5;
  float xy[2] = {
    (float) (grid->left + grid->cell * (at->x + a[0] + t * (b[0] - a[0]))),
    (float) (grid->bottom + grid->cell * (at->y + a[1] + t * (b[1] - a[1]))),
  };

  g_array_append_vals (corners, xy, 2);
}

/* @seen: [height][width], bit s: side s was entered. */
static void
follow (const Grid *grid,
        Crossing    at,
        float       level,
        guint8     *seen,
        Band       *band)
{
  static const int STEP[4][2] = { { 0, -1 }, { 1, 0 }, { 0, 1 }, { -1, 0 } };

  for (;;) {
    guint8 *mark = seen + (size_t) at.y * (size_t) grid->width + (size_t) at.x;

    if ((*mark >> at.side) & 1)
      break;
    *mark |= (guint8) (1 << at.side);
    append_corner (grid, &at, level, band->corners);

    int out = leave (grid, &at, square_code (grid, at.x, at.y, level), level);

    at = (Crossing) { at.x + STEP[out][0], at.y + STEP[out][1], (out + 2) % 4 };
  }

  guint end = band->corners->len;

  g_array_append_val (band->ends, end);
}

static void
trace (const Grid *grid,
       float       level,
       Band       *band)
{
  size_t n = (size_t) grid->width * (size_t) grid->height;
  g_autofree guint8 *seen = g_malloc0 (n);

  for (int y = 0; y + 1 < grid->height; y++)
    for (int x = 0; x + 1 < grid->width; x++) {
      guint code = square_code (grid, x, y, level);

      if (code == 0 || code == 15)
        continue;
      for (int side = 0; side < 4; side++)
        if (((code >> side) & 1) && !((code >> ((side + 1) % 4)) & 1)
            && !((seen[(size_t) y * (size_t) grid->width + (size_t) x] >> side) & 1))
          follow (grid, (Crossing) { x, y, side }, level, seen, band);
    }
}

/* --- the density --- */

DubLatentDensity *
dub_latent_density_new (const DubLatentPoints *points)
{
  g_return_val_if_fail (points != NULL, NULL);

  DubLatentDensity *self = g_new0 (DubLatentDensity, 1);
  double low[2], high[2], spread = 0.0;
  size_t n = survey (points, low, high, &spread);
  float level[N_BANDS];
  Grid grid;

  for (int k = 0; k < N_BANDS; k++)
    self->band[k] = (Band) { g_array_new (FALSE, FALSE, sizeof (float)), g_array_new (FALSE, FALSE, sizeof (guint)) };
  if (n == 0)
    return self;

  double extent = MAX (high[0] - low[0], high[1] - low[1]);

  /* All in one place: a round spot, a twentieth of what dub_latent_plane_fit shows then. */
  if (!(extent > 0.0))
    extent = spread = 0.1 * MAX (1.0, 1e-3 * MAX (fabs (low[0]), fabs (low[1])));

  double sigma = NARROWER * spread * pow ((double) n, -1.0 / 6.0);

  /* Finer than one and a half cells, the grid would show. */
  sigma = MAX (sigma, 1.5 * extent / CELLS);

  double reach = 3.2 * sigma;

  grid.cell = (extent + 2.0 * reach) / CELLS;
  grid.width = (int) ceil ((high[0] - low[0] + 2.0 * reach) / grid.cell) + 4;
  grid.height = (int) ceil ((high[1] - low[1] + 2.0 * reach) / grid.cell) + 4;
  grid.left = low[0] - reach - 1.5 * grid.cell;
  grid.bottom = low[1] - reach - 1.5 * grid.cell;
  grid.value = g_new0 (float, (size_t) grid.width * (size_t) grid.height);
  scatter (&grid, points);
  blur (&grid, sigma / grid.cell);
  /* A float of a far place may not tell cells apart: then there is nothing to enclose. */
  for (int x = 0; x < grid.width; x++)
    grid.value[x] = grid.value[(size_t) (grid.height - 1) * (size_t) grid.width + (size_t) x] = 0.0f;
  for (int y = 0; y < grid.height; y++)
    grid.value[(size_t) y * (size_t) grid.width] = grid.value[(size_t) (y + 1) * (size_t) grid.width - 1] = 0.0f;
  find_levels (&grid, level);
  for (int k = 0; k < N_BANDS; k++)
    if (isfinite (level[k]) && level[k] > 0.0f)
      trace (&grid, level[k], &self->band[k]);
  g_free (grid.value);

  return self;
}

void
dub_latent_density_free (DubLatentDensity *self)
{
  if (self == NULL)
    return;
  for (int k = 0; k < N_BANDS; k++) {
    g_array_unref (self->band[k].corners);
    g_array_unref (self->band[k].ends);
  }
  g_free (self);
}

/* --- drawing --- */

/* Opaque, so that bands print the same everywhere and are filled without blending. */
static DubRgba
band_color (const DubTheme *theme,
            int             band)
{
  double share = (0.035 + 0.027 * band) * theme->text.alpha;
  DubRgba from = theme->view, to = theme->text;

  return (DubRgba) { from.red + share * (to.red - from.red), from.green + share * (to.green - from.green),
                     from.blue + share * (to.blue - from.blue), 1.0 };
}

void
dub_latent_density_draw (const DubLatentDensity *self,
                         const DubLatentPlane   *plane,
                         DubCanvas              *canvas,
                         double                  width,
                         double                  height)
{
  /* Beyond this, Cairo's fixed numbers would wrap; what is seen of a line so far away does not change. */
  const double far = 1e5;
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double sx = width / (plane->right - plane->left), sy = height / (plane->top - plane->bottom);

  cairo_save (cr);
  cairo_rectangle (cr, 0.0, 0.0, width, height);
  cairo_clip (cr);
  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
  /* Neighbouring bands differ by a few shades: sixteen steps between them are more than is seen. */
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_FAST);
  for (int k = 0; k < N_BANDS; k++) {
    const float *xy = (const float *) (gconstpointer) self->band[k].corners->data;
    guint begin = 0;

    for (guint ring = 0; ring < self->band[k].ends->len; ring++) {
      guint end = g_array_index (self->band[k].ends, guint, ring);

      cairo_new_sub_path (cr);
      for (guint i = begin; i < end; i += 2)
        cairo_line_to (cr, CLAMP (((double) xy[i] - plane->left) * sx, -far, far),
                       CLAMP ((plane->top - (double) xy[i + 1]) * sy, -far, far));
      cairo_close_path (cr);
      begin = end;
    }
    dub_canvas_set_color (canvas, band_color (dub_canvas_get_theme (canvas), k));
    cairo_fill (cr);
  }
  cairo_restore (cr);
}
