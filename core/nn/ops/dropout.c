/* Dropout: with training or Monte-Carlo on, each element is 0 with probability ratio and
 * else multiplied by 1 / (1 - ratio) (Srivastava et al. 2014); otherwise y = x.
 *
 * Element i of node k draws from the stream (seed, "dropout", k) at position i, so the
 * pattern depends on neither threads nor shapes of pieces. */
#include "core/nn/ops/ops.h"

#include "core/base/parallel.h"
#include "core/nn/ops/axes.h"

#include <string.h>

static const size_t PIECE = 65536;

typedef struct {
  gboolean active;
  float    ratio;
} Params;

static gboolean
read_scalar (DubInferContext *ctx,
             int              input,
             const char      *what,
             double          *value,
             GError         **error)
{
  if (!dub_infer_has (ctx, input))
    return TRUE;
  if (ctx->in_value[input] == NULL || dub_tensor_n_elements (ctx->in_value[input]) != 1)
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED,
                           "%s depends on the data or is not one number; export a fixed one.", what);
  *value = dub_tensor_get_double (ctx->in_value[input], 0);

  return TRUE;
}

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  double ratio = dub_attributes_get_float (ctx->attributes, "ratio", 0.5f);
  double asked = 0.0;

  if (!dub_infer_need_f32 (ctx, 0, error))
    return FALSE;
  if (ctx->opset >= 12 &&
      (!read_scalar (ctx, 1, "ratio", &ratio, error) || !read_scalar (ctx, 2, "training_mode", &asked, error)))
    return FALSE;
  if (!(ratio >= 0.0 && ratio < 1.0))
    return dub_infer_fail (ctx, error, DUB_ERROR_NUMERIC, "ratio is %g; expected a number in [0, 1).", ratio);

  Params *params = g_new0 (Params, 1);

  params->active = (ctx->training || ctx->monte_carlo || asked != 0.0) && ratio > 0.0;
  params->ratio = (float) ratio;
  ctx->params = params;
  ctx->out[0] = ctx->in[0];
  if (ctx->n_outputs > 1)
    ctx->out[1] = (DubType) { .dtype = DUB_DTYPE_BOOL, .shape = ctx->in[0].shape };
  if (params->active)
    ctx->saved_bytes = dub_shape_n_elements (&ctx->in[0].shape);

  return TRUE;
}

typedef struct {
  const DubOpContext *ctx;
  const float        *x;
  float              *y;
  uint8_t            *kept;  /* [n] saved for backward, or NULL */
  uint8_t            *mask;  /* [n] second output, or NULL */
  size_t              n;
  float               ratio;
} Job;

/* Four elements use up one block of the generator, so a piece finds its place by division. */
static void
forward_piece (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  const Job *job = user_data;
  uint64_t block = piece * (PIECE / 4);
  float scale = 1.0f / (1.0f - job->ratio);
  DubRng rng;

  dub_rng_init (&rng, job->ctx->seed, "dropout", job->ctx->node_index);
  rng.counter[0] = (uint32_t) block;
  rng.counter[1] = (uint32_t) (block >> 32);

  for (size_t i = piece * PIECE; i < MIN (job->n, (piece + 1) * PIECE); i++) {
    gboolean keep = dub_rng_float (&rng) >= job->ratio;

    job->y[i] = keep ? job->x[i] * scale : 0.0f;
    if (job->kept != NULL)
      job->kept[i] = (uint8_t) keep;
    if (job->mask != NULL)
      job->mask[i] = (uint8_t) keep;
  }
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const Params *params = ctx->params;
  DubTensor *mask = ctx->n_outputs > 1 ? ctx->out[1] : NULL;

  if (!params->active) {
    if (ctx->out[0]->data != ctx->in[0]->data)
      memcpy (ctx->out[0]->data, ctx->in[0]->data, dub_tensor_n_bytes (ctx->out[0]));
    if (mask != NULL)
      memset (mask->data, 1, dub_tensor_n_bytes (mask));
    return TRUE;
  }

  Job job = {
    .ctx = ctx,
    .x = dub_tensor_f32 (ctx->in[0]),
    .y = dub_tensor_f32 (ctx->out[0]),
    .kept = ctx->saved,
    .mask = mask != NULL ? mask->data : NULL,
    .n = dub_tensor_n_elements (ctx->in[0]),
    .ratio = params->ratio,
  };

  return dub_parallel_for (run, (job.n + PIECE - 1) / PIECE, forward_piece, &job, error);
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  const Params *params = ctx->params;

  if (ctx->d_in[0] == NULL)
    return TRUE;

  const float *dy = dub_tensor_f32 (ctx->d_out[0]);
  const uint8_t *kept = ctx->saved;
  float *dx = dub_tensor_f32 (ctx->d_in[0]);
  size_t n = dub_tensor_n_elements (ctx->d_in[0]);
  float scale = 1.0f / (1.0f - params->ratio);

  if (!params->active) {
    if (dx != dy)
      memcpy (dx, dy, n * sizeof (float));
    return TRUE;
  }
  for (size_t i = 0; i < n; i++)
    dx[i] = kept[i] ? dy[i] * scale : 0.0f;

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "dropout", .inputs = "f32 2,3,4" },
  { .name = "dropout-training", .inputs = "f32 2,3,7; f32 = 0.3", .check = "0", .training = TRUE },
  { NULL },
};

const DubOp dub_op_dropout = {
  .name = "Dropout",
  .flags = DUB_OP_IN_PLACE | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 3,
  .max_outputs = 2,
  .plan_inputs = 1 << 1 | 1 << 2,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
