/* Pad: margins of a constant, of the mirrored inside, or of the border repeated; a
 * negative margin cuts. Amounts are attributes before opset 11 and inputs from there on.
 *
 * Every axis has a table that says which element of the input each element of the
 * output shows; -1 is the constant. */
#include "core/nn/ops/ops.h"

#include "core/base/parallel.h"
#include "core/nn/ops/axes.h"
#include "core/nn/ops/strided-copy.h"

#include <string.h>

typedef struct {
  int      rank;
  DubShape in;
  DubShape out;
  int64_t *source[DUB_MAX_RANK]; /* [out.dim[axis]] */
  double   value;
} Params;

static void
params_free (gpointer data)
{
  Params *params = data;

  for (int axis = 0; axis < params->rank; axis++)
    g_free (params->source[axis]);
  g_free (params);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Params, params_free)

typedef enum { CONSTANT, REFLECT, EDGE, WRAP } Mode;

static int64_t
source_of (int64_t at,
           int64_t extent,
           Mode    mode)
{
  if (at >= 0 && at < extent)
    return at;
  if (mode == CONSTANT || extent == 0)
    return -1;
  if (mode == EDGE)
    return at < 0 ? 0 : extent - 1;
  if (mode == WRAP)
    return (at % extent + extent) % extent;
  if (extent == 1)
    return 0;

  int64_t period = 2 * (extent - 1);
  int64_t phase = (at % period + period) % period;

  return phase < extent ? phase : period - phase;
}

static gboolean
read_pads (DubInferContext *ctx,
           int64_t         *begin,
           int64_t         *end,
           GError         **error)
{
  int rank = ctx->in[0].shape.rank;
  g_autofree int64_t *own = NULL;
  const int64_t *pads;
  size_t n;
  DubAxes axes;

  if (ctx->opset < 11) {
    pads = dub_attributes_get_ints (ctx->attributes, "pads", &n);
  } else {
    if (!dub_plan_ints (ctx, 1, "pads", &own, &n, error))
      return FALSE;
    pads = own;
  }
  if (!dub_axes_read (ctx, 3, rank, &axes, error))
    return FALSE;

  size_t n_axes = axes.n > 0 ? (size_t) axes.n : (size_t) rank;

  if (pads == NULL || n != 2 * n_axes)
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "pads has %zu numbers; expected %zu, two an axis.", n,
                           2 * n_axes);
  for (size_t i = 0; i < n_axes; i++) {
    int axis = axes.n > 0 ? axes.axis[i] : (int) i;

    begin[axis] = pads[i];
    end[axis] = pads[n_axes + i];
  }

  return TRUE;
}

static gboolean
read_mode (DubInferContext *ctx,
           Mode            *mode,
           GError         **error)
{
  const char *text = dub_attributes_get_string (ctx->attributes, "mode", "constant");

  if (g_str_equal (text, "constant"))
    *mode = CONSTANT;
  else if (g_str_equal (text, "reflect"))
    *mode = REFLECT;
  else if (g_str_equal (text, "edge"))
    *mode = EDGE;
  else if (g_str_equal (text, "wrap"))
    *mode = WRAP;
  else
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED, "mode “%s” is not one of constant, reflect, edge, wrap.",
                           text);

  return TRUE;
}

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  g_autoptr (Params) params = g_new0 (Params, 1);
  int64_t begin[DUB_MAX_RANK] = { 0 }, end[DUB_MAX_RANK] = { 0 };
  const int64_t longest = 1 << 24; /* of an axis: its table must fit into memory, whatever a file claims */
  Mode mode = CONSTANT;

  if (!read_pads (ctx, begin, end, error) || !read_mode (ctx, &mode, error))
    return FALSE;

  params->value = dub_attributes_get_float (ctx->attributes, "value", 0.0f);
  if (dub_infer_has (ctx, 2)) {
    if (ctx->in_value[2] == NULL || dub_tensor_n_elements (ctx->in_value[2]) != 1)
      return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED,
                             "the constant depends on the data or is not one number; export a fixed one.");
    params->value = dub_tensor_get_double (ctx->in_value[2], 0);
  }

  params->in = ctx->in[0].shape;
  ctx->out[0] = ctx->in[0];
  for (int axis = 0; axis < params->in.rank; axis++) {
    int64_t extent = params->in.dim[axis];

    if (begin[axis] < -longest || begin[axis] > longest || end[axis] < -longest || end[axis] > longest ||
        extent > longest || begin[axis] + extent + end[axis] < 0 ||
        begin[axis] + extent + end[axis] > longest)
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                             "pads of %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " do not fit axis %d of %"
                             G_GINT64_FORMAT " elements.",
                             begin[axis], end[axis], axis, extent);

    int64_t n = begin[axis] + extent + end[axis];

    params->source[axis] = g_try_new (int64_t, (size_t) n + 1);
    params->rank = axis + 1;
    if (params->source[axis] == NULL)
      return dub_infer_fail (ctx, error, DUB_ERROR_MEMORY, "axis %d of %" G_GINT64_FORMAT " elements is too long.", axis,
                             n);
    for (int64_t i = 0; i < n; i++)
      params->source[axis][i] = source_of (i - begin[axis], extent, mode);
    ctx->out[0].shape.dim[axis] = n;
  }
  params->out = ctx->out[0].shape;
  ctx->params = g_steal_pointer (&params);

  return TRUE;
}

typedef struct {
  const Params *params;
  const char   *x;
  char         *y;
  size_t        size;
  uint64_t      value;   /* bits of the constant */
  int64_t       in_stride[DUB_MAX_RANK];
  size_t        row;     /* extent of the last axis of the output */
  size_t        n_rows;
  float        *dx;
  const float  *dy;
} Job;

/* First input element of an output row, or -1 where the whole row is constant. */
static int64_t
row_source (const Job *job,
            size_t     row)
{
  const Params *params = job->params;
  int64_t offset = 0;

  for (int axis = params->rank - 2; axis >= 0; axis--) {
    int64_t source = params->source[axis][row % (size_t) params->out.dim[axis]];

    if (source < 0)
      return -1;
    offset += source * job->in_stride[axis];
    row /= (size_t) params->out.dim[axis];
  }

  return offset;
}

static const size_t ROWS = 256;

#define PAD_ROW(type)                                                                         \
  {                                                                                           \
    type *y = (type *) (void *) (job->y + row * job->row * job->size);                        \
    const type *x = (const type *) (const void *) job->x;                                     \
                                                                                              \
    for (size_t i = 0; i < job->row; i++)                                                     \
      y[i] = offset < 0 || source[i] < 0 ? (type) job->value : x[offset + source[i]];         \
  }

static void
forward_piece (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  const Job *job = user_data;
  const int64_t *source = job->params->source[job->params->rank - 1];

  for (size_t row = piece * ROWS; row < MIN (job->n_rows, (piece + 1) * ROWS); row++) {
    int64_t offset = row_source (job, row);

    if (job->size == 1)
      PAD_ROW (uint8_t)
    else if (job->size == 2)
      PAD_ROW (uint16_t)
    else if (job->size == 4)
      PAD_ROW (uint32_t)
    else
      PAD_ROW (uint64_t)
  }
}

/* The constant in the bits of the element type. */
static gboolean
constant_bits (double     value,
               DubDtype   dtype,
               uint64_t  *bits,
               GError   **error)
{
  g_autoptr (DubTensor) wide = dub_tensor_new (DUB_DTYPE_F64, DUB_SHAPE (1), error);
  g_autoptr (DubTensor) narrow = NULL;

  if (wide == NULL)
    return FALSE;
  *(double *) wide->data = value;
  narrow = dub_tensor_convert (wide, dtype, error);
  if (narrow == NULL)
    return FALSE;

  uint64_t one = 0;

  switch (dub_dtype_size (dtype)) {
  case 1: one = *(const uint8_t *) narrow->data; break;
  case 2: one = *(const uint16_t *) narrow->data; break;
  case 4: one = *(const uint32_t *) narrow->data; break;
  default: one = *(const uint64_t *) narrow->data; break;
  }
  *bits = one;

  return TRUE;
}

static void
job_init (Job          *job,
          const Params *params)
{
  job->params = params;
  dub_shape_strides (&params->in, job->in_stride);
  job->row = (size_t) params->out.dim[params->rank - 1];
  job->n_rows = job->row > 0 ? dub_shape_n_elements (&params->out) / job->row : 0;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const Params *params = ctx->params;
  Job job = { .x = ctx->in[0]->data, .y = ctx->out[0]->data, .size = dub_dtype_size (ctx->in[0]->dtype) };

  if (params->rank == 0) {
    memcpy (job.y, job.x, job.size);
    return TRUE;
  }
  if (!constant_bits (params->value, ctx->in[0]->dtype, &job.value, error))
    return FALSE;
  job_init (&job, params);

  return dub_parallel_for (run, (job.n_rows + ROWS - 1) / ROWS, forward_piece, &job, error);
}

/* Several outputs may show one input: they are added in their order, on one thread. */
static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  const Params *params = ctx->params;

  if (ctx->d_in[0] == NULL)
    return TRUE;

  float *dx = dub_tensor_f32 (ctx->d_in[0]);
  const float *dy = dub_tensor_f32 (ctx->d_out[0]);
  Job job = { NULL };

  if (params->rank == 0) {
    *dx = *dy;
    return TRUE;
  }
  job_init (&job, params);
  memset (dx, 0, dub_tensor_n_bytes (ctx->d_in[0]));

  const int64_t *source = params->source[params->rank - 1];

  for (size_t row = 0; row < job.n_rows; row++) {
    int64_t offset = row_source (&job, row);

    if (row % 4096 == 0 && dub_run_check_cancelled (run, error))
      return FALSE;
    if (offset < 0)
      continue;
    for (size_t i = 0; i < job.row; i++)
      if (source[i] >= 0)
        dx[offset + source[i]] += dy[row * job.row + i];
  }

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "pad", .inputs = "f32 2,3; i64 4 = 1,0,2,1" },
  { .name = "pad-cut", .inputs = "f32 3,4; i64 4 = 1,-1,0,-1" },
  { .name = "pad-reflect", .inputs = "f32 3,4; i64 4 = 2,1,1,3", .attributes = "mode=reflect" },
  { .name = "pad-edge", .inputs = "f32 2,3,2; i64 6 = 0,1,2,1,0,1", .attributes = "mode=edge" },
  { .name = "pad-wrap", .inputs = "f32 3,2; i64 4 = 2,1,0,1", .attributes = "mode=wrap" },
  { NULL },
};

const DubOp dub_op_pad = {
  .name = "Pad",
  .min_inputs = 1,
  .max_inputs = 4,
  .plan_inputs = 1 << 1 | 1 << 2 | 1 << 3,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = params_free,
  .cases = CASES,
};
