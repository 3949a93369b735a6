/* A grid over the points: every cell lists its points, so that a hand meets few of them. */
#include "ui/figures/latent-figure.h"

#include <math.h>
#include <string.h>

#include "core/data/split.h"

enum { PER_CELL = 2, MOST_CELLS = 512 };

struct _DubLatentIndex {
  int     width, height;
  double  left, bottom, cell;
  guint  *begin;   /* [width * height + 1] into order */
  guint  *order;   /* points by cell, rising within each */
  gboolean only_training; /* no other has a place */
};

static int
column_of (const DubLatentIndex *self,
           double                x)
{
  return (int) CLAMP (floor ((x - self->left) / self->cell), 0.0, (double) (self->width - 1));
}

static int
row_of (const DubLatentIndex *self,
        double                y)
{
  return (int) CLAMP (floor ((y - self->bottom) / self->cell), 0.0, (double) (self->height - 1));
}

static gboolean
is_finite (const DubLatentPoints *points,
           size_t                 i)
{
  return isfinite (points->xy[2 * i]) && isfinite (points->xy[2 * i + 1]);
}

/* Square cells over the box of all places, about PER_CELL points each where they are spread evenly. */
static size_t
lay_out (DubLatentIndex        *self,
         const DubLatentPoints *points)
{
  double low[2] = { (double) INFINITY, (double) INFINITY }, high[2] = { (double) -INFINITY, (double) -INFINITY };
  size_t n = 0;

  self->only_training = TRUE;
  for (size_t i = 0; i < points->n; i++) {
    if (!is_finite (points, i))
      continue;
    for (int k = 0; k < 2; k++) {
      double x = (double) points->xy[2 * i + (size_t) k];

      low[k] = MIN (low[k], x);
      high[k] = MAX (high[k], x);
    }
    self->only_training = self->only_training && points->part[i] == DUB_PART_TRAIN;
    n++;
  }
  if (n == 0)
    low[0] = low[1] = high[0] = high[1] = 0.0;

  double across = high[0] - low[0], up = high[1] - low[1], extent = MAX (across, up);
  double area = MAX (across, extent / MOST_CELLS) * MAX (up, extent / MOST_CELLS);

  self->left = low[0];
  self->bottom = low[1];
  self->cell = MAX (sqrt (area * PER_CELL / (double) MAX (n, 1)), extent / MOST_CELLS);
  if (!(self->cell > 0.0))
    self->cell = 1.0;
  self->width = (int) MIN (floor (across / self->cell) + 1.0, MOST_CELLS + 1.0);
  self->height = (int) MIN (floor (up / self->cell) + 1.0, MOST_CELLS + 1.0);

  return n;
}

DubLatentIndex *
dub_latent_index_new (const DubLatentPoints *points)
{
  g_return_val_if_fail (points != NULL, NULL);

  DubLatentIndex *self = g_new0 (DubLatentIndex, 1);
  size_t n = lay_out (self, points), n_cells = (size_t) self->width * (size_t) self->height;
  g_autofree guint *next = NULL;

  self->begin = g_new0 (guint, n_cells + 1);
  self->order = g_new (guint, MAX (n, 1));
  for (size_t i = 0; i < points->n; i++)
    if (is_finite (points, i))
      self->begin[row_of (self, (double) points->xy[2 * i + 1]) * self->width + column_of (self, (double) points->xy[2 * i]) + 1]++;
  for (size_t cell = 0; cell < n_cells; cell++)
    self->begin[cell + 1] += self->begin[cell];
  next = g_memdup2 (self->begin, n_cells * sizeof (guint));
  for (size_t i = 0; i < points->n; i++)
    if (is_finite (points, i))
      self->order[next[row_of (self, (double) points->xy[2 * i + 1]) * self->width
                       + column_of (self, (double) points->xy[2 * i])]++] = (guint) i;

  return self;
}

void
dub_latent_index_free (DubLatentIndex *self)
{
  if (self == NULL)
    return;
  g_free (self->begin);
  g_free (self->order);
  g_free (self);
}

/* --- the nearest --- */

/* Training cases come last; of two at one distance, the failure, which is drawn on top. */
static gboolean
is_better (const DubLatentPoints *points,
           guint                  i,
           double                 distance,
           int                    best,
           double                 best_distance)
{
  if (best < 0)
    return TRUE;

  gboolean train = points->part[i] == DUB_PART_TRAIN, best_train = points->part[best] == DUB_PART_TRAIN;

  if (train != best_train)
    return best_train;
  if (distance != best_distance)
    return distance < best_distance;
  if ((points->failed[i] == 1) != (points->failed[best] == 1))
    return points->failed[i] == 1;

  return (int) i < best;
}

int
dub_latent_index_pick (const DubLatentIndex  *self,
                       const DubLatentPoints *points,
                       double                 x,
                       double                 y,
                       double                 radius)
{
  g_return_val_if_fail (self != NULL && points != NULL, -1);

  int best = -1;
  double nearest = 0.0;

  if (!isfinite (x) || !isfinite (y) || !(radius >= 0.0))
    return -1;
  for (int row = row_of (self, y - radius); row <= row_of (self, y + radius); row++)
    for (int column = column_of (self, x - radius); column <= column_of (self, x + radius); column++) {
      const guint *cell = self->begin + row * self->width + column;

      for (guint k = cell[0]; k < cell[1]; k++) {
        guint i = self->order[k];
        double dx = (double) points->xy[2 * i] - x, dy = (double) points->xy[2 * i + 1] - y, distance = dx * dx + dy * dy;

        if (distance <= radius * radius && dub_latent_is_visible (points, i) && is_better (points, i, distance, best, nearest)) {
          best = (int) i;
          nearest = distance;
        }
      }
    }

  return best;
}

int
dub_latent_index_towards (const DubLatentIndex  *self,
                          const DubLatentPoints *points,
                          int                    from,
                          double                 x,
                          double                 y,
                          double                 dx,
                          double                 dy)
{
  g_return_val_if_fail (self != NULL && points != NULL, -1);

  int best = -1;
  double nearest = (double) INFINITY;

  for (size_t i = 0; i < points->n; i++) {
    double px = (double) points->xy[2 * i] - x, py = (double) points->xy[2 * i + 1] - y;
    double along = px * dx + py * dy, beside = fabs (px * dy - py * dx), distance = px * px + py * py;

    if ((int) i == from || !(along > 0.0) || beside > along || !(distance < nearest) || !dub_latent_is_visible (points, i)
        || (points->part[i] == DUB_PART_TRAIN && !self->only_training))
      continue;
    best = (int) i;
    nearest = distance;
  }

  return best;
}

/* --- inside a polygon --- */

/* Even-odd, by the sides listed: those that can meet a horizontal line near y. */
static gboolean
is_inside (const double *corners,
           const GArray *sides, /* of guint: the corner that each begins at */
           size_t        n_corners,
           double        x,
           double        y)
{
  gboolean inside = FALSE;

  for (guint k = 0; k < sides->len; k++) {
    size_t j = g_array_index (sides, guint, k), i = j + 1 < n_corners ? j + 1 : 0;
    double xi = corners[2 * i], yi = corners[2 * i + 1], xj = corners[2 * j], yj = corners[2 * j + 1];

    if ((yi > y) != (yj > y) && x < (xj - xi) * (y - yi) / (yj - yi) + xi)
      inside = !inside;
  }

  return inside;
}

enum { UNKNOWN, CROSSED };

/* Marks the cells that a side of the polygon may pass through, one more to each side than it does. */
static void
mark_side (const DubLatentIndex *self,
           guint8               *state,
           const double         *a,
           const double         *b)
{
  const double *low = a[1] <= b[1] ? a : b, *high = a[1] <= b[1] ? b : a;
  int first = MAX (row_of (self, low[1]) - 1, 0), last = MIN (row_of (self, high[1]) + 1, self->height - 1);
  double slope = high[1] > low[1] ? (high[0] - low[0]) / (high[1] - low[1]) : 0.0;

  for (int row = first; row <= last; row++) {
    double from = CLAMP (self->bottom + (row - 1) * self->cell, low[1], high[1]);
    double to = CLAMP (self->bottom + (row + 2) * self->cell, low[1], high[1]);
    double x0 = low[0] + slope * (from - low[1]), x1 = low[0] + slope * (to - low[1]);

    if (!(high[1] > low[1])) {
      x0 = low[0];
      x1 = high[0];
    }

    int left = MAX (column_of (self, MIN (x0, x1)) - 1, 0), right = MIN (column_of (self, MAX (x0, x1)) + 1, self->width - 1);

    memset (state + row * self->width + left, CROSSED, (gsize) (right - left + 1));
  }
}

/* The sides that reach into a row of cells, or nearly so. */
static void
list_sides (const DubLatentIndex *self,
            const double         *corners,
            size_t                n_corners,
            int                   row,
            GArray               *sides)
{
  double low = self->bottom + (row - 1) * self->cell, high = self->bottom + (row + 2) * self->cell;

  g_array_set_size (sides, 0);
  for (guint j = 0; j < n_corners; j++) {
    double y0 = corners[2 * j + 1], y1 = corners[2 * (j + 1 < n_corners ? j + 1 : 0) + 1];

    if (MIN (y0, y1) <= high && MAX (y0, y1) >= low)
      g_array_append_val (sides, j);
  }
}

guint *
dub_latent_index_inside (const DubLatentIndex  *self,
                         const DubLatentPoints *points,
                         const double          *corners,
                         size_t                 n_corners,
                         size_t                *n)
{
  g_return_val_if_fail (self != NULL && points != NULL && n != NULL, NULL);

  g_autofree guint8 *state = g_malloc0 ((gsize) self->width * (gsize) self->height);
  g_autofree guint8 *found = g_malloc0 (MAX (points->n, 1));
  g_autoptr (GArray) sides = g_array_new (FALSE, FALSE, sizeof (guint));
  guint *indices;

  for (size_t i = 0; i < 2 * n_corners; i++)
    if (!isfinite (corners[i]))
      n_corners = 0;
  for (size_t i = 0, j = n_corners - 1; i < n_corners; j = i++)
    mark_side (self, state, corners + 2 * j, corners + 2 * i);
  *n = 0;
  for (int row = 0; n_corners >= 3 && row < self->height; row++) {
    gboolean inside = FALSE, known = FALSE;

    list_sides (self, corners, n_corners, row, sides);
    if (sides->len == 0)
      continue;
    /* Between two sides of the polygon, cells are like their neighbours: one is asked for all. */
    for (int column = 0; column < self->width; column++) {
      int cell = row * self->width + column;
      gboolean crossed = state[cell] == CROSSED;

      if (!crossed && !known)
        inside = is_inside (corners, sides, n_corners, self->left + (column + 0.5) * self->cell,
                            self->bottom + (row + 0.5) * self->cell);
      known = !crossed;
      if (!crossed && !inside)
        continue;
      for (guint k = self->begin[cell]; k < self->begin[cell + 1]; k++) {
        guint i = self->order[k];

        found[i] = dub_latent_is_visible (points, i)
                   && (!crossed || is_inside (corners, sides, n_corners, (double) points->xy[2 * i], (double) points->xy[2 * i + 1]));
        *n += found[i];
      }
    }
  }
  indices = g_new (guint, MAX (*n, 1));
  for (size_t i = 0, k = 0; k < *n; i++)
    if (found[i])
      indices[k++] = (guint) i;

  return indices;
}
