/* A case on another grid: resampled, cropped or padded.
 *
 * Resampling is separable, one axis after the other. Sample s of n covers the interval [s, s + 1) and its middle
 * is at s + 1/2, so the corners of both grids fall together (what others call align_corners = false).
 */
#include "core/data/prepare-private.h"

#include "core/base/checked.h"

#include <math.h>
#include <string.h>

/* Overlaps below this share of a sample come from rounding. */
static const double SLIVER = 1e-9;

void
_dub_grid_clear (DubGrid *self)
{
  g_clear_pointer (&self->values, g_free);
}

gboolean
_dub_grid_init (DubGrid        *self,
                int             channels,
                const int64_t   n[3],
                GError        **error)
{
  size_t n_values;

  memset (self, 0, sizeof *self);
  self->channels = channels;
  memcpy (self->n, n, sizeof self->n);
  if (!dub_checked_product (n, 3, &n_values) || !dub_checked_mul (n_values, (size_t) channels, &n_values) ||
      n_values > G_MAXSIZE / sizeof (float) ||
      (self->values = g_try_malloc (MAX (n_values, 1) * sizeof (float))) == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "A case of %d×%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT
                 " numbers does not fit into memory.", channels, n[0], n[1], n[2]);
    return FALSE;
  }

  return TRUE;
}

/* --- one axis --- */

/* New sample s is the sum of weight[s·width + t] times old sample start[s] + t, t below count[s]. */
typedef struct {
  int64_t *start;
  int64_t *count;
  int64_t  width;
  float   *weight;
} Taps;

static void
taps_clear (Taps *self)
{
  g_free (self->start);
  g_free (self->count);
  g_free (self->weight);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Taps, taps_clear)

static void
linear_tap (Taps    *self,
            int64_t  s,
            double   middle,
            int64_t  n_old)
{
  double x = CLAMP (middle - 0.5, 0.0, (double) (n_old - 1));
  int64_t low = MIN ((int64_t) x, n_old - 1);
  double weight = x - (double) low;

  self->start[s] = low;
  self->count[s] = weight > 0.0 && low + 1 < n_old ? 2 : 1;
  self->weight[s * self->width] = self->count[s] == 2 ? (float) (1.0 - weight) : 1.0f;
  if (self->count[s] == 2)
    self->weight[s * self->width + 1] = (float) weight;
}

static void
area_tap (Taps    *self,
          int64_t  s,
          double   middle,
          double   step,
          int64_t  n_old)
{
  double low = CLAMP (middle - 0.5 * step, 0.0, (double) n_old - 0.5);
  double high = CLAMP (middle + 0.5 * step, low + 0.5, (double) n_old);
  int64_t first = (int64_t) (low + SLIVER), n = 0;

  self->start[s] = first;
  for (int64_t t = first; t < n_old && (double) t < high - SLIVER && n < self->width; t++) {
    double overlap = MIN (high, (double) (t + 1)) - MAX (low, (double) t);

    self->weight[s * self->width + n++] = (float) (overlap / (high - low));
  }
  self->count[s] = n;
}

static void
taps_init (Taps    *self,
           int64_t  n_old,
           int64_t  n_new,
           double   step)
{
  self->width = step > 1.0 ? (int64_t) MIN (ceil (step) + 2.0, (double) n_old + 1.0) : 2;
  self->start = g_new (int64_t, (size_t) n_new);
  self->count = g_new (int64_t, (size_t) n_new);
  self->weight = g_new0 (float, (size_t) (n_new * self->width));
  for (int64_t s = 0; s < n_new; s++) {
    double middle = ((double) s + 0.5 - 0.5 * (double) n_new) * step + 0.5 * (double) n_old;

    if (step > 1.0)
      area_tap (self, s, middle, step, n_old);
    else
      linear_tap (self, s, middle, n_old);
  }
}

/* old [outer][n_old][inner] → new [outer][n_new][inner] */
static void
apply_taps (const Taps  *taps,
            const float *old,
            float       *new,
            int64_t      n_old,
            int64_t      n_new,
            int64_t      outer,
            int64_t      inner)
{
  for (int64_t o = 0; o < outer; o++)
    for (int64_t s = 0; s < n_new; s++) {
      const float *weight = taps->weight + s * taps->width;
      const float *from = old + (o * n_old + taps->start[s]) * inner;
      float *to = new + (o * n_new + s) * inner;

      for (int64_t i = 0; i < inner; i++)
        to[i] = weight[0] * from[i];
      for (int64_t t = 1; t < taps->count[s]; t++)
        for (int64_t i = 0; i < inner; i++)
          to[i] += weight[t] * from[t * inner + i];
    }
}

gboolean
_dub_grid_resample (DubGrid        *self,
                    const int64_t   n[3],
                    const double   *step,
                    GError        **error)
{
  for (int axis = 0; axis < 3; axis++) {
    double width = step != NULL ? step[axis] : (double) self->n[axis] / (double) n[axis];
    int64_t wanted[3], outer = self->channels, inner = 1;
    g_auto (DubGrid) next = { 0 };
    g_auto (Taps) taps = { 0 };

    if (n[axis] == self->n[axis] && width == 1.0)
      continue;
    memcpy (wanted, self->n, sizeof wanted);
    wanted[axis] = n[axis];
    for (int a = 0; a < axis; a++)
      outer *= self->n[a];
    for (int a = axis + 1; a < 3; a++)
      inner *= self->n[a];
    if (!_dub_grid_init (&next, self->channels, wanted, error))
      return FALSE;
    taps_init (&taps, self->n[axis], n[axis], width);
    apply_taps (&taps, self->values, next.values, self->n[axis], n[axis], outer, inner);

    DubGrid old = *self;

    *self = next;
    next = old;
  }

  return TRUE;
}

/* --- crop and pad --- */

gboolean
_dub_grid_crop_pad (DubGrid        *self,
                    const int64_t   n[3],
                    GError        **error)
{
  size_t n_old = (size_t) (self->channels * self->n[0] * self->n[1] * self->n[2]);
  size_t n_new = (size_t) (self->channels * n[0] * n[1] * n[2]);
  int64_t from[3], to[3], count[3];
  float smallest = self->values[0];
  g_auto (DubGrid) next = { 0 };

  if (memcmp (self->n, n, sizeof self->n) == 0)
    return TRUE;
  if (!_dub_grid_init (&next, self->channels, n, error))
    return FALSE;
  for (size_t i = 1; i < n_old; i++)
    smallest = MIN (smallest, self->values[i]);
  for (size_t i = 0; i < n_new; i++)
    next.values[i] = smallest;
  for (int a = 0; a < 3; a++) {
    from[a] = MAX (self->n[a] - n[a], 0) / 2;
    to[a] = MAX (n[a] - self->n[a], 0) / 2;
    count[a] = MIN (n[a], self->n[a]);
  }
  for (int64_t c = 0; c < self->channels; c++)
    for (int64_t i = 0; i < count[0]; i++)
      for (int64_t j = 0; j < count[1]; j++)
        memcpy (next.values + ((c * n[0] + to[0] + i) * n[1] + to[1] + j) * n[2] + to[2],
                self->values + ((c * self->n[0] + from[0] + i) * self->n[1] + from[1] + j) * self->n[2] + from[2],
                sizeof (float) * (size_t) count[2]);

  DubGrid old = *self;

  *self = next;
  next = old;

  return TRUE;
}
