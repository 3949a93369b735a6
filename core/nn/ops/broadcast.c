#include "core/nn/ops/broadcast.h"

#include "core/base/parallel.h"
#include "core/nn/ops/reduce.h"

#include <string.h>

/* Elements a piece. */
static const size_t PIECE = 65536;

/* The loop nest: axes that advance alike in every tensor are merged, so that the
 * innermost one is as long as it can be. */
typedef struct {
  int      rank;
  size_t   dim[DUB_MAX_RANK];
  int64_t  a[DUB_MAX_RANK]; /* strides in elements, 0 where a repeats */
  int64_t  b[DUB_MAX_RANK];
  size_t   n;

  const char *a_data;
  const char *b_data;
  char       *out_data;
  size_t      a_size; /* bytes of an element */
  size_t      b_size;
  size_t      out_size;

  DubBroadcastRun         func;
  gconstpointer           data;
  DubBroadcastGradientRun gradient_func;
  const float            *dy;
} Nest;

gboolean
dub_broadcast_shape (const DubShape *a,
                     const DubShape *b,
                     DubShape       *out)
{
  DubShape shape = { .rank = MAX (a->rank, b->rank) };

  for (int i = 0; i < shape.rank; i++) {
    int64_t extent_a = i < a->rank ? a->dim[a->rank - 1 - i] : 1;
    int64_t extent_b = i < b->rank ? b->dim[b->rank - 1 - i] : 1;

    if (extent_a != extent_b && extent_a != 1 && extent_b != 1)
      return FALSE;
    shape.dim[shape.rank - 1 - i] = extent_a == 1 ? extent_b : extent_a;
  }
  *out = shape;

  return TRUE;
}

gboolean
dub_broadcast_infer (DubInferContext *ctx,
                     GError         **error)
{
  if (!dub_broadcast_shape (&ctx->in[0].shape, &ctx->in[1].shape, &ctx->out[0].shape)) {
    g_autofree char *a = dub_shape_to_string (&ctx->in[0].shape);
    g_autofree char *b = dub_shape_to_string (&ctx->in[1].shape);

    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                           "inputs of shapes %s and %s do not fit; expected equal extents or 1 in every axis.", a, b);
  }

  return TRUE;
}

/* Stride of @shape along axis @axis of a result of @rank axes; 0 where it repeats. */
static int64_t
stride_along (const DubShape *shape,
              int             rank,
              int             axis)
{
  int own = axis - (rank - shape->rank);
  int64_t stride = 1;

  if (own < 0 || shape->dim[own] == 1)
    return 0;
  for (int i = own + 1; i < shape->rank; i++)
    stride *= shape->dim[i];

  return stride;
}

static void
nest_init (Nest            *nest,
           const DubTensor *a,
           const DubTensor *b,
           const DubShape  *out)
{
  int kept = 0;

  nest->n = dub_shape_n_elements (out);
  nest->a_data = a->data;
  nest->b_data = b->data;
  nest->a_size = dub_dtype_size (a->dtype);
  nest->b_size = dub_dtype_size (b->dtype);

  for (int axis = 0; axis < out->rank; axis++) {
    size_t extent = (size_t) out->dim[axis];
    int64_t stride_a = stride_along (&a->shape, out->rank, axis);
    int64_t stride_b = stride_along (&b->shape, out->rank, axis);

    if (extent == 1)
      continue;
    if (kept > 0 && nest->a[kept - 1] == stride_a * (int64_t) extent &&
        nest->b[kept - 1] == stride_b * (int64_t) extent) {
      nest->dim[kept - 1] *= extent;
      nest->a[kept - 1] = stride_a;
      nest->b[kept - 1] = stride_b;
      continue;
    }
    nest->dim[kept] = extent;
    nest->a[kept] = stride_a;
    nest->b[kept] = stride_b;
    kept++;
  }
  if (kept == 0) {
    nest->dim[0] = 1;
    nest->a[0] = nest->b[0] = 0;
    kept = 1;
  }
  nest->rank = kept;
}

static void
run_piece (size_t   piece,
           guint    thread,
           gpointer user_data)
{
  const Nest *nest = user_data;
  const int last = nest->rank - 1;
  size_t at = piece * PIECE;
  const size_t end = MIN (nest->n, at + PIECE);
  size_t index[DUB_MAX_RANK];
  size_t rest = at;
  int64_t offset_a = 0, offset_b = 0;

  for (int axis = last; axis >= 0; axis--) {
    index[axis] = rest % nest->dim[axis];
    rest /= nest->dim[axis];
    offset_a += (int64_t) index[axis] * nest->a[axis];
    offset_b += (int64_t) index[axis] * nest->b[axis];
  }

  while (at < end) {
    size_t length = MIN (nest->dim[last] - index[last], end - at);
    const char *a = nest->a_data + offset_a * (int64_t) nest->a_size;
    const char *b = nest->b_data + offset_b * (int64_t) nest->b_size;

    if (nest->gradient_func != NULL)
      nest->gradient_func ((const float *) (const void *) a, nest->a[last], (const float *) (const void *) b,
                           nest->b[last], nest->dy + at, (float *) (void *) nest->out_data + at, length);
    else
      nest->func (a, nest->a[last], b, nest->b[last], nest->out_data + at * nest->out_size, length, nest->data);
    at += length;

    /* On to the next row. */
    offset_a += (int64_t) length * nest->a[last];
    offset_b += (int64_t) length * nest->b[last];
    index[last] += length;
    for (int axis = last; axis > 0 && index[axis] == nest->dim[axis]; axis--) {
      offset_a += nest->a[axis - 1] - (int64_t) nest->dim[axis] * nest->a[axis];
      offset_b += nest->b[axis - 1] - (int64_t) nest->dim[axis] * nest->b[axis];
      index[axis] = 0;
      index[axis - 1]++;
    }
  }
}

gboolean
dub_broadcast_run (const DubTensor *a,
                   const DubTensor *b,
                   DubTensor       *out,
                   DubBroadcastRun  func,
                   gconstpointer    data,
                   DubRun          *run,
                   GError         **error)
{
  Nest nest = { .func = func, .data = data, .out_data = out->data, .out_size = dub_dtype_size (out->dtype) };

  nest_init (&nest, a, b, &out->shape);

  return dub_parallel_for (run, (nest.n + PIECE - 1) / PIECE, run_piece, &nest, error);
}

size_t
dub_broadcast_scratch (const DubInferContext *ctx)
{
  gboolean repeats = !dub_shape_equal (&ctx->in[0].shape, &ctx->out[0].shape) ||
                     !dub_shape_equal (&ctx->in[1].shape, &ctx->out[0].shape);

  return repeats ? dub_shape_n_elements (&ctx->out[0].shape) * sizeof (float) : 0;
}

gboolean
dub_broadcast_gradient (const DubTensor        *a,
                        const DubTensor        *b,
                        const DubTensor        *dy,
                        DubTensor              *gradient,
                        DubBroadcastGradientRun func,
                        void                   *scratch,
                        DubRun                 *run,
                        GError                **error)
{
  gboolean whole = dub_shape_equal (&gradient->shape, &dy->shape);
  Nest nest = {
    .gradient_func = func,
    .dy = dub_tensor_f32 (dy),
    .out_data = whole ? gradient->data : scratch,
    .out_size = sizeof (float),
  };

  nest_init (&nest, a, b, &dy->shape);
  if (!dub_parallel_for (run, (nest.n + PIECE - 1) / PIECE, run_piece, &nest, error))
    return FALSE;
  if (whole)
    return TRUE;

  g_autoptr (DubTensor) full = dub_tensor_new_wrapped (DUB_DTYPE_F32, dy->shape, scratch, NULL, NULL);

  return dub_broadcast_reduce (full, gradient, 1.0f, run, error);
}

gboolean
dub_broadcast_backward (DubOpContext           *ctx,
                        const DubTensor        *b,
                        DubBroadcastGradientRun gradient_a,
                        DubBroadcastGradientRun gradient_b,
                        DubRun                 *run,
                        GError                **error)
{
  const DubBroadcastGradientRun funcs[2] = { gradient_a, gradient_b };

  for (int i = 0; i < 2; i++)
    if (ctx->d_in[i] != NULL
        && !dub_broadcast_gradient (ctx->in[0], b, ctx->d_out[0], ctx->d_in[i], funcs[i], ctx->scratch, run, error))
      return FALSE;

  return TRUE;
}

gboolean
dub_broadcast_reduce (const DubTensor *dy,
                      DubTensor       *gradient,
                      float            factor,
                      DubRun          *run,
                      GError         **error)
{
  gboolean reduced[DUB_MAX_RANK] = { FALSE };
  int lead = dy->shape.rank - gradient->shape.rank;

  for (int axis = 0; axis < dy->shape.rank; axis++)
    reduced[axis] = axis < lead || (gradient->shape.dim[axis - lead] == 1 && dy->shape.dim[axis] != 1);

  return dub_reduce_sum (dub_tensor_f32 (dy), &dy->shape, reduced, factor, dub_tensor_f32 (gradient), run, error);
}
