#include "core/train/loop.h"

#include "core/base/rng.h"

size_t
dub_train_n_batches (size_t       n_cases,
                     size_t       batch,
                     DubLastBatch last)
{
  size_t rest = n_cases % batch;

  return n_cases / batch + (last == DUB_LAST_BATCH_KEEP && rest > 1 ? 1 : 0);
}

void
dub_train_order (uint64_t  seed,
                 guint     epoch,
                 size_t    n_cases,
                 size_t   *order)
{
  DubRng rng;

  for (size_t i = 0; i < n_cases; i++)
    order[i] = i;
  dub_rng_init (&rng, seed, "train-order", epoch);
  dub_rng_shuffle (&rng, order, n_cases);
}

uint64_t
dub_train_step_seed (uint64_t seed,
                     uint64_t step)
{
  DubRng rng;

  dub_rng_init (&rng, seed, "train-step", step);

  uint64_t high = dub_rng_u32 (&rng);

  return high << 32 | dub_rng_u32 (&rng);
}

typedef struct {
  const DubTrainOptions *options;
  DubTrainer            *trainer;
  DubTensor             *batch;
  int                   *labels;    /* [B] of the batch */
  size_t                *order;     /* [n_cases] of the epoch */
  size_t                 n_batches;
  size_t                 case_size; /* floats of one case */
  uint64_t               step;
} Fit;

static gboolean
fill_batch (Fit          *fit,
            size_t        first,
            size_t        n,
            const int    *labels,
            DubCaseFunc   get_case,
            gpointer      case_data,
            GError      **error)
{
  for (size_t i = 0; i < n; i++) {
    size_t index = fit->order[first + i];

    fit->labels[i] = labels[index];
    if (!get_case (index, dub_tensor_f32 (fit->batch) + i * fit->case_size, case_data, error))
      return FALSE;
  }

  return TRUE;
}

static gboolean
check_batch (const DubTrainOptions  *options,
             const DubType          *input,
             size_t                  n_cases,
             GError                **error)
{
  gboolean fits = options->batch > 0 && input->shape.rank > 0 && options->batch == (size_t) input->shape.dim[0];

  if (fits && dub_train_n_batches (n_cases, options->batch, options->last_batch) > 0)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
               "The batch is %zu with %zu cases and an input for %" G_GINT64_FORMAT
               "; expected one batch size of at least 1 that the cases fill at least once.",
               options->batch, n_cases, input->shape.rank > 0 ? input->shape.dim[0] : 0);

  return FALSE;
}

gboolean
dub_train_fit (DubGraph               *graph,
               const DubType          *input,
               size_t                  n_cases,
               const int              *labels,
               DubCaseFunc             get_case,
               gpointer                case_data,
               const DubTrainOptions  *options,
               DubTrainFunc            progress,
               gpointer                progress_data,
               double                 *loss,
               DubRun                 *run,
               GError                **error)
{
  if (!check_batch (options, input, n_cases, error) || !dub_schedule_check (&options->schedule, error))
    return FALSE;

  g_autoptr (DubTrainer) trainer = dub_trainer_new (graph, input, &options->optimizer, run, error);
  g_autoptr (DubTensor) batch = trainer != NULL ? dub_tensor_new (DUB_DTYPE_F32, input->shape, error) : NULL;
  g_autoptr (DubTensor) last = NULL;
  g_autofree int *batch_labels = g_new (int, options->batch);
  g_autofree size_t *order = g_new (size_t, n_cases);

  if (batch == NULL || !dub_loss_check (&options->loss, dub_trainer_n_classes (trainer), error))
    return FALSE;

  Fit fit = {
    .options = options,
    .trainer = trainer,
    .batch = batch,
    .labels = batch_labels,
    .order = order,
    .n_batches = dub_train_n_batches (n_cases, options->batch, options->last_batch),
    .case_size = dub_tensor_n_elements (batch) / options->batch,
  };
  size_t n_steps = fit.n_batches * options->n_epochs;

  if (fit.n_batches * options->batch > n_cases) {
    last = dub_tensor_slice (batch, 0, 0, (int64_t) (n_cases % options->batch), 1, error);
    if (last == NULL)
      return FALSE;
  }

  for (guint epoch = 0; epoch < options->n_epochs; epoch++) {
    double sum = 0.0;

    dub_train_order (options->seed, epoch, n_cases, order);
    for (size_t b = 0; b < fit.n_batches; b++, fit.step++) {
      size_t first = b * options->batch;
      size_t n = MIN (options->batch, n_cases - first);
      DubLossParts parts;

      dub_trainer_set_rate (trainer, options->optimizer.rate *
                                       dub_schedule_factor (&options->schedule, fit.step, n_steps));
      if (!fill_batch (&fit, first, n, labels, get_case, case_data, error) ||
          !dub_trainer_step (trainer, n < options->batch ? last : batch, batch_labels, &options->loss,
                             dub_train_step_seed (options->seed, fit.step), &parts, run, error))
        return FALSE;
      sum += parts.total;
      if (progress != NULL)
        progress (epoch, (double) (fit.step + 1) / (double) n_steps, parts.total, progress_data);
    }
    sum /= (double) fit.n_batches;
    if (loss != NULL)
      *loss = sum;
    dub_run_log (run, "Epoch %u of %u: mean loss %.4f.", epoch + 1, options->n_epochs, sum);
    if (sum < options->loss_goal)
      break;
  }

  return TRUE;
}

void
dub_train_freeze (DubGraph *graph)
{
  for (int i = 0; i < dub_graph_n_nodes (graph); i++) {
    DubNode *node = dub_graph_node (graph, i);

    if (g_strcmp0 (node->op_name, "BatchNormalization") == 0)
      node->n_outputs = MIN (node->n_outputs, 1);
  }
}
