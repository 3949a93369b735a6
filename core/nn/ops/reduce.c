#include "core/nn/ops/reduce.h"

#include "core/base/parallel.h"
#include "core/nn/ops/axes.h"

#include <string.h>

/* Elements of the sum that one piece reads, at least. */
static const size_t PIECE = 65536;

/* Neighbouring axes of one kind are merged; the result is a list of extents in which
 * kept and reduced axes alternate. */
typedef struct {
  int          rank;
  size_t       dim[DUB_MAX_RANK];
  gboolean     reduced[DUB_MAX_RANK];
  size_t       n_kept;
  size_t       n_reduced;

  const float *x;
  float       *out;
  float        factor;

  size_t       row;     /* contiguous elements: the extent of the last axis */
  size_t       n_rows_kept;
  size_t       n_rows_reduced;
  size_t       rows_per_piece;
  size_t       chunk;   /* reduced rows of a piece, where the reduction itself is cut */
  double      *partial;
} Reduction;

static void
reduction_init (Reduction      *self,
                const DubShape *shape,
                const gboolean *reduced)
{
  self->n_kept = self->n_reduced = 1;
  for (int axis = 0; axis < shape->rank; axis++) {
    size_t extent = (size_t) shape->dim[axis];

    if (reduced[axis])
      self->n_reduced *= extent;
    else
      self->n_kept *= extent;
    if (extent == 1)
      continue;
    if (self->rank > 0 && self->reduced[self->rank - 1] == reduced[axis]) {
      self->dim[self->rank - 1] *= extent;
    } else {
      self->dim[self->rank] = extent;
      self->reduced[self->rank++] = reduced[axis];
    }
  }
  if (self->rank == 0) {
    self->dim[0] = 1;
    self->reduced[0] = FALSE;
    self->rank = 1;
  }
  self->row = self->dim[self->rank - 1];
  if (self->reduced[self->rank - 1]) {
    self->n_rows_kept = self->n_kept;
    self->n_rows_reduced = self->row > 0 ? self->n_reduced / self->row : 0;
  } else {
    self->n_rows_kept = self->row > 0 ? self->n_kept / self->row : 0;
    self->n_rows_reduced = self->n_reduced;
  }
}

/* Offset of a row: the outer axes of one kind counted by @index, the others at 0. */
static size_t
row_offset (const Reduction *self,
            gboolean         reduced,
            size_t           index)
{
  size_t stride = self->row;
  size_t offset = 0;

  for (int axis = self->rank - 2; axis >= 0; axis--) {
    if (self->reduced[axis] == reduced) {
      offset += index % self->dim[axis] * stride;
      index /= self->dim[axis];
    }
    stride *= self->dim[axis];
  }

  return offset;
}

/* Sum of a contiguous row: sixteen lanes of float over short blocks, blocks in double. */
static double
row_sum (const float *x,
         size_t       n)
{
  double sum = 0.0;

  while (n > 0) {
    size_t block = MIN (n, 1024);
    float lane[16] = { 0.0f };
    size_t i = 0;

    for (; i + 16 <= block; i += 16)
      for (size_t j = 0; j < 16; j++)
        lane[j] += x[i + j];
    for (; i < block; i++)
      lane[i % 16] += x[i];
    for (size_t j = 0; j < 16; j++)
      sum += lane[j];
    x += block;
    n -= block;
  }

  return sum;
}

/* One piece: some kept rows, or one chunk of the reduction of all of them. */
static void
inner_piece (size_t   piece,
             guint    thread,
             gpointer user_data)
{
  const Reduction *self = user_data;
  size_t start = piece * self->rows_per_piece;
  size_t end = MIN (self->n_rows_kept, start + self->rows_per_piece);

  for (size_t kept = start; kept < end; kept++) {
    const float *base = self->x + row_offset (self, FALSE, kept);
    double sum = 0.0;

    for (size_t r = 0; r < self->n_rows_reduced; r++)
      sum += row_sum (base + row_offset (self, TRUE, r), self->row);
    self->out[kept] = (float) (sum * self->factor);
  }
}

static void
outer_piece (size_t   piece,
             guint    thread,
             gpointer user_data)
{
  const Reduction *self = user_data;
  size_t start = piece * self->rows_per_piece;
  size_t end = MIN (self->n_rows_kept, start + self->rows_per_piece);

  enum { BLOCK = 256 };
  double sum[BLOCK];

  for (size_t kept = start; kept < end; kept++) {
    const float *base = self->x + row_offset (self, FALSE, kept);
    float *out = self->out + kept * self->row;

    for (size_t from = 0; from < self->row; from += BLOCK) {
      size_t n = MIN (BLOCK, self->row - from);

      memset (sum, 0, sizeof sum);
      for (size_t r = 0; r < self->n_rows_reduced; r++) {
        const float *x = base + row_offset (self, TRUE, r) + from;

        for (size_t i = 0; i < n; i++)
          sum[i] += x[i];
      }
      for (size_t i = 0; i < n; i++)
        out[from + i] = (float) (sum[i] * self->factor);
    }
  }
}

/* Few results of many elements: the flat rows of one result are cut into chunks. */
static void
chunk_piece (size_t   piece,
             guint    thread,
             gpointer user_data)
{
  const Reduction *self = user_data;
  size_t n_chunks = (self->row + self->chunk - 1) / self->chunk;
  size_t from = piece % n_chunks * self->chunk;
  size_t row = piece / n_chunks;
  size_t kept = row / self->n_rows_reduced;
  size_t r = row % self->n_rows_reduced;
  const float *x = self->x + row_offset (self, FALSE, kept) + row_offset (self, TRUE, r) + from;

  self->partial[piece] = row_sum (x, MIN (self->chunk, self->row - from));
}

static gboolean
reduce_in_chunks (Reduction  *self,
                  DubRun     *run,
                  GError    **error)
{
  size_t n_chunks = (self->row + PIECE - 1) / PIECE;
  size_t n_pieces = n_chunks * self->n_rows_kept * self->n_rows_reduced;
  g_autofree double *partial = g_try_new (double, n_pieces);

  if (partial == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "A sum of %zu pieces does not fit into memory.", n_pieces);
    return FALSE;
  }
  self->chunk = PIECE;
  self->partial = partial;
  if (!dub_parallel_for (run, n_pieces, chunk_piece, self, error))
    return FALSE;

  for (size_t kept = 0; kept < self->n_rows_kept; kept++) {
    double sum = 0.0;

    for (size_t i = 0; i < n_chunks * self->n_rows_reduced; i++)
      sum += partial[kept * n_chunks * self->n_rows_reduced + i];
    self->out[kept] = (float) (sum * self->factor);
  }

  return TRUE;
}

gboolean
dub_reduce_sum (const float     *x,
                const DubShape  *shape,
                const gboolean  *reduced,
                float            factor,
                float           *out,
                DubRun          *run,
                GError         **error)
{
  Reduction self = { .x = x, .out = out, .factor = factor };

  reduction_init (&self, shape, reduced);
  if (self.n_kept == 0)
    return TRUE;
  if (self.n_reduced == 0) {
    memset (out, 0, self.n_kept * sizeof (float));
    return TRUE;
  }

  gboolean inner = self.reduced[self.rank - 1];

  if (inner && self.row > PIECE && self.n_rows_kept < 64)
    return reduce_in_chunks (&self, run, error);

  size_t row_cost = MAX (1, inner ? self.n_reduced : self.row * self.n_rows_reduced);

  self.rows_per_piece = MAX (1, PIECE / row_cost);

  return dub_parallel_for (run, (self.n_rows_kept + self.rows_per_piece - 1) / self.rows_per_piece,
                           inner ? inner_piece : outer_piece, &self, error);
}

static void
expand_piece (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  const Reduction *self = user_data;
  size_t start = piece * self->rows_per_piece;
  size_t end = MIN (self->n_rows_kept, start + self->rows_per_piece);
  gboolean inner = self->reduced[self->rank - 1];

  for (size_t kept = start; kept < end; kept++)
    for (size_t r = 0; r < self->n_rows_reduced; r++) {
      float *out = self->out + row_offset (self, FALSE, kept) + row_offset (self, TRUE, r);

      if (inner) {
        float value = self->x[kept] * self->factor;

        for (size_t i = 0; i < self->row; i++)
          out[i] = value;
      } else {
        const float *x = self->x + kept * self->row;

        for (size_t i = 0; i < self->row; i++)
          out[i] = x[i] * self->factor;
      }
    }
}

gboolean
dub_reduce_expand (const float     *x,
                   const DubShape  *shape,
                   const gboolean  *reduced,
                   float            factor,
                   float           *out,
                   DubRun          *run,
                   GError         **error)
{
  Reduction self = { .x = x, .out = out, .factor = factor };

  reduction_init (&self, shape, reduced);
  if (self.n_kept == 0 || self.n_reduced == 0)
    return TRUE;

  self.rows_per_piece = MAX (1, PIECE / MAX (1, self.row * self.n_rows_reduced));

  return dub_parallel_for (run, (self.n_rows_kept + self.rows_per_piece - 1) / self.rows_per_piece, expand_piece,
                           &self, error);
}

gboolean
dub_reduce_infer (DubInferContext *ctx,
                  int              axes_input_since,
                  GError         **error)
{
  const DubShape *in = &ctx->in[0].shape;
  gboolean keep = dub_attributes_get_int (ctx->attributes, "keepdims", 1) != 0;
  gboolean noop = dub_attributes_get_int (ctx->attributes, "noop_with_empty_axes", 0) != 0;
  g_autofree DubReduceParams *params = g_new0 (DubReduceParams, 1);
  DubAxes axes;

  if (!dub_axes_read (ctx, ctx->opset >= axes_input_since ? 1 : -1, in->rank, &axes, error))
    return FALSE;

  gboolean all = axes.n == 0 && !noop;
  DubShape out = { .rank = 0 };

  params->count = 1;
  for (int axis = 0; axis < in->rank; axis++) {
    params->reduced[axis] = all || axes.chosen[axis];
    if (params->reduced[axis])
      params->count *= (size_t) in->dim[axis];
    if (!params->reduced[axis] || keep)
      out.dim[out.rank++] = params->reduced[axis] ? 1 : in->dim[axis];
  }
  ctx->out[0] = (DubType) { .dtype = ctx->in[0].dtype, .shape = out };
  ctx->params = g_steal_pointer (&params);

  return TRUE;
}
