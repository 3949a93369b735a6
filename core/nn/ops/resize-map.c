#include "core/nn/ops/resize-map.h"

#include "core/base/parallel.h"

#include <math.h>
#include <string.h>

/* Elements a piece, at least. */
static const size_t PIECE = 32768;

/* Most taps of one output element. */
enum { TAPS = 4 };

/* The length that the formulas call resized is scale times n_in, of which n_out is the whole part. */
static double
resized_length (int64_t n_in,
                int64_t n_out,
                double  scale)
{
  double length = scale * (double) n_in;

  return fabs (length - (double) n_out) < 1e-5 * (double) n_out ? (double) n_out : length;
}

/* Where output element @at lies in the coordinates of the input. */
static double
source_coordinate (DubCoordinate coordinate,
                   int64_t       at,
                   int64_t       n_in,
                   int64_t       n_out,
                   double        scale,
                   const double  roi[2])
{
  double length = resized_length (n_in, n_out, scale);
  double x = (double) at;

  switch (coordinate) {
  case DUB_COORDINATE_HALF_PIXEL:
    return (x + 0.5) / scale - 0.5;
  case DUB_COORDINATE_PYTORCH_HALF_PIXEL:
    return length > 1.0 ? (x + 0.5) / scale - 0.5 : 0.0;
  case DUB_COORDINATE_ALIGN_CORNERS:
    return length > 1.0 ? x * (double) (n_in - 1) / (length - 1.0) : 0.0;
  case DUB_COORDINATE_ASYMMETRIC:
    return x / scale;
  case DUB_COORDINATE_TF_HALF_PIXEL_FOR_NN:
    return (x + 0.5) / scale;
  case DUB_COORDINATE_TF_CROP_AND_RESIZE:
    if (length > 1.0)
      return roi[0] * (double) (n_in - 1) + x * (roi[1] - roi[0]) * (double) (n_in - 1) / (length - 1.0);
    return 0.5 * (roi[0] + roi[1]) * (double) (n_in - 1);
  }

  return x;
}

static double
round_to (DubRounding rounding,
          double      x)
{
  switch (rounding) {
  case DUB_ROUND_PREFER_FLOOR: return ceil (x - 0.5);
  case DUB_ROUND_PREFER_CEIL: return floor (x + 0.5);
  case DUB_ROUND_FLOOR: return floor (x);
  case DUB_ROUND_CEIL: return ceil (x);
  }

  return x;
}

/* The cubic convolution kernel at distance @d (Keys 1981). */
static double
cubic (double a,
       double d)
{
  d = fabs (d);
  if (d <= 1.0)
    return ((a + 2.0) * d - (a + 3.0)) * d * d + 1.0;
  if (d < 2.0)
    return ((a * d - 5.0 * a) * d + 8.0 * a) * d - 4.0 * a;

  return 0.0;
}

/* Taps of one output element, before those beyond the border are moved onto it. */
static int
find_taps (const DubResizeRule *rule,
           double               x,
           double              *position,
           double              *weight)
{
  double below = floor (x);

  switch (rule->mode) {
  case DUB_RESIZE_NEAREST:
    position[0] = round_to (rule->rounding, x);
    weight[0] = 1.0;
    return 1;
  case DUB_RESIZE_LINEAR:
    position[0] = below;
    position[1] = below + 1.0;
    weight[0] = 1.0 - (x - below);
    weight[1] = x - below;
    return 2;
  case DUB_RESIZE_CUBIC:
    for (int i = 0; i < 4; i++) {
      position[i] = below + i - 1;
      weight[i] = cubic (rule->cubic_a, x - position[i]);
    }
    return 4;
  }

  return 0;
}

/* Writes the taps that count; returns their number. */
static int
settle_taps (const DubResizeRule *rule,
             int64_t              n_in,
             int                  n_taps,
             const double        *position,
             double              *weight,
             int32_t             *index,
             float               *out)
{
  double sum = 0.0;
  int n = 0;

  for (int i = 0; i < n_taps; i++) {
    if (rule->exclude_outside && rule->mode != DUB_RESIZE_NEAREST &&
        (position[i] < 0.0 || position[i] > (double) (n_in - 1)))
      weight[i] = 0.0;
    sum += weight[i];
  }
  for (int i = 0; i < n_taps; i++) {
    int32_t at = (int32_t) CLAMP (position[i], 0.0, (double) (n_in - 1));
    float value = (float) (weight[i] / (sum != 0.0 ? sum : 1.0));

    if (value == 0.0f)
      continue;
    /* Neighbours that met at the border become one. */
    if (n > 0 && index[n - 1] == at) {
      out[n - 1] += value;
      continue;
    }
    index[n] = at;
    out[n++] = value;
  }

  return n;
}

static gboolean
transpose (DubResizeMap *self)
{
  int64_t n = self->start[self->n_out];

  self->t_start = g_try_new0 (int64_t, self->n_in + 2);
  self->t_index = g_try_new (int32_t, n + 1);
  self->t_weight = g_try_new (float, n + 1);
  if (self->t_start == NULL || self->t_index == NULL || self->t_weight == NULL)
    return FALSE;

  for (int64_t i = 0; i < n; i++)
    self->t_start[self->index[i] + 2]++;
  for (int64_t k = 2; k <= self->n_in + 1; k++)
    self->t_start[k] += self->t_start[k - 1];
  for (int64_t j = 0; j < self->n_out; j++)
    for (int64_t i = self->start[j]; i < self->start[j + 1]; i++) {
      int64_t at = self->t_start[self->index[i] + 1]++;

      self->t_index[at] = (int32_t) j;
      self->t_weight[at] = self->weight[i];
    }

  return TRUE;
}

gboolean
dub_resize_map_init (DubResizeMap        *self,
                     const DubResizeRule *rule,
                     int64_t              n_in,
                     int64_t              n_out,
                     double               scale,
                     const double         roi[2])
{
  *self = (DubResizeMap) { .n_in = n_in, .n_out = n_out };
  self->start = g_try_new0 (int64_t, n_out + 1);
  self->index = g_try_new (int32_t, TAPS * n_out + 1);
  self->weight = g_try_new (float, TAPS * n_out + 1);
  if (self->start == NULL || self->index == NULL || self->weight == NULL)
    return FALSE;

  self->identity = n_in == n_out;
  for (int64_t j = 0; j < n_out; j++) {
    double x = source_coordinate (rule->coordinate, j, n_in, n_out, scale, roi);
    double position[TAPS], weight[TAPS];
    int64_t at = self->start[j];
    int n = 0;

    if (rule->coordinate == DUB_COORDINATE_TF_CROP_AND_RESIZE && (x < 0.0 || x > (double) (n_in - 1))) {
      if (self->outside == NULL)
        self->outside = g_try_new0 (gboolean, n_out);
      if (self->outside == NULL)
        return FALSE;
      self->outside[j] = TRUE;
    } else {
      n = find_taps (rule, x, position, weight);
      n = settle_taps (rule, n_in, n, position, weight, self->index + at, self->weight + at);
    }
    self->start[j + 1] = at + n;
    if (n != 1 || self->index[at] != j || self->weight[at] != 1.0f)
      self->identity = FALSE;
  }

  return transpose (self);
}

void
dub_resize_map_clear (DubResizeMap *self)
{
  g_free (self->start);
  g_free (self->index);
  g_free (self->weight);
  g_free (self->t_start);
  g_free (self->t_index);
  g_free (self->t_weight);
  g_free (self->outside);
}

typedef struct {
  const int64_t *start;
  const int32_t *index;
  const float   *weight;
  size_t         n_in;
  size_t         n_out;
  const float   *x;
  float         *y;
  size_t         inner;
  size_t         n_rows;
  size_t         rows_per_piece;
} Product;

/* A contiguous axis: one input row gives one output row. */
static void
contiguous_piece (size_t   piece,
                  guint    thread,
                  gpointer user_data)
{
  const Product *p = user_data;
  size_t end = MIN (p->n_rows, (piece + 1) * p->rows_per_piece);

  for (size_t row = piece * p->rows_per_piece; row < end; row++) {
    const float *x = p->x + row * p->n_in;
    float *y = p->y + row * p->n_out;

    for (size_t j = 0; j < p->n_out; j++) {
      int64_t t = p->start[j];
      const int64_t last = p->start[j + 1];
      float sum = 0.0f;

      for (; t < last; t++)
        sum += p->weight[t] * x[p->index[t]];
      y[j] = sum;
    }
  }
}

static void
product_piece (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  const Product *p = user_data;
  size_t end = MIN (p->n_rows, (piece + 1) * p->rows_per_piece);

  for (size_t row = piece * p->rows_per_piece; row < end; row++) {
    size_t j = row % p->n_out;
    const float *x = p->x + row / p->n_out * p->n_in * p->inner;
    float *y = p->y + row * p->inner;
    int64_t first = p->start[j];
    int64_t last = p->start[j + 1];

    if (last - first == 2) {
      const float *a = x + (size_t) p->index[first] * p->inner;
      const float *b = x + (size_t) p->index[first + 1] * p->inner;
      float u = p->weight[first], v = p->weight[first + 1];

      for (size_t i = 0; i < p->inner; i++)
        y[i] = u * a[i] + v * b[i];
      continue;
    }
    if (last - first == 1) {
      const float *a = x + (size_t) p->index[first] * p->inner;
      float u = p->weight[first];

      for (size_t i = 0; i < p->inner; i++)
        y[i] = u * a[i];
      continue;
    }
    memset (y, 0, p->inner * sizeof (float));
    for (int64_t t = first; t < last; t++) {
      const float *a = x + (size_t) p->index[t] * p->inner;
      float u = p->weight[t];

      for (size_t i = 0; i < p->inner; i++)
        y[i] += u * a[i];
    }
  }
}

gboolean
dub_resize_map_apply (const DubResizeMap *self,
                      gboolean            transposed,
                      const float        *x,
                      float              *y,
                      size_t              outer,
                      size_t              inner,
                      DubRun             *run,
                      GError            **error)
{
  Product product = {
    .start = transposed ? self->t_start : self->start,
    .index = transposed ? self->t_index : self->index,
    .weight = transposed ? self->t_weight : self->weight,
    .n_in = (size_t) (transposed ? self->n_out : self->n_in),
    .n_out = (size_t) (transposed ? self->n_in : self->n_out),
    .x = x,
    .y = y,
    .inner = inner,
  };

  if (inner == 0 || outer == 0 || product.n_out == 0)
    return TRUE;
  product.n_rows = inner == 1 ? outer : outer * product.n_out;
  product.rows_per_piece = MAX (1, PIECE / (inner == 1 ? product.n_out : inner));

  return dub_parallel_for (run, (product.n_rows + product.rows_per_piece - 1) / product.rows_per_piece,
                           inner == 1 ? contiguous_piece : product_piece, &product, error);
}
