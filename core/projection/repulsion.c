#include "core/projection/repulsion.h"

#include "core/base/clones.h"
#include "core/base/parallel.h"
#include "core/projection/fft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Grid points at least along an axis, and at most; their distance at most, in units of the map. */
enum { LEAST_NODES = 72, MOST_NODES = 2000 };
static const float WIDEST = 0.4f;
/* Nodes beyond the outermost point: the spline's reach and the end of the kernel's ripples. */
enum { MARGIN = 4 };
/* Points of a piece. */
enum { N_PAIRS = 128, N_POINTS = 1024 };
enum { LANES = DUB_FFT_LANES };

struct _DubRepulsion {
  size_t  n;
  size_t  n_exact;
  double *partial;     /* sums, one a piece */

  /* The grid: node (a, b) stands at origin + h (a, b). */
  size_t  n_nodes;     /* along an axis, a multiple of LANES */
  float   h;
  float   origin[2];
  DubFft *fft;         /* twice as long, so that opposite ends do not meet */
  float  *kernel;      /* [3][length / LANES][length][LANES]: force (re, im) and sum, splines included */
  float  *charge;      /* [n_nodes][n_nodes] how many points, second coordinate first */
  float  *wave;        /* [2][length][n_nodes] transformed along the second coordinate */
  float  *field;       /* [n_nodes][n_nodes][2] */
};

static float *
allocate (size_t n)
{
  return aligned_alloc (64, (n * sizeof (float) + 63) / 64 * 64);
}

DubRepulsion *
dub_repulsion_new (size_t n_points,
                   size_t n_exact)
{
  DubRepulsion *self = g_new0 (DubRepulsion, 1);

  self->n = n_points;
  self->n_exact = n_exact;

  return self;
}

static void
free_grid (DubRepulsion *self)
{
  g_clear_pointer (&self->fft, dub_fft_free);
  g_clear_pointer (&self->kernel, free);
  g_clear_pointer (&self->charge, free);
  g_clear_pointer (&self->wave, free);
  g_clear_pointer (&self->field, free);
}

void
dub_repulsion_free (DubRepulsion *self)
{
  if (self == NULL)
    return;
  free_grid (self);
  g_free (self->partial);
  g_free (self);
}

/* --- every pair --- */

typedef struct {
  DubRepulsion *self;
  const float  *y;
  float        *force;
} Job;

DUB_CLONES static void
all_pairs (const float *x,
           const float *y,
           size_t       n,
           size_t       i,
           float       *force_x,
           float       *force_y,
           double      *sum)
{
  float fx[16] = { 0.0f }, fy[16] = { 0.0f }, all[16] = { 0.0f };
  float ax = 0.0f, ay = 0.0f, total = 0.0f;
  size_t j = 0;

  for (; j + 16 <= n; j += 16)
    for (size_t l = 0; l < 16; l++) {
      float dx = x[i] - x[j + l], dy = y[i] - y[j + l];
      float k = 1.0f / (1.0f + dx * dx + dy * dy);

      all[l] += k;
      fx[l] += dx * k * k;
      fy[l] += dy * k * k;
    }
  for (; j < n; j++) {
    float dx = x[i] - x[j], dy = y[i] - y[j];
    float k = 1.0f / (1.0f + dx * dx + dy * dy);

    total += k;
    ax += dx * k * k;
    ay += dy * k * k;
  }
  for (size_t l = 0; l < 16; l++) {
    total += all[l];
    ax += fx[l];
    ay += fy[l];
  }
  *force_x = ax;
  *force_y = ay;
  /* Without the pair of the point and itself. */
  *sum = (double) total - 1.0;
}

static void
pairs_piece (size_t   piece,
             guint    thread,
             gpointer user_data)
{
  const Job *job = user_data;
  size_t n = job->self->n;
  double sum = 0.0;

  for (size_t i = piece * N_PAIRS; i < MIN ((piece + 1) * N_PAIRS, n); i++) {
    double own;

    all_pairs (job->y, job->y + n, n, i, &job->force[i], &job->force[n + i], &own);
    sum += own;
  }
  job->self->partial[piece] = sum;
}

/* --- the grid's kernel --- */

/* 2-D transforms go by LANES rows or columns a piece, which work in this memory. */
typedef struct {
  float *re, *im, *scratch;
} Room;

static Room
room_new (size_t length)
{
  float *memory = allocate (4 * length * LANES);

  return (Room) { memory, memory + length * LANES, memory + 2 * length * LANES };
}

/* Transform along the second coordinate of what @fill puts into LANES columns. */
typedef struct {
  DubRepulsion *self;
  gboolean      sum; /* the kernel of the sum instead of that of the force */
  float        *wave; /* [2][length][length] */
} KernelJob;

static void
kernel_columns_piece (size_t   piece,
                      guint    thread,
                      gpointer user_data)
{
  const KernelJob *job = user_data;
  size_t length = dub_fft_get_length (job->self->fft);
  float h = job->self->h;
  Room room = room_new (length);

  for (size_t b = 0; b < length; b++)
    for (size_t l = 0; l < LANES; l++) {
      size_t a = piece * LANES + l;
      float dx = h * (a < length / 2 ? (float) a : (float) a - (float) length);
      float dy = h * (b < length / 2 ? (float) b : (float) b - (float) length);
      float k = 1.0f / (1.0f + dx * dx + dy * dy);

      room.re[b * LANES + l] = job->sum ? k : dx * k * k;
      room.im[b * LANES + l] = job->sum ? 0.0f : dy * k * k;
    }
  dub_fft_run (job->self->fft, room.re, room.im, room.scratch);
  for (size_t b = 0; b < length; b++) {
    memcpy (job->wave + b * length + piece * LANES, room.re + b * LANES, LANES * sizeof (float));
    memcpy (job->wave + (length + b) * length + piece * LANES, room.im + b * LANES, LANES * sizeof (float));
  }
  free (room.re);
}

/* The spline's own transform: what it takes from a wave of frequency @k. */
static double
spline_gain (size_t k,
             size_t length)
{
  return (4.0 + 2.0 * cos (2.0 * G_PI * (double) k / (double) length)) / 6.0;
}

static void
kernel_rows_piece (size_t   piece,
                   guint    thread,
                   gpointer user_data)
{
  const KernelJob *job = user_data;
  size_t length = dub_fft_get_length (job->self->fft), size = length * length;
  float *out = job->self->kernel + piece * length * LANES;
  Room room = room_new (length);

  for (size_t a = 0; a < length; a++)
    for (size_t l = 0; l < LANES; l++) {
      room.re[a * LANES + l] = job->wave[(piece * LANES + l) * length + a];
      room.im[a * LANES + l] = job->wave[(length + piece * LANES + l) * length + a];
    }
  dub_fft_run (job->self->fft, room.re, room.im, room.scratch);
  for (size_t a = 0; a < length; a++)
    for (size_t l = 0; l < LANES; l++) {
      /* Twice, because points go to the grid and come back from it; the length² belongs to the inverse transform. */
      double gain = spline_gain (a, length) * spline_gain (piece * LANES + l, length);
      float factor = (float) (1.0 / (gain * gain * (double) size));

      if (job->sum) {
        out[2 * size + a * LANES + l] = room.re[a * LANES + l] * factor;
      } else {
        out[a * LANES + l] = room.re[a * LANES + l] * factor;
        out[size + a * LANES + l] = room.im[a * LANES + l] * factor;
      }
    }
  free (room.re);
}

static gboolean
make_kernel (DubRepulsion *self,
             DubRun       *run,
             GError      **error)
{
  size_t length = dub_fft_get_length (self->fft);
  float *wave = allocate (2 * length * length);
  gboolean done = TRUE;

  for (int sum = 0; sum < 2 && done; sum++) {
    KernelJob job = { self, sum, wave };

    done = dub_parallel_for (run, length / LANES, kernel_columns_piece, &job, error)
           && dub_parallel_for (run, length / LANES, kernel_rows_piece, &job, error);
  }
  free (wave);

  return done;
}

/* --- placing the grid --- */

static void
find_range (const float *x,
            size_t       n,
            float       *low,
            float       *high)
{
  *low = *high = x[0];
  for (size_t i = 1; i < n; i++) {
    *low = MIN (*low, x[i]);
    *high = MAX (*high, x[i]);
  }
}

static gboolean
check_finite (const float *y,
              size_t       n,
              GError     **error)
{
  int wrong = 0;

  for (size_t i = 0; i < n; i++)
    wrong |= !(fabsf (y[i]) < 1e9f);
  if (!wrong)
    return TRUE;
  g_set_error_literal (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                       "The points of the map flew apart: lower the learning rate.");

  return FALSE;
}

/* The grid stays while the points fill it well: a kernel is made only now and then. */
static gboolean
place_grid (DubRepulsion *self,
            const float  *y,
            DubRun       *run,
            GError      **error)
{
  float low[2], high[2], span, h;
  gboolean inside = self->fft != NULL;
  size_t n_nodes, length;

  for (int axis = 0; axis < 2; axis++) {
    find_range (y + (size_t) axis * self->n, self->n, &low[axis], &high[axis]);
    if (inside) {
      float first = self->origin[axis] + (float) MARGIN * self->h;
      float last = self->origin[axis] + (float) (self->n_nodes - 1 - MARGIN) * self->h;

      inside = low[axis] >= first && high[axis] <= last;
    }
  }
  span = MAX (high[0] - low[0], high[1] - low[1]);
  if (inside && span > 0.6f * self->h * (float) (self->n_nodes - 2 * MARGIN))
    return TRUE;

  /* Not so fine that the distance of two nodes is lost beside their coordinates. */
  for (int axis = 0; axis < 2; axis++)
    span = MAX (span, 1e-3f * MAX (fabsf (low[axis]), fabsf (high[axis])));
  span = MAX (span * 1.15f, 1e-9f);
  n_nodes = (size_t) CLAMP (ceilf (span / WIDEST) + 2.0f * MARGIN + 1.0f, (float) LEAST_NODES, (float) MOST_NODES);
  length = dub_fft_good_length (2 * n_nodes);
  n_nodes = length / 2 / LANES * LANES;
  h = span / (float) (n_nodes - 1 - 2 * MARGIN);
  if (self->fft == NULL || dub_fft_get_length (self->fft) != length) {
    free_grid (self);
    self->fft = dub_fft_new (length);
    self->kernel = allocate (3 * length * length);
    self->charge = allocate (n_nodes * n_nodes);
    self->wave = allocate (2 * length * n_nodes);
    self->field = allocate (2 * n_nodes * n_nodes);
  }
  self->n_nodes = n_nodes;
  self->h = h;
  for (int axis = 0; axis < 2; axis++)
    self->origin[axis] = 0.5f * (low[axis] + high[axis]) - 0.5f * h * (float) (n_nodes - 1);
  if (make_kernel (self, run, error))
    return TRUE;
  free_grid (self);

  return FALSE;
}

/* --- points to the grid and back --- */

/* Cubic B-spline weights of the nodes floor (x) - 1 to floor (x) + 2; returns the first of them. */
static inline size_t
spline (float x,
        float weight[4])
{
  float whole = floorf (x), t = x - whole, u = 1.0f - t;

  weight[0] = u * u * u * (1.0f / 6.0f);
  weight[1] = (4.0f - 6.0f * t * t + 3.0f * t * t * t) * (1.0f / 6.0f);
  weight[2] = (4.0f - 6.0f * u * u + 3.0f * u * u * u) * (1.0f / 6.0f);
  weight[3] = t * t * t * (1.0f / 6.0f);

  return (size_t) whole - 1;
}

/* On one thread, in the order of the points: additions to one node must not change places. */
static void
spread (DubRepulsion *self,
        const float  *y)
{
  float scale = 1.0f / self->h;

  memset (self->charge, 0, self->n_nodes * self->n_nodes * sizeof (float));
  for (size_t i = 0; i < self->n; i++) {
    float wx[4], wy[4];
    size_t a = spline ((y[i] - self->origin[0]) * scale, wx);
    size_t b = spline ((y[self->n + i] - self->origin[1]) * scale, wy);

    for (size_t j = 0; j < 4; j++) {
      float *row = self->charge + (b + j) * self->n_nodes + a;

      for (size_t l = 0; l < 4; l++)
        row[l] += wy[j] * wx[l];
    }
  }
}

static void
gather_piece (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  const Job *job = user_data;
  const DubRepulsion *self = job->self;
  float scale = 1.0f / self->h;

  for (size_t i = piece * N_POINTS; i < MIN ((piece + 1) * N_POINTS, self->n); i++) {
    float wx[4], wy[4], sum[8] = { 0.0f };
    size_t a = spline ((job->y[i] - self->origin[0]) * scale, wx);
    size_t b = spline ((job->y[self->n + i] - self->origin[1]) * scale, wy);
    float wide[8] = { wx[0], wx[0], wx[1], wx[1], wx[2], wx[2], wx[3], wx[3] };

    for (size_t j = 0; j < 4; j++) {
      const float *row = self->field + ((b + j) * self->n_nodes + a) * 2;

      for (size_t l = 0; l < 8; l++)
        sum[l] += wy[j] * row[l] * wide[l];
    }
    job->force[i] = (sum[0] + sum[2]) + (sum[4] + sum[6]);
    job->force[self->n + i] = (sum[1] + sum[3]) + (sum[5] + sum[7]);
  }
}

/* --- convolution --- */

static void
forward_piece (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  DubRepulsion *self = ((Job *) user_data)->self;
  size_t length = dub_fft_get_length (self->fft), n = self->n_nodes;
  Room room = room_new (length);

  memset (room.re, 0, length * LANES * sizeof (float));
  memset (room.im, 0, length * LANES * sizeof (float));
  for (size_t b = 0; b < n; b++)
    memcpy (room.re + b * LANES, self->charge + b * n + piece * LANES, LANES * sizeof (float));
  dub_fft_run (self->fft, room.re, room.im, room.scratch);
  for (size_t b = 0; b < length; b++) {
    memcpy (self->wave + b * n + piece * LANES, room.re + b * LANES, LANES * sizeof (float));
    memcpy (self->wave + (length + b) * n + piece * LANES, room.im + b * LANES, LANES * sizeof (float));
  }
  free (room.re);
}

/* Times the kernel; returns Σ |charge|² · kernel of the sum. */
DUB_CLONES static double
multiply (float       *re,
          float       *im,
          const float *kernel,
          size_t       size,
          size_t       n)
{
  double sum = 0.0;

  for (size_t start = 0; start < n; start += LANES) {
    float lane[LANES], part = 0.0f;

    for (size_t i = 0; i < LANES; i++) {
      float r = re[start + i], m = im[start + i];
      float kr = kernel[start + i], km = kernel[size + start + i];

      lane[i] = (r * r + m * m) * kernel[2 * size + start + i];
      re[start + i] = r * kr - m * km;
      im[start + i] = r * km + m * kr;
    }
    for (size_t i = 0; i < LANES; i++)
      part += lane[i];
    sum += (double) part;
  }

  return sum;
}

/* Along the first coordinate forth, times the kernel, and back. */
static void
rows_piece (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  DubRepulsion *self = ((Job *) user_data)->self;
  size_t length = dub_fft_get_length (self->fft), n = self->n_nodes;
  float *re = self->wave + piece * LANES * n, *im = self->wave + (length + piece * LANES) * n;
  Room room = room_new (length);

  for (size_t a = 0; a < n; a++)
    for (size_t l = 0; l < LANES; l++) {
      room.re[a * LANES + l] = re[l * n + a];
      room.im[a * LANES + l] = im[l * n + a];
    }
  memset (room.re + n * LANES, 0, (length - n) * LANES * sizeof (float));
  memset (room.im + n * LANES, 0, (length - n) * LANES * sizeof (float));
  dub_fft_run (self->fft, room.re, room.im, room.scratch);
  self->partial[piece] = multiply (room.re, room.im, self->kernel + piece * length * LANES, length * length,
                                   length * LANES);
  dub_fft_run (self->fft, room.im, room.re, room.scratch);
  for (size_t a = 0; a < n; a++)
    for (size_t l = 0; l < LANES; l++) {
      re[l * n + a] = room.re[a * LANES + l];
      im[l * n + a] = room.im[a * LANES + l];
    }
  free (room.re);
}

static void
backward_piece (size_t   piece,
                guint    thread,
                gpointer user_data)
{
  DubRepulsion *self = ((Job *) user_data)->self;
  size_t length = dub_fft_get_length (self->fft), n = self->n_nodes;
  Room room = room_new (length);

  for (size_t b = 0; b < length; b++) {
    memcpy (room.re + b * LANES, self->wave + b * n + piece * LANES, LANES * sizeof (float));
    memcpy (room.im + b * LANES, self->wave + (length + b) * n + piece * LANES, LANES * sizeof (float));
  }
  dub_fft_run (self->fft, room.im, room.re, room.scratch);
  for (size_t b = 0; b < n; b++)
    for (size_t l = 0; l < LANES; l++) {
      self->field[(b * n + piece * LANES + l) * 2] = room.re[b * LANES + l];
      self->field[(b * n + piece * LANES + l) * 2 + 1] = room.im[b * LANES + l];
    }
  free (room.re);
}

static gboolean
run_grid (DubRepulsion  *self,
          Job           *job,
          double        *sum,
          DubRun        *run,
          GError       **error)
{
  if (!place_grid (self, job->y, run, error))
    return FALSE;

  size_t n_rows = dub_fft_get_length (self->fft) / LANES, n_columns = self->n_nodes / LANES;

  self->partial = g_renew (double, self->partial, n_rows);
  spread (self, job->y);
  if (!dub_parallel_for (run, n_columns, forward_piece, job, error)
      || !dub_parallel_for (run, n_rows, rows_piece, job, error)
      || !dub_parallel_for (run, n_columns, backward_piece, job, error)
      || !dub_parallel_for (run, (self->n + N_POINTS - 1) / N_POINTS, gather_piece, job, error))
    return FALSE;

  /* Without the pairs of a point and itself. */
  *sum = -(double) self->n;
  for (size_t piece = 0; piece < n_rows; piece++)
    *sum += self->partial[piece];

  return TRUE;
}

gboolean
dub_repulsion_run (DubRepulsion  *self,
                   const float   *y,
                   float         *force,
                   double        *sum,
                   DubRun        *run,
                   GError       **error)
{
  Job job = { self, y, force };

  if (!check_finite (y, 2 * self->n, error))
    return FALSE;
  if (self->n > self->n_exact)
    return run_grid (self, &job, sum, run, error);

  size_t n_pieces = (self->n + N_PAIRS - 1) / N_PAIRS;

  self->partial = g_renew (double, self->partial, n_pieces);
  if (!dub_parallel_for (run, n_pieces, pairs_piece, &job, error))
    return FALSE;
  *sum = 0.0;
  for (size_t piece = 0; piece < n_pieces; piece++)
    *sum += self->partial[piece];

  return TRUE;
}
