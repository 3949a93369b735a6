#include "core/train/loop.h"

#include "core/base/rng.h"

#include <math.h>

typedef struct {
  const DubTrainOptions *options;
  DubTrainer            *trainer;
  DubTensor             *batch;
  int                   *labels;   /* [B] of the batch */
  size_t                *order;    /* [n_cases] of the epoch */
  size_t                 n_batches;
  size_t                 case_size; /* floats of one case */
  size_t                 n_steps;  /* of the whole training */
  size_t                 step;
} Fit;

static gboolean
fill_batch (Fit          *fit,
            size_t        first,
            const int    *labels,
            DubCaseFunc   get_case,
            gpointer      case_data,
            GError      **error)
{
  for (size_t i = 0; i < fit->options->batch; i++) {
    size_t index = fit->order[first + i];

    fit->labels[i] = labels[index];
    if (!get_case (index, dub_tensor_f32 (fit->batch) + i * fit->case_size, case_data, error))
      return FALSE;
  }

  return TRUE;
}

static void
set_rate (Fit *fit)
{
  double done = (double) fit->step / (double) MAX (fit->n_steps, 1);

  if (fit->options->cosine)
    dub_trainer_set_rate (fit->trainer, fit->options->adam.step * 0.5 * (1.0 + cos (G_PI * done)));
}

gboolean
dub_train_fit (DubGraph              *graph,
               const DubType         *input,
               size_t                 n_cases,
               const int             *labels,
               DubCaseFunc            get_case,
               gpointer               case_data,
               const DubTrainOptions *options,
               DubTrainFunc           progress,
               gpointer               progress_data,
               double                *loss,
               DubRun                *run,
               GError               **error)
{
  if (options->batch == 0 || n_cases < options->batch || options->batch != (size_t) input->shape.dim[0]) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The batch is %zu with %zu cases and an input for %" G_GINT64_FORMAT
                 "; expected one batch size of at least 1 and at most the number of cases.",
                 options->batch, n_cases, input->shape.rank > 0 ? input->shape.dim[0] : 0);
    return FALSE;
  }

  g_autoptr (DubTrainer) trainer = dub_trainer_new (graph, input, &options->adam, run, error);
  g_autoptr (DubTensor) batch = trainer != NULL ? dub_tensor_new (DUB_DTYPE_F32, input->shape, error) : NULL;
  g_autofree int *batch_labels = g_new (int, options->batch);
  g_autofree size_t *order = g_new (size_t, n_cases);

  if (batch == NULL)
    return FALSE;
  dub_trainer_set_smoothing (trainer, options->label_smoothing);

  Fit fit = {
    .options = options,
    .trainer = trainer,
    .batch = batch,
    .labels = batch_labels,
    .order = order,
    .n_batches = n_cases / options->batch,
    .case_size = dub_tensor_n_elements (batch) / options->batch,
  };

  fit.n_steps = fit.n_batches * options->n_epochs;
  for (guint epoch = 0; epoch < options->n_epochs; epoch++) {
    double sum = 0.0;
    DubRng rng;

    for (size_t i = 0; i < n_cases; i++)
      order[i] = i;
    dub_rng_init (&rng, options->seed, "train-order", epoch);
    dub_rng_shuffle (&rng, order, n_cases);

    for (size_t b = 0; b < fit.n_batches; b++, fit.step++) {
      double step_loss;

      set_rate (&fit);
      if (!fill_batch (&fit, b * options->batch, labels, get_case, case_data, error) ||
          !dub_trainer_step (trainer, batch, batch_labels, options->seed + fit.step, &step_loss, NULL, run, error))
        return FALSE;
      sum += step_loss;
      if (progress != NULL)
        progress (epoch, (double) (fit.step + 1) / (double) fit.n_steps, step_loss, progress_data);
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
